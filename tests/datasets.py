"""Datasets written run by run from rows made by hand, without Prefect."""

from __future__ import annotations

from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from flows.dataset.commit import Commit
from flows.dataset.discovery import Discovery
from flows.dataset.ledger import Ledger
from flows.dataset.paths import DatasetPaths
from flows.dataset.rebuild import prepare
from flows.dataset.staging import OUTCOMES, write_batch
from tests.builders import NOW
from transforms.duplicates import duplicate_key
from transforms.frames import document_frames, frames_to_tables, table_from_rows
from transforms.ids import stable_id
from transforms.tables import REJECTS
from transforms.validate import reject_row

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tests.builders import Rows


class Crash(BaseException):
    """Stands for kill -9: nothing after the step is done."""


class Harness:
    """A dataset in a temporary folder, written run by run."""

    def __init__(self, root: Path, part_size: int = 3) -> None:
        self.paths = DatasetPaths(root)
        self.part_size = part_size
        self.runs = 0

    @contextmanager
    def run(self, crash_at: str | None = None) -> Iterator[Commit]:
        self.runs += 1

        def on_step(step: str) -> None:
            if step == crash_at:
                raise Crash(step)

        with Ledger(self.paths.ledger) as ledger:
            commit = Commit(self.paths, ledger, f"run-{self.runs}", self.part_size)
            commit.on_step = on_step
            prepare(commit)
            ledger.begin_run(commit.run_id, NOW.isoformat(), "{}", "{}", None)
            yield commit

    def write(
        self, *documents: Rows, rejects: tuple[tuple[str, str], ...] = (), crash_at: str | None = None
    ) -> Counter[str]:
        """One run of one shard: these documents, and these (uri, result) that gave none."""
        with self.run(crash_at) as commit:
            return commit.shard([self.stage(commit.run_id, documents, rejects)], "0.1.0", {})

    def stage(
        self,
        run_id: str,
        documents: tuple[Rows, ...],
        rejects: tuple[tuple[str, str], ...],
        outcomes: Iterable[tuple[str | None, ...]] = (),
    ) -> Path:
        """A batch of these documents and rejects; `outcomes` in place of those that follow from them."""
        folder = self.paths.staging / run_id
        folder.mkdir(parents=True)
        tables = frames_to_tables(document_frames(documents, run_id=run_id, extracted_at=NOW))
        given = list(outcomes)
        outcomes = [
            (
                d.article.source_uri,
                d.article.article_id,
                "1-1",
                d.article.content_sha256,
                "article",
                duplicate_key(d.article),
                None,
            )
            for d in documents
        ]
        refused = []
        for uri, result in rejects:
            item = f'{{"uri": "{uri}", "fingerprint": "1-1"}}'
            outcomes.append((uri, stable_id(uri), "1-1", sha256(uri.encode()).hexdigest(), result, None, item))
            if result in ("reject", "unread"):
                refused.append(
                    reject_row(uri, stage="body", code="no_body", message="No text.", run_id=run_id, first_seen_at=NOW)
                )
        columns = list(zip(*(given or outcomes), strict=True)) or [()] * len(OUTCOMES)
        tables["outcomes"] = pa.table([pa.array(c, pa.string()) for c in columns], schema=OUTCOMES)
        tables["rejects"] = table_from_rows(REJECTS, refused)
        write_batch(folder / "batch.arrows", tables)
        return folder / "batch.arrows"

    def find(self, *uris: str, scope: str = "", extractor: str = "0.1.0", **how: Any) -> list[tuple[str, str | None]]:
        """What a run that finds these sources, and looked below `scope`, would have to read."""
        with Ledger(self.paths.ledger) as ledger:
            found = Discovery(ledger, extractor, **how)
            found.add((uri, "1-1", uri, "") for uri in uris)
            found.mark_vanished([scope], f"run-{self.runs + 1}")
            return list(found.pending())

    def read(self, table: str) -> list[dict[str, Any]]:
        return [row for path in self.paths.parts(table) for row in pq.read_table(path).to_pylist()]

    def uris(self, table: str = "articles") -> list[str]:
        return sorted(row["source_uri"] for row in self.read(table))

    def files(self) -> dict[str, tuple[int, int, bytes]]:
        return {
            str(p): (p.stat().st_ino, p.stat().st_mtime_ns, p.read_bytes())
            for p in sorted(self.paths.root.glob("*/*.parquet"))
        }
