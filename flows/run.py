"""The steps of a run between its beginning and its end; the flow puts them in order."""

from __future__ import annotations

import json
import platform
import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from flows.dataset.changes import SOURCE_COUNTS
from flows.dataset.commit import Commit
from flows.dataset.describe import write_descriptions
from flows.dataset.discovery import Discovery
from flows.dataset.ledger import Ledger
from flows.dataset.limits import CommitLimits
from flows.dataset.lock import writing
from flows.dataset.paths import DatasetPaths
from flows.dataset.rebuild import prepare
from flows.dataset.rows import open_part
from flows.dataset.run_rows import run_row
from flows.dataset.storage import remove_file
from flows.errors import BalanceError, DatasetError
from flows.progress import listener
from flows.shards import extract_shard, write_shards
from flows.sources.opening import Context, open_sources
from flows.summary import RunSummary, dropped_rows, summarize
from flows.worker import WorkerSettings
from transforms.tables import TABLES
from transforms.version import EXTRACTOR_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flows.settings import RunSettings
    from flows.sources import Source

# What --retry takes over from the last run.
PAGE_SETTINGS = (
    "timezone",
    "keep_text",
    "max_page_bytes",
    "page_scale",
    "page_seconds",
    "workers",
    "part_size",
    "fetch",
)
NEVER = datetime.min.replace(tzinfo=UTC)
PACKAGES = ("prefect", "pandas", "pyarrow", "beautifulsoup4", "selectolax")


@dataclass(frozen=True, slots=True)
class Run:
    """One run that has begun."""

    run_id: str
    started_at: datetime
    settings: RunSettings
    rows_before: dict[str, int] = field(default_factory=dict)  # of each table
    killed: tuple[str, ...] = ()  # Prefect's names of runs that were found killed

    @property
    def paths(self) -> DatasetPaths:
        return DatasetPaths(self.settings.output)

    @property
    def worker(self) -> WorkerSettings:
        return worker_settings(self.settings, self.run_id, self.started_at)

    def commit(self, ledger: Ledger) -> Commit:
        s = self.settings
        # Of rejects tried again most are rejects again.
        limits = CommitLimits(1.0 if s.retry_rejects else s.reject_limit, s.reject_limit_from, s.min_free_bytes)
        return Commit(self.paths, ledger, self.run_id, s.part_size, limits)


def worker_settings(settings: RunSettings, run_id: str = "", started_at: datetime = NEVER) -> WorkerSettings:
    """What workers must know of a run."""
    s = settings
    return WorkerSettings(run_id, started_at, s.timezone, s.keep_text, s.max_page_bytes, s.page_seconds, s.page_scale)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run has found to do."""

    shards: tuple[Path, ...]
    page_count: int
    counts: dict[str, int]
    scopes: tuple[str, ...]  # prefixes of source_uri below which everything was looked for
    names: dict[str, str]  # folder → name
    warnings: tuple[str, ...]


@contextmanager
def begin_run(settings: RunSettings, flow_run_id: str | None = None) -> Iterator[Run]:
    """A run that holds the dataset's lock, on a dataset that is in order; it ends as failed if an error leaves."""
    started_at = datetime.now(UTC)
    run = Run(f"{started_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}", started_at, settings)
    with writing(
        run.paths, run_id=run.run_id, wait_seconds=settings.lock_seconds, on_wait=lambda text: listener().message(text)
    ):
        with Ledger(run.paths.ledger) as ledger:
            killed = _prepare(run, ledger)
            run = replace(run, rows_before=ledger.row_counts(), killed=killed)
            parameters = settings.model_dump_json(exclude_defaults=True)
            versions = json.dumps(_versions())
            ledger.begin_run(run.run_id, started_at.isoformat(), parameters, versions, flow_run_id)
        try:
            yield run
        except BaseException as error:
            _end_failed(run, error)
            raise


def _prepare(run: Run, ledger: Ledger) -> tuple[str, ...]:
    """Brings the dataset in order; Prefect's names of runs that were killed."""
    commit = run.commit(ledger)
    prepare(commit)
    commit.limits.check_room(run.paths.root, 0)
    # We hold the lock: whatever has begun and not ended was killed.
    killed = ledger.open_runs()
    if killed:
        commit.run_rows([run_row(open_run, "interrupted", None) for open_run in killed])
    return tuple(open_run["flow_run_id"] for open_run in killed if open_run["flow_run_id"])


