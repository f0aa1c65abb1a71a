"""Metric and subject of Chinese numbers: the named thing measured, and whose it is, by clause structure."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache

from transforms.claims.context import Reading
from transforms.claims.lexicon import load_lexicon, read_lexicon
from transforms.claims.mentions import Mention
from transforms.claims.periods import Period
from transforms.claims.phrases import phrase_pattern
from transforms.claims.sentences import Sentence
from transforms.claims.topics import Topic

MAX_NAME = 24
_EDGE = " \u3000“”\"'‘’「」『』《》、，,:：·—-"
_AFTER_NOUN = re.compile(r"(?:左右|以上|以下|多|余)?\s?(?P<of>的)?\s?(?P<noun>[\u4e00-\u9fffA-Za-z0-9+·-]{2,16})")
_LIST = re.compile(r"[、和及与]")
_OWNER_ENDS = re.compile(r"(?:公司|集团|股份|银行|控股|证券|科技|汽车|省|市|[A-Za-z])$")
_OWNING = frozenset(
    {
        "的",
        "date",
        "在",
        "日均",
        "月均",
        "年均",
        "平均",
        "人均",
        "单日",
        "单月",
        "合计",
        "累计",
        "共",
        "同期",
        "实现",
        "完成",
        "录得",
        "取得",
    }
)
_JOINING = {"和", "与", "及", "以及"}  # 淘宝和天猫 is one name
_NOT_NEW = frozenset({"的", "了", "和", "与", "及", "number"})


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of text between two breaks: a name, a metric, or a piece of either."""

    start: int
    end: int
    after: str  # what broke the text just before it: a word, "date", "number", or "" at the sentence's start


@dataclass(slots=True)
class Frame:
    """A sentence in parts, and what its numbers so far were said to measure."""

    parts: list[Part]
    starts: list[int]
    metrics: list[tuple[Mention, str | None, str | None]]  # (mention, metric, subject) in order


