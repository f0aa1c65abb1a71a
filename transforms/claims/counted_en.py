"""What a bare number counts in English: 30 jets, 60 of the planes, a 112-page report, 40 Airbus A350s."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from transforms.claims.lexicon import load_units
from transforms.claims.phrases import phrase_pattern
from transforms.claims.verbs_en import english_verbs

if TYPE_CHECKING:
    from collections.abc import Callable

    from transforms.claims.lexicon import Lexicon, Unit
    from transforms.claims.mentions import Mention

_YEAR_LIKE = re.compile(r"(?:19|20)\d\d$")
# The next word of a noun phrase
NEXT_WORD = re.compile(r"(?:[ \-–](?=[A-Za-z'])| (?=\d))([A-Za-z0-9'][\w'&-]*(?:\.[\w'&-]+)*)")
_CAPITALISED_BEFORE = re.compile(r"(?:^|[\s(“\"'])((?:[A-Z][\w’'&.-]*\s)*[A-Z][\w’'&.-]*|[A-Z][\w’'&.-]*)\s$")
# TEUs, EVs
_ACRONYMS = re.compile(r"[A-Z]{2,5}s")
# iPhone 13 costs, eBay 9
_INNER_CAPITAL_BEFORE = re.compile(r"\b[a-z]{1,2}[A-Z]\w*\s$")
_OPENING_WORD = re.compile(r"(?:^|[.!?:]\s|[“\"\n])(?:The\s)?(?P<word>[A-Z][a-z]+)\s$")
_VERB_AT = re.compile(r"\s(?:on|with|at|from|in|as|a|an|the|its|[$€£]\d)")
_JOINED_KIND = re.compile(r"\sand\s[a-z-]+(?<!ed)\s[a-z]{3,}s\b")
_CROWN_REACH = 400
_MODEL_BEFORE = re.compile(r"[A-Za-z]\d+[-–]$")
# E175s, A350-900: names of models, counted like nouns
_MODEL = re.compile(r"[A-Z]{1,3}-?\d{2,4}[\w-]*")
_DATES_BEFORE = re.compile(
    r"\b(?:in|of|by|since|from|until|for|that|the|to|through|during|late|early|mid)\s$", re.IGNORECASE
)


class CountedNouns:
    """Reads the noun phrase behind a number; compiled over the English lexicon, stateless."""

    def __init__(self, lexicon: Lexicon, unit_at: Callable[[str, int], re.Match[str] | None]) -> None:
        data = lexicon.data
        units = load_units()
        self.lexicon = lexicon
        self.unit_at = unit_at
        self.item, self.aircraft = units["item"], units["aircraft"]
        self.numbering = frozenset(data["numbering"]["words"])
        self.nouns = {surface: unit for surface, unit in lexicon.units.items() if unit.kind == "count"}
        self.phrase_ends = frozenset(data["phrase_ends"]["words"])
        self.not_counted = frozenset(data["not_counted"]["words"])
        self.verbs = english_verbs()
        counted = lexicon.data["counted"]
        self.foreseen = re.compile(
            rf"\s{phrase_pattern(counted['forecasters'])}\s{phrase_pattern(counted['foresaw'])}\b"
        ).match
        counted = data["counted"]
        self.hyphenated = frozenset(counted["hyphenated"])
        self.makers = frozenset(counted["aircraft_makers"])
        self.results = frozenset(counted["results"])
        self.crowns: dict[str, Unit] = {
            word: units[name] for name, words in counted["crowns"].items() for word in words
        }
        self.crown_country = re.compile(rf"\b{phrase_pattern(self.crowns)}").findall

    def read(self, text: str, lower: str, mention: Mention) -> None:
        """Reads the noun phrase behind a bare number: 30 jets, 1,000 maintenance workers, 60 of the planes."""
        number = text[mention.start : mention.end]
        is_year_like = bool(_YEAR_LIKE.match(number)) and mention.scale == 1
        if (
            not mention.is_spelled
            and mention.scale == 1
            and "," not in number
            and self._names_something(text, mention.start)
        ):
            return
        if text[max(0, mention.start - 4) : mention.start].lower() == "the " and self.foreseen(lower, mention.end):
            return
        at = mention.end
        is_part = False  # 60 of the jets
        for step in range(1 if is_year_like else 6):
            match = NEXT_WORD.match(text, at)
            if match is None:
                return
            word = match.group(1).lower().rstrip(".")
            if word == "of" and step == 0:
                skip = re.compile(r"\sof(?:\s(?:the|its|their|our|these|those|his|her|[A-Z][\w’]*['’]s))?").match(
                    text, at
                )
                at = skip.end() if skip is not None else match.end()
                is_part = True
                continue
            if word == "more" and step == 0 and text[at] == " ":  # 30 more jets
                at = match.end()
                continue
            if word == "plus" and step == 0:  # 300-plus customers
                mention.comparator, at = "ge", match.end()
                continue
            if word == "and" and step and _JOINED_KIND.match(text, at):
                at = match.end()  # 1,000 maintenance and cleaning workers
                continue
            if word in self.phrase_ends or word in self.not_counted:
                return
            if step and word.isdigit():
                return  # a row of numbers; 30 737 jets has one behind the first
            if (
                step == 0
                and word.isdigit()
                and (unit_behind := self.unit_at(lower, match.end()))
                and unit_behind["gap"]
            ):
                return  # 50 50 dollar bills: the second number has a unit of its own
            unit = self.nouns.get(word) or self._counted(text, match, step)
            if word == "crowns":
                unit = self._crowns(lower, match.end())
            following = NEXT_WORD.match(text, match.end())
            if (
                unit is not None
                and following is not None
                and text[match.end()] in " -"
                and (following.group(1).lower() in self.nouns)
            ):
                at = match.end()  # "5 company cars": the last noun of the phrase is counted
                continue
            if (
                unit is None
                and self._is_plural(word, match.group(1))
                and not (following is not None and self._is_plural(following.group(1).lower(), following.group(1)))
            ):
                unit = self.item
            if unit is not None and not step and self._is_verb(text, mention.start, match):
                return
            if unit is not None:
                if is_year_like and (
                    unit is self.item or _DATES_BEFORE.search(text, max(0, mention.start - 8), mention.start)
                ):
                    return
                is_singular = not word.endswith("s") and not match.group(1).isupper() and f"{word}s" in self.nouns
                if (
                    is_singular
                    and not is_part
                    and text[mention.end : mention.end + 1] != "-"
                    and mention.value != 1
                    and mention.scale == 1
                ):
                    return  # a 737 Max jet: the number is a name
                mention.unit, mention.unit_text = unit, match.group(1)
                mention.head_end = match.end()
                if (step == 0 and word not in self.makers) or "-" in text[mention.end : mention.end + 1]:
                    mention.end = match.end()
                mention.is_minor = (
                    mention.is_spelled
                    and mention.value is not None
                    and mention.value < 10
                    and mention.scale == 1
                    and word not in self.results
                )
                mention.rule = "count: <number> <noun>"
                return
            at = match.end()

    def _is_verb(self, text: str, start: int, match: re.Match[str]) -> bool:
        # Windows 11 runs on: a capital opens the sentence, and what looks like a plural says what the thing does
        if self.verbs.forms.get(match.group(1)) != "s" or not _VERB_AT.match(text, match.end()):
            return False
        before = _OPENING_WORD.search(text, max(0, start - 24), start)
        return before is not None and before["word"].lower() not in self.verbs.forms

    def _counted(self, text: str, match: re.Match[str], step: int) -> Unit | None:
        # a 14,000-patient trial, a 112-page report, 40 Airbus A350s, 60 E175s
        written = match.group(1)
        word = written.lower()
        if step == 0 and text[match.start()] == "-":
            return self.nouns.get(f"{word}s") or (self.item if word in self.hyphenated else None)
        if word in self.makers:
            return self.aircraft
        return self.item if _MODEL.fullmatch(written) and written.endswith("s") else None

    def _crowns(self, lower: str, end: int) -> Unit | None:
        # 14 billion crowns are Swedish where the text says so nearest before, or just behind
        near = self.crown_country(lower, max(0, end - _CROWN_REACH), end) or self.crown_country(
            lower, end, end + _CROWN_REACH
        )
        return self.crowns[near[-1]] if near else None

    @staticmethod
    def _is_plural(word: str, written: str) -> bool:
        return _ACRONYMS.fullmatch(written) is not None or (
            len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "'s", "ous"))
            and not (written[0].isupper() and not written.isupper())
        )  # fmt: skip

    def _names_something(self, text: str, start: int) -> bool:
        # Windows 11 devices, Boeing 737 jets: the number belongs to a name
        if _MODEL_BEFORE.search(text, max(0, start - 8), start):
            return True
        if text[start - 2 : start - 1].isalpha() and _INNER_CAPITAL_BEFORE.search(text, max(0, start - 16), start):
            return True
        match = _CAPITALISED_BEFORE.search(text, max(0, start - 40), start)
        if match is None:
            return False
        words = match.group(1).split()
        last = words[-1].lower().rstrip(".")
        if last in self.numbering:
            return True
        if last.endswith(("'s", "’s")):
            return False  # the Storting's 169 seats
        if last in self.phrase_ends or last in self.lexicon.cues:
            return False
        is_sentence_start = match.start(1) == 0 or text[: match.start(1)].rstrip()[-1:] in '.!?:;”"'
        return not (len(words) == 1 and is_sentence_start)
