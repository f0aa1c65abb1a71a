"""Names of people and outlets: cleaning what pages write in an author's place, and telling one from the other."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from transforms.dates import month_names
from transforms.metadata_lexicon import load_metadata_lexicon

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_NAME_CHARS = 60
MAX_NAMES = 30

_HAN_RUN = re.compile(r"[\u3400-\u9fff·•‧]+")
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_DOTTED = re.compile(r"[\u3400-\u9fff]{2,6}[·•‧・][\u3400-\u9fff]{2,6}")
_SPLIT = re.compile(r"\s*(?:[;；、/／|｜\n\t]|\s(?i:and|und|et|och|og)\s|\s&\s|＆)\s*")
_COMMA = re.compile(r"\s*[,，]\s*(?:and\s+|und\s+|et\s+)?")
_EMPLOYEE = re.compile(r"_[A-Z]{1,4}\d*$|(?<=[\u3400-\u9fff])\s+[A-Z]{1,4}\d*$|\s*[（(][^（）()]*[）)]?\s*$")
_ADDRESS = re.compile(r"https?:|www\.|\S+@\S+\.\w|\.(?:com|org|net|html?)\b", re.IGNORECASE)
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}", re.IGNORECASE)
_NAME_SHAPE = re.compile(r"[^\W\d_][\w.'’-]*(?:\s[^\W\d_][\w.'’-]*)+")
# Words for "and" that are short enough to stand inside a name too: "Ortega y Gasset".
_SHORT_AND = re.compile(r"\s(?:y|e|i|en|ja|oraz|a|и|та)\s")
_LEADING_AND = re.compile(r"(?:and|und|et|y|e|i|en|ja|oraz|og|och|и)\s+|[,;/&]\s*", re.IGNORECASE)
_CONNECTOR = re.compile(r"\W*(?:and|und|et|y|e|og|och|with|by|von|par|por|di)?\W*", re.IGNORECASE)
_NOT_NAME = re.compile(r"\d{3,}|[!?！？。…:：{}<>=*#%$]|[^\W\d_]{3,}\.\s+\S+\s+\S+\s|^\W*$|^\d+\s?[a-zA-Z]{0,3}$")
_TRIM = ' \t\r\n\u00a0\u3000.,;:：；，。、|｜/-–—·•*_“”"「」『』【】[]()（）《》■●▲◆◎>'


def clean_names(value: str) -> tuple[str, ...]:
    """The names in an author field as written by a page, without words such as by, 记者 or a role; () where none is.

    >>> clean_names("By Jane Doe and John Roe, Staff Writer | Updated May 3")
    ('Jane Doe', 'John Roe')
    >>> clean_names("李哩哩 柠檬"), clean_names("杜硕_NB12556"), clean_names("https://example.org/u/7")
    (('李哩哩', '柠檬'), ('杜硕',), ())
    """
    lexicon = load_metadata_lexicon()
    value = re.sub(r"[\s\u00a0\u3000\u200b]+", " ", value[:2000]).strip(_TRIM.replace("(", "").replace("（", ""))
    if not value or _ADDRESS.search(value):
        return ()
    value = lexicon.by.sub("", value)
    end = lexicon.by_end.search(value)
    if end and end.start() > 1:
        value = value[: end.start()]
    names: list[str] = []
    for part in _split_short_and(_SPLIT.split(value)):
        for piece in _COMMA.split(part):
            for name in _split_han(piece):
                cleaned = clean_name(name)
                if cleaned and cleaned not in names:
                    names.append(cleaned)
    if len(names) > 1:
        names = _without_places(names, value)
    return tuple(names[:MAX_NAMES])


def _split_short_and(parts: list[str]) -> list[str]:
    """「Nuria Valverde y Joan Prat」 are two, for each has a name of two words."""
    found: list[str] = []
    for part in parts:
        pieces = _SHORT_AND.split(part)
        found += pieces if len(pieces) > 1 and all(" " in piece.strip() for piece in pieces) else [part]
    return found


def _without_places(names: list[str], value: str) -> list[str]:
    """The names without the place or paper that stands beside whole ones: "Jane Doe, London", "NewsNL/Jane Doe"."""
    if not any(" " in name for name in names):
        return names
    return [
        name
        for name in names
        if " " in name
        or has_han(name)
        or not re.search(rf"[,/|]\s*{re.escape(name)}\b|(?<!\w){re.escape(name)}\s*/", value)
    ]


def read_name_lines(lines: Sequence[str]) -> list[str]:
    """The names a byline element begins with, its text given piece by piece; what follows them is left.

    >>> read_name_lines(["By", "Aja Romano", "and", "John Roe", "@jroe", "Dec 10, 2016", "Jane Doe"])
    ['Aja Romano', 'John Roe']
    >>> read_name_lines(["Von", "Maja Petersen", "und Florian Kern, Holmsby"])
    ['Maja Petersen', 'Florian Kern']
    """
    names: list[str] = []
    goes_on = True
    for line in lines:
        if _CONNECTOR.fullmatch(line):
            goes_on = True
            continue
        if names and (joined := _LEADING_AND.match(line)):
            line, goes_on = line[joined.end() :], True
        if names and not goes_on:
            break
        found = clean_names(line)
        names += (name for name in found if name not in names)
        goes_on = not names or line.rstrip().endswith((",", "、", " and", " &", " und"))
    return names


def clean_name(name: str) -> str | None:
    """One name without its ornaments, or None if it cannot be one."""
    lexicon = load_metadata_lexicon()
    name = _EMPLOYEE.sub("", name.strip()).strip(_TRIM).lstrip("@")
    name = lexicon.name_titles.sub("", name).strip(_TRIM)
    name = lexicon.by.sub("", name).strip(_TRIM)
    low = name.lower()
    if not name or len(name) > MAX_NAME_CHARS or low in lexicon.no_names or low in lexicon.credentials:
        return None
    if (
        low in lexicon.agencies
        or low in lexicon.roles
        or _NOT_NAME.search(name)
        or not any(char.isalpha() for char in name)
    ):
        return None
    if lexicon.by.fullmatch(f"{name} ") or _HOST.fullmatch(name):
        return None
    if len(name) == 1 or len(name.split()) > 6 or lexicon.not_in_name.search(name):
        return None
    if all(word.strip(".,") in _calendar() for word in low.split()):
        return None
    return name


@cache
def _calendar() -> frozenset[str]:
    """Month names, and the words that stand with a date."""
    return frozenset(month_names()) | load_metadata_lexicon().date_words


def _split_han(piece: str) -> list[str]:
    """「李哩哩 柠檬」 are two names, 「王 崭」 is one, and a Latin name keeps its spaces."""
    words = piece.split()
    if len(words) < 2 or not all(_HAN_RUN.fullmatch(word) for word in words):
        return [piece]
    if all(len(word) == 1 for word in words):
        return ["".join(words)]
    joined: list[str] = []
    for word in words:
        if joined and len(word) == 1 and len(joined[-1]) == 1:
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def is_chinese_name(name: str) -> bool:
    """Whether this looks like the name of a person: two or three characters after a known surname, or a dot.

    >>> [is_chinese_name(name) for name in ("李楠", "证券时报", "欧阳娜娜", "古丽·买买提")]
    [True, False, True, True]
    """
    lexicon = load_metadata_lexicon()
    if _DOTTED.fullmatch(name):
        return True
    if not re.fullmatch(r"[\u3400-\u9fff]{2,4}", name) or is_outlet(name):
        return False
    if len(name) == 4:
        return name[:2] in lexicon.compound_surnames
    return name[0] in lexicon.surnames


def is_latin_name(name: str) -> bool:
    """Whether this has the shape of a person's name in Latin letters: two to five words, nearly all capitalised."""
    words = name.split()
    if not 2 <= len(words) <= 5 or len(name) > 50 or not _NAME_SHAPE.fullmatch(name) or clean_name(name) is None:
        return False
    capitals = sum(word[0].isupper() for word in words)
    return words[0][0].isupper() and words[-1][0].isupper() and capitals + 2 >= len(words) and not name.isupper()


