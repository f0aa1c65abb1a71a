"""CSV: a folder with a file a table, RFC 4180 in UTF-8 with a byte-order mark, by which Excel knows the encoding.

Cells are exactly the tables' values. Text that begins with `=`, `+`, `-` or `@` is not defused: a mark before it
would change quotes such as -3.2% for every other reader. Excel runs such text as a formula; the workbook format
is the one for spreadsheets.
"""

from __future__ import annotations

import codecs
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from transforms.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flows.dataset.snapshot import Snapshot

EXACT_INTEGERS = 2.0**53  # below it a float is an integer as it is written
OPTIONS = pacsv.WriteOptions(eol="\r\n")


def write_csv_folder(snapshot: Snapshot, names: Sequence[str], folder: Path) -> list[str]:
    """Writes each table as `<name>.csv` into a new folder."""
    folder.mkdir()
    for name in names:
        schema = _text_schema(TABLES[name].schema)
        with (folder / f"{name}.csv").open("wb") as file:
            file.write(codecs.BOM_UTF8)
            with pacsv.CSVWriter(file, schema, write_options=OPTIONS) as writer:
                for batch in snapshot.batches(name):
                    writer.write_batch(pa.record_batch([_as_text(column) for column in batch.columns], schema=schema))
    return []


def _text_schema(schema: pa.Schema) -> pa.Schema:
    return pa.schema([pa.field(f.name, _as_text(pa.array([], f.type)).type) for f in schema])


def _as_text(values: pa.Array) -> pa.Array:
    """Numbers and times as text where pyarrow would write them in a form that few programs read."""
    if pa.types.is_floating(values.type):
        return _plain_numbers(values)
    if pa.types.is_timestamp(values.type):
        return pc.replace_substring_regex(pc.strftime(values, format="%Y-%m-%dT%H:%M:%SZ"), r"\.0+Z$", "Z")
    return values


def _plain_numbers(values: pa.Array) -> pa.Array:
    """Floats in digits, never with an exponent: 88666000000, not 8.8666e+10. Read back, they are the same floats."""
    whole = pc.and_(pc.equal(pc.floor(values), values), pc.less(pc.abs(values), EXACT_INTEGERS))
    integers = pc.if_else(whole, values, None).cast(pa.int64()).cast(pa.string())
    text = pc.if_else(whole, integers, values.cast(pa.string()))
    if not pc.any(pc.match_substring(text, "e")).as_py():
        return text
    return pa.array([f"{Decimal(t):f}" if t and "e" in t else t for t in text.to_pylist()], pa.string())
