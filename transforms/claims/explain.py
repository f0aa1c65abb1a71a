"""How a text is read: its tokens in order, before and beside the claims they become, and why others become none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.claims.extract import TextReader, language_of
from transforms.claims.languages import scanner_of
from transforms.claims.periods import PeriodReader, calendar_spans
from transforms.claims.sentences import lower_of, split_sentences
from transforms.records import format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from transforms.claims.mentions import Mention
    from transforms.claims.scan_en import EnglishScanner
    from transforms.claims.scan_zh import ChineseScanner

_DIGITS = r"\d+(?:[.,，]\d+)*"
_NAME_AROUND = re.compile(r"(?:[a-z]?[A-Z][A-Za-z.+-]*\s)?[A-Za-z0-9](?:[A-Za-z0-9.+_-]*[A-Za-z0-9+])?")
_NO_CLAIM = "no claim"


@dataclass(frozen=True, slots=True)
class Token:
    """One thing the reader saw: a number, a date, or a word that says something about numbers."""

    start: int
    end: int
    text: str
    kind: str  # number, date, period, no claim, or the role of a cue: bound, verb, noun, basis, share, modality …
    value: str  # the number with its unit, the dates, the comparator or direction; why it is no claim
    rule: str  # the grammar rule of a number, "" for others


def explain(text: str, *, language: str | None = None, published: date | None = None) -> list[Token]:
    """Tokens of a text in order of place: numbers with their rule, dates, cue words, and why a number is no claim.

    >>> [(t.text, t.kind, t.value) for t in explain("同比增长约11%")]
    [('同比', 'basis', 'yoy'), ('增长', 'verb', 'increase'), ('约', 'bound', 'approx'), ('11%', 'number', '11 %')]
    >>> [(t.text, t.kind, t.value) for t in explain("一起来看5G")]
    [('一', 'no claim', 'part of the word 一起'), ('5', 'no claim', 'part of the name 5G')]
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
    spans = calendar_spans(folded, language)
    claimed = [
        (claim.char_start, claim.char_end) for claim in TextReader(language=language, published=published).read(text)
    ]
    lower = lower_of(folded) if language != "zh" else folded
    tokens += [
        _token(text, start, end, _NO_CLAIM, reason, "")
        for start, end, reason in _unclaimed(folded, lower, scanner, mentions, spans, claimed)
    ]
    for start, end in spans:
        tokens.append(_token(text, start, end, "date", "", ""))
    for sentence in split_sentences(folded, lower, mentions, lexicon):
        for start, end, cues in sentence.cues:
            tokens += [_token(text, start, end, cue.role, cue.value, "") for cue in cues if cue.role != "neutral"]
    for period in PeriodReader(published, language).read(folded):
        dates = f"{period.first} to {period.last}" if period.first is not None else "no dates"
        tokens.append(_token(text, period.start, period.end, "period", dates, ""))
    return sorted(tokens, key=lambda token: (token.start, token.end))


def _unclaimed(
    folded: str, lower: str, scanner: ChineseScanner | EnglishScanner, mentions: list[Mention],
    dates: list[tuple[int, int]], claimed: list[tuple[int, int]],
) -> Iterator[tuple[int, int, str]]:  # fmt: skip
    """Digits and number words that are part of no claim, and the reason."""
    masked = list(scanner.masked(lower))
    loose = [(mention.start, mention.end) for mention in mentions]
    for match in re.finditer(rf"{_DIGITS}|{scanner.number_words}", lower):
        start, end = match.span()
        if _around(start, end, claimed) or _around(start, end, dates):
            continue  # a claim, or a date that is shown as one
        name = next((m for m in _NAME_AROUND.finditer(folded, max(0, start - 40)) if m.end() > start), None)
        mask = _around(start, end, masked)
        if mask is not None:
            reason = f"part of the word {folded[mask[0] : mask[1]]}"
        elif (
            name is not None
            and name.start() <= start
            and any(ch.isalpha() for ch in name.group())
            and name.group()[-1].isalnum()
        ):
            reason = f"part of the name {name.group()}"
        elif _around(start, end, loose) is not None:
            reason = "names, dates or page furniture: no unit, scale or measure word goes with it"
        else:
            reason = "no amount: a name, an ordinal or a word that holds a numeral"
        yield start, end, reason


def _around(start: int, end: int, spans: Iterable[tuple[int, int]]) -> tuple[int, int] | None:
    return next((span for span in spans if span[0] < end and start < span[1]), None)


def _token(text: str, start: int, end: int, kind: str, value: str, rule: str) -> Token:
    return Token(start, end, text[start:end], kind, value, rule)
