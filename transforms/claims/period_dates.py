"""Dates of mentions, from the day of publication and from what the text spoke of before."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from transforms.claims.calendar import (
    UNIT_DAYS,
    YEAR,
    Part,
    Span,
    add,
    add_months,
    day_of,
    edge_of,
    is_about,
    latest,
    length,
    shift,
    span_at,
    stretch_back,
    unit_of,
    upcoming,
    year_span,
)
from transforms.claims.period_fiscal import FiscalYears
from transforms.claims.period_lexicon import calendars

if TYPE_CHECKING:
    from datetime import date

    from transforms.claims.period_atoms import Atom
    from transforms.claims.period_mentions import Mention

NARRATIVE_SENTENCES = 3  # how long a year once told governs months without one
DAY_SLACK = 1  # a page dated in another zone may speak of tomorrow
MIN_YEAR_DAYS = 365
RECENT_DAYS = 75  # the longest time after a stretch in which a forecast may still be of it: results are not out
NEXT_DAYS, LAST_DAYS = 60, 270  # a day without a year: rather the coming one this near than the past one so far away
RESULTS_MONTHS = 4  # January to April: the figures of the year before come out
EVENT_DAYS = 45  # an event without a year is the one this near before publication
NEWS_DAYS = 3  # a day this near before publication is news, whatever year was told before

Dates = tuple["Span | None", "Span | None"]  # the span, and the next such span where the mention names no year
NONE: Dates = (None, None)


class Dater:
    """Turns mentions into spans; keeps the period the text last spoke of and the fiscal calendar it uses."""

    def __init__(self, published: date | None) -> None:
        self.published = published
        self.sentence = 0
        self.anchor: Span | None = None
        self._anchor_day: Span | None = None  # for "that day"
        self.is_compared = False  # the mention being dated is only compared with
        self.is_ahead = False  # the mention being dated lies ahead
        self._anchor_year: int | None = None
        self._anchor_sentence = 0
        self._told: Span | None = None  # the last period that names its year and tells of it
        self._told_sentence = 0
        self._told_is_deictic = False  # 去年 tells of its year in its sentence only, 2021年 in those behind it, too
        self.told_year: int | None = None  # the year the whole article tells of: that of its title
        self.fiscal = FiscalYears(published)

    @property
    def _is_fresh(self) -> bool:
        """Whether the text spoke of its anchor just now."""
        return self.sentence - self._anchor_sentence <= NARRATIVE_SENTENCES

    def copy(self) -> Dater:
        """The same state, to go on from elsewhere."""
        other = copy(self)
        other.fiscal = self.fiscal.copy()
        return other

    @property
    def _anchor_is_news(self) -> bool:
        """Whether the anchor is a day or month of the year of publication, rather than a year told of."""
        anchor, today = self.anchor, self.published
        return bool(anchor and today and anchor.first.year == today.year and length(anchor) <= UNIT_DAYS["month"])

    def begin_sentence(self, text: str) -> None:
        """Counts the sentence and keeps it for company names, looked for only when a fiscal year comes."""
        self.sentence += 1
        self.fiscal.note(text)

    def move_anchor(self, mention: Mention, span: Span, *, is_narrative: bool) -> None:
        """Makes a dated mention the one the text speaks of."""
        self.anchor = span
        is_edge = mention.part is not None and not mention.part.first_day
        is_to_come = self.published is not None and span.first > self.published
        if span.first == span.last and mention.kind == "day" and not is_to_come and not is_edge:
            self._anchor_day = span  # not 3月末, nor the Monday to come
        self._anchor_year = span.last.year
        self._anchor_sentence = self.sentence
        names_year = mention.year is not None and mention.year.base in ("text", "published", "told", "before")
        if is_narrative and (names_year or mention.atom.form == "span"):
            self._told, self._told_sentence = span, self.sentence
            self._told_is_deictic = mention.year is not None and mention.year.base == "published"

    def note_day(self, span: Span | None) -> None:
        """Keeps the day of a message for "that day" and 次日, though it is no period of its figures."""
        if span is not None:
            self._anchor_day = span

    def dates_of(self, mention: Mention) -> Dates:
        """The span of a mention and the next such span; None where no dates follow."""
        if mention.equivalent is not None:
            return self._date_equivalent(mention, mention.equivalent)
        if mention.ended is not None:
            return self._date_ended(mention, mention.ended), None
        if mention.to is not None:
            return self._date_range(mention, mention.to)
        return self._date_one(mention)

    # ------------------------------------------------------------ joined mentions

    def _date_equivalent(self, mention: Mention, other: Mention) -> Dates:
        explicit, named = (mention, other) if other.is_fiscal else (other, mention)
        mention.equivalent = None
        span, ahead = self.dates_of(explicit)
        if span and named.is_fiscal:
            self.fiscal.learn(named, span)
        return span, ahead

    def _date_ended(self, mention: Mention, ended: Mention) -> Span | None:
        last, _ = self._date_one(ended)
        if last is None:
            return None
        if mention.atom.form == "stretch":
            return stretch_back(last.last, mention.atom.unit, mention.atom.number)
        part = mention.part or YEAR
        span = stretch_back(last.last, "month", part.last_month - part.first_month + 1)
        if span and mention.is_fiscal:
            self.fiscal.learn(mention, span)
        return span

    def _date_range(self, low: Mention, high: Mention) -> Dates:
        if low.year is None and high.year is None and low.part and high.part and not (low.is_fiscal or high.is_fiscal):
            whole = Part(low.part.first_month, low.part.first_day, high.part.last_month, high.part.last_day)
            return self._date_part(whole, "range")
        if low.year is None and low.atom.form == "part":
            low.year = high.year
        elif high.year is None and high.atom.form == "part":
            high.year = low.year
        first, _ = self._date_one(low)
        if first and high.year is not None and high.year.base == "told":
            self._anchor_year = first.first.year
        last, _ = self._date_one(high)
        if first and last and last.last < first.first and high.part:
            last = high.part.of(last.first.year + 1)  # 9月至次年5月 without its 次年
        if first is None or last is None or last.last < first.first:
            return NONE
        return Span(first.first, last.last), None

    # ------------------------------------------------------------ single mentions

    def _date_one(self, mention: Mention) -> Dates:
        atom = mention.atom
        form = atom.form
        if form == "year" or (form == "part" and mention.year is not None):
            return self._date_year(mention), None
        if form == "part" and mention.part is not None:
            if mention.is_fiscal:
                return self.fiscal.date(None, mention.part), None
            return self._date_part(mention.part, atom.kind, atom.base)
        if form == "span":
            return atom.span, None
        if form == "unit" and atom.base == "until_now":
            whole = self._date_unit(atom._replace(base="published"))  # what has been this week was until today
            today = self.published
            is_cut = whole is not None and today is not None and whole.first <= today < whole.last
            return (Span(whole.first, today), whole) if is_cut and whole and today else (whole, None)
        if form == "unit":
            return self._date_unit(atom), None
        if form == "third":
            return self._date_third(atom), None
        if form == "same":
            return self._date_same(mention), None
        if form == "event":
            return self._date_event(mention), None
        if form == "ago":
            return self._date_ago(atom), None
        if form == "day":
            return self._date_day(mention), None
        if self.published is None:
            return NONE
        if form == "rolling":
            return self._date_rolling(atom, self.published), None
        if form in ("to_date", "rest"):
            return self._date_to_date(atom, self.published)
        if form == "weekday":
            return self._date_weekday(atom, self.published)
        return NONE

    def _year_of(self, atom: Atom) -> int | None:
        if atom.base == "text":
            return atom.number
        if atom.base == "published":
            return self.published.year + atom.number if self.published else None
        if atom.base == "told":
            return self._anchor_year + atom.number if self._anchor_year is not None else None
        if atom.base == "before":  # 2022年 … 上年 is 2021, in whatever year it is written
            year = self.published.year if self.published else None
            if self._anchor_year is not None and self._is_fresh and (year is None or self._anchor_year < year):
                year = self._anchor_year
            return year + atom.number if year is not None else None
        return None

    def _date_year(self, mention: Mention) -> Span | None:
        assert mention.year is not None
        part = mention.part or YEAR
        if mention.is_fiscal:
            return self.fiscal.date(mention.year, part)
        number = self._year_of(mention.year)
        return None if number is None else part.of(number)

    def _date_part(self, part: Part, kind: str, base: str = "") -> Dates:
        today = self.published
        if kind == "year":  # 全年 is the year the text speaks of
            ahead = year_span(today.year) if today else None
            is_season = today is not None and today.month <= RESULTS_MONTHS and not self.is_ahead
            is_far = today is not None and self._anchor_year is not None and self._anchor_year > today.year + 1
            is_aside = (is_far and self.sentence != self._anchor_sentence) or (is_season and self._anchor_is_news)
            if self._anchor_year is not None and self._is_fresh and not is_aside:
                return year_span(self._anchor_year), None
            if self.told_year is not None:
                return year_span(self.told_year), None
            # A whole year's figure told in January is that of the year just over.
            return (year_span(today.year - 1) if today and is_season else None), ahead
        if base and today:
            return self._date_part_named(part, base, today), None
        if kind == "edge" and self._anchor_year is not None and self._is_fresh and not self.is_ahead:
            span = part.of(self._anchor_year)  # 截至2023年末 …，从年初的 …
            if span and (today is None or span.first <= today):
                return span, upcoming(part, today) if today else None
        told = self._date_told(part)
        if told is not None or today is None:
            return told, None
        span = self._date_beside(part) or latest(part, today, DAY_SLACK, is_counted=kind in ("cumulative", "range"))
        if span is None or span.last >= today:
            return span, span
        ahead = upcoming(part, today)
        since, until = (today - span.last).days, (ahead.first - today).days if ahead else LAST_DAYS
        if length(span) == 1:
            if until <= NEXT_DAYS and since >= LAST_DAYS:
                return ahead, None
            return span, ahead if self.is_ahead or until < 3 * since else None
        # A profit warning in August expects a loss for the first half; "the third quarter" in November is the next.
        return span, ahead if since > min(RECENT_DAYS, length(span) // 2 - 5) else None

    def _date_part_named(self, part: Part, base: str, today: date) -> Span | None:
        """last October, this June, next March."""
        if base == "this":
            return part.of(today.year)
        if base == "last":
            span = latest(part, today)
            return part.of(span.first.year - 1) if span and span.last >= today else span
        span = upcoming(part, today)
        return part.of(span.first.year + 1) if span and span.first <= today else span

    def _date_told(self, part: Part) -> Span | None:
        """The part in the year the text has been telling of: its first occurrence from there, if that has begun."""
        told, today = self._told, self.published
        reach = 0 if self._told_is_deictic else NARRATIVE_SENTENCES
        if told is None or self.sentence - self._told_sentence > reach:
            return None
        span = part.of(told.first.year)
        if span and span.last < told.first:
            following = part.of(told.first.year + 1)
            if following and (today is None or following.first <= today):
                span = following
        if span is None or today is None:
            return span
        if self.is_ahead and span.last < today:
            return None
        if span.first > today and (told.first > today or length(told) < MIN_YEAR_DAYS):
            return None  # 今年 may tell of its October to come, 今年5月 and a plan for 2030 do not
        recent = latest(part, today, DAY_SLACK)
        if recent and recent.first == recent.last and (today - recent.first).days <= NEWS_DAYS:
            return None
        return span

    def _date_beside(self, part: Part) -> Span | None:
        """The quarter or month nearest to the one the sentence named before it: 第三季度 …, 而第二季度 …"""
        anchor, today = self.anchor, self.published
        if anchor is None or today is None or self.sentence != self._anchor_sentence or self.is_ahead:
            return None
        years = (anchor.first.year - 1, anchor.first.year, anchor.first.year + 1)
        spans = [span for year in years if (span := part.of(year)) and span.first <= today]
        if unit_of(anchor) not in ("month", "quarter", "half") or not spans or anchor.first > today:
            return None
        nearest = min(spans, key=lambda span: abs((span.first - anchor.first).days))
        return nearest if unit_of(nearest) == unit_of(anchor) else None

    def _date_unit(self, atom: Atom) -> Span | None:
        if atom.base == "before":  # 7月 … 上月 is June
            anchor = self.anchor if self._is_fresh else None
            if anchor is not None and unit_of(anchor) == atom.unit:
                return span_at(anchor.first, atom.unit, atom.number)
        if atom.base == "told":
            anchor = self._anchor_day if atom.unit == "day" else self.anchor
            if anchor is None or atom.unit == "span":
                return anchor
            if not atom.number and is_about(anchor, atom.unit):
                return anchor  # a fiscal quarter is a quarter too
            if length(anchor) > UNIT_DAYS[atom.unit]:
                return None
            return span_at(anchor.first, atom.unit, atom.number)
        span = span_at(self.published, atom.unit, atom.number) if self.published else None
        return edge_of(span, atom.word) if span and atom.word else span

    def _date_third(self, atom: Atom) -> Span | None:
        """上旬 of the month the text speaks of."""
        anchor = self.anchor
        if anchor is None or length(anchor) > UNIT_DAYS["month"] or not self._is_fresh:
            return None
        first, last = ((1, 10), (11, 20), (21, 0), (0, 0))[atom.number - 1]
        return Part(anchor.first.month, first, anchor.first.month, last).of(anchor.first.year)

    def _date_same(self, mention: Mention) -> Span | None:
        """The anchor's stretch in another year: 去年同期 of the first quarter is the first quarter of last year."""
        anchor = self.anchor
        if anchor is None:
            return None
        if mention.year is not None or mention.atom.base == "text":
            year = mention.atom.number if mention.year is None else self._year_of(mention.year)
            return shift(anchor, "year", year - anchor.first.year) if year is not None else None
        return shift(anchor, "year", mention.atom.number or (-1 if self.is_compared else 0))

    def _date_event(self, mention: Mention) -> Span | None:
        """The event of the year named, or the one just past."""
        event = calendars().events[mention.atom.word]
        if mention.year is not None:
            year = self._year_of(mention.year)
            return event.of(year) if year is not None else None
        span = event.of(self.published.year) if self.published else None
        if span and self.published and 0 <= (self.published - span.first).days <= EVENT_DAYS:
            return span
        return None

    def _date_ago(self, atom: Atom) -> Span | None:
        is_aside = self.is_compared and not atom.word and atom.number < 0  # …，一年前为13亿
        if is_aside or atom.word not in ("", "published"):  # a year earlier, a week before
            # "from $14.40 a year ago" is a year before the quarter the text speaks of
            anchor = self.anchor if atom.word != "ago" or self.is_compared else None
            if anchor is not None and length(anchor) <= UNIT_DAYS[atom.unit]:
                span = shift(anchor, atom.unit, atom.number)
                is_ahead = span and self.published and span.first > self.published
                return None if is_ahead else span
            if atom.word not in ("", "ago"):
                return None
        elif atom.number > 0:  # 八年后 counts from the year told
            year = self._anchor_year
            return year_span(year + atom.number) if year is not None and atom.unit == "year" else None
        if self.published is None or atom.unit == "week":
            return None  # 一周前 is a day nobody knows
        return span_at(self.published, atom.unit, atom.number)

    def _date_rolling(self, atom: Atom, today: date) -> Span | None:
        first = add(today, atom.unit, atom.number) if atom.number < 0 else None
        return Span(first, today) if first else None

    def _date_to_date(self, atom: Atom, today: date) -> Dates:
        unit, offset = (atom.unit[5:], -1) if atom.unit.startswith("last_") else (atom.unit, 0)
        whole, now = span_at(today, unit, offset), span_at(today, unit)
        if whole is None or now is None:
            return NONE
        if atom.form == "rest":
            return Span(today, now.last), None
        return Span(whole.first, today), Span(today, now.last)

    def _date_weekday(self, atom: Atom, today: date) -> Dates:
        if atom.unit == "week":  # 上周五 is in the week before, this Friday in this one
            week = span_at(today, "week", {"this": 0, "last": -1, "next": 1}[atom.base])
            day = add(week.first, "day", atom.number) if week else None
        else:
            day = add(today, "day", -((today.weekday() - atom.number) % 7 or (7 if atom.base == "last" else 0)))
        following = add(today, "day", (atom.number - today.weekday()) % 7) if not atom.base else None
        more = 1 if atom.word == "weekend" else 0
        past, ahead = (add(start, "day", more) if start else None for start in (day, following))
        return Span(day, past) if day and past else None, Span(following, ahead) if following and ahead else None

    def _is_news_day(self, day: int) -> bool:
        """Whether the day of the month is one of the last before publication, and the month told of is far from it."""
        today, anchor = self.published, self.anchor
        if today is None or anchor is None or not 0 <= today.day - day <= NEWS_DAYS:
            return False
        return anchor.first > today or (today - anchor.last).days > NEXT_DAYS

    def _date_day(self, mention: Mention) -> Span | None:
        """A day without its month: of the month named before it, else the latest such day."""
        anchor, today = self.anchor, self.published
        day, until = mention.atom.number, int(mention.atom.word or mention.atom.number)
        month_of = None
        if mention.year is not None:  # 本月15日
            whole = self._date_unit(mention.year)
            month_of = whole.first if whole else None
        elif anchor and length(anchor) <= 31 and self._is_fresh and not self._is_news_day(day):
            month_of = anchor.first
        elif today:
            month_of = today if day <= today.day + DAY_SLACK else add_months(today.replace(day=1), -1)
        if month_of is None:
            return None
        first, last = day_of(month_of.year, month_of.month, day), day_of(month_of.year, month_of.month, until)
        return Span(first, last) if first and last and first <= last else None
