"""One writer at a time: an operating-system lock that the kernel frees when its holder dies."""

from __future__ import annotations

import json
import os
import socket
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from flows.dataset.storage import make_folder, naming
from flows.errors import LockedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flows.dataset.paths import DatasetPaths


POLL_SECONDS = 0.2


@contextmanager
def writing(
    paths: DatasetPaths, *, run_id: str, wait_seconds: float = 0.0, on_wait: Callable[[str], None] | None = None
) -> Iterator[None]:
    """Holds the dataset's lock; LockedError names the holder when it is not free after `wait_seconds`.

    `on_wait` is told who holds it when there is a wait.
    """
    make_folder(paths.state)
    # Without a lock of the operating system there is none: one that is just a file would outlive its process.
    lock = FileLock(paths.lock, fallback_to_soft=False, poll_interval=POLL_SECONDS)
    with naming(paths.lock):
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if on_wait and wait_seconds > 0:
                on_wait(f"{_held_by(paths)}; waiting for it to end")
            try:
                lock.acquire(timeout=wait_seconds)
            except Timeout:
                raise LockedError(f"{_held_by(paths)}. Wait for it to end, or write to another --output.") from None
    try:
        holder = {"pid": os.getpid(), "host": socket.gethostname(), "run_id": run_id}
        with naming(paths.lock_holder):
            paths.lock_holder.write_text(json.dumps(holder), encoding="utf-8")
        yield
    finally:
        # Only what the others are told: whoever has the lock next writes it anew.
        with suppress(OSError):
            paths.lock_holder.unlink()
        lock.release()


def _held_by(paths: DatasetPaths) -> str:
    try:
        holder = json.loads(paths.lock_holder.read_text(encoding="utf-8"))
        who = f"run {holder['run_id']} (process {holder['pid']} on {holder['host']})"
    except (OSError, ValueError, KeyError):
        who = "another process"
    return f"{paths.root} is being written by {who}"
