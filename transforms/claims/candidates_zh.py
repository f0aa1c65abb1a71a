"""What may be a number in Chinese text: one expression for each character that a candidate begins with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from transforms.claims.numerals import LONG_DIGITS, LONG_RUN, URL, VULGAR
from transforms.claims.phrases import phrase_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from transforms.claims.lexicon import Lexicon

    Match = Callable[[str, int], re.Match[str] | None]

_DIGITS = r"(?:\d{1,3}(?:[,，]\d{3})+(?!\d)|\d+)(?:\.\d+)?"
_ASCII_DIGITS = "0123456789"
_FEW = "一二两三四五六七八九"
_SEVERAL = "数几上"
_ORDINALS = ("第", "前", "No.", "TOP", "Top")
_ADDRESSES = ("http", "www.")
# Enough of a word's beginning to tell whether a candidate may start there.
_PREFIX = 2
_ASCII_PREFIX = 3


class ChineseCandidates:
    """Finds candidates; the expression for each first character is compiled when a text shows that character.

    The name of a match's last group says what was found: run, mask, word, doubling, parts, ordinal, amount (behind a
    sign), fraction, ratio, vulgar, plain, few, vague_scale, hanzi or half.
    """

    def __init__(self, lexicon: Lexicon, doubling: str, bound_starts: set[str]) -> None:
        self._by_first: dict[str, Match] = {}
        data = lexicon.data
        self._guards = data["guards"]
        digits, scales = "".join(data["digits"]), "".join(data["scales"])
        numerals = digits + scales
        numeral, digit = f"[{numerals}]", f"[{digits}]"
        few: list[str] = data["few"]["words"]
        self._lists: dict[str, list[str]] = {
            "mask": data["masks"]["words"],
            "word": [*data["words"]],
            "sign": [*lexicon.signs],
            "few": few,
        }
        # Most characters begin no candidate: a search for how one begins spares them all the alternatives.
        words = [*data["masks"]["words"], *data["words"], *lexicon.signs, *_ORDINALS[2:], *_ADDRESSES]
        starts = {word[: _ASCII_PREFIX if word.isascii() else _PREFIX] for word in words}
        starts |= {"翻番", *(f"翻{word}" for word in (*"了一二两三四", *bound_starts))}
        starts |= {several + scale for several in _SEVERAL for scale in scales} | set(few)
        alone = {*numerals, *VULGAR, *_ASCII_DIGITS, *"第前半", *(start for start in starts if len(start) == 1)}
        pairs = {start for start in starts if start[0] not in alone}
        firsts, seconds = {start[0] for start in pairs}, {start[1:2] for start in pairs}
        #: Finds the next place where a candidate may begin; it begins with a class, to which the engine skips.
        self.search = re.compile(
            f"[{_class_of(alone | firsts)}](?:(?<=[{_class_of(alone)}])|(?=[{_class_of(seconds)}]))"
        ).search
        # A single numeral counts only before a unit, a scale, or what joins it to a number; 一 is an article, too.
        joins = {*" ~-–—到至点比季月", *numerals, "个多", "分之"}
        self._follow = {*(word[0] for word in lexicon.units), *joins, *"多余来几折、和与及或，,/"}
        self._follow_one = {word[:2] for word, unit in lexicon.units.items() if unit.kind != "count"}
        self._follow_one |= {*joins, "几", *(f"个{scale}" for scale in scales)}
        glued = "|".join(data["glued"]["words"])
        apart = rf"(?:(?<![A-Za-z\d_.#&@])|(?<={glued}))(?<![A-Za-z][-–])(?<!\d[.:：/])"
        # 一升两降, 两增一减: how many go which way
        moved = f"[{_FEW}][{''.join(data['tallies']['moves'])}]"
        by_ge = phrase_pattern(data["counted_by_ge"]["behind_half"])
        halved, times = (phrase_pattern(data["halves"][key]) for key in ("units", "times"))
        # What each alternative begins with, and its expression; the first that matches counts. ⟨list⟩ stands for the
        # words of a list that begin with the character at hand.
        self._rows: list[tuple[str, str]] = [
            (_ASCII_DIGITS, rf"(?P<run>{LONG_DIGITS})"),
            (numerals, rf"(?P<run>{numeral}{{{LONG_RUN},}})"),
            ("", r"(?P<mask>⟨mask⟩)"),
            ("hw", rf"(?P<mask>{URL})"),
            (_FEW, rf"(?P<mask>{moved}{moved})"),
            ("", r"(?P<word>⟨word⟩)"),
            ("翻", rf"(?P<doubling>{doubling})"),
            ("百千万", rf"(?P<parts>[百千万]分之(?P<parts_value>-?{_DIGITS}[kK]?|{numeral}+(?:点{digit}+)?))"),
            (
                "".join(lead[0] for lead in _ORDINALS),
                rf"(?P<ordinal>(?:第|No\.\s?|TOP\s?|Top\s?|前)\s?(?P<ordinal_value>\d+|{numeral}+)"
                r"(?:\s?(?P<ordinal_unit>[名位强家大]))?)",
            ),
            ("", rf"(?P<sign>⟨sign⟩)\s?(?P<amount>{_DIGITS}|{numeral}+)"),
            (_ASCII_DIGITS, rf"{apart}(?P<fraction>\d{{1,2}}/\d{{1,2}})(?=[的，。、；以左多）]|$)"),
            (
                _ASCII_DIGITS,
                rf"{apart}(?P<ratio>\d{{1,4}}(?:\.\d+)?\s?[:：比]\s?\d{{1,4}}(?:\.\d+)?)(?![\d.:：/元%万亿])",
            ),
            (_ASCII_DIGITS + VULGAR, rf"{apart}(?P<vulgar>(?:\d{{1,4}}\s?)?[{VULGAR}])"),
            (_ASCII_DIGITS, rf"{apart}(?P<plain>{_DIGITS})(?!\.?\d)(?![:：]\d)"),
            ("", rf"(?P<few>⟨few⟩)(?={phrase_pattern(data['few']['units'])})"),
            (_SEVERAL, r"(?P<vague>[数几上])(?P<vague_scale>[十百千万亿]+)"),
            (numerals, rf"(?P<hanzi>{numeral}+(?:点{digit}+)?几?)"),
            (
                "半",
                rf"(?P<half>半)(?=(?:个多?{by_ge}|年(?!报|度)|{times}|{halved})(?!期))",
            ),
        ]

    def at(self, text: str, start: int) -> re.Match[str] | None:
        """The candidate that begins at a place."""
        first = text[start]
        candidate = self._by_first.get(first) or self._compile(first)
        match = candidate(text, start)
        if match is None or match.lastgroup != "hanzi":
            return match
        follow = self._follow_one if first == "一" else self._follow
        return match if text[start + 1 : start + 2] in follow or text[start + 1 : start + 3] in follow else None

    def _compile(self, first: str) -> Match:
        # All ASCII digits share one expression.
        group = _ASCII_DIGITS if first in _ASCII_DIGITS else first
        listed = {name: [word for word in words if word[0] in group] for name, words in self._lists.items()}
        alternatives: dict[str, str] = {}
        for firsts, source in self._rows:
            if firsts:
                if group[0] not in firsts:
                    continue
            else:
                name = source[source.index("⟨") + 1 : source.index("⟩")]
                if not listed[name]:
                    continue
                guards = self._guards if name == "word" else None
                source = source.replace(f"⟨{name}⟩", phrase_pattern(listed[name], guards))
            # Two rows of one name are one alternative: a group is named once.
            name = source[source.index("<") + 1 : source.index(">")] if source.startswith("(?P<") else source
            if name in alternatives:
                alternatives[name] = f"{alternatives[name][:-1]}|{source[len(f'(?P<{name}>') : -1]})"
            else:
                alternatives[name] = source
        # A character that begins no alternative at all matches nothing.
        match = re.compile("|".join(alternatives.values()) or r"(?!)").match
        self._by_first |= dict.fromkeys(group, match)
        return match


def _class_of(characters: Iterable[str]) -> str:
    return re.escape("".join(sorted(characters)))
