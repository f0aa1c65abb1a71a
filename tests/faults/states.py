"""What a dataset holds, file by file, and what it must hold after each shard of an uninterrupted run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from flows.dataset.paths import DatasetPaths
from tests.faults.shards import SAYS, articles_after, look_at
from tests.faults.writer import write
from transforms.tables import TABLES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.shards import Plan, Shard

# What a completed run leaves besides parts.
DESCRIPTIONS = {"README.md", "datapackage.json", "_state/ledger.sqlite", "_state/lock"}


@dataclass(frozen=True, slots=True)
class File:
    """One Parquet file: its content without the columns that a run stamps, and what is wrong with it."""

    digest: str | None  # None: no rows
    keys: tuple[tuple[object, ...], ...]
    versions: dict[str, int]
    wrong: tuple[str, ...]


def read_file(table: str, path: Path) -> File:
    """The same bytes are looked at once."""
    return _file_of(table, path.read_bytes())


@lru_cache(maxsize=4096)
def _file_of(table: str, data: bytes) -> File:
    spec = TABLES[table]
    rows = pq.ParquetFile(BytesIO(data)).read(use_threads=False)
    if rows.num_rows == 0:
        return File(None, (), {}, ())
    columns = {name: rows[name].to_pylist() for name in rows.column_names}
    content = rows.drop_columns([name for name in spec.volatile if name in columns])
    keys = tuple(zip(*(columns[name] for name in spec.primary_key), strict=True))
    look = look_at(table, columns) if table in SAYS else None
    return File(
        sha256(repr(content.to_pylist()).encode()).hexdigest(),
        keys,
        look.versions if look else {},
        tuple(look.wrong) if look else (),
    )


Content = dict[tuple[str, str], str]  # (table, file name) → digest, of files that hold rows


@dataclass(slots=True)
class Reading:
    """All tables as a reader of the folders finds them."""

    content: Content = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)  # of the articles


def read_dataset(root: Path) -> Reading:
    """Reads every file of every table; `runs` counts for duplicates only."""
    reading = Reading()
    for table in TABLES:
        keys: Counter[tuple[object, ...]] = Counter()
        for path in DatasetPaths(root).parts(table):
            try:
                file = read_file(table, path)
            except (OSError, pa.ArrowException) as error:
                reading.wrong.append(f"{path.relative_to(root)} cannot be read: {error}")
                continue
            keys.update(file.keys)
            reading.wrong += file.wrong
            if file.digest and table in SAYS:
                reading.content[table, path.name] = file.digest
            if table == "articles":
                reading.versions |= file.versions
        reading.duplicates += [f"{table} {key}" for key, count in keys.items() if count > 1]
    return reading


class Expected:
    """The content after each shard of a serial run that nothing interrupts; states[0] is the empty dataset."""

    def __init__(self, root: Path, plan: Plan) -> None:
        self.plan = plan
        self.shards = plan.shards()
        self.states: list[Content] = [{}]
        self.problems: list[str] = []

        def note(shard: Shard) -> None:
            reading = read_dataset(root)
            self.states.append(reading.content)
            self.problems += reading.wrong + reading.duplicates
            if reading.versions != articles_after(self.shards[: shard.number]):
                self.problems.append(f"{plan}: other articles than expected after shard {shard.number}")

        write(root, self.shards, after_shard=note)
        if self.problems:
            raise AssertionError(f"the serial run itself is wrong: {self.problems[:5]}")

    def standing(self, content: Content) -> tuple[int, int] | None:
        """The state that all files agree with, twice; or two neighbours between which every file is one or the
        other's, as a commit that is under way leaves them; None where there is no such pair."""
        if content in self.states:
            position = self.states.index(content)
            return position, position
        for position, (before, after) in enumerate(zip(self.states, self.states[1:], strict=False)):
            names = {*content, *before, *after}
            if all(content.get(n) in (before.get(n), after.get(n)) for n in names):
                return position, position + 1
        return None


def leftovers(root: Path) -> list[str]:
    """Files that a completed run must not leave."""
    parts = {path for table in TABLES for path in DatasetPaths(root).parts(table)}
    found = (path for path in root.rglob("*") if path.is_file() and path not in parts)
    return sorted(name for path in found if (name := path.relative_to(root).as_posix()) not in DESCRIPTIONS)


def misplaced(root: Path) -> list[str]:
    """Parquet files that a reader's glob could find where none belong; wrong at any moment."""
    parts = {path for table in TABLES for path in DatasetPaths(root).parts(table)}
    return sorted(str(path.relative_to(root)) for path in root.rglob("*.parquet") if path not in parts)
