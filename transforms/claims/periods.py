"""Mentions of time in a text as dates, read with the day of publication and the running anchor of the text."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from transforms.claims.calendar import Span, edge_of, stretch_back
from transforms.claims.languages import around_of, dates_of
from transforms.claims.period_dates import Dater
from transforms.claims.period_mentions import Mention, end_of_stretch, join_atoms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from transforms.claims.period_atoms import Atom
    from transforms.claims.period_context import Around

SPACES = "\u00a0\u2002\u2003\u2009\u202f\u3000"
FOLDED = re.compile(f"[０-９ＦＨＱＹ{SPACES}]")
FOLD = str.maketrans("０１２３４５６７８９ＦＨＱＹ" + SPACES, "0123456789FHQY" + " " * len(SPACES))
CHINESE = re.compile("[\u4e00-\u9fff]")
LATIN_WORDS = re.compile("[A-Za-z]{3,} [A-Za-z0-9]")
# Forms whose numbers count something: durations, not dates.
COUNTING = frozenset(["rolling", "ago", "stretch", "vague"])
# Kinds after which the text still speaks of what it spoke of.
NO_ANCHOR = frozenset(["dateline", "rolling", "vague"])
JOINED = frozenset(["和", "与", "及", "、", "以及", "and"])
TITLE_YEAR = re.compile("(?:19|20)[0-9]{2}")
NEIGHBOURS = 8  # mentions looked at on each side of a number


@dataclass(frozen=True, slots=True)
class Period:
    """One mention of time in a text."""

    start: int
    end: int  # offsets in the text
    text: str
    first: date | None
    last: date | None  # inclusive; None where no dates follow from the text
    # year half quarter month week day range rolling event fiscal as_of cumulative anaphoric decade plan vague dateline
    kind: str
    shift: str | None = None  # "comparison": governs only the numbers of `owns`
    owns: tuple[int, int] | None = None  # where a number belongs to this mention before any other
    ahead: tuple[date, date] | None = None  # the next such span, for a forecast that names no year
    reach: tuple[int, int] | None = None  # where its numbers stand at most: a clause that has its time for itself
    scope: str = ""  # clause: it tells of its clause only; sentence: also of clauses before it

    def for_forecast(self) -> Period:
        """The mention as a forecast means it: Dec. 9 is the next one, third quarter the one not yet over."""
        if self.ahead is None:
            return self
        return replace(self, first=self.ahead[0], last=self.ahead[1], ahead=None)


class PeriodReader:
    """Reads the sentences of one article in order and keeps the date the text last spoke of."""

    def __init__(self, published: date | None, language: str) -> None:
        self.language = language
        self._dater = Dater(published)

    def read(self, sentence: str, *, base: int = 0, is_forecast: bool = False) -> tuple[Period, ...]:
        """Mentions of the sentence in order, offsets moved by `base`; moves the anchor.

        `is_forecast` reads mentions without a year as the next ones; `Period.for_forecast` does so for one claim.
        """
        text, language, atoms = scan(sentence, self.language)
        return self._read(sentence, text, language, atoms, base, is_forecast)

    def read_within(self, text: str, start: int, end: int, *, is_forecast: bool = False) -> tuple[Period, ...]:
        """Mentions of one sentence of a text, with offsets in the text; scans the text only once for its sentences.

        Shares that scan with `calendar_spans(text, language)`.
        """
        folded, language, atoms = scan(text, self.language)
        low = bisect_left(atoms, start, key=lambda atom: atom.start)
        high = bisect_left(atoms, end, key=lambda atom: atom.start)
        inside = [
            atom._replace(start=atom.start - start, end=atom.end - start) for atom in atoms[low:high] if atom.end <= end
        ]
        return self._read(text[start:end], folded[start:end], language, inside, start, is_forecast)

    def branch(self) -> PeriodReader:
        """A reader that knows what this one has read, for a table whose dates do not move the text's own."""
        other = PeriodReader(None, self.language)
        other._dater = self._dater.copy()
        return other

    def read_title(self, title: str) -> tuple[Period, ...]:
        """Periods of the article's title, read before it: its year is that of 全年 where no other was told."""
        periods = self.branch().read(title)
        if TITLE_YEAR.search(title):
            years = [period.first.year for period in periods if period.first and governs(period)]
            self._dater.told_year = years[0] if years else None
        return periods

    def note(self, text: str) -> None:
        """Takes in a text that needs no periods (a title, a paragraph without numbers): company names stand there."""
        self._dater.begin_sentence(text)

    def _read(
        self, sentence: str, text: str, language: str, atoms: Sequence[Atom], base: int, is_forecast: bool
    ) -> tuple[Period, ...]:
        self._dater.begin_sentence(text)
        if not atoms:
            return ()
        periods: list[Period] = []
        left = 0
        for mention in join_atoms(text, atoms, language):
            period = self._read_mention(sentence, text, mention, left, language, is_forecast, periods, base)
            left = mention.end
            if period is not None:
                periods.append(moved(period, base) if base else period)
        return tuple(periods)

    def _read_mention(
        self, sentence: str, text: str, mention: Mention, left: int, language: str, is_forecast: bool,
        earlier: Sequence[Period], base: int,
    ) -> Period | None:  # fmt: skip
        dater, atom = self._dater, mention.atom
        context = around_of(language)(text, mention, left)
        if context is None:
            return None
        if atom.form == "event" and mention.year is None and not context.is_event:
            return None  # 双十一 as a name
        if (
            earlier
            and atom.form == "vague"
            and earlier[-1].kind == "cumulative"
            and earlier[-1].end == base + atom.start
        ):
            return None  # 自2019年成立以来: since 2019
        if earlier and earlier[-1].shift and text[earlier[-1].end - base : mention.start].strip() in JOINED:
            context.is_compared, context.own = True, None  # 比上月末和上年同期低
        dater.is_compared = context.is_compared or context.is_aside
        dater.is_ahead = context.is_ahead or is_forecast
        span, ahead = (None, None) if context.is_undated else dater.dates_of(mention)
        if span is None and is_empty_without_dates(atom):
            return None
        if context.edge:
            span, ahead = span and edge_of(span, context.edge), ahead and edge_of(ahead, context.edge)
        if ahead and (context.is_ahead or is_forecast):
            span, ahead = ahead, None
        kind, end = mention.kind, context.end
        if mention.to is not None:
            kind = "range"
        if context.is_since and span and dater.published:
            span, ahead = Span(span.first, dater.published) if span.first <= dater.published else None, None
            kind = "cumulative"
        elif context.is_as_of:
            kind = "as_of"
            if span and language == "zh" and (match := end_of_stretch().match(text, mention.end)):
                span, end, kind = stretch_to(span.last, match), match.end(), "range"
        elif context.is_dateline and kind == "day":
            kind = "dateline"
        is_comparison = context.is_compared or context.is_record or compares(mention)
        if context.is_aside and span and is_before_told(mention, span, earlier):
            is_comparison = True
        if is_comparison:
            ahead = None
        elif span and (kind not in NO_ANCHOR or (kind == "dateline" and atom.form == "weekday")):
            dater.move_anchor(mention, span, is_narrative=context.is_narrative)
        elif span is None:
            dater.anchor = None
        if kind == "dateline":
            dater.note_day(span)
        shift = "comparison" if is_comparison else None
        owns = self._owned(text, mention, left, language, context, is_comparison)
        first, last = span or (None, None)
        return Period(
            context.start,
            end,
            sentence[context.start : end],
            first,
            last,
            kind,
            shift,
            owns,
            ahead,
            context.reach,
            context.scope,
        )

    def _owned(
        self, text: str, mention: Mention, left: int, language: str, context: Around, is_comparison: bool
    ) -> tuple[int, int] | None:
        if language == "zh":
            return context.owned_after(text, mention.end) if is_comparison else None
        return context.own


