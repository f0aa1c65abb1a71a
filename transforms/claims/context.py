"""What the words around a number say of it: bound, change, role, basis, modality, negation."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.bounds import BoundReader
from transforms.claims.changes import Neighbour, Reading, kind_of, nearest
from transforms.claims.languages import changes_of
from transforms.claims.lexicon import Lexicon, load_lexicon
from transforms.claims.modality import ListModality, ModalityReader
from transforms.claims.phrases import phrase_pattern

if TYPE_CHECKING:
    from datetime import date

    from transforms.claims.mentions import Mention
    from transforms.claims.sentences import Sentence

_HUNDRED = Decimal(100)
_CARRIED_GAP = 30
_ANNUAL_REPORTS_UNTIL = 4  # until April, figures of the year before are news
_COMPARED_YEAR = re.compile(
    r"[比较](?:(?P<same>(?:去年|上年)[^，。；、\d]{0,8}同期)|(?P<year>(?:19|20)\d\d)年(?:同期|末|底)?[^\d，。]{0,6}$)"
)
# 比去年同期（下同）, （同比，下同）
_SAME_REACH = 40
_SAME_BELOW = re.compile(r"[^。；]{0,24}[（(][^（）()]{0,12}下同[)）]")
_BASES = {"quarter": "qoq", "week": "wow", "month": "mom"}
# 不良率1.28%: a ratio with a name of its own, unless it is the name of a share
_RATE = re.compile(r"(?:不良率|(?<![占良性有])率)(?:[约近超为达到至是在仅只有高]|不足|不到|低于)*$")
_SHARED_REACH = 60
_WHOLE_REACH = 20
_MARKET_REACH = 110
_LED_TO = re.compile(r"[至到为]|\bto\b")
_SHARED_GAP = re.compile(r"\s?(?:、|和|与|及|，为|，达到?|[^，。；、\d]{0,12}[（(])\s?")


@dataclass(slots=True)
class Standing:
    """What an article has said to hold for what follows."""

    basis: str | None = None
    modality: ListModality = field(default_factory=ListModality)


class _Rules:
    """The words of a language's rules of role and basis, gathered once."""

    def __init__(self, language: str) -> None:
        data = load_lexicon(language).data
        roles = data["roles"]
        self.share_after: tuple[str, ...] = tuple(roles["share_after"])
        self.shared_with = re.compile(rf"\s?{phrase_pattern(roles['share_after'])}\b").match
        self.sure_shares = frozenset(roles["sure"])
        self.wholes = tuple(f"{word}的" for word in roles.get("wholes", ()))
        self.not_shared: list[str] = roles.get("not_shared", [])
        self.levels: list[str] = roles["level"]


class _ChineseRules:
    """What only Chinese says of role and basis, compiled when a text first asks."""

    def __init__(self) -> None:
        data = load_lexicon("zh").data
        roles, context = data["roles"], data["basis_context"]
        self.compares = re.compile(rf"[比较](?!重|例|率)|{phrase_pattern(context['comparing'])}").search
        self.going_on: tuple[str, ...] = tuple(context["going_on"])
        week, month = (phrase_pattern(context["lengths"][unit]) for unit in ("week", "month"))
        self.lengths = re.compile(rf"(?P<quarter>季)|(?P<week>{week})|(?P<month>\d月|{month})")
        self.same_below = {
            basis: re.compile(phrase_pattern(words)).search for basis, words in context["same_below"].items()
        }
        self.of_whole = re.compile(
            rf"{phrase_pattern(roles['whole_links'])}(?:[约近超逾仅只有]|{phrase_pattern(roles['whole_bounds'])})*$"
        ).search
        self.other_level = re.compile(phrase_pattern(roles["other_levels"])).search
        self.acts = re.compile(rf"(?!{phrase_pattern(roles['not_acting'])})[\u4e00-\u9fff]{{2}}").match


