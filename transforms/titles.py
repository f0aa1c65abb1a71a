"""Titles: comparing them, cutting the site's name off them, and choosing the whole one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_PIECES = 24  # of a title; a site's name is at its end
CONFIRMED = 0.4  # share of a heading's words that must stand in a title of the head

_LOOSE = re.compile(r"[\s\u200b\ufeff\"'“”‘’「」『』《》<>,.:;!?()\[\]，。：；！？（）、·…|_–—-]+")
_SEPARATOR = re.compile(
    r"\s*(?:\s[|–—·•»«:/\\<>~-]\s|[|_»｜丨]+|\s[-–—]{1,2}(?=\S)|--+|(?<=[\u3400-\u9fff”’』」》？！?!…])[-–—](?=\S)|\s::\s|\s@\s)\s*"
)


def squash(text: str) -> str:
    """The letters and digits of a title in lower case: what two spellings of it have in common."""
    return _LOOSE.sub("", text).casefold()


def match_titles(text: str, titles: Sequence[str], *, is_whole: bool = False) -> bool:
    """Whether `text` is one of the titles or a part of one, or (unless `is_whole`) begins with one."""
    own = squash(text)
    if len(own) < 2:
        return False
    for title in titles:
        other = squash(title)
        if own == other or (len(own) >= 6 and other.startswith(own)) or (len(own) >= 8 and own in other):
            return True
        if not is_whole and len(other) >= 8 and own.startswith(other):
            return True
    return False


def overlap(text: str, titles: Sequence[str]) -> float:
    """The share of the words of `text` (pairs of characters in Han text) that stand in the likest of `titles`.

    >>> overlap("Rates rise again", ["Rates rise | Example News"])
    0.6666666666666666
    """
    own = _words(text)
    if not own:
        return 0.0
    shares = (len(own & _words(title)) / len(own) for title in titles)
    return max(shares, default=0.0)


def _words(text: str) -> frozenset[str]:
    text = text.casefold()[:400]
    han = re.findall(r"[\u3040-\u9fff\uac00-\ud7a3]+", text)
    return frozenset(re.findall(r"[^\W_\u3040-\u9fff\uac00-\ud7a3]+", text)) | {
        run[i : i + 2] for run in han for i in range(max(1, len(run) - 1))
    }


def split_title(title: str) -> list[str]:
    """The pieces of a <title> at its separators.

    >>> split_title("姚明对周琦说了啥？周琦上下半场判若两人_网易新闻")
    ['姚明对周琦说了啥？周琦上下半场判若两人', '网易新闻']
    """
    return [piece for piece in _SEPARATOR.split(title.strip()) if piece.strip()]


def cut_site(title: str, sites: Sequence[str]) -> str:
    """The title without the site's name (and a section before it) at either end.

    >>> cut_site("Rates rise again | Business | Example News", ["Example News"])
    'Rates rise again'
    """
    pieces = list(_SEPARATOR.finditer(title))[-MAX_PIECES:]
    names = [squash(site) for site in sites if len(squash(site)) >= 2]
    for match in pieces:
        tail = [squash(piece) for piece in split_title(title[match.end() :])]
        if match.start() >= 2 and tail and any(_same_site(piece, names) for piece in tail):
            return title[: match.start()].strip()
    if pieces and len(pieces) < 6:
        head = squash(title[: pieces[0].start()])
        rest = title[pieces[0].end() :].strip()
        if _same_site(head, names) and 2 * len(rest) >= len(head):
            return rest
    return title.strip()


def is_site(text: str, sites: Sequence[str]) -> bool:
    """Whether a heading or a piece of a title is the site's name, perhaps with a word such as News beside it."""
    return _same_site(squash(text), [squash(site) for site in sites if len(squash(site)) >= 2])


def _same_site(piece: str, names: Sequence[str]) -> bool:
    for name in names:
        if piece == name:
            return True
        inside = len(name) >= 3 and (piece.startswith(name) or piece.endswith(name)) and len(piece) <= 3 * len(name) + 4
        if inside or (len(piece) >= 4 and name.startswith(piece)):
            return True
    return False
