"""Commits to a small file system until it is full; then there is room again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.faults.interpose import FULL
from tests.faults.kills import check
from tests.faults.nth import lacks_of
from tests.faults.shards import Plan
from tests.faults.states import Expected
from tests.faults.tally import Tally
from tests.faults.writer import write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.shards import Shard

DISK_BYTES = 4 << 20
PAGE = 4096


def full_disks(folder: Path, times: int, *, seed: int = 1, shards: int = 10) -> Tally:
    """Each time the disk has a little more room than the time before, so that it is full at another moment."""
    tally = Tally("a full file system")
    expected = Expected(folder / "expected", Plan(seed, shards))
    disk = folder / "disk"
    try:
        with tally.timed(), _mounted(disk):
            sizes = _sizes(disk, expected)
            for number in range(times):
                spare = sizes[0] + (sizes[1] - sizes[0]) * (number + 1) // (times + 1)
                _fill(tally, disk, expected, spare // PAGE * PAGE)
    except OSError as error:
        tally.skipped = str(error)
    return tally


@contextmanager
def _mounted(disk: Path) -> Iterator[None]:
    """A file system in memory of a fixed size; OSError says why there can be none."""
    disk.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        raise OSError("only root of a Linux machine can mount a small file system")
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "figures-faults", str(disk)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"mount refuses: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def _sizes(disk: Path, expected: Expected) -> tuple[int, int]:
    """What is used after the first shard, and the most that is used on the way to the last."""
    used: list[int] = []

    def note(*_: object) -> None:
        used.append(shutil.disk_usage(disk).used)

    def after_shard(_: Shard) -> None:
        note()

    write(disk / "output", expected.plan.until(1).shards())
    note()
    write(disk / "output", expected.shards, on_step=note, after_shard=after_shard)
    _clear(disk)
    return used[0], max(used)


def _clear(disk: Path) -> None:
    shutil.rmtree(disk / "output")
    (disk / "ballast").unlink(missing_ok=True)


def _fill(tally: Tally, disk: Path, expected: Expected, spare: int) -> None:
    """Runs until the disk is full, looks, makes room, and runs again."""
    (disk / "ballast").write_bytes(bytes(shutil.disk_usage(disk).free - spare))
    root, done = disk / "output", 0
    where = f"{spare:,} bytes of room"

    def after_shard(shard: Shard) -> None:
        nonlocal done
        done = shard.number

    try:
        write(root, expected.shards, after_shard=after_shard)
    except Exception as error:  # noqa: BLE001 - what comes out is what is looked at
        tally.times += 1
        tally.notes[f"full after {done} of {expected.plan.count} shards"] += 1
        if lacks := lacks_of(error, root, FULL):
            tally.bad_messages += 1
            tally.notes[f"{type(error).__name__} {', '.join(lacks)}: {error}"] += 1
    else:
        tally.add("wrong_rows", ["the disk was not full: the test shows nothing"], where)
    check(tally, root, expected, f"{where}, full", least=done)
    (disk / "ballast").unlink()
    write(root, expected.shards)
    check(tally, root, expected, f"{where}, at the end", final=expected.plan.count)
    _clear(disk)
