"""Figures of no time though their sentence names one: prices of a product, levels that a change left behind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.period_lexicon import alternation, load_toml

if TYPE_CHECKING:
    from transforms.claims.changes import Reading
    from transforms.claims.mentions import Mention
    from transforms.claims.periods import Period
    from transforms.claims.sentences import Sentence

SPECIFIED = frozenset(["data", "data_rate", "frequency", "image"])
STOPS = frozenset("，。；、）！？")
ANNOUNCED = frozenset(["day", "dateline", "week"])  # when a plan was told
AWAY_ZH = re.compile(r"(?:距离?|离)(?!\d{4}年|婚)")
LEAD = 40  # characters before a figure in which the words that lead to it stand
FROM_EN = re.compile(
    r"\bfrom\s(?:(?:about|around|roughly|nearly|almost|some|just|over|under|an?|the)\s){0,2}$", re.IGNORECASE
)
FROM_ZH = re.compile("(?:[由从從]|自(?!有|筹|营))[^，。；：、！？,;由从從]{0,14}$")
# What a guess was before: 将增速预期从25%下修到20% is of the same year.
REVISED_ZH = re.compile("[^，。；！？]{0,8}(?:[上下](?:调|修)|调[高低整]|修正)")


@dataclass(frozen=True, slots=True)
class Words:
    """The lists of [untimed] of a language."""

    list_prices: tuple[str, ...]
    chances: re.Pattern[str]
    conditions: re.Pattern[str]
    apposition: re.Pattern[str] | None
    benchmarks: re.Pattern[str] | None
    sampled: re.Pattern[str] | None
    then: re.Pattern[str] | None
    spread: re.Pattern[str] | None
    relative: re.Pattern[str] | None


@cache
def untimed_words(language: str) -> Words:
    """The lists, loaded once."""
    data = load_toml(f"periods_{language}.toml")["untimed"]
    is_spaced = language != "zh"
    edge = r"\b" if is_spaced else ""
    return Words(
        list_prices=tuple(data["list_prices"]),
        chances=re.compile(rf"{edge}(?:{alternation(data['chances'])}){edge}", re.IGNORECASE),
        conditions=re.compile(rf"{edge}(?:{alternation(data['conditions'])}){edge}(?!干|羌)", re.IGNORECASE),
        # Snapdragon X3, a 2nm laptop chip with 24 cores: what a thing is
        apposition=re.compile(
            rf",\s(?:an?\s(?!(?:[\w-]+\s){{0,2}}?(?:{alternation(data['results'])})\b)|(?:{alternation(data['descriptions'])})\b)",
            re.IGNORECASE,
        )
        if is_spaced
        else None,
        benchmarks=None
        if is_spaced
        else re.compile(rf"的?[^\W\x00-\x7f]{{0,4}}?(?:{alternation(data['benchmarks'])})"),
        sampled=None if is_spaced else re.compile(rf"(?:{alternation(data['sampled'])})(?:的|对象为)$"),
        then=None if is_spaced else re.compile(alternation(data["then"])),
        relative=re.compile(r"\s(?:which|whose|who|where)\b") if is_spaced else None,
        # to 24% in the space of five years: its own stretch, which no date gives
        spread=re.compile(
            rf"(?:\s[a-z-]+){{0,4}}?\s(?:{alternation(data['spread'])})\s(?:(?:the|a|just|about|some)\s)?"
            rf"(?:{alternation(load_toml('periods_en.toml')['numbers'])}|\d{{1,2}})\s(?:years|months|weeks|decades|year|decade)\b"
            r"(?!\s(?:to|ended|ending|through|since))",
            re.IGNORECASE,
        )
        if is_spaced
        else None,
    )


def is_untimed(
    text: str, sentence: Sentence, mention: Mention, reading: Reading, period: Period | None, metric: str | None,
    language: str,
) -> bool:  # fmt: skip
    """Whether a figure is of no time, whatever its sentence or the one before says."""
    words = untimed_words(language)
    if period is not None and words.chances.search(text, mention.end, min(period.start, mention.end + LEAD)):
        return True  # a 58% chance of a cut in September
    if period is not None and period.owns and period.owns[0] <= mention.start < period.owns[1]:
        return False
    if is_left_behind(text, mention, reading, period, language):
        return True
    if words.spread is not None and words.spread.match(text, mention.end, mention.end + LEAD + LEAD) is not None:
        return period is None or period.start < mention.start
    begin, _ = sentence.clause_of(mention.start)
    if language == "zh" and is_outside(text, mention, period, begin, words):
        return True
    if period is None:
        return False
    if language == "zh" and is_ahead(text, sentence, mention, reading, period, begin, words):
        return True
    is_before = period.end <= mention.start
    at = begin if language == "zh" else max(begin, period.end)
    if at >= period.end and words.conditions.search(text, at, begin + 4 if language == "zh" else mention.start):
        return True  # …; if the yield stays below 4.25%
    if words.relative is not None and is_before and is_relative(text, sentence, mention, period, words.relative):
        return True
    if is_before and reading.role == "level" and reading.change is None and is_apposed(text, mention, period, words):
        return True
    return is_specified(period, mention, metric, words)


def is_outside(text: str, mention: Mention, period: Period | None, begin: int, words: Words) -> bool:
    """Whether others are held against it (离100%的监管红线), or it says how many were asked (调研的237家贸易商)."""
    assert words.benchmarks is not None
    assert words.sampled is not None
    if text[mention.end : mention.end + 1] not in STOPS and words.benchmarks.match(text, mention.end, mention.end + 12):
        return True
    is_away = text.startswith(("离", "距"), begin) and AWAY_ZH.match(text, begin) is not None
    if is_away and (period is None or period.start < begin):
        return True
    is_count = mention.unit is not None and mention.unit.kind == "count"
    return is_count and words.sampled.search(text, max(begin, mention.start - 6), mention.start) is not None


def is_ahead(
    text: str, sentence: Sentence, mention: Mention, reading: Reading, period: Period, begin: int, words: Words
) -> bool:
    """Whether a Chinese figure is planned or yet to come, while the period is that of the news, or a limit."""
    assert words.then is not None
    if reading.modality == "target" and period.kind in ANNOUNCED and period.end <= begin:
        return True  # 12月27日申请获受理，拟募资48.6亿元
    if period.end > begin:
        return False
    if period.kind == "cumulative" and words.then.search(text, period.end, mention.start):
        return True
    named, _ = sentence.clause_of(period.start)
    return period.text.endswith("前") and words.conditions.search(text, named, named + 4) is not None


def is_apposed(text: str, mention: Mention, period: Period, words: Words) -> bool:
    """Whether an apposition behind the period names it: said today, a 2nm chip with 24 cores."""
    if words.apposition is None or mention.unit is None or False:
        return False
    low = max(period.end, mention.start - LEAD - LEAD)
    at = text.rfind(", ", low, mention.start)
    return at >= 0 and words.apposition.match(text, at) is not None


def is_relative(
    text: str, sentence: Sentence, mention: Mention, period: Period, relative: re.Pattern[str]
) -> bool:  # fmt: skip
    """Whether a clause that ends the sentence tells more of its last noun: by 2027, ahead of cable, whose margins …."""
    begin, end = sentence.clause_of(mention.start)
    return period.end <= begin and end >= sentence.end - 1 and relative.match(text, begin) is not None


def is_left_behind(text: str, mention: Mention, reading: Reading, period: Period | None, language: str) -> bool:
    """Whether it is the level a change began with, without a time of its own: 均价从3210元涨到3461元, up from 7.3%."""
    if reading.modality in ("forecast", "target") or reading.role == "change":
        return False
    low = max(0, mention.start - LEAD)
    if language != "zh":
        at = text.rfind("from ", low, mention.start)
        return at >= 0 and FROM_EN.search(text, max(low, at - 1), mention.start) is not None
    start = FROM_ZH.search(text, low, mention.start)
    if start is None or (period is not None and start.start() <= period.start < mention.start):
        return False
    from transforms.claims.period_around_zh import words_zh

    match = words_zh().patterns["turn"].match(text, mention.end)
    return match is not None and REVISED_ZH.match(text, mention.end) is None


def is_specified(period: Period, mention: Mention, metric: str | None, words: Words) -> bool:
    """Whether it says what a thing is or is sold for on a day: 12月1日上市，起售价; unveiled today, 4.9GHz."""
    if period.kind != "day" or period.shift is not None:
        return False
    if mention.unit is not None and mention.unit.dimension in SPECIFIED:
        return True
    return metric is not None and metric.lower().endswith(words.list_prices)
