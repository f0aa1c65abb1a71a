"""Patterns of Chinese dates, derived from periods_zh.toml, by the character a date begins with."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from transforms.claims.period_atoms import Atom
from transforms.claims.period_lexicon import alternation, calendars, load_toml, part_of
from transforms.errors import LexiconError

FILE = "periods_zh.toml"
DIGITS = "0123456789"
NUMERALS = "〇零○一二两兩三四五六七八九十"
Match = Callable[[str, int], "re.Match[str] | None"]
# After a digit run one of these must follow, or the run is no date: saves the pattern on most numbers.
DIGIT_FOLLOWERS = frozenset("年月日号號-—–－~～至到、./ :：点點时時QHqh上下第前全财財后後个個周週天季F\u00a0\u3000")

CENTURY = r"(?:1[89]|20|21)"
YEAR4 = rf"{CENTURY}[0-9]{{2}}"
DASH = r"\s?(?:--|——|[-—–－~～至到])\s?"
MONTH = r"(?:1[0-2]|0?[1-9])"
DAY = r"(?:3[01]|[12][0-9]|0?[1-9])"
DIRECTION = "之前|以前|前|之后|以后|后|以来|来"
COUNT_UNIT = r"(?P<{0}_unit>年|个年头|個月|个月|周|週|天|个星期|个季度)"


class Lexicon:
    """Tables of periods_zh.toml in the shape the scanner needs."""

    def __init__(self) -> None:
        data = load_toml(FILE)
        self.digits: dict[str, int] = data["digits"]
        self.words: dict[str, Atom] = {}
        for kind, words in data["parts"].items():
            for word, numbers in words.items():
                base = "fiscal" if kind == "fiscal" else ""
                self._add(word, Atom(0, 0, "part", kind, base=base, part=part_of(FILE, word, numbers)))
        formal = frozenset(data["relative_to_told"]["words"])
        for unit, words in data["relative"].items():
            for word, offset in words.items():
                base = "before" if word in formal else "published"
                if unit in ("year", "fiscal_year"):
                    base = base if unit == "year" else "fiscal_published"
                    self._add(word, Atom(0, 0, "year", "fiscal" if unit != "year" else "year", base, offset))
                elif unit == "fiscal_quarter":
                    self._add(word, Atom(0, 0, "vague", "fiscal"))
                else:
                    self._add(word, Atom(0, 0, "unit", unit, base, offset, unit))
        for unit, words in data["told"].items():
            for word, offset in words.items():
                if unit == "year":
                    self._add(word, Atom(0, 0, "year", "year", "told", offset))
                elif unit == "third":
                    self._add(word, Atom(0, 0, "third", "range", "told", offset))
                else:
                    self._add(word, Atom(0, 0, "unit", "anaphoric", "told", offset, unit))
        for word, offset in data["same_period"].items():
            self._add(word, Atom(0, 0, "same", "anaphoric", number=offset))
        for word, unit in data["to_date"].items():
            self._add(word, Atom(0, 0, "to_date", "cumulative", unit=unit))
        for word in data["vague"]["words"]:
            self._add(word, Atom(0, 0, "vague", "vague"))
        for name, span in calendars().plans.items():
            self._add(name, Atom(0, 0, "span", "plan", span=span))
        for name in calendars().events:
            if not name.isascii() or name[0].isdigit():
                self._add(name, Atom(0, 0, "event", "event", word=name))
        weekdays = data["weekdays"]
        self.counted_before = tuple(weekdays["counted_before"])
        self.not_counted = tuple(weekdays["not_counted"])
        for prefix in weekdays["prefixes"]:
            for name, number in weekdays["days"].items():
                word = "weekend" if name == "末" else ""
                self._add(prefix + name, Atom(0, 0, "weekday", "day", number=number, word=word))
                for before, base in (("本", "this"), ("这", "this"), ("上", "last"), ("下", "next"), ("上个", "last")):
                    self._add(before + prefix + name, Atom(0, 0, "weekday", "day", base, number, "week", word=word))
        self.rolling_units: dict[str, str] = data["rolling"]["units"]
        self.rolling_past: list[str] = data["rolling"]["past"]
        self.nearly_after = tuple(data["rolling"]["nearly_after"])
        self.rolling_future: list[str] = data["rolling"]["future"]
        self.guards: dict[str, Any] = data["guards"]
        for table in ("not_before", "only_before", "not_after"):
            for word in self.guards[table]:
                if word not in self.words:
                    raise LexiconError(FILE, f"guards.{table}", f"{word} is no word of the lexicon")
        self.not_before = {word: tuple(after) for word, after in self.guards["not_before"].items()}
        self.not_after = {word: tuple(before) for word, before in self.guards["not_after"].items()}
        self.only_before = {word: tuple(after) for word, after in self.guards["only_before"].items()}
        self.edges: dict[str, Any] = data["edges"]
        self.starts = tuple(self.edges["start"])
        self.ends = tuple(self.edges["end"])
        self.not_start = tuple(self.edges["not_start"])
        self.not_end = tuple(self.edges["not_end"])
        self.season_before = tuple(self.guards["season_before"])
        self.short_year_after = tuple(self.guards["short_year_after"])
        self.day_before = tuple(self.guards["day_before"])
        self.day_times = tuple(self.guards["day_times"])
        self.not_day_before = frozenset(self.guards["not_day_before"])
        self.day_of = tuple(data["relative"]["month"])
        self.day_after = frozenset(self.guards["day_after"])

    def _add(self, word: str, atom: Atom) -> None:
        if word in self.words:
            raise LexiconError(FILE, word, "stands twice")
        self.words[word] = atom

    def number(self, text: str) -> int | None:
        """Value of a small number in digits or characters, None for 几 and 数: 十二 is 12, 三十 is 30."""
        if text.isdigit():
            return int(text)
        total = 0
        current = 0
        for character in text:
            if character == "十":
                total += (current or 1) * 10
                current = 0
            elif character in self.digits:
                current = current * 10 + self.digits[character]
            else:
                return None
        return total + current


@cache
def lexicon() -> Lexicon:
    """The Chinese words of time, loaded once."""
    return Lexicon()


# ---------------------------------------------------------------- patterns, one set for each first character


def digit_pattern() -> str:
    """Dates that begin with a digit; the name of the last group is the row."""
    guards = lexicon().guards
    short_before = alternation(guards["short_year_before"])
    not_year = alternation(guards["not_year_before"])
    return rf"""
          (?P<iso>(?P<iso_y>{YEAR4})(?P<iso_s>[-/.])(?P<iso_m>{MONTH})(?P=iso_s)(?P<iso_d>{DAY})(?![0-9]))
        | (?P<ym>(?P<ym_y>{YEAR4})[-/.](?P<ym_m>0[1-9]|1[0-2])(?![0-9年/-]))
        | (?P<fiscal>(?P<fiscal_y>{YEAR4}|[0-9]{{2}})(?:[/-](?P<fiscal_z>{YEAR4}|[0-9]{{2}}))?\s?
            (?:财年|財年|财政年度|会计年度))
        | (?P<years>(?P<years_a>{YEAR4}){DASH}(?:(?P<years_b>{YEAR4})\s?年?|(?P<years_c>[0-9]{{2}})\s?年)(?![0-9]))
        | (?P<decade>(?P<decade_y>(?:{CENTURY})?[0-9]0)\s?年代)
        | (?P<year>(?P<year_y>{YEAR4})\s?(?:年度|年(?!{not_year}|级|代)))
        | (?P<bare>(?P<bare_y>{YEAR4})(?=\s?(?:Q[1-4]|H[12]|[上下]半年|第?[一二三四]季|前三季|全年)))
        | (?P<dayrange>(?P<dr_m>{MONTH})\s?月\s?(?P<dr_a>{DAY})\s?[日号號]?{DASH}(?P<dr_b>{DAY})\s?[日号號])
        | (?P<monthday>(?P<md_m>{MONTH})\s?月\s?(?P<md_d>{DAY})\s?[日号號])
        | (?P<monthrange>(?P<mr_a>{MONTH})\s?(?:月份?)?(?:{DASH}|、)(?P<mr_b>{MONTH})\s?月份?
            (?!\s?[0-9]{{1,2}}\s?[日号號]))
        | (?P<month>(?P<month_m>{MONTH})\s?月(?:份)?(?![龄租薪饼供亮票报刊])\s?(?P<month_t>上旬|中旬|下旬|初|末|底)?)
        | (?P<ago>(?P<ago_n>[0-9]{{1,3}})\s?(?:多|余)?{COUNT_UNIT.format("ago")}(?P<ago_d>{DIRECTION}))
        | (?P<shortyear>(?P<short_y>[0-9]{{2}})\s?年(?=\s?(?:{MONTH}\s?月|{short_before})))
        | (?P<comparedyear>(?P<compared_y>[0-9]{{2}})\s?年(?!前|后|来|间|的|多|半|内|以|之))
        | (?P<shortbare>(?P<bare2_y>[0-9]{{2}})(?=Q[1-4]|H[12]))
        | (?P<latinquarter>(?P<lq_n>[1-4])Q\s?'?(?P<lq_y>{YEAR4}|[0-9]{{2}})?(?![0-9A-Za-z]))
        | (?P<latinhalf>(?P<lh_n>[12])H\s?'?(?P<lh_y>{YEAR4}|[0-9]{{2}})(?![0-9A-Za-z]))
        | (?P<bareday_range>(?P<bdr_a>{DAY})\s?日?{DASH}(?P<bdr_b>{DAY})\s?日)
        | (?P<bareday>(?P<bare_d>{DAY})\s?日)
        | (?P<clock>[0-2]?[0-9]\s?[:：]\s?[0-5][0-9](?:[:：][0-5][0-9])?(?![0-9])
            | [0-2]?[0-9]\s?[点點时時]\s?(?:[0-5]?[0-9]\s?分|半|整|许|钟)
            | [0-2]?[0-9]\s?[时時](?=[起，许]|$))
        | (?P<hour>[0-2]?[0-9]\s?[点點时時](?!代|尚|间|间|常|长))
        | (?P<cohort>[0-9]{{2}}[后後](?![，。来续]))
        """


def numeral_rows() -> str:
    """Dates that begin with a Chinese numeral, as rows of a pattern."""
    return rf"""
          (?P<hzyear>(?P<hzyear_y>[一二][{NUMERALS[:-1]}]{{3}})\s?年)
        | (?P<hzmonthday>(?P<hzmd_m>十[一二]?|[一二三四五六七八九])月
            (?P<hzmd_d>三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])[日号號])
        | (?P<hzmonth>(?P<hzm_m>十[一二]?|[一二三四五六七八九])月(?:份)?
            (?!一次|一度|内|有余|之久|天|[{NUMERALS}]{{1,3}}[日号號])(?P<hzm_t>上旬|中旬|下旬|初|末|底)?)
        | (?P<hzrange>(?P<hzr_a>十[一二]?|[一二三四五六七八九])月?{DASH}(?P<hzr_b>十[一二]?|[一二三四五六七八九])月份?)
        | (?P<hzago>
            (?P<hzago_n>[一二两兩三四五六七八九]?十[一二三四五六七八九]?|[一二两兩三四五六七八九]|半)\s?(?:多|余)?
            {COUNT_UNIT.format("hzago")}(?P<hzago_d>{DIRECTION}))
        | (?P<hzdecade>(?P<hzdecade_y>[一二三四五六七八九])十年代)
        | (?P<hzclock>(?:十[一二]?|[一二两三四五六七八九])点(?:半|整|钟|[一二三四五]?十[一二三四五六七八九]?分))
    """


def rolling_row(beginnings: list[str]) -> str:
    """近三年, 过去半年, 未来五年, 最近30天."""
    words = lexicon()
    return rf"""
        (?P<rolling>(?!过去的\s?(?:[一二三四1-4]\s?季|[0-9]{{1,2}}\s?月)|刚过去的|刚刚过去的)(?P<roll_w>{alternation(beginnings)})\s?
          (?P<roll_n>[0-9]{{1,3}}|[{NUMERALS}]{{1,3}}|几|数|半)(?:{DASH}(?:[0-9]{{1,3}}|[{NUMERALS}]))?\s?(?:多)?
          (?P<roll_u>{alternation(words.rolling_units)})(?![初末底]))
    """


# 前10个月 counts from January.
CUMULATIVE = rf"(?P<cumulative>[前首]\s?(?P<cum_n>[0-9]{{1,2}}|[{NUMERALS}]{{1,2}})\s?[个個]?月)"


FIRST_ROWS = {
    "民": r"(?P<roc>民[国國]\s?(?P<roc_y>[0-9]{2,3})\s?年)",
    "上": r"(?P<century>上(?:个)?世纪(?P<century_y>[0-9]0|[一二三四五六七八九]十)年代)",
    "F": rf"(?P<latinfiscal>FY\s?'?(?P<lf_y>{YEAR4}|[0-9]{{2}})(?:/[0-9]{{2}})?(?![0-9]))",
    "财": rf"(?P<zhfiscal>财年\s?(?P<zf_y>{YEAR4})(?![0-9]))",
    "前": CUMULATIVE,
    "首": CUMULATIVE,
}


class Matchers(dict[str, Match]):
    """For each first character, the match function of what can begin with it; compiled when it is first met."""

    def __missing__(self, first: str) -> Match:
        words = lexicon()
        if first in DIGITS or first in NUMERALS:
            group, rows = (DIGITS, [digit_pattern()]) if first in DIGITS else (NUMERALS, [numeral_rows()])
        else:
            group, rows = first, [FIRST_ROWS[first]] if first in FIRST_ROWS else []
        listed = [word for word in words.words if word[0] in group]
        if listed:
            rows.insert(0, f"(?P<word>{alternation(listed, spaced=True)})")
        rolling = [word for word in (*words.rolling_past, *words.rolling_future) if word[0] == first]
        if rolling:
            rows.insert(0, rolling_row(rolling))  # 未来五年 before 未来
        match = re.compile("|".join(rows), re.VERBOSE).match
        self.update(dict.fromkeys(group, match))
        return match


@cache
def trigger_pattern() -> re.Pattern[str]:
    """Finds where a date may begin: a short run of digits with the right character behind it, or two characters.

    The pattern begins with one character class, which the engine can search for quickly.
    """
    seconds = set(NUMERALS) | set("0123456789月年季个個半点财国國世Y ") | set("多余周週天")
    words = lexicon()
    firsts = {*NUMERALS, *FIRST_ROWS}
    for word in [*words.words, *words.rolling_past, *words.rolling_future]:
        if not word[0].isdigit():
            firsts.add(word[0])
            seconds.add(word[1] if len(word) > 1 else "")
    seconds |= {"几", "数", "内", " "}
    first_class, second_class = (re.escape("".join(sorted(group))) for group in (firsts, seconds))
    followers = re.escape("".join(sorted(DIGIT_FOLLOWERS)))
    return re.compile(
        rf"""
        [0-9{first_class}](?:
            (?<=[0-9])(?<![0-9][0-9])(?:[0-9]{{0,3}}+(?=[{followers}])|(?<=6)18|(?<=6)[.·]18)
          | (?<![0-9])(?=[{second_class}])
        )""",
        re.VERBOSE,
    )
