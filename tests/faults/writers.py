"""Eight writers at once on one dataset: the result is that of a serial run."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from flows.dataset.paths import DatasetPaths
from tests.faults.kills import end_of, processes_left, start
from tests.faults.shards import SAYS, Shard, history
from tests.faults.states import leftovers, read_dataset
from tests.faults.tally import Tally
from tests.faults.writer import write
from transforms.tables import TABLES

if TYPE_CHECKING:
    from pathlib import Path

WRITERS = 8


def concurrent_writers(folder: Path, rounds: int, *, seed: int = 1) -> Tally:
    """In each round all writers begin at once; each has sources of its own and some that all of them have."""
    tally = Tally(f"{WRITERS} writers at once")
    root, serial = folder / "output", folder / "serial"
    with tally.timed():
        for number in range(1, rounds + 1):
            children = [start(_write_one, root, seed, number, writer) for writer in range(WRITERS)]
            codes = [end_of(child) for child in children]
            tally.times += 1
            where = f"round {number}"
            tally.add("wrong_rows", [f"a writer ended with code {code}" for code in codes if code], where)
            tally.processes_left += processes_left(child.pid for child in children)
            reading = read_dataset(root)
            tally.add("wrong_rows", reading.wrong, where)
            tally.add("duplicate_keys", reading.duplicates, where)
            tally.add("files_left", leftovers(root), where)
            for writer in range(WRITERS):
                _write_one(serial, seed, number, writer)
            tally.add("wrong_rows", _differences(root, serial), where)
        tally.notes["runs in the table of runs"] = len(_rows(root, "runs"))
        if tally.notes["runs in the table of runs"] != rounds * WRITERS:
            tally.add("wrong_rows", ["runs are missing from their table"], "at the end")
    return tally


def _write_one(root: Path, seed: int, number: int, writer: int) -> None:
    """One writer's shard of a round, as a run."""
    own = next(islice(history(seed + 1 + writer, new=1, touched=2, prefix=f"w{writer}"), number - 1, None))
    common = next(islice(history(seed, new=1, touched=2, prefix="all"), number - 1, None))
    write(root, [Shard(number, own.outcomes + common.outcomes)])


def _rows(root: Path, table: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Rows by key, without what a run stamps."""
    spec = TABLES[table]
    names = [name for name in spec.names if name not in spec.volatile]
    files = [pq.ParquetFile(path).read() for path in DatasetPaths(root).parts(table)]
    rows = pa.concat_tables(files).select(names).to_pylist()
    return {tuple(row[name] for name in spec.primary_key): row for row in rows}


def _differences(root: Path, serial: Path) -> list[str]:
    found = []
    for table in SAYS:
        ours, theirs = _rows(root, table), _rows(serial, table)
        keys = [key for key in {*ours, *theirs} if ours.get(key) != theirs.get(key)]
        found += [f"{table}: {key} is not as in a serial run" for key in keys]
    return found
