"""Claims of an article's blocks, or of plain text: scan, grammar, context, one row a number."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick

from transforms.claims.attribution import CreditReader
from transforms.claims.cells import TableReader
from transforms.claims.changes import Reading
from transforms.claims.confidence import confidence_of
from transforms.claims.context import ContextReader, Standing
from transforms.claims.grammar import combine
from transforms.claims.implied import imply_unit, name_unit
from transforms.claims.keys import fold_key
from transforms.claims.languages import chinese_topics, english_topics, scanner_of
from transforms.claims.lexicon import Lexicon, load_lexicon
from transforms.claims.loose import loose_reader
from transforms.claims.numerals import VULGAR
from transforms.claims.period_align import align_periods
from transforms.claims.period_carry import Carrier
from transforms.claims.period_untimed import is_untimed
from transforms.claims.periods import Period, PeriodReader, calendar_spans, choose_period
from transforms.claims.salience import weigh
from transforms.claims.sentences import Sentence, is_heading, lower_of, split_sentences
from transforms.claims.table_headers import is_unit_line
from transforms.claims.topics import MAX_COUNTED_CHARS, Topic
from transforms.ids import stable_id
from transforms.limits import refuse
from transforms.records import Block, Claim

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from transforms.claims.mentions import Mention

_LETTERED = re.compile(r"[\u3400-\u9fff]|[A-Za-z]{3}")
_CJK_HIGH = bytes(range(0x34, 0xA0))  # high bytes of U+3400 to U+9FFF in UTF-16
_LETTERS = string.ascii_letters.encode()
_SAMPLE_CHARS = 400
_UNNAMED = (None, None, None)
_DATED = frozenset("年季月")  # what a heading that names a time in Chinese holds
# A block without any of these holds no number; checked before anything is folded.
_HAS_NUMBER = re.compile(rf"[0-9０-９零一二三四五六七八九十百千万亿两半几数壹贰翻腰減减对億萬兩％%{VULGAR}]")
# Furniture of a page (阅读 3分钟, 12 comments) stands in short lines.
_FURNITURE_CHARS = 40


def language_of(text: str) -> str:
    """The scanner language of a text: "zh" where Chinese characters weigh in, else "en"."""
    if text.isascii():
        return "en"
    sample = text[:_SAMPLE_CHARS]
    high = sample.encode("utf-16-be", "surrogatepass")[::2]
    chinese = len(high) - len(high.translate(None, _CJK_HIGH))
    if not chinese:
        return "en"
    plain = sample.encode("ascii", "ignore")
    return "zh" if chinese * 6 >= len(plain) - len(plain.translate(None, _LETTERS)) else "en"


@cache
def _english_numbers() -> AhoCorasick:
    data = load_lexicon("en").data
    groups = ("digits", "tens", "scales", "plural_scales", "fractions", "multiples", "words")
    few = {f"{word} {unit}" for word in data["few"]["words"] for unit in data["few"]["units"]}
    words = {word for group in groups for word in data[group]} | few
    return AhoCorasick(sorted(words | {"half", "teens", *data["ordinals"]["words"]}))


def _spells_number(text: str) -> bool:
    """Whether a text without digits holds an English number word."""
    lower = load_lexicon("en").fold(text).lower()
    return any(
        start == 0 or not lower[start - 1].isalpha()
        for _, start, _ in _english_numbers().find_matches_as_indexes(lower)
    )


_MAX_LABEL = 40
_LABEL = re.compile(r"[\u4e00-\u9fff（）()/·A-Za-z]{2,16}|[A-Z][A-Za-z'’&/ ()-]+")
_AROUND = " \t\n约超近+左右以上。.;；"
_READ = frozenset({"zh", "en"})
# What is to come names the next of its periods: 三季度 is the one not yet over.
_AHEAD = frozenset({"forecast", "target"})


class TextReader:
    """Reads one article's texts in order: the running period and the last subject go from block to block."""

    def __init__(self, *, language: str | None = None, published: date | None = None, most: int | None = None) -> None:
        self.numbers = 0  # read so far; more than `most` are too many
        self.most = most
        self.language = language.split("-")[0].lower() if language else None
        self.published = published
        self._periods: dict[str, PeriodReader] = {}
        self._carrier = Carrier(published)
        self._title = ""
        self._credits = CreditReader()
        self._topic = Topic()
        self._standing = Standing()
        self._label: str | None = None  # of a pair of blocks: 总投资 | 12.6亿元
        self._written: dict[str, str] = {}  # folded name → as the page has it

    def prepare(self, texts: list[str]) -> None:
        """Looks over the whole article, title first, for what governs it from afar; comes before the first `read`."""
        self._title = texts[0] if texts else ""
        self._credits.prepare(texts)
        self._topic.text = "\n".join(texts)[:MAX_COUNTED_CHARS]

    def read(self, text: str, *, block_position: int = 0, heading_id: str | None = None) -> list[Claim]:
        """Claims of one text in order; offsets point into it."""
        label, self._label = self._label, label_of(text)
        claims = self._read(text, block_position, heading_id)
        if label is not None and len(claims) == 1 and claims[0].metric is None and _is_all(claims[0], text):
            return [replace(claims[0], metric=label)]
        return claims

    def _read(self, text: str, block_position: int, heading_id: str | None) -> list[Claim]:
        language = language_of(text)
        self._standing.modality.enter(text, language)
        if not (_HAS_NUMBER.search(text) or (language == "en" and _spells_number(text))):
            self._carrier.head(text, ())
            return []
        scanner = scanner_of(language)
        lexicon = scanner.lexicon
        folded = lexicon.fold(text)
        mentions = scanner.scan(folded)
        self._count(len(mentions))
        if not mentions:
            self._head(text, folded, language)
            return []
        spans = calendar_spans(folded, language)
        periods = self._period_reader(language)
        mentions = combine(
            folded, _outside(mentions, spans), lexicon.data["negatives"]["words"], loose_reader(language)
        )
        if not mentions or (len(text) <= _FURNITURE_CHARS and _is_furniture(folded, mentions, lexicon)):
            self._head(text, folded, language)
            if spans:
                # 2021年9月…第二年5月: dates without figures carry the text's own calendar on
                self._carrier.end_block(text, periods.read(folded))
            return []
        lower = folded if language == "zh" else lower_of(folded)
        sentences = split_sentences(folded, lower, mentions, lexicon)
        context = ContextReader(lexicon, folded, lower, self.published, self._standing)
        claims: list[Claim] = []
        self._credits.start_block(block_position)
        self._carrier.start_block(text)
        seen = 0
        for sentence in sentences:
            readings = context.read(sentence)
            credited = self._credits.read(folded, sentence, language)
            if sentence.start > seen:
                passed = periods.read_within(folded, seen, sentence.start)
                self._carrier.pass_over(folded, seen, sentence.start, passed)
            seen = sentence.end
            dated = periods.read_within(folded, sentence.start, sentence.end)
            carried = self._carrier.into(folded, sentence, dated, readings, language)
            aligned = align_periods(folded, sentence, dated)
            figures: list[tuple[Mention, Reading, Period | None]] = []
            told: set[int] = set()  # where the periods begin that facts of the sentence are of
            frame = chinese_topics().frame(folded, sentence, dated) if language == "zh" else None
            for mention, reading in zip(sentence.mentions, readings, strict=True):
                imply_unit(folded, sentence, mention, reading, lexicon)
                if mention.unit is None:
                    continue
                weigh(lower, mention, reading, lexicon)
                if frame is not None:
                    metric, subject = chinese_topics().read(folded, sentence, frame, mention, reading, self._topic)
                else:
                    metric, subject = english_topics().read(folded, lower, sentence, mention, reading, self._topic)
                if language == "zh":
                    name_unit(mention, metric)
                clause = sentence.clause_of(mention.start)
                period = aligned.get(mention.start) or choose_period(dated, mention.start, clause[0], clause[1])
                untimed = is_untimed(folded, sentence, mention, reading, period, metric, language)
                if untimed:
                    period = None
                if period is not None and reading.modality not in _AHEAD:
                    told.add(period.start)
                elif period is not None and period.start not in told:
                    period = period.for_forecast()  # unless a fact of it has been told: 三季度营收5亿元，市场预期6亿元
                if period is not None and folded is not text:
                    period = replace(period, text=text[period.start : period.end])
                if period is None and not untimed and self._carrier.reaches(mention, reading, language):
                    period = carried
                figures.append((mention, reading, period))
                source = self._credits.source_of(credited, mention.start)
                named = [self._as_written(name, folded, text) for name in (metric, subject, source)]
                claims.append(
                    self._claim(text, sentence, mention, reading, period, named, language, block_position, heading_id)
                )
            self._credits.close(credited)
            self._carrier.close(folded[sentence.start : sentence.end], figures, language)
        self._carrier.end_block(text, dated)
        return claims

    def _count(self, numbers: int) -> None:
        self.numbers += numbers
        if self.most is not None and self.numbers > self.most:
            raise refuse("claims", "too_many_numbers", "numbers", self.most)

    def _head(self, text: str, folded: str, language: str) -> None:
        """Lets a line without figures head the paragraphs that follow."""
        if is_heading(text):
            is_dated = not _DATED.isdisjoint(text)
            self._carrier.head(text, self._period_reader(language).branch().read(folded) if is_dated else ())

    def _as_written(self, name: str | None, folded: str, text: str) -> str | None:
        """The name in the characters of the page: full-width and variant forms as they stand there."""
        if name is None or (folded is text and name not in self._written):
            return name
        at = folded.find(name)
        if at >= 0:
            self._written[name] = text[at : at + len(name)]
        return self._written.get(name, name)

    def read_table(self, cells: Sequence[Block], caption: str | None) -> list[Claim]:
        """Claims of one table's cells; `caption` is the text just before them, which may state their unit."""
        sample = " ".join(cell.text for cell in cells[:40])
        # A table of nothing but numbers is in the article's language.
        is_open = self.language in {"zh", "en"} and _LETTERED.search(sample) is None
        language = self.language if self.language is not None and is_open else language_of(sample)
        if caption is not None and "\n" in caption:
            caption = None

        def read_text(cell: Block) -> list[Claim]:
            return self.read(cell.text, block_position=cell.block_position, heading_id=cell.heading_id)

        def make(cell: Block, mention: Mention, period: Period | None) -> Claim:
            sentence = Sentence(0, len(cell.text), [mention], [], [])
            return self._claim(
                cell.text,
                sentence,
                mention,
                Reading(),
                period,
                _UNNAMED,
                language,
                cell.block_position,
                cell.heading_id,
            )

        table = TableReader(language, self._period_reader(language).branch(), read_text)
        return table.read(cells, caption, make)

    def _period_reader(self, language: str) -> PeriodReader:
        reader = self._periods.get(language)
        if reader is None:
            reader = self._periods[language] = PeriodReader(self.published, language)
            self._carrier.begin(self._title, reader.read_title(self._title))
        return reader

    def _claim(
        self, text: str, sentence: Sentence, mention: Mention, reading: Reading, period: Period | None,
        named: Sequence[str | None], language: str, block_position: int, heading_id: str | None,
    ) -> Claim:  # fmt: skip
        metric, subject, attribution = named
        unit = mention.unit
        assert unit is not None
        kind = unit.kind
        value = mention.value
        value_si = None
        if unit.si is not None and value is not None and reading.role != "change":
            value_si = value * unit.to_si + unit.offset
        elif unit.si is not None and value is not None:
            value_si = value * unit.to_si
        symbol = f"{unit.symbol}/{mention.denominator}" if mention.denominator else unit.symbol
        return Claim(
            block_position=block_position, char_start=mention.start, char_end=mention.end,
            quote=text[mention.start : mention.end], sentence=text[sentence.start : sentence.end], kind=kind,
            value=value, value_low=mention.low, value_high=mention.high, comparator=reading.comparator,
            unit=symbol, unit_text=mention.unit_text, dimension=unit.dimension, language=language, rule=mention.rule,
            published_date=self.published, heading_id=heading_id, currency=unit.currency,
            is_currency_inferred=mention.is_currency_inferred, value_si=value_si,
            unit_si=unit.si if value_si is not None else None, role=reading.role, change=reading.change,
            change_pct=reading.change_pct, basis=reading.basis,
            metric=metric, subject=subject, attribution=attribution,
            period_text=period.text if period else None, period_start=period.first if period else None,
            period_end=period.last if period else None,
            modality=reading.modality, is_negated=reading.is_negated,
            salience="minor" if mention.is_minor else "key", confidence=confidence_of(mention),
        )  # fmt: skip


