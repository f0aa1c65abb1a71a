"""Joins atoms to mentions: 2021年 + 9月, third quarter + of 2021, 9月 to 12月, 2022财年第三季度（2021年第四季度）."""

from __future__ import annotations

import re
from copy import copy
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.period_lexicon import alternation, load_toml

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transforms.claims.calendar import Part
    from transforms.claims.period_atoms import Atom

# Glue that joins a year and its part, by language and order.
YEAR_PART_ZH = frozenset(["", " ", "的", " 的", "的 "])
YEAR_PART_EN = frozenset([" ", "'s ", "’s ", "-", ""])
PART_YEAR_EN = frozenset([" ", " of ", " in ", " of the ", "-", "", " for ", " of its "])
DATE_YEAR_EN = PART_YEAR_EN | {", "}
DAY_DAY = {"zh": frozenset(["", " ", "（", "(", " ("]), "en": frozenset([", ", " ", " (", ","])}
STRETCH_DATE = re.compile(r"\s(?:on\s|at\s|in\s|the\send\sof\s|end-)*")
ENDED = re.compile(r",?\s\(?(?:which\s|that\s)?(?:ended|ending)\s(?:on\s)?|\s?[（(]截[至止]\s?")
EQUIVALENT = frozenset(
    [
        "（",
        "(",
        " (",
        " （",
        "（即",
        "(即",
        "，即",
        "，也就是",
        "（也就是",
        "，对应",
        "（对应",
        "（对应自然年",
        "（自然年",
    ]
)


# 11月1日0时至11月11日24时: the hour between the ends of a range.
HOUR = re.compile(r"\s?[0-9]{1,2}\s?(?:[时點点時]|[:：][0-9]{2})\s?")
CLOSING = re.compile(r"\s?止?[）)]")
BETWEEN = ("between ", "Between ")


class Mention:
    """One mention while it is put together; `atom` is the atom that decides how it is dated."""

    __slots__ = ("atom", "end", "ended", "equivalent", "is_fiscal", "kind", "part", "start", "to", "year")

    def __init__(self, atom: Atom) -> None:
        self.atom = atom
        self.start = atom.start
        self.end = atom.end
        self.kind = atom.kind
        self.part: Part | None = atom.part
        self.year: Atom | None = atom if atom.form == "year" else None
        self.is_fiscal = atom.base.startswith("fiscal")
        self.to: Mention | None = None  # the other end of a range
        self.equivalent: Mention | None = None  # the calendar dates given in brackets
        self.ended: Mention | None = None  # the last day of a stretch

    @property
    def is_dated(self) -> bool:
        """Whether it is a year, a part of one or a span: what can be an end of a range."""
        return self.atom.form in ("year", "part", "span", "unit", "day")


@cache
def range_words(language: str) -> frozenset[str]:
    """What stands between the ends of a range."""
    return frozenset(load_toml(f"periods_{language}.toml")["around"]["range"])


def join_atoms(text: str, atoms: Sequence[Atom], language: str) -> list[Mention]:
    """The mentions in order: years with their parts, ranges, and dates in brackets taken together."""
    mentions: list[Mention] = []
    for atom in atoms:
        if atom.form == "clock":
            continue
        if mentions and join_part(text, mentions[-1], atom, language):
            continue
        mentions.append(Mention(atom))
    if len(mentions) > 1:
        mentions = join_equivalents(text, join_ranges(text, mentions, language))
    return [mention for mention in mentions if mention.atom.form != "stretch" or mention.ended]


