"""What the words beside a mention say: 截至, since, 较 … 的, a dateline, the numbers that belong to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.period_lexicon import load_toml

if TYPE_CHECKING:
    from transforms.claims.period_mentions import Mention


@dataclass(slots=True)
class Around:
    """What the words beside a mention say about it."""

    start: int  # of the text of the period, with 截至 or "since" taken in
    end: int
    is_as_of: bool = False
    is_since: bool = False
    is_compared: bool = False
    is_ratio: bool = False  # 为2020年的61%: compared, but the number is not of 2020
    is_dateline: bool = False
    is_ahead: bool = False
    is_event: bool = False
    is_narrative: bool = True  # it tells the year of what follows, rather than naming a report
    edge: str = ""  # start or end: end of June


@dataclass(frozen=True, slots=True)
class WordsZh:
    """The lists of [around] in periods_zh.toml, and the characters they end or begin with."""

    as_of: tuple[str, ...]
    since: tuple[str, ...]
    since_after: tuple[str, ...]
    until_after: tuple[str, ...]
    ahead: tuple[str, ...]
    dateline: tuple[str, ...]
    compared_before: tuple[str, ...]
    compared_after: tuple[str, ...]
    compared_far: tuple[str, ...]
    ratio_before: tuple[str, ...]
    joint_before: tuple[str, ...]
    event_after: tuple[str, ...]
    period_after: tuple[str, ...]
    range: tuple[str, ...]
    last_before: frozenset[str]
    first_after: frozenset[str]


@cache
def words_zh() -> WordsZh:
    lists = {key: tuple(words) for key, words in load_toml("periods_zh.toml")["around"].items()}
    before = ("as_of", "since", "ahead", "compared_before")
    after = ("since_after", "until_after", "event_after", "dateline", "compared_after")
    return WordsZh(
        **lists,
        last_before=frozenset(word[-1] for key in before for word in lists[key]),
        first_after=frozenset(word[0] for key in after for word in lists[key]),
    )


NUMERAL_NEXT = frozenset("一二三四五六七八九十两几半后後0123456789")
CLAUSE_END_ZH = re.compile("[，。；！？,;）)]")
# The own number of a compared period follows it with no verb of change between.
NUMBER_AFTER = re.compile(
    r"[^\d，。；！？（）,;增涨升跌降减提扩缩回相持上下]{0,8}?(?P<number>\d[\d.,]*\s?[万亿千百]*)\s?(?P<ratio>[%％倍成])?"
)
NARRATIVE_AFTER = ("，", ",", "、", "")
NARRATIVE_BEFORE = ("在", "于", "，")


def around_zh(text: str, mention: Mention) -> Around:
    """What stands beside a mention in Chinese."""
    words = words_zh()
    start, end = mention.start, mention.end
    found = Around(start, end)
    before = text[max(0, start - 5) : start].rstrip()
    after = text[end : end + 5].lstrip()
    if before[-1:] in words.last_before:
        read_before_zh(text, mention, found, before, after)
    if after[:1] in words.first_after:
        read_after_zh(text, mention, found, after)
    if mention.part is None and mention.year is not None:
        found.is_narrative = after[:1] in NARRATIVE_AFTER or before.endswith(NARRATIVE_BEFORE)
    return found


def read_before_zh(text: str, mention: Mention, found: Around, before: str, after: str) -> None:
    words = words_zh()
    start = mention.start
    if before.endswith(words.as_of):
        found.is_as_of = True
        found.start = max(text.rfind(word[:2], max(0, start - 5), start) for word in words.as_of)
    elif before.endswith(words.since):
        found.is_since = after.startswith(("起", *words.since_after))
    elif before.endswith(words.joint_before):
        stop = CLAUSE_END_ZH.search(text, mention.end, mention.end + 14)
        rest = text[mention.end : stop.start() if stop else mention.end + 14]
        found.is_compared = any(word in rest for word in words.compared_far)
    elif before.endswith(words.ratio_before):
        match = NUMBER_AFTER.match(text, mention.end)
        found.is_ratio = bool(match and match["ratio"] and after.startswith(("的", "同期")))
        found.is_compared = found.is_ratio
    elif before.endswith(words.compared_before):
        found.is_compared = mention.kind != "day" or mention.atom.form == "unit"
    if before.endswith(words.ahead):
        found.is_ahead = True


def read_after_zh(text: str, mention: Mention, found: Around, after: str) -> None:
    words = words_zh()
    if after.startswith(words.since_after):
        found.is_since = True
    elif after.startswith(words.until_after) and after[1:2] not in NUMERAL_NEXT:
        found.is_ahead = mention.kind in ("day", "month", "edge", "quarter")
        size = next(len(word) for word in words.until_after if after.startswith(word))
        found.end = text.index(after[:size], mention.end) + size
    elif after.startswith(words.event_after):
        found.is_event = True
        if after.startswith(words.period_after):
            found.end = text.index(after[:2], mention.end) + 2
    elif after.startswith(words.dateline):
        found.is_dateline = True
    elif after.startswith(words.compared_after) and mention.atom.form in ("year", "same"):
        found.is_compared = True


def owned_after(text: str, end: int, context: Around) -> tuple[int, int] | None:
    """Where the own number of a compared period stands: 较去年同期的5亿元, 去年同期为3亿元."""
    if context.is_ratio:
        return None
    if context.is_compared:
        match = NUMBER_AFTER.match(text, end)
        return (end, match.end("number")) if match else None
    stop = CLAUSE_END_ZH.search(text, end, end + 60)
    return end, stop.start() if stop else min(len(text), end + 60)


# ---------------------------------------------------------------- English

SEPARATOR_EN = re.compile(
    r"[,;—()]\s|\b(?:and|but|while|compared\s(?:with|to)|versus|vs\.?|from|than|against|after|whereas)\s",
    re.IGNORECASE,
)
REACH_EN = 80  # characters before a mention in which its numbers stand


@dataclass(frozen=True, slots=True)
class WordsEn:
    """The lists of [around] in periods_en.toml that are read word by word."""

    edges: dict[str, str]
    vague_edges: frozenset[str]
    compared: frozenset[str]
    compared_relative: frozenset[str]
    narrative: frozenset[str]
    skipped: frozenset[str]
    event: frozenset[str]


@cache
def words_en() -> WordsEn:
    data = load_toml("periods_en.toml")["around"]
    return WordsEn(
        edges={word: edge for edge in ("start", "end") for word in data[edge]},
        vague_edges=frozenset(data["vague_edge"]),
        compared=frozenset(data["compared_before"]),
        compared_relative=frozenset(data["compared_relative"]),
        narrative=frozenset(data["narrative_before"]),
        skipped=frozenset(data["skipped"]),
        event=frozenset(data["event_before"]),
    )


def around_en(text: str, mention: Mention, left: int) -> Around:
    """What stands before a mention in English, back to the end of the mention at its left."""
    table = words_en()
    found = Around(mention.start, mention.end)
    lead = text[max(left, mention.start - 44, 0) : mention.start]
    words = lead.lower().split()
    if lead and not lead[-1].isspace() and lead[-1] not in "-–(":
        words = words[:-1]
    index = skip(words, len(words), table)
    if index > 1 and words[index - 1] == "of" and words[index - 2] in table.edges:
        found.edge = table.edges[words[index - 2]]
        index -= 2
    elif index and words[index - 1] == "end-":
        found.edge = "end"
        index -= 1
    elif index and words[index - 1] in table.vague_edges:
        index -= 1
    index = skip(words, index, table)
    word = words[index - 1] if index else ""
    pair = f"{words[index - 2]} {word}" if index > 1 else ""
    found.is_event = word in table.event
    if pair in ("as of", "as at"):
        found.is_as_of = True
        index -= 2
    elif word == "since":
        found.is_since = True
        index -= 1
    elif is_compared_en(word, pair, mention):
        found.is_compared = True
    if found.edge or found.is_as_of or found.is_since:
        found.start = mention.start - tail_length(lead, len(words) - index)
    if mention.part is None and mention.year is not None:
        found.is_narrative = word in table.narrative
    return found


def skip(words: list[str], index: int, table: WordsEn) -> int:
    while index and words[index - 1] in table.skipped:
        index -= 1
    return index


def tail_length(lead: str, count: int) -> int:
    """Characters that the last `count` words of the lead take, with the spaces after them."""
    at = len(lead)
    for _ in range(count):
        at = lead.rstrip()[:at].rstrip().rfind(" ") + 1
    return len(lead) - at


def is_compared_en(word: str, pair: str, mention: Mention) -> bool:
    if mention.kind in ("day", "rolling"):
        return False
    table = words_en()
    if word in table.compared or pair in table.compared:
        return True
    is_relative = mention.atom.form in ("same", "ago") or (mention.year is not None and mention.year.base != "text")
    is_relative = is_relative or (mention.atom.form == "unit" and mention.atom.number < 0)
    if word in table.compared_relative:
        return is_relative
    return word == "from" and mention.to is None and (is_relative or mention.kind in ("year", "quarter", "month"))


def owned_before(text: str, start: int, left: int) -> tuple[int, int] | None:
    """Where numbers stand that an English mention after them governs: $800 million in 2019."""
    low = max(left, start - REACH_EN)
    for match in SEPARATOR_EN.finditer(text, low, start):
        low = match.end()
    return (low, start) if low < start else None
