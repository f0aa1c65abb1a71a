"""Articles as rows, made from the bundled samples and a seed, far faster than pages could be extracted.

A sample is extracted once; each copy has its own URI, ids, day, figures and prose, and keeps every constraint of
the tables. Samples are shorter than what is read in earnest: copies have some 40 blocks, 3 to 8 KB of text and 25
metadata rows. Figures keep quote and value in step. The prose is words in no order, so that it does not compress
much better than a text that says something. The same seed, number and revision give the same rows.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from transforms import RejectError, extract
from transforms.frames import document_frames, frames_to_tables
from transforms.ids import stable_id
from transforms.records import format_decimal
from transforms.tables import DOCUMENT_TABLES, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SAMPLES = Path(__file__).parent.parent / "flows" / "samples"
SEED = 20240515
FIRST_DAY = date(2015, 1, 1)
ARTICLES_A_DAY = 30
BLOCKS = 40
METADATA_ROWS = 25
TEXT_BYTES = (3_000, 8_000)
# Prose is cut out of so long a text that the stretch zstd looks back on seldom holds the same words.
PROSE_WORDS = 2_000_000
# A scale with more digits was divided with a remainder: the number is not simply scaled.
MAX_SCALE_DIGITS = 12
NUMBER = re.compile(r"(?<![\d.,])[1-9][0-9]{0,5}(\.[0-9]{1,3})?(?![\d.,])")

TAG_CHARS = 8
OTHER_DIGITS = str.maketrans("123456789", "234567891")
# Ids that are hashes of the article and something in it; ids of the sample stand for the latter.
OWN_IDS = {"heading_id", "parent_heading_id", "claim_id", "repeat_of"}
# Columns of claims that change with the number that is written, or are read to change them.
FOLLOWING = (
    "char_start", "char_end", "quote", "sentence", "value", "value_text", "value_low", "value_high", "value_si",
    "change_pct",
)  # fmt: skip

Rows = dict[str, list[Any]]  # column → values


@dataclass(frozen=True, slots=True)
class Script:
    """How prose of a language is put together."""

    word: re.Pattern[str]
    between: str
    comma: str
    stop: str
    bytes_a_char: int


SCRIPTS = {
    "zh": Script(re.compile("[\u4e00-\u9fff]{2}"), "", "，", "。", 3),
    "en": Script(re.compile(r"\b[a-z]{2,}\b"), " ", ", ", ".", 1),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a block that may be any other of the same length, and the claim that is read from it."""

    block: int
    start: int
    written: str
    claim: int
    scale: Decimal  # the claim's value for each of what is written


class Template:
    """The rows of one extracted sample, made longer, and what differs in its copies."""

    def __init__(self, tables: dict[str, pa.Table]) -> None:
        self.tables: dict[str, Rows] = {name: tables[name].to_pydict() for name in DOCUMENT_TABLES}
        self.article: dict[str, Any] = {name: values[0] for name, values in self.tables["articles"].items()}
        self.language: str = self.article["language"]
        blocks = self.tables["blocks"]
        self.own_bytes = len(self.article["text"].encode())
        self.places = {position: row for row, position in enumerate(blocks["block_position"])}
        self.figures = tuple(self._figures())
        claims = self.tables["claims"]
        self.claim_blocks = [self.places[position] for position in claims["block_position"]]
        pairs = zip(claims["sentence"], self.claim_blocks, strict=True)
        self.sentence_starts = [blocks["text"][block].find(sentence) for sentence, block in pairs]
        self.fillers = self._lengthened()

    def _figures(self) -> Iterator[Figure]:
        claims = self.tables["claims"]
        rows = [dict(zip(claims, values, strict=True)) for values in zip(*claims.values(), strict=True)]
        repeated = {row["repeat_of"] for row in rows} | {row["claim_id"] for row in rows if row["repeat_of"]}
        for number, row in enumerate(rows):
            found = list(NUMBER.finditer(row["quote"]))
            spans = sum(
                other["block_position"] == row["block_position"]
                and other["char_start"] < row["char_end"]
                and row["char_start"] < other["char_end"]
                for other in rows
            )
            bounds = {row["value_low"], row["value_high"], row["value"], row["change_pct"] and abs(row["change_pct"])}
            # Another number must change this row alone, and all of it that follows from the number.
            is_plain = len(found) == 1 and spans == 1 and bounds <= {None, row["value"]}
            if not (is_plain and row["value"]) or row["claim_id"] in repeated:
                continue
            start = row["char_start"] + found[0].start()
            scale = Decimal(row["value_text"]) / Decimal(found[0][0])
            if len(scale.as_tuple().digits) <= MAX_SCALE_DIGITS:
                yield Figure(self.places[row["block_position"]], start, found[0][0], number, scale)

    def _lengthened(self) -> int:
        """Adds rows to blocks and metadata whose texts the copies fill in; how many are blocks."""
        blocks, metadata = self.tables["blocks"], self.tables["metadata"]
        fillers, last = max(1, BLOCKS - len(blocks["text"])), blocks["block_position"][-1]
        heading = blocks["heading_id"][-1]
        for number in range(fillers):
            row = {"block_position": last + 1 + number, "kind": "paragraph", "text": "", "heading_id": heading}
            for name, values in blocks.items():
                values.append(row.get(name))
        tags = [p for f, p in zip(metadata["field"], metadata["position"], strict=True) if f == "tags"]
        start = max(tags, default=-1) + 1
        for position in range(start, start + METADATA_ROWS - len(metadata["field"])):
            row = {"field": "tags", "position": position, "source": "meta", "is_chosen": False}
            for name, values in metadata.items():
                values.append(row.get(name))
        return fillers


