"""What an English article is about: its main name, the names of its parts, its people and its places."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from transforms.claims.lexicon import load_lexicon
from transforms.claims.topics import MAX_COUNTED_CHARS

if TYPE_CHECKING:
    from transforms.claims.topics import Topic
    from transforms.claims.words_en import EnglishWords

_FULL_NAME = re.compile(
    r"""(?<![\w’'-])[A-Z][a-zé-]+                          # Eva
        (?:\s(?:(?:de|da|di|van|von|der|den|la|bin|al|del|dos|el)\s){0,2}   # de
        (?P<last>[A-Z][A-Za-zé-]+)){1,3}(?!\w)         # Vries
    """,
    re.VERBOSE,
)
_CAPITALS = re.compile(r"(?<![\w’'-])[A-Z][A-Za-zé-]+(?:(?:[’']s)? [A-Z][A-Za-zé.’'-]*)*")
_LOCATED = re.compile(r"\b(?:in|across|throughout|outside) (?P<name>[A-Z][\w.-]*(?: [A-Z][\w.-]*)*)(?![\w’'])")
_POSSESSIVE = ("'s", "’s")
_HEADING_CHARS = 70  # a line up to this length without a full stop heads what follows
_MIN_LINES = 4  # of fewer lines the first names it
_PERSON_BACK = 1000  # characters back that he may be named
_MIN_SHORT = 3
_MIN_SHARE = 7  # the main name stands in one line of so many at least
_ENDS = '.!?:;,"”’)'


class Outline:
    """An article's lines and names; each part is read when it is first asked for."""

    def __init__(self, topic: Topic, rules: EnglishWords) -> None:
        self.topic = topic
        self._rules = rules
        self._text = topic.text[:MAX_COUNTED_CHARS]
        self._is_place: dict[str, bool] = {}

    @cached_property
    def lines(self) -> list[str]:
        """The body's lines; what repeats the title is left out."""
        title, *lines = self._text.split("\n")
        return [line for line in lines if line and line != title]

    @cached_property
    def main(self) -> str | None:
        """The name the whole article is about: not one that only one of many items speaks of."""
        name = self.topic.main(self._rules.title_names, self._rules.may_name)
        if name is None or not self._rules.may_name(name):
            return None
        prose = [line for line in self.lines if not _is_heading(line)]
        short = name.partition(" ")[0]  # Marlow Instruments, and then Marlow
        is_short = len(short) > _MIN_SHORT and short.lower() not in self.topic.spelled()[1]
        names = (*self._rules.same.get(name, ()), short if is_short else name)
        said = [any(other in line for other in names) for line in prose]
        if len(prose) >= _MIN_LINES:
            is_main = sum(said) > 1 and sum(said) * _MIN_SHARE >= len(prose)
        else:
            is_main = not prose or said[0]
        return name if is_main else None

    @cached_property
    def _sections(self) -> dict[str, int]:
        """The number of headings above each line."""
        found: dict[str, int] = {}
        fold = load_lexicon("en").fold
        count = 0
        for line in self.lines:
            count += _is_heading(line)
            found.setdefault(fold(line), count)
        return found

    def is_apart(self, line: str, other: str) -> bool:
        """Whether a heading stands between two of the article's lines."""
        first, second = self._sections.get(line), self._sections.get(other)
        return first is not None and second is not None and first != second

    @cached_property
    def _surnames(self) -> frozenset[str]:
        """Last names of people: said in full once, and by themselves."""
        full = {match["last"] for match in _FULL_NAME.finditer(self._text)}
        alone = {match.group() for match in _CAPITALS.finditer(self._text)}
        return frozenset(last for last in full & alone if self._rules.may_name(last))

    def is_person(self, name: str) -> bool:
        """Whether a name is of someone the article calls by the last name too."""
        first, _, last = name.rpartition(" ")
        return last in self._surnames and first.partition(" ")[0] not in self._surnames and not self.is_place(last)

    def person_before(self, text: str, end: int) -> str | None:
        """The person named last before a place in a paragraph, by the full name or the surname."""
        best: tuple[int, str] | None = None
        begin = max(0, end - _PERSON_BACK)
        for match in _FULL_NAME.finditer(text, begin, end):
            if text.startswith(_POSSESSIVE, match.end()):
                continue
            words = match.group().split()
            if not any(self.is_place(word) or not self._rules.may_name(word) for word in (words[0], words[-1])):
                best = match.start(), match.group()
                office = next((place for place, word in enumerate(words) if place and word in self._rules.offices), 0)
                if office:
                    best = match.start(), " ".join(words[:office])  # Snapchat CEO Evan Spiegel
        start = best[0] + len(best[1]) if best is not None else begin
        for match in re.finditer(r"[A-Z][A-Za-zé-]+", text[start:end]):
            word = match.group()
            if text.startswith(_POSSESSIVE, start + match.end()):
                continue
            if word in self._surnames and not self.is_place(word):
                best = start + match.start(), word
        return best[1] if best is not None else None

    @cached_property
    def _located(self) -> frozenset[str]:
        """The names the article says something is in."""
        return frozenset(match["name"].rstrip(".") for match in _LOCATED.finditer(self._text))

    def is_place(self, name: str) -> bool:
        """Whether the article speaks of being in it, or it is well known for one: Peru, Portland."""
        found = self._is_place.get(name)
        if found is None:
            last = name.rpartition(" ")[2]
            found = name in self._rules.places or last in self._rules.places
            found = found or name in self._located
            self._is_place[name] = found
        return found


def _is_heading(line: str) -> bool:
    return len(line) <= _HEADING_CHARS and line[-1] not in _ENDS
