"""Constraints between the columns of one row, table by table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class RowCheck:
    """A constraint; `breaks` gives true for the rows that break it (null is no violation)."""

    code: str
    message: str
    breaks: Callable[[pa.Table], Any]


def _only_one_null(first: str, second: str) -> Callable[[pa.Table], Any]:
    return lambda t: pc.not_equal(t[first].is_null(), t[second].is_null())


def _above(low: str, high: str) -> Callable[[pa.Table], Any]:
    return lambda t: pc.greater(t[low], t[high])


def _outside(name: str, low: float, high: float) -> Callable[[pa.Table], Any]:
    return lambda t: pc.or_(pc.less(t[name], low), pc.greater(t[name], high))


def _wrong_length(table: pa.Table) -> Any:
    return pc.not_equal(table["char_count"], pc.utf8_length(table["text"]))


def _wrong_month(table: pa.Table) -> Any:
    # strftime of years before 1000 is not padded everywhere: compare numbers.
    month = table["published_month"]
    year_ok = pc.equal(pc.utf8_slice_codeunits(month, 0, 4), _padded(pc.year(table["published_date"]), 4))
    month_ok = pc.equal(pc.utf8_slice_codeunits(month, 5, 7), _padded(pc.month(table["published_date"]), 2))
    return pc.invert(pc.and_(year_ok, month_ok))


def _padded(numbers: Any, width: int) -> Any:
    return pc.utf8_lpad(numbers.cast(pa.string()), width=width, padding="0")


def _half_a_cell(table: pa.Table) -> Any:
    # A caption has the table's number alone.
    row, column, number = (table[n].is_null() for n in ("table_row", "table_column", "table_number"))
    return pc.or_(pc.not_equal(row, column), pc.and_(number, pc.invert(row)))


def _no_number(table: pa.Table) -> Any:
    return pc.and_(table["value"].is_null(), pc.and_(table["value_low"].is_null(), table["value_high"].is_null()))


def _unbalanced(table: pa.Table) -> Any:
    total: Any = 0
    for name in ("new_count", "changed_count", "unchanged_count", "rejected_count", "skipped_count"):
        total = pc.add(table[name], total)
    return pc.not_equal(table["discovered_count"], total)


ROW_CHECKS: dict[str, tuple[RowCheck, ...]] = {
    "articles": (
        RowCheck("no_source", "source_uri is empty", lambda t: pc.equal(t["source_uri"], "")),
        RowCheck("char_count", "char_count is not the length of text", _wrong_length),
        RowCheck(
            "date_precision",
            "published_date and published_precision go together",
            _only_one_null("published_date", "published_precision"),
        ),
        RowCheck("published_month", "published_month is not the month of published_date", _wrong_month),
        RowCheck(
            "date_month",
            "published_date and published_month go together",
            _only_one_null("published_date", "published_month"),
        ),
        RowCheck("confidence", "body_confidence is not between 0 and 1", _outside("body_confidence", 0, 1)),
    ),
    "metadata": (RowCheck("position", "position is negative", lambda t: pc.less(t["position"], 0)),),
    "headings": (
        RowCheck("level", "level is not between 1 and 6", _outside("level", 1, 6)),
        RowCheck("position", "position is negative", lambda t: pc.less(t["position"], 0)),
    ),
    "blocks": (
        RowCheck("position", "block_position is negative", lambda t: pc.less(t["block_position"], 0)),
        RowCheck("char_count", "char_count is not the length of text", _wrong_length),
        RowCheck("table_place", "table_number, table_row and table_column go together", _half_a_cell),
    ),
    "claims": (
        RowCheck("span", "char_start is negative", lambda t: pc.less(t["char_start"], 0)),
        RowCheck("span", "char_end is not after char_start", lambda t: pc.less_equal(t["char_end"], t["char_start"])),
        RowCheck("no_number", "value, value_low and value_high are all null", _no_number),
        RowCheck("bounds", "value_low is above value_high", _above("value_low", "value_high")),
        RowCheck("bounds", "value_low is above value", _above("value_low", "value")),
        RowCheck("bounds", "value is above value_high", _above("value", "value_high")),
        RowCheck("value_text", "value and value_text go together", _only_one_null("value", "value_text")),
        RowCheck("value_si", "value_si and unit_si go together", _only_one_null("value_si", "unit_si")),
        RowCheck("period", "period_start is after period_end", _above("period_start", "period_end")),
        RowCheck("confidence", "confidence is not between 0 and 1", _outside("confidence", 0, 1)),
    ),
    "runs": (RowCheck("balance", "discovered_count is not the sum of the other counts", _unbalanced),),
}


def quotes_off_their_text(claims: pa.Table, blocks: pa.Table) -> list[int]:
    """Rows of claims whose quote is not the block's text at their offsets (code points).

    A claim whose block is missing, or whose block's text was left out, is no case for this check.
    """
    names = ("article_id", "block_position")
    texts = dict(
        zip(zip(*(blocks[n].to_pylist() for n in names), strict=True), blocks["text"].to_pylist(), strict=True)
    )
    keys = zip(*(claims[n].to_pylist() for n in names), strict=True)
    spans = zip(*(claims[n].to_pylist() for n in ("char_start", "char_end", "quote")), strict=True)
    wrong = []
    for row, (key, (start, end, quote)) in enumerate(zip(keys, spans, strict=True)):
        text = texts.get(key)
        if text is not None and start is not None and end is not None and text[start:end] != quote:
            wrong.append(row)
    return wrong
