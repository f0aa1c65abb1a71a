"""English words of time that count from publication or from what the text told: last year, three months ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.claims.calendar import Part, month, months
from transforms.claims.period_atoms import Atom
from transforms.claims.period_forms_en import is_name, lexicon, small_number, words_before

if TYPE_CHECKING:
    import re

LAST_OF_YEAR = {"quarter": Part(10, 1, 12, 0), "month": Part(12, 1, 12, 0)}
NOW_AFTER = frozenset(["is", "are", "was", "were", "has", "have", "had", "be", "right", "until"])
NOW_BEFORE = (" is", " are", " has", " have", " at ", " stands", " accounts", " employs", " owns", " worth", ",")


def read_vague(text: str, start: int, end: int) -> Atom | None:
    word = text[start:end].lower()
    last = (words_before(text, start, 1) or [""])[0]
    if is_name(text, start) or (word == "date" and "up to" in text[max(0, start - 7) : start].lower()):
        return None
    if word == "now" and last not in NOW_AFTER and not text.startswith(NOW_BEFORE, end):
        return None
    for count in (2, 1, 0):
        # "in recent years" and "at the time" begin before their telling word
        at = start - sum(len(before) + 1 for before in words_before(text, start, 2)[2 - count :] if count)
        if at < 0:
            continue
        match = lexicon().match_vague(text, at)
        if match and match.end() >= end:
            return Atom(at, match.end(), "vague", "vague")
    return None


def read_relative(text: str, start: int, end: int) -> Atom | None:
    words = lexicon()
    word = text[start:end].lower()
    if word == "same":
        match = words.match_same(text, start)
        if match:
            if match["year"]:
                return Atom(start, match.end(), "same", "anaphoric", base="text", number=int(match["year"]))
            return Atom(start, match.end(), "same", "anaphoric", number=-1)
    match = words.match_relative(text, start)
    if match is None:
        return read_vague(text, start, end)
    unit = match["unit"].lower()
    stop = match.end()
    if word == "that" and (unit not in words.units or match["plural"] or match["count"] or match["fiscal"]):
        return None  # that day, and not "that May would"
    before = words_before(text, start, 2)
    if word == "last" and unit == "month" and match["plural"] and words.match_of_year(text, stop):
        count = small_number(match["count"] or "")  # the last three months of 2022
        if count is not None and 1 <= count <= 12:
            return Atom(start, stop, "part", "range", part=months(13 - count, 12))
    if word == "latest" and not (match["count"] or match["plural"]):
        return Atom(start, stop, "vague", "vague")  # its latest quarter: whichever that is
    if match["count"] or match["plural"] or word in ("past", "trailing", "coming", "upcoming", "latest"):
        return rolling(text, match, word, unit)
    if unit in words.weekdays:
        base = word if word in ("last", "next", "this") else ""
        week = "week" if word in ("next", "this") else ""
        return Atom(start, stop, "weekday", "day", base, words.weekdays[unit], week)
    if unit in words.months:
        if match["unit"][0].islower():
            return None
        if unit in words.short and text[stop : stop + 1] == ".":
            stop += 1
        base = word if word in ("last", "next", "this") else ""
        return Atom(start, stop, "part", "month", base, part=month(words.months[unit]))
    if unit not in words.units:
        return Atom(start, stop, "vague", "vague") if word in words.told or unit != "period" else None
    unit = words.units[unit]
    if word == "last" and unit in LAST_OF_YEAR and words.match_of_year(text, stop):
        return Atom(start, stop, "part", unit, part=LAST_OF_YEAR[unit])
    if word in words.told:
        return Atom(start, stop, "unit", "anaphoric", "told", words.told[word], unit)
    if word not in words.relative:
        return None
    if match["fiscal"] and match["fiscal"].lower() in ("fiscal", "financial"):
        if unit == "year":
            return Atom(start, stop, "year", "fiscal", "fiscal_published", words.relative[word])
        return Atom(start, stop, "vague", "fiscal")
    offset = words.relative[word]
    if word in ("this", "current") and unit in ("year", "month", "week", "quarter"):
        if before[-2:] == ["so", "far"]:
            return Atom(start, stop, "to_date", "cumulative", unit=unit)
        if before[-1:] == ["earlier"]:
            return Atom(start, stop, "to_date", "range", unit=unit)
        if before[-1:] == ["later"]:
            return Atom(start, stop, "rest", "range", unit=unit)
        if text[stop : stop + 7].lower() == " so far":
            return Atom(start, stop + 7, "to_date", "cumulative", unit=unit)
    if unit == "year":
        return Atom(start, stop, "year", "year", "published", offset)
    if unit in ("half", "day"):
        return None
    base = "until_now" if unit == "week" and not offset else "published"
    return Atom(start, stop, "unit", unit, base, offset, unit)


def rolling(text: str, match: re.Match[str], word: str, unit: str) -> Atom | None:
    words = lexicon()
    start, end = match.span()
    if unit.startswith(("hour", "minute")):
        return Atom(start, end, "rolling", "rolling", unit="hour")
    if unit not in words.units or unit == "half":
        return None
    count = match["count"]
    number = small_number(count) if count else (0 if match["plural"] else 1)
    if word == "this" or (word == "same"):
        return None
    if number is None or " or " in match.group() or " to " in match.group():
        number = 0
    return Atom(
        start,
        end,
        "rolling",
        "rolling",
        number=number if word in words.future else -number,
        unit=words.units[unit],
        word=word if word in words.told else "",
    )


def read_unit(text: str, start: int, end: int) -> Atom | None:
    words = lexicon()
    match = words.match_unit(text, start)
    if match is None:
        return None
    unit = words.units[match["unit"].lower()]
    stop = match.end()
    before = words_before(text, start, 4)
    last = before[-1] if before else ""
    if match["to_date"] is not None:
        return Atom(start, stop, "to_date", "cumulative", unit=unit)
    if match["end"] is not None:
        return Atom(start, stop, "part", "edge", part=Part(12, 31, 12, 31)) if unit == "year" else None
    if match["after"]:
        return after_unit(text, match, unit, last)
    if match["ended"]:
        count, at = 1, start
        if match["plural"]:
            number = small_number(last)
            if number is None:
                return None
            count, at = number, start - len(last) - 1
        elif "-" in last or text[start - 1 : start] == "-":  # the three-month period ended
            number = (
                small_number(text[max(0, start - 12) : start - 1].split()[-1].lower()) if text[start - 1] == "-" else 1
            )
            count = number or 1
        if match["ended"].lower() in ("to", "through") and not match["plural"] and last not in ("the", "latest"):
            return None  # the week to April 12
        return Atom(at, stop, "stretch", "range", number=count, unit=unit)
    if match["plural"]:
        return None
    if unit == "week" and " ".join(before[-3:]).endswith(
        ("beginning of the", "start of the", "begin the", "start the")
    ):
        return Atom(start, stop, "unit", "day", "published", 0, "week", word="start")
    if last == "the" and unit != "day" and text[stop : stop + 1] not in "-'’":
        lead = before[-2] if len(before) > 1 else ""
        if (
            lead == "of"
            and len(before) > 2
            and before[-3] in ("end", "close", "rest", "remainder", "beginning", "start")
        ):
            return Atom(start, stop, "unit", unit, "told" if unit == "quarter" else "published", 0, unit)
        if lead in ("for", "in", "during", "of", "over", "within") and not text[stop : stop + 4].lower().startswith(
            " of "
        ):
            return Atom(start, stop, "unit", "anaphoric", "told", 0, unit)
    return None


def after_unit(text: str, match: re.Match[str], unit: str, last: str) -> Atom | None:
    words = lexicon()
    start, stop = match.span()
    direction = words.after_unit[match["after"].lower()]
    after = match["after"].lower()
    if match["noun"] or (text[match.end("unit") : match.end("unit") + 1] == "-" and not match["plural"]):
        return Atom(start, stop, "same", "anaphoric", number=-1) if unit == "year" and direction < 0 else None
    if match["plural"]:
        number = small_number(last)
        if number is None:
            return Atom(start, stop, "vague", "vague") if last in ("few", "several", "many") else None
        at = start - len(last) - 1
    elif last in ("a", "one", "the", "1"):
        if last == "the" and after in ("ago", "later"):
            return None
        number, at = 1, start - len(last) - 1
    else:
        return None
    if after == "ago" and number > 1:
        return Atom(at, stop, "ago", "anaphoric", number=-number, unit=unit, word="published")
    return Atom(at, stop, "ago", "anaphoric", number=direction * number, unit=unit, word=after)
