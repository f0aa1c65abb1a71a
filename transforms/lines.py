"""Lines of running text: pieces of inline text joined, and split where line breaks part paragraphs."""

from __future__ import annotations

import re
from typing import NamedTuple

_INVISIBLE = re.compile("[\N{ZERO WIDTH SPACE}\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}\N{SOFT HYPHEN}]")
_WORD = re.compile(r"\w")
# A raw newline after one of these, in text with no other structure, ends a paragraph.
_SENTENCE_END = re.compile(r"[。！？!?；;：:…”」』）)】]\s*$")
_BLANK_LINE = re.compile(r"\n[ \t\r\f\u00a0\u3000]*\n")
_CJK = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_GOES_ON = re.compile(r"[a-zà-öø-ÿ,;]")


class Piece(NamedTuple):
    """A stretch of text with one look; None among pieces is a line break."""

    text: str
    is_bold: bool = False
    size: float | None = None


class Line(NamedTuple):
    """One paragraph's text."""

    text: str
    is_bold: bool
    size: float | None


def clean_text(text: str) -> str:
    """Text with white space collapsed and invisible characters gone.

    >>> clean_text("  a\\u3000\\n b\\u200b ")
    'a b'
    """
    text = " ".join(text.split())
    if not text.isascii() and _INVISIBLE.search(text):
        text = " ".join(_INVISIBLE.sub("", text).split())
    return text


def join_pieces(pieces: list[Piece | None]) -> tuple[str, bool]:
    """The pieces as one line, breaks as spaces, and whether all its words are bold."""
    text = clean_text("".join(" " if piece is None else piece.text for piece in pieces))
    return text, _line(pieces).is_bold if text else False


def split_lines(pieces: list[Piece | None], *, has_raw_lines: bool) -> list[Line]:
    """The paragraphs of a stretch of inline content.

    `has_raw_lines`: the text stands loose in a box, so newlines of the source may be its only paragraph marks.
    """
    if has_raw_lines and None not in pieces:
        pieces = _break_raw_lines(pieces)
    if None not in pieces:
        line = _line(pieces)
        return [line] if line.text else []
    lines: list[Line] = []
    run: list[Piece | None] = []
    is_new = True
    for piece in [*pieces, None]:
        if piece is not None:
            run.append(piece)
            continue
        line = _line(run)
        run = []
        if not line.text:
            is_new = True
            continue
        if not is_new and lines and _goes_on(lines[-1], line):
            before = lines.pop()
            line = Line(f"{before.text} {line.text}", before.is_bold and line.is_bold, before.size)
        lines.append(line)
        is_new = False
    return lines


def _goes_on(before: Line, line: Line) -> bool:
    """Whether a single break only wraps a sentence: the next line starts in lower case."""
    return before.is_bold == line.is_bold and bool(_GOES_ON.match(line.text)) and before.text[-1] not in ".!?:;。"


def _line(pieces: list[Piece | None]) -> Line:
    if len(pieces) == 1 and (only := pieces[0]) is not None:
        return Line(clean_text(only.text), only.is_bold, only.size)
    texts: list[str] = []
    is_bold = True
    has_words = False
    size: float | None = None
    for piece in pieces:
        if piece is None:
            continue
        texts.append(piece.text)
        if _WORD.search(piece.text):
            is_bold = is_bold and piece.is_bold
            size = piece.size if not has_words else (size if size == piece.size else None)
            has_words = True
    return Line(clean_text("".join(texts)), is_bold and has_words, size)


def _break_raw_lines(pieces: list[Piece | None]) -> list[Piece | None]:
    out: list[Piece | None] = []
    for piece in pieces:
        if piece is None or "\n" not in piece.text.strip():
            out.append(piece)
            continue
        text = piece.text
        parts = _BLANK_LINE.split(text) if "\n" in text else [text]
        if _CJK.search(text):
            parts = [line for part in parts for line in _sentence_lines(part)]
        for i, part in enumerate(parts):
            if i:
                out.append(None)
            out.append(piece._replace(text=part))
    return out


def _sentence_lines(text: str) -> list[str]:
    """Lines joined until one ends a sentence.

    >>> _sentence_lines("甲。\\n乙\\n丙。")
    ['甲。', '乙\\n丙。']
    """
    out: list[str] = []
    for line in text.split("\n"):
        if out and not _SENTENCE_END.search(out[-1][-40:]):
            out[-1] += "\n" + line
        else:
            out.append(line)
    return out
