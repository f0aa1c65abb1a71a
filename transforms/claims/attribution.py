"""Who is credited with a number: how long a source that was named goes on to speak."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from transforms.claims.languages import chinese_credits, credits_of, english_credits
from transforms.claims.outlets_zh import closing_outlet
from transforms.claims.phrases import phrase_pattern
from transforms.claims.sources_zh import attribution_words

if TYPE_CHECKING:
    from transforms.claims.credits import Credit, CreditFinder
    from transforms.claims.sentences import Sentence

_GAP = 600  # of text without numbers in front of a sentence that is read for speakers
_FLASH = 700  # an article no longer is a flash: a publication or an outlet that opens it governs it to its end
_QUOTATION = 1500  # characters that a quotation is followed
_BLOCKS_BACK = 3  # paragraphs that are searched for the speaker a pronoun means
_QUOTES = {"“": "”", "「": "」"}
_OPENING = ("“", "「", '"')
_PERSON = re.compile(r"[A-Z][a-z’'-]+ (?:[A-Z]\.? |van |de |von |al-|[A-Z][a-z’'-]+ )?[A-Z][\w’'-]+")
_NEAR = 300  # characters before he or she in which a person is named
_ITEM, _ITEMS = 80, 20  # characters of an item of a list, and items of one
_LONG = 40  # characters of a quotation that is no title
_INTRODUCED = 10  # characters between a verb of speech and the quotation it opens: ：“, that: “


class _Carried:
    """How long a Chinese source goes on, over the Chinese lexicon."""

    def __init__(self) -> None:
        data = attribution_words()
        self.is_picture = re.compile(rf"{phrase_pattern(data['pictures'])}|图$|表$").search
        self.goes_on = re.compile(
            rf"{phrase_pattern(data['continuing'])}|分[^，。]{{1,8}}看|从[^，。]{{1,10}}看|按[^，。]{{1,8}}[看计算]|以[^，。]{{1,12}}来看"
            rf"|(?:该|这份|上述)?{phrase_pattern(data['papers_again'])}(?:还|也|同时|显示)"
        ).match
        self.looks_ahead = re.compile(phrase_pattern(data["looking_ahead"])).search
        self.announces = re.compile(rf"(?:^|，){phrase_pattern(data['announcing'])}").search
        self.selves = frozenset(data["selves"])


_carried = cache(_Carried)


class CreditReader:
    """One article's sources, and which of them governs a number."""

    def __init__(self) -> None:
        self.opening: str | None = None  # the outlet that opens a flash: from there to the end
        self.closing: str | None = None  # the outlet that closes it: the whole article
        self.carried: str | None = None
        self.last: str | None = None  # the last speaker: whom a pronoun means
        self._publisher: str | None = None  # the last one to publish: whose data 数据显示 are
        self._publisher_before: str | None = None
        self._texts: list[str] = []
        self._at = -1
        self._block = -1
        self._text = ""
        self._language = ""  # of a text that quotes somebody
        self._running: Credit | None = None
        self._speaker_here = False
        self._closing_here: str | None = None
        self._handed: str | None = None
        self._owner: str | None = None  # who speaks in the last quotation
        self._read_to = 0
        self._is_prepared = False
        self._is_flash = False
        self._is_begun = False
        self._is_paper = False  # a publication opens the flash, no outlet
        self._is_answered = False  # and somebody else has spoken since

    def prepare(self, texts: list[str]) -> None:
        """Looks for the outlet that closes the article."""
        self._is_prepared = True
        self._texts = texts
        is_digest = sum(text.startswith("【") for text in texts) > 1  # of flashes, each with an outlet of its own
        self._is_flash = sum(map(len, texts)) < _FLASH and not is_digest
        for text in texts[-3:] if self._is_flash else ():
            self.closing = closing_outlet(text) or self.closing

    def start_block(self, position: int) -> None:
        """A new paragraph: what was said in the one before no longer governs."""
        if position != self._block:
            self._block, self._text = position, ""

    def _enter(self, text: str, language: str) -> None:
        """A new text: what the one before hands on, and who closes this one."""
        self._text, self._read_to = text, 0
        self._language = language if any(mark in text for mark in _OPENING) else ""
        self.carried = self._running = self._handed = None
        self._speaker_here = False
        if not self._is_flash:  # data go on in the next paragraph, a paper is published in this one
            self._publisher, self._publisher_before = None, self._publisher
        self._closing_here = closing_outlet(text) if language == "zh" else None
        if not self._is_flash or (self._is_paper and self._is_answered):
            self.opening = None
        for index in range(self._at + 1, len(self._texts)):
            if len(self._texts[index]) == len(text) and self._texts[index][-1:] == text[-1:]:
                self._at = index
                break
        before = self._before(1)
        owner, self._owner = self._owner, None
        if owner is not None and before and _open_quotation(before, len(before)) >= 0:
            self._handed = owner  # a quotation of several paragraphs
        elif before.endswith(("：", ":")) or (before and text[:1] in _QUOTES and _is_long(text)):
            self._handed = self._last_of(before, language)
        elif len(text) <= _ITEM:
            self._handed = self._list_owner(language)

    def _list_owner(self, language: str) -> str | None:
        """The source of the list that a short paragraph is an item of: 官方公布的售价如下： and what follows."""
        for back in range(2, _ITEMS + 1):
            before = self._before(back)
            if before.endswith(("：", ":")):
                return self._last_of(before, language)
            if not before or len(before) > _ITEM:
                return None
        return None

    def _before(self, back: int) -> str:
        return self._texts[self._at - back].rstrip() if self._at - back >= 1 else ""

    def _last_of(self, text: str, language: str) -> str | None:
        """The last source that a paragraph names."""
        finder = credits_of(language)
        found = [c for c in finder.between(text, max(0, len(text) - _GAP), len(text)) if c.name]
        return found[-1].name if found else None

    def read(self, text: str, sentence: Sentence, language: str) -> list[Credit]:
        """Credits of the sentence, and of what was passed over before it; afterwards comes `close`."""
        if not self._is_prepared:
            self.prepare([text])
        if text is not self._text:
            self._enter(text, language)
        finder = credits_of(language)
        start = max(self._read_to, sentence.start - _GAP)
        passed: list[Credit] = []
        if start < sentence.start and (start == 0 or self._read_to < sentence.start - 8):
            passed = self._resolved(finder.between(text, start, sentence.start), language)
            self._note(text, passed)
        found = self._resolved(_outside_quotations(text, finder.find(text, sentence)), language)
        quotation = _open_quotation(text, sentence.start) if self._language else -1
        if quotation < 0 and text[sentence.start : sentence.start + 1] in _OPENING:
            quotation = sentence.start
        if quotation >= 0:
            self.carried = self._owner = self._quoted(text, quotation, finder, language)
            if self.carried is not None:  # “公司预计…” of a statement is the statement's
                close = text.find(_QUOTES.get(text[quotation], '"'), quotation + 1)
                selves = _carried().selves if language == "zh" else english_credits().selves
                found = [c for c in found if c.name not in selves and (c.is_speech or not 0 <= c.start < close)]
        else:
            self.carried = self._governing(text, sentence, language)
        self._read_to = sentence.end
        if not self._is_begun:
            self._is_begun = True
            papers = [c.name for c in (*passed, *found) if c.name and not c.is_speech and not c.is_closing]
            if self._is_flash and papers and language == "zh":
                self.opening, self._is_paper = papers[0], True
        return found

    def _resolved(self, credits_: list[Credit], language: str) -> list[Credit]:
        """The credits with pronouns replaced by the last named speaker, bare papers by their publisher."""
        resolved = []
        for credit in credits_:
            name = credit.name
            if credit.is_pronoun:
                name = self._speaker(language)
                if language != "zh" and not (name and _PERSON.fullmatch(name)):
                    # CIBC’s Marta Kowalczyk was gloomier. She sees …
                    people = _PERSON.findall(self._text, max(0, credit.start - _NEAR), credit.start)
                    name = people[-1] if people else name
                    self.last = name
                if name is None:
                    continue
            elif credit.is_bare and name is not None:
                is_data = name in chinese_credits().names.bare_data
                name = self._publisher or (self._publisher_before if is_data else name)
            elif name and credit.is_speech and not credit.is_announcement:
                self.last, self._speaker_here = name, True
            elif name:
                self._publisher = name
            resolved.append(credit if name == credit.name else replace(credit, name=name))
        return resolved

    def _speaker(self, language: str) -> str | None:
        """Whom a pronoun means: the last speaker here, or in a paragraph shortly before."""
        if not self._speaker_here:
            finder = credits_of(language)
            for back in range(1, _BLOCKS_BACK + 1):
                before = self._before(back)
                found = [c for c in finder.between(before, max(0, len(before) - _GAP), len(before)) if c.is_speech]
                if names := [c.name for c in found if c.name]:
                    self.last = names[-1]
                    break
        self._speaker_here = True
        return self.last

    def _governing(self, text: str, sentence: Sentence, language: str) -> str | None:
        """The source named earlier that still governs as the sentence begins."""
        credit = self._running
        here = text[sentence.start : sentence.end]
        if credit is None:
            return self._handed
        name = credit.name
        if name is None or (language == "zh" and _carried().is_picture(name)):
            return None
        if credit.is_outlet:
            return name
        if language == "zh":
            carried = _carried()
            if credit.is_announcement:
                goes_on = name[:2] in here or carried.announces(here) is not None
            elif credit.is_forecast:
                goes_on = carried.looks_ahead(here) is not None
            elif credit.is_speech:
                behind = text[credit.end : credit.end + 2]
                goes_on = behind.startswith("：") and behind[1:] not in _QUOTES
            else:
                goes_on = carried.goes_on(here) is not None
            if goes_on:
                return name
        self._running = None
        return None

    def _quoted(self, text: str, quotation: int, finder: CreditFinder, language: str) -> str | None:
        """Who speaks in the quotation that opens at an offset: named just before it, just behind it, or last."""
        credit = self._running
        if credit is not None and credit.name and _introduces(text, credit.end, quotation):
            return credit.name
        speaker = self._behind(text, quotation, finder, language)
        if speaker is not None:
            return speaker
        if not text[:quotation].strip():
            return self._handed or (self.last if self._at < 0 else None)
        return credit.name if credit is not None and credit.is_speech else None

    def _behind(self, text: str, quotation: int, finder: CreditFinder, language: str) -> str | None:
        """Who is named right behind the quotation that opens at an offset."""
        closer = _QUOTES.get(text[quotation], '"')
        end = text.find(closer, quotation + 1, quotation + _QUOTATION)
        if end < 0:
            return None
        behind = finder.between(text, end + 1, min(len(text), end + 91))
        behind = [c for c in behind if c.is_speech and c.start - end <= _INTRODUCED // 3]
        resolved = self._resolved(behind[:1], language)
        return resolved[0].name if resolved else None

    def source_of(self, credits_: list[Credit], position: int) -> str | None:
        """The source credited with what stands at a position of the sentence."""
        sized = [credit for credit in credits_ if credit.since and credit.since <= position <= credit.start]
        if sized:  # the $280 million analysts had forecast
            return sized[0].name
        if asked := [c for c in credits_ if c.start <= position < c.end and c.name and not c.is_speech]:
            return asked[0].name  # a poll of 1,607 people found
        before = [credit for credit in credits_ if credit.end <= position]
        if before and before[-1].is_closing and before[-1].is_speech and ";" in self._text[before[-1].end : position]:
            before = []  # …, the agency said; 340 homes were evacuated
        outlet = self._closing_here or self.opening or self.closing
        if before and before[-1].name:
            return before[-1].name
        quotation = _open_quotation(self._text, position) if self._language else -1
        if quotation >= 0 and (not before or quotation >= before[-1].end):
            finder = credits_of(self._language)
            if (speaker := self._behind(self._text, quotation, finder, self._language)) is not None:
                return speaker
        if before:
            return outlet
        closing = [credit for credit in credits_ if credit.start >= position and credit.is_closing and not credit.since]
        if closing:
            return closing[0].name
        return self.carried or outlet

    def close(self, credits_: list[Credit]) -> None:
        """Ends a sentence: its last source may be carried on within the paragraph."""
        self._note(self._text, credits_)

    def _note(self, text: str, credits_: list[Credit]) -> None:
        for credit in credits_:
            if credit.is_outlet and credit.name:
                self.opening, self._is_paper = credit.name, False
            elif credit.name and credit.is_speech and credit.name != self.opening:
                self._is_answered = True
        if credits_:
            self._running = credits_[-1]


def _introduces(text: str, end: int, quotation: int) -> bool:
    """Whether a verb of speech that ends at an offset opens the quotation: ：“, that: “."""
    return 0 <= quotation - end <= _INTRODUCED and text[end:quotation].strip(" ：:，,") in {"", "that", "道", "称"}


def _is_long(text: str) -> bool:
    """Whether a text that begins with a quotation quotes prose, not a title."""
    close = text.find(_QUOTES[text[0]])
    return close < 0 or close > _LONG


def _outside_quotations(text: str, credits_: list[Credit]) -> list[Credit]:
    """The credits without publications named in what a speaker is quoted with: X said: “Data from Y show …”."""
    for speaker in credits_:
        if not speaker.is_speech or len(credits_) == 1:
            continue
        reach = range(speaker.end, min(len(text), speaker.end + _INTRODUCED))
        opens = next((i for i in reach if text[i] in _OPENING), -1)
        if opens >= 0 and _introduces(text, speaker.end, opens):
            close = text.find(_QUOTES.get(text[opens], '"'), opens + 1)
            stop = close if close >= 0 else len(text)
            credits_ = [c for c in credits_ if c.is_speech or not opens < c.start < stop]
    return credits_


def _open_quotation(text: str, at: int) -> int:
    """Offset of the quotation mark that is open at an offset, or -1."""
    low = max(0, at - _QUOTATION)
    best = -1
    for opener, closer in _QUOTES.items():
        start = text.rfind(opener, low, at)
        if start >= 0 and text.find(closer, start, at) < 0:
            best = max(best, start)
    if best < 0 and '"' in text[low:at] and text.count('"', 0 if at < _QUOTATION else low, at) % 2:
        best = text.rfind('"', low, at)
    return best