def plan_run(run: Run) -> Plan:
    """Finds all sources and notes, shard by shard, what must be read."""
    settings = run.settings
    listener().phase("Looking for pages")
    warnings: tuple[str, ...] = ()
    sources: list[Source] = []
    with Ledger(run.paths.ledger) as ledger:
        found = Discovery(
            ledger, settings.extractor, settings.force or settings.retry_rejects, settings.rehash, settings.keep_old,
            run.worker.limits, settings.limit, settings.sample,
        )  # fmt: skip
        if settings.retry_rejects:
            if unknown := found.add_rejects():
                told = f"{unknown} rejects were not tried: where they are is not known. Run over their sources."
                warnings = (told,)
        else:
            sources = open_sources(
                settings, ledger.roots(), Context(run.paths.indexes, run.paths.downloads, found.is_settled)
            )
            for source in sources:
                ledger.save_root(source.name, source.root)
            found.add(
                (i.uri, i.fingerprint, i.to_json(), i.fetched_at or "") for source in sources for i in source.discover()
            )
        shards = write_shards(run.paths.staging / run.run_id, found.pending(), settings.shard_size)
        settled, left = found.settled(), found.left
        if left:
            told = f"{left:,} pages that are new or have changed were left to another run (--limit, --sample)."
            warnings = (*warnings, told)
        counts = {
            "discovered": found.given,
            "unchanged": sum(settled.values()),
            "skipped": found.given - found.count + left,
            "known_rejects": settled.get("reject", 0),
            "left": left,
        }
        scopes = tuple(scope for source in sources if (scope := source.scope))
        found.mark_vanished(scopes, run.run_id)
        ledger.save_counts(run.run_id, counts)
        page_count = found.count - counts["unchanged"] - left
    names = {source.root: source.name for source in sources}
    return Plan(tuple(shards), page_count, counts, scopes, names, warnings)


def retry_settings(paths: DatasetPaths) -> dict[str, Any]:
    """The settings of a run that reads all rejects again: those of the last run, as far as they are about pages."""
    parts = [open_part(path).read(columns=["started_at", "parameters"]) for path in paths.parts("runs")]
    rows = [row for part in parts for row in part.to_pylist()]
    last = json.loads(max(rows, key=lambda row: row["started_at"])["parameters"]) if rows else {}
    kept = {name: value for name, value in last.items() if name in PAGE_SETTINGS}
    return kept | {"output": paths.root, "retry_rejects": True}


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
        remove_file(path)
    return {name: counts.get(name, 0) + added.get(name, 0) for name in {*counts, *added}}


def finish_run(run: Run, plan: Plan, counts: dict[str, int]) -> RunSummary:
    """Checks the balance, removes what shall be pruned, writes the run's row and the descriptions, and sums up."""
    listener().phase("Finishing")
    accounted = sum(counts.get(name, 0) for name in SOURCE_COUNTS)
    if accounted != counts["discovered"]:
        raise BalanceError(
            f"{counts['discovered']} sources were found and {accounted} accounted for ({counts}): please report this"
        )
    with Ledger(run.paths.ledger) as ledger:
        # Counted now: some of those that were missed have been found under another name.
        counts["vanished"] = ledger.newly_vanished(run.run_id)
        ledger.save_counts(run.run_id, counts)
        if run.settings.prune:
            counts["pruned"] = run.commit(ledger).prune(plan.scopes, counts)
        finished_at = _end_run(run, ledger, "completed")
        files, rows_now = ledger.parts(), ledger.row_counts()
    write_descriptions(run.paths, files)
    return summarize(
        run.paths,
        run.settings,
        run_id=run.run_id,
        counts=counts,
        seconds=(finished_at - run.started_at).total_seconds(),
        names=plan.names,
        row_counts={name: rows_now.get(name, 0) for name in TABLES},
        warnings=(*plan.warnings, *dropped_rows(run.rows_before, rows_now, run.settings.row_drop_limit)),
    )


def _end_run(run: Run, ledger: Ledger, status: str) -> datetime:
    finished_at = datetime.now(UTC)
    (ours,) = (r for r in ledger.open_runs() if r["run_id"] == run.run_id)
    commit = run.commit(ledger)
    commit.run_rows([run_row(ours, status, finished_at) | {"article_count": ledger.article_count()}])
    commit.recover()  # empties staging
    return finished_at


def _end_failed(run: Run, error: BaseException) -> None:
    """The run's row, where the disk still lets us write one; else the next run will find it open."""
    try:
        with Ledger(run.paths.ledger) as ledger:
            _end_run(run, ledger, "failed")
    except DatasetError as another:
        error.add_note(f"Nor could the run be ended: {another}")


def _versions() -> dict[str, str]:
    return {"extractor": EXTRACTOR_VERSION, "python": platform.python_version()} | {p: version(p) for p in PACKAGES}
