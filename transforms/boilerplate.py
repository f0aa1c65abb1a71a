"""What ids, classes and short labels say about an element: article, boilerplate or nothing (lexicon data)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any, NamedTuple

from transforms.errors import LexiconError

KEEP, DOUBT, DROP = 0, 1, 2
NO_BODY, WEAK_BODY, NAMED_BODY = 0, 1, 2

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_MAX_ID_WORDS = 3
_PLAIN_WORD = re.compile(r"[a-z]+")
_LABEL_TAIL = re.compile(r"[\s:：…>»›→.。!！?？|()（）\[\]【】\d+#\-–—·•▼▲►▶◀↑↓^«‹*]+")


@dataclass(frozen=True, slots=True)
class Names:
    """The lexicon of names, ready to match."""

    drop_words: frozenset[str]
    doubt_words: frozenset[str]
    drop_part: re.Pattern[str]
    doubt_part: re.Pattern[str]
    keep_prefixes: tuple[str, ...]
    lead_words: frozenset[str]
    lead_part: re.Pattern[str]
    related_labels: frozenset[str]
    comment_labels: frozenset[str]
    comment_starts: tuple[str, ...]  # those long enough to be known by their beginning
    back_matter: frozenset[str]
    endings: tuple[str, ...]
    post_ids: frozenset[str]  # of posts in forums, a number behind
    body_ids: dict[str, int]
    body_classes: dict[str, int]


@dataclass(frozen=True, slots=True)
class Role:
    """What an element's names say: `drop` is KEEP, DOUBT or DROP, `body` NO_BODY, WEAK_BODY or NAMED_BODY."""

    drop: int
    body: int
    is_head: bool = False  # named as a header, which may hold the standfirst
    is_lead: bool = False  # named as a standfirst
    kind: str = ""  # first class, the same for elements of one kind
    is_post: bool = False  # a post of a forum's thread


_PLAIN = Role(KEEP, NO_BODY)


@cache
def load_names() -> Names:
    """The names of boilerplate.toml and sites.toml; read once."""
    words = _read("boilerplate.toml")
    sites = _read("sites.toml")
    ids: dict[str, int] = {}
    classes: dict[str, int] = {}
    for section, rank in (("weak", WEAK_BODY), ("families", NAMED_BODY), ("portals", NAMED_BODY)):
        ids.update((name, rank) for name in _strings(sites, "sites.toml", section, "ids"))
        classes.update((name, rank) for name in _strings(sites, "sites.toml", section, "classes"))
    classes.update((name, NAMED_BODY) for name in _strings(sites, "sites.toml", "markup", "classes"))
    file = "boilerplate.toml"
    comments = [fold_label(label) for label in _strings(words, file, "labels", "comments")]
    return Names(
        drop_words=frozenset(_strings(words, file, "drop", "words")),
        doubt_words=frozenset(_strings(words, file, "doubt", "words")),
        drop_part=_alternation(_strings(words, file, "drop", "parts")),
        doubt_part=_alternation(_strings(words, file, "doubt", "parts")),
        keep_prefixes=tuple(_strings(words, file, "keep", "prefixes")),
        lead_words=frozenset(_strings(words, file, "lead", "words")),
        lead_part=_alternation(_strings(words, file, "lead", "parts")),
        comment_labels=frozenset(comments),
        comment_starts=tuple(label for label in comments if len(label) >= 14),
        back_matter=frozenset(_strings(words, file, "labels", "back_matter")),
        endings=tuple(_strings(words, file, "labels", "endings")),
        related_labels=frozenset(fold_label(label) for label in _strings(words, file, "labels", "related")),
        post_ids=frozenset(_strings(sites, "sites.toml", "threads", "ids")),
        body_ids=ids,
        body_classes=classes,
    )


def read_role(id_: str, classes: str) -> Role:
    """The role of an element with this id and class attribute.

    >>> read_role("", "related-posts").drop == DROP, read_role("", "post-meta").drop == DOUBT
    (True, True)
    >>> read_role("js_content", "").body == NAMED_BODY
    True
    """
    role = _read_classes(classes) if classes else _PLAIN
    if not id_:
        return role
    if id_[-1].isdigit() and id_.lower().rstrip("0123456789") in load_names().post_ids:
        return Role(KEEP, NAMED_BODY, kind=role.kind, is_post=True)
    name = _read_token(id_[:200])
    # An id of many words is an anchor named after a heading, "sharing-with-several-developers".
    is_name = name.words <= _MAX_ID_WORDS
    if name.id_body <= role.body and not (is_name and (name.drop > role.drop or name.is_head or name.is_lead)):
        return role
    return Role(
        max(role.drop, name.drop) if is_name else role.drop,
        max(role.body, name.id_body),
        role.is_head or (is_name and name.is_head),
        role.is_lead or (is_name and name.is_lead),
        role.kind,
    )


