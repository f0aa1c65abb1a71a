"""Chinese names and metrics: where one ends and the other begins, and which words are a name at all."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from transforms.claims.lexicon import load_lexicon, read_lexicon
from transforms.claims.parts_zh import cutter
from transforms.claims.phrases import phrase_pattern

if TYPE_CHECKING:
    from transforms.claims.topics import Topic

MAX_NAME = 24
_REMEMBERED = 4096
_MEASURING = ("总", "净", "年", "月", "日", "新")
_OF_ALL = ("净", "总", "营业")  # 净收入 is no line, but the whole
_MAX_PROCESS = 2
_MAX_DEICTIC = 7  # 该疫苗, 这款笔记本电脑
EDGE = " \u3000“”\"'‘’「」『』《》、，,：:·—-～~+"
LATIN = re.compile(r"[A-Za-z][A-Za-z0-9]|[A-Z]")
_IN_QUOTES = re.compile(r"[“「『《\"](?P<name>[^“”「」『』《》\"]{2,14})(?:[”」』》\"]|$)")
_UNOPENED = re.compile(r"^[^“「『《]*[”」』》](?=.{2})")  # 殡葬第一股”福寿园
_LATIN_METRIC = re.compile(r"^(?:GMV|MAU|DAU|ARPU|AUM|GDP|CPI|PPI|PMI|EPS|EBITDA|ROE|ROI|APP|App)(?=\d)")
_NUMBERED = re.compile(r"^(?P<name>[\u4e00-\u9fff]{2,}(?:公司|集团|企业|银行|学校|大学|行业))(?=\d)")
_TITLE_DATE = re.compile(
    r"\d{4}年(?:度|上半年|下半年)?|(?<![A-Za-z])[QH][1-4](?![A-Za-z])|\d{1,2}月(?:份|\d{1,2}日)?|(?:第?[一二三四]|前[二三])季度?|[上下]半年|全年"
)
_TITLE_PIECES = re.compile(r"[\s、|｜丨]|(?<=[\u4e00-\u9fff])(?=\d)")
_COUNTED = re.compile(r"[\d.]+[\u4e00-\u9fff]")  # 117家券商, 00后
_SPEAKERS = ("我们", "咱们", "他们", "她们", "它们")
_WITH = re.compile(r"(?P<first>[\u4e00-\u9fff]{1,3}?)(?:[与和同及]|$)")
_MODEL = re.compile(
    r"(?:(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{2,4} )?(?<![A-Za-z0-9])"
    r"(?=[A-Za-z0-9 +-]{3})[A-Z][A-Za-z0-9+-]*(?: ?[A-Z0-9][A-Za-z0-9+-]*)*"
    r"(?: ?[\u4e00-\u9fff]{1,3}版)?"
)


class ChineseNames:
    """Compiled expressions over the Chinese lexicon."""

    def __init__(self) -> None:
        words_of, change = read_lexicon("topics_zh.toml"), load_lexicon("zh").data["change"]
        subjects, metrics = words_of["subjects"], words_of["metrics"]
        self.cutter = cutter()
        self.heads = frozenset(metrics["heads"])
        self.tails: tuple[str, ...] = tuple(metrics["tails"])
        nouns = {word for forms in change.values() for word in forms["nouns"]}
        # Read from the name's end: a search for a suffix from the front tries every character of the name.
        heads = phrase_pattern(word[::-1] for word in {*self.heads, *nouns})
        more = phrase_pattern(word[::-1] for word in {*self.heads, *metrics["modifiers"], *nouns})
        self._metric_reversed = re.compile(rf"{heads}{more}*").match
        self._head_reversed = re.compile(heads).match
        # 挂牌量, 网签均价: an ending takes two characters along.
        tails = phrase_pattern(word[::-1] for word in self.tails)
        self._tail_reversed = re.compile(rf"{tails}[\u4e00-\u9fff]{{2}}{more}*").match
        # The same names come up again and again around the numbers of an article.
        self.is_metric = lru_cache(_REMEMBERED)(self._is_metric)
        self.split = lru_cache(_REMEMBERED)(self._split)
        self.clean = lru_cache(_REMEMBERED)(self._clean)
        self.has_name_form = lru_cache(_REMEMBERED)(self._has_name_form)
        self.title_names = lru_cache(16)(self._title_names)
        self.modifiers = frozenset(metrics["modifiers"])
        self.whole = frozenset(metrics["whole"])
        self.verbs = frozenset(metrics["verbs"])
        self.prices: dict[str, str] = dict.fromkeys(metrics["price_verbs"], "money")
        self.processes = frozenset(metrics["processes"])
        self.quoting = frozenset(metrics["quoting"])
        self.lines = tuple(metrics["lines"])
        self.deictic = tuple(subjects["deictic"])
        self.reporting = tuple(subjects["reporting_ends"])
        self.analysing = tuple(subjects["analysing"])
        self.kinds = frozenset(subjects["kinds"])
        self.pronouns = frozenset(subjects["pronouns"])
        self.not_subjects = frozenset(subjects["not_subjects"])
        self.times = frozenset(subjects["times"])
        self.comparing = frozenset(subjects["comparing"])
        self.index_end = re.compile(rf"{phrase_pattern(self.whole)}$")
        self.approving = frozenset(subjects["approving"])
        self.causing = frozenset(subjects["causing"])
        self.possessive = frozenset({"其", "该", "的"})
        self.lead_in = re.compile(rf"^(?:{phrase_pattern(subjects['lead_in'])})+")
        self.trail = re.compile(rf"(?:{phrase_pattern(subjects['trail'])})$")
        self.name_end = re.compile(rf"(?<=[\u4e00-\u9fffA-Za-z0-9]{{2}}){phrase_pattern(subjects['name_ends'])}$")
        self.company_end = re.compile(rf"(?<=..){phrase_pattern(subjects['company_ends'])}$")
        self.company_head = re.compile(rf"^[\u4e00-\u9fff]{{2,12}}{phrase_pattern(subjects['company_ends'])}")
        self.place = re.compile(rf"^{phrase_pattern(subjects['places'])}$")
        leading = phrase_pattern(place for place in subjects["places"] if place not in subjects["whole_world"])
        self.place_head = re.compile(rf"{leading}|[\u4e00-\u9fff]{{2,4}}[省市县镇]")
        self.media = re.compile(rf"{phrase_pattern(subjects['observers'])}$")

    def _is_metric(self, name: str) -> bool:
        """Whether the words end in something that is measured."""
        return name.endswith(self.tails) or self._metric_reversed(name[::-1]) is not None

    def _split(self, name: str) -> tuple[str | None, str]:
        """Owner and metric of a name that ends in a metric: 云岭航空营业收入 → 云岭航空, 营业收入."""
        match = self._metric_reversed(name[::-1])
        if match is None and name.endswith(self.tails):
            match = self._tail_reversed(name[::-1])
            if match is not None and any(self._is_metric(name[: at - match.end()]) for at in (1, 2)):
                return None, name  # 增幅中值: the cut would go through 增幅
        if match is not None and match.end() == len(name) - 1:
            shorter = self._head_reversed(name[::-1])  # 水产品产量: no 水 owns 产品产量
            if shorter is not None and not name[: -shorter.end()].endswith(_MEASURING):
                match = shorter
        if match is None or match.end() >= len(name) - 1:
            return None, name
        metric = name[-match.end() :]
        return (None, name) if metric in self.whole else (name[: -match.end()].strip(EDGE), metric)

    def _clean(self, name: str) -> str | None:
        """The words as a name: without 这款, 另一位 before and 中, 方面 behind; None when nothing of a name is left."""
        if name.endswith(("看", "来看", "方式")) or name.endswith(self.reporting):
            return None
        quoted = _IN_QUOTES.search(name)
        name = quoted["name"] if quoted is not None else _UNOPENED.sub("", name)
        name = self.lead_in.sub("", name.strip(EDGE)).strip(EDGE)
        name = name if len(bare := self.trail.sub("", name).strip(EDGE)) < 2 else bare  # 阿里 ends in no 里
        numbered = _NUMBERED.match(name)
        if numbered is not None:
            name = numbered["name"]
        if _LATIN_METRIC.match(name) and _LATIN_METRIC.sub("", name).isdigit():
            return None  # GMV2902亿元
        if not 1 < len(name) <= MAX_NAME or name in self.not_subjects or name.isdigit():
            return None
        if name in self.heads or name in self.modifiers or name in self.cutter.breaks or name[-1] in "了着过没不":
            return None
        return name

    def is_owner(self, owner: str, metric: str, topic: Topic) -> bool:
        """Whether the words before a metric own it: 生猪 of 生猪均价, but not 转换 of 转换效率."""
        if self.is_line(metric, owner):
            return False
        return len(owner) > _MAX_PROCESS or metric not in self.processes or self.is_strong(owner, topic)

    def is_line(self, metric: str, owner: str) -> bool:
        """Whether owner and metric name a line of an account: 社交及其它广告收入."""
        return metric.endswith(self.lines) and not metric.startswith(_OF_ALL) and not owner.endswith("业务")

    def main_of(self, topic: Topic) -> str | None:
        """The name the article is about, unless it is a metric or a kind of thing."""
        name = topic.main(self.title_names)
        return None if name is None or name in self.kinds or self.is_metric(name) else name

    def pronoun_of(self, words: str) -> str | None:
        """The pronoun that words are or begin with: 公司, 公司与客户."""
        if words in self.pronouns:
            return words
        if words not in self.deictic and words.startswith(self.deictic) and len(words) <= _MAX_DEICTIC:
            return None if self.is_metric(words) else words
        if words.startswith(_SPEAKERS):
            return words[:2]
        begun = _WITH.match(words)
        return begun["first"] if begun is not None and begun["first"] in self.pronouns else None

    def is_strong(self, name: str, topic: Topic) -> bool:
        """Whether the words are a proper name by their form, or stand in the title."""
        return self.has_name_form(name) or topic.is_in_title(name, self.title_names)

    def _has_name_form(self, name: str) -> bool:
        if name in self.kinds:
            return False
        return bool(LATIN.search(name) or self.name_end.search(name) or self.place_head.match(name))

    def is_proper(self, name: str, topic: Topic) -> bool:
        """Whether the words name one company, place or product, not a kind of them (第三产业, 私营企业)."""
        if name in self.kinds:
            return False
        is_one = LATIN.search(name) or self.company_end.search(name) or self.place_head.match(name)
        return bool(is_one) or topic.is_in_title(name, self.title_names)

    def is_name(self, name: str, topic: Topic) -> bool:
        """Whether the words look like a proper name, or come up again and again in the article."""
        return self.is_strong(name, topic) or (len(name) < 13 and topic.count(name) > 2)

    def _title_names(self, title: str) -> list[str]:
        """Candidates of a title for what the article is about, in order."""
        names = [m["name"] for m in _IN_QUOTES.finditer(title)]
        dates = [(m.start(), m.end(), "date") for m in _TITLE_DATE.finditer(title)]
        frame = self.cutter.parts(title, 0, len(title), dates)
        for place, part in enumerate(frame.parts):
            for at, piece in enumerate(_TITLE_PIECES.split(title[part.start : part.end])):
                owner, metric = self.split(piece)
                name = self.clean(owner if owner else metric)
                if name is None or self.is_metric(name) or _COUNTED.match(name) or name in self.kinds:
                    continue
                is_led = place == 0 or at > 0 or part.after in {"date", "，", "：", "；"}
                if is_led or LATIN.search(name) or self.name_end.search(name):
                    names.append(name)
        names += [name for m in _MODEL.finditer(title) if (name := m.group().strip()) not in self.kinds]
        return names
