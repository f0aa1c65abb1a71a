"""What follows a number in English: scale, unit or counted noun, per share."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from transforms.claims.lexicon import load_units
from transforms.claims.mentions import Mention
from transforms.claims.numerals import parse_english
from transforms.claims.phrases import phrase_pattern

if TYPE_CHECKING:
    from transforms.claims.lexicon import Lexicon, Unit

_YEAR_LIKE = re.compile(r"(?:19|20)\d\d$")
_NEXT_WORD = re.compile(r"(?:[ \-–](?=[A-Za-z'])| (?=\d))([A-Za-z0-9'][\w'&-]*(?:\.[\w'&-]+)*)")
_CAPITALISED_BEFORE = re.compile(r"(?:^|[\s(“\"'])((?:[A-Z][\w’'&.-]*\s)*[A-Z][\w’'&.-]*|[A-Z][\w’'&.-]*)\s$")
_POINT_BEFORE = 90
_MAX_MULTIPLE = 200
_MIN_INDEX = 100
_MIN_IMPLIED = 10_000
# two and a half hours, three-and-a-quarter years
_AND_PART = re.compile(r"[\s-]and[\s-]an?[\s-](?P<part>half|quarter|third)\b|[\s-]and[\s-]three[\s-]quarters\b")
_PARTS = {"half": Decimal("0.5"), "quarter": Decimal("0.25"), "third": Decimal(1) / 3, None: Decimal("0.75")}
# 15 dollars 50, ten pounds fifty: coins without their name, where the clause ends
_COINS_AT = re.compile(r"\s(?:and\s)?(?P<coins>[1-9]\d|[a-z]+(?:-[a-z]+)?)(?=[.,;!?)]|$)")
_MAX_COINS = 100
_PER_REACH = 48
_BARE_REACH = 16
_STERLING_REACH = 30
_LEVEL_BEFORE = re.compile(r"\b(?:to|at|near|above|below)\s(?:a\s[\w\s]{1,12}\s)?$")
_MODEL_BEFORE = re.compile(r"[A-Za-z]\d+[-–]$")
_DATES_BEFORE = re.compile(
    r"\b(?:in|of|by|since|from|until|for|that|the|to|through|during|late|early|mid)\s$", re.IGNORECASE
)


class EnglishAmounts:
    """Reads a number's scale, unit and counted noun; compiled over the English lexicon, stateless."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        data = lexicon.data
        units = load_units()
        self.digits: dict[str, int] = data["digits"]
        self.tens: dict[str, int] = data["tens"]
        self.scales: dict[str, int] = {**data["scales"], "dozen": 12}
        self.item = units["item"]
        self.letter_scales: dict[str, int] = data["letter_scales"]
        self.units = {surface.lower(): unit for surface, unit in lexicon.units.items() if unit.kind != "count"}
        self.letter_units = frozenset(surface for surface in lexicon.units if len(surface) == 1)
        # NOK, GWp, Wh: a word of the lexicon with capitals and no twin without is read only as it is written there.
        self.exact = {surface.lower() for surface in lexicon.units} - set(lexicon.units)
        self.numbering = frozenset(data["numbering"]["words"])
        self.nouns = {surface: unit for surface, unit in lexicon.units.items() if unit.kind == "count"}
        self.phrase_ends = frozenset(data["phrase_ends"]["words"])
        self.not_counted = frozenset(data["not_counted"]["words"])
        self.unit_at = re.compile(
            r"(?P<gap>\s?-\s?|\s)?(?P<bracket>[<{])?(?P<unit>"
            + phrase_pattern(self.units)
            + r")(?![a-z\d])(?(bracket)[>}])"
        ).match
        words = phrase_pattern(lexicon.denominators)
        not_per = phrase_pattern(data["not_per"]["words"])
        self.per_at = re.compile(
            rf"(?:\s(?:per|a|an|each|every)\s|\s?/\s?)(?P<per>{words})(?![a-z])(?!\s{not_per}\b)"
        ).match
        scale_words = phrase_pattern(data["scales"])
        self.scale_at = re.compile(rf"(?:\s?-\s?|\s)?(?P<scale>{scale_words})(?![a-z])").match
        self.letter_at = re.compile(rf"(?P<letter>{phrase_pattern(self.letter_scales)})(?![A-Za-z])").match
        self.multiple_at = re.compile(
            rf"\s(?:{phrase_pattern(data['times_of']['words'])}\b|[a-z]{{2,}}er\sthan\b)"
        ).match
        self.bare: dict[str, str] = {word: kind for kind, words in data["bare_numbers"].items() for word in words}
        self.bare_units = {"age": units["year"], "person": units["person"], "magnitude": units["richter"]}
        self.bare_before = re.compile(rf"\b(?P<word>{phrase_pattern(self.bare)})\s$").search
        nouns = phrase_pattern(data["each_before"]["nouns"])
        self.each_before = re.compile(
            rf"\b(?:{nouns}\sper\s(?P<per>{words})|(?P<share>{phrase_pattern(data['each_before']['share'])}))\b[^.;,\d$€£¥]*$"
        ).search
        self.sterling_before = re.compile(rf"\b{phrase_pattern(data['sterling']['words'])}\b").search
        self.time, self.score, self.pound = units["time"], units["score_point"], units["GBP"]
        self.index = units["point"]

    def read(
        self,
        text: str,
        lower: str,
        start: int,
        end: int,
        number: Decimal,
        rule: str,
        *,
        is_spelled: bool = False,
        sign: Unit | None = None,
    ) -> Mention | None:
        """The number at start:end with what follows it: scale, unit or counted noun, per share."""
        value, scale = number, Decimal(1)
        part = _AND_PART.match(lower, end) if sign is None else None
        if part is not None:
            value, end = value + _PARTS[part["part"]], part.end()
        scale_match = self.scale_at(lower, end)
        letter = None if scale_match else self.letter_at(text, end)
        if scale_match is not None:
            scale, end = Decimal(self.scales[scale_match["scale"]]), scale_match.end()
        elif letter is not None and not is_spelled and self._is_scale_letter(text, lower, letter, sign):
            scale, end = Decimal(self.letter_scales[letter["letter"]]), letter.end()
        elif not is_spelled and lower[end : end + 1].isalpha() and self.unit_at(lower, end) is None:
            return None  # 5G, 3D, 17th: part of a name or an ordinal
        value *= scale
        mention = Mention(start, end, value, rule, scale=scale, is_spelled=is_spelled, head_end=end)
        if text[end : end + 1] == "+" and not text[end + 1 : end + 2].isdigit():
            mention.comparator, mention.end = "ge", end + 1
        if sign is not None:
            mention.unit, mention.unit_text = sign, text[start:end].rstrip("0123456789.,")[:4].strip() or None
            mention.unit_text = re.match(r"\D*", text[start:end]).group().strip() or None  # type: ignore[union-attr]
            self._per(lower, mention)
            return mention
        self.attach_unit(text, lower, mention, mention.end)
        if mention.unit is None:
            self.count_noun(text, lower, mention)
        if mention.unit is None:
            self._bare(lower, mention)
        if mention.unit is None and not self._index_level(lower, mention):
            # 2.3 million, with no noun: what it counts is said elsewhere in the sentence
            mention.rule = "implied: <number> <scale>" if scale >= _MIN_IMPLIED else "loose"
        return mention

    def _bare(self, lower: str, mention: Mention) -> None:
        # aged 87, injured 64: the word before says what the number is of
        before = self.bare_before(lower, max(0, mention.start - _BARE_REACH), mention.start)
        if before is None or lower[mention.end : mention.end + 1] in {"-", "–", "/", ":"} or mention.scale != 1:
            return
        kind = self.bare[before["word"]]
        mention.unit, mention.rule = self.bare_units[kind], f"bare: <{kind} word> <number>"
        if kind == "age":
            mention.unit_text, mention.is_minor = "aged", True

    def _index_level(self, lower: str, mention: Mention) -> bool:
        # The S&P 500 rose 0.9 percent to 2,232.05
        if (
            mention.scale != 1
            or mention.value is None
            or mention.value < _MIN_INDEX
            or mention.value == int(mention.value)
        ):
            return False
        if not _LEVEL_BEFORE.search(lower, max(0, mention.start - 24), mention.start):
            return False
        around = lower[max(0, mention.start - 160) : mention.start]
        if not any(word in around for word in self.lexicon.data["index_words"]["words"]):
            return False
        mention.unit, mention.rule = self.index, "bare: to <index level>"
        return True

    def _is_scale_letter(self, text: str, lower: str, letter: re.Match[str], sign: Unit | None) -> bool:
        word = letter["letter"]
        if sign is not None or word in {"k", "K", "MM", "bn", "mn"}:
            return True
        # 5m users is five million, 5m alone five metres: a counted noun decides
        at = letter.end()
        for _ in range(2):  # 5m monthly users, 1.1m tonnes
            next_word = _NEXT_WORD.match(text, at)
            if next_word is None or next_word.group(1).lower() in self.phrase_ends:
                return False
            found = next_word.group(1).lower()
            if found in self.nouns or (found in self.units and len(found) > 1):
                return True
            at = next_word.end()
        return False

    def attach_unit(self, text: str, lower: str, mention: Mention, at: int) -> None:
        match = self.unit_at(lower, at)
        if match is None:
            return
        surface, gap = match["unit"], match["gap"] or ""
        if len(surface) == 1 and surface.isascii() and surface.isalpha():
            # "5 m" and "320 g" are measures; "5 G", "5G" and "7 l" are not
            written = text[match.start("unit")]
            if written not in self.letter_units or (gap and written not in {"g", "m", "x", "X"}):
                return
            if written in "xX" and mention.value is not None and mention.value >= _MAX_MULTIPLE:
                return  # 777x jets
        if surface in self.exact and text[match.start("unit") : match.end("unit")] not in self.lexicon.units:
            return
        unit = self.units[surface]
        number = mention.value if mention.value is not None else mention.low
        if surface == "won" and (mention.scale < 1000 and (number or 0) < 1000):
            return
        if unit.name == "pound_mass" and surface.startswith("pound") and self._is_sterling(lower, mention, match.end()):
            unit = self.pound
        if surface in {"second", "quarter"} and "-" not in gap and (number or 0) != 1:
            return
        if surface == "times":
            if not self.multiple_at(lower, match.end()):
                unit = self.time
        elif surface in {"point", "points"}:
            around = lower[max(0, mention.start - _POINT_BEFORE) : match.end() + 40]
            if not any(word in around for word in self.lexicon.data["index_words"]["words"][:-1]):
                unit = self.score
        mention.unit, mention.unit_text, mention.end, mention.head_end = (
            unit,
            text[match.start("unit") : match.end()],
            match.end(),
            match.end(),
        )
        for bound in ("value", "low", "high"):
            amount = getattr(mention, bound)
            if amount is not None:
                setattr(mention, bound, amount * unit.factor)
        if unit.kind == "money" and unit.factor == 1 and mention.scale == 1 and surface.isalpha():
            self._coins(lower, mention)
        self._per(lower, mention)

    def _is_sterling(self, lower: str, mention: Mention, end: int) -> bool:
        # a fine of 30 pounds, ten pounds fifty: money, not weight
        return (
            mention.scale >= 1_000_000
            or self.sterling_before(lower, max(0, mention.start - _STERLING_REACH), mention.start) is not None
            or ((coins := _COINS_AT.match(lower, end)) is not None and self._coin_value(coins["coins"]) is not None)
        )

    def _coin_value(self, raw: str) -> Decimal | None:
        value = Decimal(raw) if raw.isdigit() else parse_english(raw.split("-"), self.digits, self.tens, {})
        return value if value is not None and value < _MAX_COINS else None

    def _coins(self, lower: str, mention: Mention) -> None:
        coins = _COINS_AT.match(lower, mention.end)
        if coins is None or mention.value is None or mention.value != int(mention.value):
            return
        part = self._coin_value(coins["coins"])
        if part is not None:
            mention.value += part / _MAX_COINS
            mention.end = mention.head_end = coins.end()

    def _per(self, lower: str, mention: Mention) -> None:
        per = self.per_at(lower, mention.end)
        if per is None and mention.unit is not None and mention.unit.kind == "money" and mention.scale == 1:
            each = self.each_before(lower, max(0, mention.start - _PER_REACH), mention.start)
            if each is not None:
                mention.denominator = self.lexicon.denominators[each["per"]] if each["per"] else "share"
                return
        if per is not None and mention.unit is not None and mention.unit.kind in {"money", "measure"}:
            mention.denominator = self.lexicon.denominators[per["per"]]
            mention.end = mention.head_end = per.end()

    def count_noun(self, text: str, lower: str, mention: Mention) -> None:
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
        at = mention.end
        is_part = False  # 60 of the jets
        for step in range(1 if is_year_like else 6):
            match = _NEXT_WORD.match(text, at)
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
            if word in self.phrase_ends or word in self.not_counted:
                return
            if (
                step == 0
                and word.isdigit()
                and (unit_behind := self.unit_at(lower, match.end()))
                and unit_behind["gap"]
            ):
                return  # 50 50 dollar bills: the second number has a unit of its own
            unit = self.nouns.get(word)
            following = _NEXT_WORD.match(text, match.end())
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
                if step == 0 or "-" in text[mention.end : mention.end + 1]:
                    mention.end = match.end()
                mention.is_minor = (
                    mention.is_spelled and mention.value is not None and mention.value < 10 and mention.scale == 1
                )
                mention.rule = "count: <number> <noun>"
                return
            at = match.end()

    @staticmethod
    def _is_plural(word: str, written: str) -> bool:
        return (
            len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "'s", "ous"))
            and not (written[0].isupper() and not written.isupper())
        )  # fmt: skip

    def _names_something(self, text: str, start: int) -> bool:
        # Windows 11 devices, Boeing 737 jets: the number belongs to a name
        if _MODEL_BEFORE.search(text, max(0, start - 8), start):
            return True
        match = _CAPITALISED_BEFORE.search(text, max(0, start - 40), start)
        if match is None:
            return False
        words = match.group(1).split()
        last = words[-1].lower().rstrip(".")
        if last in self.numbering:
            return True
        if last in self.phrase_ends or last in self.lexicon.cues:
            return False
        is_sentence_start = match.start(1) == 0 or text[: match.start(1)].rstrip()[-1:] in '.!?:;”"'
        return not (len(words) == 1 and is_sentence_start)
