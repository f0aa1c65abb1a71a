"""Parquet files with a row a page: its address and its HTML."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from flows.sources import SourceItem, refused
from flows.sources.places import open_place, stamp
from flows.sources.records import (
    CHARSET,
    FETCHED,
    HTML,
    KEY,
    URL,
    dumps,
    first_of,
    html_bytes,
    moment_of,
    page_key,
    page_url,
    text_of,
)
from transforms.errors import RejectError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Rows that are in memory at a time: pages may be large.
BATCH_ROWS = 64
LISTED_ROWS = 4096


@dataclass(slots=True)
class ParquetSource:
    """The pages in Parquet files."""

    name: str
    root: str
    files: Mapping[str, str]  # place of each file → what stands before URIs of rows without address or key
    scope: str | None  # None from the first damage on: what it hides has not vanished

    def discover(self) -> Iterator[SourceItem]:
        """Pages by their order in each file; a file that cannot be used is refused. No HTML is read."""
        for place, prefix in self.files.items():
            try:
                mark = stamp(place)
                with open_place(place) as stream:
                    file = pq.ParquetFile(stream)
                    html, others = _columns(file, place)
                    is_text = not pa.types.is_binary(kind := file.schema_arrow.field(html).type)
                    is_text = is_text and not pa.types.is_large_binary(kind)
                    for number, row in enumerate(_rows(file, others)):
                        charset = "utf-8" if is_text else text_of(row, CHARSET)
                        yield self._item(place, mark, prefix, html, number, row, charset)
            except (pa.ArrowException, OSError) as error:
                message = f"{place} cannot be read as Parquet: it is damaged or cut off. Fetch it again."
                self.scope = None
                yield refused(prefix.rstrip("/"), RejectError("read", "corrupt_file", message, str(error)))
            except RejectError as reason:
                self.scope = None
                yield refused(prefix.rstrip("/"), reason)

    def _item(
        self, place: str, mark: str, prefix: str, html: str, number: int, row: dict[str, Any], charset: str | None
    ) -> SourceItem:
        return SourceItem(
            uri=f"{self.name}/{key}" if (key := page_key(row)) else f"{prefix}row-{number}",
            # The file's: whether a row has changed is found when it is read, by its hash.
            fingerprint=f"{mark}#{number}",
            opener="parquet",
            location=dumps(place, mark, html, number),
            url=page_url(row),
            charset=charset,
            fetched_at=moment_of(row.get(first_of(FETCHED, row) or "")),
        )


def read_row(location: str, _limit: int) -> bytes:
    """The HTML of a row; OSError, RejectError."""
    place, mark, column, number = json.loads(location)
    try:
        value = _reader(place, mark, column).at(number)
    except pa.ArrowException as error:
        message = f"Row {number} of {place} cannot be read: the file is damaged."
        raise RejectError("read", "corrupt_file", message, str(error)) from error
    return html_bytes(value, f"Row {number} of {place}")


class _Reader:
    """A column read at growing row numbers, a few rows at a time."""

    def __init__(self, place: str, column: str) -> None:
        self.place, self.column = place, column
        self.start, self.rows = 0, pa.chunked_array([], pa.null())
        self.batches: Iterator[Any] = iter(())

    def at(self, number: int) -> object:
        if number < self.start or not self.start + len(self.rows):
            self._begin(number)
        while number >= self.start + len(self.rows):
            self.start += len(self.rows)
            self.rows = next(self.batches).column(0)
        return self.rows[number - self.start].as_py()

    def _begin(self, number: int) -> None:
        """Opens the file at the row group that has this row."""
        file = pq.ParquetFile(open_place(self.place))
        group, self.start = 0, 0
        while self.start + (rows := file.metadata.row_group(group).num_rows) <= number:
            self.start += rows
            group += 1
        groups = range(group, file.metadata.num_row_groups)
        self.batches = file.iter_batches(BATCH_ROWS, row_groups=list(groups), columns=[self.column])
        self.rows = next(self.batches).column(0)


@lru_cache(maxsize=4)
def _reader(place: str, mark: str, column: str) -> _Reader:
    """One a process. `mark` changes with the file."""
    return _Reader(place, column)


def _columns(file: pq.ParquetFile, place: str) -> tuple[str, list[str]]:
    """The column with the HTML, and those that say what page it is."""
    there = file.schema_arrow.names
    html = first_of(HTML, there)
    if html is None:
        names = ", ".join(there)[:200]
        raise RejectError("read", "no_html", f"{place} has none of the columns {', '.join(HTML)}.", f"columns: {names}")
    return html, [name for names in (URL, KEY, FETCHED, CHARSET) if (name := first_of(names, there)) and name != html]


def _rows(file: pq.ParquetFile, columns: list[str]) -> Iterator[dict[str, Any]]:
    if not columns:
        yield from ({} for _ in range(file.metadata.num_rows))
        return
    for batch in file.iter_batches(LISTED_ROWS, columns=columns):
        yield from batch.to_pylist()
