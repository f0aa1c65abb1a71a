"""The disk: every failure of it comes out as a StorageError that names the file, the cause and what to do."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa

from flows.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADVICE = {
    errno.ENOSPC: "Free space on that disk and run again",
    errno.EDQUOT: "Free space in that quota and run again",
    errno.EACCES: "Give this user the permission and run again",
    errno.EPERM: "Give this user the permission and run again",
    errno.EROFS: "Make that file system writable and run again",
    errno.EIO: "The disk reports an error: look at it, then run `figures check`",
}
LOOK = "Look whether this user may write there, and whether the disk is full or broken; then run again"
# SQLite does not pass on what the operating system said.
SQLITE_ADVICE = {
    sqlite3.SQLITE_FULL: ADVICE[errno.ENOSPC],
    sqlite3.SQLITE_IOERR: "The disk is full or broken: look at it, then run again",
    sqlite3.SQLITE_CANTOPEN: LOOK,
    sqlite3.SQLITE_READONLY: LOOK,
}
REMOVE_TRIES = 20


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Turns what the operating system, pyarrow or SQLite says of this path into a StorageError."""
    try:
        yield
    except (sqlite3.ProgrammingError, sqlite3.IntegrityError):
        raise  # ours
    except (OSError, sqlite3.DatabaseError, pa.ArrowInvalid) as error:
        raise storage_error(path, error) from error


def storage_error(path: Path, error: Exception) -> StorageError:
    """The error with its path, its cause, and what to do next."""
    number = getattr(error, "errno", None)
    cause = os.strerror(number) if number else str(error).rstrip(".")
    advice = ADVICE.get(number or 0, "Mend that and run again")
    if isinstance(error, sqlite3.OperationalError):
        primary_code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        advice = SQLITE_ADVICE.get(primary_code, advice)
    elif isinstance(error, pa.ArrowInvalid | sqlite3.DatabaseError):
        advice = "It is damaged: run `figures check` with --repair"
    return StorageError(f"{path}: {cause}. {advice}; what was committed before stays as it is.")


def make_folder(path: Path) -> None:
    """The folder and those above it, so that they outlast a power cut."""
    if path.is_dir():
        return
    make_folder(path.parent)
    with naming(path):
        path.mkdir(exist_ok=True)
    sync_path(path.parent)


def sync_path(path: Path) -> None:
    """Waits until a file's bytes, or a folder's names, are on the disk."""
    with naming(path):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove_file(path: Path) -> None:
    """The file is gone."""
    with naming(path):
        path.unlink(missing_ok=True)


def remove_folder(path: Path) -> None:
    """The folder and all in it are gone; also where a process that is just being killed still adds to it."""
    for tries_left in reversed(range(REMOVE_TRIES)):
        try:
            shutil.rmtree(path)
        except FileNotFoundError:
            if not path.exists():
                return
        except OSError as error:
            if error.errno != errno.ENOTEMPTY or not tries_left:
                raise storage_error(path, error) from error
            time.sleep(0.05)
        else:
            return


def free_bytes(path: Path) -> int:
    """What this user can still write to the disk of this path."""
    with naming(path):
        return shutil.disk_usage(path).free
