"""Periods and figures listed in the same order: 2020年至2022年营收分别为A、B和C; in 2021 and 2022, respectively."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from transforms.claims.calendar import span_at
from transforms.claims.periods import governs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transforms.claims.mentions import Mention
    from transforms.claims.periods import Period
    from transforms.claims.sentences import Sentence

WORDS = re.compile("分别|依次|respectively")
BETWEEN_FIGURES = re.compile(r"\s?(?:、|，|和|及|以及|与|,|, and|and)\s?(?:约|about\s|nearly\s)?")
BETWEEN_PERIODS = re.compile(r"\s?(?:、|，|和|及|以及|与|,|, and|and)\s?(?:in\s)?")
MOST = 8  # members of a list


def align_periods(text: str, sentence: Sentence, periods: Sequence[Period]) -> dict[int, Period]:
    """For each figure of a list that goes with a list of periods, its offset and its own period."""
    word = WORDS.search(text, sentence.start, sentence.end)
    if word is None or not periods:
        return {}
    listed = [period for period in periods if governs(period) and period.first is not None]
    aligned: dict[int, Period] = {}
    for figures in lists_of_figures(text, sentence, word):
        if len(figures) > MOST:
            continue
        before = [period for period in listed if period.end <= figures[0].start]
        after = [period for period in listed if period.start >= figures[-1].end]
        for run in (last_run(text, before), last_run(text, after), years_of(before[-1:])):
            if len(run) == len(figures):
                aligned.update((figure.start, period) for figure, period in zip(figures, run, strict=True))
                break
    return aligned


def lists_of_figures(text: str, sentence: Sentence, word: re.Match[str]) -> list[list[Mention]]:
    """Runs of two figures and more that only commas or an "and" part; in Chinese those after 分别."""
    runs: list[list[Mention]] = []
    for mention in sentence.mentions:
        if not word.group().isascii() and mention.start < word.end():
            continue
        if runs and BETWEEN_FIGURES.fullmatch(text, runs[-1][-1].end, mention.start):
            runs[-1].append(mention)
        else:
            runs.append([mention])
    return [run for run in runs if len(run) > 1]


def last_run(text: str, periods: Sequence[Period]) -> list[Period]:
    """The periods at the end that are listed one after the other."""
    run: list[Period] = []
    for period in periods:
        if run and not BETWEEN_PERIODS.fullmatch(text, run[-1].end, period.start):
            run = []
        run.append(period)
    return run


def years_of(periods: Sequence[Period]) -> list[Period]:
    """The years of a range of years: 2020年至2022年."""
    years: list[Period] = []
    for period in periods:
        if period.first is None or period.last is None or (period.first.month, period.last.month) != (1, 12):
            continue
        for number in range(min(period.last.year - period.first.year + 1, MOST)):
            span = span_at(period.first, "year", number)
            if span is not None:
                years.append(replace(period, first=span.first, last=span.last))
    return years
