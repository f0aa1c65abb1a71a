"""Finds numbers with their units in Chinese text, and in the mixed text that Chinese articles hold."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from transforms.claims.amounts_zh import ChineseAmounts
from transforms.claims.candidates_zh import ChineseCandidates
from transforms.claims.exclusions_zh import ChineseExclusions
from transforms.claims.fractions_zh import ChineseFractions
from transforms.claims.gaps_zh import GapCloser
from transforms.claims.lexicon import Lexicon, load_units
from transforms.claims.mentions import Mention
from transforms.claims.numerals import parse_digits, parse_hanzi, parse_vulgar, place_of
from transforms.claims.ranks_zh import ChineseRanks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ADJACENT = re.compile(
    r"(?P<tens>[一二三四五六七八九]?十)?(?P<a>[一二两三四五六七八])(?P<b>[二两三四五六七八九])(?P<scale>[十百千万亿]*)"
)
# A scale alone counts from here on: 亿级, 十亿; 百万 may be a word of prose
_LARGE = 100_000_000
# Behind these a magnitude would need a number of its own.
_NO_MAGNITUDE = frozenset("为到达至是额润入值有出")
_VALUED = frozenset({"CNY", "USD", "HKD", "share"})
# What stands between the ends of a range: 一到三年
_JOINS = frozenset("到至~-–—")
_OLD_LENGTHS = frozenset("里丈尺寸仞")


class ChineseScanner:
    """Compiled expressions over the Chinese lexicon; `scan` is stateless."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        data = lexicon.data
        self.digits: dict[str, int] = data["digits"]
        self.scales: dict[str, int] = data["scales"]
        self.words: dict[str, dict[str, str]] = data["words"]
        units = load_units()
        self.signs = lexicon.signs
        self.few_words: list[str] = data["few"]["words"]
        self.amounts = ChineseAmounts(lexicon)
        self.fractions = ChineseFractions(lexicon)
        self.ranks = ChineseRanks(lexicon, self.amounts)
        self.exclusions = ChineseExclusions(lexicon)
        self.gaps = GapCloser(lexicon)
        self.unit_labels: tuple[str, ...] = tuple(data["tables"]["unit_labels"])
        self.magnitude_before: tuple[str, ...] = tuple(data["halves"]["magnitude_before"])
        self.implied_money: tuple[str, ...] = tuple(data["implied"]["money"])
        self.percent, self.times, self.rank, self.item = (units[n] for n in ("percent", "times", "rank", "item"))
        numeral = "[" + "".join(self.digits) + "".join(self.scales) + "]"
        digit = "[" + "".join(self.digits) + "]"
        self.candidates = ChineseCandidates(lexicon, self.fractions.doubling, self.fractions.bound_starts)
        self.ordinal_list = re.compile(rf"(?:[、和及至到~-]第?(?:\d+|{numeral}+))+(?!\.?\d)").match
        self.numeral_at = re.compile(rf"{numeral}+(?:点{digit}+)?").match
        self.number_words = rf"{numeral}+"  # source of an expression for them
        self._readers: dict[str, Callable[[str, re.Match[str]], Mention | None]] = {
            "mask": self._behind_mask,
            "word": self._word,
            "fraction": self.fractions.slash,
            "ratio": self.fractions.ratio,
            "vulgar": self._vulgar,
            "amount": self._signed_amount,
            "vague_scale": self._vague,
            "few": self._few,
            "doubling": self.fractions.doubled,
            "parts": self.fractions.hundredths,
            "ordinal": self.ranks.read,
        }

    def scan(self, text: str) -> list[Mention]:
        """Numbers of the folded text in order; those without a unit too, for ranges and lists to use."""
        closed, places = self.gaps.close(text)
        found: list[Mention] = []
        position = 0
        candidates = self.candidates
        while hit := candidates.search(closed, position):
            start = hit.start()
            match = candidates.at(closed, start)
            if match is None:
                position = start + 1
                continue
            mention = self._read(closed, match)
            position = match.end()
            if mention is not None:
                found.append(mention)
                found += self.ranks.listed(closed, mention)
                position = max(position, found[-1].end)
            elif closed[match.start()] == "第" and (more := self.ordinal_list(closed, position)) is not None:
                position = more.end()  # 第1、2、3条
        if places is not None:
            for mention in found:
                mention.start = places[mention.start]
                mention.end = places[mention.end - 1] + 1
                mention.head_end = max(mention.end, places[mention.head_end - 1] + 1)
        return self.exclusions.keep(text, found)

    def masked(self, text: str) -> Iterator[tuple[int, int]]:
        """Words, names and addresses of the folded text that hold a numeral and are no number."""
        position = 0
        while hit := self.candidates.search(text, position):
            start = hit.start()
            match = self.candidates.at(text, start)
            position = match.end() if match is not None else start + 1
            if match is not None and match.lastgroup == "mask":
                yield match.span()

    # ------------------------------------------------------------ one candidate

    def _read(self, text: str, match: re.Match[str]) -> Mention | None:
        kind = match.lastgroup
        if kind == "plain":
            return self.amounts.read(text, match.start(), match.end(), parse_digits(match["plain"]), "number")
        if kind == "hanzi":
            return self._hanzi(text, match.start(), match.end(), match["hanzi"])
        if kind == "run":
            return None
        if kind == "half":
            return self.amounts.read(text, match.start(), match.end(), Decimal("0.5"), "half", is_spelled=True)
        assert kind is not None
        return self._readers[kind](text, match)

    def _vulgar(self, text: str, match: re.Match[str]) -> Mention | None:
        value = parse_vulgar(match["vulgar"])
        mention = self.amounts.read(text, match.start(), match.end(), value, "fraction: <½> <unit>", is_spelled=True)
        if mention is not None and mention.unit is None:
            mention.unit = self.times
        return mention

    def _behind_mask(self, text: str, match: re.Match[str]) -> Mention | None:
        # 十分钟 beats the masked 十分: the longer reading wins.
        numeral = self.numeral_at(text, match.start())
        if numeral is None:
            return None
        if numeral.end() < match.end() and not text.startswith("分之", numeral.end()):
            unit = self.amounts.unit_at(text, numeral.end())
            if unit is None or unit.end() <= match.end():
                return None
        mention = self._hanzi(text, match.start(), numeral.end(), numeral.group())
        return mention if mention is not None and mention.unit is not None and mention.end > match.end() else None

    def _word(self, _text: str, match: re.Match[str]) -> Mention:
        row = self.words[match["word"]]

        def number(key: str) -> Decimal | None:
            return Decimal(row[key]) if key in row else None

        kind = row["kind"]
        unit = {"percent": self.percent, "multiple": self.times}.get(kind, self.item)
        return Mention(
            start=match.start(), end=match.end(), value=number("value"), low=number("low"), high=number("high"),
            rule=f"word: {match['word']}", unit=unit, unit_text=None, kind="digits" if kind == "digits" else unit.kind,
            comparator=row.get("comparator") or ("range" if "low" in row else None), role=row.get("role"),
            change=row.get("change"), change_pct=number("change_pct"), is_spelled=True,
        )  # fmt: skip

    def _signed_amount(self, text: str, match: re.Match[str]) -> Mention | None:
        raw = match["amount"]
        value = parse_digits(raw) if raw[0].isascii() else parse_hanzi(raw, self.digits, self.scales)
        if value is None:
            return None
        unit = self.signs[match["sign"]]
        mention = self.amounts.read(text, match.start(), match.end(), value, "money: <sign> <number>", sign=unit)
        if mention is None:
            return None
        if mention.unit is not None and mention.unit.kind != "money":
            return None
        # 新台币8亿元 says its currency before the number; ¥199 says it there alone
        if mention.unit is None or mention.unit_text in {"元", "圆", "块", "元钱"}:
            mention.unit, mention.unit_text = unit, match["sign"]
        mention.rule = "money: <sign> <number>"
        return mention

    def _few(self, text: str, match: re.Match[str]) -> Mention | None:
        # 几个百分点, 数倍: a vague number that only a unit makes a figure
        rule = "vague: few <unit>"
        mention = self.amounts.read(text, match.start(), match.end(), Decimal(1), rule, is_spelled=True)
        if mention is None or mention.unit is None or mention.value is None:
            return None
        base = mention.value
        mention.value, mention.low, mention.high = None, base * 2, base * Decimal("9.9")
        mention.comparator = "range"
        return mention

    def _vague(self, text: str, match: re.Match[str]) -> Mention | None:
        # 数十万, 几百家, 上千元
        scale = parse_hanzi(match["vague_scale"], self.digits, self.scales)
        if scale is None:
            return None
        mention = self.amounts.read(text, match.start(), match.end(), scale, "vague: several <scale>", is_spelled=True)
        if mention is None:
            return None
        if match["vague"] == "上":
            if mention.unit is None and mention.scale < 10_000 and scale < 10_000:
                return None
            mention.comparator, mention.rule, mention.low = "ge", "vague: upwards of <scale>", mention.value
            return mention
        unit_factor = mention.unit.factor if mention.unit else Decimal(1)
        base = mention.value if mention.value is not None else scale * unit_factor
        mention.value, mention.low, mention.high = None, base * 2, base * Decimal("9.9")
        mention.comparator = "range"
        return mention

    def _hanzi(self, text: str, start: int, end: int, raw: str) -> Mention | None:
        if len(raw) > 1 and raw[-1] in "千百兆两":
            unit = self.amounts.unit_at(text, end - 1)
            if unit is not None and (len(unit["unit"]) > 1 or raw[-1] == "两"):
                raw, end = raw[:-1], end - 1  # 一百千瓦, 三十两: the last character belongs to the unit
        if raw.endswith("几"):
            return self._some_more(text, start, end, raw)
        if text.startswith("分之", end):
            return self.fractions.spoken(text, start, end, raw)
        if text.startswith("比", end) and (ratio := self.fractions.spoken_ratio(text, start, end, raw)) is not None:
            return ratio
        value = parse_hanzi(raw, self.digits, self.scales)
        if value is None:
            return self._adjacent(text, start, end, raw)
        mention = self._hanzi_amount(text, start, end, raw, value)
        if mention is not None and mention.scale == 1:
            # 五百万: the scale words at its end are what a range hands to its left number
            scales = raw[len(raw.rstrip("".join(self.scales))) :]
            if scales:
                mention.scale = parse_hanzi(scales, self.digits, self.scales) or mention.scale
        return mention

    def _hanzi_amount(self, text: str, start: int, end: int, raw: str, value: Decimal) -> Mention | None:
        if len(raw) == 1 and value == 1 and raw == "一":
            mention = self.amounts.read(text, start, end, value, "number", is_spelled=True)
            # 一个, 一家, 一次 are articles; 一年, 一亿, 一成, 一元 are amounts
            if mention is None or (mention.unit is None and text[end : end + 1] not in _JOINS):
                return None
            return None if mention.unit is not None and mention.unit.kind == "count" and mention.scale == 1 else mention
        if raw[0] in self.scales and raw[0] != "十":
            return self._scale_alone(text, start, end, raw, value)
        mention = self.amounts.read(text, start, end, value, "number", is_spelled=True)
        if mention is not None and mention.unit is None and mention.scale * value < 10_000:
            # a loose numeral serves only a range: 三到五年
            mention.rule = "loose"
        return mention

    def _scale_alone(self, text: str, start: int, end: int, raw: str, value: Decimal) -> Mention | None:
        # 千元, 百家, 万亿规模: the order of magnitude
        mention = self.amounts.read(text, start, end, value, "magnitude: <scale>", is_spelled=True)
        if mention is None:
            return None
        if text.endswith(self.unit_labels, 0, start) or text[start - 1 : start].isdigit():
            return None  # 单位：亿元 states what numbers elsewhere are in
        is_large = raw in {"万", "亿"} and mention.unit is not None and mention.unit.name in _VALUED
        if is_large and text[start - 1 : start] in _NO_MAGNITUDE:
            return None  # 净利润达到亿元: a page that has lost its digits
        if not text.endswith(self.magnitude_before, 0, start) and text[mention.end - 1] != "级":
            is_small = mention.unit is None and value < _LARGE
            if is_small or (mention.unit is not None and mention.unit.kind == "count"):
                return None
            if mention.unit_text in _OLD_LENGTHS:
                return None  # 林万里
        mention.rule = "magnitude: <scale>"
        mention.comparator = mention.comparator or "approx"
        return mention

    def _some_more(self, text: str, start: int, end: int, raw: str) -> Mention | None:
        # 十几, 二十几个
        base = parse_hanzi(raw[:-1], self.digits, self.scales)
        if base is None or base < 10:
            return None
        mention = self.amounts.read(text, start, end, base, "vague: <number> and some", is_spelled=True)
        if mention is None or mention.value is None:
            return None
        factor = mention.value / base
        place = place_of(base)
        mention.low = (base + max(place / 10, Decimal(1))) * factor
        mention.high = (base + place - max(place / 10, Decimal(1))) * factor
        mention.value, mention.comparator = None, "range"
        return mention

    def _adjacent(self, text: str, start: int, end: int, raw: str) -> Mention | None:
        if len(raw) == 2 and text.startswith("折", end):  # 八五折 is 85 % of the price
            tenths = Decimal(self.digits[raw[0]]) + Decimal(self.digits[raw[1]]) / 10
            return self.amounts.read(text, start, end, tenths, "number", is_spelled=True)
        # 三五百, 七八成, 十七八, 五六万: two neighbouring digits are a range
        match = _ADJACENT.fullmatch(raw)
        if match is None:
            return None
        low, high = self.digits[match["a"]], self.digits[match["b"]]
        if not (high - low == 1 or (low, high) == (3, 5)):
            return None
        tens = parse_hanzi(match["tens"], self.digits, self.scales) if match["tens"] else Decimal(0)
        scale = parse_hanzi(match["scale"], self.digits, self.scales) if match["scale"] else Decimal(1)
        if tens is None or scale is None:
            return None
        mention = self.amounts.read(text, start, end, (tens + low) * scale, "range: adjacent digits", is_spelled=True)
        if mention is None or mention.value is None or (mention.unit is None and scale < 100):
            return None
        if mention.unit is None and any(word in text[end : end + 5] for word in self.implied_money):
            mention.unit, mention.is_currency_inferred = load_units()["CNY"], True  # 四五百的收费
        mention.low = mention.value
        mention.high = mention.value / (tens + low) * (tens + high)
        mention.value, mention.comparator = None, "range"
        mention.rule = "range: adjacent digits"
        return mention
