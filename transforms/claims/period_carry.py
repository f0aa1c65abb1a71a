"""The period that is plainly carried over from the sentence before: 其中…, the next figure of the same report."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.period_lexicon import alternation, load_toml
from transforms.claims.periods import Period, governs
from transforms.claims.sentences import ends_sentence, is_heading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from transforms.claims.changes import Reading
    from transforms.claims.mentions import Mention
    from transforms.claims.sentences import Sentence

# A stretch a report is about. What has gone on since March, or for years, is said of one figure.
REPORTED = frozenset(["year", "half", "quarter", "month", "week", "range", "cumulative", "fiscal", "anaphoric", "unit"])
LIST_ITEM = re.compile(r"\s*(?:[（(]?[一二三四五六七八九十\d]{1,2}[）)、.．]|[•·\-–—*●■◆])")
FIRST_FIGURES = 4
UNITS = frozenset(["money", "count"])
UNITS_OF = {"as_of": frozenset(["count"])}
SENTENCE_END = re.compile(r"[。！？]|[.!?]\s")
TELLS_TIME = r"(?!\s(?:ago|earlier|before|later|on\b))"  # a year earlier
HEADED_KINDS = frozenset(["money", "count", "percent", "percentage_point"])
HEADED = frozenset(["year", "half", "quarter", "month", "cumulative"])
FORESEEN = re.compile(
    r"\s(?:full-year\s)?(?:guidance|outlook|forecasts?|targets?|goals?|budget|plans?|estimates?|view)\b"
)
HEADING_CHARS = 70
CJK = re.compile(r"[\u3400-\u9fff]")
LEAD_IN = re.compile(r"[:：][”\"'’」』）)]*\s*$")


@dataclass(frozen=True, slots=True)
class Words:
    """The lists of [carry] of a language."""

    going_on: re.Pattern[str]  # how a sentence opens that goes on with the figures before it
    speech: re.Pattern[str]  # what makes it somebody's words
    saying: re.Pattern[str]
    elsewhere: re.Pattern[str]  # what makes it tell of something else
    market: re.Pattern[str]  # what a day of trading is told with
    prices: re.Pattern[str]
    stocks: re.Pattern[str]
    timeless: re.Pattern[str]  # what is always so, and what there is at the time of writing: stores, staff, debt


@cache
def carry_words(language: str) -> Words:
    """The lists, loaded once."""
    data = load_toml(f"periods_{language}.toml")["carry"]
    edge = "" if language == "zh" else r"\b"
    openers, at_start, inside = (alternation(data[key]) for key in ("going_on", "elsewhere_at_start", "elsewhere"))
    return Words(
        going_on=re.compile(
            rf"[“\"（(]?(?:{openers}){edge}" + (r"|[^,]*\bof\s(?:them|those|these|the\stotal)\b" if edge else ""),
            re.IGNORECASE,
        ),
        speech=re.compile(
            rf"[“\"「‘][^”\"」’]{{8}}|(?:{alternation(data['speech_at_start'])}){edge}|.*?{edge}(?:{alternation(data['speech'])}){edge}",
            re.IGNORECASE | re.DOTALL,
        ),
        saying=re.compile(rf"{edge}(?:{alternation(data['saying'])}){edge}", re.IGNORECASE),
        elsewhere=re.compile(
            rf"(?:{at_start}){edge}|.*?{edge}(?:{inside}){edge}|[^,，]*(?:,(?:[^,]|,(?=\d)){{1,30}},[^,]{{0,20}})?{edge}(?:{alternation(data['present'])}){edge}",
            re.IGNORECASE | re.DOTALL,
        ),
        market=re.compile(alternation(data["market"]), re.IGNORECASE),
        stocks=re.compile(rf"{edge}(?:{alternation(data['stocks'])}){edge}(?!收益|周转|回报)", re.IGNORECASE),
        timeless=re.compile(rf"{edge}(?:{alternation(data['timeless'])}){edge}{TELLS_TIME}", re.IGNORECASE),
        prices=re.compile(rf"{edge}(?:{alternation(data['prices'])}){edge}", re.IGNORECASE),
    )


@dataclass(slots=True)
class Carrier:
    """Keeps the period of the figures read last, as long as the sentences after it go on with them.

    An article that reports on one period (named by its title, or that of its first figures) has it for paragraphs
    without a time of their own as well.
    """

    published: date | None = None
    period: Period | None = None
    _units: frozenset[str] = field(default=frozenset())
    _lead_in: Period | None = None  # Results for the third quarter: … and the items after it
    _is_last_item: bool = False
    _heading: Period | None = None  # 二、2025年主要目标: the time of the paragraphs under it
    _title_text: str = ""
    _is_title: bool = False
    _title: Period | None = None
    _report: Period | None = None
    _report_units: set[str] = field(default_factory=set)
    _first: list[Period | None] = field(default_factory=list)  # of the article's first figures
    _was_market: bool = False
    _is_other: bool = False  # the block tells of another time than the report

    def begin(self, text: str, title: Sequence[Period]) -> None:
        """Takes the one period that the article's title names."""
        self._title_text = text
        named = [period for period in title if governs(period) and self._is_reported(period)]
        named = [period for period in named if not FORESEEN.match(text, period.end)]  # upgrades 2025 guidance
        self._title = named[0] if len({(period.first, period.last) for period in named}) == 1 else None

    def start_block(self, text: str) -> None:
        """Begins a block: into it goes only the period of a line that ends with a colon, or that of the report."""
        self.period, self._is_other, self._is_title = None, False, text == self._title_text
        if self._lead_in is not None and ends_sentence(text) and not LIST_ITEM.match(text):
            if not self._is_last_item:
                self._lead_in = None
            self._is_last_item = False

    def head(self, text: str, periods: Sequence[Period]) -> None:
        """Takes the one period that a line without figures names, where it heads the paragraphs that follow."""
        if is_heading(text) and text != self._title_text:
            named = [period for period in periods if governs(period) and period.kind in HEADED and period.first]
            self._heading = named[0] if len(named) == 1 and self._is_reported(named[0]) else None

    def pass_over(self, text: str, start: int, end: int, periods: Sequence[Period]) -> None:
        """Takes in sentences without figures: the last may set the time (3月16日，期货多数收跌。), several end it."""
        told = next((period for period in reversed(periods) if governs(period)), None)
        if told is not None:
            is_last = SENTENCE_END.search(text, told.end, max(told.end, end - 2)) is None
            self.period = told if is_last and told.first is not None else None
            self._units, self._was_market = frozenset(), True
        elif len(SENTENCE_END.findall(text, start, end)) > 1:
            self.period = None

    def end_block(self, text: str, periods: Sequence[Period]) -> None:
        """Takes the period of a block that leads in a list."""
        is_open = LEAD_IN.search(text) is not None
        is_heading = len(text) <= HEADING_CHARS and text != self._title_text and text[-1:].isalnum()
        if is_open or (is_heading and not CJK.search(text)):
            found = next((p for p in reversed(periods) if governs(p) and self._is_reported(p)), None)
            if is_open or (found is not None and not LIST_ITEM.match(text)):
                self._lead_in = found  # Performance by franchise, 9M 2025
        self._is_last_item = text.rstrip().endswith(("；", ";"))

    def into(
        self, text: str, sentence: Sentence, periods: Sequence[Period], readings: Sequence[Reading], language: str
    ) -> Period | None:
        """The period that the sentence's figures have from before, where they name none."""
        if any(rules_whole(period, sentence, language) for period in periods):
            return None
        if self.period is None and self._lead_in is not None:
            return self._lead_in
        carried, units = self.period, self._units
        if carried is None and self._heading is not None and language == "zh":
            counted = {m.unit.kind for m in sentence.mentions if m.unit is not None} & HEADED_KINDS
            carried, units = self._heading if counted else None, frozenset()
            if carried is not None and all(reading.modality == "target" for reading in readings):
                return carried
        if carried is None and not self._is_other:
            carried, units = self._report, frozenset(self._report_units)
        if carried is None or any(p.first == carried.first for p in periods if p.shift == "comparison"):
            return None  # 比去年缩减15%, after a figure of last year
        return carried if self._goes_on(carried, units, text, sentence, periods, readings, language) else None

    def _goes_on(
        self, carried: Period, units: frozenset[str], text: str, sentence: Sentence, periods: Sequence[Period],
        readings: Sequence[Reading], language: str,
    ) -> bool:  # fmt: skip
        """Whether the sentence goes on with the figures of a period."""
        words = carry_words(language)
        wording = text[sentence.start : sentence.end]
        if carried is self.period and words.going_on.match(wording):
            return True
        if words.timeless.search(wording):
            return False
        is_day = carried.first == carried.last
        if words.speech.match(wording) or (is_day and words.saying.search(wording)):
            return False
        changes = any(reading.role in ("change", "share") or reading.change for reading in readings)
        compares = any(period.shift == "comparison" for period in periods)
        same = any(mention.unit and mention.unit.symbol in units for mention in sentence.mentions)
        if carried.kind == "as_of":
            return same and not changes and words.elsewhere.match(wording) is None
        if carried.kind == "day" or carried.first == carried.last:
            return (self._was_market or carried is self._report) and words.market.search(wording) is not None
        if words.stocks.search(wording, 0, sentence.mentions[0].start - sentence.start):
            return False
        if not self._is_reported(carried) or words.elsewhere.match(wording) or words.prices.search(wording):
            return False
        return changes or compares or (same and carried is self.period)

    def _is_reported(self, period: Period) -> bool:
        """Whether it is a stretch or a state that a report is about, not one that goes on to the day of writing."""
        if period.kind == "as_of":
            return True
        return period.kind in REPORTED and period.last is not None and period.last != self.published

    def reaches(self, mention: Mention, reading: Reading, language: str) -> bool:
        """Whether a figure may have a carried period: what is stated, and in English what was expected of it."""
        if reading.modality == "target" and self.period is None and self._heading is not None and language == "zh":
            return True
        is_expected = language == "en" and reading.modality == "forecast" and reading.role != "change"
        return reading.modality == "actual" or (
            is_expected and mention.unit is not None and mention.unit.symbol in self._units
        )

    def close(self, wording: str, figures: Sequence[tuple[Mention, Reading, Period | None]], language: str) -> None:
        """Takes the period of the sentence's last stated figure; a sentence without one ends the carrying."""
        self.period = None
        units: set[str] = set()
        is_mixed = False
        for mention, reading, period in figures:
            if len(self._first) < FIRST_FIGURES and not self._is_title:
                self._first.append(period)
            if reading.modality == "actual" and not is_same(period, self._report):
                self._is_other = self._is_other or period is None or governs(period)
            if period is None or period.first is None or not governs(period) or reading.modality != "actual":
                continue
            if period != self.period:
                units.clear()
            is_state = self.period is not None and self.period.kind == "as_of"
            is_aside = is_before(period, self.period) and not is_state  # 利润率6%，而2023年还有8%
            self.period, is_mixed = period, is_mixed or is_aside
            if mention.unit is not None and mention.unit.kind in UNITS_OF.get(period.kind, UNITS):
                units.add(mention.unit.symbol)
                if is_same(period, self._report):
                    self._report_units.add(mention.unit.symbol)
        if is_mixed:
            self.period = None
        self._units = frozenset(units)
        if self.period is not None and self.period.first == self.period.last:
            self._was_market = carry_words(language).market.search(wording) is not None
        if self._report is None:
            self._find_report(figures)

    def _find_report(self, figures: Sequence[tuple[Mention, Reading, Period | None]]) -> None:
        """The period the article reports on: that of its title, once a figure has it, or that of its first figures."""
        first = self._first[0] if self._first else None
        if self._title is not None:
            found = next((period for _, _, period in figures if is_same(period, self._title)), None)
        elif len(self._first) == FIRST_FIGURES and all(is_same(period, first) for period in self._first):
            found = first if first is not None and first.first == first.last else None  # a day's trading
        else:
            return
        if found is not None:
            self._report = found
            self._report_units.update(self._units)


def is_same(period: Period | None, other: Period | None) -> bool:
    """Whether both are the same days."""
    if period is None or other is None or period.first is None:
        return False
    return (period.first, period.last) == (other.first, other.last)


def is_before(period: Period, other: Period | None) -> bool:
    """Whether it is over before the other begins."""
    return other is not None and period.last is not None and other.first is not None and period.last < other.first


def rules_whole(period: Period, sentence: Sentence, language: str) -> bool:
    """Whether a mention gives its time to the whole sentence; in Chinese what stands before it has none of it."""
    if not governs(period) or period.scope == "clause":
        return False
    first = sentence.mentions[0]
    return language != "zh" or period.start < first.start or sentence.clause_of(first.start)[1] >= period.end
