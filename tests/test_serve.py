"""`figures serve` with a real Prefect server on loopback: ticks, overlaps, kills, failures, stops."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flows.errors import NotifyError, ScheduleError
from flows.notify import Notice, notify
from flows.serve import deployment_name
from tests.flow_runs import page, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent
# The seconds stand last. A run of one page takes about three seconds of process start.
EVERY_15_SECONDS = "* * * * * */15"
MARK = "FIGURES_TEST_SERVE"


class Served:
    """A `figures serve` at work, and what it has said."""

    def __init__(self, home: Path, *arguments: str | Path) -> None:
        environment = os.environ | {"PREFECT_HOME": str(home), MARK: str(home)}
        environment.pop("PREFECT_API_URL", None)
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from flows.cli import main; main()", "serve", *map(str, arguments)],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.home = home
        self.lines: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    def said(self, pattern: str) -> list[str]:
        return [line for line in self.lines if re.search(pattern, line)]

    def wait_for(self, found: Callable[[], bool], seconds: float = 90.0) -> None:
        deadline = time.monotonic() + seconds
        while not found():
            assert time.monotonic() < deadline, self.lines
            assert self.process.poll() is None, self.lines
            time.sleep(0.2)

    def left(self) -> list[int]:
        """Processes that it started and that are still there, some seconds after its end."""
        deadline = time.monotonic() + 15
        while (found := self._marked()) and time.monotonic() < deadline:
            time.sleep(0.2)
        return found

    def _marked(self) -> list[int]:
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if f"{MARK}={self.home}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
            except OSError:
                continue  # it has ended
        return found

    def states(self, output: Path) -> list[tuple[str, str]]:
        """Name and state of the flow runs for an output that are not still to come."""
        with sqlite3.connect(f"file:{self.home}/prefect.db?mode=ro", uri=True) as database:
            return database.execute(
                "SELECT name, state_type FROM flow_run WHERE expected_start_time < datetime('now') "
                "AND deployment_id = (SELECT id FROM deployment WHERE name = ?) ORDER BY 1",
                (deployment_name(output),),
            ).fetchall()


@contextmanager
def serving(home: Path, *arguments: str | Path) -> Iterator[Served]:
    served = Served(home, *arguments)
    try:
        yield served
    finally:
        if served.process.poll() is None:
            served.process.kill()
        served.process.wait()
        for pid in served.left():
            os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One Prefect home for the module: making its database takes seconds."""
    return tmp_path_factory.mktemp("serve-home")


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    folder = tmp_path / "posts"
    folder.mkdir()
    (folder / "0.html").write_bytes(page("0"))
    return folder


linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are looked for in /proc")


