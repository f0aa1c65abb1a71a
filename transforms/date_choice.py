"""The choice of the dates of publication and of the last change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from transforms.choices import NOTHING, Choice, Evidence, ranked
from transforms.dates import Stamp, read_date
from transforms.relative_dates import read_relative

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transforms.observations import Clue

SHOWN_RULES = frozenset({"html:near_title", "html:class", "html:time", "html:time_published", "html:label"})


@dataclass(frozen=True, slots=True)
class DateChoice:
    """When the article was published and last changed."""

    published: Choice = NOTHING
    modified: Choice = NOTHING
    published_date: date | None = None
    published_at: datetime | None = None
    precision: str | None = None
    modified_at: datetime | None = None


def choose_dates(seen: Sequence[Clue], evidence: Evidence) -> DateChoice:
    """The publication date of the most trusted source that states a possible one, and the last change after it."""
    zone = evidence.zone()
    published = _first_stamp(ranked(seen, "published_at"), evidence, zone)
    modified = _first_stamp(ranked(seen, "modified_at"), evidence, zone)
    if published is None and modified is not None:
        published = modified
    elif published is not None and modified is not None:
        published = _shown_stamp(seen, published, modified[1], evidence) or published
    if published is not None:
        published = _addressed_stamp(seen, published, evidence) or published
    if published is None:
        return DateChoice()
    item, stamp = published
    moment = stamp.moment(zone) if stamp.hour is not None else None
    day = _local_day(seen, stamp, evidence, zone)
    changed = None
    if modified is not None:
        # Of a change of which only the day is known: its midnight in UTC, so that the day stays what it is.
        changed = modified[1].moment(zone if modified[1].hour is not None else UTC)
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
    if published[0].source in {"html", "front_matter", "url"} or published[1].day in _address_days(seen):
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
    if len(days) != 1:
        return None
    if modified.day in days and published[1].day < modified.day:
        return shown[0]
    # Published after its last change: the head says when the page was made, not the article.
    is_remade = published[1].day == modified.day and published[1].moment(UTC) > modified.moment(UTC)
    return shown[0] if is_remade and shown[0][1].day < modified.day else None


def _addressed_stamp(
    seen: Sequence[Clue], published: tuple[Clue, Stamp], evidence: Evidence
) -> tuple[Clue, Stamp] | None:
    """The date that is also in the page's address, where the chosen one is only a date that is shown."""
    days = _address_days(seen)
    if published[0].rule not in SHOWN_RULES or not days or published[1].day in days:
        return None
    own = published[1].day
    for item in seen:
        if item.field == "published_at" and (item.source != "url" or _swapped(own) in days):
            stamp = read_date(item.value, is_month_first=evidence.language == "en")
            if stamp is not None and stamp.day in days:
                return item, stamp
    return None


def _address_days(seen: Sequence[Clue]) -> set[date]:
    return {stamp.day for item in seen if item.rule == "url:path" and (stamp := read_date(item.value))}


def _swapped(day: date) -> date | None:
    """The day with month and day read the other way round, as 09.12.08 can be."""
    return date(day.year, day.day, day.month) if day.day <= 12 else None


def _local_day(seen: Sequence[Clue], stamp: Stamp, evidence: Evidence, zone: tzinfo) -> date:
    """The day in the page's own zone: beside a GMT stamp, the day the page shows in text, address or offset."""
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
        if item.rule == "html:relative":
            if evidence.fetched_at and (told := read_relative(item.value, evidence.fetched_at, zone)):
                return item, told
            continue
        stamp = read_date(item.value, is_month_first=evidence.language == "en")
        if stamp and (latest is None or stamp.day <= latest):
            return item, stamp
    return None
