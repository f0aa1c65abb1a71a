"""What a run did, for people: numbers, exit code, Prefect artifacts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from flows.dataset.changes import SOURCE_COUNTS
from flows.dataset.describe import row_counts

if TYPE_CHECKING:
    from flows.dataset.paths import DatasetPaths
    from flows.settings import RunSettings


@dataclass(frozen=True, slots=True)
class RunSummary:
    """The result of a run."""

    run_id: str
    output: str
    seconds: float
    counts: dict[str, int]  # discovered, and the five it is the sum of
    row_counts: dict[str, int]  # rows of each table now
    reject_codes: dict[str, int]  # rows of rejects now, by code, most frequent first
    row_reject_count: int
    refused_count: int  # of the sources found, how many are rejects: this time, or known to be
    vanished_count: int
    names: dict[str, str]
    problem: str | None  # why the run counts as failed though all was written, or None

    @property
    def exit_code(self) -> int:
        return 1 if self.problem else 0


def summarize(
    paths: DatasetPaths,
    settings: RunSettings,
    *,
    run_id: str,
    counts: dict[str, int],
    seconds: float,
    names: dict[str, str],
    vanished_count: int,
) -> RunSummary:
    """The summary of a run whose rows are all written."""
    discovered = counts["discovered"]
    refused = counts.get("rejected", 0) + counts.get("known_rejects", 0)
    usable = discovered - refused - counts.get("skipped", 0)
    problem = None
    if usable <= 0:
        problem = "Nothing usable was found: every source was rejected."
    elif discovered >= settings.reject_limit_from and refused / discovered > settings.reject_limit:
        problem = f"{refused} of {discovered} sources are rejects, more than the limit of {settings.reject_limit:.0%}."
    return RunSummary(
        run_id=run_id,
        output=str(paths.root),
        seconds=seconds,
        counts={name: counts.get(name, 0) for name in ("discovered", *SOURCE_COUNTS)},
        row_counts=row_counts(paths),
        reject_codes=_reject_codes(paths),
        row_reject_count=counts.get("row_rejects", 0),
        refused_count=refused,
        vanished_count=vanished_count,
        names=names,
        problem=problem,
    )


def summary_table(summary: RunSummary) -> list[dict[str, str | int]]:
    """The counts as rows of a Prefect table artifact."""
    rows: list[dict[str, str | int]] = [{"what": f"sources {k}", "count": v} for k, v in summary.counts.items()]
    rows += [{"what": f"rows in {k}", "count": v} for k, v in summary.row_counts.items()]
    return rows


def summary_markdown(summary: RunSummary) -> str:
    """The summary as a Prefect markdown artifact."""
    counts = ", ".join(f"{value} {name}" for name, value in summary.counts.items())
    lines = [
        f"# Run {summary.run_id}",
        f"{counts}, in {summary.seconds:.1f} s, written to `{summary.output}`.",
        "",
        "| table | rows |",
        "|---|---:|",
        *(f"| {name} | {rows} |" for name, rows in summary.row_counts.items()),
    ]
    if summary.reject_codes:
        lines += ["", "| reject | rows |", "|---|---:|"]
        lines += [f"| {code} | {rows} |" for code, rows in summary.reject_codes.items()]
    if summary.problem:
        lines += ["", f"**{summary.problem}**"]
    return "\n".join(lines)


def _reject_codes(paths: DatasetPaths) -> dict[str, int]:
    codes: Counter[str] = Counter()
    for path in paths.parts("rejects"):
        codes.update(pq.ParquetFile(path).read(columns=["code"])["code"].to_pylist())
    return dict(codes.most_common())
