"""What a run did, for people: numbers, exit code, Prefect artifacts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from flows.dataset.changes import SOURCE_COUNTS
from flows.dataset.paths import DatasetPaths
from flows.dataset.rows import open_part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.settings import RunSettings

# Prefect keeps an artifact as JSON in its database, and shows it on one page.
MOST_REJECTS = 100
SHOWN_REJECTS = ("source_uri", "stage", "code", "message")


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
    moved_count: int
    refused_count: int  # of the sources found, how many are rejects: this time, or known to be
    vanished_count: int
    pruned_count: int
    names: dict[str, str]
    warnings: tuple[str, ...]
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
    row_counts: dict[str, int],
    warnings: tuple[str, ...],
) -> RunSummary:
    """The summary of a run whose rows are all written."""
    discovered = counts["discovered"]
    refused = counts.get("rejected", 0) + counts.get("known_rejects", 0)
    usable = discovered - refused - counts.get("skipped", 0) + counts.get("left", 0)
    problem = None
    is_limited = not settings.retry_rejects and discovered >= settings.reject_limit_from
    if usable <= 0 and not settings.retry_rejects:
        problem = "Nothing usable was found: every source was rejected."
    elif is_limited and refused / discovered > settings.reject_limit:
        problem = f"{refused} of {discovered} sources are rejects, more than the limit of {settings.reject_limit:.0%}."
    return RunSummary(
        run_id=run_id,
        output=str(paths.root),
        seconds=seconds,
        counts={name: counts.get(name, 0) for name in ("discovered", *SOURCE_COUNTS)},
        row_counts=row_counts,
        reject_codes=_reject_codes(paths),
        row_reject_count=counts.get("row_rejects", 0),
        refused_count=refused,
        moved_count=counts.get("moved", 0),
        vanished_count=counts.get("vanished", 0),
        pruned_count=counts.get("pruned", 0),
        names=names,
        warnings=warnings,
        problem=problem,
    )


def dropped_rows(before: dict[str, int], after: dict[str, int], limit: float) -> Iterator[str]:
    """A warning for each table that lost more than this share of its rows."""
    for name, rows in before.items():
        lost = rows - after.get(name, 0)
        if lost > limit * rows and name != "rejects":
            yield f"{name} has {lost} rows fewer than before this run ({rows} → {after.get(name, 0)})."


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
    lines += [line for warning in summary.warnings for line in ("", f"Warning: {warning}")]
    if summary.problem:
        lines += ["", f"**{summary.problem}**"]
    return "\n".join(lines)


def run_name(summary: RunSummary) -> str:
    """What a run did, short enough for a list of runs."""
    done = [f"{value:,} {name}" for name, value in summary.counts.items() if value and name in SOURCE_COUNTS]
    if summary.vanished_count:
        done.append(f"{summary.vanished_count:,} vanished")
    return f"{summary.run_id}: {', '.join(done) or 'no pages'}"


def reject_table(summary: RunSummary) -> list[dict[str, str | None]]:
    """The first rejects of this run as rows of a Prefect table artifact."""
    rows: list[dict[str, str | None]] = []
    for path in DatasetPaths(Path(summary.output)).parts("rejects"):
        ours = open_part(path).read(columns=["run_id", *SHOWN_REJECTS])
        ours = ours.filter(pc.equal(ours["run_id"], summary.run_id)).slice(0, MOST_REJECTS - len(rows))
        rows += ours.drop_columns(["run_id"]).to_pylist()
    return rows


def _reject_codes(paths: DatasetPaths) -> dict[str, int]:
    codes: Counter[str] = Counter()
    for path in paths.parts("rejects"):
        codes.update(open_part(path).read(columns=["code"])["code"].to_pylist())
    return dict(codes.most_common())
