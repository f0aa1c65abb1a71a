"""Connections to addresses that were checked: the name is resolved here, and the connection is made to the result.

A check before the request would not do: the name may resolve to something else the second time (DNS rebinding).
"""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

import anyio
import httpcore
import httpx

from flows.fetch.addresses import is_public
from transforms.errors import RejectError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.settings import FetchSettings

READ_SECONDS = 15.0
CONNECT_SECONDS = 10.0


def open_client(settings: FetchSettings, user_agent: str) -> httpx.AsyncClient:
    """A client that follows no redirect by itself, uses no proxy of the environment and unpacks nothing."""
    headers = {
        "user-agent": user_agent,
        "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
        "accept-encoding": "gzip, br, zstd, deflate",
    }
    return httpx.AsyncClient(
        transport=_CheckedTransport(allow_private=settings.allow_private),
        headers=headers,
        timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
        follow_redirects=False,
        trust_env=False,
    )


class _CheckedTransport(httpx.AsyncHTTPTransport):
    """httpx's own, over a pool that opens its connections by `_CheckedBackend`."""

    def __init__(self, *, allow_private: bool) -> None:
        super().__init__(trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl.create_default_context(),
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=15.0,
            network_backend=_CheckedBackend(allow_private=allow_private),
        )


class _CheckedBackend(httpcore.AsyncNetworkBackend):
    """Resolves a name, refuses it where any of its addresses is private, and connects to one that was checked."""

    def __init__(self, *, allow_private: bool) -> None:
        self.allow_private = allow_private
        self.backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        error: httpcore.ConnectError | None = None
        for address in await self._addresses(host, port):
            try:
                return await self.backend.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failure:
                error = httpcore.ConnectError(f"{address}: {failure}")
        raise error or httpcore.ConnectError(f"{host} has no address")

    async def sleep(self, seconds: float) -> None:
        await self.backend.sleep(seconds)

    async def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} cannot be resolved: {error}") from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        for address in addresses:
            if not self.allow_private and not is_public(address):
                raise RejectError(
                    "fetch",
                    "private_address",
                    f"{host} is {address}, an address inside a private network, and was not asked. If the host is "
                    "your own: --allow-private.",
                )
        return addresses
