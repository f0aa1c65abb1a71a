"""Multiples in one English word: doubled, twice, threefold, almost quadruple July's low, to halve."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from transforms.claims.lexicon import load_units
from transforms.claims.mentions import Mention
from transforms.claims.phrases import phrase_pattern

if TYPE_CHECKING:
    from transforms.claims.lexicon import Lexicon

_LOOKBEHIND = 24
_TWICE_AFTER = re.compile(r"\s(?:as|the|its|their|that|what|his|her|last|more|their)\b")
_POSSESSIVE = re.compile(r"\s[\w-]+(?:\s[\w-]+)?['’]s?\b")


class EnglishMultiples:
    """Reads the words of multiples; compiled over the English lexicon, stateless."""

    def __init__(self, lexicon: Lexicon) -> None:
        data = lexicon.data
        self.values: dict[str, Decimal] = {word: Decimal(str(value)) for word, value in data["multiples"].items()}
        self.times = load_units()["times"]
        verbs = data["multiple_verbs"]
        self.verbs = frozenset(verbs["words"])
        self.third_person = frozenset(verbs["third_person"])
        self.led_to = re.compile(rf"\b{phrase_pattern(verbs['leads'])}\s$").search
        self.compared = re.compile(rf"\b{phrase_pattern(verbs['compares'])}\s$").search
        self.object_at = re.compile(rf"\s{phrase_pattern(verbs['objects'])}\b").match
        self.no_object_at = re.compile(rf"[\s-]{phrase_pattern(verbs['not_objects'])}").match

    def read(self, lower: str, match: re.Match[str]) -> Mention | None:
        """The multiple of a word: of the verb, not of a double room; a comparison is a level (double the figure)."""
        word = match["multiple"]
        start, end = match.start(), match.end()
        low = max(0, start - _LOOKBEHIND)
        is_level = False
        if word in self.verbs or word in self.third_person:
            if self.no_object_at(lower, end):
                return None
            is_verb = word in self.verbs and self.led_to(lower, low, start) is not None
            is_level = not is_verb and self.compared(lower, low, start) is not None
            if not (is_verb or self.object_at(lower, end) or (is_level and _POSSESSIVE.match(lower, end))):
                return None
        if word == "twice" and not _TWICE_AFTER.match(lower, end):
            return None
        value = self.values[word]
        is_change = not is_level and (word.endswith(("ed", "ing")) or word in self.verbs or word in self.third_person)
        change = "decrease" if value < 1 else "increase"
        return Mention(
            start, end, value, f"word: {word}", self.times, None, kind="multiple", is_spelled=True,
            role="change" if is_change else None, change=change if is_change else None,
            change_pct=(value - 1) * 100 if is_change else None,
        )  # fmt: skip
