"""`figures check`: whether a dataset on disk is what its declarations and its ledger say. It only reads."""

from __future__ import annotations

import sqlite3
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
from flows.dataset.ledger_view import LedgerDamagedError, LedgerView, is_newer
from flows.dataset.snapshot import open_snapshot
from flows.errors import DatasetError
from transforms.tables import RUNS
from transforms.validate import find_violations

if TYPE_CHECKING:
    from flows.dataset.paths import DatasetPaths
    from flows.dataset.snapshot import Snapshot


def check_dataset(paths: DatasetPaths) -> Report:
    """Everything that is not as it should be; no writer is kept waiting, and none waited for.

    DatasetError where there is no dataset, or its files cannot be opened.
    """
    began = time.monotonic()
    report = Report(str(paths.root))
    with ExitStack() as stack:
        snapshot, ledger = _open(report, paths, stack)
        parts = Parts(paths, snapshot)
        check_files(report, parts, ledger.part_numbers() if ledger else None)
        rows = RowCheck(report, parts, _check_runs(report, parts, ledger))
        sources = LedgerCheck(report, ledger, parts) if ledger else None
        for number in parts.numbers():
            keys = rows.part(number)
            if sources:
                sources.part(number, keys)
        rows.finish()
        if sources:
            sources.finish()
        if ledger:
            _check_article_count(report, parts, ledger, rows.article_count)
            check_hashes(report, parts, ledger.files())
            _check_journal(report, paths, ledger)
        pending = {paths.root / staged for staged, _ in ledger.moves()} if ledger else set()
        check_leftovers(report, paths, pending, ledger.files() if ledger else None)
    report.seconds = time.monotonic() - began
    return report


def _open(report: Report, paths: DatasetPaths, stack: ExitStack) -> tuple[Snapshot, LedgerView | None]:
    """The files and the ledger as of one moment; the files as they stand where no ledger can be trusted."""
    name = paths.ledger.relative_to(paths.root).as_posix()
    if not paths.ledger.exists():
        message = "There is no ledger: the next run, or --repair, makes it anew from the tables."
        report.add(ERROR, "ledger_missing", message, file=name)
    elif is_newer(paths.ledger):
        message = "The ledger is of a later version of figures: upgrade. Only the tables were checked."
        report.add(ERROR, "ledger_version", message, file=name)
    else:
        try:
            snapshot = stack.enter_context(open_snapshot(paths, with_ledger=True))
            assert snapshot.ledger is not None, "asked for"
            return snapshot, LedgerView(snapshot.ledger)
        except LedgerDamagedError as error:
            reason: BaseException = error
        except DatasetError as error:
            # Locked for long, or not ours to read: the one who checks must know, and no repair would help.
            if type(error.__cause__) is not sqlite3.DatabaseError:
                raise
            reason = error.__cause__
        message = f"The ledger is damaged ({reason}): --repair makes it anew from the tables."
        report.add(ERROR, "ledger_damaged", message, file=name)
    return stack.enter_context(open_snapshot(paths, trust_ledger=False)), None


def _check_journal(report: Report, paths: DatasetPaths, ledger: LedgerView) -> None:
    """What a killed run has left unfinished; a living one is none of our business."""
    if writer_is_alive(paths):
        return
    if moves := [target for _, target in ledger.moves()]:
        message = (
            "A run was killed between its commit and the moving of its files: until the next run, or --repair, moves "
            "them, the folders hold some files from before. What follows from the commit was checked."
        )
        report.add(WARNING, "pending_moves", message, file=moves[0], examples=moves)
    if runs := ledger.open_runs():
        message = "Runs that were killed: the next run notes them in the runs table."
        report.add(WARNING, "open_run", message, rows=len(runs), examples=runs)


def _check_runs(report: Report, parts: Parts, ledger: LedgerView | None) -> pa.Table | None:
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
    if not parts.has_all("runs"):
        return None
    ids = runs["run_id"].to_pylist() + (ledger.open_runs() if ledger else [])
    return pa.table({"run_id": pa.array(ids, pa.string())})


def _check_article_count(report: Report, parts: Parts, ledger: LedgerView, found: int) -> None:
    """Whether the last run counted the articles there are, where nothing was committed since."""
    if ledger.open_runs() or not (parts.has_all("runs") and parts.has_all("articles")):
        return
    names = ["run_id", "started_at", "status", "article_count"]
    runs = [run for number in parts.numbers(("runs",)) for run in parts.read("runs", number, names).to_pylist()]
    last = max(runs, key=lambda run: (run["started_at"], run["run_id"]), default=None)
    if last and last["status"] != "interrupted" and last["article_count"] != found:
        message = (
            f"The last run counted {last['article_count']:,} articles, the table has {found:,}: --repair looks in the "
            "ledger for what is missing, and counts anew."
        )
        report.add(ERROR, "article_count", message, table="runs", rows=1, examples=[last["run_id"]])
