"""The choice of one value a field: orders of trust from the lexicon, agreement, and abstention."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING

from transforms.dates import Stamp, read_date
from transforms.language import detect_language, primary_subtag
from transforms.metadata_lexicon import load_metadata_lexicon
from transforms.names import clean_names, is_chinese_name, is_outlet
from transforms.titles import CONFIRMED, cut_site, is_site, overlap, split_title, squash

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from transforms.observations import Clue

HEADING_RULES = frozenset({"html:h1", "html:h1_article", "html:heading"})
SHOWN_RULES = frozenset({"html:near_title", "html:class", "html:time", "html:time_published", "html:label"})
LONE_HEADING_CHARS = 15  # of a heading no title in the head confirms
HEAD_RULES = frozenset({"meta:author", "open_graph:author", "json_ld:author", "json_ld:creator"})
OWN_NAME_RULES = frozenset({"byline:body", "byline:label", "byline:reporter", "byline:by", "html:byline"})
GENERIC_LABELS = frozenset({"blog", "news", "www2", "blogspot", "wordpress", "github", "com", "co", "org", "net", "gov", "edu"})
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
    sites = site_spellings(seen)
    tag = next((item for item in stated if item.rule == "html:title"), None)
    whole = tag.value if tag else ""
    pieces = split_title(whole)
    names = {squash(pieces[-1])} if len(pieces) > 1 else set()
    head = [
        item
        for item in stated
        if item.rule not in HEADING_RULES
        and item.rule not in {"html:title", "json_ld:name"}
        and len(squash(item.value)) >= 2
        and squash(cut_site(item.value, sites)) not in names
    ]
    headings = [
        item for item in stated if item.rule in HEADING_RULES and squash(item.value) not in names and not is_site(item.value, sites)
    ]
    others = [item.value for item in head] + ([cut_site(whole, sites)] if whole else [])
    confirmed = [item for item in headings if overlap(item.value, others) >= CONFIRMED or not others]
    best = max(confirmed, key=lambda item: overlap(item.value, others) * min(40, len(item.value)), default=None)
    if best is None:
        lone = [item for item in headings if item.rule == "html:h1_article" and len(item.value) >= LONE_HEADING_CHARS]
        best = lone[0] if len(lone) == 1 else None
    if best is not None:
        short = next((item for item in head if is_headline_with_rest(best.value, item.value, whole)), None)
        picked = short or best
        return Choice((_complete(cut_site(picked.value, sites), others, sites),), (picked,))
    for item in head:
        value = cut_site(item.value, sites)
        complete = _complete(value, [whole], sites)
        return Choice((complete,), (tag if tag and complete != value else item,))
    if tag:
        value = cut_site(whole, sites)
        if value == whole.strip() and len(pieces) > 1:
            value = _without_tail(value, pieces)
        if squash(value):
            return Choice((value,), (tag,))
    return Choice((stated[0].value,), (stated[0],))


def site_spellings(seen: Sequence[Clue]) -> list[str]:
    """The ways the site's name is written on the page, its host's among them."""
    names = [item.value for item in seen if item.field == "site_name" and item.source != "front_matter"]
    hosts = [item.value for item in seen if item.rule == "url:host"]
    return names + [label for host in hosts for label in host.split(".")[-3:-1] if len(label) > 3 and label not in GENERIC_LABELS]


def is_headline_with_rest(heading: str, headline: str, whole: str) -> bool:
    """Whether a heading holds the headline and a subtitle or kicker, which the head's two titles both leave out."""
    return (
        len(headline) >= 16
        and len(headline) < len(heading)
        and (heading.endswith(headline) or (heading.startswith(headline) and heading[len(headline)].isspace()))
        and whole.startswith(headline)
        and heading not in whole
    )


