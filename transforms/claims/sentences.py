"""Sentences and clauses around numbers, and the cue words in them."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick, MatchKind

from transforms.claims.lexicon import Cue, Lexicon, load_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.claims.mentions import Mention

_CLOSERS = "”’\"'」』）)】》\\]"
_ENDS = {
    "zh": re.compile(rf"[。！？!?…\n]+[{_CLOSERS}]*|(?<=[^\d])\.(?=\s|$)[{_CLOSERS}]*"),
    "en": re.compile(rf"[.!?]+[{_CLOSERS}]*(?=\s+[A-Z“\"'‘(\[$€£\d]|\s*$|\n)|\n+|[。！？]"),
}
_LAST_WORD = re.compile(r"(?<![0-9A-Za-z])[A-Za-z][A-Za-z.]*$")  # an initial, not the M of $600M
_CLAUSE = re.compile(r"[，；;：。！？…（）()「」“”]|,(?!\d)|:(?!\d)|——|\s[–—-]\s|—")

_HEADING_CHARS = 36  # a line so short, without a full stop, may head what follows
_FULL_STOP = re.compile(rf"[.。!！?？][{_CLOSERS}]*\s*$")
# A longer sentence is cut: no prose has it, and hostile text must not cost more than its length.
MAX_SENTENCE = 1500


@dataclass(slots=True)
class Sentence:
    """One sentence of a block that holds numbers; offsets are the block's."""

    start: int
    end: int
    mentions: list[Mention]
    cues: list[tuple[int, int, tuple[Cue, ...]]]
    clause_ends: list[int]  # offsets just after each clause break, in order
    cue_at_end: dict[int, tuple[int, tuple[Cue, ...]]] = field(default_factory=dict)

    def clause_of(self, position: int) -> tuple[int, int]:
        """Start and end of the clause around a position."""
        index = bisect_right(self.clause_ends, position)
        start = self.clause_ends[index - 1] if index else self.start
        end = self.clause_ends[index] if index < len(self.clause_ends) else self.end
        return start, end

    def clause_index(self, position: int) -> int:
        """Number of clause breaks before a position."""
        return bisect_right(self.clause_ends, position)


class _CueFinder:
    """Finds a language's cue words in one walk: leftmost first, the longest of those that begin together."""

    def __init__(self, language: str) -> None:
        self.cues = load_lexicon(language).cues
        self.words = list(self.cues)
        self.is_spaced = language != "zh"
        kind = MatchKind.Standard if self.is_spaced else MatchKind.LeftmostLongest
        self._automaton = AhoCorasick(self.words, matchkind=kind)

    def find(self, lower: str, start: int, end: int) -> list[tuple[int, int, tuple[Cue, ...]]]:
        """Start, end and meanings of each cue in lower[start:end]."""
        text = lower[start:end]
        if not self.is_spaced:
            matches = self._automaton.find_matches_as_indexes(text)
        else:  # words: a shorter one may end where a longer one runs on into a word
            whole = [
                match
                for match in self._automaton.find_matches_as_indexes(text, overlapping=True)
                if not _is_letter(text, match[1] - 1) and not _is_letter(text, match[2])
            ]
            whole.sort(key=lambda match: (match[1], -match[2]))
            matches, floor = [], 0
            for match in whole:
                if match[1] >= floor:
                    matches.append(match)
                    floor = match[2]
        return [(begin + start, stop + start, self.cues[self.words[index]]) for index, begin, stop in matches]


def _is_letter(text: str, position: int) -> bool:
    return 0 <= position < len(text) and "a" <= text[position] <= "z"


_cue_finder = cache(_CueFinder)


def lower_of(text: str) -> str:
    """The text in lower case with every offset kept: a letter that lower case makes longer stays as it is."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(low if len(low := ch.lower()) == 1 else ch for ch in text)


@cache
def _abbreviations(language: str) -> frozenset[str]:
    return frozenset(load_lexicon(language).data.get("abbreviations", {}).get("words", ()))


def _ends(text: str, start: int, end: int, language: str) -> Iterator[int]:
    """Ends of the sentences that finish between start and end."""
    known = _abbreviations(language)
    for match in _ENDS[language].finditer(text, start, end):
        if match.group() == "." and known:
            word = _LAST_WORD.search(text, max(start, match.start() - 8), match.start())
            if word is not None and (
                word.group().lower() in known or (len(word.group()) == 1 and word.group().isupper())
            ):
                continue
        yield match.end()


def sentence_bounds(text: str, start: int, end: int, language: str) -> tuple[int, int]:
    """Start and end of the sentence that holds start:end."""
    begin = 0
    for reach in (300, MAX_SENTENCE):  # most sentences are short: look back in steps
        low = max(0, start - reach)
        begin = low
        found = None
        for stop in _ends(text, low, start, language):
            found = stop
        if found is not None:
            begin = found
            break
        if low == 0:
            break
    limit = min(len(text), end + MAX_SENTENCE)
    finish = next(_ends(text, end, limit, language), limit)
    while begin < start and text[begin].isspace():
        begin += 1
    while finish > end and text[finish - 1].isspace():
        finish -= 1
    return begin, finish


def split_sentences(text: str, lower: str, mentions: list[Mention], lexicon: Lexicon) -> list[Sentence]:
    """The sentences that hold the mentions, with their cues and clauses; sentences without a number are never read."""
    sentences: list[Sentence] = []
    find = _cue_finder(lexicon.language).find
    for mention in mentions:
        if sentences and mention.start < sentences[-1].end:
            sentences[-1].mentions.append(mention)
            # A number may stand over a line's end: 5\nmillion.
            sentences[-1].end = max(sentences[-1].end, mention.end)
            continue
        floor = sentences[-1].end if sentences else 0
        start, end = sentence_bounds(text, mention.start, mention.end, lexicon.language)
        start = max(start, floor)
        cues = find(lower, start, end)
        breaks = [m.end() for m in _CLAUSE.finditer(text, start, end)]
        sentences.append(
            Sentence(start, end, [mention], cues, breaks, {stop: (begin, found) for begin, stop, found in cues})
        )
    return sentences


def ends_sentence(text: str) -> bool:
    """Whether a text ends with a full stop."""
    return _FULL_STOP.search(text) is not None


def is_heading(text: str) -> bool:
    """Whether a text is so short and open that it may head others."""
    return len(text) <= _HEADING_CHARS and not ends_sentence(text)
