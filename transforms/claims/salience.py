"""Which claims are minor: small counts in prose, ages, durations that only set a period."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.lexicon import load_lexicon
from transforms.claims.phrases import phrase_pattern

if TYPE_CHECKING:
    from transforms.claims.changes import Reading
    from transforms.claims.lexicon import Lexicon
    from transforms.claims.mentions import Mention

_SHORT_DURATIONS = frozenset({"minute", "second", "millisecond", "microsecond"})
_TOLL_REACH = 30
_MAX_PERIOD = 100  # days, hours, years: 近 before more of them is a bound


@cache
def _words_of_toll() -> re.Pattern[str]:
    # what makes even a few people a figure
    return re.compile(rf"\b{phrase_pattern(load_lexicon('en').data['tolls']['words'])}\b")


def weigh(lower: str, mention: Mention, reading: Reading, lexicon: Lexicon) -> None:
    """Marks as minor what sets a period or merely counts a few."""
    unit = mention.unit
    assert unit is not None
    if unit.kind == "count" and mention.is_minor:
        results = tuple(lexicon.data["implied"].get("results", ()))
        if reading.comparator != "eq" or (results and lower.endswith(results, 0, mention.start)):
            mention.is_minor = False
        elif unit.name == "person" and lexicon.language == "en":  # put nine firefighters in hospital: a toll
            near = max(0, mention.start - _TOLL_REACH), mention.end + _TOLL_REACH
            mention.is_minor = _words_of_toll().search(lower, *near) is None
    if unit.kind == "money" and unit.factor < 1 and lower.startswith("一", mention.start) and reading.role != "change":
        mention.is_minor = mention.value == unit.factor  # 一分钱: next to nothing
    if unit.kind != "duration":
        return
    words = lexicon.data["period_durations"]
    if unit.name in _SHORT_DURATIONS:
        return  # in 49.2 seconds: what is timed, not a period
    if mention.unit_text in words["ages"]:
        mention.is_minor = True
        return
    is_one = lower.startswith("一", mention.start) and mention.value == unit.factor and mention.comparator is None
    before = lower[max(0, reading.lead - 24) : mention.start].rstrip(" ")
    after = lower[mention.end : mention.end + 24].lstrip(" ")
    if any(word in before or after.startswith(word) for word in words["measured"]):
        return
    if lexicon.language == "zh":
        mention.is_minor = (
            (is_one and reading.comparator == "eq")  # 一天的成交: in running prose no measured length
            or (any(before.endswith(word) for word in words["before"]) and not _is_long(mention, before))
            or any(after.startswith(word) for word in words["after"])
        )
        return
    if lower[mention.start : mention.end].find("-") > 0:
        mention.is_minor = True
        return
    tail = before.rpartition(", ")[2].split()[-3:]
    mention.is_minor = any(word in tail for word in words["before"] if " " not in word) or any(
        re.match(rf"{re.escape(word)}\b", after) for word in words["after"]
    )


def _is_long(mention: Mention, before: str) -> bool:
    # 观测时间近5300小时 is a bound, 近三年 a period
    return before.endswith("近") and (mention.value or 0) > _MAX_PERIOD
