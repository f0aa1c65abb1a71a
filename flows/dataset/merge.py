"""One part's rows before and after a commit: what stays, what is replaced, in which order they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from transforms.frames import table_from_rows
from transforms.tables import ARTICLES, DOCUMENT_TABLES, REJECTS, TABLES

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

Tables = dict[str, pa.Table]


def same_articles(old: Tables, new: Tables) -> set[str]:
    """Ids of articles whose rows in all tables are equal but for the columns a run stamps."""
    ids = pc.unique(new["articles"]["article_id"]).filter(
        pc.is_in(pc.unique(new["articles"]["article_id"]), value_set=pc.unique(old["articles"]["article_id"]))
    )
    if not len(ids):
        return set()
    names = [n for n in ARTICLES.names if n not in (*ARTICLES.volatile, "duplicate_of")]
    before = _in_id_order(old["articles"], ids).select(names)
    after = _in_id_order(new["articles"], ids).select(names)
    ids = before["article_id"].combine_chunks().filter(_equal_rows(before, after).combine_chunks())
    for name in DOCUMENT_TABLES[1:]:
        order = TABLES[name].sort_by
        ids = _same_slices(_in_id_order(old[name], ids, order), _in_id_order(new[name], ids, order), ids)
    return set(ids.to_pylist())


def merge_documents(old: Tables, new: Tables, replaced: Iterable[str]) -> Tables:
    """The old rows without those of the replaced articles, and the new ones, sorted."""
    gone = pa.array(sorted(replaced), pa.string())
    merged = {}
    for name in DOCUMENT_TABLES:
        stay = (
            old[name].filter(pc.invert(pc.is_in(old[name]["article_id"], value_set=gone))) if len(gone) else old[name]
        )
        merged[name] = pa.concat_tables([stay, new[name]])
    merged["articles"] = merged["articles"].sort_by([("published_date", "ascending"), ("article_id", "ascending")])
    order = merged["articles"]["article_id"].combine_chunks()
    for name in DOCUMENT_TABLES[1:]:
        merged[name] = _sorted_like(merged[name], order, TABLES[name].sort_by)
    return merged


def merge_rejects(old: pa.Table, new: pa.Table, tried: Iterable[str], kept: Container[str] = ()) -> pa.Table:
    """The rejects of sources not tried this time, and the new ones; a known reject keeps its first_seen_at.

    Sources in `kept` were tried, but their articles stay: so do the rejects of single rows of theirs.
    """
    gone = set(tried)
    known = {row["reject_id"]: row for row in old.to_pylist()}
    rows = [
        row
        for row in known.values()
        if row["source_uri"] not in gone or (row["table_name"] and row["source_uri"] in kept)
    ]
    for row in new.to_pylist():
        before = known.get(row["reject_id"])
        if before:
            row["first_seen_at"] = before["first_seen_at"]
            if all(row[name] == before[name] for name in REJECTS.names if name not in REJECTS.volatile):
                row["run_id"] = before["run_id"]
        rows.append(row)
    rows.sort(key=lambda row: tuple(row[name] or "" for name in REJECTS.sort_by))
    return table_from_rows(REJECTS, rows)


def set_duplicates(articles: pa.Table, duplicates: Mapping[str, str | None], run_id: str) -> pa.Table:
    """The articles with duplicate_of set where it is given; a row that changes by it names this run."""
    if not duplicates:
        return articles
    ids = articles["article_id"].to_pylist()
    before = articles["duplicate_of"].to_pylist()
    after = [duplicates.get(key, value) for key, value in zip(ids, before, strict=True)]
    runs = articles["run_id"].to_pylist()
    stamped = [run_id if a != b else run for a, b, run in zip(after, before, runs, strict=True)]
    return _with_column(_with_column(articles, "duplicate_of", after), "run_id", stamped)


def _with_column(table: pa.Table, name: str, values: list[Any]) -> pa.Table:
    index = table.schema.get_field_index(name)
    field = table.schema.field(index)
    return table.set_column(index, field, pa.array(values, field.type))


def _sorted_like(table: pa.Table, order: pa.Array, sort_by: tuple[str, ...]) -> pa.Table:
    """Rows in the order of their articles, then by `sort_by`."""
    keys = pa.table({"rank": pc.index_in(table["article_id"], value_set=order)} | {n: table[n] for n in sort_by})
    return table.take(pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in keys.column_names]))


def _in_id_order(table: pa.Table, ids: pa.Array, sort_by: tuple[str, ...] = ()) -> pa.Table:
    """The rows of these articles, article by article in the order of `ids`, then by `sort_by`."""
    return _sorted_like(table.filter(pc.is_in(table["article_id"], value_set=ids)), ids, sort_by)


def _equal_rows(before: pa.Table, after: pa.Table) -> Any:
    equal: Any = pa.chunked_array([pa.array([True] * before.num_rows)])
    for a, b in zip(before.columns, after.columns, strict=True):
        both_null = pc.and_(a.is_null(), b.is_null())
        equal = pc.and_(equal, pc.or_(both_null, pc.fill_null(pc.equal(a, b), False)))
    return equal


def _same_slices(before: pa.Table, after: pa.Table, ids: pa.Array) -> pa.Array:
    """Those of the ids whose rows are the same in both tables (each in id order)."""
    if before.equals(after):
        return ids
    starts = []
    for table in (before, after):
        counts = {entry["values"]: entry["counts"] for entry in pc.value_counts(table["article_id"]).to_pylist()}
        position, places = 0, {}
        for key in ids.to_pylist():
            places[key] = (position, counts.get(key, 0))
            position += counts.get(key, 0)
        starts.append(places)
    before, after = before.combine_chunks(), after.combine_chunks()
    same = [k for k in ids.to_pylist() if before.slice(*starts[0][k]).equals(after.slice(*starts[1][k]))]
    return pa.array(same, pa.string())
