"""The period that is plainly carried over from the sentence before: 其中…, the next figure of the same report."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.period_lexicon import alternation, load_toml
from transforms.claims.periods import Period, governs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from transforms.claims.changes import Reading
    from transforms.claims.mentions import Mention
    from transforms.claims.sentences import Sentence

# A stretch a report is about. What has gone on since March, or for years, is said of one figure.
REPORTED = frozenset(["year", "half", "quarter", "month", "week", "range", "cumulative", "fiscal", "anaphoric", "unit"])
LIST_ITEM = re.compile(r"\s*(?:[（(]?[一二三四五六七八九十\d]{1,2}[）)、.．]|[•·\-–—*●■◆])")
ITEM_CHARS = 10
SENTENCE_END = re.compile(r"[。！？]|[.!?]\s")
FULL_STOP = re.compile(r"[.。!！?？][”\"'’」』）)]*\s*$")
LEAD_IN = re.compile(r"[:：][”\"'’」』）)]*\s*$")


@dataclass(frozen=True, slots=True)
class Words:
    """The lists of [carry] of a language."""

    going_on: re.Pattern[str]  # how a sentence opens that goes on with the figures before it
    speech: re.Pattern[str]  # what makes it somebody's words
    elsewhere: re.Pattern[str]  # what makes it tell of something else
    market: re.Pattern[str]  # what a day of trading is told with
    prices: re.Pattern[str]
    list_prices: tuple[str, ...]


@cache
def carry_words(language: str) -> Words:
    """The lists, loaded once."""
    data = load_toml(f"periods_{language}.toml")["carry"]
    edge = "" if language == "zh" else r"\b"
    openers, at_start, inside = (alternation(data[key]) for key in ("going_on", "elsewhere_at_start", "elsewhere"))
    return Words(
        going_on=re.compile(rf"[“\"（(]?(?:{openers}){edge}", re.IGNORECASE),
        speech=re.compile(
            rf"[“\"「‘]|(?:{alternation(data['speech_at_start'])}){edge}|.*?{edge}(?:{alternation(data['speech'])}){edge}",
            re.IGNORECASE | re.DOTALL,
        ),
        elsewhere=re.compile(rf"(?:{at_start}){edge}|.*?{edge}(?:{inside}){edge}", re.IGNORECASE | re.DOTALL),
        market=re.compile(alternation(data["market"]), re.IGNORECASE),
        list_prices=tuple(data["list_prices"]),
        prices=re.compile(rf"{edge}(?:{alternation(data['prices'])}){edge}", re.IGNORECASE),
    )


@dataclass(slots=True)
class Carrier:
    """Keeps the period of the figures read last, as long as the sentences after it go on with them."""

    published: date | None = None
    period: Period | None = None
    _units: frozenset[str] = field(default=frozenset())
    _lead_in: Period | None = None  # Results for the third quarter: … and the items after it

    def start_block(self, text: str) -> None:
        """Begins a block: nothing is carried into it but the period of a line that ends with a colon."""
        self.period = None
        if self._lead_in is not None and FULL_STOP.search(text) and not LIST_ITEM.match(text):
            self._lead_in = None

    def pass_over(self, text: str, start: int, end: int, periods: Sequence[Period]) -> None:
        """Takes in sentences without figures: the last may set the time (3月16日，期货多数收跌。), several end it."""
        told = next((period for period in reversed(periods) if governs(period)), None)
        if told is not None:
            is_last = SENTENCE_END.search(text, told.end, max(told.end, end - 2)) is None
            self.period = told if is_last and told.first is not None else None
            self._units = frozenset()
        elif len(SENTENCE_END.findall(text, start, end)) > 1:
            self.period = None

    def end_block(self, text: str, periods: Sequence[Period]) -> None:
        """Takes the period of a block that leads in a list."""
        if LEAD_IN.search(text):
            self._lead_in = next((p for p in reversed(periods) if governs(p) and self._is_reported(p)), None)

    def into(
        self, text: str, sentence: Sentence, periods: Sequence[Period], readings: Sequence[Reading], language: str
    ) -> Period | None:
        """The period that the sentence's figures have from before, where they name none."""
        if any(governs(period) and period.scope != "clause" for period in periods):
            return None
        if self.period is None:
            return self._lead_in
        if any(period.first == self.period.first for period in periods if period.shift == "comparison"):
            return None  # 比去年缩减15%, after a figure of last year
        words = carry_words(language)
        wording = text[sentence.start : sentence.end]
        if words.going_on.match(wording):
            return self.period
        if words.speech.match(wording):
            return None
        changes = any(reading.role == "change" or reading.change for reading in readings)
        same = any(mention.unit and mention.unit.symbol in self._units for mention in sentence.mentions)
        if self.period.kind == "as_of":
            return self.period if same and not changes else None
        if self.period.kind == "day":
            return self.period if words.market.search(wording) else None
        if not self._is_reported(self.period) or words.elsewhere.match(wording) or words.prices.search(wording):
            return None
        # 旅游收入78亿元: a name and its figure, as in a list
        is_item = language == "zh" and sentence.mentions[0].start - sentence.start <= ITEM_CHARS
        return self.period if changes or same or is_item else None

    def _is_reported(self, period: Period) -> bool:
        """Whether it is a stretch or a state that a report is about, not one that goes on to the day of writing."""
        if period.kind == "as_of":
            return True
        return period.kind in REPORTED and period.last is not None and period.last != self.published

    def close(self, figures: Iterable[tuple[Mention, Reading, Period | None]]) -> None:
        """Takes the period of the sentence's last stated figure; a sentence without one ends the carrying."""
        self.period = None
        units: set[str] = set()
        for mention, reading, period in figures:
            if period is None or period.first is None or not governs(period) or reading.modality != "actual":
                continue
            if period != self.period:
                units.clear()
            self.period = period
            if mention.unit is not None and mention.unit.kind in ("money", "count"):
                units.add(mention.unit.symbol)
        self._units = frozenset(units)


def is_untimed(period: Period | None, metric: str | None, language: str) -> bool:
    """Whether a figure is of no day though one stands beside it: 将于12月1日上市，起售价21.99万元."""
    if period is None or metric is None or period.kind != "day" or period.shift is not None:
        return False
    return metric.lower().endswith(carry_words(language).list_prices)
