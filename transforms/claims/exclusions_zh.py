"""Chinese numbers with a unit that are no claims: what an amount is per, coordinates, titles, names of events."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from transforms.claims.phrases import phrase_pattern

if TYPE_CHECKING:
    from transforms.claims.lexicon import Lexicon
    from transforms.claims.mentions import Mention

_TITLE = re.compile(r"《[^《》\n]{1,60}》")
_JOINT = re.compile(r"\s?[到至~-]\s?")
# 一斤7块5, 一台亏八千: few words stand between what an amount is per and the amount
_PER_GAP = re.compile(r"[^\d，。、；：！？!?,（）()“”《》到至比和与的]{0,8}")
_MAX_PER_GAP = 10
# 一天都没休息, 一分钱也不花; 一年不到 and 一天不止 have a bound behind them
_NEGATED = re.compile(r"[都也没未无](?!到|过)|不(?![到足止及少久满等过超断])|比一")
_SIDES = re.compile(r"[对比](?:\d|[一二三四五六七八九])")
_ANGLES = frozenset({"degree", "minute", "point", "score_point", "second"})
_WHAT_FOR = frozenset({"duration", "measure", "money"})


class ChineseExclusions:
    """Takes out mentions that are no claims; compiled over the Chinese lexicon, stateless."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = lexicon.data["exclusions"]
        self.lexicon = lexicon
        self.each: tuple[str, ...] = tuple(words["each"])
        self.angles = re.compile(rf"{phrase_pattern(words['angles'])}[为约：:]?\s?$").search
        self.event_before: tuple[str, ...] = tuple(words["event_before"])
        self.event_at = re.compile(phrase_pattern(words["event_after"])).match
        self.event_units = frozenset(words["event_units"])

    def keep(self, text: str, mentions: list[Mention]) -> list[Mention]:
        """The mentions that may be claims, in order."""
        titles = [found.span() for found in _TITLE.finditer(text)] if "《" in text else []
        kept: list[Mention] = []
        gone: Mention | None = None  # the last mention left out
        title = 0
        for index, mention in enumerate(mentions):
            while title < len(titles) and titles[title][1] <= mention.start:
                title += 1
            following = mentions[index + 1] if index + 1 < len(mentions) else None
            if (
                (title < len(titles) and titles[title][0] < mention.start)
                or (gone is not None and self._continues(text, gone, mention))
                or self._is_no_claim(text, mention, following)
            ):
                gone = mention
            else:
                kept.append(mention)
        return kept

    @staticmethod
    def _continues(text: str, gone: Mention, mention: Mention) -> bool:
        # 每两到三年, 北纬25度36分
        gap = text[gone.end : mention.start]
        if gone.unit is None:
            return _JOINT.fullmatch(gap) is not None
        return gap == "" and mention.unit is not None and {gone.unit.name, mention.unit.name} <= _ANGLES

    def _is_no_claim(self, text: str, mention: Mention, following: Mention | None) -> bool:
        start, end, unit = mention.start, mention.end, mention.unit
        if text.endswith(self.each, 0, start):
            return True
        if unit is None:
            return False
        if unit.dimension == "angle" and self.angles(text, max(0, start - 6), start):
            return True
        if unit.name in self.event_units and (text.endswith(self.event_before, 0, start) or self.event_at(text, end)):
            return True
        if unit.kind == "count" and _SIDES.match(text, end - 1) and text[end - 1] == "对":
            return True  # 1对1
        return text[start] == "一" and self._is_article(text, mention, following)

    def _is_article(self, text: str, mention: Mention, following: Mention | None) -> bool:
        """Whether 一 is an article: 一斤7块5 says what an amount is per, 一分钱都不花 says none."""
        unit = mention.unit
        assert unit is not None
        if unit.kind not in _WHAT_FOR or mention.value != unit.factor or mention.comparator is not None:
            return False
        if _NEGATED.match(text, mention.end):
            return True
        if following is None or following.start - mention.end > _MAX_PER_GAP or unit.kind == "money":
            return False
        gap = text[mention.end : following.start]
        if following.unit is None or following.unit.dimension == unit.dimension or not _PER_GAP.fullmatch(gap):
            return False
        per = self.lexicon.denominators.get(mention.unit_text or "")
        if unit.kind == "measure" and following.unit.kind == "money" and following.denominator is None:
            following.denominator = per
        return True
