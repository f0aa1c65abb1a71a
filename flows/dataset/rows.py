"""Rows by article: those of a part's file, read in order, and the new ones of a shard, found by id."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.dataset.storage import naming
from flows.errors import DatasetError
from transforms.frames import conform_table
from transforms.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

ARTICLES_AT_ONCE = 512


def rows_at_once(table: str) -> int:
    """How many rows of an old file are held at a time; a row of articles has the whole text."""
    return 512 if table == "articles" else 16 * 1024


def stretches(ids: Iterable[str]) -> Iterator[list[str]]:
    """The ids again, as many at a time as are worked on together."""
    remaining = iter(ids)
    while stretch := list(islice(remaining, ARTICLES_AT_ONCE)):
        yield stretch


def open_part(path: Path) -> pq.ParquetFile:
    """A part's file. Nothing is read ahead: that would be all of it."""
    return pq.ParquetFile(path, pre_buffer=False)


class PartRows:
    """The rows that one part's file has of these articles, in their order; no file: none.

    The articles must be given in the order in which they stand in the file. `is_sparse`: they are few, so that
    row groups without them are worth finding out.
    """

    def __init__(self, path: Path, table: str, ids: Sequence[str], *, is_sparse: bool = False) -> None:
        self.path = path
        self.table = table
        self.ids = pa.array(ids, pa.string())
        self.ranks = {key: rank for rank, key in enumerate(ids)}
        self.is_sparse = is_sparse
        self._waiting: list[tuple[pa.Table, np.ndarray]] = []
        self._pieces = self._read() if path.exists() and ids else iter(())
        self._is_read = False
        self._last = -1

    def through(self, article_id: str) -> pa.Table:
        """All rows not given yet of the articles up to this one."""
        rank = self.ranks[article_id]
        # More rows of this article may follow as long as nothing of a later one has been seen.
        while not self._is_read and self._last <= rank:
            piece = next(self._pieces, None)
            if piece is None:
                self._is_read = True
            else:
                self._waiting.append(piece)
                self._last = int(piece[1][-1])
        given, waiting = [TABLES[self.table].schema.empty_table()], []
        for rows, ranks in self._waiting:
            cut = int(np.searchsorted(ranks, rank, side="right"))
            given.append(rows.slice(0, cut))
            if cut < rows.num_rows:
                waiting.append((rows.slice(cut), ranks[cut:]))
        self._waiting = waiting
        return pa.concat_tables(given)

    def _read(self) -> Iterator[tuple[pa.Table, np.ndarray]]:
        """The file's rows of these articles, with the articles' ranks; never empty."""
        last = -1
        with naming(self.path):
            file = open_part(self.path)
            for batch in file.iter_batches(rows_at_once(self.table), row_groups=self._row_groups(file)):
                ranks = pc.index_in(batch.column("article_id"), value_set=self.ids)
                if ranks.null_count == len(ranks):
                    continue
                rows = conform_table(pa.Table.from_batches([batch]), TABLES[self.table])
                if ranks.null_count:
                    rows, ranks = rows.filter(ranks.is_valid()), ranks.drop_null()
                numbers = ranks.to_numpy()
                if numbers[0] < last or (np.diff(numbers) < 0).any():
                    raise DatasetError(f"The rows of {self.path} are not in order: run `figures check` with --repair.")
                last = int(numbers[-1])
                yield rows, numbers

    def _row_groups(self, file: pq.ParquetFile) -> list[int]:
        numbers = range(file.num_row_groups)
        if not self.is_sparse:
            return list(numbers)
        column = {n: file.read_row_group(n, columns=["article_id"])["article_id"] for n in numbers}
        return [n for n in numbers if pc.any(pc.is_in(column[n], value_set=self.ids)).as_py()]


class NewRows:
    """The rows of a shard, found by article; those of one article stand together in one batch."""

    def __init__(self, tables: Mapping[str, pa.Table]) -> None:
        self.batches = {name: table.to_batches() for name, table in tables.items()}
        self.places = {name: dict(_places(batches)) for name, batches in self.batches.items()}

    def count(self, table: str, article_id: str) -> int:
        """How many rows a table has of this article."""
        return self.places[table].get(article_id, (0, 0, 0))[2]

    def rows(self, table: str, ids: Iterable[str]) -> pa.Table:
        """The rows of these articles, article by article."""
        batches, places = self.batches[table], self.places[table]
        found = [batches[number].slice(start, count) for number, start, count in filter(None, map(places.get, ids))]
        return pa.Table.from_batches(found, TABLES[table].schema)


def _places(batches: Sequence[pa.RecordBatch]) -> Iterator[tuple[str, tuple[int, int, int]]]:
    """Of each article, the batch and which of its rows."""
    for number, batch in enumerate(batches):
        start = 0
        runs = pc.run_end_encode(batch.column("article_id"))
        for key, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
            yield key, (number, start, end - start)
            start = end


def in_order(table: pa.Table, ids: Iterable[str], sort_by: tuple[str, ...]) -> pa.Table:
    """The rows in the order of their articles, then by `sort_by`."""
    order = pa.array(ids, pa.string())
    keys = pa.table({"rank": pc.index_in(table["article_id"], value_set=order)} | {n: table[n] for n in sort_by})
    return table.take(pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in keys.column_names]))
