"""Changes in English: rose 11%, fell to $12 from $15, a 5% rise, 58% below last year, up from 40%."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from transforms.claims.changes import RATIO_KINDS, ChangeReader, Neighbour, Reading, kind_of, nearest

if TYPE_CHECKING:
    from transforms.claims.lexicon import Cue
    from transforms.claims.mentions import Mention
    from transforms.claims.sentences import Sentence

_ADVERB = (
    r"(?:a further|further|another|just|only|even|again|also|sharply|slightly|modestly|steadily|roughly|back|"
    r"all the way|some|as much as|as little as|by|an additional|additional|a net|net|the|an?|its|their|record)"
)
# What may stand between a verb of change and the size of the change.
_DIRECT = re.compile(rf"(?:\s|{_ADVERB}\b|[(\[“\"])*")
_NOUN_OF = re.compile(r"^s?(?:\s(?:in|to|for|at|on)\s[\w’' -]{2,40})?\s(?:of|by)(?:\s(?:an?|up to|as much as))?\s*$")
_BY = re.compile(r"\sby(?:\s(?:an?|an additional|another|a further|a total of))?\s*$")
_LEVEL = (
    r"\s(?:to|toward|towards)(?:\s(?:an?|the|its|just|only|between))?"
    r"(?:\s(?:record|all-time|new|average|total|low|high|level|rate|multi-year|fresh|closing|price|"
    r"as low as|as high as))*"
    r"(?:\sof)?\s*"
)
_TO = re.compile(rf"{_LEVEL}$")
_AT = re.compile(r"^\s(?:out |off )?at(?:\s(?:an?|the)(?:\s\w+)?)?\s*$")
_AT_RATE = re.compile(r"\sat (?:an?|its|the)(?:\s[\w-]+){0,3}\s(?:rate|pace|clip)(?:\sof)?\s*")
_HELD_AT = re.compile(r"(?:\s[\w’'-]+){1,6}\sat\s*")
_LEVEL_BOUND = ("below", "under", "above", "past", "beyond", "through", "toward", "near ")
_BRACKET = re.compile(r"\s?[(\[](?:(?:or|about|around|roughly|some|nearly|almost)\s)?")
_OR_GAP = re.compile(r",?\sor(?:\s(?:about|nearly|roughly|some))?\s?")
_ON_TO = re.compile(rf"[^;:]{{0,60}}?{_LEVEL}|[^;:]{{0,60}}?\sto\s(?:close|end|settle|finish)(?:\sat)?\s*")
_ON_AT = re.compile(r",?\s(?:or\s[^,]{1,20},\s)?at\s*$")
_HIGHER_AT = re.compile(r"\s(?:higher|lower|up|down|off)(?:\s\w+day)?\s(?:at|to)\s*$")
_FROM = re.compile(r"\sfrom(?:\s(?:about|around|nearly|roughly|just|an?|the))?\s*$")
_UP_FROM = re.compile(
    r"(?:(?:[^.;:()\d]|\.(?=\s\d)|(?<![\d$£€.,])\d{1,2}(?![\d%.])){0,60},)?"
    r"\s?[,(]?\s?(?:which is |was )?(?P<way>up|down|unchanged)"
    r"(?:\s\w+ly| a little| a bit)?\s(?:from|on)\b"
)
_COMPARED = re.compile(r"\s(?:percent\s|points?\s)?(?P<word>[a-z]+)\b(?P<rest>[^,;.]{0,40})")
# equal to, due to: no level that something came to
_NOT_TO = re.compile(
    r"\b(?:equal|due|according|compared|related|thanks|addition|attributed|owing|prior|subject|access|open|limited|"
    r"similar|close|next|relative|contrast)\sto\b"
)
_PASSIVE_END = re.compile(r"\s*(?:$|[.,;)]|(?:in|last|this|since|by|over|during|on|at|so|from|across)\b)")
_VERBAL = re.compile(r"\b(?:to|will|would|could|can|may|might|and|help(?:ed|s)?|than)\s*$")
_DETERMINED = re.compile(r"\s(?:the|that|what|their|its|those|his|her|our|last|this|[a-z]+[’']s)\b")
_PASSIVE_CLOSE = re.compile(r"\s*(?:$|[.,;:)]|(?:and|but)\b)")
_SIZES = frozenset({"more", "less", "fewer", "smaller", "larger", "bigger", "cheaper", "dearer", "longer", "shorter"})
_MAX_TO_GAP = 64
_MAX_BY_GAP = 80
_MAX_BEHIND = 40
_WORDS_BEFORE_NOUN = 2
_OFF = frozenset({"balls", "deliveries", "overs"})
_BARE_MULTIPLES = frozenset({"double", "triple", "quadruple", "treble"})
_SMALL_WORDS = frozenset(
    [
        "of",
        "the",
        "in",
        "to",
        "as",
        "and",
        "but",
        "on",
        "for",
        "amid",
        "after",
        "when",
        "while",
        "with",
        "from",
        "at",
        "by",
        "a",
    ]
)
_MORE = re.compile(r"\b(?:another|an? additional|a further|an extra)\s*$")
_EXTRA = re.compile(r"\s(?:extra|additional|net new)\s[a-z]")
# growth in the third quarter was 14.1%: the size of a change is the level of its noun
_GROWTH_WAS = re.compile(
    r"\b(?P<noun>growth|expansion|contraction|shrinkage)\b(?:\s(?:in|for|during|over|at|of)\s[^,;.:\d]{1,40})?(?:\s(?:alone|rate))?"
    r"\s(?:was|is|were|are|(?:will|would|could|should|may|might) be|came in(?: at)?|comes in at|stood at|stands at|"
    r"at|of|above|below|between|averaged|reached|hit|slowed to|eased to|cooled to|picked up to|quickened to|"
    r"accelerated to|greater than|faster than|to(?: be)?)(?:\s(?:be|about|around|just|only|roughly|nearly|almost))*\s*$"
)
_GROWTH = re.compile(r"\b(?P<noun>growth|expansion|contraction|shrinkage)\s*$")
_GROWTH_NOUNS = ("growth", "expansion", "contraction", "shrinkage")
_GROWTH_BACK = 90
# 10.0% (prior guidance: above 7.0%): what was foreseen of the same change
_FORESEEN = re.compile(
    r"[^.;\d]{0,40}\b(?:guidance|forecasts?|range|estimates?|expectations?|consensus|outlook|projections?|target|goal|plan)"
    r"(?:\s(?:of|for|at|from))?(?:\s(?:an?|the|up to))?[:\s]*"
)
# exports climbed 16% but imports 18.8%: the verb is said once
_GAPPED = re.compile(r"[^.;]{0,40}?(?:,|\b(?:and|but|while))\s(?P<who>(?:the\s)?[\w’'&.-]+(?:\s[\w’'&.-]+){0,3})\s?")
_WENT_FROM = re.compile(
    r"\b(?:went|goes|go|gone|going|moved?|moves|moving|swung|swings|shifted|changed|switched)\b[^,;.]{0,40}\sfrom\s"
)
_REACHING = re.compile(r",?\s(?:reaching|hitting|totall?ing|to reach|to hit)(?:\s(?:an?|the|record))*\s*")
_WAYS = {"up": "increase", "down": "decrease", "unchanged": "unchanged"}


class EnglishChanges(ChangeReader):
    """Ties English verbs, nouns and comparatives of change to numbers."""

    last_change: Neighbour | None = None  # the last number that said how much something changed

    def read(self, sentence: Sentence, mention: Mention, reading: Reading, before: Neighbour | None) -> None:
        """Sets role and change of the reading, and its lead where a verb belongs to the number."""
        super().read(sentence, mention, reading, before)
        if reading.role == "change" and kind_of(mention) == "percent":
            self.last_change = Neighbour(mention, reading)

    def _continues(self, sentence: Sentence, mention: Mention, reading: Reading, before: Neighbour) -> bool:
        earlier, text = before.reading, self.lower
        gap = text[before.mention.end : reading.lead]
        if earlier.change is None or len(gap) > _MAX_TO_GAP:
            return False
        if _BRACKET.fullmatch(text, before.mention.end, mention.start) and text[mention.end : mention.end + 1] in ")]":
            reading.role, reading.change, reading.basis = earlier.role, earlier.change, earlier.basis
            return True  # by 1.1 mmol/L (about 42 mg/dL)
        if earlier.role != "change":
            return False
        if kind_of(mention) == kind_of(before.mention) == "percent" and _FORESEEN.fullmatch(gap):
            reading.role, reading.change = "change", earlier.change
            return True
        if _OR_GAP.fullmatch(gap):  # shed 109 points, or 0.3%
            reading.role, reading.change, reading.basis = "change", earlier.change, earlier.basis
            return True
        has_verb = nearest(sentence, before.mention.end, reading.lead, ("verb",)) is not None
        is_on = (not has_verb and (_ON_TO.fullmatch(gap) or _ON_AT.fullmatch(gap))) or _HIGHER_AT.fullmatch(gap)
        is_on = is_on or _REACHING.fullmatch(gap)  # doubled, reaching €268.5m
        if is_on:  # rose 0.9 percent to 2,232.05; settled 88 cents higher at $92.38
            reading.change = earlier.change
            if mention.unit is before.mention.unit and self._is_from(before.mention):
                earlier.role, earlier.change = "level", None  # rose from $10 to $12
            return True
        return False

    def _is_from(self, mention: Mention) -> bool:
        return _FROM.search(self.lower[max(0, mention.start - 18) : mention.start]) is not None

    def _is_growth(self, mention: Mention, reading: Reading) -> bool:
        """Growth of 5%, growth in the quarter alone was 14.1%."""
        low = max(0, reading.lead - _GROWTH_BACK)
        window = self.lower[low : reading.lead]
        if not any(noun in window for noun in _GROWTH_NOUNS):
            return False
        found = _GROWTH_WAS.search(self.lower, low, reading.lead)
        if found is None and reading.lead < mention.start:
            found = _GROWTH.search(self.lower, low, reading.lead)  # sales growth above 10%
        if found is None:
            return False
        reading.role, reading.change = "change", self.words.nouns.get(found["noun"], "increase")
        return True

    def _is_gapped(self, sentence: Sentence, mention: Mention, reading: Reading, floor: int) -> bool:
        """Exports climbed 16% to $349 billion but imports 18.8%: who else did the same, by how much."""
        at = bisect_left(sentence.mentions, mention.start, key=lambda other: other.start)
        floor = sentence.mentions[at - 1].end if at else floor
        found = _GAPPED.fullmatch(self.lower, floor, reading.lead)
        if found is None or not self.words.not_gapped.isdisjoint(found["who"].split()):
            return False  # with a margin of 4%, and unemployment 4.3%
        if nearest(sentence, floor, reading.lead, ("verb", "to", "noun")) is not None:
            return False
        last = self.last_change
        if last is None or last.mention.start < sentence.start or floor - last.mention.end > _MAX_BY_GAP:
            return False
        after = self.lower[mention.end : mention.end + 4]
        if last.mention.end != floor and not after.startswith(" to"):
            return False
        reading.role, reading.change = "change", last.reading.change
        return True

    def _before(self, sentence: Sentence, mention: Mention, reading: Reading, floor: int) -> bool:
        is_percent = kind_of(mention) == "percent"
        if is_percent and self._is_growth(mention, reading):
            return True
        found = nearest(sentence, floor, reading.lead, ("verb", "to", "noun"))
        if found is None:
            start = max(sentence.clause_of(mention.start)[0], sentence.start)
            if start < floor and self._from_to(sentence, mention, reading, start, floor):
                return True
            return is_percent and self._is_gapped(sentence, mention, reading, floor)
        (begin, stop), cue = found
        gap, word = self.lower[stop : reading.lead], self.lower[begin:stop]
        if cue.value == "unchanged":
            is_holding = word in self.words.holding  # left its key rate at
            if not (_HELD_AT.fullmatch(gap) if is_holding else gap.strip() in {"", "at", "on", "near", "around"}):
                return False
            reading.change, reading.lead = "unchanged", begin
            return True
        if gap.strip() in {"from", "to from", "from the", "from a"}:
            return False
        if self._is_level(mention, reading, gap) and self._change_named(mention) is None:
            reading.change, reading.lead = cue.value, begin
            return True
        if not self._is_size(mention, reading, gap, cue, word):
            return False
        reading.role, reading.change, reading.lead = "change", cue.value, begin
        return True

    def _from_to(self, sentence: Sentence, mention: Mention, reading: Reading, start: int, floor: int) -> bool:
        """Rose from $10 to $12: the verb stands before the number it came from."""
        if not re.fullmatch(
            r"[^,;]{0,30}\sto\b\s*(?:(?:about|around|nearly|roughly)\s*)?", self.lower[floor : reading.lead]
        ):
            return False
        last = next((m for m in reversed(sentence.mentions) if m.end == floor), None)
        if last is not None and _WENT_FROM.search(self.lower, start, last.start) and self._is_from(last):
            values = last.value, mention.value  # went from 4.1% to 11.6%
            if values[0] is not None and values[1] is not None and values[0] != values[1]:
                reading.change = "increase" if values[0] < values[1] else "decrease"
                return True
        found = (
            nearest(sentence, start, last.start, ("verb", "to")) if last is not None and self._is_from(last) else None
        )
        if found is None:
            return False
        reading.change = found[1].value
        return True

    def _change_named(self, mention: Mention) -> str | None:
        """The direction of the noun right behind an attributive number: adding to a four-basis-point drop."""
        if "-" not in self.lower[mention.start : mention.end] and kind_of(mention) not in RATIO_KINDS:
            return None
        found = re.match(r"[\s-]([a-z]+)\b", self.lower[mention.end : mention.end + 20])
        return self.words.nouns.get(found[1]) if found is not None else None

    def _is_level(self, mention: Mention, reading: Reading, gap: str) -> bool:
        if mention.kind == "digits":
            return False  # grew at a single-digit rate
        bounded = self.lower[reading.lead : mention.start].lstrip()
        if bounded.startswith(_LEVEL_BOUND):
            return len(gap) <= 12  # fell below 3%: a level crossed, not the size of a change
        is_to = len(gap) <= _MAX_TO_GAP and _TO.search(gap) is not None and not _NOT_TO.search(gap)
        return is_to or _AT.match(gap) is not None

    def _is_size(self, mention: Mention, reading: Reading, gap: str, cue: Cue, word: str) -> bool:
        kind = kind_of(mention)
        if mention.unit_text in _OFF:
            return False  # 104 runs off 88 balls
        if word in self.words.level_only or (word in self.words.results and kind == "money"):
            return False  # brings the total to; a loss of £76m
        if len(gap) <= _MAX_BY_GAP and _BY.search(gap):
            return True  # increased its dividend by 5%
        if self.words.is_noun(word):
            is_of = len(gap) <= _MAX_TO_GAP and _NOUN_OF.match(gap) is not None
            if is_of and (kind in RATIO_KINDS or word not in self.words.ratio_only or gap.startswith(("s of", " of"))):
                return True
        if mention.kind == "digits" and gap.strip() in {"at", "at a", "in", "in the", "to", "by"}:
            return True  # grew at a single-digit rate, in the low single digits
        if cue.role == "verb" and _AT_RATE.fullmatch(gap) and kind == "percent":
            return True  # rose at an annual rate of 4.5%
        if cue.role == "noun":
            return not gap.strip() and kind in RATIO_KINDS
        direct = _DIRECT.match(gap)
        if direct is None or direct.end() < len(gap):
            return False
        is_staff = self.lower[mention.start : mention.end].endswith(self.words.staff)  # sheds 46,000 jobs
        if kind in RATIO_KINDS or word not in self.words.ratio_only or is_staff:
            return True
        after = self.lower[mention.end : mention.end + _MAX_BEHIND]
        return (
            re.match(r"(?:[^.;,]{0,24}\s|,?\s)to\s(?:about\s|close at\s)?[$€£¥\d]", after) is not None
        )  # lost 31 cents to $85

    def _behind(self, sentence: Sentence, mention: Mention, reading: Reading, end: int) -> None:
        named = self._change_named(mention)
        if named is not None:  # a quarter-point cut, up from …
            reading.role, reading.change = "change", named
            return
        if self.lower.startswith(("-", "−"), mention.start) and self.lower[mention.start - 1 : mention.start] == "(":
            reading.role, reading.change = "change", "decrease"  # British Columbia (-16,000)
            return
        up = _UP_FROM.match(self.lower, mention.end, mention.end + 96)
        if up is not None:
            reading.change = _WAYS[up["way"]]
            return
        if not (self._compared(mention, reading) or self._added(mention, reading) or self._passive(mention, reading)):
            self._noun_behind(sentence, mention, reading, end)

    def _added(self, mention: Mention, reading: Reading) -> bool:
        """Another 12,000, 9.1 million net new subscribers."""
        is_more = _MORE.search(self.lower, max(0, reading.lead - 16), reading.lead) is not None
        if is_more or _EXTRA.match(self.lower, mention.end) is not None:
            reading.role, reading.change = "change", "increase"
            return True
        return False

    def _compared(self, mention: Mention, reading: Reading) -> bool:
        """58% below the same week, 88 cents higher, 130,000 bpd less than."""
        found = _COMPARED.match(self.lower, mention.end)
        if found is None:
            return False
        word, kind = found["word"], kind_of(mention)
        way = self.words.comparatives.get(word)
        if way is None:
            is_er = word.endswith("er") and len(word) > 4 and found["rest"].lstrip().startswith("than")
            way = "increase" if is_er and kind in {"percent", "multiple", "percentage_point"} else None
        if way is None:
            return False
        is_last = word != "more" or kind != "count"  # 6,118 students smaller, £2.10 a week more; not 50 more
        is_last = is_last and _PASSIVE_CLOSE.match(self.lower, found.start("rest")) is not None and word in _SIZES
        is_plain = word in {"higher", "lower", "cheaper"} or kind in {"percent", "multiple"} or is_last
        is_than = re.search(r"\bthan\b", found["rest"]) is not None
        if (
            is_plain
            or (kind in RATIO_KINDS and (is_than or word in {"above", "below"}))
            or (is_than and word != "above")
        ):
            reading.role, reading.change = "change", way
            return True
        return False

    def _passive(self, mention: Mention, reading: Reading) -> bool:
        """57.4 GW added last year, 14,000 jobs cut."""
        found = re.match(r"\s(?:[a-z-]+\s)??(?P<word>[a-z]+)\b", self.lower[mention.end : mention.end + _MAX_BEHIND])
        way = self.words.passives.get(found["word"]) if found is not None else None
        if found is None or way is None or not _PASSIVE_END.match(self.lower, mention.end + found.end()):
            return False
        reading.role, reading.change = "change", way
        return True

    def _noun_behind(self, sentence: Sentence, mention: Mention, reading: Reading, end: int) -> None:
        """5% increase, a 25-basis-point cut, a $5 discount."""
        kind = kind_of(mention)
        is_attributive = (
            "-" in self.lower[mention.start : mention.end] or mention.kind == "digits" or kind in RATIO_KINDS
        )
        limit = min(end, mention.end + _MAX_BEHIND)
        for begin, stop, cues in sentence.cues:
            if begin < mention.end:
                continue
            if begin > limit:
                return
            cue = next((c for c in cues if c.role in {"verb", "to", "noun"}), None)
            if cue is None:
                continue
            gap = self.lower[mention.end : begin]
            words = gap.split()
            word = self.lower[begin:stop]
            is_noun = cue.role == "noun" or self.words.is_noun(word)
            is_near = len(words) <= _WORDS_BEFORE_NOUN and not _SMALL_WORDS & set(words) and "," not in gap
            if is_noun and is_near and cue.value != "unchanged" and (is_attributive or (kind == "money" and not words)):
                reading.role, reading.change = "change", self.words.nouns.get(word.removesuffix("s"), cue.value)
            return

    def is_comparison(self, mention: Mention, reading: Reading) -> bool:
        """Double the placebo rate: so many times another level, no change."""
        word = self.lower[mention.start : mention.end]
        return (
            word in _BARE_MULTIPLES
            and _DETERMINED.match(self.lower, mention.end) is not None
            and not _VERBAL.search(self.lower[max(0, reading.lead - 8) : reading.lead])
        )
