"""The n-th call to open, write, sync, move or remove a file fails, for n = 1, 2, … until there is none.

Runs in a process that was started with interpose.c: `nth_faults` starts it, `main` is it. Errors are met in that one
process, kills in its children.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from itertools import groupby
from pathlib import Path

from flows.errors import DatasetError
from tests.faults.interpose import FAULTS, KILL, SHORT, Fault, Interposer, build, unavailable
from tests.faults.kills import check, end_of, processes_left, start
from tests.faults.shards import Plan
from tests.faults.states import Expected
from tests.faults.tally import Tally
from tests.faults.writer import write

PROJECT = Path(__file__).parents[2]
LOCK_SECONDS = 5.0  # an error that leaves the lock held is one more error, not a test that hangs


def nth_faults(folder: Path, plans: list[Plan], faults: list[str], *, every: int = 1) -> list[Tally]:
    """Each fault at each call of a run that commits the last shard of each plan.

    `every` above 1 leaves out most of the calls: of writes to one file that follow each other all but the first two
    and the last, and of what then remains all but one in `every`. 0 leaves out only the former.
    """
    if reason := unavailable():
        return [Tally(FAULTS[name].name, skipped=reason) for name in faults]
    options = {"folder": str(folder), "plans": [[p.seed, p.count, p.new, p.touched] for p in plans]}
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.nth", json.dumps(options | {"faults": faults, "every": every})],
        env=os.environ | {"LD_PRELOAD": str(build(folder))},
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        check=True,
    )
    return [Tally.from_dict(values) for values in json.loads(done.stdout)]


def main() -> None:
    """Prints what came of it as JSON."""
    options = json.loads(sys.argv[1])
    tallies = [Tally(FAULTS[name].name) for name in options["faults"]]
    for plan in options["plans"]:
        with tempfile.TemporaryDirectory(dir=options["folder"]) as scratch:
            ground = Ground(Path(scratch), Plan(*plan))
            for name, tally in zip(options["faults"], tallies, strict=True):
                with tally.timed():
                    NthFaults(ground, FAULTS[name], tally).all(options["every"])
    print(json.dumps([tally.to_dict() for tally in tallies]))


class Ground:
    """A dataset before the run that meets the faults, and what it must be after it."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.plan = plan
        self.expected = Expected(folder / "expected", plan)
        self.base, self.root = folder / "before", folder / "output"
        write(self.base, plan.until(plan.count - 1).shards())

    def restore(self) -> None:
        """Puts the dataset back as it was before."""
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self.base, self.root)


class NthFaults:
    """One fault at call after call of the run that commits a plan's last shard."""

    def __init__(self, ground: Ground, fault: Fault, tally: Tally) -> None:
        self.ground, self.fault, self.tally = ground, fault, tally
        self.plan, self.root, self.expected = ground.plan, ground.root, ground.expected
        self.interposer = Interposer()

    def all(self, every: int) -> None:
        """Until no call is left, or at the calls chosen."""
        if every == 1:
            nth = 1
            while self.one(nth):
                nth += 1
            return
        self.ground.restore()
        self.interposer.arm(self.root, self.fault, 0)
        self._run()
        self.interposer.disarm()
        for nth in chosen(self.interposer.hit().splitlines())[:: max(1, every)]:
            self.one(nth)

    def one(self, nth: int) -> bool:
        """The fault at the n-th call, and the run after it; whether there was such a call."""
        self.ground.restore()
        hit, error = self._killed(nth) if self.fault is KILL else self._failed(nth)
        if not hit:
            return False
        self.tally.times += 1
        where = f"call {nth} ({hit})"
        check(self.tally, self.root, self.expected, f"{where}, before recovery", least=self.plan.count - 1)
        if self.fault is not KILL:
            self._judge(error, hit)
        if again := self._run():
            self.tally.add("wrong_rows", [f"the next run fails: {again!r}"], where)
        check(self.tally, self.root, self.expected, f"{where}, at the end", final=self.plan.count)
        return True

    def _run(self) -> Exception | None:
        try:
            write(self.root, self.plan.shards(), wait_seconds=LOCK_SECONDS)
        except Exception as error:  # noqa: BLE001 - what comes out is what is looked at
            return error
        return None

    def _failed(self, nth: int) -> tuple[str, Exception | None]:
        """The call that failed, empty where there are not so many, and the error that came out of the run."""
        self.interposer.arm(self.root, self.fault, nth)
        error = self._run()
        self.interposer.disarm()
        return self.interposer.hit(), error

    def _killed(self, nth: int) -> tuple[str, None]:
        """The same for a child that is killed at the call."""
        child = start(_write_armed, self.root, self.plan, nth)
        code = end_of(child)
        if code not in (0, -9):
            self.tally.add("wrong_rows", [f"the child ended with code {code}"], f"call {nth}")
        self.tally.processes_left += processes_left([child.pid])
        return ("the kill" if code == -9 else ""), None

    def _judge(self, error: Exception | None, hit: str) -> None:
        """Whether an error is one for people: of our own, with path and cause."""
        call = _general(hit)
        if error is None:
            if self.fault is not SHORT:
                self.tally.notes[f"no error: {call}"] += 1
            return
        if self.fault is SHORT:
            self.tally.add("wrong_rows", [f"a short write is an error: {error!r}"], call)
            return
        lacks = lacks_of(error, self.root, self.fault)
        if not lacks:
            return
        self.tally.bad_messages += 1
        finding = (
            f"{call}: {type(error).__name__} {', '.join(lacks)}: {_general(str(error).replace(str(self.root), ''))}"
        )
        self.tally.notes[finding] += 1


def lacks_of(error: Exception, root: Path, fault: Fault) -> list[str]:
    """What an error lacks for people: to be one of ours, to name a path, to name the cause."""
    message, lacks = str(error), []
    if not isinstance(error, DatasetError):
        lacks.append("is no DatasetError")
    if str(root) not in message:
        lacks.append("names no path")
    if not any(cause in message for cause in fault.causes):
        lacks.append("names no cause")
    return lacks


def _write_armed(root: Path, plan: Plan, nth: int) -> None:
    Interposer().arm(root, KILL, nth)
    write(root, plan.shards())


def chosen(calls: list[str]) -> list[int]:
    """Numbers from 1 of these calls, without the middle of writes to one file that follow each other."""
    numbers: list[int] = []
    runs = groupby(enumerate(calls, 1), key=lambda call: call[1])
    for _, run in runs:
        same = [number for number, _ in run]
        numbers += same if len(same) <= 3 else [*same[:2], same[-1]]
    return numbers


def _general(text: str) -> str:
    """The text without what differs from call to call: names of runs, numbers of parts and commits."""
    return re.sub(r"\d{2,}", "N", re.sub(r"run-[0-9a-f]{12}", "run", text))


if __name__ == "__main__":
    main()
