"""The check of a dataset's files: which there are, whether they can be read, whether they are the committed ones."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import replace
from hashlib import file_digest
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from flows.dataset.describe import descriptions
from flows.dataset.findings import ERROR, WARNING
from flows.dataset.paths import PART_TABLES, part_number
from flows.dataset.rebuild import schema_version
from transforms.errors import TableError
from transforms.frames import conform_table
from transforms.tables import TABLES
from transforms.version import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from flows.dataset.findings import Report
    from flows.dataset.ledger import PartFile
    from flows.dataset.paths import DatasetPaths
    from flows.dataset.snapshot import Snapshot
    from transforms.table_spec import TableSpec

UNREADABLE = (pa.ArrowException, OSError, TableError)
LATER_SCHEMA = "later_schema"
AGAIN = "--repair puts it aside and has its pages extracted again by the next run"


class Parts:
    """The part files of a snapshot, by table and number; those that turn out to be damaged are left out."""

    def __init__(self, paths: DatasetPaths, snapshot: Snapshot) -> None:
        self.paths = paths
        self.damaged: set[tuple[str, int]] = set()
        self._files = {(name, part.number): part for name, parts in snapshot.parts.items() for part in parts}

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return iter(self._files)

    def numbers(self, tables: tuple[str, ...] = PART_TABLES) -> list[int]:
        """The numbers of all parts, in order."""
        return sorted({number for table, number in self._files if table in tables})

    def has(self, table: str, number: int) -> bool:
        """Whether the part has a file of this table that can be read."""
        return (table, number) in self._files and (table, number) not in self.damaged

    def has_all(self, table: str) -> bool:
        """Whether all files of this table are there and can be read."""
        return all(name != table for name, _ in self.damaged)

    def size(self, table: str, number: int) -> int:
        return self._files[table, number].size

    def sha256(self, table: str, number: int) -> str:
        handle = self._files[table, number].handle
        handle.seek(0)
        return file_digest(handle, "sha256").hexdigest()

    def open(self, table: str, number: int) -> pq.ParquetFile:
        # A reader of its own each time: what an earlier one has buffered is let go with it.
        return pq.ParquetFile(self._files[table, number].handle)

    def read(self, table: str, number: int, columns: list[str]) -> pa.Table:
        """These columns of a part, in the declared types."""
        spec = replace(TABLES[table], columns=tuple(TABLES[table].column(name) for name in columns))
        file = self.open(table, number)
        there = [name for name in columns if name in file.schema_arrow.names]
        return conform_table(file.read(columns=there), spec)

    def batches(self, table: str, number: int, rows: int) -> Iterator[pa.Table]:
        """The part's rows, so many at a time, in the declared types."""
        for batch in self.open(table, number).iter_batches(batch_size=rows):
            yield conform_table(pa.Table.from_batches([batch]), TABLES[table])

    def name(self, table: str, number: int) -> str:
        return self.paths.part(table, number).relative_to(self.paths.root).as_posix()

    def put_out(self, report: Report, table: str, number: int, error: Exception) -> None:
        """Notes a file that cannot be read, and leaves it out from here on."""
        if (table, number) not in self.damaged:
            self.damaged.add((table, number))
            message = f"The file cannot be read ({str(error).splitlines()[0][:200]}): {AGAIN}."
            report.add(ERROR, "unreadable_file", message, table=table, file=self.name(table, number))


def check_files(report: Report, parts: Parts, known: set[int] | None) -> None:
    """What is in the table folders: orphans, missing files, files that cannot be read or have another schema.

    `known` are the numbers of the parts that the ledger has; None where there is no ledger.
    """
    for table, number in parts:
        report.files += 1
        report.bytes += parts.size(table, number)
        try:
            file = parts.open(table, number)
            report.rows += file.metadata.num_rows
            if not _check_schema(report, TABLES[table], file.schema_arrow, parts.name(table, number)):
                parts.damaged.add((table, number))
        except UNREADABLE as error:
            parts.put_out(report, table, number, error)
    _check_numbers(report, parts, known)
    for path, severity in orphans(parts.paths):
        name = path.relative_to(parts.paths.root).as_posix()
        message = "No part of the table, but readers of the folder may take it for one: --repair moves it away."
        report.add(severity, "orphan_file", message, table=path.parent.name, file=name)


def orphans(paths: DatasetPaths) -> list[tuple[Path, str]]:
    """What lies in the table folders and is no part, each with its severity: whether readers would meet it."""
    found = []
    for table in TABLES:
        folder = paths.table(table)
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if part_number(path) is None or not path.is_file():
                # pandas and pyarrow leave out what begins with a dot or underscore; a glob takes any *.parquet.
                is_hidden = path.name.startswith((".", "_")) and path.suffix != ".parquet"
                found.append((path, WARNING if is_hidden else ERROR))
    return found


