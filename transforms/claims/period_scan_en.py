"""Words of time in English text, as atoms in order."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from transforms.claims.calendar import Part, Span, half, month, months, quarter, year_span
from transforms.claims.period_atoms import Atom
from transforms.claims.period_lexicon import alternation, calendars, load_toml

FILE = "periods_en.toml"
CENTURY = r"(?:1[89]|20|21)"
YEAR4 = rf"{CENTURY}[0-9]{{2}}"
DAY = r"(?:3[01]|[12][0-9]|0?[1-9])"
FISCAL_YEAR = rf"(?:{YEAR4}|'?[0-9]{{2}})"


Match = Callable[[str, int], "re.Match[str] | None"]
Reader = Callable[[str, int, int], "Atom | None"]


class Lexicon:
    """Tables of periods_en.toml and the patterns made of them."""

    def __init__(self) -> None:
        data = load_toml(FILE)
        self.months: dict[str, int] = {**data["months"], **data["months_short"]}
        self.short: frozenset[str] = frozenset(data["months_short"])
        self.weekdays: dict[str, int] = data["weekdays"]
        self.ordinals: dict[str, int] = data["ordinals"]
        self.numbers: dict[str, int] = data["numbers"]
        self.units: dict[str, str] = data["units"]
        self.days: dict[str, int] = data["days"]
        self.relative: dict[str, int] = data["relative"]
        self.told: dict[str, int] = data["told"]
        self.after_unit: dict[str, int] = data["after_unit"]
        self.future: frozenset[str] = frozenset(data["rolling"]["future"])
        self.vague_numbers: list[str] = data["rolling"]["vague_numbers"]
        guards = data["guards"]
        self.ambiguous: frozenset[str] = frozenset(guards["ambiguous_months"])
        self.month_after: frozenset[str] = frozenset(guards["month_after"])
        self.not_year_after: frozenset[str] = frozenset(guards["not_year_after"])
        self.sport: re.Pattern[str] = re.compile(rf"\b(?:{alternation(guards['sport'])})\b")
        self.vague: frozenset[str] = frozenset(data["vague"]["words"])

        number = rf"[0-9]{{1,3}}|{alternation(self.numbers)}"
        unit = alternation(self.units)
        month_name = alternation(self.months)
        weekday = alternation(self.weekdays)
        ordinal = alternation(self.ordinals)
        before_unit = alternation({*self.relative, *self.told, *data["rolling"]["past"], *data["rolling"]["future"]})
        amount = r"(?:[0-9]|[.,][0-9]|\s?%|\s(?:percent|per\scent|million|billion|people)\b)"

        def compiled(pattern: str) -> Match:
            return re.compile(pattern, re.VERBOSE | re.IGNORECASE).match

        # June 14, 2021; June 14-16; June 2021; June
        self.match_month = compiled(rf"""
            (?P<name>{month_name})(?![a-z])(?P<dot>(?:(?<=\b[a-z]{{3}})|(?<=\bsept))\.)?
            (?:\s?(?P<day>{DAY})(?:st|nd|rd|th)?(?!{amount}|:[0-9])(?:\s?[-–—]\s?(?P<until>{DAY})(?![0-9]|\s(?:{month_name})\b))?
               (?:,?\s?(?P<day_year>{YEAR4})(?![0-9]|,[0-9]))?
             | (?:,|\sof)?[\s-](?P<year>{YEAR4})(?![0-9]|,[0-9])
            )?""")
        not_year_before = alternation(word for word in guards["not_year_before"] if word.isalpha())
        not_a_year = rf"(?:[0-9]|[.,:][0-9]|\s?%|[-\s](?:{not_year_before})\b|[a-rt-z])"
        self.match_digits = compiled(rf"""
            (?P<iso>(?P<iso_y>{YEAR4})(?P<iso_s>[-/.])(?P<iso_m>0?[1-9]|1[0-2])(?P=iso_s)(?P<iso_d>{DAY})(?![0-9]))
          | (?P<slash>[0-9]{{1,2}}/[0-9]{{1,2}}/(?:{YEAR4}|[0-9]{{2}})(?![0-9]))
          | (?P<years>(?P<years_a>{YEAR4})(?P<years_s>\s?[-–—/]\s?)(?:(?P<years_b>{YEAR4})|(?P<years_c>[0-9]{{2}}))(?!{not_a_year}))
          | (?P<decade>(?P<decade_y>{CENTURY}[0-9]0)'?s\b)
          | (?P<shortdecade>(?<=['’])[2-9]0s\b)
          | (?P<clock>[0-2]?[0-9](?::[0-5][0-9])?\s?(?:[ap]\.m\.|[ap]m\b)|[0-2]?[0-9]:[0-5][0-9](?![0-9]))
          | (?P<daymonth>(?P<dm_d>{DAY})(?:st|nd|rd|th)?\s(?:of\s)?(?P<dm_m>{month_name})(?![a-z])(?:(?<=\b[a-z]{{3}})\.)?(?:,?\s(?P<dm_y>{YEAR4})(?![0-9]))?)
          | (?P<latinquarter>(?P<lq_n>[1-4])Q(?:\s?'?(?P<lq_y>{YEAR4}|[0-9]{{2}}))?(?![0-9a-z]))
          | (?P<latinhalf>(?P<lh_n>[12])H\s?'?(?P<lh_y>{YEAR4}|[0-9]{{2}})(?![0-9a-z]))
          | (?P<ordinal>(?:1st|2nd|3rd|4th)(?P<o_f>[-\s]fiscal)?[-\s](?P<o_u>quarter|half)\b)
          | (?P<year>(?P<year_y>{YEAR4})(?!{not_a_year}|-[a-z]*(?:point|strong)))""")
        self.match_ordinal = compiled(rf"""
            (?P<word>{ordinal})[-\s](?P<fiscal>fiscal[-\s])?
            (?:(?P<part>quarter|half)s?(?![a-z])|(?P<count>{number})[-\s]?(?P<unit>months|quarters)\b)""")
        self.match_latin = compiled(rf"""
            Q(?P<quarter>[1-4])(?:'?(?P<quarter_year>[0-9]{{2}})(?![0-9]))?(?![0-9]|[a-eg-z])
          | H(?P<half>[12])(?:'?(?P<half_year>[0-9]{{2}})(?![0-9]))?(?![0-9]|[a-eg-z])
          | FY\s?(?:(?P<start>{YEAR4}|[0-9]{{2}})[-/])?'?(?P<fiscal>{YEAR4}|[0-9]{{2}})(?![0-9])""")
        self.match_fiscal = compiled(rf"""
            (?:fiscal|financial)(?:[-\s]years?)?[-\s]
            (?:(?:{YEAR4}[-/])?(?P<year>{YEAR4}|'?[0-9]{{2}})(?![0-9]|\s?%)
              |Q(?P<quarter>[1-4])(?![0-9])
              |(?P<word>{ordinal})[-\s](?P<part>quarter|half)(?![a-z]))""")
        self.match_relative = compiled(rf"""
            (?P<word>{before_unit})\s
            (?:(?P<count>{number}|{alternation(self.vague_numbers)})(?:\s(?:or|to)\s(?:{number}))?[-\s])?
            (?:(?P<fiscal>fiscal|financial|calendar|full|holiday|trading)[-\s])?
            (?P<unit>{unit}|{weekday}|{month_name}|holidays?|summer|winter|spring|autumn|fall|time\s(?:last|a)|period)(?P<plural>s)?(?![a-z])""")
        self.match_unit = compiled(rf"""
            (?P<unit>{unit})(?P<plural>s)?(?:
              [-\s]to[-\s]date\b(?P<to_date>)
            | [-\s](?P<after>ago|earlier|later|(?:{alternation(self.after_unit)})(?!\s(?!and\b|but\b|when\b|as\b|last\b|quarter|period|month|week|year)[a-z0-9]))(?![a-z])(?:[-\s](?P<noun>quarter|period|month|week|year)\b)?
            | (?:\s(?:that|which))?(?:\speriods?)?\s(?P<ended>ended|ending|to|through)(?=\s(?:on\s|at\s|in\s|the\send\sof\s)*(?:{month_name}|{DAY})(?![a-z]))
            | [-\s]end\b(?P<end>)
            )?(?![a-z])""")
        self.match_vague = compiled(rf"(?:{alternation(self.vague)})(?![a-z-])")
        self.match_same = compiled(rf"""
            same\s(?:(?:three|six|nine|four)[-\s]months?\s)?(?:period|quarter|month|week|time|months|weeks|stretch|day|half)
            (?:\s(?:of|in|during))?\s
            (?:(?P<last>last\syear|a\syear\s(?:ago|earlier|before)|the\s(?:previous|prior)\syear|the\syear[-\s](?:before|earlier|ago|prior))
              |(?P<year>{YEAR4}))(?![0-9a-z])""")
        self.events = {name: name for name in calendars().events if name.isascii() and name[0].isalpha()}
        self.match_event = compiled(rf"(?:{alternation(self.events)})(?![a-z])")


@cache
def lexicon() -> Lexicon:
    """The English words of time, loaded once."""
    return Lexicon()


USUAL_YEARS = (1900, 2050)  # others only after a preposition: by 2100, in 1868
TRIGGER = re.compile(r"[A-Za-z]+|[0-9]+")


def words_before(text: str, start: int, count: int = 3) -> list[str]:
    """Up to `count` lower-case words before a place, the nearest last."""
    return text[max(0, start - 36) : start].lower().split()[-count:]


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


def full_year(digits: str) -> int:
    number = int(digits.lstrip("'"))
    if number < 100:
        return number + (2000 if number < 70 else 1900)
    return number


def read_digits(text: str, start: int, end: int) -> Atom | None:
    length = end - start
    if length > 4 or length == 3:
        return None
    before = text[start - 1 : start]
    if before and (before in "$€£¥#.,/'’" or before.isalnum()) and not (before in "'’" and length == 2):
        if not (before in ".,/" and not text[start - 2 : start - 1].isdigit()):
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
    first, last = year_span(int(match["decade_y"])), year_span(int(match["decade_y"]) + 9)
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
    "decade": read_decade,
    "shortdecade": read_short_decade,
    "clock": read_clock,
    "daymonth": read_day_month,
    "latinquarter": read_latin_quarter,
    "latinhalf": read_latin_half,
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
        if match["until"]:
            part, kind = Part(number, part.first_day, number, int(match["until"])), "range"
        return part_of_year(match, part, kind, match["day_year"])
    if match["year"]:
        return part_of_year(match, month(number), "month", match["year"])
    before = words_before(text, start, 1)
    if name in words.short and not match["dot"] and not (before and before[0] in words.month_after):
        return None
    if name in words.ambiguous and not (before and before[0].lstrip("(") in words.month_after):
        return None
    stop = match.end("name") + (1 if name in words.short and match["dot"] else 0)
    return Atom(start, stop, "part", "month", part=month(number))


def is_sport(text: str, start: int) -> bool:
    return lexicon().sport.search(text.lower(), max(0, start - 200), start + 200) is not None


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


def small_number(word: str) -> int | None:
    word = word.lower()
    return int(word) if word.isdigit() else lexicon().numbers.get(word)


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


EACH = (["every"], ["each"])


def read_weekday(text: str, start: int, end: int) -> Atom | None:
    if words_before(text, start, 1) in EACH:
        return None
    return Atom(start, end, "weekday", "day", number=lexicon().weekdays[text[start:end].lower()])


def is_name(text: str, start: int) -> bool:
    """Whether a capital inside a sentence makes the word part of a name: Medical News Today."""
    return text[start].isupper() and text[start - 2 : start - 1].isalpha()


def read_day(text: str, start: int, end: int) -> Atom | None:
    if is_name(text, start):
        return None
    return Atom(start, end, "unit", "day", "published", lexicon().days[text[start:end].lower()], "day")


NOW_AFTER = frozenset(["is", "are", "was", "were", "has", "have", "had", "be", "right", "until"])
NOW_BEFORE = (" is", " are", " has", " have", " at ", " stands", " accounts", " employs", " owns", " worth", ",")


def read_vague(text: str, start: int, end: int) -> Atom | None:
    word = text[start:end].lower()
    last = (words_before(text, start, 1) or [""])[0]
    if is_name(text, start) or (word == "date" and "up to" in text[max(0, start - 7) : start].lower()):
        return None
    if word == "now" and last not in NOW_AFTER and not text.startswith(NOW_BEFORE, end):
        return None
    for word in words_before(text, start, 2), words_before(text, start, 1), []:
        # "in recent years" and "at the time" begin before their telling word
        phrase = " ".join([*word, ""])
        at = start - len(phrase)
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
    before = words_before(text, start, 2)
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
    if unit == "half":
        return None
    return Atom(start, stop, "unit", unit, "published", offset, unit)


def rolling(text: str, match: re.Match[str], word: str, unit: str) -> Atom | None:
    words = lexicon()
    start, end = match.span()
    if unit not in words.units or unit == "half":
        return None
    count = match["count"]
    number = small_number(count) if count else (0 if match["plural"] else 1)
    if word == "this" or (word == "same"):
        return None
    if number is None or " or " in match.group() or " to " in match.group():
        number = 0
    return Atom(
        start, end, "rolling", "rolling", number=number if word in words.future else -number, unit=words.units[unit]
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
        if match["ended"].lower() in ("to", "through") and not match["plural"]:
            return None
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

    def register(names: object, reader: Reader, *, capital: bool = False) -> None:
        for name in names:  # type: ignore[attr-defined]
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
    result["YTD"] = result["ytd"] = read_ytd
    result["TTM"] = result["LTM"] = read_ttm
    result["Q"] = result["H"] = result["FY"] = read_latin
    return result