@lru_cache(maxsize=8192)
def _read_classes(classes: str) -> Role:
    tokens = classes.split()[:30]
    if not tokens:
        return _PLAIN
    names = [_read_token(token[:200]) for token in tokens]
    return Role(
        max(name.drop for name in names),
        max(name.class_body for name in names),
        any(name.is_head for name in names),
        any(name.is_lead for name in names),
        tokens[0],
    )


class _Token(NamedTuple):
    """What one name says by itself."""

    drop: int
    words: int
    id_body: int
    class_body: int
    is_head: bool
    is_lead: bool


@lru_cache(maxsize=16384)
def _read_token(token: str) -> _Token:
    names = load_names()
    lower = token.lower()
    bodies = names.body_ids.get(lower, NO_BODY), names.body_classes.get(lower, NO_BODY)
    if lower.startswith(names.keep_prefixes):
        return _Token(KEEP, 0, *bodies, is_head=False, is_lead=False)
    # "page--with-sidebar" has a sidebar and is none.
    start, dashes, look = token.partition("--")
    base = start if dashes and start and "sidebar" in look.lower() else token
    lower = base.lower()
    words = _PLAIN_WORD.findall(lower)
    found = set(words)
    if lower != base:
        # Short pieces of camel case are mostly parts of generated names ("hJpRRP").
        found.update(word.lower() for word in _WORD.findall(base) if len(word) > 3)
    drop = KEEP
    if not found.isdisjoint(names.drop_words) or names.drop_part.search(lower):
        drop = DROP
    elif not found.isdisjoint(names.doubt_words) or names.doubt_part.search(lower):
        drop = DOUBT
    is_lead = not found.isdisjoint(names.lead_words) or names.lead_part.search(lower) is not None
    return _Token(drop, len(words), *bodies, is_head="header" in found, is_lead=is_lead)


def read_words(section: str, key: str) -> list[str]:
    """One list of words of boilerplate.toml."""
    return _strings(_read("boilerplate.toml"), "boilerplate.toml", section, key)


def fold_label(text: str) -> str:
    """A label without the colon, count or bracket around it, for comparison.

    >>> fold_label("相关阅读："), fold_label("Related Articles (3)")
    ('相关阅读', 'related articles')
    """
    lower = " ".join(text.lower().replace("’", "'").split())
    return _strip_ends(lower)


def is_related_label(text: str) -> bool:
    """Whether a short text opens links or boxes that are not the article."""
    if len(text) > 48:
        return False
    names = load_names()
    label = fold_label(text)
    return label in names.related_labels or label in names.comment_labels or label.startswith(names.comment_starts)


def is_comment_label(text: str) -> bool:
    """Whether a short text opens readers' comments."""
    if len(text) > 48:
        return False
    names = load_names()
    label = fold_label(text)
    return label in names.comment_labels or label.startswith(names.comment_starts)


def is_back_matter(text: str) -> bool:
    """Whether a heading opens the notes after a scholarly paper."""
    return len(text) <= 48 and fold_label(text) in load_names().back_matter


def is_ending(text: str) -> bool:
    """Whether a last paragraph is a notice of the site and no more article."""
    return text[:60].lower().lstrip(" *[（(").startswith(load_names().endings)


def _strip_ends(text: str) -> str:
    start = _LABEL_TAIL.match(text)
    text = text[start.end() :] if start else text
    while text and (last := _LABEL_TAIL.match(text[-1])) and last.end():
        text = text[:-1]
    return text


@cache
def _read(file: str) -> dict[str, Any]:
    data = (resources.files("transforms") / "lexicons" / file).read_text(encoding="utf-8")
    try:
        return tomllib.loads(data)
    except tomllib.TOMLDecodeError as error:
        raise LexiconError(file, "", str(error)) from error


def _strings(data: dict[str, Any], file: str, section: str, key: str) -> list[str]:
    value = data.get(section, {}).get(key)
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise LexiconError(file, f"{section}.{key}", "must be a list of words")
    if any(item != item.lower() for item in value):
        raise LexiconError(file, f"{section}.{key}", "names are written in lower case")
    return value


def _alternation(parts: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(part) for part in sorted(parts, key=len, reverse=True)))
