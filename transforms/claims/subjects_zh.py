"""Metric and subject of Chinese numbers: the named thing measured, and whose it is, by clause structure."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.credits_zh import chinese_credits
from transforms.claims.names_zh import EDGE, LATIN, MAX_NAME
from transforms.claims.owners_zh import ChineseOwners

if TYPE_CHECKING:
    from transforms.claims.changes import Reading
    from transforms.claims.mentions import Mention
    from transforms.claims.parts_zh import Frame, Part
    from transforms.claims.periods import Period
    from transforms.claims.sentences import Sentence
    from transforms.claims.topics import Topic

_MAX_LIST = 60  # numbers of one 分别
_AFTER_NOUN = re.compile(
    r"(?:左右|以上|以下|上下|不等|之多|多|余|起)?\s?(?P<of>的)?\s?(?:\d+(?:天|年|个月|月)期)?(?P<noun>(?![和与及至到或])[\u4e00-\u9fffA-Za-z0-9+·“”\"-]{2,16})"
)
_LIST = re.compile(r"[、和及与]")
_STATE = re.compile(r"(?:检测)?[为呈](?P<noun>[\u4e00-\u9fff]{2,6})(?=[，。；、,]|$)")
_PAPER = re.compile(r"^(?P<owner>[^的]{2,14}?)(?:的.*)?(?:招聘|公告|财报|年报|半年报|季报|招股书|业绩预告)+$")
_PRICE = re.compile(r"(?:国内|起|零|指导|市场)?(?:售价|价格|均价|单价|报价|标价|定价)(?!格|钱)")
_AND_NUMBER = re.compile(r"[和与及、]\s?\d.*$")  # 8个篮板和9次助攻
_CLOSED = re.compile("[）)]")
_FILLERS = frozenset(" 了近超过约达到逾共仅将的高至最低多少不足需要")
_RATIO = frozenset({"percent", "percentage_point", "multiple"})


class ChineseTopics(ChineseOwners):
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
            speakers = (c for c in credits_ if c.is_speech and c.name)
            frame.speaker = next(
                (c.name for c in speakers if not text[c.start : c.end].rstrip("，,：:").endswith(self.analysing)), None
            )
            papers = [m["owner"] for c in credits_ if c.name and (m := _PAPER.match(c.name)) is not None]
            if not papers:
                papers = [c.name for c in credits_ if c.is_announcement and c.name and not self.media.search(c.name)]
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
        is_counted = mention.unit is not None and mention.unit.kind in {"count", "measure"}
        if metric is not None and metric == subject and not is_counted and not self.is_metric(metric):
            metric = None
        if subject is not None and (topic.subject is None or self.is_name(subject, topic)):
            topic.subject, topic.subject_block = subject, text
            if self.company_end.search(subject) and subject not in self.kinds:
                topic.company = subject
        topic.read_to = sentence.end
        if metric is not None:
            topic.metric = metric
            if mention.unit is not None:
                topic.by_kind[mention.unit.kind] = metric
        frame.metrics.append((mention, metric, subject))
        return metric, subject

    def _measured(
        self, text: str, sentence: Sentence, frame: Frame, mention: Mention, reading: Reading, topic: Topic
    ) -> tuple[str | None, str | None]:
        kind = mention.kind or (mention.unit.kind if mention.unit is not None else "count")
        clause = frame.clause_at(mention.start)
        part, index = self._part_before(text, frame, mention, clause)
        behind = self._after(text, sentence, mention, kind)
        metric: str | None = None
        owner: str | None = None
        if part is None:
            if frame.metrics and text[max(0, mention.start - 8) : mention.start].count("（") and behind is None:
                return frame.metrics[-1][1], frame.metrics[-1][2]  # （约合人民币4971元）
            verb = self._verb_before(text, sentence, frame, mention)
            is_named = verb is None and self._is_share_of(text, mention, behind)
            if behind is not None and (is_named or not (kind in _RATIO and frame.metrics)):
                metric = behind
            elif verb is not None:
                metric = self._price(text, sentence, mention.start, frame, topic, kind) if verb in self.prices else verb
                metric = metric or verb
            else:
                metric = self._inherited(text, sentence, frame, mention, reading, kind, topic) or behind
        else:
            words = text[part.start : part.end].strip(EDGE)
            tail = text[part.end : mention.start]
            if self.is_metric(words):
                metric, owner = self._own(text, frame, part, index, words, topic)
                if owner is None and behind is not None and text.startswith("的", mention.end) and kind not in _RATIO:
                    owner = self.clean(behind)  # 标价299元的卖家
                if kind == "count" and behind is not None and words.endswith(("用户", "会员", "员工")) and tail.strip():
                    metric, owner = behind, words
            elif tail.startswith("的") and kind in _RATIO | {"duration", "measure"}:
                metric = self._compared(text, frame, index, part) or self._inherited(
                    text, sentence, frame, mention, reading, kind, topic
                )
                metric = metric or behind
            else:
                metric, owner = self._plain(text, sentence, frame, mention, reading, part, index, behind, kind, topic)
        frame.counted = None
        if behind is not None and frame.before(mention.start) < 0:
            frame.counted = self.clean(behind)  # 117家证券公司…, 17.5%的手机…: with nothing before it
        subject = self._subject(text, sentence, frame, mention, clause, metric, owner, topic)
        return metric, subject

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

    def _own(self, text: str, frame: Frame, part: Part, index: int, words: str, topic: Topic) -> tuple[str, str | None]:
        """(metric, owner) where the words before the number end in a metric."""
        owner, metric = self.split(words)
        indexed = self.index_end.search(words)
        if indexed is not None and indexed.start() > 1 and part.after not in self.possessive:
            return words, self.clean(words[: indexed.start()]) or words  # 中国仓储指数
        before = frame.parts[index - 1] if index else None
        if before is not None and (before.clause != part.clause or before.depth != part.depth):
            before = None
        if part.after in self.possessive and part.after != "的":
            return words, "其"
        if owner is not None and self.pronoun_of(owner) is not None:
            return metric, "公司" if "公司" in owner else owner
        if text.startswith("的", part.start - 1) and text[part.start - 3 : part.start] in {"股东的", "有者的"}:
            begin = text.rfind("归", max(0, part.start - 20), part.start)
            if begin >= 0:
                return text[begin : part.end], None  # 归属于上市公司股东的净利润
        if owner is not None and frame.metrics and frame.metrics[-1][1] == metric and part.is_fresh:
            name = self.clean(owner)
            if name is not None:
                return metric, name  # 纯电动汽车销量A，插电式混合动力销量B
        is_of = part.after == "的" and before is not None and before.is_fresh and not before.preposition
        if is_of and owner is not None and not LATIN.search(owner) and before is not None:
            name = self.clean(text[before.start : before.end])
            if name is not None:
                return words, name
        if owner is not None and part.preposition not in self.comparing and part.preposition != "在":
            name = self.clean(owner)
            if name is not None and self.is_name(name, topic):
                return metric, name
        is_object = before is not None and before.preposition in {"将", "把", "对"}  # 将黄金的价格预测上调
        if part.after == "的" and before is not None and (before.is_fresh or not before.preposition or is_object):
            name = self.clean(text[before.start : before.end])
            if name is not None or text[before.start : before.end] in self.pronouns:
                return words, name or text[before.start : before.end]
        if owner is not None and part.is_fresh and not part.preposition and not frame.paper:
            name = self.clean(owner) if not self.is_line(metric, owner) else None
            if name is not None and part.after != "的" and not self._is_owned(text, frame, part, topic):
                return metric, name  # nothing else in the sentence could own it
        if owner is not None and part.after == "的" and (name := self.clean(owner)) is not None:
            return metric, name  # 服用该药的患者死亡风险
        return (metric if owner is None or part.preposition in self.comparing else words), None

    def _compared(self, text: str, frame: Frame, index: int, part: Part) -> str | None:
        """使用时长仅有4G手机的三分之一: the metric that is compared; 占工资的45%: what the share is of."""
        if part.after in {"占", "占到", "占据", "约占", "占了", "获得", "完成", "能获得"}:
            words = text[part.start : part.end].strip(EDGE)
            if not self.place.match(words):
                return words  # 占全国的8.5% is a share of what was counted
        for other in reversed(frame.parts[:index][-6:]):
            words = text[other.start : other.end].strip(EDGE)
            if other.clause == part.clause and self.is_metric(words):
                return self.split(words)[1]
        return None

    def _plain(
        self, text: str, sentence: Sentence, frame: Frame, mention: Mention, reading: Reading,
        part: Part, index: int, behind: str | None, kind: str, topic: Topic,
    ) -> tuple[str | None, str | None]:  # fmt: skip
        """(metric, owner) where the words before the number are no known metric."""
        words = text[part.start : part.end].strip(EDGE)
        tail = text[part.end : mention.start]
        name = self.clean(words)
        verb = self._verb_before(text, sentence, frame, mention)
        is_share = verb is None and self._is_share_of(text, mention, behind)
        if behind is not None and (is_share or not (kind in _RATIO and frame.metrics)):
            return behind, name if part.is_fresh and name is not None else None
        if verb is not None and len(tail) > 0:
            metric = self._price(text, sentence, mention.start, frame, topic, kind) if verb in self.prices else verb
            return metric or verb, name if part.is_fresh else None
        is_named = name is not None and self.is_name(name, topic)
        if part.preposition in self.comparing or kind == "rank":
            name, is_named = None, False
        if reading.role == "change" or kind in _RATIO or kind in {"index", "rank", "score"}:
            inherited = (
                self._inherited(text, sentence, frame, mention, reading, kind, topic)
                if frame.metrics or not is_named
                else None
            )
            return inherited, name if part.is_fresh or is_named else None
        if kind == "count" and not LATIN.search(words) and not self.place.match(words):
            is_named = False  # 上涨个股有2725只
        if part.is_fresh and is_named and part.after not in {"number", "的"}:
            return (
                self._inherited(text, sentence, frame, mention, reading, kind, topic) if kind == "money" else None
            ), name
        if words in self.pronouns:
            return self._inherited(text, sentence, frame, mention, reading, kind, topic), words
        words = self.lead_in.sub("", words).strip(EDGE)
        if words.startswith("第"):
            return self._inherited(text, sentence, frame, mention, reading, kind, topic), None
        if kind == "money" and part.is_fresh and name is not None and (frame.metrics or self._is_quoted(tail, mention)):
            return self._inherited(text, sentence, frame, mention, reading, kind, topic), name
        if kind == "money" and is_named:
            return None, name
        return (words if 1 < len(words) <= MAX_NAME and words not in self.not_subjects else None), None

    def _is_share_of(self, text: str, mention: Mention, behind: str | None) -> bool:
        """20%的份额: the noun behind a ratio names it."""
        return behind is not None and text.startswith("的", mention.end) and self.is_metric(behind)

    def _is_quoted(self, tail: str, mention: Mention) -> bool:
        """Whether the words between a name and an amount say that it is a price: 焦炭收于2300元."""
        return mention.denominator is not None or any(
            tail[a:b] in self.quoting for a, b in self.cutter.cuts(tail, 0, len(tail))
        )

    def _price(self, text: str, sentence: Sentence, stop: int, frame: Frame, topic: Topic, kind: str) -> str | None:
        named = _PRICE.findall(text, max(sentence.start, stop - 80), stop)
        if named:
            return str(named[-1])
        known = [m for o, m, _ in frame.metrics if m is not None and o.unit is not None and o.unit.kind == kind]
        for metric in reversed(known):
            if metric.endswith(("价", "价格", "费", "费用", "收费")):
                return metric
        last = topic.by_kind.get(kind)
        return last if last is not None and last.endswith(("价", "价格", "费", "费用", "收费")) else None

    def _verb_before(self, text: str, sentence: Sentence, frame: Frame, mention: Mention) -> str | None:
        """融资3亿元, 写了近千字: the verb right before the number that says what was done."""
        stop = max(mention.start - 8, frame.metrics[-1][0].end if frame.metrics else sentence.start, sentence.start)
        window = text[stop : mention.start]
        for begin in range(len(window)):
            for length in (4, 3, 2, 1):
                word = window[begin : begin + length]
                if len(word) == length and word in self.verbs:
                    rest = window[begin + length :]
                    if not set(rest) - _FILLERS:
                        return word
        return None

    def _inherited(
        self, text: str, sentence: Sentence, frame: Frame, mention: Mention, reading: Reading, kind: str, topic: Topic
    ) -> str | None:
        if frame.metrics:
            if reading.role == "change" or kind in _RATIO:
                return next((m for _, m, _ in reversed(frame.metrics[-4:]) if m), None)
            for other, metric, _ in reversed(frame.metrics[-8:]):
                if other.unit is not None and other.unit.kind == kind and metric:
                    return metric
            return None
        if reading.role == "change" and topic.read_to:
            return topic.metric
        return self._price(text, sentence, mention.start, frame, topic, kind) if kind == "money" else None

    def _respectively(
        self, text: str, sentence: Sentence, frame: Frame, mention: Mention, topic: Topic
    ) -> tuple[str | None, str | None] | None:
        """营收、净利分别为A、B and A，B，分别增长C和D: values in the order of what was listed."""
        clause = frame.clause_at(mention.start)
        start = frame.clause_starts[clause]
        marker = text.rfind("分别", start, mention.start)
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
            return None
        part = frame.parts[index]
        names = [name for name in _LIST.split(text[part.start : part.end]) if name]
        while len(names) < len(here) and index and frame.parts[index].after in {"和", "与", "及"}:
            index -= 1
            names = [n for n in _LIST.split(text[frame.parts[index].start : frame.parts[index].end]) if n] + names
        if len(names) < len(here):
            if not (index and part.after == "的"):
                return None
            owners = [n for n in _LIST.split(text[frame.parts[index - 1].start : frame.parts[index - 1].end]) if n]
            return (text[part.start : part.end], owners[rank]) if len(owners) == len(here) else None
        if len(names) > len(here):
            return None
        if self.is_metric(names[-1]):
            owner, first = self.split(names[0])
            names[0] = first
            return names[rank], self._subject(text, sentence, frame, mention, clause, names[rank], owner, topic)
        last = frame.metrics[-1][1] if frame.metrics else topic.metric if topic.read_to else None
        return last, names[rank]

    def _after(self, text: str, sentence: Sentence, mention: Mention, kind: str) -> str | None:
        """The noun behind the number: 70亿元的年度框架协议, 1亿次曝光, 13亿月活."""
        if mention.head_end > mention.end:
            return text[mention.end : mention.head_end].strip() or None
        match = _AFTER_NOUN.match(text, mention.end, sentence.end)
        if match is None or (kind in _RATIO and not match["of"]) or kind == "rank":
            return None
        start, stop = match.span("noun")
        if kind == "count" and text[start : start + 2] in self.verbs and not match["of"]:
            return text[start : start + 2]  # 536人受伤
        for begin, cut_end in self.cutter.cuts(text, start, stop):
            if begin == start:
                verb = text[begin:cut_end]
                if verb in self.cutter.nominal:
                    continue
                state = _STATE.match(text, begin, sentence.end) if kind == "count" else None
                return state["noun"] if state is not None else None
            stop = begin
            break
        name = _AND_NUMBER.sub("", text[start:stop]).strip(EDGE)
        if len(name) < 2 or name[0].isdigit() or name in self.not_subjects:
            return None
        return name


@cache
def chinese_topics() -> ChineseTopics:
    """The reader over the Chinese lexicon, built at first use."""
    return ChineseTopics()
