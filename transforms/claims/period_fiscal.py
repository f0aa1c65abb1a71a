"""Fiscal years of an article: the calendar its text states, or that of the company it named last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.claims.calendar import YEAR, Part, Span, add_months, fiscal_span
from transforms.claims.period_lexicon import FiscalCalendar, calendars, company_pattern

if TYPE_CHECKING:
    from datetime import date

    from transforms.claims.period_atoms import Atom
    from transforms.claims.period_mentions import Mention


class FiscalYears:
    """Dates parts of fiscal years; texts are searched for companies only when a fiscal year comes."""

    def __init__(self, published: date | None) -> None:
        self.published = published
        self._unsearched: list[str] = []
        self._calendar: FiscalCalendar | None = None
        self._is_stated = False  # it follows from the text, not from a company's name

    def copy(self) -> FiscalYears:
        """The same state, to go on from elsewhere."""
        other = FiscalYears(self.published)
        other._unsearched = list(self._unsearched)
        other._calendar, other._is_stated = self._calendar, self._is_stated
        return other

    def note(self, text: str) -> None:
        """Takes in a sentence in which companies may be named."""
        self._unsearched.append(text)

    def learn(self, fiscal: Mention, span: Span) -> None:
        """Takes the calendar from a stated equivalent: fiscal 2022 Q3 = October to December 2021."""
        if fiscal.year is None or fiscal.year.base not in ("fiscal", "text"):
            return
        end = add_months(span.last.replace(day=1), 12 - (fiscal.part or YEAR).last_month)
        if end is not None and end.year - fiscal.year.number in (0, 1):
            named_by = "end" if end.year == fiscal.year.number else "start"
            self._calendar, self._is_stated = FiscalCalendar(end.month, named_by), True

    def date(self, year: Atom | None, part: Part) -> Span | None:
        """A part of a fiscal year; without a year the latest one that has begun."""
        calendar = self._find_calendar()
        if calendar is None:
            return None
        if year is not None and year.base in ("fiscal", "text"):
            return fiscal_span(year.number, part, *calendar)
        if self.published is None:
            return None
        for number in range(self.published.year + 1, self.published.year - 2, -1):
            span = fiscal_span(number, part if year is None else YEAR, *calendar)
            if span and span.first <= self.published:
                return span if year is None else fiscal_span(number + year.number, part, *calendar)
        return None

    def _find_calendar(self) -> FiscalCalendar | None:
        if not self._is_stated:
            table = calendars()
            for text in self._unsearched:
                for match in company_pattern().finditer(text):
                    self._calendar = table.fiscal[match.group()]
        self._unsearched.clear()
        return self._calendar
