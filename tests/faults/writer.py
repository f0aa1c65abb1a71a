"""One run on the dataset layer: the lock, recovery, shard after shard, the end. What is killed is this."""

from __future__ import annotations

import os
import secrets
import signal
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from flows.dataset.commit import Commit
from flows.dataset.describe import write_descriptions
from flows.dataset.ledger import Ledger
from flows.dataset.lock import writing
from flows.dataset.paths import DatasetPaths
from flows.dataset.rebuild import prepare
from flows.dataset.staging import write_batch
from flows.dataset.storage import make_folder, remove_file
from tests.builders import NOW
from tests.faults.shards import batch_tables
from transforms.tables import RUNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from tests.faults.shards import Plan, Shard

EXTRACTOR = "0.1.0"
PART_SIZE = 6
WAIT_SECONDS = 120.0


def _ignore(_: Any) -> None:
    pass


def write(
    root: Path,
    shards: Iterable[Shard],
    *,
    on_step: Callable[[str], None] = _ignore,
    after_shard: Callable[[Shard], None] = _ignore,
    wait_seconds: float = WAIT_SECONDS,
) -> None:
    """Commits the shards that are not yet in the dataset, as one run."""
    paths = DatasetPaths(root)
    with _begun(paths, on_step, wait_seconds) as commit:
        for shard in shards:
            if not commit.ledger.states([shard.outcomes[0].uri]):
                commit_shard(commit, shard)
            after_shard(shard)


def commit_shard(commit: Commit, shard: Shard) -> None:
    """Stages a shard as a worker does, and commits it."""
    folder = commit.paths.staging / commit.run_id / f"shard-{shard.number:05d}"
    make_folder(folder)
    staged = folder / "batch-00000.arrows"
    write_batch(staged, batch_tables(shard, commit.run_id))
    commit.shard([staged], EXTRACTOR, {})
    remove_file(staged)


def write_until(root: Path, shards: Iterable[Shard], stop: Path, pause_seconds: float) -> int:
    """Commits shard after shard, with a pause after each, until the file `stop` is there; how many."""
    count = 0
    with _begun(DatasetPaths(root), _ignore, WAIT_SECONDS) as commit:
        for shard in shards:
            commit_shard(commit, shard)
            count += 1
            if stop.exists():
                break
            time.sleep(pause_seconds)
    return count


@contextmanager
def _begun(paths: DatasetPaths, on_step: Callable[[str], None], wait_seconds: float) -> Iterator[Commit]:
    """A run that has begun; at the end it writes its row and what else a run leaves."""
    run_id = f"run-{secrets.token_hex(6)}"
    with writing(paths, run_id=run_id, wait_seconds=wait_seconds), Ledger(paths.ledger) as ledger:
        commit = Commit(paths, ledger, run_id, PART_SIZE, on_step=on_step)
        prepare(commit)
        if killed := [_run_row(run["run_id"], "interrupted") for run in ledger.open_runs()]:
            commit.run_rows(killed)
        ledger.begin_run(run_id, NOW.isoformat(), "{}", "{}", None)
        yield commit
        commit.run_rows([_run_row(run_id, "completed")])
        commit.recover()
        write_descriptions(paths, ledger.parts())


def _run_row(run_id: str, status: str) -> dict[str, Any]:
    stamps = {"run_id": run_id, "started_at": NOW, "finished_at": NOW, "status": status}
    counts = {name: 0 for name in RUNS.names if name.endswith("_count")}
    return counts | stamps | {"parameters": "{}", "versions": "{}"}


def write_plan(root: Path, plan: Plan, kill_at: int = 0) -> None:
    """The shards of a plan, in a process of its own; it kills itself at the step of this number, from 1."""
    steps = 0

    def on_step(_: str) -> None:
        nonlocal steps
        steps += 1
        if steps == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    write(root, plan.shards(), on_step=on_step)
