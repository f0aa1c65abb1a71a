"""Frozen records that pass between the stages; the public ones have a table's columns as their fields."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

# Beyond this a decimal written out is thousands of digits long; float64 ends at 1e308 anyway.
MAX_DECIMAL_EXPONENT = 400


def format_decimal(value: Decimal) -> str:
    """The exact decimal without exponent and without zeros that say nothing.

    >>> format_decimal(Decimal("88666000000.00")), format_decimal(Decimal("1E+3")), format_decimal(Decimal("-0.50"))
    ('88666000000', '1000', '-0.5')
    """
    if not value.is_finite() or abs(value.adjusted()) > MAX_DECIMAL_EXPONENT:
        return str(value)
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def record_dict(record: Any, *, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """A record's fields as JSON values: decimals as numbers, dates and times in ISO 8601."""
    return {f.name: _json_value(getattr(record, f.name)) for f in fields(record) if f.name not in without}


def _json_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


# ---------------------------------------------------------------- between the stages


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text of a page and how its charset was found."""

    text: str
    charset: str  # the codec used, lower case ("utf-8", "gb18030")
    source: str  # bom, http, meta, detected, default
    replaced_chars: int  # characters that became U+FFFD


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The head of a Hexo, Jekyll or Hugo post, and the body that follows it."""

    fields: dict[str, object]
    body: str
    syntax: str  # yaml or toml
    is_markdown: bool
    problem: str | None = None  # why the fields are incomplete (broken YAML), or None


@dataclass(frozen=True, slots=True)
class Observation:
    """One value seen for one metadata field, before any choice (a row of the metadata table)."""

    field: str
    value: str
    source: str  # front_matter, json_ld, open_graph, meta, microdata, html, byline, url, http


@dataclass(frozen=True, slots=True)
class Block:
    """One stretch of article text. `text` is the only text that offsets point into.

    The fields below `table_column` are hints for headings and claims; they are no columns.
    """

    block_position: int
    kind: str  # paragraph, heading, list_item, quote, caption, cell, code
    text: str
    heading_id: str | None = None  # the heading this block stands under; its own id for a heading block
    table_number: int | None = None
    table_row: int | None = None
    table_column: int | None = None
    level: int | None = None  # 1 to 6 on a real heading
    anchor: str | None = None  # id or name attribute of a heading
    is_bold: bool = False  # all of its text is bold, strong or of a heading-like style
    is_centered: bool = False
    is_header_cell: bool = False  # th, or a cell of thead

    @property
    def char_count(self) -> int:
        """Code points in the text."""
        return len(self.text)

    def to_dict(self) -> dict[str, Any]:
        """The row as JSON values, keys as in the blocks table (article_id is the document's to add)."""
        return record_dict(self, without=_BLOCK_HINTS) | {"char_count": self.char_count}


_BLOCK_HINTS = frozenset({"level", "anchor", "is_bold", "is_centered", "is_header_cell"})


# ---------------------------------------------------------------- rows of the tables


@dataclass(frozen=True, slots=True)
class MetadataValue:
    """A row of the metadata table: an observation, and whether it was chosen."""

    article_id: str
    field: str
    position: int
    value: str
    source: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """A row of the headings table."""

    heading_id: str
    article_id: str
    position: int
    level: int
    text: str
    numbering: str | None
    path: str
    parent_heading_id: str | None
    anchor: str | None
    is_styled: bool
    block_position: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A row of the claims table; numbers are exact decimals here and become floats in the frame.

    Offsets count code points in the block's text: `text[char_start:char_end] == quote`.
    """

    block_position: int
    char_start: int
    char_end: int
    quote: str
    sentence: str
    kind: str
    value: Decimal | None
    value_low: Decimal | None
    value_high: Decimal | None
    comparator: str
    unit: str
    unit_text: str | None
    dimension: str
    language: str
    rule: str
    claim_id: str = ""
    article_id: str = ""
    published_date: date | None = None
    heading_id: str | None = None
    currency: str | None = None
    is_currency_inferred: bool = False
    value_si: Decimal | None = None
    unit_si: str | None = None
    role: str = "level"
    change: str | None = None
    change_pct: Decimal | None = None
    basis: str | None = None
    metric: str | None = None
    metric_key: str | None = None
    subject: str | None = None
    subject_key: str | None = None
    period_text: str | None = None
    period_start: date | None = None
    period_end: date | None = None
    attribution: str | None = None
    modality: str = "actual"
    is_negated: bool = False
    salience: str = "key"
    repeat_of: str | None = None
    confidence: float = 0.0

    @property
    def value_text(self) -> str | None:
        """The exact value in plain digits; None when only bounds are known."""
        return None if self.value is None else format_decimal(self.value)

    def to_dict(self) -> dict[str, Any]:
        """The row as JSON values, keys as in the claims table."""
        return record_dict(self) | {"value_text": self.value_text}


@dataclass(frozen=True, slots=True)
class Article:
    """A row of the articles table, but for the columns a run adds (duplicate_of, extracted_at, run_id)."""

    article_id: str
    source_uri: str
    canonical_url: str | None
    site_name: str | None
    title: str | None
    subtitle: str | None
    authors: str | None
    editors: str | None
    source_name: str | None
    published_at: datetime | None
    published_date: date | None
    published_month: str | None
    published_precision: str | None
    modified_at: datetime | None
    language: str | None
    description: str | None
    image_url: str | None
    categories: str | None
    tags: str | None
    page_type: str | None
    rights: str | None
    text: str
    char_count: int
    heading_count: int
    claim_count: int
    body_confidence: float
    content_sha256: str
    extractor_version: str
