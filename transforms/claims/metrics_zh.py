"""What a Chinese number measures: the words before it, the verb, the noun behind, or what the last one measured."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from transforms.claims.names_zh import EDGE, LATIN, MAX_NAME
from transforms.claims.owners_zh import ChineseOwners
from transforms.claims.predicates_zh import predicates

if TYPE_CHECKING:
    from transforms.claims.changes import Reading
    from transforms.claims.mentions import Mention
    from transforms.claims.parts_zh import Frame, Part
    from transforms.claims.sentences import Sentence
    from transforms.claims.topics import Topic

_AFTER_NOUN = re.compile(
    r"(?:左右|以上|以下|上下|不等|之多|多|余|起)?\s?(?P<of>的)?\s?(?:\d+(?:天|年|个月|月)期)?(?P<noun>(?![和与及至到或])[\u4e00-\u9fffA-Za-z0-9+·“”《》「」\"-]{2,16})"
)
_MAX_HEADLINE_REACH = 200
_STAKES = ("股权", "股份", "权益", "控股权", "份额")
_STATE = re.compile(r"(?:检测)?[为呈](?P<noun>[^\W\x00-\x7f]{2,6})(?=[，。；、,]|$)")
_PRICE = re.compile(r"(?:国内|起|零|指导|市场)?(?:售价|价格|均价|单价|报价|标价|定价)(?!格|钱)")
_AND_NUMBER = re.compile(r"[和与及、]\s?\d.*$")  # 8个篮板和9次助攻
_COPULAS = re.compile(r"(?:同期)?(?:则|也|却|还|更|竟|就|仅|只|才|约|近|为|是|有|达|多达|高达|均|都)+")
_THEN_SHARE = re.compile(r"[，,、（(]?(?:约|大约|合计)?占(?:到|比|了|据|去)?")  # 研发人员412人，占员工总数的78%
_WITH = frozenset({"以", "凭", "凭借", "凭着", "靠", "则以", "也以"})  # 软件业以16.8万元位居第一
_TITLE = re.compile(r"[^\W\x00-\x7f]{0,6}《(?P<name>[^》\n]{2,24})》")
_MAX_ITEM = 4
_OFFICES = ("局", "厅", "委", "署", "部", "公司", "集团", "中心", "协会", "政府", "法院", "银行")
_RANKED = re.compile(
    r"居(?![民住家室])|位[列居]|排[名在第行]|领跑|登顶|夺[冠得]|拿下|摘得|问鼎"
)  # 以6714亿元居寿险第一
_ITEM = re.compile(r"[，,]其中(?:包括|有)?|[、和及]|，(?=[^\W\x00-\x7f]{2,8}$)")
_LED_TO = frozenset({"至", "到", "达", "达到", "，至", "，达", "，达到", "，为", "至约", "至近", "到约"})
_MAX_VERB, _MAX_VERB_GAP = 4, 6
_FILLERS = frozenset(" 了近超过约达到逾共仅将的高至最低多少不足需要")
RATIO = frozenset({"percent", "percentage_point", "multiple"})


class ChineseMetrics(ChineseOwners):
    """Finds the metric of a number; some words tell its owner at once."""

    def _own(self, text: str, frame: Frame, part: Part, index: int, words: str, topic: Topic) -> tuple[str, str | None]:
        """(metric, owner) where the words before the number end in a metric."""
        owner, metric = self.split(words)
        if owner in self.raters:
            return words, None  # 豆瓣评分
        indexed = len(self.index_end.of(words))
        if indexed and len(words) - indexed > 1 and part.after not in self.possessive:
            return words, self.clean(words[:-indexed]) or words  # 中国仓储指数
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
        is_verbal = part.after == "的" and before is not None and self._is_relative(text, frame, index, before)
        if is_verbal and owner is not None and (name := self.clean(owner)) is not None:
            return metric, name  # 财政部招标的3年期国债中标利率
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
            name = self.clean(owner) if self.is_owner(owner, metric, topic) else None
            if name is not None and part.after != "的" and not self._is_owned(text, frame, part, owner, topic):
                return metric, name  # nothing else in the sentence could own it
        is_led = part.after == "的" or part.preposition in {"将", "把", "对", "给"}
        if owner is not None and is_led and (name := self.clean(owner)) is not None:
            return metric, name  # 服用该药的患者死亡风险
        return (metric if owner is None or part.preposition in self.comparing else words), None

    def _sharer(self, text: str, frame: Frame, part: Part, index: int) -> str | None:
        """流感样病例占门诊病例总数的7.6%: what is a share of the whole."""
        before = frame.parts[index - 1] if index else None
        if not part.after.startswith("占"):
            return None
        if before is None or before.clause != part.clause:
            last = frame.metrics[-1] if frame.metrics else None
            if last is None or last[1] is None or last[0].unit is None or last[0].unit.kind != "count":
                return None
            if predicates().is_done(last[1]):
                return None  # 去年关店203家，占门店总数的15%
            return (self.clean(last[1]) or last[1]) if _THEN_SHARE.fullmatch(text, last[0].end, part.start) else None
        if not before.is_fresh:
            return None
        return self.clean(text[before.start : before.end])

    def _compared(self, text: str, frame: Frame, index: int, part: Part) -> str | None:
        """使用时长仅有4G手机的三分之一: the metric that is compared; 占工资的45%: what the share is of."""
        if part.after in {"占", "占到", "占据", "约占", "占了", "获得", "完成", "能获得"}:
            words = text[part.start : part.end].strip(EDGE)
            if words not in self.places:
                return words  # 占全国的8.5% is a share of what was counted
        for other in reversed(frame.parts[max(0, index - 6) : index]):
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
        if behind is not None and (is_share or not (kind in RATIO and frame.metrics)):
            return behind, name if part.is_fresh and name is not None else None
        if verb is not None and len(tail) > 0:
            metric = self._price(text, sentence, mention.start, frame, topic, kind) if verb in self.prices else verb
            return metric or verb, name if part.is_fresh else None
        done = self.verb_at_end(words) if not set(tail) - _FILLERS and part.preposition not in self.comparing else None
        if done is not None:
            rest = words[: -len(done)]
            owner, metric = self.split(rest) if self.is_metric(rest) else (rest, done)  # 佣金打(对折)
            owner = self.clean(owner) if owner is not None and part.is_fresh else None
            if metric != done or done not in self.cutter.breaks:
                return metric, owner
        before = frame.parts[index - 1] if index and part.after == "的" else None
        if (
            before is not None and before.is_fresh and not before.preposition and before.clause == part.clause
            and not LATIN.search(words) and (not tail.strip() or _COPULAS.fullmatch(tail.strip()))
        ):  # fmt: skip
            name = self.clean(text[before.start : before.end])
            if name is not None:
                return self.without_verb(words), name  # 马云的回帖不过百来字
        if part.is_fresh and not part.preposition and name is not None and tail.strip() in _WITH:
            like = self._like(frame, mention) or self._inherited(text, sentence, frame, mention, reading, kind, topic)
            return like or topic.by_kind.get(kind), name
        if part.after.startswith("占") and (kind in RATIO or words in self.places):
            name = None  # 占全省七成, 占全网大盘近三成
        is_named = name is not None and self.is_name(name, topic)
        if part.preposition in self.comparing or kind == "rank":
            name, is_named = None, False
        if part.is_fresh and name is not None and tail.lstrip().startswith("占") and kind in RATIO:
            return words, name  # 其中发热患儿占六成
        if reading.role == "change" or kind in RATIO or kind in {"index", "rank", "score"}:
            inherited = (
                self._inherited(text, sentence, frame, mention, reading, kind, topic)
                if frame.metrics or not is_named
                else None
            )
            return inherited, name if part.is_fresh or is_named or tail.lstrip().startswith("占") else None
        is_begun = part.is_fresh and name is not None
        is_item = not tail.strip() and kind in {"count", "measure"} and self._is_listed(text, frame, part)
        if is_item and (name := self._named(name, topic)) is not None and (like := self._like(frame, mention)):
            return like, name  # 出货220万张，其中昇腾64万张、寒武纪2.6万张
        if is_begun and kind in {"count", "measure", "duration"} and _COPULAS.fullmatch(tail.strip()):
            like = self._like(frame, mention)
            if like is None and not frame.metrics and topic.said_block is text and kind != "duration":
                like = topic.by_kind.get(kind)
            if like is not None:
                return like, name  # 接种组有46人出现发热，对照组为312人
        aspect = self._aspect(text, frame) if part.is_fresh and name is not None and not tail.strip() else None
        if aspect is not None:
            return aspect, name
        is_done = bool(tail.strip()) and not _COPULAS.fullmatch(tail.strip())
        if kind == "count" and is_begun and is_done and words.endswith(_OFFICES):
            return None, name  # 市自然资源局拟推出12宗
        if kind == "count" and not LATIN.search(words) and words not in self.places:
            is_named = False  # 上涨个股有2725只
        if part.is_fresh and is_named and part.after not in {"number", "的"}:
            return (
                self._inherited(text, sentence, frame, mention, reading, kind, topic) if kind == "money" else None
            ), name
        if words in self.pronouns:
            return self._inherited(text, sentence, frame, mention, reading, kind, topic), words
        words = self.without_lead(words).strip(EDGE)
        if words.startswith("第"):
            return self._inherited(text, sentence, frame, mention, reading, kind, topic), None
        is_known = bool(frame.metrics) and frame.metrics[-1][2] is not None and not self._is_quoted(tail, mention)
        is_item = is_known and "；" not in text[frame.metrics[-1][0].end : part.start] and not tail.strip()
        if kind == "money" and is_begun and is_item and len(words) <= _MAX_ITEM:
            return words, None  # 原料2.3元，人工1.5元
        if kind == "money" and is_begun and (frame.metrics or self._is_quoted(tail, mention)):
            return self._inherited(text, sentence, frame, mention, reading, kind, topic), name
        if kind == "money" and is_named:
            return None, name
        return (words if 1 < len(words) <= MAX_NAME and words not in self.not_subjects else None), None

    def _aspect(self, text: str, frame: Frame) -> str | None:
        """进口方面，铜矿砂184.7万吨: the metric that the sentence opens with."""
        first = frame.parts[0]
        words = text[first.start : first.end]
        if not words.endswith("方面") or not self.is_metric(words[:-2]):
            return None
        return words[:-2]

    def _announced(self, text: str, frame: Frame, mention: Mention) -> str | None:
        """净利息收入，全年354.9亿元: the metric that ends the clause before, where no number has followed it yet."""
        index = frame.before(mention.start)
        if (
            index < 0
            or frame.parts[index].depth
            or (frame.metrics and frame.metrics[-1][0].start >= frame.parts[index].start)
        ):
            return None
        words = text[frame.parts[index].start : frame.parts[index].end].strip(EDGE)
        is_next = frame.parts[index].clause >= frame.clause_at(mention.start) - 1
        return self.split(words)[1] if is_next and self.is_metric(words) else None

    def _like(self, frame: Frame, mention: Mention) -> str | None:
        """What the sentence's last number of the same unit measures."""
        for other, metric, _ in reversed(frame.metrics[-4:]):
            if other.unit is mention.unit:
                return metric
        return None

    def _is_listed(self, text: str, frame: Frame, part: Part) -> bool:
        """Whether the part is an item of a list that goes on with what was counted."""
        if not frame.metrics or self.is_metric(text[part.start : part.end]):
            return False
        last = frame.metrics[-1][0]
        return _ITEM.fullmatch(text, last.end, part.start) is not None

    def _is_share_of(self, text: str, mention: Mention, behind: str | None) -> bool:
        """20%的份额: the noun behind a ratio names it."""
        return behind is not None and text.startswith("的", mention.end) and self.is_metric(behind)

    def _said_by_verb(self, text: str, start: int, mention: Mention, words: frozenset[str]) -> str | None:
        """沪指涨0.55%, 合约报3248元: the verb right before the number, where no noun says what it measures."""
        return _verb_at_end(text, max(start, mention.start - _MAX_VERB_GAP), mention.start, words, _FILLERS - {"到"})

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
        return _verb_at_end(text, stop, mention.start, self.verbs, _FILLERS)

    def _inherited(
        self, text: str, sentence: Sentence, frame: Frame, mention: Mention, reading: Reading, kind: str, topic: Topic
    ) -> str | None:
        announced = self._announced(text, frame, mention)
        if announced is not None:
            return announced
        # What a headline in brackets measures is not what its text goes on with.
        headline = text.rfind("】", max(sentence.start, mention.start - _MAX_HEADLINE_REACH), mention.start)
        known = [row for row in frame.metrics[-8:] if row[0].start > headline]
        if known:
            if reading.role == "change" or kind in RATIO:
                return next((metric for _, metric, _ in reversed(known[-4:]) if metric), None)
            if text[known[-1][0].end : mention.start].strip() in _LED_TO and known[-1][1]:
                return known[-1][1]  # 增长三成至1920亿元
            for other, metric, _ in reversed(known):
                if other.unit is not None and other.unit.kind == kind and metric:
                    return metric
            return None
        if frame.metrics:
            return None
        if reading.role == "change" and topic.read_to and not self._is_begun(text, frame, mention):
            return topic.metric
        return self._price(text, sentence, mention.start, frame, topic, kind) if kind == "money" else None

    def _is_begun(self, text: str, frame: Frame, mention: Mention) -> bool:
        """Whether the sentence has named something of its own before its first number."""
        return any(
            part.is_fresh and not part.depth and not part.preposition and self.clean(text[part.start : part.end])
            for part in frame.parts[: frame.before(mention.start) + 1]
        )

    def _after(self, text: str, sentence: Sentence, mention: Mention, kind: str) -> str | None:
        """The noun behind the number: 70亿元的年度框架协议, 1亿次曝光, 13亿月活."""
        if mention.head_end > mention.end:
            return text[mention.end : mention.head_end].strip() or None
        match = _AFTER_NOUN.match(text, mention.end, sentence.end)
        if (
            match is None
            or (kind in RATIO and not match["of"] and not match["noun"].startswith(_STAKES))
            or kind == "rank"
        ):
            return None
        start, stop = match.span("noun")
        title = _TITLE.match(text, start, sentence.end)
        if title is not None:
            return title["name"]  # 投资3亿元的动画《聊斋：兰若寺》
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
        if (
            len(name) < 2
            or _RANKED.match(name)
            or name[0].isdigit()
            or name in self.not_subjects
            or name in self.cutter.breaks
        ):
            return None
        return name


def _verb_at_end(text: str, start: int, stop: int, verbs: frozenset[str], fillers: frozenset[str]) -> str | None:
    """The first verb of text[start:stop] with nothing but fillers behind it, the longest that begins there."""
    run = stop  # where the fillers begin
    while run > start and text[run - 1] in fillers:
        run -= 1
    for begin in range(max(start, run - _MAX_VERB), stop):
        for end in range(min(begin + _MAX_VERB, stop), max(begin, run - 1), -1):
            if text[begin:end] in verbs:
                return text[begin:end]
    return None
