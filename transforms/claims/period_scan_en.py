"""Words of time in English text, as atoms in order."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.calendar import YEAR, Part, Span, half, month, months, quarter, year_span
from transforms.claims.period_atoms import Atom
from transforms.claims.period_forms_en import Reader, full_year, is_name, lexicon, small_number, words_before
from transforms.claims.period_relative_en import read_relative, read_unit, read_vague

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

USUAL_YEARS = (1900, 2050)  # others only after a preposition: by 2100, in 1868
QUARTER_NEXT = re.compile(r"\squarter\b")
TRIGGER = re.compile(r"[A-Za-z]+|[0-9]+")


def scan(text: str) -> list[Atom]:
    """The atoms of an English text in order, not overlapping."""
    readers = first_words()
    atoms: list[Atom] = []
    done = 0
    for found in TRIGGER.finditer(text):
        start = found.start()
        if start < done:
            continue
        word = found.group()
        if word[0] <= "9":
            atom = read_digits(text, start, found.end())
        else:
            reader = readers.get(word)
            if reader is None:
                continue
            atom = reader(text, start, found.end())
        if atom is not None:
            atoms.append(atom)
            done = atom.end
    return atoms


# ---------------------------------------------------------------- readers


def read_digits(text: str, start: int, end: int) -> Atom | None:
    length = end - start
    if length > 4 or length == 3:
        return None
    before = text[start - 1 : start]
    if before.isalnum() or (before and before in "$€£¥#") or (before and before in "'’" and length != 2):
        return None
    if before and before in ".,/" and text[start - 2 : start - 1].isdigit():
        return None
    match = lexicon().match_digits(text, start)
    if match is None:
        return None
    row = match.lastgroup
    return DIGIT_ROWS[row](match, text) if row else None


def day_part(month_number: int, day: int) -> Part:
    return Part(month_number, day, month_number, day)


def read_iso(match: re.Match[str], text: str) -> Atom | None:
    span = day_part(int(match["iso_m"]), int(match["iso_d"])).of(int(match["iso_y"]))
    return Atom(*match.span(), "span", "day", span=span)


def read_dotted(match: re.Match[str], text: str) -> Atom | None:
    span = day_part(int(match["dot_m"]), int(match["dot_d"])).of(int(match["dot_y"]))
    return Atom(*match.span(), "span", "day", span=span)


def read_slash(match: re.Match[str], text: str) -> Atom | None:
    return Atom(*match.span(), "clock", "day")  # 1/3/2021 is January or March: no dates


def read_years(match: re.Match[str], text: str) -> Atom | None:
    first = int(match["years_a"])
    if words_before(text, match.start(), 1) in (["©"], ["copyright"]) or text[match.start() - 1 : match.start()] == "©":
        return Atom(*match.span(), "clock", "furniture")
    last = int(match["years_b"]) if match["years_b"] else first - first % 100 + int(match["years_c"])
    a, b = year_span(first), year_span(last)
    if not (a and b) or last <= first:
        return None
    return Atom(*match.span(), "span", "range", span=Span(a.first, b.last))


def read_decade(match: re.Match[str], text: str) -> Atom | None:
    year = int(match["decade_y"])
    years = 100 if year % 100 == 0 and year < 2000 else 10  # the 1800s are a century
    first, last = year_span(year), year_span(year + years - 1)
    return Atom(*match.span(), "span", "decade", span=Span(first.first, last.last)) if first and last else None


def read_short_decade(match: re.Match[str], text: str) -> Atom | None:
    first, last = year_span(1900 + int(match.group()[:2])), year_span(1909 + int(match.group()[:2]))
    return Atom(*match.span(), "span", "decade", span=Span(first.first, last.last)) if first and last else None


def read_clock(match: re.Match[str], text: str) -> Atom | None:
    return Atom(*match.span(), "clock", "clock")


def read_day_month(match: re.Match[str], text: str) -> Atom | None:
    name = match["dm_m"]
    number = lexicon().months[name.lower()]
    if name[0].islower():
        return None
    part = day_part(number, int(match["dm_d"]))
    if match["dm_y"]:
        return Atom(*match.span(), "year", "day", "text", int(match["dm_y"]), part=part)
    return Atom(*match.span(), "part", "day", part=part)


def part_of_year(match: re.Match[str], part: Part, kind: str, year: str | None) -> Atom:
    if year:
        return Atom(*match.span(), "year", kind, "text", full_year(year), part=part)
    return Atom(*match.span(), "part", kind, part=part)


def read_latin_quarter(match: re.Match[str], text: str) -> Atom | None:
    return part_of_year(match, quarter(int(match["lq_n"])), "quarter", match["lq_y"])


def read_latin_half(match: re.Match[str], text: str) -> Atom | None:
    return part_of_year(match, half(int(match["lh_n"])), "half", match["lh_y"])


def read_latin_months(match: re.Match[str], text: str) -> Atom | None:
    return part_of_year(match, months(1, int(match["lm_n"])), "cumulative", match["lm_y"])  # 9M 2025


def read_ordinal_digit(match: re.Match[str], text: str) -> Atom | None:
    number = int(match.group()[0])
    unit = match["o_u"].lower()
    if unit == "half" and number > 2:
        return None
    part = quarter(number) if unit == "quarter" else half(number)
    return Atom(*match.span(), "part", unit, "fiscal" if match["o_f"] else "", part=part)


def read_year(match: re.Match[str], text: str) -> Atom | None:
    start, end = match.span()
    before = words_before(text, start, 2)
    words = lexicon()
    # "around 2100 people" is an amount, "by around 2100" a year.
    if before and before[-1] in words.not_year_after and not (len(before) > 1 and before[0] in words.month_after):
        return None
    year = int(match["year_y"])
    if not USUAL_YEARS[0] <= year <= USUAL_YEARS[1] and words.month_after.isdisjoint(before):
        return None
    if before and ("©" in before[-1] or before[-1] == "copyright" or text[start - 1 : start] == "©"):
        return Atom(start, end, "clock", "furniture")
    return Atom(start, end, "year", "year", "text", year)


DIGIT_ROWS: dict[str, Callable[[re.Match[str], str], Atom | None]] = {
    "iso": read_iso,
    "slash": read_slash,
    "years": read_years,
    "dotted": read_dotted,
    "decade": read_decade,
    "shortdecade": read_short_decade,
    "clock": read_clock,
    "zoned": read_clock,
    "daymonth": read_day_month,
    "latinquarter": read_latin_quarter,
    "latinhalf": read_latin_half,
    "latinmonths": read_latin_months,
    "ordinal": read_ordinal_digit,
    "year": read_year,
}


def read_month(text: str, start: int, end: int) -> Atom | None:
    words = lexicon()
    match = words.match_month(text, start)
    if match is None:
        return None
    name = match["name"].lower()
    number = words.months[name]
    if match["day"]:
        part = day_part(number, int(match["day"]))
        kind = "day"
        to = (match["to"] or "").lower()
        opening = words_before(text, start, 1)
        if match["until"] and to and opening != ["between" if to == "and" else "from"]:
            return Atom(start, match.end("day"), "part", "day", part=part)  # on April 8 and 14 people
        if match["until"]:
            part, kind = Part(number, part.first_day, number, int(match["until"])), "range"
        return part_of_year(match, part, kind, match["day_year"])
    if match["year"]:
        return part_of_year(match, month(number), "month", match["year"])
    before = words_before(text, start, 1)
    if name in words.short and not match["dot"] and not (before and before[0] in words.month_after):
        return None
    is_month = bool(before and before[0] in words.month_after) or text[start - 1 : start] in ("-", "–")
    if name in words.ambiguous and (match["name"].isupper() or not is_month):
        return None
    if QUARTER_NEXT.match(text, match.end("name")):
        # the September quarter ends with September
        return Atom(start, match.end("name") + 8, "part", "quarter", part=months((number - 3) % 12 + 1, number))
    stop = match.end("name") + (1 if name in words.short and match["dot"] else 0)
    return Atom(start, stop, "part", "month", part=month(number))


def is_sport(text: str, start: int) -> bool:
    return lexicon().sport.search(text[max(0, start - 200) : start + 200].lower()) is not None


def read_ordinal(text: str, start: int, end: int) -> Atom | None:
    words = lexicon()
    match = words.match_ordinal(text, start)
    if match is None:
        return None
    number = words.ordinals[match["word"].lower()]
    base = "fiscal" if match["fiscal"] else ""
    if match["count"]:
        if match["word"].lower() != "first":
            return None
        count = small_number(match["count"]) or 0
        count *= 3 if match["unit"].lower() == "quarters" else 1
        if not 1 <= count <= 12:
            return None
        return Atom(start, match.end(), "part", "cumulative", base, part=months(1, count))
    after = text[match.end() : match.end() + 9].lower()
    if match["part"].lower() == "half":
        if number > 2 or (words_before(text, start, 1) or ["the"])[0] in ("a", "another"):
            return None
        if not base and (after.startswith((" of a ", " of my", " of his", " of her")) or is_sport(text, start)):
            return None
        return Atom(start, match.end(), "part", "half", base, part=half(number))
    if is_sport(text, start) and not base:
        return None
    return Atom(start, match.end(), "part", "quarter", base, part=quarter(number))


def read_latin(text: str, start: int, end: int) -> Atom | None:
    match = lexicon().match_latin(text, start)
    if match is None or (text[start - 1 : start].isalnum() and not text[start:].startswith("FY")):
        return None
    if match["fiscal"]:
        return Atom(start, match.end(), "year", "fiscal", "fiscal", full_year(match["fiscal"]))
    if match["quarter"]:
        return part_of_year(match, quarter(int(match["quarter"])), "quarter", match["quarter_year"])
    return part_of_year(match, half(int(match["half"])), "half", match["half_year"])


def read_fiscal(text: str, start: int, end: int) -> Atom | None:
    words = lexicon()
    match = words.match_fiscal(text, start)
    if match is None:
        return None
    if match["year"]:
        return Atom(start, match.end(), "year", "fiscal", "fiscal", full_year(match["year"]))
    if match["quarter"]:
        return Atom(start, match.end(), "part", "quarter", "fiscal", part=quarter(int(match["quarter"])))
    number = words.ordinals[match["word"].lower()]
    if match["part"].lower() == "half" and number > 2:
        return None
    part = quarter(number) if match["part"].lower() == "quarter" else half(number)
    return Atom(start, match.end(), "part", match["part"].lower(), "fiscal", part=part)


def read_weekday(text: str, start: int, end: int) -> Atom | None:
    before = words_before(text, start, 1)
    if before and before[0] in lexicon().not_weekday_after:
        return None
    return Atom(start, end, "weekday", "day", number=lexicon().weekdays[text[start:end].lower()])


def read_day(text: str, start: int, end: int) -> Atom | None:
    if is_name(text, start):
        return None
    return Atom(start, end, "unit", "day", "published", lexicon().days[text[start:end].lower()], "day")


def read_full_year(text: str, start: int, end: int) -> Atom | None:
    if text[end : end + 5].lower() not in ("-year", " year") or text[end + 5 : end + 6].isalpha():
        return None
    return Atom(start, end + 5, "part", "year", part=YEAR)


def read_ytd(text: str, start: int, end: int) -> Atom | None:
    return Atom(start, end, "to_date", "cumulative", unit="year")


def read_ttm(text: str, start: int, end: int) -> Atom | None:
    return Atom(start, end, "rolling", "rolling", number=-12, unit="month")


def read_event(text: str, start: int, end: int) -> Atom | None:
    match = lexicon().match_event(text, start)
    return Atom(start, match.end(), "event", "event", word=match.group().lower()) if match else None


@cache
def first_words() -> dict[str, Reader]:
    """For each word that can begin or tell a mention, as written, its reader."""
    words = lexicon()
    result: dict[str, Reader] = {}

    def register(names: Iterable[str], reader: Reader, *, capital: bool = False) -> None:
        for name in names:
            forms = (name.capitalize(), name.upper()) if capital else (name, name.capitalize(), name.upper())
            for form in forms:
                result.setdefault(form, reader)

    register(words.months, read_month, capital=True)
    register(words.weekdays, read_weekday, capital=True)
    register((name for name in words.ordinals if name.isalpha()), read_ordinal)
    register(("fiscal", "financial"), read_fiscal)
    register(words.days, read_day)
    register({*words.relative, *words.told, "past", "trailing", "coming", "upcoming", "latest"}, read_relative)
    register([form for unit in words.units for form in (unit, unit + "s")], read_unit)
    register(
        {
            phrase.split()[0]
            if phrase.split()[0] not in ("in", "at", "to", "right", "these", "every", "each")
            else phrase.split()[1]
            for phrase in words.vague
        }
        - {"the"},
        read_vague,
    )
    register(("time", "moment", "recent", "coming", "present"), read_vague)
    register({name.split()[0].split("'")[0].split("’")[0] for name in words.events}, read_event, capital=True)
    register(("full",), read_full_year)
    result["YTD"] = result["ytd"] = read_ytd
    result["TTM"] = result["LTM"] = read_ttm
    result["Q"] = result["H"] = result["FY"] = read_latin
    return result
