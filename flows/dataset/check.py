"""`figures check`: whether a dataset on disk is what its declarations and its ledger say. It only reads."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pyarrow as pa

from flows.dataset.check_files import (
    UNREADABLE,
    Parts,
    check_files,
    check_hashes,
    check_leftovers,
    writer_is_alive,
)
from flows.dataset.check_ledger import LedgerCheck
from flows.dataset.check_rows import RowCheck
from flows.dataset.findings import ERROR, EXAMPLES, WARNING, Report
from flows.dataset.ledger_copy import LedgerCopy
from flows.dataset.paths import part_number
from flows.errors import DatasetError
from transforms.tables import RUNS
from transforms.validate import find_violations

if TYPE_CHECKING:
    from pathlib import Path

    from flows.dataset.paths import DatasetPaths


def check_dataset(paths: DatasetPaths) -> Report:
    """Everything that is not as it should be; a writer is neither kept waiting nor waited for."""
    began = time.monotonic()
    report = Report(str(paths.root))
    with ExitStack() as stack:
        ledger = _open_ledger(report, paths, stack)
        pending = _pending(paths, ledger)
        parts = Parts(paths, stack, pending)
        check_files(report, parts, ledger.part_numbers() if ledger else None)
        run_ids = _check_runs(report, parts, ledger)
        rows = RowCheck(report, parts, run_ids)
        sources = LedgerCheck(report, ledger, parts) if ledger else None
        for number in parts.numbers():
            keys = rows.part(number)
            if sources:
                sources.part(number, keys)
        is_complete = all(parts.has("articles", number) for number in parts.numbers())
        rows.finish(is_complete)
        if is_complete:
            _check_article_count(report, parts, ledger, rows.article_count)
        if sources:
            sources.finish()
        if ledger and (files := ledger.files()) is not None:
            check_hashes(report, parts, files)
        _check_journal(report, paths, ledger, pending)
        check_leftovers(report, paths, pending)
    report.seconds = time.monotonic() - began
    return report


def _open_ledger(report: Report, paths: DatasetPaths, stack: ExitStack) -> LedgerCopy | None:
    name = paths.ledger.relative_to(paths.root).as_posix()
    if not paths.ledger.exists():
        message = "There is no ledger: the next run, or --repair, makes it anew from the tables."
        report.add(ERROR, "ledger_missing", message, file=name)
        return None
    try:
        ledger = stack.enter_context(LedgerCopy(paths.ledger))
    except DatasetError as error:
        report.add(ERROR, "ledger_damaged", f"{error}. --repair makes it anew from the tables.", file=name)
        return None
    if ledger.is_newer:
        message = "The ledger is of a later version of figures: upgrade. It was left out of this check."
        report.add(ERROR, "ledger_version", message, file=name)
        return None
    return ledger


def _pending(paths: DatasetPaths, ledger: LedgerCopy | None) -> dict[tuple[str, int], Path]:
    """Staged files that a killed commit has not moved to their names."""
    found = {}
    for staged, target in ledger.moves() if ledger else ():
        number = part_number(paths.root / target)
        if number is not None and (paths.root / staged).exists():
            found[target.split("/")[0], number] = paths.root / staged
    return found


def _check_journal(
    report: Report, paths: DatasetPaths, ledger: LedgerCopy | None, pending: dict[tuple[str, int], Path]
) -> None:
    """What a killed run has left unfinished; a living one is none of our business."""
    if ledger is None or writer_is_alive(paths):
        return
    if ledger.moves():
        message = (
            f"A run was killed when it had committed and {len(pending)} files were still to be moved: until the next "
            "run, or --repair, moves them, the tables are partly those from before."
        )
        report.add(WARNING, "pending_moves", message, examples=[target for _, target in ledger.moves()])
    if runs := ledger.open_runs():
        message = "Runs that were killed: the next run notes them in the runs table."
        report.add(WARNING, "open_run", message, rows=len(runs), examples=runs)


def _check_runs(report: Report, parts: Parts, ledger: LedgerCopy | None) -> pa.Table | None:
    """Checks the runs; returns the ids that rows may name, None where they are not all known."""
    tables = []
    for number in parts.numbers(("runs",)):
        try:
            if parts.has("runs", number):
                tables.append(parts.read("runs", number, list(RUNS.names)))
        except UNREADABLE as error:
            parts.put_out(report, "runs", number, error)
    runs = pa.concat_tables([RUNS.schema.empty_table(), *tables])
    by_message: dict[tuple[str, str], list[str]] = {}
    for violation in find_violations(RUNS, runs, {}):
        by_message.setdefault((violation.code, violation.message), []).append(violation.row_key)
    for (code, message), keys in by_message.items():
        advice = "please report this; --repair removes the row" if code == "balance" else "--repair removes the row"
        report.add(
            ERROR, code, f"{message}: {advice}.", table="runs", file="runs", rows=len(keys), examples=keys[:EXAMPLES]
        )
    if not all(parts.has("runs", number) for number in parts.numbers(("runs",))) or any(
        table == "runs" for table, _ in parts.damaged
    ):
        return None
    ids = runs["run_id"].to_pylist() + (ledger.open_runs() if ledger else [])
    return pa.table({"run_id": pa.array(ids, pa.string())})


def _check_article_count(report: Report, parts: Parts, ledger: LedgerCopy | None, found: int) -> None:
    """Whether the last run counted the articles there are, where nothing was committed since."""
    if ledger is None or ledger.open_runs() or not all(parts.has("runs", n) for n in parts.numbers(("runs",))):
        return
    names = ["run_id", "started_at", "status", "article_count"]
    runs = [r for number in parts.numbers(("runs",)) for r in parts.read("runs", number, names).to_pylist()]
    last = max(runs, key=lambda run: (run["started_at"], run["run_id"]), default=None)
    if last and last["status"] != "interrupted" and last["article_count"] != found:
        message = (
            f"The last run counted {last['article_count']:,} articles; the table has {found:,}. --repair looks for "
            "what is missing in the ledger, and counts anew."
        )
        report.add(ERROR, "article_count", message, table="runs", rows=1, examples=[last["run_id"]])
