"""What stands beside a mention of time in Chinese: 截至, 自 … 以来首次, 较 … 的, 由 … 的 … 升至, datelines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.period_context import Around
from transforms.claims.period_lexicon import alternation, load_toml

if TYPE_CHECKING:
    from transforms.claims.period_mentions import Mention

NUMERAL_NEXT = frozenset("一二三四五六七八九十两几半后後0123456789")
CLAUSE_END = re.compile("[，。；！？,;）)]")
CLAUSE_STARTS = frozenset("，。；：！？,;（(、")
NARRATIVE_AFTER = ("，", ",", "、", "")
NARRATIVE_BEFORE = ("在", "于", "，")
LATE = re.compile("^(?:晚间|晚上|晚|早间|上午|下午|午间|盘后|凌晨|深夜)")
SINCE = re.compile("以[来來]")
FAR_SINCE = re.compile("[^，。；！？]{1,10}以[来來]")  # 自2019年9月首次发现以来
OPENED = re.compile(r"(?:开|启|上线|上市|发布|成立)[^，。；！？\d]{0,8}以[来來]")
FROM_FIRST = re.compile("[由从從自][^，。；！？,;由从從自]*$")  # 由2020年的18.2%爬升到
FOUNDED_LEAD = re.compile("[由正式全面开始]{1,3}")
REACH = 60  # characters after a compared period in which its numbers stand


@dataclass(frozen=True, slots=True)
class Words:
    """The lists of [around] in periods_zh.toml, and the characters they end or begin with."""

    as_of: tuple[str, ...]
    since: tuple[str, ...]
    since_after: tuple[str, ...]
    until_after: tuple[str, ...]
    ahead: tuple[str, ...]
    ahead_far: tuple[str, ...]
    dateline: tuple[str, ...]
    compared_before: tuple[str, ...]
    not_compared: tuple[str, ...]
    compared_after: tuple[str, ...]
    compared_far: tuple[str, ...]
    ratio_before: tuple[str, ...]
    joint_before: tuple[str, ...]
    from_before: tuple[str, ...]
    copula_after: tuple[str, ...]
    event_after: tuple[str, ...]
    period_after: tuple[str, ...]
    founded_after: tuple[str, ...]
    founded_before: tuple[str, ...]
    range: tuple[str, ...]
    founding_first: frozenset[str]
    last_before: frozenset[str]
    first_after: frozenset[str]
    patterns: dict[str, re.Pattern[str]]


@cache
def words_zh() -> Words:
    """The lists, loaded once."""
    table = load_toml("periods_zh.toml")["around"]
    lists = {key: tuple(words) for key, words in table.items() if isinstance(words, list)}
    verbs = lists.pop("change_verbs")
    records = lists.pop("record_after")
    set_after, nth = alternation(lists.pop("set_after")), alternation(lists.pop("turns"))
    turns, ends = "".join(lists.pop("turn_verbs")), "".join(lists.pop("turn_ends"))
    before = ("as_of", "since", "ahead", "compared_before", "ratio_before", "joint_before", "from_before")
    after = ("since_after", "until_after", "event_after", "dateline", "compared_after", "copula_after")
    # 的 and up to eight characters, none of which tells of a change, or nothing between: 较去年同期的5亿元, 较去年28元.
    levels, changes = alternation(lists.pop("level_words")), alternation(verbs)
    filler = rf"(?:(?:{levels})|(?!{changes})[^\d，。；！？（）,;一二三四五六七八九十]){{0,8}}?"
    gap = rf"(?:同期|全年|水平)?(?:的{filler}|[约近逾超达为]{{0,2}})"
    digits = r"\d[\d.,]*\s?[万亿千百]*"
    hanzi = "[一二两三四五六七八九十几半多]"
    share = rf"(?:\d[\d.]*\s?[%％倍成]|{hanzi}{{1,3}}(?:成|倍|分之)|百分之|[一大近]?半|腰斩)"
    return Words(
        **lists,
        founding_first=frozenset(word[0] for word in lists["founded_after"]),
        last_before=frozenset(word[-1] for key in before for word in lists[key]),
        first_after=frozenset(word[0] for key in after for word in lists[key])
        | frozenset(word[0] for word in records)
        | frozenset("的内单晚早上下午盘凌深开"),
        patterns={
            "own": re.compile(rf"{gap}(?P<number>{digits}|{hanzi}{{1,4}}[万亿千百]*(?=[元家个人成倍]))"),
            # 不足6月的七成, 仅为2019年的六成: a share of the other period's figure
            "ratio": re.compile(rf"(?:同期|全年|全月|水平)?的?(?:[^\d，。；！？,;]{{0,4}}?){share}"),
            # 由6月的持平转为, 从3月的820万元一路降到
            "turn": re.compile(rf"[^，。；！？]{{0,30}}?[{turns}][^，。；！？\d]{{0,3}}?[{ends}]"),
            "set": re.compile(rf"[^，。；！？的\d]{{0,6}}?(?:{set_after})[^，。；！？的\d]{{0,4}}的"),
            "nth": re.compile(rf"的?(?:第[一二三四五六七八九十\d]{{1,3}}|首)(?:{nth})"),
            "record": re.compile(
                rf"(?:以来|以來|来|内)?的?(?:单.{{1,2}}|同期|历史|月度|季度|年度|又|再)?(?:{alternation(records)})"
            ),
        },
    )


def around_zh(text: str, mention: Mention, _left: int) -> Around:
    """What stands beside a mention in Chinese."""
    words = words_zh()
    start, end = mention.start, mention.end
    found = Around(start, end)
    before = text[max(0, start - 5) : start].rstrip()
    after = text[end : end + 8].lstrip()
    if before[-1:] in words.last_before:
        read_before(text, mention, found, before, after)
    if after[:1] in words.first_after:
        read_after(text, mention, found, before, after)
    tail = after if after[:1] in words.founding_first else FOUNDED_LEAD.sub("", after, count=1)
    if before.endswith(words.founded_before) or is_founding(tail, words):
        found.reach, found.scope = clause_around(text, start, end), "clause"
    if mention.kind in ("year", "edge", "cumulative"):
        found.is_undated = words.patterns["set"].match(text, end) is not None
        if found.is_undated or words.patterns["nth"].match(text, end) is not None:
            found.reach, found.scope = clause_around(text, start, end), "clause"
    if mention.part is None and mention.year is not None:
        found.is_narrative = after[:1] in NARRATIVE_AFTER or before.endswith(NARRATIVE_BEFORE)
    if mention.kind in ("year", "edge") and mention.year is None and not found.is_ahead:
        # 预计，全年销售额; 年底价格预测: the words of the forecast may stand a clause before, or after
        lead, rest = text[max(0, start - 30) : start], text[end : end + 8]
        found.is_ahead = any(word in lead or word in rest for word in words.ahead_far)
    return found


def is_founding(after: str, words: Words) -> bool:
    """Whether a beginning is told of, and not what has gone on since then (成立以来)."""
    for word in words.founded_after:
        if after.startswith(word):
            return not after.startswith(("以来", "至今", "后", "之初"), len(word))
    return False


def clause_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The clause around a mention."""
    low = max(0, start - REACH)
    begin = low
    for match in CLAUSE_END.finditer(text, low, start):
        begin = match.end()
    stop = CLAUSE_END.search(text, end, end + REACH)
    return begin, stop.start() if stop else min(len(text), end + REACH)


