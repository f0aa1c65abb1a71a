"""The language of a text: by its script, and among those of one script by its commonest words."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from functools import cache
from importlib import resources

SAMPLE_CHARS = 4_000

_WORD = re.compile(r"[^\W\d_]+")
# One pattern for each script with a language of its own; first the ones that also write Han.
_SCRIPTS = (
    ("ja", re.compile(r"[\u3041-\u30fa]")),
    ("ko", re.compile(r"[\uac00-\ud7a3]")),
    ("zh", re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("cyrillic", re.compile(r"[\u0400-\u04ff]")),
)
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")


def detect_language(text: str) -> str | None:
    """The two-letter code of the language most of `text` is in, or None where it is too short to tell.

    >>> detect_language("国家统计局发布 GDP 数据"), detect_language("The results of the vote are in, and it is close.")
    ('zh', 'en')
    """
    text = text[:SAMPLE_CHARS]
    if text.isascii():
        return _by_words(text, "latin") if len(_LATIN.findall(text)) >= 12 else None
    counts = {name: len(pattern.findall(text)) for name, pattern in _SCRIPTS}
    latin = len(_LATIN.findall(text))
    han = counts["zh"]
    # Kana mark Japanese even among many Han; a Han character says as much as a few letters.
    if counts["ja"] > 5 and counts["ja"] * 5 > han:
        counts["ja"] += han
        counts["zh"] = 0
    script, most = max(counts.items(), key=lambda item: item[1])
    weight = 3 if script in {"zh", "ja", "ko"} else 1
    if most and most * weight >= latin and most >= 4:
        return _by_words(text, "cyrillic") or "ru" if script == "cyrillic" else script
    if latin < 12:
        return None
    return _by_words(text, "latin")


def primary_subtag(tag: str | None) -> str | None:
    """The language of a tag as pages write it: `zh-CN`, `en_US`, `中文`.

    >>> primary_subtag("ZH-cn"), primary_subtag("en_US"), primary_subtag("utf-8")
    ('zh', 'en', None)
    """
    if not tag:
        return None
    tag = tag.strip().lower()
    named = _words()["names"].get(tag)
    if named:
        return str(next(iter(named)))
    match = re.fullmatch(r"([a-z]{2,3})(?:[-_][a-z0-9]{2,8})*", tag)
    return match[1] if match and match[1] not in {"utf", "gb", "iso", "xx", "und", "cn", "tw"} else None


def _by_words(text: str, group: str) -> str | None:
    words = _WORD.findall(text.lower())
    languages = _languages_of(group)
    scores = Counter(language for word in words if word in languages for language in languages[word])
    if not scores:
        return None
    best, score = scores.most_common(1)[0]
    return best if score * 20 >= len(words) and score >= 2 else None


@cache
def _languages_of(group: str) -> dict[str, tuple[str, ...]]:
    """The languages that each common word of a group belongs to."""
    languages: dict[str, tuple[str, ...]] = {}
    for language, words in _words()[group].items():
        for word in words:
            languages[word] = (*languages.get(word, ()), language)
    return languages


@cache
def _words() -> dict[str, dict[str, frozenset[str]]]:
    table = tomllib.loads((resources.files("transforms") / "lexicons" / "languages.toml").read_text("utf-8"))
    return {
        group: {key: frozenset(words.split()) for key, words in languages.items()} for group, languages in table.items()
    }
