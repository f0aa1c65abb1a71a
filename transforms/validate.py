"""Declared constraints checked on Arrow tables; rows that break one become rejects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from transforms.errors import TableError
from transforms.ids import stable_id
from transforms.row_checks import ROW_CHECKS, quotes_off_their_text
from transforms.tables import DOCUMENT_TABLES, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from transforms.table_spec import ForeignKey, TableSpec


@dataclass(frozen=True, slots=True)
class Violation:
    """One row that breaks its table's declaration."""

    table: str
    row: int
    row_key: str
    article_id: str | None
    code: str
    message: str


def check_schema(spec: TableSpec, table: pa.Table) -> None:
    """Nothing where the table has exactly the declared columns and types; else TableError."""
    if unknown := set(table.column_names) - set(spec.names):
        raise TableError(spec.name, min(unknown), "is not declared")
    for column in spec.columns:
        if column.name not in table.column_names:
            raise TableError(spec.name, column.name, "is missing")
        found = table.schema.field(column.name).type
        if found != column.type:
            raise TableError(spec.name, column.name, f"is {found}, declared {column.type}")


def find_violations(spec: TableSpec, table: pa.Table, others: Mapping[str, pa.Table]) -> list[Violation]:
    """Every broken constraint of the table; `others` are the tables its foreign keys point into.

    A foreign key to a table that is not in `others` is not checked. TableError for a wrong schema.
    """
    check_schema(spec, table)
    if not table.num_rows:
        return []
    found: dict[tuple[int, str], str] = {}
    for rows, code, message in _failures(spec, table, others):
        for row in rows:
            found.setdefault((row, code), message)
    keys = [table.column(name) for name in spec.primary_key]
    owners = table.column("article_id") if "article_id" in spec.names else None
    return [
        Violation(
            spec.name,
            row,
            " / ".join(str(key[row].as_py()) for key in keys),
            owners[row].as_py() if owners is not None else None,
            code,
            message,
        )
        for (row, code), message in sorted(found.items())
    ]


def split_valid(tables: Mapping[str, pa.Table]) -> tuple[dict[str, pa.Table], list[Violation]]:
    """The rows of one batch of articles that keep every constraint, and the violations of the others.

    An article whose own row is refused takes all its rows with it; one violation stands for them. The counts
    on the articles are made anew from the rows that stay.
    """
    kept = dict(tables)
    violations: list[Violation] = []
    # Each table is checked against rows that have passed: articles first, then what claims point into.
    for name in ("articles", "headings", "blocks", "metadata", "claims"):
        if name != "articles" and kept["articles"].num_rows < tables["articles"].num_rows:
            kept[name] = kept[name].filter(
                pc.is_in(kept[name]["article_id"], value_set=_values(kept["articles"], "article_id"))
            )
        broken = find_violations(TABLES[name], kept[name], kept)
        if broken:
            violations += broken
            bad = pa.array([v.row for v in broken], pa.int64())
            rows = pa.array(range(kept[name].num_rows), pa.int64())
            kept[name] = kept[name].filter(pc.invert(pc.is_in(rows, value_set=bad)))
    if any(v.table != "articles" for v in violations):
        for count, name in (("heading_count", "headings"), ("claim_count", "claims")):
            kept["articles"] = _recounted(kept["articles"], count, kept[name])
    return {name: kept[name] for name in DOCUMENT_TABLES}, violations


def reject_row(
    source_uri: str,
    *,
    stage: str,
    code: str,
    message: str,
    run_id: str,
    first_seen_at: Any,
    detail: str | None = None,
    content_sha256: str | None = None,
    byte_offset: int | None = None,
    violation: Violation | None = None,
) -> dict[str, Any]:
    """A row of the rejects table, for a page or, with `violation`, for one row of it."""
    table, key = (violation.table, violation.row_key) if violation else (None, None)
    return {
        "reject_id": stable_id(source_uri, table or "", key or "", code),
        "source_uri": source_uri,
        "article_id": violation.article_id if violation else None,
        "table_name": table,
        "row_key": key,
        "stage": stage,
        "code": code,
        "message": message,
        "detail": detail,
        "content_sha256": content_sha256,
        "byte_offset": byte_offset,
        "first_seen_at": first_seen_at,
        "run_id": run_id,
    }


