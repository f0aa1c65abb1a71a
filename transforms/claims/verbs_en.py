"""English verb forms, and whether a word with such a form is a verb, a noun or an adjective where it stands."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from transforms.claims.lexicon import read_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

POSSESSIVE = ("'s", "’s", "s'", "s’")
_VOWELS = "aeiou"
# A word of these before a form that may be a noun says that it is one.
_NOUN_LEADS = frozenset({"det", "adj", "poss"})
_SAID = frozenset({"said", "says", "say", "told", "added", "showed", "shows", "show", "reported", "found", "announced"})
_OBJECTS = frozenset({"noun", "name", "adj", "det"})
_BETWEEN = frozenset({"now", "also", "still", "already"})
_JOINED = frozenset({"noun", "name", "mark", "adv", "time", "digit"})


class Word(NamedTuple):
    """A token of a sentence and what class its word is of."""

    start: int
    end: int
    text: str
    low: str
    kind: str  # noun (any word unknown), name, verb, aux, prep, conj, rel, det, pron, adv, adj, time, num, digit, mark


def inflected(base: str) -> Iterator[tuple[str, str]]:
    """The regular forms of a verb: (form, base, s, ed or ing).

    >>> [form for form, _ in inflected("trim")]
    ['trim', 'trims', 'trimed', 'triming', 'trimmed', 'trimming']
    """
    yield base, "base"
    if base.endswith("y") and base[-2] not in _VOWELS:
        yield base[:-1] + "ies", "s"
        yield base[:-1] + "ied", "ed"
        yield base + "ing", "ing"
        return
    yield base + ("es" if base.endswith(("s", "x", "z", "ch", "sh", "o")) else "s"), "s"
    if base.endswith("e"):
        yield base + "d", "ed"
        yield (base if base.endswith("ee") else base[:-1]) + "ing", "ing"
        return
    yield base + "ed", "ed"
    yield base + "ing", "ing"
    if len(base) > 2 and base[-1] not in _VOWELS + "wxy" and base[-2] in _VOWELS and base[-3] not in _VOWELS:
        yield base + base[-1] + "ed", "ed"
        yield base + base[-1] + "ing", "ing"


class EnglishVerbs:
    """The verbs of the English lexicon."""

    def __init__(self, verbs: Mapping[str, Any]) -> None:
        irregular: dict[str, list[str]] = verbs["irregular"]
        self.forms: dict[str, str] = {}  # verb form → base, s, ed or ing
        self.bases: dict[str, str] = {}  # verb form → its base
        for base in verbs["bases"]:
            for form, kind in inflected(base):
                if kind != "ed" or base not in irregular:
                    self.forms.setdefault(form, kind)
                    self.bases.setdefault(form, base)
        for base, pasts in irregular.items():
            for form in pasts:
                if self.forms.get(form) != "base":
                    self.forms[form] = "ed"
                self.bases.setdefault(form, base)
        self.noun_forms = {form for base in verbs["nouns"] for form, kind in inflected(base) if kind in {"base", "s"}}
        self.noun_ings = frozenset(verbs["noun_ings"])
        self.participles = frozenset(verbs["participles"])
        self.past_bases = frozenset(base for base, pasts in irregular.items() if base in pasts)
        self.expecting = frozenset(verbs["expecting"])
        self.raising = frozenset(verbs["raising"])
        self.taking = frozenset(verbs["taking"])
        self.placing = frozenset(verbs["placing"])
        self.holding = frozenset(verbs["holding"])
        self.starting = frozenset(verbs["starting"])
        self.befalling = frozenset(verbs["befalling"])
        self.making_up = frozenset(verbs["making_up"])

    def all_forms(self, bases: frozenset[str]) -> frozenset[str]:
        """The words, and every form of those that are bases."""
        return bases | {form for form, base in self.bases.items() if base in bases}

    def base_of(self, form: str) -> str:
        """The base of a verb form; the form itself where it is none."""
        return self.bases.get(form, form)

    def class_of(self, words: list[Word], index: int) -> str:
        """The class of a word with the form of a verb: adjusted earnings, sales rose, a 5% rise, prices rise 5%."""
        low = words[index].low
        after = words[index + 1] if index + 1 < len(words) else None
        before = words[index - 1] if index else None
        if (
            before is not None
            and before.kind == "adv"
            and index > 1
            and words[index - 2].kind in {"aux", "prep", "pron"}
        ):
            before = words[index - 2]
        lead = "" if before is None else "poss" if before.text.endswith(POSSESSIVE) else before.kind
        is_noun_next = after is not None and (after.kind in {"noun", "name", "adj"} or after.low in self.noun_forms)
        form = self.forms.get(low, "ed")
        if form == "ing":
            if lead == "prep" and is_noun_next and index + 2 < len(words) and words[index + 2].kind in {"aux", "verb"}:
                return "adj"  # the market for picking robots was worth
            return self._class_of_ing(low, lead, after, is_noun_next)
        if low in self.past_bases:
            is_noun = low in self.noun_forms and after is not None and after.low == "of" and lead != "aux"
            is_noun = is_noun or (low in self.noun_forms and lead in {"noun", "name"} and _is_owned(words, index))
            is_headed = low in self.noun_forms and lead == "noun" and after is not None
            is_headed = is_headed and after is not None and after.low in {"per", "of", "was", "were", "is", "are"}
            if is_noun or is_headed or lead in _NOUN_LEADS:
                return "noun"  # fuel cost per seat
            if low not in self.noun_forms or lead not in {"prep", "num", ""}:
                return "verb"
            return self._plain(words, index, lead, before, after, form)
        if form == "ed":
            return self._class_of_past(words, index, lead, after, is_noun_next)
        return self._plain(words, index, lead, before, after, form)

    def _class_of_ing(self, low: str, lead: str, after: Word | None, is_noun_next: bool) -> str:
        if low in self.participles and is_noun_next:
            return "adj"  # existing homes
        if lead in _NOUN_LEADS or (lead == "num" and is_noun_next):
            return "adj" if is_noun_next else "noun"
        if lead == "aux":
            return "verb"  # is trading at
        if after is None or after.kind in {"mark", "aux"}:
            return "verb" if lead == "adv" else "noun"
        is_noun = low in self.noun_ings and after.kind != "num" and after.kind not in _NOUN_LEADS
        return "noun" if is_noun else "verb"

    @staticmethod
    def _class_of_past(words: list[Word], index: int, lead: str, after: Word | None, is_noun_next: bool) -> str:
        if is_noun_next:
            is_inside = lead == "adv" and index > 1 and words[index - 2].kind in {"det", "adj"}
            return "adj" if is_inside or lead in {"det", "poss", "adj", "prep", "num", "verb", ""} else "verb"
        if lead in {"det", "poss"} and after is not None:
            return "adj" if after.kind == "num" else "noun" if after.kind != "adv" else "verb"  # the shot, the injured
        return "verb"

    def _is_predicate(self, words: list[Word], index: int, before: Word, form: str) -> bool:
        """Unions want ministers to, Siemens now forecasts growth: what stands before says that a verb follows."""
        if before.kind == "adv" and before.low in _BETWEEN and index > 1:
            return words[index - 2].kind in {"noun", "name"} and form == "s"
        low = words[index].low
        is_plural = before.kind == "noun" and before.low.endswith("s") and not before.low.endswith(("ss", "'s", "’s"))
        return form == "base" and is_plural and low in self.raising and low in self.expecting

    def _plain(
        self, words: list[Word], index: int, lead: str, before: Word | None, after: Word | None, form: str
    ) -> str:
        """The class of a plain form or one with -s, which may be a noun."""
        low = words[index].low
        if before is not None and after is not None and after.kind in _OBJECTS:
            is_between = before.kind == "adv" or (form == "base" and before.low.endswith("s"))
            if is_between and self._is_predicate(words, index, before, form):
                return "verb"
        if lead in {"aux", "pron", "rel"} or (before is not None and before.low == "to" and form == "base"):
            return "verb"
        if lead in _NOUN_LEADS or lead == "prep" or (lead == "num" and form != "s"):
            return "noun"
        if low not in self.noun_forms:
            return "verb" if before is not None or form == "base" else "noun"
        if before is None or after is None or after.kind == "mark":
            return "noun"
        if form == "s" and lead == "noun" and after.low == "at" and words[index - 2].low in self.expecting:
            return "noun"  # sees housing starts at 940,000
        if lead in _JOINED or before.low in {"and", "but"}:
            if form == "base" and lead == "noun" and before.low[-1] != "s" and low not in self.past_bases:
                return "noun"  # its benchmark rate by a quarter
            if after.kind in {"num", "det"} or leads_number(words, index + 1):
                return "verb"
            is_lasting = after.low == "for" and form == "s" and lead == "noun" and before.low[-1] != "s"
            if is_lasting and index + 2 < len(words) and words[index + 2].kind == "num":
                return "verb"  # the contract runs for five years
            is_goal = after.low == "to" and index + 2 < len(words) and words[index + 2].kind == "verb"
            if is_goal and lead == "name":
                return "verb"  # Orion aims to build
            if lead in {"noun", "name"} and form == "s":
                if after.low in {"that", "it", "its", "their"} or (
                    (after.kind in {"adj", "name", "noun"} or (lead == "name" and after.low in self.noun_forms))
                    and before.low[-1] != "s"
                ):
                    return "verb"
            elif (
                lead == "noun"
                and before.low.endswith("s")
                and after.kind in {"prep", "adv", "pron"}
                and after.low != "of"
            ):
                return "verb"  # the users spend more
        return "noun"


def _is_owned(words: list[Word], index: int) -> bool:
    """Whether a word ends a noun phrase that a verb acts on: lifted its 2025 earnings forecast to."""
    for at in range(index - 1, max(0, index - 5), -1):
        if words[at].low in {"its", "their", "his", "her", "our"}:
            return words[at - 1].kind == "verb"
        if words[at].kind == "det":  # cut the Berlin-Munich run by; said the group cut by has a verb of speech
            is_sized = index + 1 < len(words) and words[index + 1].low in {"by", "from"}
            return is_sized and words[at - 1].kind == "verb" and words[at - 1].low not in _SAID
        if words[at].kind not in {"noun", "name", "digit", "adj", "time"}:
            return False
    return False


@cache
def english_verbs() -> EnglishVerbs:
    """The verbs of the English lexicon, read at first use."""
    return EnglishVerbs(read_lexicon("topics_en.toml")["verbs"])


def leads_number(words: list[Word], index: int) -> bool:
    """Whether hedges and one preposition at most stand before a number: to about 5%, more than $3."""
    for word in words[index : index + 4]:
        if word.kind in {"num", "digit"}:
            return True
        if (word.kind not in {"adv", "prep", "det"} and word.low not in {"than", "as"}) or word.low in {
            "of",
            "in",
            "for",
        }:
            return False
    return False
