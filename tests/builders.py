"""Records made by hand for tests that need rows and no page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from transforms.blocks import extract_blocks
from transforms.body import take_whole
from transforms.ids import stable_id
from transforms.records import Article, Block, Claim, Heading, MetadataValue
from transforms.version import EXTRACTOR_VERSION

NOW = datetime(2022, 6, 17, 3, 15, 2, tzinfo=UTC)
RUN = "20220617T031502Z-aaaaaa"


@dataclass(frozen=True, slots=True)
class Rows:
    """What transforms.document.Document offers to the frames."""

    article: Article
    metadata: tuple[MetadataValue, ...]
    headings: tuple[Heading, ...]
    blocks: tuple[Block, ...]
    claims: tuple[Claim, ...]


def blocks_of(html: str) -> tuple[Block, ...]:
    """The blocks of a stretch of HTML that is all article."""
    return extract_blocks(take_whole(html))


def make_rows(uri: str = "posts/a.html", text: str = "2021年，网络广告收入886.66亿元。", **article: Any) -> Rows:
    """A document with a heading, a paragraph and one claim about it."""
    article_id = stable_id(uri)
    heading_id = stable_id(article_id, "heading", "一、收入", "0")
    blocks = (
        Block(0, "heading", "一、收入", heading_id=heading_id, level=2),
        Block(1, "paragraph", text, heading_id=heading_id),
    )
    heading = Heading(heading_id, article_id, 0, 2, "一、收入", "一、", "标题 > 一、收入", None, "toc-1", False, 0)
    quote = "886.66亿元"
    start = text.index(quote)
    claim = Claim(
        block_position=1,
        char_start=start,
        char_end=start + len(quote),
        quote=quote,
        sentence=text,
        kind="money",
        value=Decimal("88666000000.00"),
        value_low=None,
        value_high=None,
        comparator="eq",
        unit="CNY",
        unit_text="元",
        dimension="money",
        language="zh",
        rule="number scale unit",
        claim_id=stable_id(article_id, "claim", quote, str(start), "0"),
        article_id=article_id,
        published_date=date(2022, 6, 16),
        heading_id=heading_id,
        currency="CNY",
        period_text="2021年",
        period_start=date(2021, 1, 1),
        period_end=date(2021, 12, 31),
        confidence=0.95,
    )
    whole = "\n".join(block.text for block in blocks)
    row = Article(
        article_id=article_id,
        source_uri=uri,
        canonical_url=None,
        site_name=None,
        title="标题",
        subtitle=None,
        authors="李哩哩; 柠檬",
        editors=None,
        source_name=None,
        published_at=None,
        published_date=date(2022, 6, 16),
        published_month="2022-06",
        published_precision="day",
        modified_at=None,
        language="zh",
        description=None,
        image_url=None,
        categories=None,
        tags=None,
        page_type=None,
        rights=None,
        text=whole,
        char_count=len(whole),
        heading_count=1,
        claim_count=1,
        body_confidence=0.9,
        content_sha256=sha256(text.encode(errors="replace")).hexdigest(),
        extractor_version=EXTRACTOR_VERSION,
    )
    seen = MetadataValue(article_id, "title", 0, "标题", "html", True)
    return Rows(replace(row, **article), (seen,), (heading,), blocks, (claim,))
