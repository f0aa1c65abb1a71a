"""How an element's text is meant to look: bold, centred, its size, whether it is a caption (style, align, class)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from transforms.boilerplate import read_words
from transforms.tree import read_attributes

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+\d?")
_DECLARATION = re.compile(r"(font-weight|font-size|font|text-align|display)\s*:\s*([^;]*)", re.IGNORECASE)
_SIZE = re.compile(r"([\d.]{1,6})\s*(px|pt|r?em|%)", re.IGNORECASE)
_BOLD = re.compile(r"\b(?:bold|bolder|[6-9]00)\b", re.IGNORECASE)
_PIXELS = {"px": 1.0, "pt": 4 / 3, "em": 16.0, "rem": 16.0, "%": 0.16}  # of a 16 pixel page
_FONT_SIZES = {"4": 18.0, "5": 24.0, "6": 32.0, "7": 48.0, "+1": 18.0, "+2": 24.0, "+3": 32.0}  # <font size>


@dataclass(frozen=True, slots=True)
class Style:
    """What one element's own attributes say; None where they say nothing."""

    bold: bool | None = None
    centered: bool | None = None
    size: float | None = None  # pixels
    is_caption: bool = False
    is_skipped: bool = False  # hidden, or signs that are no text


PLAIN = Style()
_LOOKS = re.compile(r'\x20(?:cms-style|style|class|align|size)="[^"]')


@lru_cache(maxsize=8192)
def style_of(raw: str) -> Style:
    """The look that an element's attributes, as serialized, give."""
    if not _LOOKS.search(raw):
        return PLAIN
    get = read_attributes(raw).get
    # cms-style: what the editor of a large portal writes.
    return read_style(get("style", ""), f"{get('class', '')} {get('cms-style', '')}", get("align", ""), get("size", ""))


def read_style(style: str, classes: str, align: str = "", font_size: str = "") -> Style:
    """The look that `style`, `class`, `align` and a font's `size` give.

    >>> read_style("text-align: center; font-weight:700", "")
    Style(bold=True, centered=True, size=None, is_caption=False, is_skipped=False)
    """
    bold: bool | None = None
    centered: bool | None = True if align.lower() in ("center", "middle") else None
    size = _FONT_SIZES.get(font_size)
    skipped = False
    caption = False
    for name, value in _DECLARATION.findall(style[:2000]):
        name = name.lower()
        if name == "display":
            skipped = skipped or "none" in value.lower()
        elif name == "text-align":
            centered = "center" in value.lower()
        else:
            if name != "font-size":
                bold = bool(_BOLD.search(value))
            if name != "font-weight" and (found := _SIZE.search(value)) and found[1].count(".") < 2 and found[1] != ".":
                size = float(found[1]) * _PIXELS[found[2].lower()]
    if classes:
        words = _style_words()
        tokens = classes.lower().split()[:30]
        found_words = {word.lower() for word in _WORD.findall(classes[:300])}
        found_words.update(tokens)
        bold = True if bold is None and not found_words.isdisjoint(words["bold"]) else bold
        centered = True if centered is None and not found_words.isdisjoint(words["centered"]) else centered
        caption = not found_words.isdisjoint(words["caption"])
        skipped = skipped or not words["skip"].isdisjoint(tokens)
    if bold is None and centered is None and size is None and not caption and not skipped:
        return PLAIN
    return Style(bold, centered, size, caption, skipped)


@cache
def _style_words() -> dict[str, frozenset[str]]:
    return {key: frozenset(read_words("styles", key)) for key in ("bold", "centered", "caption", "skip")}
