"""Chinese sentences cut into names, metrics and the words between them, without a segmenter."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick, MatchKind

from transforms.claims.affixes import Beginnings
from transforms.claims.lexicon import load_lexicon, read_lexicon

if TYPE_CHECKING:
    from transforms.claims.mentions import Mention
    from transforms.claims.periods import Period
    from transforms.claims.sentences import Sentence

_EDGE = " \u3000“”\"'‘’「」『』《》、，,：:·—-～~"
_MARKS = "，；：。！？,;:…—\n【】"
_OPENING, _CLOSING = "（(", "）)"
_NUMBER, _DATE = "number", "date"
_BEFORE_NUMBER = frozenset("达超近约仅逾涨跌增升降破")
_BEFORE_COUNT = frozenset("跑花写做拍停飞捐罚裁赚亏")
_ACHIEVED = frozenset("了出下到成完掉上过给得")
_NUMERIC = frozenset(
    "0123456789０１２３４５６７８９约近超到至了过成逾幅势 一二三四五六七八九十百千万亿两半数几$¥￥€£-+－＋人港美欧日元"
)
_MAX_WORD = 4
_QUOTED = re.compile(r"《[^《》\n，。；]{1,24}》|[“「『](?:[^\W_]|·){2,6}[”」』]")
_SEASON = "档"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of text between two breaks: a name, a metric, or a piece of either."""

    start: int
    end: int
    after: str  # what broke the text just before it: a word, a mark, "date", "number", or "" at the sentence's start
    clause: int
    is_fresh: bool  # nothing but adverbs and dates stands before it in its clause
    preposition: str  # 在, 比, 据 …: what leads the phrase it stands in
    depth: int  # 1 inside brackets


@dataclass(slots=True)
class Frame:
    """A sentence in parts, and what its numbers so far were said to measure."""

    parts: list[Part]
    starts: list[int]
    clause_starts: list[int]
    metrics: list[tuple[Mention, str | None, str | None]]  # (mention, metric, subject) in order
    speaker: str | None = None  # who speaks in the sentence
    paper: str | None = None  # whose paper it cites
    opener: str | None = None  # who stands before a colon that opens it: 宝山股份：拟募资
    credited: tuple[str, ...] = ()  # the words of its credits
    launched: list[Part] | None = None  # what was 发布, 推出; None until it is looked for
    counted: str | None = None  # what the number at the sentence's beginning counts

    def before(self, position: int) -> int:
        """Index of the last part that begins before a position; -1 for none."""
        return bisect_left(self.starts, position) - 1

    def of_clause(self, clause: int) -> list[Part]:
        """The parts of a clause, by its number."""
        if not 0 <= clause < len(self.clause_starts):
            return []
        first = bisect_left(self.starts, self.clause_starts[clause])
        if clause + 1 == len(self.clause_starts):
            return self.parts[first:]
        return self.parts[first : bisect_left(self.starts, self.clause_starts[clause + 1])]

    def clause_at(self, position: int) -> int:
        """Number of the clause that holds a position."""
        return bisect_right(self.clause_starts, position) - 1


def quoted_names(text: str, start: int, end: int, spans: list[tuple[int, int, str]]) -> list[tuple[int, int]]:
    """Spans inside marks that are one name: 《长河万里》, and “一带一路” where no number or date stands inside."""
    return [
        match.span()
        for match in _QUOTED.finditer(text, start, end)
        if text[match.start()] == "《" or not any(match.start() < a < match.end() for a, _, _ in spans)
    ]


