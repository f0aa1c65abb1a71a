"""Names of sources in English: what stands before said or showed without titles, papers and articles."""

from __future__ import annotations

import re
from functools import cache

from transforms.claims.lexicon import read_lexicon
from transforms.claims.phrases import phrase_pattern

_ABBREVIATED = re.compile(r"(?:\b(?:Inc|Corp|Co|Ltd|Jr|Sr|[A-Z])|[a-z]\.[a-z]|[A-Z]\.[A-Z])\.$")
_OWNED = re.compile(
    r"^(?P<name>[A-Z].*?)[’']s?\s(?:[\w-]+\s){0,2}(?:figures|data|survey|poll|report|study|estimates?|index|numbers|research|analysis)\b"
)
_EMPLOYED = re.compile(r"^[A-Z][\w&.-]*[’']s?\s(?=[A-Z][a-z]+\s[A-Z][a-z]+$)")  # CIBC’s Marta Kowalczyk
_RELEASED = re.compile(r"\s(?:released|published|issued|out|dated|filed)\s.*$")
_ARTICLE = re.compile(r"^(?:an?|An?)\s")
_OWNER = re.compile(r"[’']s$")
# A source in brackets may say how it is one: (via Bloomberg), (source: Comscore).
_BRACKET_LEAD = re.compile(r"^(?:via|per|[Ss]ource:)\s")


