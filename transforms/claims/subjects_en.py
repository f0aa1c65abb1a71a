"""Metric and subject of English numbers: the named thing measured, and whose it is, by clause structure."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from transforms.claims.antecedents_en import EnglishAntecedents, Parsed
from transforms.claims.clauses_en import Phrases
from transforms.claims.languages import english_credits
from transforms.claims.parts_en import Measure, Place

if TYPE_CHECKING:
    from transforms.claims.changes import Reading
    from transforms.claims.mentions import Mention
    from transforms.claims.sentences import Sentence
    from transforms.claims.topics import Topic

_TITLED = re.compile(r"[“\"](?P<name>[^“”\"]{2,60})[”\"]\s?\($")
_DATELINE = re.compile(r"[A-Z][A-Z]+[A-Za-z0-9 ,./]{0,40}(?:\([A-Za-z ]{2,20}\))?\s?[—–-]{1,2}\s")
_TRADED = frozenset({"money", "percent", "index", "percentage_point", "multiple", "score"})
# Verbs with which a company speaks of its own figures: it is source and subject.
_OWN_FIGURES = frozenset(
    {"reported", "reports", "expects", "announced", "announces", "posted", "forecast", "forecasts", "disclosed"}
)
_SIZES = frozenset({"percent", "count"})
_OWN = frozenset({"its", "their", "his", "her", "our"})
_CLAUSE_CHUNKS = 40  # a clause is no longer
_POLLS = frozenset({"poll", "survey", "data", "report", "estimate", "estimates", "index", "study"})


class EnglishTopics(EnglishAntecedents):
    """Reads what a number measures, and whose it is."""

    def read(
        self, text: str, lower: str, sentence: Sentence, mention: Mention, reading: Reading, topic: Topic
    ) -> tuple[str | None, str | None]:
        """(metric, subject) of the mention, verbatim; `topic` is read and brought up to date."""
        topic.enter(text)
        parsed = self._parse(text, sentence, topic)
        phrases = parsed.phrases
        word = bisect_right(phrases.starts, mention.start) - 1
        if word < 0 or phrases.words[word].kind != "num":
            return None, None
        kind = mention.kind or (mention.unit.kind if mention.unit is not None else "count")
        place = Place(phrases, phrases.of_word[word], word, mention, kind, parsed.done)
        found = self.measure(place, topic)
        if self._is_traded(place, found):
            found = found._replace(metric=None, owner=phrases.plain(found.node))
        elif found.metric is None and found.owner is not None and reading.change is not None:
            found = found._replace(metric=self._elided(kind, text, topic))
        metric, subject = found.metric, self._subject(place, found, topic, parsed.sources)
        parsed.done[word] = metric, subject
        if subject is not None and " and " in subject:
            subject = self.share_of(place, subject)
        if subject is not None and self.kinds.get(subject.lower()) == "time":
            subject = topic.said  # from June's $114.8 billion
        topic.said = subject
        if subject is not None and not found.is_carried and self._is_named(subject, phrases):
            topic.subject, topic.subject_block = subject, text
            if subject != topic.company and all(part[0].isupper() for part in subject.split()):
                topic.company = topic.company if self.outline(topic).is_place(subject) else subject
        if metric is not None and not mention.is_minor:
            topic.metric, topic.sentence, topic.metric_block = metric, sentence.start, text
            topic.by_kind[kind] = metric
        topic.read_to = sentence.end
        return metric, subject

    def _elided(self, kind: str, text: str, topic: Topic) -> str | None:
        """The metric of the paragraph that a bare name goes on with: sales hit 1.8 million; Europe was up 23%."""
        metric = topic.by_kind.get(kind, topic.metric) if topic.metric_block is text else None
        if kind == "percent" and metric is not None and metric == topic.by_kind.get("count"):
            metric = topic.by_kind.get("money", metric)
        if metric is None or metric.rpartition(" ")[2].lower() in self.instruments | self.securities:
            return None  # Health-care shares fell. Pfizer lost 1.2 percent
        return metric if kind in _SIZES or kind in topic.by_kind else None

    def _parse(self, text: str, sentence: Sentence, topic: Topic) -> Parsed:
        """The sentence's chunks, read once for all its numbers."""
        parsed = self._parsed
        if parsed is None or parsed.sentence is not sentence or parsed.topic is not topic:
            start = sentence.start
            dateline = _DATELINE.match(text) if start == 0 else None
            if dateline is not None and dateline.end() < sentence.mentions[0].start:
                start = dateline.end()
            words = self.tokens(text, start, sentence.end, sentence.mentions, topic)
            sources = [(credit.start, credit.end) for credit in english_credits().find(text, sentence)]
            before = parsed.phrases if parsed is not None and parsed.phrases.text is text else None
            parsed = self._parsed = Parsed(sentence, topic, Phrases(text, words, self), sources, before)
        return parsed

    def _is_named(self, subject: str, phrases: Phrases) -> bool:
        """Whether the subject holds a name that later sentences may mean."""
        if subject in self.onlookers:
            return False
        parts = subject.split()
        if parts[0] in phrases.common:
            return not phrases.names.isdisjoint(parts)
        return any(part[0].isupper() for part in parts)

    def _is_traded(self, place: Place, found: Measure) -> bool:
        """Whether the node is a thing traded, which measures itself: gold, phone stocks; not stocks in barrels."""
        return (
            found.metric is not None
            and found.node >= 0
            and not found.is_object
            and place.kind in _TRADED
            and place.phrases.low(found.node) in self.instruments
            and found.metric.lower().endswith(place.phrases.low(found.node))
            and not (place.phrases.low(found.node) == "stocks" and place.phrases.low(found.node + 1) == "of")
        )

    def _subject(self, place: Place, found: Measure, topic: Topic, sources: list[tuple[int, int]]) -> str | None:
        """Whose number it is: who acts, the metric's owner, a name nearby, what went before."""
        phrases = place.phrases
        if found.is_carried:
            return found.owner
        agent, owner = self._agent(place, found, topic, sources), found.owner
        is_own = owner is not None and phrases.is_possessive(found.node - 1) and place.kind != "count"
        if is_own and found.verb >= 0:
            is_own = self.verbs.base_of(phrases.verb_at(found.verb).low) not in self.verbs.making_up
        if found.is_object and agent is not None and not is_own:
            return self._resolved(agent, place, found, topic, sources)
        if owner is None and found.node >= 0:
            node = self.apposed(phrases, found.node)
            if node != found.node:
                return self.name_of(phrases, node)  # Marr Bank, a 1.2 GW project
            behind = self.owner_behind(phrases, found.node)
            if behind >= 0 and behind != place.at and phrases.low(behind) not in _POLLS:
                name, whose = self.named(phrases, behind)
                is_part = name is not None and whose is not None and not phrases.is_possessive(behind - 1)
                owner = phrases.plain(behind) if is_part and not self.is_pronoun(whose or "") else whose or name
                if owner is not None and found.is_object and owner.islower():
                    # IndiGo, with a 60% share of the market
                    return self._name_before(place, sources) or owner
        if owner is not None:
            return self._resolved(owner, place, found, topic, sources)
        told = self._told_where(phrases, place.at)
        if told is not None:
            return told
        group = phrases.fronted("among") + 1
        if group and phrases.is_noun(group) and phrases.chunks[group].num < 0:
            return phrases.plain(group)  # Among over-65s, efficacy was
        titled = _TITLED.search(phrases.text, max(0, place.mention.start - 80), place.mention.start)
        if titled is not None:
            return titled["name"]
        if agent is not None and found.node < 0 and agent != found.metric:
            return self._resolved(agent, place, found, topic, sources)
        if found.verb >= 0 and phrases.subject_of(found.verb) == place.at:
            deed = phrases.object_of(found.verb)  # 43 million people streamed the championships
            if deed >= 0 and phrases.words[phrases.chunks[found.verb].first].kind != "aux":
                name, whose = self.named(phrases, deed)
                return whose or name
        is_foreseen = found.is_object and found.verb >= 0 and phrases.verb_at(found.verb).low in self.verbs.expecting
        name = self._name_before(place, sources)
        is_own_view = name is not None and (name == self.outline(topic).main or name == topic.company)
        if name is not None and (is_own_view or not is_foreseen):
            return name  # Acme sees its sales rising; not: the bank sees housing starts at 940,000
        speaker = self._own_speaker(place, found, topic)
        if speaker is not None:
            return speaker
        known = self.known(place, topic)
        return self.itself(place, found, known, topic) or known

    def _told_where(self, phrases: Phrases, at: int) -> str | None:
        """Kindergarten, where rolls shrank 3 percent: what a clause of place tells more of."""
        for down in range(at - 1, max(0, at - 6), -1):
            if phrases.low(down) == "where":
                before = phrases.lead(down - 1) if phrases.mark(down - 1) == "," else down - 1
                is_thing = phrases.is_noun(before) and phrases.chunks[before].num < 0
                return self.name_of(phrases, before) if is_thing else None
            if phrases.chunks[down].kind in {"mark", "conj", "rel"}:
                return None
        return None

    def _own_speaker(self, place: Place, found: Measure, topic: Topic) -> str | None:
        """The company that says what its own revenue was: Acme said third-quarter revenue rose."""
        phrases = place.phrases
        if found.node < 0 or phrases.words[phrases.chunks[found.node].last].low not in self.own_lines:
            return None
        for at in range(place.at):
            chunk = phrases.chunks[at]
            if chunk.kind == "np" and phrases.has_name(at) and phrases.words[chunk.last + 1].low in self.speech:
                name = self.name_of(phrases, at)
                is_outsider = name is None or name in self.onlookers or self.outline(topic).is_person(name)
                is_outsider = is_outsider or (name or "").partition(" ")[0] in self.titles
                return None if is_outsider else name
        return None

    def _agent(self, place: Place, found: Measure, topic: Topic, sources: list[tuple[int, int]]) -> str | None:
        """Who does what the number measures, as written: a name, a pronoun, a noun."""
        phrases = place.phrases
        if found.verb < 0:
            return None
        low, at = phrases.verb_at(found.verb).low, phrases.subject_of(found.verb)
        # added 4 million users, recorded 50,510 offences: nothing is said
        is_own = low in _OWN_FIGURES or low in self.change_verbs or phrases.lead(place.at) == found.verb
        is_own = is_own and (low not in self.verbs.expecting or low in _OWN_FIGURES)
        is_spoken = not is_own and (low in self.speech or low in self.verbs.expecting)
        is_borne = found.is_object and self.is_passive(phrases, found.verb)
        if at < 0 or at in {place.at, found.node} or is_spoken or is_borne:
            return None
        chunk = phrases.chunks[at]
        if chunk.kind == "pron":
            is_view = low in self.verbs.expecting or low in self.views
            return "its" if is_view and phrases.low(at) in {"he", "she"} else phrases.low(at)
        if not is_own and _is_within(phrases.words[chunk.last].start, sources):
            return None
        if chunk.num == chunk.last and phrases.words[chunk.last].text.endswith("-year-old"):
            return "he"
        at = self.apposed(phrases, at)
        name, whose = self.named(phrases, at)
        if (name or whose) in self.onlookers:
            return None
        if low in self.verbs.expecting and whose is not None and not self.is_pronoun(whose):
            known = self.known(place, topic)  # CIBC expects a policy rate of 2.25%: not its own
            return whose if known is None or known in whose or whose in known else None
        if name is None or whose is not None:
            is_thing = name is not None and (found.node < 0 or not self.heads.search(name.lower()))
            if is_thing and whose is not None and not phrases.is_possessive(at - 1) and not self.is_pronoun(whose):
                return phrases.plain(at)  # Arctic sea ice covered
            if is_thing and whose is not None and phrases.has_name(at) and not phrases.is_possessive(at - 1):
                return phrases.plain(at)  # its Threads app has
            return self.all_names(phrases, at, whose) if whose is not None else None
        # The shares fell, wiping $3bn off its value: their owner is meant; the plan is to hire 300: whoever has it.
        low = name.lower()
        return None if low in self.intents else "its" if self.heads.search(low) else name

    def _resolved(
        self, name: str, place: Place, found: Measure, topic: Topic, sources: list[tuple[int, int]]
    ) -> str | None:
        """The name, or what a pronoun stands for: the sentence's own subject, else the one before."""
        if not self.is_pronoun(name):
            return name
        phrases = place.phrases
        if name == "whose" and found.node > 0:
            before = found.node - 1
            before = before if phrases.chunks[before].kind == "np" else phrases.before_mark(before)
            named = self.name_of(phrases, before) if before >= 0 else None
            return named or self.known(place, topic)
        leading = self._name_before(place, sources, is_pronoun=True)
        return leading or self.meant(name, place, topic) or self.known(place, topic)

    def _name_before(self, place: Place, sources: list[tuple[int, int]], *, is_pronoun: bool = False) -> str | None:
        """The name that leads the sentence: its first one that no preposition governs, else of a place it opens with.

        A pronoun may mean the source, but nothing behind a preposition.
        """
        phrases = place.phrases
        chunks, words = phrases.chunks, phrases.words
        opening: str | None = None
        skipped = -9
        begin = 0 if is_pronoun else self._clause_of(phrases, place.at)
        for at in range(place.at):
            chunk = chunks[at]
            if chunk.kind != "np" or not phrases.has_name(at):
                continue
            if is_pronoun and words[chunk.first].low in _OWN:
                continue  # Its CET1 ratio
            is_owner = phrases.is_possessive(at)
            if is_owner and chunks[at + 1].kind == "np" and phrases.has_name(at + 1):
                continue  # Dubai's Emirates
            name = phrases.plain(at) if is_owner else self.name_of(phrases, at)
            if name is None or len(name) < 2 or name.lower() in self.not_names or name in self.onlookers:
                continue
            lead, follows = phrases.low(at - 1), words[chunk.last + 1].low
            if is_pronoun:
                if phrases.is_prep(at - 1):
                    continue
            elif follows in self.speech or (
                follows not in _OWN_FIGURES and _is_within(words[chunk.last].start, sources)
            ):
                continue
            if lead in self.adjuncts or skipped in {at - 2, at - 3}:  # from Lenovo, HP and Asus
                skipped = at
                if at == 1 and lead in {"in", "at", "for", "across"} and follows == ",":
                    opening = name
                continue
            if at >= begin:
                return opening if opening is not None and at > 3 else name
        return opening

    @staticmethod
    def _clause_of(phrases: Phrases, at: int) -> int:
        """Where the clause behind the last semicolon begins, if it has a verb of its own: …; builders hired 300."""
        for down in range(at - 1, max(-1, at - _CLAUSE_CHUNKS), -1):
            if phrases.mark(down) in {";", ":"}:
                inner = range(down + 1, at)
                has_subject = any(phrases.is_noun(i) and phrases.chunks[i].num < 0 for i in inner)
                return down + 1 if has_subject and any(phrases.chunks[i].kind == "vg" for i in inner) else 0
        return 0


def _is_within(position: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= position < end for start, end in spans)