def join_part(text: str, left: Mention, atom: Atom, language: str) -> bool:
    """Takes the atom into the mention before it where the two are one date; says whether it did."""
    if atom.start - left.end > 16 or left.atom.form in ("rolling", "vague", "to_date"):
        return False
    glue = text[left.end : atom.start]
    form = left.atom.form
    if form == "year" and left.part is None and atom.form == "part" and atom.base in ("", "fiscal"):
        if glue not in (YEAR_PART_ZH if language == "zh" else YEAR_PART_EN):
            return False
        left.part, left.kind = atom.part, "fiscal" if left.is_fiscal or atom.base else atom.kind
        left.is_fiscal = left.is_fiscal or atom.base == "fiscal"
    elif form == "year" and left.part is None and atom.form in ("same", "event") and glue in YEAR_PART_ZH:
        left.atom, left.kind = atom, atom.kind
    elif form in ("part", "event") and left.year is None and is_year(atom):
        is_date = form == "part" and left.kind in ("month", "day", "range")
        if glue not in (DATE_YEAR_EN if is_date else PART_YEAR_EN) or (language == "zh" and glue not in ("", " ")):
            return False
        if left.atom.base in ("last", "this", "next"):
            return False
        if atom.form == "year":
            left.year = atom
            left.is_fiscal = left.is_fiscal or atom.base.startswith("fiscal")
            if left.is_fiscal:
                left.kind = "fiscal"
        elif atom.number:  # of the previous year
            left.year = atom._replace(form="year")
        elif glue.strip() not in ("of", "of the", "in"):
            return False
    elif form == "unit" and left.atom.unit == "month" and atom.form == "day" and glue in ("", " "):
        left.year, left.atom, left.kind = left.atom, atom, atom.kind
    elif form == "stretch" and left.ended is None and STRETCH_DATE.fullmatch(glue):
        if atom.form not in ("year", "part", "span", "weekday"):
            return False
        left.ended = Mention(atom)
    elif form == "weekday" and atom.form in ("part", "year") and atom.kind == "day" and glue in DAY_DAY[language]:
        left.atom, left.part, left.year, left.kind = atom, atom.part, atom if atom.form == "year" else None, "day"
        if glue.strip() in ("（", "(") and text.startswith(("）", ")"), atom.end):
            left.end = atom.end + 1
            return True
    elif left.kind == "day" and left.ended is None and atom.unit == "week" and atom.base == "told" and glue == "":
        left.ended = copy(left)  # 11月15日当周: the week that ends with that day
        left.atom, left.kind, left.part, left.year = atom._replace(form="stretch", number=1), "range", None, None
    elif atom.form == "weekday" and left.kind == "day" and glue in DAY_DAY[language] and form in ("part", "year"):
        pass
    else:
        return False
    left.end = atom.end
    return True


def is_year(atom: Atom) -> bool:
    return (atom.form == "year" and atom.part is None) or (atom.form == "unit" and atom.unit == "year")


def join_ranges(text: str, mentions: list[Mention], language: str) -> list[Mention]:
    """Mentions with A 至 B, from A to B, between A and B made one."""
    words = range_words(language)
    joined: list[Mention] = []
    for mention in mentions:
        left = joined[-1] if joined else None
        if left and left.to is None and left.is_dated and mention.is_dated and mention.start - left.end < 10:
            glue = text[left.end : mention.start].strip()
            if glue not in words:
                glue = HOUR.sub("", glue)
            is_between = glue != "and" or text.endswith(BETWEEN, max(0, left.start - 8), left.start)
            if glue in words and is_between and range_fits(left, mention):
                left.to, left.end = mention, mention.end
                continue
        if left and ends_stretch(text, left, mention):
            left.ended, left.end = mention, mention.end
            if closing := CLOSING.match(text, mention.end):
                left.end = closing.end()
            continue
        joined.append(mention)
    return joined


def ends_stretch(text: str, left: Mention, right: Mention) -> bool:
    """Whether the right mention is the last day of the quarter or fiscal stretch at its left."""
    is_stretch = left.is_fiscal or (left.atom.form == "part" and left.kind in ("quarter", "half", "cumulative"))
    if not is_stretch or left.ended is not None or right.kind != "day" or right.start - left.end > 20:
        return False
    return ENDED.fullmatch(text, left.end, right.start) is not None


def range_fits(left: Mention, right: Mention) -> bool:
    if left.atom.form == "day" or right.atom.form == "day":
        return left.kind == "day" and right.kind == "day"
    return left.atom.form in ("year", "part", "span") and right.atom.form in ("year", "part", "span")


def join_equivalents(text: str, mentions: list[Mention]) -> list[Mention]:
    """Mentions with a calendar equivalent in brackets made one: the explicit side gives the dates."""
    joined: list[Mention] = []
    for mention in mentions:
        left = joined[-1] if joined else None
        if left and left.equivalent is None and mention.start - left.end < 8:
            glue = text[left.end : mention.start]
            if glue in EQUIVALENT and (left.is_fiscal or mention.is_fiscal or is_named_again(left, mention)):
                left.equivalent = mention
                closes = text[mention.end : mention.end + 1] in ("）", ")") and glue.strip()[:1] in "（("
                left.end = mention.end + (1 if closes else 0)
                continue
        joined.append(mention)
    return joined


def is_named_again(left: Mention, right: Mention) -> bool:
    """Whether the bracket repeats the mention with its date: 今日（12月28日）, 去年（2021年）."""
    if right.year is not None and right.year.base != "text":
        return False
    if left.kind != right.kind or right.atom.form not in ("year", "part", "span"):
        return False
    return left.atom.form in ("unit", "weekday") or (left.year is not None and left.year.base != "text")


@cache
def end_of_stretch() -> re.Pattern[str]:
    """止三个月, 的季度, 止年度 after 截至 and a day."""
    numerals = alternation(load_toml("periods_zh.toml")["digits"])
    return re.compile(
        rf"\s?(?:止|的|止的)\s?(?:(?P<count>[0-9]{{1,2}}|十[一二]?|{numerals})\s?[个個]月|(?P<unit>财季|季度|季|财年|财政年度|年度|半年))"
    )
