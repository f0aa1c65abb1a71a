"""A Prefect server for the length of one command, where the user has none.

Prefect would start one by itself, but only when the flow is called, after importing the whole server into this
process too, and would leave it behind when this process is killed. Started from here, it gets ready while the
flow's own libraries are imported.
"""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.errors import FlowError

if TYPE_CHECKING:
    from typing import IO

STARTUP_SECONDS = 120.0
PR_SET_PDEATHSIG = 1  # linux/prctl.h


def start_prefect_server() -> PrefectServer | None:
    """A server that is starting, or None where the user's settings name one. It stops when this process ends."""
    from prefect.settings import PREFECT_API_URL

    if PREFECT_API_URL.value():
        return None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tempfile.TemporaryFile()  # noqa: SIM115 - as long as this process
    command = [sys.executable, "-m", "flows.prefect_server", str(port), str(os.getpid())]
    # A session of its own: Ctrl-C in a terminal is for the run, which then stops the server itself.
    process = subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
    )
    server = PrefectServer(f"http://127.0.0.1:{port}/api", process, log)
    # After what Prefect registers later: at its end it sends its last logs and events.
    atexit.register(server.stop)
    return server


@dataclass(frozen=True, slots=True)
class PrefectServer:
    """A server process of our own."""

    api_url: str
    process: subprocess.Popen[bytes]
    log: IO[bytes]

    def wait(self) -> None:
        """Returns when the server answers; FlowError with its last words when it does not."""
        deadline = time.monotonic() + STARTUP_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.api_url}/health", timeout=5) as answer:  # noqa: S310 - our own
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.05)
        said = os.pread(self.log.fileno(), 100_000, 0).decode("utf-8", "replace").strip()[-2000:]
        state = "did not answer" if self.process.poll() is None else f"ended with code {self.process.returncode}"
        raise FlowError(f"Prefect's server {state} within {STARTUP_SECONDS:.0f} s. It said:\n{said or '(nothing)'}")

    def stop(self) -> None:
        """Ends the server, by force if it takes long."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def main(port: str, parent: str) -> None:
    """Serves until the parent process ends."""
    if sys.platform == "linux":
        import ctypes
        import signal

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != int(parent):  # it ended before the kernel was told
            return
    os.environ["PREFECT_UI_ENABLED"] = "0"
    os.environ["PREFECT__SERVER_EPHEMERAL"] = "1"  # as Prefect marks its own: no schedulers, no late-run marking
    import uvicorn

    uvicorn.run(
        "prefect.server.api.server:create_app", factory=True, host="127.0.0.1", port=int(port), log_level="error"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
