"""Mentions of time in a text as dates, read with the day of publication and the running anchor of the text."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from transforms.claims import period_scan_en, period_scan_zh
from transforms.claims.calendar import (
    YEAR,
    Part,
    Span,
    add,
    add_months,
    day_of,
    fiscal_span,
    latest,
    shift,
    span_at,
    unit_of,
    upcoming,
    year_span,
)
from transforms.claims.period_lexicon import FiscalCalendar, calendars
from transforms.claims.period_mentions import Mention, around, end_of_stretch, join_atoms

if TYPE_CHECKING:
    from datetime import date

    from transforms.claims.period_atoms import Atom

SPACES = "\u00a0\u2002\u2003\u2009\u202f\u3000"
FOLDED = re.compile(f"[０-９ＦＨＱＹ{SPACES}]")
FOLD = str.maketrans("０１２３４５６７８９ＦＨＱＹ" + SPACES, "0123456789FHQY" + " " * len(SPACES))
CHINESE = re.compile("[\u4e00-\u9fff]")
LATIN_WORDS = re.compile("[A-Za-z]{3,} [A-Za-z0-9]")

NARRATIVE_SENTENCES = 3  # how long a year once told governs months without one
DAY_SLACK = 1  # a page dated in another zone may speak of tomorrow


@dataclass(frozen=True, slots=True)
class Period:
    """One mention of time in a text."""

    start: int
    end: int  # offsets in the text
    text: str
    first: date | None
    last: date | None  # inclusive; None where no dates follow from the text
    # year half quarter month day range rolling event fiscal as_of cumulative anaphoric decade plan vague dateline
    kind: str
    shift: str | None = None  # "comparison": governs only the numbers of `owns`
    owns: tuple[int, int] | None = None  # where a number belongs to this mention before any other
    ahead: tuple[date, date] | None = None  # the next such span, for a forecast that names no year

    def for_forecast(self) -> Period:
        """The mention as a forecast means it: Dec. 9 is the next one, third quarter the one not yet over."""
        if self.ahead is None:
            return self
        return replace(self, first=self.ahead[0], last=self.ahead[1], ahead=None)


def fold(text: str) -> str:
    """The text with half-width digits and plain spaces, one character for one."""
    return text.translate(FOLD) if FOLDED.search(text) else text


@lru_cache(maxsize=4)
def scan(text: str, language: str) -> tuple[str, tuple[Atom, ...]]:
    """The language whose words were read, and the atoms in order."""
    if text.isascii() or not CHINESE.search(text):
        return "en", tuple(period_scan_en.scan(text))
    atoms = period_scan_zh.scan(text)
    if language == "en" or LATIN_WORDS.search(text):
        atoms = merge(atoms, period_scan_en.scan(text))
    return "zh", tuple(atoms)


def merge(atoms: list[Atom], others: list[Atom]) -> list[Atom]:
    """Both lists in order, the first winning where they overlap."""
    result = sorted([*atoms, *others], key=lambda atom: (atom.start, -atom.end))
    kept: list[Atom] = []
    taken = {atom.start for atom in atoms}
    for atom in result:
        if kept and atom.start < kept[-1].end:
            if kept[-1].start in taken or atom.start not in taken:
                continue
            kept.pop()
        kept.append(atom)
    return kept


def calendar_spans(text: str, language: str = "zh") -> list[tuple[int, int]]:
    """Spans of everything that names a date or a time of day; numbers in them are never claims.

    Stretches that count their own units (近三年, three months ended) are no dates: their numbers are durations.

    >>> calendar_spans("2021年6月14日08:30，营收3亿元")
    [(0, 5), (5, 10), (10, 15)]
    """
    _, atoms = scan(fold(text), language)
    return [(atom.start, atom.end) for atom in atoms if atom.form not in ("rolling", "ago", "stretch", "vague")]


class PeriodReader:
    """Reads the sentences of one article in order and keeps the date the text last spoke of."""

    def __init__(self, published: date | None, language: str) -> None:
        self.published = published
        self.language = language
        self.anchor: Span | None = None
        self.anchor_year: int | None = None  # of the last period of the text, however it was named
        self.told_year: int | None = None  # of the last period that names its year
        self.told_start: date | None = None
        self._sentence = 0
        self._anchor_sentence = 0
        self._told_sentence = 0
        self._unread: list[str] = []
        self._calendar: FiscalCalendar | None = None
        self._is_stated = False  # the calendar follows from the text, not from the company's name

    def read(self, sentence: str, *, base: int = 0, is_forecast: bool = False) -> tuple[Period, ...]:
        """Mentions of the sentence in order, offsets moved by `base`; moves the anchor."""
        self._sentence += 1
        text = fold(sentence)
        self._unread.append(text)
        language, atoms = scan(text, self.language)
        if not atoms:
            return ()
        mentions = join_atoms(text, list(atoms), language)
        periods: list[Period] = []
        for index, mention in enumerate(mentions):
            left = mentions[index - 1].end if index else 0
            period = self._read_mention(sentence, text, mention, left, language, is_forecast)
            if period is not None:
                periods.append(period if not base else moved(period, base))
        return tuple(periods)

    # ------------------------------------------------------------ one mention

    def _read_mention(
        self, sentence: str, text: str, mention: Mention, left: int, language: str, is_forecast: bool
    ) -> Period | None:
        context = around_zh(text, mention) if language == "zh" else around_en(text, mention, left)
        if mention.atom.form == "event" and mention.year is None and not context.is_event:
            return None
        self._is_compared = context.is_compared or mention.atom.form == "same"
        span, ahead = self._date(mention, text)
        if span is None and mention.atom.form == "unit" and mention.atom.base == "told" and not mention.atom.number:
            return None
        if context.edge and span:
            span = edge_of(span, context.edge)
            ahead = edge_of(ahead, context.edge) if ahead else None
        kind = mention.kind if mention.to is None else "range"
        start, end = context.start, context.end
        if context.is_since and span and self.published:
            span = Span(span.first, self.published) if span.first <= self.published else None
            kind, ahead = "cumulative", None
        elif context.is_as_of:
            kind = "as_of"
            if language == "zh" and span and (match := end_of_stretch().match(text, mention.end)):
                span, end, kind = stretch_to(span.last, match), match.end(), "range"
        elif context.is_dateline and kind == "day":
            kind = "dateline"
        if ahead and (context.is_ahead or is_forecast):
            span, ahead = ahead, None
        is_comparison = (
            context.is_compared
            or (mention.atom.form == "same" and mention.atom.number < 0)
            or (
                mention.atom.form == "ago"
                and language == "en"
                and mention.atom.word not in ("published", "later", "after")
            )
        )
        owns = None
        if language == "zh":
            if is_comparison:
                owns = owned_after(text, mention.end, context)
        elif start > left:
            owns = owned_before(text, start, left)
        if not is_comparison and span and kind not in ("dateline", "rolling", "vague"):
            self._move_anchor(mention, span, text, context)
        elif kind == "vague" or (span is None and not is_comparison):
            self.anchor = None
        first, last = span or (None, None)
        shifted = "comparison" if is_comparison else None
        return Period(start, end, sentence[start:end], first, last, kind, shifted, owns, ahead)

    def _move_anchor(self, mention: Mention, span: Span, text: str, context: Around) -> None:
        self.anchor = span
        self.anchor_year = span.last.year
        self._anchor_sentence = self._sentence
        names_year = mention.year is not None and mention.year.base in ("text", "published", "told")
        names_year = names_year or mention.atom.form in ("span", "ago")
        if names_year and context.is_narrative:
            self.told_year, self.told_start, self._told_sentence = span.first.year, span.first, self._sentence

    # ------------------------------------------------------------ dates

    def _date(self, mention: Mention, text: str) -> tuple[Span | None, Span | None]:
        """The span of a mention, and the next such span where it names no year."""
        if mention.equivalent is not None:
            return self._date_equivalent(mention, text)
        if mention.ended is not None:
            return self._date_ended(mention, text), None
        if mention.to is not None:
            return self._date_range(mention, mention.to, text)
        return self._date_one(mention, text)

    def _date_equivalent(self, mention: Mention, text: str) -> tuple[Span | None, Span | None]:
        other = mention.equivalent
        assert other is not None
        explicit, fiscal = (other, mention) if not other.is_fiscal else (mention, other)
        mention.equivalent = None
        span, ahead = self._date(explicit, text) if explicit is not mention else self._date_one(mention, text)
        if fiscal.is_fiscal and span and fiscal.year is not None and fiscal.year.base == "fiscal":
            self._learn(fiscal.year.number, fiscal.part or YEAR, span)
        return span, ahead

    def _learn(self, year: int, part: Part, span: Span) -> None:
        """Takes the fiscal calendar from a stated equivalent: fiscal 2022 Q3 = October to December 2021."""
        end = add_months(span.last.replace(day=1), 12 - part.last_month)
        if end is None:
            return
        if end.year == year:
            self._calendar, self._is_stated = FiscalCalendar(end.month, "end"), True
        elif end.year == year + 1:
            self._calendar, self._is_stated = FiscalCalendar(end.month, "start"), True

    def _date_ended(self, mention: Mention, text: str) -> Span | None:
        ended = mention.ended
        assert ended is not None
        span, _ = self._date_one(ended, text)
        if span is None:
            return None
        unit, count = mention.atom.unit, mention.atom.number
        if mention.is_fiscal:
            part = mention.part or YEAR
            unit, count = "month", (part.last_month - part.first_month) % 12 + 1
        return stretch_back(span.last, unit, count)

    def _date_range(self, low: Mention, high: Mention, text: str) -> tuple[Span | None, Span | None]:
        if low.year is None and high.year is None and low.part and high.part and not (low.is_fiscal or high.is_fiscal):
            whole = Part(low.part.first_month, low.part.first_day, high.part.last_month, high.part.last_day)
            return self._date_part(whole, "range")
        if low.year is None and high.year is not None and low.atom.form == "part":
            low.year = high.year
        elif high.year is None and low.year is not None and high.atom.form == "part":
            high.year = low.year
        first, _ = self._date_one(low, text)
        if first and high.year is not None and high.year.base == "told":
            self.anchor_year = first.first.year
        last, _ = self._date_one(high, text)
        if first and last and last.last < first.first and high.part:
            last = high.part.of(last.first.year + 1)  # 9月至次年5月 without its 次年
        if first is None or last is None or last.last < first.first:
            return None, None
        return Span(first.first, last.last), None

    def _date_one(self, mention: Mention, text: str) -> tuple[Span | None, Span | None]:
        atom = mention.atom
        if atom.form == "year" or (atom.form == "part" and mention.year is not None):
            return self._date_year(mention, text), None
        if atom.form == "part":
            if mention.is_fiscal:
                return self._date_fiscal(None, atom.part or YEAR, text), None
            assert mention.part is not None
            return self._date_part(mention.part, atom.kind, atom.base)
        if atom.form == "span":
            return atom.span, None
        if atom.form == "unit":
            return self._date_unit(atom)
        if atom.form == "same":
            return self._date_same(mention), None
        if atom.form == "event":
            year = self._year_of(mention.year) if mention.year else None
            return (calendars().events[atom.word].of(year) if year is not None else None), None
        if atom.form == "ago":
            return self._date_ago(atom), None
        if self.published is None:
            return None, None
        if atom.form == "rolling":
            return self._date_rolling(atom), None
        if atom.form in ("to_date", "rest"):
            return self._date_to_date(atom)
        if atom.form == "weekday":
            return self._date_weekday(atom)
        if atom.form == "day":
            return self._date_day(mention), None
        return None, None

    def _year_of(self, atom: Atom) -> int | None:
        if atom.base == "text":
            return atom.number
        if atom.base == "published":
            return self.published.year + atom.number if self.published else None
        if atom.base == "told":
            return self.anchor_year + atom.number if self.anchor_year is not None else None
        return None

    def _date_year(self, mention: Mention, text: str) -> Span | None:
        year = mention.year
        assert year is not None
        part = mention.part or YEAR
        if mention.is_fiscal:
            return self._date_fiscal(year, part, text)
        number = self._year_of(year)
        return None if number is None else part.of(number)

    def _date_part(self, part: Part, kind: str, base: str = "") -> tuple[Span | None, Span | None]:
        today = self.published
        if kind == "year":  # 全年 is the year the text speaks of
            if self.anchor_year is not None and self._sentence - self._anchor_sentence <= NARRATIVE_SENTENCES:
                return year_span(self.anchor_year), None
            return None, year_span(today.year) if today else None
        told = self._told(part)
        if told is not None:
            return told, None
        if today is None:
            return None, None
        if base == "last":
            span = latest(part, today)
            if span and span.last >= today:
                span = part.of(span.first.year - 1)
            return span, None
        if base == "this":
            return part.of(today.year), None
        if base == "next":
            span = upcoming(part, today)
            if span and span.first <= today:
                span = part.of(span.first.year + 1)
            return span, None
        span = latest(part, today, DAY_SLACK, is_counted=kind in ("cumulative", "range"))
        return span, span if span and span.last >= today else upcoming(part, today)

    def _told(self, part: Part) -> Span | None:
        """The part in the year the text has been telling of: its first occurrence from there, if that has begun."""
        year, start, today = self.told_year, self.told_start, self.published
        if year is None or start is None or self._sentence - self._told_sentence > NARRATIVE_SENTENCES:
            return None
        span = part.of(year)
        if span and span.last < start:
            span = part.of(year + 1)
        if span is None or today is None:
            return span
        if span.first > today:
            return None
        recent = latest(part, today, DAY_SLACK)
        if recent and recent.first == recent.last and (today - recent.first).days <= 3:
            return None  # a day just before publication is news, whatever year was told before
        return span

    def _date_unit(self, atom: Atom) -> tuple[Span | None, Span | None]:
        if atom.base == "told":
            if self.anchor is None:
                return None, None
            if atom.unit == "span":
                return self.anchor, None
            if atom.unit == "day" and self.anchor.first != self.anchor.last:
                return None, None
            if not atom.number and unit_of(self.anchor) == atom.unit:
                return self.anchor, None
            if length(self.anchor) > UNIT_DAYS[atom.unit]:
                return None, None
            return span_at(self.anchor.first, atom.unit, atom.number), None
        if self.published is None:
            return None, None
        span = span_at(self.published, atom.unit, atom.number)
        if span and atom.word:
            span = edge_of(span, atom.word)
        return span, None

    def _date_same(self, mention: Mention) -> Span | None:
        """The anchor's stretch in another year: 去年同期 of the first quarter is the first quarter of last year."""
        anchor = self.anchor
        if anchor is None:
            return None
        if mention.year is not None or mention.atom.base == "text":
            year = mention.atom.number if mention.year is None else self._year_of(mention.year)
            return shift(anchor, "year", year - anchor.first.year) if year is not None else None
        number = mention.atom.number or (-1 if self._is_compared else 0)
        return shift(anchor, "year", number)

    def _date_ago(self, atom: Atom) -> Span | None:
        if atom.word in ("earlier", "before", "prior", "later", "after", "ago") and self.anchor is not None:
            return shift(self.anchor, atom.unit, atom.number)
        if atom.word in ("earlier", "before", "prior", "later", "after"):
            return None
        if atom.number > 0:  # 八年后 counts from the year told
            year = self.anchor_year
            return year_span(year + atom.number) if year is not None and atom.unit == "year" else None
        return span_at(self.published, atom.unit, atom.number) if self.published else None

    def _date_rolling(self, atom: Atom) -> Span | None:
        today = self.published
        if today is None or atom.number >= 0:
            return None
        first = add(today, atom.unit, atom.number)
        return Span(first, today) if first else None

    def _date_to_date(self, atom: Atom) -> tuple[Span | None, Span | None]:
        today = self.published
        assert today is not None
        unit, offset = (atom.unit[5:], -1) if atom.unit.startswith("last_") else (atom.unit, 0)
        whole, now = span_at(today, unit, offset), span_at(today, unit)
        if whole is None or now is None:
            return None, None
        if atom.form == "rest":
            return Span(today, now.last), None
        return Span(whole.first, today), Span(today, now.last)

    def _date_weekday(self, atom: Atom) -> tuple[Span | None, Span | None]:
        today = self.published
        assert today is not None
        back = (today.weekday() - atom.number) % 7
        if atom.base in ("this", "last", "next") and (atom.word or atom.base != "last" or self.language != "en"):
            week = span_at(today, "week", {"this": 0, "last": -1, "next": 1}[atom.base])
            day = add(week.first, "day", atom.number) if week else None
        else:
            day = add(today, "day", -(back or (7 if atom.base == "last" else 0)))
        if day is None:
            return None, None
        upcoming_day = add(today, "day", (atom.number - today.weekday()) % 7)
        ahead = Span(upcoming_day, upcoming_day) if upcoming_day and not atom.base else None
        return Span(day, day), ahead

    def _date_day(self, mention: Mention) -> Span | None:
        """A day without its month: of the month named before it, else the latest such day."""
        today = self.published
        assert today is not None
        day, until = mention.atom.number, int(mention.atom.word or mention.atom.number)
        if mention.year is not None:  # 本月15日
            whole, _ = self._date_unit(mention.year)
            month_of = whole.first if whole else None
        elif (
            self.anchor is not None
            and length(self.anchor) <= 31
            and self._sentence - self._anchor_sentence <= NARRATIVE_SENTENCES
        ):
            month_of = self.anchor.first
        else:
            month_of = today if day <= today.day + DAY_SLACK else add_months(today.replace(day=1), -1)
        if month_of is None:
            return None
        first, last = day_of(month_of.year, month_of.month, day), day_of(month_of.year, month_of.month, until)
        return Span(first, last) if first and last and first <= last else None

    def _date_fiscal(self, year: Atom | None, part: Part, text: str) -> Span | None:
        """A part of a fiscal year by the calendar the text states or the company named last has."""
        calendar = self._find_calendar(text)
        if calendar is None:
            return None
        if year is not None and year.base in ("fiscal", "text"):
            return fiscal_span(year.number, part, *calendar)
        if self.published is None:
            return None
        now = self.published.year + 1
        for number in (now, now - 1, now - 2):
            span = fiscal_span(number, part if year is None else YEAR, *calendar)
            if span and span.first <= self.published:
                if year is None:
                    return span
                return fiscal_span(number + year.number, part, *calendar)
        return None

    def _find_calendar(self, text: str) -> FiscalCalendar | None:
        if not self._is_stated:
            table = calendars()
            for unread in self._unread:
                for match in table.company_pattern.finditer(unread):
                    self._calendar = table.fiscal[match.group()]
        self._unread.clear()
        return self._calendar


