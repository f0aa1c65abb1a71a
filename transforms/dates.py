"""Dates as pages write them: ISO, RFC 822, Chinese, Japanese and Korean, and the month names of Europe."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from transforms.errors import LexiconError

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST_YEAR = 1990  # no page is older; what looks older is a subject, not a stamp
LAST_YEAR = 2100
MAX_CHARS = 20_000  # of a text that is searched

_HAN_DIGITS = {char: str(digit) for digit, char in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0"}

HAN = "[〇零○一二三四五六七八九十]"
_MAY_HOLD_DATE = re.compile(r"\d\d|\d[./]\d|[一二][〇零○九]")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date as written, and as much of its time and zone as was written with it."""

    day: date
    hour: int | None = None
    minute: int = 0
    second: int = 0
    precision: str = "day"  # day, minute, second
    offset_minutes: int | None = None  # None: no zone written
    is_day_first: bool | None = None  # for 03/04/2021 and its like: how it was read; None where nothing was open

    def local_day(self, zone: tzinfo) -> date:
        """The day on the calendar of the page: GMT stamps move to `zone`, all others stand as written."""
        if self.hour is None or self.offset_minutes != 0:
            return self.day
        return self.moment(zone).astimezone(zone).date()

    def moment(self, zone: tzinfo) -> datetime:
        """The moment in UTC; a stamp without a zone is taken to be in `zone`."""
        naive = datetime(self.day.year, self.day.month, self.day.day, self.hour or 0, self.minute, self.second)
        own = zone if self.offset_minutes is None else timezone(timedelta(minutes=self.offset_minutes))
        return naive.replace(tzinfo=own).astimezone(UTC)


def read_date(value: str, *, is_month_first: bool = False) -> Stamp | None:
    """The date a structured value states (an attribute, a meta tag, front matter), or None.

    >>> read_date("Thu, 16 Jun 2022 00:00:00 GMT").precision
    'day'
    >>> read_date("2019-09-07T09:59:22+08:00").offset_minutes
    480
    >>> read_date("22. März 2019 um 14:05 Uhr").minute
    5
    """
    value = value.strip()
    if not value or len(value) > 200:
        return None
    if re.fullmatch(r"1\d{9}(?:\d{3})?(?:\.\d+)?", value):  # seconds or milliseconds since 1970
        number = float(value) / (1000 if len(value.split(".")[0]) == 13 else 1)
        return of_datetime(datetime.fromtimestamp(number, UTC))
    unix = re.fullmatch(
        r"(?:[A-Za-z]{3},?\s)?([A-Za-z]{3})\s+(\d\d?)\s(\d\d:\d\d(?::\d\d)?)\s([A-Z]{3,4})\s(\d{4})", value
    )
    if unix:  # Mon Aug 03 12:45:00 EDT 2015
        value = f"{unix[2]} {unix[1]} {unix[5]} {unix[3]} {unix[4]}"
    compact = re.fullmatch(r"(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?(Z|[+-]\d\d:?\d\d)?)?.*", value)
    if compact:
        return _stamp(compact.groups(), None)
    return next(find_dates(value, is_month_first=is_month_first), None)


