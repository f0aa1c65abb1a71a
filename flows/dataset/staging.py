"""Files on their way into the dataset: a batch's rows from a worker, and finished Parquet parts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.tables import DOCUMENT_TABLES, TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

ROW_GROUP_ROWS = 128 * 1024
BATCH_TABLES = ("outcomes", *DOCUMENT_TABLES, "rejects")
# What became of each source of a batch; not a table of the dataset.
OUTCOMES = pa.schema(
    [
        ("source_uri", pa.string()),
        ("article_id", pa.string()),
        ("fingerprint", pa.string()),
        ("content_sha256", pa.string()),
        ("result", pa.string()),  # article, reject, unread (a reject that keeps earlier rows), unchanged, gone
        ("duplicate_key", pa.string()),
    ]
)


def write_batch(path: Path, tables: Mapping[str, pa.Table]) -> None:
    """Writes one batch's tables one after another; the name appears only when all of it is there."""
    unfinished = path.with_suffix(".writing")
    with pa.OSFile(str(unfinished), "wb") as sink:
        for name in BATCH_TABLES:
            schema = OUTCOMES if name == "outcomes" else TABLES[name].schema
            with pa.ipc.new_stream(sink, schema) as writer:
                writer.write_table(tables[name])
    unfinished.replace(path)


def read_batches(paths: Sequence[Path]) -> dict[str, pa.Table]:
    """The rows of all these batches, table by table, mapped into memory rather than read."""
    collected: dict[str, list[pa.Table]] = {name: [] for name in BATCH_TABLES}
    for path in paths:
        source = pa.memory_map(str(path))
        for name in BATCH_TABLES:
            collected[name].append(pa.ipc.open_stream(source).read_all())
    empty = {n: (OUTCOMES if n == "outcomes" else TABLES[n].schema).empty_table() for n in BATCH_TABLES}
    return {name: pa.concat_tables([empty[name], *tables]) for name, tables in collected.items()}


def write_part(path: Path, table: pa.Table) -> None:
    """Writes one Parquet file and waits until it is on the disk."""
    pq.write_table(
        table,
        path,
        compression="zstd",
        compression_level=3,
        row_group_size=ROW_GROUP_ROWS,
        use_dictionary=True,
        write_page_index=True,
    )
    sync_path(path)


def sync_path(path: Path) -> None:
    """Waits until a file's bytes, or a folder's names, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
