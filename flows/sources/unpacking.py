"""Packed bytes unpacked within limits: a small file may unpack to more than the machine has."""

from __future__ import annotations

import gzip
import io
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, cast

import zstandard

from transforms.errors import RejectError

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKED = (".gz", ".zst")
# Pages pack to a tenth, tables of one word to a hundredth; gzip at its best to a thousandth.
MOST_RATIO = 200
# Below this it is no danger whatever the ratio.
RATIO_FROM_BYTES = 4 * 1024 * 1024
BROKEN = (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError)


def unpacked(stream: BinaryIO, name: str) -> BinaryIO:
    """The stream as it was before it was packed, as its name says: `.gz`, `.zst` or neither."""
    lower = name.lower()
    if lower.endswith(".gz"):
        return cast("BinaryIO", gzip.GzipFile(fileobj=stream))
    if lower.endswith(".zst"):
        reader = zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True)
        return cast("BinaryIO", io.BufferedReader(cast("io.RawIOBase", reader), 128 * 1024))
    return stream


def read_limited(stream: BinaryIO, limit: int, *, packed_bytes: int | None = None, name: str = "") -> bytes:
    """The bytes of a stream, at most one more than `limit`; RejectError where they are broken or a bomb."""
    with unpacking(name):
        if packed_bytes is None:
            return stream.read(limit + 1)
        first = stream.read(min(limit + 1, max(RATIO_FROM_BYTES, MOST_RATIO * packed_bytes) + 1))
        if len(first) <= limit and len(first) > max(RATIO_FROM_BYTES, MOST_RATIO * packed_bytes):
            raise RejectError(
                "read",
                "bomb",
                f"{name} unpacks to more than {MOST_RATIO} times its {packed_bytes:,} bytes and was not read. If it is "
                "what it should be, unpack it first.",
            )
        return first


@contextmanager
def unpacking(name: str) -> Iterator[None]:
    """Turns errors of broken packed bytes into a reject that names the file."""
    try:
        yield
    except BROKEN as error:
        raise RejectError(
            "read", "corrupt_file", f"{name} cannot be unpacked: it is damaged or cut off. Fetch it again.", str(error)
        ) from error