@linux
def test_ticks_pick_up_new_files_and_a_kill_leaves_nothing_stuck(home: Path, posts: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    arguments = (posts, "--output", output, "--cron", EVERY_15_SECONDS, "--workers", "1")
    with serving(home, *arguments) as served:
        for number in range(1, 6):
            served.wait_for(lambda n=number: len(served.said(" completed: ")) >= n)
            (posts / f"{number}.html").write_bytes(page(str(number)))
        served.wait_for(lambda: len(served.said("completed: .* 1 new")) == 6)
        # Every tick on its quarter of a minute; the first run begins at once.
        starts = [row["started_at"] for row in read(output, "runs")][1:]
        assert len(starts) >= 5
        assert all((start.second + 2) % 15 < 8 for start in starts), starts
        with serving(home, *arguments) as second:
            assert second.process.wait(60) == 1
            assert second.said("Another figures serve is at work"), second.lines

        (posts / "6.html").write_bytes(page("6"))
        served.process.kill()
        served.process.wait()
        assert served.left() == []
    with serving(home, *arguments) as again:
        again.wait_for(lambda: len(again.said(" completed: ")) >= 2)
        assert len(read(output, "articles")) == 7
        assert not [state for state in again.states(output) if state[1] in ("RUNNING", "PENDING", "CANCELLING")][1:]
        again.process.send_signal(signal.SIGTERM)
        assert again.process.wait(30) == 0, again.lines
        assert again.said("^Stopped")
        assert again.left() == []
    assert {row["status"] for row in read(output, "runs")} <= {"completed", "interrupted"}
    # The file of the lock is no finding.
    from flows.dataset.check import check_dataset
    from flows.dataset.paths import DatasetPaths

    assert check_dataset(DatasetPaths(output)).exit_code == 0


@linux
@pytest.mark.parametrize("overlap", ["wait", "skip"])
def test_a_run_that_is_due_while_another_goes_waits_or_is_skipped(
    home: Path, posts: Path, tmp_path: Path, overlap: str
) -> None:
    from flows.dataset.lock import writing
    from flows.dataset.paths import DatasetPaths

    paths = DatasetPaths(tmp_path / "output")
    arguments = (posts, "--output", paths.root, "--cron", "* * * * * */10", "--overlap", overlap, "--workers", "1")
    with writing(paths, run_id="another"), serving(home, *arguments) as served:
        # The first run waits for the lock that we hold, and the next ones become due.
        served.wait_for(lambda: len(served.said("is skipped")) >= 2)
        going = served.states(paths.root)
    counts = {state: sum(s == state for _, s in going) for state in ("RUNNING", "SCHEDULED", "PENDING")}
    assert counts["RUNNING"] == 1
    assert counts["SCHEDULED"] + counts["PENDING"] <= (1 if overlap == "wait" else 0) + 1


@linux
def test_a_failed_run_tells_and_ctrl_c_stops_a_run_at_work(home: Path, tmp_path: Path) -> None:
    posts, output, told = tmp_path / "posts", tmp_path / "output", tmp_path / "told.jsonl"
    posts.mkdir()
    (posts / "empty.html").touch()
    arguments = ("--output", output, "--cron", "0 0 1 1 *", "--on-failure", f"cat >> {told}", "--workers", "1")
    with serving(home, posts, *arguments) as served:
        served.wait_for(lambda: told.exists() and bool(told.read_text()))
        (notice,) = map(json.loads, told.read_text().splitlines())
        assert notice["status"] == "failed"
        assert "Nothing usable was found" in notice["message"]
        assert notice["url"].startswith("http://127.0.0.1:") and "/runs/flow-run/" in notice["url"]
        served.process.send_signal(signal.SIGINT)
        assert served.process.wait(30) == 0, served.lines
        assert served.left() == []


@pytest.mark.parametrize(
    ("cron", "zone", "message"),
    [
        ("61 * * * *", None, "no cron line"),
        ("often", None, "no cron line"),
        ("0 * * * *", "Mars/Olympus", "no time zone"),
    ],
)
def test_a_schedule_that_is_none_says_so(cron: str, zone: str | None, message: str) -> None:
    from flows.serve import Schedule

    with pytest.raises(ScheduleError, match=message):
        Schedule(cron, zone).checked()


# ---------------------------------------------------------------- telling of failures

NOTICE = Notice("20240101T000000Z-abc", "failed", "Nothing usable was found.", "output")


class _Chat(BaseHTTPRequestHandler):
    answers: list[int]
    received: list[dict[str, str]]

    def do_POST(self) -> None:
        self.received.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(self.answers.pop(0))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def chat(*answers: int) -> Iterator[tuple[str, list[dict[str, str]]]]:
    received: list[dict[str, str]] = []
    handler = type("Chat", (_Chat,), {"answers": list(answers), "received": received})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/secret", received
    finally:
        server.shutdown()
        server.server_close()


def test_an_address_gets_json_and_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.notify.PAUSES", (0.01, 0.01))
    with chat(503, 200) as (address, received):
        notify(address, NOTICE)
    assert len(received) == 2
    assert received[0]["text"] == "figures: run 20240101T000000Z-abc into output failed: Nothing usable was found."
    with chat(404) as (address, _), pytest.raises(NotifyError, match=r"127\.0\.0\.1 .* 404") as caught:
        notify(address, NOTICE)
    assert "secret" not in str(caught.value)
    with pytest.raises(NotifyError, match="could not be told"):
        notify("http://127.0.0.1:1/", NOTICE)


def test_a_command_has_the_notice_in_its_environment_and_input(tmp_path: Path) -> None:
    notify(f'cat > {tmp_path}/in; echo "$FIGURES_STATUS $FIGURES_RUN" > {tmp_path}/env', NOTICE)
    assert json.loads((tmp_path / "in").read_text())["message"] == NOTICE.message
    assert (tmp_path / "env").read_text() == "failed 20240101T000000Z-abc\n"
    with pytest.raises(NotifyError, match=r"ended with code 3\. It said: no mail"):
        notify("echo no mail >&2; exit 3", NOTICE)


def test_figures_run_tells_too(posts: Path, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from flows.cli import app
    from flows.dataset.lock import writing
    from flows.dataset.paths import DatasetPaths

    told = tmp_path / "told"
    with writing(DatasetPaths(tmp_path / "output"), run_id="another"):
        result = CliRunner().invoke(
            app, ["run", str(posts), "--output", str(tmp_path / "output"), "--no-wait", "--on-failure", f"cat > {told}"]
        )
    assert result.exit_code == 1
    assert "is being written" in json.loads(told.read_text())["message"]


# ---------------------------------------------------------------- prefect.yaml


def test_the_deployment_for_work_pools_fits_the_flow() -> None:
    import yaml

    from flows.extract_articles import extract_articles
    from flows.settings import RunSettings

    (deployment,) = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))["deployments"]
    path, _, name = deployment["entrypoint"].partition(":")
    assert (ROOT / path).exists() and name == extract_articles.fn.__name__
    given = deployment["parameters"]
    assert set(given) == {"sources", "output", "options"}
    settings = RunSettings(sources=tuple(given["sources"]), output=given["output"], **given["options"])
    assert (ROOT / settings.sources[0]).is_dir()
    for schedule in deployment["schedules"]:
        from flows.serve import Schedule

        Schedule(schedule["cron"], schedule["timezone"]).checked()
