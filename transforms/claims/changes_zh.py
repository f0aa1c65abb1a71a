"""Changes in Chinese: 增长11%, 降至30%, 涨幅收窄至1%, 跌去四成, 比X高5倍, 新增装机45GW."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.changes import RATIO_KINDS, ChangeReader, Neighbour, Reading, kind_of, nearest
from transforms.claims.lexicon import load_lexicon
from transforms.claims.phrases import phrase_pattern

if TYPE_CHECKING:
    from transforms.claims.lexicon import Cue, Lexicon
    from transforms.claims.mentions import Mention
    from transforms.claims.sentences import Sentence

_STILL = re.compile(r"[^，。；]{0,8}，(?:仍|均|都)?(?:至|为|到|达到?)\s?")
_LED = re.compile(r"[至到]")
_ADDED = re.compile(r"[\u4e00-\u9fffA-Za-z]{1,8}(?:为|达到?|约|共)?\s?")  # 新增装机, 新增确诊病例
_COMPARING = re.compile(r"[比较](?=.)|于")  # not in 比重
_MAX_GAP = 12
_MAX_BEHIND = 8
_GROWTH_REACH = 30
_FROM_REACH = 16
_PULL_REACH = 10
_FROM = re.compile(r"[从由](?:[^，。；、\d]{0,10}的)?(?:约|近|每[^，。；\d]{1,3})?\s?$")  # 由上代的1600万
# 扩充到, 掉到, 升级为: any verb between the level it came from and the one it led to
_TURNED = re.compile(
    r"(?:左右|以上|多)?\s?[\u4e00-\u9fff]{0,4}(?:至|到|为|成)了?(?:[^，。；、\d]{0,6}的)?(?:约|近|每[^，。；\d]{1,3})?\s?"
)
_APART_KINDS = frozenset({"percentage_point", "multiple", "index"})
_AT = frozenset({"", "在", "于", "为"})


class _Links:
    """Compiled expressions for what ties words of change to numbers."""

    def __init__(self) -> None:
        data = load_lexicon("zh").data
        links: dict[str, list[str]] = data["change_links"]
        words = {key: phrase_pattern(listed) for key, listed in links.items()}
        # What may stand between a verb of change and its number without breaking the tie.
        self.filler = re.compile(rf"(?:去|掉|出)?(?:[了有到至为是在的其也已可人民币达个\s：“\"]|{words['fillers']})*")
        self.level = re.compile(
            rf"(?:去|回)?(?:了)?(?:至|到|为|成|在)(?:[^，。；、\d]{{0,8}}的)?(?:了|{words['level_bounds']})?\s?"
        )
        self.to_gap = re.compile(
            rf"(?:[,，]?\s?(?:左右|以上|多|后)?(?:{words['to_level']}|，?{words['reaching']})\s?)"
            rf"(?:{words['records']}|约|近|超过)*\s?"
        )
        # 低于全省平均水平0.2个百分点
        ways = phrase_pattern([*links["ahead"], *links["behind"]])
        self.apart = re.compile(rf"(?P<way>{ways})(?P<than>[^，。；、\d]{{1,14}}?)$")
        self.ahead = frozenset(links["ahead"])
        self.signed = re.compile(rf"{words['signed']}\s?[:：]?\s?(?P<sign>[+＋-－]?)$")
        self.adding = frozenset(links["adding"])
        self.verbal_noun_gaps = frozenset(links["verbal_noun"])
        self.speeds: dict[str, str] = {word: way for way, listed in data["change_speeds"].items() for word in listed}
        self.held = re.compile(rf"{phrase_pattern(data['change']['unchanged']['holding'])}(?:在|于)?\s?$")


_links = cache(_Links)


class ChineseChanges(ChangeReader):
    """Ties Chinese verbs, nouns and comparatives of change to numbers."""

    def __init__(self, lexicon: Lexicon, text: str, lower: str) -> None:
        super().__init__(lexicon, text, lower)
        self.links = _links()

    def _continues(self, sentence: Sentence, mention: Mention, reading: Reading, before: Neighbour) -> bool:
        text, earlier = self.lower, before.reading
        led = _LED.match(text, reading.lead, mention.start)  # 至 may count as a bound
        gap = text[before.mention.end : led.end() if led is not None else reading.lead]
        if _TURNED.fullmatch(gap) and self._turned(sentence, mention, reading, before):
            return True
        if not (self.links.to_gap.fullmatch(gap) or _STILL.fullmatch(gap)):
            return False
        if earlier.role == "change" and (mention.unit is not before.mention.unit or earlier.change):
            is_own = kind_of(mention) == "percent" and kind_of(before.mention) == "percentage_point"
            if is_own and self._growth(sentence, before.mention.start, reading):
                return True  # 涨幅比上月收窄0.4个百分点，至1.0%
            reading.change = earlier.change
            if mention.unit is before.mention.unit and self._is_from(sentence, before.mention):
                earlier.role, earlier.change = "level", None
            return True
        if len(gap) <= 5 and self._is_from(sentence, before.mention):
            if self._keeps_growth(sentence, mention, reading, before):
                return True
            found = nearest(sentence, sentence.clause_of(before.mention.start)[0], before.mention.start, ("verb", "to"))
            if found is not None:
                reading.change = found[1].value
            return found is not None
        return False

    def _turned(self, sentence: Sentence, mention: Mention, reading: Reading, before: Neighbour) -> bool:
        """由2333座扩充到3300座: whatever the verb, the two levels say which way."""
        was, now = before.mention.value, mention.value
        is_same = before.mention.unit is mention.unit or before.mention.unit is None
        if was is None or now is None or was == now or not is_same or not self._is_from(sentence, before.mention):
            return False
        if not self._keeps_growth(sentence, mention, reading, before):
            reading.change = "increase" if now > was else "decrease"
            if before.reading.role == "change":
                before.reading.role, before.reading.change = "level", None
        return True

    def _keeps_growth(self, sentence: Sentence, mention: Mention, reading: Reading, before: Neighbour) -> bool:
        """增速由八成掉到六成: both are sizes of a change."""
        if kind_of(mention) != "percent" or not self._growth(sentence, before.mention.start, reading):
            return False
        before.reading.role, before.reading.change = "change", reading.change
        return True

    def _is_from(self, sentence: Sentence, mention: Mention) -> bool:
        return _FROM.search(self.lower, max(sentence.start, mention.start - _FROM_REACH), mention.start) is not None

    def _before(self, sentence: Sentence, mention: Mention, reading: Reading, floor: int) -> bool:
        crossed = nearest(sentence, reading.lead, mention.start, ("to",))
        if crossed is not None:  # 跌破1960美元: the verb is the bound
            reading.change = crossed[1].value
            return True
        found = nearest(sentence, floor, reading.lead, ("verb", "to", "noun"))
        if found is not None and self._ties(sentence, mention, reading, found, floor):
            return True
        return self._signed(mention, reading) or self._compares(sentence, mention, reading)

    def _signed(self, mention: Mention, reading: Reading) -> bool:
        """同比+33.1%, 环比-4.1%: the sign says which way."""
        found = self.links.signed.search(self.lower, max(0, mention.start - 8), mention.start)
        if found is None or mention.value is None or kind_of(mention) not in {"percent", "percentage_point"}:
            return False
        if not found["sign"] and mention.value >= 0:
            return False
        reading.role, reading.change = "change", "increase" if mention.value > 0 else "decrease"
        return True

    def _ties(
        self, sentence: Sentence, mention: Mention, reading: Reading, found: tuple[tuple[int, int], Cue], floor: int
    ) -> bool:
        (begin, stop), cue = found
        word = self.lower[begin:stop]
        gap = self.lower[stop : reading.lead]
        if cue.value == "unchanged":
            if gap.strip() in _AT and word != "相当":
                reading.change, reading.lead = "unchanged", begin  # 持稳于2.5%
                return True
            return False
        if cue.role == "to":
            if len(gap) > _MAX_GAP:
                return False
            if not (kind_of(mention) == "percent" and self._growth(sentence, begin, reading)):
                reading.change = cue.value
            reading.lead = begin
            return True
        filler = self.links.filler.match(gap)
        assert filler is not None  # every part of it is optional
        is_led = _LED.match(self.lower, reading.lead, mention.start) is not None
        is_level = cue.role == "verb" and (is_led or self.links.level.fullmatch(gap) is not None)
        is_adding = word in self.links.adding and _ADDED.fullmatch(gap) is not None
        if not (is_level or is_adding) and filler.end() < len(gap):
            return False
        if not is_level:
            pulled = self._pulled(sentence, mention, floor, begin) if cue.role == "noun" else None
            reading.role, reading.change = "change", pulled or cue.value
        elif not (kind_of(mention) == "percent" and self._growth(sentence, begin, reading)):
            reading.change = cue.value
        reading.lead = begin
        return True

    def _pulled(self, sentence: Sentence, mention: Mention, floor: int, begin: int) -> str | None:
        """拖累GDP增速约0.6个百分点: the points are what the verb before took from the growth."""
        if kind_of(mention) != "percentage_point":
            return None
        found = nearest(sentence, max(floor, begin - _PULL_REACH), begin, ("verb",))
        return found[1].value if found is not None else None

    def _growth(self, sentence: Sentence, stop: int, reading: Reading) -> bool:
        """增速回落至5%: the level of a growth is the size of a change; its noun says which way."""
        low = max(sentence.start, stop - _GROWTH_REACH)
        found = nearest(sentence, low, stop, ("noun",))
        if found is None or any(ch in "；。" for ch in self.lower[found[0][1] : stop]):
            return False
        reading.role, reading.change = "change", found[1].value
        basis = nearest(sentence, low, found[0][0], ("basis",))
        if basis is not None and found[0][0] - basis[0][1] <= 1:  # 同比涨幅
            reading.basis = basis[1].value
        return True

    def _compares(self, sentence: Sentence, mention: Mention, reading: Reading) -> bool:
        """比X高5倍: a comparative right before the number, what it is compared with before that; 每克贵了20元."""
        start, _ = sentence.clause_of(mention.start)
        apart = self.links.apart.search(self.lower, start, reading.lead) if kind_of(mention) in _APART_KINDS else None
        if apart is not None and not apart["than"].endswith("的"):  # 不及去年同月的四分之一 is no difference
            reading.role, reading.lead = "change", apart.start()
            reading.change = "increase" if apart["way"] in self.links.ahead else "decrease"
            return True
        stop = reading.lead
        is_done = self.lower[stop - 1 : stop] in {"了", "出"}  # 每克贵了20多元 says so without 比
        stop -= is_done
        for size in (2, 1):
            word = self.lower[stop - size : stop]
            way = self.words.comparatives.get(word)
            if word in self.links.speeds and kind_of(mention) == "duration":
                way = self.links.speeds[word]  # 慢了0.38秒: more of it
            if way is not None and (is_done or _COMPARING.search(self.lower, start, stop - size)):
                reading.role, reading.change, reading.lead = "change", way, stop - size
                return True
        return False

    def _behind(self, sentence: Sentence, mention: Mention, reading: Reading, end: int) -> None:
        # 11%的增幅, 两位数增长
        kind = kind_of(mention)
        held = self.links.held.search
        if self.lower.startswith("不变", mention.end) and held(self.lower, sentence.start, reading.lead):
            reading.change = "unchanged"  # 维持1.95%不变
            return
        is_digits = mention.kind == "digits"
        if kind not in RATIO_KINDS and kind != "money" and not is_digits:
            return
        limit = min(end, mention.end + _MAX_BEHIND)
        for begin, _, cues in sentence.cues:
            if begin < mention.end:
                continue
            if begin > limit:
                return
            gap = self.lower[mention.end : begin]
            for cue in cues:
                if cue.role not in {"noun", "verb"} or cue.value == "unchanged":
                    continue
                verbal = {"", "的"} if is_digits else self.links.verbal_noun_gaps
                near = {"", "的", " 的", " "} if cue.role == "noun" else verbal
                if gap in near:
                    reading.role, reading.change = "change", cue.value
                    return
            if any(cue.role in {"verb", "to", "noun"} for cue in cues):
                return