def label_of(text: str) -> str | None:
    """The name that a block gives to the number in the block behind it; None for anything but a short name.

    >>> label_of("总投资："), label_of("Opened in 2019"), label_of("好的。")
    ('总投资', None, None)
    """
    if len(text) > _MAX_LABEL:
        return None
    name = text.strip().rstrip("：:")
    return name if _LABEL.fullmatch(name) else None


def _is_all(claim: Claim, text: str) -> bool:
    """Whether a claim is all that a text says."""
    return not text[: claim.char_start].strip(_AROUND) and not text[claim.char_end :].strip(_AROUND)


def _outside(mentions: Iterable[Mention], spans: Sequence[tuple[int, int]]) -> list[Mention]:
    """The mentions that no calendar date covers."""
    kept = []
    index = 0
    for mention in mentions:
        while index < len(spans) and spans[index][1] <= mention.start:
            index += 1
        if (
            index < len(spans)
            and spans[index][0] < mention.end
            and not (spans[index][0] >= mention.start and spans[index][1] < mention.end)
        ):
            continue
        kept.append(mention)
    return kept


def _is_furniture(text: str, mentions: Sequence[Mention], lexicon: Lexicon) -> bool:
    words = lexicon.data["furniture"]
    first, last = mentions[0], mentions[-1]
    before, after = text[: first.start].rstrip(" ：:(（约").lower(), text[last.start : last.end + 16].lower()
    number = after.lstrip("0123456789.,+万kK")
    return (
        before in words["before"]
        or number.strip() in {word.strip() for word in words["after"]}
        or any(number.startswith(word) and len(text) <= len(word) + 24 for word in words["after"] if len(word) > 4)
    )


