"""Rarer ways to credit somebody in Chinese: X监测的70城, X将预测由1900美元上调到2100美元, 老板算了一笔账：."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from transforms.claims.affixes import Endings
from transforms.claims.credits import Credit
from transforms.claims.phrases import phrase_pattern
from transforms.claims.sources_zh import attribution_words, chinese_sources, credit_words

if TYPE_CHECKING:
    from collections.abc import Mapping

BREAK = "，。；：！？,;“”「」\\n"
REACH = 60  # characters before a verb that are read for its source
# A clause ends behind a mark, a quotation that ends with one, or a dash. The set in front lets the search skip ahead.
CLAUSE = re.compile(
    r"[，。；：！？\n;,”」—\s](?:(?<=[，。；：！？\n;])|(?<=,)(?!\d)|(?<=[，。！？…,.!?][”」])|(?<=—)—|(?<=。\s))"
)
_FOR = re.compile("(?<=..)为")
_HANDLE = re.compile("[将把]")


class ChineseConstructions:
    """Compiled expressions over the Chinese lexicon."""

    def __init__(self) -> None:
        data = attribution_words()
        words = {key: phrase_pattern(data[key]) for key in ("figures", "views", "telling")}
        rare = credit_words()["constructions"]
        words |= {key: phrase_pattern(listed) for key, listed in rare.items()}
        self.names = chinese_sources()
        self.papers = Endings(data["papers"])
        self.figures = re.compile(words["figures"])
        self.figures_ahead = re.compile(rf"[^{BREAK}]{{0,20}}?{words['figures']}")
        self.attributive = frozenset(f"{word}的" for word in data["attributive"])
        self.published = frozenset(f"{word}的" for word in rare["published"])
        self.view = re.compile(words["views"])
        self.label = re.compile(
            rf"\s*(?:【[^】]{{1,8}}】|【|\d{{1,2}}[、.．]\s?|[①-⑩]|·|•)?(?P<name>[^{BREAK}（）【】]{{2,16}})[：:]"
        )
        # 一位做地锅鸡的老板掰着指头算：
        self.told = re.compile(rf"(?:{words['telling']})[^{BREAK}]{{0,3}}：")
        # 财务负责人徐岚给出更细的数字：
        self.given = re.compile(rf"{words['giving']}(?:了)?[^{BREAK}]{{0,8}}{words['given']}：")
        # 快手科技发布2023年第二季度财报：
        self.released = re.compile(rf"{words['releasing']}(?:了)?(?P<paper>[^{BREAK}]{{2,20}})：")
        # 按省商务厅年初定下的盘子，
        self.planned = re.compile(
            rf"(?:按照?|根据|依据|依照)(?P<name>[^{BREAK}]{{2,20}}?){words['planning']}的[^{BREAK}]{{1,10}}，"
        )
        self.triggers = {
            "attributive": [*self.attributive, *self.published],
            "move": data["moves"],
            "sized": rare["sizing"],
            "planned": [f"{word}的" for word in rare["planning"]],
            "given": rare["giving"],
        }

    @cached_property
    def teller(self) -> re.Pattern[str]:
        """一位做地锅鸡的老板(掰着指头算): compiled at need, which is rare."""
        return re.compile(rf"(?P<name>.*{phrase_pattern(attribution_words()['titles'])})[^{BREAK}]{{0,12}}$")

    def read(
        self, text: str, start: int, end: int, here: Mapping[str, list[tuple[int, int]]], found: list[Credit]
    ) -> None:
        """Adds the credits of text[start:end] whose words stand in it."""
        if text.find("：", start, end) >= 0:
            self._read_told(text, start, end, found)
        if "given" in here:
            self._read_given(text, start, end, found)
        if "planned" in here:
            for match in self.planned.finditer(text, start, end):
                self._add(text, match.start(), match.end(), match["name"], found)
        if "attributive" in here:
            self._read_attributive(text, start, end, here["attributive"], found)
        if "move" in here:
            self._read_moved(text, start, end, here["move"], found)
        for sized, stop in here.get("sized", ()):
            self._read_sized(text, start, sized, stop, found)
        if start == 0 or text[start - 1] in "\n【":
            self._read_label(text, start, end, found)

    def _add(self, text: str, at: int, stop: int, raw: str, found: list[Credit]) -> None:
        """A publication whose name must be an office's or a paper's."""
        name = self.names.name_of(raw)
        if name and not covers(found, at) and (self.names.is_office(name) or self.names.is_publication(raw)):
            found.append(Credit(at, stop, name, is_speech=False))

    def _read_told(self, text: str, start: int, end: int, found: list[Credit]) -> None:
        """老板掰着指头算：, X发布第二季度财报：."""
        for match in self.told.finditer(text, start, end):
            at = clause_start(text, start, match.start())
            teller = self.teller.match(text, at, match.start())
            name = self.names.name_of(teller["name"]) if teller is not None else None
            if name and not covers(found, match.start()):
                found.append(Credit(at, match.end() - 1, name, is_speech=True))
        for match in self.released.finditer(text, start, end):
            if self.papers.of(match["paper"]) and not covers(found, match.start()):
                found.append(Credit(match.start(), match.end(), match["paper"], is_speech=False))

    def _read_given(self, text: str, start: int, end: int, found: list[Credit]) -> None:
        """财务负责人徐岚给出更细的数字：."""
        for match in self.given.finditer(text, start, end):
            at = clause_start(text, start, match.start())
            raw = text[at : match.start()]
            name = self.names.name_of(raw)
            is_person = self.names.is_person(raw)
            if name and (is_person or self.names.is_office(name)) and not covers(found, match.start()):
                found.append(Credit(at, match.end() - 1, name, is_speech=True))

    def _read_attributive(
        self, text: str, start: int, end: int, words: list[tuple[int, int]], found: list[Credit]
    ) -> None:
        """X监测的70城, X发布的10月份指数为: an office, and no verb of saying."""
        for begin, stop in words:
            word = text[begin:stop]
            is_figure = word in self.published and self.figures_ahead.match(text, stop, end) is not None
            if word not in self.attributive and not is_figure:
                continue
            at = clause_start(text, start, begin)
            raw = _FOR.split(text[at:begin], maxsplit=1)[0]
            name = self.names.name_of(raw)
            is_person = self.names.is_person(raw)
            is_maker = word == "编制的" and is_figure  # 德路里编制的世界集装箱运价指数
            if name and (is_maker or is_person or self.names.is_office(name)) and not covers(found, begin):
                found.append(Credit(at, stop, name, is_speech=is_person))

    def _read_moved(self, text: str, start: int, end: int, moves: list[tuple[int, int]], found: list[Credit]) -> None:
        """X将预测由1900美元上调到2100美元: a view that is moved or kept."""
        floor = start
        for move, behind in moves:
            if move < floor:
                continue
            floor = behind
            if covers(found, move):
                continue
            at = clause_start(text, start, move)
            stop = _clause_end(text, behind, end)
            if self.view.search(text, at, stop) is None:
                continue
            handle = _HANDLE.search(text, at, move)
            cut = handle.start() if handle is not None else move
            if cut == at and at > start:  # 摩根士丹利更谨慎，把预期从25%下修到20%
                name = self.names.houses.at(text, clause_start(text, start, at - 1)) or None
            else:
                name = self.names.name_of(text[at:cut])
            if name and self.names.is_office(name) and not covers(found, cut):
                found.append(Credit(at, max(cut, at + 1), name, is_speech=True, is_forecast=True))

    def _read_sized(self, text: str, start: int, sized: int, stop: int, found: list[Credit]) -> None:
        """世卫组织的报告将额外死亡估算为每年11万人."""
        at = clause_start(text, start, sized)
        handle = _HANDLE.search(text, at + 1, sized)
        if handle is not None:
            self._add(text, at, stop, text[at : handle.start()], found)

    def _read_label(self, text: str, start: int, end: int, found: list[Credit]) -> None:
        """乘联会：3月零售168.7万辆. An office's name before a colon opens a flash."""
        match = self.label.match(text, start, end)
        if match is None or covers(found, match.start("name")):
            return
        name = self.names.name_of(match["name"])
        if name and name == match["name"].strip() and self.names.is_firm(name):
            found.append(Credit(match.start(), match.end(), name, is_speech=False))


def covers(found: list[Credit], at: int) -> bool:
    """Whether an offset stands in a credit."""
    return any(credit.start <= at < credit.end for credit in found)


def clause_start(text: str, start: int, at: int) -> int:
    """Where the clause around an offset begins."""
    low = max(start, at - REACH)
    return max((m.end() for m in CLAUSE.finditer(text, low, at)), default=low)


def _clause_end(text: str, at: int, end: int) -> int:
    match = CLAUSE.search(text, at, min(end, at + REACH))
    return match.start() if match is not None else min(end, at + REACH)
