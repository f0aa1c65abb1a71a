"""Chinese names and metrics: where one ends and the other begins, and which words are a name at all."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from transforms.claims.affixes import Beginnings, Endings
from transforms.claims.lexicon import load_lexicon, read_lexicon
from transforms.claims.parts_zh import cutter
from transforms.claims.phrases import phrase_pattern
from transforms.claims.predicates_zh import predicates

if TYPE_CHECKING:
    from transforms.claims.topics import Topic

MAX_NAME = 24
REMEMBERED = 4096
_MEASURING = ("总", "净", "年", "月", "日", "新")
_OF_ALL = ("净", "总", "营业")  # 净收入 is no line, but the whole
_MAX_PROCESS = 2
_JOINS = frozenset("和与及、")  # 股票和债券基金
_MAX_DEICTIC = 7  # 该疫苗, 这款笔记本电脑
EDGE = " \u3000“”\"'‘’「」『』《》、，,：:·—-～~+"
LATIN = re.compile(r"[A-Za-z][A-Za-z0-9]|[A-Z]")
_IN_QUOTES = re.compile(r"[“「『《\"](?P<name>[^“”「」『』《》\"]{2,14})(?:[”」』》\"]|$)")
_UNOPENED = re.compile(r"^[^“「『《]*[”」』》](?=.{2})")  # 殡葬第一股”福寿园
_LATIN_METRIC = re.compile(r"^(?:GMV|MAU|DAU|ARPU|AUM|GDP|CPI|PPI|PMI|EPS|EBITDA|ROE|ROI|APP|App)(?=\d)")
_NUMBERED = re.compile(r"^(?P<name>[^\W\x00-\x7f]{2,}(?:公司|集团|企业|银行|学校|大学|行业))(?=\d)")
_TITLE_DATE = re.compile(
    r"\d{4}年(?:度|上半年|下半年)?|(?<![A-Za-z])[QH][1-4](?![A-Za-z])|\d{1,2}月(?:份|\d{1,2}日)?|(?:第?[一二三四]|前[二三])季度?|[上下]半年|全年"
)
_TITLE_PIECES = re.compile(r"[\s、|｜丨]|(?<=[^\W\x00-\x7f])(?=\d)")
_COUNTED = re.compile(r"[\d.]+[^\W\x00-\x7f]")  # 117家券商, 00后
_HAN = re.compile(r"[^\W\x00-\x7f]+")
_TWO = re.compile(r"[^\W\x00-\x7f]{2}")
_SOLID = re.compile(r"[^\W_]{2}")
_PLACE = re.compile(r"[^\W\x00-\x7f]{2,4}[省市县镇]")
_COMPANY_DOES = re.compile(r"该?公司(?:[须应已则拟仅均也还将正仍在按]|排名|位[列居]|预计|计划|合计|共计|累计)")
_NO_COMPANY = ("公司", "该", "本公司", "集团", "上市公司")  # 公司第三季度动力电池出货量
_OF_TWO = ("前者", "后者", "双方", "两者")
_GENERALS = ("老将", "名将", "大将", "小将", "悍将", "猛将", "主将", "健将")
_FAILED = re.compile(r"[^\W\x00-\x7f][不得](?:动|了|起|过|下|上|住|出|开|到|完|好|掉)")  # 平价火锅打不动
_PIECE = re.compile(r"^.*[｜|丨]|^[一二三四五六七八九十]{1,2}、")  # 天气｜信宜, 二、钩子
_PERSONAL = re.compile(r"[他她它咱]|[我你](?![国省市县区校院厂]|好)|第[\d一二三四五六七八九十]+(?:分钟|节|轮|天|次)")
# 受伤人员, 收购方: a verb before one of these describes it.
_AGENTS = (
    "者",
    "员",
    "方",
    "人",
    "户",
    "店",
    "群众",
    "产品",
    "企业",
    "病例",
    "旅客",
    "乘客",
    "学生",
    "车辆",
    "航班",
    "地块",
)
_WRITERS = ("记者", "笔者")
_BEYOND = ("之外", "之间", "之内", "之中", "之后", "之前", "之下", "之上", "以上", "以下", "以外", "以内", "以及")
_THEN = frozenset("后前时")
_WHEN = ("过后", "之后", "以后", "之前", "以前", "期间", "之际", "之时", "以来", "来看", "起见")
_LED = frozenset("比较跟把让从据按因令并而但也还又再却才被由")  # what leads a phrase, and no name but 比亚迪
_ONE = re.compile(r"[一两几数某每这那][件瓶台辆套款名位单双只个张条头杯斤吨家间块盒袋包份支部把根棵颗场节]$")
_PER = re.compile(
    r"日[送产销耗供发用]$|单[卡店车票路机品门客户台片颗瓶件块次套][^\W_]{0,6}$|(?:单|每|首|户均|人均|平均|日均|月均)[^\W\x00-\x7f]?$"
)  # 单票收入, 每票派费
_DATES_FIRST = re.compile(
    r"^(?:(?:19|20)\d\d年度?|(?:今|去|前|明|当|本)年|第?[一二三四]季度|前三季度|[上下]半年|全年|\d{1,2}月(?:份|\d{1,2}日)?)+的?"
)
_SPEAKERS = ("我们", "咱们", "他们", "她们", "它们")
_WITH = re.compile(r"(?P<first>[^\W\x00-\x7f]{1,3}?)(?:[与和同及]|$)")
_MODEL = re.compile(
    r"(?:(?<![^\W\x00-\x7f])[^\W\x00-\x7f]{2,4} )?(?<![A-Za-z0-9])"
    r"(?=[A-Za-z0-9 +-]{3})[A-Z][A-Za-z0-9+-]*(?: ?[A-Z0-9][A-Za-z0-9+-]*)*"
    r"(?: ?[^\W\x00-\x7f]{1,3}版)?"
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
        self._heads = Endings({*self.heads, *nouns})
        self._more = Endings({*self.heads, *metrics["modifiers"], *nouns})
        self._tails = sorted(self.tails, key=len, reverse=True)
        # The same names come up again and again around the numbers of an article.
        self.is_metric = lru_cache(REMEMBERED)(self._is_metric)
        self.split = lru_cache(REMEMBERED)(self._split)
        self.clean = lru_cache(REMEMBERED)(self._clean)
        self.has_name_form = lru_cache(REMEMBERED)(self._has_name_form)
        self.title_names = lru_cache(16)(self._title_names)
        self.whole = frozenset(metrics["whole"])
        self.verbs = frozenset(metrics["verbs"])
        self.prices: dict[str, str] = dict.fromkeys(metrics["price_verbs"], "money")
        self.processes = frozenset(metrics["processes"])
        self.quoting = frozenset(metrics["quoting"])
        self.quoted = frozenset(metrics["quoted"])
        self.lines = tuple(metrics["lines"])
        self.deictic = tuple(subjects["deictic"])
        kinds = phrase_pattern(subjects["quoted_kinds"])
        self._in_quotes = re.compile(
            rf"[^“”\d，。、；：！？（）\s]{{0,8}}“[^“”]{{1,14}}”[^“”，。\s]{{0,4}}{kinds}(?:[一二三四五六]期)?"
        )
        self.reporting = tuple(subjects["reporting_ends"])
        self.analysing = tuple(subjects["analysing"])
        self.kinds = frozenset(subjects["kinds"])
        self.generic = frozenset(subjects["generic"])
        self.pronouns = frozenset(subjects["pronouns"])
        self.modifiers = frozenset(metrics["modifiers"])
        self.acting = frozenset(subjects["acting"])
        self.acting_last = frozenset(subjects["acting_last"])
        self.raters = frozenset(subjects["raters"])
        # Verbs that no name ends in: 商品住宅网签 names 商品住宅.
        self._verbs_last = Endings((self.verbs - self.heads) | self.acting)
        self._verbs_first = {v for v in self.verbs - self.heads - self.cutter.nominal - self.modifiers if len(v) > 1}
        self._done = Endings((self.verbs - self.heads - self.cutter.nominal) | self.acting)
        self.not_subjects = frozenset(subjects["not_subjects"])
        self.times = frozenset(subjects["times"])
        self.comparing = frozenset(subjects["comparing"])
        self.index_end = Endings(self.whole)
        self.approving = frozenset(subjects["approving"])
        self.causing = frozenset(subjects["causing"])
        self.possessive = frozenset({"其", "该", "的"})
        self._lead_in, self._trail = Beginnings(subjects["lead_in"]), Endings(subjects["trail"])
        self._company_ends = Endings(subjects["company_ends"])
        self._company_words = Beginnings(subjects["company_ends"])
        self.name_ends = tuple(subjects["name_ends"])
        self.places = frozenset(subjects["places"])
        self.no_towns = tuple(subjects["no_towns"])
        self._leading_places = tuple(self.places - set(subjects["whole_world"]))
        self._observers = tuple(subjects["observers"])

    def _is_metric(self, name: str) -> bool:
        """Whether the words end in something that is measured."""
        return name.endswith(self.tails) or self._heads.of(name) != ""

    def _metric_length(self, name: str) -> int:
        """Length of the known words that a name ends in, the last of them a metric; 0 for none."""
        length = len(self._heads.of(name))
        return length + self._run_length(name[: len(name) - length]) if length else 0

    def _run_length(self, name: str) -> int:
        """Length of the words of a metric, one after another, that a name ends in."""
        at = len(name)
        while word := self._more.of(name[:at]):
            at -= len(word)
        return len(name) - at

    def _tail_length(self, name: str) -> int:
        """挂牌量, 网签均价: length of an ending that takes two characters along, with the known words before it."""
        for tail in self._tails:
            stop = len(name) - len(tail) - 2
            if name.endswith(tail) and stop >= 0 and _TWO.fullmatch(name, stop, stop + 2):
                return len(name) - stop + self._run_length(name[:stop])
        return 0

    def without_lead(self, words: str) -> str:
        """The words without 这款, 另一位 before them."""
        at = 0
        while word := self._lead_in.at(words, at):
            at += len(word)
        return words[at:]

    def company_in(self, words: str) -> str | None:
        """The company's name that words begin with: 京东集团 of 京东集团领涨."""
        begun = None if words.startswith(_NO_COMPANY) else _HAN.match(words)
        for stem in range(min(12, begun.end() if begun is not None else 0), 1, -1):
            if end := self._company_words.at(words, stem):
                return words[: stem + len(end)]
        return None

    def is_company(self, name: str) -> bool:
        """Whether a name ends like a company's."""
        return self._company_ends.of(name, 2) != "" and _JOINS.isdisjoint(name[1:])

    def ends_like_name(self, name: str) -> bool:
        """Whether words end like a company's, a place's or an institution's name."""
        return name.endswith(self.name_ends) and any(
            name.endswith(end) and _SOLID.fullmatch(name, max(0, len(name) - len(end) - 2), len(name) - len(end))
            for end in self.name_ends
        )

    def begins_like_place(self, name: str) -> bool:
        """Whether a name begins with a place: 上海, 青石镇."""
        return name.startswith(self._leading_places) or _PLACE.match(name) is not None

    def is_media(self, name: str) -> bool:
        """Whether a name ends like those who report and analyse."""
        return name.endswith(self._observers)

    def _split(self, name: str) -> tuple[str | None, str]:
        """Owner and metric of a name that ends in a metric: 云岭航空营业收入 → 云岭航空, 营业收入."""
        length = self._metric_length(name)
        if not length and name.endswith(self.tails):
            length = self._tail_length(name)
            if length and any(self._is_metric(name[: at - length]) for at in (1, 2)):
                return None, name  # 增幅中值: the cut would go through 增幅
        if length and length == len(name) - 1:
            shorter = len(self._heads.of(name))  # 水产品产量: no 水 owns 产品产量
            if shorter and not name[:-shorter].endswith(_MEASURING):
                length = shorter
        if not length or length >= len(name) - 1:
            return None, name
        metric = name[-length:]
        return (None, name) if metric in self.whole else (name[:-length].strip(EDGE), metric)

    def _clean(self, name: str) -> str | None:
        """The words as a name: without 这款, 另一位 before and 中, 方面 behind; None when nothing of a name is left."""
        if name.endswith(("看", "来看", "方式")) or name.endswith(self.reporting):
            return None
        name = _PIECE.sub("", name)
        if "》" in name and "《" not in name:
            name = name[: name.index("》")]  # 长安的荔枝》预售: the mark that opens is no part of the words
        if "”" in name and self._in_quotes.fullmatch(name.strip(" 　，、：")) is not None:
            return self.without_lead(name.strip(" 　，、："))  # 腾格里“光伏+治沙”基地
        quoted = _IN_QUOTES.search(name)
        name = quoted["name"] if quoted is not None else _UNOPENED.sub("", name)
        name = _DATES_FIRST.sub("", self.without_lead(name.strip(EDGE))).strip(EDGE)
        if name[-1:] in _THEN and name[:2] in predicates().verbs:
            return None  # 剔除预收款后(的资产负债率)
        if name.endswith(_WHEN) or (name[:1] in _LED and not any(name[:n] in self.cutter.nouns for n in (2, 3, 4))):
            return None  # 此役过后, 比美团
        if _PERSONAL.match(name) or name.startswith(_WRITERS + _BEYOND) or self._is_done(name):
            return None  # 他所在, 记者走访, 拖欠供应商货款
        name = self.without_verb(name)
        bare = name[: len(name) - len(self._trail.of(name))].strip(EDGE)
        name = name if len(bare) < 2 or bare[-1] in "千万公百" else bare  # 阿里, 长河万里 end in no 里
        numbered = _NUMBERED.match(name)
        if numbered is not None:
            name = numbered["name"]
        if _LATIN_METRIC.match(name) and _LATIN_METRIC.sub("", name).isdigit():
            return None  # GMV2902亿元
        if not 1 < len(name) <= MAX_NAME or name in self.not_subjects or name.isdigit():
            return None
        if name in self.heads or name in self.modifiers or name in self.cutter.breaks:
            return None
        if name[-1] in "了着过没不" or _ONE.match(name):
            return None
        return name

    def without_verb(self, name: str) -> str:
        """The name before the verb that follows it, or that it ends in: 珠光集团选择高举高打 → 珠光集团."""
        if self.ends_like_name(name) or name in self.cutter.nouns:
            return name
        nouns = self.cutter.nouns
        if (failed := _FAILED.search(name, 2)) is not None:
            return name[: failed.start()]
        for at in range(2, len(name) - 1):
            if name[at : at + 2] in self.acting and not {name[at - 1 : at + 1], name[at + 1 : at + 3]} & nouns:
                return name[:at]
        done = len(self._done.of(name))
        if done > 1 and len(name) - done > 1:
            return name[:-done]
        if name[-1:] == "将" and name[-2:] not in _GENERALS and len(name) > 2:
            return name[:-1]
        return name[:-1] if len(name) > 2 and name[-1] in self.acting_last and name[-2:] not in nouns else name

    def _is_done(self, name: str) -> bool:
        """Whether words begin with what is done: 拖欠供应商货款."""
        is_verb = name[:2] in self.acting or (name[:2] in self._verbs_first and len(name) > 3)
        return (
            is_verb
            and not name.endswith(_AGENTS)
            and not self.ends_like_name(name)
            and not any(name[:n] in self.cutter.nouns for n in (3, 4))
        )

    def verb_at_end(self, words: str) -> str | None:
        """积 of 国安积, 取消 of 凤凰机场取消: the verb that words end in, with something before it."""
        done = len(self._verbs_last.of(words))
        if not done and words[-1:] in self.acting_last and words[-2:] not in self.cutter.nouns:
            done = 1
        return words[-done:] if done and len(words) - done > 1 else None

    def is_owner(self, owner: str, metric: str, topic: Topic) -> bool:
        """Whether the words before a metric own it: 生猪 of 生猪均价, but not 转换 of 转换效率."""
        if _PER.match(owner) or (self.is_line(metric, owner) and not self._is_said_alone(owner, metric, topic)):
            return False
        return len(owner) > _MAX_PROCESS or metric not in self.processes or self.is_strong(owner, topic)

    def _is_said_alone(self, owner: str, metric: str, topic: Topic) -> bool:
        """Whether the article speaks of the owner elsewhere, and it is no word of accounts."""
        if len(owner) <= _MAX_PROCESS or self._more.of(owner) or owner[-2:] in self.cutter.nominal:
            return False
        return topic.count(owner) > topic.count(owner + metric)

    def is_per(self, words: str) -> bool:
        """Whether words say per what: 单卡INT8, 户均."""
        return _PER.match(words) is not None

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
        if words.startswith(("公司", "该公司")) and (self.is_business(words) or _COMPANY_DOES.match(words)):
            return "公司"
        if words.startswith(_SPEAKERS) or words.startswith(_OF_TWO):
            return words[:2]
        begun = _WITH.match(words)
        return begun["first"] if begun is not None and begun["first"] in self.pronouns else None

    def is_business(self, words: str) -> bool:
        """Whether words name a company's line: 公司储能业务."""
        return len(words) > 2 and words.endswith(("业务", "板块", "部门", "门店", "产品", "子公司", "旗下"))

    def is_strong(self, name: str, topic: Topic) -> bool:
        """Whether the words are a proper name by their form, or stand in the title."""
        return self.has_name_form(name) or topic.is_in_title(name, self.title_names)

    def _has_name_form(self, name: str) -> bool:
        if name in self.kinds:
            return False
        return bool(LATIN.search(name)) or self.ends_like_name(name) or self.begins_like_place(name)

    def is_proper(self, name: str, topic: Topic) -> bool:
        """Whether the words name one company, place or product, not a kind of them (第三产业, 私营企业)."""
        if name in self.kinds:
            return False
        is_one = LATIN.search(name) or self.is_company(name) or self.begins_like_place(name)
        return bool(is_one) or topic.is_in_title(name, self.title_names)

    def is_name(self, name: str, topic: Topic) -> bool:
        """Whether the words look like a proper name, or come up again and again in the article."""
        return self.is_strong(name, topic) or (len(name) < 13 and topic.count(name) > 2)

    def _title_names(self, title: str) -> list[str]:
        """Candidates of a title for what the article is about, in order."""
        wholes = [self.without_lead(m.group()) for m in self._in_quotes.finditer(title)] if "”" in title else []
        names = wholes or [m["name"] for m in _IN_QUOTES.finditer(title)]
        dates = [(m.start(), m.end(), "date") for m in _TITLE_DATE.finditer(title)]
        frame = self.cutter.parts(title, 0, len(title), dates)
        for place, part in enumerate(frame.parts):
            for at, piece in enumerate(_TITLE_PIECES.split(title[part.start : part.end])):
                owner, metric = self.split(piece)
                town = _PLACE.match(piece)
                if town is not None and not town.group().endswith(self.no_towns):
                    names.append(town.group())  # 江城市国民经济和社会发展统计公报
                name = self.clean(owner if owner else metric)
                if name is None or self.is_metric(name) or _COUNTED.match(name) or name in self.kinds | self.generic:
                    continue
                is_led = place == 0 or at > 0 or part.after in {"date", "，", "：", "；"}
                if is_led or LATIN.search(name) or self.ends_like_name(name):
                    names.append(name)
        names += [name for m in _MODEL.finditer(title) if (name := m.group().strip()) not in self.kinds]
        return names
