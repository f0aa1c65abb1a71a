"""The words and orders of trust of `lexicons/metadata.toml`, loaded once, with the patterns derived from them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import tomli

from transforms.errors import LexiconError

if TYPE_CHECKING:
    from collections.abc import Sequence

FILE = "metadata.toml"


@dataclass(frozen=True, slots=True)
class MetadataLexicon:
    """What `metadata.toml` says, in the shape the code asks for."""

    trust: dict[str, dict[str, int]]  # field → rule → rank, 0 is most trusted
    front_matter: dict[str, str]  # key in lower case → field
    meta: dict[str, tuple[str, str]]  # meta name in lower case → (rule, field)
    labels: dict[str, str]  # visible label → field, or "other"
    label: re.Pattern[str]  # a label with its colon, slash or bar
    label_word: re.Pattern[str]  # a word without which no line holds a credit
    date_label: re.Pattern[str]
    date_suffixes: dict[str, str]  # word behind a date → field
    date_suffix: re.Pattern[str]
    others_date: re.Pattern[str]  # what stands before the date of another article
    by: re.Pattern[str]  # the word a Western byline opens with
    by_end: re.Pattern[str]  # where its names end
    by_far: re.Pattern[str]  # what opens one far from the title
    edited: re.Pattern[str]
    edited_word: re.Pattern[str]
    edited_marks: tuple[str, ...]  # no line names an editor without one of these
    source_label: re.Pattern[str]
    reporter: re.Pattern[str]
    reported: tuple[str, ...]
    dateline: tuple[str, ...]
    rights_marks: re.Pattern[str]
    no_names: frozenset[str]
    not_in_name: re.Pattern[str]  # words that no name contains
    date_words: frozenset[str]
    outlet_ends: tuple[str, ...]
    outlets: frozenset[str]
    name_titles: re.Pattern[str]
    credentials: frozenset[str]
    agencies: frozenset[str]
    organisation: re.Pattern[str]
    desk: re.Pattern[str]
    collective: re.Pattern[str]
    roles: frozenset[str]
    surnames: frozenset[str]
    compound_surnames: frozenset[str]
    sites: dict[str, str]
    site_aliases: dict[str, str]
    platforms: tuple[str, ...]  # parts of addresses
    platform_names: frozenset[str]
    zones: dict[str, str]
    page_types: dict[str, str]  # what pages call themselves in lower case → the kind of page
    relative: dict[str, frozenset[str]]  # words that tell a date from the day of reading, by what they say


def fold_label(label: str) -> str:
    """A visible label as a key of `MetadataLexicon.labels`: without blanks, in lower case."""
    return re.sub(r"\s", "", label).lower()


def alternation(words: Sequence[str]) -> str:
    """A pattern for any of `words`, longest first; a blank in a word is any white space or none."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace(r"\ ", r"\s*" if not word.isascii() else r"\s+") for word in ordered)