UNIT_DAYS = {"day": 1, "week": 7, "month": 31, "quarter": 92, "half": 184, "year": 366, "decade": 3653, "span": 99999}


def length(span: Span) -> int:
    return (span.last - span.first).days + 1


def moved(period: Period, base: int) -> Period:
    owns = (period.owns[0] + base, period.owns[1] + base) if period.owns else None
    return replace(period, start=period.start + base, end=period.end + base, owns=owns)


def edge_of(span: Span, edge: str) -> Span:
    return Span(span.first, span.first) if edge == "start" else Span(span.last, span.last)


def stretch_back(last: date, unit: str, count: int) -> Span | None:
    """The `count` units that end with `last`, which closes its month where it is within a few days of its end."""
    if unit in ("day", "week"):
        first = add(last, unit, -count)
        return Span(first + (last - last.replace(day=last.day)), last) if first else None
    months = count * {"month": 1, "quarter": 3, "half": 6, "year": 12, "decade": 120}[unit]
    month_end = day_of(last.year, last.month, 0)
    if month_end == last:
        first = add_months(last.replace(day=1), 1 - months)
    else:
        before = add_months(last, -months)
        first = add(before, "day", 1) if before else None
    return Span(first, last) if first else None


def stretch_to(last: date, match: re.Match[str]) -> Span | None:
    if match["count"]:
        return stretch_back(last, "month", period_scan_zh.lexicon().number(match["count"]) or 1)
    unit = {"财季": "quarter", "季度": "quarter", "季": "quarter", "半年": "half"}.get(match["unit"], "year")
    return stretch_back(last, unit, 1)


