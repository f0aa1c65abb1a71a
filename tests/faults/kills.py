"""kill -9 of a child that commits: at random moments, and at every named point of a commit."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.faults.shards import Plan
from tests.faults.states import Expected, leftovers, misplaced, read_dataset
from tests.faults.tally import Tally
from tests.faults.writer import write, write_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from multiprocessing.process import BaseProcess

# A clean process that has imported everything and forks children in milliseconds; they share nothing else with us.
CHILDREN = multiprocessing.get_context("forkserver")
CHILDREN.set_forkserver_preload(["tests.faults.preload"])
CHILD_SECONDS = 120.0


def start(function: Callable[..., Any], *arguments: Any) -> BaseProcess:
    """A child that has begun."""
    child = CHILDREN.Process(target=function, args=arguments)
    child.start()
    return child


def end_of(child: BaseProcess, seconds: float = CHILD_SECONDS) -> int | None:
    """Its exit code; one that does not end within so many seconds is killed and has None."""
    child.join(seconds)
    if child.exitcode is None:
        child.kill()
        child.join()
        return None
    return child.exitcode


def kill(child: BaseProcess) -> bool:
    """kill -9; whether it was still at work."""
    if child.pid is not None and child.exitcode is None:
        # It may end at this very moment, and the fork server takes what is left of it away at once.
        with suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)
    child.join()
    return child.exitcode == -signal.SIGKILL


def check(tally: Tally, root: Path, expected: Expected, where: str, *, least: int = 0, final: int | None = None) -> int:
    """Reads everything and counts what is wrong; the shard the dataset stands at.

    It may not be behind `least`. `final` is the state it must have, with nothing left behind.
    """
    reading = read_dataset(root)
    tally.add("wrong_rows", reading.wrong, where)
    tally.add("duplicate_keys", reading.duplicates, where)
    tally.add("files_left", misplaced(root), where)
    standing = expected.standing(reading.content)
    if standing is None:
        tally.add("wrong_rows", ["the tables are of no state that a run could leave"], where)
        return least
    if standing[0] < least:
        tally.add("wrong_rows", [f"the tables went back from shard {least} to {standing[0]}"], where)
    if final is not None:
        if standing != (final, final):
            tally.add("wrong_rows", [f"the tables stand at shard {standing}, not {final}"], where)
        tally.add("files_left", leftovers(root), where)
    return standing[0]


def random_kills(folder: Path, kills: int, *, seed: int = 1, shards: int = 16, most_seconds: float = 0.8) -> Tally:
    """A child commits a history and is killed again and again until all of it is there; then the next history."""
    tally = Tally("kill -9 at a random moment")
    draw = random.Random(seed)
    with tally.timed():
        while tally.times < kills:
            seed += 1
            _killed_plan(tally, folder / f"seed-{seed}", kills, draw, Plan(seed, shards), most_seconds)
            shutil.rmtree(folder / f"seed-{seed}")
    return tally


def _killed_plan(tally: Tally, folder: Path, kills: int, draw: random.Random, plan: Plan, most_seconds: float) -> None:
    expected = Expected(folder / "expected", plan)
    root, stands, pids = folder / "output", 0, []
    code: int | None = None
    while code != 0:
        child = start(write_plan, root, plan)
        pids.append(child.pid)
        # When the kills are spent, the last child is left in peace.
        child.join(draw.uniform(0, most_seconds) if tally.times < kills else CHILD_SECONDS)
        if kill(child):
            tally.times += 1
            before = stands
            stands = check(tally, root, expected, f"{plan}, before recovery", least=stands)
            tally.notes["kills after which the tables had moved on" if stands > before else "other kills"] += 1
            continue
        code = child.exitcode
        if code != 0:
            tally.add("wrong_rows", [f"the child ended with code {code}"], str(plan))
            break
    check(tally, root, expected, f"{plan}, at the end", final=plan.count)
    tally.processes_left += processes_left(pids)


def processes_left(pids: Iterable[int | None]) -> int:
    """How many of these children are still there."""
    return sum(Path(f"/proc/{pid}").exists() for pid in pids)


def _steps(root: Path, plan: Plan) -> list[str]:
    """The named points that a run which commits this plan's last shard passes, in order."""
    steps: list[str] = []
    write(root, plan.shards(), on_step=steps.append)
    return steps


def named_kills(folder: Path, *, seed: int = 1, shards: tuple[int, ...] = (1, 5, 9, 13), every: int = 1) -> Tally:
    """A child is killed at each named point of a run, and the child that recovers at a point of its own."""
    tally = Tally("kill -9 at every named point")
    with tally.timed():
        expected = Expected(folder / "expected", Plan(seed, max(shards)))
        for shard in shards:
            base, plan = folder / f"before-{shard}", expected.plan.until(shard)
            write(base, plan.until(shard - 1).shards())
            shutil.copytree(base, folder / f"steps-{shard}")
            for number, name in _chosen(_steps(folder / f"steps-{shard}", plan), every):
                _kill_at(tally, folder / "output", base, expected, plan, number, name)
    return tally


def _chosen(steps: list[str], every: int) -> list[tuple[int, str]]:
    """Numbers from 1 and names of the points to kill at: all that are no moves, and every so many of the moves."""
    moves = count()
    return [(n, s) for n, s in enumerate(steps, 1) if s != "moved" or next(moves) % every == 0]


def _kill_at(tally: Tally, root: Path, base: Path, expected: Expected, plan: Plan, number: int, name: str) -> None:
    where = f"shard {plan.count}, step {number} ({name})"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(base, root)
    children = [start(write_plan, root, plan, number)]
    if end_of(children[0]) != -signal.SIGKILL:
        tally.add("wrong_rows", [f"the child ended with code {children[0].exitcode}, not by a kill"], where)
    tally.times += 1
    tally.notes[f"at {name!r}"] += 1
    stands = check(tally, root, expected, f"{where}, before recovery", least=plan.count - 1)
    # The next one is killed as well, at one of its first points: mostly in the middle of the recovery.
    children.append(start(write_plan, root, plan, 1 + number % 5))
    if end_of(children[1]) == -signal.SIGKILL:
        tally.times += 1
        tally.notes["in the run after a kill"] += 1
    check(tally, root, expected, f"{where}, after a second kill", least=stands)
    children.append(start(write_plan, root, plan))
    if end_of(children[2]) != 0:
        tally.add("wrong_rows", [f"the last child ended with code {children[2].exitcode}"], where)
    check(tally, root, expected, f"{where}, at the end", final=plan.count)
    tally.processes_left += processes_left(child.pid for child in children)