class EnglishSources:
    """Compiled expressions that take a source's name out of the words before a verb."""

    def __init__(self) -> None:
        data = read_lexicon("topics_en.toml")["attribution"]
        words = {key: phrase_pattern(data[key]) for key in data}
        word = r"(?:[A-Z][\w’'&.-]*|\d{1,4}|of|the|for|and|de|da|di|van|von|der|den|la|le|al|bin|&)"
        self.name = (
            rf"(?:[Tt]he\s)?(?:(?:von|van|de|di|da)\s)?[A-Z][\w’'&.-]*(?:\s{word}){{0,8}}"
            r"(?<!\sand)(?<!\sof)(?<!\sthe)(?<!\sfor)"
        )
        person = r"[A-Z][\w’'.-]+(?:\s(?:[A-Z][\w’'.-]*|de|van|von|der|bin|al)){0,3}"
        behind = (
            r"(?:\s(?:polled|surveyed|interviewed|tracked|queried|contacted|seen|reviewed|obtained)\sby\s(?:the\s)?[A-Z][\w.&]*(?:\s[A-Z][\w.&]*)*"
            r"|\s(?:released|published|issued|out|dated|filed)\s[\w\s’'-]{2,40}"
            r"|\s(?:familiar\swith|briefed\son|close\sto)\s[\w\s’'-]{3,40}"
            r"|\s(?:at|for|from|of|in|with|on|by)(?:\s(?!(?:that|which|who|have|has|had|was|were|is|are)\b)[\w’'&.-]+){1,8})?"
        )
        article = r"(?:[Tt]he|[Aa]n?|[Oo]ne|[Ii]ts|[Tt]heir|[Tt]his|[Tt]hat|[Hh]is|[Hh]er|[Aa]nother|[Ee]ach)\s"
        modifier = rf"(?:(?:{words['modifiers']}|[A-Z][\w.’'-]+|\d+)\s)"
        capital_people = phrase_pattern(noun.capitalize() for noun in data["people"])
        capital_modifiers = phrase_pattern(w[:1].upper() + w[1:] for w in data["modifiers"])
        unnamed = (
            rf"{article}(?:[\w’'&.-]+\s){{0,3}}?(?:{words['posts']}|{words['people']})\b{behind}"
            rf"|(?:[Tt]he\s)?[A-Z][\w.’'&-]*(?:\s[A-Z][\w.’'&-]*){{0,4}}\s(?:study|report|survey|poll|analysis|review|research|index|data|figures|statistics|estimates){behind}"
            rf"|(?:{capital_modifiers}\s)?{modifier}{{0,3}}(?:{words['people']}|{capital_people})\b{behind}"
            rf"|(?:an?\s|one\s|A\s|One\s)?(?:two\s|several\s|multiple\s)?(?:person|people|sources)\s(?:familiar|close|briefed)[\w\s’'-]{{3,44}}"
            r"|(?:[Cc]ompany\s)?[Mm]anagement"
        )
        asides = r"(?:,\s(?:on\saverage|however|meanwhile|too|in\sturn|by\scontrast|for\sits\spart),)?"
        adverbs = rf"{asides}(?:\s(?:{words['adverbs']}|(?:in|on)\s[A-Z]\w+)\b)*"
        self.adverbs = adverbs
        being = rf"(?:\s(?:{words['being']})\b)*"
        ending = (
            rf"(?:,\s(?:[^,]|,(?=\d)){{2,80}}(?:,\s[^,]{{2,40}})?,|\s\([^()]{{1,30}}\))?{adverbs}(?P<being>{being})$"
        )
        # Lithuania’s central bank governor, Gediminas Simkus, said
        self._named = re.compile(rf"[a-z],\s(?P<name>{person}),{adverbs}$")
        self._before = re.compile(rf"\b(?P<name>{self.name}|{unnamed}){ending}")
        self._people = re.compile(rf"\b(?:{words['people']}|{capital_people})\b")
        # A report from X: the source is X.
        self._paper_of = re.compile(
            r"^(?:[\w-]+\s){0,3}(?:report|study|survey|poll|analysis|data|figures|research|projections?|estimates?|forecasts?|statistics|numbers|filing|statement)\s"
            r"(?:by|from|compiled\sby|released\sby|published\sby)\s(?=(?:the\s)?[A-Z])",
            re.IGNORECASE,
        )
        self._titles = re.compile(rf"^(?:(?:the|The)\s)?(?:{words['titles']}\s)+(?=[A-Z])")
        self._title_within = re.compile(rf"^.*\b(?:{words['titles']})\s(?=[A-Z][\w’'.-]+(?:\s[A-Z]|$))")
        self._research = re.compile(
            r"\b(?:study|studies|survey|surveys|poll|polls|report|research|data|figures|analysis|review|paper|statistics|[Ee]stimates"
            r"|records|index|census|audit|researchers|scientists|authors|police)\b",
            re.IGNORECASE,
        )
        self._not_names = frozenset(data["not_names"])
        self._first_word = re.compile(
            rf"^(?:{phrase_pattern(data['not_names'])}|After|Before|Since|Because|Although|Still|Yet|Also|Meanwhile|However|Last|Earlier)\s(?=[A-Z])"
        )

    def before(self, window: str) -> re.Match[str] | None:
        """The source that the words before a verb end with, as group name."""
        return self._named.search(window) or self._before.search(window)

    def is_research(self, name: str) -> bool:
        """Whether the words name something published, or people who publish."""
        return self._research.search(name) is not None

    def is_crowd(self, name: str) -> bool:
        """Whether the words name people without a name: analysts, police."""
        return self._people.search(name) is not None

    def plain(self, name: str) -> str | None:
        """The name without titles; None for what is none.

        >>> english_sources().plain("Chief Executive Tory Green")
        'Tory Green'
        """
        name = self._first_word.sub("", name.strip())
        name = self._titles.sub("", name) or name
        if (within := self._title_within.match(name)) is not None and within.end() < len(name):
            name = name[within.end() :]
        name = self._paper_of.sub("", name)
        if (owned := _OWNED.match(name)) is not None:  # Kantar’s figures for the 12 weeks to 3 November
            name = owned["name"]
        name = _RELEASED.sub("", name)
        name = _EMPLOYED.sub("", name)
        name = _ARTICLE.sub("", name)
        name = without_stop(_OWNER.sub("", name))
        words = name.split()
        if not words or words[-1] in self._not_names or name in self._not_names:
            return None
        return name


def without_stop(name: str) -> str:
    """The name without the sentence's full stop; Inc. keeps its own."""
    return name[:-1] if name.endswith(".") and not _ABBREVIATED.search(name) else name


def without_article(name: str) -> str:
    """The name without a or an."""
    return _ARTICLE.sub("", name)


def in_brackets(name: str) -> str:
    """The source that stands in brackets, without via or source:."""
    return _BRACKET_LEAD.sub("", name)


@cache
def english_sources() -> EnglishSources:
    """The reader of names over the English lexicon, built at first use."""
    return EnglishSources()
