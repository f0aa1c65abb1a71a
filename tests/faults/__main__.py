"""All fault tests at full length, with a table of what came of them: `make faults`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults.full_disk import full_disks
from tests.faults.interpose import FAULTS
from tests.faults.kills import named_kills, random_kills
from tests.faults.nth import nth_faults
from tests.faults.readers import looping_readers
from tests.faults.scratch import scratch_folder
from tests.faults.shards import Plan
from tests.faults.tally import Tally, summary
from tests.faults.whole_runs import whole_runs
from tests.faults.writers import concurrent_writers

if TYPE_CHECKING:
    from collections.abc import Callable

# A run that rewrites the files of one part, at every call; one of several parts, at every call but repeated writes.
ONE_PART = Plan(1, 4, new=1, touched=1)
MANY_PARTS = Plan(1, 9)
KINDS: dict[str, Callable[[Path], list[Tally]]] = {
    "random": lambda folder: [random_kills(folder, 200)],
    "named": lambda folder: [named_kills(folder)],
    "nth": lambda folder: nth_faults(folder, [ONE_PART], list(FAULTS)),
    "parts": lambda folder: nth_faults(folder, [MANY_PARTS], list(FAULTS), every=0),
    "full": lambda folder: [full_disks(folder, 30)],
    "writers": lambda folder: [concurrent_writers(folder, 20)],
    "readers": lambda folder: looping_readers(folder, 10_000),
    "runs": lambda folder: [whole_runs(folder, 10)],
}
# kill -9 loses nothing that was written: only what waits for a disk is worth one.
ON_DISK = ("random", "runs")


def main() -> int:
    """0 where nothing was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"{', '.join(KINDS)}; default: all")
    kinds = parser.parse_args().kinds or list(KINDS)
    if unknown := set(kinds) - set(KINDS):
        parser.error(f"no such kind: {', '.join(sorted(unknown))}")
    tallies = []
    for kind in kinds:
        begun = time.monotonic()
        print(f"{kind} …", end=" ", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(dir=None if kind in ON_DISK else scratch_folder()) as folder:
            tallies += KINDS[kind](Path(folder))
        print(f"{time.monotonic() - begun:,.0f} s", file=sys.stderr)
    print(summary(tallies))
    return int(any(not tally.is_right for tally in tallies))


if __name__ == "__main__":
    sys.exit(main())
