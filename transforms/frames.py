"""Records as pandas frames with Arrow-backed columns, and those as Arrow tables in the declared schema."""

from __future__ import annotations

import re
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd
import pyarrow as pa

from transforms.errors import TableError
from transforms.tables import DOCUMENT_TABLES, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from transforms.records import Article, Block, Claim, Heading, MetadataValue
    from transforms.table_spec import TableSpec

# Columns that come from elsewhere than the records: of articles, of the other tables.
ADDED_COLUMNS = (frozenset({"duplicate_of", "extracted_at", "run_id"}), frozenset({"article_id"}))
SURROGATE = re.compile("[\ud800-\udfff]")


class DocumentRows(Protocol):
    """What a document offers: its rows, table by table."""

    @property
    def article(self) -> Article: ...
    @property
    def metadata(self) -> tuple[MetadataValue, ...]: ...
    @property
    def headings(self) -> tuple[Heading, ...]: ...
    @property
    def blocks(self) -> tuple[Block, ...]: ...
    @property
    def claims(self) -> tuple[Claim, ...]: ...


def document_frames(
    documents: Sequence[DocumentRows], *, run_id: str, extracted_at: datetime
) -> dict[str, pd.DataFrame]:
    """A frame for each table a page fills, the run's own columns stamped on the articles."""
    size = len(documents)
    articles = _columns("articles", [d.article for d in documents])
    articles |= {"duplicate_of": [None] * size, "extracted_at": [extracted_at] * size, "run_id": [run_id] * size}
    columns = {
        "articles": articles,
        "metadata": _columns("metadata", [m for d in documents for m in d.metadata]),
        "headings": _columns("headings", [h for d in documents for h in d.headings]),
        "blocks": _columns("blocks", [b for d in documents for b in d.blocks]),
        "claims": _columns("claims", [c for d in documents for c in d.claims]),
    }
    for name in DOCUMENT_TABLES[1:]:
        # Whose rows these are is known from the document; blocks do not say.
        columns[name]["article_id"] = [d.article.article_id for d in documents for _ in getattr(d, name)]
    return {name: frame_from_columns(TABLES[name], columns[name]) for name in DOCUMENT_TABLES}


def frames_to_tables(frames: Mapping[str, pd.DataFrame]) -> dict[str, pa.Table]:
    """The frames as Arrow tables in the declared schemas, free of pandas' own metadata."""
    return {
        name: conform_table(pa.Table.from_pandas(f, preserve_index=False), TABLES[name]) for name, f in frames.items()
    }


def frame_from_columns(spec: TableSpec, columns: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """A frame with the spec's columns in order, each backed by an Arrow array of the declared type.

    Raises TableError for a column that is missing, unknown or does not fit its type.
    """
    if unknown := set(columns) - set(spec.names):
        raise TableError(spec.name, min(unknown), "is not declared")
    series: dict[str, Any] = {}
    for column in spec.columns:
        if column.name not in columns:
            raise TableError(spec.name, column.name, "is missing")
        try:
            array = _array(columns[column.name], column.type)
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            raise TableError(spec.name, column.name, f"does not fit {column.type}: {error}") from error
        series[column.name] = pd.Series(pd.arrays.ArrowExtensionArray(array), copy=False)
    return pd.DataFrame(series, copy=False)


def table_from_rows(spec: TableSpec, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """A table of rows given as mappings; every column must be there."""
    listed = list(rows)
    columns = {name: [row[name] for row in listed] for name in spec.names}
    return frames_to_tables({spec.name: frame_from_columns(spec, columns)})[spec.name]


def conform_table(table: pa.Table, spec: TableSpec) -> pa.Table:
    """The table in the declared schema: columns added as null, dropped, ordered and cast as needed.

    Files of an earlier version have other columns; TableError where a new column may not be null.
    """
    arrays = []
    for field in spec.schema:
        position = table.schema.get_field_index(field.name)
        if position >= 0:
            column = table.column(position)
            arrays.append(column if column.type == field.type else column.cast(field.type))
        elif field.nullable or table.num_rows == 0:
            arrays.append(pa.chunked_array([pa.nulls(table.num_rows, field.type)]))
        else:
            raise TableError(spec.name, field.name, "is not in this file and may not be null; extract again (--force)")
    return pa.table(arrays, schema=spec.schema)


def _columns(table: str, records: Sequence[Any]) -> dict[str, list[Any]]:
    """Record fields by column name; fields that are not columns are left out."""
    names = [name for name in TABLES[table].names if name not in ADDED_COLUMNS[table != "articles"]]
    if not records:
        return {name: [] for name in names}
    rows = map(attrgetter(*names), records)
    return {name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_floating(kind):
        return pa.array([None if v is None else float(v) for v in values], kind)
    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:
        # Half of a surrogate pair (JSON's \ud83d alone) has no UTF-8; one for one, so that offsets stay right.
        return pa.array([None if v is None else SURROGATE.sub("\N{REPLACEMENT CHARACTER}", v) for v in values], kind)