def _failures(spec: TableSpec, table: pa.Table, others: Mapping[str, pa.Table]) -> Iterator[tuple[list[int], str, str]]:
    """Rows, code and message of each broken constraint."""
    for column in spec.columns:
        values = table.column(column.name)
        if not column.is_nullable and values.null_count:
            yield _rows(values.is_null()), "not_null", f"{column.name} is null"
        if column.allowed:
            wrong = pc.and_(
                pc.invert(pc.is_in(values, value_set=pa.array(column.allowed, column.type))), values.is_valid()
            )
            yield _rows(wrong), "not_allowed", f"{column.name} is none of {', '.join(column.allowed)}"
        if pa.types.is_floating(column.type):
            yield _rows(pc.invert(pc.is_finite(values))), "not_finite", f"{column.name} is not a finite number"
    if table.num_rows > 1:
        repeated = table.select(list(spec.primary_key)).to_pandas().duplicated()
        yield (
            repeated.to_numpy().nonzero()[0].tolist(),
            "duplicate_key",
            f"{' / '.join(spec.primary_key)} is not unique",
        )
    for key in spec.foreign_keys:
        # `table` can be a stretch of a table that is in `others` as a whole.
        target = others.get(key.table, table if key.table == spec.name else None)
        # duplicate_of and run_id point at rows of other batches: they are checked on the whole dataset.
        if target is not None:
            yield (
                _rows(_is_dangling(key, table, target)),
                "unknown_reference",
                f"{' / '.join(key.columns)} is not in {key.table}",
            )
    for check in ROW_CHECKS.get(spec.name, ()):
        yield _rows(check.breaks(table)), check.code, check.message
    if spec.name == "claims" and "blocks" in others:
        yield (
            quotes_off_their_text(table, others["blocks"]),
            "quote_offsets",
            "the block's text at these offsets is not the quote",
        )


def _is_dangling(key: ForeignKey, table: pa.Table, target: pa.Table) -> Any:
    """True for rows whose key (all parts not null) is not in the target."""
    ours: Any = 0
    theirs: Any = 0
    is_set: Any = True
    # Composite keys become one integer each: numbers of the distinct values, combined.
    for mine, reference in zip(key.columns, key.references, strict=True):
        distinct = pc.unique(target[reference])
        size = len(distinct) + 1
        our_code = pc.fill_null(pc.index_in(table[mine], value_set=distinct), -1).cast(pa.int64())
        their_code = pc.index_in(target[reference], value_set=distinct).cast(pa.int64())
        unknown = pc.equal(our_code, -1)
        ours = pc.if_else(unknown, -1, pc.add(pc.multiply(ours, size), our_code))
        theirs = pc.add(pc.multiply(theirs, size), their_code)
        is_set = pc.and_(is_set, table[mine].is_valid())
    return pc.and_(is_set, pc.invert(pc.is_in(ours, value_set=_flat(theirs))))


def _recounted(articles: pa.Table, count: str, rows: pa.Table) -> pa.Table:
    counts = {entry["values"]: entry["counts"] for entry in pc.value_counts(rows["article_id"]).to_pylist()}
    index = articles.schema.get_field_index(count)
    numbers = pa.array([counts.get(key, 0) for key in articles["article_id"].to_pylist()], pa.int32())
    return articles.set_column(index, articles.schema.field(index), numbers)


def _values(table: pa.Table, name: str) -> pa.Array:
    return _flat(table[name])


def _flat(values: Any) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def _rows(mask: Any) -> list[int]:
    """Row numbers where the mask is true; a null comparison is no violation."""
    if isinstance(mask, pa.Scalar):
        return []
    rows: list[int] = pc.indices_nonzero(pc.fill_null(mask, False)).to_pylist()
    return rows