# ---------------------------------------------------------------- what stands around a mention


@dataclass(slots=True)
class Around:
    """What the words beside a mention say about it."""

    start: int
    end: int
    is_as_of: bool = False
    is_since: bool = False
    is_compared: bool = False
    is_direct: bool = False  # compared by a word right before it (较去年同期的5亿)
    is_ratio: bool = False  # 为2020年的61%
    is_dateline: bool = False
    is_ahead: bool = False
    is_event: bool = False
    is_narrative: bool = True
    edge: str = ""


NUMERAL_NEXT = frozenset("一二三四五六七八九十两几半后後0123456789")
CLAUSE_END_ZH = re.compile("[，。；！？,;）)]")
NUMBER_AFTER = re.compile(
    r"[^\d，。；！？（）,;增涨升跌降减提扩缩回相持上下]{0,8}?(?P<number>\d[\d.,]*\s?[万亿千百]*)\s?(?P<ratio>[%％倍成])?"
)


def around_zh(text: str, mention: Mention) -> Around:
    words = around("zh")
    start, end = mention.start, mention.end
    found = Around(start, end)
    before = text[max(0, start - 5) : start].rstrip()
    after = text[end : end + 5].lstrip()
    if before.endswith(words["as_of"]):
        found.is_as_of = True
        at = max(text.rfind(word, max(0, start - 5), start) for word in ("截至", "截止"))
        found.start = at if at >= 0 else start
    elif before.endswith(words["since"]):
        is_open = after.startswith(words["since_after"]) or (after.startswith("起") and not before.endswith("比"))
        found.is_since = is_open
    elif before.endswith(words["compared_before"]):
        set_compared_zh(text, found, before, after, words, mention)
    if before.endswith(words["ahead"]):
        found.is_ahead = True
    if after.startswith(words["since_after"]):
        found.is_since = True
    elif after.startswith(words["until_after"]) and after[1:2] not in NUMERAL_NEXT:
        found.is_ahead = mention.kind in ("day", "month", "edge", "quarter")
        size = next(len(word) for word in words["until_after"] if after.startswith(word))
        found.end = text.index(after[:size], end) + size
    elif after.startswith(words["event_after"]):
        found.is_event = True
        if after.startswith(words["period_after"]):
            found.end = text.index(after[:2], end) + 2
    if after.startswith(words["dateline"]):
        found.is_dateline = True
    if not found.is_compared and after.startswith(words["compared_after"]) and mention.atom.form in ("year", "same"):
        found.is_compared = True
    if mention.part is None and mention.year is not None:
        found.is_narrative = after[:1] in ("，", ",", "、", "") or before.endswith(("在", "于", "，"))
    return found


