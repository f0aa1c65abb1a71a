"""The steps of a run between its beginning and its end; the flow puts them in order."""

from __future__ import annotations

import json
import platform
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from flows.dataset.changes import SOURCE_COUNTS
from flows.dataset.commit import Commit
from flows.dataset.describe import write_descriptions
from flows.dataset.ledger import Ledger
from flows.dataset.lock import writing
from flows.dataset.paths import DatasetPaths
from flows.dataset.rebuild import reconcile
from flows.errors import BalanceError
from flows.progress import listener
from flows.shards import extract_shard, write_shards
from flows.sources.local import open_local
from flows.summary import RunSummary, summarize
from flows.worker import WorkerSettings
from transforms.version import EXTRACTOR_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flows.settings import RunSettings

PACKAGES = ("prefect", "pandas", "pyarrow", "beautifulsoup4", "selectolax")


@dataclass(frozen=True, slots=True)
class Run:
    """One run that has begun."""

    run_id: str
    started_at: datetime
    settings: RunSettings

    @property
    def paths(self) -> DatasetPaths:
        return DatasetPaths(self.settings.output)

    @property
    def worker(self) -> WorkerSettings:
        s = self.settings
        return WorkerSettings(
            self.run_id, self.started_at, s.timezone, s.keep_text, s.max_page_bytes, s.page_seconds, s.page_scale
        )

    def commit(self, ledger: Ledger) -> Commit:
        return Commit(self.paths, ledger, self.run_id, self.settings.part_size)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run has found to do."""

    shards: tuple[Path, ...]
    page_count: int
    counts: dict[str, int]
    vanished_count: int
    names: dict[str, str]  # folder → name


@contextmanager
def begin_run(settings: RunSettings) -> Iterator[Run]:
    """A run that holds the dataset's lock, on a dataset that is in order; it ends as failed if an error leaves."""
    started_at = datetime.now(UTC)
    run = Run(f"{started_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}", started_at, settings)
    with writing(run.paths, run_id=run.run_id, wait_seconds=settings.lock_seconds):
        with Ledger(run.paths.ledger) as ledger:
            commit = run.commit(ledger)
            commit.recover()
            reconcile(run.paths, ledger)
            # We hold the lock: whatever has begun and not ended was killed.
            if killed := [_run_row(open_run, "interrupted", None) for open_run in ledger.open_runs()]:
                commit.run_rows(killed)
            parameters = settings.model_dump_json(exclude_defaults=True)
            ledger.begin_run(run.run_id, started_at.isoformat(), parameters, json.dumps(_versions()))
        try:
            yield run
        except BaseException:
            _end_run(run, "failed")
            raise


def plan_run(run: Run) -> Plan:
    """Finds all sources and notes, shard by shard, what must be read."""
    settings = run.settings
    listener().phase("Looking for pages")
    with Ledger(run.paths.ledger) as ledger:
        sources = open_local(
            settings.sources, names=settings.source_names, known=ledger.roots(), output=settings.output
        )
        for source in sources:
            ledger.save_root(source.name, str(source.root))
        items = ((i.uri, i.fingerprint, i.to_json()) for source in sources for i in source.discover())
        discovered, twice = ledger.discover(items)
        how: Any = {"force": settings.force, "rehash": settings.rehash, "limits": run.worker.limits}
        pending = ledger.pending(settings.extractor, **how)
        shards = write_shards(run.paths.staging / run.run_id, pending, settings.shard_size)
        settled = ledger.settled(settings.extractor, **how)
        counts = {
            "discovered": discovered,
            "unchanged": sum(settled.values()),
            "skipped": twice,
            "known_rejects": settled.get("reject", 0),
        }
        ledger.save_counts(run.run_id, counts)
        vanished = ledger.mark_vanished([s.scope for s in sources if s.scope], run.run_id)
    names = {str(source.root): source.name for source in sources}
    pages = discovered - twice - counts["unchanged"]
    return Plan(tuple(shards), pages, counts, vanished, names)


def extract_one_shard(run: Run, shard: Path, page_count: int) -> list[Path]:
    """Extracts the pages of a shard into staged files; nothing of the dataset changes."""
    listener().phase("Extracting")
    return extract_shard(shard, run.settings, run.worker, lambda pages: listener().pages(pages, page_count))


def commit_one_shard(run: Run, staged: list[Path], counts: dict[str, int]) -> dict[str, int]:
    """Commits a shard's staged files; returns the run's counts with the shard's added."""
    listener().phase("Writing")
    with Ledger(run.paths.ledger) as ledger:
        added = run.commit(ledger).shard(staged, run.settings.extractor, counts)
    for path in staged:
        path.unlink()
    return {name: counts.get(name, 0) + added.get(name, 0) for name in {*counts, *added}}


def finish_run(run: Run, plan: Plan, counts: dict[str, int]) -> RunSummary:
    """Checks the balance, writes the run's row and the descriptions, and says what the dataset holds now."""
    listener().phase("Finishing")
    accounted = sum(counts.get(name, 0) for name in SOURCE_COUNTS)
    if accounted != counts["discovered"]:
        raise BalanceError(
            f"{counts['discovered']} sources were found and {accounted} accounted for ({counts}): please report this"
        )
    finished_at = _end_run(run, "completed")
    write_descriptions(run.paths)
    return summarize(
        run.paths,
        run.settings,
        run_id=run.run_id,
        counts=counts,
        seconds=(finished_at - run.started_at).total_seconds(),
        names=plan.names,
        vanished_count=plan.vanished_count,
    )


def _end_run(run: Run, status: str) -> datetime:
    finished_at = datetime.now(UTC)
    with Ledger(run.paths.ledger) as ledger:
        (ours,) = (r for r in ledger.open_runs() if r["run_id"] == run.run_id)
        commit = run.commit(ledger)
        commit.run_rows([_run_row(ours, status, finished_at) | {"article_count": ledger.article_count()}])
        commit.recover()  # empties staging
    return finished_at


def _run_row(open_run: dict[str, Any], status: str, finished_at: datetime | None) -> dict[str, Any]:
    """A row of the runs table; a run that did not complete has discovered only what it got to."""
    counts = open_run["counts"]
    return {
        "run_id": open_run["run_id"],
        "started_at": datetime.fromisoformat(open_run["started_at"]),
        "finished_at": finished_at,
        "status": status,
        "parameters": open_run["parameters"],
        "discovered_count": sum(counts.get(name, 0) for name in SOURCE_COUNTS),
        **{f"{name}_count": counts.get(name, 0) for name in SOURCE_COUNTS},
        "row_reject_count": counts.get("row_rejects", 0),
        "article_count": 0,
        "versions": open_run["versions"],
    }


def _versions() -> dict[str, str]:
    return {"extractor": EXTRACTOR_VERSION, "python": platform.python_version()} | {p: version(p) for p in PACKAGES}
