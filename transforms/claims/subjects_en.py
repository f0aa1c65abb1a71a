"""Metric and subject of English numbers: the named thing measured, and whose it is, by clause structure."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache

from transforms.claims.attribution import english_credits
from transforms.claims.context import Reading
from transforms.claims.lexicon import load_lexicon, read_lexicon
from transforms.claims.mentions import Mention
from transforms.claims.phrases import phrase_pattern
from transforms.claims.sentences import Sentence
from transforms.claims.topics import Topic

_REACH = 320  # characters in front of a number that are read for its clause
_BEHIND = 110
_TOKEN = re.compile(r"[A-Za-z&][\w’'&/-]*(?:\.(?=[A-Za-z]\.|[a-z])[\w’'&-]+)*\.?|\d(?:[\w.,-]*\w)?|[^\w\s]")
_OWN_FIGURES = frozenset(
    {"reported", "reports", "expects", "announced", "announces", "posted", "forecast", "forecasts", "disclosed"}
)
_POSSESSIVE = ("'s", "’s", "s'", "s’")
_RATIO = frozenset({"percent", "multiple", "percentage_point"})
_TITLED = re.compile(r"[“\"](?P<name>[^“”\"]{2,60})[”\"]\s?\($")
_DATELINE = re.compile(r"[A-Z][A-Z]+[A-Za-z ,.]{0,40}(?:\([A-Za-z ]{2,20}\))?\s?[—–-]{1,2}\s")
_LATIN_DIGIT = re.compile(r"^\d[\d.,]*$")


@dataclass(frozen=True, slots=True)
class Word:
    """A token of a sentence and what class its word is of."""

    start: int
    end: int
    text: str
    kind: str  # noun (any word unknown), name, verb, aux, prep, conj, det, pron, adv, num, mark


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: the words it holds, by index, and whose it is."""

    first: int
    last: int
    owner: str | None  # a name before 's, or a possessive pronoun
    is_definite: bool = False


