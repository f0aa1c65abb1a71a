"""Ranks in Chinese: 第三名, 跌到第五, 分列第二、第三, 稳居前三, TOP 10; 第三批 and 第四场 are places in a sequence."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from transforms.claims.lexicon import load_units
from transforms.claims.mentions import Mention
from transforms.claims.numerals import parse_hanzi
from transforms.claims.phrases import phrase_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.claims.amounts_zh import ChineseAmounts
    from transforms.claims.lexicon import Lexicon

_LOOKBEHIND = 14
_LIST_LOOKBEHIND = 24
_LARGE = 10_000


class ChineseRanks:
    """Reads ordinals; compiled over the Chinese lexicon, stateless."""

    def __init__(self, lexicon: Lexicon, amounts: ChineseAmounts) -> None:
        data = lexicon.data
        self.digits: dict[str, int] = data["digits"]
        self.scales: dict[str, int] = data["scales"]
        self.amounts = amounts
        self.rank = load_units()["rank"]
        ranks = data["ranks"]
        numeral = "[" + "".join(self.digits) + "".join(self.scales) + "]"
        places = rf"(?:第(?:\d+|{numeral}+)[名位]?[、和及与]){{0,4}}"
        self.placed = re.compile(rf"{phrase_pattern(ranks['placed'])}[^，。；、]{{0,6}}{places}$").search
        self.within = re.compile(rf"{phrase_pattern(ranks['within'])}[^，。；、]{{0,4}}$").search
        # 第四场, 第三产业: what is numbered, not ranked
        sequence = {word[0] for words in data["counts"].values() for word in words} - set(ranks["not_sequence"])
        self.numbered_at = re.compile(phrase_pattern({*sequence, *ranks["sequence"]})).match
        self.listed_at = re.compile(rf"[、和及与](?P<value>\d{{1,3}}|{numeral}{{1,3}})(?P<unit>[名位])?(?!\.?\d)").match

    def _value(self, raw: str) -> Decimal | None:
        return Decimal(raw) if raw.isascii() else parse_hanzi(raw, self.digits, self.scales)

    def read(self, text: str, match: re.Match[str]) -> Mention | None:
        """The rank of an ordinal, or the amount that only looks like one: 前100万用户."""
        value = self._value(match["ordinal_value"])
        if value is None:
            return None
        unit_text, lead = match["ordinal_unit"], match["ordinal"][0]
        start, end = match.span()
        before = text[max(0, start - _LIST_LOOKBEHIND) : start]
        if lead in "前Tt":
            if unit_text is None and not (lead in "Tt" or self.within(before[-_LOOKBEHIND:])):
                return self._quantity(text, match, value)
            if unit_text == "大" and not self.within(before[-_LOOKBEHIND:]):
                return None
            return Mention(start, end, value, "rank: top <number>", self.rank, unit_text, comparator="le")
        is_place = unit_text in {"名", "位"} and match["ordinal_value"].isascii() and value > 1
        if unit_text in {"强", "家"} or not (is_place or self.placed(before) or lead == "N"):
            return None
        if unit_text is None and self.numbered_at(text, end):
            return None
        return Mention(start, end, value, "rank: number <n>", self.rank, unit_text)

    def listed(self, text: str, rank: Mention) -> Iterator[Mention]:
        """The ranks that go on behind one without 第 of their own: 位列第二、三位."""
        if rank.unit is not self.rank or rank.comparator == "le" or text[rank.start] != "第":
            return
        at = rank.end
        while (found := self.listed_at(text, at)) and (value := self._value(found["value"])) and found["unit"]:
            at = found.end()
            yield Mention(found.start("value"), at, value, "rank: number <n>", self.rank, found["unit"])

    def _quantity(self, text: str, match: re.Match[str], value: Decimal) -> Mention | None:
        # 前3个月 is a period, 前 100 万用户 a count: only amounts with a scale count on.
        start, end = match.span("ordinal_value")
        mention = self.amounts.read(text, start, end, value, "number")
        return mention if mention is not None and mention.scale >= _LARGE else None
