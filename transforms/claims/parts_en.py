"""Numbers that are part of something or say what a group does: shares, surveys, multiples, rows of numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from transforms.claims.phrases_en import EnglishPhrases

if TYPE_CHECKING:
    from transforms.claims.clauses_en import Phrases
    from transforms.claims.mentions import Mention

Named = tuple[str | None, str | None]  # (metric, subject)

_RATIO = frozenset({"percent", "multiple", "percentage_point"})
_MORE = frozenset({"more", "less", "fewer", "higher", "lower", "above", "below"})
# unchanged at 31%, stuck on 14%
_RESPECTIVELY = re.compile(r"(?P<more>\sand\s\S+(?:\s\S+)?)?,?\srespectively\b")
_WAYS = frozenset({"off", "across", "north", "south", "east", "west", "high"})  # off the coast, north of town
_NEAR = 40  # chunks back that the first number of a list may stand
_STILL = frozenset(
    {"unchanged", "stuck", "steady", "static", "level", "flat", "up", "down", "stable", "back", "third", "second"}
)
_GROUPS = ("s", "people", "men", "women", "children", "those", "them")


class Measure(NamedTuple):
    """What a number measures; node is the noun phrase it was read from, verb its verb group (-1: none)."""

    metric: str | None
    owner: str | None = None
    node: int = -1
    verb: int = -1
    is_carried: bool = False  # of the number before: the subject with it
    is_object: bool = False  # the node is what the verb acts on


@dataclass(slots=True)
class Place:
    """One number in its sentence."""

    phrases: Phrases
    at: int  # the chunk that holds it
    word: int
    mention: Mention
    kind: str
    done: dict[int, Named] = field(default_factory=dict)  # word of each number before → what it measures

    @property
    def is_bare(self) -> bool:
        """Whether nothing stands behind the number in its noun phrase."""
        return self.phrases.chunks[self.at].last == self.word

    @property
    def is_fraction(self) -> bool:
        """A third, one in five."""
        return self.mention.rule.startswith("fraction")

    def last(self) -> Named:
        """What the number before in the sentence measures."""
        return next(reversed(self.done.values())) if self.done else (None, None)

    def carried(self) -> Measure:
        """The measure of the number before in the sentence, subject and all."""
        return Measure(*self.last(), is_carried=True) if self.done else Measure(None)


class EnglishParts(EnglishPhrases):
    """Reads numbers by the group or whole behind them."""

    def compared(self, place: Place) -> Measure | None:
        """Nearly double the 233,000 of 2020 measures what went before; half as much electricity, the electricity."""
        phrases, words, after = place.phrases, place.phrases.words, place.word + 1
        if place.kind not in _RATIO or after + 1 >= len(words) or not place.is_bare:
            return None
        if place.done and words[after].low in _MORE and phrases.mark(phrases.lead(place.at)) == ",":
            return place.carried()  # 50,510 offences involving a knife, 4% more than
        if place.kind != "multiple":
            return None
        if words[after].low == "as" and words[after + 1].low in {"much", "many"}:
            node = phrases.of_word[after + 2] if after + 2 < len(words) else -1
            if phrases.is_noun(node):
                return Measure(*self.named(phrases, node), node, phrases.governor(place.at), is_object=True)
        lead = phrases.mark(phrases.lead(place.at))
        if place.done and words[after].kind in {"det", "pron"} and lead and lead in ",(–—-":
            return place.carried()
        return None

    def surveyed(self, place: Place) -> Measure | None:
        """64% of adults had high blood pressure: what they do is measured, and they are the subject."""
        phrases, up = place.phrases, place.at + 1
        chunks = phrases.chunks
        if (place.kind not in _RATIO and not place.is_fraction) or up >= len(chunks):
            return None
        if chunks[up].kind == "vg":  # and 4% were Black
            is_group = place.is_bare and (place.kind == "percent" or place.is_fraction)
            lead = phrases.lead(place.at)
            if (
                place.is_fraction
                and not place.is_bare
                and phrases.is_finite(up)
                and phrases.low(place.at).endswith(_GROUPS)
            ):
                return self.predicate(place, up, phrases.plain(place.at))  # two in five pupils are absent
            if not is_group or not phrases.is_finite(up) or (lead >= 0 and chunks[lead].kind == "vg"):
                return None
            # Of the students, one in seven wanted
            fronted = next((i for i in range(min(4, len(chunks) - 1)) if phrases.low(i) == "of"), -1) + 1
            who = phrases.plain(fronted) if fronted and phrases.is_noun(fronted) else place.last()[1]
            return self.predicate(place, up, who)
        if not (phrases.is_prep(up) and phrases.low(up) == "of") or up + 1 >= len(chunks):
            return None
        group = phrases.past_owner(up + 1)
        if chunks[group].kind != "pron" and not (chunks[group].kind == "np" and phrases.low(group).endswith(_GROUPS)):
            return None
        who = phrases.plain(group - 1 if phrases.is_possessive(group - 1) else group)
        if phrases.low(group) == "those" and phrases.is_prep(group + 1) and phrases.is_noun(group + 2):
            who = phrases.said(chunks[group].first, chunks[group + 2].last)  # those on the drug
        verb = self._verb_of_group(phrases, group)
        if verb >= 0:
            return self.predicate(place, verb, who)._replace(node=group)
        lead = place.at - 1
        if place.done and phrases.is_prep(lead) and phrases.low(lead) in {"against", "versus", "to"}:
            return Measure(place.last()[0], phrases.plain(group), group)
        return None

    def ranked(self, place: Place) -> Measure | None:
        """The 4th-busiest station, its third-best-selling model: what is ranked."""
        phrases, end = place.phrases, place.mention.end
        if place.kind != "rank" or not phrases.text.startswith("-", end):
            return None
        words, index = phrases.words, place.word + 1
        while index < len(words) and words[index].kind == "mark":
            index += 1
        at = phrases.of_word[index] if index < len(words) else -1
        if not phrases.is_noun(at):
            return None
        return Measure(phrases.said(index, phrases.chunks[at].last), None, -1, phrases.governor(place.at))

    def rivalled(self, place: Place) -> Measure | None:
        """Labour is at 34%, with National unchanged at 31% and the Greens on 11%: the same, of another name."""
        phrases, lead = place.phrases, place.phrases.lead(place.at)
        chunks, down = phrases.chunks, lead - 1
        if (
            place.kind != "percent"
            or not place.done
            or not phrases.is_prep(lead)
            or phrases.low(lead) not in {"at", "on"}
        ):
            return None
        while down > 0 and (chunks[down].kind == "adv" or phrases.low(down) in _STILL):
            down -= 1
        if phrases.mark(down) == ",":
            down = phrases.before_aside(down)  # the Conservatives, once dominant, stuck on 14%
        if down < 1 or not phrases.is_noun(down) or chunks[down].num >= 0:
            return None
        metric, owner = self.named(phrases, down)
        before = chunks[down - 1]
        is_listed = before.kind in {"mark", "conj"} or phrases.low(down - 1) == "with"
        if (
            not is_listed
            or metric is not None
            or owner is None
            or not any(chunks[i].num >= 0 for i in range(max(0, down - _NEAR), down))
        ):
            return None
        first = down
        if before.kind == "conj" and down > 2 and self._is_respective(place) and phrases.has_name(down - 2):
            first = down - 2  # the Left and the AfD on 9% and 24% respectively
            while first < down and phrases.chunks[first].kind != "np":
                first += 1
        begin = chunks[first].first
        begin += phrases.words[begin].kind == "det"
        return Measure(place.last()[0], phrases.said(begin, chunks[down].last), is_carried=True)

    @staticmethod
    def _is_respective(place: Place) -> bool:
        return _RESPECTIVELY.match(place.phrases.text, place.mention.end) is not None

    def share_of(self, place: Place, subject: str) -> str:
        """Its one of two joined names, where their numbers are so much and so much respectively."""
        found = _RESPECTIVELY.match(place.phrases.text, place.mention.end)
        if found is None:
            return subject
        first, _, second = subject.partition(" and ")
        return first if found["more"] else second.removeprefix("the ")

    def sized(self, place: Place) -> Measure | None:
        """48 light years away, 17 times the mass of Earth: the word behind says what is measured."""
        phrases, up = place.phrases, place.at + 1
        after = phrases.words[place.word + 1] if place.word + 1 < len(phrases.words) else None
        if after is None:
            return None
        if (
            place.kind == "measure"
            and after.low in self.dimensions
            and (after.low not in _WAYS or not phrases.is_prep(up + 1))
        ):
            beside = place.at - 1
            owner = phrases.plain(beside) if phrases.is_noun(beside) and phrases.chunks[beside].num < 0 else None
            return Measure(after.text, owner, -1, phrases.governor(place.at))
        is_times = place.kind == "multiple" and (place.mention.unit_text or "").endswith("times") and place.is_bare
        if is_times and phrases.is_noun(up) and phrases.low(up + 1) == "of" and phrases.chunks[up].num < 0:
            metric, owner = self.named(phrases, up)
            if metric is not None and owner is None and phrases.low(up) not in {"average", "level", "rate", "number"}:
                return Measure(metric, None, -1, phrases.governor(place.at))
        return None

    def begun(self, place: Place) -> Measure | None:
        """61 have been scrapped, 42,000 ha have gone up in smoke: what a bare number at a clause's start did."""
        phrases, at = place.phrases, place.at
        lead = phrases.lead(at)
        is_start = lead < 0 or phrases.chunks[lead].kind in {"mark", "conj", "time", "rel"}
        is_plain = place.kind == "measure" or (place.kind == "count" and place.is_bare)
        if not (is_start and is_plain):
            return None
        verb = phrases.verb_at(at + 1)
        if verb.kind != "verb" or verb.low in self.level_verbs or verb.low in self.change_verbs:
            return None
        return self.predicate(place, at + 1, None) if phrases.is_finite(at + 1) else None

    def set_at(self, place: Place, verb: int) -> Measure | None:
        """Put August volume at 900 boxes: what someone reckons to be so many."""
        phrases, lead = place.phrases, place.phrases.lead(place.at)
        if verb < 0 or not phrases.is_prep(lead) or phrases.low(lead) != "at":
            return None
        node = phrases.object_of(verb)
        if self.verbs.base_of(phrases.verb_at(verb).low) not in {"put", "peg", "estimate", "set", "keep"} or node < 0:
            return None
        metric, owner = self.named(phrases, node)
        return Measure(metric, owner, node, verb, is_object=True) if metric is not None else None

    @staticmethod
    def _verb_of_group(phrases: Phrases, group: int) -> int:
        """The verb group a group is the subject of, past what describes it; -1 for none."""
        chunks = phrases.chunks
        for verb in range(group + 1, min(group + 7, len(chunks))):
            kind = chunks[verb].kind
            is_contact = kind == "vg" and verb > group + 1 and chunks[verb - 1].kind == "pron"
            if kind == "vg" and not phrases.is_reduced(verb) and not is_contact:
                return verb if phrases.is_finite(verb) else -1
            if is_contact or (kind == "pron" and verb + 2 < len(chunks) and chunks[verb + 1].kind == "vg"):
                continue  # of the cars it sells now runs
            if kind not in {"prep", "time", "adv", "rel", "vg"} and not (kind == "np" and phrases.is_prep(verb - 1)):
                return -1
        return -1

    def fronted(self, place: Place) -> Measure | None:
        """Of the 12 GW awarded last year, 5 GW went to wind farms: both are what the first says."""
        phrases = place.phrases
        whole = phrases.fronted("of") + 1
        first = phrases.chunks[whole].num if 0 < whole < len(phrases.chunks) else -1
        if first < 0:
            return None
        if place.word == first:
            after = phrases.words[first + 1] if first + 1 < len(phrases.words) else None
            is_done = after is not None and self.verbs.forms.get(after.low, after.low[-2:]) == "ed"
            return Measure(after.text, None, -1) if is_done and after is not None else None
        up = place.at + 1
        if place.is_bare and first in place.done and len(place.done) == 1 and phrases.chunks[up : up + 1]:
            while up + 1 < len(phrases.chunks) and phrases.mark(up) not in {",", ";"}:
                if phrases.is_prep(up) and phrases.low(up) in {"in", "to", "by", "from"} and phrases.is_noun(up + 1):
                    return Measure(place.done[first][0], phrases.plain(up + 1), is_carried=True)
                up += 1
        return None

    @staticmethod
    def predicate(place: Place, verb: int, who: str | None) -> Measure:
        """What a group does: had high blood pressure."""
        words, chunk = place.phrases.words, place.phrases.chunks[verb]
        first, stop = chunk.first, chunk.last + 1
        while first < chunk.last and words[first].kind in {"aux", "adv"}:
            first += 1
        while stop < len(words) and words[stop].kind not in {"mark", "num", "rel", "conj"} and stop - first < 5:
            stop += 1
        while stop - 1 > chunk.last and words[stop - 1].kind in {"prep", "det", "conj", "adv"}:
            stop -= 1
        if words[stop - 1].kind == "aux":
            return place.carried()  # one in nine was under £200,000
        return Measure(place.phrases.said(first, stop - 1), who, -1, verb)

    def listed(self, place: Place) -> Measure | None:
        """55%, 60% or even 65% emission cuts: numbers in a row share what stands behind the last."""
        phrases, up = place.phrases, place.at
        chunks, lead = phrases.chunks, phrases.lead(place.at)
        if lead >= 0 and chunks[lead].kind in {"prep", "vg"}:
            return None
        while chunks[up].num == chunks[up].last:
            up += 1
            if up >= len(chunks) or not (chunks[up].kind == "conj" or phrases.mark(up) == ","):
                return None
            while up + 1 < len(chunks) and chunks[up].kind in {"conj", "adv", "mark"}:
                up += 1
            if chunks[up].num < 0 or up > place.at + 8:
                return None
        if chunks[up].num != chunks[up].first:
            return None
        found = Measure(*self.named(phrases, up), up, phrases.governor(place.at), is_object=True)
        return found if found.metric is not None else None

    def part_of(self, place: Place) -> Measure | None:
        """$2.53 in per-share earnings, 15% of overall views, 1,500 MW of solar power."""
        phrases, up = place.phrases, place.at + 1
        if not (phrases.is_prep(up) and phrases.low(up) in {"of", "in"}) or up + 1 >= len(phrases.chunks):
            return None
        inner = phrases.past_owner(up + 1)
        if not phrases.is_noun(inner) or place.kind in {"rank", "duration"}:
            return None
        metric, owner = self.named(phrases, inner)
        if metric is None or (phrases.low(up) == "in" and not self.heads.search(metric.lower())):
            return None
        verb, lead = phrases.governor(place.at), phrases.lead(place.at)
        if verb >= 0 and place.kind == "percent" and phrases.is_prep(lead) and phrases.low(lead) == "at":
            node = phrases.subject_of(verb)  # charge-offs ran at 0.45% of loans
            metric = self.named(phrases, node)[0] if phrases.is_noun(node) else None
            if metric is not None:
                return Measure(metric, self.named(phrases, node)[1], node, verb)
        if verb >= 0 and place.kind in _RATIO and phrases.is_prep(lead) and self._befalls(phrases, verb, lead):
            node = phrases.subject_of(verb)
            if phrases.is_noun(node):
                return Measure(phrases.plain(node), phrases.plain(inner), node, verb)
        return Measure(metric, owner, inner, verb, is_object=True)

    def _befalls(self, phrases: Phrases, verb: int, lead: int) -> bool:
        """Whether a share behind the verb is who it befalls: reported by 18%, occurred in 19% of patients."""
        prep = phrases.low(lead)
        if prep not in {"by", "in", "among"}:
            return False
        is_befalling = prep != "by" and self.verbs.base_of(phrases.verb_at(verb).low) in self.verbs.befalling
        return is_befalling or self.is_passive(phrases, verb)
