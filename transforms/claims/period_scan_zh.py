"""Words of time in Chinese text, as atoms in order; also the Latin forms Chinese articles use (2021Q3, FY22, 1H22)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from transforms.claims.calendar import Part, Span, month, months, quarter, year_span
from transforms.claims.period_atoms import Atom
from transforms.claims.period_forms_zh import Matchers, lexicon, trigger_pattern

if TYPE_CHECKING:
    from collections.abc import Callable

HOUR_BEFORE = ("上午", "下午", "凌晨", "早上", "晚上", "中午", "傍晚", "清晨", "深夜", "今晚", "昨晚", "早", "晚", "日")
MATCHERS = Matchers()
THIRDS = {1: (1, 10), 2: (11, 20), 3: (21, 0)}
CLAUSE_START = ("", "，", "。", "；", ",", "“", "（", "而", "但", " ", "\n", "、")
DAY_LEADS = frozenset("至到自于在从")
CLOCK_NEXT = re.compile(r"\s?[0-9]{1,2}\s?[时時点點:：]")
DASH_INSIDE = re.compile(r"[-—–－~～至到]")


def scan(text: str) -> list[Atom]:
    """The atoms of a text whose digits are half-width, in order, not overlapping."""
    by_first = MATCHERS
    atoms: list[Atom] = []
    done = 0
    for found in trigger_pattern().finditer(text):
        start = found.start()
        if start < done:
            continue
        first = text[start]
        if first <= "9" and start > 1 and text[start - 1] in ".,/:-" and text[start - 2].isdigit():
            continue
        match = by_first[first](text, start)
        if match is None:
            continue
        row = match.lastgroup
        atom = HANDLERS[row](match, text) if row else None
        if atom is not None:
            atoms.append(atom)
            done = atom.end
    return atoms


# ---------------------------------------------------------------- rows to atoms


def with_edge(text: str, atom: Atom, part: Part) -> Atom:
    """The atom with 初, 末 or 底 that follows it taken in: 三季度末 is 30 September."""
    after = text[atom.end : atom.end + 2]
    words = lexicon()
    if after.startswith(words.ends) and after[1:] not in words.not_end:
        return atom._replace(end=atom.end + 1, part=part.end(), kind="day")
    if after.startswith(words.starts) and after[1:] not in words.not_start:
        return atom._replace(end=atom.end + 1, part=part.start(), kind="day")
    return atom


def month_part(number: int, third: str | None) -> tuple[Part, str]:
    """The part of the year that a month, or 上旬/月底 of it, is."""
    whole = month(number)
    if third is None:
        return whole, "month"
    words = lexicon()
    if third in words.starts:
        return whole.start(), "day"
    if third in words.ends:
        return whole.end(), "day"
    first, last = THIRDS[words.edges["thirds"][third]]
    return Part(number, first, number, last), "range"


def full_year(digits: str) -> int:
    """Four-figure year of a two- or four-figure one: 21 is 2021, 98 is 1998."""
    number = int(digits)
    if len(digits) == 2:
        return number + (2000 if number < 70 else 1900)
    return number


def read_word(match: re.Match[str], text: str) -> Atom | None:
    words = lexicon()
    start, end = match.span()
    word = match.group()
    atom = words.words.get(word) or words.words[re.sub(r"\s", "", word)]
    if word in words.not_before and text.startswith(words.not_before[word], end):
        return None
    if word in words.not_after and text.endswith(words.not_after[word], max(0, start - 4), start):
        return None
    if word in words.only_before and not text.startswith(words.only_before[word], end):
        return None
    if (
        atom.form == "weekday"
        and text.startswith(words.counted_before, end)
        and not text.startswith(words.not_counted, end)
    ):
        week = words.words.get(word[:-1])
        return week._replace(start=start, end=end - 1) if week is not None else None
    atom = atom._replace(start=start, end=end)
    if atom.kind == "season":
        if not text.startswith(words.season_before, end):
            return None
        return with_edge(text, atom._replace(kind="quarter"), atom.part) if atom.part else None
    if word[0] in "QH" and text[start - 1 : start].isascii() and text[start - 1 : start].isalpha():
        return None
    if word[0] in "QH" and text[end : end + 1].isascii() and text[end : end + 1].isalnum() and text[end] != "F":
        return None
    if atom.form == "part" and atom.part and atom.kind != "edge":
        return with_edge(text, atom, atom.part)
    if atom.form == "year" and atom.base != "fiscal_published":
        return with_edge(text, atom, Part(1, 1, 12, 0))
    if atom.form == "unit" and atom.unit in ("month", "quarter", "week") and text[end : end + 1] in words.ends:
        return atom._replace(end=end + 1, word="end")
    return atom


def read_iso(match: re.Match[str], text: str) -> Atom | None:
    day = Part(int(match["iso_m"]), int(match["iso_d"]), int(match["iso_m"]), int(match["iso_d"]))
    return Atom(*match.span(), "span", "day", span=day.of(int(match["iso_y"])))


def read_year_month(match: re.Match[str], text: str) -> Atom | None:
    return Atom(*match.span(), "span", "month", span=month(int(match["ym_m"])).of(int(match["ym_y"])))


def read_fiscal(match: re.Match[str], text: str) -> Atom | None:
    return Atom(*match.span(), "year", "fiscal", "fiscal", full_year(match["fiscal_z"] or match["fiscal_y"]))


def read_years(match: re.Match[str], text: str) -> Atom | None:
    first = int(match["years_a"])
    last = int(match["years_b"]) if match["years_b"] else first - first % 100 + int(match["years_c"])
    a, b = year_span(first), year_span(last)
    if not (a and b) or last <= first:
        return None
    return Atom(*match.span(), "span", "range", span=Span(a.first, b.last))


def decade(start: int, end: int, year: int) -> Atom | None:
    first, last = year_span(year), year_span(year + 9)
    return Atom(start, end, "span", "decade", span=Span(first.first, last.last)) if first and last else None


def read_decade(match: re.Match[str], text: str) -> Atom | None:
    digits = match["decade_y"]
    return decade(
        *match.span(), int(digits) if len(digits) == 4 else int(digits) + (1900 if int(digits) > 20 else 2000)
    )


def read_hanzi_decade(match: re.Match[str], text: str) -> Atom | None:
    return decade(*match.span(), 1900 + 10 * lexicon().digits[match["hzdecade_y"]])


def read_century(match: re.Match[str], text: str) -> Atom | None:
    return decade(*match.span(), 1900 + (lexicon().number(match["century_y"]) or 0))


def text_year(match: re.Match[str], text: str, year: int) -> Atom:
    atom = Atom(*match.span(), "year", "year", "text", year)
    return with_edge(text, atom, Part(1, 1, 12, 0))


def read_year(match: re.Match[str], text: str) -> Atom | None:
    return text_year(match, text, int(match["year_y"]))


def read_bare_year(match: re.Match[str], text: str) -> Atom | None:
    return Atom(*match.span(), "year", "year", "text", int(match["bare_y"]))


def read_short_year(match: re.Match[str], text: str) -> Atom | None:
    return text_year(match, text, full_year(match["short_y"]))


YEARS_TO = re.compile(r"(?:^|[^0-9])(?:[1-9]|[1-9][0-9])\s?年(?:到|至)\s?$")


def read_compared_year(match: re.Match[str], text: str) -> Atom | None:
    # 较21年: only where a word before says that a point in time comes; 3年至12年 are two durations.
    if YEARS_TO.search(text, max(0, match.start() - 6), match.start()):
        return None
    if not text.endswith(lexicon().short_year_after, max(0, match.start() - 3), match.start()):
        return None
    return text_year(match, text, full_year(match["compared_y"]))


def read_short_bare(match: re.Match[str], text: str) -> Atom | None:
    return Atom(*match.span(), "year", "year", "text", full_year(match["bare2_y"]))


def read_hanzi_year(match: re.Match[str], text: str) -> Atom | None:
    digits = lexicon().digits
    year = 0
    for character in match["hzyear_y"]:
        year = year * 10 + digits[character]
    return text_year(match, text, year) if 1800 <= year < 2200 else None


def read_roc(match: re.Match[str], text: str) -> Atom | None:
    return text_year(match, text, int(match["roc_y"]) + 1911)


def read_day_range(match: re.Match[str], text: str) -> Atom | None:
    number = int(match["dr_m"])
    part = Part(number, int(match["dr_a"]), number, int(match["dr_b"]))
    return Atom(*match.span(), "part", "range", part=part)


def day_atom(start: int, end: int, month_number: int, day: int) -> Atom:
    return Atom(start, end, "part", "day", part=Part(month_number, day, month_number, day))


def read_month_day(match: re.Match[str], text: str) -> Atom | None:
    return day_atom(*match.span(), int(match["md_m"]), int(match["md_d"]))


def read_month_range(match: re.Match[str], text: str) -> Atom | None:
    first, last = int(match["mr_a"]), int(match["mr_b"])
    return Atom(*match.span(), "part", "range", part=months(first, last)) if first != last else None


def read_hanzi_range(match: re.Match[str], text: str) -> Atom | None:
    words = lexicon()
    first, last = words.number(match["hzr_a"]) or 0, words.number(match["hzr_b"]) or 0
    return Atom(*match.span(), "part", "range", part=months(first, last)) if first != last else None


def read_month(match: re.Match[str], text: str) -> Atom | None:
    part, kind = month_part(int(match["month_m"]), match["month_t"])
    end = match.end()
    while text[end - 1].isspace():  # the space before 初 that was none
        end -= 1
    return Atom(match.start(), end, "part", kind, part=part)


def read_hanzi_month(match: re.Match[str], text: str) -> Atom | None:
    part, kind = month_part(lexicon().number(match["hzm_m"]) or 0, match["hzm_t"])
    return Atom(*match.span(), "part", kind, part=part)


def read_hanzi_month_day(match: re.Match[str], text: str) -> Atom | None:
    words = lexicon()
    return day_atom(*match.span(), words.number(match["hzmd_m"]) or 0, words.number(match["hzmd_d"]) or 0)


def ago_atom(match: re.Match[str], number: int | None, unit_word: str, direction: str) -> Atom | None:
    unit = lexicon().rolling_units[unit_word]
    if number is None:
        return None
    if "来" in direction:
        return Atom(*match.span(), "rolling", "rolling", number=-number, unit=unit)
    if "后" in direction and (unit != "year" or match.string[match.start() - 1 : match.start()] not in CLAUSE_START):
        return None  # 求学6年后 tells no date
    return Atom(*match.span(), "ago", "anaphoric", number=number if "后" in direction else -number, unit=unit)


def read_ago(match: re.Match[str], text: str) -> Atom | None:
    return ago_atom(match, int(match["ago_n"]), match["ago_unit"], match["ago_d"])


def read_hanzi_ago(match: re.Match[str], text: str) -> Atom | None:
    return ago_atom(match, lexicon().number(match["hzago_n"]), match["hzago_unit"], match["hzago_d"])


def read_latin_quarter(match: re.Match[str], text: str) -> Atom | None:
    part = quarter(int(match["lq_n"]))
    if match["lq_y"] is None:
        return Atom(*match.span(), "part", "quarter", part=part)
    return Atom(*match.span(), "year", "quarter", "text", full_year(match["lq_y"]), part=part)


def read_latin_half(match: re.Match[str], text: str) -> Atom | None:
    part = Part(1, 1, 6, 0) if match["lh_n"] == "1" else Part(7, 1, 12, 0)
    return Atom(*match.span(), "year", "half", "text", full_year(match["lh_y"]), part=part)


def read_latin_fiscal(match: re.Match[str], text: str) -> Atom | None:
    return Atom(*match.span(), "year", "fiscal", "fiscal", full_year(match["lf_y"]))


def read_fiscal_word(match: re.Match[str], text: str) -> Atom | None:
    return Atom(*match.span(), "year", "fiscal", "fiscal", int(match["zf_y"]))


def is_day_place(text: str, start: int, end: int) -> bool:
    """Whether 14日 is a day of the month there: after 本月, between breaks, or at a clause's start (16日全国均价)."""
    words = lexicon()
    if text[max(0, start - 5) : start].rstrip().endswith(words.day_of):
        return True
    before = text[start - 1 : start]
    if text.startswith(words.day_times, end):
        return True
    if before in CLAUSE_START or before in DAY_LEADS or CLOCK_NEXT.match(text, end):
        return text[end : end + 1] not in words.not_day_before
    return before in words.day_after and text[end : end + 3].startswith(words.day_before)


