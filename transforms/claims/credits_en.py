"""Who is credited in English: according to X, X said, said X, (X) behind a figure."""

from __future__ import annotations

import re
from functools import cache

from transforms.claims.credits import Credit, CreditFinder
from transforms.claims.lexicon import read_lexicon
from transforms.claims.phrases import phrase_pattern

_ABBREVIATED = re.compile(r"(?:\b(?:Inc|Corp|Co|Ltd|Jr|Sr|[A-Z])|[a-z]\.[a-z])\.$")


class EnglishCredits(CreditFinder):
    """Compiled expressions over the English lexicon."""

    def __init__(self) -> None:
        super().__init__()
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
        # A name before its verb is tried at every capital: one look for a verb comes first.
        self.verb_at = re.compile(rf" (?:{phrase_pattern({*data['verbs'], *data['speech']})})\b")
        self.speech = frozenset(data["speech"])
        self.numeric = re.compile(r"^\s(?:[$€£¥]?\d|an?$|about$|more$|nearly$|over$|some$|[a-z]+$)")
        self.titles = re.compile(rf"^(?:(?:the|The)\s)?(?:{phrase_pattern(data['titles'])}\s)+(?=[A-Z])")
        self.not_names = frozenset(data["not_names"])

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
        for match in self.bracketed.finditer(text, start, end) if "(" in text else ():
            name = re.sub(r"^(?:via|per|[Ss]ource:)\s", "", match["name"])
            if not self.not_bracketed.match(name):
                found.append(Credit(match.start(), match.end(), name, is_speech=False, is_closing=True))
        if self.verb_at.search(text, start, end) is None:
            return sorted(found, key=lambda credit: credit.start)
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
def english_credits() -> EnglishCredits:
    """The reader over the English lexicon, built at first use."""
    return EnglishCredits()
