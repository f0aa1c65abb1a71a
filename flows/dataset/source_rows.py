"""What the tables say of their sources: enough to make a lost ledger anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.dataset.changes import UNREAD
from flows.dataset.ledger import SourceState
from transforms.duplicates import key_of
from transforms.ids import stable_id

if TYPE_CHECKING:
    from collections.abc import Iterable

# What the ledger takes from the tables.
STATE_COLUMNS = {
    "articles": ["source_uri", "article_id", "content_sha256", "extractor_version", "canonical_url", "duplicate_of"],
    "rejects": ["source_uri", "content_sha256", "table_name"],
}
# A fingerprint that no source has: each is read once, and compared by its hash. No extractor has this name either,
# so that what was rejected is tried again.
REBUILT = "rebuilt"
Row = dict[str, Any]


def is_page(reject: Row) -> bool:
    """Whether a reject stands for a page without an article; others are rows that an article lacks."""
    return reject["table_name"] in (None, "articles")


def states_of_part(number: int, articles: Iterable[Row], rejects: Iterable[Row]) -> dict[str, SourceState]:
    """What the ledger would say of the sources with a row in this part, as far as rows of STATE_COLUMNS tell."""
    states = {}
    for row in filter(is_page, rejects):
        uri, digest = row["source_uri"], row["content_sha256"]
        states[uri] = SourceState(uri, stable_id(uri), REBUILT, digest, REBUILT, "reject", number)
    for row in articles:
        uri, digest = row["source_uri"], row["content_sha256"]
        states[uri] = SourceState(
            source_uri=uri,
            article_id=row["article_id"],
            # Beside its article stands the reject of a source that could not be read last time.
            fingerprint=UNREAD if uri in states else REBUILT,
            content_sha256=digest,
            extractor=row["extractor_version"],
            state="article",
            part=number,
            duplicate_key=key_of(row["canonical_url"], digest),
            duplicate_of=row["duplicate_of"],
        )
    return states
