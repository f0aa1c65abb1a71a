"""kill -9 of the whole `figures run`, Prefect and worker processes included; then the next run completes."""

from __future__ import annotations

import os
import random
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from tests.faults.states import DESCRIPTIONS, misplaced
from tests.faults.tally import Tally
from transforms.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[2]
MARK = "FIGURES_FAULTS_RUN"  # an environment variable that all processes of a run inherit
PAGES = 150
SHARD_SIZE = 20
SHARDS = -(-(PAGES + 1) // SHARD_SIZE)
# The main process is killed so long after a commit, or after its start where it is to have committed nothing.
AFTER_COMMIT, AFTER_START = (0.0, 1.5), (3.0, 10.0)
RUN_SECONDS = 300.0
# How long what is left of a killed run may take to notice: workers at once, Prefect's server as it shuts down.
END_SECONDS = 10.0
Content = dict[str, list[dict[str, Any]]]  # rows by table and file
PAGE = """<!doctype html><html lang="en"><head><title>Marlow lifts outlook, part {number}</title>
<meta property="article:published_time" content="2023-10-{day:02d}T06:45:00+01:00"></head>
<body><article><h1>Marlow lifts outlook, part {number}</h1>
<p>Marlow reported revenue of ${number}.6 million in the third quarter of 2023, up 8.4% from a year earlier.</p>
<p>The maker of sensors said orders had grown in every region, and that it would hire {number} engineers this year.</p>
<h2>Outlook</h2><p>Sales should reach $1.2 billion in 2024, the chief executive told reporters on Tuesday.</p>
{more}</article></body></html>"""
PARAGRAPH = "<p>In region {region} sales rose {region}.5% to €{number} million, from €{region} million in 2022.</p>\n"


def whole_runs(folder: Path, times: int, *, seed: int = 1) -> Tally:
    """Each time: a run that is killed at a random moment, at times after one of its workers; then one that is not."""
    tally = Tally("kill -9 of figures run")
    draw = random.Random(seed)
    pages = _write_pages(folder / "pages")
    with tally.timed():
        if code := _start(pages, folder / "undisturbed").wait(RUN_SECONDS):
            tally.add("wrong_rows", [f"the run that nothing disturbs ended with code {code}"], "before all")
        expected = _content(folder / "undisturbed")
        for number in range(times):
            _killed_run(tally, pages, folder / f"output-{number}", expected, draw)
    return tally


def _write_pages(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for number in range(PAGES):
        more = "".join(PARAGRAPH.format(region=region, number=number + region) for region in range(2, 8))
        text = PAGE.format(number=number, day=1 + number % 28, more=more)
        (folder / f"{number:03d}.html").write_text(text, encoding="utf-8")
    (folder / "empty.html").touch()
    return folder


def _start(pages: Path, output: Path, mark: str = "") -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", "from flows.cli import main; main()", "run", str(pages), "--output", str(output)]
    return subprocess.Popen(
        [*command, "--shard-size", str(SHARD_SIZE), "--workers", "2"],
        env=os.environ | {MARK: mark or secrets.token_hex(8), "PREFECT_HOME": str(pages.parent / "prefect")},
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _killed_run(tally: Tally, pages: Path, output: Path, expected: Content, draw: random.Random) -> None:
    mark, commits = secrets.token_hex(8), draw.randrange(SHARDS)
    run = _start(pages, output, mark)
    if commits:
        _wait_for(run, output, commits)
    if commits and draw.random() < 0.3:
        _kill_a_worker(tally, mark, draw)
    try:
        run.wait(draw.uniform(*(AFTER_COMMIT if commits else AFTER_START)))
        tally.notes["runs that were done before the kill"] += 1
    except subprocess.TimeoutExpired:
        run.kill()
        run.wait()
        tally.times += 1
    done = _rows(output) // SHARD_SIZE
    where = f"killed after {done} commits"
    tally.notes[f"{where} of {SHARDS}"] += 1
    left = _left(mark)
    tally.add("processes_left", list(left.values()), f"{where}, {END_SECONDS:.0f} s later")
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    tally.add("duplicate_keys", _duplicates(output), f"{where}, before recovery")
    tally.add("files_left", misplaced(output), where)
    again = _start(pages, output, mark)
    if code := again.wait(RUN_SECONDS):
        tally.add("wrong_rows", [f"the next run ended with code {code}"], where)
    tally.add("wrong_rows", _differences(expected, _content(output)), where)
    tally.add("duplicate_keys", _duplicates(output), where)
    known = {*DESCRIPTIONS, *(str(path.relative_to(output)) for path in _parts(output))}
    files = {str(path.relative_to(output)) for path in output.rglob("*") if path.is_file()}
    tally.add("files_left", sorted(files - known), where)
    tally.add("processes_left", list(_left(mark).values()), f"{where}, after the next run")


def _wait_for(run: subprocess.Popen[bytes], output: Path, commits: int) -> None:
    """Returns after so many commits, or when the run is over."""
    while run.poll() is None and _rows(output) < commits * SHARD_SIZE:
        time.sleep(0.02)


def _kill_a_worker(tally: Tally, mark: str, draw: random.Random) -> None:
    # The first of them is the process that workers fork from.
    workers = sorted(pid for pid, command in _marked(mark) if "forkserver" in command)[1:]
    if workers:
        os.kill(draw.choice(workers), signal.SIGKILL)
        tally.notes["workers killed before the run itself"] += 1


def _left(mark: str) -> dict[int, str]:
    """What is still there of a run some seconds after it ended; its command by process."""
    deadline = time.monotonic() + END_SECONDS
    while (found := dict(_marked(mark))) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def _marked(mark: str) -> Iterator[tuple[int, str]]:
    """Processes with the run's mark in their environment: number and command. A dead one has no environment."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                yield int(folder.name), (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
        except OSError:
            continue  # it ended, or is another user's


def _parts(output: Path) -> list[Path]:
    return [path for table in TABLES for path in sorted((output / table).glob("part-*.parquet"))]


def _rows(output: Path) -> int:
    """How many sources have been committed, articles and rejects."""
    return sum(pq.read_metadata(p).num_rows for p in _parts(output) if p.parent.name in ("articles", "rejects"))


def _content(output: Path) -> Content:
    """The rows of every table but runs, file by file in order, without run_id and _at columns."""
    rows: Content = {}
    for path in _parts(output):
        spec = TABLES[path.parent.name]
        if spec.name != "runs":
            names = [name for name in spec.names if name not in spec.volatile]
            rows[f"{spec.name}/{path.name}"] = pq.ParquetFile(path).read(columns=names).to_pylist()
    return rows


def _differences(expected: Content, found: Content) -> list[str]:
    return [f"{name} differs" for name in sorted({*expected, *found}) if expected.get(name) != found.get(name)]


def _duplicates(output: Path) -> list[str]:
    found = []
    for name, spec in TABLES.items():
        keys = [
            tuple(row.values())
            for path in sorted((output / name).glob("part-*.parquet"))
            for row in pq.ParquetFile(path).read(columns=list(spec.primary_key)).to_pylist()
        ]
        if len(set(keys)) < len(keys):
            found.append(f"{name}: {len(keys) - len(set(keys))} keys twice")
    return found
