"""One part's rows set right: what can be derived is derived again, what breaks its declaration goes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flows.dataset.check_rows import COUNTS, id_numbers, row_spec
from flows.dataset.merge import merge_rejects
from flows.dataset.rows import in_order
from transforms.ids import stable_id
from transforms.tables import DOCUMENT_TABLES, REJECTS, TABLES
from transforms.validate import find_violations, split_valid

if TYPE_CHECKING:
    from collections.abc import Collection

Tables = dict[str, pa.Table]


@dataclass(slots=True)
class Mended:
    """The rows of one part as they should be."""

    tables: Tables
    broken: set[str] = field(default_factory=set)  # articles of which rows had to go, or sources of rejects
    done: Counter[str] = field(default_factory=Counter)  # what was done, how often


def mend_documents(tables: Tables, elsewhere: Collection[str], run_id: str) -> Mended:
    """The rows of a part's articles without those that break a declaration or belong to an article `elsewhere`.

    An article whose own row goes takes all its rows with it. Rows that change name the run.
    """
    mended = Mended(_without(tables, elsewhere))
    articles = mended.tables["articles"]
    originals = dict(zip(articles["article_id"].to_pylist(), articles["duplicate_of"].to_pylist(), strict=True))
    # duplicate_of may point into any part: it is looked at when all parts are mended.
    articles = _with_column(articles, "duplicate_of", [None] * articles.num_rows)
    articles = _with_months(articles.filter(pa.array(_identified(articles), pa.bool_())), run_id, mended.done)
    mended.tables["articles"] = articles
    for name in ("headings", "claims"):
        _drop_strange_ids(mended, name)
    while True:
        # A row that goes may leave another that pointed at it.
        mended.tables, violations = split_valid(mended.tables)
        mended.broken |= {v.article_id for v in violations if v.article_id}
        if not violations:
            break
    for name in DOCUMENT_TABLES:
        if removed := tables[name].num_rows - mended.tables[name].num_rows:
            mended.done[f"rows removed from {name}"] += removed
    by_date = [("published_date", "ascending"), ("article_id", "ascending")]
    mended.tables["articles"] = mended.tables["articles"].sort_by(by_date)
    order = mended.tables["articles"]["article_id"].to_pylist()
    for name in DOCUMENT_TABLES[1:]:
        mended.tables[name] = in_order(mended.tables[name], order, TABLES[name].sort_by)
    _set_derived(mended, run_id)
    articles = mended.tables["articles"]
    again = [originals[key] for key in articles["article_id"].to_pylist()]
    mended.tables["articles"] = _with_column(articles, "duplicate_of", again)
    return mended


def mend_rejects(rejects: pa.Table, welcome: Collection[str]) -> Mended:
    """The rejects that keep their declaration and are of a `welcome` source, in order.

    A refused row of an article needs the article, a refused page must not have one: the caller decides both, by
    the key `reject_id`.
    """
    bad = {v.row for v in find_violations(row_spec(REJECTS), rejects, {})}
    _, is_id = id_numbers(rejects["reject_id"])
    bad |= set(np.flatnonzero(~is_id).tolist())
    rows = rejects.to_pylist()
    broken = {rows[row]["source_uri"] for row in bad} - {None}
    kept = rejects.filter(
        pa.array([i not in bad and row["reject_id"] in welcome for i, row in enumerate(rows)], pa.bool_())
    )
    mended = Mended({"rejects": merge_rejects(kept, REJECTS.schema.empty_table(), ())}, broken)
    if removed := rejects.num_rows - kept.num_rows:
        mended.done["rows removed from rejects"] += removed
    return mended


def _without(tables: Tables, ids: Collection[str]) -> Tables:
    if not ids:
        return dict(tables)
    gone = pa.array(sorted(ids), pa.string())
    return {name: t.filter(pc.invert(pc.is_in(t["article_id"], value_set=gone))) for name, t in tables.items()}


def _drop_strange_ids(mended: Mended, name: str) -> None:
    rows = mended.tables[name]
    _, is_id = id_numbers(rows[TABLES[name].primary_key[0]])
    mended.broken |= set(rows["article_id"].filter(pa.array(~is_id)).to_pylist()) - {None}
    mended.tables[name] = rows.filter(pa.array(is_id))


def _identified(articles: pa.Table) -> list[bool]:
    pairs = zip(articles["article_id"].to_pylist(), articles["source_uri"].to_pylist(), strict=True)
    return [uri is not None and key == stable_id(uri) for key, uri in pairs]


def _with_months(articles: pa.Table, run_id: str, done: Counter[str]) -> pa.Table:
    days = articles["published_date"].to_pylist()
    months = [None if day is None else f"{day.year:04d}-{day.month:02d}" for day in days]
    return _with_right(articles, "published_month", pa.array(months, pa.string()), run_id, done)


def _set_derived(mended: Mended, run_id: str) -> None:
    """Counts and dates that follow from other rows of the article."""
    articles, claims = mended.tables["articles"], mended.tables["claims"]
    ids = articles["article_id"].combine_chunks()
    for count, name in COUNTS.items():
        ranks = pc.index_in(mended.tables[name]["article_id"], value_set=ids).to_numpy()
        numbers = pa.array(np.bincount(ranks, minlength=len(ids)), pa.int32())
        # Perhaps rows are lost: extracted again, the article comes out the same if none are.
        wrong = pc.fill_null(pc.not_equal(articles[count], numbers), True)
        mended.broken |= set(ids.filter(wrong.combine_chunks()).to_pylist())
        articles = _with_right(articles, count, numbers, run_id, mended.done)
    dates = articles["published_date"].take(pc.index_in(claims["article_id"], value_set=ids))
    mended.tables["articles"] = articles
    mended.tables["claims"] = _with_right(claims, "published_date", dates.combine_chunks(), None, mended.done)


def _with_right(table: pa.Table, name: str, right: pa.Array, run_id: str | None, done: Counter[str]) -> pa.Table:
    """The table with this column as it should be; rows that change by it name the run, where rows name one."""
    before = table[name].combine_chunks()
    same = pc.or_(pc.fill_null(pc.equal(before, right), False), pc.and_(before.is_null(), right.is_null()))
    changed = len(same) - (pc.sum(same).as_py() or 0)
    if not changed:
        return table
    done[f"{name} set right in {'claims' if run_id is None else 'articles'}"] += changed
    table = _with_column(table, name, right)
    return table if run_id is None else _with_column(table, "run_id", pc.if_else(same, table["run_id"], run_id))


def _with_column(table: pa.Table, name: str, values: Any) -> pa.Table:
    index = table.schema.get_field_index(name)
    kind = table.schema.field(index)
    array = pa.array(values, kind.type) if isinstance(values, list) else values
    return table.set_column(index, kind, array)
