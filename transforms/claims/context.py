"""What the words around a number say of it: bound, change, role, basis, modality, negation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.bounds import BoundReader
from transforms.claims.lexicon import Cue, Lexicon, load_lexicon

if TYPE_CHECKING:
    from transforms.claims.mentions import Mention
    from transforms.claims.sentences import Sentence

_RATIO_KINDS = {"percent", "percentage_point", "multiple", "index"}
# What may stand between a cue and its number without breaking the tie.
_ZH_FILLER = re.compile(r"(?:[了有到至为是在的其也已可人民币达个\s：“\"]|幅度|平均|分别|大约|合计|累计|接近|将|只|仅)*")
_EN_FILLER = re.compile(r"(?:\s|an?\b|the\b|by\b|another\b|as much as\b|some\b|its\b|additional\b|at\b|[(\[“\"])*")
_LIST_GAP = re.compile(r"(?:\s?[、，,/]\s?|\s?(?:和|及|与|或|and|or|以及)\s?|分别|左右|以上|以下|多|respectively)+")
_TO_GAP = re.compile(
    r"(?:[,，]?\s?(?:左右|以上)?(?:至|到|，?达到?|，?达|\sto)\s?(?:约|近|超过|about\s|nearly\s|around\s|a record\s)?)"
)
_OR_GAP = re.compile(r",?\sor\s(?:about\s|nearly\s|roughly\s)?")
_LATER_TO = re.compile(
    r"^\s(?:from|year|quarter|month|on|in|last|this|over|compared|,\s)[\w\s,-]*\sto\s"
    r"(?:close at\s|about\s|a record\s)?$"
    r"|^,?\sto\s(?:close|end|settle|finish)(?:\sat)?\s$"
)
_MAX_TO_GAP = 60
_LEVEL_BOUNDS = ("below", "under", "above", "past", "beyond", "through")
_MAX_VERB_GAP = {"zh": 12, "en": 40}
_HUNDRED = Decimal(100)
# "4,000 people are expected to": how far behind its number a modal word may stand.
_MODAL_REACH = 30


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


class _Rules:
    """The words of a language's context rules, gathered once."""

    def __init__(self, language: str) -> None:
        data = load_lexicon(language).data
        roles = data["roles"]
        self.share_after: tuple[str, ...] = tuple(roles["share_after"])
        self.wholes = tuple(f"{word}的" for word in roles.get("wholes", ()))
        self.not_shared: list[str] = roles.get("not_shared", [])
        self.levels: list[str] = roles["level"]
        self.change_nouns = frozenset(word for forms in data["change"].values() for word in forms["nouns"])
        self.ratio_only = frozenset(data.get("change_of_ratio_only", {}).get("words", ()))


_rules = cache(_Rules)


