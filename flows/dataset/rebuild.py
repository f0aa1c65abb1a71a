"""A ledger made anew from the Parquet files, and one that forgets what is no longer there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from flows.dataset.commit import PART_TABLES
from flows.dataset.ledger import Ledger, SourceState
from transforms.duplicates import key_of
from transforms.ids import stable_id

if TYPE_CHECKING:
    from flows.dataset.paths import DatasetPaths


def reconcile(paths: DatasetPaths, ledger: Ledger) -> int:
    """Brings the ledger in line with the files; returns how many sources it will read again.

    A lost ledger is rebuilt from articles and rejects (fingerprints are lost: every source is read and hashed
    once). Where a part's file was deleted, the part's sources are extracted again.
    """
    known = ledger.part_numbers()
    if not known and paths.parts("articles"):
        return _rebuild(paths, ledger)
    lost = [n for n in known if any(not paths.part(name, n).exists() for name in PART_TABLES)]
    return ledger.forget_parts(lost) if lost else 0


def _rebuild(paths: DatasetPaths, ledger: Ledger) -> int:
    states: dict[str, SourceState] = {}
    for path in paths.parts("rejects"):
        part = int(path.stem.removeprefix("part-"))
        columns = ["source_uri", "content_sha256"]
        for row in pq.ParquetFile(path).read(columns=columns).to_pylist():
            uri = row["source_uri"]
            states[uri] = SourceState(uri, stable_id(uri), "", row["content_sha256"], "", "reject", part, None, None)
    for path in paths.parts("articles"):
        part = int(path.stem.removeprefix("part-"))
        columns = ["source_uri", "article_id", "content_sha256", "extractor_version", "canonical_url", "duplicate_of"]
        for row in pq.ParquetFile(path).read(columns=columns).to_pylist():
            key = key_of(row["canonical_url"], row["content_sha256"])
            states[row["source_uri"]] = SourceState(
                row["source_uri"],
                row["article_id"],
                "rebuilt",
                row["content_sha256"],
                row["extractor_version"],
                "article",
                part,
                key,
                row["duplicate_of"],
            )
    with ledger.transaction():
        ledger.upsert(states.values())
    return len(states)
