"""Where words of several lists stand in a text, found in one walk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick, MatchKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Triggers:
    """An automaton over lists of words: an expression is tried only where one of its words stands.

    >>> Triggers({"verb": ["said", "says"], "opener": ["per"]}).find("X said, per Y", 0, 13)
    {'verb': [(2, 6)], 'opener': [(8, 11)]}
    """

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        kinds: dict[str, list[str]] = {}
        for kind, words in lists.items():
            for word in words:
                if kind not in kinds.setdefault(word, []):
                    kinds[word].append(kind)
        self._kinds = [*kinds.values()]
        self._automaton = AhoCorasick([*kinds], matchkind=MatchKind.Standard)

    def find(self, text: str, start: int, end: int) -> dict[str, list[tuple[int, int]]]:
        """Start and end of the words in text[start:end] by list, in order; of two that begin together the longer."""
        found: dict[str, list[tuple[int, int]]] = {}
        matches = self._automaton.find_matches_as_indexes(text[start:end], overlapping=True)
        if len(matches) > 1:
            matches.sort(key=_by_start)
        for index, begin, stop in matches:
            for kind in self._kinds[index]:
                spans = found.setdefault(kind, [])
                if not spans or spans[-1][0] != begin + start:
                    spans.append((begin + start, stop + start))
        return found


def is_word(character: str) -> bool:
    """Whether a character may be part of a word."""
    return character.isalnum() or character == "_"


def whole_words(text: str, start: int, end: int, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans of whole words behind a space, each with that space."""
    whole = []
    floor = start
    for begin, stop in spans:
        if begin > floor and text[begin - 1].isspace() and (stop >= end or not is_word(text[stop])):
            whole.append((begin - 1, stop))
            floor = stop
    return whole


def _by_start(match: tuple[int, int, int]) -> tuple[int, int]:
    return match[1], -match[2]
