"""Who is credited in English: according to X, X said, said X, (X) behind a figure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from transforms.claims.credits import Credit, CreditFinder
from transforms.claims.lexicon import read_lexicon
from transforms.claims.phrases import phrase_pattern
from transforms.claims.sources_en import english_sources, spaced_pattern, without_article
from transforms.claims.triggers import Triggers, is_word, whole_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_REACH = 120  # characters before a verb that are read for its source
_SAID_THAT = re.compile(
    r"(?:\s(?:today|yesterday|recently|on\s[A-Z]\w+day|[A-Z]\w+day|this\s\w+|last\s\w+|in\san?\s\w+(?:\s\w+)?))?\s(?:that|the|a|an|it|its|he|she|they|there|[A-Z])|\s?[:,“\"]|\s(?:at|out|to)\b|\s?[.;]|$"
)
# What must follow what views are called and held in: estimates of, forecast in, raised its.
_OF = re.compile(r"s?\s(?:of|for|that|shows?)\b")
_IN = re.compile(r"s?\s(?:in|by|from|of)\s")
_ITS = re.compile(r"\s(?:its|his|her|their|the)\s")
_TOLD = re.compile(r"\s(?:the\s|a\s)?[\w’'&-]+(?:\s[\w’'&-]+){0,8}\s?(?:[.,;]|$|[”\"])")  # the judge told the court.
_HEARD = re.compile(r"(?:\s(?:on|in|at|during)\s[^,.]{2,30})?\s(?:that|how|the|he|she|it|there)\b|\s?[.,;]")
_AS_SAYING = re.compile(r"\s(?P<name>(?:by\s)?[^,;“\"]{2,60}?)\sas\s(?:saying|telling)\b")
_JOINT = re.compile(r"\s(?:and|but|that|which),\s$")
_WAS = frozenset({"was", "were", "has been", "have been", "had been"})
_INDEX = re.compile(r"\bIndex$")
_LEADING = ',”"—'
_OPENING = 20  # characters before an opener that opens the sentence
_LAST_MARK = 4
_NEXT = 6  # characters between a source that is cited and who cites it
_SIZED = 40  # characters before 'analysts had forecast' that hold the number forecast
_ENDED = re.compile(r"\s?[.,;)]|$")
# Between what is said and who says it: …, industry body X estimates.
_LED = re.compile(r"(?:[,;”\")—–-])\s?(?:[A-Za-z][\w’'&.-]*\s){0,6}$")
_CITING = re.compile(r",\sciting\s(?P<name>(?:an?\s|the\s)?[\w’'&.-]+(?:\s[\w’'&.-]+){0,5}?),$")


class EnglishCredits(CreditFinder):
    """Compiled expressions over the English lexicon."""

    def __init__(self) -> None:
        super().__init__()
        lexicon = read_lexicon("topics_en.toml")
        data, saying, reckoning = lexicon["attribution"], lexicon["saying"], lexicon["reckoning"]
        published, insiders = lexicon["publications"], lexicon["insiders"]
        said = {key: spaced_pattern(forms) for key, forms in saying.items()}
        views = {key: spaced_pattern(forms) for key, forms in reckoning.items()}
        words = {key: phrase_pattern(data[key]) for key in ("speech", "moves", "moved")}
        self.sources = english_sources()
        name, adverbs = self.sources.name, self.sources.adverbs
        openers = [*data["openers"], *(o.capitalize() for o in data["openers"])]
        self.triggers = Triggers(
            {
                "opener": openers,
                "verb": data["verbs"],
                "estimate": reckoning["views"],
                "expected": reckoning["held"],
                "move": data["moves"],
                "standing": [*(name.split()[-1] for name in reckoning["market"]), "onsensus"],
                "count": reckoning["counts"],
                "participle": data["participles"],
            }
        )
        self.who = re.compile(r"(?:,\s|\b)(?P<who>who|[Hh]e|[Ss]he|[Tt]hey|[Ii]t)(?:\s(?:also|now|has|had|still))?$")
        self.opened = re.compile(
            rf"(?:{phrase_pattern(openers)})(?:\s(?:(?:an?|the|{said['data_adjectives']})\s)*"
            rf"{spaced_pattern([*published['results'], *published['quoted']])}\s(?:from|by|{said['data_by']}\sby))?"
            r"\s(?P<name>(?:an?\s|one\s|two\s|three\s|several\s|multiple\s)?"
            rf"{spaced_pattern([*insiders['nouns'], *saying['informants']])}"
            rf"\s{spaced_pattern([*insiders['knowing_of'], *saying['informants_knowing']])}(?:\s[\w’'-]+){{1,4}}"
            rf"|{self.sources.institution}|(?:the\s|a\s|an\s)?[\w’'&.-]+(?:\s[\w’'&.-]+){{0,7}}?)"
            rf"(?=[,.;:)”\"—](?:\s|$|[^\w])|\s{said['name_ends']}\b|\s[–—-]\s|\s\(|$)"
        )
        # By the same firm’s count, AMD held
        self.counted = re.compile(
            rf"\b(?:[Bb]y|[Oo]n)\s(?P<name>(?:the\s)?[\w&.-]+(?:\s[\w&.-]+){{0,4}}?)[’']s?\s(?:{views['own']}\s)*"
            rf"{views['counts']}\b"
        )
        self.bracketed = re.compile(
            rf"\((?P<name>(?:{spaced_pattern(lexicon['source_names']['bracket_leads'])}\s)?"
            r"(?:[A-Z][\w&.-]+(?:\s[A-Z][\w&.-]+){0,3}|[a-z]+\.(?:com|org|net)))\)"
        )
        self.not_bracketed = re.compile(
            rf"^(?:[A-Z]{{1,5}}|[A-Z]\w{{0,2}}|[A-Z0-9]+\.[A-Z]{{1,2}}|{phrase_pattern(saying['pictures'])}.*)$"
        )
        self.said_after = re.compile(
            rf"(?:[,”\"]|—)\s(?P<verb>{words['speech']})\s(?:(?!{said['content_starts']}\s)[a-z][\w’'-]*\s){{0,5}}?(?P<name>{name})"
        )
        viewers = spaced_pattern([*reckoning["viewers"], *(noun.capitalize() for noun in reckoning["viewers"])])
        # Nielsen’s estimate that, analysts’ average forecast of
        self.owned = re.compile(
            rf"(?P<name>\b{name}|\b{viewers})(?:[’']s?)?\s(?:{views['averages']}\s)*{views['views']}\s(?:of|for|that|shows?)\b"
        )
        # the 1.5 million-barrel build forecast in a Reuters poll
        self.polled = re.compile(
            rf"\b{views['held']}\s(?:in|by|from|of)\s"
            rf"(?P<name>(?:an?\s|the\s)?[A-Z][\w.&-]*(?:\s[A-Z][\w.&-]*)*\s(?:poll|survey)|(?:the\s)?{views['holders']}"
            r"(?:\s(?:polled|surveyed)\sby\s[A-Z]\w*)?)"
        )
        self.moved = re.compile(
            rf"(?P<name>\b{name})(?:\s(?:at|of|from)\s[A-Z]\w+(?:\s[A-Z]\w+)?)?{adverbs}\s(?P<verb>{words['moves']})"
            rf"\s(?:its|his|her|their|the)\s(?:[$€£]?[\w.-]+\s){{0,4}}?(?:{words['moved']})\b"
        )
        self.stood = re.compile(
            rf"\b(?P<name>{views['market']}|(?:[Aa]nalysts?\s)?[Cc]onsensus(?:\son\s[A-Z]\w+)?)"
            r"\s(?:(?:was|is|stood|had\sbeen)\s(?:at|for)|of)\b"
        )
        # Behind the verb of a clause that closes: said., told analysts on a call., showed on Tuesday.
        behind = [*saying["adjuncts"], *saying["hearers"], *saying["days"], *saying["media"]]
        self.closes = re.compile(rf"(?:\s{spaced_pattern(behind)}\b[^.,;:]{{0,90}})?\s?(?:[.,;]|$|[”\"])")
        self.measured = re.compile(rf"[\d%]|{views['measured']}")
        # Put the cost at $5, Tesco on 27.9%, a fifth of it down to heat: not 400 officers on the streets.
        self.put_at = re.compile(
            r"[^.;]{1,50}?\s(?:down\sto\s|(?:at|on)\s(?:[a-z]+\s){0,3}?(?:(?:[A-Z]{1,3}\s?)?[$€£¥]?\d"
            rf"|{views['numbers']}\b))"
        )
        self.finders = re.compile(rf"\b{said['finders']}$", re.IGNORECASE)
        self.hearing = re.compile(rf"\b{said['hearings']}$", re.IGNORECASE)
        self.against = re.compile(rf"\b{views['against']}\s(?:the\s)?$")
        self.leads = [f" {word} " for word in reckoning["leads"]]
        self.selves = frozenset(saying["selves"])
        self.ongoing = tuple(saying["ongoing"])
        self.nominal = frozenset(saying["nominal"])
        self.reporting = frozenset(saying["reporting"])
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
        verbs = whole_words(text, start, end, here.get("verb", ()))
        self._read_opened(text, start, end, here.get("opener", ()), found)
        if "count" in here:
            for match in self.counted.finditer(text, start, end):
                closes = match.start() > start + 2 and self.closes.match(text, match.end()) is not None
                found.append(Credit(match.start(), match.end(), match["name"], False, is_closing=closes))
        if start == 0 and (label := self.sources.label(text)) is not None:  # Police: 12 arrested
            found.append(Credit(0, label.end(), label["name"], is_speech=False))
        if text.find("(", start, end) >= 0:
            self._read_bracketed(text, start, end, found)
        self._read_after(text, start, end, verbs, found)
        self._read_said(text, start, verbs, found)
        if "participle" in here:
            for at, stop in whole_words(text, start, end, here["participle"]):
                if text[at - 1] in ",;—" and not any(c.start <= at < c.end for c in found):
                    found += self._joined(text, start, at, stop, found)
        self._read_views(text, start, end, here, found)
        found.sort(key=lambda credit: credit.start)
        return found

    def _read_views(
        self, text: str, start: int, end: int, here: Mapping[str, list[tuple[int, int]]], found: list[Credit]
    ) -> None:
        """build forecast in a Reuters poll; analysts’ estimates of; raised its price target."""
        if any(_IN.match(text, stop) for _, stop in here.get("expected", ())):
            for match in self.polled.finditer(text, start, end):
                since = self._sized_from(text, match.start())
                found.append(Credit(match.start(), match.end(), match["name"], True, is_closing=True, since=since))
        patterns = [self.owned] if any(_OF.match(text, stop) for _, stop in here.get("estimate", ())) else []
        patterns += [self.moved] if any(_ITS.match(text, stop) for _, stop in here.get("move", ())) else []
        patterns += [self.stood] if "standing" in here else []
        for pattern in patterns:
            for match in pattern.finditer(text, start, end):
                name = self.sources.plain(match["name"])
                if name and not any(c.start <= match.start() < c.end for c in found):
                    stop = match.end("verb") if pattern is self.moved else match.end()  # kept his $49 target
                    found.append(Credit(match.start(), stop, name, is_speech=True))

    def _read_opened(
        self, text: str, start: int, end: int, openers: Iterable[tuple[int, int]], found: list[Credit]
    ) -> None:
        """According to X, data from X."""
        floor = 0
        for begin, _ in openers:
            if begin < floor or (begin and is_word(text[begin - 1])):
                continue
            match = self.opened.match(text, begin, end)
            if match is None:
                continue
            floor = match.end()
            name = self.sources.without_stop(without_article(match["name"].strip()))
            lower = match.group().lower()
            is_rate = lower.startswith("per ") and not lower.startswith(("per a ", "per the "))
            if is_rate and not name[0].isupper() and not self.sources.is_research(name):
                continue  # barrels per day
            if lower.startswith("based on") and not name[0].isupper():
                continue
            if any(ch.isdigit() for ch in name) and not name[0].isupper():
                continue
            closes = match.start() > start + _OPENING
            since = 0
            if lower.startswith("in the words of"):  # "north of $40 million," in the words of: no more than that
                since = max(text.rfind(mark, start, match.start() - _LAST_MARK) for mark in '“"')
            found.append(Credit(match.start(), match.end(), name, False, is_closing=closes, since=max(since, 0)))

    def _read_bracketed(self, text: str, start: int, end: int, found: list[Credit]) -> None:
        """A source in brackets: (Forbes)."""
        for match in self.bracketed.finditer(text, start, end):
            name = self.sources.in_brackets(match["name"])
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
        subject: str | None = None  # of a verb that credits nobody: X described … and put
        for at, stop in verbs:
            verb = text[at + 1 : stop]
            if any(c.start <= at < c.end for c in found):
                continue
            last = text[max(start, at - 12) : at].rsplit(None, 1)[-1:]
            after = text[stop : stop + 80]
            if verb in self.placed and not self.put_at.match(after):
                continue
            if last and last[0] in {"and", "but"} and (verb in self.speech or verb in self.views):
                found += self._joined(text, start, at, stop, found, subject)
                continue
            if (
                last
                and last[0] != "May"
                and last[0].lower() in self.no_source
                and not text.endswith(self.ongoing, start, at)
            ):
                continue
            window = text[max(start, at - _REACH) : at]
            low = at - len(window)
            who = self.who.search(window)
            if who is not None and who["who"] == "who":  # Analysts at X, who had forecast
                source = self.sources.before_who(window[: who.start("who")].rstrip())
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
            if (
                (verb.endswith("s") or verb in self.nominal)
                and _ENDED.match(after)
                and self.against.search(text, max(start, begin - 14), begin)
            ):
                continue  # above Wall Street forecasts,
            led = [c for c in found if c.end <= begin <= c.end + _NEXT and text.startswith("iting ", c.start + 1)]
            if led:  # Citing X, Y reported
                name = led[-1].name
            being = (source.groupdict().get("being") or "").strip()
            if verb == "quoted" and name and (quoted := _AS_SAYING.match(after)) is not None:
                if not being:  # Interfax quoted the minister as saying
                    name = self.sources.plain(quoted["name"].removeprefix("by "))
                if name:
                    found.append(Credit(begin, stop + quoted.end(), name, True, is_closing=bool(being)))
                continue
            closes = begin > start and (_TOLD if verb == "told" else self.closes).match(after) is not None
            is_closing = closes and _LED.search(text, max(start, begin - 50), begin) is not None
            if not name or not (
                self._is_told(verb, name, after, being) or self._says(verb, name, after, being, is_closing)
            ):
                subject = name
                continue
            since = _parenthesis(text, start, begin, stop) if is_closing else 0
            is_view = verb in self.views or verb not in self.speech
            if closes and not is_closing and is_view and self.measured.search(text, max(start, begin - 14), begin):
                is_closing, since = True, self._sized_from(text, begin)  # the $22.1 billion analysts had forecast
            is_speech = not self.sources.is_research(source["name"])
            found.append(Credit(begin, stop, name, is_speech, is_closing, since=since))

    def _pronoun(self, text: str, start: int, at: int, stop: int, who: str, found: list[Credit]) -> list[Credit]:
        """he said: the last speaker; it said: whom the sentence, or the one before, is about."""
        is_closing = at > start + 2 and text[at - 2] in ',”"' and self.closes.match(text, stop) is not None
        if who not in {"it", "It"}:
            since = 0
            if not is_closing and self.closes.match(text, stop) and self.measured.search(text, max(start, at - 14), at):
                is_closing, since = True, self._sized_from(text, at)  # the $22.1 billion they had pencilled in
            named = [c for c in found if c.name and c.end <= at]
            if who in {"they", "They"} and named:  # the authors put …; they calculate
                return [Credit(at, stop, named[-1].name, True, is_closing=is_closing, since=since or named[-1].end)]
            since = since or (_parenthesis(text, start, at, stop) if is_closing else 0)
            return [Credit(at, stop, None, True, is_closing=is_closing, is_pronoun=True, since=since)]
        named = [c for c in found if c.name and c.end <= at]
        if named:
            return [Credit(at, stop, named[-1].name, is_speech=True, is_closing=is_closing)]
        name = self.sources.subject(text[start:at])
        return [Credit(at, stop, name, is_speech=True, is_closing=is_closing)] if name else []

    def _joined(
        self, text: str, start: int, at: int, stop: int, found: list[Credit], subject: str | None = None
    ) -> list[Credit]:
        """X described … and said; X is more cautious, expecting …: whom the clause is about."""
        low = max(start, text.rfind("; ", start, at))
        speakers = [
            credit for credit in found if credit.is_speech and not credit.is_closing and low <= credit.end <= at
        ]
        name = speakers[-1].name if speakers else subject or self.sources.subject(text[low:at])
        return [Credit(at, stop, name, is_speech=True)] if name else []

    def _says(self, verb: str, name: str, after: str, being: str, is_closing: bool) -> bool:
        """Whether the verb credits its subject with what follows."""
        if being and verb not in self.progressive:
            return False  # is expected
        if verb in self.progressive and not being and verb not in {"looking for", "hoping for"}:
            return False
        if verb in {"found", "finds"} and self.finders.search(name) and not after.startswith((" that", ":")):
            return False
        if verb == "heard" or (_INDEX.search(name) and not verb.startswith(("show", "found"))):
            return False
        if verb == "points" and not after.startswith((" out", " to")):
            return False
        if re.match(r"\s?(?:and|or|of|for|by)\b", after) and verb in self.nominal:
            return verb in self.progressive
        if verb == "added" and not re.match(r"\s?(?:that|in|[.,:]|$)", after):
            return False
        if verb in {"see", "sees", "put", "puts"}:
            return True
        if is_closing and verb in self.reporting:
            return True  # …, the team reports in the European Heart Journal
        if verb in self.results and not self.sources.is_research(name) and not self.sources.is_crowd(name):
            return _SAID_THAT.match(after) is not None and not re.match(r"\s(?:a|an|the|its|[.;])\b", after)
        return True

    def _is_told(self, verb: str, name: str, after: str, being: str) -> bool:
        """Whether a court or a committee hears what follows: Leeds Crown Court heard, jurors were told."""
        is_told = verb == "heard" or (verb == "told" and being in _WAS)
        return is_told and self.hearing.search(name) is not None and _HEARD.match(after) is not None

    def _sized_from(self, text: str, at: int) -> int:
        """Where the phrase begins that a number stands in: (beating) the $280 million analysts had forecast."""
        low = max(0, at - 60)
        begin = max(text.rfind(word, low, at) for word in self.leads)
        return begin if begin >= 0 else at - _SIZED


def _parenthesis(text: str, start: int, begin: int, stop: int) -> int:
    """Where what is credited begins, of a source between commas: and, X claims, 500 jobs; 0 for the sentence."""
    if text[stop : stop + 1] != ",":
        return 0
    joint = _JOINT.search(text, max(start, begin - 6), begin)
    semicolon = text.rfind("; ", start, begin)
    return joint.start() + 1 if joint is not None else max(semicolon, 0)
