"""What the scanners find: a number with its unit, before its sentence is read."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transforms.claims.lexicon import Unit


@dataclass(slots=True)
class Mention:
    """One number-with-unit in a text; the grammar and the context stage fill it in."""

    start: int
    end: int
    value: Decimal | None
    rule: str  # the grammar rule that found it
    unit: Unit | None = None
    unit_text: str | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    comparator: str | None = None  # said by the number itself: 多, 数十, +, a range
    denominator: str | None = None  # /share, /h: what the amount is per
    scale: Decimal = Decimal(1)  # 亿 of 886.66亿; what a range hands to its left number
    is_spelled: bool = False  # 四, five: written as a word
    is_currency_inferred: bool = False
    kind: str | None = None  # set where the unit does not say (individual words such as 翻番)
    role: str | None = None
    change: str | None = None
    change_pct: Decimal | None = None
    is_minor: bool = False
    head_end: int = 0  # where the words that belong to the number end (a counted noun), for the metric
