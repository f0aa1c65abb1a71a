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
_EMPLOYED = re.compile(
    r"^(?:[A-Z][\w&.-]*\s){0,3}[A-Z][\w&.-]*[’']s?\s(?=[A-Z][a-z]+(?:\s[A-Z]\.)?\s[A-Z][\w’'-]+$)"
)  # CIBC’s Marta Kowalczyk
_RELEASED = re.compile(r"\s(?:released|published|issued|out|dated|filed)\s.*$")
# Whom a survey asked, and how many: a Teacher Tapp poll of 9,800 teachers; a survey of 180 shippers by Xeneta.
_ASKED = re.compile(
    r"\s(?:of|among|with|covering)\s(?:[a-z-]+\s){0,2}\d[\d,]*(?:\s[\w’'-]+){0,4}?(?=$|\s(?:by|from|for)\s[A-Z])"
)
_MARKS = (", ", "; ", ": ", "” ", '" ', "— ", ") ")
_ARTICLE = re.compile(r"^(?:an?|An?)\s")
_OWNER = re.compile(r"[’']s$")
# Words before a comma that link a sentence to the one before and are no names.
_LINKING = (
    r"However|Meanwhile|Still|Instead|Separately|Elsewhere|Overall|Nevertheless|Nonetheless|Moreover|Furthermore|Besides|Likewise"
    r"|Yet|Also|Then|Now|Today|Yesterday|Earlier|Later|Defending|Afterwards|Indeed|Again|First|Second|Third|Last\s\w+|This\s\w+|[A-Z][a-z]+ly"
)
# A source in brackets may say how it is one: (via Bloomberg), (source: Comscore).
_BRACKET_LEAD = re.compile(r"^(?:via|per|[Ss]ource:)\s")


