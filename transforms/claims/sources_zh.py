"""Names of sources in Chinese: what stands before 表示 or 显示 without its adverbs, dates, titles and papers."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from transforms.claims.affixes import Beginnings, Endings
from transforms.claims.lexicon import load_lexicon, read_lexicon
from transforms.claims.phrases import phrase_pattern

_SECTIONS = ("attribution", "sources", "credits", "constructions", "outlet_labels")
_EDGE = " \u3000“”\"'‘’「」的，,：:、·-—…"
_DAY = r"(?:\d{2,4}\s?年)?(?:\d{1,2}\s?月(?:\s?\d{1,2}\s?[日号])?|(?<!\d)\d{1,2}\s?[日号])"
_WEEKDAY = r"(?:本|上|下|这)?(?:周|星期|礼拜)[一二三四五六日天]"
_BRACKETS = r"（[^（）]*）|\([^()]*\)"
# What no source holds: 这是…, 2725只个股.
_NOT_IN_SOURCE = (
    r"^(?![一有这那某]位|一名|一家|多位).*[是了]|[^名老大上少中干]将[^军领帅]|\d{4}届"
    r"|\d[家只人名个亿万元股%％头吨米套辆台](?!.*的.)|[%％]"
)
_QUOTED = re.compile(r"[^，。]“(?P<name>[^“”，。]{2,8})”(?:也|还|则|曾)?$")
_MAX_NAME = 26
_LEAST = 2  # characters of a name before what it published
_PERSON = re.compile(
    r"(?:[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]+·[\u4e00-\u9fff·]+|\s?[A-Z][\w.]+(?:\s[A-Z][\w.]+){0,2})$"
)
_LEADING = frozenset("【0123456789本上下这周星礼（(—、 \u3000\t\n\xa0")  # what a date or a mark in front begins with
_RELATIVE, _DATELINES = frozenset("的了《"), frozenset("讯电息")
_HANZI = re.compile(r"[\u4e00-\u9fff]{2,4}$")
_POST_ENDS, _JOINING = frozenset("师长员们部网局院署厅社报"), "的和等"
_FOREIGN_OFFICE = re.compile(r"(?:[A-Z][A-Za-z&.\- ]+[a-z]|[A-Z]{2,8}|[A-Za-z]+ [A-Z][a-z]+)$")
_FOREIGN_FIRM = re.compile(r"[A-Z][A-Za-z&.\- ]+$")
_SHORT = 4  # a name no longer may end with any character: 华为


@cache
def credit_words() -> dict[str, Any]:
    """The sections of who is credited, with variant characters folded as the text's are: 統計 as 统计 or 統计."""
    fold = load_lexicon("zh").fold

    def folded(value: Any) -> Any:
        if isinstance(value, list):
            return [fold(word) for word in value]
        return {fold(key): folded(inner) for key, inner in value.items()}

    data = read_lexicon("topics_zh.toml")
    return {section: folded(data[section]) for section in _SECTIONS}


def attribution_words() -> dict[str, list[str]]:
    """Lists of words of attribution by key."""
    words: dict[str, list[str]] = credit_words()["attribution"]
    return words


