"""The whole flow over generated pages: articles a second, share of each stage, memory, growth, workers, engines.

    make bench-pipeline                                   1,000, 10,000 and 100,000 pages: about half an hour
    python -m benchmarks.pipeline 1000 10000              other sizes
    python -m benchmarks.pipeline 10000 --workers 1 2     other numbers of workers
    python -m benchmarks.pipeline 10000 --rerun           a second run too, which finds nothing new

Every line is a `figures run` of its own in a fresh folder. What it is measured against is `extract` alone on the same
pages, in one process that does nothing else.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.extract_rate import extract_rate
from benchmarks.generated_pages import write_pages
from benchmarks.measured import measured, status_bytes
from benchmarks.scorers import in_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
SIZES = (1_000, 10_000, 100_000)
# Pages that the rate of `extract` is measured on.
SAMPLE = 1_000
LOOK_SECONDS = 0.2
MARK = "BENCH_OF_FIGURES"
STAGES = ("discover", "extract-shard", "commit-shard", "describe")


@dataclass(slots=True)
class Result:
    """One `figures run`."""

    pages: int
    workers: int
    engine: str
    seconds: float  # of the whole command
    stages: dict[str, float]
    peaks: dict[str, int] = field(default_factory=dict)  # bytes that cannot be dropped, by kind of process

    @property
    def flow_seconds(self) -> float:
        """Without Prefect's start and end."""
        return sum(self.stages.values())


class Watcher:
    """Looks at the memory of all processes of a run, from outside."""

    def __init__(self, mark: str) -> None:
        self.mark = f"{MARK}={mark}".encode()
        self.kinds: dict[int, str] = {}
        self.peaks: dict[str, int] = {}
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._look)

    def __enter__(self) -> Watcher:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join()

    def _look(self) -> None:
        while not self.stop.wait(LOOK_SECONDS):
            for pid, kind in self._processes():
                size = status_bytes("RssAnon", pid)
                self.peaks[kind] = max(self.peaks.get(kind, 0), size)

    def _processes(self) -> Iterator[tuple[int, str]]:
        for folder in Path("/proc").glob("[0-9]*"):
            pid = int(folder.name)
            if pid not in self.kinds:
                self.kinds[pid] = self._kind(folder)
            if self.kinds[pid]:
                yield pid, self.kinds[pid]

    def _kind(self, folder: Path) -> str:
        """What a process is; "" for one that is not of this run."""
        try:
            if self.mark not in (folder / "environ").read_bytes().split(b"\0"):
                return ""
            command = (folder / "cmdline").read_bytes()
        except OSError:
            return ""
        kinds = {b"prefect_server": "server", b"forkserver": "worker", b"resource_tracker": "tracker"}
        return next((kind for word, kind in kinds.items() if word in command), "run")


def run_figures(pages: Path, output: Path, home: Path, count: int, workers: int, engine: str) -> Result:
    """One `figures run`, with its processes watched."""
    mark = f"{output}-{time.monotonic_ns()}"
    environment = os.environ | {"PREFECT_HOME": str(home), MARK: mark}
    environment.pop("PREFECT_API_URL", None)
    database = home / "prefect.db"
    before = _newest_task(database)
    command = [sys.executable, "-c", "from flows.cli import main; main()", "run", str(pages), "--output", str(output)]
    command += ["--workers", str(workers), "--engine", engine]
    with Watcher(mark) as watcher:
        began = time.perf_counter()
        subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - began
    return Result(count, workers, engine, seconds, _stages(database, before), watcher.peaks)


def _newest_task(database: Path) -> str:
    if not database.exists():
        return ""
    with sqlite3.connect(database) as connection:
        newest: str = connection.execute("SELECT COALESCE(MAX(start_time), '') FROM task_run").fetchone()[0]
        return newest


