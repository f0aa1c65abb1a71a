"""Shards of small articles made from a seed; every row says whose it is and of which version.

A row that is torn, stale, doubled or another article's is visible to a reader who knows nothing but `CLAIMS_OF` and
the sentence that begins every text: "<uri> v<version>".
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from flows.dataset.staging import OUTCOMES
from tests.builders import NOW, make_rows
from transforms.duplicates import duplicate_key
from transforms.frames import document_frames, frames_to_tables, table_from_rows
from transforms.ids import stable_id
from transforms.tables import REJECTS
from transforms.validate import reject_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.builders import Rows

QUOTE = "886.66亿元"
# The column of each table that begins with what the row says of itself, and whose rows they are.
SAYS = {
    "articles": ("title", "source_uri"),
    "metadata": ("value", "article_id"),
    "headings": ("text", "article_id"),
    "blocks": ("text", "article_id"),
    "claims": ("sentence", "article_id"),
    "rejects": ("message", "source_uri"),
}
SAYING = re.compile(r"(\S+) v(\d+)")
ONE_IN_FLIPS = 3  # sources that are refused now and then
ONE_IN_GROUPED = 5  # sources that share a canonical address with others
GROUPS = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a shard says of one source; see staging.OUTCOMES."""

    uri: str
    version: int  # the number of the shard that last changed it
    result: str


@dataclass(frozen=True, slots=True)
class Shard:
    """One shard; its first source is new, so that the ledger knows it once the shard is committed."""

    number: int
    outcomes: tuple[Outcome, ...]


def history(seed: int, *, new: int = 4, touched: int = 6, prefix: str = "a") -> Iterator[Shard]:
    """Shards without end: each adds `new` sources and tries `touched` known ones again."""
    draw = random.Random(seed)
    known: dict[str, Outcome] = {}
    number = 0
    while True:
        number += 1
        again = draw.sample(sorted(known), min(touched, len(known)))
        outcomes = [Outcome(_uri(prefix, len(known) + i), number, "article") for i in range(new)]
        outcomes += [_next(known[uri], number, draw) for uri in again]
        known |= {o.uri: o for o in outcomes}
        yield Shard(number, tuple(outcomes))


@dataclass(frozen=True, slots=True)
class Plan:
    """The beginning of a history; the same plan gives the same shards in every process."""

    seed: int
    count: int
    new: int = 4
    touched: int = 6

    def shards(self) -> list[Shard]:
        return list(islice(history(self.seed, new=self.new, touched=self.touched), self.count))

    def until(self, count: int) -> Plan:
        """The same up to an earlier shard."""
        return replace(self, count=count)


def steady(seed: int, *, sources: int, touched: int, prefix: str = "a") -> Iterator[Shard]:
    """Shards without end over the same sources; the first adds them all."""
    draw = random.Random(seed)
    known = {uri: Outcome(uri, 1, "article") for uri in (_uri(prefix, i) for i in range(sources))}
    yield Shard(1, tuple(known.values()))
    number = 1
    while True:
        number += 1
        outcomes = [_next(known[uri], number, draw) for uri in draw.sample(sorted(known), touched)]
        known |= {o.uri: o for o in outcomes}
        yield Shard(number, tuple(outcomes))


def _uri(prefix: str, number: int) -> str:
    return f"{prefix}/{'flips' if number % ONE_IN_FLIPS == 0 else 'stays'}/{number:04d}"


def may_leave(uri: str) -> bool:
    """Whether this article is refused at times; any other, once there, is there for good."""
    return "/flips/" in uri


def _next(before: Outcome, number: int, draw: random.Random) -> Outcome:
    """What becomes of a source that was tried before."""
    uri, version = before.uri, before.version
    if before.result == "unread":
        return Outcome(uri, version, "unchanged")
    if before.result == "reject" or (before.result == "unchanged" and draw.random() < 0.3):
        return Outcome(uri, number, "article")
    if may_leave(uri) and draw.random() < 0.5:
        return Outcome(uri, number, "reject")
    result = draw.choices(("article", "again", "unchanged", "unread"), (70, 15, 10, 5))[0]
    if result == "again":  # extracted again, and equal
        return Outcome(uri, version, "article")
    return Outcome(uri, number if result == "article" else version, result)


def saying(uri: str, version: int) -> str:
    """What every row of an article says."""
    return f"{uri} v{version}"


def claim_count(version: int) -> int:
    """How many claims an article of this version has: a mixture of two versions has another number."""
    return 1 + version % 3


