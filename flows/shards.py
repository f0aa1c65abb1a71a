"""Shards and batches: how the work of a run is cut up, and what is done again when a worker is lost."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import count, islice
from typing import TYPE_CHECKING

from flows.dataset.storage import make_folder, naming
from flows.engines import PRELOAD, Engine, InlineEngine, Lost
from flows.engines.local import LocalEngine
from flows.errors import EngineError
from flows.sources import SourceItem
from flows.worker import Batch, WorkerSettings, extract_batch, refuse_batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from flows.settings import RunSettings

# A batch is what a worker takes at a time: large enough that frames pay, small enough for a lively progress bar.
BATCH_PAGES = 64
# Up to here a pool costs more than it saves.
INLINE_PAGES = 8
# Beyond the page's own limit, for reading and for staging what came of it.
GRACE_SECONDS = 5.0


def open_engine(settings: RunSettings, pages: int) -> Engine:
    """The engine for a shard of so many pages."""
    if settings.engine_name == "dask":
        from flows.engines.dask import DaskEngine

        return DaskEngine(settings.worker_count, settings.dask_address, PRELOAD)
    if pages <= INLINE_PAGES:
        return InlineEngine()
    return LocalEngine(settings.worker_count, preload=PRELOAD)


def write_shards(folder: Path, items: Iterable[tuple[str, str | None]], shard_size: int) -> list[Path]:
    """Files that list what each shard has to read: an item as JSON and its known hash a line."""
    shards: list[Path] = []
    remaining = iter(items)
    for number in count():
        lines = [json.dumps(entry) for entry in islice(remaining, shard_size)]
        if not lines:
            return shards
        shard = folder / f"shard-{number:05d}"
        make_folder(shard)
        manifest = shard / "manifest.jsonl"
        with naming(manifest):
            manifest.write_text("\n".join(lines), encoding="utf-8")
        shards.append(shard)
    raise AssertionError("unreachable")


def extract_shard(
    shard: Path, settings: RunSettings, worker: WorkerSettings, on_pages: Callable[[int], None]
) -> list[Path]:
    """The staged files of a shard's batches; `on_pages` is told of pages as they are done.

    When a worker hangs or dies, the pages of its batch are done again one by one; the page that does it again is
    rejected.
    """
    lines = (shard / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    items = [(SourceItem.from_json(item), known) for item, known in map(json.loads, lines)]
    engine = open_engine(settings, len(items))
    size = max(1, min(BATCH_PAGES, -(-len(items) // (settings.worker_count * 4))))
    chunks = [tuple(items[start : start + size]) for start in range(0, len(items), size)]
    batches = [
        Batch(chunk, shard.absolute() / f"batch-{number:05d}.arrows", worker) for number, chunk in enumerate(chunks)
    ]

    def seconds(batch: Batch) -> float:
        # Pages of a batch share what a slow one needs; a batch of only slow pages is done again page by page.
        return worker.page_seconds + GRACE_SECONDS + (len(batch.items) - 1)

    staged = []
    while batches:
        again: list[Batch] = []
        for outcome in engine.map_batches(extract_batch, batches, seconds):
            batch = outcome.batch
            if isinstance(outcome, Lost):
                if len(batch.items) > 1:
                    again += _singly(batch)
                    continue
                refuse_batch(batch, outcome.code, outcome.detail)
            elif not batch.result.exists():
                raise EngineError(
                    f"A worker has done its batch, and {batch.result} is not here. Workers on other machines need the "
                    "output folder and the sources under the same paths, on a file system that all of them share."
                )
            staged.append(batch.result)
            on_pages(len(batch.items))
        batches = again
    return sorted(staged)


def _singly(batch: Batch) -> list[Batch]:
    return [
        replace(batch, items=(item,), result=batch.result.with_stem(f"{batch.result.stem}-{number:05d}"))
        for number, item in enumerate(batch.items)
    ]
