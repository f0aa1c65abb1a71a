"""The choice of one value a field: orders of trust from the lexicon, agreement, and abstention."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING

from transforms.dates import Stamp, read_date
from transforms.language import detect_language, primary_subtag
from transforms.metadata_lexicon import load_metadata_lexicon
from transforms.names import clean_names, is_chinese_name, is_outlet
from transforms.titles import cut_site, match_titles, split_title, squash

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


@dataclass(frozen=True, slots=True)
class DateChoice:
    """When the article was published and last changed."""

    published: Choice = Choice()
    modified: Choice = Choice()
    published_date: date | None = None
    published_at: datetime | None = None
    precision: str | None = None
    modified_at: datetime | None = None


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


# ------------------------------------------------------------------ title


def choose_title(seen: Sequence[Clue], evidence: Evidence) -> Choice:
    """The whole title without the site's name: a heading that the head confirms, else the head's longest form."""
    stated = [item for item in ranked(seen, "title") if item.value.strip()]
    if not stated:
        return Choice()
    if stated[0].rule == "front_matter:title":
        return Choice((stated[0].value,), (stated[0],))
    sites = [item.value for item in seen if item.field == "site_name"]
    tags = [item for item in stated if item.rule == "html:title"]
    head = [item for item in stated if item.rule not in {"html:h1", "html:heading", "html:title", "json_ld:name"}]
    headings = [item for item in stated if item.rule in {"html:h1", "html:heading"}]
    whole = tags[0].value if tags else ""
    others = [item.value for item in (*head, *tags)]
    site_names = [squash(site) for site in sites]
    for item in headings:
        if squash(item.value) in site_names:
            continue
        if others and match_titles(item.value, others) and len(squash(item.value)) >= 2:
            value = _whole_of(cut_site(item.value, sites), head, whole)
            return Choice((value,), (item,))
    for item in head:
        value = cut_site(item.value, sites)
        if squash(value) in site_names or len(squash(value)) < 2:
            continue
        uncut = _uncut(value, whole, sites)
        return Choice((uncut or value,), (tags[0] if uncut else item,))
    if whole:
        value = cut_site(whole, sites)
        pieces = split_title(value)
        if value == whole.strip() and len(pieces) > 1:
            value = _without_tail(value, pieces)
        if squash(value) and squash(value) not in site_names:
            return Choice((value,), (tags[0],))
    return Choice((stated[0].value,), (stated[0],))


def _whole_of(value: str, head: Sequence[Clue], whole: str) -> str:
    return value


def _uncut(value: str, whole: str, sites: Sequence[str]) -> str | None:
    """The <title> where `value` is its beginning, cut off at a quotation mark that a template did not escape."""
    if whole.startswith(value) and whole[len(value) : len(value) + 1] in {'"', "'", "“"}:
        longer = cut_site(whole, sites)
        pieces = split_title(longer)
        return _without_tail(longer, pieces) if len(pieces) > 1 else longer
    return None


def _without_tail(title: str, pieces: Sequence[str]) -> str:
    """The title before its first separator when that is the longest piece, else what follows it."""
    longest = max(pieces, key=len)
    if longest == pieces[0] or len(pieces[0]) >= 12:
        return pieces[0].strip()
    start = title.find(longest)
    return title[start : start + len(longest)].strip() if len(longest) >= 2 * len(pieces[0]) else pieces[0].strip()


# ------------------------------------------------------------------ site and source


def choose_site(seen: Sequence[Clue], evidence: Evidence) -> Choice:
    """The name of the site that published the page."""
    lexicon = load_metadata_lexicon()
    mirrored = mirrored_site(seen)
    if mirrored:
        return Choice((lexicon.site_aliases.get(mirrored.value.lower(), mirrored.value),), (mirrored,))
    titles = {
        squash(item.value) for item in seen if item.field == "title" and item.rule in {"html:h1", "open_graph:title"}
    }
    for item in ranked([*seen, *_title_tails(seen)], "site_name"):
        value = item.value.lstrip("@").strip()
        if item.rule == "front_matter:author" or not value or len(value) > 80 or squash(value) in titles:
            continue
        if re.match(r"https?://", value) or value.lower() in lexicon.no_names:
            continue
        return Choice((lexicon.site_aliases.get(value.lower(), value),), (item,))
    return Choice()


def _title_tails(seen: Sequence[Clue]) -> list[Clue]:
    from transforms.observations import Clue as NewClue

    for item in seen:
        if item.rule == "html:title":
            pieces = split_title(item.value)
            if len(pieces) > 1 and 2 <= len(pieces[-1]) <= 40:
                return [NewClue("site_name", pieces[-1].strip(), "html", "html:title_tail")]
    return []


def mirrored_site(seen: Sequence[Clue]) -> Clue | None:
    """The front matter's author where it is the feed's or site's name and no writer."""
    lexicon = load_metadata_lexicon()
    categories = {item.value.lower() for item in seen if item.rule == "front_matter:categories"}
    names = {name.lower() for name in (*lexicon.sites.values(), *lexicon.site_aliases, *lexicon.site_aliases.values())}
    bylines = {item.value for item in seen if item.field == "authors" and item.source == "byline"}
    for item in seen:
        if item.rule == "front_matter:author" and item.field == "authors":
            low = item.value.lower()
            if low in categories or low in names or is_outlet(item.value) or (bylines and item.value not in bylines):
                return item
    return None


