"""Ranks in English: No. 2, top 10, second-largest, ranked sixth, are seventh, makes it sixth."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from transforms.claims.lexicon import load_units
from transforms.claims.mentions import Mention
from transforms.claims.phrases import phrase_pattern

if TYPE_CHECKING:
    from transforms.claims.lexicon import Lexicon

_LOOKBEHIND = 48


class EnglishRanks:
    """Reads ordinals and places; compiled over the English lexicon, stateless."""

    def __init__(self, lexicon: Lexicon) -> None:
        data = lexicon.data
        self.numbers: dict[str, int] = {**data["digits"], **data["tens"]}
        self.rank = load_units()["rank"]
        self.words: list[str] = data["ordinals"]["words"]
        self.places = {word: place for place, word in enumerate(self.words, 1)}
        ordinal = rf"(?:{phrase_pattern(self.words[1:])}|\d{{1,3}}(?:st|nd|rd|th))"
        ranks = data["ranks"]
        # source of an expression for a rank
        self.pattern = rf"""
            (?<![a-z\d])(?P<rank>
                (?:no\.|number|\#)\s?(?P<rank_value>\d{{1,3}}|one|two|three|four|five)
              | (?P<ordinal>{ordinal})(?=[\s-]{phrase_pattern(data["superlatives"]["words"])}\b|-[a-z]{{3,}}est\b)
              | (?:ranked|ranks|rank|ranking)\s(?P<ranked>{ordinal})
              | (?P<top>top\s?(?P<top_value>\d{{1,3}}|two|three|four|five|ten|twenty))
              | (?P<placed>{ordinal})(?!\sin\s(?:a\srow|succession|line)\b)
                (?=\s{phrase_pattern(ranks["after"])}\b|[,.;:!?)](?!\d)|$)
            )(?![a-z\d])
        """
        # Everton are seventh, finished third; the deal makes it sixth
        verbs, made = phrase_pattern(ranks["verbs"]), phrase_pattern(ranks["makes"])
        adverbs = phrase_pattern(ranks["adverbs"])
        self.placed_before = re.compile(rf"\b(?:{verbs}\s(?:{adverbs}\s)?|{made}\s(?:[\w'’&-]+\s){{1,3}})$").search

    def read(self, lower: str, match: re.Match[str]) -> Mention | None:
        """The rank of a match; None for what only looks like one."""
        raw = match["rank_value"] or match["top_value"]
        for group in ("ordinal", "ranked", "placed"):
            word = match[group]
            if word is None:
                continue
            start, end = match.span(group)
            if group == "placed" and not self.placed_before(lower, max(0, start - _LOOKBEHIND), start):
                return None
            place = Decimal(self.places.get(word) or int(word[:-2]))
            return Mention(start, end, place, "rank: number <n>", self.rank, None, is_spelled=True)
        value = Decimal(raw) if raw.isdigit() else Decimal(self.numbers[raw])
        start, end = match.span()
        if match["top"]:
            return Mention(start, end, value, "rank: top <number>", self.rank, "top", comparator="le")
        return Mention(start, end, value, "rank: number <n>", self.rank, None, is_spelled=not raw.isdigit())
