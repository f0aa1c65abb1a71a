"""Date arithmetic for periods: inclusive spans of days, shifts by calendar units, parts of a year."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

EARLIEST_YEAR, LATEST_YEAR = 1000, 2999
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12, "decade": 120}
UNIT_DAYS = {"day": 1, "week": 7, "month": 31, "quarter": 92, "half": 184, "year": 366, "decade": 3653}
DAYS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Span(NamedTuple):
    """Inclusive first and last day."""

    first: date
    last: date


class Part(NamedTuple):
    """A part of any year, as month and day of both ends; day 0 is the month's last day.

    >>> Part(7, 1, 9, 0).of(2021)
    Span(first=datetime.date(2021, 7, 1), last=datetime.date(2021, 9, 30))
    """

    first_month: int
    first_day: int
    last_month: int
    last_day: int

    def of(self, year: int) -> Span | None:
        """The part in `year`; None for a day that does not exist. An end before its start lies in the next year."""
        first_month, first_day, last_month, last_day = self
        last_year = year + ((last_month, last_day or 31) < (first_month, first_day or 31))
        first, last = day_of(year, first_month, first_day), day_of(last_year, last_month, last_day)
        return Span(first, last) if first and last else None

    def start(self) -> Part:
        """Its first day."""
        return Part(self.first_month, self.first_day, self.first_month, self.first_day)

    def end(self) -> Part:
        """Its last day.

        >>> Part(6, 1, 6, 0).end().of(2022)
        Span(first=datetime.date(2022, 6, 30), last=datetime.date(2022, 6, 30))
        """
        return Part(self.last_month, self.last_day, self.last_month, self.last_day)


YEAR = Part(1, 1, 12, 0)


def month(number: int) -> Part:
    """The month `number` (1 to 12) as a part of a year."""
    return Part(number, 1, number, 0)


def months(first: int, last: int) -> Part:
    """The months `first` to `last`, both included; a last before the first lies in the next year."""
    return Part(first, 1, last, 0)


def quarter(number: int) -> Part:
    """The calendar quarter `number` (1 to 4)."""
    return Part(3 * number - 2, 1, 3 * number, 0)


def half(number: int) -> Part:
    """The half-year `number` (1 or 2)."""
    return Part(6 * number - 5, 1, 6 * number, 0)


def day_of(year: int, month_number: int, day: int) -> date | None:
    """The date, day 0 being the month's last; None where there is no such day or the year is out of bounds."""
    if not (EARLIEST_YEAR <= year <= LATEST_YEAR and 1 <= month_number <= 12):
        return None
    if day == 0:
        return date(year, month_number, month_length(year, month_number))
    if day > 28 and day > month_length(year, month_number):
        return None
    return date(year, month_number, day)


def month_length(year: int, month_number: int) -> int:
    """Days of the month."""
    if month_number == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0):
        return 29
    return DAYS[month_number]


def year_span(year: int) -> Span | None:
    """The whole of `year`."""
    if EARLIEST_YEAR <= year <= LATEST_YEAR:
        return Span(date(year, 1, 1), date(year, 12, 31))
    return None


def add_months(day: date, count: int) -> date | None:
    """`day` moved by whole months, held at the end of a shorter month.

    >>> add_months(date(2020, 2, 29), -12)
    datetime.date(2019, 2, 28)
    """
    year, index = divmod(day.year * 12 + day.month - 1 + count, 12)
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return None
    return date(year, index + 1, min(day.day, month_length(year, index + 1)))


def add(day: date, unit: str, count: int) -> date | None:
    """`day` moved by `count` units: day, week, month, quarter, half, year, decade. None beyond the calendar."""
    if unit in ("day", "week"):
        if abs(count) > 400_000:
            return None
        try:
            return day + timedelta(days=count * (7 if unit == "week" else 1))
        except OverflowError:
            return None
    if abs(count) > 4000:
        return None
    return add_months(day, count * MONTHS[unit])


