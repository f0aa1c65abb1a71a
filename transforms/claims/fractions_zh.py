"""Parts of a whole and ratios in Chinese: 百分之十, 万分之五, 三分之一, 1/3, 3:1, 三比一."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from transforms.claims.lexicon import load_units
from transforms.claims.mentions import Mention
from transforms.claims.numerals import SLASH_FRACTION, parse_digits, parse_hanzi, parse_slash
from transforms.claims.phrases import phrase_pattern

if TYPE_CHECKING:
    from transforms.claims.lexicon import Lexicon

_HUNDRED = Decimal(100)
_MAX_SCORE = 200
_RATIO_LOOKBEHIND = 14
_RATIO_LOOKAHEAD = 6
_SHARE_AFTER = re.compile(r"(?:以上|左右)?[的，。、；]?(?:以上)?")


class ChineseFractions:
    """Reads fractions and ratios; compiled over the Chinese lexicon, stateless."""

    def __init__(self, lexicon: Lexicon) -> None:
        data = lexicon.data
        self.digits: dict[str, int] = data["digits"]
        self.scales: dict[str, int] = data["scales"]
        self.letter_scales: dict[str, int] = data["letter_scales"]
        units = load_units()
        self.percent, self.times, self.score = units["percent"], units["times"], units["score_point"]
        numeral = "[" + "".join(self.digits) + "".join(self.scales) + "]"
        digit = "[" + "".join(self.digits) + "]"
        self.part_at = re.compile(rf"分之({numeral}+(?:点{digit}+)?|\d+(?:\.\d+)?)").match
        self.against_at = re.compile(rf"比({numeral}+)(?![较率例重分方赛价拼])").match
        ratios = data["ratios"]
        self.ratio_word = re.compile(phrase_pattern(ratios["words"])).search
        self.ratio_after: tuple[str, ...] = tuple(ratios["after"])
        self.formats = frozenset(ratios["formats"])
        self.score_word = re.compile(phrase_pattern(ratios["scores"])).search
        self.bounds = {word: comparator for comparator, words in data["bounds"]["before"].items() for word in words}
        self.bound_starts = {word[0] for word, comparator in self.bounds.items() if comparator != "eq"}
        # 翻番, 翻了近一番, 翻了两番多: source of an expression
        self.doubling = (
            rf"翻了?(?P<doubling_bound>{phrase_pattern(self.bounds)})?了?(?P<doublings>[{''.join(self.digits)}1-9]|番)?"
            r"(?:(?<=番)|番)(?P<doubling_more>多|有余|以上|不止)?"
        )

    def slash(self, _text: str, match: re.Match[str]) -> Mention | None:
        """1/3 with a small whole."""
        found = SLASH_FRACTION.fullmatch(match["fraction"])
        value = parse_slash(found) if found is not None else None
        if value is None:
            return None
        start, end = match.span("fraction")
        return Mention(start, end, value, "fraction: <n>/<m>", self.times, None, is_spelled=True)

    def hundredths(self, _text: str, match: re.Match[str]) -> Mention | None:
        """百分之十, 千分之三, 万分之五: parts of a hundred, thousand, ten thousand, in percent."""
        text = match["parts_value"]
        factor = self.letter_scales.get(text[-1], 1)
        value: Decimal | None
        if text[0] in "-0123456789":
            value = parse_digits(text if factor == 1 else text[:-1]) * factor
        else:
            value = parse_hanzi(text, self.digits, self.scales)
        if value is None:
            return None
        whole = self.scales[match["parts"][0]]
        return self._percent(match.start(), match.end(), value / whole, match["parts"][:3])

    def _percent(self, start: int, end: int, share: Decimal, unit_text: str) -> Mention:
        rule = "parts: <hundredths> of"
        return Mention(start, end, share * _HUNDRED, rule, self.percent, unit_text, is_spelled=True)

    def spoken(self, text: str, start: int, end: int, raw: str) -> Mention | None:
        """三分之一 is a fraction; a whole that is a power of ten from a hundred up (百万分之五) gives percent."""
        part_match = self.part_at(text, end)
        whole = self.scales.get(raw) or parse_hanzi(raw, self.digits, self.scales)
        if part_match is None:
            return None
        raw_part = part_match.group(1)
        part = parse_digits(raw_part) if raw_part[0].isascii() else parse_hanzi(raw_part, self.digits, self.scales)
        if part is None:
            return None
        stop = part_match.end()
        if raw.strip("".join(self.scales)) == "" and raw != "十":
            power = Decimal(1)
            for ch in raw:  # 万万 is ten thousand times ten thousand
                power *= self.scales[ch]
            return self._percent(start, stop, part / power, f"{raw}分之")
        if not whole:
            return None
        role = "share" if _SHARE_AFTER.match(text[stop : stop + 3]) else None
        return Mention(
            start, stop, part / Decimal(whole), "fraction: <n> parts of", self.times, None, is_spelled=True, role=role
        )

    def doubled(self, _text: str, match: re.Match[str]) -> Mention:
        """翻番 is twice, 翻两番 four times as much; its bound stands inside: 翻了近一番, 翻了一番多."""
        raw = match["doublings"]
        times = 1 if raw == "番" else int(raw) if raw.isascii() else self.digits[raw]
        bound = self.bounds.get(match["doubling_bound"] or "", "eq")
        comparator = "gt" if match["doubling_more"] else bound if bound != "eq" else None
        value = Decimal(2) ** times
        return Mention(
            match.start("doubling"), match.end("doubling"), value, "word: 翻番", self.times, None, kind="multiple",
            comparator=comparator, role="change", change="increase", change_pct=(value - 1) * _HUNDRED, is_spelled=True,
        )  # fmt: skip

    def ratio(self, text: str, match: re.Match[str]) -> Mention | None:
        """3:1 beside a word that says so (比例, 杠杆); beside one of sport a score, minor; else a time or a format."""
        raw = match["ratio"]
        left, right = (Decimal(side) for side in re.split(r"\s?[:：比]\s?", raw))
        return self._against(text, match.start("ratio"), match.end("ratio"), raw, left, right)

    def spoken_ratio(self, text: str, start: int, end: int, raw: str) -> Mention | None:
        """三比一."""
        match = self.against_at(text, end)
        left = parse_hanzi(raw, self.digits, self.scales)
        right = parse_hanzi(match.group(1), self.digits, self.scales) if match is not None else None
        if match is None or left is None or right is None:
            return None
        return self._against(text, start, match.end(), text[start : match.end()], left, right)

    def _against(self, text: str, start: int, end: int, raw: str, left: Decimal, right: Decimal) -> Mention | None:
        before, after = text[max(0, start - _RATIO_LOOKBEHIND) : start], text[end : end + _RATIO_LOOKAHEAD]
        if (self.score_word(before) or self.score_word(after)) and max(left, right) < _MAX_SCORE:
            return Mention(start, end, left, "score: <n> to <n>", self.score, raw, is_spelled=True, is_minor=True)
        if (
            right <= 0
            or raw.replace("：", ":") in self.formats
            or not (self.ratio_word(before) or after.startswith(self.ratio_after))
        ):
            return None
        return Mention(start, end, left / right, "ratio: <n> to <n>", self.times, raw, is_spelled=True)
