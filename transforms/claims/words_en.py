"""English sentences as words with classes: names, nouns, verbs, and what merely joins them."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from transforms.claims.languages import english_credits
from transforms.claims.lexicon import load_lexicon, read_lexicon
from transforms.claims.phrases import phrase_pattern
from transforms.claims.verbs_en import POSSESSIVE, Word, english_verbs

if TYPE_CHECKING:
    from transforms.claims.mentions import Mention
    from transforms.claims.topics import Topic

_WORD = r"[A-Za-z&][\w’'&/-]*(?:\+(?=\W))?(?:\.(?=[A-Za-z]\.|[a-z])[\w’'&-]+)*\.?|\d(?:[\w.,-]*\w)?|[^\w\s]"
_TOKEN = re.compile(_WORD).finditer
# third- to eighth-graders, grades 3 through 8: one word
_JOINED_TOKEN = re.compile(
    rf"[A-Za-z]+-\s(?:to|and|or)\s[A-Za-z]+-[A-Za-z]+|\d{{1,4}}\sthrough\s\d{{1,4}}(?=\s[a-z])|{_WORD}"
).finditer
_CODE = r"(?:[A-Za-z ]{2,12}:\s?)?[A-Z]{1,6}(?:[.:][A-Z]{1,3})?"
_TICKER = re.compile(rf"\({_CODE}(?:[;,]\s?{_CODE})*\)")  # (LOW), (Euronext: IPN; ADR: IPSEY)
_LATIN_DIGIT = re.compile(r"^\d[\d.,]*$")
# Not the M of $64M, not past Qualcomm's.
_TITLE_NAME = re.compile(
    r"(?<![\w$€£])[A-Z](?:[\w&.-]|[’'](?!s\b))*(?:\s(?:[A-Z](?:[\w&.-]|[’'](?!s\b))*|&|\d+(?![\w%.,])))*"
)
# “Paddy’s War”, "Deep Tide 3": a name, whatever its words are
_TITLED = re.compile(
    r"[“\"](?P<title>[A-Z][\w’'&:-]*(?:\s(?:[A-Z0-9][\w’'&:-]*|of|the|and|a|in|on|to|for|with|at|from)){1,7})[”\"](?!\s\()"
)
_OPENING = frozenset('“"')
_QUOTES = frozenset("“”\"‘'’*_[]")
_ABBREVIATED = frozenset({"inc", "corp", "co", "ltd", "mr", "ms", "mrs", "dr", "st", "no"})
# Words that may stand between a number and what governs it: nearly, no more than, up to, as much as.
_HEDGES = frozenset({"around", "over", "under", "about", "some", "nearly", "well"})
_COMPARED = frozenset({"more", "less", "fewer", "better", "greater", "higher", "lower", "rather"})
_SIZES = frozenset({"much", "many", "high", "low", "little", "few", "long", "late", "early", "large", "fast", "far"})
_MAX_SMALL = 50_000
_SETTLED = frozenset({"mark", "det", "conj", "aux", "pron"})
_ORDINALS = frozenset({"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"})
_CLOSE = frozenset({"close", "up", "nearer", "closer"})


class EnglishWords:
    """The word classes of the English lexicon, and a tokenizer over them."""

    def __init__(self) -> None:
        data, words_of = load_lexicon("en").data, read_lexicon("topics_en.toml")
        metrics, classes, subjects = words_of["metrics"], words_of["classes"], words_of["subjects"]
        self._small: dict[
            str, str
        ] = {}  # class of each word in small letters seen so far: it has one, wherever it stands
        self.verbs = english_verbs()
        self.heads = re.compile(rf"(?<![a-z-]){phrase_pattern(metrics['heads'])}$")
        self.own_lines = frozenset(metrics["own_lines"])
        self.common = frozenset(words_of["not_names"]["common"])
        self.not_names = frozenset(words_of["not_names"]["words"])
        self.posting = frozenset(metrics["posting"])
        self.dimensions = frozenset(metrics["dimensions"])
        self.amounts = frozenset(metrics["amounts"])
        self.empty_heads = frozenset(metrics["empty"])
        self.estimates = frozenset(metrics["estimates"])
        self.marks = frozenset(metrics["marks"])
        self.short_of = frozenset(metrics["short_of"])
        self.instruments = frozenset(metrics["instruments"])
        self.people = frozenset(metrics["people"])
        self.own_changes = frozenset(metrics["own_changes"])
        self.own_amounts = frozenset(metrics["own_amounts"])
        self.trades = frozenset(metrics["trades"])
        self.securities = frozenset(metrics["securities"])
        self.level_verbs = self.verbs.all_forms(frozenset(metrics["level_verbs"]))
        changes = data["change"].values()
        nouns = {word for forms in changes for word in forms["nouns"]}
        self.change_nouns = frozenset(nouns | {word + "s" for word in nouns})
        verbs = {word for forms in changes for word in (*forms["verbs"], *forms.get("to", ()))}
        self.change_verbs = self.verbs.all_forms(frozenset(verbs)) | {"up", "down", "off", "flat"}
        self.kinds: dict[str, str] = dict.fromkeys(classes["rel"], "rel") | dict.fromkeys(classes["time"], "time")
        for kind in ("adj", "adv", "conj", "prep", "det", "pron", "aux"):
            for word in classes[kind]:
                if kind != "adj" or self.verbs.forms.get(word) != "ed":  # adjusted: its neighbours decide
                    self.kinds.setdefault(word, kind)
        for word in data["phrase_ends"]["words"]:
            if word not in self.verbs.forms:
                self.kinds.setdefault(word, "adv")
        self.either = frozenset(classes["adj"]) & frozenset(classes["adv"])  # daily: adverb or adjective
        self.not_adverbs = frozenset(classes["not_adverbs"])
        self.valuing = frozenset(classes["valuing"])
        self.pronouns = frozenset(subjects["pronouns"])
        self.company_words = frozenset(subjects["company_words"])
        self.onlookers = frozenset(subjects["onlookers"])
        self.intents = frozenset(subjects["intents"])
        self.titles = frozenset(title for title in words_of["attribution"]["titles"] if " " not in title)
        self.same = {name: tuple(names) for names in subjects["same"] for name in names}
        self.offices = frozenset(subjects["offices"])
        self.connectors = frozenset(subjects["connectors"])
        self.places = frozenset(subjects["places"])
        relations = words_of["relations"]
        self.hanging = frozenset(relations["hanging"])
        self.to_level = frozenset(relations["to_level"])
        self.links = frozenset(relations["links"]) | self.to_level - {"within", "between"}
        self.adjuncts = frozenset(relations["adjuncts"])
        self.speech = self.verbs.all_forms(frozenset(words_of["attribution"]["speech"]))
        self.views = frozenset(words_of["attribution"]["views"])
        self.saying = self.verbs.all_forms(frozenset(words_of["attribution"]["verbs"]))

    def tokens(self, text: str, start: int, end: int, numbers: list[Mention], topic: Topic) -> list[Word]:
        """Words of text[start:end] with their classes; each number is one word, without a noun it counts."""
        found: list[Word] = []
        position = start
        for number in numbers[bisect_left([m.end for m in numbers], start + 1) :] if numbers else ():
            if number.start >= end:
                break
            self._read(found, text, position, number.start, start, topic)
            stop = min(number.end, end)
            noun = number.unit_text or ""
            token = text[max(position, number.start) : stop]
            if number.unit is not None and number.unit.kind == "count" and len(noun) > 2 and token.endswith(f" {noun}"):
                cut = stop - len(noun)  # 30 jets
                found.append(Word(stop - len(token), cut - 1, token[: -len(noun) - 1], "", "num"))
                found.append(Word(cut, stop, noun, noun.lower(), "noun"))
            else:
                found.append(Word(stop - len(token), stop, token, "", "num"))
            position = stop
        self._read(found, text, position, end, start, topic)
        for index in range(len(found)):
            word = found[index]
            if word.kind not in _SETTLED or word.low == "that" or word.low != word.text:
                self._settle(found, index, topic)
        return found

    def _read(self, found: list[Word], text: str, position: int, end: int, start: int, topic: Topic) -> None:
        """Adds the words of a stretch without numbers."""
        small = self._small
        is_joined = text.find("- ", position, end) >= 0 or text.find(" through ", position, end) >= 0
        for match in (_JOINED_TOKEN if is_joined else _TOKEN)(text, position, end):
            begin, stop = match.span()
            if begin < position:
                continue
            piece = match.group()
            kind = small.get(piece)
            if kind is not None and kind != "mark":
                found.append(Word(begin, stop, piece, piece, kind))
                continue
            if piece in _QUOTES:
                if piece in _OPENING and (title := _TITLED.match(text, begin, end)) is not None:
                    first, last = title.span("title")
                    found.append(Word(first, last, title["title"], title["title"].lower(), "name"))
                    position = title.end()
                continue
            if piece == "(" and (ticker := _TICKER.match(text, begin, end)) is not None:
                position = ticker.end()  # Lowe’s (LOW) stock
                continue
            if piece[-1] == "." and len(piece) > 1 and piece.count(".") == 1 and piece[:-1].lower() not in _ABBREVIATED:
                piece, stop = piece[:-1], stop - 1
            kind = small.get(piece)
            if kind is not None:
                found.append(Word(begin, stop, piece, piece, kind))
                continue
            low = piece.lower()
            kind = self._kind(piece, low, begin, text, start, topic)
            if low == piece and len(small) < _MAX_SMALL:
                small[piece] = kind
            found.append(Word(begin, stop, piece, low, kind))

    def _kind(self, piece: str, low: str, at: int, text: str, start: int, topic: Topic) -> str:
        """The class a word has by itself."""
        first = piece[0]
        if not (first.isalnum() or first == "&"):
            return "mark"
        if first.isdigit():
            return "digit" if _LATIN_DIGIT.match(piece) else "time" if low.endswith(("am", "pm")) else "noun"
        kind = self.kinds.get(low)
        if first.isupper() or (len(piece) > 1 and piece[1].isupper()):
            if kind == "time" or (kind in {"det", "pron", "prep", "conj", "aux", "rel"} and not piece.isupper()):
                return kind
            if at == start or text[max(0, at - 2) : at].strip() in {"“", '"', "⏎"}:
                return kind or self._first_kind(piece, low, topic)
            return kind or "noun" if low in self.not_names and piece != "US" else "name"
        if kind is not None:
            return kind
        if low in self.verbs.forms:
            return "verb"
        if low.endswith(("n't", "n’t")):
            return "aux"
        if low.endswith("ly") and len(low) > 4 and low.rpartition("-")[2] not in self.not_adverbs:
            return "adv"
        return "verb" if low.endswith("ed") and len(low) > 4 and "-" not in low else "noun"

    def _first_kind(self, piece: str, low: str, topic: Topic) -> str:
        """The class of a sentence's first word, which is capitalised in any case."""
        if low in self.not_names or self.heads.search(low) or low in self.instruments:
            return "noun"
        inside, small = topic.spelled()
        if piece not in inside:
            if low in self.verbs.forms or (low.endswith("ed") and len(low) > 4):
                return "verb"  # Priced at $599
            if "-" in low and low.rpartition("-")[2] == piece.rpartition("-")[2]:
                return "noun"  # Used-car prices, Berlin-based
        if low.endswith(POSSESSIVE):
            low, piece = low[:-2], piece[:-2]
        # A name: the article capitalises it inside sentences too, or never writes it small.
        if piece in inside or (low not in small and low not in self.common):
            return "name"
        return "adv" if low.endswith("ly") else "noun"

    def _settle(self, words: list[Word], index: int, topic: Topic) -> None:
        """Gives a word the class that its neighbours decide: the offer, sales rose, adjusted earnings, more than 5."""
        word = words[index]
        kind = word.kind
        if kind == "num":
            _hedge(words, index)
            return
        after = words[index + 1] if index + 1 < len(words) else None
        before = words[index - 1] if index else None
        if kind == "verb":
            is_name = before is None and after is not None and after.kind in {"aux", "verb"}
            kind = (
                "name" if is_name and word.low not in self.verbs.forms else self.verbs.class_of(words, index)
            )  # Orsted
        elif kind in {"name", "noun"} and word.text[0].isupper():
            is_verb_next = index + 2 < len(words) and words[index + 2].kind in {"aux", "verb"}
            kind = self._capital(word, before, after, topic, is_compound=is_verb_next)
        elif word.low == "that":
            kind = "det" if before is None and after is not None and after.kind in {"noun", "adj", "time"} else "rel"
        elif after is None:
            return
        elif word.low in _ORDINALS and word.text[0].isupper() and (before is not None or after.text[0].isupper()):
            kind = "name" if after.kind == "name" or after.low in _ORDINALS else kind  # Fifth Third, First Solar
        elif after.kind == "name" and (
            (before is None and word.text == "Will")
            or (word.low in self.connectors and before is not None and before.kind == "name")
        ):
            kind = "name"
        elif word.low in {"up", "down", "off"} and after.kind in {"num", "adv"}:
            if after.kind == "num" or (index + 2 < len(words) and words[index + 2].kind in {"num", "adv"}):
                kind = "verb"  # shares up 3%, down well over 60%
        elif (
            word.low == "past"
            and before is not None
            and before.kind in {"name", "noun"}
            and after.kind in {"name", "det"}
        ):
            kind = "prep"  # carried England past India's total
        elif kind == "adj" and word.low in self.amounts and after.kind in {"prep", "mark", "aux", "verb"}:
            is_headed = before is not None and (before.kind in {"det", "adj"} or before.text.endswith(POSSESSIVE))
            kind = "noun" if is_headed else kind  # its worldwide total
        elif kind == "time" and word.text[0].islower():
            if word.low == "may":
                kind = "aux"
            elif word.low == "march" or (word.low in {"half", "second"} and after.kind == "noun"):
                kind = "adj"
        elif (
            kind == "adv"
            and word.low == "back"
            and before is not None
            and before.kind == "noun"
            and after.kind == "det"
        ):
            kind = "verb"  # voters back the measure
        elif kind == "adv" and word.low in self.either and after.kind in {"noun", "adj"}:
            kind = "adj"
        if kind != word.kind:
            words[index] = word._replace(kind=kind)

    def _capital(self, word: Word, before: Word | None, after: Word | None, topic: Topic, *, is_compound: bool) -> str:
        """The class of a capitalised word beside its neighbours: Credit Suisse, Severe side effects, Recently, …"""
        if after is None:
            return word.kind
        if word.kind == "noun":
            if after.kind == "name" and after.start == word.end + 1 and word.low not in self.company_words:
                return "name"
            is_aside = after.text == "," and before is None and word.low not in self.instruments
            is_aside = is_aside and word.low not in self.common and not self.heads.search(word.low)
            return "adv" if is_aside else "noun"
        if before is None and after.text == "," and word.low.endswith("ly") and word.text not in self.places:
            return "adv"  # Separately,
        is_noun_next = after.kind in {"noun", "adj"} or (is_compound and after.low in self.verbs.noun_forms)
        is_first = before is None and is_noun_next and after.text[0].islower()
        is_plural = before is None and word.text[-1] == "s" and word.text[-2] not in "suia" and after.kind != "name"
        if (
            (is_first or is_plural)
            and not word.text.isupper()
            and word.text[-2] not in "'’"
            and topic.count(word.text) < 2
        ):
            return "noun"  # a name comes up again
        return "name"

    def may_name(self, name: str) -> bool:
        """Whether a capitalised word can be what an article is about: October and The are none."""
        low = name.lower()
        is_word = low in self.not_names or self.kinds.get(low) is not None
        return len(name) > 1 and name not in self.onlookers and (name in self.places or not is_word)

    def title_names(self, title: str) -> list[str]:
        """Candidates of a title for what the article is about, in order; who is credited is not."""
        names: list[str] = []
        credited = english_credits().between(title, 0, len(title))
        for match in _TITLE_NAME.finditer(title):
            name = match.group()
            if any(credit.start <= match.start() < credit.end for credit in credited if not credit.is_announcement):
                continue
            for tail in ("'s", "’s"):
                name = name.removesuffix(tail)
            words = name.split()
            while words and (words[0].lower() in self.not_names or self.verbs.forms.get(words[0].lower()) == "ing"):
                if words[0] == "US":
                    break
                words.pop(0)
            if words and self.kinds.get(words[0].lower()) is None:
                names += [" ".join(words), *(w for w in words if len(w) > 2 and self.kinds.get(w.lower()) is None)]
        return names


def _hedge(words: list[Word], index: int) -> None:
    """Makes mere qualifiers of the words in front of a number: no more than, up to, as much as, close to."""
    at = index - 1
    while at >= 0:
        low = words[at].low
        lead = words[at - 1].low if at else ""
        if low == "than" and lead in _COMPARED:
            width = 2 + (at > 1 and words[at - 2].low == "no")
        elif (low == "to" and lead in _CLOSE) or (low in {"least", "most"} and lead == "at"):
            width = 2
        elif low == "as" and lead in _SIZES and at > 1 and words[at - 2].low == "as":
            width = 3
        elif low in _HEDGES and words[at].kind != "verb":
            width = 1
        else:
            return
        for place in range(at - width + 1, at + 1):
            words[place] = words[place]._replace(kind="adv")
        at -= width
