"""One writer at a time: an operating-system lock that the kernel frees when its holder dies."""

from __future__ import annotations

import json
import os
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from flows.errors import LockedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.dataset.paths import DatasetPaths


@contextmanager
def writing(paths: DatasetPaths, *, run_id: str, wait_seconds: float = 0.0) -> Iterator[None]:
    """Holds the dataset's lock; LockedError names the holder when it is not free after `wait_seconds`."""
    paths.state.mkdir(parents=True, exist_ok=True)
    lock = FileLock(paths.lock)
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout:
        raise LockedError(locked_message(paths)) from None
    try:
        holder = {"pid": os.getpid(), "host": socket.gethostname(), "run_id": run_id}
        paths.lock_holder.write_text(json.dumps(holder), encoding="utf-8")
        yield
    finally:
        paths.lock_holder.unlink(missing_ok=True)
        lock.release()


def locked_message(paths: DatasetPaths) -> str:
    """Who holds the lock and what to do."""
    try:
        holder = json.loads(paths.lock_holder.read_text(encoding="utf-8"))
        who = f"run {holder['run_id']} (process {holder['pid']} on {holder['host']})"
    except (OSError, ValueError, KeyError):
        who = "another process"
    return f"{paths.root} is being written by {who}. Wait for it to end, or write to another --output."
