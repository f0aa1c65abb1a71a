"""Folding of text that changes characters and never their positions."""

from __future__ import annotations

import re

# Digits, letters and the signs that numbers need; full-width punctuation stays, it divides clauses.
_FULL_WIDTH = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_FULL_WIDTH |= {ord(full): ord(half) for full, half in zip("％．／＋－＄￡￥～", "%./+-$£¥~", strict=True)}
_SPACES = dict.fromkeys(
    map(ord, "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\N{FIGURE SPACE}\N{IDEOGRAPHIC SPACE}\t"),
    ord(" "),
)
_SIGNS = {
    ord("−"): ord("-"),
    ord("％"): ord("%"),
    ord("﹪"): ord("%"),
    ord("～"): ord("~"),
    ord("∼"): ord("~"),
    ord("’"): ord("'"),
}


class Folder:
    """Folds full-width forms, spaces, signs and a language's variant characters, one for one."""

    def __init__(self, variants: dict[str, str]) -> None:
        self._table: dict[int, int] = {
            **_FULL_WIDTH,
            **_SPACES,
            **_SIGNS,
            **{ord(a): ord(b) for a, b in variants.items()},
        }
        # Most texts hold none of these: one search is cheaper than a translation.
        self._any = re.compile("[" + re.escape("".join(map(chr, self._table))) + "]")

    def __call__(self, text: str) -> str:
        """The folded text, as long as the original.

        >>> Folder({"億": "亿"})("３．５億")
        '3.5亿'
        """
        return text.translate(self._table) if self._any.search(text) else text
