"""A system in a process of its own: the half that asks and the half that answers, one JSON object a line.

This module runs in the peers' environments too: only the standard library.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
OURS = Path(sys.executable)
# A system that takes longer for one request than this hangs.
MAX_REQUEST_SECONDS = 120.0


class NoAnswerError(Exception):
    """A system that is not installed, or failed, or took too long; the message says which."""


class Process:
    """`python -m MODULE NAME`, started when it is first asked something."""

    def __init__(self, module: str, name: str, *, python: Path, install: str) -> None:
        self.module, self.name, self.python, self.install = module, name, python, install
        self._process: subprocess.Popen[bytes] | None = None
        self._unread = b""

    def send(self, request: dict[str, Any], limit: float = MAX_REQUEST_SECONDS) -> dict[str, Any]:
        process = self._process or self._start()
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            pass  # it died; reading says so
        said: dict[str, Any] = json.loads(self._line(process, limit))
        if "error" in said:
            raise NoAnswerError(said["error"])
        return said

    def _start(self) -> subprocess.Popen[bytes]:
        if not self.python.exists():
            raise NoAnswerError(f"not installed: no {self.python.relative_to(ROOT)} ({self.install})")
        self._unread = b""
        self._process = subprocess.Popen(
            [str(self.python), "-W", "ignore", "-m", self.module, self.name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT,
        )  # fmt: skip
        return self._process

    def _line(self, process: subprocess.Popen[bytes], limit: float) -> bytes:
        assert process.stdout is not None
        deadline = time.monotonic() + limit
        parts = [self._unread]
        while b"\n" not in parts[-1]:
            ready, _, _ = select.select([process.stdout], [], [], max(0.0, deadline - time.monotonic()))
            part = os.read(process.stdout.fileno(), 1 << 20) if ready else b""
            if not part:
                self.stop()
                raise NoAnswerError("its process died" if ready else f"no answer in {limit:.0f} s")
            parts.append(part)
        line, _, self._unread = b"".join(parts).partition(b"\n")
        return line

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def serve(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Answers every line of standard input until it ends."""
    # Peers print banners: what is not an answer goes to standard error.
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in sys.stdin:
        try:
            said = answer(json.loads(line))
        except Exception as error:  # noqa: BLE001 - told to the caller, who goes on without
            said = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(said), file=channel, flush=True)
