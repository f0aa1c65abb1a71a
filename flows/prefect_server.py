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
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.errors import FlowError
from flows.processes import end_with_process

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from typing import IO

    from fastapi import FastAPI

STARTUP_SECONDS = 120.0
# Where Prefect's own `prefect server start` listens, and where people look for its pages.
UI_PORT = 4200
KEEP_DAYS = 30


def server_for_one_run() -> PrefectServer | None:
    """A server that is starting, or None where the user's settings name one. It stops when this process ends."""
    # As Prefect marks its own: no schedulers, no late-run marking. And no pages: nobody could look at them in time.
    environment = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1"}
    return None if has_server() else start_server(_free_port(), environment | _keeping(KEEP_DAYS))


def server_for_schedule(keep_days: int) -> PrefectServer | None:
    """The same with schedules and pages; what is older than `keep_days` leaves its database."""
    # A run is planned as soon as its deployment is there, not a minute later.
    environment = {"PREFECT_UI_ENABLED": "1", "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "15"}
    return None if has_server() else start_server(_free_port(UI_PORT), environment | _keeping(keep_days))


def _keeping(days: int) -> dict[str, str]:
    """Prefect's own cleaning: old runs with their logs and artifacts, old events, what cleaning left half done."""
    seconds = days * 24 * 3600
    return {
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs,orphans",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(seconds),
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": f"PT{seconds}S",
    }


def has_server() -> bool:
    """Whether the user's settings name a Prefect server."""
    from prefect.settings import PREFECT_API_URL

    return bool(PREFECT_API_URL.value())


def start_server(port: int, environment: Mapping[str, str]) -> PrefectServer:
    """A server of our own on this port of the loopback interface, with these settings besides the user's."""
    log = tempfile.TemporaryFile()  # noqa: SIM115 - as long as this process
    command = [sys.executable, "-m", "flows.prefect_server", str(port), str(os.getpid())]
    # A session of its own: Ctrl-C in a terminal is for the run, which then stops the server itself.
    process = subprocess.Popen(  # noqa: S603
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
        env={**os.environ, **environment},
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
        state = "did not answer" if self.process.poll() is None else f"ended with code {self.process.returncode}"
        raise FlowError(f"Prefect's server {state} within {STARTUP_SECONDS:.0f} s. It said:\n{self.last_words()}")

    def last_words(self) -> str:
        """The end of what it logged."""
        size = os.fstat(self.log.fileno()).st_size
        said = os.pread(self.log.fileno(), 10_000, max(0, size - 10_000))
        return said.decode("utf-8", "replace").strip()[-2000:] or "(nothing)"

    def stop(self) -> None:
        """Ends the server, by force if it takes long."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _free_port(wanted: int = 0) -> int:
    """This port of the loopback interface, or any where it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return _free_port()
        port: int = probe.getsockname()[1]
        return port


def main(port: str, parent: str) -> None:
    """Serves until the parent process ends."""
    if not end_with_process(int(parent)):
        return
    import uvicorn

    uvicorn.run("flows.prefect_server:create_app", factory=True, host="127.0.0.1", port=int(port), log_level="error")


def create_app() -> FastAPI:
    """Prefect's server; one that serves a single run cleans its database up at the end.

    Prefect cleans only in servers that stay: a year of runs from a crontab would be kept for ever.
    """
    from prefect.server.api.server import create_app as create_prefect_app
    from prefect.server.database import provide_database_interface
    from prefect.server.services.db_vacuum import vacuum_old_flow_runs

    app = create_prefect_app()
    if not os.environ.get("PREFECT__SERVER_EPHEMERAL"):
        return app
    serve = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Any]:
        async with serve(app) as state:
            yield state
            await vacuum_old_flow_runs(db=provide_database_interface())

    app.router.lifespan_context = lifespan
    return app


if __name__ == "__main__":
    main(*sys.argv[1:])
