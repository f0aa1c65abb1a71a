"""Rows that break their declaration become rejects; all others pass untouched."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.builders import NOW, RUN, Rows, make_rows
from transforms.errors import TableError
from transforms.frames import conform_table, document_frames, frames_to_tables, table_from_rows
from transforms.records import Block, format_decimal
from transforms.tables import CLAIMS, REJECTS, TABLES
from transforms.validate import check_schema, find_violations, reject_row, split_valid

if TYPE_CHECKING:
    import pyarrow as pa


def tables_of(*documents: Rows) -> dict[str, pa.Table]:
    return frames_to_tables(document_frames(documents, run_id=RUN, extracted_at=NOW))


def with_claim(**changes: object) -> Rows:
    rows = make_rows()
    return replace(rows, claims=(replace(rows.claims[0], **changes),))


def test_good_rows_pass() -> None:
    tables = tables_of(make_rows(), make_rows("posts/b.html"))
    kept, violations = split_valid(tables)
    assert violations == []
    assert kept == tables
    for name, table in tables.items():
        assert table.schema.equals(TABLES[name].schema, check_metadata=True)


def test_values_become_floats_and_keep_the_exact_decimal() -> None:
    claims = tables_of(with_claim(value=Decimal("0.1234567890123456789")))["claims"].to_pylist()
    assert claims[0]["value"] == pytest.approx(0.12345678901234568)
    assert claims[0]["value_text"] == "0.1234567890123456789"
    assert format_decimal(Decimal("1E+999999")) == "1E+999999"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "moneys"}, "not_allowed"),
        ({"comparator": None}, "not_null"),
        ({"char_start": 3}, "quote_offsets"),
        ({"char_start": -1}, "span"),
        ({"char_end": 0}, "span"),
        ({"value": None}, "no_number"),
        ({"value": None, "value_low": Decimal(5), "value_high": Decimal(3)}, "bounds"),
        ({"value_low": Decimal("1e12")}, "bounds"),
        ({"value": Decimal("1e999")}, "not_finite"),
        ({"value": Decimal("NaN")}, "not_finite"),
        ({"value_si": Decimal(1)}, "value_si"),
        ({"period_start": date(2022, 1, 1)}, "period"),
        ({"confidence": 1.5}, "confidence"),
        ({"block_position": 7}, "unknown_reference"),
        ({"heading_id": "nothing"}, "unknown_reference"),
        ({"repeat_of": "nothing"}, "unknown_reference"),
    ],
)
def test_a_claim_that_breaks_a_constraint_is_refused(changes: dict[str, object], code: str) -> None:
    good = make_rows("posts/b.html")
    kept, violations = split_valid(tables_of(with_claim(**changes), good))
    assert code in {v.code for v in violations}
    assert {v.table for v in violations} <= {"claims"}
    assert kept["claims"]["article_id"].to_pylist() == [good.article.article_id]
    assert kept["articles"]["claim_count"].to_pylist() == [0, 1]
    assert kept["headings"].num_rows == 2


def test_a_key_given_twice_keeps_the_first() -> None:
    rows = make_rows()
    kept, violations = split_valid(tables_of(replace(rows, claims=rows.claims * 3)))
    assert [v.code for v in violations] == ["duplicate_key", "duplicate_key"]
    assert kept["claims"].num_rows == 1


def test_a_refused_article_takes_its_rows_with_it() -> None:
    kept, violations = split_valid(tables_of(make_rows(body_confidence=2.0), make_rows("posts/b.html")))
    assert [(v.table, v.code) for v in violations] == [("articles", "confidence")]
    assert {name: t.num_rows for name, t in kept.items()} == {
        "articles": 1, "metadata": 1, "headings": 1, "blocks": 2, "claims": 1,
    }  # fmt: skip


def test_a_refused_block_refuses_its_claims() -> None:
    rows = make_rows()
    blocks = (rows.blocks[0], Block(1, "poem", rows.blocks[1].text, rows.blocks[1].heading_id))
    kept, violations = split_valid(tables_of(replace(rows, blocks=blocks)))
    assert [(v.table, v.code) for v in violations] == [("blocks", "not_allowed"), ("claims", "unknown_reference")]
    assert kept["articles"]["claim_count"].to_pylist() == [0]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"published_month": "2022-07"}, "published_month"),
        ({"published_precision": None}, "date_precision"),
        ({"char_count": 1}, "char_count"),
        ({"source_uri": ""}, "no_source"),
    ],
)
def test_article_constraints(changes: dict[str, object], code: str) -> None:
    _, violations = split_valid(tables_of(make_rows(**changes)))
    assert [v.code for v in violations] == [code]


def test_half_a_surrogate_pair_keeps_offsets() -> None:
    tables = tables_of(make_rows(text="\ud83d收入886.66亿元"))
    kept, violations = split_valid(tables)
    assert [v.code for v in violations] == []
    assert kept["blocks"]["text"][1].as_py() == "\N{REPLACEMENT CHARACTER}收入886.66亿元"


def test_wrong_schema_is_an_error_not_a_reject() -> None:
    claims = tables_of(make_rows())["claims"]
    with pytest.raises(TableError, match=r"extra.*not declared"):
        check_schema(CLAIMS, claims.append_column("extra", [[1]]))
    with pytest.raises(TableError, match=r"rule.*missing"):
        check_schema(CLAIMS, claims.drop_columns(["rule"]))
    with pytest.raises(TableError, match=r"value.*is string"):
        index = CLAIMS.names.index("value")
        check_schema(CLAIMS, claims.set_column(index, "value", [["1"]]))


def test_older_files_are_brought_to_the_schema() -> None:
    claims = tables_of(make_rows())["claims"]
    older = claims.drop_columns(["metric_key"]).append_column("gone", [[1]])
    assert conform_table(older, CLAIMS) == claims
    with pytest.raises(TableError, match="--force"):
        conform_table(claims.drop_columns(["rule"]), CLAIMS)


def test_empty_batch_gives_empty_tables() -> None:
    kept, violations = split_valid(tables_of())
    assert violations == []
    assert all(table.num_rows == 0 for table in kept.values())


def test_violations_become_reject_rows() -> None:
    _, (violation,) = split_valid(tables_of(with_claim(kind="moneys")))
    row = reject_row(
        "posts/a.html",
        stage="validate",
        code=violation.code,
        message=violation.message,
        run_id=RUN,
        first_seen_at=NOW,
        violation=violation,
    )
    table = table_from_rows(REJECTS, [row])
    assert find_violations(REJECTS, table, {}) == []
    assert (row["table_name"], row["article_id"]) == ("claims", make_rows().article.article_id)


def test_run_counts_must_balance() -> None:
    counts = dict.fromkeys((n for n in TABLES["runs"].names if n.endswith("_count")), 0)
    row = counts | {
        "run_id": RUN, "started_at": NOW, "finished_at": NOW, "status": "completed", "parameters": "{}",
        "versions": "{}", "discovered_count": 2, "new_count": 1,
    }  # fmt: skip
    assert [v.code for v in find_violations(TABLES["runs"], table_from_rows(TABLES["runs"], [row]), {})] == ["balance"]