def choose_source(seen: Sequence[Clue], site: str | None, evidence: Evidence) -> Choice:
    """The outlet or account the text is credited to."""
    for item in ranked(seen, "source_name"):
        return Choice((item.value,), (item,))
    return Choice()


# ------------------------------------------------------------------ people


def choose_authors(seen: Sequence[Clue], site: str | None, source: str | None, evidence: Evidence) -> Choice:
    """The writers by the most trusted source that names any; outlets and the site itself are none."""
    mirrored = mirrored_site(seen)
    items = [item for item in ranked(seen, "authors") if item != mirrored]
    sites = {squash(item.value) for item in seen if item.field == "site_name"}
    if site:
        sites.add(squash(site))
    rules = list(dict.fromkeys(item.rule for item in items))
    is_han = evidence.language in {"zh", "ja"}
    for rule in rules:
        used = [item for item in items if item.rule == rule]
        names: list[str] = []
        for item in used:
            for name in clean_names(item.value):
                if squash(name) in sites and not rule.startswith("byline"):
                    continue
                if is_han and is_outlet(name) and not is_chinese_name(name) and rule != "byline:label":
                    continue
                if name not in names:
                    names.append(name)
        if names:
            return Choice(tuple(names), tuple(used))
    return Choice()


def choose_editors(seen: Sequence[Clue]) -> Choice:
    """The editors by the most trusted source that names any."""
    items = ranked(seen, "editors")
    for rule in dict.fromkeys(item.rule for item in items):
        used = [item for item in items if item.rule == rule]
        names = list(dict.fromkeys(name for item in used for name in clean_names(item.value)))
        if names:
            return Choice(tuple(names), tuple(used))
    return Choice()


# ------------------------------------------------------------------ dates


def choose_dates(seen: Sequence[Clue], evidence: Evidence) -> DateChoice:
    """The publication date of the most trusted source that states a possible one, and the last change after it."""
    zone = evidence.zone()
    published = _first_stamp(ranked(seen, "published_at"), evidence, zone)
    modified = _first_stamp(ranked(seen, "modified_at"), evidence, zone)
    if published is None and modified is not None:
        published = modified
    if published is None:
        return DateChoice()
    item, stamp = published
    moment = stamp.moment(zone) if stamp.hour is not None else None
    changed = None
    if modified is not None:
        changed = modified[1].moment(zone)
        if changed.date() < stamp.day - timedelta(days=1):
            changed = None
    return DateChoice(
        Choice((item.value,), (item,)),
        Choice((modified[0].value,), (modified[0],)) if modified and changed else Choice(),
        stamp.local_day(zone),
        moment,
        stamp.precision,
        changed,
    )


def _first_stamp(items: Sequence[Clue], evidence: Evidence, zone: tzinfo) -> tuple[Clue, Stamp] | None:
    latest = evidence.fetched_at.date() + timedelta(days=2) if evidence.fetched_at else None
    for item in items:
        stamp = read_date(item.value, is_month_first=evidence.language == "en")
        if stamp and (latest is None or stamp.day <= latest):
            return item, stamp
    return None
