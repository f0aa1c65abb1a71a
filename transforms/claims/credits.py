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
    """Finds the credits of a sentence; a subclass holds a language's expressions in `between`."""

    def __init__(self) -> None:
        self._last: tuple[str, int, int, list[Credit]] = ("", -1, -1, [])

    def find(self, text: str, sentence: Sentence) -> list[Credit]:
        """Credits of a sentence in order."""
        last = self._last  # the topics ask again for the sentence that the sources were just read from
        if last[0] is text and last[1:3] == (sentence.start, sentence.end):
            return last[3]
        found = self.between(text, sentence.start, sentence.end)
        self._last = (text, sentence.start, sentence.end, found)
        return found

    def between(self, text: str, start: int, end: int) -> list[Credit]:
        """Credits of text[start:end] in order."""
        raise NotImplementedError