def _document(uri: str, version: int) -> Rows:
    says = saying(uri, version)
    number = int(uri.rsplit("/", 1)[1])
    text = f"{says}：" + "；".join([QUOTE] * claim_count(version))
    url = f"https://example.com/same/{number % GROUPS}" if number % ONE_IN_GROUPED == 0 else None
    rows = make_rows(uri, text, title=says, canonical_url=url, claim_count=claim_count(version))
    (claim,), (heading,), (seen,) = rows.claims, rows.headings, rows.metadata
    starts = [match.start() for match in re.finditer(QUOTE, text)]
    claims = tuple(
        replace(
            claim,
            claim_id=stable_id(uri, str(version), str(start)),
            char_start=start,
            char_end=start + len(QUOTE),
            value=Decimal(version),
        )
        for start in starts
    )
    blocks = (replace(rows.blocks[0], text=says), rows.blocks[1])
    whole = "\n".join(block.text for block in blocks)
    article = replace(rows.article, text=whole, char_count=len(whole))
    return replace(
        rows, article=article, claims=claims, blocks=blocks,
        headings=(replace(heading, text=says),), metadata=(replace(seen, value=says),),
    )  # fmt: skip


def batch_tables(shard: Shard, run_id: str) -> dict[str, pa.Table]:
    """What a worker stages for the shard."""
    documents = [_document(o.uri, o.version) for o in shard.outcomes if o.result == "article"]
    tables = frames_to_tables(document_frames(documents, run_id=run_id, extracted_at=NOW))
    keys = {d.article.source_uri: (d.article.content_sha256, duplicate_key(d.article)) for d in documents}
    rows = []
    for o in shard.outcomes:
        digest, key = keys.get(o.uri, (sha256(saying(o.uri, o.version).encode()).hexdigest(), None))
        rows.append((o.uri, stable_id(o.uri), f"v{o.version}", digest, o.result, key, None))
    columns = [pa.array(list(column), pa.string()) for column in zip(*rows, strict=True)]
    tables["outcomes"] = pa.table(columns, schema=OUTCOMES)
    refused = [
        reject_row(
            o.uri, stage="body", code="no_body", message=saying(o.uri, o.version), run_id=run_id, first_seen_at=NOW
        )
        for o in shard.outcomes
        if o.result in ("reject", "unread")
    ]
    tables["rejects"] = table_from_rows(REJECTS, refused)
    return tables


def articles_after(shards: Sequence[Shard]) -> dict[str, int]:
    """The articles a dataset must hold after these shards, and their versions; made without any commit."""
    articles: dict[str, int] = {}
    for outcome in (o for shard in shards for o in shard.outcomes):
        if outcome.result == "article":
            articles[outcome.uri] = outcome.version
        elif outcome.result == "reject":
            articles.pop(outcome.uri, None)
    return articles


@dataclass(frozen=True, slots=True)
class Look:
    """What a reader found in the rows of one table, or of some of its files."""

    versions: dict[str, int]  # of each source that has rows
    wrong: list[str]  # what is wrong with single rows or articles


def look_at(table: str, columns: Mapping[str, Sequence[Any]]) -> Look:
    """Checks every row by itself, and that an article's rows are all there and of one version."""
    says_column, owner = SAYS[table]
    versions: dict[str, int] = {}
    counts: Counter[str] = Counter()
    wrong = []
    for position, text in enumerate(columns[says_column]):
        found = SAYING.match(text or "")
        if found is None:
            wrong.append(f"{table}: {text!r} says nothing")
            continue
        uri, version = found[1], int(found[2])
        counts[uri] += 1
        row = {name: values[position] for name, values in columns.items()}
        if row[owner] != (uri if owner == "source_uri" else stable_id(uri)):
            wrong.append(f"{table}: a row of {row[owner]} says {text!r}")
        if versions.setdefault(uri, version) != version:
            wrong.append(f"{table}: {uri} has rows of v{versions[uri]} and v{version}")
        if not _is_coherent(table, row, version):
            wrong.append(f"{table}: a row of {text!r} contradicts itself")
    for uri, version in versions.items():
        expected = {"claims": claim_count(version), "blocks": 2}.get(table, 1)
        if counts[uri] != expected:
            wrong.append(f"{table}: {uri} v{version} has {counts[uri]} rows, not {expected}")
    return Look(versions, wrong)


def _is_coherent(table: str, row: Mapping[str, Any], version: int) -> bool:
    match table:
        case "articles":
            is_whole = row["char_count"] == len(row["text"]) and row["claim_count"] == claim_count(version)
            return bool(is_whole and row["text"].startswith(row["title"] + "\n" + row["title"]))
        case "claims":
            return bool(
                row["value"] == version and row["sentence"][row["char_start"] : row["char_end"]] == row["quote"]
            )
        case "blocks":
            return bool(row["char_count"] == len(row["text"]))
    return True
