"""Numbers written out in words, the other way round from what the extractor reads."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


HANZI = "零一二三四五六七八九"
ONES = _words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
TENS = _words("twenty thirty forty fifty sixty seventy eighty ninety")
SCALES = ((10**9, "billion"), (10**6, "million"), (1000, "thousand"))


def hanzi(number: int) -> str:
    """The Chinese numeral of an integer from 0 to below 10**12.

    >>> [hanzi(n) for n in (0, 10, 105, 2008, 350_000, 10**8 + 1)]
    ['零', '十', '一百零五', '二千零八', '三十五万', '一亿零一']
    """
    if number < 10:
        return HANZI[number]
    words, needs_zero = "", False
    for scale, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        group, number = divmod(number, scale)
        if not group:
            needs_zero = bool(words)
            continue
        if words and (needs_zero or group < 1000):
            words += "零"
        words += _hanzi_below_ten_thousand(group) + name
        needs_zero = False
    # A leading 一十 is said 十: 十五, 十万.
    return words[1:] if words.startswith("一十") else words


def _hanzi_below_ten_thousand(number: int) -> str:
    words, needs_zero = "", False
    for place, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, place)
        if digit:
            words += ("零" if needs_zero else "") + HANZI[digit] + name
            needs_zero = False
        else:
            needs_zero = bool(words)
    return words


def english(number: int, *, with_and: bool = False) -> str:
    """The English words of an integer from 0 to below 10**12.

    >>> english(205, with_and=True), english(1_000_023)
    ('two hundred and five', 'one million twenty-three')
    """
    if number == 0:
        return ONES[0]
    words = []
    for scale, name in SCALES:
        group, number = divmod(number, scale)
        if group:
            words.append(f"{_english_below_thousand(group, with_and)} {name}")
    if number:
        words.append(_english_below_thousand(number, with_and))
    return " ".join(words)


def _english_below_thousand(number: int, with_and: bool) -> str:
    hundreds, rest = divmod(number, 100)
    words = [f"{ONES[hundreds]} hundred"] if hundreds else []
    if hundreds and rest and with_and:
        words.append("and")
    if 0 < rest < 20:
        words.append(ONES[rest])
    elif rest:
        tens, ones = divmod(rest, 10)
        words.append(TENS[tens - 2] + (f"-{ONES[ones]}" if ones else ""))
    return " ".join(words)
