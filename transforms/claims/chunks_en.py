"""English words cut into chunks: noun phrases with their number, verb groups, and what joins them."""

from __future__ import annotations

import re
from typing import NamedTuple

from transforms.claims.verbs_en import POSSESSIVE, Word
from transforms.claims.words_en import EnglishWords

_JOINERS = frozenset({"&", "and", "of"})
_NOMINAL = frozenset({"noun", "name", "digit", "num", "det", "adj", "time"})
_OPENING_ADVERBS = frozenset({"also", "still", "not", "then", "now", "just", "more"})
_YEAR = re.compile(r"(?:19|20)\d\d$")


class Chunk(NamedTuple):
    """Words first..last of the sentence as one piece; `num` is the index of the number in a noun phrase."""

    kind: str  # np, vg, prep, conj, rel, pron, time, adv, mark
    first: int
    last: int
    num: int = -1


class EnglishChunks(EnglishWords):
    """Cuts sentences into chunks."""

    def chunks(self, words: list[Word]) -> list[Chunk]:
        """The words' chunks in order."""
        found: list[Chunk] = []
        at, count = 0, len(words)
        while at < count:
            word = words[at]
            kind = word.kind
            if kind in _NOMINAL:
                chunk = self._noun_chunk(words, at)
            elif kind in {"verb", "aux"} or _is_infinitive(words, at) or _opens_verbs(words, at):
                chunk = _verb_chunk(words, at)
            else:
                chunk = Chunk(kind, at, at)
            if chunk.kind == "np" and found and found[-1].kind == "np" and _is_season(words, chunk):
                chunk = Chunk("time", chunk.first, chunk.last)  # spending by clubs this window
            found.append(chunk)
            at = chunk.last + 1
        return found

    def _noun_chunk(self, words: list[Word], at: int) -> Chunk:
        """The noun phrase (or expression of time) that begins at a word: up to its possessive, past one number."""
        index, num, count = at, -1, len(words)
        has_head = False
        while index < count:
            word = words[index]
            kind = word.kind
            after = words[index + 1].kind if index + 1 < count else ""
            if kind == "det":
                if index > at and words[index - 1].kind not in {"det", "adv"}:
                    break
            elif kind == "adj":
                if has_head or (num >= 0 and after not in {"", "noun", "name", "adj"}):
                    break
            elif kind == "adv":
                if index == at or has_head or num >= 0 or after not in {"num", "adj", "adv"}:
                    break
            elif kind == "num":
                if num >= 0 or (has_head and not _is_described(words, at, index)):
                    break
                num = index
            elif kind == "time":
                if num >= 0 and not has_head:
                    break
                has_head = True
            elif kind in {"noun", "name", "digit"}:
                has_head = True
                if word.text.endswith(POSSESSIVE):
                    index += 1
                    break
            elif not (word.low in _JOINERS and _joins(words, index, at)):
                break
            index += 1
        last = index - 1
        return Chunk("time", at, last) if self._is_time(words, at, last, num) else Chunk("np", at, last, num)

    def _is_time(self, words: list[Word], first: int, last: int, num: int) -> bool:
        """The third quarter, June 2026, 2019, a week."""
        ending = words[last]
        if ending.kind == "time":
            return num < 0 and not ending.text.endswith(POSSESSIVE)
        if ending.kind == "digit":
            rest = words[first : last + 1]
            return words[first].kind == "time" or (
                all(w.kind in {"time", "digit", "adj", "det", "adv"} for w in rest)
                and any(w.kind == "time" or _YEAR.match(w.text) for w in rest)
            )
        return False


def _is_season(words: list[Word], chunk: Chunk) -> bool:
    is_lead = words[chunk.first].low in {"this", "last", "next", "every", "each"}
    return is_lead and chunk.last == chunk.first + 1 and chunk.num < 0


def _is_infinitive(words: list[Word], at: int) -> bool:
    if words[at].low != "to":
        return False
    after = at + 1
    while after < len(words) and words[after].kind == "adv" and after < at + 3:
        after += 1
    return after < len(words) and (words[after].kind == "verb" or words[after].low in {"be", "have"})


def _opens_verbs(words: list[Word], at: int) -> bool:
    """Whether an adverb stands before its verb: sharply rose."""
    if words[at].kind != "adv" or at + 1 >= len(words) or words[at + 1].kind not in {"verb", "aux"}:
        return False
    return words[at].low.endswith("ly") or words[at].low in _OPENING_ADVERBS


def _verb_chunk(words: list[Word], at: int) -> Chunk:
    """The verb group that begins at a word: had now surrendered, is likely to cost."""
    last = index = at
    while index < len(words):
        word = words[index]
        if word.kind == "aux" or _is_infinitive(words, index):
            if word.kind == "aux" and words[last].kind == "verb":
                break  # who refuse | are to be fined
            last = index
        elif word.kind == "verb":
            if words[last].kind == "verb" and last < index and words[index - 1].low != "to":
                break
            last = index
        elif word.kind != "adv":
            break
        index += 1
    return Chunk("vg", at, last)


def _is_described(words: list[Word], at: int, index: int) -> bool:
    """Whether a lone noun between article and number describes: a cool $5 million bonus."""
    return (
        index == at + 2
        and words[at].low in {"a", "an"}
        and words[at + 1].kind == "noun"
        and words[at + 1].low[-1] != "s"
        and index + 1 < len(words)
        and words[index + 1].kind in {"noun", "name"}
    )


def _joins(words: list[Word], index: int, at: int) -> bool:
    """Whether and, & or of stands inside a name: Bank of America."""
    return (
        index > at
        and index + 1 < len(words)
        and words[index - 1].kind == words[index + 1].kind == "name"
        and not words[index - 1].text.endswith(POSSESSIVE)
        and words[index + 1].start == words[index].end + 1
    )
