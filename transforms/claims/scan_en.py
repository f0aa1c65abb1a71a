"""Finds numbers with their units in English text."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from transforms.claims.amounts_en import EnglishAmounts
from transforms.claims.exclusions_en import EnglishExclusions
from transforms.claims.fractions_en import EnglishFractions
from transforms.claims.lexicon import Lexicon, Unit, load_units
from transforms.claims.mentions import Mention
from transforms.claims.multiples_en import EnglishMultiples
from transforms.claims.numerals import (
    LONG_DIGITS,
    SLASH_FRACTION,
    URL,
    VULGAR,
    parse_digits,
    parse_english,
    parse_slash,
)
from transforms.claims.phrases import phrase_pattern
from transforms.claims.ranks_en import EnglishRanks
from transforms.claims.sentences import lower_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+"
_NOT_IN_NAME = r"(?<![A-Za-z\d_.#&@])(?:(?<![A-Za-z][-–])|(?<=-to-))(?<!\d[.:/])"
_TIMED_REACH = 16
# grain and cotton: parts of a cent behind dollars and cents
_EIGHTHS = re.compile(r"(?<=\.\d\d)(?:\s|-)(?P<part>[1-7]/[248])(?![\d/])")
_CENT = Decimal("0.01")
# Enough of a word's beginning to tell whether a candidate may start there.
_PREFIX = 4


class EnglishScanner:
    """Compiled expressions over the English lexicon; `scan` is stateless."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        data = lexicon.data
        self.amounts = EnglishAmounts(lexicon)
        self.fractions = EnglishFractions(lexicon, self.amounts)
        units = load_units()
        self.digits: dict[str, int] = data["digits"]
        self.tens: dict[str, int] = data["tens"]
        self.scales: dict[str, int] = {**data["scales"], "dozen": 12}
        self.plural_scales: dict[str, int] = {**data["plural_scales"], "tens": 10}
        self.multiples, self.ranks = EnglishMultiples(lexicon), EnglishRanks(lexicon)
        self.exclusions = EnglishExclusions(lexicon)
        self.words: dict[str, dict[str, str]] = data["words"]
        self.signs: dict[str, Unit] = {sign.lower(): unit for sign, unit in lexicon.signs.items()}
        self.written_signs = frozenset(lexicon.signs)
        self.percent, self.times, self.item = (units[n] for n in ("percent", "times", "item"))
        self.year, self.second = units["year"], units["second"]
        self.person = units["person"]
        self.timed = re.compile(rf"\b{phrase_pattern(data['timed']['before'])}\s(?:a\s)?$").search
        number_word = phrase_pattern([*self.digits, *self.tens, *data["scales"], "dozen"])
        fraction_word = phrase_pattern(self.fractions.fractions)
        scale = r"(?:hundred|thousand|million|billion|trillion|dozen)"
        side = rf"(?:\d{{1,4}}(?:\.\d+)?|{phrase_pattern(self.digits)})"
        few_unit = phrase_pattern(data["few"]["units"])
        ratios = data["ratios"]
        self.decades: dict[str, list[int]] = data["decades"]["bounds"]
        self.percent_before: list[str] = data["decades"]["percent_before"]
        plural = phrase_pattern(self.plural_scales)
        self.spelled_words = re.compile(rf"{number_word}(?![a-z])")
        self.number_words = rf"\b{number_word}\b"  # source of an expression for them
        self.candidate = re.compile(
            rf"""
            (?<![a-z\d])(?P<mask>{phrase_pattern(data["masks"]["words"])})(?![a-z\d]) | (?P<url>{URL}|{LONG_DIGITS})
          | (?<![a-z\d])(?P<word>{phrase_pattern(self.words)})(?![a-z])
          | (?<![a-z\d])(?:percentages?|per\s?cents?)\sof\s
            (?P<percent_of>\d[\d,]*(?:\.\d+)?|{number_word}(?:[\s-]{number_word})*)(?=[.,;!?)](?!\d)|$)
          | (?<![a-z])(?P<sign>{phrase_pattern(self.signs)})\s?(?P<amount>{_DIGITS})
          | (?P<ratio_word>ratio\s(?:of|is|was|at)\s(?:about\s|around\s|roughly\s)?
                (?P<ratio>{side}(?:\s?:\s?|\sto\s|-to-){side}))(?![a-z\d:])
          | (?<![a-z\d])(?P<against>{side}(?:-to-|-for-|:){side})(?=[\s-]{phrase_pattern(ratios["after"])}\b)
          | {_NOT_IN_NAME}(?P<vulgar>(?:\d{{1,4}}[\s-]?)?[{VULGAR}])
          | {_NOT_IN_NAME}(?P<slash>(?:\d{{1,4}}[\s-])?\d{{1,2}}/\d{{1,2}})(?![\d/.])
          | {self.ranks.pattern}
          | {_NOT_IN_NAME}(?P<clock>(?:\d{{1,2}}:)?\d{{1,2}}:\d\d(?:\.\d\d?)?)(?![\d:.]*\d|\s?[ap]\.?m\b)
          | (?<![a-z\d])(?<!from\s)(?P<to_one>{side}\sto\s(?:one|1))
            (?=[,.;:!?)]|$|\s(?:to\sreceive|in|against|by|over|on|at|among|across|this|last)\b)
          | {_NOT_IN_NAME}(?P<plain>{_DIGITS})(?!\.?\d)(?!:\d)
          | (?<![a-z\d])(?P<multiple>{phrase_pattern(self.multiples.values)})(?![a-z])
          | (?<![a-z\d])(?P<numerator>a|an|{phrase_pattern([w for w, n in self.digits.items() if 0 < n < 20])})[\s-]
            (?P<denominator>{fraction_word})(?![a-z])
          | (?<![a-z\d-])(?P<half>half|quarter)
            (?=\s(?:of|the|its|their|an?|all|our|his|her|that|as|to|in|from|over|since|{scale})\b|[\s-]point|[.,;!?)]|$)
          | (?<![a-z\d])(?P<decade>{phrase_pattern(self.decades)}[\s-](?P<ten>[1-9]0)s)(?![a-z\d])
          | (?<![a-z\d])(?P<few>(?:a\s)?{phrase_pattern(data["few"]["words"])})(?=[\s-]{few_unit}(?![a-z]))
          | (?<![a-z\d])(?P<plural>{plural}(?:\sof\s{plural})*)(?![a-z])
          | (?<![a-z\d])an?\s(?P<article>(?:few\s)?{scale})(?![a-z])
          | (?<![a-z\d])(?P<several>(?:several|a\scouple(?:\sof)?)\s{scale})(?![a-z])
          | (?<![a-z\d])(?P<spelled>{number_word}(?:(?:\sand\s|[\s-]){number_word})*)(?![a-z])
            """,
            re.VERBOSE,
        ).match
        # Most words begin no candidate: what stands before one, and its first characters, spare them the alternatives.
        words = [
            *data["masks"]["words"],
            *self.words,
            *self.multiples.values,
            *self.digits,
            *self.tens,
            *self.plural_scales,
        ]
        words += [
            *data["scales"],
            *self.decades,
            *data["few"]["words"],
            *self.ranks.words[1:],
            "dozen",
            "half",
            "quarter",
            "ratio",
        ]
        words += ["ranked", "rank", "no.", "number", "top", "several", "http", "www.", "per"]
        articled = [*self.fractions.fractions, *data["scales"], *data["few"]["words"], "dozen", "few", "couple"]
        prefixes = {word[:_PREFIX] for word in words} | {
            f"{a}{w[:_PREFIX]}" for a in ("a ", "a-", "an ") for w in articled
        }
        signs = set(VULGAR) | {sign[0] for sign in self.signs if not sign[0].isalpha()}
        prefixes |= {sign for sign in self.signs if sign[0].isalpha()}
        single = re.escape("".join(sorted(signs)))
        self.start = re.compile(rf"[^a-z](?=[\d#{single}]|\.\d|{phrase_pattern(prefixes)})").finditer

    def scan(self, text: str) -> list[Mention]:
        """Numbers of the folded text in order; those without a unit too, for ranges and lists to use."""
        lower = lower_of(text)
        found: list[Mention] = []
        position = 0
        # With one character put before the text, a hit's start is the place of the candidate behind it.
        for hit in self.start(f"\n{lower}"):
            if hit.start() < position or (match := self.candidate(lower, hit.start())) is None:
                continue
            mention = self._read(text, lower, match)
            position = match.end()
            if mention is not None:
                found.append(mention)
                position = max(position, mention.end)
        return self.exclusions.keep(lower, found)

    def masked(self, text: str) -> Iterator[tuple[int, int]]:
        """Words, names and addresses of the folded text that hold a numeral and are no number."""
        position = 0
        for hit in self.start(f"\n{text}"):
            if hit.start() >= position and (match := self.candidate(text, hit.start())) is not None:
                position = match.end()
                if match["mask"] or match["url"]:
                    yield match.span()

    def _read(self, text: str, lower: str, match: re.Match[str]) -> Mention | None:
        if match["mask"] or match["url"]:
            return None
        start, end = match.span()
        fractions = self.fractions
        if match["slash"]:
            return fractions.slash(text, lower, match)
        if match["vulgar"]:
            return fractions.vulgar(text, lower, match)
        if match["against"] or match["ratio"] or (match["to_one"] and fractions.is_ratio(lower, start)):
            return fractions.against(text, match)
        if match["clock"]:
            return self._clock(lower, match)
        if match["plain"]:
            value = parse_digits(match["plain"])
            return (
                fractions.out_of(lower, start, end, value)
                or fractions.part_of(text, lower, start, end, value)
                or fractions.scored(text, lower, start, end)
                or self.amounts.read(text, lower, start, end, value, "number")
            )
        if match["amount"]:
            return self._signed(text, lower, match)
        if match["percent_of"]:
            return self._percent_of(match)
        if match["spelled"]:
            return self._spelled(text, lower, match)
        if match["multiple"]:
            return self.multiples.read(lower, match)
        if match["numerator"]:
            return fractions.spoken(text, lower, match)
        if match["half"]:
            return fractions.half(text, lower, match)
        if match["decade"]:
            return self._decade(lower, match)
        if match["few"]:
            return self._few(text, lower, match)
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
            return self.ranks.read(lower, match)
        return self._word(match) if match["word"] else None

    def _signed(self, text: str, lower: str, match: re.Match[str]) -> Mention | None:
        sign = match["sign"]
        if sign.isalpha() and text[match.start() : match.start() + len(sign)] not in self.written_signs:
            return None  # all 5, top 10: a code is written in capitals
        unit, value, end = self.signs[sign], parse_digits(match["amount"]), match.end()
        part = _EIGHTHS.match(lower, end)
        if part is not None and (eighths := SLASH_FRACTION.fullmatch(part["part"])) is not None:
            value, end = value + (parse_slash(eighths) or 0) * _CENT, part.end()  # $5.93 1/4 a bushel
        rule = "money: <sign> <number>"
        return self.amounts.read(text, lower, match.start(), end, value * unit.factor, rule, sign=unit)

    def _clock(self, lower: str, match: re.Match[str]) -> Mention | None:
        # won in 1:41.03, a marathon in 2:03:59; 10:30 and 2:03:59 elsewhere are times of the day
        raw, (start, end) = match["clock"], match.span("clock")
        is_short = "." in raw and raw.count(":") == 1
        if not is_short and not self.timed(lower, max(0, start - _TIMED_REACH), start):
            return None
        if not is_short and raw.count(":") == 1:
            return None
        value = Decimal(0)
        for part in raw.split(":"):
            value = value * 60 + Decimal(part)
        return Mention(start, end, value, "time: <minutes>:<seconds>", self.second, None, is_spelled=True)

    def _percent_of(self, match: re.Match[str]) -> Mention | None:
        # a shooting percentage of 45.3: the number alone, at the clause's end
        raw = match["percent_of"]
        start, end = match.span("percent_of")
        value = (
            parse_digits(raw)
            if raw[0].isdigit()
            else parse_english(re.split(r"[\s-]+", raw), self.digits, self.tens, self.scales)
        )
        return None if value is None else Mention(start, end, value, "percent: percentage of <number>", self.percent)

    def _few(self, text: str, lower: str, match: re.Match[str]) -> Mention | None:
        # a few percent, several times, a couple of points
        start, end = match.span()
        mention = Mention(start, end, Decimal(2), "vague: few <unit>", is_spelled=True, head_end=end)
        self.amounts.attach_unit(text, lower, mention, end)
        if mention.unit is None or mention.value is None:
            return None
        mention.comparator = "approx"
        if "couple" not in match["few"]:
            mention.value, mention.low, mention.comparator = None, mention.value, "range"
        return mention

    def _decade(self, lower: str, match: re.Match[str]) -> Mention | None:
        # growth in the mid-20s; a man in his mid-20s; the low 40s alone may be anything
        word = match["decade"][: -len(match["ten"]) - 2]
        low, high = (Decimal(match["ten"]) + step for step in self.decades[word])
        before, after = lower[max(0, match.start() - 60) : match.start()], lower[match.end() : match.end() + 12]
        rule = "word: <mid>-<tens>"
        if re.match(r"[\s-]per ?cent", after) or any(word in before for word in self.percent_before):
            unit = self.percent
        elif re.search(r"\b(?:his|her|their|my|our|your)\s$", before):
            unit = self.year
        else:
            return None
        return Mention(
            match.start(), match.end(), None, rule, unit, low=low, high=high, comparator="range", is_spelled=True,
            is_minor=unit is self.year, unit_text="aged" if unit is self.year else None,
        )  # fmt: skip

    def _word(self, match: re.Match[str]) -> Mention:
        row = self.words[match["word"]]
        return Mention(
            match.start(), match.end(), None, f"word: {match['word']}", self.item, None,
            low=Decimal(row["low"]), high=Decimal(row["high"]), comparator="range", kind="digits", is_spelled=True,
        )  # fmt: skip

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
            self.amounts.counted.read(text, lower, mention)
            if mention.unit is not None and of is not None and text[mention.end : of.end()] == " of ":
                mention.end = mention.head_end  # dozens of stores
        if mention.unit is None and self.amounts.person_before(lower, mention.start):
            mention.unit = self.person  # injuring dozens
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
        if value is None or words[0] in self.scales:
            return None
        if value < 100 and (ratio := self.fractions.out_of(lower, start, end, value)) is not None:
            return ratio
        mention = self.amounts.read(text, lower, start, end, value, "number", is_spelled=True)
        if mention is not None and words == ["one"] and (mention.unit is None or mention.unit.kind == "count"):
            return None
        return mention
