"""Finds numbers with their units in English text."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from transforms.claims.lexicon import Lexicon, Unit, load_lexicon, load_units
from transforms.claims.mentions import Mention
from transforms.claims.numerals import SLASH_FRACTION, URL, parse_english, parse_slash
from transforms.claims.phrases import phrase_pattern
from transforms.claims.sentences import lower_of

_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+"
_NOT_IN_NAME = r"(?<![A-Za-z\d_.#&@])(?<![A-Za-z][-–])(?<!\d[.:/])"
_YEAR_LIKE = re.compile(r"(?:19|20)\d\d$")
_NEXT_WORD = re.compile(r"(?:[ \-–](?=[A-Za-z'])| (?=\d))([A-Za-z0-9'][\w'&-]*(?:\.[\w'&-]+)*)")
_CAPITALISED_BEFORE = re.compile(r"(?:^|[\s(“\"'])((?:[A-Z][\w’'&.-]*\s)*[A-Z][\w’'&.-]*|[A-Z][\w’'&.-]*)\s$")
_MULTIPLE_AFTER = re.compile(
    r"\s(?:as|more|higher|larger|the|its|their|greater|faster|bigger|longer|earnings|sales|revenue|book|what|that|normal|lower|less|worse|better|likelier)\b"
)
_SPORT_OR_IN = re.compile(r"\s?(?:in|out of)\s(?:every\s)?")
_POINT_BEFORE = 90
_MAX_MULTIPLE = 200
_MIN_INDEX = 100
_LEVEL_BEFORE = re.compile(r"\b(?:to|at|near|above|below)\s(?:a\s[\w\s]{1,12}\s)?$")
_MODEL_BEFORE = re.compile(r"[A-Za-z]\d+[-–]$")
_DATES_BEFORE = re.compile(
    r"\b(?:in|of|by|since|from|until|for|that|the|to|through|during|late|early|mid)\s$", re.IGNORECASE
)


class EnglishScanner:
    """Compiled expressions over the English lexicon; `scan` is stateless."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        data = lexicon.data
        units = load_units()
        self.digits: dict[str, int] = data["digits"]
        self.tens: dict[str, int] = data["tens"]
        self.scales: dict[str, int] = {**data["scales"], "dozen": 12}
        self.letter_scales: dict[str, int] = data["letter_scales"]
        self.plural_scales: dict[str, int] = {**data["plural_scales"], "tens": 10}
        self.fractions: dict[str, Decimal] = {word: _ratio(text) for word, text in data["fractions"].items()}
        self.multiples: dict[str, Decimal] = {word: Decimal(str(value)) for word, value in data["multiples"].items()}
        self.words: dict[str, dict[str, str]] = data["words"]
        self.signs: dict[str, Unit] = {sign.lower(): units[name] for sign, name in data["currency_signs"].items()}
        self.units = {surface.lower(): unit for surface, unit in lexicon.units.items() if unit.kind != "count"}
        self.letter_units = frozenset(surface for surface in lexicon.units if len(surface) == 1)
        self.numbering = frozenset(data["numbering"]["words"])
        self.nouns = {surface: unit for surface, unit in lexicon.units.items() if unit.kind == "count"}
        self.phrase_ends = frozenset(data["phrase_ends"]["words"])
        self.not_counted = frozenset(data["not_counted"]["words"])
        self.unit_at = re.compile(r"(?P<gap>\s?-\s?|\s)?(?P<unit>" + phrase_pattern(self.units) + r")(?![a-z\d])").match
        words = phrase_pattern(lexicon.denominators)
        self.per_at = re.compile(rf"(?:\s(?:per|a|an|each|every)\s|\s?/\s?)(?P<per>{words})(?![a-z])").match
        scale_words = phrase_pattern(data["scales"])
        self.scale_at = re.compile(rf"(?:\s?-\s?|\s)?(?P<scale>{scale_words})(?![a-z])").match
        self.letter_at = re.compile(rf"(?P<letter>{phrase_pattern(self.letter_scales)})(?![A-Za-z])").match
        self.percent, self.times, self.item, self.rank = (units[n] for n in ("percent", "times", "item", "rank"))
        self.time, self.score, self.pound = units["time"], units["score_point"], units["GBP"]
        self.index = units["point"]
        ordinals = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
        self.ordinals = {word: place for place, word in enumerate(ordinals, 1)}
        ordinal = rf"(?:{phrase_pattern(ordinals[1:])}|\d{{1,3}}(?:st|nd|rd|th))"
        number_word = phrase_pattern([*self.digits, *self.tens, *data["scales"], "dozen"])
        fraction_word = phrase_pattern(self.fractions)
        plural = phrase_pattern(self.plural_scales)
        self.spelled_words = re.compile(rf"{number_word}(?![a-z])")
        self.candidate = re.compile(
            rf"""
            (?<![a-z\d])(?P<mask>{phrase_pattern(data["masks"]["words"])})(?![a-z\d]) | (?P<url>{URL})
          | (?<![a-z\d])(?P<word>{phrase_pattern(self.words)})(?![a-z])
          | (?<![a-z])(?P<sign>{phrase_pattern(self.signs)})\s?(?P<amount>{_DIGITS})
          | {_NOT_IN_NAME}(?P<slash>(?:\d{{1,4}}\s)?\d{{1,2}}/\d{{1,2}})(?![\d/.])
          | {_NOT_IN_NAME}(?P<plain>{_DIGITS})(?!\.?\d)(?!:\d)
          | (?<![a-z\d])(?P<multiple>{phrase_pattern(self.multiples)})(?![a-z])
          | (?<![a-z\d])(?P<numerator>a|an|one|two|three|four|five|six|seven|nine)[\s-](?P<denominator>{fraction_word})(?![a-z])
          | (?<![a-z\d-])(?P<half>half)(?=\s(?:of|the|its|their|a|an|all|our|his|her|that|as)\b)
          | (?<![a-z\d])(?P<rank>(?:no\.|number|\#)\s?(?P<rank_value>\d{{1,3}}|one|two|three|four|five)|(?P<ordinal>{ordinal})(?=[\s-](?:highest|largest|biggest|lowest|fastest|richest|smallest|worst|busiest|youngest|oldest|most|best)\b)|(?:ranked|ranks|rank|ranking)\s(?P<ranked>{ordinal})|(?P<top>top\s?(?P<top_value>\d{{1,3}}|five|ten|three|two|four|twenty)))(?![a-z\d])
          | (?<![a-z\d])(?P<plural>{plural}(?:\sof\s{plural})*)(?![a-z])
          | (?<![a-z\d])an?\s(?P<article>(?:few\s)?(?:hundred|thousand|million|billion|trillion|dozen))(?![a-z])
          | (?<![a-z\d])(?P<several>(?:several|a\scouple(?:\sof)?)\s(?:hundred|thousand|million|billion|dozen))(?![a-z])
          | (?<![a-z\d])(?P<spelled>{number_word}(?:(?:\sand\s|[\s-]){number_word})*)(?![a-z])
            """,
            re.VERBOSE,
        )

    def scan(self, text: str) -> list[Mention]:
        """Numbers of the folded text in order; those without a unit too, for ranges and lists to use."""
        lower = lower_of(text)
        found: list[Mention] = []
        position = 0
        search = self.candidate.search
        while match := search(lower, position):
            mention = self._read(text, lower, match)
            position = match.end()
            if mention is not None:
                found.append(mention)
                position = max(position, mention.end)
        return found

    def _read(self, text: str, lower: str, match: re.Match[str]) -> Mention | None:
        if match["mask"] or match["url"]:
            return None
        start, end = match.span()
        if match["slash"]:
            return self._slash(text, lower, match)
        if match["plain"]:
            return self._quantity(text, lower, start, end, Decimal(match["plain"].replace(",", "")), "number")
        if match["amount"]:
            value = Decimal(match["amount"].replace(",", ""))
            return self._quantity(
                text, lower, start, end, value, "money: <sign> <number>", sign=self.signs[match["sign"]]
            )
        if match["spelled"]:
            return self._spelled(text, lower, match)
        if match["multiple"]:
            return self._multiple(lower, match)
        if match["numerator"]:
            return self._fraction(lower, match)
        if match["half"]:
            return self._half(text, lower, match)
        if match["plural"]:
            return self._plural(text, lower, match)
        if match["article"]:
            scale = Decimal(self.scales[match["article"].split()[-1]])
            return self._quantity(text, lower, start, end, scale, "number", is_spelled=True)
        if match["several"]:
            scale = Decimal(self.scales[match["several"].split()[-1]])
            mention = self._quantity(text, lower, start, end, scale, "vague: several <scale>", is_spelled=True)
            if mention is not None and mention.value is not None:
                is_couple = "couple" in match["several"]
                mention.value, mention.low = (mention.value * 2, None) if is_couple else (None, mention.value * 2)
                mention.comparator = "approx" if is_couple else "range"
            return mention
        if match["rank"]:
            return self._rank(lower, match)
        return self._word(match) if match["word"] else None

    def _slash(self, text: str, lower: str, match: re.Match[str]) -> Mention | None:
        # 1/2 cup, 10 1/2 miles, 3/4 of voters; 9/11 and 1/2/2021 are dates
        found = SLASH_FRACTION.fullmatch(match["slash"])
        value = parse_slash(found) if found is not None else None
        if value is None:
            return None
        start, end = match.span("slash")
        if re.match(r"\s(?:of|the)\b", lower[end : end + 5]):
            return Mention(start, end, value, "fraction: <n>/<m>", self.times, None, is_spelled=True, role="share")
        mention = self._quantity(text, lower, start, end, value, "fraction: <n>/<m> <unit>", is_spelled=True)
        return mention if mention is not None and mention.unit is not None else None

    def _word(self, match: re.Match[str]) -> Mention:
        row = self.words[match["word"]]
        return Mention(
            match.start(), match.end(), None, f"word: {match['word']}", self.item, None,
            low=Decimal(row["low"]), high=Decimal(row["high"]), comparator="range", kind="digits", is_spelled=True,
        )  # fmt: skip

    def _rank(self, lower: str, match: re.Match[str]) -> Mention | None:
        raw = match["rank_value"] or match["top_value"]
        ordinal = match["ordinal"] or match["ranked"]
        if ordinal:
            place = self.ordinals.get(ordinal) or int(ordinal[:-2])
            start, end = match.span("ordinal" if match["ordinal"] else "ranked")
            return Mention(start, end, Decimal(place), "rank: number <n>", self.rank, None, is_spelled=True)
        value = Decimal(raw) if raw.isdigit() else Decimal({**self.digits, **self.tens}[raw])
        if match["top"]:
            return Mention(match.start(), match.end(), value, "rank: top <number>", self.rank, "top", comparator="le")
        return Mention(
            match.start(), match.end(), value, "rank: number <n>", self.rank, None, is_spelled=not (raw or "").isdigit()
        )

    def _multiple(self, lower: str, match: re.Match[str]) -> Mention | None:
        word = match["multiple"]
        value = self.multiples[word]
        after = lower[match.end() : match.end() + 12]
        if word in {"double", "triple", "quadruple", "doubles", "triples"}:
            # the verb, not a double room: an object or a rate of growth follows
            if not re.match(
                r"\s(?:the|its|their|his|her|our|that|what|in|from|to|by|last|revenue|sales|output|production|capacity)\b",
                after,
            ):
                return None
        if word == "twice" and not re.match(r"\s(?:as|the|its|their|that|what|his|her|last|more|their)\b", after):
            return None
        is_change = word.endswith(("ed", "ing")) or word in {
            "double",
            "triple",
            "doubles",
            "triples",
            "quadruple",
            "halves",
        }
        change = None
        if is_change or word.endswith("fold"):
            change = "decrease" if value < 1 else "increase"
        change_pct = (value - 1) * 100 if is_change else None
        return Mention(
            match.start(), match.end(), value, f"word: {word}", self.times, None, kind="multiple", is_spelled=True,
            role="change" if is_change else None, change=change if is_change else None, change_pct=change_pct,
        )  # fmt: skip

    def _fraction(self, lower: str, match: re.Match[str]) -> Mention | None:
        numerator, word = match["numerator"], match["denominator"]
        after = lower[match.end() : match.end() + 10]
        before = lower[max(0, match.start() - 16) : match.start()]
        if numerator in {"a", "an", "one"} and word != "half":
            # an ordinal or a quarter of the year, unless it is a part of something
            if not (
                re.match(r"\s(?:of|as)\b", after)
                or re.search(r"(?:by|than|about|nearly|almost|over|around|roughly|up|down|least)\s(?:an?\s)?$", before)
            ):
                return None
        count = {"a": 1, "an": 1}.get(numerator) or self.digits[numerator]
        if re.match(r"\s(?:an?\s)?(?:hour|year|day|month|dozen|million|billion|mile|century)s?\b", after):
            return None
        value = count * self.fractions[word]
        role = (
            "share"
            if value < 1 and (re.match(r"\s(?:of|the)\b", after) or numerator in {"two", "three", "four"})
            else None
        )
        return Mention(
            match.start(), match.end(), value, "fraction: <n> parts of", self.times, None, is_spelled=True, role=role
        )

    def _half(self, text: str, lower: str, match: re.Match[str]) -> Mention | None:
        scaled = re.compile(
            r"\s(?:an?\s)(million|billion|trillion|dozen|percent|century|year|hour|day|month|mile)\b"
        ).match(lower, match.end())
        if scaled is None:
            if not re.match(r"\s(?:of|the|its|their|all|our|his|her|that|as)\b", lower[match.end() : match.end() + 8]):
                return None
            return Mention(
                match.start(),
                match.end(),
                Decimal("0.5"),
                "fraction: half",
                self.times,
                None,
                is_spelled=True,
                role="share",
            )
        word = scaled.group(1)
        if word in self.scales:
            return self._quantity(
                text,
                lower,
                match.start(),
                scaled.end(),
                Decimal(self.scales[word]) / 2,
                "number: half a <scale>",
                is_spelled=True,
            )
        return self._quantity(
            text, lower, match.start(), scaled.start(1) - 1, Decimal("0.5"), "number: half a <unit>", is_spelled=True
        )

    def _plural(self, text: str, lower: str, match: re.Match[str]) -> Mention | None:
        # dozens, hundreds of thousands of dollars
        value = Decimal(1)
        for word in match["plural"].split(" of "):
            value *= self.plural_scales[word]
        if value < 12 or match["plural"] == "scores":
            return None
        end = match.end()
        mention = Mention(
            match.start(),
            end,
            None,
            "vague: <plural scale>",
            low=value * 2,
            comparator="range",
            scale=value,
            is_spelled=True,
            head_end=end,
        )
        of = re.compile(r"\s(?:of\s)?").match(lower, end)
        if of is not None and of.end() > end:
            self._attach_unit(text, lower, mention, of.end() - 1)
        if mention.unit is None:
            self._count_noun(text, lower, mention)
            if mention.unit is not None and of is not None and text[mention.end : of.end()] == " of ":
                mention.end = mention.head_end  # dozens of stores
        if mention.unit is None and " of " in match["plural"]:
            mention.unit = self.item  # tens of millions watched
        return mention if mention.unit is not None else None

    def _spelled(self, text: str, lower: str, match: re.Match[str]) -> Mention | None:
        words = [w for w in re.split(r"[\s-]+", match["spelled"]) if w != "and"]
        start, end = match.span("spelled")
        value = parse_english(words, self.digits, self.tens, self.scales)
        while value is None and len(words) > 1:  # "one two": the first word alone
            words.pop()
            last = self.spelled_words.match(lower, start)
            assert last is not None
            end, value = last.end(), parse_english(words[:1], self.digits, self.tens, self.scales)
            words = words[:1]
        if value is None or words[0] in {"hundred", "thousand", "million", "billion", "trillion", "dozen"}:
            return None
        out_of = _SPORT_OR_IN.match(lower, end)
        if out_of is not None and value < 100:
            ratio = self._ratio(lower, start, out_of.end(), value)
            if ratio is not None:
                return ratio
        mention = self._quantity(text, lower, start, end, value, "number", is_spelled=True)
        if mention is not None and words == ["one"] and (mention.unit is None or mention.unit.kind == "count"):
            return None
        return mention

    def _ratio(self, lower: str, start: int, whole_at: int, value: Decimal) -> Mention | None:
        # one in five, 1 in 3, three out of four
        match = re.compile(r"\d{1,4}(?![\d.,]*\d)|[a-z]+").match(lower, whole_at)
        if match is None:
            return None
        raw = match.group()
        whole = int(raw) if raw.isdigit() else self.digits.get(raw) or self.tens.get(raw) or {"hundred": 100}.get(raw)
        if not whole or value >= whole or whole > 1000:
            return None
        if re.match(
            r"\s(?:years|months|weeks|days|games|matches|hours|minutes|seconds|quarters|seasons|attempts|starts)\b",
            lower[match.end() : match.end() + 10],
        ):
            return None
        return Mention(
            start, match.end(), value / whole, "fraction: <n> in <m>", self.times, None, is_spelled=True, role="share"
        )

    # ------------------------------------------------------------ number → unit

    def _quantity(
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
        if not is_spelled and sign is None and number < 100:
            out_of = _SPORT_OR_IN.match(lower, end)
            ratio = self._ratio(lower, start, out_of.end(), value) if out_of is not None else None
            if ratio is not None:
                return ratio
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
        self._attach_unit(text, lower, mention, mention.end)
        if mention.unit is None:
            self._count_noun(text, lower, mention)
        if mention.unit is None and not self._index_level(lower, mention):
            mention.rule = "loose"
        return mention

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
        next_word = _NEXT_WORD.match(text, letter.end())
        return next_word is not None and next_word.group(1).lower() in self.nouns

    def _attach_unit(self, text: str, lower: str, mention: Mention, at: int) -> None:
        match = self.unit_at(lower, at)
        if match is None:
            return
        surface, gap = match["unit"], match["gap"] or ""
        if len(surface) == 1 and surface.isalpha():
            # "5 m" and "320 g" are measures; "5 G", "5G" and "7 l" are not
            written = text[match.start("unit")]
            if written not in self.letter_units or (gap and written not in {"g", "m", "x", "X"}):
                return
            if written in "xX" and mention.value is not None and mention.value >= _MAX_MULTIPLE:
                return  # 777x jets
        unit = self.units[surface]
        number = mention.value if mention.value is not None else mention.low
        if surface == "won" and (mention.scale < 1000 and (number or 0) < 1000):
            return
        if unit.name == "pound_mass" and surface.startswith("pound") and mention.scale >= 1_000_000:
            unit = self.pound
        if surface in {"second", "quarter"} and "-" not in gap and (number or 0) != 1:
            return
        if surface == "times":
            if not _MULTIPLE_AFTER.match(lower, match.end()):
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
        if unit.kind == "money" and surface in {"dollar", "dollars"}:
            cents = re.compile(r"\sand\s([a-z-]+|\d\d?)\scents?\b").match(lower, mention.end)
            if cents is not None and mention.value is not None:
                raw = cents.group(1)
                part = (
                    Decimal(raw)
                    if raw.isdigit()
                    else parse_english(raw.split("-"), self.digits, self.tens, self.scales)
                )
                if part is not None:
                    mention.value, mention.end = mention.value + part / 100, cents.end()
        self._per(lower, mention)

    def _per(self, lower: str, mention: Mention) -> None:
        per = self.per_at(lower, mention.end)
        if per is not None and mention.unit is not None and mention.unit.kind in {"money", "measure"}:
            mention.denominator = self.lexicon.denominators[per["per"]]
            mention.end = mention.head_end = per.end()

    def _count_noun(self, text: str, lower: str, mention: Mention) -> None:
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
            if word in self.phrase_ends or word in self.not_counted:
                return
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
                is_singular = not word.endswith("s") and f"{word}s" in self.nouns
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
                if step == 0:
                    mention.end = match.end()
                elif "-" in text[mention.end : mention.end + 1]:
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


def _ratio(text: str) -> Decimal:
    numerator, _, denominator = text.partition("/")
    return Decimal(numerator) / Decimal(denominator) if denominator else Decimal(numerator)


@cache
def english_scanner() -> EnglishScanner:
    """The scanner over en.toml, built at first use."""
    return EnglishScanner(load_lexicon("en"))
