"""Whether a number is a fact, a forecast, a target or a supposition, and whether it is denied."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.lexicon import load_lexicon
from transforms.claims.sentences import is_heading

if TYPE_CHECKING:
    from datetime import date

    from transforms.claims.changes import Neighbour, Reading
    from transforms.claims.lexicon import Lexicon
    from transforms.claims.mentions import Mention
    from transforms.claims.sentences import Sentence

# "4,000 people are expected to": how far behind its number a modal word may stand.
_BEHIND = 30
_NOUN_REACH = 48  # forecasts for annual sales growth of 5%
_NOUN_OF = re.compile(
    r"(?:'?s?’?)\s(?:[\w’'$ -]{0,40}\s)?(?:of|for|at|is|was|by|from|as|(?:is |was )?to(?:\s\w+)?)(?:\s(?:an?|the))?\s*$"
)
_NOUN_BEHIND = re.compile(r"[\s-](?:[\w-]+\s)?")
_CUTS = re.compile(r"\b(?:after|following|despite|because|although|though|while|whereas|when|but|than|versus)\b|;")
_ASIDE = re.compile(r" (?:and|what|as|(?<!of )(?<!in )(?<!at )(?<!for )(?:the|it|they|he|she|we)) ")
_ACTUAL = re.compile(r"\b(?:actual(?:ly)?|already|last (?:year|quarter|month|week)|a year (?:ago|earlier)|so far)\b")
_REPORTED = re.compile(r"\b(?:said|says|told|announced|added|believes?|thinks?|hopes?)\b[^.;]{0,60}$")
# 将 before one of these is the future: 将在2025年, 将比今年
_FUTURE = re.compile(
    r"[于在从由比较以会达超有为是至到再可也均都仅近约不使令让迎共]|进一步|继续|大幅|小幅|略有|稳步|明显|显著|快速|逐渐|不断|保持|"
    r"全面|累计|合计|总共|平均|每年|带动|拉动|推动|首次|持续|逐步|同比|陆续|新增|突破|接近"
)
_MAX_ADVERB = 1
_FROM_REACH = 16
_OF_THE_PLAN = re.compile(r"的(?:约|近|超|逾|超过|不到|不足)?$")  # 完成年度目标的114.8%
_AS_TARGET = re.compile(r"[左右以上下]{0,2}的[^，。；！？\d的]{0,4}(?:目标|任务)(?!的)")  # 离2.4万亿的目标还差一点
_TO_OPEN = re.compile(r"[^，。；！？\d]{1,6}的")  # 即将开通的云溪高铁全长287公里
_FROM = re.compile(r"[由从](?!有)[^，。；！？,;由从]{0,10}$")  # 将由12.7%提升至30.8%: the first is a fact
_TURNED = re.compile(r"(?:左右|上下)?(?![上下][调修])[^，。；！？\d、]{1,4}[至到为成]")
_YEAR = re.compile(r"(?<![\d较比与同于自从])(?:19|20)\d\d(?=年)")
_DONE = re.compile(r"其中[^，。；！？\d]{0,6}(?:已|实际|目前|现)")
_FINITE = re.compile(r"\b(?:is|are|was|were|has|had|have|did|said|says|rose|fell|grew|reported|posted|made|stood)\b")
_MEETING = re.compile(r"\b(?:beat|top|miss|exceed|surpass|met|meet|match|trail|lag|above|below|ahead)\w*\b")
_CARRIED_CHARS = 44
_BY_YEAR = re.compile(r"[^.;,\d]{0,30}\bby (?:the end of )?(?:next year|(?P<year>20\d\d))\b")
_HEADLINE_CHARS = 160
_TO_VERB = re.compile(r"^(?P<lead>[^.;:,]{3,70}?)\sto\s(?P<verb>[a-z]+)\b")
_IN_YEAR = re.compile(r" (?:in|for) (?P<year>20\d\d)\b")
# rising to 39 million in 2030
_ON_TO = re.compile(
    r"\b(?:(?:rising|growing|climbing|increasing|falling|expanding|swelling|dropping|shrinking|peaking)\s(?:to|at)|"
    r"reaching|topping|hitting)\s(?:(?:about|around|nearly|almost|over|more than)\s)?$"
)
_EARLIER = re.compile(
    r"[^,;.]{0,24}\b(?:last|earlier|ago|previously|in (?:19|20)\d\d|currently|now|at present|today|before)\b"
)
_EXPECTED_BEHIND = re.compile(
    r"\s(?:that\s)?(?:(?:they|analysts|economists|investors|traders|experts|forecasters|markets?|wall street|"
    r"the (?:market|company|street|government|bank|ministry)|it|he|she|we)\s"
    r"(?:(?:surveyed|polled|tracked)\sby\s\S+\s)?)?"
    r"(?:(?:had|were|was|have|has)\s)?(?:been\s)?"
    r"(?P<word>expect(?:ed|ing)|forecast|predicted|projected|estimated|anticipated|pencill?ed in|hop(?:ed|ing) for|"
    r"look(?:ed|ing) for|planned|targeted|promised|pledged|proposed|budgeted)\b"
)
_PAST_REACH = 30
_PAST_LEVEL = re.compile(
    r"\b(?:(?:last|the previous) (?:year|quarter|month|week|season)|a year (?:ago|earlier))['’]s\s(?:[a-z]+\sof\s)?$"
    r"|\b(?:up|down) from (?:about |around |nearly |just |only )?$"
)
# a third of WeWork's 12,000 employees, 60 of the 400 posts
_OF_WHOLE = re.compile(
    r"\sof\s(?:the|its|their|his|her|our|these|those|(?:[\w.-]+\s){0,2}[\w.-]+['’]s?)\s(?:[a-z]+\s)?"
)
# abandoned plans for a listing and had its valuation cut
_AND_WAS = re.compile(r"\band (?:had|has|have|was|were|is|are|said|says)\b")
_DASH = re.compile(r"\s[–—-]{1,2}\s")
_PLANNED = frozenset({"planned", "targeted", "promised", "pledged", "proposed", "budgeted"})


_STOPPED = frozenset("。.！!？?；;，,")
_OPEN = frozenset("；;，,、")  # what an item of a list ends with
_LEAD_CHARS, _ITEM_CHARS = 60, 120  # of a heading or lead-in, and of an item of the list behind it
_COLON = re.compile(r"(?:是|为|如下|包括|有)?\s?[：:]")


class _Words:
    def __init__(self, language: str) -> None:
        data = load_lexicon(language).data
        words = data["modality_reach"]
        self.nouns: dict[str, str] = {w: value for value, found in words.get("nouns", {}).items() for w in found}
        self.wide = frozenset(words.get("wide", ()))  # these govern the clauses behind theirs too
        self.not_counts = frozenset(words.get("not_counts", ()))
        self.goals = frozenset(words.get("goals", ()))
        self.asked = frozenset(words.get("asked", ()))
        self.names = frozenset(words.get("names", ()))
        self.continuing: tuple[str, ...] = tuple(words.get("continuing", ()))
        self.stops: tuple[str, ...] = tuple(words.get("stops", ()))
        self.revised: tuple[str, ...] = tuple(words.get("revised", ()))
        leads = load_lexicon(language).data["modality_leads"]
        self.leads = {value: tuple(leads[value]) for value in ("target", "forecast")}
        self.facts: list[str] = leads["facts"]


_words = cache(_Words)


class ListModality:
    """What a heading or a lead-in says of the list behind it: 主要预期目标, Full-year guidance, … expects:"""

    def __init__(self) -> None:
        self.value: str | None = None

    def enter(self, text: str, language: str) -> None:
        """Takes in the next paragraph."""
        size = len(text)
        if size > _LEAD_CHARS:
            self.value = self.value if size <= _ITEM_CHARS else None
            return
        value = _led_by(text, language)
        if value is not None or (self.value is not None and self._is_other(text)):
            self.value = value

    @staticmethod
    def _is_other(text: str) -> bool:
        """Whether a short text is a heading of its own: 三、保障措施 ends the list of targets."""
        return is_heading(text) and text.rstrip()[-1:] not in _OPEN and not any(ch.isdigit() for ch in text)

    def of(self, text: str, language: str) -> str | None:
        """What holds for the numbers of a paragraph; None where it tells of facts: 目前, last year."""
        if self.value is None or any(fact in text for fact in _words(language).facts):
            return None
        return self.value


def _led_by(text: str, language: str) -> str | None:
    words = text.rstrip()
    if not words or words[-1] in _STOPPED:
        return None
    if words[-1] in "：:":
        match = _COLON.search(words, max(0, len(words) - 4))
        words = words[: match.start()] if match is not None else words
    words = words.lower()
    return next((value for value, leads in _words(language).leads.items() if words.endswith(leads)), None)


def _modal_words(sentence: Sentence) -> tuple[list[tuple[int, int, str]], list[int]]:
    """Start, end and modality of the sentence's modal words, and where its words of denial begin."""
    modal, denials = [], []
    for begin, stop, cues in sentence.cues:
        cue = next((c for c in cues if c.role in {"modality", "negation"}), None)
        if cue is not None and cue.role == "modality":
            modal.append((begin, stop, cue.value))
        elif cue is not None:
            denials.append(begin)
    return modal, denials


