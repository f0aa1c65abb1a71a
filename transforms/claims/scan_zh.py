"""Finds numbers with their units in Chinese text, and in the mixed text that Chinese articles hold."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from transforms.claims.lexicon import Lexicon, Unit, load_lexicon, load_units
from transforms.claims.mentions import Mention
from transforms.claims.numerals import SLASH_FRACTION, URL, parse_hanzi, parse_slash, place_of
from transforms.claims.phrases import phrase_pattern

_DIGITS = r"(?:\d{1,3}(?:[,，]\d{3})+(?!\d)|\d+)(?:\.\d+)?"
_NOT_IN_NAME = r"(?<![A-Za-z\d_.#&@])(?<![A-Za-z][-–])(?<!\d[.:：/])"
_SUFFIX = re.compile(
    r"""
    (?:\s?(?P<before>[多余来几])(?=\s?[十百千万亿元个家名人]))?          # 500多万
    (?:\s?(?P<scale>
        [十百千]?万亿 | [十百千]{0,2}[万亿](?![科达豪向象能圣])
      | 千(?![米克瓦伏卡赫字帕兆万亿]) | 百(?![分度科货强姓胜事万亿]) | 兆(?=[元日韩美新台])
    ))?
    (?P<chain>\d{1,4}(?:千万|百万|万|千|百)(?!分))?                      # 1亿2000万
    (?:(?P<counted>\s?个)(?P<counted_scale>[百千]?[万亿]))?              # 2.5个亿
    (?:\s?(?P<after>[多余来几])(?![个家名人]?[年月]?[来今以年]))?
    (?P<plus>\+)?
    """,
    re.VERBOSE,
)
_HALF_IN_UNIT = re.compile(r"个半(?=个?(?:月|小时|钟头|星期))")
_HALF_AFTER_UNIT = re.compile(r"半(?![年天导径边数场夜路价成])")
_ADJACENT = re.compile(
    r"(?P<tens>[一二三四五六七八九]?十)?(?P<a>[一二两三四五六七八])(?P<b>[二两三四五六七八九])(?P<scale>[十百千万亿]*)"
)
_ORDINAL_CONTEXT = re.compile(
    r"(?:排|列|居|位|跻身|升至|升到|第一大|跃居|跌至|仅次于|全球|世界|全国|国内|行业|亚洲|国际|中国)[^，。；、]{0,6}$"
)
_TOP_CONTEXT = re.compile(r"(?:排|列|位|跻身|进入|全球|世界|全国|行业|占据)[^，。；、]{0,4}$")
_YEAR_LIKE = re.compile(r"(?:19|20)\d\d$")
_BARE_LOOKBEHIND = 8


class ChineseScanner:
    """Compiled expressions over the Chinese lexicon; `scan` is stateless."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        data = lexicon.data
        self.digits: dict[str, int] = data["digits"]
        self.scales: dict[str, int] = data["scales"]
        self.words: dict[str, dict[str, str]] = data["words"]
        units = load_units()
        self.signs: dict[str, Unit] = {sign: units[name] for sign, name in data["currency_signs"].items()}
        self.unit_at = re.compile(r"\s{0,4}(?P<unit>" + lexicon.unit_pattern() + ")").match
        self.nouns: dict[str, Unit] = {
            noun: units[name] for name, nouns in data["counted_nouns"].items() for noun in nouns
        }
        self.unit_labels: tuple[str, ...] = tuple(data["tables"]["unit_labels"])
        self.counts_unless_money = frozenset(data["counts_unless_money"]["words"])
        self.implied_money: tuple[str, ...] = tuple(data["implied"]["money"])
        self.named_by_noun = frozenset(data["named_by_noun"]["words"])
        self.noun_at = re.compile(phrase_pattern(self.nouns)).match
        self.per_at = re.compile(rf"\s?(?:/|／|每)\s?(?P<per>{phrase_pattern(lexicon.denominators)})").match
        self.bare: dict[str, str] = {word: kind for kind, found in data["bare_numbers"].items() for word in found}
        self.percent, self.times, self.rank, self.item = (units[n] for n in ("percent", "times", "rank", "item"))
        self.bare_units = {"index": units["point"], "score": units["score_point"], "money": units["CNY"]}
        self.letter_scales: dict[str, int] = data["letter_scales"]
        numeral = "[" + "".join(self.digits) + "".join(self.scales) + "]"
        digit = "[" + "".join(self.digits) + "]"
        # Most characters begin no candidate: one look at a set of characters spares them all the alternatives.
        starts = {
            word[0]
            for words in (data["masks"]["words"], self.words, self.signs, self.digits, self.scales)
            for word in words
        }
        starts |= set("hwNTt第前数几上半百千万0123456789")
        self.candidate = re.compile(
            rf"""
            (?=[{re.escape("".join(sorted(starts)))}])(?:
            (?P<mask>{phrase_pattern(data["masks"]["words"])}|{URL})
          | (?P<word>{phrase_pattern(self.words, data["guards"])})
          | (?P<parts>[百千万]分之(?P<parts_value>-?{_DIGITS}|{numeral}+(?:点{digit}+)?))
          | (?P<ordinal>(?:第|No\.\s?|TOP\s?|Top\s?|前)\s?(?P<ordinal_value>\d+|{numeral}+)\s?(?P<ordinal_unit>[名位强家大])?)
          | (?P<sign>{phrase_pattern(self.signs)})\s?(?P<amount>{_DIGITS}|{numeral}+)
          | {_NOT_IN_NAME}(?P<fraction>\d{{1,2}}/\d{{1,2}})(?=[的，。、；以左多）]|$)
          | {_NOT_IN_NAME}(?P<plain>{_DIGITS})(?!\.?\d)(?![:：]\d)
          | (?P<vague>[数几上])(?P<vague_scale>[十百千万亿]+)
          | (?P<hanzi>{numeral}+(?:点{digit}+)?几?)
          | (?P<half>半)(?=(?:个(?:多)?(?:月|小时|钟头|世纪)|年(?!报|度)|天|小时|分钟|秒)(?!期))
            )
            """,
            re.VERBOSE,
        )
        self.numeral_at = re.compile(rf"{numeral}+(?:点{digit}+)?").match

    def scan(self, text: str) -> list[Mention]:
        """Numbers of the folded text in order; those without a unit too, for ranges and lists to use."""
        found: list[Mention] = []
        position = 0
        search = self.candidate.search
        while match := search(text, position):
            mention = self._read(text, match)
            position = match.end()
            if mention is not None:
                found.append(mention)
                position = max(position, mention.end)
        return found

    # ------------------------------------------------------------ one candidate

    def _read(self, text: str, match: re.Match[str]) -> Mention | None:
        kind = match.lastgroup
        if match["mask"]:
            return self._behind_mask(text, match)
        if match["word"]:
            return self._word(match)
        if match["plain"]:
            return self._quantity(text, match.start(), match.end("plain"), self._decimal(match["plain"]), "number")
        if match["fraction"]:
            return self._slash(match)
        if match["hanzi"]:
            return self._hanzi(text, match.start(), match.end(), match["hanzi"])
        if match["amount"]:
            return self._signed_amount(text, match)
        if match["vague"]:
            return self._vague(text, match)
        if match["parts"]:
            return self._parts(match)
        if match["ordinal"]:
            return self._ordinal(text, match)
        if kind == "half":
            return self._quantity(text, match.start(), match.end(), Decimal("0.5"), "half", is_spelled=True)
        return None

    def _slash(self, match: re.Match[str]) -> Mention | None:
        found = SLASH_FRACTION.fullmatch(match["fraction"])
        value = parse_slash(found) if found is not None else None
        if value is None:
            return None
        start, end = match.span("fraction")
        return Mention(start, end, value, "fraction: <n>/<m>", self.times, None, is_spelled=True)

    @staticmethod
    def _decimal(digits: str) -> Decimal:
        return Decimal(digits.replace(",", "").replace("，", ""))

    def _behind_mask(self, text: str, match: re.Match[str]) -> Mention | None:
        # 十分钟 beats the masked 十分: the longer reading wins.
        numeral = self.numeral_at(text, match.start())
        if numeral is None:
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

    def _parts(self, match: re.Match[str]) -> Mention | None:
        # 百分之十, 千分之三: parts of a hundred, thousand, ten thousand → percent
        text = match["parts_value"]
        try:
            value = self._decimal(text) if text[0] in "-0123456789" else parse_hanzi(text, self.digits, self.scales)
        except ArithmeticError:
            return None
        if value is None:
            return None
        value *= {"百": Decimal(1), "千": Decimal("0.1"), "万": Decimal("0.01")}[match["parts"][0]]
        return Mention(
            match.start(),
            match.end(),
            value,
            "parts: <hundredths> of",
            self.percent,
            match["parts"][:3],
            is_spelled=True,
        )

    def _ordinal(self, text: str, match: re.Match[str]) -> Mention | None:
        raw = match["ordinal_value"]
        value = Decimal(raw) if raw.isascii() else parse_hanzi(raw, self.digits, self.scales)
        if value is None:
            return None
        before = text[max(0, match.start() - 12) : match.start()]
        unit_text = match["ordinal_unit"]
        lead = match["ordinal"][0]
        if lead in "前Tt":
            if unit_text is None and not (lead in "Tt" or _TOP_CONTEXT.search(before)):
                return self._quantity_after_ordinal(text, match, value)
            if unit_text == "大" and not _TOP_CONTEXT.search(before):
                return None
            return Mention(
                match.start(), match.end(), value, "rank: top <number>", self.rank, unit_text, comparator="le"
            )
        is_place = unit_text in {"名", "位"} and raw.isascii() and value > 1
        if unit_text in {"强", "家"} or not (is_place or _ORDINAL_CONTEXT.search(before) or lead == "N"):
            return None
        if text[match.end() : match.end() + 1] in {
            "届",
            "次",
            "条",
            "个",
            "季",
            "年",
            "天",
            "批",
            "代",
            "期",
            "章",
            "轮",
            "方",
            "级",
            "款",
            "一",
        }:
            return None
        return Mention(match.start(), match.end(), value, "rank: number <n>", self.rank, unit_text)

    def _quantity_after_ordinal(self, text: str, match: re.Match[str], value: Decimal) -> Mention | None:
        # 前3个月 is a period, 前 100 万用户 a count: only amounts with a scale count on.
        start, end = match.span("ordinal_value")
        mention = self._quantity(text, start, end, value, "number")
        return mention if mention is not None and mention.scale >= 10_000 else None

    def _signed_amount(self, text: str, match: re.Match[str]) -> Mention | None:
        raw = match["amount"]
        value = self._decimal(raw) if raw[0].isascii() else parse_hanzi(raw, self.digits, self.scales)
        if value is None:
            return None
        unit = self.signs[match["sign"]]
        mention = self._quantity(text, match.start(), match.end(), value, "money: <sign> <number>", sign=unit)
        if mention is None:
            return None
        if mention.unit is not None and mention.unit.kind != "money":
            return None
        # 新台币8亿元 says its currency before the number; ¥199 says it there alone
        if mention.unit is None or mention.unit_text in {"元", "圆", "块", "元钱"}:
            mention.unit, mention.unit_text = unit, match["sign"]
        mention.rule = "money: <sign> <number>"
        return mention

    def _vague(self, text: str, match: re.Match[str]) -> Mention | None:
        # 数十万, 几百家, 上千元
        scale = parse_hanzi(match["vague_scale"], self.digits, self.scales)
        if scale is None:
            return None
        mention = self._quantity(text, match.start(), match.end(), scale, "vague: several <scale>", is_spelled=True)
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
        if (
            raw[-1] in "千百兆"
            and len(raw) > 1
            and (unit := self.unit_at(text, end - 1)) is not None
            and len(unit["unit"]) > 1
        ):
            raw, end = raw[:-1], end - 1  # 一百千瓦: 千 belongs to the unit
        if raw.endswith("几"):
            return self._some_more(text, start, end, raw)
        if text.startswith("分之", end):
            return self._fraction(text, start, end, raw)
        value = parse_hanzi(raw, self.digits, self.scales)
        if value is None:
            return self._adjacent(text, start, end, raw)
        mention = self._hanzi_amount(text, start, end, raw, value)
        if mention is not None and mention.scale == 1:
            # 五百万: the scale words at its end are what a range hands to its left number
            scales = raw[len(raw.rstrip("".join(self.scales))) :]
            if scales and len(scales) < len(raw):
                mention.scale = parse_hanzi(scales, self.digits, self.scales) or mention.scale
        return mention

    def _hanzi_amount(self, text: str, start: int, end: int, raw: str, value: Decimal) -> Mention | None:
        if len(raw) == 1 and value == 1 and raw == "一":
            mention = self._quantity(text, start, end, value, "number", is_spelled=True)
            # 一个, 一家, 一次 are articles; 一年, 一亿, 一成, 一元 are amounts
            if mention is None or mention.unit is None or (mention.unit.kind == "count" and mention.scale == 1):
                return None
            return mention
        if raw[0] in self.scales and raw[0] != "十":
            return self._scale_alone(text, start, end, value)
        mention = self._quantity(text, start, end, value, "number", is_spelled=True)
        if mention is not None and mention.unit is None and value < 10_000:
            # a loose numeral serves only a range: 三到五年
            mention.rule = "loose"
        return mention

    def _scale_alone(self, text: str, start: int, end: int, value: Decimal) -> Mention | None:
        # 千元, 百家, 万亿规模: the order of magnitude
        mention = self._quantity(text, start, end, value, "magnitude: <scale>", is_spelled=True)
        if mention is None:
            return None
        if text.endswith(self.unit_labels, 0, start):
            return None  # 单位：亿元 states what numbers elsewhere are in
        before = text[start - 1 : start]
        if mention.unit is None and value < 100_000_000 and before not in {"近", "过", "破", "超", "逾", "达"}:
            return None
        if (
            mention.unit is not None
            and mention.unit.kind == "count"
            and before not in {"近", "过", "破", "超", "逾", "达", "成"}
        ):
            return None
        mention.rule = "magnitude: <scale>"
        mention.comparator = mention.comparator or "approx"
        return mention

    def _some_more(self, text: str, start: int, end: int, raw: str) -> Mention | None:
        # 十几, 二十几个
        base = parse_hanzi(raw[:-1], self.digits, self.scales)
        if base is None or base < 10:
            return None
        mention = self._quantity(text, start, end, base, "vague: <number> and some", is_spelled=True)
        if mention is None or mention.value is None:
            return None
        factor = mention.value / base
        place = place_of(base)
        mention.low = (base + max(place / 10, Decimal(1))) * factor
        mention.high = (base + place - max(place / 10, Decimal(1))) * factor
        mention.value, mention.comparator = None, "range"
        return mention

    def _fraction(self, text: str, start: int, end: int, raw: str) -> Mention | None:
        numerator = self.numeral_at(text, end + 2)
        whole = parse_hanzi(raw, self.digits, self.scales)
        if numerator is None or not whole:
            return None
        part = parse_hanzi(numerator.group(), self.digits, self.scales)
        if part is None:
            return None
        role = (
            "share"
            if re.match(r"(?:以上|左右)?[的，。、；]?(?:以上)?", text[numerator.end() : numerator.end() + 3])
            else None
        )
        return Mention(
            start, numerator.end(), part / whole, "fraction: <n> parts of", self.times, None, is_spelled=True, role=role
        )

    def _adjacent(self, text: str, start: int, end: int, raw: str) -> Mention | None:
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
        mention = self._quantity(text, start, end, (tens + low) * scale, "range: adjacent digits", is_spelled=True)
        if mention is None or mention.value is None or (mention.unit is None and scale < 100):
            return None
        if mention.unit is None and any(word in text[end : end + 5] for word in self.implied_money):
            mention.unit, mention.is_currency_inferred = load_units()["CNY"], True  # 四五百的收费
        mention.low = mention.value
        mention.high = mention.value / (tens + low) * (tens + high)
        mention.value, mention.comparator = None, "range"
        mention.rule = "range: adjacent digits"
        return mention

    # ------------------------------------------------------------ number → unit

    def _quantity(
        self,
        text: str,
        start: int,
        end: int,
        number: Decimal,
        rule: str,
        *,
        is_spelled: bool = False,
        sign: Unit | None = None,
    ) -> Mention | None:
        """The number at start:end with what follows it: 多, scale, 个亿, unit, 半, /unit."""
        value, place = number, place_of(number)
        scale = Decimal(1)
        comparator = None
        unit_match = self.unit_at(text, end) if text[end : end + 1] in "千兆百 " else None
        if unit_match is None:
            suffix = _SUFFIX.match(text, end)
            assert suffix is not None  # every part of it is optional
            scale_text = suffix["scale"] or suffix["counted_scale"]
            if scale_text:
                scale = parse_hanzi(scale_text, self.digits, self.scales) or scale
                value, place = value * scale, place * scale
            if suffix["chain"] and scale_text:
                chained = re.match(r"\d+", suffix["chain"])
                assert chained is not None
                more = parse_hanzi(suffix["chain"][chained.end() :], self.digits, self.scales) or Decimal(0)
                if more < scale:
                    value += Decimal(chained.group()) * more
            if suffix["before"] or suffix["after"]:
                comparator = "approx" if (suffix["before"] or suffix["after"]) == "来" else "gt"
            elif suffix["plus"]:
                comparator = "ge"
            if suffix.end() > end and (scale_text or comparator):
                end = suffix.end()
            elif text[end : end + 1] in self.letter_scales and not is_spelled:
                end, scale = self._letter_scale(text, end)
                value, place = value * scale, place * scale
            half = _HALF_IN_UNIT.match(text, end)
            if half is not None:  # 一个半小时
                value, end = value + Decimal("0.5"), half.end()
            unit_match = self.unit_at(text, end)
        mention = Mention(
            start, end, value, rule, comparator=comparator, scale=scale, is_spelled=is_spelled, head_end=end
        )
        if unit_match is not None:
            self._attach_unit(text, mention, unit_match, number, sign)
        if comparator == "gt" and mention.value is not None:
            factor = mention.unit.factor if mention.unit else Decimal(1)
            mention.low, mention.high = mention.value, mention.value + place * factor
        if mention.unit is None and sign is None:
            noun = self.noun_at(text, end)
            if not is_spelled and text[end : end + 1] in self.counts_unless_money:
                mention.unit, mention.unit_text = self.item, text[end]
                mention.end = mention.head_end = end + 1
            elif noun is not None and (scale >= 10_000 or (self.nouns[noun.group()].name == "user" and number >= 10)):
                mention.unit, mention.unit_text, mention.head_end = self.nouns[noun.group()], noun.group(), noun.end()
            elif scale < 10_000:
                return self._bare(text, mention)
        return mention

    def _letter_scale(self, text: str, end: int) -> tuple[int, Decimal]:
        # 30w粉丝, 1.2W: a letter for 万, unless watts are meant
        letter = text[end]
        after = text[end + 1 : end + 3]
        if after[:1].isascii() and after[:1].isalnum():
            return end, Decimal(1)
        if letter == "W" and not re.match(r"[元人粉多+]|用户", after):
            return end, Decimal(1)
        return end + 1, Decimal(self.letter_scales[letter])

    def _attach_unit(
        self, text: str, mention: Mention, match: re.Match[str], number: Decimal, sign: Unit | None
    ) -> None:
        surface = match["unit"]
        unit = self.lexicon.units[surface]
        if (
            surface[-1].isascii()
            and surface[-1].isalpha()
            and text[match.end() : match.end() + 1].isascii()
            and text[match.end() : match.end() + 1].isalpha()
        ):
            return  # 5000mAhX, 3Mate: a Latin unit ends at a word's end
        if unit.kind == "count" and sign is not None:
            return
        if (
            unit.dimension == "time"
            and unit.name == "year"
            and _YEAR_LIKE.match(text, mention.start, mention.start + 4)
            and mention.scale == 1
            and mention.comparator is None
        ):
            return  # 2021年 is a calendar year
        if (
            unit.kind == "count"
            and surface in {"届", "款", "集"}
            and _YEAR_LIKE.match(text, mention.start, mention.start + 4)
        ):
            return
        if surface == "起" and self._bare_kind(text, mention.start) is not None:
            return  # 售价5499起: the lowest price
        if surface == "点" and not self._is_index(text, mention, number):
            return
        if unit.name == "discount" and number >= 10:
            unit = load_units()["percent"]  # 85折 says eighty-five hundredths
        if unit.name == "point" and surface == "个点" and number < 100:
            unit = load_units()["percentage_point"]
        mention.unit, mention.unit_text, mention.end = unit, surface, match.end()
        if mention.value is not None:
            mention.value *= unit.factor
        mention.head_end = mention.end
        if unit.dimension in {"time", "mass", "length", "area"}:
            half = _HALF_AFTER_UNIT.match(text, mention.end)
            if half is not None and mention.value is not None and mention.comparator is None:
                mention.value, mention.end = mention.value + Decimal("0.5") * unit.factor, half.end()  # 两年半
            elif (
                text[mention.end : mention.end + 1] in {"多", "余"}
                and mention.value is not None
                and mention.comparator is None
            ):
                mention.comparator, mention.end = "gt", mention.end + 1  # 三年多
                mention.low, mention.high = mention.value, mention.value + unit.factor
        self._count(text, mention, unit, surface)
        per = self.per_at(text, mention.end)
        if per is not None and unit.kind in {"money", "measure", "count"}:
            mention.denominator, mention.end = self.lexicon.denominators[per["per"]], per.end()

    def _count(self, text: str, mention: Mention, unit: Unit, surface: str) -> None:
        if unit.kind == "count":
            noun = self.noun_at(text, mention.end)
            if noun is not None and surface in self.named_by_noun:
                mention.unit, mention.head_end = self.nouns[noun.group()], noun.end()
            mention.is_minor = (
                mention.is_spelled and mention.value is not None and mention.value < 10 and mention.scale == 1
            )

    def _bare(self, text: str, mention: Mention) -> Mention | None:
        """A number without unit or scale: a claim after 收于, 售价 …, else loose, for ranges and lists."""
        if mention.unit is not None:
            return mention
        kind = self._bare_kind(text, mention.start)
        if kind is not None and not text[mention.end : mention.end + 1].isascii():
            mention.unit = self.bare_units[kind]
            mention.is_currency_inferred = kind == "money"
            mention.rule = f"bare: <{kind} word> <number>"
            return mention
        if text[mention.end : mention.end + 1].isascii() and text[mention.end : mention.end + 1].isalpha():
            return None  # 5G, 3D: part of a name
        mention.rule = "loose"
        return mention

    def _bare_kind(self, text: str, start: int) -> str | None:
        before = text[max(0, start - _BARE_LOOKBEHIND) : start].rstrip(" ：:为达")
        for size in range(min(5, len(before)), 0, -1):
            kind = self.bare.get(before[-size:])
            if kind is not None:
                return kind
        return None

    def _is_index(self, text: str, mention: Mention, number: Decimal) -> bool:
        # 涨30点, 报3200.5点; 12点 is a time
        before = text[max(0, mention.start - 10) : mention.start]
        return number >= 25 or number != int(number) or any(ch in before for ch in "涨跌升降报收指超低高")


@cache
def chinese_scanner() -> ChineseScanner:
    """The scanner over zh.toml, built at first use."""
    return ChineseScanner(load_lexicon("zh"))
