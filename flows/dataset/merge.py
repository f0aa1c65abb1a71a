"""One part before and after a commit: which of its files change, and their rows.

Articles stand by published_date (undated last), then article_id; the rows of the other tables in their articles'
order. Old rows and new ones are merged a stretch of articles at a time: memory does not grow with the part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.dataset.rows import NewRows, PartRows, in_order, open_part, rows_at_once, stretches
from flows.dataset.storage import naming
from transforms.frames import conform_table, table_from_rows
from transforms.tables import DOCUMENT_TABLES, REJECTS, TABLES

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping
    from datetime import date

    from flows.dataset.paths import DatasetPaths

COMPARED = {name: [n for n in TABLES[name].names if n not in TABLES[name].volatile] for name in DOCUMENT_TABLES}
COMPARED["articles"].remove("duplicate_of")  # what others are, not what the page is


@dataclass(frozen=True, slots=True)
class PartPlan:
    """The articles of a part after a commit, and which tables' files differ from those in place."""

    order: tuple[str, ...]
    stay: tuple[str, ...]  # of these the old rows, in order
    fresh: frozenset[str]  # of these the new rows
    same: frozenset[str]  # extracted again, and nothing differs; they stay
    tables: frozenset[str]


def plan_part(
    paths: DatasetPaths,
    part: int,
    replaced: set[str],
    new: NewRows,
    ids: set[str],
    duplicates: Mapping[str, str | None],
) -> PartPlan:
    """What becomes of a part whose articles `replaced` leave, and those of `ids` that have new rows come.

    `duplicates` is duplicate_of of the articles for which it may change.
    """
    old = _old_keys(paths, part)
    dates = {
        row["article_id"]: row["published_date"] for row in new.rows("articles", ids).select(_KEYS[:2]).to_pylist()
    }
    differing = _differing(paths, part, [key for key in old if key in replaced], new)
    differs = frozenset().union(*differing.values())
    same = frozenset(key for key in replaced if key in old and key in dates and key not in differs)
    fresh = frozenset(dates) - same
    stay = [key for key in old if key not in replaced or key in same]
    after = {key: old[key][0] for key in stay} | {key: dates[key] for key in fresh}
    tables = {name for name, keys in differing.items() if keys}
    tables |= {name for name in DOCUMENT_TABLES if any(new.count(name, key) for key in fresh - old.keys())}
    if any(key in old and old[key][0] != dates[key] for key in fresh):
        tables |= set(DOCUMENT_TABLES)  # rows that are as they were stand elsewhere
    if any(key in duplicates and duplicates[key] != old[key][1] for key in stay):
        tables.add("articles")
    return PartPlan(
        tuple(sorted(after, key=lambda key: _place(after[key], key))), tuple(stay), fresh, same, frozenset(tables)
    )


def merged_rows(paths: DatasetPaths, part: int, table: str, plan: PartPlan, new: NewRows) -> Iterator[pa.Table]:
    """A table's rows of a part after a commit, in order."""
    old = PartRows(paths.part(table, part), table, plan.stay)
    stay = frozenset(plan.stay)
    for ids in stretches(plan.order):
        kept = [key for key in ids if key in stay]
        rows = old.through(kept[-1]) if kept else TABLES[table].schema.empty_table()
        fresh = [key for key in ids if key in plan.fresh]
        if fresh:
            both = pa.concat_tables([rows, new.rows(table, fresh)])
            rows = in_order(both, ids, TABLES[table].sort_by)
        yield rows


def conformed_rows(paths: DatasetPaths, part: int, table: str) -> Iterator[pa.Table]:
    """A part's rows as they are, in the declared schema."""
    path = paths.part(table, part)
    with naming(path):
        for batch in open_part(path).iter_batches(rows_at_once(table)):
            yield conform_table(pa.Table.from_batches([batch]), TABLES[table])


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
    ids = articles["article_id"].to_pylist()
    before = articles["duplicate_of"].to_pylist()
    after = [duplicates.get(key, value) for key, value in zip(ids, before, strict=True)]
    if after == before:
        return articles
    runs = articles["run_id"].to_pylist()
    stamped = [run_id if a != b else run for a, b, run in zip(after, before, runs, strict=True)]
    return _with_column(_with_column(articles, "duplicate_of", after), "run_id", stamped)


_KEYS = ["article_id", "published_date", "duplicate_of"]


def _old_keys(paths: DatasetPaths, part: int) -> dict[str, tuple[date | None, str | None]]:
    """published_date and duplicate_of of the articles of a part, in order."""
    path = paths.part("articles", part)
    if not path.exists():
        return {}
    with naming(path):
        columns = (column.to_pylist() for column in open_part(path).read(columns=_KEYS).select(_KEYS).columns)
    return {key: (day, original) for key, day, original in zip(*columns, strict=True)}


def _place(day: date | None, article_id: str) -> tuple[bool, Any, str]:
    return (day is None, day or 0, article_id)


def _differing(paths: DatasetPaths, part: int, ids: list[str], new: NewRows) -> dict[str, set[str]]:
    """Of each table, those of these articles (in the part's order) whose rows in it differ from the new ones."""
    differing: dict[str, set[str]] = {name: set() for name in DOCUMENT_TABLES}
    before = {name: PartRows(paths.part(name, part), name, ids, is_sparse=True) for name in DOCUMENT_TABLES}
    for stretch in stretches(ids):
        for name in DOCUMENT_TABLES:
            order = TABLES[name].sort_by
            a = in_order(before[name].through(stretch[-1]), stretch, order).select(COMPARED[name])
            b = in_order(new.rows(name, stretch), stretch, order).select(COMPARED[name])
            differing[name] |= _other_slices(a, b, stretch)
    return differing


def _other_slices(before: pa.Table, after: pa.Table, ids: list[str]) -> set[str]:
    """Those of the ids whose rows differ between two tables, each in the order of the ids."""
    if before.equals(after):
        return set()
    before, after = before.combine_chunks(), after.combine_chunks()
    places = [_slices(table, ids) for table in (before, after)]
    return {
        key
        for key in ids
        if places[0][key][1] != places[1][key][1]
        or not before.slice(*places[0][key]).equals(after.slice(*places[1][key]))
    }


def _slices(table: pa.Table, ids: list[str]) -> dict[str, tuple[int, int]]:
    counts = {entry["values"]: entry["counts"] for entry in pc.value_counts(table["article_id"]).to_pylist()}
    position, places = 0, {}
    for key in ids:
        places[key] = (position, counts.get(key, 0))
        position += counts.get(key, 0)
    return places


def _with_column(table: pa.Table, name: str, values: list[Any]) -> pa.Table:
    index = table.schema.get_field_index(name)
    field = table.schema.field(index)
    return table.set_column(index, field, pa.array(values, field.type))