def _complete(value: str, others: Sequence[str], sites: Sequence[str]) -> str:
    """The longer form where `value` was cut off: by an ellipsis, or at a quotation mark a template did not escape."""
    stem = re.sub(r"\s*(?:…|\.\.\.)$", "", value)
    for other in others:
        if len(other) > len(stem) and other.startswith(stem) and len(stem) >= 2:
            if stem == value and other[len(stem)] not in "\"'“”":
                continue
            if stem == value and re.match(r"[\"'“”]\s*(?:[|_–—-]|$)", other[len(stem) :]):
                continue
            longer = cut_site(other, sites)
            pieces = split_title(longer)
            longer = _without_tail(longer, pieces) if len(pieces) > 1 and longer == other else longer
            if len(longer) > len(value) and not longer.endswith(("…", "...")):
                return longer
    return value


def _without_tail(title: str, pieces: Sequence[str]) -> str:
    """The title before the piece that names a site we do not know.

    With _ and | all that follows the first piece is sections and sites; a dash may belong to the title.
    """
    if re.search(r"[_|｜]", title[len(pieces[0]) : len(pieces[0]) + 4]) or len(pieces) == 2:
        longest = max(pieces, key=len)
        if longest != pieces[0] and len(pieces[0]) < 12 and len(longest) >= 2 * len(pieces[0]):
            return longest.strip()
        return pieces[0].strip()
    end = title.rfind(pieces[-1])
    return re.sub(r"[\s|_–—·•»:/~-]+$", "", title[:end])


# ------------------------------------------------------------------ site and source


def choose_site(seen: Sequence[Clue], evidence: Evidence) -> Choice:
    """The name of the site that published the page."""
    lexicon = load_metadata_lexicon()
    mirrored = mirrored_site(seen)
    if mirrored:
        return Choice((lexicon.site_aliases.get(mirrored.value.lower(), mirrored.value),), (mirrored,))
    titles = {squash(item.value) for item in seen if item.field == "title" and item.rule != "html:title"}
    for item in ranked([*seen, *_title_tails(seen)], "site_name"):
        value = item.value.lstrip("@").strip()
        if item.rule == "front_matter:author" or not value or len(value) > 80:
            continue
        if item.rule in {"html:title_tail", "html:copyright"} and squash(value) in titles:
            continue
        if re.match(r"https?://", value) or value.lower() in lexicon.no_names:
            continue
        return Choice((lexicon.site_aliases.get(value.lower(), value),), (item,))
    return Choice()


def _title_tails(seen: Sequence[Clue]) -> list[Clue]:
    """The site's name as the last piece of the <title>; behind a heading any dash is a separator."""
    whole = next((item for item in seen if item.rule == "html:title"), None)
    if whole is None:
        return []
    headings = [item.value for item in seen if item.field == "title" and item.rule in HEADING_RULES]
    rest = next((whole.value[len(text) :] for text in headings if len(text) > 5 and whole.value.startswith(text)), "")
    pieces = split_title(rest.strip(" -–—_|·:")) if rest.strip() else split_title(whole.value)[1:]
    han = [piece for piece in pieces if re.search(r"[\u3400-\u9fff]", piece)]
    tail = (han or pieces or [""])[-1].strip(" -–—_|·:")
    return [replace(whole, field="site_name", value=tail, rule="html:title_tail")] if 2 <= len(tail) <= 40 else []


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
    spellings = site_spellings(seen)
    is_han = evidence.language == "zh"
    groups: dict[str, tuple[list[str], list[Clue]]] = {}
    for rule in dict.fromkeys(item.rule for item in items):
        used = [item for item in items if item.rule == rule]
        names: list[str] = []
        for item in used:
            for name in clean_names(item.value):
                is_own = rule not in OWN_NAME_RULES and (squash(name) in sites or is_site(name, spellings))
                if is_own or name in names or (is_han and rule in HEAD_RULES and is_outlet(name)):
                    continue
                names.append(name)
        if names:
            groups[rule] = names, used
    if not groups:
        return _account_as_author(seen, site)
    if is_han:  # a person before an institution: 作者：药剂科 may be followed by the writer's name
        rule = next((rule for rule, (names, _) in groups.items() if not all(is_outlet(name) for name in names)), None)
        rule = rule or next(iter(groups))
    else:
        votes = {rule: _votes(names, [other for key, (other, _) in groups.items() if key != rule]) for rule, (names, _) in groups.items()}
        best = max(votes.values())
        rule = next(rule for rule in groups if votes[rule] == best)
    return Choice(tuple(groups[rule][0]), tuple(groups[rule][1]))