def read_bare_day(match: re.Match[str], text: str) -> Atom | None:
    start, end = match.span()
    if not is_day_place(text, start, end):
        return None
    return Atom(start, end, "day", "day", number=int(match["bare_d"]))


def read_bare_day_range(match: re.Match[str], text: str) -> Atom | None:
    start, end = match.span()
    if text[start - 1 : start] not in lexicon().day_after and text[match.end("bdr_a")] != "日":
        return None
    return Atom(start, end, "day", "range", number=int(match["bdr_a"]), word=match["bdr_b"])


def read_clock(match: re.Match[str], text: str) -> Atom | None:
    return Atom(*match.span(), "clock", "clock")


def read_hour(match: re.Match[str], text: str) -> Atom | None:
    # 涨30点 is no time: an hour without minutes needs a time of day before it.
    start = match.start()
    if not text[max(0, start - 3) : start].rstrip().endswith(HOUR_BEFORE):
        return None
    return read_clock(match, text)


def read_rolling(match: re.Match[str], text: str) -> Atom | None:
    words = lexicon()
    word, unit_word = match["roll_w"], match["roll_u"]
    if word == "近" and text.endswith(words.nearly_after, 0, match.start()):
        return None
    unit = words.rolling_units[unit_word]
    digits = match["roll_n"]
    is_list = DASH_INSIDE.search(match.group()) is not None
    number = None if is_list else words.number(digits)
    if digits == "半":
        number, unit = {"year": (6, "month"), "month": (15, "day"), "day": (0, "day")}.get(unit, (0, unit))
    sign = 1 if word in words.rolling_future else -1
    known = number is not None and unit in ("year", "quarter", "month", "week", "day")
    return Atom(*match.span(), "rolling", "rolling", number=sign * (number or 0) if known else 0, unit=unit)