def check_hashes(report: Report, parts: Parts, files: Mapping[tuple[str, int], PartFile] | None) -> None:
    """Whether each file is byte by byte the one that was committed. Files known to be unreadable are left out."""
    for table, number in parts:
        if files is None or not parts.has(table, number):
            continue
        file = files.get((table, number))
        if file is None or parts.size(table, number) != file.bytes or parts.sha256(table, number) != file.sha256:
            message = "The file is not the one that was committed: --repair has its pages extracted again."
            report.add(ERROR, "changed_file", message, table=table, file=parts.name(table, number))


def check_leftovers(
    report: Report, paths: DatasetPaths, pending: set[Path], files: Mapping[tuple[str, int], PartFile] | None
) -> None:
    """What a run that was killed left in staging, and descriptions that are not those of `files`.

    Without a ledger nobody knows what they should say.
    """
    if writer_is_alive(paths):
        return  # both are its business
    left = [p for p in paths.staging.rglob("*") if p.is_file() and p not in pending]
    if left:
        message = f"{len(left)} files of a run that was killed: the next run removes them."
        names = [path.relative_to(paths.root).as_posix() for path in left]
        report.add(WARNING, "staging_left", message, file=names[0], examples=names)
    for name, content in (descriptions(files) if files is not None else {}).items():
        target = paths.root / name
        if not target.exists() or target.read_bytes() != content:
            message = "It does not describe these tables as they are: the next run writes it anew."
            report.add(WARNING, "stale_description", message, file=name)


def writer_is_alive(paths: DatasetPaths) -> bool:
    """Whether the process that last took the lock still runs; the lock itself is not touched."""
    try:
        holder = json.loads(paths.lock_holder.read_text(encoding="utf-8"))
        if holder["host"] != socket.gethostname():
            return True  # nobody can tell from here
        os.kill(holder["pid"], 0)
    except PermissionError:
        return True
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return True


def _check_schema(report: Report, spec: TableSpec, found: pa.Schema, name: str) -> bool:
    """Whether the file's rows can be brought into the declared schema, where they are not in it."""
    if found.equals(spec.schema, check_metadata=True):
        return True
    if schema_version(found) > SCHEMA_VERSION:
        message = "Written by a later version of figures, which this one cannot judge: upgrade."
        report.add(ERROR, LATER_SCHEMA, message, table=spec.name, file=name)
        return False
    if found.equals(spec.schema):
        message = "Written by another version (its descriptions differ): a run, or --repair, writes it anew."
        report.add(WARNING, "old_schema", message, table=spec.name, file=name)
        return True
    theirs = {field.name: field for field in found}
    ours = {field.name: field for field in spec.schema}
    wrong = theirs.keys() ^ ours.keys() | {n for n in theirs.keys() & ours.keys() if theirs[n] != ours[n]}
    names = sorted(wrong) or ["their order"]
    is_convertible = all(_converts(theirs.get(name), declared) for name, declared in ours.items())
    advice = "--repair writes the file anew" if is_convertible else AGAIN
    message = f"Columns are not as declared ({', '.join(names[:5])}): {advice}."
    report.add(ERROR, "schema", message, table=spec.name, file=name, examples=names)
    return is_convertible


def _converts(found: pa.Field | None, declared: pa.Field) -> bool:
    if found is None:
        return bool(declared.nullable)
    try:
        pa.array([], found.type).cast(declared.type)
    except pa.ArrowException:
        return False
    return True


def _check_numbers(report: Report, parts: Parts, known: set[int] | None) -> None:
    """Every part has a file in every table, and none has a number that the ledger does not know."""
    there = set(parts.numbers())
    # A dataset without any source has empty parts of number 0.
    strange = there - known - {0} if known else set()
    for number in sorted(there | (known or set())):
        for table in PART_TABLES:
            name, is_there = parts.name(table, number), (table, number) in list(parts)
            if number in strange and is_there:
                message = "No source belongs to a part of this number: --repair moves the file away."
                report.add(ERROR, "orphan_file", message, table=table, file=name)
                parts.damaged.add((table, number))
            elif number not in strange and not is_there:
                message = "The file is missing: the next run extracts the part's pages again."
                report.add(ERROR, "missing_file", message, table=table, file=name)
                parts.damaged.add((table, number))
    runs = parts.numbers(("runs",))
    if missing := sorted(set(range(max(runs, default=0))) - set(runs)):
        for number in missing:
            message = "The file is missing: what these runs did is not known any more; --repair closes the gap."
            report.add(ERROR, "missing_file", message, table="runs", file=parts.name("runs", number))
            parts.damaged.add(("runs", number))
