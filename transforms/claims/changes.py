"""What a number says of a change: its size, the level it led to, which way; what both languages share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.lexicon import load_lexicon

if TYPE_CHECKING:
    from decimal import Decimal

    from transforms.claims.lexicon import Cue, Lexicon
    from transforms.claims.mentions import Mention
    from transforms.claims.sentences import Sentence

RATIO_KINDS = frozenset({"percent", "percentage_point", "multiple", "index"})
_LIST_GAP = re.compile(
    r"(?:\s?[、，,/]\s?|\s?(?:和|及|与|或|and|or|even|以及)\s?|分别|左右|以上|以下|多|respectively)+"
)
_MAX_LIST_GAP = 14


@dataclass(slots=True)
class Reading:
    """What the context stage says of one mention."""

    comparator: str = "eq"
    role: str = "level"
    change: str | None = None
    change_pct: Decimal | None = None
    basis: str | None = None
    modality: str = "actual"
    is_negated: bool = False
    lead: int = 0  # where the words before the number that belong to it begin (bounds, verb): the metric ends there


@dataclass(slots=True)
class Neighbour:
    """A mention with its reading: the number before, which the next one may continue."""

    mention: Mention
    reading: Reading


def kind_of(mention: Mention) -> str:
    """The kind of a mention's unit; a bare number counts."""
    return mention.unit.kind if mention.unit is not None else "count"


def nearest(
    sentence: Sentence, start: int, end: int, roles: tuple[str, ...]
) -> tuple[tuple[int, int], Cue] | None:  # fmt: skip
    """The last cue of one of the roles that stands wholly in start:end, and where."""
    for begin, stop, cues in reversed(sentence.cues):
        if begin < start:
            return None
        if stop > end:
            continue
        for cue in cues:
            if cue.role in roles:
                return (begin, stop), cue
    return None


class ChangeWords:
    """A language's words of change beyond its cues, gathered once."""

    def __init__(self, language: str) -> None:
        data = load_lexicon(language).data
        change = data["change"]
        directions = {name: forms for name, forms in change.items() if isinstance(forms, dict) and "verbs" in forms}
        self.nouns: dict[str, str] = {w: name for name, forms in directions.items() for w in forms["nouns"]}
        self.comparatives: dict[str, str] = {
            word: name for name, forms in directions.items() for word in forms.get("comparatives", ())
        }
        self.passives: dict[str, str] = {
            w: name for name, forms in directions.items() for w in forms.get("passives", ())
        }
        # words of no noun phrase, and ratios of their own: what they precede is no change with its verb left out
        self.not_gapped = frozenset(data.get("phrase_ends", {}).get("words", ())) - {"the"} | frozenset(
            data["roles"].get("level", ())
        )
        narrow = data.get("change_of_ratio_only", {})
        self.ratio_only = frozenset(narrow.get("words", ()))
        self.staff: tuple[str, ...] = tuple(narrow.get("staff", ()))
        self.holding = frozenset(change["unchanged"].get("holding", ()))
        self.results = frozenset(narrow.get("results", ()))
        self.level_only = frozenset(narrow.get("level_only", ()))

    def is_noun(self, word: str) -> bool:
        """Whether a word, or its singular, is a noun of change."""
        return word in self.nouns or word.removesuffix("s") in self.nouns


change_words = cache(ChangeWords)


class ChangeReader:
    """Reads role and change of one text's mentions; a language says how its cues tie to numbers."""

    def __init__(self, lexicon: Lexicon, text: str, lower: str) -> None:
        self.text = text
        self.lower = lower
        self.words = change_words(lexicon.language)

    def read(self, sentence: Sentence, mention: Mention, reading: Reading, before: Neighbour | None) -> None:
        """Sets role and change of the reading, and its lead where a verb belongs to the number."""
        if before is not None and before.mention.end <= mention.start:
            if self._is_list(before, mention, reading):
                reading.role, reading.change, reading.basis = "change", before.reading.change, before.reading.basis
                return
            if self._continues(sentence, mention, reading, before):
                return
        start, end = sentence.clause_of(mention.start)
        floor = max(start, before.mention.end if before is not None else start)
        if not self._before(sentence, mention, reading, floor):
            self._behind(sentence, mention, reading, end)

    def _is_list(self, before: Neighbour, mention: Mention, reading: Reading) -> bool:
        if before.reading.role != "change" or before.mention.unit is None or mention.unit is None:
            return False
        gap = self.lower[before.mention.end : reading.lead]
        return (
            len(gap) <= _MAX_LIST_GAP
            and before.mention.unit.kind == mention.unit.kind
            and _LIST_GAP.fullmatch(gap) is not None
        )

    def read_back(self, before: Neighbour, after: Neighbour) -> None:
        """The proposed 55%, 60% or 65% reductions: what stands behind the last number holds for the list."""
        first, last = before.reading, after.reading
        if (
            last.role != "change"
            or first.role != "level"
            or first.change is not None
            or self.lower[last.lead : after.mention.start].strip()
        ):
            return
        gap = self.lower[before.mention.end : last.lead]
        is_same = before.mention.unit is after.mention.unit and after.mention.unit is not None
        if is_same and len(gap) <= _MAX_LIST_GAP and _LIST_GAP.fullmatch(gap):
            first.role, first.change = "change", last.change

    def is_comparison(self, mention: Mention, reading: Reading) -> bool:
        """Whether a number that is a word of change compares two levels instead: double the placebo rate."""
        return False

    def _continues(self, sentence: Sentence, mention: Mention, reading: Reading, before: Neighbour) -> bool:
        raise NotImplementedError

    def _before(self, sentence: Sentence, mention: Mention, reading: Reading, floor: int) -> bool:
        raise NotImplementedError

    def _behind(self, sentence: Sentence, mention: Mention, reading: Reading, end: int) -> None:
        raise NotImplementedError
