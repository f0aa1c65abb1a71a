"""WARC files for tests, record by record."""

from __future__ import annotations

import gzip
from hashlib import sha1
from typing import TYPE_CHECKING

from tests.flow_runs import page

if TYPE_CHECKING:
    from collections.abc import Callable

HTTP = b"HTTP/1.1 %d OK\r\nContent-Type: %s\r\n%s\r\n"


def response(
    url: str,
    body: bytes | None = None,
    *,
    date: str = "2024-05-06T07:08:09Z",
    status: int = 200,
    kind: str = "text/html; charset=utf-8",
    head: bytes = b"",
    digest: str | None = None,
) -> bytes:
    """A response record; without a body, an English article that has the address in its title."""
    body = page(url) if body is None else body
    block = HTTP % (status, kind.encode(), head) + body
    return record("response", url, block, "application/http; msgtype=response", date, digest)


def record(kind: str, url: str, block: bytes, content_type: str, date: str, digest: str | None = None) -> bytes:
    """Any record."""
    fields = {
        "WARC-Type": kind,
        "WARC-Target-URI": url,
        "WARC-Date": date,
        "WARC-Record-ID": f"<urn:uuid:{sha1(url.encode() + block).hexdigest()}>",
        "Content-Type": content_type,
        "Content-Length": str(len(block)),
    }
    if digest:
        fields["WARC-Payload-Digest"] = digest
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return b"WARC/1.1\r\n" + head.encode() + b"\r\n" + block + b"\r\n\r\n"


def packed(records: list[bytes], pack: Callable[[bytes], bytes] = gzip.compress) -> tuple[bytes, list[int]]:
    """A file of records, each packed by itself, and where each begins."""
    members = [pack(each) for each in records]
    offsets = [sum(map(len, members[:number])) for number in range(len(members))]
    return b"".join(members), offsets


def damaged(member: bytes, how: str) -> bytes:
    """A packed or plain record with something wrong."""
    spoiled = bytearray(member)
    if how == "flipped":
        for at in range(len(spoiled) // 2, len(spoiled) // 2 + 30):
            spoiled[at] ^= 0xFF
    elif how == "no head":
        spoiled[:4] = b"XXXX"
    elif how == "wrong checksum":
        spoiled[-6] ^= 0xFF
    elif how == "cut off":
        del spoiled[len(spoiled) // 2 :]
    elif how == "zeros":
        spoiled = bytearray(len(spoiled))
    return bytes(spoiled)
