"""A run that finds nothing changed, step by step."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import flows.run
from flows.dataset.commit import Commit
from flows.dataset.discovery import Discovery
from flows.run import begin_run, finish_run, plan_run

if TYPE_CHECKING:
    from flows.settings import RunSettings

# Where each step is looked up when a run comes to it. Reading what is pending is part of writing shards.
STEPS: tuple[tuple[object, str], ...] = (
    (flows.run, "prepare"),
    (Discovery, "add"),
    (flows.run, "write_shards"),
    (Discovery, "settled"),
    (Discovery, "mark_vanished"),
    (Commit, "run_rows"),
    (flows.run, "write_descriptions"),
    (flows.run, "summarize"),
)


def rerun(settings: RunSettings) -> dict[str, float]:
    """Seconds of a run's steps and of all of it; RuntimeError where it found something to read.

    Steps are timed by replacing them in this process.
    """
    seconds: dict[str, float] = {}
    for owner, name in STEPS:
        if step := getattr(owner, name, None):
            setattr(owner, name, _timed(seconds, name, step))
    start = time.perf_counter()
    with begin_run(settings) as run:
        plan = plan_run(run)
        if plan.shards:
            raise RuntimeError(f"{settings.output}: {len(plan.shards)} shards to read, none expected")
        finish_run(run, plan, plan.counts)
    seconds["all"] = time.perf_counter() - start
    return seconds


def _timed(seconds: dict[str, float], name: str, step: Any) -> Any:
    def timed(*arguments: Any, **options: Any) -> Any:
        start = time.perf_counter()
        result = step(*arguments, **options)
        seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - start
        return result

    return timed


def nothing() -> None:
    """What every process has before it does anything: the imports of this module."""
