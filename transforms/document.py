"""One article from bytes: composes the stages and holds what they found."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from transforms.blocks import extract_blocks
from transforms.body import find_body
from transforms.claims.extract import extract_block_claims
from transforms.decode import decode
from transforms.front_matter import render_markdown, split_front_matter
from transforms.headings import extract_headings
from transforms.ids import stable_id
from transforms.limits import LIMITS, Limits
from transforms.metadata import (
    Metadata,
    choose_metadata,
    guess_title,
    observe_blocks,
    observe_front_matter,
    observe_page,
)
from transforms.page import parse_page
from transforms.records import Article, Block, Claim, Decoded, Heading, MetadataValue, record_dict
from transforms.version import EXTRACTOR_VERSION


@dataclass(frozen=True, slots=True)
class Document:
    """Everything extracted from one page; each part holds rows of the table of its name."""

    article: Article
    metadata: tuple[MetadataValue, ...]
    headings: tuple[Heading, ...]
    blocks: tuple[Block, ...]
    claims: tuple[Claim, ...]

    def to_dict(self) -> dict[str, Any]:
        """The document as JSON values: {"article", "metadata", "headings", "blocks", "claims"}, keys as the columns."""
        article_id = self.article.article_id
        return {
            "article": record_dict(self.article) | dict.fromkeys(RUN_COLUMNS),
            "metadata": [record_dict(row) for row in self.metadata],
            "headings": [record_dict(row) for row in self.headings],
            "blocks": [{"article_id": article_id, **row.to_dict()} for row in self.blocks],
            "claims": [row.to_dict() for row in self.claims],
        }


# Columns of articles that a run fills in; a single extraction has none of them.
RUN_COLUMNS = ("duplicate_of", "extracted_at", "run_id")


def extract(
    data: bytes,
    *,
    uri: str = "",
    url: str | None = None,
    charset: str | None = None,
    published: date | datetime | str | None = None,
    fetched_at: datetime | None = None,
    timezone: str | None = None,
    limits: Limits = LIMITS,
) -> Document:
    """The article in the bytes of one HTML page or one post with front matter.

    `uri` names the source and makes the ids; `url` is the page's address and stands in for a missing `uri`.
    `charset` is what HTTP or an archive said. `published` is used where the page states no date, `timezone` (an IANA
    name) where it states no zone; `fetched_at` rules out later dates. Raises RejectError when nothing usable is there
    and when the page is beyond `limits`.
    """
    limits.check_bytes(data)
    decoded = decode(data, charset=charset)
    head = split_front_matter(decoded.text)
    html = decoded.text if head is None else head.body
    if head is not None and head.is_markdown:
        html = render_markdown(html, limits=limits)
    page = parse_page(html, url=url, limits=limits)
    seen = (*(observe_front_matter(head.fields) if head else ()), *observe_page(page, url=url))
    title = guess_title(seen)
    body = find_body(page, title=title, is_post=head is not None, limits=limits)
    blocks = extract_blocks(body)
    metadata = choose_metadata(
        (*seen, *observe_blocks(blocks)), blocks=blocks, url=url, published=_moment(published), fetched_at=fetched_at,
        timezone=timezone,
    )  # fmt: skip
    source_uri = uri or url or ""
    article_id = stable_id(source_uri)
    headings, blocks = extract_headings(
        blocks,
        article_id=article_id,
        title=metadata.title,
        summaries=[text for text in (metadata.subtitle, metadata.description) if text],
    )
    day = metadata.published_date or (fetched_at.date() if fetched_at else None)
    claims = extract_block_claims(
        blocks, article_id=article_id, title=metadata.title, language=metadata.language, published=day,
        most=limits.numbers,
    )  # fmt: skip
    if metadata.published_date is None and day is not None:
        claims = tuple(replace(claim, published_date=None) for claim in claims)
    text = "\n".join(block.text for block in blocks)
    article = _article(source_uri, article_id, metadata, text, len(headings), len(claims), body.confidence, data)
    return Document(
        article, (*_rows(article_id, metadata), *_charset_rows(article_id, decoded)), headings, blocks, claims
    )


def _moment(value: date | datetime | str | None) -> date | datetime | None:
    if not isinstance(value, str):
        return value
    return date.fromisoformat(value) if len(value) <= 10 else datetime.fromisoformat(value)


def _rows(article_id: str, metadata: Metadata) -> tuple[MetadataValue, ...]:
    return tuple(
        MetadataValue(article_id, row.field, row.position, row.value, row.source, row.is_chosen)
        for row in metadata.observations
    )


def _charset_rows(article_id: str, decoded: Decoded) -> tuple[MetadataValue, ...]:
    """The charset that the page was read in, and how many characters had to be replaced, where any had."""
    source = decoded.source if decoded.source in {"http", "meta"} else "bytes"
    row = MetadataValue(article_id, "charset", 0, decoded.charset, source, is_chosen=True)
    if not decoded.replaced_chars:
        return (row,)
    replaced = MetadataValue(article_id, "replaced_chars", 0, str(decoded.replaced_chars), "bytes", is_chosen=True)
    return row, replaced


def _article(
    source_uri: str,
    article_id: str,
    metadata: Metadata,
    text: str,
    headings: int,
    claims: int,
    confidence: float,
    data: bytes,
) -> Article:
    return Article(
        article_id=article_id,
        source_uri=source_uri,
        canonical_url=metadata.canonical_url,
        site_name=metadata.site_name,
        title=metadata.title,
        subtitle=metadata.subtitle,
        authors=_joined(metadata.authors),
        editors=_joined(metadata.editors),
        source_name=metadata.source_name,
        published_at=metadata.published_at,
        published_date=metadata.published_date,
        published_month=metadata.published_month,
        published_precision=metadata.published_precision,
        modified_at=metadata.modified_at,
        language=metadata.language,
        description=metadata.description,
        image_url=metadata.image_url,
        categories=_joined(metadata.categories),
        tags=_joined(metadata.tags),
        page_type=metadata.page_type,
        rights=metadata.rights,
        text=text,
        char_count=len(text),
        heading_count=headings,
        claim_count=claims,
        body_confidence=confidence,
        content_sha256=hashlib.sha256(data).hexdigest(),
        extractor_version=EXTRACTOR_VERSION,
    )


def _joined(names: tuple[str, ...]) -> str | None:
    return "; ".join(names) or None