def is_empty_without_dates(atom: Atom) -> bool:
    """Whether the words say nothing unless the text told a date: the quarter, the day after."""
    return (atom.form == "unit" and atom.base == "told" and not atom.number) or (
        atom.form == "ago" and atom.unit == "day"
    )


def compares(mention: Mention) -> bool:
    """Whether the words are a comparison by themselves: 去年同期, a year earlier, the same week of 2023."""
    atom = mention.atom
    if atom.form == "same":
        return atom.number < 0 or atom.base == "text" or mention.year is not None
    return atom.form == "ago" and atom.number < 0 and atom.word not in ("", "published", "ago")


def is_before_told(mention: Mention, span: Span, earlier: Sequence[Period]) -> bool:
    """Whether a mention goes back behind what the sentence spoke of: 7月下降0.2%，上月为上涨0.1%."""
    told = next((period for period in reversed(earlier) if governs(period) and period.first), None)
    if told is None:
        return mention.atom.form == "unit" and mention.atom.number < 0 and mention.atom.base == "before"
    return told.first is not None and span.last < told.first


def moved(period: Period, base: int) -> Period:
    owns = (period.owns[0] + base, period.owns[1] + base) if period.owns else None
    reach = (period.reach[0] + base, period.reach[1] + base) if period.reach else None
    return replace(period, start=period.start + base, end=period.end + base, owns=owns, reach=reach)


