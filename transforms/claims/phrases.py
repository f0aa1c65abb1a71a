"""One regular expression out of many phrases: a prefix tree, longest phrase first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MAX_SPACES = 4


class _Node(dict[str, "_Node"]):
    __slots__ = ("ending",)

    def __init__(self) -> None:
        super().__init__()
        self.ending: str | None = None  # what must follow a phrase that ends here; "" for nothing


def phrase_pattern(phrases: Iterable[str], guards: Mapping[str, Mapping[str, Iterable[str]]] | None = None) -> str:
    """Source of an expression that matches the longest of the phrases.

    A phrase's guard names words that must not follow it (not_before) or the only ones that may (only_before; the
    text's end is always fine). A phrase whose guard fails gives way to a shorter one.

    >>> phrase_pattern(["亿", "亿元", "元"])
    '(?:亿(?:元)?|元)'
    """
    root = _Node()
    for phrase in phrases:
        node = root
        for ch in phrase:
            node = node.setdefault(ch, _Node())
        guard = (guards or {}).get(phrase, {})
        node.ending = ""
        if banned := list(guard.get("not_before", ())):
            node.ending += f"(?!{phrase_pattern(banned)})"
        if allowed := list(guard.get("only_before", ())):
            node.ending += f"(?={phrase_pattern(allowed)}|$)"
    return _source(root)


def _source(root: _Node) -> str:
    options = []
    for ch, node in root.items():
        prefix = re.escape(ch)
        while len(node) == 1 and node.ending is None:  # a run without branches stays a literal
            ((ch, node),) = node.items()
            prefix += re.escape(ch)
        if not node:
            options.append(prefix + (node.ending or ""))
        elif node.ending is None:
            options.append(prefix + _source(node))
        elif node.ending:
            # Children before the phrase's own ending: the longest phrase wins.
            options.append(f"{prefix}(?:{_source(node)}|{node.ending})")
        else:
            options.append(f"{prefix}{_source(node)}?")
    return f"(?:{'|'.join(options)})"


class PhraseMatcher:
    """Matches the longest of many phrases at a place, behind up to four spaces.

    The expression of each first character is compiled when a text first shows that character: of thousands of phrases
    an article needs few, and compiling them all takes longer than reading it.
    """

    def __init__(
        self, phrases: Iterable[str], guards: Mapping[str, Mapping[str, Iterable[str]]] | None = None, *, group: str
    ) -> None:
        self._group = group
        self._guards = guards
        self._phrases: dict[str, list[str]] = {}
        for phrase in phrases:
            self._phrases.setdefault(phrase[0], []).append(phrase)
        self._compiled: dict[str, re.Pattern[str]] = {}

    def __call__(self, text: str, position: int = 0) -> re.Match[str] | None:
        for _ in range(_MAX_SPACES):
            if not text[position : position + 1].isspace():
                break
            position += 1
        first = text[position : position + 1]
        pattern = self._compiled.get(first)
        if pattern is None:
            phrases = self._phrases.get(first)
            if phrases is None:
                return None
            source = phrase_pattern(phrases, self._guards)
            pattern = self._compiled[first] = re.compile(f"(?P<{self._group}>{source})")
        return pattern.match(text, position)
