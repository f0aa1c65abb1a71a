"""What an English number measures: the noun it counts, the noun it stands of, or its verb's subject or object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.claims.parts_en import EnglishParts, Measure, Place

if TYPE_CHECKING:
    from transforms.claims.topics import Topic

_CHANGING = frozenset({"compared", "compares", "close", "closing", "end", "ending"})
_IN = frozenset({"in", "of", "to", "on", "for"})


class EnglishMeasures(EnglishParts):
    """Reads the metric of a number out of its sentence's chunks."""

    def measure(self, place: Place, topic: Topic) -> Measure:
        """The most local statement wins: counted noun, appended figure, of-phrase, verb."""
        phrases = place.phrases
        found = self.fronted(place) or self._of_kind(place) or self._behind(place) or self.compared(place)
        if found is not None:
            return found
        chunks = phrases.chunks
        if (
            place.at + 1 < len(chunks)
            and chunks[place.at + 1].kind == "vg"
            and (found := self.begun(place)) is not None
        ):
            return found
        previous = self._appended_to(place)
        if previous >= 0:
            whose = place.at + 2  # 6.9%, versus 8.1% for wind
            is_for = (
                phrases.is_prep(whose - 1)
                and phrases.is_noun(whose)
                and phrases.low(whose - 1)
                in (
                    {"for", "on", "among"}
                    if phrases.low(phrases.lead(place.at)) in {"against", "versus", "vs"}
                    else {"for"}
                )
            )
            if is_for and phrases.chunks[whose].num < 0 and (place.is_bare or place.kind in {"percent", "money"}):
                return Measure(place.done[previous][0], phrases.plain(whose), is_carried=True)
            outer = phrases.lead(place.at) - 1  # a profit of $3m, compared with a loss of $5m
            if phrases.low(outer + 1) == "of" and phrases.is_noun(outer) and phrases.chunks[outer].num < 0:
                metric = self.named(phrases, outer)[0]
                if metric is not None and self.heads.search(phrases.low(outer)):
                    return Measure(metric, place.done[previous][1], is_carried=True)
            return Measure(*place.done[previous], is_carried=True)
        lead = phrases.lead(place.at)
        is_of = phrases.is_prep(lead) and phrases.low(lead) in {"of", "worth"}
        is_counted = place.kind in {"count", "score"} and place.is_bare and (place.mention.unit_text or "").isalpha()
        if place.kind == "score" and phrases.low(lead) in {"have", "has", "had"} and is_counted:
            return Measure(place.mention.unit_text, None, -1, lead, is_object=True)  # the side have 17 points
        if is_counted and place.kind == "score":  # grabbed 14 rebounds; the Dow lost 300 points
            is_counted = phrases.chunks[lead].kind == "vg" and place.mention.unit_text not in self.marks
        return (
            self.listed(place)
            or (self._counted(place) if is_counted else None)
            or (self._of(place, lead - 1) if is_of else None)
            or self.part_of(place)
            or self._governed(place, topic)
        )

    def _of_kind(self, place: Place) -> Measure | None:
        """What only ranks, measures, ratios and percentages are told by."""
        if place.kind == "percent":
            return self.surveyed(place) or self.rivalled(place)
        if place.kind == "rank":
            return self.ranked(place)
        if place.kind in {"measure", "multiple"} and (found := self.sized(place)) is not None:
            return found
        return self.surveyed(place) if place.kind != "money" else None

    def _behind(self, place: Place) -> Measure | None:
        """$3 billion tender offer, 30 jets, a 5 percent increase in the dividend."""
        phrases, at = place.phrases, place.at
        words, last = phrases.words, phrases.chunks[at].last
        if place.is_bare or phrases.is_possessive(at):
            return None
        head, first = words[last].low, place.word + 1
        if head in self.marks and last == first:
            return None  # a quarter point, the £10bn mark
        is_amount = head == "growth" and phrases.low(at + 1) not in {"in", "of"}  # strong double-digit growth
        if head in self.change_nouns and not is_amount and all(w.kind in {"adj", "mark"} for w in words[first:last]):
            return self._changed(place, at)
        while first < last and words[first].kind in {"det", "mark", "conj"}:
            first += 1
        if not phrases.is_noun(at):
            return None
        if place.kind == "count":
            return self._counted(place)
        if head in self.estimates and place.done and first == last:
            return place.carried()
        return Measure(phrases.said(first, last), self.named(phrases, at)[1], at, phrases.governor(at), is_object=True)

    def _counted(self, place: Place) -> Measure | None:
        """9.1 million new subscribers; a fleet of 270 aircraft; 346 people, of whom the verb tells more."""
        phrases, at = place.phrases, place.at
        words, lead = phrases.words, phrases.lead(at)
        if phrases.is_prep(lead) and phrases.low(lead) == "of":
            outer = self._of(place, lead - 1)
            if outer is not None:
                return outer
        first, last = place.word + 1, phrases.chunks[at].last
        end = max(place.mention.end, place.mention.head_end)
        while last + 1 < len(words) and words[last + 1].end <= end:
            last += 1
        while first < last and words[first].kind in {"det", "prep", "mark", "adv"}:
            first += 1
        text = phrases.said(first, last) if last >= first else place.mention.unit_text or ""
        verb = phrases.governor(at)
        found = self._level(place, verb) or self.set_at(place, verb)
        if found is None and text.rpartition(" ")[2].lower() in self.people:
            found = self._deed(place, verb)
        if found is not None or not text:
            return found
        return Measure(text, self.named(phrases, at)[1], at, verb, is_object=True)

    def _level(self, place: Place, verb: int) -> Measure | None:
        """Attendance reached 40,000 people: what counts them is said before the verb."""
        phrases, lead = place.phrases, place.phrases.lead(place.at)
        between = phrases.chunks[verb + 1 : lead] if verb >= 0 else ()
        if verb < 0 or any(c.kind not in {"time", "prep", "adv", "conj"} and c.num != c.last for c in between):
            return None
        word = phrases.verb_at(verb)
        is_moved = word.low in self.change_verbs and phrases.is_prep(lead) and phrases.low(lead) in {"to", "by", "from"}
        if not is_moved and (word.kind != "verb" or word.low not in self.level_verbs):
            return None
        node = phrases.subject_of(verb)
        metric, owner = self.named(phrases, node) if phrases.is_noun(node) else (None, None)
        return Measure(metric, owner, node, verb) if metric is not None else None

    def _deed(self, place: Place, verb: int) -> Measure | None:
        """killed 346 people; 43 million people streamed: what was done, where people are merely counted."""
        phrases, at = place.phrases, place.at
        words, chunks = phrases.words, phrases.chunks
        if verb >= max(0, at - 3) and not any(chunk.kind in {"mark", "conj", "rel"} for chunk in chunks[verb:at]):
            word = phrases.verb_at(verb)
            if word.kind == "verb" and word.low not in self.saying and word.low not in self.level_verbs:
                return Measure(word.text, None, -1, verb)
        for up in range(at + 1, min(at + 6, len(chunks))):
            chunk = chunks[up]
            if chunk.kind in {"mark", "np"}:
                return None
            if chunk.kind == "vg":
                first = chunk.first
                while first < chunk.last and (
                    words[first].kind in {"aux", "adv"} or words[first].low in {"to", "expected", "set", "due"}
                ):
                    first += 1
                if words[first].low in self.level_verbs and words[first].kind == "verb":
                    return None  # 23,000 residents remain
                if words[first].kind == "aux":  # have the condition
                    has_object = words[first].low in {"have", "has", "had"} and phrases.object_of(up) >= 0
                    return self.predicate(place, up, None) if has_object else None
                return Measure(phrases.said(first, chunk.last), None, -1, up)
        return None

    def _appended_to(self, place: Place) -> int:
        """The number before (its word) if only , or up from ( stands between: they measure the same; else -1."""
        phrases = place.phrases
        chunks, words = phrases.chunks, phrases.words
        for down in range(place.at - 1, -1 if place.done else place.at, -1):
            chunk = chunks[down]
            low = words[chunk.last].low
            if chunk.num >= 0:
                if chunk.num not in place.done or down == place.at - 1:
                    return -1
                is_counted = chunk.num < chunk.last and place.kind == "money"
                is_new = words[chunk.last + 1].low in {"and", "but"} and phrases.low(place.at + 1) in {"of", "in"}
                return -1 if is_counted or is_new else chunk.num
            after = chunks[down + 1].kind
            if chunk.kind == "np" and down > 1 and (self._is_whole(place, down) or phrases.low(down - 1) == "per"):
                continue  # 94 million acres of corn, up 6%; 26 cases per 100,000 people, up from
            if chunk.kind == "prep":
                is_link = (
                    low in self.links
                    or after == "time"
                    or (low == "of" and chunks[down - 1].num >= 0 and after == "np")
                )
            elif chunk.kind == "vg":
                is_link = self._links(place, down, low)
            elif chunk.kind == "mark":
                is_link = words[chunk.first].text in ",(/)–—-"
            elif chunk.kind == "conj":
                is_link = low in {"or", "than", "as"} or (low == "and" and after in {"np", "vg", "adv"})
            else:
                is_link = chunk.kind in {"adv", "time"}
            if not is_link:
                return -1
        return -1

    @staticmethod
    def _is_whole(place: Place, at: int) -> bool:
        """Whether a noun phrase is what the number before is of, and a comma follows."""
        phrases = place.phrases
        number = phrases.chunks[at - 2]
        is_of = phrases.low(at - 1) == "of" and number.num == number.last
        return is_of and any(phrases.mark(i) == "," for i in range(at + 1, place.at))

    def _links(self, place: Place, verb: int, low: str) -> bool:
        """Whether a verb group leads on to another figure of the same: rising to, compared with."""
        if low in _CHANGING:
            return True
        if place.phrases.is_finite(verb) or (low not in self.change_verbs and low not in self.level_verbs):
            return False
        return self.verbs.base_of(low) not in self.verbs.taking or self._taken_from(place) is None

    def _of(self, place: Place, outer: int) -> Measure | None:
        """operating margin of 17.3%, an increase of 7%, a total of 346."""
        phrases, head = place.phrases, place.phrases.low(outer)
        chunks, words = phrases.chunks, phrases.words
        if head in self.short_of:
            begin = phrases.of_word[max(place.done)] if place.done else outer
            is_new = not place.done or any(chunk.kind == "vg" for chunk in chunks[begin:outer])
            return None if is_new else place.carried()
        if not phrases.is_noun(outer):
            return None
        chunk = chunks[outer]
        inner = words[chunk.first : chunk.last]
        is_own = head in self.own_changes or (head in self.own_amounts and place.kind in {"money", "count"})
        if (
            head in self.change_nouns
            and not is_own
            and chunk.num < 0
            and all(w.kind in {"det", "adj", "adv"} for w in inner)
        ):
            return self._changed(place, outer)
        lead = phrases.lead(outer)
        if head in {"rate", "pace", "clip"} and phrases.is_prep(lead) and phrases.low(lead) in {"at", "to"}:
            return None  # expanded at an annual rate of 2.4%
        if head != "range" or place.kind != "measure":
            if head in self.empty_heads:
                if phrases.is_possessive(outer - 1):  # India's total of 287
                    return Measure(head, phrases.plain(outer - 1), outer)
                return place.carried() if head == "top" and place.done else None
            is_plain = all(w.kind not in {"name", "num"} and not self.heads.search(w.low) for w in inner)
            if head in self.estimates and place.done and is_plain:
                return place.carried()
        is_named = phrases.low(outer + 1) == "worth" and self.named(phrases, outer)[0] is None  # jets from X worth $1bn
        node = phrases.head(outer) if is_named or phrases.low(outer - 1) == "of" else outer
        metric, owner = self.named(phrases, node)
        if metric is None and node != outer:
            node = outer
            metric, owner = self.named(phrases, node)
        return Measure(metric or owner, owner if metric else None, node, phrases.governor(node), is_object=True)

    def _changed(self, place: Place, noun: int) -> Measure:
        """A 5 percent increase in the dividend; sales of $3bn, an increase of 7%; posted a 0.4 percent drop."""
        phrases, chunks = place.phrases, place.phrases.chunks
        up = max(place.at, noun) + 1
        while up + 1 < len(chunks) and chunks[up].kind in {"time", "adv"}:
            up += 1
        if phrases.is_prep(up) and phrases.low(up) in _IN and up + 1 < len(chunks):
            inner = phrases.past_owner(up + 1)
            if phrases.is_noun(inner) and chunks[inner].num < 0:
                metric, owner = self.named(phrases, inner)
                if metric is not None:
                    return Measure(metric, owner, inner, phrases.governor(noun), is_object=True)
        near = range(max(0, noun - 3), noun)
        if place.done and not any(chunks[i].kind == "vg" and phrases.is_finite(i) for i in near):
            return place.carried()
        verb = phrases.governor(noun)
        node = phrases.subject_of(verb) if verb >= 0 else -1
        base = self.verbs.base_of(phrases.verb_at(verb).low) if verb >= 0 else ""
        if (
            verb >= 0
            and phrases.lead(noun) == verb
            and phrases.verb_at(verb).kind == "verb"
            and base not in self.posting
        ):
            return Measure(*self.named(phrases, noun), noun, verb, is_object=True)  # approve an 11% raise
        if phrases.is_noun(node):
            return Measure(*self.named(phrases, node), node, verb)
        return Measure(*self.named(phrases, noun), noun, verb, is_object=True)

    def _governed(self, place: Place, topic: Topic) -> Measure:
        """The verb's subject for a level or a change, its object where it acts on one, else the verb itself."""
        phrases, at = place.phrases, place.at
        verb, lead = phrases.governor(at), phrases.lead(at)
        if phrases.is_prep(lead) and phrases.low(lead) == "at" and phrases.mark(lead - 1) == ",":
            node = phrases.before_mark(lead - 1)  # the rate, at 65.1 per cent, fell
            if phrases.is_noun(node):
                return Measure(*self.named(phrases, node), node)
        beside = at - 1
        while beside >= 0 and (phrases.chunks[beside].kind in {"adv", "time"} or phrases.mark(beside) in ":(–—-"):
            beside -= 1
        is_object = verb >= 0 and phrases.object_of(verb) == beside
        if phrases.is_noun(beside) and phrases.chunks[beside].num < 0 and not is_object:
            node = phrases.head(beside)  # Net income: $2.1 billion; and the Nasdaq 1.1%
            metric, owner = self.named(phrases, node)
            is_own = metric is not None and (self.heads.search(metric.lower()) is not None or verb < 0)
            is_verb = phrases.words[place.word].text[0].isalpha()  # shoot density tripled
            if place.done and not is_own and not is_verb:  # and the Nasdaq 1.1%; and gas 27%; those to China 8.8%
                is_those = phrases.low(node) in {"those", "that"}
                return Measure(place.last()[0], None if is_those else owner or phrases.plain(node), node)
            return Measure(metric, owner, node, verb)
        if verb < 0:
            return self._verbless(place)
        return self._acted_on(place, verb, topic) or self._spoken_of(place, verb, topic)

    def _verbless(self, place: Place) -> Measure:
        """Cash at year-end: $3bn; repurchases of 1.9 million shares for $500 million."""
        phrases, node = place.phrases, place.at - 2
        if node >= 0 and phrases.is_prep(node + 1) and phrases.low(node + 1) != "of":
            if phrases.chunks[node].num >= 0 and phrases.low(node - 1) == "of" and phrases.is_noun(node - 2):
                return Measure(*self.named(phrases, node - 2), node - 2)
            if phrases.is_noun(node):
                node = phrases.head(node)
                return Measure(*self.named(phrases, node), node)
        return place.carried()

    def _acted_on(self, place: Place, verb: int, topic: Topic) -> Measure | None:
        """Trimmed spending to $4.5 billion, wiped $1 billion off its value, paid $3 million; None for a level."""
        phrases, at = place.phrases, place.at
        word, lead = phrases.verb_at(verb), phrases.lead(at)
        base, is_passive = self.verbs.base_of(word.low), self.is_passive(phrases, verb)
        prep = phrases.low(lead) if phrases.is_prep(lead) else ""
        is_moving = word.low in self.change_verbs or word.low in self.level_verbs
        deed = Measure(word.text, None, -1, verb)
        if not is_passive:
            node = phrases.object_of(verb)
            if 0 <= node < at:
                is_beside = node < at - 1 and all(phrases.chunks[i].kind == "adv" for i in range(node + 1, at))
                if is_beside and self.heads.search(phrases.low(node)):  # anticipates sales growth greater than 10%
                    return Measure(*self.named(phrases, node), node, verb, is_object=True)
                if (prep not in self.to_level and prep != "on") or base in self.verbs.placing:
                    return deed
                metric, owner = self.named(phrases, node)
                if metric is None and base in {"put", "place", "leave", "give"}:  # put Tesco on 27.9%
                    metric = topic.metric if topic.metric_block is topic.block else word.text
                    return Measure(metric, owner, node, verb)
                return Measure(metric or word.text, owner, node, verb, is_object=metric is not None)
            taken = self._taken_from(place) if base in self.verbs.taking else None
            if taken is not None:
                return taken._replace(verb=verb)
            if word.low in self.verbs.expecting and word.kind == "verb":
                if topic.metric is None or topic.metric_block is not topic.block:
                    return deed
                return Measure(topic.by_kind.get(place.kind, topic.metric), topic.said, verb=verb, is_carried=True)
        if word.kind == "aux":
            return None
        if base == "raise" and place.kind == "money" and not prep:
            return deed
        if base == "take" and lead == verb and place.kind == "money" and not is_passive:
            return deed  # the film took $41 million
        if not is_moving or (base in self.verbs.holding and not prep and not is_passive):
            if prep in {"to", "from"} and place.done:
                return place.carried()  # approved a 5% rise in the dividend, to $1.52
            if any(chunk.num >= 0 for chunk in phrases.chunks[verb + 1 : at]):
                return deed  # awarded 1,500 MW at 3.42 a unit
            is_placing = base in self.verbs.placing and not is_passive  # are offering below 10 cents
            if is_placing or (
                prep not in self.to_level and prep != "with" and not is_passive
            ):  # yields flirt with 5%: a level
                return deed if word.low not in self.speech else Measure(None, verb=verb)
        return None

    def _spoken_of(self, place: Place, verb: int, topic: Topic) -> Measure:
        """Revenue rose 3%, the order is valued at $8.8 billion: what the verb speaks of."""
        phrases, chunks = place.phrases, place.phrases.chunks
        word, node = phrases.verb_at(verb), phrases.subject_of(verb)
        before = topic.metric if topic.metric_block is topic.block else None
        if node < 0:
            return place.carried()._replace(verb=verb)
        if chunks[node].kind != "np":
            is_new = word.kind == "verb" and word.low not in self.change_verbs and place.kind not in topic.by_kind
            return Measure(word.text if is_new else before, phrases.low(node), -1, verb)
        if word.kind == "aux" and phrases.plain(node) in self.onlookers:
            return Measure(before, topic.said if before else None, is_carried=True)
        if chunks[node].num == chunks[node].last:
            return place.carried()
        metric, owner = self.named(phrases, node)
        if phrases.low(node) in {"those", "that"}:  # those to the EU jumped 13%
            return Measure(before, None, node, verb)
        if metric is None and place.done and phrases.is_prep(node - 1) and phrases.low(node - 1) == "with":
            return Measure(place.last()[0], owner, node, verb)  # with Germany down 14%
        is_start = place.kind == "money" and self.verbs.base_of(word.low) in self.verbs.starting
        if metric is None and is_start and word.kind == "verb":
            return Measure(word.text, owner or phrases.plain(node), -1, verb)  # the Dolphin starts at €19,990
        is_deed = metric is not None and not self.heads.search(metric.lower())
        if is_deed and not self.is_passive(phrases, verb):
            lead = phrases.lead(place.at)
            is_price = place.kind == "money" and self.verbs.base_of(word.low) in self.verbs.starting
            is_way = place.kind == "measure" and lead == verb and word.low in self.change_verbs
            dimension = place.mention.unit.dimension if place.mention.unit is not None else ""
            if is_price or (is_way and dimension == "length"):  # the bus plunged 200 metres
                return Measure(word.text, owner or phrases.plain(node), -1, verb)
        if word.low not in self.change_verbs and self.is_passive(phrases, verb):
            is_thing = metric is None or not self.heads.search(metric.lower())
            is_deed = self.verbs.base_of(word.low) in self.verbs.placing or word.low not in self.level_verbs
            lead = phrases.lead(place.at)
            is_lasting = place.kind == "duration" and not (phrases.is_prep(lead) and phrases.low(lead) == "at")
            if is_lasting or (is_thing and is_deed and place.kind != "duration"):
                is_own = phrases.is_possessive(node - 1) or metric is None
                return Measure(word.text, owner if is_own else phrases.plain(node), node, verb)
        return Measure(metric, owner, node, verb)

    def _taken_from(self, place: Place) -> Measure | None:
        """Adding 14 billion crowns ($1.3 billion) to its market value."""
        phrases, up = place.phrases, place.at + 1
        if phrases.mark(up) == "(":
            while up < len(phrases.chunks) and phrases.mark(up) != ")":
                up += 1
        up += phrases.mark(up) == ")"
        if up + 1 >= len(phrases.chunks) or phrases.low(up) not in {"off", "from", "to", "onto"}:
            return None
        inner = phrases.past_owner(up + 1)
        if not phrases.is_noun(inner) or phrases.chunks[inner].num >= 0:
            return None
        metric, owner = self.named(phrases, inner)
        return Measure(metric, owner, inner, is_object=True) if metric is not None else None