def extract_block_claims(
    blocks: Sequence[Block],
    *,
    article_id: str = "",
    title: str | None = None,
    language: str | None = None,
    published: date | None = None,
    most: int | None = None,
) -> tuple[Claim, ...]:
    """Claims of an article's blocks in order, with their ids; code blocks bear none.

    Raises RejectError (stage "claims", code "too_many_numbers") where the blocks hold more than `most` numbers.
    An article in another language than Chinese or English has none: 14.000 m² and 0,5 % would be read wrong there.
    """
    if language and language.split("-")[0].lower() not in _READ:
        return ()
    reader = TextReader(language=language, published=published, most=most)
    reader.prepare([title or "", *(block.text for block in blocks)])
    claims: list[Claim] = []
    at = 0
    while at < len(blocks):
        block = blocks[at]
        if block.kind == "cell":
            stop = at
            while (
                stop < len(blocks) and blocks[stop].kind == "cell" and blocks[stop].table_number == block.table_number
            ):
                stop += 1
            claims += reader.read_table(blocks[at:stop], blocks[at - 1].text if at else None)
            at = stop
            continue
        states_unit = at + 1 < len(blocks) and blocks[at + 1].kind == "cell" and is_unit_line(block.text)
        if block.kind != "code" and not states_unit:
            claims += reader.read(block.text, block_position=block.block_position, heading_id=block.heading_id)
        at += 1
    return tuple(finish(claims, article_id))


def finish(claims: Iterable[Claim], article_id: str) -> list[Claim]:
    """The claims with ids, joining keys and repeats set: what needs the whole article."""
    occurrences: dict[tuple[str, str], int] = {}
    firsts: dict[tuple[object, ...], str] = {}
    done = []
    for claim in claims:
        place = (claim.quote, claim.sentence)
        occurrences[place] = occurrences.get(place, 0) + 1
        claim_id = stable_id(article_id, "claim", claim.quote, claim.sentence, str(occurrences[place]))
        metric_key, subject_key = fold_key(claim.metric), fold_key(claim.subject)
        same = (
            subject_key,
            metric_key,
            claim.value,
            claim.value_low,
            claim.value_high,
            claim.unit,
            claim.period_start,
            claim.period_end,
            claim.period_text if claim.period_start is None else None,
        )
        repeat_of = firsts.get(same) if metric_key or subject_key else None
        firsts.setdefault(same, claim_id)
        done.append(
            replace(
                claim,
                claim_id=claim_id,
                article_id=article_id,
                metric_key=metric_key,
                subject_key=subject_key,
                repeat_of=repeat_of,
            )
        )
    return done
