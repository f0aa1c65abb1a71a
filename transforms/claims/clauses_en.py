"""Who does what in an English sentence: the verb a number hangs on, its subject and object, by chunks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.claims.verbs_en import POSSESSIVE, Word

if TYPE_CHECKING:
    from transforms.claims.chunks_en import EnglishChunks

_JOINING = frozenset({"and", "or", "but", "then", "before", "after", "while", "as"})  # clauses with one subject
_FAR = 40  # chunks back that a verb may govern a number
_ASIDE = 16  # chunks an aside is long
_NEAR = frozenset({"last", "this", "next", "every", "each"})
_TERMS = ("-year", "-day", "-week", "-month", "-hour", "-bedroom")
_COMPARING = frozenset({"and", "or", "than", "as", "but"})


class Phrases:
    """One sentence, cut into chunks."""

    __slots__ = ("chunks", "common", "names", "of_word", "rules", "starts", "text", "words")

    def __init__(self, text: str, words: list[Word], rules: EnglishChunks) -> None:
        self.text = text
        self.words = words
        self.rules = rules
        self.starts = [word.start for word in words]
        self.names = {word.text for word in words if word.kind == "name"}
        self.common = {word.text for word in words if word.kind != "name"}
        self.chunks = rules.chunks(words)
        self.of_word = [0] * len(words)
        for at, chunk in enumerate(self.chunks):
            for index in range(chunk.first, chunk.last + 1):
                self.of_word[index] = at

    def said(self, first: int, last: int) -> str:
        """The page's words first..last, without a possessive at their end."""
        found = self.text[self.words[first].start : self.words[last].end]
        return found[:-2] if found.endswith(POSSESSIVE[:2]) else found[:-1] if found.endswith(POSSESSIVE) else found

    def low(self, at: int) -> str:
        """The last word of a chunk in lower case; "" outside."""
        return self.words[self.chunks[at].last].low if 0 <= at < len(self.chunks) else ""

    def is_possessive(self, at: int) -> bool:
        """Whether the chunk is an owner: Germany's."""
        return (
            0 <= at < len(self.chunks)
            and self.chunks[at].kind == "np"
            and at + 1 < len(self.chunks)
            and self.chunks[at + 1].kind in {"np", "time"}
            and self.words[self.chunks[at].last].text.endswith(POSSESSIVE)
        )

    def is_noun(self, at: int) -> bool:
        """Whether the chunk is a noun phrase with a noun behind or without its number, and no owner."""
        if not 0 <= at < len(self.chunks) or self.chunks[at].kind != "np":
            return False
        chunk = self.chunks[at]
        return chunk.num != chunk.last and any(
            word.kind in {"noun", "name"} for word in self.words[chunk.first : chunk.last + 1]
        )

    def has_name(self, at: int) -> bool:
        """Whether a name stands in the chunk."""
        chunk = self.chunks[at]
        return any(word.kind == "name" for word in self.words[chunk.first : chunk.last + 1])

    def past_owner(self, at: int) -> int:
        """The noun phrase itself where the chunk is its owner: Germany's | exports."""
        while self.is_possessive(at) and at + 1 < len(self.chunks):
            at += 1
        return at

    def plain(self, at: int) -> str:
        """A noun phrase without its article and number."""
        chunk = self.chunks[at]
        first = chunk.num + 1 if 0 <= chunk.num < chunk.last and not self.is_term(chunk.num) else chunk.first
        while first < chunk.last and (
            self.words[first].kind in {"det", "adv"} or (self.words[first].kind == "num" and not self.is_term(first))
        ):
            first += 1
        if first + 1 < chunk.last and self.words[first + 1].kind == "time" and self.words[first].low in _NEAR:
            first += 2  # last year Apple’s
        return self.said(first, chunk.last)

    def fronted(self, prep: str) -> int:
        """The preposition a sentence opens with: However, of the 57 GW …; -1 where it does not."""
        for at, chunk in enumerate(self.chunks):
            if chunk.kind == "prep":
                return at if self.low(at) == prep else -1
            if chunk.kind not in {"adv", "mark", "conj"}:
                return -1
        return -1

    def is_term(self, word: int) -> bool:
        """Whether a number only says which one is meant: the 10-year yield."""
        return self.words[word].text.lower().endswith(_TERMS)

    def mark(self, at: int) -> str:
        """The text of a chunk's first word; "" outside."""
        return self.words[self.chunks[at].first].text if 0 <= at < len(self.chunks) else ""

    def verb_at(self, at: int) -> Word:
        """The main verb of a verb group."""
        return self.words[self.chunks[at].last]

    def head(self, at: int) -> int:
        """The noun phrase that the one at `at` hangs on, past prepositions: levels of LDL → levels."""
        while True:
            up = at - 1
            if self.chunks[at].num >= 0 and self.is_prep(self.lead(at)) and self.low(self.lead(at)) == "of":
                up = self.lead(at)  # a fleet of more than 900 ships
            if self.is_possessive(up):
                up -= 1
            if up > 0 and self.chunks[up].kind == "vg" and self.is_noun(up - 1) and self._is_ing(up):
                at = up - 1  # patients taking the drug
                continue
            listed = self._list_start(at)
            if listed >= 0:
                at = listed  # sales in Spain, Italy and France
                continue
            if up < 1 or self.chunks[up].kind != "prep":
                return at
            over = up - 1
            if self.chunks[over].kind == "vg" and self.is_reduced(over) and over:
                over -= 1  # 22 analysts polled by LSEG
            elif self.low(up) not in self.rules.hanging:
                return at
            if self.chunks[over].kind == "time" and over > 1 and self.chunks[over - 1].kind == "prep":
                at = over
                continue
            if self.chunks[over].kind != "np":
                return at
            if self.is_noun(over) or self.is_possessive(over) or self.low(over) in {"those", "that"}:
                at = over
            else:
                return at

    def _list_start(self, at: int) -> int:
        """The first noun phrase of a list that ends at a chunk and hangs on another's preposition; -1 for none."""
        chunk, start = self.chunks[at], at
        if at < 3 or (self.chunks[at - 1].kind != "conj" and self.mark(at - 1) != ","):
            return -1
        items = 1 + any(word.low == "and" for word in self.words[chunk.first : chunk.last + 1])
        is_comma = False
        while start > 2:
            before = start - 1
            is_joined = self.low(before) in {"and", "or"}
            before -= is_joined
            if self.mark(before) == ",":
                is_comma = is_comma or is_joined
                before -= 1
                is_joined = is_joined or items > 1
            if not is_joined or self.chunks[before].kind != "np" or self.chunks[before].num >= 0:
                break
            start, items = before, items + 1
        is_hanging = self.is_prep(start - 1) and self.low(start - 1) in self.rules.hanging
        is_list = items > 2 or not is_comma  # X rose in Spain, and France followed
        return start if start != at and is_list and is_hanging and self.is_noun(start - 2) else -1

    def _is_ing(self, at: int) -> bool:
        chunk = self.chunks[at]
        return chunk.first == chunk.last and self.rules.verbs.forms.get(self.words[chunk.last].low) == "ing"

    def is_reduced(self, at: int) -> bool:
        """Whether a verb group is a participle behind its noun: analysts polled by LSEG."""
        chunk = self.chunks[at]
        word = self.words[chunk.last]
        is_participle = (
            chunk.first == chunk.last
            and word.low.endswith(("ed", "ing", "own", "en"))
            and word.low not in self.rules.change_verbs
            and word.low not in self.rules.level_verbs
            and self.is_prep(at + 1)
        )
        if not is_participle or self.low(at + 1) == "by":
            return is_participle
        for up in range(at + 2, min(at + 14, len(self.chunks))):  # cars sold in Norway were recalled
            if self.chunks[up].kind == "vg":
                return self.is_finite(up)
            if self.chunks[up].kind in {"mark", "conj", "rel"}:
                return False
        return False

    def is_finite(self, at: int) -> bool:
        """Whether a verb group can have a subject of its own."""
        chunk = self.chunks[at]
        first = self.words[chunk.first]
        if first.kind == "adv" and chunk.last > chunk.first:
            first = self.words[chunk.first + 1]
        return not (
            first.low in {"to", "up", "down", "off", "being", "having"}
            or self.rules.verbs.forms.get(first.low) == "ing"
        )

    def lead(self, at: int) -> int:
        """The chunk before the one at `at`, past mere qualifiers: of roughly 400 → of."""
        at -= 1
        while at >= 0 and self.chunks[at].kind == "adv":
            at -= 1
        return at

    def is_prep(self, at: int) -> bool:
        """Whether the chunk is a preposition."""
        return 0 <= at < len(self.chunks) and self.chunks[at].kind == "prep"

    def governor(self, at: int) -> int:
        """The verb group the number phrase at `at` depends on; -1 for none in its clause."""
        down = at - 1
        if down >= 0 and self.chunks[down].kind == "conj" and self._opens_clause(at):
            return -1
        while down >= max(0, at - _FAR):
            chunk = self.chunks[down]
            if chunk.kind == "vg":
                return down
            if chunk.kind == "mark" and self.words[chunk.first].text in ";:—–":
                return -1
            if chunk.kind == "rel":
                return -1
            if chunk.kind == "conj" and self.low(down) not in _COMPARING:
                return -1
            down -= 1
        return -1

    def _opens_clause(self, at: int) -> bool:
        """Whether the number leads a clause of its own: and 210 mm of rain fell."""
        for up in range(at + 1, min(at + 6, len(self.chunks))):
            if self.chunks[up].kind == "vg":
                return self.is_finite(up) and not self.is_reduced(up)
            if self.chunks[up].kind not in {"prep", "np", "adv"}:
                return False
        return False

    def subject_of(self, at: int) -> int:
        """The noun phrase (or pronoun) a verb group speaks of; -1 for none."""
        is_past_clause = False
        for _ in range(6):
            down = at - 1
            while down >= 0 and (
                self.chunks[down].kind in {"adv", "time"}
                or (self.chunks[down].kind == "prep" and self.chunks[down + 1].kind == "time")
            ):
                down -= 1
            if down < 0:
                return -1
            chunk = self.chunks[down]
            if chunk.kind == "np":
                if self.words[self.chunks[at].first].low == "to" and self._is_goal(down):
                    at = self._finite_before(down)
                    continue
                head = self.head(down)
                told = self._told_of(head) if self.is_prep(head - 1) and self.is_finite(at) else -1
                if told >= 0:
                    return told
                if (
                    head > 2
                    and self.chunks[head - 1].kind == "vg"
                    and self.chunks[head - 2].kind == "rel"
                    and self.is_finite(at)
                ):
                    antecedent = head - 3  # adults who drank coffee slept
                    return self.head(antecedent) if self.chunks[antecedent].kind == "np" else head
                return head
            if chunk.kind == "pron":
                return down
            if chunk.kind == "rel":
                down -= 1
                if down >= 0 and self.chunks[down].kind == "prep":
                    down -= 1
                if down >= 0 and self.chunks[down].kind == "mark":
                    down -= 1
                if self.mark(down) == ")":  # the study (NCT0551), which enrolled
                    down = next((i for i in range(down, max(-1, down - _ASIDE), -1) if self.mark(i) == "("), 0) - 1
                while down > 0 and self.chunks[down].kind in {"time", "prep", "adv"}:
                    down -= 1
                if down < 0 or self.chunks[down].kind not in {"np", "pron"}:
                    return -1
                return self.head(down) if is_past_clause else down
            if chunk.kind == "mark" and self.words[chunk.first].text in {",", ")", "—", "–", "-"}:
                before = self.before_aside(down) if self.is_finite(at) else -1
                if before >= 0:
                    return before
            elif chunk.kind == "vg" and down > 1 and self.chunks[down - 1].kind == "pron" and self.is_noun(down - 2):
                return self.head(down - 2)  # the disorder it treats affects
            elif chunk.kind not in {"conj", "vg", "prep", "mark"}:
                return -1
            if chunk.kind == "mark" and self.words[chunk.first].text in ";:":
                return -1
            if chunk.kind == "conj" and self.low(down) not in _JOINING:
                return -1
            is_past_clause = chunk.kind == "vg"
            verb = self._finite_before(down + 1)
            if chunk.kind == "prep":
                near = next((i for i in range(down, max(verb, -1), -1) if self.chunks[i].kind == "vg"), -1)
                if near > 0 and self.words[self.chunks[near].first].low == "to":
                    verb = near  # ordered Acme to pay $5m for signing up 300
            if verb < 0:  # Shares of X (FDX.N), down 11%
                return self.before_mark(down)
            at = verb
        return -1

    def _told_of(self, at: int) -> int:
        """The noun phrase whose relative clause ends with the one at `at`: a fire that began near X | has; else -1."""
        for down in range(at - 1, max(0, at - 9), -1):
            chunk = self.chunks[down]
            if chunk.kind == "rel":
                is_own = self.chunks[down + 1].kind == "vg" and self.chunks[down - 1].kind == "np"
                return self.head(down - 1) if is_own and self.low(down) in {"that", "which", "who"} else -1
            if chunk.kind not in {"np", "prep", "time", "adv", "vg"}:
                return -1
        return -1

    def _finite_before(self, at: int) -> int:
        """The last verb group before a chunk that has a subject of its own; -1 for none in the clause."""
        for verb in range(at - 1, -1, -1):
            chunk = self.chunks[verb]
            if chunk.kind == "vg" and (not verb or (self.is_finite(verb) and not self.is_reduced(verb))):
                return verb
            if self.words[chunk.first].text == ";":
                return -1
        return -1

    def _is_goal(self, at: int) -> bool:
        """Whether the noun phrase before an infinitive is not who acts: a deal to purchase, in no hurry to cut."""
        verb = self._finite_before(at)
        if verb < 0:
            return False
        if self.is_prep(at - 1):
            head = self.head(at)  # expects sales of the drug to exceed
            if head == at or self.low(at - 1) != "of":
                return self.low(at - 1) != "for"
            at = head
        word = self.verb_at(verb).low
        return self.object_of(verb) == at and self.rules.verbs.base_of(word) not in self.rules.verbs.raising

    def before_aside(self, closing: int) -> int:
        """The noun phrase before an aside that ends at a comma or bracket; -1 where it is none."""
        mark = self.mark(closing)
        opening = closing - 1
        want = "(" if mark == ")" else mark
        while opening >= 0 and self.mark(opening) != want and closing - opening <= _ASIDE:
            if self.mark(opening) == ";":
                return -1
            opening -= 1
        if opening < 1 or closing - opening > _ASIDE:
            return -1
        if self.low(opening + 1) in {"and", "or"} and mark == ",":
            return self.before_mark(closing)  # energy from water, sun, and wind, rose
        inner = range(opening + 1, closing)
        if closing - opening == 3 and self.words[self.chunks[closing - 1].last].low in self.rules.saying:
            return self.before_mark(opening)  # demand, it reckons, will grow
        is_clause = mark == "," and any(self.chunks[i].kind == "vg" and self.is_finite(i) for i in inner)
        is_relative = any(self.chunks[i].kind == "rel" for i in inner) or self.is_reduced(opening + 1)
        is_relative = is_relative or self.low(opening + 1) == "what"  # income, what it collects, rose
        return self.before_mark(opening) if is_relative or not is_clause else -1

    def before_mark(self, mark: int) -> int:
        """The noun phrase before a mark, past what stands in brackets; -1 for none."""
        before = mark - 1
        while before > 0 and self.mark(before) == ")":
            while before > 0 and self.mark(before) != "(":
                before -= 1
            before -= 1
        if before < 0 or self.chunks[before].kind != "np":
            return -1
        if not self.is_noun(before) and self.mark(before - 1) == ",":
            return self.before_mark(before - 1)  # the driver, 46, who survived
        if self.is_prep(before - 1) and self.mark(before - 2) == ",":
            return self.before_mark(before - 2)  # the first machines, from Lenovo, HP and Asus,
        return self.head(before)

    def object_of(self, at: int) -> int:
        """The noun phrase right behind a verb group that is no mere number; -1 for none."""
        up = at + 1
        while up < len(self.chunks) and (self.chunks[up].kind == "adv" or self.is_possessive(up)):
            up += 1
        if up >= len(self.chunks) or not self.is_noun(up) or self.chunks[up].num >= 0:
            return -1
        return up
