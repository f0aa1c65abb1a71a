"""The declarations agree with the records and with each other."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from transforms import records
from transforms.tables import ARTICLES, TABLES

if TYPE_CHECKING:
    from transforms.table_spec import TableSpec

RUN_COLUMNS = {"duplicate_of", "extracted_at", "run_id"}  # what a run adds to an article
FRAME_COLUMNS = {"value_text"}  # made from value
BLOCK_HINTS = {"level", "anchor", "is_bold", "is_centered", "is_header_cell"}


def _fields(record: type) -> list[str]:
    return [field.name for field in dataclasses.fields(record)]


def test_records_have_the_columns_of_their_tables() -> None:
    assert _fields(records.Article) == [n for n in ARTICLES.names if n not in RUN_COLUMNS]
    assert _fields(records.MetadataValue) == list(TABLES["metadata"].names)
    assert _fields(records.Heading) == list(TABLES["headings"].names)
    assert set(_fields(records.Claim)) == set(TABLES["claims"].names) - FRAME_COLUMNS
    block = (set(_fields(records.Block)) - BLOCK_HINTS) | {"char_count", "article_id"}
    assert block == set(TABLES["blocks"].names)


@pytest.mark.parametrize("spec", TABLES.values(), ids=TABLES)
def test_declaration_is_sound(spec: TableSpec) -> None:
    assert len(set(spec.names)) == len(spec.names)
    for name in (*spec.primary_key, *spec.sort_by, *spec.volatile, spec.owner):
        assert name in spec.names
    for name in spec.primary_key:
        assert not spec.column(name).is_nullable
    for key in spec.foreign_keys:
        target = TABLES[key.table]
        assert len(key.columns) == len(key.references)
        for ours, theirs in zip(key.columns, key.references, strict=True):
            assert spec.column(ours).type == target.column(theirs).type
    for column in spec.columns:
        assert column.meaning.endswith("."), column.name
        assert column.example, column.name
        assert not column.null_means.endswith("."), column.name
        if column.allowed:
            assert column.example in column.allowed


@pytest.mark.parametrize("spec", TABLES.values(), ids=TABLES)
def test_schema_is_flat_and_describes_itself(spec: TableSpec) -> None:
    schema = spec.schema
    assert schema.names == list(spec.names)
    for field in schema:
        assert not pa.types.is_nested(field.type)
        assert not pa.types.is_dictionary(field.type)
        assert field.metadata[b"description"].decode() == spec.column(field.name).description
        if pa.types.is_timestamp(field.type):
            assert field.type == pa.timestamp("us", tz="UTC")


def test_examples_fit_their_types() -> None:
    for spec in TABLES.values():
        for column in spec.columns:
            if pa.types.is_integer(column.type):
                int(column.example)
            elif pa.types.is_floating(column.type):
                float(column.example)
            elif pa.types.is_boolean(column.type):
                assert column.example in {"true", "false"}
            elif pa.types.is_temporal(column.type):
                pa.array([column.example]).cast(column.type)
    json.loads(TABLES["runs"].column("parameters").example)
    json.loads(TABLES["runs"].column("versions").example)
