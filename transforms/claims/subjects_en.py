"""Metric and subject of English numbers: the named thing measured, and whose it is, by clause structure."""

from __future__ import annotations

import re
from functools import cache

from transforms.claims.context import Reading
from transforms.claims.lexicon import load_lexicon, read_lexicon
from transforms.claims.mentions import Mention
from transforms.claims.phrases import phrase_pattern
from transforms.claims.sentences import Sentence
from transforms.claims.topics import Topic

_WORD = r"[A-Za-z][\w’'&.-]*"
_NAME = re.compile(
    r"(?<![\w’'])(?:[A-Z][\w&.-]*|[A-Z]\.)(?:[’']s?(?=\s[A-Z]))?(?:\s(?:(?:of|the|de|and|&|for)\s(?=[A-Z]))?(?:[A-Z][\w&.-]*|\d+(?=\s(?:Index|Max|Pro|Plus))))*"
)
_POSSESSIVE = re.compile(rf"(?P<owner>(?:[A-Z][\w&.-]*\s?)+)[’']s?\s(?P<metric>(?:{_WORD}\s?){{1,5}})$")
_IN_PHRASE = re.compile(
    rf"\s(?:in|of)\s(?P<metric>(?:(?:its|their|the|a|an|total|annual|quarterly|net)\s)*(?:[a-z][\w’'-]*)(?:\s[a-z][\w’'-]*){{0,3}})"
)
_ADJECTIVE_NOUN = re.compile(r"[\s-](?P<noun>[a-z][\w’'-]*(?:\s[a-z][\w’'-]*){0,2})")
_OF_OWNER = re.compile(r"\s(?:of|in)\s(?:the\s|its\s)?(?P<owner>[A-Z][\w&.-]*(?:\s[A-Z][\w&.-]*)*)")


