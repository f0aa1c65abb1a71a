"""The data dictionary for people (Markdown) and for tools (a Frictionless data package), from the declarations."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from transforms.tables import TABLES
from transforms.version import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from transforms.table_spec import Column, TableSpec

INTRODUCTION = """\
# Data dictionary

<!-- Generated from transforms/tables.py by `make docs`; each run writes it beside the tables. -->

Each table is a folder of Parquet files, `part-00000.parquet` and on; files of the same number hold the same
articles in every table. Read a folder whole:

```python
import pandas
claims = pandas.read_parquet("output/claims")
```
```sql
-- DuckDB
SELECT quote, value, unit, metric FROM 'output/claims/*.parquet' WHERE kind = 'money' AND salience = 'key';
```

Times are UTC with microseconds, dates are days. Offsets count characters (code points). `_state/` is the
ledger of the runs; no reader needs it.
"""

# Frictionless types and formats; https://specs.frictionlessdata.io/table-schema/
FRICTIONLESS_TYPES = {
    pa.string(): "string",
    pa.int32(): "integer",
    pa.int64(): "integer",
    pa.float64(): "number",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.timestamp("us", tz="UTC"): "datetime",
}
TYPE_NAMES = {pa.timestamp("us", tz="UTC"): "timestamp (µs, UTC)", pa.date32(): "date", pa.float64(): "float64"}
COLUMN_HEADINGS = ("column", "type", "meaning", "unit", "values", "null means", "example")


def dictionary_markdown() -> str:
    """The whole data dictionary as Markdown."""
    overview = ["| table | one row is | key |", "|---|---|---|"]
    overview += [
        f"| [{spec.name}](#{spec.name}) | {spec.meaning} | {', '.join(map(_code, spec.primary_key))} |"
        for spec in TABLES.values()
    ]
    sections = ["\n".join(overview), *(table_markdown(spec) for spec in TABLES.values())]
    return INTRODUCTION + "\n" + "\n\n".join(sections) + "\n"


def table_markdown(spec: TableSpec) -> str:
    """One table's section of the dictionary."""
    lines = [f"## {spec.name}", "", spec.meaning, ""]
    lines.append(f"Key: {', '.join(map(_code, spec.primary_key))}.")
    for key in spec.foreign_keys:
        ours, theirs = (", ".join(map(_code, columns)) for columns in (key.columns, key.references))
        lines.append(f"{ours} → {key.table} ({theirs}).")
    lines += ["", f"| {' | '.join(COLUMN_HEADINGS)} |", "|---" * len(COLUMN_HEADINGS) + "|"]
    lines += [f"| {' | '.join(map(_cell, _marked(column)))} |" for column in spec.columns]
    return "\n".join(lines)


def data_package(files: Mapping[str, Sequence[Mapping[str, str | int]]] | None = None) -> str:
    """The Frictionless data package that describes the output folder, as JSON.

    `files` are the parts of each table: path, bytes, hash, rows.
    """
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "headline-figures",
        "title": "Metadata, headings and numeric claims of articles",
        "version": f"{SCHEMA_VERSION}.0.0",
        "resources": [_resource(spec, (files or {}).get(spec.name, ())) for spec in TABLES.values()],
    }
    return json.dumps(package, ensure_ascii=False, indent=2) + "\n"


def _resource(spec: TableSpec, files: Sequence[Mapping[str, str | int]]) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(column) for column in spec.columns],
        "primaryKey": list(spec.primary_key),
    }
    if spec.foreign_keys:
        schema["foreignKeys"] = [
            {
                "fields": list(key.columns),
                # The empty string is Frictionless for the table itself.
                "reference": {"resource": "" if key.table == spec.name else key.table, "fields": list(key.references)},
            }
            for key in spec.foreign_keys
        ]
    return {
        "name": spec.name,
        "description": spec.meaning,
        "path": [file["path"] for file in files] or f"{spec.name}/part-*.parquet",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "schema": schema,
        # A resource has one hash; each of its files has its own.
        **({"parts": list(files)} if files else {}),
    }


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": FRICTIONLESS_TYPES[column.type],
        "description": column.description,
        "example": column.example,
    }
    constraints: dict[str, Any] = {}
    if not column.is_nullable:
        constraints["required"] = True
    if column.allowed:
        constraints["enum"] = list(column.allowed)
    return field | ({"constraints": constraints} if constraints else {})


def column_cells(column: Column) -> tuple[str, ...]:
    """What is declared of a column, under COLUMN_HEADINGS."""
    return (
        column.name,
        TYPE_NAMES.get(column.type, str(column.type)),
        f"{column.meaning} {column.rule}".strip(),
        column.unit,
        ", ".join(column.allowed),
        column.null_means or "never null",
        column.example,
    )


def _marked(column: Column) -> tuple[str, ...]:
    """The cells with what is to be read literally in backquotes."""
    name, kind, meaning, unit, _, null_means, example = column_cells(column)
    values = ", ".join(map(_code, column.allowed))
    return _code(name), kind, meaning, unit, values, null_means, _code(example)


def _code(text: str) -> str:
    return f"`{text}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