class GeneratedRows:
    """Articles by number; the samples are read when it is made."""

    def __init__(self, seed: int = SEED) -> None:
        self.seed = seed
        documents = list(_documents())
        stamp: Any = {"run_id": "", "extracted_at": datetime(2020, 1, 1, tzinfo=UTC)}
        self.templates = [Template(frames_to_tables(document_frames([d], **stamp))) for d in documents]
        self._texts = {name: [t.article["text"] for t in self.templates if t.language == name] for name in SCRIPTS}

    def tables(
        self,
        numbers: Iterable[int],
        *,
        run_id: str,
        extracted_at: datetime,
        revision: int = 0,
        source: str = "generated",
    ) -> dict[str, pa.Table]:
        """The rows of these articles in the declared schemas.

        `revision` stands for an edit of the page: of its title and of one figure, so that every table has other rows.
        """
        collected: dict[str, Rows] = {name: {c: [] for c in TABLES[name].names} for name in DOCUMENT_TABLES}
        for number in numbers:
            for name, rows in self._copy(number, revision, source).items():
                for column, values in rows.items():
                    collected[name][column] += values
        size = len(collected["articles"]["article_id"])
        collected["articles"] |= {"run_id": [run_id] * size, "extracted_at": [extracted_at] * size}
        return {
            name: pa.table([pa.array(rows[f.name], f.type) for f in TABLES[name].schema], schema=TABLES[name].schema)
            for name, rows in collected.items()
        }

    def _copy(self, number: int, revision: int, source: str) -> dict[str, Rows]:
        """The rows of one article, all columns but those a run stamps."""
        rng = random.Random(f"{self.seed}/{number}")
        template = self.templates[rng.randrange(len(self.templates))]
        texts, claims = self._texts_of(template, rng, revision)
        named = self._named(template.article, number, source, rng)
        named["title"] += f" ({revision})" if revision else ""
        named |= {"text": "\n".join(texts), "content_sha256": sha256(page(number, revision)).hexdigest()}
        named["char_count"] = len(named["text"])
        rows = dict(template.tables)
        rows["articles"] = {name: [value] for name, value in (template.article | named).items()}
        rows["metadata"] = rows["metadata"] | {"value": self._values(template, rng, named)}
        rows["blocks"] = rows["blocks"] | {"text": texts, "char_count": list(map(len, texts))}
        rows["claims"] = rows["claims"] | claims
        rows["claims"]["published_date"] = [named["published_date"]] * len(claims["quote"])
        paths = template.tables["headings"]["path"]
        old_title = template.article["title"] or ""
        rows["headings"] = rows["headings"] | {
            "path": [named["title"] + path.removeprefix(old_title) for path in paths]
        }
        article_id = named["article_id"]
        for table in rows.values():
            table["article_id"] = [article_id] * len(table["article_id"])
            for name in OWN_IDS & table.keys():
                table[name] = [key and stable_id(article_id, key) for key in table[name]]
        return rows

    @staticmethod
    def _named(article: dict[str, Any], number: int, source: str, rng: random.Random) -> dict[str, Any]:
        """What tells one article from another, but for its text."""
        uri, day = f"{source}/{page_path(number)}", day_of(number)
        moment = datetime.combine(day, time(), UTC) + timedelta(minutes=rng.randrange(1440))
        return {
            "article_id": stable_id(uri),
            "source_uri": uri,
            "canonical_url": f"https://www.example.org/{uri}",
            "title": f"{article['title'] or ''} {number}",
            "published_at": article["published_at"] and moment,
            "published_date": day,
            "published_month": f"{day:%Y-%m}",
            "published_precision": article["published_precision"] or "day",
            "modified_at": article["modified_at"] and moment + timedelta(days=1),
        }

    def _texts_of(self, template: Template, rng: random.Random, revision: int) -> tuple[list[str], Rows]:
        """The blocks' texts with figures and prose of their own, and the columns of claims that follow from them."""
        claims = {n: list(v) for n, v in template.tables["claims"].items() if n in FOLLOWING}
        texts = list(template.tables["blocks"]["text"])
        for figure in template.figures:
            written = "".join(rng.choice("123456789") if c.isdigit() else c for c in figure.written)
            if revision and figure is template.figures[0]:
                written = written.translate(OTHER_DIGITS)
            texts[figure.block] = _put(texts[figure.block], figure.start, written)
            _rescale(claims, figure, written)
        script = SCRIPTS[template.language]
        size = max(0, rng.randint(*TEXT_BYTES) - template.own_bytes) / script.bytes_a_char / template.fillers
        for row in range(len(texts) - template.fillers, len(texts)):
            texts[row] = self._cut(template.language, rng, max(8, int(size * rng.uniform(0.5, 1.5)))) + script.stop
        rows = zip(template.claim_blocks, claims["char_start"], claims["char_end"], strict=True)
        claims["quote"] = [texts[block][start:end] for block, start, end in rows]
        sentences = zip(template.claim_blocks, template.sentence_starts, claims["sentence"], strict=True)
        claims["sentence"] = [texts[b][start : start + len(s)] if start >= 0 else s for b, start, s in sentences]
        return texts, claims

    def _values(self, template: Template, rng: random.Random, article: dict[str, Any]) -> list[str]:
        """Values of metadata; title, day and address are the article's."""
        metadata = template.tables["metadata"]
        own = {"published_at": article["published_date"].isoformat(), "canonical_url": article["canonical_url"]}
        own["title"] = article["title"]
        return [
            own.get(name, value) if value is not None else self._cut(template.language, rng, TAG_CHARS)
            for name, value in zip(metadata["field"], metadata["value"], strict=True)
        ]

    def _cut(self, language: str, rng: random.Random, size: int) -> str:
        prose = self._prose[language]
        start = rng.randrange(len(prose) - size)
        return prose[start : start + size].strip(" ，,")

    @cached_property
    def _prose(self) -> dict[str, str]:
        rng = random.Random(self.seed)
        prose = {}
        for language, script in SCRIPTS.items():
            known = sorted({word for text in self._texts[language] for word in script.word.findall(text)})
            words = rng.choices(known, k=PROSE_WORDS)
            clauses = (script.between.join(words[start : start + 8]) for start in range(0, PROSE_WORDS, 8))
            prose[language] = script.comma.join(clauses)
        return prose