def set_compared_zh(
    text: str, found: Around, before: str, after: str, words: dict[str, tuple[str, ...]], mention: Mention
) -> None:
    if before.endswith(words["joint_before"]):
        stop = CLAUSE_END_ZH.search(text, mention.end, mention.end + 14)
        rest = text[mention.end : stop.start() if stop else mention.end + 14]
        found.is_compared = any(word in rest for word in words["compared_far"])
        return
    if before.endswith(words["ratio_before"]):
        match = NUMBER_AFTER.match(text, mention.end)
        if match and match["ratio"] and text[mention.end : mention.end + 3].lstrip().startswith(("的", "同期")):
            found.is_compared = found.is_ratio = True
        return
    if mention.kind == "day" and mention.atom.form != "unit":
        return
    found.is_compared = found.is_direct = True


def owned_after(text: str, end: int, context: Around) -> tuple[int, int] | None:
    """Where the own number of a compared period stands: 较去年同期的5亿元, 去年同期为3亿元."""
    if context.is_ratio:
        return None
    if context.is_compared:
        match = NUMBER_AFTER.match(text, end)
        return (end, match.end("number")) if match else None
    stop = CLAUSE_END_ZH.search(text, end, end + 60)
    return end, stop.start() if stop else min(len(text), end + 60)


