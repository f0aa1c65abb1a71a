"""Who is credited with a number: how long a source that was named goes on to speak."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from transforms.claims.credits_en import english_credits
from transforms.claims.credits_zh import chinese_credits

if TYPE_CHECKING:
    from transforms.claims.credits import Credit
    from transforms.claims.sentences import Sentence

_GAP = 600  # of text without numbers in front of a sentence that is read for speakers
_SHORT_ARTICLE = 1500  # a source that opens one governs it to its end
_UNCARRIED = re.compile(r"截图|照片|图$|表$")


class CreditReader:
    """One article's sources: a credit goes on until the next one, the end of its paragraph or of its quotation."""

    def __init__(self) -> None:
        self.opening: str | None = None  # the outlet that opens a flash: from there to the end
        self.closing: str | None = None  # the outlet that closes it: the whole article
        self.carried: str | None = None
        self.last: str | None = None
        self._block = -1
        self._text = ""
        self._announced: str | None = None
        self._read_to = 0
        self._is_prepared = False
        self._is_short = False
        self._is_begun = False

    def prepare(self, texts: list[str]) -> None:
        """Looks for the outlet that closes the article."""
        self._is_prepared = True
        self._is_short = sum(map(len, texts)) < _SHORT_ARTICLE
        for text in texts[-3:]:
            match = chinese_credits().outlet.search(text)
            if match is not None and not chinese_credits().not_outlet.search(match["name"]):
                self.closing = match["name"].strip()

    def start_block(self, position: int) -> None:
        """A new paragraph: what was said in the one before no longer governs."""
        if position != self._block:
            self._block, self.carried, self._text = position, None, ""

    def read(self, text: str, sentence: Sentence, language: str) -> list[Credit]:
        """Credits of the sentence, and of what was passed over before it; afterwards comes `close`."""
        if not self._is_prepared:
            self.prepare([text])
        if text is not self._text:
            self._text, self._read_to = text, 0
        if language != "zh":
            return self._english(text, sentence)
        reader = chinese_credits()
        start = max(self._read_to, sentence.start - _GAP)
        passed: list[Credit] = []
        if start < sentence.start and (start == 0 or self._read_to < sentence.start - 8):
            passed = self._resolved(reader.between(text, start, sentence.start))
            self.close(passed)
        opening = reader.opening.match(text, sentence.start, sentence.end)
        if opening is not None:
            self.opening = opening["name"].strip()
        if self._announced is not None and self.carried == self._announced:
            here = text[sentence.start : sentence.end]
            if self._announced[:2] not in here and not any(word in here for word in ("公司", "其", "集团")):
                self.carried = None
        self._read_to = sentence.end
        found = self._resolved(reader.find(text, sentence))
        if not self._is_begun:
            self._is_begun = True
            papers = [c.name for c in (*passed, *found) if c.name and not c.is_speech]
            if self._is_short and papers and self.opening is None:
                self.opening = papers[0]
        return found

    def _english(self, text: str, sentence: Sentence) -> list[Credit]:
        start = max(self._read_to, sentence.start - _GAP)
        if self._read_to < sentence.start - 8:
            self.close(self._resolved(english_credits().between(text, start, sentence.start)))
        self._read_to = sentence.end
        found = self._resolved(english_credits().find(text, sentence))
        if not self._is_quoted(text, sentence):
            self.carried = None
        return found

    @staticmethod
    def _is_quoted(text: str, sentence: Sentence) -> bool:
        """Whether the sentence goes on with a quotation, or begins one."""
        if text[sentence.start : sentence.start + 1] in '“"':
            return True
        start = max(0, sentence.start - _GAP)
        opened = text.rfind("“", start, sentence.start)
        if opened >= 0:
            return text.find("”", opened, sentence.start) < 0
        return text.count('"', start, sentence.start) % 2 == 1

    def _resolved(self, credits_: list[Credit]) -> list[Credit]:
        """The credits with pronouns replaced by the last named speaker."""
        resolved = []
        for credit in credits_:
            if credit.is_pronoun:
                if self.last is None:
                    continue
                credit = replace(credit, name=self.last)
            elif credit.is_speech and credit.name:
                self.last = credit.name
            resolved.append(credit)
        return resolved

    def source_of(self, credits_: list[Credit], position: int) -> str | None:
        """The source credited with what stands at a position of the sentence."""
        before = [credit for credit in credits_ if credit.end <= position]
        if before:
            return before[-1].name or None
        closing = [credit for credit in credits_ if credit.start >= position and credit.is_closing]
        if closing:
            return closing[0].name
        return self.carried or self.opening or self.closing

    def close(self, credits_: list[Credit]) -> None:
        """Ends a sentence: its last source is carried on within the paragraph."""
        if credits_:
            last = credits_[-1].name
            self.carried = None if last and _UNCARRIED.search(last) else last
            self._announced = last if credits_[-1].is_announcement else None
