"""Finds numbers with their units in English text."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from transforms.claims.amounts_en import EnglishAmounts
from transforms.claims.lexicon import Lexicon, Unit, load_lexicon, load_units
from transforms.claims.mentions import Mention
from transforms.claims.numerals import SLASH_FRACTION, URL, parse_english, parse_slash
from transforms.claims.phrases import phrase_pattern
from transforms.claims.sentences import lower_of

_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+"
_NOT_IN_NAME = r"(?<![A-Za-z\d_.#&@])(?<![A-Za-z][-–])(?<!\d[.:/])"
_BARE_VERBS = frozenset({"double", "triple", "quadruple", "doubles", "triples"})
_VERB_OBJECT = re.compile(
    r"\s(?:the|its|their|his|her|our|that|what|in|from|to|by|last|revenue|sales|output|production|capacity)\b"
)
_PART_BEFORE = re.compile(r"(?:by|than|about|nearly|almost|over|around|roughly|up|down|least)\s(?:an?\s)?$")
_OUT_OF = re.compile(r"\s?(?:in|out of)\s(?:every\s)?")


class EnglishScanner:
    """Compiled expressions over the English lexicon; `scan` is stateless."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        data = lexicon.data
        self.amounts = EnglishAmounts(lexicon)
        units = load_units()
        self.digits: dict[str, int] = data["digits"]
        self.tens: dict[str, int] = data["tens"]
        self.scales: dict[str, int] = {**data["scales"], "dozen": 12}
        self.plural_scales: dict[str, int] = {**data["plural_scales"], "tens": 10}
        self.fractions: dict[str, Decimal] = {word: _ratio(text) for word, text in data["fractions"].items()}
        self.multiples: dict[str, Decimal] = {word: Decimal(str(value)) for word, value in data["multiples"].items()}
        self.words: dict[str, dict[str, str]] = data["words"]
        self.signs: dict[str, Unit] = {sign.lower(): units[name] for sign, name in data["currency_signs"].items()}
        self.percent, self.times, self.item, self.rank = (units[n] for n in ("percent", "times", "item", "rank"))
        ordinals = data["ordinals"]["words"]
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
          | (?<![a-z\d])(?P<numerator>a|an|one|two|three|four|five|six|seven|nine)[\s-]
            (?P<denominator>{fraction_word})(?![a-z])
          | (?<![a-z\d-])(?P<half>half)(?=\s(?:of|the|its|their|a|an|all|our|his|her|that|as)\b)
          | (?<![a-z\d])(?P<rank>
                (?:no\.|number|\#)\s?(?P<rank_value>\d{{1,3}}|one|two|three|four|five)
              | (?P<ordinal>{ordinal})(?=[\s-]{phrase_pattern(data["superlatives"]["words"])}\b)
              | (?:ranked|ranks|rank|ranking)\s(?P<ranked>{ordinal})
              | (?P<top>top\s?(?P<top_value>\d{{1,3}}|two|three|four|five|ten|twenty))
            )(?![a-z\d])
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
            out_of = _OUT_OF.match(lower, end)
            if out_of is not None and (
                ratio := self._ratio(lower, start, out_of.end(), Decimal(match["plain"].replace(",", "")))
            ):
                return ratio
            return self.amounts.read(text, lower, start, end, Decimal(match["plain"].replace(",", "")), "number")
        if match["amount"]:
            value = Decimal(match["amount"].replace(",", ""))
            return self.amounts.read(
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
            return self.amounts.read(text, lower, start, end, scale, "number", is_spelled=True)
        if match["several"]:
            scale = Decimal(self.scales[match["several"].split()[-1]])
            mention = self.amounts.read(text, lower, start, end, scale, "vague: several <scale>", is_spelled=True)
            if mention is not None and mention.value is not None:
                is_couple = "couple" in match["several"]
                mention.value, mention.low = (mention.value * 2, None) if is_couple else (None, mention.value * 2)
                mention.comparator = "approx" if is_couple else "range"
            return mention
        if match["rank"]:
            return self._rank(match)
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
        mention = self.amounts.read(text, lower, start, end, value, "fraction: <n>/<m> <unit>", is_spelled=True)
        return mention if mention is not None and mention.unit is not None else None

    def _word(self, match: re.Match[str]) -> Mention:
        row = self.words[match["word"]]
        return Mention(
            match.start(), match.end(), None, f"word: {match['word']}", self.item, None,
            low=Decimal(row["low"]), high=Decimal(row["high"]), comparator="range", kind="digits", is_spelled=True,
        )  # fmt: skip

    def _rank(self, match: re.Match[str]) -> Mention | None:
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
        # the verb, not a double room: an object or a rate of growth follows
        if word in _BARE_VERBS and not _VERB_OBJECT.match(after):
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
        # an ordinal or a quarter of the year, unless it is a part of something
        is_part = re.match(r"\s(?:of|as)\b", after) or _PART_BEFORE.search(before)
        if numerator in {"a", "an", "one"} and word != "half" and not is_part:
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
            return self.amounts.read(
                text,
                lower,
                match.start(),
                scaled.end(),
                Decimal(self.scales[word]) / 2,
                "number: half a <scale>",
                is_spelled=True,
            )
        return self.amounts.read(
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
            self.amounts.attach_unit(text, lower, mention, of.end() - 1)
        if mention.unit is None:
            self.amounts.count_noun(text, lower, mention)
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
        out_of = _OUT_OF.match(lower, end)
        if out_of is not None and value < 100:
            ratio = self._ratio(lower, start, out_of.end(), value)
            if ratio is not None:
                return ratio
        mention = self.amounts.read(text, lower, start, end, value, "number", is_spelled=True)
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


def _ratio(text: str) -> Decimal:
    numerator, _, denominator = text.partition("/")
    return Decimal(numerator) / Decimal(denominator) if denominator else Decimal(numerator)


@cache
def english_scanner() -> EnglishScanner:
    """The scanner over en.toml, built at first use."""
    return EnglishScanner(load_lexicon("en"))