SEPARATOR_EN = re.compile(
    r"[,;—()]\s|\b(?:and|but|while|compared\s(?:with|to)|versus|vs\.?|from|than|against|after|whereas)\s", re.IGNORECASE
)
EDGE_WORDS = {"end": "end", "close": "end", "beginning": "start", "start": "start"}
RELATIVE_FORMS = ("same", "ago")


def around_en(text: str, mention: Mention, left: int) -> Around:
    found = Around(mention.start, mention.end)
    lead = text[max(left, mention.start - 44, 0) : mention.start]
    words = lead.lower().split()
    if lead and not lead[-1].isspace() and lead[-1] not in "-–(":
        words = words[:-1]
    index = len(words)
    while index and words[index - 1] in ("the", "around", "about", "its", "fiscal"):
        index -= 1
    if index and words[index - 1] == "of" and index > 1 and words[index - 2] in EDGE_WORDS:
        found.edge = EDGE_WORDS[words[index - 2]]
        index -= 2
    elif index and words[index - 1].rstrip("-") == "end" and lead.endswith("-"):
        found.edge = "end"
        index -= 1
    elif index and words[index - 1] in ("early", "late", "mid", "mid-"):
        index -= 1
    while index and words[index - 1] in ("the", "around", "about"):
        index -= 1
    word = words[index - 1] if index else ""
    pair = f"{words[index - 2]} {word}" if index > 1 else ""
    if pair in ("as of", "as at"):
        found.is_as_of = True
        index -= 2
    elif word == "since":
        found.is_since = True
        index -= 1
    elif is_compared_en(word, pair, mention):
        found.is_compared = True
    if found.edge or found.is_as_of or found.is_since:
        found.start = mention.start - lead_length(lead, len(words) - index)
    found.is_event = mention.kind == "event"
    if mention.part is None and mention.year is not None:
        found.is_narrative = word in ("in", "during", "since", "throughout")
    return found


