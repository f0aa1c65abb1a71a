"""Names of sources in English: what stands before said or showed without titles, papers and articles."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.lexicon import read_lexicon
from transforms.claims.phrases import phrase_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

_EMPLOYED = re.compile(
    r"^(?:[A-Z][\w&.-]*\s){0,3}[A-Z][\w&.-]*[’']s?\s(?=[A-Z][a-z]+(?:\s[A-Z]\.)?\s[A-Z][\w’'-]+$)"
)  # CIBC’s Marta Kowalczyk
# Whom a survey asked, and how many: a Teacher Tapp poll of 9,800 teachers; a survey of 180 shippers by Xeneta.
_ASKED = re.compile(
    r"\s(?:of|among|with|covering)\s(?:[a-z-]+\s){0,2}\d[\d,]*(?:\s[\w’'-]+){0,4}?(?=$|\s(?:by|from|for)\s[A-Z])"
)
_MARKS = (", ", "; ", ": ", "” ", '" ', "— ", ") ")
_ARTICLE = re.compile(r"^(?:an?|An?)\s")
_OWNER = re.compile(r"[’']s$")


class EnglishSources:
    """Compiled expressions that take a source's name out of the words before a verb."""

    def __init__(self) -> None:
        lexicon = read_lexicon("topics_en.toml")
        data, published, insiders = lexicon["attribution"], lexicon["publications"], lexicon["insiders"]
        names = {key: spaced_pattern(words) for key, words in lexicon["source_names"].items()}
        released, results = spaced_pattern(published["released"]), published["results"]
        measured = [*results, *published["gauges"]]
        words = {key: phrase_pattern(data[key]) for key in ("adverbs", "being", "modifiers", "people", "posts")}
        words["titles"] = phrase_pattern([*data["titles"], *data["longer_titles"]])
        linking = rf"{names['linking']}|Last\s\w+|This\s\w+|[A-Z][a-z]+ly"
        word = r"(?:[A-Z][\w’'&.-]*|\d{1,4}|(?:of|the|for|and|de|da|di|van|von|der|den|la|le|al|bin)\b|&)"
        self.name = (
            rf"(?!(?:{linking}),)(?:[Tt]he\s)?(?:(?:von|van|de|di|da)\s)?[A-Z][\w’'&.-]*(?![$€£])(?:\s{word}){{0,8}}"
            r"(?<!\sand)(?<!\sof)(?<!\sthe)(?<!\sfor)"
        )
        person = r"(?:[A-Z]\.?\s){0,2}[A-Z][\w’'.-]+(?:\s(?:[A-Z][\w’'.-]*|(?:de|van|von|der|bin|al)\b)){0,3}"
        behind = (
            rf"(?:\s{spaced_pattern(published['examined_by'])}\sby\s(?:the\s)?[A-Z][\w.&]*(?:\s[A-Z][\w.&]*)*(?:\sfor\s(?:[Tt]he\s)?[A-Z]\w*(?:\s[A-Z]\w*)*)?"
            rf"|\s{released}\s[\w\s’'-]{{2,40}}"
            rf"|\s{spaced_pattern(insiders['knowing_of'])}\s[\w\s’'-]{{3,40}}"
            r"|\s(?:at|for|from|of|in|with|on|by)(?:\s(?!(?:that|which|who|have|has|had|was|were|is|are)\b)[\w’'&.-]+(?:,\d{3})*){1,8})?"
        )
        article = r"(?:[Tt]he|[Aa]n?|[Oo]ne|[Ii]ts|[Tt]heir|[Tt]his|[Hh]is|[Hh]er|[Aa]nother|[Ee]ach)\s"
        modifier = rf"(?:(?:{words['modifiers']}|[A-Z][\w.’'-]+|(?<![\d,.])\d+)\s)"
        capital_people = phrase_pattern(noun.capitalize() for noun in data["people"])
        capital_modifiers = phrase_pattern(w[:1].upper() + w[1:] for w in data["modifiers"])
        unnamed = (
            rf"{article}(?:(?!that\s|which\s|who\s)[\w’'&.-]+\s){{0,3}}?(?:{words['posts']}|{words['people']})\b{behind}"
            rf"|(?:[Tt]he\s)?[A-Z][\w.’'&-]*(?:\s(?:[A-Z][\w.’'&-]*|of|for|the|and|&)){{0,6}}\s"
            rf"{spaced_pattern([*measured, *published['named']])}\b{behind}"
            rf"|(?:{capital_modifiers}\s)?{modifier}{{0,3}}(?:{words['people']}|{capital_people})\b{behind}"
            rf"|(?:an?\s|one\s|A\s|One\s)?(?:two\s|several\s|multiple\s)?{spaced_pattern(insiders['nouns'])}"
            rf"\s{spaced_pattern(insiders['knowing'])}[\w\s’'-]{{3,44}}"
            r"|(?:[Cc]ompany\s)?[Mm]anagement"
        )
        asides = rf"(?:,\s{names['asides']},)?"
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
            rf"(?:^;?\s?|[;—]\s|,\s(?:and|but|while|as|though|although)\s)(?:(?:But|And)\s|(?:{linking}|(?:In|On|For|At)\s[\w\s]{{2,24}}),\s)?"
            rf"(?!{names['clause_openers']}\s)"
            rf"(?P<name>{article}(?:[a-z-]+\s){{0,2}}?(?:{words['posts']})"
            r"|(?:[Tt]he\s|[Rr]ival\s)?(?:[a-z]+\s){0,3}?[A-Z][\w’'&.-]*(?:\s(?:[A-Z][\w’'&.-]*|of|for|the|and|&|de|van|von))*)"
            r"(?:,\s[^,;]{2,60},)?\s(?=[a-z])"
        )
        self._label = re.compile(rf"(?P<name>{capital_people}|{spaced_pattern(published['labels'])}):\s(?=\S)")
        # Marta Kowalczyk, senior economist at CIBC, who expects
        self._described = re.compile(rf"\b(?P<name>{person}),\s(?:an?\s|the\s)?[a-z][^,]{{2,80}},$")
        self._behind_comma = frozenset(word for phrase in (*data["adverbs"], *data["being"]) for word in phrase.split())
        self._people = re.compile(rf"\b(?:{words['people']}|{capital_people})\b")
        # A report from X: the source is X.
        self._paper_of = re.compile(
            rf"^(?:[\w-]+\s){{0,3}}{spaced_pattern([*results, *published['made']])}\s"
            rf"(?:by|from|{spaced_pattern(published['made_by'])}\sby)\s(?=(?:the\s)?[A-Z])",
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
            rf"\b{spaced_pattern([*measured, *published['further'], *published['publishers']])}\b",
            re.IGNORECASE,
        )
        self._not_names = frozenset(data["not_names"])
        self._first_word = re.compile(rf"^(?:{phrase_pattern(data['not_names'])}|{names['first_words']})\s(?=[A-Z])")
        self._abbreviated = re.compile(rf"(?:\b(?:{names['abbreviations']}|[A-Z])|[a-z]\.[a-z]|[A-Z]\.[A-Z])\.$")
        self._owned = re.compile(
            rf"^(?P<name>[A-Z].*?)[’']s?\s(?:[\w-]+\s){{0,2}}{spaced_pattern([*results, *published['owned']])}\b"
        )
        self._released = re.compile(rf"\s{released}\s.*$")
        self._bracket_lead = re.compile(rf"^{names['bracket_leads']}\s")

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
        if (owned := self._owned.match(name)) is not None:  # Kantar’s figures for the 12 weeks to 3 November
            name = owned["name"]
        name = self._released.sub("", name)
        name = _EMPLOYED.sub("", name)
        name = _ARTICLE.sub("", name)
        name = self.without_stop(_OWNER.sub("", name))
        words = name.split()
        if not words or words[-1] in self._not_names or name in self._not_names:
            return None
        return name

    def without_stop(self, name: str) -> str:
        """The name without the sentence's full stop; Inc. keeps its own."""
        return name[:-1] if name.endswith(".") and not self._abbreviated.search(name) else name

    def in_brackets(self, name: str) -> str:
        """The source that stands in brackets, without via or source:."""
        return self._bracket_lead.sub("", name)


def spaced_pattern(phrases: Iterable[str]) -> str:
    """Source of an expression for any of the phrases, their words apart by any white space.

    >>> spaced_pattern(["close to", "familiar with"])
    '(?:close\\\\sto|familiar\\\\swith)'
    """
    return phrase_pattern(phrases).replace(r"\ ", r"\s")


def without_article(name: str) -> str:
    """The name without a or an."""
    return _ARTICLE.sub("", name)


@cache
def english_sources() -> EnglishSources:
    """The reader of names over the English lexicon, built at first use."""
    return EnglishSources()