class Cutter:
    """Break words of the Chinese lexicon, compiled."""

    def __init__(self) -> None:
        data, words_of = load_lexicon("zh").data, read_lexicon("topics_zh.toml")
        compounds = read_lexicon("compounds_zh.toml")
        subjects, metrics, change = words_of["subjects"], words_of["metrics"], data["change"]
        cues = {
            *(word for forms in change.values() for word in (*forms["verbs"], *forms.get("to", ()))),
            *data["roles"]["share"], *(w for words in data["basis"].values() for w in words),
            *(w for words in data["modality"].values() for w in words),
            *(w for words in data["bounds"]["before"].values() for w in words), *words_of["attribution"]["verbs"],
        }  # fmt: skip
        nouns = {*subjects["compounds"], *compounds["nouns"].split(), *metrics["heads"]}
        nouns |= {word for forms in change.values() for word in forms["nouns"]}
        self.prepositions = frozenset(subjects["prepositions"])
        self.adverbs = frozenset({*subjects["adverbs"], *subjects["openers"]})
        breaks = {*subjects["breaks"], *cues, *subjects["openers"], *subjects["adverbs"], *subjects["prepositions"]}
        breaks |= set(compounds["others"].split()) - {word for word in nouns if len(word) > 1}
        self.breaks = frozenset(breaks - nouns - set(subjects["joining"]))
        self.nouns = frozenset(word for word in nouns if 1 < len(word) <= _MAX_WORD)
        self.nominal = frozenset(subjects["nominal"])
        self.suffixes = frozenset(subjects["noun_suffixes"])
        self.suffix_words = frozenset(subjects["suffix_words"])
        self.heads = Beginnings({*metrics["heads"], *subjects["name_ends"]})
        # One automaton walks the text once for all words; an expression of thousands tries them at every character.
        words = [*self.breaks, *_MARKS, *_OPENING, *_CLOSING]
        self._break_count = len(words)
        self._automaton = AhoCorasick([*words, *sorted(self.nouns)], matchkind=MatchKind.LeftmostLongest)

    def cuts(self, text: str, start: int, end: int) -> list[tuple[int, int]]:
        """The break words and marks in text[start:end], in order."""
        found = []
        for index, begin, stop in self._automaton.find_matches_as_indexes(text[start:end]):
            if index < self._break_count:
                begin, stop = begin + start, stop + start
                if not self._is_in_noun(text, begin, stop, end):
                    found.append((begin, stop))
        return found

    def _is_in_noun(self, text: str, begin: int, stop: int, end: int) -> bool:
        """Whether the break word is part of a noun: 易方达基金, 增长率."""
        if stop == end:
            return False
        follower = text[stop]
        if stop - begin == 1:
            if text[begin] in _BEFORE_COUNT:
                return follower not in _NUMERIC and follower not in _ACHIEVED  # 零跑C11, 亏8000元
            return text[begin] in _BEFORE_NUMBER and follower not in _NUMERIC  # 达 is no verb unless a number follows
        word = text[begin:stop]
        if follower in self.suffixes and word not in self.adverbs:
            return text[stop : stop + 2] not in self.suffix_words
        return word in self.nominal and any(stop + len(head) <= end for head in self.heads.all_at(text, stop))

    def frame(self, text: str, sentence: Sentence, periods: tuple[Period, ...]) -> Frame:
        """The sentence's parts between break words, dates and numbers."""
        spans = [(p.start, p.end, _DATE) for p in periods] + [(m.start, m.end, _NUMBER) for m in sentence.mentions]
        spans.sort()
        return self.parts(text, sentence.start, sentence.end, spans)

    def parts(self, text: str, start: int, end: int, spans: list[tuple[int, int, str]]) -> Frame:
        """Parts of text[start:end] between break words and the spans given; a quoted title or name is never cut."""
        whole = quoted_names(text, start, end, spans)
        if whole:
            spans = [span for span in spans if not any(a <= span[0] < b for a, b in whole)]
        frame = Frame([], [], [start], [])
        state = _State(text, frame)
        position = start
        for begin, stop, kind in [*spans, (end, end, "")]:
            if begin < position:
                continue
            for cut_start, cut_end in self.cuts(text, position, begin):
                if whole and any(a <= cut_start < b for a, b in whole):
                    continue
                state.add(position, cut_start)
                state.pass_word(text[cut_start:cut_end], cut_end, self)
                position = cut_end
            if kind == _DATE and text.startswith(_SEASON, stop):
                continue  # 国庆档: a season of films, and no date
            state.add(position, begin)
            position = stop
            state.after = kind
        frame.starts = [part.start for part in frame.parts]
        return frame


class _State:
    """Where cutting has come to."""

    def __init__(self, text: str, frame: Frame) -> None:
        self.text, self.frame = text, frame
        self.after, self.is_fresh, self.preposition, self.depth = "", True, "", 0

    def add(self, start: int, end: int) -> None:
        text = self.text
        while start < end and text[start] in _EDGE:
            start += 1
        while end > start and text[end - 1] in _EDGE:
            end -= 1
        if end <= start:
            return
        clause = len(self.frame.clause_starts) - 1
        self.frame.parts.append(Part(start, end, self.after, clause, self.is_fresh, self.preposition, self.depth))
        if not self.depth:
            self.is_fresh = False

    def pass_word(self, word: str, end: int, cutter: Cutter) -> None:
        self.after = word
        if word in _MARKS:
            if not self.depth:
                self.frame.clause_starts.append(end)
                self.is_fresh, self.preposition = True, ""
        elif word in _OPENING:
            self.depth += 1
        elif word in _CLOSING:
            self.depth = max(0, self.depth - 1)
        elif word in cutter.prepositions:
            self.preposition = word
        elif word == "的" or word in cutter.adverbs:
            if word == "的" and self.preposition == "由":
                self.preposition = ""  # 由该省牵头的采购
        else:
            self.is_fresh, self.preposition = False, ""


@cache
def cutter() -> Cutter:
    """The cutter over the Chinese lexicon, built at first use."""
    return Cutter()
