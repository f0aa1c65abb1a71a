"""What an English sentence leaves out: whom its pronouns mean, whose its bare measures are."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from transforms.claims.clauses_en import Phrases
from transforms.claims.measures_en import EnglishMeasures
from transforms.claims.outline_en import Outline

if TYPE_CHECKING:
    from transforms.claims.parts_en import Measure, Named, Place
    from transforms.claims.sentences import Sentence
    from transforms.claims.topics import Topic

_LAST_SENTENCE = re.compile(r"[.!?][”\"]?\s+(?=[A-Z“\"])")
_BACK = 300  # characters of passed-over text that are read for a name
_SENTENCE_CHUNKS = 60  # of longer sentences only the beginning is looked through
_REFERRING = frozenset({"his", "her", "our", "who", "which", "that", "whose"})
_PERSONAL = frozenset({"he", "she", "his", "her"})
_STANDING = frozenset({"it", "they", "its", "their"})


@dataclass(slots=True)
class Parsed:
    """A sentence that has been cut up, for all its numbers."""

    sentence: Sentence
    topic: Topic
    phrases: Phrases
    sources: list[tuple[int, int]]
    before: Phrases | None = None  # the sentence with a number before it in the paragraph
    done: dict[int, Named] = field(default_factory=dict)


class EnglishAntecedents(EnglishMeasures):
    """Finds what goes on from the sentences before."""

    def __init__(self) -> None:
        super().__init__()
        self._parsed: Parsed | None = None
        self._outline: Outline | None = None

    def outline(self, topic: Topic) -> Outline:
        """The article's outline, kept while it is read."""
        if self._outline is None or self._outline.topic is not topic:
            self._outline = Outline(topic, self)
        return self._outline

    def is_pronoun(self, owner: str) -> bool:
        """Whether words only point to a name: its, the carrier."""
        low = owner.lower()
        if low in self.pronouns or low in _REFERRING:
            return True
        return low.rpartition(" ")[2] in self.company_words and owner.removeprefix("The").islower()

    def name_of(self, phrases: Phrases, at: int) -> str | None:
        """The name in a noun phrase, else what it says."""
        name, owner = self.named(phrases, at)
        if owner is not None and not self.is_pronoun(owner):
            return self.all_names(phrases, at, owner)
        return name

    def all_names(self, phrases: Phrases, at: int, last: str) -> str:
        """A list of names to its beginning: Saudi Arabia, Russia and Iraq."""
        start, chunks = at, phrases.chunks
        if " and " not in last:
            return last
        while (
            start > 1
            and phrases.mark(start - 1) == ","
            and chunks[start - 2].kind == "np"
            and all(w.kind == "name" for w in phrases.words[chunks[start - 2].first : chunks[start - 2].last + 1])
        ):
            start -= 2
        if start == at or phrases.is_prep(start - 1):
            return last
        return phrases.said(chunks[start].first, chunks[at].last)

    def known(self, place: Place, topic: Topic) -> str | None:
        """The subject that goes on: of the sentence passed over, of the paragraph, of the article."""
        text, start = place.phrases.text, place.phrases.words[0].start
        passed = self._passed_over(text, topic.read_to, start, topic) if topic.read_to < start else None
        if passed is not None:
            return passed
        if topic.subject is not None and topic.subject_block is text:
            return topic.subject
        main = self.outline(topic).main
        if main is None and topic.subject_block is not None and self.outline(topic).is_apart(topic.subject_block, text):
            return None  # in briefs each item has a subject of its own
        return main or topic.subject

    def meant(self, pronoun: str, place: Place, topic: Topic) -> str | None:
        """Whom a pronoun means beyond its sentence: he the person named last, it the subject of the sentence before."""
        phrases = place.phrases
        before = self._parsed.before if self._parsed is not None else None
        if pronoun in _PERSONAL:
            outline = self.outline(topic)
            leader = self._leader(before) if before is not None else None
            if leader is not None and outline.is_person(leader):
                return leader
            return outline.person_before(phrases.text, phrases.words[0].start)
        if pronoun not in _STANDING or before is None:
            return None
        if topic.read_to + 2 < phrases.words[0].start:
            return None  # a sentence without a number lies between
        leader = self._leader(before)
        return None if leader is not None and self.outline(topic).is_person(leader) else leader

    def _leader(self, phrases: Phrases) -> str | None:
        """Who acts in a sentence: the subject of its first verb, a name or a common noun."""
        for at, chunk in enumerate(phrases.chunks[:_SENTENCE_CHUNKS]):
            if chunk.kind == "vg" and phrases.is_finite(at):
                node = phrases.subject_of(at)
                if node < 0 or not phrases.is_noun(node):
                    return None
                name = self.name_of(phrases, node)
                if name is None or self.is_pronoun(name) or name in self.onlookers:
                    return None
                return name if phrases.has_name(node) else None
        return None

    @staticmethod
    def apposed(phrases: Phrases, at: int) -> int:
        """The name that a noun phrase explains: Marr Bank, a 1.2 GW project; else the phrase itself."""
        before = at - 2
        if phrases.mark(at - 1) != "," or phrases.mark(at).lower() not in {"a", "an"} or before < 0:
            return at
        if phrases.chunks[before].kind != "np" or not phrases.has_name(before) or phrases.is_prep(before - 1):
            return at
        return before

    def itself(self, place: Place, found: Measure, known: str | None, topic: Topic) -> str | None:
        """The thing measured where it is its own subject: bus fares, the 10-year yield, Burglaries; else None.

        A company or person named before owns what is measured; a place owns only what one word says.
        """
        phrases, node = place.phrases, found.node
        if found.metric is None or not phrases.is_noun(node) or not self._is_spoken_of(place, found):
            return None
        chunk, words = phrases.chunks[node], phrases.words
        head = words[chunk.last].low
        first = chunk.first
        while first < chunk.last and words[first].kind in {"det", "adv"}:
            first += 1
        inner = words[first : chunk.last]
        is_compound = any(
            (w.kind in {"noun", "digit", "num", "time"} and self.verbs.forms.get(w.low) != "ing") or "-" in w.text
            for w in inner
            if w.low not in self.valuing  # third-quarter
        )
        said = phrases.plain(node)
        if head in self.trades or (is_compound and (head in self.instruments or head in self.securities)):
            return said
        outline = self.outline(topic)
        if known is None:
            return said
        if outline.is_place(known):
            is_near = known == outline.main or (topic.subject_block is phrases.text and not self._is_passing(known))
            return said if is_compound or not is_near else None
        is_known = known == outline.main or topic.is_in_title(known, self.title_names)
        if (outline.is_person(known) and not is_known) or known.partition(" ")[0] in self.titles:
            return said  # people own no ridership
        is_thing = not all(part[0].isupper() or part in self.connectors for part in known.split())
        if self.heads.search(head):
            if not is_thing or is_known:
                return None
            return topic.company if topic.company is not None and topic.company in phrases.text else said
        return said if (is_compound or is_thing) and not is_known else None  # the Hollywood branch

    def _is_passing(self, name: str) -> bool:
        """Whether a place has only been one of those spoken of: London accounted for a third. Robberies …

        In London, …; London's …; London rents … go on.
        """
        parsed = self._parsed
        last = name.rpartition(" ")[2].lower()
        near = [parsed.phrases, parsed.before] if parsed is not None else []
        for phrases in near:
            if phrases is None or name not in phrases.text:
                continue
            for at, chunk in enumerate(phrases.chunks[:_SENTENCE_CHUNKS]):
                if chunk.kind == "np" and phrases.low(at).removesuffix("'s").removesuffix("’s") == last:
                    return not phrases.is_possessive(at) and not (at == 1 and phrases.is_prep(0))
        return False

    def _is_spoken_of(self, place: Place, found: Measure) -> bool:
        """Whether the sentence says something of the thing measured: its subject, or what someone sees coming."""
        if not found.is_object or found.verb < 0:
            return not found.is_object
        if found.node == place.at:
            phrases = place.phrases
            up = next((i for i in range(place.at + 1, len(phrases.chunks)) if phrases.chunks[i].kind == "vg"), -1)
            return up > 0 and phrases.is_finite(up) and phrases.subject_of(up) == place.at
        is_expected = self.verbs.base_of(place.phrases.verb_at(found.verb).low) in self.verbs.raising
        return place.phrases.subject_of(found.verb) == found.node or (is_expected and found.node != place.at)

    def _passed_over(self, text: str, start: int, end: int, topic: Topic) -> str | None:
        """The name that leads the sentence before, which bears no number."""
        start = max(start, end - _BACK)
        cuts = [match.end() for match in _LAST_SENTENCE.finditer(text, start, end) if match.end() < end]
        begin = cuts[-1] if cuts else start
        while begin < end and not text[begin].isalnum():
            begin += 1
        phrases = Phrases(text, self.tokens(text, begin, end, [], topic), self)
        for at, chunk in enumerate(phrases.chunks):
            if chunk.kind in {"np", "pron"}:
                follows = phrases.low(at + 1)
                is_subject = chunk.kind == "np" and phrases.has_name(at) and not phrases.is_prep(at - 1)
                owner = self.named(phrases, at)[1] if is_subject and follows not in self.saying else None
                return owner if owner and not self.is_pronoun(owner) else None
        return None