def of_datetime(value: datetime) -> Stamp:
    """The stamp of a datetime that a parser has already read."""
    offset = value.utcoffset()
    minutes = None if offset is None else int(offset.total_seconds() // 60)
    return _with_time(value.date(), value.hour, value.minute, value.second, minutes, None)


def find_dates(text: str, *, is_month_first: bool = False) -> Iterator[Stamp]:
    """Every date in running text, in order; two-digit years only in the order day, month, year."""
    for stamp, _start, _end in find_date_spans(text, is_month_first=is_month_first):
        yield stamp


def find_date_spans(text: str, *, is_month_first: bool = False) -> Iterator[tuple[Stamp, int, int]]:
    """Every date with its span in `text`, the time that follows it included."""
    text = text[:MAX_CHARS]
    if not _MAY_HOLD_DATE.search(text):
        return
    months, offsets, pattern, clock = _grammar()
    position = 0
    while match := pattern.search(text, position):
        position = match.end()
        parts = _date_parts(match, months, is_month_first)
        if parts is None:
            position = match.start() + 1
            continue
        day, is_day_first = parts
        end = match.end()
        time = clock.match(text, end)
        if time and time["hour"]:
            stamp = _clocked(day, time, offsets, is_day_first)
            if stamp:
                position = end = time.end()
                yield stamp, match.start(), end
                continue
        yield Stamp(day, is_day_first=is_day_first), match.start(), end


def _clocked(day: date, time: re.Match[str], offsets: dict[str, int], is_day_first: bool | None) -> Stamp | None:
    hour, minute, second = int(time["hour"]), int(time["minute"] or 0), time["second"]
    half = (time["half"] or time["half_before"] or "").lower().replace(".", "")
    if half in {"pm", "下午", "晚上", "오후", "午後"} and hour < 12:
        hour += 12
    elif half in {"am", "上午", "凌晨", "早上", "오전", "午前"} and hour == 12:
        hour = 0
    if hour > 23 or minute > 59 or int(second or 0) > 60:
        return None
    offset = _offset(time["zone"], offsets)
    if second is None:
        return Stamp(day, hour, minute, 0, "minute", offset, is_day_first)
    return _with_time(day, hour, minute, min(59, int(second)), offset, is_day_first)


def _with_time(day: date, hour: int, minute: int, second: int, offset: int | None, is_day_first: bool | None) -> Stamp:
    # Midnight to the second, in GMT or no zone, is how software writes a day.
    if (hour, minute, second) == (0, 0, 0) and not offset:
        return Stamp(day, is_day_first=is_day_first)
    return Stamp(day, hour, minute, second, "second", offset, is_day_first)


def _stamp(parts: tuple[str | None, ...], is_day_first: bool | None) -> Stamp | None:
    year, month, day, hour, minute, second, zone = parts
    found = _day(int(year or 0), int(month or 0), int(day or 0))
    if found is None:
        return None
    if hour is None or int(hour) > 23 or int(minute or 0) > 59:
        return Stamp(found)
    offset = _offset(zone, {"z": 0})
    if second is None:
        return Stamp(found, int(hour), int(minute or 0), 0, "minute", offset)
    return _with_time(found, int(hour), int(minute or 0), min(59, int(second)), offset, is_day_first)


def _date_parts(match: re.Match[str], months: dict[str, int], is_month_first: bool) -> tuple[date, bool | None] | None:
    group = match.lastgroup
    found: date | None = None
    is_day_first: bool | None = None
    if group == "ymd":
        found = _day(int(match["y1"]), int(match["m1"]), int(match["d1"]))
    elif group == "cjk":
        found = _day(int(match["y2"]), int(match["m2"]), int(match["d2"]))
    elif group == "han":
        year = "".join(_HAN_DIGITS.get(char, "") for char in match["y3"])
        found = _day(int(year or 0), _han_number(match["m3"]), _han_number(match["d3"]))
    elif group == "dmy_name":
        found = _day(_year(match["y4"]), months[match["m4"].lower()], int(match["d4"]))
    elif group == "mdy_name":
        found = _day(_year(match["y5"]), months[match["m5"].lower()], int(match["d5"]))
    elif group == "numeric":
        first, second, year_number = int(match["a6"]), int(match["b6"]), _year(match["y6"])
        if first <= 12 and second <= 12 and first != second:
            is_day_first = match["s6"] != "/" or not is_month_first
        day_number, month = (first, second) if is_day_first or first > 12 or first == second else (second, first)
        found = _day(year_number, month, day_number)
    return None if found is None else (found, is_day_first)


def _day(year: int, month: int, day: int) -> date | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)


def _han_number(text: str) -> int:
    if "十" not in text:
        return int("".join(_HAN_DIGITS.get(char, "") for char in text) or 0)
    tens, _, ones = text.partition("十")
    return int(_HAN_DIGITS.get(tens, "1")) * 10 + int(_HAN_DIGITS.get(ones, "0"))