def span_at(day: date, unit: str, offset: int = 0) -> Span | None:
    """The calendar unit that holds `day`, moved by `offset` units.

    >>> span_at(date(2022, 6, 16), "week", -1)
    Span(first=datetime.date(2022, 6, 6), last=datetime.date(2022, 6, 12))
    """
    if unit in ("day", "week"):
        start = add(day - timedelta(days=day.weekday()) if unit == "week" else day, unit, offset)
        end = add(start, "day", 6 if unit == "week" else 0) if start else None
        return Span(start, end) if start and end else None
    moved = add(day.replace(day=1), unit, offset)
    if moved is None:
        return None
    if unit == "year":
        return year_span(moved.year)
    if unit == "month":
        return month(moved.month).of(moved.year)
    if unit == "quarter":
        return quarter((moved.month + 2) // 3).of(moved.year)
    if unit == "half":
        return half((moved.month + 5) // 6).of(moved.year)
    decade = moved.year - moved.year % 10
    return Span(date(decade, 1, 1), date(decade + 9, 12, 31))


def shift(span: Span, unit: str, count: int) -> Span | None:
    """The same stretch `count` units away; a span that ends with its month still does.

    >>> shift(Span(date(2020, 2, 1), date(2020, 2, 29)), "year", -1)
    Span(first=datetime.date(2019, 2, 1), last=datetime.date(2019, 2, 28))
    """
    first, last = add(span.first, unit, count), add(span.last, unit, count)
    if first is None or last is None:
        return None
    if unit not in ("day", "week") and span.first != span.last and (span.last + timedelta(days=1)).day == 1:
        last = last.replace(day=month_length(last.year, last.month))
    return Span(first, last)


def stretch_back(last: date, unit: str, count: int) -> Span | None:
    """The `count` units that end with `last`; whole months where `last` closes its month.

    >>> stretch_back(date(2022, 6, 30), "month", 3)
    Span(first=datetime.date(2022, 4, 1), last=datetime.date(2022, 6, 30))
    """
    if (last + timedelta(days=1)).day == 1 and unit not in ("day", "week"):
        first = add(last.replace(day=1), "month", 1 - count * MONTHS[unit])
    else:
        before = add(last, unit, -count)
        first = add(before, "day", 1) if before else None
    return Span(first, last) if first else None


def unit_of(span: Span) -> str | None:
    """The calendar unit that the span is exactly: day, week, month, quarter, half, year; None for anything else."""
    for unit in ("day", "month", "quarter", "half", "year", "week"):
        if span_at(span.first, unit) == span:
            return unit
    return None


def latest(part: Part, today: date, slack: int = 0, *, is_counted: bool = False) -> Span | None:
    """The latest such part of a year that has begun by `today` (plus `slack` days).

    `is_counted`: its last month must have begun; January to October is not told of in June.

    >>> latest(quarter(4), date(2022, 6, 16))
    Span(first=datetime.date(2021, 10, 1), last=datetime.date(2021, 12, 31))
    """
    limit = add(today, "day", slack) or today
    for year in range(limit.year, limit.year - 9, -1):  # a 29 February may lie eight years back
        span = part.of(year)
        if span and (span.last.replace(day=1) if is_counted else span.first) <= limit:
            return span
    return None


def upcoming(part: Part, today: date) -> Span | None:
    """The first such part of a year that has not ended before `today`.

    >>> upcoming(quarter(4), date(2022, 6, 16))
    Span(first=datetime.date(2022, 10, 1), last=datetime.date(2022, 12, 31))
    """
    wraps = part.last_month < part.first_month
    for year in range(today.year - wraps, today.year + 9):
        span = part.of(year)
        if span and span.last >= today:
            return span
    return None


def fiscal_span(year: int, part: Part, end_month: int, named_by: str) -> Span | None:
    """A part (in months 1 to 12 of the fiscal year) of fiscal `year`, for a year that ends with `end_month`.

    `named_by` says which calendar year names it: the one it ends in ("end") or the one it starts in ("start").

    >>> fiscal_span(2022, quarter(3), 3, "end")
    Span(first=datetime.date(2021, 10, 1), last=datetime.date(2021, 12, 31))
    """
    start_year = year - (1 if named_by == "end" and end_month < 12 else 0)
    base = start_year * 12 + end_month % 12
    first_year, first_month = divmod(base + part.first_month - 1, 12)
    last_year, last_month = divmod(base + part.last_month - 1, 12)
    first = day_of(first_year, first_month + 1, part.first_day)
    last = day_of(last_year, last_month + 1, part.last_day)
    return Span(first, last) if first and last else None


def nth_weekday(year: int, month_number: int, weekday: int, count: int) -> date | None:
    """The `count`-th given weekday (Monday 0) of a month: the fourth Thursday of November is (11, 3, 4)."""
    first = day_of(year, month_number, 1)
    if first is None:
        return None
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (count - 1))


def length(span: Span) -> int:
    """Days in the span."""
    return (span.last - span.first).days + 1


def is_about(span: Span, unit: str) -> bool:
    """Whether the span is one such unit, of the calendar or of a fiscal year."""
    days = UNIT_DAYS[unit]
    return unit_of(span) == unit or (days > 7 and days * 0.9 <= length(span) <= days)


def edge_of(span: Span, edge: str) -> Span:
    """The first or the last day."""
    return Span(span.first, span.first) if edge == "start" else Span(span.last, span.last)
