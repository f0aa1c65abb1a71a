"""Numbers without a unit of their own: stood at 420,000, up from 16, past 150 to the dollar, ROI做到4.2."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.languages import english_bare_counts
from transforms.claims.lexicon import load_lexicon, load_units
from transforms.claims.phrases import phrase_pattern

if TYPE_CHECKING:
    from transforms.claims.mentions import Mention

_LOOKBEHIND = 40
_MAX_LINK = 70
_MAX_APART = 20
_MIN_PLAIN = 100
_MIN_FURTHER = 2
_MIN_ENDS = 10
_MAX_RANGE = 3
_RANGE_GAP = re.compile(r"\s?(?:to|-|–|and)\s?")
_FROM = re.compile(r"\bfrom\s(?:about\s|around\s)?$", re.IGNORECASE)
_GLUED = frozenset("-–/.:$€£¥")
_YEAR = re.compile(r"(?:19|20)\d\d")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_LINKABLE = frozenset({"count", "percent", "percentage_point", "index", "money", "measure", "duration", "multiple"})
_SENTENCE_END = re.compile(r"[.!?]\s+[A-Z“\"]|[。！？\n;；]")


class LooseReader:
    """Tells which bare numbers of a language are claims, and in what unit; compiled over its lexicon."""

    def __init__(self, language: str) -> None:
        self.language = language
        lexicon = load_lexicon(language)
        words = lexicon.data["loose"]
        units = load_units()
        self.units = {name: units[name] for name in ("item", "point", "times")}
        joint = r"\b" if language == "en" else ""
        self.grew_to = (
            re.compile(rf"\b{lexicon.verbs_of_change()}\sto\s?$", re.IGNORECASE).search if language == "en" else None
        )
        after = phrase_pattern(words["after"])
        self.after = re.compile(rf"\s?(?:$|[.,;:)\]”\"，。；、：）”\n—–])|\s?{after}{joint}", re.IGNORECASE).match
        self.link = re.compile(rf"{joint}{phrase_pattern(words['links'])}\s?$", re.IGNORECASE).search
        self.further = (
            re.compile(rf"\b{phrase_pattern(words['further'])}\s$", re.IGNORECASE).search
            if "further" in words
            else None
        )
        self.led = re.compile(rf"{joint}{phrase_pattern(words['before'])}\s?$", re.IGNORECASE).search
        multiples = words.get("multiples", [])
        self.multiple = re.compile(rf"{phrase_pattern(multiples)}[^，。；、\d]{{0,10}}$").search if multiples else None
        ranges = words.get("ranges", [])
        self.range_before = re.compile(rf"\b{phrase_pattern(ranges)}\s?$", re.IGNORECASE).search if ranges else None
        self.no_range_before = re.compile(rf"\b{phrase_pattern(words.get('not_ranges', ['']))}\s?$").search
        rates = words.get("exchange", {})
        self.currencies: dict[str, str] = rates.get("currencies", {})
        self.exchange = (
            re.compile(rf"\s(?:to|per|against)\sthe\s(?P<base>{phrase_pattern(self.currencies)})\b").match
            if rates
            else None
        )
        self.currency = (
            re.compile(rf"\b(?P<name>{phrase_pattern(self.currencies)})\b", re.IGNORECASE).findall if rates else None
        )
        self.indexes = (
            re.compile(rf"\b{phrase_pattern(words['indexes'])}(?:es)?\b", re.IGNORECASE).search
            if "indexes" in words
            else None
        )

    def read(self, text: str, mention: Mention, before: Mention | None) -> None:
        """Gives the mention a unit where its surroundings state one; `before` is the claim in front of it."""
        self._read(text, mention, before)
        if mention.unit is None and mention.rule == "loose" and self.language == "en" and not mention.is_spelled:
            english_bare_counts().read(text, mention, before)

    def _read(self, text: str, mention: Mention, before: Mention | None) -> None:
        if mention.rule != "loose" or mention.is_spelled or mention.value is None:
            return
        start, end = mention.start, mention.end
        if text[start - 2 : start] == "(-" and text[end : end + 1] == ")" and _GROUPED.fullmatch(text[start:end]):
            mention.unit, mention.rule = self.units["item"], "bare: (-<number>)"  # Alberta (-14,000)
            return
        if text[start - 1 : start] in {"-", "–", "/", ".", ":"} or text[end : end + 1] in {"-", "/", ":"}:
            return
        if self.multiple is not None and self.multiple(text, max(0, start - _LOOKBEHIND), start):
            mention.unit, mention.rule = self.units["times"], "bare: <ratio word> <number>"
            return
        if self._exchange(text, mention, before) or not self.after(text, end):
            return
        if before is not None and self._linked(text, mention, before):
            return
        raw = text[start:end]
        sentence = text[max(0, start - 160) : start].rpartition(". ")[2]
        is_index = self.indexes is not None and self.indexes(sentence) is not None
        is_plain = mention.value >= _MIN_PLAIN and mention.value == mention.value.to_integral_value()
        is_grown = self.grew_to is not None and self.grew_to(text, max(0, start - _LOOKBEHIND), start) is not None
        if self.further is not None and mention.value >= _MIN_FURTHER and self.further(text, max(0, start - 16), start):
            mention.unit = before.unit if before is not None and before.unit and before.unit.kind == "count" else None
            mention.unit, mention.rule = mention.unit or self.units["item"], "bare: a further <number>"
            return
        if _YEAR.fullmatch(raw):
            return
        is_likely = is_index or is_plain or is_grown or _GROUPED.fullmatch(raw)
        if is_likely and self.led(text, max(0, start - _LOOKBEHIND), start):
            mention.unit = self.units["point" if is_index else "item"]
            mention.rule = "bare: <level word> <number>"

    def join(self, text: str, left: Mention, right: Mention) -> Mention | None:
        """9,300 to 9,800, a goal of 77 to 85: a range of things counted, named elsewhere; else None."""
        if self.range_before is None or left.rule != "loose" or right.rule != "loose" or left.is_spelled:
            return None
        low, high = left.value, right.value
        if low is None or high is None or not low < high < low * _MAX_RANGE or not self.after(text, right.end):
            return None
        if not _RANGE_GAP.fullmatch(text, left.end, right.start) or text[left.start - 1 : left.start] in _GLUED:
            return None
        before = left.start - _LOOKBEHIND if left.start > _LOOKBEHIND else 0
        if self.no_range_before(text, before, left.start) or _FROM.search(text, before, left.start):
            return None
        is_grouped = "," in text[left.start : left.end] and "," in text[right.start : right.end]
        is_named = low >= _MIN_ENDS and self.range_before(text, before, left.start) is not None
        if not is_grouped and (not is_named or _YEAR.fullmatch(text[right.start : right.end])):
            return None
        return replace(
            right, start=left.start, value=None, low=low, high=high, comparator="range", unit=self.units["item"],
            rule="bare: <number> to <number>",
        )  # fmt: skip

    def _linked(self, text: str, mention: Mention, before: Mention) -> bool:
        """To 19 bps from 27, up from 16: a level of the same thing."""
        gap = text[before.end : mention.start]
        if before.unit is None or before.unit.kind not in _LINKABLE or len(gap) > _MAX_LINK:
            return False
        if _SENTENCE_END.search(gap) or any(ch.isdigit() for ch in gap) or not self.link(gap):
            return False
        assert mention.value is not None
        known = before.value if before.value is not None else before.high
        if _YEAR.fullmatch(text[mention.start : mention.end]) or not known:
            return False
        value = mention.value * before.unit.factor
        if not abs(known) / _MAX_APART < abs(value) < abs(known) * _MAX_APART:
            return False
        mention.unit, mention.value, mention.denominator = before.unit, value, before.denominator
        mention.rule, mention.is_minor = "bare: from <number>", before.is_minor  # aged 24 to 51
        return True

    def _exchange(self, text: str, mention: Mention, before: Mention | None) -> bool:
        """The yen weakened past 150 to the dollar."""
        if self.exchange is None or self.currency is None:
            return False
        found = self.exchange(text, mention.end)
        units = load_units()
        if found is not None:
            names = self.currency(text, max(0, mention.start - 120), mention.start)
            if names and names[-1].lower() != found["base"]:
                mention.unit = units[self.currencies[names[-1].lower()]]
                mention.denominator = self.currencies[found["base"]]
                mention.rule = "bare: <rate> to the <currency>"
                return True
        return False


@cache
def loose_reader(language: str) -> LooseReader:
    """The reader over a language's lexicon, built at first use."""
    return LooseReader(language)
