"""The choice of one value a field: orders of trust from the lexicon, agreement, and abstention."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING

from transforms.language import detect_language, primary_subtag
from transforms.metadata_lexicon import load_metadata_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from transforms.observations import Clue

FIXED_ZONES = {"Asia/Shanghai": 8, "Asia/Tokyo": 9, "Asia/Seoul": 9}  # no summer time: needed where no tz data is


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the choice knows besides the observations."""

    text: str = ""
    language: str | None = None
    fetched_at: datetime | None = None
    timezone: str | None = None

    def zone(self) -> tzinfo:
        """The page's own zone: the setting, else its language's, else UTC."""
        name = self.timezone or load_metadata_lexicon().zones.get(self.language or "")
        if not name:
            return UTC
        if name in FIXED_ZONES:
            return timezone(timedelta(hours=FIXED_ZONES[name]))
        from zoneinfo import ZoneInfo  # reads the system's tables; most runs never need it

        return ZoneInfo(name)


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen values of a field, and the observations they came from."""

    values: tuple[str, ...] = ()
    used: tuple[Clue, ...] = ()

    @property
    def value(self) -> str | None:
        return self.values[0] if self.values else None


NOTHING = Choice()


def ranked(seen: Iterable[Clue], field: str) -> list[Clue]:
    """Observations of a field, most trusted rule first; among equals the first seen."""
    ranks = load_metadata_lexicon().trust.get(field, {})
    return sorted((item for item in seen if item.field == field), key=lambda item: ranks.get(item.rule, len(ranks)))


def choose_first(seen: Sequence[Clue], field: str) -> Choice:
    """The most trusted observation of a field as it stands."""
    for item in ranked(seen, field):
        return Choice((item.value,), (item,))
    return Choice()


def choose_all(seen: Sequence[Clue], *names: str) -> Choice:
    """Every value of the most trusted source of a field: lists such as tags, split at commas and semicolons."""
    for field in names:
        items = ranked(seen, field)
        if not items:
            continue
        used = [item for item in items if item.rule == items[0].rule]
        values: list[str] = []
        for item in used:
            parts = [item.value] if item.source == "front_matter" else re.split(r"\s*[,，;；、|]\s*", item.value)
            values += (part for part in parts if 0 < len(part) <= 80 and part not in values)
        if values:
            return Choice(tuple(values[:50]), tuple(used))
    return Choice()


def choose_canonical(seen: Sequence[Clue], url: str | None) -> Choice:
    """The page's canonical address if it is one, else the address it was read from."""
    for item in ranked(seen, "canonical_url"):
        if re.match(r"https?://[^/\s]+", item.value) or (url and item.value.startswith("/")):
            return Choice((item.value,), (item,))
    return Choice()


def choose_language(seen: Sequence[Clue], evidence: Evidence, hint: str | None) -> Choice:
    """The language of the text where it can be told, else what the page or the caller says."""
    found = detect_language(evidence.text)
    stated = ranked(seen, "language")
    if found is None and not evidence.text:
        found = None
    agreeing = tuple(item for item in stated if primary_subtag(item.value) == found)
    if found:
        return Choice((found,), agreeing[:1])
    for item in stated:
        if code := primary_subtag(item.value):
            return Choice((code,), (item,))
    code = primary_subtag(hint)
    if code:
        return Choice((code,))
    titles = " ".join(item.value for item in seen if item.field in {"title", "description"})
    guess = detect_language(titles)
    return Choice((guess,)) if guess else Choice()


def choose_page_type(seen: Sequence[Clue], *, is_dated: bool) -> Choice:
    """What kind of page it is, in the words of the lexicon; one that states a date and no kind is an article."""
    kinds = load_metadata_lexicon().page_types
    for item in ranked(seen, "page_type"):
        if kind := kinds.get(item.value.rpartition("/")[2].lower()):
            return Choice((kind,), (item,))
    return Choice(("article",)) if is_dated else NOTHING
