"""Bodies of answers unpacked as they come, within limits."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, Protocol

import brotli
import zstandard

from flows.sources.unpacking import MOST_RATIO, RATIO_FROM_BYTES
from transforms.errors import RejectError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

# What a decoder may give at a time.
PIECE = 64 * 1024
IDENTITY = ("", "identity")
# Servers that pack twice do it by mistake; more is a trap.
MOST_LAYERS = 2


class _Decoder(Protocol):
    def feed(self, data: bytes) -> list[bytes]:
        """What these bytes unpack to, as far as it has come."""
        ...

    def is_done(self) -> bool:
        """Whether the packed data has come to its end."""
        ...


async def read_body(chunks: AsyncIterator[bytes], encoding: str, limit: int, url: str) -> bytes:
    """All of a body, unpacked; RejectError where it is larger than `limit`, unpacks too far, or cannot be unpacked."""
    names = [name.strip().lower() for name in encoding.split(",") if name.strip().lower() not in IDENTITY]
    if len(names) > MOST_LAYERS or any(name not in DECODERS for name in names):
        message = f"{url} is packed in a way that was not asked for ({encoding[:80]})."
        raise RejectError("fetch", "unknown_encoding", message)
    decoders = [DECODERS[name]() for name in reversed(names)]
    received = 0
    parts: list[bytes] = []
    size = 0
    try:
        async for chunk in chunks:
            received += len(chunk)
            pieces = [chunk]
            for decoder in decoders:
                pieces = [piece for data in pieces for piece in decoder.feed(data)]
                _check(sum(map(len, pieces)) + size, received, limit, url)
            size += sum(map(len, pieces))
            _check(size, received, limit, url)
            parts += pieces
    except (zlib.error, brotli.error, zstandard.ZstdError) as error:
        message = f"What {url} sent cannot be unpacked: it is damaged."
        raise RejectError("fetch", "corrupt_body", message, str(error)) from error
    if received and not all(decoder.is_done() for decoder in decoders):
        raise RejectError("fetch", "corrupt_body", f"What {url} sent cannot be unpacked: it is cut off.")
    return b"".join(parts)


def _check(size: int, received: int, limit: int, url: str) -> None:
    if size > limit:
        message = f"{url} is larger than {limit:,} bytes (--max-page-bytes) and was not read to its end."
        raise RejectError("fetch", "too_large", message)
    if size > max(RATIO_FROM_BYTES, MOST_RATIO * received):
        message = f"{url} unpacks to more than {MOST_RATIO} times what was sent and was not read to its end."
        raise RejectError("fetch", "bomb", message, f"{size:,} bytes from {received:,}")


class _Zlib:
    def __init__(self, wbits: int) -> None:
        self.unpacker = zlib.decompressobj(wbits)
        self.wbits = wbits

    def feed(self, data: bytes) -> list[bytes]:
        pieces: list[bytes] = []
        while not self.unpacker.eof:
            try:
                piece = self.unpacker.decompress(data, PIECE)
            except zlib.error:
                if self.wbits != zlib.MAX_WBITS or pieces:
                    raise
                # "deflate" should have a zlib head; some servers leave it out.
                self.unpacker, self.wbits = zlib.decompressobj(-zlib.MAX_WBITS), -zlib.MAX_WBITS
                continue
            pieces.append(piece)
            data = self.unpacker.unconsumed_tail
            # A full piece may have more behind it, even where all of the input is taken.
            if (not data and len(piece) < PIECE) or len(pieces) > MOST_PIECES:
                break
        return pieces

    def is_done(self) -> bool:
        return bool(self.unpacker.eof)


class _Brotli:
    def __init__(self) -> None:
        self.unpacker = brotli.Decompressor()

    def feed(self, data: bytes) -> list[bytes]:
        pieces: list[bytes] = []
        while not self.unpacker.is_finished():
            piece = self.unpacker.process(data, output_buffer_limit=PIECE)
            pieces.append(piece)
            data = b""
            # Only an empty piece says that there is no more for now.
            if not piece or len(pieces) > MOST_PIECES:
                break
        return pieces

    def is_done(self) -> bool:
        return bool(self.unpacker.is_finished())


class _Zstd:
    def __init__(self) -> None:
        # Browsers take no more either (RFC 9659).
        self.unpacker: Any = zstandard.ZstdDecompressor(max_window_size=8 * 1024 * 1024).decompressobj()

    def feed(self, data: bytes) -> list[bytes]:
        # It gives all at once: a little at a time in, so that little comes out.
        pieces = []
        for start in range(0, len(data), ZSTD_BYTES):
            if self.unpacker.eof:
                break
            pieces.append(self.unpacker.decompress(data[start : start + ZSTD_BYTES]))
            if sum(map(len, pieces)) > MOST_PIECES * PIECE:
                break
        return pieces

    def is_done(self) -> bool:
        return bool(self.unpacker.eof)


# Of one chunk from the network; what is beyond is refused by the ratio, and was not needed to see that.
MOST_PIECES = 2 * MOST_RATIO
ZSTD_BYTES = 256
DECODERS: dict[str, Any] = {
    "gzip": lambda: _Zlib(zlib.MAX_WBITS | 16),
    "x-gzip": lambda: _Zlib(zlib.MAX_WBITS | 16),
    "deflate": lambda: _Zlib(zlib.MAX_WBITS),
    "br": _Brotli,
    "zstd": _Zstd,
}
