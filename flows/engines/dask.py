"""Batches on a Dask cluster: one started here, or one at an address.

Each Dask worker has a process of its own for the work, which can be killed: a page that hangs or crashes costs that
process, never the Dask worker. A Dask worker that dies costs nothing: its batches are given to others.
"""

from __future__ import annotations

import atexit
import logging
import multiprocessing
import tempfile
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flows.engines import Done, Lost
from flows.engines.local import end_with_parent, hidden_main, outcome, process_context
from flows.errors import EngineError
from transforms.version import EXTRACTOR_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from flows.engines import B, R

# How long a cluster may be without workers, at the start or later.
WITHOUT_WORKERS_SECONDS = 60.0
LOOK_SECONDS = 2.0
POLL_SECONDS = 0.02
CONNECT_SECONDS = 20.0
# How many of the workers that a batch was given to may die before it is taken for the cause.
LOST_WORKERS = 3


@dataclass(frozen=True, slots=True)
class DaskEngine:
    """A cluster at `address`, or else one of so many workers on this machine. It stays for the process's next run.

    EngineError where the cluster cannot be reached, has no workers or others than this version's.
    """

    workers: int
    address: str | None = None
    preload: tuple[str, ...] = ()

    def map_batches(
        self, function: Callable[[B], R], batches: Sequence[B], seconds: Callable[[B], float]
    ) -> Iterator[Done[B, R] | Lost[B]]:
        from distributed import as_completed

        client = _client(self.address, self.workers)
        _check_workers(client, self.address)
        waiting: dict[Any, B] = {
            client.submit(work, function, batch, seconds(batch), self.preload, pure=False, retries=0): batch
            for batch in batches
        }
        try:
            finished = as_completed(list(waiting), loop=client.loop, raise_errors=False)
            for future in _watched(finished, client, self.address):
                batch = waiting.pop(future)
                yield _outcome(future, batch)
        finally:
            client.cancel(list(waiting), force=True)


def work(function: Callable[[B], R], batch: B, seconds: float, preload: tuple[str, ...]) -> Done[B, R] | Lost[B]:
    """In a Dask worker: what came of a batch in a process of its own."""
    pool = _pool(preload)
    return outcome(pool.schedule(function, args=(batch,), timeout=seconds), batch)


@lru_cache(maxsize=1)
def _pool(preload: tuple[str, ...]) -> Any:
    """The one process that this Dask worker works with; a new one takes its place when it is killed."""
    from pebble import ProcessPool

    # Workers under a nanny are daemons, which may have no children. Ours ends with its parent by itself.
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    pool = ProcessPool(max_workers=1, initializer=end_with_parent, context=process_context(preload))
    atexit.register(pool.stop)
    return pool


def _outcome(future: Any, batch: B) -> Done[B, Any] | Lost[B]:
    from distributed import KilledWorker

    if future.status == "error":
        error = future.exception()
        if isinstance(error, KilledWorker):
            return Lost(batch, "worker_died", f"{LOST_WORKERS} Dask workers were lost at it")
        raise error
    if future.status != "finished":
        return Lost(batch, "worker_died", f"Dask has {future.status} the batch")
    result: Done[B, Any] | Lost[B] = future.result()
    return result


def _watched(finished: Any, client: Any, address: str | None) -> Iterator[Any]:
    """Futures as they are done; EngineError when the cluster has been without workers for too long."""
    seen = looked = time.monotonic()
    while finished.count():
        if ready := finished.next_batch(block=False):
            yield from ready
            continue
        time.sleep(POLL_SECONDS)
        now = time.monotonic()
        if now - looked < LOOK_SECONDS:
            continue
        looked = now
        if _worker_count(client, address):
            seen = now
        elif now - seen > WITHOUT_WORKERS_SECONDS:
            raise EngineError(
                f"All workers of the Dask cluster {address or 'on this machine'} are gone. What was committed stays; "
                "start workers and run again."
            )


@lru_cache(maxsize=1)
def _client(address: str | None, workers: int) -> Any:
    """A connection to the cluster, made once a process and closed with it."""
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise EngineError("--engine dask needs another package: pip install distributed") from error
    dask.config.set({"distributed.scheduler.allowed-failures": LOST_WORKERS})
    if address is not None:
        try:
            client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise EngineError(f"No Dask scheduler answers at {address}: {error}") from error
        atexit.register(client.close)
        return client
    folder = tempfile.TemporaryDirectory(prefix="figures-dask-")
    with hidden_main():
        cluster = LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address=None,
            local_directory=folder.name,
            silence_logs=logging.CRITICAL,
            memory_limit=0,
        )
    client = Client(cluster, set_as_default=False)

    def close() -> None:
        # The cluster says good-bye on its loggers, whose levels it sets back first; by then nobody may be listening.
        logging.disable(logging.CRITICAL)
        client.close()
        cluster.close()
        folder.cleanup()

    atexit.register(close)
    return client


def _worker_count(client: Any, address: str | None) -> int:
    try:
        return len(client.scheduler_info(n_workers=-1)["workers"])
    except (OSError, TimeoutError) as error:
        raise EngineError(f"The Dask scheduler {address or 'on this machine'} is gone: {error}") from error


def version() -> str:
    """The extractor's version, where this is called."""
    return EXTRACTOR_VERSION


def _check_workers(client: Any, address: str | None) -> None:
    """EngineError where there are no workers, or others than this version's."""
    try:
        client.wait_for_workers(1, timeout=WITHOUT_WORKERS_SECONDS)
    except TimeoutError as error:
        raise EngineError(
            f"The Dask cluster {address} has no workers: start some with `dask worker {address}`."
        ) from error
    try:
        versions = client.run(version)
    except Exception as error:
        raise EngineError(
            f"The workers of {address} cannot load figures ({type(error).__name__}: {error}): install it there."
        ) from error
    if others := {worker: found for worker, found in versions.items() if found != EXTRACTOR_VERSION}:
        worker, found = next(iter(others.items()))
        raise EngineError(
            f"The Dask worker {worker} has figures {found}, this is {EXTRACTOR_VERSION}: install the same everywhere."
        )
