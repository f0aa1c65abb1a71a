"""Functions that worker processes import by name: they work, fail, hang and die."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def double(number: int) -> int:
    return number * 2


def misbehave(number: int) -> int:
    if number == 3:
        time.sleep(600)
    if number == 5:
        os._exit(7)
    return number * 2


def fail(number: int) -> int:
    raise ValueError(f"no {number}")


def note_process(folder: str) -> None:
    (Path(folder) / str(os.getpid())).touch()
    time.sleep(600)


def hold_the_interpreter(folder: str) -> None:
    """Hangs in C with the interpreter lock held: no thread of ours can look after the parent."""
    import ctypes

    (Path(folder) / str(os.getpid())).touch()
    ctypes.PyDLL(None).sleep(600)


def crash(number: int) -> int:
    """Dies as a page may make a process die: by the kernel for want of memory, or in C code."""
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 4:
        import ctypes

        ctypes.string_at(0)
    return number * 2


def slowly(number: int) -> int:
    time.sleep(0.3)
    return number * 2
