"""What a repair puts aside: files that cannot be read, files that belong to no table, a ledger that is none."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from itertools import count
from typing import TYPE_CHECKING

from flows.dataset.ledger import Ledger
from flows.dataset.ledger_view import LedgerDamagedError, LedgerView, is_newer
from flows.dataset.paths import part_number
from flows.dataset.storage import make_folder, naming, sync_path
from flows.errors import DatasetError
from transforms.tables import TABLES

if TYPE_CHECKING:
    from collections import Counter
    from pathlib import Path

    from flows.dataset.paths import DatasetPaths

STAGED = ".staged"


def put_aside(paths: DatasetPaths, path: Path) -> Path:
    """Moves what no reader should meet to `_state/damaged`, under a name that no reader takes for a table."""
    folder = paths.damaged
    make_folder(folder)
    for number in count():
        target = folder / f"{path.parent.name}-{path.name}.{number}"
        if not target.exists():
            break
    with naming(path):
        path.rename(target)
    sync_path(path.parent)
    return target


def open_or_replace(paths: DatasetPaths, mended: Counter[str]) -> tuple[Ledger, set[int]]:
    """The ledger, a new one where it is damaged or lost; and the parts that nobody knows to be whole.

    A damaged ledger is kept beside the new one, as `ledger.damaged-0` and on. Files of a commit that it still
    names are moved to their places; parts of which other files are staged may be old in one table and new in another.
    DatasetError for the ledger of a later version.
    """
    if is_newer(paths.ledger):
        raise DatasetError(f"{paths.ledger} was written by a later version of figures: upgrade to repair this dataset")
    is_lost = not paths.ledger.exists()
    if not is_lost and _is_damaged(paths.ledger):
        _finish_moves(paths)
        _set_ledger_aside(paths)
        is_lost = True
    if not is_lost:
        return Ledger(paths.ledger), set()
    mended["ledger made anew from the tables"] += 1
    staged = (path.name.removesuffix(STAGED).rpartition("-")[2] for path in paths.staging.rglob(f"*{STAGED}"))
    return Ledger(paths.ledger), {int(digits) for digits in staged if digits.isdigit()}


def _is_damaged(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(path)) as connection:
            LedgerView(connection)
    except (sqlite3.DatabaseError, LedgerDamagedError):
        return True
    return False


def _finish_moves(paths: DatasetPaths) -> None:
    """Moves the files that a damaged ledger says are committed, as far as it can still say so."""
    try:
        with closing(sqlite3.connect(paths.ledger)) as connection:
            moves = connection.execute("SELECT staged, target FROM moves").fetchall()
    except sqlite3.Error:
        return
    for staged, target in moves:
        path, place = paths.root / str(staged), paths.root / str(target)
        is_part = part_number(place) is not None and place.parent in map(paths.table, TABLES)
        if is_part and path.is_relative_to(paths.staging) and path.is_file():
            with naming(place):
                path.replace(place)


def _set_ledger_aside(paths: DatasetPaths) -> None:
    number = next(n for n in count() if not paths.ledger.with_name(f"ledger.damaged-{n}").exists())
    # The journal first: beside a new ledger SQLite would take it for that one's.
    for suffix in ("-journal", ""):
        file = paths.ledger.with_name(paths.ledger.name + suffix)
        with naming(file), suppress(FileNotFoundError):
            file.rename(paths.ledger.with_name(f"ledger.damaged-{number}{suffix}"))
    sync_path(paths.state)
