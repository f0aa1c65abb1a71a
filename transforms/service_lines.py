"""Lines that a site sets among the text for its readers: print, send, next page, advertisement, counters."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from transforms.boilerplate import fold_label
from transforms.errors import LexiconError

MAX_CHARS = 160  # longer lines are the article's
_START_CHARS = 120
_PART_CHARS = 90
_PARTS = re.compile(r"\s*(?:[|｜/·•»›«]|\s[-–—]\s|】\s*【|\]\s*\[|\s{2,})\s*")
_PAGE_OF = re.compile(
    r"(?:(?:page|seite|pagina|página|strona|sida|страница)\s*)?\d{1,3}\s*(?:of|von|sur|van|из)\s*\d{1,3}"
)
_END_CHARS = 16
_SIGNS = "-–—*#=~·…_."


@dataclass(frozen=True, slots=True)
class _Lines:
    whole: frozenset[str]
    longest: int  # characters of a line that may be one of `whole`, signs around it included
    parts: frozenset[str]
    starts: tuple[str, ...]
    ends: frozenset[str]
    tails: tuple[str, ...]
    counter: re.Pattern[str]
    counted: re.Pattern[str]


@lru_cache(maxsize=4096)
def is_service_line(text: str) -> bool:
    """Whether a short line is the site's service and no text of the article.

    >>> is_service_line("Druckversion | Seitenanfang"), is_service_line("PUBBLICITA'")
    (True, True)
    >>> is_service_line("Print runs fell by a third")
    False
    """
    lines = _load()
    lower = text.lower()
    if len(text) <= _START_CHARS and lower.lstrip("([【（*> ").startswith(lines.starts):
        return True
    if len(text) <= lines.longest and (label := fold_label(lower)) in lines.whole:
        return True
    if len(text) <= _END_CHARS and label in lines.ends:
        return (text.isupper() and len(label) > 2) or (text[0] in _SIGNS and text[-1] in _SIGNS)
    if text[-1].isdigit() and (_PAGE_OF.fullmatch(lower) or lines.counted.fullmatch(lower)):
        return True
    if len(text) <= _PART_CHARS and _is_row(text, lines):
        return True
    return not text.isascii() and "。" not in text and lines.counter.match(text) is not None


def _is_row(text: str, lines: _Lines) -> bool:
    """Whether a line is made of service labels only, side by side."""
    parts = _PARTS.split(text)
    if len(parts) < 2:
        return False
    folded = [part for part in map(fold_label, parts) if part]
    return any(part in lines.whole for part in folded) and all(
        part in lines.whole or part in lines.parts for part in folded
    )


def cut_tail(text: str) -> str:
    """A paragraph without the words that a large portal adds at the end of an article's last one."""
    tails = _load().tails
    return next((text.removesuffix(tail).rstrip() for tail in tails if text.endswith(tail)), text)


@cache
def _load() -> _Lines:
    file = "service_lines.toml"
    data = tomllib.loads((resources.files("transforms") / "lexicons" / file).read_text(encoding="utf-8"))

    def words(section: str, key: str = "words") -> list[str]:
        found = data.get(section, {}).get(key)
        if not isinstance(found, list) or not all(isinstance(word, str) and word == word.lower() for word in found):
            raise LexiconError(file, f"{section}.{key}", "must be a list of words in lower case")
        return found

    counts = _any(words("counters", "zh"))
    sizes = _any(words("counters", "sizes"))
    heads = _any(words("counters", "heads"))
    count = rf"(?:{counts})(?:次数|人次)?\s*[：:]\s*[\[(（【]?\s*\d*\s*[\])）】]?\s*(?:次|人次)?"
    size = rf"(?:{sizes})\s*[：:]?\s*[\[【（(]?\s*(?:特?大|小|[+-])"
    whole = frozenset(fold_label(word) for language in data.get("lines", {}) for word in words("lines", language))
    return _Lines(
        whole=whole,
        longest=max(map(len, whole), default=0) + 6,
        parts=frozenset(fold_label(word) for word in words("parts")),
        starts=tuple(words("starts")),
        ends=frozenset(words("ends")),
        tails=tuple(words("tails")),
        counter=re.compile(
            rf"[\[【（(]?\s*(?:{count}\W*$|{size}|(?:(?:{heads})\s*[：:]|\d{{4}}\W).{{0,110}}(?:{count}|{size}))"
        ),
        counted=re.compile(rf"(?:{_any(words('counters', 'words'))})\s*:?\s*\d[\d.,\s]*"),
    )


def _any(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
