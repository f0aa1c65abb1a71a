"""What goes on behind a number's unit in Chinese: 两年半, 三成五, 三年多, 十块五毛, 2分18秒."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from transforms.claims.lexicon import load_units
from transforms.claims.numerals import parse_hanzi

if TYPE_CHECKING:
    from transforms.claims.lexicon import Lexicon
    from transforms.claims.mentions import Mention

_HALF = re.compile(r"半(?![年天导径边数场夜路价成])")
# 20秒26收获银牌; 30秒15次 counts something else
_HUNDREDTHS = re.compile(r"\d\d(?![\d.,%年月日号点分秒时个元万亿千百倍人名家次米台辆场岁:])")
_HALF_DIMENSIONS = frozenset({"time", "mass", "length", "area"})
_HALF_UNITS = frozenset({"tenth", "times"})
_SECONDS_IN_MINUTE = 60


class ChineseTails:
    """Adds to a mention what stands behind its unit; compiled over the Chinese lexicon, stateless."""

    def __init__(self, lexicon: Lexicon) -> None:
        data = lexicon.data
        self.digits: dict[str, int] = data["digits"]
        self.scales: dict[str, int] = data["scales"]
        coins = data["coins"]
        self.coin_words = frozenset(coins["after"])
        self.elided_after = frozenset(coins["elided_after"])
        self.coin_values = {word: Decimal(value) for word, value in coins["values"].items()}
        digit = "[" + "".join(self.digits) + "]"
        coin = "|".join(sorted(self.coin_values, key=len, reverse=True))
        self.coin_at = re.compile(rf"[零又]?(?P<number>\d{{1,2}}|{digit})\s?(?P<coin>{coin})").match
        self.elided_at = re.compile(rf"(?P<number>\d|{digit})(?=[，。、；！？）”」的左以包起一就之]|$)").match
        seconds = rf"(?P<seconds>\d{{1,2}}(?:\.\d+)?|[{''.join(self.digits)}{''.join(self.scales)}]{{1,3}})秒"
        self.seconds_at = re.compile(rf"[零又]?{seconds}").match
        self.second = load_units()["second"]

    def add(self, text: str, mention: Mention) -> None:
        """Reads on at the mention's end; its unit is set."""
        unit = mention.unit
        if unit is None or mention.value is None:
            return
        if unit.name == "tenth" and (tail := self.digits.get(text[mention.end : mention.end + 1])):
            mention.value, mention.end = mention.value + tail, mention.end + 1  # 三成五
        if unit.dimension in _HALF_DIMENSIONS or unit.name in _HALF_UNITS:
            half = _HALF.match(text, mention.end)
            if half is not None and mention.comparator is None:
                mention.value, mention.end = mention.value + Decimal("0.5") * unit.factor, half.end()  # 两年半
            elif text[mention.end : mention.end + 1] in {"多", "余"} and mention.comparator is None:
                mention.comparator, mention.end = "gt", mention.end + 1  # 三年多
                mention.low, mention.high = mention.value, mention.value + unit.factor
        elif mention.unit_text in self.coin_words:
            self._coins(text, mention)
        if unit is self.second:
            self._hundredths(text, mention)

    @staticmethod
    def _hundredths(text: str, mention: Mention) -> None:
        # 9秒83: a time of sport
        found = _HUNDREDTHS.match(text, mention.end)
        if found is not None and mention.value is not None and mention.value == int(mention.value):
            mention.value, mention.end = mention.value + Decimal(found.group()) / 100, found.end()
            mention.head_end = mention.end

    def _coins(self, text: str, mention: Mention) -> None:
        # 十块五毛, 一元二角五分; 十块五 says five tenths
        assert mention.unit is not None
        assert mention.value is not None
        step = mention.unit.factor
        while coin := self.coin_at(text, mention.end):
            part = self.coin_values[coin["coin"]]
            if part >= step:
                return
            mention.value += self._number(coin["number"]) * part
            mention.end, step = coin.end(), part
        if mention.unit_text in self.elided_after or step < mention.unit.factor:
            elided = self.elided_at(text, mention.end)
            if elided is not None and mention.comparator is None:
                mention.value += self._number(elided["number"]) * step / 10
                mention.end = elided.end()

    def _number(self, raw: str) -> Decimal:
        return Decimal(raw) if raw.isascii() else Decimal(self.digits[raw])

    def minutes(self, text: str, mention: Mention) -> bool:
        """Whether 分 at the mention's end is minutes, with seconds behind it; then the mention is in seconds."""
        match = self.seconds_at(text, mention.end + 1)
        if match is None or mention.value is None:
            return False
        raw = match["seconds"]
        seconds = Decimal(raw) if raw[0].isascii() else parse_hanzi(raw, self.digits, self.scales)
        if seconds is None or seconds >= _SECONDS_IN_MINUTE:
            return False
        mention.value = mention.value * _SECONDS_IN_MINUTE + seconds
        mention.unit, mention.unit_text = self.second, text[mention.end : match.end()]
        mention.end = mention.head_end = match.end()
        self._hundredths(text, mention)
        return True
