"""Patterns of English dates, derived from periods_en.toml."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.period_lexicon import alternation, calendars, load_toml

if TYPE_CHECKING:
    from transforms.claims.period_atoms import Atom

FILE = "periods_en.toml"
CENTURY = r"(?:1[89]|20|21)"
YEAR4 = rf"{CENTURY}[0-9]{{2}}"
DAY = r"(?:3[01]|[12][0-9]|0?[1-9])"


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
        self.not_weekday_after: frozenset[str] = frozenset(guards["not_weekday_after"])
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
            (?:\s?(?P<day>{DAY})(?:st|nd|rd|th)?(?!{amount}|:[0-9])
               (?:(?:\s?[-–—]\s?|\s(?P<to>to|through|and)\s)(?P<until>{DAY})(?!{amount}|[0-9:]|,[0-9]{{3}}|\s(?:{month_name})\b))?
               (?:,?\s?(?P<day_year>{YEAR4})(?![0-9]|,[0-9]))?
             | (?:,|\sof)?[\s-](?P<year>{YEAR4})(?![0-9]|,[0-9])
            )?""")
        not_year_before = alternation(word for word in guards["not_year_before"] if word.isalpha())
        not_a_year = rf"(?:[0-9]|[.,:][0-9]|\s?%|[-\s](?:{not_year_before})\b|[a-rt-z])"
        self.match_digits = compiled(rf"""
            (?P<iso>(?P<iso_y>{YEAR4})(?P<iso_s>[-/.])(?P<iso_m>0?[1-9]|1[0-2])(?P=iso_s)(?P<iso_d>{DAY})(?![0-9]))
          | (?P<slash>[0-9]{{1,2}}/[0-9]{{1,2}}/(?:{YEAR4}|[0-9]{{2}})(?![0-9]))
          | (?P<years>(?P<years_a>{YEAR4})(?P<years_s>\s?[-–—/]\s?)
               (?:(?P<years_b>{YEAR4})|(?P<years_c>[0-9]{{2}}))(?!{not_a_year}))
          | (?P<dotted>(?P<dot_d>{DAY})\.(?P<dot_m>0?[1-9]|1[0-2])\.(?P<dot_y>{YEAR4})(?![0-9]))
          | (?P<decade>(?P<decade_y>{CENTURY}[0-9]0)'?s\b)
          | (?P<shortdecade>(?<=['’])[2-9]0s\b)
          | (?P<zoned>[0-2]?[0-9][.:][0-5][0-9]\s(?:GMT|EST|EDT|ET|UTC|BST|CET|PT)\b)
          | (?P<clock>[0-2]?[0-9](?::[0-5][0-9])?\s?(?:[ap]\.m\.|[ap]m\b)|[0-2]?[0-9]:[0-5][0-9](?![0-9]))
          | (?P<daymonth>(?P<dm_d>{DAY})(?:st|nd|rd|th)?[\s-](?:of\s)?(?P<dm_m>{month_name})(?![a-z])
               (?:(?<=\b[a-z]{{3}})\.)?
               (?:,?[\s-](?P<dm_y>{YEAR4})(?![0-9]))?)
          | (?P<latinquarter>(?P<lq_n>[1-4])Q(?:\s?'?(?P<lq_y>{YEAR4}|[0-9]{{2}}))?(?![0-9a-z]))
          | (?P<latinhalf>(?P<lh_n>[12])H\s?'?(?P<lh_y>{YEAR4}|[0-9]{{2}})(?![0-9a-z]))
          | (?P<latinmonths>(?P<lm_n>[369])M\s?'?(?P<lm_y>{YEAR4}|[0-9]{{2}})(?![0-9a-z]))
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
            (?P<unit>{unit}|{weekday}|{month_name}|holidays?|summer|winter|spring|autumn|fall|period|hours?|minutes?)
            (?P<plural>s)?(?![a-z])""")
        # "the year before, …" and not "the week after the deal"
        other_word = r"(?!and\b|but\b|when\b|as\b|last\b|quarter|period|month|week|year)[a-z0-9]"
        self.match_unit = compiled(rf"""
            (?P<unit>{unit})(?P<plural>s)?(?:
              [-\s]to[-\s]date\b(?P<to_date>)
            | [-\s](?P<after>ago|earlier|later|(?:{alternation(self.after_unit)})(?!\s{other_word}))(?![a-z])
              (?:[-\s](?P<noun>quarter|period|month|week|year)\b)?
            | (?:\s(?:that|which))?(?:\speriods?)?\s(?P<ended>ended|ending|to|through)
              (?=\s(?:on\s|at\s|in\s|the\send\sof\s|end-)*(?:{month_name}|{DAY}|{weekday})(?![a-z]))
            | [-\s]end\b(?P<end>)
            )?(?![a-z])""")
        self.match_of_year = compiled(rf"\sof\s(?:{YEAR4}|(?:the|last|this|next|each)\syear|fiscal)(?![a-z0-9])")
        self.match_vague = compiled(rf"(?:{alternation(self.vague)})(?![a-z-])")
        self.match_same = compiled(rf"""
            same\s(?:(?:three|six|nine|four)[-\s]months?\s)?(?:period|quarter|months?|weeks?|time|stretch|day|half)
            (?:\s(?:of|in|during))?\s
            (?:last\syear|(?:a|the)\syear[-\s](?:ago|earlier|before|prior)|the\s(?:previous|prior)\syear
              |(?P<year>{YEAR4}))(?![0-9a-z])""")
        self.events = {name: name for name in calendars().events if name.isascii() and name[0].isalpha()}
        self.match_event = compiled(rf"(?:{alternation(self.events)})(?![a-z])")


@cache
def lexicon() -> Lexicon:
    """The English words of time, loaded once."""
    return Lexicon()


def words_before(text: str, start: int, count: int = 3) -> list[str]:
    """Up to `count` lower-case words before a place, the nearest last."""
    return text[max(0, start - 36) : start].lower().split()[-count:]


def full_year(digits: str) -> int:
    number = int(digits.lstrip("'"))
    if number < 100:
        return number + (2000 if number < 70 else 1900)
    return number


def small_number(word: str) -> int | None:
    word = word.lower()
    return int(word) if word.isdigit() else lexicon().numbers.get(word)


def is_name(text: str, start: int) -> bool:
    """Whether a capital inside a sentence makes the word part of a name: Medical News Today."""
    return text[start].isupper() and text[start - 2 : start - 1].isalpha()
