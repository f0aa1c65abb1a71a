"""`figures serve`: runs on a schedule, with a Prefect server of its own where the user has none.

A deployment says when, Prefect's runner starts each run in a process of its own, one at a time, and a watch beside
it drops what is due while another runs, reports what came of each run and tells of failures.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from filelock import FileLock, Timeout
from prefect.client.schemas.schedules import CronSchedule
from prefect.runner import Runner
from prefect.schedules import Cron
from prefect.settings import PREFECT_API_URL, PREFECT_UI_URL, temporary_settings
from prefect.types.entrypoint import EntrypointType

from flows.dataset.paths import DatasetPaths
from flows.dataset.storage import make_folder
from flows.errors import ScheduleError, ServeError
from flows.prefect_server import server_for_schedule
from flows.serving import SERVED_BY
from flows.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from prefect.schedules import Schedule as PrefectSchedule

    from flows.prefect_server import PrefectServer
    from flows.settings import RunSettings

# How often Prefect's runner asks for runs that are due; each run is asked for up to ten seconds ahead of its time.
POLL_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Schedule:
    """When runs start, and what happens around them."""

    cron: str
    timezone: str | None = None  # of the cron line; None: this machine's
    overlap: Literal["wait", "skip"] = "wait"  # what a run does that is due while another is going
    on_failure: str | None = None  # command or address, see flows.notify
    keep_days: int = 30  # history in the server's database

    @property
    def zone(self) -> str:
        """Name of the time zone that the cron line is written in."""
        if self.timezone:
            return self.timezone
        from tzlocal import get_localzone_name

        return get_localzone_name()

    def checked(self) -> PrefectSchedule:
        """As Prefect has it; ScheduleError where the line is none."""
        try:
            ZoneInfo(self.zone)
        except (OSError, ValueError, KeyError) as error:
            raise ScheduleError(f"--cron-zone {self.zone} is no time zone: write it as Asia/Shanghai.") from error
        try:
            CronSchedule(cron=self.cron, timezone=self.zone)
        except ValueError as error:
            raise ScheduleError(
                f"--cron {self.cron!r} is no cron line: write five fields, such as '*/15 * * * *' for every quarter of "
                "an hour."
            ) from error
        return Cron(self.cron, timezone=self.zone)


def serve(settings: RunSettings, schedule: Schedule, tell: Callable[[str], None]) -> None:
    """Starts runs by the schedule until it is told to stop (SIGINT, SIGTERM); `tell` gets a line for whatever happens.

    The first run begins at once: it catches up on what was missed while nobody served. ServeError where another
    process serves the same output, where the schedule is no schedule, or when the server ends.
    """
    cron = schedule.checked()
    paths = DatasetPaths(settings.output)
    with _only_one(paths):
        server = server_for_schedule(schedule.keep_days)
        try:
            if server:
                server.wait()
            # Runs are processes of their own: they learn of the server and of us by their environment.
            os.environ[SERVED_BY] = str(os.getpid())
            with temporary_settings({PREFECT_API_URL: server.api_url} if server else {}):
                asyncio.run(_serve(settings, schedule, cron, server, tell))
        finally:
            os.environ.pop(SERVED_BY, None)
            if server:
                server.stop()


async def _serve(
    settings: RunSettings,
    schedule: Schedule,
    cron: PrefectSchedule,
    server: PrefectServer | None,
    tell: Callable[[str], None],
) -> None:
    from flows.extract_articles import extract_articles

    # When it stops it pauses the schedule: another server on the same database would go on planning runs.
    runner = Runner(name="figures", limit=1, query_seconds=POLL_SECONDS, pause_on_shutdown=True)
    deployment = await extract_articles.ato_deployment(
        name=deployment_name(settings.output),
        schedule=cron,
        parameters=flow_parameters(settings),
        description=f"{', '.join(settings.sources)} into {settings.output}",
        tags=["figures"],
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    deployment_id = await runner.aadd_deployment(deployment)
    pages = server.api_url.removesuffix("/api") if server else PREFECT_UI_URL.value()
    watch = Watch(deployment_id, schedule.overlap, schedule.on_failure, str(settings.output), pages, tell)
    await watch.end_lost_runs("The process was killed.")
    await watch.run_now()
    tell(f"Serving {', '.join(settings.sources)} into {settings.output}: now, and then {schedule.cron} {schedule.zone}")
    tell(f"Prefect's pages: {pages}")
    await _until_stopped(runner, watch, server)
    tell("Stopped. What was committed stays; start again with the same command.")


async def _until_stopped(runner: Runner, watch: Watch, server: PrefectServer | None) -> None:
    """Runs runner and watch until a signal says stop; ServeError when either of them or the server ends."""
    stop = asyncio.Event()
    running = asyncio.create_task(runner.start())
    while not runner.started and not running.done():
        await asyncio.sleep(0.05)
    # Now, since the runner sets a handler of its own as it starts, and that one exits in the middle of everything.
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    tasks: list[asyncio.Task[Any]] = [running, asyncio.create_task(watch.run()), asyncio.create_task(stop.wait())]
    if server:
        tasks.append(asyncio.create_task(asyncio.to_thread(server.process.wait)))
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()  # raises what it died of
        if not stop.is_set():
            said = f" It said:\n{server.last_words()}" if server else ""
            raise ServeError(f"Prefect's server or runner has ended; start figures serve again.{said}")
    finally:
        for task in tasks[:3]:
            task.cancel()
        await asyncio.gather(*tasks[:3], return_exceptions=True)
        if not server or server.process.poll() is None:
            await watch.end_lost_runs("figures serve was stopped.")
            if server:
                server.process.terminate()


def deployment_name(output: Path) -> str:
    """The folder's name, and enough of its place to tell it from others of that name."""
    place = str(output.resolve())
    return f"{output.resolve().name}-{hashlib.sha256(place.encode()).hexdigest()[:6]}"


def flow_parameters(settings: RunSettings) -> dict[str, Any]:
    """The settings as parameters of the flow, those that are as by default left out."""
    chosen = settings.model_dump(mode="json", exclude_defaults=True, exclude={"sources", "output"})
    return {"sources": list(settings.sources), "output": str(settings.output), "options": chosen}


@contextmanager
def _only_one(paths: DatasetPaths) -> Iterator[None]:
    """Two schedules for one output would only wait for each other."""
    make_folder(paths.state)
    lock = FileLock(paths.serve_lock, fallback_to_soft=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise ServeError(f"Another figures serve is at work on {paths.root}: stop it first.") from None
    try:
        yield
    finally:
        lock.release()
