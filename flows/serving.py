"""What the processes of a schedule know of each other."""

from __future__ import annotations

import os

from flows.processes import end_with_process

# Set by `figures serve` for the flow runs it starts: its process number.
SERVED_BY = "FIGURES_SERVED_BY"


def end_with_server() -> None:
    """Makes a flow run that `figures serve` has started end with it, also when that is killed."""
    pid = os.environ.get(SERVED_BY)
    if pid and not end_with_process(int(pid)):
        raise SystemExit(f"figures serve (process {pid}), which has started this run, is gone.")
