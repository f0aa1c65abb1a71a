"""RSS and Atom feeds: entries with all of their text are pages themselves, others name theirs."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime
from hashlib import blake2b
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from flows.sources.web import Link
from flows.sources.xml_guard import check_xml
from transforms.errors import RejectError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Shorter ones are the beginning of a text, or a teaser.
FULL_CHARS = 800
LOOKED_AT = 2048


def is_feed(data: bytes) -> bool:
    """Whether a document is a feed, by its first element."""
    head = data[:LOOKED_AT].lower()
    return b"<rss" in head or b"<rdf:rdf" in head or (b"<feed" in head and b"atom" in head)


def feed_links(data: bytes, place: str) -> Iterator[Link]:
    """The pages of a feed, in its order; RejectError where it is none."""
    import feedparser

    check_xml(data, place)
    feed = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=True)
    if not feed.get("version"):
        reason = str(feed.get("bozo_exception", "")) or None
        raise RejectError("fetch", "not_a_feed", f"{place} is no RSS or Atom feed.", reason)
    language = feed.feed.get("language")
    for entry in feed.entries:
        url = urljoin(place, entry.get("link") or "") if entry.get("link") else str(entry.get("id") or "")
        if not url:
            continue
        html = _full_html(entry)
        if html is None:
            yield Link(url, mark=_mark(entry))
        else:
            yield Link(url, mark=_mark(entry), html=_page(entry, url, html, language).encode("utf-8", "replace"))


def _full_html(entry: Any) -> str | None:
    """The whole text of an entry, where the feed has it."""
    texts = [content.get("value", "") for content in entry.get("content", [])] + [entry.get("summary", "")]
    longest = max(texts, key=len)
    # A page of its own has the paragraphs of one.
    return longest if len(longest) >= FULL_CHARS and "<p" in longest.lower() else None


def _mark(entry: Any) -> str:
    """Changes when the entry does: its own date of change, or else what it says."""
    # Not entry.get, which gives the day of publication where there is none of a change.
    if updated := dict.get(entry, "updated"):
        return str(updated)
    said = "\0".join(str(entry.get(name, "")) for name in ("title", "link", "published", "summary"))
    return blake2b(said.encode("utf-8", "replace"), digest_size=12).hexdigest()


def _page(entry: Any, url: str, html: str, language: str | None) -> str:
    """An entry as a page: what it says of itself in the head, its text in an article."""
    title = escape(entry.get("title", ""))
    head = [f"<title>{title}</title>", f'<link rel="canonical" href="{escape(url)}">']
    for name, key in (("published", "article:published_time"), ("updated", "article:modified_time")):
        parsed = dict.get(entry, f"{name}_parsed")
        if parsed:
            moment = datetime.fromtimestamp(calendar.timegm(parsed), UTC)
            head.append(f'<meta property="{key}" content="{moment.isoformat()}">')
    authors = "".join(f'<a rel="author" class="author">{escape(author)}</a> ' for author in _authors(entry))
    attribute = f' lang="{escape(language)}"' if language else ""
    return (
        f'<!doctype html><html{attribute}><head><meta charset="utf-8">{"".join(head)}</head>'
        f'<body><article><h1>{title}</h1><div class="byline">{authors}</div>{html}</article></body></html>'
    )


def _authors(entry: Any) -> list[str]:
    names = [person.get("name", "") for person in entry.get("authors", [])] or [entry.get("author", "")]
    return [name for name in names if name]
