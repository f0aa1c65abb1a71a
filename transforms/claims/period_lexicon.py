"""Words of time of both languages and the calendars, loaded once from lexicons/periods_*.toml and calendars.toml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

import tomli

from transforms.claims.calendar import Part, Span, nth_weekday
from transforms.errors import LexiconError

if TYPE_CHECKING:
    from collections.abc import Iterable

DIGIT_BESIDE_WORD = re.compile(r"(?<=[0-9])(?=[^\x00-\x7f])|(?<=[^\x00-\x7f])(?=[0-9A-Z])")


@cache
def load_toml(name: str) -> dict[str, Any]:
    """The parsed file of transforms/lexicons."""
    text = (files("transforms") / "lexicons" / name).read_text(encoding="utf-8")
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise LexiconError(name, "-", str(error)) from error


def alternation(words: Iterable[str], *, spaced: bool = False) -> str:
    """Regular expression that matches any of the words, longest first; `spaced` allows a space beside digits."""
    escaped = (re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word)))
    if spaced:
        escaped = (DIGIT_BESIDE_WORD.sub(r"\\s?", word) for word in escaped)
    return "|".join(escaped)


def part_of(file: str, key: str, numbers: object) -> Part:
    """The declared [month, day, month, day]; LexiconError for anything else."""
    if not (isinstance(numbers, list) and len(numbers) == 4 and all(isinstance(number, int) for number in numbers)):
        raise LexiconError(file, key, "must be [first month, first day, last month, last day]")
    part = Part(*numbers)
    if part.of(2020) is None:
        raise LexiconError(file, key, "is no part of a year")
    return part


class FiscalCalendar(NamedTuple):
    """The month a fiscal year ends with, and the year that names it: the one it ends or starts in."""

    end_month: int
    named_by: str


@dataclass(frozen=True, slots=True)
class Event:
    """A yearly event: a part of every year, a weekday rule, or spans by year."""

    names: tuple[str, ...]
    part: Part | None
    weekday: tuple[int, int, int, int] | None
    years: dict[int, Span]

    def of(self, year: int) -> Span | None:
        """Its days in `year`; None where the table does not know the year."""
        if self.part:
            return self.part.of(year)
        if self.weekday:
            month_number, weekday, count, days_after = self.weekday
            day = nth_weekday(year, month_number, weekday, count)
            if day is None:
                return None
            day += timedelta(days=days_after)
            return Span(day, day)
        return self.years.get(year)


@dataclass(frozen=True, slots=True)
class Calendars:
    """What calendars.toml declares."""

    fiscal: dict[str, FiscalCalendar]  # by company name, as written
    events: dict[str, Event]  # by name, lower case
    plans: dict[str, Span]


@cache
def calendars() -> Calendars:
    """The calendars, checked: every month and day exists, no name stands twice."""
    file = "calendars.toml"
    data = load_toml(file)
    fiscal: dict[str, FiscalCalendar] = {}
    for row in data["fiscal"]:
        if row["named_by"] not in ("start", "end") or not 1 <= row["end_month"] <= 12:
            raise LexiconError(file, str(row["companies"][0]), "needs end_month 1 to 12 and named_by start or end")
        for company in row["companies"]:
            if company in fiscal:
                raise LexiconError(file, company, "stands twice")
            fiscal[company] = FiscalCalendar(row["end_month"], row["named_by"])
    events: dict[str, Event] = {}
    for row in data["event"]:
        event = Event(
            names=tuple(row["names"]),
            part=part_of(file, row["names"][0], row["part"]) if "part" in row else None,
            weekday=tuple(row["weekday"]) if "weekday" in row else None,
            years={int(year): Span(*map(date.fromisoformat, days)) for year, days in row.get("years", {}).items()},
        )
        for name in event.names:
            if name.lower() in events:
                raise LexiconError(file, name, "stands twice")
            events[name.lower()] = event
    plans = {name: Span(date(first, 1, 1), date(last, 12, 31)) for name, (first, last) in data["plans"].items()}
    return Calendars(fiscal, events, plans)


@cache
def company_pattern() -> re.Pattern[str]:
    """Finds the companies whose fiscal calendar is known."""
    # A Latin name must not begin or end inside a word; Chinese has no word boundaries.
    names = calendars().fiscal
    latin = alternation(name for name in names if name.isascii())
    other = alternation(name for name in names if not name.isascii())
    return re.compile(rf"(?:{other})|(?<![A-Za-z])(?:{latin})(?![A-Za-z])")
