"""Bounds of a number: 约, 超过, 不到 before it, 左右, 以上 behind it, about, at least, or more."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.changes import kind_of
from transforms.claims.lexicon import Lexicon, load_lexicon
from transforms.claims.phrases import phrase_pattern

if TYPE_CHECKING:
    from transforms.claims.mentions import Mention
    from transforms.claims.sentences import Sentence


_COMPARED_REACH = 24
_WHOLE_KINDS = frozenset({"percent", "multiple"})
_BY_LEVEL = frozenset({"gt", "lt", "approx"})
_ENDS = frozenset({"", *"，。；、）的\n"})


@cache
def _bound_after(language: str) -> re.Pattern[str]:
    lexicon = load_lexicon(language)
    source = phrase_pattern(lexicon.bounds_after)
    if language == "zh":
        return re.compile(rf"\s?(?P<bound>{source})(?![来诉始因伏飞码源步])(?<!\+(?=\s?\d))")
    return re.compile(rf"[\s,]{{0,2}}(?P<bound>{source})(?![a-z])")


@cache
def _compared() -> re.Pattern[str]:
    """What is compared, between a bound and its number: 约占年平均工资的45.4%, 不及五年前同月的四分之一."""
    links = phrase_pattern(load_lexicon("zh").data["bounds"]["compared"]["links"])
    return re.compile(
        rf"{links}?"
        r"(?:(?P<whole>[^，。；、：\d]{0,14}(?:(?:19|20)\d\d年|\d{1,2}月|[^，。；、：\d])的)|每[^，。；、\d]{1,3})"
    )


class BoundReader:
    """Reads the bounds of one text's numbers."""

    def __init__(self, lexicon: Lexicon, text: str, lower: str) -> None:
        self.lexicon = lexicon
        self.language = lexicon.language
        self.text = text
        self.lower = lower
        self.bound_after = _bound_after(self.language).match
        distant = lexicon.data["bounds"].get("at_a_distance", {"words": [], "verbs": []})
        self.at_a_distance: list[str] = distant["words"]
        self.distant_verbs: tuple[str, ...] = tuple(distant["verbs"])
        shades = lexicon.data["bounds"].get("shades", {})
        self.shades: dict[str, str] = {word: comparator for comparator, words in shades.items() for word in words}
        self.distances = frozenset(lexicon.data["bounds"].get("of_distance", {"words": []})["words"])

    def read(self, sentence: Sentence, mention: Mention) -> tuple[str, int]:
        """The comparator of a number, and where the words that bound it begin."""
        position = mention.start
        comparator: str | None = None
        for _ in range(4):
            while position > sentence.start and self.text[position - 1] in ' “"‘([':
                position -= 1
            hit = sentence.cue_at_end.get(position)
            if (
                hit is None
                and self.language == "zh"
                and position > sentence.start
                and self.text[position - 1] in "了有到至为"
            ):
                hit = sentence.cue_at_end.get(position - 1)
            if hit is None and self.language == "en":
                for word in (" a", " an", " the"):
                    if self.lower.endswith(word, sentence.start, position):
                        hit = sentence.cue_at_end.get(position - len(word))
                        break
            if hit is None:
                break
            begin, cues = hit
            bound = next((cue.value for cue in cues if cue.role == "bound"), None)
            if bound is None:
                break
            if bound != "eq" and comparator is None:
                comparator = bound
            position = begin
        if comparator is None:
            comparator = self._loose_bound(sentence, position)
            if comparator is None and self.language == "zh":
                comparator = self._bound_of_whole(sentence, mention, position)
        after = self.bound_after(self.lower, mention.end, sentence.end)
        trailing = self.lexicon.bounds_after[after["bound"]] if after is not None else None
        if trailing is None and mention.is_spelled and self.language == "zh" and kind_of(mention) in _WHOLE_KINDS:
            shade = self.text[mention.end : mention.end + 1]
            trailing = self.shades.get(shade) if self.text[mention.end + 1 : mention.end + 2] in _ENDS else None
        return self._settle(mention.comparator, comparator, trailing), position

    @staticmethod
    def _settle(own: str | None, before: str | None, after: str | None) -> str:
        """One comparator of what the number itself, the words before and the words behind it say."""
        if own == "range":
            return "range"
        is_vague = before == "approx" and (own == "gt" or after not in {None, "eq", "approx"})
        if before is not None and not is_vague:
            return before
        if after is not None and after != "eq":
            return after
        return own or "eq"

    def _loose_bound(self, sentence: Sentence, position: int) -> str | None:
        # 最多买12件: a verb stands between the bound and the number
        for begin, stop, cues in reversed(sentence.cues):
            if stop < position - 3 or stop > position:
                if stop < position - 3:
                    return None
                continue
            if self.text[begin:stop] in self.at_a_distance:
                gap = self.text[stop:position]
                return cues[0].value if gap.startswith(self.distant_verbs) and "的" not in gap else None
        return None

    def _bound_of_whole(self, sentence: Sentence, mention: Mention, position: int) -> str | None:
        """The bound before the whole that a share or a multiple is of, or before 每."""
        if self.text[position - 1 : position] != "的" and "每" not in self.text[max(0, position - 4) : position]:
            return None
        start, _ = sentence.clause_of(mention.start)
        low = max(start, position - _COMPARED_REACH)
        for begin, stop, cues in reversed(sentence.cues):
            if begin < low:
                return None
            bound = next((cue.value for cue in cues if cue.role == "bound"), None)
            if stop > position or bound not in _BY_LEVEL or self.text[begin:stop] in self.distances:
                continue
            match = _compared().fullmatch(self.text, stop, position)
            if match is not None and (match["whole"] is None or kind_of(mention) in _WHOLE_KINDS):
                return bound
        return None