def _offset(zone: str | None, offsets: dict[str, int]) -> int | None:
    """Minutes from UTC; None where no zone, or one that is not known, was written."""
    if not zone:
        return None
    zone = zone.strip().lower()
    numeric = re.fullmatch(r"(?:utc|gmt)?\s*([+-])(\d{1,2}):?(\d\d)?", zone)
    if numeric:
        minutes = int(numeric[2]) * 60 + int(numeric[3] or 0)
        return min(minutes, 14 * 60) * (-1 if numeric[1] == "-" else 1)
    hours = offsets.get(zone)
    return None if hours is None else hours * 60


def month_names() -> frozenset[str]:
    """Every month name that is read, in lower case."""
    return frozenset(_grammar()[0])


@cache
def _grammar() -> tuple[dict[str, int], dict[str, int], re.Pattern[str], re.Pattern[str]]:
    table = tomllib.loads((resources.files("transforms") / "lexicons" / "dates.toml").read_text("utf-8"))
    months: dict[str, int] = {}
    for number, month_names in table.get("months", {}).items():
        for name in month_names:
            if not 1 <= int(number) <= 12 or name != name.lower() or name in months:
                raise LexiconError("dates.toml", f"months.{number}", f"{name!r} must be lower case and in one month")
            months[name] = int(number)
    offsets: dict[str, int] = table.get("offsets", {})
    names = "|".join(sorted(map(re.escape, months), key=len, reverse=True))
    zones = "|".join(sorted(map(re.escape, offsets), key=len, reverse=True))
    pattern = re.compile(
        rf"""
        (?<![\d.,/:-])(?:
          (?P<ymd> (?P<y1>(?:19|20)\d\d) (?P<s1>[-/.]) (?P<m1>\d{{1,2}}) (?P=s1) (?P<d1>\d{{1,2}}) (?!\d) )
        | (?P<cjk> (?P<y2>(?:19|20)\d\d) \s*[年년]\s* (?P<m2>\d{{1,2}}) \s*[月월]\s* (?P<d2>\d{{1,2}})
                   \s*[日号號일]? (?!\d) )
        | (?P<han> (?P<y3>[一二]{HAN}{{3}}) 年 (?P<m3>{HAN}{{1,2}}) 月 (?P<d3>{HAN}{{1,3}}) 日 )
        | (?P<dmy_name> (?P<d4>\d{{1,2}}) (?:st|nd|rd|th|er|[.ºª])? [\s,/-]* (?:de\s+|of\s+)?
                   (?P<m4>{names})\b \.? [\s,/-]* (?:de\s+|del\s+)? (?P<y4>(?:19|20)\d\d) (?!\d) )
        | (?P<numeric> (?P<a6>\d{{1,2}}) (?P<s6>[./-]) \s? (?P<b6>\d{{1,2}}) (?P=s6) \s?
                   (?P<y6>(?:19|20)\d\d|\d\d) (?![\d%]|[.,]\d) )
        )
        | \b (?P<mdy_name> (?P<m5>{names}) \b \.? \s* (?P<d5>\d{{1,2}}) (?:st|nd|rd|th)? (?:\s*,\s*|\s+)
                   (?P<y5>(?:19|20)\d\d) (?!\d) )
        """,
        re.VERBOSE | re.IGNORECASE,
    )
    clock = re.compile(
        rf"""
        (?: \s* (?:[T,@|/·-]|um|at|à|às|a\ las|alle|ore|kl\.?|klo|om|den|–|—|&nbsp;)? \s*
            (?:\( [^()\d]{{1,12}} \))? \s*
            (?P<half_before>上午|下午|凌晨|早上|晚上|中午|午前|午後|오전|오후)? \s*
            (?P<hour>\d{{1,2}}) \s? (?:[:：時时h]|(?<=\d)\.(?=\d\d\s*(?:uhr|h)))
            \s? (?P<minute>\d\d)? [分]? (?: [:：] (?P<second>\d\d) (?:[.,]\d{{1,9}})? )?
            (?: \s? (?P<half>[ap]\.?m\.?)\b )?
            \s? (?P<zone> (?:utc|gmt)?\s?[+-]\d\d:?\d\d \b | (?:{zones})\b )?
        )?
        """,
        re.VERBOSE | re.IGNORECASE,
    )
    return months, offsets, pattern, clock
