"""Where a WARC file goes on behind a record that cannot be read."""

from __future__ import annotations

import zlib
from itertools import count, islice
from typing import TYPE_CHECKING, BinaryIO

import zstandard
from fastwarc.warc import ArchiveIterator

if TYPE_CHECKING:
    from collections.abc import Iterator

END = b"\r\n\r\n"
CHUNK = 1024 * 1024
GZIP, ZSTD, PLAIN = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"WARC/1."
GZIP_HEAD_BYTES = 10
# Values that the head of a gzip member can have: flags, what the packer tried, its operating system.
GZIP_FLAGS, GZIP_EFFORTS, GZIP_SYSTEMS = range(32), (0, 2, 4), (*range(14), 255)


def is_by_record(stream: BinaryIO) -> bool:
    """Whether reading can begin at the second record: not so where the file is packed as a whole."""
    try:
        first_two = list(islice(ArchiveIterator(stream, parse_http=False, fsspec_args=False), 2))
        if len(first_two) < 2:
            return True
        stream.seek(first_two[1].stream_pos)
    except OSError:  # damaged, which is found out when all of it is read
        return True
    try:
        next(ArchiveIterator(stream, parse_http=False, fsspec_args=False))
    except (OSError, StopIteration):
        return False
    return True


def end_of_record(stream: BinaryIO, start: int) -> int:
    """Where the record that begins at `start` ends; `start` itself where it is the one that is damaged."""
    stream.seek(start)
    head = stream.read(4)
    stream.seek(start)
    if head.startswith(GZIP):
        return _end_of_member(stream, start)
    if head.startswith(ZSTD):
        return _end_of_frame(stream, start)
    try:
        record = next(ArchiveIterator(stream, parse_http=False, fsspec_args=False))
        stream.seek(start)
        end = start + _head_bytes(stream) + record.content_length + len(END)
    except (OSError, StopIteration):
        return start
    stream.seek(end - len(END))
    # One that ends otherwise is not as long as it says.
    return end if stream.read(len(END)) == END else start


def next_record(stream: BinaryIO, damaged: int, name: str) -> tuple[int | None, list[int]]:
    """Where the first readable record behind a damaged one begins, or None; and other beginnings in between.

    `name` is the file's: how it is packed is told by its end, where its first bytes do not.
    """
    stream.seek(0)
    head = stream.read(4)
    named = GZIP if name.endswith(".gz") else ZSTD if name.endswith(".zst") else PLAIN
    magic = next((magic for magic in (GZIP, ZSTD) if head.startswith(magic)), named)
    others = []
    for place in _places(stream, magic, damaged + 1):
        if magic == GZIP and not _is_member_head(stream, place):
            continue
        stream.seek(place)
        try:
            next(ArchiveIterator(stream, parse_http=False, fsspec_args=False))
        except (OSError, StopIteration):
            if magic != PLAIN:  # pages about WARC files have that in their text
                others.append(place)
        else:
            return place, others
    return None, others


def _places(stream: BinaryIO, magic: bytes, start: int) -> Iterator[int]:
    """Where these bytes stand, from `start` on."""
    rest = b""
    for number in count():
        stream.seek(start + number * CHUNK)
        chunk = stream.read(CHUNK)
        if not chunk:
            return
        window, base = rest + chunk, start + number * CHUNK - len(rest)
        at = window.find(magic)
        while at >= 0:
            yield base + at
            at = window.find(magic, at + 1)
        rest = window[-(len(magic) - 1) :]


def _is_member_head(stream: BinaryIO, place: int) -> bool:
    """Whether the bytes there can begin a gzip member: three bytes of magic are found by chance in packed data."""
    stream.seek(place)
    head = stream.read(GZIP_HEAD_BYTES)
    return (
        len(head) == GZIP_HEAD_BYTES and head[3] in GZIP_FLAGS and head[8] in GZIP_EFFORTS and head[9] in GZIP_SYSTEMS
    )


def _end_of_member(stream: BinaryIO, start: int) -> int:
    unpacker = zlib.decompressobj(wbits=31)
    at = start
    try:
        while chunk := stream.read(CHUNK):
            at += len(chunk)
            # What it unpacks to is not wanted, and not kept.
            unpacker.decompress(chunk, CHUNK)
            while unpacker.unconsumed_tail and not unpacker.eof:
                unpacker.decompress(unpacker.unconsumed_tail, CHUNK)
            if unpacker.eof:
                return at - len(unpacker.unused_data)
    except zlib.error:
        pass
    return start


def _end_of_frame(stream: BinaryIO, start: int) -> int:
    unpacker = zstandard.ZstdDecompressor().decompressobj()
    at = start
    try:
        while chunk := stream.read(CHUNK // 16):
            at += len(chunk)
            unpacker.decompress(chunk)
            if unpacker.eof:
                return at - len(unpacker.unused_data)
    except zstandard.ZstdError:
        pass
    return start


def _head_bytes(stream: BinaryIO) -> int:
    """Length of a record's head with the blank line behind it."""
    size = 0
    while line := stream.readline(CHUNK):
        size += len(line)
        if line in (b"\r\n", b"\n"):
            break
    return size
