"""pandas, pyarrow, DuckDB and Polars read the folders in a loop while a writer commits."""

from __future__ import annotations

import json
import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from tests.faults.kills import end_of, processes_left, start
from tests.faults.shards import SAYS, look_at, may_leave, steady
from tests.faults.states import leftovers, read_dataset
from tests.faults.tally import Tally
from tests.faults.writer import write, write_until
from transforms.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.process import BaseProcess
    from pathlib import Path

    from tests.faults.shards import Look

SOURCES = 60
TOUCHED = 4
# A hundred times as often as runs of ours commit, and yet a second try is not bound to meet the next commit.
PAUSE_SECONDS = 0.3
SECOND_TRY_SECONDS = 0.1
READER_SECONDS = 3600.0
Columns = dict[str, list[Any]]


def _pandas() -> Callable[[Path], Columns]:
    import pandas as pd

    return lambda folder: pd.read_parquet(folder).to_dict("list")


def _pyarrow() -> Callable[[Path], Columns]:
    import pyarrow.parquet as pq

    return lambda folder: pq.read_table(folder).to_pydict()


def _duckdb() -> Callable[[Path], Columns]:
    import duckdb

    def read(folder: Path) -> Columns:
        with duckdb.connect() as connection:
            return _duckdb_columns(connection.sql(f"from '{folder}/*.parquet'"))

    return read


def _duckdb_session() -> Callable[[Path], Columns]:
    """One connection for all queries, as in a notebook: what it remembers of a file must not outlive the file."""
    import duckdb

    connection = duckdb.connect()
    return lambda folder: _duckdb_columns(connection.sql(f"from '{folder}/*.parquet'"))


def _duckdb_columns(answer: Any) -> Columns:
    rows = answer.fetchall()
    return {name: [row[i] for row in rows] for i, name in enumerate(answer.columns)}


def _polars() -> Callable[[Path], Columns]:
    import polars as pl

    return lambda folder: pl.scan_parquet(f"{folder}/*.parquet").collect().to_dict(as_series=False)


TOOLS = {
    "pandas": _pandas,
    "pyarrow": _pyarrow,
    "DuckDB": _duckdb,
    "DuckDB, one connection": _duckdb_session,
    "Polars": _polars,
}
NEVER_FAIL = ("pandas", "pyarrow")


def looping_readers(folder: Path, reads: int, *, seed: int = 1) -> list[Tally]:
    """So many reads in all, one tool after the other, while a writer commits some times a second."""
    root, stop = folder / "output", folder / "stop"
    write(root, islice(steady(seed, sources=SOURCES, touched=TOUCHED), 1))
    writer = start(_write_steadily, root, seed, stop, folder / "commits")
    tallies = [_reads_of(name, root, -(-reads // len(TOOLS)), folder / f"{n}.json") for n, name in enumerate(TOOLS)]
    stop.touch()
    tallies.append(_writer_of(root, writer, folder / "commits"))
    return tallies


def _reads_of(name: str, root: Path, reads: int, result: Path) -> Tally:
    """One tool's reads, in a process of its own."""
    kind = f"reads with {name} during commits"
    reader = start(_read_loop, name, root, reads, result)
    if code := end_of(reader, READER_SECONDS):
        return Tally(kind, wrong_rows=1, problems=[f"{kind}: the reader ended with code {code}"])
    tally = Tally.from_dict(json.loads(result.read_text(encoding="utf-8")) | {"kind": kind})
    tally.processes_left = processes_left([reader.pid])
    tally.problems = [f"{kind}{problem}" for problem in tally.problems]
    if name in NEVER_FAIL and tally.reader_errors:
        tally.problems.append(f"{kind}: {tally.reader_errors} errors, where there may be none")
    if tally.cured < tally.reader_errors:
        tally.problems.append(f"{kind}: {tally.reader_errors - tally.cured} errors that a second try does not cure")
    return tally


def _writer_of(root: Path, writer: BaseProcess, commits: Path) -> Tally:
    """The commits meanwhile, and what the writer leaves."""
    tally = Tally("commits while others read")
    code = end_of(writer)
    if code != 0:
        tally.add("wrong_rows", [f"the writer ended with code {code}"], "at the end")
        return tally
    tally.times = int(commits.read_text())
    reading = read_dataset(root)
    tally.add("wrong_rows", reading.wrong, "at the end")
    tally.add("duplicate_keys", reading.duplicates, "at the end")
    tally.add("files_left", leftovers(root), "at the end")
    tally.processes_left = processes_left([writer.pid])
    return tally


def _write_steadily(root: Path, seed: int, stop: Path, commits: Path) -> None:
    shards = islice(steady(seed, sources=SOURCES, touched=TOUCHED), 1, None)
    commits.write_text(str(write_until(root, shards, stop, PAUSE_SECONDS)))


@dataclass(slots=True)
class Reader:
    """One reader and what it has seen; what was seen may be followed by newer rows only."""

    read: Callable[[Path], Columns]
    seen: dict[str, dict[str, int]] = field(default_factory=dict)  # table → uri → version
    tally: Tally = field(default_factory=lambda: Tally(""))

    def look(self, root: Path, table: str) -> None:
        """One read, and a second where it fails."""
        self.tally.times += 1
        try:
            columns = self.read(root / table)
        except Exception as error:  # noqa: BLE001 - counted, whatever a tool raises
            self.tally.reader_errors += 1
            self.tally.notes[f"{type(error).__name__}: {_general(str(error), root)}"] += 1
            time.sleep(SECOND_TRY_SECONDS)
            try:
                columns = self.read(root / table)
            except Exception as again:  # noqa: BLE001
                self.tally.notes[f"second try, {type(again).__name__}: {_general(str(again), root)}"] += 1
                return
            self.tally.cured += 1
        keys = Counter(zip(*(columns[name] for name in TABLES[table].primary_key), strict=True))
        self.tally.add("duplicate_keys", [f"{table}: {key}" for key, count in keys.items() if count > 1], "while read")
        look = look_at(table, columns)
        self.tally.add("wrong_rows", look.wrong + self._regressions(table, look), "while read")

    def _regressions(self, table: str, look: Look) -> list[str]:
        """Rows older than those seen before, and articles that were there and may not leave."""
        before = self.seen.get(table, {})
        self.seen[table] = before | look.versions
        found = [
            f"{table}: {uri} v{version} after v{before[uri]}"
            for uri, version in look.versions.items()
            if version < before.get(uri, 0)
        ]
        if table != "rejects":
            missing = [uri for uri in before if uri not in look.versions and not may_leave(uri)]
            found += [f"{table}: {uri} is missing" for uri in missing]
        return found


def _read_loop(name: str, root: Path, reads: int, result: Path) -> None:
    reader, draw = Reader(TOOLS[name]()), random.Random(name)
    with reader.tally.timed():
        for _ in range(reads):
            reader.look(root, draw.choice(list(SAYS)))
    result.write_text(json.dumps(reader.tally.to_dict()), encoding="utf-8")


def _general(message: str, root: Path) -> str:
    """The first line, without numbers and the folder."""
    return re.sub(r"\d+", "N", message.replace(str(root), "").split("\n")[0])[:160]
