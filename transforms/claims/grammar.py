"""Named patterns over neighbouring numbers: ranges, lists that share a unit, names that only look like numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from transforms.claims.mentions import Mention

# 3-5万元, 5 to 7 million, 介于A和B之间: what may stand between the two ends of a range
_RANGE = re.compile(r"\s?(?:到|至|~|-{1,2}|–|—{1,2}|或|to|or)\s?")
_PAIR = re.compile(r"\s?(?:和|与|及|and)\s?")
_PAIR_BEFORE = re.compile(r"(?:介于|在|between)\s?$", re.IGNORECASE)
_LIST = re.compile(r"(?:\s?[、，,/]\s?|\s?(?:和|及|与|或|and|or|,\s?and)\s?)+")
_FROM = re.compile(r"(?:从|由|自|from)\s?(?:约|about|nearly)?\s?$", re.IGNORECASE)
_LOOKBEHIND = 12


def combine(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions with ranges joined, shared units handed on, and loose numbers dropped; in order."""
    kept: list[Mention] = []
    i, count = 0, len(mentions)
    while i < count:
        left = mentions[i]
        if i + 1 < count:
            right = mentions[i + 1]
            if kept and _is_inside_head(kept[-1], left):
                i += 1
                continue
            joined = _range(text, left, right)
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
        elif kept and _is_inside_head(kept[-1], left):
            break
        if left.unit is not None or (left.scale >= 10_000 and left.rule != "loose"):
            kept.append(left)
        i += 1
    return kept


def _is_inside_head(before: Mention, mention: Mention) -> bool:
    # 400 737 Max jets: the second number is in the noun phrase that the first one counts
    return mention.start < before.head_end and before.end <= mention.start


def _range(text: str, left: Mention, right: Mention) -> Mention | None:
    """`<number> to <number> <unit>`: one mention with low and high, scale and unit handed to the left; else None."""
    gap = text[left.end : right.start]
    if len(gap) > 6 or right.unit is None or left.value is None or right.value is None:
        return None
    if not _RANGE.fullmatch(gap):
        between = _PAIR_BEFORE.search(text, max(0, left.start - _LOOKBEHIND), left.start)
        is_enumerated = (
            gap in {"、", "，"} and left.unit is None and left.is_spelled == right.is_spelled
            and right.unit.kind in {"count", "duration"} and left.value + 1 == right.value / right.unit.factor / right.scale
        )  # fmt: skip
        if not (_PAIR.fullmatch(gap) and between) and not is_enumerated:
            return None
    low, high = left.value, right.value
    if left.unit is not None:
        if left.unit.symbol != right.unit.symbol:
            return None
        if _FROM.search(text, max(0, left.start - _LOOKBEHIND), left.start) and right.unit.kind != "duration":
            return None  # from $10 to $12 states two levels
        if left.scale == 1 and right.scale > 1 and left.unit.kind == "money" and low < high / right.scale:
            low *= right.scale  # $5-$7 million
    else:
        factor = right.unit.factor
        if left.scale == 1 and right.scale > 1 and low * right.scale * factor < high:
            low *= right.scale
        low *= factor
    if not low < high:
        return None
    return Mention(
        left.start, right.end, None, "range: <number> to <number> <unit>", right.unit, right.unit_text, low=low, high=high,
        comparator="range", denominator=right.denominator, scale=right.scale, is_spelled=left.is_spelled,
        is_minor=left.is_minor and right.is_minor, head_end=right.head_end, kind=right.kind,
    )  # fmt: skip


def _share_unit(text: str, mentions: Sequence[Mention], at: int) -> None:
    """5、10、20万元; 2, 4 and 8 GB; 数十万、数百万元: the last unit, and its scale, serve the whole list."""
    left = mentions[at]
    last = at
    while last + 1 < len(mentions):
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
    if donor.unit.kind in {"rank", "multiple"} or left.rule.startswith("bare"):
        return
    factor = donor.unit.factor * (donor.scale if left.scale == 1 and not left.comparator else Decimal(1))
    for bound in ("value", "low", "high"):
        amount = getattr(left, bound)
        if amount is not None:
            setattr(left, bound, amount * factor)
    left.unit, left.unit_text, left.is_currency_inferred = donor.unit, donor.unit_text, False
    left.rule = "list: <number> shares the unit"
