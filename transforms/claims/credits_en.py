"""Who is credited in English: according to X, X said, said X, (X) behind a figure."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.credits import Credit, CreditFinder
from transforms.claims.lexicon import read_lexicon
from transforms.claims.phrases import phrase_pattern
from transforms.claims.sources_en import english_sources, in_brackets, without_article, without_stop
from transforms.claims.triggers import Triggers

if TYPE_CHECKING:
    from collections.abc import Iterable

_REACH = 120  # characters before a verb that are read for its source
# Behind the verb of a clause that closes: said., told analysts on a call., showed on Tuesday.
_CLOSES = re.compile(
    r"(?:\s(?:on|in|at|during|late|early|last|this|to|by|from|me|us|reporters|analysts|investors|lawmakers|yesterday|today"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|CNBC|CNN|BBC|Reuters|Bloomberg|AFP)\b[^.,;:]{0,60})?\s?(?:[.,;]|$|[”\"])"
)
_SAID_THAT = re.compile(
    r"(?:\s(?:today|yesterday|recently|on\s[A-Z]\w+day|[A-Z]\w+day|this\s\w+|last\s\w+|in\san?\s\w+(?:\s\w+)?))?\s(?:that|the|a|an|it|its|he|she|they|there|[A-Z])|\s?[:,“\"]|\s(?:at|out|to)\b|\s?[.;]|$"
)
_RELATIVE = re.compile(r"[\d%]|million|billion|trillion|percent|cents?|points?|jobs|people")
# Words without which the expressions for views are not tried.
_VIEWS = ("forecast", "estimate", "expect", "projection", "predict", "consensus", "target", "outlook", "Street ")
_COUNTS = ("count", "tally", "estimate", "reckoning", "measure", "math")
_LEADING = ',”"—'
_SIZED = 40  # characters before 'analysts had forecast' that hold the number forecast
_ENDED = re.compile(r"\s?[.,;)]|$")
_OBJECT = re.compile(
    r"\b(?:above|below|beats?|beating|topp?ed|topping|missed|missing|of|to|on|in|by|from|than|against|with)\s(?:the\s)?$"
)
_ONGOING = ("continues to", "continue to", "continued to")
# Verbs that look like nouns: Wall Street forecasts of.
_NOUNS = frozenset(
    {
        "forecast",
        "forecasts",
        "estimate",
        "estimates",
        "project",
        "projects",
        "report",
        "reports",
        "claim",
        "claims",
        "note",
        "notes",
        "shows",
        "points",
        "looking for",
        "hoping for",
    }
)
# Between what is said and who says it: …, industry body X estimates.
_LED = re.compile(r"(?:[,;”\")—–-])\s?(?:[A-Za-z][\w’'&.-]*\s){0,6}$")
_CITING = re.compile(r",\sciting\s(?P<name>(?:an?\s|the\s)?[\w’'&.-]+(?:\s[\w’'&.-]+){0,5}?),$")


class EnglishCredits(CreditFinder):
    """Compiled expressions over the English lexicon."""

    def __init__(self) -> None:
        super().__init__()
        data = read_lexicon("topics_en.toml")["attribution"]
        words = {key: phrase_pattern(data[key]) for key in ("speech", "moves", "moved")}
        self.sources = english_sources()
        name, adverbs = self.sources.name, self.sources.adverbs
        openers = [*data["openers"], *(o.capitalize() for o in data["openers"])]
        self.triggers = Triggers({"opener": openers, "verb": data["verbs"], "view": _VIEWS, "count": _COUNTS})
        self.who = re.compile(r"(?:,\s|\b)(?P<who>who|[Hh]e|[Ss]he|[Tt]hey|[Ii]t)(?:\s(?:also|now|has|had|still))?$")
        self.opened = re.compile(
            rf"(?:{phrase_pattern(openers)})(?:\s(?:an?\s|the\s|new\s|preliminary\s|official\s)*(?:data|figures|estimates|statistics|report|survey|study"
            rf"|poll|research|analysis|numbers)\s(?:from|by|(?:compiled|released|published|provided)\sby))?\s(?P<name>(?:the\s|a\s|an\s)?[\w’'&.-]+(?:\s[\w’'&.-]+){{0,7}}?)(?=[,.;:)”\"—](?:\s|$|[^\w])|\s(?:which|who|that|and|in|on|for|as|released|published|showed|compiled|from|by|at|said|says|shows|show|to|with)\b|\s[–—-]\s|\s\(|$)"
        )
        # By the same firm’s count, AMD held
        self.counted = re.compile(
            r"\b[Bb]y\s(?P<name>(?:the\s)?[\w&.-]+(?:\s[\w&.-]+){0,4}?)[’']s\s(?:own\s)?(?:count|tally|estimate|reckoning|measure|math)\b"
        )
        self.bracketed = re.compile(
            r"\((?P<name>(?:via\s|source:\s|Source:\s|per\s)?(?:[A-Z][\w&.-]+(?:\s[A-Z][\w&.-]+){0,3}|[a-z]+\.(?:com|org|net)))\)"
        )
        self.not_bracketed = re.compile(
            r"^(?:[A-Z]{1,5}|[A-Z]\w{0,2}|[A-Z0-9]+\.[A-Z]{1,2}|Credit.*|Photo.*|Image.*|Reuters Photo.*)$"
        )
        self.said_after = re.compile(
            rf"(?:[,”\"]|—)\s(?P<verb>{words['speech']})\s(?:(?!(?:that|it|its|he|she|they|there|in|on|at|if|when|to|a)\s)[a-z][\w’'-]*\s){{0,5}}?(?P<name>{name})"
        )
        # Nielsen’s estimate that, analysts’ average forecast of
        self.owned = re.compile(
            rf"(?P<name>\b{name}|\b[Aa]nalysts|\b[Ee]conomists|\b[Tt]raders)(?:[’']s?)?\s(?:average\s|mean\s|consensus\s|median\s|own\s)*"
            r"(?:estimates?|expectations?|forecasts?|projections?|predictions?|consensus|figures)\s(?:of|for|that|shows?)\b"
        )
        # the 1.5 million-barrel build forecast in a Reuters poll
        self.polled = re.compile(
            r"\b(?:forecast|expected|estimated|predicted|projected|seen|expectations|estimates|forecasts)\s(?:in|by|from|of)\s"
            r"(?P<name>(?:an?\s|the\s)?[A-Z][\w.&-]*(?:\s[A-Z][\w.&-]*)*\s(?:poll|survey)|(?:the\s)?(?:analysts|economists|Wall\sStreet)"
            r"(?:\s(?:polled|surveyed)\sby\s[A-Z]\w*)?)"
        )
        self.moved = re.compile(
            rf"(?P<name>\b{name}){adverbs}\s(?:{words['moves']})\s(?:its|his|her|their|the)\s(?:[\w-]+\s){{0,4}}?(?:{words['moved']})\b"
        )
        self.stood = re.compile(
            r"\b(?P<name>Wall\sStreet|[Tt]he\sStreet|(?:[Aa]nalysts?\s)?[Cc]onsensus(?:\son\s[A-Z]\w+)?)\s(?:(?:was|is|stood|had\sbeen)\s(?:at|for)|of)\b"
        )
        self.no_source = frozenset(data["no_source"])
        self.speech = frozenset(data["speech"])
        self.views = frozenset(data["views"])
        self.results = frozenset(data["results"])
        self.placed = frozenset(data["placed"])
        self.progressive = frozenset(data["progressive"])

    def read(self, text: str, start: int, end: int) -> list[Credit]:
        """Credits of text[start:end] in order, read anew."""
        found: list[Credit] = []
        here = self.triggers.find(text, start, end)
        verbs = _whole_words(text, start, end, here.get("verb", ()))
        self._read_opened(text, start, end, here.get("opener", ()), found)
        if "count" in here:
            counted = self.counted.finditer(text, start, end)
            found += [Credit(match.start(), match.end(), match["name"], is_speech=False) for match in counted]
        if text.find("(", start, end) >= 0:
            self._read_bracketed(text, start, end, found)
        self._read_after(text, start, end, verbs, found)
        self._read_said(text, start, verbs, found)
        if "view" in here:
            self._read_views(text, start, end, found)
        found.sort(key=lambda credit: credit.start)
        return found

    def _read_views(self, text: str, start: int, end: int, found: list[Credit]) -> None:
        """build forecast in a Reuters poll; analysts’ estimates of; raised its price target."""
        for match in self.polled.finditer(text, start, end):
            since = _sized_from(text, match.start())
            found.append(Credit(match.start(), match.end(), match["name"], True, is_closing=True, since=since))
        for pattern in (self.owned, self.moved, self.stood):
            for match in pattern.finditer(text, start, end):
                name = self.sources.plain(match["name"])
                if name and not any(c.start <= match.start() < c.end for c in found):
                    found.append(Credit(match.start(), match.end(), name, is_speech=True))

    def _read_opened(
        self, text: str, start: int, end: int, openers: Iterable[tuple[int, int]], found: list[Credit]
    ) -> None:
        """According to X, data from X."""
        floor = 0
        for begin, _ in openers:
            if begin < floor or (begin and _is_word(text[begin - 1])):
                continue
            match = self.opened.match(text, begin, end)
            if match is None:
                continue
            floor = match.end()
            name = without_stop(without_article(match["name"].strip()))
            lower = match.group().lower()
            if lower.startswith("per ") and not name[0].isupper() and not lower.startswith(("per a ", "per the ")):
                continue  # barrels per day
            if lower.startswith("based on") and not name[0].isupper():
                continue
            if any(ch.isdigit() for ch in name) and not name[0].isupper():
                continue
            closes = match.start() > start + 20
            found.append(Credit(match.start(), match.end(), name, is_speech=False, is_closing=closes))

    def _read_bracketed(self, text: str, start: int, end: int, found: list[Credit]) -> None:
        """A source in brackets: (Forbes)."""
        for match in self.bracketed.finditer(text, start, end):
            name = in_brackets(match["name"])
            if not self.not_bracketed.match(name):
                found.append(Credit(match.start(), match.end(), name, is_speech=False, is_closing=True))

    def _read_after(self, text: str, start: int, end: int, verbs: list[tuple[int, int]], found: list[Credit]) -> None:
        """“…,” said X."""
        floor = start
        for at, stop in verbs:
            if at - 1 < floor or text[at - 1] not in _LEADING or text[at + 1 : stop] not in self.speech:
                continue
            match = self.said_after.match(text, at - 1, end)
            if match is None:
                continue
            floor = match.end()
            name = self.sources.plain(match["name"])
            if name:
                found.append(Credit(match.start(), match.end(), name, is_speech=True, is_closing=True))

    def _read_said(self, text: str, start: int, verbs: list[tuple[int, int]], found: list[Credit]) -> None:
        """X said, X expects, the survey found: a verb, and its source before it."""
        for at, stop in verbs:
            verb = text[at + 1 : stop]
            if any(c.start <= at < c.end for c in found):
                continue
            last = text[max(start, at - 12) : at].rsplit(None, 1)[-1:]
            if last and last[0].lower() in self.no_source and not text.endswith(_ONGOING, start, at):
                continue
            window = text[max(start, at - _REACH) : at]
            low = at - len(window)
            after = text[stop : stop + 80]
            if verb in self.placed and not re.match(r"[^.;]{1,50}?\s(?:at|on|down\sto)\s", after):
                continue
            who = self.who.search(window)
            if who is not None and who["who"] == "who":  # Analysts at X, who had forecast
                source = self.sources.before(window[: who.start("who")].rstrip(", "))
                if source is not None and (name := self.sources.plain(source["name"])):
                    found.append(Credit(low + who.start("who"), stop, name, is_speech=True))
                    continue
            if who is not None:
                if verb in self.speech or verb in self.views:
                    found += self._pronoun(text, start, low + who.start("who"), stop, who["who"], found)
                continue
            source = self.sources.before(window)
            if source is None:
                continue
            begin = low + source.start("name")
            cited = _CITING.search(window)
            name = cited["name"] if cited is not None else self.sources.plain(source["name"])
            if verb.endswith("s") and _ENDED.match(after) and _OBJECT.search(text, max(start, begin - 14), begin):
                continue  # above Wall Street forecasts,
            if not name or not self._says(verb, name, after, source.groupdict().get("being") or ""):
                continue
            is_closing, since = False, 0
            if _CLOSES.match(after) and begin > start:
                is_closing = _LED.search(text, max(start, begin - 50), begin) is not None
                if not is_closing and verb not in self.speech and _RELATIVE.search(text, max(start, begin - 14), begin):
                    is_closing, since = True, _sized_from(text, begin)  # the $22.1 billion analysts had forecast
            is_speech = not self.sources.is_research(source["name"])
            found.append(Credit(begin, stop, name, is_speech, is_closing, since=since))

    def _pronoun(self, text: str, start: int, at: int, stop: int, who: str, found: list[Credit]) -> list[Credit]:
        """he said: the last speaker; it said: whom the sentence, or the one before, is about."""
        is_closing = at > start + 2 and text[at - 2] in ",”" and _CLOSES.match(text, stop) is not None
        if who not in {"it", "It"}:
            return [Credit(at, stop, None, is_speech=True, is_closing=is_closing, is_pronoun=True)]
        if any(c.name and c.is_speech for c in found):
            return [Credit(at, stop, found[-1].name, is_speech=True, is_closing=is_closing)]
        subject = re.compile(r"(?:^|[,;]\s)(?:In\s\w+,\s)?(?P<name>[A-Z][\w’'&-]*(?:\s[A-Z][\w’'&-]*){0,3})\s[a-z]+")
        names = [self.sources.plain(m["name"]) for m in subject.finditer(text[start:at])]
        names = [name for name in names if name]
        return [Credit(at, stop, names[-1], is_speech=True, is_closing=is_closing)] if names else []

    def _says(self, verb: str, name: str, after: str, being: str) -> bool:
        """Whether the verb credits its subject with what follows."""
        if being.strip() and verb not in self.progressive:
            return False  # is expected
        if verb in self.progressive and not being.strip() and verb not in {"looking for", "hoping for"}:
            return False
        if verb == "points" and not after.startswith((" out", " to")):
            return False
        if re.match(r"\s?(?:and|or|of|for|by)\b", after) and verb in _NOUNS:
            return verb in self.progressive
        if verb == "added" and not re.match(r"\s?(?:that|in|[.,:]|$)", after):
            return False
        if verb in {"see", "sees", "put", "puts"}:
            return True
        if verb in self.results and not self.sources.is_research(name) and not self.sources.is_crowd(name):
            return _SAID_THAT.match(after) is not None and not re.match(r"\s(?:a|an|the|its|[.;])\b", after)
        return True


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _whole_words(text: str, start: int, end: int, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans of whole words behind a space, each with that space."""
    whole = []
    floor = start
    for begin, stop in spans:
        if begin > floor and text[begin - 1].isspace() and (stop >= end or not _is_word(text[stop])):
            whole.append((begin - 1, stop))
            floor = stop
    return whole


def _sized_from(text: str, at: int) -> int:
    """Where the phrase begins that a number stands in: (beating) the $280 million analysts had forecast."""
    low = max(0, at - 60)
    begin = max(text.rfind(word, low, at) for word in (" the ", " than ", " against ", " versus ", " vs ", " of "))
    return begin if begin >= 0 else at - _SIZED


@cache
def english_credits() -> EnglishCredits:
    """The reader over the English lexicon, built at first use."""
    return EnglishCredits()
