"""Which articles are the same article under several source URIs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from transforms.records import Article


def duplicate_key(article: Article) -> str:
    """What duplicates have in common: the canonical URL, or the very bytes where the page names none.

    A canonical URL that is a site's front page, as careless templates give to every page, says nothing.
    """
    return key_of(article.canonical_url, article.content_sha256)


def key_of(canonical_url: str | None, content_sha256: str) -> str:
    """The same from the two columns.

    >>> key_of("https://example.com/a/1.html", "9f86"), key_of("https://example.com/", "9f86")
    ('url:https://example.com/a/1.html', 'sha256:9f86')
    """
    if canonical_url:
        try:
            parts = urlsplit(canonical_url)
        except ValueError:  # "http://[broken"
            return f"sha256:{content_sha256}"
        if parts.path.strip("/") or parts.query:
            return f"url:{canonical_url}"
    return f"sha256:{content_sha256}"
