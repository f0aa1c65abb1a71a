"""Words that a text begins or ends with, looked up by their outer character: no expression to compile or to try."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_NONE: tuple[str, ...] = ()


class Beginnings:
    """Words by their first character, the longest first."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = _by_character(words, 0)

    def at(self, text: str, position: int) -> str:
        """The longest word that stands at a position; "" for none.

        >>> Beginnings(["央行", "央行行长"]).at("据央行行长称", 1)
        '央行行长'
        """
        for word in self._words.get(text[position : position + 1], _NONE):
            if text.startswith(word, position):
                return word
        return ""

    def all_at(self, text: str, position: int) -> list[str]:
        """Every word that stands at a position, the longest first."""
        words = self._words.get(text[position : position + 1])
        return [word for word in words if text.startswith(word, position)] if words else []


class Endings:
    """Words by their last character, the longest first."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = _by_character(words, -1)

    def of(self, text: str, least: int = 0) -> str:
        """The longest word that the text ends with and that leaves a number of characters before it; "" for none."""
        for word in self._words.get(text[-1:], _NONE):
            if text.endswith(word) and len(text) - len(word) >= least:
                return word
        return ""

    def all_before(self, text: str, end: int) -> list[str]:
        """Every word that ends at a position, the longest first."""
        words = self._words.get(text[end - 1 : end]) if end else None
        return [word for word in words if text.endswith(word, 0, end)] if words else []


def _by_character(words: Iterable[str], index: int) -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for word in sorted(set(words), key=len, reverse=True):
        groups.setdefault(word[index], []).append(word)
    return {character: tuple(group) for character, group in groups.items()}
