"""Parts of a whole, ratios and scores in English: 1/3, ½, two-thirds, half a point, one in five, a 3-to-1 split."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from transforms.claims.lexicon import load_units
from transforms.claims.mentions import Mention
from transforms.claims.numerals import SLASH_FRACTION, parse_slash, parse_vulgar
from transforms.claims.phrases import phrase_pattern

if TYPE_CHECKING:
    from transforms.claims.amounts_en import EnglishAmounts
    from transforms.claims.lexicon import Lexicon

_SHARE_AFTER = re.compile(r"\s(?:of|the|its|their|all|our|his|her|that|as)\b")
_OF_LEVEL = re.compile(r"\s(?:of\s)?(?:the|its|their)\s[$€£\d]|\sas\s(?:much|many|high)\b")
_OF_OR_THE = re.compile(r"\s(?:of|the)\b")
# What may stand between a fraction and the unit it is of: half a point, two-tenths of a percent, quarter-point
_OF_UNIT = re.compile(r"(?:\sof\s(?:an?|one)|\san?)(?=\s)|(?=[\s-])")
_PART_BEFORE = re.compile(r"(?:by|than|about|nearly|almost|over|around|roughly|up|down|least)\s(?:an?\s)?$")
_COMPARED_AFTER = re.compile(
    r"\s(?:(?P<more>ahead|higher|more|larger|bigger|above|up|faster|longer|greater|dearer|stronger)"
    r"|(?P<less>lower|less|fewer|smaller|cheaper|below|down|slower|shorter|weaker))\b(?!\sor\b)"
)
# fell by half, by more than half
_BY_HALF = re.compile(r"\bby\s(?:about\s|around\s|nearly\s|almost\s|over\s|more than\s|at least\s)?$")
_OUT_OF = re.compile(r"\s?(?:in|out of)\s(?:every\s)?|-in-")
_WHOLE = re.compile(r"\d{1,4}(?![\d.,]*\d)|[a-z]+")
_MAX_WHOLE = 1000
_POINT_REACH = 60
_SCORE_REACH = 24
_RATED_REACH = 30
_RATIO_REACH = 60
_BY_REACH = 16


def ratio_of(text: str) -> Decimal:
    """Value of "1/3" or "0.25", as the lexicon writes fractions."""
    numerator, _, denominator = text.partition("/")
    return Decimal(numerator) / Decimal(denominator) if denominator else Decimal(numerator)


class EnglishFractions:
    """Reads fractions and ratios; compiled over the English lexicon, stateless."""

    def __init__(self, lexicon: Lexicon, amounts: EnglishAmounts) -> None:
        data = lexicon.data
        units = load_units()
        self.amounts = amounts
        self.times, self.points, self.score = units["times"], units["percentage_point"], units["score_point"]
        self.digits: dict[str, int] = data["digits"]
        self.wholes: dict[str, int] = {**data["digits"], **data["tens"], "hundred": 100}
        self.fractions: dict[str, Decimal] = {word: ratio_of(text) for word, text in data["fractions"].items()}
        self.scale_at = re.compile(rf"\s(?P<scale>{phrase_pattern(amounts.scales)})(?![a-z])").match
        self.rate_words: list[str] = data["point_context"]["words"]
        self.score_word = re.compile(rf"\b{phrase_pattern(data['ratios']['scores'])}\b").search
        self.ratio_before = re.compile(rf"\b{phrase_pattern(data['ratios']['before'])}").search
        self.rating_words: list[str] = data["ratios"]["ratings"]
        self.score_at = re.compile(r"[-–](?P<other>\d{1,3})(?![\d.,%-]{0,9}\d|[a-z%])").match
        self.no_whole_at = re.compile(rf"\s{phrase_pattern(data['ratios']['not_wholes'])}\b").match

    def _times(
        self, start: int, end: int, value: Decimal, rule: str, unit_text: str | None = None, role: str | None = None
    ) -> Mention:
        return Mention(start, end, value, rule, self.times, unit_text, is_spelled=True, role=role)

    def slash(self, text: str, lower: str, match: re.Match[str]) -> Mention | None:
        """1/2 cup, 10 1/2 miles, 3/4 of voters; 9/11 and 1/2/2021 are dates."""
        found = SLASH_FRACTION.fullmatch(match["slash"])
        value = parse_slash(found) if found is not None else None
        if value is None:
            return None
        start, end = match.span("slash")
        return self._written(text, lower, start, end, value)

    def vulgar(self, text: str, lower: str, match: re.Match[str]) -> Mention | None:
        """½ teaspoon, 2½ hours."""
        return self._written(text, lower, match.start(), match.end(), parse_vulgar(match["vulgar"].replace("-", " ")))

    def _written(self, text: str, lower: str, start: int, end: int, value: Decimal) -> Mention | None:
        if _OF_OR_THE.match(lower, end):
            return self._of_unit(text, lower, start, end, value) or self._times(
                start, end, value, "fraction: <n>/<m>", role="share"
            )
        mention = self.amounts.read(text, lower, start, end, value, "fraction: <n>/<m> <unit>", is_spelled=True)
        return mention if mention is not None and mention.unit is not None else None

    def spoken(self, text: str, lower: str, match: re.Match[str]) -> Mention | None:
        """two-thirds of voters, a quarter of a million, two-tenths of a point; a third man is an ordinal."""
        numerator, word = match["numerator"], match["denominator"]
        start, end = match.span()
        value = ({"a": 1, "an": 1}.get(numerator) or self.digits[numerator]) * self.fractions[word]
        if lower[end : end + 1] == "-" and not word.endswith("s"):  # a quarter-point cut, two quarter-point cuts
            start, value = match.start("denominator"), self.fractions[word]
        of_unit = self._of_unit(text, lower, start, end, value, is_half=word.startswith(("half", "quarter")))
        if of_unit is not None:
            return of_unit
        higher = _COMPARED_AFTER.match(lower, end)
        if higher is not None and word != "half":  # a third ahead of last year
            mention = self._times(start, end, value, "fraction: <n> parts more", role="change")
            mention.change = "decrease" if higher["less"] else "increase"
            mention.change_pct = value * 100 if higher["more"] else -value * 100
            return mention
        # an ordinal or a quarter of the year, unless it is a part of something
        is_part = re.match(r"\s(?:of|as)\b", lower[end : end + 10]) or _PART_BEFORE.search(
            lower[max(0, start - 16) : start]
        )
        if numerator in {"a", "an", "one"} and word != "half" and not is_part:
            return None
        is_share = value < 1 and (_OF_OR_THE.match(lower, end) or numerator not in {"a", "an", "one"})
        return self._times(start, end, value, "fraction: <n> parts of", role="share" if is_share else None)

    def part_of(self, text: str, lower: str, start: int, end: int, value: Decimal) -> Mention | None:
        """0.4 of a percentage point, 0.7 of a mile."""
        if value >= 1 or not lower.startswith((" of a ", " of an ", " of one "), end):
            return None
        return self._of_unit(text, lower, start, end, value)

    def half(self, text: str, lower: str, match: re.Match[str]) -> Mention | None:
        """half of users, half a million, half an hour, half a point, quarter million."""
        start, end = match.span("half")
        value = self.fractions[match["half"]]
        of_unit = self._of_unit(text, lower, start, end, value)
        if of_unit is not None or match["half"] != "half":
            return of_unit
        if _BY_HALF.search(lower, max(0, start - _BY_REACH), start):
            return self._times(start, end, value, "fraction: by half")
        if not _SHARE_AFTER.match(lower, end):
            return None
        if _OF_LEVEL.match(lower, end):  # well under half the $5,876 they were paying: so many times another level
            return self._times(start, end, value, "fraction: half")
        return self._times(start, end, value, "fraction: half", role="share")

    def _of_unit(
        self, text: str, lower: str, start: int, end: int, value: Decimal, *, is_half: bool = True
    ) -> Mention | None:
        """The fraction of a scale or of a unit that follows it; None where something else follows."""
        link = _OF_UNIT.match(lower, end)
        if link is None or (not is_half and not link.group().startswith(" of")):
            return None
        at = link.end()
        scale = self.scale_at(lower, at)
        if scale is not None:
            number = value * self.amounts.scales[scale["scale"]]
            rule = "number: half a <scale>"
            return self.amounts.read(text, lower, start, scale.end(), number, rule, is_spelled=True)
        mention = Mention(start, end, value, "number: half a <unit>", is_spelled=True, head_end=end)
        self.amounts.attach_unit(text, lower, mention, at)
        if mention.unit is None or mention.unit.kind in {"count", "multiple"}:
            return None
        if mention.unit.kind in {"index", "score"}:
            around = lower[max(0, start - _POINT_REACH) : mention.end + _POINT_REACH]
            if any(word in around for word in self.rate_words):
                mention.unit = self.points  # a quarter-point cut of rates
        return mention

    def out_of(self, lower: str, start: int, end: int, value: Decimal) -> Mention | None:
        """one in five, 1 in 3, three out of four; two in nine years is none."""
        link = _OUT_OF.match(lower, end)
        match = _WHOLE.match(lower, link.end()) if link is not None else None
        if link is None or match is None:
            return None
        raw = match.group()
        whole = int(raw) if raw.isdigit() else self.wholes.get(raw)
        if not whole or value > whole or whole > _MAX_WHOLE:
            return None
        rated = lower[max(0, start - _RATED_REACH) : start]
        if "out" in link.group() and any(word in rated for word in self.rating_words):
            raw = lower[start : match.end()]  # rated 4.5 out of 5
            return Mention(start, match.end(), value, "score: <n> out of <m>", self.score, raw, is_spelled=True)
        if value == whole or value != int(value) or self.no_whole_at(lower, match.end()):
            return None
        return self._times(start, match.end(), value / whole, "fraction: <n> in <m>", role="share")

    def is_ratio(self, lower: str, start: int) -> bool:
        """Whether "three to one" there is a ratio, as behind outnumber or odds, and no score of a match."""
        return self.ratio_before(lower, max(0, start - _RATIO_REACH), start) is not None

    def against(self, text: str, match: re.Match[str]) -> Mention | None:
        """a 3-to-1 split, a ratio of 3:1."""
        group = next(name for name in ("against", "ratio", "to_one") if match[name])
        start, end = match.span(group)
        sides = re.split(r"\s?:\s?|\sto\s|-to-|-for-", text[start:end].lower())
        left, right = (Decimal(side) if side[0].isdigit() else Decimal(self.wholes.get(side, 0)) for side in sides)
        return self._times(start, end, left / right, "ratio: <n> to <n>", text[start:end]) if right else None

    def scored(self, text: str, lower: str, start: int, end: int) -> Mention | None:
        """a 3-1 win: a match's score, minor; its value is the first side's."""
        other = self.score_at(lower, end)
        if other is None or end - start > 3:
            return None
        before, after = lower[max(0, start - _SCORE_REACH) : start], lower[other.end() : other.end() + _SCORE_REACH]
        if self.score_word(before) is None and self.score_word(after) is None:
            return None
        raw = text[start : other.end()]
        value = Decimal(lower[start:end])
        return Mention(start, other.end(), value, "score: <n> to <n>", self.score, raw, is_spelled=True, is_minor=True)
