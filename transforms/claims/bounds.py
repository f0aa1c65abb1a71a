"""Bounds of a number: 约, 超过, 不到 before it, 左右, 以上 behind it, about, at least, or more."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.lexicon import Lexicon, load_lexicon
from transforms.claims.phrases import phrase_pattern

if TYPE_CHECKING:
    from transforms.claims.mentions import Mention
    from transforms.claims.sentences import Sentence


@cache
def _bound_after(language: str) -> re.Pattern[str]:
    lexicon = load_lexicon(language)
    source = phrase_pattern(lexicon.bounds_after)
    if language == "zh":
        return re.compile(rf"\s?(?P<bound>{source})(?![来诉始因伏飞码源步])(?<!\+(?=\s?\d))")
    return re.compile(rf"[\s,]{{0,2}}(?P<bound>{source})(?![a-z])")


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
        after = self.bound_after(self.lower, mention.end, sentence.end)
        trailing = self.lexicon.bounds_after[after["bound"]] if after is not None else None
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