class EnglishTopics:
    """Compiled expressions over the English lexicon."""

    def __init__(self) -> None:
        data, words_of = load_lexicon("en").data, read_lexicon("topics_en.toml")
        metrics = words_of["metrics"]
        self.heads = re.compile(rf"(?<![a-z-]){phrase_pattern(metrics['heads'])}$")
        self.common = frozenset(words_of["not_names"]["common"])
        self.empty_heads = frozenset(metrics["empty"])
        self.instruments = frozenset(metrics["instruments"])
        self.people = frozenset(metrics["people"])
        self.level_verbs = frozenset(metrics["level_verbs"])
        change = {word for forms in data["change"].values() for word in (*forms["verbs"], *forms.get("to", ()))}
        classes = words_of["classes"]
        self.kinds: dict[str, str] = {}
        for kind in ("verb", "adv", "conj", "prep", "det", "pron", "aux"):
            for word in classes[kind]:
                self.kinds[word] = kind
        for word in change:
            if (
                " " not in word
                and word not in metrics["heads"]
                and word not in {"up", "down", "high", "higher", "lower", "more", "less"}
            ):
                self.kinds.setdefault(word, "verb")
        for word in data["phrase_ends"]["words"]:
            self.kinds.setdefault(word, "adv")
        self.change_verbs = frozenset(change) | {"up", "down", "off"}
        self.not_names = frozenset(words_of["not_names"]["words"])
        self.pronouns = frozenset(words_of["subjects"]["pronouns"])
        self.company_words = frozenset(words_of["subjects"]["company_words"])
        self.name_words = frozenset(
            {"of", "and", "de", "dei", "di", "da", "del", "la", "le", "van", "von", "for", "the"}
        )
        self.speech = frozenset(words_of["attribution"]["speech"])
        self.saying = frozenset(words_of["attribution"]["verbs"])
        self.connectors = frozenset({"dei", "di", "de", "da", "del", "la", "von", "van", "der", "den"})

    # ------------------------------------------------------------ words

    def words(self, text: str, start: int, end: int, sentence: Sentence, topic: Topic) -> list[Word]:
        """Tokens of text[start:end] with their classes; numbers of the sentence are one token each."""
        found: list[Word] = []
        numbers = sentence.mentions
        at = bisect_left([m.end for m in numbers], start + 1) if numbers else 0
        position = start
        while True:
            match = _TOKEN.search(text, position, end)
            if match is None:
                return self._settled(found)
            while at < len(numbers) and numbers[at].end <= match.start():
                at += 1
            if at < len(numbers) and numbers[at].start <= match.start():
                number = numbers[at]
                stop = min(number.end, end)
                found.append(Word(match.start(), stop, text[match.start() : stop], "num"))
                position = max(stop, match.end() if stop <= match.start() else stop)
                continue
            token = match.group()
            stop = match.end()
            if (
                len(token) > 1
                and token.endswith(".")
                and token.count(".") == 1
                and token.rstrip(".").lower() not in {"inc", "corp", "co", "ltd", "mr", "ms", "st", "no"}
            ):
                token, stop = token[:-1], stop - 1
            found.append(Word(match.start(), stop, token, self._kind(token, match.start(), text, sentence, topic)))
            position = stop if stop > match.start() else match.end()

    def _settled(self, words: list[Word]) -> list[Word]:
        """The words with classes that their neighbours decide: the offer, purchases of; Credit Suisse; Recently, …"""
        last = len(words) - 1
        for index, word in enumerate(words):
            after = words[index + 1] if index < last else None
            before = words[index - 1] if index else None
            kind = word.kind
            low = word.text
            if kind == "verb" and not low.endswith(("ed", "ing")):
                if (before is not None and (before.kind == "det" or before.text.endswith(_POSSESSIVE))) or (
                    after is not None and after.text == "of"
                ):
                    kind = "noun"
            elif kind == "noun" and low[:1].isupper():
                if after is not None and after.kind == "name" and after.start == word.end + 1:
                    kind = "name"
                elif after is not None and after.text == "," and (before is None or before.text in '“"'):
                    kind = "adv"
            elif low in self.connectors and before is not None and before.kind == "name" and after is not None:
                kind = "name" if after.kind == "name" else kind
            if kind != word.kind:
                words[index] = Word(word.start, word.end, word.text, kind)
        return words

    def _kind(self, token: str, start: int, text: str, sentence: Sentence, topic: Topic) -> str:
        if not (token[0].isalnum() or token[0] == "&"):
            return "mark"
        if token[0].isdigit():
            return "digit" if _LATIN_DIGIT.match(token) else "noun"
        low = token.lower()
        kind = self.kinds.get(low)
        if token[0].isupper() or (len(token) > 1 and token[1].isupper()):
            if kind in {"det", "pron", "prep", "conj", "aux"} and not token.isupper():
                return kind
            if start == sentence.start or text[max(0, start - 2) : start].strip() in {"“", '"', "⏎"}:
                if kind is not None:
                    return kind
                if self.heads.search(low) or low in self.instruments:
                    return "noun"
                if low in self.not_names or not self._is_capital_elsewhere(token, topic):
                    return "adv" if low.endswith("ly") or low in self.not_names else "noun"
            if low in self.not_names:
                return kind or "noun"
            return "name"
        if kind is not None:
            return kind
        if low.endswith("ly") and len(low) > 4:
            return "adv"
        if low.endswith("ed") and len(low) > 4 and "-" not in low:
            return "verb"
        return "noun"

    def _is_capital_elsewhere(self, token: str, topic: Topic) -> bool:
        """Whether a word at a sentence's start is a name: the article capitalises it, and never writes it small."""
        inside, small = topic.spelled()
        return token in inside or (token.lower() not in small and token.lower() not in self.common)

    # ------------------------------------------------------------ one mention

    def read(
        self, text: str, lower: str, sentence: Sentence, mention: Mention, reading: Reading, topic: Topic
    ) -> tuple[str | None, str | None]:
        """(metric, subject) of the mention, verbatim; `topic` is read and brought up to date."""
        topic.enter(text)
        kind = mention.kind or (mention.unit.kind if mention.unit is not None else "count")
        start = max(sentence.start, mention.start - _REACH)
        if start == 0 and (dateline := _DATELINE.match(text)) is not None and dateline.end() < mention.start:
            start = dateline.end()
        before = self.words(text, start, mention.start, sentence, topic)
        stop = max(mention.end, mention.head_end)
        behind = self.words(text, mention.end, min(sentence.end, stop + _BEHIND), sentence, topic)
        spans = [(c.start, c.end) for c in english_credits().find(text, sentence)]
        metric, owner, verb = self._measured(text, sentence, mention, reading, kind, before, behind, topic)
        subject = self._subject(text, sentence, mention, before, behind, metric, owner, verb, topic, spans)
        topic.said = subject
        if subject is not None and subject[0].isupper() and text.find(subject, start, mention.start) >= 0:
            topic.subject, topic.subject_block = subject, text
        if metric is not None:
            topic.metric, topic.sentence, topic.metric_block = metric, sentence.start, text
        topic.read_to = sentence.end
        return metric, subject

    def _measured(
        self, text: str, sentence: Sentence, mention: Mention, reading: Reading, kind: str,
        before: list[Word], behind: list[Word], topic: Topic,
    ) -> tuple[str | None, str | None, int]:  # fmt: skip
        """(metric, owner, index of the verb that governs the number or -1)."""
        if self._is_appended(sentence, mention, before, topic):
            found = self._noun_behind(text, mention, behind, kind, before) if kind not in _RATIO else None
            if found is None and kind != "count":
                return topic.metric, topic.said, -1
        lead = self._lead(before)
        verb = self._verb(before, lead)
        last = before[lead] if lead >= 0 else None
        of = last is not None and last.text.lower() in {"of", "for", "in"} and last.text.lower() == "of"
        if of:
            phrase = self._phrase(text, before, lead - 1)
            if phrase is not None and before[phrase.last].text.lower() not in self.empty_heads:
                return (*self._named(text, before, phrase), verb)
            if phrase is not None:  # a total of, a maximum of
                lead = self._lead(before[: phrase.first])
                last = before[lead] if lead >= 0 else None
                verb = self._verb(before, lead)
        counted = self._counted(text, mention, behind, kind)
        if kind == "count" and counted is not None:
            if counted.split()[-1].lower() in self.people:
                return self._done(before, behind, mention, verb) or counted, None, verb
            return counted, None, verb
        if kind != "count" or mention.rule.startswith(("fraction", "implied")):
            found = self._noun_behind(text, mention, behind, kind, before)
            done = self._survey(text, behind) if kind in _RATIO or kind == "count" else None
            if done is not None:
                return (*done, verb)
            if found is not None:
                return found[0], found[1], verb
        elif counted is None and mention.unit_text and len(mention.unit_text) > 2:
            counted = mention.unit_text
            if counted in self.people:
                return self._done(before, behind, mention, verb) or counted, None, verb
            return counted, None, verb
        if last is None:
            return self._carried(text, sentence, reading, kind, topic), None, verb
        low = last.text.lower()
        if last.kind == "prep" or low in {"to", "by", "at", "from", "up", "down", "than"}:
            phrase = self._phrase(text, before, lead - 1)
            if phrase is not None and low not in {"than", "up", "down"}:
                words = before[phrase.first : phrase.last + 1]
                outer = phrase.first - 1
                if outer >= 0 and before[outer].kind == "det":
                    outer -= 1
                if outer > 0 and before[outer].text.lower() == "of":
                    phrase = self._phrase(text, before, outer - 1) or phrase
                    words = before[phrase.first : phrase.last + 1]
                if words and words[-1].kind != "name":
                    return (*self._named(text, before, phrase), verb)
        if last.kind in {"noun", "name"} and last.end >= mention.start - 3:
            phrase = self._phrase(text, before, lead)  # EPS $2.53; shares 5% lower
            if phrase is not None and self.heads.search(
                text[before[phrase.first].start : before[phrase.last].end].lower()
            ):
                return (*self._named(text, before, phrase), verb)
        if verb >= 0:
            word = before[verb].text.lower()
            phrase = self._subject_phrase(text, before, verb)
            is_passive = before[verb].kind == "verb" and word.endswith("ed") and self._is_passive(before, verb)
            is_level = is_passive or before[verb].kind == "aux" or word in self.level_verbs or word in self.change_verbs
            if phrase is not None and is_level:
                metric, owner = self._named(text, before, phrase)
                if is_passive and kind == "duration":
                    return before[verb].text, owner, verb
                if metric is not None:
                    return metric, owner, verb
                if is_passive and kind in {"money", "duration"} and word not in self.level_verbs:
                    return before[verb].text, owner, verb
                return (self._carried(text, sentence, reading, kind, topic) if kind == "money" else None), owner, verb
            if not is_level and word not in self.speech:
                return before[verb].text, None, verb
        return self._carried(text, sentence, reading, kind, topic), None, verb

    def _is_appended(self, sentence: Sentence, mention: Mention, before: list[Word], topic: Topic) -> bool:
        """Whether only , up from / to / ( stands between the number before and this one: they measure the same."""
        if topic.sentence != sentence.start or topic.metric_block is not topic.block:
            return False
        for index in range(len(before) - 1, max(-1, len(before) - 9), -1):
            word = before[index]
            if word.kind == "num":
                return index < len(before) - 1
            if word.kind in {"noun", "name", "verb", "aux", "pron", "conj"} or word.text in ";:":
                return False
            if word.kind == "prep" and word.text.lower() in {"of", "for", "with", "by", "worth", "including"}:
                return False
        return False

    def _lead(self, before: list[Word]) -> int:
        """Index of the last word that is no mere qualifier of the number: not about, nearly, a, more than."""
        index = len(before) - 1
        while index >= 0:
            word = before[index]
            low = word.text.lower()
            if (
                word.kind in {"adv", "det"}
                or low
                in {
                    "than",
                    "about",
                    "around",
                    "over",
                    "under",
                    "nearly",
                    "some",
                    "record",
                    "whopping",
                    "total",
                    "much",
                    "many",
                    "as",
                    "high",
                    "low",
                    "little",
                    "well",
                    "another",
                    "additional",
                    "close",
                    "up",
                }
                or (word.kind == "mark" and word.text in "([“\"‘'$~-—–")
            ):
                if low == "to" or (low == "up" and index == len(before) - 1):
                    return index
                if low == "close":
                    pass
                index -= 1
                continue
            if low == "to" and index and before[index - 1].text.lower() in {"close", "up"}:
                index -= 2
                continue
            return index
        return -1

    def _verb(self, before: list[Word], lead: int) -> int:
        """Index of the verb that governs the number: the last one before it in its clause."""
        index = lead
        while index >= 0:
            word = before[index]
            if word.kind == "mark" and word.text in ';:“”"' and index < lead:
                return -1
            if word.kind in {"verb", "aux"}:
                return index
            index -= 1
        return -1

    def _phrase(self, text: str, words: list[Word], last: int) -> Phrase | None:
        """The noun phrase that ends at a word, without article; None where the word is none."""
        while last >= 0 and words[last].kind == "adv":
            last -= 1
        if last < 0 or words[last].kind not in {"noun", "name"}:
            return None
        first = last
        owner: str | None = None
        while first > 0:
            word = words[first - 1]
            if word.text.endswith(_POSSESSIVE) and word.kind in {"name", "noun"} and word.end < words[first].start:
                begin = self._name_start(words, first - 1)
                owner = text[words[begin].start : word.end][: -2 if not word.text.endswith(("s'", "s’")) else -1]
                return Phrase(first, last, owner, True)
            if (
                word.kind in {"noun", "name", "digit"}
                or (word.kind == "num" and "-" in word.text)
                or (word.text == "&" and first > 1)
                or (
                    word.text.lower() in {"and"}
                    and words[first].kind == "name"
                    and first > 1
                    and words[first - 2].kind == "name"
                )
            ):
                first -= 1
                continue
            break
        while first < last and words[first].text.lower() in {"and", "&"}:
            first += 1
        is_definite = first > 0 and words[first - 1].text.lower() == "the"
        if first > 0 and words[first - 1].text.lower() in {"its", "their", "his", "her", "our"}:
            owner = words[first - 1].text.lower()
        return Phrase(first, last, owner, is_definite)

    def _name_start(self, words: list[Word], last: int) -> int:
        first = last
        while first > 0 and (
            words[first - 1].kind == "name"
            or (
                words[first - 1].text in {"of", "&", "and", "de"}
                and first > 1
                and words[first - 2].kind == "name"
                and words[first].kind == "name"
            )
        ):
            first -= 1
        return first

    def _named(self, text: str, words: list[Word], phrase: Phrase) -> tuple[str | None, str | None]:
        """(metric, owner) of a noun phrase: Home Depot shares → shares, Home Depot; Pfizer → none, Pfizer."""
        first, last = phrase.first, phrase.last
        if all(w.kind == "name" or w.text in {"&", "and"} or w.kind == "digit" for w in words[first : last + 1]):
            return None, text[words[first].start : words[last].end]
        if words[last].text.lower() in self.instruments:
            return None, text[words[first].start : words[last].end]
        owner = phrase.owner
        if words[last].kind == "name" and words[first].kind != "name":
            begin = self._name_start(words, last)  # flagship carrier Emirates Airline
            return None, text[words[begin].start : words[last].end]
        split = first
        while split < last and words[split].kind in {"name", "digit"} or (split < last and words[split].text == "&"):
            split += 1
        if owner is None and split > first and any(w.kind == "name" and len(w.text) > 1 for w in words[first:split]):
            owner = text[words[first].start : words[split - 1].end]
            first = split
        if words[last].text.lower() in self.company_words:
            return None, owner or text[words[first].start : words[last].end]
        end = words[last].end
        if last + 1 < len(words) and words[last + 1].text.lower() in {"of", "in", "for", "at"} and owner is None:
            begin = last + 2
            if begin < len(words) and words[begin].kind == "det":
                begin += 1
            stop = begin
            while stop < len(words) and (words[stop].kind == "name" or words[stop].text == "&"):
                stop += 1
            if stop > begin:
                owner = text[words[begin].start : words[stop - 1].end]
        return text[words[first].start : end], owner

    def _subject_phrase(self, text: str, words: list[Word], verb: int) -> Phrase | None:
        """The noun phrase in front of a verb group, past of-phrases and asides."""
        index = verb - 1
        while index >= 0 and (words[index].kind in {"aux", "adv"} or words[index].text.lower() in {"to", "not"}):
            index -= 1
        if index >= 0 and words[index].text in {",", ")"}:
            closing = words[index].text
            opening = index - 1
            while opening >= 0 and words[opening].text != ("(" if closing == ")" else ","):
                if words[opening].text in {";", "“", "”"}:
                    break
                opening -= 1
            if opening > 0 and words[opening].text in {"(", ","} and index - opening < 14:
                before = self._phrase(text, words, opening - 1)
                if before is not None:
                    return before
            return None
        while index > 1 and words[index].kind == "digit" and words[index - 1].kind == "prep":
            index -= 2  # growth in 2019 will be
        if index < 0 or words[index].kind in {"pron", "conj", "mark", "prep", "det", "verb"}:
            if index >= 0 and words[index].text.lower() in {"and", "but"} and index:
                earlier = self._verb(words, index - 1)
                return self._subject_phrase(text, words, earlier) if 0 <= earlier < verb else None
            return None
        phrase = self._phrase(text, words, index)
        for _ in range(3):
            if phrase is None:
                return None
            outer = phrase.first - 1
            if outer >= 0 and words[outer].kind == "det":
                outer -= 1
            if outer > 0 and words[outer].text.lower() in {"of", "in", "for", "at", "from", "on", "with", "per"}:
                wider = self._phrase(text, words, outer - 1)
                if wider is None:
                    return phrase
                if (
                    words[outer].text.lower() == "of"
                    and words[wider.last].text.lower()
                    in {"number", "share", "amount", "rate", "percentage", "proportion"}
                    and phrase.owner is None
                    and words[phrase.last].kind == "noun"
                ):
                    return phrase
                phrase = wider
                continue
            return phrase
        return phrase

    @staticmethod
    def _is_passive(words: list[Word], verb: int) -> bool:
        index = verb - 1
        while index >= 0 and words[index].kind == "adv":
            index -= 1
        return index >= 0 and words[index].text.lower() in {"is", "are", "was", "were", "be", "been", "being"}

    def _counted(self, text: str, mention: Mention, behind: list[Word], kind: str) -> str | None:
        if kind != "count":
            return None
        if mention.head_end > mention.end:
            phrase = text[mention.end : mention.head_end].strip()
            for article in ("of the ", "of ", "the "):
                phrase = phrase.removeprefix(article)
            return phrase or None
        if mention.unit_text and len(mention.unit_text) > 2:
            return None
        index = 0
        if behind and behind[0].text.lower() == "of":
            index = 1
            if len(behind) > 1 and behind[1].kind == "det":
                index = 2
        first = index
        while index < len(behind) and behind[index].kind in {"noun", "name", "digit"} and index - first < 6:
            index += 1
        return text[behind[first].start : behind[index - 1].end] if index > first else None

    def _noun_behind(
        self, text: str, mention: Mention, behind: list[Word], kind: str, before: list[Word]
    ) -> tuple[str, str | None] | None:
        """$3 billion tender offer; $2.53 in per-share earnings; 15% of views."""
        index = 0
        if index < len(behind) and behind[index].text in {"-", "”", '"', "]"}:
            index += 1
        if (
            index < len(behind)
            and behind[index].text in {",", "or", "and"}
            and any(w.kind == "num" for w in behind[:6])
        ):
            last = max(at for at, w in enumerate(behind[:6]) if w.kind == "num")
            if all(w.kind in {"mark", "conj", "adv", "num"} for w in behind[index:last]):
                index = last + 1  # 55%, 60% or even 65% emission reduction
        if index >= len(behind):
            return None
        low = behind[index].text.lower()
        linked = low in {"in", "of"} and kind in {"money", "count", "rank", *_RATIO}
        if linked:
            index += 1
            while index < len(behind) and behind[index].kind in {"det", "digit", "num", "adv"}:
                if behind[index].text.lower() in {"total", "overall"}:
                    break
                index += 1
        first = index
        if linked and index < len(behind) and behind[index].kind == "adv":
            index += 1
        while (
            index < len(behind)
            and index - first < 5
            and (behind[index].kind in {"noun", "name"} or (behind[index].kind == "digit" and index > first))
        ):
            if behind[index].text.endswith(_POSSESSIVE) and index > first:
                return None
            index += 1
        if index == first:
            articles = {"a", "an", "the", "its", "their", "his", "her", "another", "proposed"}
            if index < len(behind) and behind[index].kind == "verb" and before and before[-1].text.lower() in articles:
                noun = behind[index].text.lower()
                if not linked and not noun.endswith(("ed", "ing")) and noun not in self.change_verbs:
                    return behind[index].text, None  # a 25% raise
            return None
        words = behind[first:index]
        if linked and low == "in" and not self.heads.search(text[words[0].start : words[-1].end].lower()):
            return None
        if not linked and words[0].start - mention.end > 2:
            return None
        owner: str | None = None
        if all(w.kind == "name" for w in words):
            if linked:
                return None
            owner = None
        if words[0].text.endswith(_POSSESSIVE):
            return None
        name = text[words[0].start : words[-1].end]
        if name.lower() in self.empty_heads or len(name) < 3:
            return None
        if index + 1 < len(behind) and behind[index].text.lower() in {"of", "by", "from", "in"}:
            begin = index + 1
            if behind[begin].kind == "det" and begin + 1 < len(behind):
                begin += 1
            stop = begin
            while stop < len(behind) and behind[stop].kind == "name":
                stop += 1
            if (
                stop > begin
                and behind[index].text.lower() in {"of", "by"}
                and kind != "rank"
                and not behind[stop - 1].text.endswith(_POSSESSIVE)
            ):
                owner = text[behind[begin].start : behind[stop - 1].end]
                for tail in ("'s", "’s"):
                    owner = owner.removesuffix(tail)
        return name, owner

    def _survey(self, text: str, behind: list[Word]) -> tuple[str, str] | None:
        """64% of adults had high blood pressure: what they do is measured, and they are the subject."""
        if not behind or behind[0].text.lower() != "of":
            return None
        index = 1
        while index < len(behind) and behind[index].kind in {"det", "adv", "num", "digit"}:
            index += 1
        first = index
        while index < len(behind) and behind[index].kind in {"noun", "name"}:
            index += 1
        if index == first or not behind[index - 1].text.endswith(("s", "people", "men", "women", "children")):
            return None
        if behind[index - 1].kind == "name" or behind[index - 1].text.endswith(_POSSESSIVE):
            return None
        group = text[behind[first].start : behind[index - 1].end]
        if index < len(behind) and behind[index].text.lower() in {"with", "in", "aged", "who"}:
            while index < len(behind) and behind[index].kind not in {"verb", "aux", "mark"}:
                index += 1
        while (
            index < len(behind)
            and behind[index].kind in {"aux", "adv"}
            and index + 1 < len(behind)
            and behind[index + 1].kind in {"verb", "adv", "aux"}
        ):
            index += 1
        if index >= len(behind) or behind[index].kind not in {"verb", "aux"}:
            return None
        start = index
        while index < len(behind) and behind[index].kind not in {"mark", "conj", "num"} and index - start < 5:
            index += 1
        return text[behind[start].start : behind[index - 1].end], group

    def _done(self, before: list[Word], behind: list[Word], mention: Mention, verb: int) -> str | None:
        """killed 346 people; 43 million people streamed: what was done, where people are merely counted."""
        is_active = (
            verb >= 0
            and before[verb].kind == "verb"
            and before[verb].text.lower() not in self.saying | self.level_verbs
        )
        if is_active and verb >= len(before) - 4:
            return before[verb].text
        for word in behind[:14]:
            if word.end <= max(mention.end, mention.head_end) or word.kind in {"aux", "adv", "det", "pron"}:
                continue
            if word.kind == "verb":
                if word.text.lower() in {"expected", "set", "likely", "due"}:
                    continue
                return word.text
            if word.kind == "mark" or word.text.lower() in {"in", "at", "on", "from"}:
                break
            if word.kind == "prep" and word.text.lower() != "to":
                break
        return before[verb].text if is_active else None

    def _carried(self, text: str, sentence: Sentence, reading: Reading, kind: str, topic: Topic) -> str | None:
        if topic.metric is not None and topic.sentence == sentence.start and topic.metric_block is text:
            return topic.metric
        return None

    # ------------------------------------------------------------ subject

    def _subject(
        self, text: str, sentence: Sentence, mention: Mention, before: list[Word], behind: list[Word],
        metric: str | None, owner: str | None, verb: int, topic: Topic, spans: list[tuple[int, int]],
    ) -> str | None:  # fmt: skip
        """Whose number it is: the metric's owner, the verb's subject, a name nearby, what went before."""
        if owner is not None and owner.lower() not in self.pronouns and owner.lower() not in self.company_words:
            return owner
        if owner is not None:
            return (
                self._known(text, topic)
                if not before[0].kind == "name"
                else self._name_in(text, before, spans) or self._known(text, topic)
            )
        if verb >= 0:
            phrase = self._subject_phrase(text, before, verb)
            low = before[verb].text.lower()
            is_source = phrase is not None and any(a <= before[phrase.last].start < b for a, b in spans)
            if phrase is not None and low not in self.speech and (not is_source or low in _OWN_FIGURES):
                name, whose = self._named(text, before, phrase)
                if whose is not None and whose.lower() in self.company_words:
                    return self._known(text, topic)
                if whose is not None and whose.lower() not in self.pronouns:
                    return whose
                is_shared = (
                    mention.unit is not None
                    and mention.unit.kind in _RATIO
                    and metric is not None
                    and text.find(metric, mention.end, mention.end + 60) >= 0
                )
                if name is not None and name != metric and whose is None and (metric == before[verb].text or is_shared):
                    return name
        of = self._name_behind(text, mention, behind)
        is_part = mention.unit is None or mention.unit.kind in _RATIO or mention.rule.startswith("fraction")
        if of is not None and is_part:
            return of
        titled = _TITLED.search(text, max(sentence.start, mention.start - 80), mention.start)
        if titled is not None:
            return titled["name"]
        return self._name_in(text, before, spans) or of or self._known(text, topic)

    def _known(self, text: str, topic: Topic) -> str | None:
        if topic.subject is not None and topic.subject_block is text:
            return topic.subject
        return topic.main(self.title_names) or topic.subject

    def _name_behind(self, text: str, mention: Mention, behind: list[Word]) -> str | None:
        """a third of WeWork's employees; a 51% position in X: the name right behind."""
        index = 0
        while index < len(behind) and behind[index].kind in {"noun", "adv"} and index < 5:
            index += 1
        if index + 1 >= len(behind) or behind[index].text.lower() not in {"of", "by"}:
            return None
        index += 1
        if behind[index].kind == "det":
            index += 1
        stop = index
        while stop < len(behind) and behind[stop].kind == "name":
            stop += 1
        if stop == index:
            return None
        name = text[behind[index].start : behind[stop - 1].end]
        for tail in ("'s", "’s"):
            name = name.removesuffix(tail)
        return name

    def _name_in(self, text: str, words: list[Word], spans: list[tuple[int, int]]) -> str | None:
        """The name that leads the words: their grammatical subject, else the first one that no preposition governs."""
        index = 0
        while index < len(words):
            if words[index].kind != "name":
                index += 1
                continue
            begin = index
            while index + 1 < len(words) and (
                words[index + 1].kind == "name"
                or (words[index + 1].kind == "digit" and words[index].end + 1 == words[index + 1].start)
                or (
                    words[index + 1].text in {"of", "&", "and", "dei", "di", "de", "von", "van", "der"}
                    and index + 2 < len(words)
                    and words[index + 2].kind == "name"
                    and not words[index].text.endswith(_POSSESSIVE)
                    and words[index + 1].text != "and"
                )
            ):
                if words[index].text.endswith(_POSSESSIVE):
                    break
                index += 1
            name = text[words[begin].start : words[index].end]
            if words[index].text.endswith(_POSSESSIVE):
                inner = index + 1  # Dubai's flagship carrier Emirates Airline
                while inner < len(words) and words[inner].kind == "noun" and inner - index < 4:
                    inner += 1
                if index + 1 < inner < len(words) and words[inner].kind == "name":
                    index = inner
                    continue
            is_source = any(a <= words[begin].start < b for a, b in spans)
            follows = words[index + 1].text.lower() if index + 1 < len(words) else ""
            leads = words[begin - 1].text.lower() if begin else ""
            if leads in {"the", "a"} and begin > 1:
                leads = words[begin - 2].text.lower()
            index += 1
            if is_source and follows not in _OWN_FIGURES:
                continue
            if (
                follows in self.speech
                or leads in {"said", "says", "to"}
                or (leads in {"in", "on", "at", "by", "from", "per", "citing", "("})
            ):
                continue
            for tail in ("'s", "’s", "'", "’"):
                name = name.removesuffix(tail)
            if len(name) < 2 or name.lower() in self.not_names:
                continue
            return name
        return None

    def title_names(self, title: str) -> list[str]:
        """Candidates of a title for what the article is about, in order."""
        names = []
        for match in re.finditer(r"[A-Z][\w&.’'-]*(?:\s(?:[A-Z][\w&.-]*|&|\d+))*", title):
            name = match.group()
            for tail in ("'s", "’s"):
                name = name.removesuffix(tail)
            words = name.split()
            while words and words[0].lower() in self.not_names:
                words.pop(0)
            if words and self.kinds.get(words[0].lower()) is None:
                names += [" ".join(words), *(w for w in words if len(w) > 2 and self.kinds.get(w.lower()) is None)]
        return names


@cache
def english_topics() -> EnglishTopics:
    """The reader over the English lexicon, built at first use."""
    return EnglishTopics()