class _EnglishRules:
    """What only English says of role and basis, compiled when a text first asks."""

    def __init__(self) -> None:
        data = load_lexicon("en").data
        roles, context = data["roles"], data["basis_context"]
        self.compares = re.compile(rf"[^,.;]{{0,30}}\b{phrase_pattern(context['comparing'])}\b").match
        self.market_share = re.compile(
            rf"\b{phrase_pattern(roles['market_shares'])}[ -]share\b"
            rf"|\bshare of (?:the )?{phrase_pattern(roles['share_of'])}\b"
        ).search
        self.other_fact = re.compile(rf"[.;]\s|\b{phrase_pattern(roles['other_facts'])}\b").search
        self.not_share_after: tuple[str, ...] = tuple(roles["not_share_after"])


_rules, _chinese, _english = cache(_Rules), cache(_ChineseRules), cache(_EnglishRules)


class ContextReader:
    """Reads the mentions of one sentence from its cues."""

    def __init__(
        self, lexicon: Lexicon, text: str, lower: str, published: date | None = None, standing: Standing | None = None
    ) -> None:
        self.language = lexicon.language
        self.published = published
        self.standing = standing or Standing()
        self._same_below = text.find("下同")  # the next place that says so
        self._last_basis: str | None = None  # of the text's last change
        self._percent: Neighbour | None = None  # the sentence's last percentage
        self.text = text
        self.lower = lower
        self.bounds = BoundReader(lexicon, text, lower)
        self.changes = changes_of(self.language)(lexicon, text, lower)
        self.modality = ModalityReader(
            lexicon, text, lower, published, self.standing.modality.of(text, lexicon.language)
        )
        self.rules = _rules(self.language)

    def read(self, sentence: Sentence) -> list[Reading]:
        """One reading a mention, in order."""
        found: list[Neighbour] = []
        self._percent = None
        for mention in sentence.mentions:
            reading = Reading(lead=mention.start)
            reading.comparator, reading.lead = self.bounds.read(sentence, mention)
            before = found[-1] if found else None
            self.changes.read(sentence, mention, reading, before)
            self._own_words(sentence, mention, reading)
            self._role(sentence, mention, reading, before)
            self.modality.read(sentence, mention, reading, before)
            found.append(Neighbour(mention, reading))
            if kind_of(mention) == "percent":
                self._percent = found[-1]
        for before, after in zip(reversed(found[:-1]), reversed(found[1:]), strict=True):
            self.changes.read_back(before, after)
        readings = [neighbour.reading for neighbour in found]
        if self.language == "zh" and not self.text.startswith(_chinese().going_on, sentence.start):
            self._last_basis = None
        for index, (mention, reading) in enumerate(zip(sentence.mentions, readings, strict=True)):
            self._basis(sentence, index, reading, readings)
            reading.change_pct = self._change_pct(mention, reading)
        return readings

    def _own_words(self, sentence: Sentence, mention: Mention, reading: Reading) -> None:
        """翻番, halved: the number's own word says that it changed."""
        if self.changes.is_comparison(mention, reading):
            return
        if mention.change is not None:
            reading.change = reading.change or mention.change
            reading.role, reading.change_pct = "change", mention.change_pct
        elif mention.role is not None and reading.role == "level":
            start, _ = sentence.clause_of(mention.start)
            led = self.lower[max(start, mention.start - _WHOLE_REACH) : reading.lead]
            if not (self.language == "zh" and _chinese().of_whole(led) and _chinese().other_level(led)):
                reading.role = mention.role  # 占全球的一半, but 不到去年同月的一半

    def _change_pct(self, mention: Mention, reading: Reading) -> Decimal | None:
        if reading.change_pct is not None:
            return reading.change_pct
        if (
            reading.role != "change"
            or mention.value is None
            or mention.unit is None
            or reading.change not in {"increase", "decrease"}
        ):
            return None
        if mention.unit.kind == "percent":
            return mention.value if reading.change == "increase" else -mention.value
        if mention.unit.kind == "multiple" and reading.change == "increase" and mention.unit_text == "倍":
            return mention.value * _HUNDRED
        return None

    # ------------------------------------------------------------ role, basis

    def _role(self, sentence: Sentence, mention: Mention, reading: Reading, before: Neighbour | None) -> None:
        kind = kind_of(mention)
        if reading.role != "level" or kind not in {"percent", "multiple"} or mention.kind == "digits":
            return
        start, _ = sentence.clause_of(mention.start)
        floor = max(start, before.mention.end if before is not None else start)
        led = self.lower[floor : reading.lead]
        after = self.lower[mention.end : mention.end + 24].lstrip(" ")
        if reading.change is not None:  # its share rose to 13%, from 12%
            is_share = before is not None and before.reading.role == "share" and kind_of(before.mention) == kind
            is_share = is_share and _LED_TO.search(self.lower, floor, mention.start) is not None
            is_share = is_share or (self.language == "en" and self.rules.shared_with(after) is not None)
        elif self.language == "zh":
            is_share = mention.unit_text != "倍" and self._is_part(led, after, floor == start)
            is_share = is_share or self._goes_on(mention, before)
        else:
            is_share = not after.startswith(_english().not_share_after) and self.rules.shared_with(after) is not None
            is_share = (
                is_share or self._goes_on_en(mention, self._percent, reading) or self._of_market(sentence, reading)
            )
        if not is_share and not _RATE.search(led):
            share = nearest(sentence, floor, reading.lead, ("share",))
            if share is not None:
                tail = led[share[0][1] - floor :]
                is_near = len(tail) <= (16 if self.language == "zh" else 30)
                is_sure = reading.change is None or self.lower[slice(*share[0])] in self.rules.sure_shares
                is_share = is_near and is_sure and not any(word in tail for word in self.rules.levels)
        if is_share:
            reading.role = "share"

    def _is_part(self, before: str, after: str, is_first: bool) -> bool:
        """消费金额的40%, 客户里八成, 17.5%的手机, 六成来自…; but 净利率低于5%的项目 and 去年同期的四成 compare."""
        if any(word in before for word in self.rules.levels) or _RATE.search(before):
            return False
        if after.startswith(self.rules.share_after) or before.endswith(self.rules.wholes):
            return True
        chinese = _chinese()
        if chinese.of_whole(before):
            return chinese.other_level(before) is None
        rest = after.removeprefix("左右").removeprefix("以上")
        if rest.startswith("的"):
            return len(rest) > 2 and not any(word in rest[1:8] for word in self.rules.not_shared)
        return is_first and not before and chinese.acts(rest) is not None

    def _of_market(self, sentence: Sentence, reading: Reading) -> bool:
        """Market-share figures that put Tesco on 27.9%."""
        start = max(sentence.start, reading.lead - _MARKET_REACH)
        found = _english().market_share(self.lower, start, reading.lead)
        return found is not None and _english().other_fact(self.lower, found.end(), reading.lead) is None

    def _goes_on_en(self, mention: Mention, before: Neighbour | None, reading: Reading) -> bool:
        """54% of supply, against 52% in 2023; Asda 12.5%, Aldi 10.0%: percentages of one whole."""
        if before is None or before.reading.role != "share" or kind_of(mention) != "percent":
            return False
        gap = self.lower[before.mention.end : reading.lead]
        return len(gap) <= _SHARED_REACH and _english().other_fact(gap) is None

    def _goes_on(self, mention: Mention, before: Neighbour | None) -> bool:
        """份额分别为12.9%和12.6%; 小米（9.4%）: a share beside a share."""
        if before is None or before.reading.role != "share" or kind_of(before.mention) != kind_of(mention):
            return False
        return _SHARED_GAP.fullmatch(self.lower, before.mention.end, mention.start) is not None

    def _basis(self, sentence: Sentence, index: int, reading: Reading, readings: list[Reading]) -> None:
        mention = sentence.mentions[index]
        if (reading.role != "change" and mention.kind != "digits" and mention.change is None) or reading.basis not in {
            None,
            "previous",
        }:
            return
        start, _ = sentence.clause_of(mention.start)
        previous = sentence.mentions[index - 1] if index else None
        floor = max(start, previous.end if previous is not None else start)
        hit = nearest(sentence, floor, mention.start, ("basis",))
        value = reading.basis or (hit[1].value if hit is not None else None)
        if value is None:
            stop = sentence.mentions[index + 1].start if index + 1 < len(readings) else sentence.end
            value = self._basis_behind(sentence, mention.end, stop)
        if value is None and self.language == "zh":
            value = self._basis_zh(sentence, mention, previous, start, floor)
        elif value is None and previous is not None and readings[index - 1].role == "change":
            gap = self.lower[previous.end : reading.lead]
            compares = _english().compares(self.lower, mention.end) is not None
            if len(gap) < _CARRIED_GAP and not compares and not gap.strip(" ,").startswith(("but", "while")):
                value = readings[index - 1].basis
        if value == "previous":
            value = self._previous(sentence, mention.start)
        if value is None and reading.role == "change":
            value = self._standing_basis(floor, mention)
        reading.basis = value if value != "none" else None
        if reading.basis is not None:
            self._last_basis = value

    def _standing_basis(self, floor: int, mention: Mention) -> str | None:
        """The basis that an article has said to hold from there on: 比上年同期增长4.2%（下同）."""
        if 0 <= self._same_below < mention.start:
            for match in _SAME_BELOW.finditer(self.text, max(0, self._same_below - _SAME_REACH), mention.start):
                self.standing.basis = next(
                    (basis for basis, names in _chinese().same_below.items() if names(match.group())), None
                )
            self._same_below = self.text.find("下同", mention.start)
        if self.standing.basis is None or _chinese().compares(self.text, floor, mention.start):
            return None
        return self.standing.basis

    def _basis_behind(self, sentence: Sentence, start: int, stop: int) -> str | None:
        reach = 4 if self.language == "zh" else 90
        for begin, _, cues in sentence.cues:
            if start <= begin < stop:
                basis = next((cue for cue in cues if cue.role == "basis"), None)
                if basis is not None:
                    is_apart = self.language == "zh" and "，" in self.text[start:begin]  # 回落两成，但仍比去年同期高
                    return basis.value if begin - start <= reach and not is_apart else None
        return None

    def _basis_zh(
        self, sentence: Sentence, mention: Mention, previous: Mention | None, start: int, floor: int
    ) -> str | None:
        """较上年同期的0.8GWh增长137.5%; 与上年同期相比，…; 其中，…增长4%, which goes on with what stood before."""
        text = self.text
        if previous is not None:
            for begin, stop, cues in sentence.cues:
                if begin >= start and text[stop : previous.start] in {"的", "为", "的约"}:
                    basis = next((cue for cue in cues if cue.role == "basis"), None)
                    if basis is not None:
                        return basis.value
        compared = _COMPARED_YEAR.search(text, start, mention.start)
        if compared is not None:
            return "yoy" if compared["same"] or self._is_last_year(int(compared["year"])) else None
        if start > sentence.start:
            opening, _ = sentence.clause_of(start - 1)
            hit = nearest(sentence, max(opening, previous.end if previous is not None else opening), start, ("basis",))
            if hit is not None and start - hit[0][1] <= 2:
                return hit[1].value
        is_ratio = kind_of(mention) in {"percent", "multiple"}
        if is_ratio and not _chinese().compares(text, floor, mention.start):
            in_sentence = previous is not None and sentence.mentions[0].start < previous.end
            if in_sentence or text.startswith(_chinese().going_on, sentence.start):
                return self._last_basis
        return None

    def _is_last_year(self, year: int) -> bool:
        """Whether figures published now are usually compared with that year."""
        today = self.published
        if today is None:
            return False
        return year == today.year - 1 or (year == today.year - 2 and today.month <= _ANNUAL_REPORTS_UNTIL)

    def _previous(self, sentence: Sentence, position: int) -> str:
        """环比 takes the length of the period that stands nearest before it, else behind; else a month."""
        before = [*_chinese().lengths.finditer(self.text, sentence.start, position)]
        named = before[-1] if before else _chinese().lengths.search(self.text, position, sentence.end)
        return _BASES[named.lastgroup] if named is not None and named.lastgroup is not None else "mom"
