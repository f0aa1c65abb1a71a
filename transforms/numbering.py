"""Numbers that open a heading: 「一、」 「（二）」 「2.3」 「01」 "Part 3", and what series they belong to."""

from __future__ import annotations

import re
from typing import NamedTuple

_HAN = "〇零一二三四五六七八九十百"
_HAN_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0}
# Series in the order they are tried; `depth` is how deep a Chinese document sets them (一、 → （一） → 1. → （1）).
_SERIES: tuple[tuple[str, int, re.Pattern[str]], ...] = (
    ("chapter", 0, re.compile(rf"第\s?([{_HAN}\d]{{1,4}})\s?[章节篇部回讲](?:分|[\s:：、]|$|(?=\w))")),
    ("han", 0, re.compile(rf"([{_HAN}]{{1,4}})\s?[、．.](?=\s*\S)")),
    ("han-bracket", 1, re.compile(rf"[（(]([{_HAN}]{{1,4}})[）)]")),
    ("part", 0, re.compile(r"(?:Part|Chapter|Section|Step|PART|CHAPTER|SECTION|STEP)\s?(\d{1,2}|[IVX]{1,4})\b[.:：]?")),
    ("decimal", 1, re.compile(r"(\d{1,2}(?:\.\d{1,2}){1,3})\.?(?=[\s、：:]|[^\W\d_%％])(?![万亿千百元倍度美个])")),
    ("padded", 0, re.compile(r"(0\d)(?=$|[\s.、．:：|/丨-]|[^\W\d_])")),
    ("number-bracket", 2, re.compile(r"[（(](\d{1,2})[）)]")),
    ("number", 1, re.compile(r"(\d{1,2})\s?[、．.)）](?!\d)")),
    ("roman", 0, re.compile(r"([IVX]{1,5})\s?[.、．](?=\s*\S)")),
)


class Numbering(NamedTuple):
    """A heading's number as written, its series, its value in it (None where not read) and its depth."""

    text: str
    series: str
    value: int | None
    depth: int


def read_numbering(text: str) -> Numbering | None:
    """The number that opens a heading's text.

    >>> read_numbering("一、一次“活久见”的合作？")
    Numbering(text='一、', series='han', value=1, depth=0)
    >>> read_numbering("2.3 现金流").text, read_numbering("01 增长").text, read_numbering("2.3万亿元")
    ('2.3', '01', None)
    """
    first = text[:1]
    if not (first.isdigit() or first in _HAN or first in "（(第PCSIVX"):
        return None
    for series, depth, pattern in _SERIES:
        found = pattern.match(text)
        if found is None:
            continue
        written = found.group().rstrip(" :：|/丨-")
        number = found[1]
        if series == "decimal":
            return Numbering(number, series, None, number.count("."))
        return Numbering(written, series, _value(number), depth)
    return None


def _value(number: str) -> int | None:
    if number.isdigit() and number.isascii():
        return int(number)
    if number and all(digit in "IVX" for digit in number):
        return None
    tens, ten, units = number.partition("十")
    if not ten:
        return _HAN_DIGITS.get(number)
    high = _HAN_DIGITS.get(tens, 1 if not tens else None)
    low = _HAN_DIGITS.get(units, 0 if not units else None)
    return None if high is None or low is None else high * 10 + low
