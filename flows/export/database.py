"""DuckDB: one database file with the tables, their primary keys, and what tables and columns mean as comments.

Foreign keys stand in the tables' comments. As constraints they would double the time of an export, and DuckDB takes
neither those of a table to itself (an article to its duplicate) nor two that point at each other (headings, blocks).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from flows.errors import DatasetError, ExportError
from transforms.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from flows.dataset.snapshot import Snapshot
    from transforms.table_spec import TableSpec

TYPES = {
    pa.string(): "VARCHAR",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    pa.timestamp("us", tz="UTC"): "TIMESTAMPTZ",
}


def write_database(snapshot: Snapshot, names: Sequence[str], path: Path) -> list[str]:
    """Writes the tables into a new database file; ExportError says why DuckDB could not."""
    # What does not fit into memory goes where room is needed anyway; nothing is fetched from the network.
    config: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": str(path.parent / "spilled"),
        "autoinstall_known_extensions": False,
    }
    try:
        with duckdb.connect(str(path), config=config) as connection:
            for name in names:
                connection.execute(create_statement(TABLES[name]))
                _insert(connection, snapshot, name)
                for statement in _comments(TABLES[name]):
                    connection.execute(statement)
            connection.execute("CHECKPOINT")
    except duckdb.Error as error:
        raise ExportError(f"DuckDB could not write {path.name} ({error})") from error
    return []


def create_statement(spec: TableSpec) -> str:
    """The table with its types, what may not be null, and its primary key."""
    columns = [f'"{c.name}" {TYPES[c.type]}{"" if c.is_nullable else " NOT NULL"}' for c in spec.columns]
    key = ", ".join(f'"{name}"' for name in spec.primary_key)
    return f'CREATE TABLE "{spec.name}" ({", ".join(columns)}, PRIMARY KEY ({key}))'


def _insert(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, name: str) -> None:
    problems: list[DatasetError] = []

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            yield from snapshot.batches(name)
        except DatasetError as error:  # DuckDB would hide it in an error of its own
            problems.append(error)
            raise

    reader = pa.RecordBatchReader.from_batches(TABLES[name].schema, batches())
    connection.register("arriving", reader)
    try:
        connection.execute(f'INSERT INTO "{name}" SELECT * FROM arriving')  # noqa: S608
    except duckdb.Error:
        if problems:
            raise problems[0] from None
        raise
    finally:
        connection.unregister("arriving")


def _comments(spec: TableSpec) -> Iterator[str]:
    keys = [f"{', '.join(k.columns)} → {k.table} ({', '.join(k.references)})." for k in spec.foreign_keys]
    yield f'COMMENT ON TABLE "{spec.name}" IS {_quoted(" ".join([spec.meaning, *keys]))}'
    for column in spec.columns:
        yield f'COMMENT ON COLUMN "{spec.name}"."{column.name}" IS {_quoted(column.description)}'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
