"""A ledger made anew from the Parquet files, and one that forgets what is no longer there."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from flows.dataset.ledger import Ledger, PartFile
from flows.dataset.paths import PART_TABLES, part_number
from flows.dataset.rows import open_part
from flows.dataset.source_rows import STATE_COLUMNS, states_of_part
from flows.dataset.storage import naming
from flows.errors import DatasetError
from transforms.tables import TABLES
from transforms.version import SCHEMA_VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from flows.dataset.commit import Commit
    from flows.dataset.paths import DatasetPaths


def prepare(commit: Commit) -> None:
    """Brings a dataset in order for its writer: what a killed run left, lost files, files of an earlier schema.

    DatasetError where that cannot be done without losing rows.
    """
    _refuse_later(commit.paths, commit.ledger.schema_version)
    commit.recover()
    reconcile(commit.paths, commit.ledger)
    commit.upgrade()


def reconcile(paths: DatasetPaths, ledger: Ledger) -> int:
    """Brings the ledger in line with the files; returns how many sources it will read again.

    A lost ledger is rebuilt from articles and rejects (fingerprints are lost: every source is read and hashed
    once). Where a part's file was deleted, the part's sources are extracted again. DatasetError where a file is
    not as it was left: whatever changed it, rows would be lost without a word.
    """
    known = ledger.part_numbers()
    if not ledger.parts() and any(paths.parts(name) for name in TABLES):
        adopt_files(paths, ledger)
        if not known:
            return _rebuild(paths, ledger)
    _refuse_strangers(paths, ledger)
    lost = [n for n in known if any(not paths.part(name, n).exists() for name in PART_TABLES)]
    return ledger.extract_again(parts=lost) if lost else 0


def adopt_files(paths: DatasetPaths, ledger: Ledger) -> None:
    """Takes the files as they are. DatasetError where one is of a later version."""
    files, versions = {}, {SCHEMA_VERSION}
    for name in TABLES:
        for path in paths.parts(name):
            with naming(path):
                metadata = pq.read_metadata(path)
                with path.open("rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
                files[name, paths.number(path)] = PartFile(path.stat().st_size, digest, metadata.num_rows)
                versions.add(schema_version(metadata.schema.to_arrow_schema()))
    _refuse_later(paths, max(versions))
    with ledger.transaction():
        ledger.do("DELETE FROM parts")
        ledger.save_parts(files)
        ledger.schema_version = min(versions)


def schema_version(schema: pa.Schema) -> int:
    """The version of the tables that a file with this schema is of."""
    return int((schema.metadata or {}).get(b"schema_version", 0))


def _refuse_later(paths: DatasetPaths, version: int) -> None:
    """DatasetError where the dataset's tables are newer than this program."""
    if version > SCHEMA_VERSION:
        raise DatasetError(
            f"{paths.root} has tables of schema version {version}; this figures knows {SCHEMA_VERSION}. "
            "Upgrade it, or write to another --output."
        )


def _refuse_strangers(paths: DatasetPaths, ledger: Ledger) -> None:
    parts = ledger.parts()
    for name in TABLES:
        # A reader of the folder takes all of these for the table.
        for path in sorted(paths.table(name).glob("*.parquet")):
            part = parts.get((name, number)) if (number := part_number(path)) is not None else None
            size = path.stat().st_size
            if part is None or part.bytes != size:
                was = f"{part.bytes} bytes" if part else "not there"
                raise DatasetError(
                    f"{path} is not as figures left it ({size} bytes; it was {was}). "
                    f"`figures check {paths.root} --repair` says what is wrong and mends it."
                )


def _rebuild(paths: DatasetPaths, ledger: Ledger) -> int:
    count = 0
    with ledger.transaction():
        for number in sorted({paths.number(path) for table in STATE_COLUMNS for path in paths.parts(table)}):
            rows = {table: _rows(paths.part(table, number), names) for table, names in STATE_COLUMNS.items()}
            states = states_of_part(number, rows["articles"], rows["rejects"])
            ledger.upsert(states.values())
            count += len(states)
    return count


def _rows(path: Path, columns: list[str]) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    with naming(path):
        rows: list[dict[str, Any]] = open_part(path).read(columns=columns).to_pylist()
    return rows
