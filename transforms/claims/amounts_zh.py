"""What follows a number in Chinese: 多, scale, unit or measure word, 半, /unit."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from transforms.claims.lexicon import load_units
from transforms.claims.mentions import Mention
from transforms.claims.numerals import parse_hanzi, place_of
from transforms.claims.phrases import PhraseMatcher, phrase_pattern
from transforms.claims.tails_zh import ChineseTails

if TYPE_CHECKING:
    from transforms.claims.lexicon import Lexicon, Unit

_SUFFIX = re.compile(
    r"""
    (?:\s?(?P<before>[多余来几])(?=\s?[十百千万亿元个家名人]))?          # 500多万
    (?:\s?(?P<scale>
        [十百千]?万亿 | [十百千]{0,2}[万亿](?![科达豪向象能圣])
      | 千(?![米克瓦伏卡赫字帕兆万亿]) | 百(?![分度科货强姓胜事万亿]) | 兆(?=[元日韩美新台])
    ))?
    (?P<chain>\d{1,4}(?:千万|百万|万|千|百)(?!分))?                      # 1亿2000万
    (?:(?P<counted>\s?个)(?P<some>多)?(?P<counted_scale>[百千]?[万亿]))?   # 2.5个亿, 两个多亿
    (?:\s?(?P<after>[多余来几])(?![个家名人]?[年月]?[来今以年]))?
    (?P<plus>\+)?
    """,
    re.VERBOSE,
)
_LEVEL_MIN = 10_000
_UNIT_REACH = 8
_ASCII = frozenset(map(chr, range(128)))
_TIMES = frozenset({"d", "wk", "mo", "a", "h"})
_YEAR_LIKE = re.compile(r"(?:19|20)\d\d$")
_HOURS, _MINUTES = ("小时", "钟头", "小时零"), 60
_BARE_LOOKBEHIND = 8
_BARE_CHARS = 6  # of the longest word before a bare number
_UNIT_LOOKBEHIND = 10
_EACH_LOOKBEHIND = 10
_QUAKE_LOOKBEHIND = 34
_MAX_MAGNITUDE = 10


class ChineseAmounts:
    """Reads a number's scale and unit; compiled over the Chinese lexicon, stateless."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        data = lexicon.data
        units = load_units()
        inside = data["counted_by_ge"]
        # 9个多百分点, 两个多小时: the unit is 个百分点, 个小时
        self.some_in_unit = re.compile(rf"个[多余](?=\s?{phrase_pattern(inside['some'])})").match
        self.half_in_unit = re.compile(rf"个半(?=个?{phrase_pattern(inside['half'])})").match
        self.index_before: list[str] = data["index_points"]["before"]
        self.numbered_by_year = frozenset(data["numbered_by_year"]["words"])
        self.digits: dict[str, int] = data["digits"]
        self.scales: dict[str, int] = data["scales"]
        self.item = units["item"]
        self.unit_at = PhraseMatcher(lexicon.units, lexicon.guards(), group="unit")
        self.nouns: dict[str, Unit] = {
            noun: units[name] for name, nouns in data["counted_nouns"].items() for noun in nouns
        }
        self.counts_unless_money = frozenset(data["counts_unless_money"]["words"])
        self.named_by_noun = frozenset(data["named_by_noun"]["words"])
        self.named_by_metric = self.named_by_noun - {"名", "位"}  # 观众有4372名 are persons, whatever they watch
        self.noun_at = re.compile(phrase_pattern(self.nouns, data["counted_guards"])).match
        each = phrase_pattern(lexicon.denominators)
        self.each_before = re.compile(rf"每(?P<per>{each})[^，。、；\d]{{0,7}}$").search
        self.not_per_time = frozenset(data["not_per_time"]["dimensions"])
        self.units_after: dict[str, list[tuple[list[str], Unit]]] = {}
        for rule in data["units_after"]:
            self.units_after.setdefault(rule["unit"], []).append((rule["before"], units[rule["becomes"]]))
        # 800元/月, 5块一斤; 花了三亿元一年内建成 says when
        self.per_at = re.compile(
            rf"\s?(?:/|／|每|(?P<one>一(?:个(?=月|小时))?))\s?(?P<per>{each})(?(one)(?![来内后以前间到个半再起直]))"
        ).match
        bare = {kind: words for kind, words in data["bare_numbers"].items() if kind != "quake"}
        self.bare: dict[str, str] = {word: kind for kind, found in bare.items() for word in found}
        quake = phrase_pattern(data["bare_numbers"]["quake"])
        self.quake_before = re.compile(rf"{quake}[^。！？\n]{{0,30}}$").search
        bounds, kinds = (phrase_pattern(data["quakes"][key]) for key in ("bounds", "kinds"))
        self.quake_after = re.compile(rf"级{bounds}?的?{kinds}?{quake}").match
        self.richter = units["richter"]
        self.bare_units = {
            "index": units["point"],
            "score": units["score_point"],
            "money": units["CNY"],
            "wind": units["beaufort"],
        }
        self.letter_scales: dict[str, int] = data["letter_scales"]
        words = (
            *lexicon.units,
            *self.nouns,
            *self.letter_scales,
            *self.scales,
            *"多余来几+个半 ",
            *(rule["letter"] for rule in data["letter_units"]),
        )
        self.follow = frozenset(word[0] for word in words)
        self.tails = ChineseTails(lexicon)
        self.specifications = frozenset(data["specifications"]["words"])
        letters = data["letter_units"]
        self.letter_units = {(rule["letter"], noun): units[rule["unit"]] for rule in letters for noun in rule["before"]}
        nouns = phrase_pattern({noun for _, noun in self.letter_units})
        written = "".join(sorted({rule["letter"] for rule in letters}))
        self.letter_unit_at = re.compile(
            rf"\s?(?P<unit>[{written}])(?=\s?(?:的|大|\+\d+[{written}])?\s?(?P<noun>{nouns}))"
        ).match
        self.letter_scaled_at = re.compile(phrase_pattern(data["scaled_by_letter"]["before"])).match

    def read(
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
        if sign is None and text[end : end + 1] not in self.follow:
            return self._bare(text, Mention(start, end, number, rule, is_spelled=is_spelled, head_end=end))
        value, scale = number, Decimal(1)
        comparator = None
        shift = 0  # where the text begins that the unit is read in
        unit_match = self.unit_at(text, end) if text[end : end + 1] in "千兆百 " else None
        if unit_match is None:
            suffix = _SUFFIX.match(text, end)
            assert suffix is not None  # every part of it is optional
            scale_text = suffix["scale"] or suffix["counted_scale"]
            if scale_text:
                scale = parse_hanzi(scale_text, self.digits, self.scales) or scale
                value *= scale
            if suffix["chain"] and scale_text:
                chained = re.match(r"\d+", suffix["chain"])
                assert chained is not None
                more = parse_hanzi(suffix["chain"][chained.end() :], self.digits, self.scales) or Decimal(0)
                if more < scale:
                    value += Decimal(chained.group()) * more
            if suffix["some"]:
                comparator = "gt"
            elif suffix["before"] or suffix["after"]:
                comparator = "approx" if (suffix["before"] or suffix["after"]) == "来" else "gt"
            elif suffix["plus"]:
                comparator = "ge"
            if suffix.end() > end and (scale_text or comparator):
                end = suffix.end()
            elif text[end : end + 1] in self.letter_scales and not is_spelled:
                end, scale = self._letter_scale(text, start, end)
                value *= scale
            if value >= _LEVEL_MIN and text.startswith("级", end) and not text.startswith("级别", end):
                end, comparator = end + 1, comparator or "approx"  # 百万级骑手
            if text.startswith("个半", end) and (half := self.half_in_unit(text, end)) is not None:
                value, end = value + Decimal("0.5"), half.end()  # 一个半小时
            if text.startswith(("个多", "个余"), end) and (some := self.some_in_unit(text, end)) is not None:
                shift, comparator = some.end() - 1, "gt"
                unit_match = self.unit_at(f"个{text[some.end() : some.end() + _UNIT_REACH]}")
            else:
                unit_match = self.unit_at(text, end)
        mention = Mention(
            start, end, value, rule, comparator=comparator, scale=scale, is_spelled=is_spelled, head_end=end
        )
        if unit_match is not None:
            self._attach_unit(text, mention, unit_match, number, sign, shift)
        elif sign is None and (letter := self.letter_unit_at(text, end)) is not None:
            unit = self.letter_units.get((letter["unit"], letter["noun"]))  # 16G内存
            if unit is not None:
                mention.unit, mention.unit_text = unit, letter["unit"]
                mention.end = mention.head_end = letter.end()
        if comparator == "gt" and mention.value is not None:
            factor = mention.unit.factor if mention.unit else Decimal(1)
            mention.low, mention.high = mention.value, mention.value + place_of(number) * scale * factor
        if mention.unit is None and sign is None:
            noun = self.noun_at(text, end)
            if not is_spelled and text[end : end + 1] in self.counts_unless_money:
                mention.unit, mention.unit_text = self.item, text[end]
                mention.end = mention.head_end = end + 1
            elif noun is not None and (
                scale >= 10_000
                or (is_spelled and number >= 10_000)
                or (self.nouns[noun.group()].name == "user" and number >= 10)
            ):
                mention.unit, mention.unit_text, mention.head_end = self.nouns[noun.group()], noun.group(), noun.end()
            elif scale < 10_000:
                return self._bare(text, mention)
        return mention

    def _letter_scale(self, text: str, start: int, end: int) -> tuple[int, Decimal]:
        # 30w粉丝, 1.2W: a letter for 万, unless watts are meant; 12k月薪, 12k个: a thousand, unless it is a resolution
        letter = text[end]
        after = text[end + 1 : end + 3]
        if after[:1].isascii() and after[:1].isalnum():
            return end, Decimal(1)
        if letter == "w" or self.letter_scaled_at(after) or self.bare_kind(text, start) == "money":
            return end + 1, Decimal(self.letter_scales[letter])
        return end, Decimal(1)

    def _attach_unit(
        self, text: str, mention: Mention, match: re.Match[str], number: Decimal, sign: Unit | None, shift: int
    ) -> None:
        surface, end = match["unit"], match.end() + shift
        unit = self.lexicon.units[surface]
        if (
            surface[-1].isascii()
            and surface[-1].isalpha()
            and text[end : end + 1].isascii()
            and text[end : end + 1].isalpha()
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
            and surface in self.numbered_by_year
            and _YEAR_LIKE.match(text, mention.start, mention.start + 4)
        ):
            return
        if surface == "起" and self.bare_kind(text, mention.start) is not None:
            return  # 售价5499起: the lowest price
        if surface == "点" and not self._is_index(text, mention, number):
            return
        if surface == "分" and self.tails.minutes(text, mention):
            return  # 2分18秒
        if surface == "分" and number < _MINUTES and text.endswith(_HOURS, 0, mention.start):
            unit = load_units()["minute"]  # 4小时28分
        if unit.name == "discount" and number >= 10:
            unit = load_units()["percent"]  # 85折 says eighty-five hundredths
        if unit.name == "point" and surface == "个点" and number < 100:
            unit = load_units()["percentage_point"]
        mention.unit, mention.unit_text, mention.end = unit, surface, end
        if mention.value is not None:
            mention.value *= unit.factor
        mention.head_end = mention.end
        self.tails.add(text, mention)
        self._count(text, mention, unit, surface)
        if unit.name in self.units_after:
            mention.unit = self._unit_after(text, mention, unit)
        per = self.per_at(text, mention.end)
        each = self.each_before(text, max(0, mention.start - _EACH_LOOKBEHIND), mention.start)
        if per is None and each is not None:
            self._per_each(mention, each["per"])
        if per is not None and unit.kind in ({"money"} if per["one"] else {"money", "measure", "count"}):
            mention.denominator, mention.end = self.lexicon.denominators[per["per"]], per.end()

    def _per_each(self, mention: Mention, word: str) -> None:
        # 每股派息0.5元, 每天不超过5克; 每天工作8小时 and 每年三次 keep their units
        assert mention.unit is not None
        unit, per = mention.unit, self.lexicon.denominators[word]
        if unit.kind == "money" or (
            unit.kind == "measure" and per in _TIMES and unit.dimension not in self.not_per_time
        ):
            mention.denominator = per

    def _unit_after(self, text: str, mention: Mention, unit: Unit) -> Unit:
        # 时速350公里: the word before says what the unit measures
        before = text[max(0, mention.start - _UNIT_LOOKBEHIND) : mention.start]
        found = (other for words, other in self.units_after[unit.name] if any(word in before for word in words))
        return next(found, unit)

    def _count(self, text: str, mention: Mention, unit: Unit, surface: str) -> None:
        if unit.kind == "count":
            noun = self.noun_at(text, mention.end)
            if noun is not None and surface in self.named_by_noun:
                mention.unit, mention.head_end = self.nouns[noun.group()], noun.end()
            mention.is_minor = (
                mention.is_spelled
                and mention.value is not None
                and mention.value < 10
                and mention.scale == 1
                and surface not in self.specifications
            )

    def _bare(self, text: str, mention: Mention) -> Mention | None:
        """A number without unit or scale: a claim after 收于, 售价 …, else loose, for ranges and lists."""
        if mention.unit is not None:
            return mention
        kind = self.bare_kind(text, mention.start)
        if kind is None and text.startswith("级", mention.end) and self._is_quake(text, mention):
            mention.unit, mention.unit_text, mention.rule = self.richter, "级", "bare: <quake word> <number>"
            mention.end = mention.head_end = mention.end + 1
            return mention
        if kind == "wind":  # 风力8级
            if text[mention.end : mention.end + 1] != "级":
                return None
            mention.end = mention.head_end = mention.end + 1
        if kind is not None and text[mention.end : mention.end + 1] not in _ASCII:
            mention.unit = self.bare_units[kind]
            mention.is_currency_inferred = kind == "money"
            mention.rule = f"bare: <{kind} word> <number>"
            return mention
        if text[mention.end : mention.end + 1].isascii() and text[mention.end : mention.end + 1].isalpha():
            return None  # 5G, 3D: part of a name
        mention.rule = "loose"
        return mention

    def _is_quake(self, text: str, mention: Mention) -> bool:
        # 最大余震3.4级, 5级以上余震
        if mention.value is None or mention.value >= _MAX_MAGNITUDE:
            return False
        if self.quake_after(text, mention.end) is not None:
            return True
        return self.quake_before(text, max(0, mention.start - _QUAKE_LOOKBEHIND), mention.start) is not None

    def bare_kind(self, text: str, start: int) -> str | None:
        before = text[max(0, start - _BARE_LOOKBEHIND) : start].rstrip(" ：:为达是约近超过")
        for size in range(min(_BARE_CHARS, len(before)), 0, -1):
            kind = self.bare.get(before[-size:])
            if kind is not None:
                return kind
        return None

    def _is_index(self, text: str, mention: Mention, number: Decimal) -> bool:
        # 涨30点, 报3200.5点; 12点 is a time
        before = text[max(0, mention.start - 10) : mention.start]
        return number >= 25 or number != int(number) or any(word in before for word in self.index_before)
