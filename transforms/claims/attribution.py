"""Who is credited with a number: 据X报道, X表示, according to X, said X, the outlet that opens or closes a flash."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.lexicon import read_lexicon
from transforms.claims.phrases import phrase_pattern

if TYPE_CHECKING:
    from transforms.claims.sentences import Sentence

_BREAK = "，。；：、！？,;“”「」（）()\\n"
_NAME_EDGE = " \u3000“”\"'‘’「」《》的，,：:"
_GAP = 600  # of text without numbers in front of a sentence that is read for speakers
_SHORT_ARTICLE = 1500  # a source that opens one governs it to its end
_NOT_A_SOURCE = re.compile(r"^(?:已|获得|进行|能够|可以|正在|将|如果|当|不)|[是了]|\d[家只人名个亿万元股]")
_ABBREVIATED = re.compile(r"(?:\b(?:Inc|Corp|Co|Ltd|Jr|Sr|[A-Z])|[a-z]\.[a-z])\.$")
_UNCARRIED = re.compile(r"截图|照片|图$|表$")


@dataclass(frozen=True, slots=True)
class Credit:
    """A credited source and where its words begin and end."""

    start: int
    end: int
    name: str | None  # None: credited to nobody in particular (据了解), which ends an earlier credit
    is_speech: bool  # X表示: goes on through a quotation; else a publication
    is_closing: bool = False  # ……，X表示。: governs what stands before
    is_pronoun: bool = False  # 其, he: the last speaker
    is_announcement: bool = False  # X宣布: governs sentences after it only as long as they speak of X


class ChineseCredits:
    """Compiled expressions over the Chinese lexicon."""

    def __init__(self) -> None:
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
        self._last: tuple[str, int, int, list[Credit]] = ("", -1, -1, [])

    def find(self, text: str, sentence: Sentence) -> list[Credit]:
        """Credits of a sentence in order."""
        last = self._last  # the topics ask again for the sentence that the sources were just read from
        if last[0] is text and last[1:3] == (sentence.start, sentence.end):
            return last[3]
        found = self.between(text, sentence.start, sentence.end)
        self._last = (text, sentence.start, sentence.end, found)
        return found

    def between(self, text: str, start: int, end: int) -> list[Credit]:
        """Credits of text[start:end] in order."""
        found: list[Credit] = []
        for pattern in (self.opened, self.paper, self.looked_up, self.seen_on, self.in_view, self.quoted):
            is_speech = pattern is self.in_view or pattern is self.quoted
            for match in pattern.finditer(text, start, end):
                name = self._trim(match["name"])
                if name and not any(a.start <= match.start() < a.end for a in found):
                    found.append(Credit(match.start(), match.end(), name, is_speech))
        taken = [(c.start, c.end) for c in found]
        for clause in self.clause.finditer(text, start, end):
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


class EnglishCredits:
    """Compiled expressions over the English lexicon."""

    def __init__(self) -> None:
        data = read_lexicon("topics_en.toml")["attribution"]
        verbs = phrase_pattern(data["verbs"])
        word = r"(?:[A-Z][\w’'&.-]*|of|the|for|and|de|da|di|van|von|der|den|la|le|al|bin|&)"
        name = (
            rf"(?:[Tt]he\s)?(?:(?:von|van|de|di|da)\s)?[A-Z][\w’'&.-]*(?:\s{word}){{0,8}}"
            r"(?<!\sand)(?<!\sof)(?<!\sthe)(?<!\sfor)"
        )
        noun = phrase_pattern(data["anonymous"])
        openers = phrase_pattern([*data["openers"], *(o.capitalize() for o in data["openers"])])
        self.opened = re.compile(
            rf"\b(?:{openers})\s(?P<name>(?:the\s|a\s|an\s)?[\w’'&.-]+(?:\s[\w’'&.-]+){{0,7}}?)(?=[,.;:)”\"](?:\s|$)|\s(?:which|who|that|and|in|on|for|as|released|published|showed|compiled|from|by|at|said|says|shows|to|with)\b|$)"
        )
        self.bracketed = re.compile(
            r"\((?P<name>(?:via\s|source:\s|Source:\s|per\s)?(?:[A-Z][\w&.-]+(?:\s[A-Z][\w&.-]+){0,3}|[a-z]+\.(?:com|org|net)))\)"
        )
        self.not_bracketed = re.compile(r"^(?:[A-Z]{1,5}|[A-Z]\w{0,2}|Credit.*|Photo.*|Image.*|Reuters Photo.*)$")
        self.said_after = re.compile(rf"[,”\"]\s(?P<verb>{phrase_pattern(data['speech'])})\s(?P<name>{name})")
        self.said = re.compile(
            rf"(?P<name>{name}|(?:[Tt]he|[Aa]n?|[Oo]ne|[Ii]ts)\s(?:[\w’'-]+\s){{0,3}}?{noun}|(?:[Cc]ompany\s)?[Mm]anagement|(?:(?:[Ll]ocal|[Ss]tate|[Ff]ederal|[Hh]ealth|[Ee]xecutives\sof\s\w+)\s)?(?:[Pp]olice|[Aa]nalysts|[Ee]conomists|[Oo]fficials|[Rr]esearchers|[Aa]uthorities|[Pp]rosecutors|[Ee]xecutives|[Ss]cientists|companies))(?:,[^,]{{2,60}},)?\s(?:also\s|has\s|have\s|had\s|now\s|previously\s|later\s|recently\s|(?:in|on)\s[A-Z]\w+\s)?(?P<verb>{verbs})\b(?P<after>\s[^\s]*)?"
        )
        self.pronoun = re.compile(
            rf"\b(?:he|she|they|He|She|They|it|It)\s(?:also\s|has\s|had\s)?(?P<verb>{phrase_pattern(data['speech'])})\b(?!\s(?:\$|\d))"
        )
        self.speech = frozenset(data["speech"])
        self.numeric = re.compile(r"^\s(?:[$€£¥]?\d|an?$|about$|more$|nearly$|over$|some$|[a-z]+$)")
        self.titles = re.compile(rf"^(?:(?:the|The)\s)?(?:{phrase_pattern(data['titles'])}\s)+(?=[A-Z])")
        self._last: tuple[str, int, int, list[Credit]] = ("", -1, -1, [])
        self.not_names = frozenset(data["not_names"])

    def find(self, text: str, sentence: Sentence) -> list[Credit]:
        """Credits of a sentence in order."""
        last = self._last
        if last[0] is text and last[1:3] == (sentence.start, sentence.end):
            return last[3]
        found = self.between(text, sentence.start, sentence.end)
        self._last = (text, sentence.start, sentence.end, found)
        return found

    def between(self, text: str, start: int, end: int) -> list[Credit]:
        """Credits of text[start:end] in order."""
        found: list[Credit] = []
        for match in self.opened.finditer(text, start, end):
            name = re.sub(r"^(?:a|an)\s", "", match["name"].strip())
            if name.endswith(".") and not _ABBREVIATED.search(name):
                name = name[:-1]
            if match.group()[:4].lower() == "per " and not name[0].isupper():
                continue  # barrels per day
            if any(ch.isdigit() for ch in name) and not name[0].isupper():
                continue
            found.append(
                Credit(match.start(), match.end(), name, is_speech=False, is_closing=match.start() > start + 20)
            )
        for match in self.bracketed.finditer(text, start, end):
            name = re.sub(r"^(?:via|per|[Ss]ource:)\s", "", match["name"])
            if not self.not_bracketed.match(name):
                found.append(Credit(match.start(), match.end(), name, is_speech=False, is_closing=True))
        for match in self.said.finditer(text, start, end):
            verb = match["verb"]
            name = match["name"].strip()
            if name.split()[-1] in self.not_names or name in self.not_names:
                continue
            if verb not in self.speech and self.numeric.match(match["after"] or "") and verb in {
                "added", "reported", "reports", "found", "shows", "showed", "announced", "claimed", "claims",
            }:  # fmt: skip
                continue
            if verb == "added" and not re.match(r"\s?(?:that|in|[.,:]|$)", match["after"] or ""):
                continue
            found.append(
                Credit(match.start(), match.end("verb"), self._plain(name), True, is_closing=match.start() > start + 20)
            )
        found += [
            Credit(m.start(), m.end(), self._plain(m["name"]), is_speech=True, is_closing=True)
            for m in self.said_after.finditer(text, start, end)
        ]
        found += [
            Credit(m.start(), m.end(), None, is_speech=True, is_closing=m.start() > start + 20, is_pronoun=True)
            for m in self.pronoun.finditer(text, start, end)
        ]
        found.sort(key=lambda credit: credit.start)
        return found

    def _plain(self, name: str) -> str:
        return self.titles.sub("", name.strip()) or name


@cache
def chinese_credits() -> ChineseCredits:
    """The reader over the Chinese lexicon, built at first use."""
    return ChineseCredits()


@cache
def english_credits() -> EnglishCredits:
    """The reader over the English lexicon, built at first use."""
    return EnglishCredits()


class CreditReader:
    """One article's sources: a credit goes on until the next one, the end of its paragraph or of its quotation."""

    def __init__(self) -> None:
        self.opening: str | None = None  # the outlet that opens a flash: from there to the end
        self.closing: str | None = None  # the outlet that closes it: the whole article
        self.carried: str | None = None
        self.last: str | None = None
        self._block = -1
        self._text = ""
        self._announced: str | None = None
        self._read_to = 0
        self._is_prepared = False
        self._is_short = False
        self._is_begun = False

    def prepare(self, texts: list[str]) -> None:
        """Looks for the outlet that closes the article."""
        self._is_prepared = True
        self._is_short = sum(map(len, texts)) < _SHORT_ARTICLE
        for text in texts[-3:]:
            match = chinese_credits().outlet.search(text)
            if match is not None and not chinese_credits().not_outlet.search(match["name"]):
                self.closing = match["name"].strip()

    def start_block(self, position: int) -> None:
        """A new paragraph: what was said in the one before no longer governs."""
        if position != self._block:
            self._block, self.carried, self._text = position, None, ""

    def read(self, text: str, sentence: Sentence, language: str) -> list[Credit]:
        """Credits of the sentence, and of what was passed over before it; afterwards comes `close`."""
        if not self._is_prepared:
            self.prepare([text])
        if text is not self._text:
            self._text, self._read_to = text, 0
        if language != "zh":
            return self._english(text, sentence)
        reader = chinese_credits()
        start = max(self._read_to, sentence.start - _GAP)
        passed: list[Credit] = []
        if start < sentence.start and (start == 0 or self._read_to < sentence.start - 8):
            passed = self._resolved(reader.between(text, start, sentence.start))
            self.close(passed)
        opening = reader.opening.match(text, sentence.start, sentence.end)
        if opening is not None:
            self.opening = opening["name"].strip()
        if self._announced is not None and self.carried == self._announced:
            here = text[sentence.start : sentence.end]
            if self._announced[:2] not in here and not any(word in here for word in ("公司", "其", "集团")):
                self.carried = None
        self._read_to = sentence.end
        found = self._resolved(reader.find(text, sentence))
        if not self._is_begun:
            self._is_begun = True
            papers = [c.name for c in (*passed, *found) if c.name and not c.is_speech]
            if self._is_short and papers and self.opening is None:
                self.opening = papers[0]
        return found

    def _english(self, text: str, sentence: Sentence) -> list[Credit]:
        start = max(self._read_to, sentence.start - _GAP)
        if self._read_to < sentence.start - 8:
            self.close(self._resolved(english_credits().between(text, start, sentence.start)))
        self._read_to = sentence.end
        found = self._resolved(english_credits().find(text, sentence))
        if not self._is_quoted(text, sentence):
            self.carried = None
        return found

    @staticmethod
    def _is_quoted(text: str, sentence: Sentence) -> bool:
        """Whether the sentence goes on with a quotation, or begins one."""
        if text[sentence.start : sentence.start + 1] in '“"':
            return True
        start = max(0, sentence.start - _GAP)
        opened = text.rfind("“", start, sentence.start)
        if opened >= 0:
            return text.find("”", opened, sentence.start) < 0
        return text.count('"', start, sentence.start) % 2 == 1

    def _resolved(self, credits_: list[Credit]) -> list[Credit]:
        """The credits with pronouns replaced by the last named speaker."""
        resolved = []
        for credit in credits_:
            if credit.is_pronoun:
                if self.last is None:
                    continue
                credit = replace(credit, name=self.last)
            elif credit.is_speech and credit.name:
                self.last = credit.name
            resolved.append(credit)
        return resolved

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
            last = credits_[-1].name
            self.carried = None if last and _UNCARRIED.search(last) else last
            self._announced = last if credits_[-1].is_announcement else None
