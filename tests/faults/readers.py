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
    from pathlib import Path

    from tests.faults.shards import Look

SOURCES = 60
TOUCHED = 4
# A hundred times as often as runs of ours commit, and yet a second try is not bound to meet the next commit.
PAUSE_SECONDS = 0.3
SECOND_TRY_SECONDS = 0.1
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
    """So many reads in all, shared between the tools, while a writer commits some times a second."""
    root, stop = folder / "output", folder / "stop"
    write(root, islice(steady(seed, sources=SOURCES, touched=TOUCHED), 1))
    writer = start(_write_steadily, root, seed, stop, folder / "commits")
    each = -(-reads // len(TOOLS))
    children = [start(_read_loop, name, root, each, seed, folder / f"{n}.json") for n, name in enumerate(TOOLS)]
    codes = [end_of(child, seconds=3600) for child in children]
    stop.touch()
    end = end_of(writer)
    tallies = [_tally_of(name, folder / f"{n}.json", codes[n]) for n, name in enumerate(TOOLS)]
    last = tallies[0]
    reading = read_dataset(root)
    last.add("wrong_rows", reading.wrong, "after the last commit")
    last.add("duplicate_keys", reading.duplicates, "after the last commit")
    last.add("files_left", leftovers(root), "after the last commit")
    last.processes_left += processes_left(child.pid for child in [writer, *children])
    if end != 0:
        last.add("wrong_rows", [f"the writer ended with code {end}"], "after the last commit")
    else:
        last.notes["commits while all tools read"] = int((folder / "commits").read_text())
    return tallies


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


def _read_loop(name: str, root: Path, reads: int, seed: int, result: Path) -> None:
    """One tool's reads, in a process of its own."""
    reader, draw = Reader(TOOLS[name]()), random.Random(seed)
    with reader.tally.timed():
        for _ in range(reads):
            reader.look(root, draw.choice(list(SAYS)))
    result.write_text(json.dumps(reader.tally.to_dict()), encoding="utf-8")


def _tally_of(name: str, result: Path, code: int | None) -> Tally:
    kind = f"reads with {name} during commits"
    if code != 0:
        return Tally(kind, wrong_rows=1, problems=[f"{kind}: the reader ended with code {code}"])
    tally = Tally.from_dict(json.loads(result.read_text(encoding="utf-8")) | {"kind": kind})
    tally.problems = [f"{kind}{problem}" for problem in tally.problems]
    if name in NEVER_FAIL and tally.reader_errors:
        tally.problems.append(f"{kind}: {tally.reader_errors} errors, where there may be none")
    if tally.cured < tally.reader_errors:
        tally.problems.append(f"{kind}: {tally.reader_errors - tally.cured} errors that a second try does not cure")
    return tally


def _general(message: str, root: Path) -> str:
    """The first line, without numbers and the folder."""
    return re.sub(r"\d+", "N", message.replace(str(root), "").split("\n")[0])[:160]
