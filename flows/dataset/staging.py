"""Files on their way into the dataset: a batch's rows from a worker, and finished Parquet parts."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from flows.dataset.ledger import PartFile
from flows.dataset.storage import make_folder, naming, sync_path
from transforms.tables import DOCUMENT_TABLES, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from flows.dataset.paths import DatasetPaths

# A row group ends at whichever comes first: readers skip by its statistics, writers and readers hold one in memory.
ROW_GROUP_ROWS = 128 * 1024
ROW_GROUP_BYTES = 32 * 1024 * 1024
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
        ("item", pa.string()),  # how to read it again, of rejects
    ]
)


def write_batch(path: Path, tables: Mapping[str, pa.Table]) -> None:
    """Writes one batch's tables one after another; the name appears only when all of it is there."""
    unfinished = path.with_suffix(".writing")
    with naming(path):
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
        with naming(path):
            source = pa.memory_map(str(path))
            for name in BATCH_TABLES:
                collected[name].append(pa.ipc.open_stream(source).read_all())
    empty = {n: (OUTCOMES if n == "outcomes" else TABLES[n].schema).empty_table() for n in BATCH_TABLES}
    return {name: pa.concat_tables([empty[name], *tables]) for name, tables in collected.items()}


@dataclass(slots=True)
class Staging:
    """The files of one commit, finished and on the disk, but not yet under their names."""

    folder: Path
    parts: dict[tuple[str, int], PartFile] = field(default_factory=dict)

    def write_all(self, files: Iterable[tuple[str, int, Iterable[pa.Table]]], *, at_once: int = 1) -> None:
        """Writes several parts (table, number, rows), some of them at once; none is begun after one has failed."""
        with ThreadPoolExecutor(at_once, thread_name_prefix="figures-write") as pool:
            writing = [pool.submit(self.write, *file) for file in files]
            try:
                for written in writing:
                    written.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def write(self, table: str, number: int, chunks: Iterable[pa.Table]) -> None:
        """Writes one part from its rows in order and waits until it is on the disk."""
        make_folder(self.folder)
        path = self.path(table, number)
        with naming(path):
            rows = _write_part(path, TABLES[table].schema, chunks)
            sync_path(path)
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            self.parts[table, number] = PartFile(path.stat().st_size, digest, rows)

    def path(self, table: str, number: int) -> Path:
        """Where a part is until it is moved. It does not end in .parquet: no reader's glob shall find it."""
        return self.folder / f"{table}-{number:05d}.staged"

    def moves(self, paths: DatasetPaths) -> Iterator[tuple[str, str]]:
        """Staged path and target of each file, relative to the dataset."""
        for table, number in self.parts:
            staged, target = self.path(table, number), paths.part(table, number)
            yield staged.relative_to(paths.root).as_posix(), target.relative_to(paths.root).as_posix()

    def sync(self) -> None:
        """Waits until the names of the files are on the disk."""
        if self.parts:
            sync_path(self.folder)


def _write_part(path: Path, schema: pa.Schema, chunks: Iterable[pa.Table]) -> int:
    rows = 0
    with pq.ParquetWriter(
        path, schema, compression="zstd", compression_level=3, use_dictionary=True, write_page_index=True
    ) as writer:
        for group in _row_groups(chunks):
            writer.write_table(group, row_group_size=ROW_GROUP_ROWS)
            rows += group.num_rows
    return rows


def _row_groups(chunks: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The rows again, as many at a time as a row group holds."""
    waiting: list[pa.Table] = []
    rows, size = 0, 0.0
    for chunk in chunks:
        row_bytes = chunk.nbytes / max(1, chunk.num_rows)
        while chunk.num_rows:
            room = min(ROW_GROUP_ROWS - rows, int((ROW_GROUP_BYTES - size) / max(1.0, row_bytes)))
            taken = chunk.slice(0, max(1, room))
            chunk = chunk.slice(taken.num_rows)
            waiting.append(taken)
            rows += taken.num_rows
            size += taken.num_rows * row_bytes
            if rows >= ROW_GROUP_ROWS or size + row_bytes > ROW_GROUP_BYTES:
                yield pa.concat_tables(waiting)
                waiting, rows, size = [], 0, 0.0
    if waiting:
        yield pa.concat_tables(waiting)