class ChineseSources:
    """Compiled expressions that take a source's name out of the words around it."""

    def __init__(self) -> None:
        data = attribution_words()
        around = credit_words()["sources"]
        words = {key: phrase_pattern(data[key]) for key in ("adverbs", "publishing", "data_nouns", "documents")}
        words |= {key: phrase_pattern(listed) for key, listed in around.items() if isinstance(listed, list)}
        date = rf"{_DAY}{words['day_parts']}?|{_WEEKDAY}|\d{{4}}\s?年"
        # Each piece that may stand between a source and its verb: 也, 6月3日, 在业绩会上, 向本报记者, （IEA）.
        self._tail = re.compile(
            rf"(?:{words['adverbs']}|{date}|{_BRACKETS}|\s"
            rf"|[在于][^在]{{1,24}}?{words['occasion_ends']}"
            rf"|(?:向|对(?!外))[^向对、]{{1,14}}|(?:与|和|跟)[^与和跟]{{1,14}}?{words['conversing']}时?"
            r"|(?:就|针对|关于|围绕)[^就]{2,20}|(?<![存潜现实正所内外])在(?!线|校)[^在]{2,9}|一边[^，]{1,10}一边"
            rf"|{words['gestures']}着[^，]{{1,7}}|通过[^通]{{2,20}}|以[^以]{{1,8}}{words['manners']}"
            rf"|{words['attending']}[^接]{{2,20}}?{words['attending_ends']})+$"
        )
        self._lead = re.compile(rf"【[^】]{{1,8}}】|{date}|{_BRACKETS}|\d{{1,2}}:\d\d|\s|[—、]")
        self._not_a_source = re.compile(
            rf"^{phrase_pattern(around['not_first'], around['not_first_guards'])}|{_NOT_IN_SOURCE}"
        )
        self._journal = re.compile(rf"{words['printing']}(?:在|于)(?P<name>《[^》]{{1,20}}》)")
        self._cited = re.compile(words["citing"])
        self._saying = re.compile(rf"(?:的|最新)?{words['said_nouns']}$")
        self._data_words = Endings(around["data_modifiers"])
        self._house_tail = re.compile(rf"(?:{words['house_tails']}|[A-Za-z]+)$")
        self._dateline = re.compile(rf"^[^，。]{{0,14}}?{words['dateline_ends']}(?:{_BRACKETS}|\s)+")
        lasts = "".join(sorted({word[-1] for word in data["adverbs"]}))
        self._trailing = frozenset(f"{lasts}日月号年一二三四五六天晚间午）) \u3000\t\n\xa0")
        self._trails = frozenset("在于向对就针关围通以接做出参回答面与和跟边着")
        self._lead_in = Beginnings(data["lead_in"])
        self._data_nouns = Endings(data["data_nouns"])
        publishing = words["publishing"]
        nouns = rf"{words['object_modifiers']}*(?:{words['data_nouns']}|{words['documents']})"
        # 国家统计局8月16日发布的数据, X联合Y发布《…》, X发布公告
        self._published = re.compile(rf"^(?P<name>.{{2,30}}?)(?:联合)?{publishing}(?:(?:的|了).+|《.*|{nouns})$")
        self._nouns = Endings([*data["data_nouns"], *data["documents"]])
        self._publication = re.compile(rf"{publishing}[的了《]")
        self._titles, self._titled_last = Beginnings(data["titles"]), Endings(data["titles"])
        self._paper_lead = Beginnings([*data["lead_in"], "其"])
        self._left = Endings(data["left_verbs"])
        self._no_last = frozenset(data["no_last"])
        self._not_names, self._not_name_ends = frozenset(data["not_names"]), Endings(data["not_name_ends"])
        self._offices = Endings(
            word for key in ("org_ends", "titles", "houses", "firms", "documents") for word in data[key]
        )
        self.houses = Beginnings(data["houses"])
        self._firms = Endings([*data["org_ends"], *data["houses"]])
        self._generic = frozenset(data["org_ends"]) - frozenset(data["houses"])
        self._first_ends = Beginnings(data["org_ends"])
        self._crowds = Endings(data["crowds"])
        self.bare = frozenset(data["bare_data"]) | frozenset(data["data_nouns"]) | frozenset(data["documents"])
        self.bare_data = frozenset(data["bare_data"])
        self._bare_lead = re.compile(rf"^{words['bare_modifiers']}+(?=..)")

    def name_of(self, raw: str) -> str | None:
        """The source in the words before a verb; None where they name none.

        >>> chinese_sources().name_of("云川市统计局局长赵岚4月8日在发布会上也向本报记者")
        '赵岚'
        """
        raw = raw[max(raw.rfind("】") + 1, len(raw) - 2 * _MAX_NAME) :]  # 【汽车出口创新高】韩国产业通商资源部
        if "”" in raw and (quoted := _QUOTED.search(raw)) is not None:  # 北京卖家“小吴”也
            return quoted["name"]
        if "》" in raw and (journal := self._journal.search(raw)) is not None:
            return journal["name"]
        if "引" in raw and (cited := self._cited.search(raw)) is not None:  # 路透社援引知情人士的话
            raw = self._saying.sub("", raw[cited.end() :])
        name = raw.strip(_EDGE)
        if not _DATELINES.isdisjoint(name):
            name = self._dateline.sub("", name)
        previous = None
        while previous != name:
            previous = name
            name = self._without_lead(name)
            name = self._without_tail(name)
            name = self._without_data(name)
            if left := self._left.of(name, 2):
                name = name[: -len(left)]
            if not _RELATIVE.isdisjoint(name) or self._nouns.of(name):
                published = self._published.match(name)
                if published is not None:
                    name = published["name"]
            name = name.strip(_EDGE)
        person = self._person_of(name)
        if person and not self._is_no_person(person):
            inner = self._person_of(person)  # 患者家属刘芳
            name = inner if len(inner) > 1 else person
        if name.startswith("《") and name.endswith("》"):
            name = name[1:-1]
        if not 2 <= len(name) <= _MAX_NAME or name.isdigit():
            return None
        if self._is_no_name(name) or self._not_a_source.search(name):
            return None
        return None if len(name) > _SHORT and name[-1] in self._no_last and not self.is_office(name) else name

    def paper_of(self, raw: str) -> str | None:
        """A paper with its owner and year, as written: 福寿园的2021年财报, 2020年年报."""
        while lead := self._paper_lead.at(raw, 0):
            raw = raw[len(lead) :]
        name = raw.strip(_EDGE)
        return name if 2 <= len(name) <= _MAX_NAME and not self._is_no_name(name) else None

    def bare_of(self, raw: str) -> str | None:
        """The paper in words that name its kind alone: 数据(显示), 该报告(指出)."""
        if len(raw) > _MAX_NAME:
            return None
        name = self._without_lead(raw.strip(_EDGE))
        name = self._without_tail(name).strip(_EDGE)
        if name in self.bare:
            return name
        name = self._bare_lead.sub("", name)
        return name if name in self.bare else None

    def is_publication(self, raw: str) -> bool:
        """Whether the words before a verb name something that was published: 郑州近日出台的新政(提出)."""
        return bool(self._nouns.of(raw)) or (
            not _RELATIVE.isdisjoint(raw) and self._publication.search(raw) is not None
        )

    def is_firm(self, name: str) -> bool:
        """Whether the name is an office's or a firm's own: a label before a colon."""
        is_firm = bool(self._firms.of(name)) or _FOREIGN_FIRM.match(name) is not None
        return is_firm and name not in self._generic and not self.is_crowd(name)

    def is_person(self, raw: str) -> bool:
        """Whether the words name a person by post and name: CEO程一笑."""
        person = self._person_of(self._without_tail(raw.strip(_EDGE)))
        return bool(person) and not self._is_no_person(person)

    def is_crowd(self, name: str) -> bool:
        """Whether the name is of many people or places, of whom things are expected."""
        return bool(self._crowds.of(name))

    def is_office(self, name: str) -> bool:
        """Whether the name ends like an office, a firm, a paper or a person's post, or is a known house."""
        if self._offices.of(name) or _FOREIGN_OFFICE.match(name):
            return True
        for plural in ("们", "方面"):
            if name.endswith(plural):
                return bool(self._offices.of(name[: -len(plural)]))
        house = self.houses.at(name, 0)
        return bool(house) and self._house_tail.match(name, len(house)) is not None

    def _without_lead(self, name: str) -> str:
        """The name without the dates and adverbs that lead it."""
        position = 0
        while position < len(name):
            if word := self._lead_in.at(name, position):
                position += len(word)
                continue
            match = self._lead.match(name, position) if name[position] in _LEADING else None
            if match is None:
                break
            position = match.end()
        return name[position:] if position else name

    def _without_tail(self, name: str) -> str:
        """The name without what its bearer does it with: 也, 6月3日, 在业绩会上."""
        if name[-1:] not in self._trailing and self._trails.isdisjoint(name):
            return name  # most names have nothing behind them
        found = self._tail.search(name, 1)
        return name[: found.start()] if found is not None else name

    def _without_data(self, name: str) -> str:
        """The name without what it published: 国家统计局最新公开数据."""
        cut = len(name)
        for noun in self._data_nouns.all_before(name, len(name)):
            ends = [len(name) - len(noun)]
            while ends:  # every way to go on to the left
                end = ends.pop()
                if end >= _LEAST:
                    cut = min(cut, end)
                    ends += [end - len(word) for word in self._data_words.all_before(name, end)]
        return name[:cut] if cut < len(name) else name

    def _person_of(self, name: str) -> str:
        """The person named behind a title; "" for none."""
        if name[-1:].isascii() or "·" in name:
            for position in range(len(name) - 2):
                for title in self._titles.all_at(name, position):
                    if (match := _PERSON.match(name, position + len(title))) is not None:
                        return match.group().strip()
            return ""
        best = len(name)
        person = ""
        for size in (2, 3, 4):  # characters of a name: the title that begins first
            end = len(name) - size
            for title in self._titled_last.all_before(name, end) if end > 0 else ():
                if end - len(title) < best and _HANZI.match(name, end) is not None:
                    best, person = end - len(title), name[end:]
        return person

    def _is_no_person(self, name: str) -> bool:
        """Whether what stands behind a title is no name: 董事长, 局长."""
        if name[-1:] in _POST_ENDS or self._titled_last.of(name) or self._first_ends.at(name, 0):
            return True
        return any(mark in name for mark in _JOINING)

    def _is_no_name(self, name: str) -> bool:
        return name in self._not_names or bool(self._not_name_ends.of(name))


@cache
def chinese_sources() -> ChineseSources:
    """The reader of names over the Chinese lexicon, built at first use."""
    return ChineseSources()