class EnglishTopics:
    """Compiled expressions over the English lexicon."""

    def __init__(self) -> None:
        data, words_of = load_lexicon("en").data, read_lexicon("topics_en.toml")
        self.heads = re.compile(rf"(?<![a-z-]){phrase_pattern(words_of['metrics']['heads'])}(?![a-z-])")
        self.stops = frozenset(data["phrase_ends"]["words"])
        self.not_names = frozenset(words_of["not_names"]["words"])
        change = data["change"]
        self.verbs = frozenset(word for forms in change.values() for word in forms["verbs"])
        self.change_nouns = frozenset(word for forms in change.values() for word in forms["nouns"])

    def names(self, text: str, start: int, end: int) -> list[tuple[int, int, str]]:
        """Capitalised names in text[start:end], without words that are capital only at a sentence's start."""
        found = []
        for match in _NAME.finditer(text, start, end):
            name = match.group().strip(" .")
            words = name.split()
            begin = match.start()
            while words and words[0].lower().rstrip(".,") in self.not_names:
                begin += len(words[0]) + 1
                words.pop(0)
            while words and words[-1].lower() in self.not_names:
                words.pop()
            if not words or (len(words) == 1 and len(words[0]) < 2):
                continue
            name = " ".join(words)
            for tail in ("'s", "’s", "'", "’"):
                name = name.removesuffix(tail)
            found.append((begin, begin + len(name), name))
        return found

    def read(
        self, text: str, lower: str, sentence: Sentence, mention: Mention, reading: Reading, topic: Topic
    ) -> tuple[str | None, str | None]:
        """(metric, subject) of the mention, verbatim; `topic` is read and brought up to date."""
        start, end = sentence.clause_of(mention.start)
        metric = self._metric(text, lower, start, end, sentence, mention, reading)
        subject = self._subject(text, sentence, mention, start)
        if metric is None and reading.role == "change":
            metric = topic.metric if topic.sentence == sentence.start else None
        subject = subject or topic.subject
        if subject is not None:
            topic.subject = subject
        if metric is not None:
            topic.metric, topic.sentence = metric, sentence.start
        return metric, subject

    # ------------------------------------------------------------ metric

    def _metric(
        self, text: str, lower: str, start: int, end: int, sentence: Sentence, mention: Mention, reading: Reading
    ) -> str | None:
        kind = mention.unit.kind if mention.unit is not None else "count"
        if kind == "count" and mention.head_end >= mention.end and mention.unit_text:
            return self._counted(text, mention)
        after = lower[mention.end : min(sentence.end, mention.end + 60)]
        if kind in {"money", "percent", "multiple", "percentage_point"}:
            phrase = _IN_PHRASE.match(lower, mention.end, end)
            if phrase is not None and phrase["metric"].split()[-1] not in self.stops:
                head = None
                for head in self.heads.finditer(phrase["metric"]):
                    pass
                if head is not None:
                    return (
                        text[phrase.start("metric") : phrase.start("metric") + head.end()]
                        .removeprefix("the ")
                        .removeprefix("its ")
                    )
            noun = _ADJECTIVE_NOUN.match(text, mention.end, end) if not after.startswith((" in ", " of ")) else None
            if noun is not None:
                found = self._noun_behind(text, noun)
                if found is not None:
                    return found
        before = self._metric_before(text, lower, start, reading.lead)
        if before is None and start > sentence.start:
            opening, _ = sentence.clause_of(start - 1)
            if reading.role == "change" or kind in {"percent", "money"}:
                before = self._metric_before(text, lower, opening, start)
        return before

    def _counted(self, text: str, mention: Mention) -> str | None:
        phrase = text[mention.end : mention.head_end].strip()
        if not phrase or mention.head_end == mention.end:
            return mention.unit_text
        return phrase.removeprefix("of ").removeprefix("the ")

    def _noun_behind(self, text: str, match: re.Match[str]) -> str | None:
        words: list[str] = []
        for word in match["noun"].split():
            if word in self.stops or word in self.verbs or word in self.change_nouns:
                break
            words.append(word)
        return " ".join(words) if words and len(words[-1]) > 2 else None

    def _metric_before(self, text: str, lower: str, start: int, stop: int) -> str | None:
        head = None
        for match in self.heads.finditer(lower, start, stop):
            head = match
        if head is None:
            return None
        # adjectives in front belong to it: comparable-store sales, monthly asset purchases
        begin = head.start()
        for _ in range(3):
            word = re.compile(rf"({_WORD})\s$").search(text, max(start, begin - 30), begin)
            if word is None:
                break
            plain = word.group(1)
            if (
                plain.lower() in self.stops
                or plain.lower() in self.verbs
                or plain[0].isupper()
                or plain.endswith(("'s", "’s", ","))
            ):
                break
            if plain.lower() in {"its", "their", "his", "her", "our", "of", "reported", "posted", "said", "had"}:
                break
            begin = word.start(1)
        return text[begin : head.end()]

    # ------------------------------------------------------------ subject

    def _subject(self, text: str, sentence: Sentence, mention: Mention, start: int) -> str | None:
        of = _OF_OWNER.match(text, mention.head_end or mention.end, sentence.end)
        if of is not None and mention.unit is not None and mention.unit.kind in {"percent", "count", "multiple"}:
            owner = self.names(text, of.start("owner"), of.end("owner"))
            if owner:
                return owner[0][2]
        names = self.names(text, start, mention.start)
        names = [n for n in names if not self._is_speaker(text, n)]
        if names:
            possessive = [n for n in names if text[n[1] : n[1] + 2] in {"'s", "’s"}]
            return (possessive or names)[0][2]
        if start > sentence.start:
            names = [n for n in self.names(text, sentence.start, start) if not self._is_speaker(text, n)]
            if names:
                return names[0][2]
        return None

    @staticmethod
    def _is_speaker(text: str, name: tuple[int, int, str]) -> bool:
        return bool(re.match(r",?\s(?:said|says|told|wrote|added|noted)\b", text[name[1] : name[1] + 10])) or text[
            max(0, name[0] - 13) : name[0]
        ].lower().endswith(("according to ", "said ", "citing "))


@cache
def english_topics() -> EnglishTopics:
    """The reader over en.toml, built at first use."""
    return EnglishTopics()
