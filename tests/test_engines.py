"""Engines: results, limits, and workers that end with the run that started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.engines import Done, InlineEngine, Lost
from flows.engines.local import LocalEngine
from tests.slow_work import double, fail, misbehave

ROOT = Path(__file__).parent.parent
SCRIPT = """
import sys
from flows.engines.local import LocalEngine
from tests import slow_work
list(LocalEngine(2).map_batches(getattr(slow_work, sys.argv[1]), [sys.argv[2]] * 2, lambda _: 600.0))
"""


@pytest.mark.parametrize("engine", [InlineEngine(), LocalEngine(2)], ids=["inline", "local"])
def test_every_batch_comes_back(engine: InlineEngine | LocalEngine) -> None:
    outcomes = list(engine.map_batches(double, range(10), lambda _: 60.0))
    assert sorted((o.batch, o.value) for o in outcomes if isinstance(o, Done)) == [(n, 2 * n) for n in range(10)]


def test_a_hanging_and_a_dying_worker_are_replaced() -> None:
    outcomes = {o.batch: o for o in LocalEngine(2).map_batches(misbehave, range(8), lambda _: 4.0)}
    assert outcomes[3] == Lost(3, "time_limit", "the worker was stopped at its time limit")
    assert outcomes[5] == Lost(5, "worker_died", "the worker ended with code 7")
    assert all(outcomes[n] == Done(n, 2 * n) for n in (0, 1, 2, 4, 6, 7))


def test_an_error_of_the_function_stops_the_run() -> None:
    with pytest.raises(ValueError, match="no 1"):
        list(LocalEngine(1).map_batches(fail, [1], lambda _: 60.0))


def is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("work", ["note_process", "hold_the_interpreter"])
def test_workers_end_when_their_run_is_killed(tmp_path: Path, work: str) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)  # no `if __name__ == "__main__"`: workers do not run it again
    notes = tmp_path / "notes"
    notes.mkdir()
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    parent = subprocess.Popen([sys.executable, str(script), work, str(notes)], env=environment)
    try:
        deadline = time.monotonic() + 60
        while len(list(notes.iterdir())) < 2:
            assert parent.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
        workers = [int(path.name) for path in notes.iterdir()]
        assert all(map(is_running, workers))
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    deadline = time.monotonic() + 20
    while any(map(is_running, workers)):
        assert time.monotonic() < deadline, "workers outlived their run"
        time.sleep(0.05)
    assert len(list(notes.iterdir())) == 2
