"""Chinese numbers that a page writes with spaces inside: 六 个 百 分点, 百 分之 一百二十点五."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from transforms.claims.numerals import parse_hanzi

if TYPE_CHECKING:
    from transforms.claims.lexicon import Lexicon

_SPACE = re.compile(" +")


class GapCloser:
    """Takes the spaces out of numbers, and maps places in the closed text back to the text as it is written."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.digits: dict[str, int] = lexicon.data["digits"]
        self.scales: dict[str, int] = lexicon.data["scales"]
        numeral = "[" + "".join(self.digits) + "".join(self.scales) + "]"
        digit = "[" + "".join(self.digits) + "]"
        # Most texts have no such space; this is all they pay.
        numerals = "".join(self.digits) + "".join(self.scales)
        self.has_gap = re.compile(rf"[{numerals}点之个分] +[{numerals}点之个分折成]").search
        self.spaced = re.compile(
            rf"""
            (?P<of>[百千万亿]\ *分\ *之\ *)?
            (?P<number>\d+(?:\.\d+)?|{numeral}(?:\ *{numeral})*(?:\ *点(?:\ *{digit})+)?)
            (?P<unit>(?:\ *个)?\ *百\ *分\ *点|\ *[折成])?
            """,
            re.VERBOSE,
        )

    def close(self, text: str) -> tuple[str, list[int] | None]:
        """The text without the spaces inside its numbers, and each character's place in `text`; None where equal.

        A space between two numerals alone may divide two numbers: it goes only where a unit of percent or a point
        shows that the numerals are one.
        """
        if " " not in text or self.has_gap(text) is None:
            return text, None
        gone: set[int] = set()
        for match in self.spaced.finditer(text):
            is_ratio = match["of"] is not None or match["unit"] is not None
            if (is_ratio or "点" in match["number"]) and " " in match.group() and self._is_one(match["number"]):
                gone |= {at for at in range(match.start(), match.end()) if text[at] == " "}
        if not gone:
            return text, None
        places = [at for at in range(len(text)) if at not in gone]
        return "".join(text[at] for at in places), [*places, len(text)]

    def _is_one(self, number: str) -> bool:
        closed = _SPACE.sub("", number)
        # 九九折: two digits are tenths and hundredths
        return closed[0].isascii() or len(closed) <= 2 or parse_hanzi(closed, self.digits, self.scales) is not None
