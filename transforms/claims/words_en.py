"""English sentences as words with classes: names, nouns, verbs, and what merely joins them."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from transforms.claims.lexicon import load_lexicon, read_lexicon
from transforms.claims.phrases import phrase_pattern

if TYPE_CHECKING:
    from transforms.claims.sentences import Sentence
    from transforms.claims.topics import Topic

_TOKEN = re.compile(r"[A-Za-z&][\w’'&/-]*(?:\.(?=[A-Za-z]\.|[a-z])[\w’'&-]+)*\.?|\d(?:[\w.,-]*\w)?|[^\w\s]")
POSSESSIVE = ("'s", "’s", "s'", "s’")
_LATIN_DIGIT = re.compile(r"^\d[\d.,]*$")


class Word(NamedTuple):
    """A token of a sentence and what class its word is of."""

    start: int
    end: int
    text: str
    kind: str  # noun (any word unknown), name, verb, aux, prep, conj, det, pron, adv, num, mark


class EnglishWords:
    """The word classes of the English lexicon, and a tokenizer over them."""

    def __init__(self) -> None:
        data, words_of = load_lexicon("en").data, read_lexicon("topics_en.toml")
        metrics = words_of["metrics"]
        self.heads = re.compile(rf"(?<![a-z-]){phrase_pattern(metrics['heads'])}$")
        self.common = frozenset(words_of["not_names"]["common"])
        self.empty_heads = frozenset(metrics["empty"])
        self.instruments = frozenset(metrics["instruments"])
        self.people = frozenset(metrics["people"])
        self.level_verbs = frozenset(metrics["level_verbs"])
        change = {word for forms in data["change"].values() for word in (*forms["verbs"], *forms.get("to", ()))}
        classes = words_of["classes"]
        self.kinds: dict[str, str] = {}
        for kind in ("verb", "adv", "conj", "prep", "det", "pron", "aux"):
            for word in classes[kind]:
                self.kinds[word] = kind
        for word in change:
            if (
                " " not in word
                and word not in metrics["heads"]
                and word not in {"up", "down", "high", "higher", "lower", "more", "less"}
            ):
                self.kinds.setdefault(word, "verb")
        for word in data["phrase_ends"]["words"]:
            self.kinds.setdefault(word, "adv")
        self.change_verbs = frozenset(change) | {"up", "down", "off"}
        self.not_names = frozenset(words_of["not_names"]["words"])
        self.pronouns = frozenset(words_of["subjects"]["pronouns"])
        self.company_words = frozenset(words_of["subjects"]["company_words"])
        self.name_words = frozenset(
            {"of", "and", "de", "dei", "di", "da", "del", "la", "le", "van", "von", "for", "the"}
        )
        self.speech = frozenset(words_of["attribution"]["speech"])
        self.saying = frozenset(words_of["attribution"]["verbs"])
        self._read: tuple[str, Sentence | None, Topic | None, list[Word], list[int]] = ("", None, None, [], [])
        self.connectors = frozenset({"dei", "di", "de", "da", "del", "la", "von", "van", "der", "den"})

    def words(self, text: str, start: int, end: int, sentence: Sentence, topic: Topic) -> list[Word]:
        """Tokens of text[start:end] with their classes; numbers of the sentence are one token each."""
        read = self._read
        if read[0] is not text or read[1] is not sentence or read[2] is not topic:
            # A sentence is read for each of its numbers: its tokens are looked up once.
            tokens = self._tokens(text, sentence.start, sentence.end, sentence, topic)
            read = self._read = (text, sentence, topic, tokens, [word.start for word in tokens])
        tokens, starts = read[3:]
        low, high = bisect_left(starts, start), bisect_left(starts, end)
        if high > low and tokens[high - 1].end > end:
            high -= 1
        return self._settled(tokens[low:high])

    def _tokens(self, text: str, start: int, end: int, sentence: Sentence, topic: Topic) -> list[Word]:
        found: list[Word] = []
        numbers = sentence.mentions
        at = bisect_left([m.end for m in numbers], start + 1) if numbers else 0
        position = start
        while True:
            match = _TOKEN.search(text, position, end)
            if match is None:
                return found
            while at < len(numbers) and numbers[at].end <= match.start():
                at += 1
            if at < len(numbers) and numbers[at].start <= match.start():
                number = numbers[at]
                stop = min(number.end, end)
                found.append(Word(match.start(), stop, text[match.start() : stop], "num"))
                position = max(stop, match.end() if stop <= match.start() else stop)
                continue
            token = match.group()
            stop = match.end()
            if (
                len(token) > 1
                and token.endswith(".")
                and token.count(".") == 1
                and token.rstrip(".").lower() not in {"inc", "corp", "co", "ltd", "mr", "ms", "st", "no"}
            ):
                token, stop = token[:-1], stop - 1
            found.append(Word(match.start(), stop, token, self._kind(token, match.start(), text, sentence, topic)))
            position = stop if stop > match.start() else match.end()

    def _settled(self, words: list[Word]) -> list[Word]:
        """The words with classes that their neighbours decide: the offer, purchases of; Credit Suisse; Recently, …"""
        last = len(words) - 1
        for index, word in enumerate(words):
            after = words[index + 1] if index < last else None
            before = words[index - 1] if index else None
            kind = word.kind
            low = word.text
            if kind == "verb" and not low.endswith(("ed", "ing")):
                if (before is not None and (before.kind == "det" or before.text.endswith(POSSESSIVE))) or (
                    after is not None and after.text == "of"
                ):
                    kind = "noun"
            elif kind == "noun" and low[:1].isupper():
                if after is not None and after.kind == "name" and after.start == word.end + 1:
                    kind = "name"
                elif after is not None and after.text == "," and (before is None or before.text in '“"'):
                    kind = "adv"
            elif low in self.connectors and before is not None and before.kind == "name" and after is not None:
                kind = "name" if after.kind == "name" else kind
            if kind != word.kind:
                words[index] = Word(word.start, word.end, word.text, kind)
        return words

    def _kind(self, token: str, start: int, text: str, sentence: Sentence, topic: Topic) -> str:
        if not (token[0].isalnum() or token[0] == "&"):
            return "mark"
        if token[0].isdigit():
            return "digit" if _LATIN_DIGIT.match(token) else "noun"
        low = token.lower()
        kind = self.kinds.get(low)
        if token[0].isupper() or (len(token) > 1 and token[1].isupper()):
            if kind in {"det", "pron", "prep", "conj", "aux"} and not token.isupper():
                return kind
            if start == sentence.start or text[max(0, start - 2) : start].strip() in {"“", '"', "⏎"}:
                if kind is not None:
                    return kind
                if self.heads.search(low) or low in self.instruments:
                    return "noun"
                inside, _ = topic.spelled()
                if low.endswith("ed") and len(low) > 4 and token not in inside:
                    return "verb"  # Priced at $599
                if "-" in low and low.rpartition("-")[2] == token.rpartition("-")[2] and token not in inside:
                    return "noun"  # Used-car prices, Berlin-based
                if low in self.not_names or not self._is_capital_elsewhere(token, topic):
                    return "adv" if low.endswith("ly") or low in self.not_names else "noun"
            if low in self.not_names:
                return kind or "noun"
            return "name"
        if kind is not None:
            return kind
        if low.endswith("ly") and len(low) > 4:
            return "adv"
        if low.endswith("ed") and len(low) > 4 and "-" not in low:
            return "verb"
        return "noun"

    def _is_capital_elsewhere(self, token: str, topic: Topic) -> bool:
        """Whether a word at a sentence's start is a name: the article capitalises it, and never writes it small."""
        inside, small = topic.spelled()
        return token in inside or (token.lower() not in small and token.lower() not in self.common)

    def title_names(self, title: str) -> list[str]:
        """Candidates of a title for what the article is about, in order."""
        names = []
        for match in re.finditer(r"[A-Z][\w&.’'-]*(?:\s(?:[A-Z][\w&.-]*|&|\d+))*", title):
            name = match.group()
            for tail in ("'s", "’s"):
                name = name.removesuffix(tail)
            words = name.split()
            while words and words[0].lower() in self.not_names:
                words.pop(0)
            if words and self.kinds.get(words[0].lower()) is None:
                names += [" ".join(words), *(w for w in words if len(w) > 2 and self.kinds.get(w.lower()) is None)]
        return names