def _votes(names: Sequence[str], others: Sequence[Sequence[str]]) -> int:
    """How many other sources name the same people."""
    own = {squash(name) for name in names}
    return sum({squash(name) for name in other} == own for other in others)


def _account_as_author(seen: Sequence[Clue], site: str | None) -> Choice:
    """On a self-publishing platform the account is the author."""
    lexicon = load_metadata_lexicon()
    addresses = [item.value for item in seen if item.field == "canonical_url"]
    if site in lexicon.platform_names or any(part in address for part in lexicon.platforms for address in addresses):
        for item in ranked(seen, "source_name"):
            return Choice((item.value,), (item,))
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
    elif published is not None and modified is not None:
        published = _shown_stamp(seen, published, modified[1], evidence) or published
    if published is None:
        return DateChoice()
    item, stamp = published
    moment = stamp.moment(zone) if stamp.hour is not None else None
    day = _local_day(seen, stamp, evidence, zone)
    changed = None
    if modified is not None:
        changed = modified[1].moment(zone)
        if changed.date() < day - timedelta(days=1):
            changed = None
    return DateChoice(
        Choice((item.value,), (item,)),
        Choice((modified[0].value,), (modified[0],)) if modified and changed else Choice(),
        day,
        moment,
        stamp.precision,
        changed,
    )


def _shown_stamp(
    seen: Sequence[Clue], published: tuple[Clue, Stamp], modified: Stamp, evidence: Evidence
) -> tuple[Clue, Stamp] | None:
    """The only date the page shows its readers, where it is that of the last change and no label says so.

    A page published anew under its old address keeps the first date in its head; the article is the later one.
    """
    if published[0].source in {"html", "front_matter", "url"}:
        return None
    shown: list[tuple[Clue, Stamp]] = []
    for item in seen:
        if item.field == "published_at" and item.rule in SHOWN_RULES:
            stamp = read_date(item.value, is_month_first=evidence.language == "en")
            if stamp is not None:
                shown.append((item, stamp))
        elif item.rule == "html:label_modified":
            stamp = read_date(item.value, is_month_first=evidence.language == "en")
            if stamp is not None and stamp.day == modified.day:
                return None  # shown, but as what it is
    days = {stamp.day for _, stamp in shown}
    if len(days) == 1 and modified.day in days and published[1].day < modified.day:
        return shown[0]
    return None


def _local_day(seen: Sequence[Clue], stamp: Stamp, evidence: Evidence, zone: tzinfo) -> date:
    """The day in the page's own zone: a GMT stamp's neighbour that the page itself shows, in text, address or offset."""
    day = stamp.local_day(zone)
    if stamp.offset_minutes != 0 or stamp.hour is None or zone is not UTC:
        return day
    moment = stamp.moment(zone)
    # Only a day that some zone of the world was in at that moment.
    earliest, latest = (moment - timedelta(hours=12)).date(), (moment + timedelta(hours=14)).date()
    votes: dict[date, int] = {}
    for item in seen:
        if item.field != "published_at":
            continue
        other = read_date(item.value, is_month_first=evidence.language == "en")
        if other is not None and other.offset_minutes != 0 and earliest <= other.day <= latest:
            votes[other.day] = votes.get(other.day, 0) + 1
    return max(votes, key=lambda key: (votes[key], key == day), default=day)


def _first_stamp(items: Sequence[Clue], evidence: Evidence, zone: tzinfo) -> tuple[Clue, Stamp] | None:
    latest = evidence.fetched_at.date() + timedelta(days=2) if evidence.fetched_at else None
    for item in items:
        stamp = read_date(item.value, is_month_first=evidence.language == "en")
        if stamp and (latest is None or stamp.day <= latest):
            return item, stamp
    return None
