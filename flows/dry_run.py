"""What a run would read, found out without writing anything."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from flows.dataset.discovery import Discovery
from flows.dataset.ledger import Ledger, end_of
from flows.dataset.paths import DatasetPaths
from flows.dataset.storage import naming
from flows.run import worker_settings
from flows.sources import SourceItem
from flows.sources.opening import open_sources
from flows.sources.web import WebSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.settings import RunSettings
    from flows.sources import Source

SHOWN = 10


@dataclass(frozen=True, slots=True)
class FoundSource:
    """How many pages of a source there are, by what a run would make of them."""

    name: str
    place: str
    found: int
    new: int
    changed: int  # or to be read again for another reason
    unchanged: int
    vanished: int


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a run would read."""

    sources: tuple[FoundSource, ...]
    not_asked: tuple[str, ...]  # addresses of the web
    to_read: int
    first: tuple[str, ...]  # source_uri of the first of them


def dry_run(settings: RunSettings) -> DryRun:
    """Looks for pages as a run does, beside a copy of the ledger; SourceError, StorageError."""
    with _copied_ledger(DatasetPaths(settings.output)) as ledger:
        found = Discovery(
            ledger, settings.extractor, settings.force, settings.rehash, settings.keep_old,
            worker_settings(settings).limits, settings.limit, settings.sample,
        )  # fmt: skip
        sources = open_sources(settings, ledger.roots())
        asked = [source for source in sources if not isinstance(source, WebSource)]
        for source in asked:
            found.add((i.uri, i.fingerprint, i.to_json(), i.fetched_at or "") for i in source.discover())
        chosen = [SourceItem.from_json(item).uri for item, _ in islice(found.pending(), SHOWN)]
        pending = len(found)
        by_name = {source.name: source for source in asked}
        return DryRun(
            tuple(_counts(ledger, found, source) for source in by_name.values()),
            tuple(source.place for source in sources if isinstance(source, WebSource)),
            pending,
            tuple(chosen),
        )


def _counts(ledger: Ledger, found: Discovery, source: Source) -> FoundSource:
    prefix = f"{source.name}/"
    total, new, pending = found.counts_below(prefix)
    vanished = 0
    if source.scope:
        vanished = ledger.number(
            "SELECT COUNT(*) FROM sources WHERE source_uri >= ? AND source_uri < ? "
            "AND source_uri NOT IN (SELECT source_uri FROM discovered)",
            (prefix, end_of(prefix)),
        )
    return FoundSource(source.name, source.root, total, new, pending - new, total - pending, vanished)


@contextmanager
def _copied_ledger(paths: DatasetPaths) -> Iterator[Ledger]:
    """The dataset's ledger as it is, to do with as one likes; an empty one where there is none."""
    with tempfile.TemporaryDirectory(prefix="figures-") as folder:
        copy = Path(folder) / "ledger.sqlite"
        if paths.ledger.exists():
            with naming(paths.ledger):
                source = sqlite3.connect(f"{paths.ledger.resolve().as_uri()}?mode=ro", uri=True)
                target = sqlite3.connect(copy)
                try:
                    source.backup(target)
                finally:
                    source.close()
                    target.close()
        with Ledger(copy) as ledger:
            yield ledger