class ContextReader:
    """Reads the mentions of one sentence from its cues."""

    def __init__(self, lexicon: Lexicon, text: str, lower: str) -> None:
        self.lexicon = lexicon
        self.language = lexicon.language
        self.text = text
        self.lower = lower
        self.bounds = BoundReader(lexicon, text, lower)
        self.rules = _rules(self.language)

    def read(self, sentence: Sentence) -> list[Reading]:
        """One reading a mention, in order."""
        readings: list[Reading] = []
        for index, mention in enumerate(sentence.mentions):
            reading = Reading(lead=mention.start)
            reading.comparator, reading.lead = self.bounds.read(sentence, mention)
            previous = sentence.mentions[index - 1] if index else None
            self._change(sentence, mention, reading, previous, readings[-1] if readings else None)
            self._role(sentence, mention, reading, previous)
            self._basis(sentence, index, reading, readings)
            self._modality(sentence, mention, reading)
            if mention.change is not None and reading.change is None:
                reading.change, reading.change_pct = mention.change, mention.change_pct
            if mention.role is not None and reading.role == "level":
                reading.role = mention.role
            if mention.change is not None:
                reading.role, reading.change_pct = "change", mention.change_pct
            reading.change_pct = self._change_pct(mention, reading)
            readings.append(reading)
        return readings

    # ------------------------------------------------------------ change

    def _change(
        self, sentence: Sentence, mention: Mention, reading: Reading, previous: Mention | None, before: Reading | None
    ) -> None:
        text = self.lower
        if previous is not None and before is not None and previous.end <= mention.start:
            gap = text[previous.end : mention.start]
            if before.role == "change" and _OR_GAP.fullmatch(gap):  # shed 109 points, or 0.3%
                reading.role, reading.change, reading.basis = "change", before.change, before.basis
                return
            if before.role == "change" and len(gap) <= _MAX_TO_GAP and _LATER_TO.search(gap):
                reading.change = before.change  # tumbled 11.3% year on year to 24.1 billion euros
                return
            if len(gap) <= 14:
                if before.role == "change" and _LIST_GAP.fullmatch(gap) and self._same_class(previous, mention):
                    reading.role, reading.change, reading.basis = "change", before.change, before.basis
                    return
                if before.role == "change" and _TO_GAP.fullmatch(gap) and mention.unit is not previous.unit:
                    reading.change = before.change  # rose 0.9 percent to 2,232.05
                    return
                if (
                    before.role == "change"
                    and _TO_GAP.fullmatch(gap)
                    and before.change
                    and mention.unit is previous.unit
                ):
                    reading.change = before.change
                    if self._follows_from(sentence, previous):
                        before.role, before.change = "level", None
                    return
            if len(gap) <= 5 and _TO_GAP.fullmatch(gap) and self._follows_from(sentence, previous):
                start, _ = sentence.clause_of(previous.start)
                cue = self._nearest(sentence, start, previous.start, ("verb", "to"))
                if cue is not None:
                    reading.change = cue[1].value
                return
        start, end = sentence.clause_of(mention.start)
        floor = max(start, previous.end if previous is not None else start)
        crossed = self._nearest(sentence, reading.lead, mention.start, ("to",))
        if crossed is not None:  # 跌破1960美元: the verb is the bound
            reading.change = crossed[1].value
            return
        found = self._nearest(sentence, floor, reading.lead, ("verb", "to", "noun"))
        if found is not None and self._ties(mention, reading, found):
            return
        self._change_after(sentence, mention, reading, end)

    def _same_class(self, a: Mention, b: Mention) -> bool:
        return a.unit is not None and b.unit is not None and a.unit.kind == b.unit.kind

    def _follows_from(self, sentence: Sentence, mention: Mention) -> bool:
        before = self.lower[max(sentence.start, mention.start - 14) : mention.start].rstrip()
        return before.endswith(("from", "从", "由", "from about", "from nearly", "from around"))

    def _nearest(
        self, sentence: Sentence, start: int, end: int, roles: tuple[str, ...]
    ) -> tuple[tuple[int, int], Cue] | None:
        for begin, stop, cues in reversed(sentence.cues):
            if begin < start:
                return None
            if stop > end:
                continue
            for cue in cues:
                if cue.role in roles:
                    return (begin, stop), cue
        return None

    def _ties(self, mention: Mention, reading: Reading, found: tuple[tuple[int, int], Cue]) -> bool:
        (begin, stop), cue = found
        gap = self.lower[stop : reading.lead]
        kind = mention.unit.kind if mention.unit is not None else "count"
        word = self.lower[begin:stop]
        if cue.value == "unchanged":
            return False
        if cue.role == "to":
            if len(gap) > _MAX_VERB_GAP[self.language]:
                return False
            reading.change, reading.lead = cue.value, begin
            return True
        if self.language == "zh":
            filler = _ZH_FILLER.match(gap)
            if filler is None or filler.end() < len(gap):
                return False
            is_level = gap.rstrip().endswith(("至", "到", "为", "在")) and cue.role == "verb"
        else:
            stripped = gap.strip()
            if stripped in {"from", "to from"}:
                return False
            if stripped.startswith("of") and cue.role == "verb" and word in self.rules.change_nouns:
                cue = Cue("noun", cue.value)
            bounded = self.lower[reading.lead : mention.start].lstrip()
            # fell below 3%: a level crossed, not the size of a change
            is_level = bounded.startswith(_LEVEL_BOUNDS) or stripped in {
                "to",
                "to a record",
                "to about",
                "toward",
                "to as low as",
                "to as high as",
                "further to",
                "back to",
            }
            if not is_level:
                if word in self.rules.ratio_only and kind not in _RATIO_KINDS:
                    return False
                if cue.role == "noun" and not (
                    stripped in {"of", "of about", "of up to", "of at least", "of more than", "by"} or not stripped
                ):
                    return False
                filler = _EN_FILLER.match(gap)
                if (filler is None or filler.end() < len(gap)) and not (
                    cue.role == "noun" and stripped.startswith("of")
                ):
                    return self._loose_tie(gap, cue, reading, begin)
        if is_level:
            reading.change = cue.value
        else:
            reading.role, reading.change = "change", cue.value
        reading.lead = begin
        return True

    def _loose_tie(self, gap: str, cue: Cue, reading: Reading, begin: int) -> bool:
        # "increased its dividend by 5%", "cut emissions by at least 40%"
        if (
            cue.role == "verb"
            and gap.rstrip().endswith((" by", " by at least", " by about", " by more than", " by an additional"))
            and len(gap) < 80
        ):
            reading.role, reading.change, reading.lead = "change", cue.value, begin
            return True
        if cue.role == "verb" and gap.rstrip().endswith(" to") and len(gap) < 60:
            reading.change, reading.lead = cue.value, begin
            return True
        return False

    def _change_after(self, sentence: Sentence, mention: Mention, reading: Reading, end: int) -> None:
        # 11%的增幅, 5% increase, 30% higher
        kind = mention.unit.kind if mention.unit is not None else "count"
        is_digits = mention.kind == "digits"
        if kind not in _RATIO_KINDS and kind != "money" and not is_digits:
            return
        limit = min(end, mention.end + (8 if self.language == "zh" else 40))
        for begin, stop, cues in sentence.cues:
            if begin < mention.end:
                continue
            if begin > limit:
                break
            gap = self.lower[mention.end : begin]
            for cue in cues:
                if cue.role not in {"noun", "verb"} or cue.value == "unchanged":
                    continue
                if self.language == "zh":
                    close = (
                        gap in {"", "的", " 的", " "}
                        if cue.role == "noun"
                        else gap in ({"", "的"} if is_digits else {"的", "的同比", "的年均"})
                    )
                else:
                    word = self.lower[begin:stop]
                    words = gap.split()
                    is_comparative = word in {"higher", "lower"}
                    close = (
                        cue.role == "noun"
                        and len(words) <= 2
                        and "of" not in words
                        and "the" not in words
                        and (is_digits or kind in _RATIO_KINDS)
                    ) or (is_comparative and not words and kind in _RATIO_KINDS)
                if close and gap.find(",") < 0:
                    reading.role, reading.change = "change", cue.value
                    return
            if any(cue.role in {"verb", "to", "noun"} for cue in cues):
                break
        tail = self.lower[mention.end : mention.end + 24]
        up = re.match(r"\s?[,(]?\s?(up|down)\sfrom\b", tail)
        if up is not None:
            reading.change = "increase" if up.group(1) == "up" else "decrease"

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

    def _role(self, sentence: Sentence, mention: Mention, reading: Reading, previous: Mention | None) -> None:
        kind = mention.unit.kind if mention.unit is not None else "count"
        if (
            reading.role != "level"
            or reading.change is not None
            or kind not in {"percent", "multiple"}
            or mention.kind == "digits"
        ):
            return
        start, _ = sentence.clause_of(mention.start)
        floor = max(start, previous.end if previous is not None else start)
        before = self.lower[floor : reading.lead]
        after = self.lower[mention.end : mention.end + 24]
        if self.language == "en":
            if after.lstrip().startswith("of the way"):
                return
            if after.lstrip(" ").startswith(self.rules.share_after):
                reading.role = "share"
                return
        elif after.lstrip(" ").startswith(self.rules.share_after) or self._is_part(before, after):
            reading.role = "share"
            return
        share = self._nearest(sentence, floor, reading.lead, ("share",))
        if share is None:
            return
        tail = before[share[0][1] - floor :]
        if any(word in tail for word in self.rules.levels):
            return
        if len(tail) <= (16 if self.language == "zh" else 30):
            reading.role = "share"

    def _is_part(self, before: str, after: str) -> bool:
        # 消费金额的40%, 17.5%的手机
        if before.endswith(self.rules.wholes):
            return True
        rest = after.removeprefix("左右").removeprefix("以上")
        return rest.startswith("的") and len(rest) > 2 and not any(word in rest[1:8] for word in self.rules.not_shared)

    def _basis(self, sentence: Sentence, index: int, reading: Reading, readings: list[Reading]) -> None:
        mention = sentence.mentions[index]
        if reading.role != "change" and mention.kind != "digits" and mention.change is None:
            return
        if reading.basis is not None:
            return
        start, _ = sentence.clause_of(mention.start)
        previous_end = sentence.mentions[index - 1].end if index else start
        next_start = sentence.mentions[index + 1].start if index + 1 < len(sentence.mentions) else sentence.end
        hit = self._nearest(sentence, max(start, previous_end), mention.start, ("basis",))
        if hit is None:
            for begin, stop, cues in sentence.cues:
                if begin < mention.end or begin >= next_start:
                    continue
                basis = next((cue for cue in cues if cue.role == "basis"), None)
                if basis is not None:
                    if begin - mention.end <= (4 if self.language == "zh" else 90):
                        hit = (begin, stop), basis
                    break
        if hit is None and index and readings[-1].basis is not None and readings[-1].role == "change":
            gap = self.lower[previous_end : reading.lead]
            if self.language == "en" and len(gap) < 30 and not gap.strip(" ,").startswith(("but", "while")):
                reading.basis = readings[-1].basis
            return
        if hit is None and self.language == "zh" and start > sentence.start:
            # 与上年同期相比，收入增长5%: the clause before
            opening, _ = sentence.clause_of(start - 1)
            hit = self._nearest(sentence, max(opening, previous_end), start, ("basis",))
            if hit is not None and start - hit[0][1] > 2:
                hit = None
        if hit is not None:
            value = hit[1].value
            if value == "previous":
                value = "qoq" if "季" in self.text[sentence.start : sentence.end] else "mom"
            reading.basis = value

    # ------------------------------------------------------------ modality

    def _modality(self, sentence: Sentence, mention: Mention, reading: Reading) -> None:
        start, end = sentence.clause_of(mention.start)
        here = sentence.clause_index(mention.start)
        chosen: str | None = None
        for begin, stop, cues in sentence.cues:
            cue = next((c for c in cues if c.role in {"modality", "negation"}), None)
            if cue is None:
                continue
            if cue.role == "negation":
                if start <= begin < end:
                    reading.is_negated = True
                continue
            if begin < mention.start:
                in_clause = begin >= start
                word = self.lower[begin:stop]
                if in_clause or (
                    cue.value in {"forecast", "hypothetical"}
                    and len(word) > (1 if self.language == "zh" else 4)
                    and here - sentence.clause_index(begin) <= 1
                    and self.language == "zh"
                ):
                    chosen = cue.value
                elif (
                    self.language == "en"
                    and cue.value in {"forecast", "target"}
                    and here - sentence.clause_index(begin) <= 1
                    and begin >= start - 60
                    and len(word) > 5
                ):
                    chosen = chosen or cue.value
            elif (
                self.language == "en"
                and begin < end
                and cue.value != "target"
                and begin - mention.end < _MODAL_REACH
                and " and " not in self.lower[mention.end : begin]
                and chosen is None
            ):
                chosen = cue.value
        if chosen is not None:
            reading.modality = chosen
