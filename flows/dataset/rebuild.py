"""A ledger made anew from the Parquet files, and one that forgets what is no longer there."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from flows.dataset.commit import PART_TABLES, Commit
from flows.dataset.ledger import Ledger, PartFile, SourceState
from flows.dataset.rows import open_part
from flows.dataset.storage import naming
from flows.errors import DatasetError
from transforms.duplicates import key_of
from transforms.ids import stable_id
from transforms.tables import TABLES
from transforms.version import SCHEMA_VERSION

if TYPE_CHECKING:
    from pathlib import Path

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
                versions.add(int((metadata.schema.to_arrow_schema().metadata or {}).get(b"schema_version", 0)))
    _refuse_later(paths, max(versions))
    with ledger.transaction():
        ledger.do("DELETE FROM parts")
        ledger.save_parts(files)
        ledger.schema_version = min(versions)


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
        for path in paths.parts(name):
            part = parts.get((name, paths.number(path)))
            size = path.stat().st_size
            if part is None or part.bytes != size:
                was = f"{part.bytes} bytes" if part else "not there"
                raise DatasetError(
                    f"{path} is not as figures left it ({size} bytes; it was {was}). "
                    f"`figures check {paths.root} --repair` says what is wrong and mends it."
                )


def _rebuild(paths: DatasetPaths, ledger: Ledger) -> int:
    states: dict[str, SourceState] = {}
    for path in paths.parts("rejects"):
        for row in _rows(path, ["source_uri", "content_sha256"]):
            uri = row["source_uri"]
            states[uri] = SourceState(uri, stable_id(uri), "", row["content_sha256"], "", "reject", paths.number(path))
    for path in paths.parts("articles"):
        columns = ["source_uri", "article_id", "content_sha256", "extractor_version", "canonical_url", "duplicate_of"]
        for row in _rows(path, columns):
            states[row["source_uri"]] = SourceState(
                row["source_uri"],
                row["article_id"],
                "rebuilt",
                row["content_sha256"],
                row["extractor_version"],
                "article",
                paths.number(path),
                key_of(row["canonical_url"], row["content_sha256"]),
                row["duplicate_of"],
            )
    with ledger.transaction():
        ledger.upsert(states.values())
    return len(states)


def _rows(path: Path, columns: list[str]) -> list[dict[str, Any]]:
    with naming(path):
        rows: list[dict[str, Any]] = open_part(path).read(columns=columns).to_pylist()
    return rows