def read_cumulative(match: re.Match[str], text: str) -> Atom | None:
    number = lexicon().number(match["cum_n"])
    if number is None or not 1 <= number <= 12:
        return None
    return Atom(*match.span(), "part", "cumulative", part=months(1, number))


HANDLERS: dict[str, Callable[[re.Match[str], str], Atom | None]] = {
    "word": read_word,
    "iso": read_iso,
    "ym": read_year_month,
    "fiscal": read_fiscal,
    "years": read_years,
    "decade": read_decade,
    "year": read_year,
    "bare": read_bare_year,
    "dayrange": read_day_range,
    "monthday": read_month_day,
    "monthrange": read_month_range,
    "month": read_month,
    "ago": read_ago,
    "shortyear": read_short_year,
    "comparedyear": read_compared_year,
    "shortbare": read_short_bare,
    "latinquarter": read_latin_quarter,
    "latinhalf": read_latin_half,
    "bareday": read_bare_day,
    "bareday_range": read_bare_day_range,
    "clock": read_clock,
    "hour": read_hour,
    "cohort": read_clock,
    "hzyear": read_hanzi_year,
    "hzmonthday": read_hanzi_month_day,
    "hzmonth": read_hanzi_month,
    "hzrange": read_hanzi_range,
    "hzago": read_hanzi_ago,
    "hzdecade": read_hanzi_decade,
    "hzclock": read_clock,
    "rolling": read_rolling,
    "cumulative": read_cumulative,
    "roc": read_roc,
    "century": read_century,
    "latinfiscal": read_latin_fiscal,
    "zhfiscal": read_fiscal_word,
}
