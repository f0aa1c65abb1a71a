"""How a text is read: its tokens in order, before and beside the claims they become."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.claims.extract import language_of, scanner_of
from transforms.claims.periods import PeriodReader, calendar_spans
from transforms.claims.sentences import lower_of, split_sentences
from transforms.records import format_decimal

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Token:
    """One thing the reader saw: a number, a date, or a word that says something about numbers."""

    start: int
    end: int
    text: str
    kind: str  # number, date, period, or the role of a cue: bound, verb, noun, basis, share, modality …
    value: str  # the number with its unit, the dates, the comparator or direction
    rule: str  # the grammar rule of a number, "" for others


def explain(text: str, *, language: str | None = None, published: date | None = None) -> list[Token]:
    """Tokens of a text in order of place: numbers with their rule (`loose` ones become no claim), dates and cue words.

    >>> [(t.text, t.kind, t.value) for t in explain("同比增长约11%")]
    [('同比', 'basis', 'yoy'), ('增长', 'verb', 'increase'), ('约', 'bound', 'approx'), ('11%', 'number', '11 %')]
    """
    language = language or language_of(text)
    scanner = scanner_of(language)
    lexicon = scanner.lexicon
    folded = lexicon.fold(text)
    tokens = []
    mentions = scanner.scan(folded)
    for mention in mentions:
        values = (mention.value,) if mention.value is not None else (mention.low, mention.high)
        amount = "–".join(format_decimal(value) for value in values if value is not None)
        unit = mention.unit.symbol if mention.unit is not None else ""
        tokens.append(_token(text, mention.start, mention.end, "number", f"{amount} {unit}".strip(), mention.rule))
    for start, end in calendar_spans(folded, language):
        tokens.append(_token(text, start, end, "date", "", ""))
    lower = lower_of(folded) if language != "zh" else folded
    for sentence in split_sentences(folded, lower, mentions, lexicon):
        for start, end, cues in sentence.cues:
            tokens += [_token(text, start, end, cue.role, cue.value, "") for cue in cues if cue.role != "neutral"]
    for period in PeriodReader(published, language).read(folded):
        dates = f"{period.first} to {period.last}" if period.first is not None else "no dates"
        tokens.append(_token(text, period.start, period.end, "period", dates, ""))
    return sorted(tokens, key=lambda token: (token.start, token.end))


def _token(text: str, start: int, end: int, kind: str, value: str, rule: str) -> Token:
    return Token(start, end, text[start:end], kind, value, rule)
