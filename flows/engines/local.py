"""Batches on a pool of processes of this machine, each of which can be killed."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import types
from concurrent.futures import Future, as_completed
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import TYPE_CHECKING

from flows.engines import Done, Lost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from flows.engines import B, R


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
            context=process_context(self.preload),
        )
        with pool:
            try:
                futures: dict[Future[R], B] = {
                    pool.schedule(function, args=(b,), timeout=seconds(b)): b for b in batches
                }
                for future in as_completed(futures):
                    yield outcome(future, futures[future])
            except BaseException:
                pool.stop()  # type: ignore[no-untyped-call]
                raise


def process_context(preload: Sequence[str]) -> multiprocessing.context.BaseContext:
    """How workers are started: clean, and on Linux fast, from a process that has imported `preload`."""
    if sys.platform != "linux":
        return _SpawnContext()
    # Never a plain fork: this process has Prefect's threads. A fork server starts clean and forks fast.
    context = _ForkServerContext()
    context.set_forkserver_preload(list(preload))
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
        with hidden_main():
            super().start()  # type: ignore[misc]


@contextmanager
def hidden_main() -> Iterator[None]:
    """Processes started inside do not run the user's script again."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
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


def outcome(future: Future[R], batch: B) -> Done[B, R] | Lost[B]:
    """What came of a batch that pebble has worked on; the function's own error is raised."""
    from pebble import ProcessExpired

    try:
        return Done(batch, future.result())
    except FutureTimeout:
        return Lost(batch, "time_limit", "the worker was stopped at its time limit")
    except ProcessExpired as error:
        return Lost(batch, "worker_died", f"the worker ended with code {error.exitcode}")


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