@cache
def load_metadata_lexicon() -> MetadataLexicon:
    """The lexicon; LexiconError names what is wrong in it."""
    table = tomli.loads((resources.files("transforms") / "lexicons" / FILE).read_text("utf-8"))
    meta: dict[str, tuple[str, str]] = {}
    for rule, entry in _section(table, "meta").items():
        for name in _words(entry, f"meta.{rule}", "names"):
            if name in meta:
                raise LexiconError(FILE, f"meta.{rule}", f"{name!r} is also read by {meta[name][0]}")
            meta[name] = (rule, entry["field"])
    labels: dict[str, str] = {}
    for field, words in _section(table, "labels").items():
        for word in words:
            if labels.get(word, field) != field:
                raise LexiconError(FILE, f"labels.{field}", f"{word!r} is also a label of {labels[word]}")
            labels[word] = field
    trust = {
        field: {rule: rank for rank, rule in enumerate(rules)} for field, rules in _section(table, "trust").items()
    }
    for rule, (_, field) in ((rule, value) for rule, value in meta.items()):
        if field not in trust:
            raise LexiconError(FILE, f"meta.{rule}", f"field {field!r} has no order of trust")
    bylines, names, dated_by = (_section(table, key) for key in ("bylines", "names", "date_suffixes"))
    suffixes = {word: field for field in ("published_at", "modified_at") for word in dated_by[field]}
    dated = [word for word, field in labels.items() if field in {"published_at", "modified_at"}]
    han = [word for word in labels if re.search(r"[\u3400-\u9fff]", word) or word not in dated]
    return MetadataLexicon(
        trust=trust,
        front_matter={key: field for field, keys in _section(table, "front_matter").items() for key in keys},
        meta=meta,
        labels={fold_label(word): field for word, field in labels.items()},
        label=re.compile(
            rf"(?<!\w)(?P<label>(?:{alternation(han)}|\w{{1,8}}(?:记者|記者|编辑)))\s*(?P<mark>[：:／/|｜丨])\s*",
            re.IGNORECASE,
        ),
        label_word=re.compile(
            r"作\s?者|文|编\s?[辑审]|編輯|来\s?源|來源|记者|記者|责编|公号|公众号|撰|采写|稿|主编|出处|转自|执笔|主笔"
        ),
        date_label=re.compile(rf"(?<!\w)(?P<label>{alternation(dated)})\s*[：:]?\s*", re.IGNORECASE),
        date_suffixes=suffixes,
        date_suffix=re.compile(rf"\s{{0,2}}(?P<suffix>{alternation(list(suffixes))})(?!\s*[:：时時于於日者])"),
        others_date=re.compile(rf"(?:{alternation(_words(dated_by, 'date_suffixes', 'others'))})\s*$"),
        by=re.compile(
            rf"^\W{{0,3}}(?:(?:{alternation(_words(bylines, 'bylines', 'by'))})(?:\s*[:|]\s*|\s+)"
            rf"|(?:{alternation(_words(bylines, 'bylines', 'by_colon'))})\s*[:|]\s*)",
            re.IGNORECASE,
        ),
        by_end=re.compile(
            rf"\s*(?:[|•–—\n\t(\[@]|·(?![\u3400-\u9fff])|\s-\s"
            rf"|,?\s+(?:{alternation(_words(bylines, 'bylines', 'ends'))})\b"
            rf"|,?\s+(?:{alternation(_words(bylines, 'bylines', 'ends_before_date'))})\s+(?:\w+\s+)?(?=\d)|,?\s*\d)",
            re.IGNORECASE,
        ),
        reporter=re.compile(rf"\s*(?:{alternation(_words(bylines, 'bylines', 'reporter'))})\s*[:：|｜]?\s*"),
        reported=tuple(_words(bylines, "bylines", "reported")),
        dateline=tuple(_words(bylines, "bylines", "dateline")),
        rights_marks=re.compile(alternation(_words(_section(table, "rights"), "rights", "marks")), re.IGNORECASE),
        edited=re.compile(
            rf"(?:{alternation(_words(bylines, 'bylines', 'edited'))})(?:\s*:\s*|\s+)"
            rf"|(?:{alternation(_words(bylines, 'bylines', 'edited_colon'))})\s*:\s*",
            re.IGNORECASE,
        ),
        edited_word=re.compile("|".join(re.escape(word) for word in _words(bylines, "bylines", "edited_marks"))),
        edited_marks=tuple(_words(bylines, "bylines", "edited_marks")),
        by_far=re.compile(rf"^(?:{alternation(_words(bylines, 'bylines', 'by_far'))})(?!\w)\s*:?", re.IGNORECASE),
        source_label=re.compile(
            rf"^\W{{0,2}}(?:{alternation(_words(bylines, 'bylines', 'source'))})\s*:\s*", re.IGNORECASE
        ),
        no_names=frozenset(word.lower() for word in _words(names, "names", "none")),
        not_in_name=re.compile(
            rf"{alternation(_words(names, 'names', 'never_han'))}"
            rf"|\b(?:{alternation(_words(names, 'names', 'never'))})\b",
            re.IGNORECASE,
        ),
        date_words=frozenset(_words(names, "names", "date_words")),
        outlet_ends=tuple(_words(names, "names", "outlet_ends")),
        outlets=frozenset(re.sub(r"\s", "", word).lower() for word in _words(names, "names", "outlets")),
        name_titles=re.compile(rf"^(?:{alternation(_words(names, 'names', 'titles'))})[\s:：]*"),
        credentials=frozenset(_words(names, "names", "credentials")),
        agencies=frozenset(word.lower() for word in _words(names, "names", "agencies")),
        organisation=re.compile(
            rf"\b(?:{alternation(_words(names, 'names', 'organisations'))})\b"
            rf"|\w(?:{alternation(_words(names, 'names', 'organisation_ends'))})\b",
            re.IGNORECASE,
        ),
        desk=re.compile(
            rf"(?:^|[\s-])(?:{alternation([*names['desks'], *names['collectives']])})(?:$|[\s-])", re.IGNORECASE
        ),
        collective=re.compile(rf"\b(?:{alternation(_words(names, 'names', 'collectives'))})\b", re.IGNORECASE),
        roles=frozenset(_words(names, "names", "roles")),
        surnames=frozenset(names["surnames"]),
        compound_surnames=frozenset(_words(names, "names", "compound_surnames")),
        sites=_section(table, "sites"),
        site_aliases=_section(table, "site_aliases"),
        platforms=tuple(_words(_section(table, "platforms"), "platforms", "hosts")),
        platform_names=frozenset(_words(_section(table, "platforms"), "platforms", "names")),
        zones=_section(table, "zones"),
        page_types={name: kind for kind, names in _section(table, "page_types").items() for name in names},
        relative={key: frozenset(words) for key, words in _section(table, "relative").items()},
    )


def _section(table: dict[str, Any], key: str) -> dict[str, Any]:
    value = table.get(key)
    if not isinstance(value, dict):
        raise LexiconError(FILE, key, "is missing or no table")
    return value


def _words(table: dict[str, Any], section: str, key: str) -> list[str]:
    value = table.get(key)
    if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
        raise LexiconError(FILE, f"{section}.{key}", "must be a list of words")
    return value
