"""Whose a Chinese number is: the clause's subject, an antecedent, the speaker, what the article is about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from transforms.claims.clauses_zh import ChineseClauses
from transforms.claims.names_zh import EDGE

if TYPE_CHECKING:
    from transforms.claims.mentions import Mention
    from transforms.claims.parts_zh import Frame, Part
    from transforms.claims.sentences import Sentence
    from transforms.claims.topics import Topic

_LOOKBACK_PARTS, _AHEAD = 12, 2
_MAX_CLAUSE_PARTS = 16  # of a clause that goes on and on
_NEAR = 600  # where a paragraph may have named what the article is about
_LOOKBACK = 160  # of a sentence without numbers, for its subject
_RELATIVE = re.compile(
    r"(?:近日|最新|联合|共同|重点|持续)?(?:发布|公布|推出|提供|编制|出品|生产|研发|主办|披露|统计|出具|调研|监测|跟踪|追踪|抽样|调查|测算|覆盖|采访)的"
)
_STAFF = re.compile(
    r"^(?P<owner>.{2,12}?)(?:的?(?:官方)?客服|方面|官方|(?:相关|有关|公司)?负责人|(?:新闻)?发言人|内部人士|工作人员|官微)$"
)
_PAIR = re.compile(r"(?P<first>[^与和、及]{2,12})[与和、及](?P<second>[^与和、及]{2,12})$")
_SPEAKING = frozenset({"我们", "我", "咱们", "笔者", "记者"})
_PERSONS = frozenset({"他", "她"})
_THINGS = frozenset({"它", "其", "该"})
_NEAREST = frozenset({"该公司", "该集团"})
_EXAMPLE = re.compile(r"以(?P<name>[^，。；！？,;]{2,24}?)为例")
_STOPS = frozenset("，、；：。,;:的")
_TOPIC_ENDS = ("这边", "那边", "方面", "这头", "那头")  # 快手这边，……
_SOMEONE = ("一位", "一名", "一家", "有", "某", "多位", "多名", "几位", "数位", "两位", "三位", "一些", "不少", "部分")
_OWN_PAPER = ("公司", "该公司", "本公司", "该行", "该集团")
_AFTERWARDS = ("过后", "之后", "以后", "之前", "以前", "期间", "结束后", "当天", "当日")
_COUNTABLE = ("用户", "会员", "员工", "客户", "患者", "游客", "学生", "考生", "居民", "门店", "岗位", "订单", "毕业生")
_LED_ON = frozenset("的是则也却")
_QUOTES = re.compile(r"[“”「」\"]")  # 曾经的“一哥”恒岳集团
_WHOLE, _OWN = ("国内", "全球"), ("业务", "门店", "营收", "利润", "员工", "用户")
_MAX_WEAK = 3
_ASPECTS = frozenset("了着")
_PREDICATED = frozenset({"是", "为", "当属", "则是"})
_INVESTING = ("领投", "跟投", "参投", "独家投资", "联合领投")
_LEADING = frozenset("在将已曾也还从向对于通为是")  # 五菱在…: what follows a subject


class ChineseOwners(ChineseClauses):
    """Finds the subject of a number, nearest first."""

    def _subject(
        self, text: str, sentence: Sentence, frame: Frame, mention: Mention, clause: int, metric: str | None,
        owner: str | None, topic: Topic,
    ) -> str | None:  # fmt: skip
        if owner is not None and text.find(f"《{owner}》", sentence.start, sentence.end) >= 0:
            return owner
        if (
            owner is not None
            and (pronoun := self.pronoun_of(owner) or self._named(owner, topic, is_owner=True)) is not None
        ):
            if pronoun in self.pronouns or pronoun.startswith(self.deictic):
                return self._antecedent(text, sentence, frame, topic, pronoun, mention.start) or (
                    pronoun if len(pronoun) > 1 else None
                )
            return pronoun
        for number in range(clause, max(-1, clause - 5), -1):
            stop = mention.start if number == clause else frame.clause_starts[number + 1]
            name = self._first_name(text, frame, number, stop, metric, topic)
            if name is not None and number < clause and frame.paper and not self.is_strong(name, topic):
                break  # 在福寿园的财报中，墓园服务收益占比83%，经营利润率55%
            if name is not None:
                if self.pronoun_of(name) is None:
                    return name
                return self._antecedent(text, sentence, frame, topic, name, mention.start) or (
                    name if len(name) > 1 else None
                )
            known = [s for o, _, s in frame.metrics[-6:] if s and frame.clause_starts[number] <= o.start < stop]
            if known:
                return known[-1]
        if frame.metrics and frame.metrics[-1][2]:
            return frame.metrics[-1][2]
        if metric is not None and metric.startswith(_WHOLE) and not metric.endswith((*self.lines, *_OWN)):
            return metric[:2]  # 国内出货量将翻两番
        return self._from_afar(text, sentence, frame, mention, clause, metric, topic)

    def _company_before(self, text: str, sentence: Sentence) -> str | None:
        """京东集团领涨。该公司……: the company that the words just before name."""
        start = max(0, sentence.start - _LOOKBACK)
        parts = self.cutter.parts(text, start, sentence.start, []).parts
        for words in (w for part in reversed(parts) for w in reversed(_QUOTES.split(text[part.start : part.end]))):
            company = self.company_in(words)
            if company is not None and company not in self.kinds and not self.is_media(company):
                return company
        return None

    def _same_kind(self, words: str, topic: Topic) -> str:
        """该院 → the hospital named last; the words themselves where no name ends like them."""
        kind = words.lstrip("该此这")[-1:]
        for name in (topic.subject, topic.company, self.main_of(topic)):
            if name is not None and name.endswith(kind) and self.has_name_form(name):
                return name
        return words

    def _antecedent(
        self, text: str, sentence: Sentence, frame: Frame, topic: Topic, pronoun: str, position: int
    ) -> str | None:
        if "公司" in pronoun or "集团" in pronoun:
            for said in (frame.speaker, frame.paper, *frame.credited):
                speaker = self.company_in(said) or self.clean(said) if said else None
                if speaker is not None and self.ends_like_name(speaker) and not self.is_media(speaker):
                    return speaker
            for part in reversed(frame.parts[-_LOOKBACK_PARTS:]):
                company = self.company_in(text[part.start : part.end]) if part.end < position else None
                if company is not None and company not in self.kinds:
                    return company  # 将泰和置业主体评级下调，该公司……
            for part in frame.parts[:4]:
                name = self.clean(text[part.start : part.end]) if part.is_fresh and not part.preposition else None
                if name is None or self.is_metric(name) or "公司" in name[:3] or self.is_media(name):
                    continue
                if self.is_name(name, topic):
                    return name  # 贵州茅台发布三季报，公司……
            main = self.main_of(topic)
            if main is None or not self.is_company(main) or pronoun in _NEAREST:
                nearest = self._company_before(text, sentence)
                if nearest is not None:
                    return nearest
            passed = self._passed(text, sentence, None, topic)
            return passed or topic.company or self.main_of(topic) or topic.subject or pronoun
        if pronoun in _SPEAKING:
            return (self.clean(frame.speaker) if frame.speaker else None) or (pronoun if len(pronoun) > 1 else None)
        if pronoun in {"前者", "后者"}:
            near = frame.parts[max(0, frame.before(position) - _LOOKBACK_PARTS) : frame.before(position)]
            listed = [text[part.start : part.end] for part in reversed(near)]
            for words in (*listed, *(words.rstrip("：:") for words in frame.credited)):
                pair = _PAIR.match(words.strip(EDGE))
                if pair is not None:
                    return self.clean(pair["first"] if pronoun == "前者" else pair["second"])
        if pronoun in _PERSONS and frame.speaker is not None:
            return self.clean(frame.speaker)
        if pronoun in _PERSONS:
            for part in reversed(frame.parts[: frame.before(position) + 1][-_LOOKBACK_PARTS:]):
                name = self.clean(text[part.start : part.end]) if part.is_fresh and not part.preposition else None
                if name is not None and self.pronoun_of(name) is None and not self.is_metric(name) and not part.depth:
                    return name  # 市民张先生算了一笔账，他的通勤时间……
        if pronoun.startswith(self.deictic) and pronoun not in self.deictic:
            return self._same_kind(pronoun, topic)
        if frame.metrics and frame.metrics[-1][2]:
            return frame.metrics[-1][2]
        if pronoun in _THINGS and (nearest := self._company_before(text, sentence)) is not None:
            return nearest  # 恒岳集团连人都没来。它的中报显示……
        return (self.clean(frame.paper) if frame.paper else None) or self._known(text, topic)

    def _known(self, text: str, topic: Topic) -> str | None:
        """The paragraph's last proper name, else what the article is about, else the last subject."""
        is_near = topic.subject is not None and topic.subject_block is text
        if topic.subject is not None and is_near and self.is_proper(topic.subject, topic):
            return topic.subject
        main = self.main_of(topic)
        is_main_here = main is not None and (
            self.has_name_form(main) or text.find(main, max(0, topic.read_to - _NEAR), topic.read_to) >= 0
        )
        if topic.said is not None and topic.said_block is text and not is_main_here:
            return topic.said if not is_near or main is None else topic.subject
        if main is not None and (not is_near or self.has_name_form(main)):
            return main
        return topic.subject or main

    def _from_afar(
        self, text: str, sentence: Sentence, frame: Frame, mention: Mention, clause: int, metric: str | None,
        topic: Topic,
    ) -> str | None:  # fmt: skip
        """Value first (近13亿月活，微信…), the speaker's own figures, the sentence before, the article's topic."""
        for said in frame.credited[:1]:
            if said.startswith("它"):  # 它的中报显示
                return self._antecedent(text, sentence, frame, topic, "它", sentence.start)
            if said.startswith(_OWN_PAPER):  # 该公司披露的三季报称
                return self._antecedent(text, sentence, frame, topic, "公司", sentence.start)
        if frame.paper is not None and (name := self.clean(frame.paper)) is not None:
            return name  # 福寿园的财报
        if clause + 1 < len(frame.clause_starts) and not frame.metrics:
            stop = frame.clause_starts[clause + 2] if clause + 2 < len(frame.clause_starts) else sentence.end
            name = self._first_name(text, frame, clause + 1, stop, metric, topic)
            if name is not None and self.pronoun_of(name) is None and self.is_name(name, topic):
                return name
        speaker = self.clean(frame.speaker) if frame.speaker else None
        staff = _STAFF.match(frame.speaker) if frame.speaker else None
        is_someone = frame.speaker is not None and frame.speaker.startswith(_SOMEONE)
        if (
            staff is not None
            and not is_someone
            and (self.is_name(staff["owner"], topic) or topic.count(staff["owner"]) > 1)
        ):
            return staff["owner"]
        if speaker is not None and not (is_someone or self.is_media(speaker)) and self.is_strong(speaker, topic):
            return speaker
        if (
            frame.opener is not None
            and not frame.opener.startswith(_SOMEONE)
            and (name := self.clean(frame.opener)) is not None
        ):
            return name
        if frame.counted is not None:
            return frame.counted
        return self._passed(text, sentence, metric, topic) or self._known(text, topic)

    def _passed(self, text: str, sentence: Sentence, metric: str | None, topic: Topic) -> str | None:
        """The subject of the sentences without numbers that were passed over."""
        if topic.read_to >= sentence.start:
            return None
        start = max(topic.read_to, sentence.start - _LOOKBACK)
        before = self.cutter.parts(text, start, sentence.start, [])
        for number in range(len(before.clause_starts) - 1, -1, -1):
            stop = before.clause_starts[number + 1] if number + 1 < len(before.clause_starts) else sentence.start
            name = self._first_name(text, before, number, stop, metric, topic)
            if name is None or self.pronoun_of(name) is not None:
                continue
            first = before.parts[before.before(before.clause_starts[number]) + 1]
            is_led = text[first.end : first.end + 1] in _LED_ON and text.startswith(name, first.start)
            if self.is_name(name, topic) or (is_led and not self.is_metric(name)):
                return name  # 哪吒的处境最糟。其……
        return None

    def _first_name(
        self, text: str, frame: Frame, clause: int, stop: int, metric: str | None, topic: Topic
    ) -> str | None:
        """The clause's subject: the name it begins with, else the first proper name in it."""
        begin = frame.clause_starts[clause]
        example = _EXAMPLE.match(text, begin, stop) if text.startswith("以", begin) else None
        if example is not None and (name := self.clean(example["name"].rpartition("的")[2])) is not None:
            return name  # 以小儿常用的布洛芬混悬液为例
        index = frame.before(frame.clause_starts[clause]) + 1
        if (
            clause + 1 < len(frame.clause_starts)
            and stop >= frame.clause_starts[clause + 1]
            and frame.launched != []
            and (launched := self._launched(text, frame, clause))
        ):
            return launched
        second: str | None = None
        is_led_on = False
        is_own = clause + 1 >= len(frame.clause_starts) or stop < frame.clause_starts[clause + 1]
        last = min(len(frame.parts), index + _MAX_CLAUSE_PARTS)
        while index < last and frame.parts[index].start < stop and frame.parts[index].clause == clause:
            part = frame.parts[index]
            index += 1
            if part.depth or part.preposition in self.comparing:
                continue
            words = text[part.start : part.end].strip(EDGE)
            if _RELATIVE.match(text, part.end) or (
                index < last and frame.parts[index].after == "的" and self._is_relative(text, frame, index, part)
            ):
                is_led_on = part.is_fresh or part.preposition == "由"
                continue  # X发布的Y, 由X牵头的Y: Y is the subject
            if part.is_fresh and (pronoun := self.pronoun_of(self.without_verb(words))) is not None:
                return pronoun
            if (words[-1:] == "投" and words.endswith(_INVESTING)) or text.startswith(_INVESTING, part.end):
                continue  # X领投，Y跟投，投后估值……
            owner, measured = self.split(words)
            if self.is_metric(words) and owner is None:
                continue
            if len(words) < 4 and text[part.end : part.end + 1] in _ASPECTS and not self.is_strong(words, topic):
                continue  # 保住了
            if text.startswith(_AFTERWARDS, part.end):
                continue  # 此役过后
            if is_own and part.is_fresh and not part.preposition and words.endswith(_COUNTABLE) and part.end < stop:
                counted = self.clean(words) if metric is not None and not words.endswith(metric) else None
                if counted is not None:
                    return counted  # 短视频用户人均使用时长
            if not is_own and part.after in _PREDICATED and text[part.end : part.end + 1] in _STOPS:
                predicated = self.clean(words)
                is_picked = text.find("的", frame.clause_starts[clause], part.start) >= 0
                if is_picked and predicated is not None and not self.is_metric(predicated):
                    return predicated  # 增速最猛的是追觅，多卖了54.6%
            name = self._named(self.clean(owner or words), topic, is_owner=owner is not None)
            if name is None and self._is_attribute(text, frame, index, part, stop):
                is_led_on = is_led_on or part.is_fresh  # 刚刚上岸的罗成
            if name is None or name == metric or (metric is not None and name in metric) or self.is_metric(name):
                continue
            is_named = self.is_name(name, topic)
            if owner is not None:
                is_led = part.is_fresh or part.after in self.causing or part.after in {"date", "number", "的"}
                if is_led and part.preposition != "在" and self.is_strong(name, topic):
                    return name
                is_begun = (part.is_fresh or is_led_on) and part.preposition == "" and part.after not in {"其", "该"}
                if is_begun and (not is_own or is_led_on) and self.is_owner(owner, measured, topic):
                    return name
                continue
            if not is_own and self._is_measured(frame, clause, words):
                continue  # 吸力1.8万帕，续航180分钟
            if part.after in self.approving:
                return name
            if (counted := self._counted_behind(text, frame, part, name)) is not None:
                return counted
            if (part.is_fresh or is_led_on) and self._is_attribute(text, frame, index, part, stop):
                is_led_on = True
                continue  # 替补登场的罗慕洛: what stands behind 的 is the subject, unless it is a metric
            if (part.is_fresh or is_led_on) and part.preposition == "":
                is_led = text[part.end : part.end + 1] in _LEADING
                if (
                    not is_named
                    and not words.endswith(_TOPIC_ENDS)
                    and len(name) < 3
                    and not is_own
                    and not is_led
                    and text[part.end : part.end + 1] in _STOPS
                ):
                    continue
                ahead = frame.parts[index : index + _AHEAD]
                if any(p.after in self.approving and p.start < stop and p.clause == clause for p in ahead):
                    continue  # 证监会核准X: X is the subject
                return name
            if second is None and ((is_named and part.after in self.causing) or part.after == "对"):
                second = name  # 对东盟增长16.4%
        return second

    def _is_owned(self, text: str, frame: Frame, part: Part, owner: str, topic: Topic) -> bool:
        """Whether a clause in front of the part's begins with a proper name, or the few words own nothing."""
        near = max(0, part.start - _LOOKBACK)
        begin = max(near, text.rfind("；", near, part.start), text.rfind("：", near, part.start))
        last = frame.metrics[-1] if frame.metrics else None
        known = last[2] if last is not None and last[0].end > begin else None
        if known is not None and (
            len(owner) <= _MAX_WEAK or self.is_strong(known, topic) or self.pronoun_of(known) is not None
        ):
            return True  # 逆回购操作……，操作利率1.40%
        place = frame.before(part.start)
        return any(
            other.is_fresh and not other.depth and not other.preposition
            and begin <= other.start and other.clause < part.clause and not _RELATIVE.match(text, other.end)
            and (name := self.clean(text[other.start : other.end])) is not None and self.is_name(name, topic)
            for other in frame.parts[max(0, place - _LOOKBACK_PARTS) : place]
        )  # fmt: skip