def lead_length(lead: str, count: int) -> int:
    """Characters that the last `count` words of the lead take, with the spaces after them."""
    at = len(lead)
    for _ in range(count):
        stripped = lead[:at].rstrip()
        at = max(stripped.rfind(" "), stripped.rfind("\n"), stripped.rfind("\u00a0")) + 1
    return len(lead) - at


def is_compared_en(word: str, pair: str, mention: Mention) -> bool:
    if mention.kind in ("day", "rolling"):
        return False
    if word in ("than", "versus", "vs", "vs.") or pair in ("compared with", "compared to", "relative to"):
        return True
    is_relative = mention.atom.form in RELATIVE_FORMS or (mention.year is not None and mention.year.base != "text")
    is_relative = is_relative or (mention.atom.form == "unit" and mention.atom.number < 0)
    if word in ("over", "on", "against", "above", "below"):
        return is_relative
    return word == "from" and mention.to is None and (is_relative or mention.kind in ("year", "quarter", "month"))


def owned_before(text: str, start: int, left: int) -> tuple[int, int] | None:
    """Where numbers stand that an English mention after them governs: $800 million in 2019."""
    low = max(left, start - 80)
    for match in SEPARATOR_EN.finditer(text, low, start):
        low = match.end()
    return (low, start) if low < start else None


# ---------------------------------------------------------------- which period a number has


def choose_period(
    periods: tuple[Period, ...], position: int, clause_start: int, clause_end: int, carried: Period | None = None
) -> Period | None:
    """The period of the number at `position`: the mention that owns it, else the nearest before it, else after it.

    Before it means in its clause or earlier in the sentence, after it only in its clause; `carried` (the period of
    the sentence before) comes last. A compared period governs nothing but its own numbers.
    """
    index = bisect_right(periods, position, key=lambda period: period.start)
    for period in periods[max(0, index - 2) : index + 2]:
        if period.owns and period.owns[0] <= position < period.owns[1]:
            return period
    for period in reversed(periods[max(0, index - 9) : index]):
        if governs(period):
            return period
    for period in periods[index : index + 9]:
        if period.start >= clause_end:
            break
        if governs(period):
            return period
    return carried


def governs(period: Period) -> bool:
    return period.shift is None and period.kind not in ("dateline", "decade")
