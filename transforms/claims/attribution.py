"""Who is credited with a number: 据X报道, X表示, according to X, said X, the outlet that opens or closes a flash."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from transforms.claims.lexicon import read_lexicon
from transforms.claims.phrases import phrase_pattern
from transforms.claims.sentences import Sentence

_BREAK = "，。；：、！？,;“”「」（）()\\n"
_NAME_EDGE = " \u3000“”\"'‘’「」《》的，,：:"
_DATE_HEAD = re.compile(
    r"^(?:(?:北京时间|当地时间)?\s?\d{1,4}\s?[年月日]\s?)+(?:\d{1,2}:\d\d)?|^(?:近日|日前|此前|昨日|今日|今天|昨天|目前|同日|随后|对此|不过|但|而|另外|此外|同时|另一位|一位|其中)+"
)


@dataclass(frozen=True, slots=True)
class Credit:
    """A credited source and where its words begin and end."""

    start: int
    end: int
    name: str | None  # None: credited to nobody in particular (据了解), which ends an earlier credit
    is_speech: bool  # X表示: goes on through a quotation; else a publication
    is_closing: bool = False  # ……，X表示。: governs what stands before


class ChineseCredits:
    """Compiled expressions over the Chinese lexicon."""

    def __init__(self) -> None:
        data = read_lexicon("topics_zh.toml")["attribution"]
        closers = phrase_pattern(data["closers"])
        self.opened = re.compile(
            rf"(?:{phrase_pattern(data['openers'])})(?P<name>[^{_BREAK}]{{1,26}}?)(?P<closer>{closers})(?=[，,：:显称的中里来]|$|[^{_BREAK}])"
        )
        between = phrase_pattern(data["between"])
        verbs = phrase_pattern(data["verbs"])
        self.not_verbs = re.compile(phrase_pattern(data["not_verbs"]))
        self.said = re.compile(
            rf"(?P<name>[^{_BREAK}]{{1,24}}?)\s?(?:{between}|在[^{_BREAK}]{{1,16}}?[中上里时]|向[^{_BREAK}]{{1,14}}?|对[^{_BREAK}]{{1,10}}?)*\s?(?P<verb>{verbs})(?!率|于)"
        )
        self.clause = re.compile(r"(?:^|(?<=[，。；：！？”\n,]))\s*")
        self.outlet = re.compile(rf"[（(](?P<name>[^（）()\d：:]{{1,12}}?{phrase_pattern(data['outlets'])})[）)]\s*$")
        self.opening = re.compile(
            rf"^\s*(?P<name>[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9 \u4e00-\u9fff]{{1,10}}?)\s?(?:独家)?(?:获悉|了解到|从[^{_BREAK}]{{2,20}}获悉)"
        )
        self.unnamed = re.compile(r"据(?:了解|悉|介绍|统计|测算|透露)[，,]")

    def find(self, text: str, sentence: Sentence) -> list[Credit]:
        """Credits of a sentence in order."""
        start, end = sentence.start, sentence.end
        found: list[Credit] = []
        for match in self.opened.finditer(text, start, end):
            name = _trim(match["name"])
            if name:
                found.append(Credit(match.start(), match.end(), name, is_speech=False))
        taken = [(c.start, c.end) for c in found]
        for clause in self.clause.finditer(text, start, end):
            match = self.said.match(text, clause.end(), end)
            if match is None or any(a <= match.start() < b for a, b in taken):
                continue
            if (
                self.not_verbs.match(text, match.start("verb") - 1)
                or self.not_verbs.match(text, match.start("verb"))
                or self.not_verbs.match(text, match.start("verb") - 2)
            ):
                continue
            name = _trim(match["name"])
            if not name or any(ch.isdigit() for ch in name[:2]) and not name[:2].isdigit():
                continue
            is_closing = text[match.end() : match.end() + 1] in "。." or match.end() >= end - 1
            found.append(
                Credit(
                    match.start(),
                    match.end(),
                    name,
                    is_speech=match["verb"] not in {"显示", "数据显示"},
                    is_closing=is_closing,
                )
            )
        for match in self.unnamed.finditer(text, start, end):
            found.append(Credit(match.start(), match.end(), None, is_speech=False))
        found.sort(key=lambda credit: credit.start)
        return found


def _trim(name: str) -> str | None:
    name = name.strip(_NAME_EDGE)
    previous = None
    while previous != name:
        previous = name
        name = _DATE_HEAD.sub("", name).strip(_NAME_EDGE)
    for tail in (
        "公布",
        "发布",
        "最新",
        "提供",
        "官方",
        "近日",
        "日前",
        "方面",
        "披露",
        "统计",
        "出具",
        "在财报中特别",
    ):
        if name.endswith(tail) and len(name) > len(tail) + 1:
            name = name[: -len(tail)].strip(_NAME_EDGE)
    return name if len(name) > 1 and not name.isdigit() else None


class EnglishCredits:
    """Compiled expressions over the English lexicon."""

    def __init__(self) -> None:
        data = read_lexicon("topics_en.toml")["attribution"]
        verbs = phrase_pattern(data["verbs"])
        word = r"(?:[A-Z][\w’'&.-]*|of|the|for|and|de|van|von|&)"
        name = rf"[A-Z][\w’'&.-]*(?:\s{word})*(?<!\sand)(?<!\sof)(?<!\sthe)(?<!\sfor)"
        noun = phrase_pattern(data["anonymous"])
        self.opened = re.compile(
            rf"(?:{phrase_pattern([*data['openers'], *(o.capitalize() for o in data['openers'])])})\s(?P<name>(?:the\s|a\s|an\s)?(?:[\w’'&.-]+\s?){{1,7}}?)(?=[,.;:)]|\s(?:which|who|that|and|in|on|for|as|released|published|showed|compiled|from|by|at|said|says|shows|to)\b|$)"
        )
        self.said_after = re.compile(rf"\b(?P<verb>{verbs})\s(?P<name>{name})")
        self.said = re.compile(
            rf"(?P<name>{name}|(?:[Tt]he|[Aa]n?)\s(?:[\w’'-]+\s){{0,3}}?{noun}|(?:[Cc]ompany\s)?[Mm]anagement|[Pp]olice|[Aa]nalysts|[Ee]conomists|[Oo]fficials|[Rr]esearchers)(?:,[^,]{{2,60}},)?\s(?:also\s|has\s|have\s|had\s|now\s)?(?P<verb>{verbs})\b"
        )
        self.pronoun = re.compile(rf"\b(?:he|she|they|He|She|They)\s(?:also\s|has\s|had\s)?(?P<verb>{verbs})\b")

    def find(self, text: str, sentence: Sentence, last: str | None) -> list[Credit]:
        """Credits of a sentence in order; `last` is whom a pronoun means."""
        start, end = sentence.start, sentence.end
        found: list[Credit] = []
        for match in self.opened.finditer(text, start, end):
            name = re.sub(r"^(?:a|an)\s", "", match["name"].strip())
            found.append(
                Credit(match.start(), match.end(), name, is_speech=False, is_closing=match.start() > start + 20)
            )
        for match in self.said.finditer(text, start, end):
            if (
                match["verb"] in {"added", "reported", "expects", "estimated", "reports", "shows"}
                and match["name"][0].islower()
            ):
                continue
            found.append(
                Credit(
                    match.start(),
                    match.end(),
                    match["name"].strip(),
                    is_speech=True,
                    is_closing=match.start() > start + 20,
                )
            )
        for match in self.said_after.finditer(text, start, end):
            if match["verb"] in {"said", "says", "added", "wrote", "noted"}:
                found.append(Credit(match.start(), match.end(), match["name"].strip(), is_speech=True, is_closing=True))
        if last is not None:
            for match in self.pronoun.finditer(text, start, end):
                found.append(
                    Credit(match.start(), match.end(), last, is_speech=True, is_closing=match.start() > start + 20)
                )
        found.sort(key=lambda credit: credit.start)
        return found


@cache
def chinese_credits() -> ChineseCredits:
    """The reader over zh.toml, built at first use."""
    return ChineseCredits()


@cache
def english_credits() -> EnglishCredits:
    """The reader over en.toml, built at first use."""
    return EnglishCredits()


class CreditReader:
    """One article's sources: a credit goes on until the next one, the end of its paragraph or of its quotation."""

    def __init__(self) -> None:
        self.opening: str | None = None  # the outlet that opens a flash: from there to the end
        self.closing: str | None = None  # the outlet that closes it: the whole article
        self.carried: str | None = None
        self.last: str | None = None
        self._block = -1
        self._in_quote = False

    def prepare(self, texts: list[str]) -> None:
        """Looks for the outlet that closes the article."""
        for text in texts[-3:]:
            match = chinese_credits().outlet.search(text)
            if match is not None:
                self.closing = match["name"].strip()

    def start_block(self, position: int) -> None:
        """A new paragraph: what was said in the one before no longer governs."""
        if position != self._block:
            self._block, self.carried = position, None

    def read(self, text: str, sentence: Sentence, language: str) -> list[Credit]:
        """Credits of the sentence; brings the carried source up to date afterwards with `close`."""
        if language == "zh":
            opening = chinese_credits().opening.match(text, sentence.start, sentence.end)
            if opening is not None:
                self.opening = opening["name"].strip()
            return chinese_credits().find(text, sentence)
        return english_credits().find(text, sentence, self.last)

    def source_of(self, credits_: list[Credit], position: int) -> str | None:
        """The source credited with what stands at a position of the sentence."""
        before = [credit for credit in credits_ if credit.end <= position]
        if before:
            return before[-1].name or None
        closing = [credit for credit in credits_ if credit.start >= position and credit.is_closing]
        if closing:
            return closing[0].name
        return self.carried or self.opening or self.closing

    def close(self, credits_: list[Credit]) -> None:
        """Ends a sentence: its last source is carried on within the paragraph."""
        if credits_:
            self.carried = credits_[-1].name
            named = [credit.name for credit in credits_ if credit.is_speech and credit.name]
            if named:
                self.last = named[-1]
