"""Metric and subject of English numbers: the named thing measured, and whose it is, by clause structure."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.credits_en import english_credits
from transforms.claims.phrases_en import OWN_FIGURES, EnglishPhrases
from transforms.claims.words_en import POSSESSIVE, Word

if TYPE_CHECKING:
    from transforms.claims.context import Reading
    from transforms.claims.mentions import Mention
    from transforms.claims.sentences import Sentence
    from transforms.claims.topics import Topic

_REACH = 320  # characters in front of a number that are read for its clause
_BEHIND = 110
_RATIO = frozenset({"percent", "multiple", "percentage_point"})
_TITLED = re.compile(r"[“\"](?P<name>[^“”\"]{2,60})[”\"]\s?\($")
_DATELINE = re.compile(r"[A-Z][A-Z]+[A-Za-z ,.]{0,40}(?:\([A-Za-z ]{2,20}\))?\s?[—–-]{1,2}\s")


class EnglishTopics(EnglishPhrases):
    """Reads what a number measures, and whose it is."""

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
            if behind[index].text.endswith(POSSESSIVE) and index > first:
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
        if words[0].text.endswith(POSSESSIVE):
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
                and not behind[stop - 1].text.endswith(POSSESSIVE)
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
        if behind[index - 1].kind == "name" or behind[index - 1].text.endswith(POSSESSIVE):
            return None
        group = text[behind[first].start : behind[index - 1].end]
        if index < len(behind) and behind[index].text.lower() in {"with", "in", "aged", "who"}:
            while index < len(behind) and behind[index].kind not in {"verb", "aux", "mark"}:
                index += 1
        main = index
        while main < len(behind) and behind[main].kind in {"aux", "adv"}:
            main += 1
        if main < len(behind) and behind[main].kind == "verb":
            index = main
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
                if before[0].kind != "name"
                else self._name_in(text, before, spans) or self._known(text, topic)
            )
        if verb >= 0:
            phrase = self._subject_phrase(text, before, verb)
            low = before[verb].text.lower()
            is_source = phrase is not None and any(a <= before[phrase.last].start < b for a, b in spans)
            if phrase is not None and low not in self.speech and (not is_source or low in OWN_FIGURES):
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


@cache
def english_topics() -> EnglishTopics:
    """The reader over the English lexicon, built at first use."""
    return EnglishTopics()
