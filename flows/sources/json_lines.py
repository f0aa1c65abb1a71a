"""JSON Lines files with an object a page: its address and its HTML. Packed ones too."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, BinaryIO

from flows.sources import SourceItem, refused
from flows.sources.places import open_place, stamp
from flows.sources.records import (
    FETCHED,
    HTML,
    dumps,
    first_of,
    html_bytes,
    moment_of,
    page_key,
    page_url,
)
from flows.sources.unpacking import PACKED, unpacked, unpacking
from transforms.errors import RejectError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Several times the largest page that is read, for what JSON adds; a longer line is skipped without being kept.
MOST_LINE_BYTES = 128 * 1024 * 1024
SKIPPED_BYTES = 1024 * 1024


@dataclass(slots=True)
class JsonLinesSource:
    """The pages in JSON Lines files."""

    name: str
    root: str
    files: Mapping[str, str]  # place of each file → what stands before URIs of lines without address or key
    scope: str | None  # None from the first damage on: what it hides has not vanished

    def discover(self) -> Iterator[SourceItem]:
        """Pages by their order in each file; a line that is no object, or has no HTML, is refused."""
        for place, prefix in self.files.items():
            try:
                with open_place(place) as file, unpacking(place):
                    mark = stamp(place)
                    for number, offset, line in _lines(unpacked(file, place)):
                        if line is None or line.strip():
                            yield self._item(place, mark, prefix, number, offset, line)
            except RejectError as reason:
                self.scope = None
                yield refused(f"{prefix}end", reason)

    def _item(self, place: str, mark: str, prefix: str, number: int, offset: int, line: bytes | None) -> SourceItem:
        where = f"line {number} of {place}"
        try:
            row = _parsed(line, where)
            html_bytes(row.get(first_of(HTML, row) or ""), where)
        except RejectError as reason:
            self.scope = None
            return refused(f"{prefix}line-{number}", reason, byte_offset=offset)
        assert line is not None
        return SourceItem(
            uri=f"{self.name}/{key}" if (key := page_key(row)) else f"{prefix}line-{number}",
            fingerprint=blake2b(line, digest_size=16).hexdigest(),
            opener="json_lines",
            location=dumps(place, mark, number, offset, len(line)),
            url=page_url(row),
            charset="utf-8",
            fetched_at=moment_of(row.get(first_of(FETCHED, row) or "")),
            byte_offset=offset,
        )


def read_line(location: str, _limit: int) -> bytes:
    """The HTML of a line; OSError, RejectError."""
    place, mark, number, offset, size = json.loads(location)
    with unpacking(place):
        line = _stream(place, mark).read_at(offset, size)
    where = f"line {number} of {place}"
    row = _parsed(line, where)
    return html_bytes(row.get(first_of(HTML, row) or ""), where)


class _Stream:
    """A file read at growing offsets: a packed one cannot be entered in the middle, only gone through once."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.is_packed = place.lower().endswith(PACKED)
        self.file: BinaryIO | None = None
        self.at = 0

    def read_at(self, offset: int, size: int) -> bytes:
        if self.file is None or (self.is_packed and offset < self.at):
            if self.file:
                self.file.close()
            self.file, self.at = unpacked(open_place(self.place), self.place), 0
        if not self.is_packed:
            self.file.seek(offset)
            return self.file.read(size)
        while self.at < offset:
            skipped = len(self.file.read(min(SKIPPED_BYTES, offset - self.at)))
            if not skipped:
                break
            self.at += skipped
        data = self.file.read(size)
        self.at += len(data)
        return data


@lru_cache(maxsize=4)
def _stream(place: str, mark: str) -> _Stream:
    """A file's stream, one a process. `mark` changes with the file."""
    return _Stream(place)


def _lines(stream: BinaryIO) -> Iterator[tuple[int, int, bytes | None]]:
    """Number, offset and bytes of each line; None for one that is too long."""
    number, offset = 0, 0
    while line := stream.readline(MOST_LINE_BYTES):
        number += 1
        size = len(line)
        if size == MOST_LINE_BYTES and not line.endswith(b"\n"):
            line = b""
            while (more := stream.readline(SKIPPED_BYTES)) and not more.endswith(b"\n"):
                size += len(more)
            yield number, offset, None
            offset += size + len(more)
            continue
        yield number, offset, line
        offset += size


def _parsed(line: bytes | None, where: str) -> dict[str, Any]:
    if line is None:
        message = f"{where} is longer than {MOST_LINE_BYTES:,} bytes and was skipped."
        raise RejectError("read", "too_large", message)
    try:
        row = json.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as error:
        raise RejectError("read", "corrupt_record", f"{where} is no JSON: repair the file.", str(error)) from error
    if not isinstance(row, dict):
        raise RejectError("read", "corrupt_record", f"{where} is no JSON object, one page a line.")
    if first_of(HTML, row) is None:
        names = ", ".join(map(str, row))[:200]
        raise RejectError("read", "no_html", f"{where} has none of the keys {', '.join(HTML)}.", f"keys: {names}")
    return row
