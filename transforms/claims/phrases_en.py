"""English noun phrases: what they say, and whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.claims.chunks_en import EnglishChunks

if TYPE_CHECKING:
    from transforms.claims.clauses_en import Phrases

_OWN = frozenset({"its", "their", "his", "her", "our", "my", "your", "whose"})
_OF = frozenset({"of", "in", "at", "for", "on", "by", "from"})
_BE = frozenset({"is", "are", "was", "were", "be", "been", "being"})


class EnglishPhrases(EnglishChunks):
    """Takes noun phrases apart."""

    def named(self, phrases: Phrases, at: int) -> tuple[str | None, str | None]:
        """(metric, owner) of a noun phrase: Home Depot shares → shares, Home Depot; Pfizer → none, Pfizer."""
        words, chunk = phrases.words, phrases.chunks[at]
        first, last = chunk.first, chunk.last
        if chunk.num == last:
            return None, None
        if 0 <= chunk.num < last and not phrases.is_term(chunk.num):
            first = chunk.num + 1
        owner: str | None = None
        if words[first].low in _OWN:
            owner = words[first].low
        while first < last and words[first].kind in {"det", "adv"}:
            first += 1
        if phrases.is_possessive(at - 1):
            owner = phrases.plain(at - 1)
            if owner == "world" or self.kinds.get(owner.rpartition(" ")[2].lower()) == "time":
                owner = None  # the world's largest, last year's
        if words[last].kind == "digit" and all(w.kind != "name" for w in words[first:last]):
            return None, None  # a further 40
        if all(w.kind in {"name", "digit"} or w.low in {"&", "and", "of"} for w in words[first : last + 1]):
            for index in range(first + 1, last + 1):
                if words[index].text in self.offices:
                    return None, phrases.said(first, index - 1)  # Snapchat CEO Evan Spiegel
            return None, phrases.said(first, last)
        if words[last].kind == "name" and words[first].kind != "name":
            begin = last
            while begin > first and words[begin - 1].kind in {"name", "digit"}:
                begin -= 1
            return None, phrases.said(begin, last)  # flagship carrier Emirates Airline
        split = first
        while split < last and (words[split].kind in {"name", "digit"} or words[split].low in {"&", "and", "of"}):
            split += 1
        if split > first and owner is None and any(w.kind == "name" and len(w.text) > 1 for w in words[first:split]):
            owner = phrases.said(first, split - 1)
            first = split
        if words[last].low in self.company_words or words[last].low.endswith("maker"):
            if words[chunk.first].low == "the" and not phrases.is_possessive(at - 1):
                return None, "the company"  # the European planemaker
            return None, owner if owner and owner not in _OWN else phrases.said(first, last)
        while first < last and (words[first].kind in {"time", "digit"} or words[first].low in self.valuing):
            first += 1
        return phrases.said(first, self._extended(phrases, at, last)), owner

    def is_passive(self, phrases: Phrases, verb: int) -> bool:
        """Whether a verb group is passive: is valued, had been delayed."""
        chunk, words = phrases.chunks[verb], phrases.words
        before = chunk.last - 1
        while before > chunk.first and words[before].kind == "adv":
            before -= 1
        return (
            words[chunk.last].kind == "verb"
            and chunk.first <= before
            and words[before].low in _BE
            and self.verbs.forms.get(words[chunk.last].low, "ed") in {"ed", "base"}
        )

    @staticmethod
    def _extended(phrases: Phrases, at: int, last: int) -> int:
        """The last word of a metric: return on equity, revenue per user, cash on hand."""
        prep = phrases.low(at + 1) if phrases.is_prep(at + 1) else ""
        if prep in {"on", "per", "of"} and phrases.is_noun(at + 2):
            inner = phrases.chunks[at + 2]
            rest = phrases.words[inner.first : inner.last + 1]
            is_part = prep != "of" or phrases.low(at) in {"slice", "portion", "proportion", "percentage"}
            if is_part and inner.num < 0 and all(w.kind == "noun" or prep == "of" for w in rest):
                return inner.last
        return last

    def owner_behind(self, phrases: Phrases, at: int) -> int:
        """The noun phrase whose thing the one at `at` is: the price of rice, margin at Federal Express; -1 for none."""
        up = at + 1
        best = -1
        for _ in range(3):
            if up + 1 >= len(phrases.chunks) or phrases.chunks[up].kind != "prep":
                return best
            prep = phrases.low(up)
            inner = up + 1
            if phrases.chunks[inner].kind == "time":
                up = inner + 1
                continue
            inner = phrases.past_owner(inner)
            if prep not in _OF or phrases.chunks[inner].kind != "np":
                return best
            chunk = phrases.chunks[inner]
            if chunk.num >= 0 and "-" not in phrases.words[chunk.num].text:
                return best
            if phrases.is_possessive(inner - 1) or phrases.has_name(inner):
                return inner
            if prep == "of" and best < 0 and phrases.is_noun(inner):
                best = inner
            up = inner + 1
        return best
