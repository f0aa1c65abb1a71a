"""Finds numbers with their units in Chinese text, and in the mixed text that Chinese articles hold."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.amounts_zh import ChineseAmounts
from transforms.claims.exclusions_zh import ChineseExclusions
from transforms.claims.fractions_zh import ChineseFractions
from transforms.claims.gaps_zh import GapCloser
from transforms.claims.lexicon import Lexicon, load_lexicon, load_units
from transforms.claims.mentions import Mention
from transforms.claims.numerals import (
    LONG_DIGITS,
    LONG_RUN,
    URL,
    VULGAR,
    parse_digits,
    parse_hanzi,
    parse_vulgar,
    place_of,
)
from transforms.claims.phrases import phrase_pattern
from transforms.claims.ranks_zh import ChineseRanks

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIGITS = r"(?:\d{1,3}(?:[,，]\d{3})+(?!\d)|\d+)(?:\.\d+)?"
_ADJACENT = re.compile(
    r"(?P<tens>[一二三四五六七八九]?十)?(?P<a>[一二两三四五六七八])(?P<b>[二两三四五六七八九])(?P<scale>[十百千万亿]*)"
)
# 一升两降, 两增一减: how many go which way
_FEW, _MOVES = "一二两三四五六七八九", "升降涨跌增减进退收放稳平红绿快慢买卖缓高低优缺"
# Enough of a word's beginning to tell whether a candidate may start there.
_PREFIX = 2
_ASCII_PREFIX = 3
# A scale alone counts from here on: 亿级, 十亿; 百万 may be a word of prose
_LARGE = 100_000_000
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
        # Most characters begin no candidate: a search for how one begins spares them all the alternatives.
        words = [*data["masks"]["words"], *self.words, *self.signs, "No.", "TOP", "Top", "http", "www."]
        starts = {word[: _ASCII_PREFIX if word.isascii() else _PREFIX] for word in words}
        starts |= {*self.digits, *self.scales, *VULGAR, *"0123456789第前半"}
        starts |= {"翻番"} | {f"翻{word}" for word in (*"了一二两三四", *self.fractions.bound_starts)}
        starts |= {several + scale for several in "数几上" for scale in self.scales} | set(self.few_words)
        self.start = re.compile(phrase_pattern(starts)).search
        # A single numeral counts only before a unit, a scale, or what joins it to a number; 一 is an article, too.
        joins = set(" ~-–—到至") | {"个多"} | {"点", "分之", "比", "季", "月"}
        follow = {word[0] for word in lexicon.units} | joins | set("多余来几折、和与及或，,/")
        follow_one = {word[:2] for word, unit in lexicon.units.items() if unit.kind != "count"} | joins
        follow_one |= {f"个{scale}" for scale in self.scales}
        worth = rf"(?!一(?!{numeral}|几|{phrase_pattern(follow_one)})|{numeral}(?!{numeral}|{phrase_pattern(follow)}))"
        glued = "|".join(data["glued"]["words"])
        apart = rf"(?:(?<![A-Za-z\d_.#&@])|(?<={glued}))(?<![A-Za-z][-–])(?<!\d[.:：/])"
        self.candidate = re.compile(
            rf"""
            (?P<run>{LONG_DIGITS}|{numeral}{{{LONG_RUN},}})
          | (?P<mask>{phrase_pattern(data["masks"]["words"])}|{URL}|[{_FEW}][{_MOVES}][{_FEW}][{_MOVES}])
          | (?P<word>{phrase_pattern(self.words, data["guards"])})
          | (?P<doubling>{self.fractions.doubling})
          | (?P<parts>[百千万]分之(?P<parts_value>-?{_DIGITS}[kK]?|{numeral}+(?:点{digit}+)?))
          | (?P<ordinal>(?:第|No\.\s?|TOP\s?|Top\s?|前)\s?
                (?P<ordinal_value>\d+|{numeral}+)\s?(?P<ordinal_unit>[名位强家大])?)
          | (?P<sign>{phrase_pattern(self.signs)})\s?(?P<amount>{_DIGITS}|{numeral}+)
          | {apart}(?P<fraction>\d{{1,2}}/\d{{1,2}})(?=[的，。、；以左多）]|$)
          | {apart}(?P<ratio>\d{{1,4}}(?:\.\d+)?\s?[:：比]\s?\d{{1,4}}(?:\.\d+)?)(?![\d.:：/元%万亿])
          | {apart}(?P<vulgar>(?:\d{{1,4}}\s?)?[{VULGAR}])
          | {apart}(?P<plain>{_DIGITS})(?!\.?\d)(?![:：]\d)
          | (?P<few>{phrase_pattern(self.few_words)})(?={phrase_pattern(data["few"]["units"])})
          | (?P<vague>[数几上])(?P<vague_scale>[十百千万亿]+)
          | (?P<hanzi>{worth}{numeral}+(?:点{digit}+)?几?)
          | (?P<half>半)(?=(?:个(?:多)?(?:月|小时|钟头|世纪|百分点|基点|点|亿|百分)|世纪|年(?!报|度)|天|小时|分钟|秒
                |{phrase_pattern(data["halves"]["units"])})(?!期))
            """,
            re.VERBOSE,
        ).match
        self.ordinal_list = re.compile(rf"(?:[、和及至到~-]第?(?:\d+|{numeral}+))+(?!\.?\d)").match
        self.numeral_at = re.compile(rf"{numeral}+(?:点{digit}+)?").match
        self.number_words = rf"{numeral}+"  # source of an expression for them

    def scan(self, text: str) -> list[Mention]:
        """Numbers of the folded text in order; those without a unit too, for ranges and lists to use."""
        closed, places = self.gaps.close(text)
        found: list[Mention] = []
        position = 0
        search, candidate = self.start, self.candidate
        while hit := search(closed, position):
            match = candidate(closed, hit.start())
            if match is None:
                position = hit.start() + 1
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
        while hit := self.start(text, position):
            match = self.candidate(text, hit.start())
            position = match.end() if match is not None else hit.start() + 1
            if match is not None and match["mask"]:
                yield match.span()

    # ------------------------------------------------------------ one candidate

    def _read(self, text: str, match: re.Match[str]) -> Mention | None:
        kind = match.lastgroup
        if match["run"]:
            return None
        if match["mask"]:
            return self._behind_mask(text, match)
        if match["word"]:
            return self._word(match)
        if match["plain"]:
            return self.amounts.read(text, match.start(), match.end("plain"), parse_digits(match["plain"]), "number")
        if match["fraction"]:
            return self.fractions.slash(match)
        if match["ratio"]:
            return self.fractions.ratio(text, match)
        if match["vulgar"]:
            return self._vulgar(text, match)
        if match["hanzi"]:
            return self._hanzi(text, match.start(), match.end(), match["hanzi"])
        if match["amount"]:
            return self._signed_amount(text, match)
        if match["vague"]:
            return self._vague(text, match)
        if match["few"]:
            return self._few(text, match)
        if match["doubling"]:
            return self.fractions.doubled(match)
        if match["parts"]:
            return self.fractions.hundredths(match)
        if match["ordinal"]:
            return self.ranks.read(text, match)
        if kind == "half":
            return self.amounts.read(text, match.start(), match.end(), Decimal("0.5"), "half", is_spelled=True)
        return None

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

    def _word(self, match: re.Match[str]) -> Mention:
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
            return self._scale_alone(text, start, end, value)
        mention = self.amounts.read(text, start, end, value, "number", is_spelled=True)
        if mention is not None and mention.unit is None and mention.scale * value < 10_000:
            # a loose numeral serves only a range: 三到五年
            mention.rule = "loose"
        return mention

    def _scale_alone(self, text: str, start: int, end: int, value: Decimal) -> Mention | None:
        # 千元, 百家, 万亿规模: the order of magnitude
        mention = self.amounts.read(text, start, end, value, "magnitude: <scale>", is_spelled=True)
        if mention is None:
            return None
        if text.endswith(self.unit_labels, 0, start) or text[start - 1 : start].isdigit():
            return None  # 单位：亿元 states what numbers elsewhere are in
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


@cache
def chinese_scanner() -> ChineseScanner:
    """The scanner over zh.toml, built at first use."""
    return ChineseScanner(load_lexicon("zh"))
