"""Commits: rows into parts, all of a shard or nothing.

Files are staged and synced → one ledger transaction (the commit point) → files moved over their names →
folders synced → journal cleared. A run killed after the transaction is rolled forward by the next `recover`.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.dataset.changes import Changes, Removals, ShardChanges
from flows.dataset.limits import NO_LIMITS, CommitLimits
from flows.dataset.merge import conformed_rows, merge_rejects, merged_rows, plan_part, set_duplicates
from flows.dataset.paths import PART_TABLES
from flows.dataset.rows import NewRows, open_part
from flows.dataset.staging import Staging, read_batches
from flows.dataset.storage import make_folder, naming, remove_folder, sync_path
from flows.errors import DatasetError
from transforms.frames import conform_table, table_from_rows
from transforms.tables import DOCUMENT_TABLES, RUNS, TABLES
from transforms.version import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from flows.dataset.ledger import Ledger
    from flows.dataset.merge import PartPlan
    from flows.dataset.paths import DatasetPaths


SMALL_SHARD = 1_000  # articles


def no_step(_: str) -> None:
    """Nobody asks how far a commit has come."""


@dataclass
class Commit:
    """One writer's way into a dataset; the caller holds the lock.

    `on_step` is called with the name of each step as it is reached: staged, committed, moved (after each file),
    synced, done. StorageError where the disk fails: what was committed before is whole.
    """

    paths: DatasetPaths
    ledger: Ledger
    run_id: str
    part_size: int
    limits: CommitLimits = NO_LIMITS
    on_step: Callable[[str], None] = no_step
    _number: int = field(default=0, init=False)

    def shard(self, batches: Sequence[Path], extractor: str, counts: dict[str, int]) -> Counter[str]:
        """Commits the batches of one shard; returns how many sources were new, changed, unchanged, rejected, skipped.

        `counts` are the run's counts so far; they are saved with the shard's added. LimitError where the shard
        breaks a limit.
        """
        rows = read_batches(batches)
        outcomes = rows.pop("outcomes").to_pylist()
        self.limits.check_rejects(outcomes, rows["rejects"])
        with self.change() as staging:
            changes = ShardChanges(self.ledger, outcomes, extractor, self.part_size)
            self._check_room(changes, sum(path.stat().st_size for path in batches))
            self._stage(staging, changes, rows)
            total = changes.counts()
            total["row_rejects"] = pc.sum(rows["rejects"]["table_name"].is_valid()).as_py() or 0
            counts = {name: counts.get(name, 0) + total[name] for name in {*counts, *total}}
            self.ledger.save_counts(self.run_id, counts)
        return total

    def prune(self, scopes: Iterable[str], counts: dict[str, int]) -> int:
        """Removes the sources below these prefixes that have vanished, with all their rows; returns how many.

        `counts` are the run's counts so far.
        """
        states = self.ledger.vanished(scopes)
        if states:
            with self.change() as staging:
                changes = Removals(self.ledger, states)
                self._check_room(changes, 0)
                self._stage(staging, changes, {name: TABLES[name].schema.empty_table() for name in PART_TABLES})
                self.ledger.save_counts(self.run_id, counts | {"pruned": len(states)})
        return len(states)

    def upgrade(self) -> int:
        """Rewrites files of an earlier schema version in today's, columns they lack null; returns how many."""
        if self.ledger.schema_version >= SCHEMA_VERSION:
            return 0
        with self.change() as staging:
            self.limits.check_room(self.paths.root, sum(part.bytes for part in self.ledger.parts().values()))
            keys = [(table, self.paths.number(path)) for table in TABLES for path in self.paths.parts(table)]
            staging.write_all((table, number, conformed_rows(self.paths, number, table)) for table, number in keys)
            self.ledger.schema_version = SCHEMA_VERSION
        return len(staging.parts)

    def run_rows(self, rows: Iterable[dict[str, Any]]) -> None:
        """Adds rows to the runs table, ends these runs, and gives every table at least one file."""
        added = table_from_rows(RUNS, rows)
        with self.change() as staging:
            number, old = 0, RUNS.schema.empty_table()
            if parts := self.paths.parts("runs"):
                number = self.paths.number(parts[-1])
                old = self._read("runs", number)
            if old.num_rows >= self.part_size:
                number, old = number + 1, RUNS.schema.empty_table()
            staging.write("runs", number, [old, added])
            for name in PART_TABLES:
                if not self.paths.parts(name):
                    staging.write(name, 0, [])
            for run_id in added["run_id"].to_pylist():
                self.ledger.end_run(run_id)

    def recover(self) -> None:
        """Rolls a killed run's commit forward and deletes whatever else it left in staging."""
        self._move()
        remove_folder(self.paths.staging)

    @contextmanager
    def change(self) -> Iterator[Staging]:
        """Files staged inside, and what is done to the ledger inside, become the dataset together, or not at all."""
        self._move()  # a commit before this one may have failed between its files
        self._number += 1
        staging = Staging(self.paths.staging / self.run_id / f"commit-{self._number:05d}")
        with self.ledger.transaction():
            yield staging
            staging.sync()
            self.ledger.save_parts(staging.parts)
            self.ledger.add_moves(staging.moves(self.paths))
            self.on_step("staged")
        self._move()

    def _stage(self, staging: Staging, changes: Changes, rows: dict[str, pa.Table]) -> None:
        """Writes the files that differ from those in place."""
        new = NewRows({name: rows[name] for name in DOCUMENT_TABLES})
        # Reading and compressing go on outside Python's lock: two files at once take half the time, and each its
        # memory. A large shard has taken minutes to extract, and the most memory of all: there it is not worth it.
        at_once = 2 if rows["articles"].num_rows <= SMALL_SHARD else 1
        largest_first = sorted(DOCUMENT_TABLES, key=lambda name: -rows[name].nbytes)
        for part, change in sorted(changes.parts.items()):
            plan = plan_part(self.paths, part, change.replaced, new, change.article_ids, changes.duplicates)
            changes.same |= plan.same
            staging.write_all(
                (
                    (name, part, self._after(name, part, plan, new, changes))
                    for name in largest_first
                    if name in plan.tables or not self._is_current(name, part)
                ),
                at_once=at_once,
            )
            tried = pa.array(sorted(change.tried), pa.string())
            refused = rows["rejects"].filter(pc.is_in(rows["rejects"]["source_uri"], value_set=tried))
            before = self._read("rejects", part)
            after = merge_rejects(before, refused, change.tried, change.kept)
            if not self.is_in_place("rejects", part, before, after):
                staging.write("rejects", part, [after])

    def _after(self, table: str, part: int, plan: PartPlan, new: NewRows, changes: Changes) -> Iterator[pa.Table]:
        """A table's rows of a part after this commit, in order."""
        merged = merged_rows(self.paths, part, table, plan, new)
        if table != "articles":
            return merged
        return (set_duplicates(chunk, changes.duplicates, self.run_id) for chunk in merged)

    def _check_room(self, changes: Changes, new_bytes: int) -> None:
        """The files that may be written anew hold at most what they hold now and what is new."""
        known = self.ledger.parts()
        old_bytes = sum(
            file.bytes for (table, number), file in known.items() if number in changes.parts and table != "runs"
        )
        self.limits.check_room(self.paths.root, old_bytes + new_bytes)

    def is_in_place(self, table: str, part: int, old: pa.Table, rows: pa.Table) -> bool:
        """Whether a part's file has these rows already; `old` is what was read from it."""
        return rows.equals(old) and self._is_current(table, part)

    def _read(self, table: str, part: int) -> pa.Table:
        path = self.paths.part(table, part)
        if not path.exists():
            return TABLES[table].schema.empty_table()
        with naming(path):
            return conform_table(open_part(path).read(), TABLES[table])

    def _is_current(self, table: str, part: int) -> bool:
        """Whether the file is there, in the declared schema."""
        path = self.paths.part(table, part)
        if not path.exists():
            return False
        with naming(path):
            return bool(open_part(path).schema_arrow.equals(TABLES[table].schema, check_metadata=True))

    def _move(self) -> None:
        """Moves committed files over their names. Done twice, it does no harm."""
        moves = self.ledger.moves()
        if not moves:
            return
        self.on_step("committed")
        sizes = {self.paths.part(*key): part.bytes for key, part in self.ledger.parts().items()}
        for staged, target in moves:
            path = self.paths.root / target
            self._move_one(self.paths.root / staged, path, sizes.get(path))
            self.on_step("moved")
        for folder in {(self.paths.root / target).parent for _, target in moves}:
            sync_path(folder)
        self.on_step("synced")
        self.ledger.clear_moves()
        self.on_step("done")

    def _move_one(self, staged: Path, target: Path, size: int | None) -> None:
        make_folder(target.parent)
        with naming(target):
            if staged.exists():
                staged.replace(target)
            elif not target.exists() or size not in (None, target.stat().st_size):
                raise DatasetError(
                    f"{staged}, committed by a killed run, is gone: run `figures check {self.paths.root} --repair`."
                )