def page(number: int, revision: int = 0) -> bytes:
    """What stands in the article's file: enough to tell it from every other."""
    return f"<p>{number} {revision}</p>".encode()


def day_of(number: int) -> date:
    """The day of publication: articles are numbered as they came out."""
    return FIRST_DAY + timedelta(days=number // ARTICLES_A_DAY)


def page_path(number: int) -> str:
    """Where the article's file is in its source: a folder a month, in the order of the numbers."""
    return f"{day_of(number):%Y/%m}/{number:07d}.html"


def _documents() -> Iterator[Any]:
    for path in sorted(SAMPLES.iterdir()):
        try:
            yield extract(path.read_bytes(), uri=path.name)
        except RejectError:
            continue


def _put(text: str, start: int, written: str) -> str:
    return text[:start] + written + text[start + len(written) :]


def _rescale(claims: Rows, figure: Figure, written: str) -> None:
    """Everything of a claim that its number decides, for another number."""
    row = figure.claim
    exact = figure.scale * Decimal(written)
    before, after = claims["value"][row], float(exact)
    for name in ("value", "value_low", "value_high", "value_si", "change_pct"):
        if claims[name][row] is not None:
            claims[name][row] *= after / before
    claims["value"][row], claims["value_text"][row] = after, format_decimal(exact)
    for name in ("value_low", "value_high"):  # equal to the last bit, or a bound could be above the value
        if claims[name][row] is not None:
            claims[name][row] = after