def read_before(text: str, mention: Mention, found: Around, before: str, after: str) -> None:
    """Reads the word just before the mention."""
    words = words_zh()
    start, end = mention.start, mention.end
    is_exact = mention.kind == "day" and mention.atom.form != "unit"
    if before.endswith(words.as_of):
        found.is_as_of = True
        found.start = max(text.rfind(word[:2], max(0, start - 5), start) for word in words.as_of)
    elif before.endswith(words.joint_before):
        stop = CLAUSE_END.search(text, end, end + 14)
        rest = text[end : stop.start() if stop else end + 14]
        found.is_compared = any(word in rest for word in words.compared_far)
    elif before.endswith(words.compared_before) and not before.endswith(words.not_compared):
        found.is_compared = True
        match = words.patterns["own"].match(text, end)
        found.own = (end, match.end("number")) if match else None
    elif before.endswith(("到", "至")) and FROM_FIRST.search(text, max(0, start - REACH), start - 1) is not None:
        pass  # its own figure: 由2020年的18.2%爬升到去年的24.7%
    elif before.endswith(words.ratio_before) and not is_exact:
        found.is_compared = words.patterns["ratio"].match(text, end) is not None
    elif before.endswith(words.from_before) and not after.startswith(("起", "开始", *words.since_after)):
        match = words.patterns["turn"].match(text, end)
        if match and mention.to is None:
            found.is_compared = True
            own = words.patterns["own"].match(text, end, match.end())
            found.own = (end, own.end("number")) if own else None
    if before.endswith(words.since):
        found.is_since = after.startswith(("起", *words.since_after)) or FAR_SINCE.match(text, end) is not None
    if before.endswith(words.ahead):
        found.is_ahead = True


def read_after(text: str, mention: Mention, found: Around, before: str, after: str) -> None:
    """Reads the words just behind the mention."""
    words = words_zh()
    end = mention.end
    if after.startswith(words.since_after):
        found.is_since = True
    elif mention.atom.form == "event" and after.startswith("前") and after[1:2] not in {"后", "夕"}:
        found.is_undated, found.is_event, found.end = True, True, text.index("前", end) + 1  # 春节前
    elif after.startswith(words.until_after) and after[1:2] not in NUMERAL_NEXT:
        found.is_ahead = mention.kind in ("day", "month", "edge", "quarter")
        size = next(len(word) for word in words.until_after if after.startswith(word))
        found.end = text.index(after[:size], end) + size
    elif after.startswith(words.event_after):
        found.is_event = True
        if after.startswith(words.period_after):
            found.end = text.index(after[:2], end) + 2
    elif after.startswith(words.dateline) or LATE.sub("", after, count=1).startswith(words.dateline):
        found.is_dateline = True
    elif after.startswith(words.compared_after) and mention.atom.form in ("year", "same"):
        found.is_compared = True
    elif after.startswith(words.copula_after) and (not before or before[-1] in CLAUSE_STARTS):
        found.is_aside = True
    elif mention.kind in ("day", "month") and OPENED.match(text, end):
        found.is_since = True  # 9月10日开启预约以来
    if found.is_since or mention.atom.form in ("rolling", "to_date", "vague"):
        said = SINCE.search(text, end, end + 14) if found.is_since else None
        found.is_record = words.patterns["record"].match(text, said.end() if said else end) is not None
