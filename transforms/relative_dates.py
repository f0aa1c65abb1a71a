"""Dates told from the day of reading, 「3小时前」 or "yesterday, 07:29": good where that day is known."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from transforms.dates import Stamp
from transforms.metadata_lexicon import alternation, load_metadata_lexicon

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

MAX_CHARS = 40  # of a line that says when
MAX_LABEL_CHARS = 16  # before it: "Veröffentlicht: "
_AFTER = re.compile(r"\W*(?:[ap]\.?m\.?|uhr|h)?\W*", re.IGNORECASE)


def find_relative(line: str) -> str | None:
    """The words of a short line that tell a date from the day of reading.

    >>> find_relative("发布于 3小时前"), find_relative("Yesterday, 07:29"), find_relative("today it rained")
    ('3小时前', 'Yesterday, 07:29', None)
    """
    if len(line) > MAX_CHARS:
        return None
    match = _pattern().search(line)
    if match is None or match.start() > MAX_LABEL_CHARS or _AFTER.fullmatch(line, match.end()) is None:
        return None
    return match[0].strip()


def names_today(before: str) -> bool:
    """Whether what stands before a date says that it is the day of reading: "Heute ist Montag, der", 「今天是」."""
    return len(before) <= MAX_CHARS and _today().search(before) is not None


def read_relative(value: str, now: datetime, zone: tzinfo) -> Stamp | None:
    """The moment or day that such words mean, read at `now`.

    >>> from datetime import UTC, datetime
    >>> read_relative("yesterday", datetime(2022, 3, 1, 12, tzinfo=UTC), UTC).day.isoformat()
    '2022-02-28'
    """
    match = _pattern().fullmatch(value.strip())
    if match is None:
        return None
    here = now.astimezone(zone)
    words = load_metadata_lexicon().relative
    count, unit = match["count"] or match["counted"], match["unit"] or match["of"]
    if count:
        number = 1 if count.lower() in words["one"] else int(count)
        unit = unit.lower()
        name = "days" if unit in words["days"] else "hours" if unit in words["hours"] else "minutes"
        return Stamp((here - timedelta(**{name: number})).date())
    word = match["day"].lower()
    back = 1 if word in words["yesterday"] else 2 if word in words["day_before_yesterday"] else 0
    day = (here - timedelta(days=back)).date()
    if match["hour"] and int(match["hour"]) < 24 and int(match["minute"]) < 60:
        return Stamp(day, int(match["hour"]), int(match["minute"]), precision="minute")
    return Stamp(day)


@cache
def _today() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{alternation(sorted(load_metadata_lexicon().relative['today']))})", re.IGNORECASE)


@cache
def _pattern() -> re.Pattern[str]:
    words = load_metadata_lexicon().relative
    any_of = {name: alternation(sorted(group)) for name, group in words.items()}
    units = alternation(sorted(words["minutes"] | words["hours"] | words["days"]))
    days = alternation(sorted(words["now"] | words["today"] | words["yesterday"] | words["day_before_yesterday"]))
    number = rf"\d{{1,2}}|(?:{any_of['one']})(?=\s)"
    return re.compile(
        rf"""(?<!\w)(?:(?:{any_of["before"]})\s+(?P<count>{number})\s*(?P<unit>{units})
        |(?P<counted>{number})\s*(?P<of>{units})\s*(?:{any_of["after"]})
        |(?P<day>{days})(?:[\s,，·|-]{{0,3}}(?:{any_of["at"]})?\s*(?P<hour>\d{{1,2}})[:：.h](?P<minute>\d\d))?
        )(?!\w)""",
        re.IGNORECASE | re.VERBOSE,
    )