class ModalityReader:
    """Reads one text's mentions; a language says how far its words govern."""

    def __init__(
        self, lexicon: Lexicon, text: str, lower: str, published: date | None = None, of_list: str | None = None
    ) -> None:
        self.published = published
        self.of_list = of_list  # what the list says that the text is an item of
        self.language = lexicon.language
        self.cues = lexicon.cues
        self.text = text
        self.lower = lower
        self.words = _words(lexicon.language)
        self._is_headline = len(text) <= _HEADLINE_CHARS and text.rstrip()[-1:].isalnum()
        # What is looked up once a sentence, and read for each of its numbers.
        self._modal: tuple[Sentence | None, list[tuple[int, int, str]], list[int]] = (None, [], [])
        self._turns: tuple[Sentence | None, list[int]] = (None, [])

    def read(self, sentence: Sentence, mention: Mention, reading: Reading, before: Neighbour | None) -> None:
        """Sets modality and negation of the reading."""
        start, end = sentence.clause_of(mention.start)
        if self._modal[0] is not sentence:
            self._modal = sentence, *_modal_words(sentence)
        _, cues, denials = self._modal
        if any(start <= begin < end for begin in denials):
            reading.is_negated = True
        chosen = None
        if self.language == "zh":
            chosen = self._chinese(sentence, mention, cues, start) if cues else None
            if chosen != "target" and _AS_TARGET.match(self.text, mention.end) is not None:
                chosen = "target"
        elif (cues or (before is not None and before.reading.modality != "actual")) and self._is_fact(mention, before):
            return
        else:
            chosen = self._english(sentence, mention, reading, cues, start, end) or self._carried(
                reading, before, mention
            )
            if chosen is None and self._is_headline and start == 0:
                found = _TO_VERB.search(self.lower, 0, mention.start)
                chosen = "forecast" if found is not None and self._opens(found) else None
            if chosen == "hypothetical" and before is not None and before.reading.modality == "forecast":
                is_added = ", which would " in self.lower[before.mention.end : mention.start]
                chosen = "forecast" if is_added else chosen  # 1 million, which would double the figure
        if chosen is None and self.language == "en" and self._is_to_come(mention, end):
            chosen = "forecast" if _ON_TO.search(self.lower, max(0, mention.start - 24), mention.start) else "target"
        chosen = chosen or self.of_list
        if chosen is not None:
            reading.modality = chosen

    def _is_to_come(self, mention: Mention, end: int) -> bool:
        """800 planes by 2033: nothing says who plans it, but it is not there yet."""
        found = _BY_YEAR.match(self.lower, mention.end, end)
        if found is None and (found := _IN_YEAR.match(self.lower, mention.end, end)) is not None:
            is_led = _ON_TO.search(self.lower, max(0, mention.start - 24), mention.start) is not None
            found = found if is_led else None
        if found is None:
            return False
        return found["year"] is None or (self.published is not None and int(found["year"]) > self.published.year)

    # ------------------------------------------------------------ Chinese

    def _chinese(
        self, sentence: Sentence, mention: Mention, cues: list[tuple[int, int, str]], start: int
    ) -> str | None:
        text = self.text
        chosen = None
        for begin, stop, value in cues:
            if begin >= mention.start:
                break
            is_count = mention.unit is not None and mention.unit.kind == "count"
            if is_count and text[begin:stop] in self.words.not_counts:
                continue
            if text[begin:stop] == "将" and self._marks_object(sentence, stop, mention.start):
                continue
            if value == "target" and not is_count and _OF_THE_PLAN.fullmatch(text, stop, mention.start):
                continue
            if text.startswith("即将", begin - 1) and _TO_OPEN.match(text, stop, mention.start) is not None:
                continue
            if begin >= start:
                if is_count and self._is_attributive(stop, mention):
                    continue  # 原计划出让的11宗地
                chosen = value
            elif value == "target" and _COLON.match(text, stop):
                chosen = value  # 主要预期目标是：…；…；…
            elif text[begin:stop] in self.words.wide:
                if not (self._is_stopped(sentence, stop, mention.start) or self._is_past(start, mention.start)):
                    chosen = value
            elif (
                value != "target"
                and (stop - begin > 1 or text[begin - 1 : stop] != "即将")
                and self._is_next(sentence, begin, mention.start)
                and not text.startswith(self.words.stops, start)
            ):
                chosen = value
            elif (
                value != "hypothetical"
                and text.startswith(self.words.continuing, start)
                and not _DONE.match(text, start)
            ):
                chosen = value  # 拟回购股份1亿元，价格不高于28.5元
        if chosen is not None and self._is_left_behind(mention, start):
            return None
        return chosen

    def _is_left_behind(self, mention: Mention, start: int) -> bool:
        """预计渗透率将由12.7%提升至30.8%: it comes from a level that is a fact, unless a forecast is revised."""
        led = _FROM.search(self.text, max(start, mention.start - _FROM_REACH), mention.start)
        if led is None or self.text.endswith(self.words.revised, start, led.start()):
            return False
        return _TURNED.match(self.text, mention.end) is not None

    def _is_past(self, start: int, end: int) -> bool:
        """Whether a clause names a year that is over: 2023年为65亿美元."""
        years = _YEAR.findall(self.text, start, end) if self.published is not None else []
        return bool(years) and self.published is not None and int(years[-1]) < self.published.year

    def _marks_object(self, sentence: Sentence, stop: int, end: int) -> bool:
        """央行将利率维持在3%: 将 leads the object of the verb behind it, as 把 does, and says nothing of the future."""
        if self.text[stop : stop + 1].isdigit():
            return True  # 将220万桶的减产延长一个月
        if _FUTURE.match(self.text, stop):
            return False
        verbs = (b for b, _, cues in sentence.cues if stop <= b < end and any(c.role in {"verb", "to"} for c in cues))
        first = next(verbs, None)
        return first is not None and first - stop > _MAX_ADVERB

    @staticmethod
    def _is_next(sentence: Sentence, begin: int, position: int) -> bool:
        return sentence.clause_index(position) - sentence.clause_index(begin) <= 1

    def _is_attributive(self, stop: int, mention: Mention) -> bool:
        between = self.text[stop : mention.start]
        return between.endswith("的") and 1 < len(between) <= 10

    def _is_stopped(self, sentence: Sentence, position: int, end: int) -> bool:
        """Whether a clause in between turns back to facts: ；, 而去年, 目前."""
        if self._turns[0] is not sentence:
            text = self.text
            turns = [
                stop
                for stop in sentence.clause_ends
                if text[stop - 1] in "；;。" or text.startswith(self.words.stops, stop)
            ]
            self._turns = sentence, turns
        turns = self._turns[1]
        index = bisect_right(turns, position)
        return index < len(turns) and turns[index] <= end

    # ------------------------------------------------------------ English

    def _opens(self, found: re.Match[str]) -> bool:
        """Whether no verb stands before the infinitive of a headline: City bills to rise 5%."""
        from transforms.claims.verbs_en import english_verbs

        verbs, words = english_verbs(), found["lead"].split()
        if words[-1] in self.words.goals or not any(c.role == "verb" for c in self.cues.get(found["verb"], ())):
            return False
        return not any(
            verbs.forms.get(word) == "ed" or (verbs.forms.get(word) == "s" and word not in verbs.noun_forms)
            for word in words
        )

    def _behind(self, sentence: Sentence, mention: Mention) -> int:
        """Where what is said behind a number begins: behind the whole it is a part of."""
        after = bisect_right(sentence.mentions, mention.start, key=lambda other: other.start)
        if after < len(sentence.mentions):
            whole = sentence.mentions[after]
            if _OF_WHOLE.fullmatch(self.lower, mention.end, whole.start):
                return max(whole.end, whole.head_end)
        return mention.end

    def _english(
        self,
        sentence: Sentence,
        mention: Mention,
        reading: Reading,
        cues: list[tuple[int, int, str]],
        start: int,
        end: int,
    ) -> str | None:
        expected = _EXPECTED_BEHIND.match(self.lower, mention.end, end)
        if expected is not None:
            return "target" if expected["word"] in _PLANNED else "forecast"
        chosen = None
        behind = self._behind(sentence, mention) if cues and cues[-1][0] > mention.end else mention.end
        for begin, stop, value in cues:
            word = self.lower[begin:stop]
            if word in self.words.names and self.text[begin].isupper():
                continue  # Will Smith
            if begin < mention.start:
                gap = self.lower[stop : reading.lead if reading.lead > stop else mention.start]
                if word in self.words.nouns:
                    if len(gap) <= _NOUN_REACH and (gap.strip() in {"", "a", "an"} or _NOUN_OF.match(gap)):
                        chosen = value
                elif begin >= start - (60 if word in self.words.wide else 0) and not (
                    _CUTS.search(gap) or _AND_WAS.search(gap)
                ):
                    if value == "hypothetical" and _DASH.search(gap):
                        continue  # a pupil counts if he misses 10% – eased to 27.9%
                    chosen = self._would(begin, value) if word == "would" else value
            elif begin < end and chosen is None:
                gap = self.lower[behind:begin]
                if word in self.words.nouns:
                    if (
                        len(gap) <= _BEHIND
                        and _NOUN_BEHIND.fullmatch(gap)
                        and not (_FINITE.search(gap) or _MEETING.search(gap))
                    ):
                        chosen = value
                elif len(gap) < _BEHIND and value != "target" and not (_ASIDE.search(gap) or _CUTS.search(gap)):
                    chosen = self._would(begin, value) if word == "would" else value
        return chosen

    def _is_fact(self, mention: Mention, before: Neighbour | None) -> bool:
        """Whether nothing said of it makes a number less than a fact: last year's 417,000, up from 11, 22 analysts.

        The whole that a part is of is there, whatever becomes of the part: would win 88 of the 169 seats.
        """
        if before is not None and (
            before.mention.rule == "count: <number> of <number> <noun>"
            or _OF_WHOLE.fullmatch(self.lower, before.mention.end, mention.start)
        ):
            return True
        if mention.unit_text is not None and mention.unit_text.lower() in self.words.asked:
            return True
        return _PAST_LEVEL.search(self.lower, max(0, mention.start - _PAST_REACH), mention.start) is not None

    def _would(self, begin: int, value: str) -> str:
        """It said it would axe 14,000 jobs: a forecast reported."""
        return "forecast" if _REPORTED.search(self.lower, max(0, begin - 80), begin) else value

    def _carried(self, reading: Reading, before: Neighbour | None, mention: Mention) -> str | None:
        """Grow by 1.2 million this year, 130,000 less than it thought: nothing of its own in between."""
        if before is None or before.reading.modality == "actual" or before.mention.end > mention.start:
            return None
        gap = self.lower[before.mention.end : reading.lead]
        if len(gap) > _CARRIED_CHARS or _FINITE.search(gap) or _CUTS.search(gap):
            return None
        if _ACTUAL.search(gap) or _DASH.search(gap):
            return None
        is_past = _EARLIER.match(self.lower, mention.end) is not None
        return None if is_past else before.reading.modality
