"""Who is credited in Chinese: 据X报道, X数据显示, X表示, the outlet that opens or closes a flash."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from transforms.claims.affixes import Endings
from transforms.claims.constructions_zh import BREAK, CLAUSE, REACH, ChineseConstructions, clause_start, covers
from transforms.claims.credits import Credit, CreditFinder
from transforms.claims.phrases import phrase_pattern
from transforms.claims.sources_zh import attribution_words, chinese_sources, credit_words
from transforms.claims.triggers import Triggers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FOLLOWS = frozenset("，：,:“「\n")
# Words without which an expression is not tried, beside verbs of looking up and sites.
_LEADS = ("口径", "看来，")
_INSIDE = [inside + mark for inside in "中里上据息" for mark in "，,：:"]
_DATA = frozenset({"数据，", "数据：", "消息，", "消息："})
_PAPER = 8  # characters of the longest word for a paper
_ASKED = re.compile("对(?!外)|的|面向|在")
_OBJECT = re.compile(r"[^，。；：]{1,8}[，：]“?(?!\d)")  # 回应36氪，
_HELD = re.compile(r"^(?:在|对(?!外|手|方|冲)|向|就|于)")


class _Verb(NamedTuple):
    """A verb of saying: 表示, or 公告 with more: 称."""

    word: str
    more: str
    start: int
    end: int


class ChineseCredits(CreditFinder):
    """Compiled expressions over the Chinese lexicon."""

    def __init__(self) -> None:
        super().__init__()
        data = attribution_words()
        keys = ("openers", "closers", "unnamed", "verb_ends", "not_after_verbs")
        words = {key: phrase_pattern(data[key]) for key in keys}
        ways = credit_words()["credits"]
        words |= {key: phrase_pattern(listed) for key, listed in ways.items()}
        self.names = chinese_sources()
        self.opened = re.compile(
            rf"(?<![数证单票收占论依根])(?:{words['openers']})(?P<name>[^{BREAK}]{{1,40}}?)"
            rf"(?P<closer>(?:{words['closers']})+)(?!{words['not_after_verbs']}|[学司宝部室库])"
        )
        # 据新华社，
        self.opened_plainly = re.compile(rf"(?:^|(?<=[，。；\n]))(?:据|援引|根据|按照)(?P<name>[^{BREAK}]{{2,12}})，")
        self.unnamed = re.compile(
            rf"(?<![数证根收单])(?:据|依)(?:{words['unnamed']})(?=[，,：])|(?:据此|按此){words['calculating']}?"
        )
        kinds = ("speech", "forecasts", "findings", "announcements", "heard")
        self.kind_of = {word: kind for kind in kinds for word in data[kind]}
        self.nominal = frozenset(data["nominal"])
        self.proposing = frozenset(data["proposing"])
        self.verb_end = re.compile(rf"(?P<more>(?:{words['verb_ends']})*)(?!{words['not_after_verbs']})")
        self.others = ChineseConstructions()
        self.triggers = Triggers(
            {
                "opener": [*data["openers"], "据", "依", "按"],
                "verb": [*self.kind_of],
                "no_verb": data["not_verbs"],
                "inside": _INSIDE,
                "lead": [*_LEADS, *ways["sites"], *ways["looking_up"]],
                **self.others.triggers,
            }
        )
        self.papers = frozenset(data["papers"]) | frozenset(data["documents"])
        self.kept_papers = frozenset(data["kept_papers"])
        self.owned_papers = Endings(data["papers"])
        self.surveys = Endings(ways["surveys"])
        name = rf"(?P<name>[^{BREAK}]{{2,14}}?)"
        looked_up = [*ways["sites"], *ways["looked_up_papers"]]
        self.led = (
            # 查询X官网，
            re.compile(rf"{words['looking_up']}{name}{_behind(looked_up)}(?=[，,显发])"),
            # 在X官网给出的案例中能够看到，
            re.compile(rf"在{name}{_behind(ways['sites'])}[^{BREAK}]{{0,16}}?{words['seen_there']}(?=，)"),
            # X口径下，
            re.compile(rf"(?:按|在)?{name}(?:的)?(?:统计)?口径(?:{words['measure_ends']}|，)"),
            # 在X看来，
            re.compile(rf"在?{name}看来(?=，)"),
        )
        self.resumed = re.compile(f"^{words['resuming']}")
        self.origin_end = re.compile(f"{words['origin_ends']}+$")
        self.hearing_end = re.compile(rf"(?:{words['hearing_ends']}|\s)+$")
        self.reporters_own, self.own_word = frozenset(ways["reporters_own"]), frozenset(ways["own_word"])
        self.forecast_closers: list[str] = ways["forecast_closers"]
        self.addressed, self.showing = frozenset(ways["addressed"]), frozenset(ways["showing"])
        self.shown_behind_noun = frozenset(ways["shown_behind_noun"])
        self.nobody = frozenset(data["nobody"])
        self.pronouns = frozenset(data["pronouns"])

    def read(self, text: str, start: int, end: int) -> list[Credit]:
        """Credits of text[start:end] in order, read anew."""
        found: list[Credit] = []
        here = self.triggers.find(text, start, end)
        if "opener" in here:
            self._read_opened(text, end, here["opener"], found)
        if "inside" in here:
            self._read_papers(text, start, here["inside"], found)
        if "lead" in here:
            for pattern in self.led:
                self._read_led(text, start, end, found, pattern)
        if "verb" in here:
            self._read_said(text, start, end, self._verbs(text, end, here["verb"], here.get("no_verb", [])), found)
        self.others.read(text, start, end, here, found)
        found.sort(key=lambda credit: credit.start)
        return found

    def _read_opened(self, text: str, end: int, openers: list[tuple[int, int]], found: list[Credit]) -> None:
        """据X报道, 据统计."""
        found += [Credit(m.start(), m.end(), None, is_speech=False) for m in _matches(self.unnamed, text, end, openers)]
        for match in _matches(self.opened, text, end, openers):
            if any(c.start <= match.start() < c.end for c in found):
                continue
            raw = match["name"]
            if raw.removesuffix("的") in self.pronouns:  # 按照他的测算
                found.append(Credit(match.start(), match.end(), None, is_speech=True, is_pronoun=True))
                continue
            is_paper = match["closer"] in self.kept_papers
            name = self.names.name_of(raw + match["closer"] if is_paper else raw)
            if raw.startswith("记者") and match["closer"] in self.reporters_own:
                name = "记者"
            bare = None if name else self.names.bare_of(raw + match["closer"])
            if (name and not name.isdigit()) or bare:
                is_forecast = any(word in match["closer"] for word in self.forecast_closers)
                credit = Credit(
                    match.start(), match.end(), name or bare, False, is_forecast=is_forecast, is_bare=name is None
                )
                found.append(credit)
        for match in _matches(self.opened_plainly, text, end, openers):
            name = self.names.name_of(match["name"])
            if name and self.names.is_office(name) and not covers(found, match.start()):
                found.append(Credit(match.start(), match.end(), name, is_speech=False))

    def _read_papers(self, text: str, start: int, insides: list[tuple[int, int]], found: list[Credit]) -> None:
        """在X的2021年财报中; X的排名里, X9月对3000名消费者的调查中; X数据，."""
        for inside, _ in insides:
            stop = inside - 2 * text.endswith("数据", start, inside)
            paper = listed = ""
            if text[inside] in "中里上":
                paper = self.owned_papers.of(text[max(start, stop - _PAPER) : stop])
                listed = self.surveys.of(text[max(start, inside - _PAPER) : inside])
            elif text[inside - 1 : inside + 2] in _DATA:
                listed = text[inside - 1]
            if not paper and not listed:
                continue
            begin = inside - len(listed)
            if paper and (not listed or stop - len(paper) <= begin):
                begin = stop - len(paper)
                at = clause_start(text, start, begin)
                name = self.names.paper_of(text[at:stop])
            else:
                at = clause_start(text, start, begin)
                name = self.names.name_of(_ASKED.split(text[at:begin], maxsplit=1)[0])
                name = name if name and self.names.is_office(name) else None
            if name and not covers(found, begin):
                found.append(Credit(at, inside + 1, name, is_speech=False))

    def _read_led(self, text: str, start: int, end: int, found: list[Credit], pattern: re.Pattern[str]) -> None:
        """查询X官网, X口径下, 在X看来."""
        for match in pattern.finditer(text, start, end):
            name = self.names.name_of(match["name"])
            if name and not covers(found, match.start()):
                found.append(Credit(match.start(), match.end(), name, is_speech=pattern is self.led[-1]))

    def _verbs(
        self, text: str, end: int, verbs: list[tuple[int, int]], others: list[tuple[int, int]]
    ) -> Iterator[_Verb]:
        """The verbs of saying: 公告称, not 公告栏 or 收入预测值."""
        no_verb = dict(others)
        floor = 0
        for begin, stop in sorted([*verbs, *others]) if others else verbs:
            if begin < floor:
                continue
            if begin in no_verb:
                floor = no_verb[begin]
                continue
            for shorter in range(stop, begin, -1):
                if (word := text[begin:shorter]) not in self.kind_of:
                    continue
                if (match := self.verb_end.match(text, shorter, end)) is not None:
                    floor = match.end()
                    yield _Verb(word, match["more"], begin, floor)
                    break

    def _read_said(self, text: str, start: int, end: int, verbs: Iterable[_Verb], found: list[Credit]) -> None:
        """X表示, X显示, X预计: a verb and what stands before it in its clause."""
        clauses: list[int] | None = None
        done = -1  # a clause has one source
        for verb in verbs:
            if verb.start < done:
                continue
            if clauses is None:
                clauses = [start, *(m.end() for m in CLAUSE.finditer(text, start, end))]
            at = clauses[bisect_right(clauses, verb.start) - 1]
            if verb.start - at > REACH or covers(found, verb.start):
                continue
            credit = self._said(text, at, verb, end)
            if credit is not None:
                found.append(credit)
                done = verb.end
                index = bisect_right(clauses, verb.end - 1)
                done = clauses[index] if index < len(clauses) else end

    def _said(self, text: str, at: int, verb: _Verb, end: int) -> Credit | None:
        # 牛津大学的一项调查指出: a noun and its verb
        if verb.more in self.shown_behind_noun and verb.word in self.names.bare:
            verb = _Verb(verb.more, "", verb.start + len(verb.word), verb.end)
        word, stop = verb.word, verb.end
        kind = self.kind_of[word]
        raw = text[at : verb.start]
        after = text[stop : stop + 1]
        is_speech = kind in {"speech", "forecasts"} or (
            kind == "announcements" and bool(verb.more or word in self.own_word)
        )
        is_closing = is_speech and (
            after in "。." or stop >= end - 1 or (at > 0 and text[at - 1] in "”」" and text[at - 2] in "，。！？…,.!?")
        )
        if kind == "heard":
            return self._heard(raw, at, stop)
        stripped = raw.strip(" \u3000")
        if stripped in self.pronouns or (
            is_speech
            and (self.resumed.match(stripped) or _HELD.match(stripped) or (not stripped and kind != "announcements"))
        ):
            name = None if stripped in self.pronouns else self.names.name_of(raw)
            if name is None:
                if word in self.nominal and not verb.more and after not in _FOLLOWS:
                    return None
                if kind == "forecasts" and stripped not in self.pronouns:
                    return None
                return Credit(at, stop, None, is_speech=True, is_closing=is_closing, is_pronoun=True)
        bare = self.names.bare_of(raw)
        name = self.names.name_of(raw) if bare is None else None
        if name is None and not stripped and verb.more and word in self.papers:  # 公告称
            return Credit(at, stop, word, is_speech=False, is_bare=True)
        if name is None:
            return Credit(at, stop, bare, is_speech=False, is_bare=True) if bare is not None else None
        if not is_closing and not self._is_credited(text, raw, name, kind, verb):
            return None
        if is_speech and not is_closing and self.names.is_publication(raw):
            is_speech = False  # X发布的报告指出
        return Credit(
            at,
            stop,
            name,
            is_speech,
            is_closing,
            is_announcement=kind == "announcements",
            is_forecast=kind == "forecasts",
        )

    def _is_credited(self, text: str, raw: str, name: str, kind: str, verb: _Verb) -> bool:
        """Whether the verb makes a source of the name: many are nouns too, and metrics are expected as well."""
        word, stop = verb.word, verb.end
        is_addressed = word in self.addressed and _OBJECT.match(text, stop) is not None
        is_followed = text[stop : stop + 1] in _FOLLOWS or is_addressed
        if word in self.proposing:
            return is_followed
        if kind == "forecasts" and self.names.is_crowd(name):
            return False
        if word == "发布":
            return self.names.is_office(name) and self.others.figures.search(text, stop, stop + REACH) is not None
        if kind == "findings" and word not in self.showing:
            return self.names.is_publication(raw) or self.names.is_office(name)
        is_sure = bool(verb.more) or is_followed or word in self.own_word
        is_sure = is_sure or (kind == "speech" and word not in self.nominal)
        return is_sure or self.names.is_office(name) or self.names.is_person(raw)

    def _heard(self, raw: str, at: int, stop: int) -> Credit | None:
        """36氪获悉, 记者从X获悉."""
        _, origin, source = raw.rpartition("从")
        if origin:
            name = self.names.name_of(self.origin_end.sub("", source))
            return Credit(at, stop, name, is_speech=False)
        name = self.hearing_end.sub("", raw.strip())
        if name in self.nobody or len(name) < 2:
            return Credit(at, stop, None, is_speech=False)
        name_ = self.names.name_of(name)
        return Credit(at, stop, name_, is_speech=False, is_outlet=True) if name_ else None


def _behind(words: Iterable[str]) -> str:
    """Source of an expression for the place behind one of the words."""
    return f"(?:{'|'.join(f'(?<={re.escape(word)})' for word in words)})"


def _matches(
    pattern: re.Pattern[str], text: str, end: int, spans: Iterable[tuple[int, int]]
) -> Iterator[re.Match[str]]:
    """The matches of an expression that begin where the spans do, none within the one before."""
    floor = 0
    for begin, _ in spans:
        if begin >= floor and (match := pattern.match(text, begin, end)) is not None:
            floor = match.end()
            yield match
