"""Bare English numbers whose noun is left out: 37 parked, 61 have been scrapped, 80 of 100 seats, scored 41."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from transforms.claims.lexicon import load_lexicon, load_units
from transforms.claims.phrases import phrase_pattern
from transforms.claims.verbs_en import english_verbs

if TYPE_CHECKING:
    from transforms.claims.mentions import Mention

_BEFORE = 60
_AFTER = 40
_MIN = 2
_MIN_GROUPED = 1000
_MAX_WHOLE = 40
_MAX_KIN = 120
_MAX_LIST = 8
_RATE_REACH = 700
_HEDGE = 24  # characters of the words before a number
_OPENING = 12
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_WORDS_BEFORE = re.compile(r"(?P<second>[A-Za-z’'-]+)?(?P<gap>[\s,;:—–(“\"]*)\b(?P<first>[A-Za-z’'-]+)\s$")
_OPENS = re.compile(
    r"(?:^|[,;:—–(“\"]|(?<!\d\s)\b(?:and|but|while|with|as|whom|which|where|have|has|had|said|says|that|found|reported))\s?$"
)
_NEXT = re.compile(r"\s(?:(?P<adverb>[a-z]+ly|also|still|now|since|already|so far)\s)?(?P<word>[a-z]+)\b")
_ENDS = re.compile(r"\s?(?:$|[.;:)\]—–”\"](?!\d)|,(?!\d))")
_PAST = re.compile(r"[a-z]{2,}[^e\W]ed")  # rehomed
_MORE = re.compile(
    r"\s(?:more|others)(?=\s?(?:$|[.,;:)])|\s(?:in|on|at|for|from|by|to|over|this|next|last|are|were)\b)"
)
_BOTH = re.compile(r",?\s(?:and\s(?P<other>\d[\d,]*)\s)?respectively\b")
_WHOLE_GAP = re.compile(
    r"\s(?:out\s)?of\s(?:(?:the|its|their|his|her|our|all|those|these|some|about|nearly|more than|"
    r"(?:[A-Z][\w.-]*\s){0,3}[\w.-]+['’]s?)\s){0,3}"
)
_BY_TO = re.compile(r"\sto\s(?:about\s|around\s)?\d")
_RATE = re.compile(r"\bper (?:100,000|1,000|10,000|million)\b")
_KIN = re.compile(
    r"\b(?:it[’']s|it is|it was|there are|there were|there was|is now|was|were|are|is)\s(?:now\s|only\s|just\s)?$"
)


class BareCounts:
    """Tells which unitless English numbers count something; compiled over the lexicon, stateless."""

    def __init__(self) -> None:
        data = load_lexicon("en").data
        words = data["bare"]
        self.verbs = english_verbs()
        self.item, self.score = load_units()["item"], load_units()["score_point"]
        self.hedges = re.compile(rf"\b{phrase_pattern(words['hedges'])}\s$").search
        self.after = re.compile(rf"\s{phrase_pattern(words['after'])}\b").match
        self.amounts = re.compile(rf"\b{phrase_pattern(words['amounts'])}\sof\s$").search
        self.labels = frozenset(words["labels"]) | frozenset(data["numbering"]["words"])
        self.not_counting = self.verbs.all_forms(frozenset(words["not_counting"]))
        self.grew_by = re.compile(rf"\b{load_lexicon('en').verbs_of_change()}\sby\s$").search
        self.rate_lead = re.compile(rf"\b{phrase_pattern(words['rate_leads'])}\s$").search
        self.linking = frozenset(words["linking"])
        self.plural, self.leads = frozenset(words["plural"]), frozenset(words["leads"])
        self.averaging = self.verbs.all_forms(frozenset(words["averaging"]))

    def read(self, text: str, mention: Mention, before: Mention | None) -> None:
        """Gives a bare number a count's unit where its place in the sentence is that of a noun."""
        value, start, end = mention.value, mention.start, mention.end
        if value is None or value < _MIN or not text[start - 1 : start].isspace():
            return
        raw = text[start:end]
        if _YEAR.fullmatch(raw) or text[text.rfind(" ", 0, start - 1) + 1].isupper():
            return  # in 2019, Boeing 737
        low = max(0, start - _BEFORE)
        lead = text[low:start]
        while (hedge := self.hedges(lead, max(0, len(lead) - _HEDGE))) is not None:
            lead = lead[: hedge.start()]
        if value != int(value):
            self._averaged(text, mention, lead)
            return
        rule = self._rule(text, mention, lead, raw, before)
        if rule is not None:
            is_kin = before is not None and before.unit is not None and before.unit.kind == "count"
            mention.unit = before.unit if is_kin and before is not None and rule in _KINDRED else self.item
            mention.rule = rule

    def _averaged(self, text: str, mention: Mention, lead: str) -> None:
        # juniors averaged 18.6 on the test
        found = _WORDS_BEFORE.search(lead)
        if found is not None and found["first"] in self.averaging and self._ends(text, mention.end):
            mention.unit, mention.rule = self.score, "bare: averaged <number>"
        elif (
            self.rate_lead(lead) is not None
            and self._ends(text, mention.end)
            and _RATE.search(text, max(0, mention.start - _RATE_REACH), mention.end + _RATE_REACH)
        ):
            mention.unit, mention.rule = self.item, "bare: at <rate>"  # cases per 100,000: now at 20.4

    def _rule(self, text: str, mention: Mention, lead: str, raw: str, before: Mention | None) -> str | None:
        end = mention.end
        found = _WORDS_BEFORE.search(lead)
        first = found["first"] if found is not None else ""
        if first[:1].isupper() or first.lower().rstrip("s") in self.labels or first in self.labels:
            return None
        if _MORE.match(text, end):
            return "bare: <number> more"
        is_object = found is not None and self._is_verb(first, found["second"] or "")
        if self._predicate(text, lead, end, is_object=is_object) is not None:
            return "bare: <number> <participle>"
        if first == "by" and _BY_TO.match(text, end) and self.grew_by(lead):
            return "bare: by <number> to <number>"
        if not self._ends(text, end):
            return None
        if before is not None and before.end > mention.start - _MAX_LIST and _BOTH.match(text, end):
            return "bare: <number> and <number>" if before.rule.startswith("bare") else None
        if lead.endswith(" of ") and self.amounts(lead, max(0, len(lead) - _HEDGE)) is not None:
            return "bare: total of <number>"
        if is_object:
            return "bare: <verb> <number>"
        if before is not None and before.unit is not None and before.unit.kind == "count":
            is_near = mention.start - before.end <= _MAX_KIN
            if is_near and (first in {"has", "have", "had"} or _KIN.search(lead)):
                return "bare: it is <number>"
        is_grouped = _GROUPED.fullmatch(raw) is not None and (mention.value or 0) >= _MIN_GROUPED
        return "bare: <grouped number>" if is_grouped and first else None

    def _ends(self, text: str, end: int) -> bool:
        return (
            _ENDS.match(text, end) is not None
            or self.after(text, end) is not None
            or _BOTH.match(text, end) is not None
        )

    def _predicate(self, text: str, lead: str, end: int, *, is_object: bool = False) -> str | None:
        # 37 parked; 61 have been scrapped; and 12 died: the number leads a clause that says what they did
        if not is_object and _OPENS.search(lead, max(0, len(lead) - _OPENING)) is None:
            return None
        found = _NEXT.match(text, end, end + _AFTER)
        if found is None:
            return None
        word = found["word"]
        is_past = self.verbs.forms.get(word) == "ed" and (is_object or word not in self.verbs.past_bases)
        is_past = is_past and word not in self.linking
        return word if is_past or (word in self.plural and not is_object) else None

    def _is_verb(self, word: str, lead: str) -> bool:
        form = self.verbs.forms.get(word, "ed" if _PAST.fullmatch(word) else None)
        if form is None or word in self.not_counting:
            return False
        if form == "ed":
            return True
        if form == "ing":
            return word not in self.verbs.noun_ings
        return word not in self.verbs.noun_forms or lead.lower() in self.leads

    def share_whole(self, text: str, left: Mention, right: Mention) -> None:
        """80 of 100 seats, 61 of parliament's 120 seats: the part is counted like the whole."""
        if right.unit is None or right.unit.kind != "count" or right.start - left.end > _MAX_WHOLE:
            return
        if left.rule != "loose" or left.value is None or right.value is None or left.value > right.value:
            return
        if _WHOLE_GAP.fullmatch(text, left.end, right.start) is None:
            return
        left.unit, left.unit_text, left.rule = right.unit, right.unit_text, "count: <number> of <number> <noun>"
        left.is_minor = left.is_spelled and left.value < 10


_KINDRED = frozenset({"bare: <number> more", "bare: <number> <participle>", "bare: it is <number>"})
