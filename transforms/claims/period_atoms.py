"""What the scanners find: the smallest words of time, before they are joined and dated."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from transforms.claims.calendar import Part, Span


class Atom(NamedTuple):
    """One word of time in a text.

    `form` says which fields count:
    year      number (and base: text, published, told, fiscal, fiscal_published), part where an edge is included (年末)
    part      part of a year without its year; base "fiscal" counts its months from the fiscal year's first
    span      span, known from the words alone (2019—2021年, 十四五); None for a date that cannot be read (1/3/2021)
    unit      calendar unit `number` units from the day of publication (base published), from the anchor (told), or
              from the anchor if that is such a unit and else from publication (before)
    third     the first, second or last ten days (`number`) of the anchor's month
    same      the anchor's stretch `number` years away (去年同期)
    rolling   `number` units up to (negative) or from publication; number 0: an unknown count
    ago       `number` units before (negative) or after
    to_date   from the start of the unit to publication
    rest      from publication to the end of the unit
    weekday   number 0 to 6; base this, last, next or none
    day       number, day of an unnamed month
    event     word
    stretch   `number` units that end with the date that follows
    vague     no dates
    clock     a clock time or another number of the calendar that is no period (90后)
    """

    start: int
    end: int
    form: str
    kind: str
    base: str = ""
    number: int = 0
    unit: str = ""
    part: Part | None = None
    span: Span | None = None
    word: str = ""
