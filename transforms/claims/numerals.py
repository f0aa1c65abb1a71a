"""Exact values of number words: Chinese numerals and English number words."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_TEN = Decimal(10)
# An address is no text: no number in it is a claim.
URL = r"(?:https?://|www\.)[^\s\u3000-\u9fff\uff00-\uffef<>\"']+"
# A run longer than any real number is skipped whole: its digits are no value, and reading them costs their square.
LONG_RUN = 40
LONG_DIGITS = rf"\d[\d,.:/~–-]{{{LONG_RUN},}}"
# 1/3, 10 1/2, ½: only small wholes, larger ones are dates, scores and addresses
SLASH_FRACTION = re.compile(r"(?:(?P<whole>\d{1,4})[\s-])?(?P<part>\d{1,2})/(?P<of>\d{1,2})(?![\d/.])")
MAX_DENOMINATOR = 20
# ½, ⅓ and their like: one character a fraction
VULGAR = "".join(ch for ch in map(chr, (*range(0xBC, 0xBF), *range(0x2150, 0x215F))))


def parse_hanzi(text: str, digits: Mapping[str, int], scales: Mapping[str, int]) -> Decimal | None:
    """Value of a Chinese numeral such as 二十三, 三万五, 两千零八, 二〇二一 or 三点五; None when it is none.

    >>> D, S = dict(zip("零一二三四五六七八九", range(10))), {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
    >>> [str(parse_hanzi(text, D, S)) for text in ("三万五", "一百零五", "五亿六千万", "三点五")]
    ['35000', '105', '560000000', '3.5']
    """
    whole, point, fraction = text.partition("点")
    if point:
        base = parse_hanzi(whole, digits, scales)
        if base is None or not fraction or any(ch not in digits for ch in fraction):
            return None
        return base + Decimal("0." + "".join(str(digits[ch]) for ch in fraction))
    if not any(ch in scales for ch in text):
        # Two neighbouring digits (三四, 七八) are a range, three or more a number read digit by digit.
        if not text or any(ch not in digits for ch in text) or (len(text) == 2 and all(digits[ch] for ch in text)):
            return None
        return Decimal("".join(str(digits[ch]) for ch in text))
    total = section = 0  # total: finished 万 and 亿 groups; section: the group being read
    digit = -1
    last_scale = 0  # the scale word just before the current digit, for 三万五
    for ch in text:
        if ch in digits:
            if digit > 0:
                return None
            digit = digits[ch]
            if digit == 0:
                last_scale = 0
            continue
        scale = scales.get(ch)
        if scale is None:
            return None
        if scale < 10_000:
            section += (1 if digit < 0 else digit) * scale
        else:
            section += max(digit, 0)
            if section:
                # 五亿六千万: the 亿 group is done; 一百万亿: the 万 group is multiplied
                if total and total < scale:
                    total = (total + section) * scale
                else:
                    total += section * scale
            else:
                total = total * scale if total else scale
            section = 0
        digit = -1
        last_scale = scale
    if digit > 0:
        section += digit * (last_scale // 10) if last_scale >= 100 else digit
    return Decimal(total + section)


def parse_english(
    words: list[str], digits: Mapping[str, int], tens: Mapping[str, int], scales: Mapping[str, int]
) -> Decimal | None:
    """Value of English number words, lower case, without "and"; None when they form no number.

    >>> d, t, s = {"one": 1, "two": 2, "five": 5}, {"twenty": 20}, {"hundred": 100, "thousand": 1000, "million": 10**6}
    >>> parse_english(["two", "hundred", "five"], d, t, s), parse_english(["twenty", "five", "thousand"], d, t, s)
    (Decimal('205'), Decimal('25000'))
    """
    total = group = 0
    last = 0
    for word in words:
        if word in digits:
            if 0 < last < 20 or (last >= 20 and last < 100 and digits[word] > 9):
                return None
            group += digits[word]
            last = digits[word] or 1
        elif word in tens:
            if 0 < last < 100:
                return None
            group += tens[word]
            last = tens[word]
        else:
            scale = scales.get(word)
            if scale is None:
                return None
            if scale == 100:
                group = (group or 1) * 100
            else:
                total += (group or 1) * scale
                group = 0
            last = scale
    return Decimal(total + group) if words else None


def parse_slash(match: re.Match[str]) -> Decimal | None:
    """Value of a match of SLASH_FRACTION; None where it is no proper fraction.

    >>> parse_slash(SLASH_FRACTION.match("10 1/2")), parse_slash(SLASH_FRACTION.match("3/15"))
    (Decimal('10.5'), Decimal('0.2'))
    """
    part, of = int(match["part"]), int(match["of"])
    if not 0 < part < of <= MAX_DENOMINATOR:
        return None
    return Decimal(match["whole"] or 0) + Decimal(part) / Decimal(of)


def parse_vulgar(text: str) -> Decimal:
    """Value of digits, or of none, before a fraction of one character.

    >>> parse_vulgar("2 ½"), parse_vulgar("¾")
    (Decimal('2.5'), Decimal('0.75'))
    """
    part, _, of = unicodedata.normalize("NFKC", text[-1]).partition("\N{FRACTION SLASH}")
    return Decimal(text[:-1].strip() or 0) + Decimal(part) / Decimal(of)


def parse_digits(text: str) -> Decimal:
    """Value of digits with thousands separators.

    >>> parse_digits("82，225.00")
    Decimal('82225.00')
    """
    return Decimal(text.replace(",", "").replace("，", ""))


def place_of(coefficient: Decimal) -> Decimal:
    """Place of the last significant digit: 320 → 10, 13 → 1, 1.5 → 0.1; what 多 or 余 may add at most.

    >>> place_of(Decimal("320")), place_of(Decimal("1.5"))
    (Decimal('10'), Decimal('0.1'))
    """
    if not coefficient:
        return Decimal(1)
    _, digits, exponent = coefficient.as_tuple()
    place = int(exponent)
    for digit in reversed(digits):
        if digit:
            break
        place += 1
    return _TEN**place if place >= 0 else Decimal(1).scaleb(place)
