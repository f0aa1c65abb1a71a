"""Which addresses of the network may be fetched from."""

from __future__ import annotations

import ipaddress
from ipaddress import IPv4Address, IPv6Address

# Public by their number, and yet a cloud's own: Azure's host agent.
CLOUD_OWN = frozenset(map(ipaddress.ip_address, ("168.63.129.16",)))
# IPv6 addresses that stand for an IPv4 one in their last four bytes: NAT64 (RFC 6052, 8215), and the old mapping.
LAST_FOUR = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96", "::ffff:0:0:0/96")))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, and so is every IPv4 address that it carries.

    >>> is_public("93.184.216.34"), is_public("169.254.169.254"), is_public("::ffff:127.0.0.1")
    (True, False, False)
    """
    try:
        # A zone (fe80::1%eth0) is of this machine only.
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(_is_global(each) for each in (parsed, *_carried(parsed)))


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not address.is_unspecified
        and address not in CLOUD_OWN
    )


def _carried(address: IPv4Address | IPv6Address) -> list[IPv4Address]:
    """IPv4 addresses inside an IPv6 one, where a gateway or this machine would turn it into them."""
    if isinstance(address, IPv4Address):
        return []
    carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if any(address in network for network in LAST_FOUR):
        carried.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in carried if each]
