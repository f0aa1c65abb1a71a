"""Engines: where batches are worked on. One interface, `map_batches`."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import types
from concurrent.futures import Future, as_completed
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

B = TypeVar("B")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Done(Generic[B, R]):
    """A batch and what the function returned for it."""

    batch: B
    value: R


@dataclass(frozen=True, slots=True)
class Lost(Generic[B]):
    """A batch whose worker hung (`time_limit`) or died (`worker_died`); nothing came of it."""

    batch: B
    code: str
    detail: str


class Engine(Protocol):
    """Works on batches, in whatever order they are done. The function must be importable by name."""

    def map_batches(
        self, function: Callable[[B], R], batches: Sequence[B], seconds: Callable[[B], float]
    ) -> Iterator[Done[B, R] | Lost[B]]:
        """What came of each batch; `seconds` is how long one may take before its worker is killed."""
        ...


class InlineEngine:
    """In this process: a page or two cost no pool. Nothing can be killed here."""

    def map_batches(
        self, function: Callable[[B], R], batches: Sequence[B], seconds: Callable[[B], float]
    ) -> Iterator[Done[B, R] | Lost[B]]:
        for batch in batches:
            yield Done(batch, function(batch))


@dataclass(frozen=True, slots=True)
class LocalEngine:
    """A pool of processes on this machine."""

    workers: int
    preload: tuple[str, ...] = ()  # modules imported once, before workers fork

    def map_batches(
        self, function: Callable[[B], R], batches: Sequence[B], seconds: Callable[[B], float]
    ) -> Iterator[Done[B, R] | Lost[B]]:
        from pebble import ProcessPool

        pool = ProcessPool(
            max_workers=min(self.workers, len(batches)),
            initializer=end_with_parent,
            context=self._context(),
        )
        with pool:
            try:
                futures: dict[Future[R], B] = {
                    pool.schedule(function, args=(b,), timeout=seconds(b)): b for b in batches
                }
                yield from _as_completed(futures)
            except BaseException:
                pool.stop()  # type: ignore[no-untyped-call]
                raise

    def _context(self) -> multiprocessing.context.BaseContext:
        if sys.platform != "linux":
            return _SpawnContext()
        # Never a plain fork: this process has Prefect's threads. A fork server starts clean and forks fast.
        context = _ForkServerContext()
        context.set_forkserver_preload(list(self.preload))
        return context


def start_fork_server(preload: Sequence[str]) -> None:
    """Lets the process that workers fork from import these modules already now, where there is one."""
    if sys.platform == "linux":
        multiprocessing.set_forkserver_preload(list(preload))
        multiprocessing.forkserver.ensure_running()


class _WithoutMain:
    """A process that does not run the user's script again.

    Workers get functions by their modules' names and need nothing of `__main__`. Importing it would start the run
    anew in a script that has no `if __name__ == "__main__"`, and takes time in which no worker minds its parent.
    """

    def start(self) -> None:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = types.ModuleType("__main__")
        try:
            super().start()  # type: ignore[misc]
        finally:
            sys.modules["__main__"] = main


class _SpawnWorker(_WithoutMain, SpawnProcess):
    pass


class _SpawnContext(SpawnContext):
    Process = _SpawnWorker


if sys.platform == "linux":
    import fcntl
    import multiprocessing.forkserver
    from multiprocessing.context import ForkServerContext, ForkServerProcess

    class _ForkServerWorker(_WithoutMain, ForkServerProcess):
        pass

    class _ForkServerContext(ForkServerContext):
        Process = _ForkServerWorker


def _as_completed(futures: Mapping[Future[R], B]) -> Iterator[Done[B, R] | Lost[B]]:
    from pebble import ProcessExpired

    for future in as_completed(futures):
        batch = futures[future]
        try:
            yield Done(batch, future.result())
        except FutureTimeout:
            yield Lost(batch, "time_limit", "the worker was stopped at its time limit")
        except ProcessExpired as error:
            yield Lost(batch, "worker_died", f"the worker ended with code {error.exitcode}")


def end_with_parent() -> None:
    """Makes this worker end when the run that started it does, and leave Ctrl-C to that run."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    if sys.platform == "linux":
        # The kernel kills us when the run's end of this pipe closes, even while C code holds the interpreter.
        # (PR_SET_PDEATHSIG minds the fork server, and that lives as long as one of its workers does.)
        fcntl.fcntl(parent.sentinel, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(parent.sentinel, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(parent.sentinel, fcntl.F_SETFL, os.O_ASYNC)
    # Elsewhere a thread, and on Linux for a run that ended before the kernel was told to watch.
    threading.Thread(target=_exit_after, args=(parent,), daemon=True).start()


def _exit_after(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)
