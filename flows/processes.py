"""Processes that end with the one that started them, also when that one is killed."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1  # linux/prctl.h
POLL_SECONDS = 1.0


def end_with_process(pid: int, end: int = signal.SIGTERM) -> bool:
    """Makes this process get the signal `end` when its parent `pid` has ended; False where it already has."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, end, 0, 0, 0)
        return os.getppid() == pid  # it may have ended before the kernel was told

    def watch() -> None:
        while os.getppid() == pid:
            time.sleep(POLL_SECONDS)
        os.kill(os.getpid(), end)

    threading.Thread(target=watch, daemon=True).start()
    return os.getppid() == pid
