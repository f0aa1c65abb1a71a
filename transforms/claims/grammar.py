"""Named patterns over neighbouring numbers: ranges, lists that share a unit, names that only look like numbers."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.implied import share_scale
from transforms.claims.languages import english_bare_counts, english_scanner
from transforms.claims.lexicon import load_lexicon, load_units
from transforms.claims.phrases import phrase_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transforms.claims.loose import LooseReader
    from transforms.claims.mentions import Mention

# 3-5万元, 5 to 7 million, 介于A和B之间: what may stand between the two ends of a range
_RANGE = re.compile(r"\s?(?:到|至|~|-{1,2}|–|—{1,2}|或|to|or|-to-|-or-|through)\s?")
_DASHES = frozenset({"-", "--", "–", "—", "~"})  # from $6bn-$9bn is a range, from $6bn to $9bn two levels
_TOLERANCE = re.compile(r"\s?(?:±|\+/-)\s?")
_PAIR = re.compile(r"\s?(?:和|与|及|and)\s?")
_PAIR_BEFORE = re.compile(r"(?:介于|在|between)\s?$", re.IGNORECASE)
_LIST = re.compile(r"(?:\s?[、，,/]\s?|\s?(?:和|及|与|或|and|or|,\s?and)\s?)+")
_FROM = re.compile(r"(?:从|由|自|from)\s?(?:约|about|nearly)?\s?$", re.IGNORECASE)
_LOOKBEHIND = 12
_VERB_LOOKBEHIND = 30
_LEVELS_LOOKBEHIND = 70
_MAX_GAP = 11
_MAX_CARRY = 70
_MAX_LEVELS_GAP = 20
_MAX_LEVELS_APART = 20
_MAX_APART = 5
_NEAR = 3  # numbers back, in which what a number counts is looked for
_MORE = re.compile(r"\s(?:more|others)\b(?!\s(?:than|[a-z]+s\b))")
_SENTENCE_END = re.compile(r"[。！？!?\n]|\.\s")
_CJK = re.compile(r"[\u4e00-\u9fff]")
_MYRIADS = (Decimal(10) ** 12, Decimal(10) ** 8, Decimal(10) ** 4)
# sees income rising 5.5% to 6.5%: what is expected to change by so much or more
_EXPECTED_RANGE = 2
# A range's ends are nearer to each other; 下调1.55万元至24.59万元 is no range.
_SIZE_TO_LEVEL = 4
# 由首日的8.1跌到7.4分, 从1600万升级为3200万像素: what stands between two levels that share the unit of the second
_LEVELS_ZH = re.compile(r"[^，。；、：（）\d]{0,8}(?:到了?|至|为|成了?)[^，。；、\d]{0,4}")
_LEVELS_FROM_ZH = re.compile(r"[由从自][^，。；、\d]{0,10}$")
# A list that shares a unit is no longer than this.
_MAX_LIST = 12
_MAX_SHARED_PERCENT = 1000
_SIGN_BEFORE = re.compile(r"(?:^|[\s(（\[，,:：;；为至到是达率约“\"])(?P<sign>[-−])$")


def combine(
    text: str, mentions: Sequence[Mention], negatives: Sequence[str] = (), loose: LooseReader | None = None
) -> list[Mention]:
    """The mentions with signs read, ranges joined, shared units handed on, and loose numbers dropped; in order."""
    mentions = list(mentions)
    kept: list[Mention] = []
    i, count = 0, len(mentions)
    while i < count:
        left = mentions[i]
        if left.unit is not None:
            _negate(text, left, negatives)
        if i + 1 < count:
            right = mentions[i + 1]
            if kept and _is_inside_head(kept[-1], left):
                i += 1
                continue
            whole = _compound(text, left, right)
            if whole is not None:
                mentions[i + 1] = whole  # 一元二角五分: the next part joins it
                i += 1
                continue
            joined = _range(text, left, _negated_end(text, left, right, negatives)) or _tolerance(text, left, right)
            if joined is None and loose is not None and left.unit is None and right.unit is None:
                joined = loose.join(text, left, right)
            if joined is not None:
                kept.append(joined)
                i += 2
                continue
            if (
                left.unit is None
                and right.unit is not None
                and text[left.end : right.start] == "-"
                and right.unit.kind == "count"
            ):
                i += 2  # 787-9 jets: a name
                continue
            if left.unit is None:
                _share_unit(text, mentions, i)
            if left.unit is None:
                _share_levels(text, left, right)
            if loose is not None and left.unit is None and loose.language == "en":
                english_bare_counts().share_whole(text, left, right)
        elif kept and _is_inside_head(kept[-1], left):
            break
        if kept:
            _carry(text, kept[-1], left)
            if left.unit is None and left.rule == "loose" and loose is not None and loose.language == "en":
                _count_foreseen(text, kept[-_NEAR:], left)
        if loose is not None and left.unit is None:
            loose.read(text, left, kept[-1] if kept else None)
            if left.unit is not None:
                _negate(text, left, negatives)
        if left.unit is not None or (left.scale >= 10_000 and left.rule != "loose"):
            if left.unit is None:
                _negate(text, left, negatives)
            kept.append(left)
        i += 1
    return kept


def _negate(text: str, mention: Mention, negatives: Sequence[str]) -> None:
    """-5.3%, 负2.1亿元, minus 2 degrees. A hyphen right after a word or a number is a dash, not a sign."""
    start = mention.start
    if text.endswith("±", 0, start) and mention.value is not None:
        mention.start, mention.low, mention.high = start - 1, -mention.value, mention.value
        mention.value, mention.comparator = None, "range"
        return
    sign = _SIGN_BEFORE.search(text, max(0, start - 2), start)
    word = next((word for word in negatives if text.endswith(word, 0, start)), None)
    if sign is not None:
        mention.start = sign.start("sign")
    elif word is not None:
        mention.start -= len(word)
    else:
        return
    mention.value = -mention.value if mention.value is not None else None
    mention.low, mention.high = (
        -mention.high if mention.high is not None else None,
        -mention.low if mention.low is not None else None,
    )


def _negated_end(text: str, left: Mention, right: Mention, negatives: Sequence[str]) -> Mention:
    """The right end of a range whose ends both have a sign: -12℃至-8℃, 零下12度到零下8度; else `right` as it is."""
    gap = text[left.end : right.start]
    sign = next((word for word in ("-", "−", *negatives) if gap.endswith(word) and len(gap) > len(word)), None)
    if (
        sign is None
        or right.value is None
        or not (_RANGE.fullmatch(joint := gap[: -len(sign)]) or _PAIR.fullmatch(joint))
    ):
        return right
    if left.unit is None:
        _negate(text, left, negatives)
    if left.value is None or left.value >= 0:
        return right
    return replace(right, start=right.start - len(sign), value=-right.value)


def _tolerance(text: str, left: Mention, right: Mention) -> Mention | None:
    """12.9±0.1毫米: the value with its bounds; else None."""
    if left.value is None or right.value is None or right.unit is None or left.unit not in {None, right.unit}:
        return None
    if not _TOLERANCE.fullmatch(text[left.end : right.start]):
        return None
    value = left.value if left.unit is not None else left.value * right.unit.factor
    return replace(
        right, start=left.start, value=value, low=value - right.value, high=value + right.value,
        rule="tolerance: <number> ± <number>", is_spelled=left.is_spelled,
    )  # fmt: skip


@cache
def _carried_words(language: str) -> re.Pattern[str]:
    return re.compile(phrase_pattern(load_lexicon(language).data["carried"]["words"]))


def _carry(text: str, before: Mention, mention: Mention) -> None:
    """What an earlier number of the sentence gives to this one: its noun (70 more), what it is per (against $1.32)."""
    gap = text[before.end : mention.start]
    if len(gap) > _MAX_CARRY or _SENTENCE_END.search(gap):
        return
    share_scale(text, before, mention)
    if before.unit is None:
        return
    if mention.unit is None:
        if before.unit.kind == "count" and mention.rule == "loose" and _MORE.match(text, mention.end):
            mention.unit, mention.rule = before.unit, "count: <number> more"
    elif mention.unit is before.unit and before.denominator == "share" and mention.denominator is None:
        values = before.value, mention.value
        language = "zh" if _CJK.search(gap) else "en"
        if mention.scale == 1 and values[0] and values[1] and _carried_words(language).search(gap):
            ratio = values[0] / values[1]
            if 1 / _MAX_APART < ratio < _MAX_APART:
                mention.denominator = before.denominator


def _count_foreseen(text: str, kept: Sequence[Mention], mention: Mention) -> None:
    """Added 12,000 jobs, short of the 100,000 economists had forecast: of what was counted before."""
    if not english_scanner().amounts.counted.foreseen(text, mention.end):
        return
    like = next((m.unit for m in reversed(kept) if m.unit is not None and m.unit.kind == "count"), None)
    if like is not None:
        mention.unit, mention.rule = like, "count: <number> expected"


def _share_levels(text: str, left: Mention, right: Mention) -> None:
    """rose from 85 to about 140, 由8.1跌到7.4分: two levels, their unit said once or elsewhere; no years, no hours."""
    gap = text[left.end : right.start]
    if left.value is None or right.value is None or len(gap) > _MAX_LEVELS_GAP:
        return
    if right.unit is not None:
        if not _LEVELS_ZH.fullmatch(gap) or not _LEVELS_FROM_ZH.search(
            text, max(0, left.start - _LOOKBEHIND), left.start
        ):
            return
        value = left.value * right.unit.factor
        if (
            right.unit.kind in {"rank", "duration"}
            or not 1 / _MAX_LEVELS_APART < value / (right.value or 1) < _MAX_LEVELS_APART
        ):
            return
        left.unit, left.unit_text, left.value = right.unit, right.unit_text, value
        left.rule = "list: <number> shares the unit"
        return
    # A text of the other language builds no lexicon for this.
    if left.rule != "loose" or right.rule != "loose" or "to" not in gap or not _to_level().fullmatch(gap):
        return
    if not _rose_from().search(text, max(0, left.start - _LEVELS_LOOKBEHIND), left.start):
        return
    for mention in (left, right):
        mention.unit, mention.rule = load_units()["item"], "bare: from <number> to <number>"


@cache
def _to_level() -> re.Pattern[str]:
    return re.compile(rf"\sto\s(?:{phrase_pattern(load_lexicon('en').data['ranges']['approximate'])}\s)?")


@cache
def _expected() -> re.Pattern[str]:
    ranges = load_lexicon("en").data["ranges"]
    words, stems = (phrase_pattern(ranges[key]) for key in ("expecting", "expecting_stems"))
    return re.compile(rf"\b(?:{words}|{stems}\w+)\b[^.;\d]*$")


@cache
def _rose_from() -> re.Pattern[str]:
    verbs = load_lexicon("en").verbs_of_change()
    return re.compile(rf"\b{verbs}\b[^.;,\d]*\sfrom\s(?:about\s|around\s)?$", re.IGNORECASE)


def _is_inside_head(before: Mention, mention: Mention) -> bool:
    # 400 737 Max jets: the second number is in the noun phrase that the first one counts
    return mention.start < before.head_end and before.end <= mention.start


@cache
def _grew_by() -> re.Pattern[str]:
    lexicon = load_lexicon("en")
    source = rf"\b{lexicon.verbs_of_change()}\s(?:by\s)?(?:{lexicon.bounds_before()}\s)?$"
    return re.compile(source, re.IGNORECASE)


@cache
def _changed_by() -> re.Pattern[str]:
    lexicon = load_lexicon("zh")
    return re.compile(rf"{lexicon.verbs_of_change()}了?(?:{lexicon.bounds_before()})?$")


def _is_grown_by(text: str, start: int) -> bool:
    """Whether an English verb of change stands right before a number: rose by about, jumped as much as."""
    low = max(0, start - _VERB_LOOKBEHIND)
    before = text[low:start]
    # A text of the other language builds no lexicon for this.
    return before[-1:].isspace() and before.rstrip()[-1:].isascii() and bool(_grew_by().search(text, low, start))


def _is_changed_by(text: str, start: int) -> bool:
    """Whether a Chinese verb of change stands right before a number: 下调, 上涨了近."""
    low = max(0, start - _LOOKBEHIND)
    return not text[start - 1 : start].isascii() and _changed_by().search(text, low, start) is not None


def _range(text: str, left: Mention, right: Mention) -> Mention | None:
    """`<number> to <number> <unit>`: one mention with low and high, scale and unit handed to the left; else None."""
    gap = text[left.end : right.start]
    if len(gap) > _MAX_GAP or left.value is None or right.value is None:
        return None
    is_range = bool(_RANGE.fullmatch(gap) or (_PAIR.fullmatch(gap) and _is_between(text, left)))
    if (
        left.unit is None
        and right.unit is None
        and right.scale >= 10_000
        and (left.scale >= 10_000 or (left.value >= 10_000 and "," in text[left.start : left.end]))
        and left.value < right.value
        and is_range
    ):
        return _joined(left, right, left.value, right.value)  # 30万到50万, between 800,000 and 1 million
    if right.unit is None:
        # $5-7 million: the sign stands once
        if left.unit is None or left.unit.kind != "money" or left.end - left.start > 12 or not is_range:
            return None
        right = replace(right, unit=left.unit, unit_text=left.unit_text)
    low, high = left.value, right.value
    if right.unit is None or low is None or high is None:
        return None
    if not is_range and not _is_enumerated(gap, left, right):
        return None
    if left.unit is not None:
        if left.unit.symbol != right.unit.symbol:
            return None
        if left.unit.factor < right.unit.factor and left.unit.kind == "money":
            return None  # 13 1/4 cents to $5.93
        if _is_grown_by(text, left.start) and not (
            high <= low * _EXPECTED_RANGE and _expected().search(text, max(0, left.start - _MAX_CARRY), left.start)
        ):
            return None  # fell one basis point to 74 basis points
        if high > low * _SIZE_TO_LEVEL and left.unit.kind != "percent" and _is_changed_by(text, left.start):
            return None  # 下调1.55万元至24.59万元: a size and the level it led to
        is_leading = right.unit.kind != "duration" and gap.strip() not in _DASHES
        if is_leading and _FROM.search(text, max(0, left.start - _LOOKBEHIND), left.start):
            return None  # from $10 to $12 states two levels
        if left.scale < 10_000 and left.unit.kind == "money":
            low *= _shared_scale(low, high, right.scale)  # $5-$7 million
    else:
        low *= right.unit.factor
        if left.scale < 10_000:
            low *= _shared_scale(low, high, right.scale)
    if not low < high:
        return None
    return _joined(left, right, low, high)


def _is_between(text: str, left: Mention) -> bool:
    return _PAIR_BEFORE.search(text, max(0, left.start - _LOOKBEHIND), left.start) is not None


def _joined(left: Mention, right: Mention, low: Decimal, high: Decimal) -> Mention:
    return replace(
        right, start=left.start, value=None, low=low, high=high, comparator="range",
        rule="range: <number> to <number> <unit>", is_spelled=left.is_spelled,
        is_minor=left.is_minor and right.is_minor,
    )  # fmt: skip


# 十三年六个月, 2 hours 30 minutes: how many of the second unit make one of the first
_COMPOUND = {
    ("a", "mo"): 12,
    ("d", "h"): 24,
    ("h", "min"): 60,
    ("min", "s"): 60,
    ("h", "s"): 3600,
    ("ft", "in"): 12,
    ("lb", "oz"): 16,
}
_COMPOUND_GAPS = frozenset({"", "and", "又", "零", ","})


def _compound(text: str, left: Mention, right: Mention) -> Mention | None:
    """Two durations that are one, in the larger unit, but minutes and seconds in seconds; coins; else None."""
    if left.unit is None or right.unit is None or left.value is None or right.value is None:
        return None
    gap = text[left.end : right.start].strip(" ")
    if gap not in _COMPOUND_GAPS or left.comparator not in {None, "eq"} or left.denominator is not None:
        return None
    end = max(right.end, left.end)
    if left.unit.kind == "money":
        is_coin = right.unit.symbol == left.unit.symbol and right.unit.factor < left.unit.factor
        if not is_coin or gap == "," or right.value >= left.unit.factor or left.scale != 1:
            return None
        # three dollars and fifty cents
        unit = replace(left.unit, factor=right.unit.factor)
        return replace(left, end=end, head_end=end, value=left.value + right.value, unit=unit)
    parts = _COMPOUND.get((left.unit.symbol, right.unit.symbol))
    if parts is None or right.value >= parts:
        return None
    if right.unit.symbol == "s":
        return replace(right, start=left.start, value=left.value * parts + right.value, is_minor=left.is_minor)
    return replace(left, end=end, head_end=end, value=left.value + right.value / parts)


def _is_enumerated(gap: str, left: Mention, right: Mention) -> bool:
    """三、四家; 5、6个: neighbouring numbers in a list are a vague one."""
    if gap not in {"、", "，"} or left.unit is not None or left.is_spelled != right.is_spelled or right.unit is None:
        return False
    if right.unit.kind not in {"count", "duration"} or left.value is None or right.value is None:
        return False
    return left.value + 1 == right.value / right.unit.factor / right.scale


def _shared_scale(low: Decimal, high: Decimal, scale: Decimal) -> Decimal:
    """What 亿 of the right number does to the left one: 八到九百亿 both take 百亿, 一百二十到一百五十万 only 万."""
    for part in (scale, *(myriad for myriad in _MYRIADS if myriad < scale)):
        if scale > 1 and low * part < high:
            return part
    return Decimal(1)


def _share_unit(text: str, mentions: Sequence[Mention], at: int) -> None:
    """5、10、20万元; 2, 4 and 8 GB; 数十万、数百万元: the last unit, and its scale, serve the whole list."""
    left = mentions[at]
    last = at
    while last + 1 < len(mentions) and last - at < _MAX_LIST:
        gap = text[mentions[last].end : mentions[last + 1].start]
        if len(gap) > 6 or not _LIST.fullmatch(gap):
            return
        last += 1
        if mentions[last].unit is not None:
            break
    else:
        return
    donor = mentions[last]
    assert donor.unit is not None
    if donor.unit.kind == "count" and (left.scale == 1 or donor.scale == 1):
        return
    if donor.unit.kind in {"percent", "percentage_point"} and (left.value or 0) >= _MAX_SHARED_PERCENT:
        return  # shrank by 19,000, or 1 per cent
    if donor.unit.kind in {"rank", "multiple"} or left.rule.startswith("bare"):
        return
    if donor.unit.kind == "duration" and "，" in text[left.end : donor.start]:
        return  # 初值49.2，10个月来首次
    factor = donor.unit.factor * (donor.scale if left.scale == 1 and not left.comparator else Decimal(1))
    for bound in ("value", "low", "high"):
        amount = getattr(left, bound)
        if amount is not None:
            setattr(left, bound, amount * factor)
    left.unit, left.unit_text, left.is_currency_inferred = donor.unit, donor.unit_text, False
    left.rule = "list: <number> shares the unit"
