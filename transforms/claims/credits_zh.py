"""Who is credited in Chinese: 据X报道, X数据显示, X表示, the outlet that opens or closes a flash."""

from __future__ import annotations

import re
from functools import cache

from transforms.claims.credits import Credit, CreditFinder
from transforms.claims.lexicon import read_lexicon
from transforms.claims.phrases import phrase_pattern

_BREAK = "，。；：、！？,;“”「」（）()\\n"
_NAME_EDGE = " \u3000“”\"'‘’「」《》的，,：:"
_NOT_A_SOURCE = re.compile(r"^(?:已|获得|进行|能够|可以|正在|将|如果|当|不)|[是了]|\d[家只人名个亿万元股]")


class ChineseCredits(CreditFinder):
    """Compiled expressions over the Chinese lexicon."""

    def __init__(self) -> None:
        super().__init__()
        data = read_lexicon("topics_zh.toml")["attribution"]
        closers = phrase_pattern(data["closers"])
        self.opened = re.compile(
            rf"(?:{phrase_pattern(data['openers'])})(?P<name>[^{_BREAK}]{{1,26}}?)"
            rf"(?P<closer>{closers})(?=[，,：:显称的中里来]|$|[^{_BREAK}])"
        )
        between = phrase_pattern(data["between"])
        verbs = phrase_pattern(data["verbs"])
        self.publication_verbs = frozenset(data["publication_verbs"])
        self.announcements = frozenset(data["announcements"])
        self.not_verbs = re.compile(phrase_pattern(data["not_verbs"]))
        self.said = re.compile(
            rf"(?P<name>[^{_BREAK}]{{1,24}}?)\s?(?:{between}|在[^{_BREAK}]{{1,16}}?[中上里时]|向[^{_BREAK}]{{1,14}}?|对[^{_BREAK}]{{1,10}}?)*\s?(?P<verb>{verbs})(?!{phrase_pattern(data['not_after_verbs'])})"
        )
        # A lazy name before its verb is tried at every character: one look for what must follow it comes first.
        self.verb_at = re.compile(verbs)
        self.clause = re.compile(r"(?:^|(?<=[，。；：！？”）\n,]))\s*")
        papers = phrase_pattern(data["papers"])
        self.paper = re.compile(rf"(?:在|据)?(?P<name>[^{_BREAK}]{{0,20}}?{papers})(?:数据)?(?:中|里|上)(?=[，,：:])")
        self.looked_up = re.compile(
            rf"(?:查询|查阅|登录|翻阅)(?P<name>[^{_BREAK}]{{2,18}}?(?:官网|网站|{papers}))(?=[，,显发])"
        )
        self.in_view = re.compile(rf"在?(?P<name>[^{_BREAK}]{{2,14}}?)看来(?=，)")
        self.seen_on = re.compile(
            rf"在(?P<name>[^{_BREAK}]{{2,14}}?(?:官网|网站))[^{_BREAK}]{{0,16}}?(?:看到|显示|发现)(?=，)"
        )
        self.led = (
            (self.opened, re.compile(phrase_pattern(data["openers"]))),
            (self.paper, re.compile(rf"{papers}(?:数据)?[中里上][，,：:]")),
            (self.looked_up, re.compile(r"查询|查阅|登录|翻阅")),
            (self.seen_on, re.compile(r"官网|网站")),
            (self.in_view, re.compile(r"看来，")),
        )
        self.quoted = re.compile(rf"[“「](?P<name>[^{_BREAK}]{{2,10}})[”」](?:也|还|则|曾)?(?P<verb>{verbs})")
        self.outlet = re.compile(
            rf"（(?:来源|据|转自)?[：:]?(?P<name>[^（）()\d：:，。、]{{1,12}}?(?:{phrase_pattern(data['outlets'])})|[^（）()：:，。、\s]{{4,10}})）\s*$"
        )
        self.not_outlet = re.compile(phrase_pattern(data["not_outlets"]))
        self.opening = re.compile(
            rf"^\s*(?P<name>[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9 \u4e00-\u9fff]{{1,10}}?)\s?"
            rf"(?:独家)?(?:获悉|了解到|从[^{_BREAK}]{{2,20}}获悉)"
        )
        self.unnamed = re.compile(r"据(?:了解|悉|介绍|统计|测算|透露)[，,]")
        self.lead_in = re.compile(
            rf"^(?:(?:北京时间|当地时间)?\s?\d{{1,4}}\s?[年月日]\s?)+(?:\d{{1,2}}:\d\d)?|^(?:{phrase_pattern(data['lead_in'])})+"
        )
        self.trail = re.compile(rf"(?<=[^{_BREAK}]{{2}})(?:{phrase_pattern(data['trail'])})$")
        self.titled = re.compile(
            rf".(?:{phrase_pattern(data['titles'])})(?P<person>[\u4e00-\u9fff]{{2,4}}|[\u4e00-\u9fff·]{{4,12}})$"
        )
        self.titles_end = re.compile(rf"(?:{phrase_pattern(data['titles'])})$")
        self.not_names = re.compile(
            rf"^(?:{phrase_pattern(data['not_names'])})$|(?:{phrase_pattern(data['not_name_ends'])})$"
        )
        self.pronouns = frozenset(data["pronouns"])

    def between(self, text: str, start: int, end: int) -> list[Credit]:
        """Credits of text[start:end] in order."""
        found: list[Credit] = []
        is_said = self.verb_at.search(text, start, end) is not None
        patterns = [pattern for pattern, lead in self.led if lead.search(text, start, end)]
        for pattern in (*patterns, self.quoted) if is_said else patterns:
            is_speech = pattern is self.in_view or pattern is self.quoted
            for match in pattern.finditer(text, start, end):
                name = self._trim(match["name"])
                if name and not any(a.start <= match.start() < a.end for a in found):
                    found.append(Credit(match.start(), match.end(), name, is_speech))
        taken = [(c.start, c.end) for c in found]
        for clause in self.clause.finditer(text, start, end) if is_said else ():
            said = self.said.match(text, clause.end(), end)
            if said is None or any(a <= said.start("verb") < b for a, b in taken):
                continue
            if any(self.not_verbs.match(text, said.start("verb") - back) for back in (0, 1, 2)):
                continue
            verb = said["verb"]
            raw = said["name"].strip(_NAME_EDGE)
            is_closing = text[said.end() : said.end() + 1] in "。." or said.end() >= end - 1
            if raw in self.pronouns:
                found.append(Credit(said.start(), said.end(), None, True, is_closing, is_pronoun=True))
                continue
            name = self._trim(raw)
            if name is None or any(ch in "%％" for ch in name):
                continue
            is_speech = verb not in self.publication_verbs
            announced = verb in self.announcements
            found.append(Credit(said.start(), said.end(), name, is_speech, is_closing, is_announcement=announced))
        found += [Credit(m.start(), m.end(), None, is_speech=False) for m in self.unnamed.finditer(text, start, end)]
        found.sort(key=lambda credit: credit.start)
        return found

    def _trim(self, name: str) -> str | None:
        name = name.strip(_NAME_EDGE)
        previous = None
        while previous != name:
            previous = name
            name = self.trail.sub("", self.lead_in.sub("", name)).strip(_NAME_EDGE)
        titled = self.titled.search(name)
        if titled is not None and not self.titles_end.search(titled["person"]):
            name = titled["person"]
        if len(name) < 2 or name.isdigit() or self.not_names.search(name) or _NOT_A_SOURCE.search(name):
            return None
        return name


@cache
def chinese_credits() -> ChineseCredits:
    """The reader over the Chinese lexicon, built at first use."""
    return ChineseCredits()
