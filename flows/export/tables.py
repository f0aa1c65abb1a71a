"""One export: the dataset as of one moment, written beside its destination and put in place when it is complete."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from flows.dataset.snapshot import open_snapshot
from flows.dataset.storage import sync_path
from flows.errors import TargetError
from flows.export.csv_folder import write_csv_folder
from flows.export.database import write_database
from flows.export.workbook import write_workbook
from transforms.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from flows.dataset.paths import DatasetPaths
    from flows.dataset.snapshot import Snapshot

    # Writes the tables named to a path that does not exist yet; returns what its user should know besides.
    Writer = Callable[[Snapshot, Sequence[str], Path], list[str]]

Format = Literal["csv", "xlsx", "duckdb"]
WRITERS: dict[Format, Writer] = {"csv": write_csv_folder, "xlsx": write_workbook, "duckdb": write_database}


def export_tables(
    paths: DatasetPaths, format_: Format, target: Path, names: Sequence[str] = (), *, overwrite: bool = False
) -> tuple[dict[str, int], list[str]]:
    """Writes tables (all, where none is named) to `target`; returns their rows, and what its user should know.

    TargetError where the target is refused, DatasetError where the dataset cannot be read, ExportError or OSError
    where writing fails. An export that fails leaves the target as it was, and nothing beside it.
    """
    names = [name for name in TABLES if not names or name in names]
    _check_target(paths, format_, target, overwrite=overwrite)
    with open_snapshot(paths, names) as snapshot, _complete(target) as unfinished:
        notes = WRITERS[format_](snapshot, names, unfinished)
        return {name: snapshot.rows(name) for name in names}, notes


def _check_target(paths: DatasetPaths, format_: Format, target: Path, *, overwrite: bool) -> None:
    place, dataset = target.resolve(), paths.root.resolve()
    if not place.parent.is_dir():
        raise TargetError(f"{place.parent} is no folder: make it first, or choose another place for {target.name}")
    if format_ == "xlsx" and place.suffix.lower() != ".xlsx":
        raise TargetError(f"{target} does not end in .xlsx: Excel would not open it")
    if any(place.is_relative_to(dataset / name) for name in (*TABLES, "_state")):
        raise TargetError(f"{target} lies inside the dataset, where readers expect its own files: choose another place")
    journal = place.with_name(f"{place.name}.wal")
    if format_ == "duckdb" and journal.exists():
        # DuckDB would add it to the new file.
        raise TargetError(f"{journal} is there: {target} is open in another program, or one was killed. Close it first")
    if not target.exists() and not target.is_symlink():
        return
    if not overwrite:
        raise TargetError(f"{target} is there already: choose another place, or replace it with --overwrite")
    if format_ != "csv":
        if not place.is_file():
            raise TargetError(f"{target} is not a file, so --overwrite does not replace it: choose another place")
    elif not place.is_dir() or (others := _others(place)):
        found = "is a file" if not place.is_dir() else f"holds {', '.join(others[:3])}, which no export wrote"
        raise TargetError(f"{target} {found}, so --overwrite does not replace it: choose another place")


def _others(folder: Path) -> list[str]:
    """What is in the folder besides earlier exports."""
    ours = {f"{name}.csv" for name in TABLES}
    return sorted(path.name for path in folder.iterdir() if path.name not in ours or not path.is_file())


@contextmanager
def _complete(target: Path) -> Iterator[Path]:
    """A path to write to, beside the target; what is there in the end takes the target's place, or none of it."""
    place = target.resolve()
    # A folder of its own: databases and workbooks write further files while they are made.
    workshop = Path(tempfile.mkdtemp(prefix=f".{place.name}.", suffix=".exporting", dir=place.parent))
    try:
        unfinished = workshop / place.name
        yield unfinished
        for path in [*unfinished.iterdir(), unfinished] if unfinished.is_dir() else [unfinished]:
            sync_path(path)
        _put_in_place(unfinished, place, workshop / "replaced")
        sync_path(place.parent)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _put_in_place(unfinished: Path, place: Path, aside: Path) -> None:
    if not place.is_dir():
        unfinished.replace(place)
        return
    # A folder that is not empty cannot be replaced in one step.
    place.rename(aside)
    try:
        unfinished.rename(place)
    except BaseException:
        aside.rename(place)
        raise
