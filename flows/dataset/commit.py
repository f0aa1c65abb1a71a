"""Commits: rows into parts, all of a shard or nothing.

Files are staged and synced → one ledger transaction (the commit point) → files moved over their names →
folders synced → journal cleared. A run killed after the transaction is rolled forward by the next `recover`.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.dataset.changes import ShardChanges
from flows.dataset.merge import merge_documents, merge_rejects, same_articles, set_duplicates
from flows.dataset.staging import read_batches, sync_path, write_part
from transforms.frames import conform_table, table_from_rows
from transforms.tables import DOCUMENT_TABLES, RUNS, TABLES

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from flows.dataset.ledger import Ledger
    from flows.dataset.paths import DatasetPaths

PART_TABLES = (*DOCUMENT_TABLES, "rejects")


def _no_step(_: str) -> None:
    pass


@dataclass
class Commit:
    """One writer's way into a dataset; the caller holds the lock.

    `on_step` is called with the name of each step as it is reached (staged, committed, moved, done).
    """

    paths: DatasetPaths
    ledger: Ledger
    run_id: str
    part_size: int
    on_step: Callable[[str], None] = _no_step
    _number: int = field(default=0, init=False)

    def shard(self, batches: Sequence[Path], extractor: str, counts: dict[str, int]) -> Counter[str]:
        """Commits the batches of one shard; returns how many sources were new, changed, unchanged, rejected, skipped.

        `counts` are the run's counts so far; they are saved with the shard's added.
        """
        rows = read_batches(batches)
        outcomes = rows.pop("outcomes").to_pylist()
        staging = self._staging()
        with self.ledger.transaction():
            changes = ShardChanges(self.ledger, outcomes, extractor, self.part_size)
            staged = []
            for part in sorted(changes.parts):
                staged += self._stage_part(staging, part, changes, rows)
            total = changes.counts()
            total["row_rejects"] = pc.sum(rows["rejects"]["table_name"].is_valid()).as_py() or 0
            counts = {name: counts.get(name, 0) + total[name] for name in {*counts, *total}}
            self.ledger.save_counts(self.run_id, counts)
            self._journal(staging, staged)
        self._move()
        return total

    def run_rows(self, rows: Iterable[dict[str, Any]]) -> None:
        """Adds rows to the runs table, ends these runs, and gives every table at least one file."""
        added = table_from_rows(RUNS, rows)
        number, old = 0, RUNS.schema.empty_table()
        if parts := self.paths.parts("runs"):
            number, old = len(parts) - 1, self._read("runs", len(parts) - 1)
            if old.num_rows >= self.part_size:
                number, old = number + 1, RUNS.schema.empty_table()
        staging = self._staging()
        staged = [self._stage(staging, "runs", number, pa.concat_tables([old, added]))]
        staged += [
            self._stage(staging, name, 0, TABLES[name].schema.empty_table())
            for name in PART_TABLES
            if not self.paths.parts(name)
        ]
        with self.ledger.transaction():
            for run_id in added["run_id"].to_pylist():
                self.ledger.end_run(run_id)
            self._journal(staging, staged)
        self._move()

    def recover(self) -> None:
        """Rolls a killed run's commit forward and deletes whatever else it left in staging."""
        self._move()
        shutil.rmtree(self.paths.staging, ignore_errors=True)

    def _stage_part(
        self, staging: Path, part: int, changes: ShardChanges, rows: dict[str, pa.Table]
    ) -> list[tuple[str, int]]:
        """Writes the files of one part that differ from those in place; their table and number."""
        old = {name: self._read(name, part) for name in PART_TABLES}
        members = changes.parts[part]
        ids = pa.array(sorted(s.article_id for s in members), pa.string())
        new = {n: rows[n].filter(pc.is_in(rows[n]["article_id"], value_set=ids)) for n in DOCUMENT_TABLES}
        same = same_articles(old, new)
        changes.same |= same
        if same:
            stay = pa.array(sorted(same), pa.string())
            new = {n: t.filter(pc.invert(pc.is_in(t["article_id"], value_set=stay))) for n, t in new.items()}
        replaced = {s.article_id for s in members if s.source_uri not in changes.keeps} - same
        merged = merge_documents(old, new, replaced)
        merged["articles"] = set_duplicates(merged["articles"], changes.duplicates, self.run_id)
        tried = {s.source_uri for s in members}
        uris = pa.array(sorted(tried), pa.string())
        refused = rows["rejects"].filter(pc.is_in(rows["rejects"]["source_uri"], value_set=uris))
        merged["rejects"] = merge_rejects(old["rejects"], refused, tried, kept=changes.keeps)
        return [
            self._stage(staging, name, part, merged[name])
            for name in PART_TABLES
            if not self._is_in_place(name, part, old[name], merged[name])
        ]

    def _read(self, table: str, part: int) -> pa.Table:
        path = self.paths.part(table, part)
        # The file's own schema, not the folder's: a folder may hold files of two versions.
        found = pq.ParquetFile(path).read() if path.exists() else TABLES[table].schema.empty_table()
        return conform_table(found, TABLES[table])

    def _is_in_place(self, table: str, part: int, old: pa.Table, merged: pa.Table) -> bool:
        path = self.paths.part(table, part)
        if not path.exists() or not merged.equals(old):
            return False
        schema = pq.read_schema(path)
        return bool(schema.equals(TABLES[table].schema, check_metadata=True))

    def _staging(self) -> Path:
        self._number += 1
        folder = self.paths.staging / self.run_id / f"commit-{self._number:05d}"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _stage(self, staging: Path, table: str, part: int, rows: pa.Table) -> tuple[str, int]:
        write_part(staging / f"{table}-{part:05d}.staged", rows)
        return table, part

    def _journal(self, staging: Path, staged: Iterable[tuple[str, int]]) -> None:
        """Notes the moves of a commit; the last thing before its transaction ends."""
        sync_path(staging)
        root = self.paths.root
        self.ledger.add_moves(
            (
                (staging / f"{table}-{part:05d}.staged").relative_to(root).as_posix(),
                self.paths.part(table, part).relative_to(root).as_posix(),
            )
            for table, part in staged
        )
        self.on_step("staged")

    def _move(self) -> None:
        """Moves committed files over their names. Done twice, it does no harm."""
        moves = self.ledger.moves()
        if not moves:
            return
        self.on_step("committed")
        for staged, target in moves:
            path = self.paths.root / target
            path.parent.mkdir(parents=True, exist_ok=True)
            if (self.paths.root / staged).exists():
                (self.paths.root / staged).replace(path)
            self.on_step("moved")
        for folder in {(self.paths.root / target).parent for _, target in moves}:
            sync_path(folder)
        sync_path(self.paths.root)
        self.ledger.clear_moves()
        self.on_step("done")
