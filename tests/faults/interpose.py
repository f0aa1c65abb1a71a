"""interpose.c: built, loaded into a process with LD_PRELOAD, and told what to do."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("interpose.c")


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to a call."""

    name: str
    action: int  # an error number, or what interpose.c calls SHORT_WRITE and KILL
    stays: bool = False  # all later calls fail too
    causes: tuple[str, ...] = ()  # one of these must be in the message


# What SQLite says, which does not pass on what the operating system said; the advice beside it names all three.
SQLITE = ("disk I/O error", "unable to open database file", "attempt to write a readonly database")
FULL = Fault(
    "No space left on device, from the n-th call on",
    errno.ENOSPC,
    stays=True,
    causes=(os.strerror(errno.ENOSPC), "disk is full", " are free", *SQLITE),
)
BROKEN = Fault("Input/output error of the n-th call", errno.EIO, causes=(os.strerror(errno.EIO), *SQLITE))
DENIED = Fault(
    "Permission denied to the n-th call",
    errno.EACCES,
    causes=(os.strerror(errno.EACCES), *SQLITE),
)
SHORT = Fault("the n-th write takes half", -1)
KILL = Fault("kill -9 at the n-th call", -2)
FAULTS = {"full": FULL, "broken": BROKEN, "denied": DENIED, "short": SHORT, "kill": KILL}


def unavailable() -> str:
    """Why calls cannot be interposed here; empty where they can."""
    if sys.platform != "linux":
        return "LD_PRELOAD is for Linux"
    return "" if shutil.which("cc") else "no C compiler (cc)"


def build(folder: Path) -> Path:
    """The library, compiled into this folder."""
    library = folder / "interpose.so"
    command = ["cc", "-shared", "-fPIC", "-O1", "-Wall", "-o", str(library), str(SOURCE), "-ldl", "-pthread"]
    subprocess.run(command, check=True)
    return library


class Interposer:
    """The library that this process was started with."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None)
        self._library.faults_arm.argtypes = [ctypes.c_char_p, ctypes.c_long, ctypes.c_int, ctypes.c_int]
        self._library.faults_disarm.restype = ctypes.c_long
        self._library.faults_hit.restype = ctypes.c_char_p

    def arm(self, folder: Path, fault: Fault, nth: int) -> None:
        """From now on calls below the folder are counted, and the n-th meets the fault; with 0 none does."""
        self._library.faults_arm(os.fsencode(folder), nth, fault.action, fault.stays)

    def disarm(self) -> int:
        """Ends that; how many calls there were."""
        return int(self._library.faults_disarm())

    def hit(self) -> str:
        """The call that met the fault, or all calls, one a line, where none was to."""
        return str(os.fsdecode(self._library.faults_hit())).rstrip("\n")