def is_person_name(name: str) -> bool:
    """Whether this has the shape of a person's name, in Latin letters or in Han."""
    return is_latin_name(name) or is_chinese_name(name)


def is_outlet(name: str) -> bool:
    """Whether this names a newspaper, agency, site or institution rather than a person."""
    lexicon = load_metadata_lexicon()
    squashed = re.sub(r"\s", "", name).lower()
    if squashed in lexicon.outlets:
        return True
    return len(squashed) > 2 and squashed.endswith(lexicon.outlet_ends)


def is_agency(name: str) -> bool:
    """Whether this is a news agency's name or sign."""
    return name.strip().lower() in load_metadata_lexicon().agencies


def is_organisation(name: str) -> bool:
    """Whether a word in this says that it is an office, company or association."""
    return bool(load_metadata_lexicon().organisation.search(name))


def is_desk(name: str, *, only_collective: bool = False) -> bool:
    """Whether this stands for all of a newsroom: Staff, Contributors; unless `only_collective`, Redaktion too.

    >>> is_desk("Online-Redaktion"), is_desk("AOL Staff", only_collective=True), is_desk("Jane Doe")
    (True, True, False)
    """
    lexicon = load_metadata_lexicon()
    return bool((lexicon.collective if only_collective else lexicon.desk).search(name))


def has_han(text: str) -> bool:
    """Whether Chinese characters or kana stand in this: there a name is one word."""
    return bool(_EAST_ASIAN.search(text))
