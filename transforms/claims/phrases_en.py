"""English noun phrases around a number: what stands before a verb, before `of`, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.claims.words_en import POSSESSIVE, EnglishWords, Word

if TYPE_CHECKING:
    from transforms.claims.mentions import Mention

OWN_FIGURES = frozenset(
    {"reported", "reports", "expects", "announced", "announces", "posted", "forecast", "forecasts", "disclosed"}
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: the words it holds, by index, and whose it is."""

    first: int
    last: int
    owner: str | None  # a name before 's, or a possessive pronoun
    is_definite: bool = False


class EnglishPhrases(EnglishWords):
    """Reads noun phrases and the verb that governs a number."""

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
            if word.text.endswith(POSSESSIVE) and word.kind in {"name", "noun"} and word.end < words[first].start:
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
        while (split < last and words[split].kind in {"name", "digit"}) or (split < last and words[split].text == "&"):
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
                    and not words[index].text.endswith(POSSESSIVE)
                    and words[index + 1].text != "and"
                )
            ):
                if words[index].text.endswith(POSSESSIVE):
                    break
                index += 1
            name = text[words[begin].start : words[index].end]
            if words[index].text.endswith(POSSESSIVE):
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
            if is_source and follows not in OWN_FIGURES:
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