def stretch_to(last: date, match: re.Match[str]) -> Span | None:
    """The stretch that ends with a day: 截至2021年12月31日止三个月."""
    if match["count"]:
        from transforms.claims.period_forms_zh import lexicon

        return stretch_back(last, "month", lexicon().number(match["count"]) or 1)
    unit = {"财季": "quarter", "季度": "quarter", "季": "quarter", "半年": "half"}.get(match["unit"], "year")
    return stretch_back(last, unit, 1)


# ---------------------------------------------------------------- scanning a text of either language


def fold(text: str) -> str:
    """The text with half-width digits and plain spaces, one character for one."""
    return text.translate(FOLD) if FOLDED.search(text) else text


@lru_cache(maxsize=2)  # the block being read, and the text before it
def scan(text: str, language: str) -> tuple[str, str, tuple[Atom, ...]]:
    """The text folded, the language whose words were read, and the atoms in order."""
    text = fold(text)
    if text.isascii() or not CHINESE.search(text):
        return text, "en", tuple(dates_of("en")(text))
    atoms = list(dates_of("zh")(text))
    if " " in text and (language == "en" or LATIN_WORDS.search(text)):
        atoms = merge(atoms, dates_of("en")(text))
    return text, "zh", tuple(atoms)


def merge(atoms: list[Atom], others: Iterable[Atom]) -> list[Atom]:
    """Both lists in order; where two overlap, that of the first list."""
    merged = list(atoms)
    starts = [atom.start for atom in atoms]
    for atom in others:
        index = bisect_right(starts, atom.start)
        if (index and atoms[index - 1].end > atom.start) or (index < len(atoms) and starts[index] < atom.end):
            continue
        merged.append(atom)
    return sorted(merged)


def calendar_spans(text: str, language: str = "zh") -> list[tuple[int, int]]:
    """Spans of everything that names a date or a time of day, in order; numbers in them are never claims.

    Words that count their own units (近三年, three months ended) are no dates: their numbers are durations.

    >>> calendar_spans("2021年6月14日08:30，营收3亿元")
    [(0, 5), (5, 10), (10, 15)]
    """
    _, _, atoms = scan(text, language)
    return [(atom.start, atom.end) for atom in atoms if atom.form not in COUNTING]


# ---------------------------------------------------------------- which period a number has


def choose_period(
    periods: Sequence[Period], position: int, clause_start: int, clause_end: int, carried: Period | None = None
) -> Period | None:
    """The period of the number at `position`: the mention that owns it, else the nearest before it, else after it.

    Before it means in its clause or earlier in the sentence, after it only in its clause; `carried` (the period of
    the sentence before) comes last. A compared period governs nothing but its own numbers.
    """
    index = bisect_right(periods, position, key=lambda period: period.start)
    for period in periods[max(0, index - 2) : index + 2]:
        if period.owns and period.owns[0] <= position < period.owns[1]:
            return period
    before = [p for p in periods[max(0, index - NEIGHBOURS) : index] if governs(p) and reaches(p, position)]
    if before:
        nearest = before[-1]
        is_event = nearest.kind == "event" and len(before) > 1 and before[-2].kind == "as_of"
        return before[-2] if is_event else nearest  # 截至10月7日，国庆档总票房: as counted on that day
    for period in periods[index : index + NEIGHBOURS]:
        if period.start >= clause_end and period.reach is None and period.scope != "sentence":
            break  # in English its reach tells
        if governs(period) and reaches(period, position):
            return period
    return carried


def reaches(period: Period, position: int) -> bool:
    return period.reach is None or period.reach[0] <= position < period.reach[1]


def governs(period: Period) -> bool:
    """Whether numbers beside it may be of this period."""
    return period.shift is None and period.kind != "dateline"
