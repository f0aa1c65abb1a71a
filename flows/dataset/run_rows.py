"""Rows of the runs table, from what the ledger notes of runs that have begun."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flows.dataset.changes import SOURCE_COUNTS


def run_row(open_run: dict[str, Any], status: str, finished_at: datetime | None) -> dict[str, Any]:
    """A row of the runs table; a run that did not complete has discovered only what it got to."""
    counts = open_run["counts"]
    return {
        "run_id": open_run["run_id"],
        "started_at": datetime.fromisoformat(open_run["started_at"]),
        "finished_at": finished_at,
        "status": status,
        "parameters": open_run["parameters"],
        "discovered_count": sum(counts.get(name, 0) for name in SOURCE_COUNTS),
        **{f"{name}_count": counts.get(name, 0) for name in SOURCE_COUNTS},
        "row_reject_count": counts.get("row_rejects", 0),
        **{f"{name}_count": counts.get(name, 0) for name in ("moved", "vanished", "pruned")},
        "article_count": 0,
        "versions": open_run["versions"],
    }
