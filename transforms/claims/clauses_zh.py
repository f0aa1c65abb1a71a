"""Clauses of Chinese sentences: which of their words are a name, and which tell of it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from transforms.claims.names_zh import EDGE, LATIN, REMEMBERED, ChineseNames
from transforms.claims.predicates_zh import predicates

if TYPE_CHECKING:
    from transforms.claims.parts_zh import Frame, Part
    from transforms.claims.topics import Topic

_LOOKBACK_PARTS, _AHEAD = 12, 2
_MARKETS = ("A股", "港股", "美股", "沪市", "深市", "两市", "市场")
_STAFF = ("用户", "司机", "骑手", "员工", "商家", "门店", "会员", "人员", "志愿者")
_LAUNCHING = frozenset({"发布", "推出", "发售", "带来", "亮出", "上架", "开售"})
_DIGIT = re.compile(r"\d")
_MAX_RELATIVE = 5  # 一加所属的 OPPO
_VERB = 2  # characters of a verb
_ADVERBS = frozenset("首新再连已还则也曾将拟正仍均须应")
_MAX_SAID = 2  # characters behind a company that say something of it
_SAID_AGAIN = 2  # a name that comes up more often is one


class ChineseClauses(ChineseNames):
    """Reads what a clause's words are to its subject."""

    def __init__(self) -> None:
        super().__init__()
        self.read_name = lru_cache(REMEMBERED)(self._read_name)

    def _named(self, name: str | None, topic: Topic, *, is_owner: bool = False) -> str | None:
        """The name, if the words name anybody: cut before what is said of it, unless it is a proper one by its form."""
        if name is None:
            return None
        name, rest, is_formed = self.read_name(name, is_owner)
        if is_formed or rest == name:
            return name or None
        if topic.count(name) > _SAID_AGAIN or topic.is_in_title(name, self.title_names):
            return name
        return rest

    def _read_name(self, name: str, is_owner: bool) -> tuple[str, str | None, bool]:
        """The name trimmed, what is left of it without a verb, and whether it is a proper name by its form.

        A verb that what owns a metric begins with describes it: 创新药(出海金额).
        """
        name = predicates().trimmed(name)
        if self.is_per(name) or name in self.generic:
            return "", None, True
        if predicates().is_done(name) and not self._is_office(name):
            is_described = is_owner and name not in predicates().alone and "、" not in name
            return name, name if is_described else None, False
        company = self.company_in(name)
        rest = name[len(company) :] if company is not None else ""
        is_said = 0 < len(rest) <= _MAX_SAID or rest[:1] in _ADVERBS or rest[:_VERB] in predicates().verbs
        if company is not None and rest and is_said and not self.ends_like_name(name):
            return company, company, True  # 荣域置业日子(稍好)
        if self.has_name_form(name):
            return name, name, True
        found = predicates().subject_of(name)
        if found is not None and found != name and self.is_metric(found):
            found = self.split(found)[0]  # 7年期国债需求(偏弱)
        return name, None if found in self.generic else found, False

    def _is_office(self, name: str) -> bool:
        """Whether words end like a company's or an institution's name, whatever they begin with: 呼吸用药联盟."""
        is_bare = name[_VERB:] in self.name_ends or name[_VERB:] in self.generic  # 关闭景区, 实施项目
        return not is_bare and (self.is_company(name) or self.ends_like_name(name))

    def _is_measured(self, frame: Frame, clause: int, words: str) -> bool:
        """Whether the words stand right before an earlier measure of the clause, and are what it measures."""
        start = frame.clause_starts[clause]
        return any(
            metric == words
            and mention.start >= start
            and mention.unit is not None
            and (mention.unit.kind == "measure" or (mention.unit.kind == "count" and words.endswith(_STAFF)))
            for mention, metric, _ in frame.metrics[-_LOOKBACK_PARTS:]
        )

    def _launched(self, text: str, frame: Frame, clause: int) -> str | None:
        """荣耀发布新机荣耀X50 Pro，采用……: what was launched is the subject of what follows."""
        if frame.launched is None:
            frame.launched = [part for part in frame.parts if part.after in _LAUNCHING and not part.depth]
        for part in frame.launched:
            words = text[part.start : part.end]
            if part.clause == clause and LATIN.search(words) and _DIGIT.search(words):
                return self.clean(words)
        return None

    def _counted_behind(self, text: str, frame: Frame, part: Part, name: str) -> str | None:
        """A股五家险企, 全国31个省份: what is counted behind a market or a place is the subject."""
        if name not in self.places and not name.endswith(_MARKETS):
            return None
        for mention, counted, _ in frame.metrics[-_AHEAD:]:
            is_count = mention.unit is not None and mention.unit.kind == "count"
            if 0 <= mention.start - part.end <= 1 and is_count and counted and text.startswith(counted, mention.end):
                return self._clean_counted(counted)
        return None

    def _clean_counted(self, counted: str) -> str | None:
        """37只信用债取消: what was counted, without what it does."""
        name = self.clean(counted)
        return predicates().subject_of(name) or name if name is not None else None

    def _is_relative(self, text: str, frame: Frame, index: int, part: Part) -> bool:
        """Whether a verb and 的 stand between the part and the next: 由该省牵头的采购, 财政部招标的国债."""
        if index >= len(frame.parts) or frame.parts[index].after != "的" or frame.parts[index].clause != part.clause:
            return False
        behind = frame.parts[index].start
        if behind > part.end + _MAX_RELATIVE + 3:
            return False
        at = text.rfind("的", part.end, behind)
        return at - part.end != 1 and predicates().ends_in_verb(text[part.start : at])

    def _is_attribute(self, text: str, frame: Frame, index: int, part: Part, stop: int) -> bool:
        """Whether 的 and another name follow the part."""
        if index >= len(frame.parts) or frame.parts[index].after != "的":
            return False
        behind = frame.parts[index]
        words = text[behind.start : behind.end].strip(EDGE)
        is_next = behind.start <= part.end + _MAX_RELATIVE and behind.clause == part.clause and behind.end <= stop
        return is_next and not self.is_metric(words) and self.clean(words) is not None