def _stages(database: Path, after: str) -> dict[str, float]:
    """Seconds of each stage: the tasks that Prefect has noted since."""
    with sqlite3.connect(database) as connection:
        rows = connection.execute(
            "SELECT name, (julianday(end_time) - julianday(start_time)) * 86400 FROM task_run WHERE start_time > ?",
            (after,),
        ).fetchall()
    stages = dict.fromkeys(STAGES, 0.0)
    for name, seconds in rows:
        stage = next(stage for stage in STAGES if name.startswith(stage.removesuffix("-shard")))
        stages[stage] += seconds or 0.0
    return stages


def table(results: list[Result], rate: float) -> str:
    """A line a run."""
    head = [
        "pages", "workers", "engine", "seconds", "pages/s", "of workers x extract", *STAGES, "run MB", "worker MB",
        "server MB",
    ]  # fmt: skip
    lines = [head]
    for r in results:
        shares = [f"{r.stages[name] / max(1e-9, r.flow_seconds):.0%}" for name in STAGES]
        peaks = [f"{r.peaks.get(kind, 0) / 1e6:.0f}" for kind in ("run", "worker", "server")]
        speed = r.pages / r.flow_seconds
        share = f"{speed / (r.workers * rate):.0%}"
        lines.append(
            [f"{r.pages:,}", str(r.workers), r.engine, f"{r.seconds:.1f}", f"{speed:.0f}", share, *shares, *peaks]
        )
    return in_columns(lines)


def growth(results: list[Result]) -> Iterator[str]:
    """How time and memory grow with the pages, at the same number of workers."""
    for small, large in pairwise(results):
        if (small.workers, small.engine) != (large.workers, large.engine) or small.pages >= large.pages:
            continue
        times = large.flow_seconds / small.flow_seconds / (large.pages / small.pages)
        memory = {k: large.peaks[k] / small.peaks[k] for k in ("run", "worker") if small.peaks.get(k)}
        told = ", ".join(f"{kind} x {ratio:.2f}" for kind, ratio in memory.items())
        yield f"{small.pages:,} → {large.pages:,} pages: seconds a page x {times:.2f}; peak memory {told}"


def main(arguments: list[str] | None = None) -> None:
    """Runs what is asked for and prints a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pipeline", description=__doc__.split("\n", 1)[0])
    parser.add_argument("sizes", nargs="*", type=int, default=list(SIZES), metavar="PAGES")
    parser.add_argument("--workers", nargs="+", type=int, default=[os.cpu_count() or 1])
    parser.add_argument("--engines", nargs="+", default=["local"])
    parser.add_argument("--rerun", action="store_true", help="run each again, with nothing new")
    parser.add_argument("--folder", type=Path, help="where to write; default: the system's temporary folder")
    chosen = parser.parse_args(arguments)
    rates = [measured(extract_rate, min(SAMPLE, max(chosen.sizes))).result for _ in range(3)]
    rate = sorted(rates)[1]
    print(f"extract alone: {rate:.0f} pages/s in one process (three times: {', '.join(f'{r:.0f}' for r in rates)})")
    results: list[Result] = []
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        folder = Path(name)
        home = folder / "prefect"
        for workers in chosen.workers:
            for engine in chosen.engines:
                results += _series(folder, home, sorted(chosen.sizes), workers, engine, rerun=chosen.rerun)
    print(table(results, rate))
    print(*growth(results), sep="\n")


def _series(folder: Path, home: Path, sizes: list[int], workers: int, engine: str, *, rerun: bool) -> Iterator[Any]:
    """Runs of growing size; the pages of a smaller one are the first of a larger one."""
    pages, written = folder / "pages", 0
    shutil.rmtree(pages, ignore_errors=True)
    for size in sizes:
        write_pages(pages, range(written, size))
        written = size
        output = folder / "output"
        yield run_figures(pages, output, home, size, workers, engine)
        if rerun:
            again = run_figures(pages, output, home, size, workers, engine)
            print(f"{size:,} pages, nothing new: {again.seconds:.1f} s, of which the flow {again.flow_seconds:.1f} s")
        shutil.rmtree(output)


if __name__ == "__main__":
    main()
