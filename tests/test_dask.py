"""The Dask engine on real clusters of this machine: the same tables, and nothing lost with a worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from flows.engines import Done, Lost
from flows.engines.dask import DaskEngine, _client
from flows.engines.local import LocalEngine
from flows.errors import EngineError
from tests.flow_runs import page, read, run
from tests.slow_work import crash, double, fail, misbehave, slowly
from transforms.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
WORKERS = 2


@pytest.fixture(scope="module")
def engine() -> DaskEngine:
    return DaskEngine(WORKERS)


def worker_processes() -> list[int]:
    return list(_client(None, WORKERS).run(os.getpid).values())


def test_every_batch_comes_back(engine: DaskEngine) -> None:
    outcomes = list(engine.map_batches(double, range(10), lambda _: 60.0))
    assert sorted((o.batch, o.value) for o in outcomes if isinstance(o, Done)) == [(n, 2 * n) for n in range(10)]


@pytest.mark.parametrize("kind", ["dask", "local"])
def test_what_hangs_or_dies_costs_itself_alone(engine: DaskEngine, kind: str) -> None:
    chosen: Any = engine if kind == "dask" else LocalEngine(WORKERS)
    outcomes = {o.batch: o for o in chosen.map_batches(misbehave, range(8), lambda _: 4.0)}
    assert outcomes[3] == Lost(3, "time_limit", "the worker was stopped at its time limit")
    assert outcomes[5] == Lost(5, "worker_died", "the worker ended with code 7")
    assert all(outcomes[n] == Done(n, 2 * n) for n in (0, 1, 2, 4, 6, 7))
    outcomes = {o.batch: o for o in chosen.map_batches(crash, range(8), lambda _: 30.0)}
    assert {n for n, o in outcomes.items() if isinstance(o, Lost) and o.code == "worker_died"} == {2, 4}
    assert all(outcomes[n] == Done(n, 2 * n) for n in (0, 1, 3, 5, 6, 7))


def test_an_error_of_the_function_stops_the_run(engine: DaskEngine) -> None:
    with pytest.raises(ValueError, match="no 1"):
        list(engine.map_batches(fail, [1], lambda _: 60.0))


def test_batches_of_a_worker_that_is_killed_are_done_by_others(engine: DaskEngine) -> None:
    outcomes: Iterator[Any] = engine.map_batches(slowly, range(20), lambda _: 60.0)
    first = next(outcomes)
    os.kill(worker_processes()[0], signal.SIGKILL)
    assert sorted(o.value for o in [first, *outcomes]) == [2 * n for n in range(20)]


def content(output: Path) -> dict[str, list[dict[str, Any]]]:
    """All rows but those of runs, without run_id and the moments."""
    return {
        name: [{k: v for k, v in row.items() if k not in spec.volatile} for row in read(output, name)]
        for name, spec in TABLES.items()
        if name != "runs"
    }


@pytest.mark.usefixtures("prefect_server")
def test_the_tables_are_the_same_with_a_worker_killed_midway(tmp_path: Path, engine: DaskEngine) -> None:
    posts = tmp_path / "posts"
    posts.mkdir()
    for number in range(400):
        (posts / f"{number}.html").write_bytes(page(str(number)) if number % 50 else b"")
    run(posts, output=tmp_path / "local")
    killed: list[int] = []

    def kill_one() -> None:
        staging = tmp_path / "dask" / "_state" / "staging"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not list(staging.glob("*/shard-*/*.arrows")):
            time.sleep(0.01)
        killed.append(worker_processes()[0])
        os.kill(killed[0], signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    summary = run(posts, output=tmp_path / "dask", engine="dask", workers=WORKERS)
    killer.join()
    assert killed
    assert (summary.counts["new"], summary.counts["rejected"]) == (392, 8)
    assert content(tmp_path / "dask") == content(tmp_path / "local")


# ---------------------------------------------------------------- a cluster at an address


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A scheduler without workers."""
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen([*command, "--no-dashboard"], cwd=tmp_path, stderr=subprocess.DEVNULL)
    _client.cache_clear()
    try:
        yield f"tcp://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)
        _client.cache_clear()


def test_workers_of_a_cluster_elsewhere(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nworkers", "1", "--nthreads", "1"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    worker = subprocess.Popen([*command, "--no-dashboard"], cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL)
    try:
        engine = DaskEngine(1, address)
        outcomes = {o.batch: o for o in engine.map_batches(crash, range(5), lambda _: 30.0)}
        assert {n for n, o in outcomes.items() if isinstance(o, Lost)} == {2, 4}
        monkeypatch.setattr("flows.engines.dask.EXTRACTOR_VERSION", "99.0")
        with pytest.raises(EngineError, match=r"has figures .*, this is 99.0: install the same"):
            list(engine.map_batches(double, [1], lambda _: 30.0))
        monkeypatch.undo()
        # Workers that go for good: an end with a message, not a wait for ever.
        monkeypatch.setattr("flows.engines.dask.WITHOUT_WORKERS_SECONDS", 3.0)
        outcomes_left = engine.map_batches(slowly, range(100), lambda _: 30.0)
        next(outcomes_left)
        worker.kill()
        with pytest.raises(EngineError, match=r"All workers of the Dask cluster .* are gone"):
            list(outcomes_left)
    finally:
        worker.kill()
        worker.wait()


def test_a_cluster_that_is_not_there_or_has_no_workers(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.engines.dask.WITHOUT_WORKERS_SECONDS", 1.0)
    monkeypatch.setattr("flows.engines.dask.CONNECT_SECONDS", 1.0)
    with pytest.raises(EngineError, match="has no workers: start some with `dask worker tcp://"):
        list(DaskEngine(1, address).map_batches(double, [1], lambda _: 30.0))
    _client.cache_clear()
    with pytest.raises(EngineError, match=r"No Dask scheduler answers at tcp://127.0.0.1:1"):
        list(DaskEngine(1, "tcp://127.0.0.1:1").map_batches(double, [1], lambda _: 30.0))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_no_process_is_left_when_a_run_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom flows.engines.dask import DaskEngine\nfrom tests.slow_work import note_process\n"
        "list(DaskEngine(2).map_batches(note_process, [sys.argv[1]] * 2, lambda _: 600.0))\n"
    )
    (tmp_path / "script.py").write_text(script)
    notes = tmp_path / "notes"
    notes.mkdir()
    environment = os.environ | {"PYTHONPATH": str(ROOT), "FIGURES_TEST_DASK": str(tmp_path)}
    parent = subprocess.Popen([sys.executable, str(tmp_path / "script.py"), str(notes)], env=environment)

    def left() -> list[int]:
        mark = f"FIGURES_TEST_DASK={tmp_path}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
            except OSError:
                continue  # it has ended
        return found

    deadline = time.monotonic() + 60
    while len(list(notes.iterdir())) < 2:
        assert parent.poll() is None and time.monotonic() < deadline
        time.sleep(0.1)
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 30
    while processes := left():
        assert time.monotonic() < deadline, processes
        time.sleep(0.1)