class EnglishSources:
    """Compiled expressions that take a source's name out of the words before a verb."""

    def __init__(self) -> None:
        data = read_lexicon("topics_en.toml")["attribution"]
        words = {key: phrase_pattern(data[key]) for key in ("adverbs", "being", "modifiers", "people", "posts")}
        words["titles"] = phrase_pattern([*data["titles"], *data["longer_titles"]])
        word = r"(?:[A-Z][\w’'&.-]*|\d{1,4}|of|the|for|and|de|da|di|van|von|der|den|la|le|al|bin|&)"
        self.name = (
            rf"(?!(?:{_LINKING}),)(?:[Tt]he\s)?(?:(?:von|van|de|di|da)\s)?[A-Z][\w’'&.-]*(?![$€£])(?:\s{word}){{0,8}}"
            r"(?<!\sand)(?<!\sof)(?<!\sthe)(?<!\sfor)"
        )
        person = r"(?:[A-Z]\.?\s){0,2}[A-Z][\w’'.-]+(?:\s(?:[A-Z][\w’'.-]*|de|van|von|der|bin|al)){0,3}"
        behind = (
            r"(?:\s(?:polled|surveyed|interviewed|tracked|queried|contacted|seen|reviewed|obtained|conducted|commissioned|compiled|carried\sout)\sby\s(?:the\s)?[A-Z][\w.&]*(?:\s[A-Z][\w.&]*)*(?:\sfor\s(?:[Tt]he\s)?[A-Z]\w*(?:\s[A-Z]\w*)*)?"
            r"|\s(?:released|published|issued|out|dated|filed)\s[\w\s’'-]{2,40}"
            r"|\s(?:familiar\swith|briefed\son|close\sto)\s[\w\s’'-]{3,40}"
            r"|\s(?:at|for|from|of|in|with|on|by)(?:\s(?!(?:that|which|who|have|has|had|was|were|is|are)\b)[\w’'&.-]+(?:,\d{3})*){1,8})?"
        )
        article = r"(?:[Tt]he|[Aa]n?|[Oo]ne|[Ii]ts|[Tt]heir|[Tt]his|[Hh]is|[Hh]er|[Aa]nother|[Ee]ach)\s"
        modifier = rf"(?:(?:{words['modifiers']}|[A-Z][\w.’'-]+|\d+)\s)"
        capital_people = phrase_pattern(noun.capitalize() for noun in data["people"])
        capital_modifiers = phrase_pattern(w[:1].upper() + w[1:] for w in data["modifiers"])
        unnamed = (
            rf"{article}(?:(?!that\s|which\s|who\s)[\w’'&.-]+\s){{0,3}}?(?:{words['posts']}|{words['people']})\b{behind}"
            rf"|(?:[Tt]he\s)?[A-Z][\w.’'&-]*(?:\s(?:[A-Z][\w.’'&-]*|of|for|the|and|&)){{0,6}}\s(?:study|report|survey|poll|analysis|review"
            rf"|research|index|data|figures|statistics|estimates|modelling|modeling|projections|records|gauge|tracker|barometer|tally|count)\b{behind}"
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
        self._subject = re.compile(
            rf"(?:^;?\s?|[;—]\s|,\s(?:and|but|while|as|though|although)\s)(?:(?:But|And)\s|(?:{_LINKING}|(?:In|On|For|At)\s[\w\s]{{2,24}}),\s)?"
            r"(?!(?:On|In|At|For|By|With|From|After|Before|Since|When|While|As|If|Despite|Of|Under|Among|During|To)\s)"
            rf"(?P<name>{article}(?:[a-z-]+\s){{0,2}}?(?:{words['posts']})"
            r"|(?:[Tt]he\s|[Rr]ival\s)?(?:[a-z]+\s){0,3}?[A-Z][\w’'&.-]*(?:\s(?:[A-Z][\w’'&.-]*|of|for|the|and|&|de|van|von))*)"
            r"(?:,\s[^,;]{2,60},)?\s(?=[a-z])"
        )
        self._label = re.compile(rf"(?P<name>{capital_people}|Study|Report|Survey|Poll):\s(?=\S)")
        # Marta Kowalczyk, senior economist at CIBC, who expects
        self._described = re.compile(rf"\b(?P<name>{person}),\s(?:an?\s|the\s)?[a-z][^,]{{2,80}},$")
        self._behind_comma = frozenset(word for phrase in (*data["adverbs"], *data["being"]) for word in phrase.split())
        self._people = re.compile(rf"\b(?:{words['people']}|{capital_people})\b")
        # A report from X: the source is X.
        self._paper_of = re.compile(
            r"^(?:[\w-]+\s){0,3}(?:report|study|survey|poll|analysis|data|figures|research|projections?|estimates?|forecasts?|statistics|numbers|filing|statement)\s"
            r"(?:by|from|(?:compiled|released|published|conducted|commissioned|carried\sout|done)\sby)\s(?=(?:the\s)?[A-Z])",
            re.IGNORECASE,
        )
        # A poll by YouGov for The Times; the Office for National Statistics is one name.
        kept = "".join(rf"(?<!\b{word})" for word in data["institutions"])
        self._client = re.compile(rf"{kept}\s(?:for|on\sbehalf\sof)\s.*$")
        self.institution = (
            rf"(?:the\s)?(?:[A-Z][\w’'&.-]*\s){{0,4}}{phrase_pattern(data['institutions'])}\s(?:for|on)\s[A-Z][\w’'&.-]*"
            r"(?:\s(?:(?:and|of|for|the)\s){0,2}[A-Z][\w’'&.-]*)*"
        )
        self._titles = re.compile(rf"^(?:(?:the|The)\s)?(?:{words['titles']}\s)+(?=[A-Z])")
        self._title_within = re.compile(rf"^.*\b(?:{words['titles']})\s(?=[A-Z][\w’'.-]+(?:\s[A-Z]|$))")
        self._research = re.compile(
            r"\b(?:study|studies|survey|surveys|poll|polls|report|research|data|figures|analysis|review|paper|statistics|[Ee]stimates"
            r"|records|index|gauge|tracker|barometer|tally|modelling|modeling|projections|census|audit|researchers|scientists|authors|police)\b",
            re.IGNORECASE,
        )
        self._not_names = frozenset(data["not_names"])
        self._first_word = re.compile(
            rf"^(?:{phrase_pattern(data['not_names'])}|After|Before|Since|Because|Although|Still|Yet|Also|Meanwhile|However|Last|Earlier)\s(?=[A-Z])"
        )

    def before(self, window: str) -> re.Match[str] | None:
        """The source that the words before a verb end with, as group name."""
        cut = max(window.rfind(mark) for mark in _MARKS)
        words = window[cut + 2 :].split() if cut >= 0 else []
        while words and words[-1] in self._behind_comma:
            words.pop()
        if words and words[-1][-1] not in ",)" and words[0] not in {"in", "on"}:
            return self._before.search(window, cut + 2)  # no name goes on over a mark, but for what describes it
        return self._named.search(window) or self._before.search(window)

    def label(self, text: str) -> re.Match[str] | None:
        """The source that a headline begins with, as group name.

        >>> english_sources().label("Police: 12 arrested")["name"]
        'Police'
        """
        return self._label.match(text)

    def subject(self, text: str) -> str | None:
        """Whom the last clause of a text is about: The governor called it reckless and …"""
        names = [self.plain(match["name"]) for match in self._subject.finditer(text)]
        names = [name for name in names if name]
        return names[-1] if names else None

    def before_who(self, window: str) -> re.Match[str] | None:
        """The source that the words before who end with, as group name."""
        return self._described.search(window) or self.before(window.rstrip(","))

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
        name = _ASKED.sub("", name)
        if (paper := self._paper_of.match(name)) is not None:  # a poll by YouGov for The Times
            name = self._client.sub("", name[paper.end() :])
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
