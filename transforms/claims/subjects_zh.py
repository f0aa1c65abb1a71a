"""Metric and subject of Chinese numbers: the named thing measured, and whose it is, by clause structure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from transforms.claims.languages import chinese_credits
from transforms.claims.metrics_zh import RATIO, ChineseMetrics
from transforms.claims.names_zh import EDGE

if TYPE_CHECKING:
    from transforms.claims.changes import Reading
    from transforms.claims.mentions import Mention
    from transforms.claims.parts_zh import Frame, Part
    from transforms.claims.periods import Period
    from transforms.claims.sentences import Sentence
    from transforms.claims.topics import Topic

_MAX_LIST = 60  # numbers of one 分别
_LIST = re.compile(r"[、和及与]")
_PAPER = re.compile(r"^(?P<owner>[^的]{2,14}?)(?:的.*)?(?:招聘|公告|财报|年报|半年报|季报|招股书|业绩预告)+$")
_COLONS = frozenset("：:")
_SHARE = re.compile(r"占(?:到|据|了|去|掉)?(?:约|近|超|过|逾|超过|不到|不足|高达|达)?$")
_SPAN_ENDS = frozenset("年周月天度季里内间来")
_SPAN_LAST = re.compile(r"(?<=..)[一两三四五六七八九十半几]+个?(?:年|周|月|天|季度|季)[里内间来]?$")
_RATES = ("率", "额", "价", "利润", "收入", "亏损", "幅", "增速")
_CLOSED = re.compile("[）)]")


class ChineseTopics(ChineseMetrics):
    """Reads what a number measures, and whose it is."""

    def frame(self, text: str, sentence: Sentence, periods: tuple[Period, ...]) -> Frame:
        """The sentence's parts between break words, dates and numbers."""
        frame = self.cutter.frame(text, sentence, periods)
        credits_ = chinese_credits().find(text, sentence)
        if credits_:
            spans = [
                (c.start, c.end) for c in credits_ if not any(c.start < m.start < c.end for m in sentence.mentions)
            ]
            self._leave_out(frame, spans)
            frame.credited = tuple(text[c.start : c.end] for c in credits_)
            opened = credits_[0]
            if opened.start <= sentence.start + 2 and not _COLONS.isdisjoint(text[opened.end - 1 : opened.end + 1]):
                frame.opener = opened.name
            speakers = (c for c in credits_ if c.is_speech and c.name)
            frame.speaker = next(
                (c.name for c in speakers if not text[c.start : c.end].rstrip("，,：:").endswith(self.analysing)), None
            )
            papers = [m["owner"] for c in credits_ if c.name and (m := _PAPER.match(c.name)) and self.clean(m["owner"])]
            if not papers:
                papers = [c.name for c in credits_ if c.is_announcement and c.name and not self.is_media(c.name)]
            frame.paper = papers[0] if papers else None
        return frame

    def _leave_out(self, frame: Frame, spans: list[tuple[int, int]]) -> None:
        """Takes the credits' words out of the frame; what follows one in its clause begins it."""
        kept: list[Part] = []
        opened = -1  # the clause whose beginning was left out
        for part in frame.parts:
            if any(start <= part.start < end for start, end in spans):
                opened = part.clause
            elif opened == part.clause and not part.depth:
                kept.append(replace(part, is_fresh=True, preposition=""))
                opened = -1
            else:
                kept.append(part)
        if len(kept) < len(frame.parts):
            frame.parts, frame.starts = kept, [part.start for part in kept]

    def read(
        self, text: str, sentence: Sentence, frame: Frame, mention: Mention, reading: Reading, topic: Topic
    ) -> tuple[str | None, str | None]:
        """(metric, subject) of the mention, verbatim; `topic` and `frame` are read and brought up to date."""
        topic.enter(text)
        metric, subject = self._respectively(text, sentence, frame, mention, topic) or self._measured(
            text, sentence, frame, mention, reading, topic
        )
        if subject is not None and reading.role == "share" and self._is_whole(text, frame, mention, subject):
            # 占汽车出口总量的比重: what is named behind 占 is the whole; the part is whose number came before.
            subject = frame.metrics[-1][2] if frame.metrics else topic.subject
        is_counted = mention.unit is not None and mention.unit.kind in {"count", "measure"}
        if metric is not None and metric == subject and not is_counted and not self.is_metric(metric):
            metric = None
        if subject is not None:
            topic.said, topic.said_block = subject, text
        is_new = subject is not None and (topic.subject is None or self.is_name(subject, topic))
        if subject is not None and is_new and not self.is_media(subject):
            topic.subject, topic.subject_block = subject, text
            if self.is_company(subject) and subject not in self.kinds:
                topic.company = subject
        if metric is None and reading.role == "share" and _SHARE.search(text, sentence.start, mention.start):
            metric = "占"
        topic.read_to = sentence.end
        if metric is not None:
            topic.metric = metric
            if mention.unit is not None:
                topic.by_kind[mention.unit.kind] = metric
        frame.metrics.append((mention, metric, subject))
        return metric, subject

    @staticmethod
    def _is_whole(text: str, frame: Frame, mention: Mention, name: str) -> bool:
        """Whether a name stands right behind 占 in the clause of a share."""
        start = frame.clause_starts[frame.clause_at(mention.start)]
        at = text.rfind(name, start, mention.start)
        return at > start and (text[at - 1] == "占" or text.startswith("占到", at - 2))

    def _measured(
        self, text: str, sentence: Sentence, frame: Frame, mention: Mention, reading: Reading, topic: Topic
    ) -> tuple[str | None, str | None]:
        kind = mention.kind or (mention.unit.kind if mention.unit is not None else "count")
        clause = frame.clause_at(mention.start)
        part, index = self._part_before(text, frame, mention, clause)
        behind = self._after(text, sentence, mention, kind)
        if behind is not None and kind == "count" and behind.endswith(_RATES):
            behind = self.split(behind)[0] or behind  # 121个车系赔付率破百
        metric: str | None = None
        owner: str | None = None
        beside = self._beside(text, frame, mention)
        if beside is not None and kind in RATIO and frame.metrics:
            return frame.metrics[-1][1], beside
        if part is None:
            if frame.metrics and text[max(0, mention.start - 8) : mention.start].count("（") and behind is None:
                return frame.metrics[-1][1], frame.metrics[-1][2]  # （约合人民币4971元）
            verb = self._verb_before(text, sentence, frame, mention)
            is_named = verb is None and self._is_share_of(text, mention, behind)
            if behind is not None and (is_named or not (kind in RATIO and frame.metrics)):
                metric = behind
            elif verb is not None:
                metric = self._price(text, sentence, mention.start, frame, topic, kind) if verb in self.prices else verb
                metric = metric or verb
            else:
                metric = self._inherited(text, sentence, frame, mention, reading, kind, topic) or behind
        else:
            words = text[part.start : part.end].strip(EDGE)
            tail = text[part.end : mention.start]
            if (
                words[-1:] in _SPAN_ENDS
                and (spanned := _SPAN_LAST.search(words))
                and self.is_metric(words[: spanned.start()])
            ):
                words = words[: spanned.start()]  # 净息差一年里(收窄了)
            if self.is_metric(words):
                metric, owner = self._own(text, frame, part, index, words, topic)
                owner = owner or self._sharer(text, frame, part, index)
                if owner is None and behind is not None and text.startswith("的", mention.end) and kind not in RATIO:
                    owner = self.clean(behind)  # 标价299元的卖家
                if kind == "count" and behind is not None and words.endswith(("用户", "会员", "员工")) and tail.strip():
                    metric, owner = behind, words
            elif tail.startswith("的") and kind in RATIO | {"duration", "measure"}:
                metric = self._compared(text, frame, index, part) or self._inherited(
                    text, sentence, frame, mention, reading, kind, topic
                )
                metric = metric or behind
                owner = self._sharer(text, frame, part, index)
            else:
                metric, owner = self._plain(text, sentence, frame, mention, reading, part, index, behind, kind, topic)
        if owner is None and behind is not None and kind not in RATIO and text.startswith("的", mention.end):
            verb = self._verb_before(text, sentence, frame, mention)
            if verb is not None and verb not in {"有", "拥有"} and self._is_led(text, frame, clause, mention, verb):
                metric, owner = (
                    self._price(text, sentence, mention.start, frame, topic, kind) or verb,
                    self.clean(behind),
                )
        if kind == "rank" and metric is None and frame.metrics:
            last = frame.metrics[-1][1]
            metric = last if last is not None and self.is_metric(last) else None  # 增速8.3%，位列全市第二
        start = max(frame.clause_starts[clause], frame.metrics[-1][0].end if frame.metrics else 0)
        is_far = metric is not None and text.find(metric, sentence.start, mention.end) < 0
        if is_far and kind in {"money", "index"} and self._said_by_verb(text, start, mention, self.quoted) is not None:
            metric = None  # 铁矿石报906元 is no 库存 of the sentence before
        if owner is None and part is not None and part.depth:
            owner = self._before_bracket(text, frame, index)
        frame.counted = None
        led = frame.parts[: frame.before(mention.start) + 1]
        if behind is not None and all(part.preposition in self.comparing for part in led):
            frame.counted = self._clean_counted(behind)  # 117家证券公司…, 17.5%的手机…: with nothing before it
        subject = self._subject(text, sentence, frame, mention, clause, metric, owner, topic)
        return metric, subject

    def _is_led(self, text: str, frame: Frame, clause: int, mention: Mention, verb: str) -> bool:
        """Whether the clause begins with the verb, so that it tells of the noun behind: 投资3亿元的动画."""
        start = frame.clause_starts[clause]
        lead = text[start : text.rfind(verb, start, mention.start)]
        return verb in self.prices or not lead.strip(EDGE)

    def _beside(self, text: str, frame: Frame, mention: Mention) -> str | None:
        """反超小米（9.4%）: the name whose number stands alone in the brackets behind it."""
        index = frame.before(mention.start)
        if index < 0 or not text.startswith(("）", ")"), mention.end) or frame.parts[index].depth:
            return None
        part = frame.parts[index]
        words = text[part.start : part.end].strip(EDGE)
        if text[part.end : mention.start].strip() not in {"（", "("} or self.is_metric(words):
            return None
        return self.clean(words)

    def _before_bracket(self, text: str, frame: Frame, index: int) -> str | None:
        """沅吉高速沅溪段（全长38.7公里、总投资64亿元）: the name that stands before the brackets."""
        while index >= 0 and frame.parts[index].depth:
            index -= 1
        if index < 0:
            return None
        part, behind = frame.parts[index], frame.parts[index + 1]
        words = text[part.start : part.end].strip(EDGE)
        is_beside = text[part.end : behind.start].lstrip(EDGE)[:1] in {"（", "("}
        return self.clean(words) if is_beside and not self.is_metric(words) else None

    def _part_before(self, text: str, frame: Frame, mention: Mention, clause: int) -> tuple[Part | None, int]:
        """The words before the number in its clause, with no other number between."""
        index = frame.before(mention.start)
        # 由一周前的236万吨: a span of time between does not part the words from the number.
        measured = (
            m
            for m, _, _ in reversed(frame.metrics[-3:])
            if not (m.is_minor and m.unit is not None and m.unit.kind == "duration")
        )
        last = next(measured, None)
        while index >= 0:
            part = frame.parts[index]
            if part.clause != clause and not part.depth:
                return None, index
            if part.depth and _CLOSED.search(text, part.end, mention.start):
                index -= 1
                continue
            if last is not None and last.start >= part.end:
                return None, index
            words = text[part.start : part.end].strip(EDGE)
            if words in self.times or (len(words) == 1 and words not in self.heads):
                index -= 1  # 由上旬的203套
                continue
            return (part, index) if part.clause == clause else (None, index)
        return None, index

    def _listed(self, text: str, frame: Frame, clause: int, count: int) -> list[str] | None:
        """The names of a clause that lists so many."""
        for part in frame.of_clause(clause):
            if not part.depth:
                names = [n for n in _LIST.split(text[part.start : part.end]) if n]
                if len(names) == count:
                    return names
        return None

    def _metric_before(self, text: str, frame: Frame, clause: int) -> str | None:
        """多数品牌1月月销跳水，A、B分别下滑: the metric of the clause before."""
        for part in reversed(frame.of_clause(clause - 1)):
            if self.is_metric(text[part.start : part.end]):
                return self.split(text[part.start : part.end])[1]
        return None

    def _respectively(
        self, text: str, sentence: Sentence, frame: Frame, mention: Mention, topic: Topic
    ) -> tuple[str | None, str | None] | None:
        """营收、净利分别为A、B and A，B，分别增长C和D: values in the order of what was listed."""
        clause = frame.clause_at(mention.start)
        start = frame.clause_starts[clause]
        marker = max(text.rfind(word, start, mention.start) for word in ("分别", "分列"))
        if marker < 0:
            return None
        stop = frame.clause_starts[clause + 1] if clause + 1 < len(frame.clause_starts) else sentence.end
        here = [m for m in sentence.mentions[:_MAX_LIST] if marker < m.start < stop]
        if mention not in here or len(here) < 2:
            return None
        rank = here.index(mention)
        before = [row for row in frame.metrics[-_MAX_LIST:] if row[0].end <= marker]
        index = frame.before(marker)
        is_bare = index < 0 or frame.parts[index].clause != clause
        if is_bare and len(before) >= len(here) and start - before[-1][0].end <= 8:
            row = before[len(before) - len(here) + rank]
            return row[1], row[2]
        if is_bare:
            owners = self._listed(text, frame, clause - 1, len(here))
            if owners is None or index < 0:
                return None
            return self._metric_before(text, frame, clause), owners[rank]  # 净买入额居前的是A、B，分别为
        part = frame.parts[index]
        names = [name for name in _LIST.split(text[part.start : part.end]) if name]
        while len(names) < len(here) and index and frame.parts[index].after in {"和", "与", "及"}:
            index -= 1
            names = [n for n in _LIST.split(text[frame.parts[index].start : frame.parts[index].end]) if n] + names
        if len(names) < len(here):
            owners = self._listed(text, frame, clause - 1, len(here)) if len(names) == 1 else None
            if owners is not None:
                return names[0], owners[rank]  # 东盟、欧盟、美国居前，进出口分别为
            if not (index and part.after == "的"):
                return None
            owners = [n for n in _LIST.split(text[frame.parts[index - 1].start : frame.parts[index - 1].end]) if n]
            return (text[part.start : part.end], owners[rank]) if len(owners) == len(here) else None
        if len(names) > len(here):
            return None
        if self.is_metric(names[-1]) and not self.is_metric(names[0]):
            owner, metric = self.split(names[-1])
            names[-1] = owner or names[-1]
            if owner is not None:
                return metric, names[rank]  # 3年期、5年期和10年期品种中标利率分别为
        if self.is_metric(names[-1]):
            owner, first = self.split(names[0])
            names[0] = first
            return names[rank], self._subject(text, sentence, frame, mention, clause, names[rank], owner, topic)
        last = frame.metrics[-1][1] if frame.metrics else self._metric_before(text, frame, clause)
        if last is None and topic.read_to:
            last = topic.metric
        return last, names[rank]
