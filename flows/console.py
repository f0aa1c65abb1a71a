"""A run on a terminal: settings checked first, a progress bar, Prefect's log kept quiet."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from flows.settings import RunSettings
    from flows.summary import RunSummary


def usage_message(checked: RunSettings) -> str | None:
    """What is wrong with the sources or the output, or None; found before Prefect takes its seconds to start."""
    from flows.errors import SourceError
    from flows.sources.opening import open_sources

    try:
        if not checked.retry_rejects:
            open_sources(checked)
    except SourceError as error:
        return str(error)
    if checked.output.exists() and not checked.output.is_dir():
        return f"--output {checked.output} is a file; give a folder"
    return None


def quiet_prefect(*, verbose: bool) -> None:
    """Keeps Prefect's own log off the terminal; it still goes to its database, where its pages show it."""
    if not verbose:
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")


def run_flow(settings: dict[str, Any], *, verbose: bool) -> tuple[RunSummary, float]:
    """The run's summary, and the seconds it took with Prefect's start."""
    from rich.console import Console

    quiet_prefect(verbose=verbose)
    from flows.engines import PRELOAD
    from flows.engines.local import start_fork_server
    from flows.prefect_server import server_for_one_run
    from flows.progress import watched_by

    began = time.monotonic()
    console = Console(stderr=True)
    with _progress(console) as progress, watched_by(_Bar(progress)):
        server = server_for_one_run()
        # All this is imported while the server starts, here and in the processes that will work.
        start_fork_server(PRELOAD)
        from prefect.settings import PREFECT_API_URL, temporary_settings

        from flows.extract_articles import extract_articles

        if server:
            server.wait()
        with temporary_settings({PREFECT_API_URL: server.api_url} if server else {}):
            summary = extract_articles(**settings)
    return summary, time.monotonic() - began


class _Bar:
    """A listener that moves a progress bar."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.task: TaskID = progress.add_task("Starting Prefect", total=None)

    def phase(self, text: str) -> None:
        self.progress.update(self.task, description=text)

    def message(self, text: str) -> None:
        self.progress.console.print(text, markup=False, highlight=False)

    def pages(self, done: int, total: int) -> None:
        self.progress.update(self.task, advance=done, total=total)


def _progress(console: Any) -> Progress:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
