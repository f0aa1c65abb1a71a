"""What the words beside a mention say: 截至, since, 较 … 的, a dateline, the numbers that belong to it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CLAUSE_END = re.compile("[，。；！？,;）)]")
_REACH = 60  # characters after a compared period in which its numbers stand


@dataclass(slots=True)
class Around:
    """What the words beside a mention say about it."""

    start: int  # of the text of the period, with 截至 or "since" taken in
    end: int
    is_as_of: bool = False
    is_since: bool = False
    is_compared: bool = False
    is_record: bool = False  # 自3月以来首次, the most since March: says how rare a figure is, not when it was
    is_aside: bool = False  # 上月为上涨0.1%: what is compared with, as a clause of its own
    is_dateline: bool = False
    is_ahead: bool = False
    is_event: bool = False
    is_undated: bool = False  # 春节前, 年初定下的目标: no days follow
    is_narrative: bool = True  # it tells the year of what follows, rather than naming a report
    edge: str = ""  # start or end: end of June
    scope: str = ""  # clause: of its clause only; sentence: also of numbers in clauses before it
    own: tuple[int, int] | None = None  # the numbers of a compared period
    reach: tuple[int, int] | None = None  # the numbers that may be of it; None: any of the sentence

    def owned_after(self, text: str, end: int) -> tuple[int, int] | None:
        """Where the numbers of a compared period stand in Chinese: 较去年同期的5亿元, 去年同期为3亿元."""
        if self.is_compared:
            return self.own
        if self.is_record:
            return None
        stop = _CLAUSE_END.search(text, end, end + _REACH)
        return end, stop.start() if stop else min(len(text), end + _REACH)
