"""A function called in a fresh process, and what memory it took there.

`ru_maxrss` is no use for this: a child begins with what its parent had at most. The kernel keeps the peak of what is
resident (VmHWM), which counts pages of mapped files too; those can be dropped at any time. What cannot be dropped
(RssAnon) has no peak of its own and is looked at every few milliseconds, from outside, so that a busy interpreter
does not miss it. Linux only: elsewhere both are 0.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
SAMPLE_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class Measured:
    """What the function returned, how long it ran, and peaks in bytes of its process."""

    result: Any
    seconds: float  # of the call alone, without the start of Python and imports
    processor: float  # seconds of all its threads: the same on a machine that is busy, or waits for its disk
    resident: int  # mapped files included
    anonymous: int


def measured(function: Callable[..., Any], *arguments: Any) -> Measured:
    """Calls a function of a module, in a process that has imported that module and little else."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.measured"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    peak = 0

    def watch() -> None:
        nonlocal peak
        while process.poll() is None:
            peak = max(peak, status_bytes("RssAnon", process.pid))
            time.sleep(SAMPLE_SECONDS)

    watcher = threading.Thread(target=watch)
    watcher.start()
    said, _ = process.communicate(pickle.dumps((function, arguments)))
    watcher.join()
    if process.returncode:
        raise RuntimeError(f"{function.__qualname__} failed in its process, see above")
    result, seconds, processor, resident = pickle.loads(said)
    return Measured(result, seconds, processor, resident, peak)


def status_bytes(name: str, pid: int | str = "self") -> int:
    """A line of /proc/PID/status in bytes; 0 where there is none."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:")), 0)


def _answer() -> None:
    function, arguments = pickle.load(sys.stdin.buffer)
    start, processor = time.perf_counter(), time.process_time()
    result = function(*arguments)
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    sys.stdout.buffer.write(pickle.dumps((result, seconds, processor, status_bytes("VmHWM"))))


if __name__ == "__main__":
    _answer()