class ChineseTopics:
    """Compiled expressions over the Chinese lexicon."""

    def __init__(self) -> None:
        data, words_of = load_lexicon("zh").data, read_lexicon("topics_zh.toml")
        subjects, metrics, change = words_of["subjects"], words_of["metrics"], data["change"]
        verbs = [word for forms in change.values() for word in (*forms["verbs"], *forms["to"])]
        cues = [
            *verbs, *data["roles"]["share"], *(w for words in data["basis"].values() for w in words),
            *(w for words in data["modality"].values() for w in words), *(w for words in data["bounds"]["before"].values() for w in words),
            *words_of["attribution"]["verbs"],
        ]  # fmt: skip
        self.heads = frozenset(metrics["heads"])
        keep = {*subjects["compounds"], *self.heads, *(w for forms in change.values() for w in forms["nouns"])}
        words = {*subjects["breaks"], *cues, *subjects["openers"]} - keep - _JOINING
        self.breaks = re.compile(
            rf"(?P<keep>{phrase_pattern(keep)})|(?P<word>{phrase_pattern(words)})|(?P<mark>[，；：。！？,;:“”（）()…])"
        )
        self.openers = frozenset(subjects["openers"])
        self.pronouns = frozenset(subjects["pronouns"])
        self.not_subjects = frozenset(subjects["not_subjects"])
        self.head = re.compile(phrase_pattern(self.heads))
        self.tails: tuple[str, ...] = tuple(metrics["tails"])
        self.verbs = frozenset(verbs)

    def frame(self, text: str, sentence: Sentence, periods: tuple[Period, ...]) -> Frame:
        """The sentence's parts between break words, dates and numbers."""
        spans = [(p.start, p.end, "date") for p in periods] + [(m.start, m.end, "number") for m in sentence.mentions]
        spans.sort()
        parts: list[Part] = []
        position, after = sentence.start, ""
        for begin, stop, kind in [*spans, (sentence.end, sentence.end, "")]:
            if begin < position:
                continue
            for match in self.breaks.finditer(text, position, begin):
                if match["keep"]:
                    continue
                if match.start() > position:
                    self._add(text, parts, position, match.start(), after)
                position, after = match.end(), match.group()
            if begin > position:
                self._add(text, parts, position, begin, after)
            position, after = stop, kind
        return Frame(parts, [part.start for part in parts], [])

    @staticmethod
    def _add(text: str, parts: list[Part], start: int, end: int, after: str) -> None:
        while start < end and text[start] in _EDGE:
            start += 1
        while end > start and text[end - 1] in _EDGE:
            end -= 1
        if end > start:
            parts.append(Part(start, end, after))

    def is_metric(self, name: str) -> bool:
        """Whether the words end in something that is measured."""
        return name.endswith(self.tails) or name in self.heads or any(name.endswith(head) for head in self.heads)

    # ------------------------------------------------------------ one mention

    def read(
        self, text: str, sentence: Sentence, frame: Frame, mention: Mention, reading: Reading, topic: Topic
    ) -> tuple[str | None, str | None]:
        """(metric, subject) of the mention, verbatim; `topic` and `frame` are read and brought up to date."""
        start, end = sentence.clause_of(mention.start)
        aligned = self._respectively(text, sentence, frame, mention, start, topic)
        if aligned is not None:
            metric, subject = aligned
        else:
            metric, subject = self._before(text, sentence, frame, mention, start, topic)
            counted = self._after(text, mention, end)
            is_count = mention.unit is not None and mention.unit.kind == "count"
            if metric is None or (is_count and counted is not None and not self.is_metric(metric)):
                metric = counted or metric
            if metric is None and frame.metrics:
                metric = self._inherited(frame, mention, reading)
            if subject is None:
                subject = self._subject_before(text, sentence, frame, mention, start, metric, topic)
            if subject is None and mention.start <= sentence.start + 12 and not frame.metrics:
                subject = self._first_name(text, frame, end, sentence.end, metric, topic)  # 近13亿月活，微信…
        subject = subject or topic.subject
        if metric is not None and metric == subject:
            subject = topic.subject if self.is_metric(metric) else subject
            metric = metric if self.is_metric(metric) else None
        topic.subject = subject or topic.subject
        frame.metrics.append((mention, metric, subject))
        return metric, subject

    def _name(self, text: str, part: Part) -> str | None:
        name = text[part.start : part.end]
        if not 1 < len(name) <= MAX_NAME or name in self.pronouns or name in self.not_subjects or name.isdigit():
            return None
        return name

    def _before(
        self, text: str, sentence: Sentence, frame: Frame, mention: Mention, start: int, topic: Topic
    ) -> tuple[str | None, str | None]:
        """The name right before the number, split into metric and subject."""
        index = bisect_left(frame.starts, mention.start) - 1
        if index < 0:
            return None, None
        part = frame.parts[index]
        if part.start < start:
            # 实际CPM（即千人成本）仅48.97元: what the brackets explain
            if not (start > sentence.start and text[start - 1] in "）)"):
                return None, None
            opening = max(text.rfind("（", sentence.start, start), text.rfind("(", sentence.start, start))
            while index >= 0 and frame.parts[index].end > opening:
                index -= 1
            if opening < 0 or index < 0:
                return None, None
            part = frame.parts[index]
        if any(part.end <= other.start < mention.start for other in sentence.mentions):
            return None, None
        metric = self._name(text, part)
        if metric is None:
            return None, None
        before = (
            frame.parts[index - 1]
            if index and frame.parts[index - 1].start >= sentence.clause_of(part.start)[0]
            else None
        )
        if self.is_metric(metric):
            subject = None
            if before is not None and part.after in _OWNING:
                owner = self._name(text, before)
                subject = owner if owner is not None and not self.is_metric(owner) else None
            return metric, subject or self._owner(metric)
        if part.after == "的" and before is not None:
            return metric, self._name(text, before)
        return None, metric if _OWNER_ENDS.search(metric) or metric[0].isupper() or topic.is_recurring(metric) else None

    def _owner(self, metric: str) -> str | None:
        """The owner at the head of a long name: 腾讯控股净利润 → 腾讯控股."""
        for found in self.head.finditer(metric):
            if found.end() == len(metric) and found.start() >= 2:
                owner = metric[: found.start()]
                return owner if _OWNER_ENDS.search(owner) else None
        return None

    def _respectively(
        self, text: str, sentence: Sentence, frame: Frame, mention: Mention, start: int, topic: Topic
    ) -> tuple[str | None, str | None] | None:
        """营收、净利分别为A、B and A，B，分别增长C和D: values in the order of what was listed."""
        marker = text.rfind("分别", max(sentence.start, start), mention.start)
        if marker < 0:
            return None
        here = [m for m in sentence.mentions if m.start > marker and m.start < sentence.clause_of(mention.start)[1]]
        rank = here.index(mention) if mention in here else 0
        before = [row for row in frame.metrics if row[0].end <= marker]
        if len(before) >= len(here) > 1 and start - before[-1][0].end <= 8:
            row = before[len(before) - len(here) + rank]
            return row[1], row[2]
        index = bisect_left(frame.starts, marker) - 1
        if index < 0 or len(here) < 2:
            return None
        part = frame.parts[index]
        names = [name for name in _LIST.split(text[part.start : part.end]) if name]
        if len(names) != len(here):
            return None
        owner = frame.parts[index - 1] if index and part.after in _OWNING else None
        subject = self._name(text, owner) if owner is not None else None
        if self.is_metric(names[-1]):
            return names[rank], subject or self._subject_before(
                text, sentence, frame, mention, start, names[rank], topic
            )
        return (frame.metrics[-1][1] if frame.metrics else None), names[rank]

    def _inherited(self, frame: Frame, mention: Mention, reading: Reading) -> str | None:
        last, metric, _ = frame.metrics[-1]
        if reading.role == "change":
            return metric
        same = last.unit is not None and mention.unit is not None and last.unit.kind == mention.unit.kind
        return (
            metric
            if same
            else next(
                (
                    m
                    for o, m, _ in reversed(frame.metrics)
                    if o.unit and mention.unit and o.unit.kind == mention.unit.kind
                ),
                None,
            )
        )

    def _subject_before(
        self,
        text: str,
        sentence: Sentence,
        frame: Frame,
        mention: Mention,
        start: int,
        metric: str | None,
        topic: Topic,
    ) -> str | None:
        """The first name of the clause, else of the clauses before it, nearest first."""
        stop = mention.start
        opening = start
        for _ in range(4):
            name = self._first_name(text, frame, opening, stop, metric, topic)
            if name is not None:
                return name
            known = [row[2] for row in frame.metrics if opening <= row[0].start < stop and row[2]]
            if known:
                return known[-1]
            if opening <= sentence.start:
                return None
            stop = opening
            opening, _ = sentence.clause_of(opening - 1)
            if opening >= stop:
                return None
        return None

    def _first_name(
        self, text: str, frame: Frame, start: int, stop: int, metric: str | None, topic: Topic
    ) -> str | None:
        index = bisect_left(frame.starts, start)
        while index < len(frame.parts) and frame.parts[index].start < stop:
            part = frame.parts[index]
            index += 1
            if part.after in _NOT_NEW:
                continue
            name = self._name(text, part)
            if name is None or name == metric or self.is_metric(name) or (metric is not None and name in metric):
                continue
            if _OWNER_ENDS.search(name) or name[0].isupper() or part.after in {"", "date"} or topic.is_recurring(name):
                return name
        return None

    def _after(self, text: str, mention: Mention, end: int) -> str | None:
        """The noun behind the number: 70亿元的年度框架协议, 1亿次曝光, 13亿月活."""
        if mention.head_end > mention.end:
            return text[mention.end : mention.head_end].strip() or None
        match = _AFTER_NOUN.match(text, mention.end, end)
        if match is None:
            return None
        if (
            mention.unit is not None
            and mention.unit.kind in {"percent", "multiple", "percentage_point"}
            and not match["of"]
        ):
            return None
        start = match.start("noun")
        stop = match.end("noun")
        for found in self.breaks.finditer(text, start, stop):
            if found["keep"]:
                continue
            if found.start() == start:
                return None
            stop = found.start()
            break
        name = text[start:stop].strip(_EDGE)
        return name if len(name) > 1 and not name[0].isdigit() and name not in self.not_subjects else None


@cache
def chinese_topics() -> ChineseTopics:
    """The reader over zh.toml, built at first use."""
    return ChineseTopics()
