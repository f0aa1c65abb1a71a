"""English numbers with a unit that are no claims: events of sport (the 800 metres, women's 100m), numbers of shirts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from transforms.claims.lexicon import load_units
from transforms.claims.phrases import phrase_pattern

if TYPE_CHECKING:
    from transforms.claims.lexicon import Lexicon
    from transforms.claims.mentions import Mention

_BEFORE = 16
_SPORT_REACH = 70
_TIME_REACH = 60
_PER = ("per ", "for every ", "in every ")
_WHOLES = frozenset({"count", "measure", "duration"})
_SECONDS = re.compile(r"\d{1,2}\.\d\d")


class EnglishExclusions:
    """Takes out mentions that are no claims; compiled over the English lexicon, stateless."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = lexicon.data["exclusions"]
        self.second = load_units()["second"]
        self.event_units = frozenset(words["event_units"])
        self.event_before = re.compile(rf"\b{phrase_pattern(words['event_before'])}\s$").search
        self.event_at = re.compile(rf"\s{phrase_pattern(words['event_after'])}\b").match
        self.sport = re.compile(rf"\b{phrase_pattern(words['sport'])}\b").search
        self.named = re.compile(rf"\b{phrase_pattern(words['numbered_before'])}\s$").search
        self.worn_at = re.compile(rf"\s{phrase_pattern(words['numbered'])}\b").match

    def keep(self, lower: str, mentions: list[Mention]) -> list[Mention]:
        """The mentions that may be claims, in order."""
        kept: list[Mention] = []
        event = -_TIME_REACH  # where the last event named ends
        for mention in mentions:
            if self._is_no_claim(lower, mention):
                event = mention.end
                continue
            if mention.unit is None and mention.start - event < _TIME_REACH:
                self._time(lower, mention)
            kept.append(mention)
        return kept

    def _time(self, lower: str, mention: Mention) -> None:
        # won the women's 100m in 10.74
        if _SECONDS.fullmatch(lower, mention.start, mention.end) and lower.endswith("in ", 0, mention.start):
            mention.unit, mention.rule = self.second, "bare: in <seconds>"

    def named_before(self, lower: str, low: int, start: int) -> bool:
        """Whether what stands before No. 24 is numbered: a school, a reactor, a bus."""
        return lower.startswith(("no", "number", "#"), start) and self.named(lower, low, start) is not None

    def _is_no_claim(self, lower: str, mention: Mention) -> bool:
        unit, start, end = mention.unit, mention.start, mention.end
        if unit is None:
            return False
        if unit.kind in _WHOLES and lower.endswith(_PER, 0, start):
            return True  # cases per 100,000 people
        if unit.name == "rank":
            # the No. 9 shirt, School No. 24
            return self.worn_at(lower, end) is not None or self.named_before(lower, max(0, start - _BEFORE), start)
        return unit.name in self.event_units and self.is_event(lower, start, end)

    def is_event(self, lower: str, start: int, end: int) -> bool:
        """Whether a length at start:end names an event of sport."""
        if self.event_at(lower, end):
            return True
        before = self.event_before(lower, max(0, start - _BEFORE), start)
        if before is None:
            return False
        return (
            before.group() != "the " or self.sport(lower, max(0, start - _SPORT_REACH), end + _SPORT_REACH) is not None
        )
