"""A credited source, and what readers of both languages share in finding one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transforms.claims.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Credit:
    """A credited source and where its words begin and end."""

    start: int
    end: int
    name: str | None  # None: credited to nobody in particular (据了解), which ends an earlier credit
    is_speech: bool  # X表示: goes on through a quotation; else a publication
    is_closing: bool = False  # ……，X表示。: governs what stands before
    is_pronoun: bool = False  # 其, he: the last speaker
    is_announcement: bool = False  # X宣布: governs sentences after it only as long as they speak of X
    is_forecast: bool = False  # X预计: governs sentences after it as long as they look ahead
    is_outlet: bool = False  # 36氪获悉: governs the paragraph it opens
    since: int = 0  # a closing credit reaches back no further
    is_bare: bool = False  # 报告显示: the publisher named before, else the paper itself


class CreditFinder:
    """Finds the credits of a stretch of text; a subclass holds a language's expressions in `read`."""

    def __init__(self) -> None:
        self._text = ""
        # The topics ask again for a sentence that the sources were just read from, each number of a quotation for
        # what stands behind it.
        self._known: dict[tuple[int, int], list[Credit]] = {}

    def find(self, text: str, sentence: Sentence) -> list[Credit]:
        """Credits of a sentence in order."""
        return self.between(text, sentence.start, sentence.end)

    def between(self, text: str, start: int, end: int) -> list[Credit]:
        """Credits of text[start:end] in order."""
        if text is not self._text:
            self._text = text
            self._known.clear()
        found = self._known.get((start, end))
        if found is None:
            found = self._known[start, end] = self.read(text, start, end)
        return found

    def read(self, text: str, start: int, end: int) -> list[Credit]:
        """Credits of text[start:end] in order, read anew."""
        raise NotImplementedError
