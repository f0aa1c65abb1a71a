"""Sitemaps: addresses of a site's pages, with the day of their last change."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from lxml import etree

from flows.sources.unpacking import read_limited, unpacked
from flows.sources.web import Link
from flows.sources.xml_guard import check_xml
from transforms.errors import RejectError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# What the protocol allows (sitemaps.org): addresses and bytes of one file, files of an index.
MOST_LINKS = 50_000
MOST_BYTES = 50 * 1024 * 1024
MOST_DEPTH = 3
LOOKED_AT = 2048
GZIP = b"\x1f\x8b"


def is_sitemap(data: bytes) -> bool:
    """Whether a document is a sitemap or an index of them, by its first element; a packed one is taken for one."""
    head = data[:LOOKED_AT].lower()
    return data.startswith(GZIP) or b"<urlset" in head or b"<sitemapindex" in head


def sitemap_links(data: bytes, place: str, fetch: Callable[[str], bytes], depth: int = 0) -> Iterator[Link]:
    """The pages of a sitemap and, for an index, of all that it names, which `fetch` gets; RejectError."""
    if data.startswith(GZIP):
        data = read_limited(unpacked(io.BytesIO(data), ".gz"), MOST_BYTES, packed_bytes=len(data), name=place)
    if len(data) > MOST_BYTES:
        raise RejectError("fetch", "too_large", f"The sitemap {place} is larger than {MOST_BYTES:,} bytes.")
    check_xml(data, place)
    for number, (kind, url, changed) in enumerate(_entries(data, place), 1):
        if number > MOST_LINKS:
            raise RejectError("fetch", "too_many_links", f"The sitemap {place} has more than {MOST_LINKS:,} addresses.")
        if kind == "url":
            yield Link(url, mark=changed)
        else:
            yield from _of_another(url, place, fetch, depth)


def _of_another(url: str, place: str, fetch: Callable[[str], bytes], depth: int) -> Iterator[Link]:
    """The pages of a sitemap that another names; one that cannot be had costs none of the others."""
    try:
        if depth >= MOST_DEPTH:
            message = f"The sitemap {place} leads to others more than {MOST_DEPTH} deep."
            raise RejectError("fetch", "too_deep", message)
        yield from sitemap_links(fetch(url), url, fetch, depth + 1)
    except (RejectError, OSError) as problem:
        yield Link(url, problem=problem)


def _entries(data: bytes, place: str) -> Iterator[tuple[str, str, str | None]]:
    """Kind (url or sitemap), address and last change of each entry."""
    entries = etree.iterparse(
        io.BytesIO(data), events=("end",), resolve_entities=False, no_network=True, load_dtd=False, recover=True
    )
    found = False
    try:
        for _, element in entries:
            kind = etree.QName(element).localname if isinstance(element.tag, str) else ""
            if kind in ("url", "sitemap"):
                values = {etree.QName(child).localname: child.text for child in element if isinstance(child.tag, str)}
                if url := (values.get("loc") or "").strip():
                    found = True
                    yield kind, url, (values.get("lastmod") or "").strip() or None
                element.clear()
    except etree.XMLSyntaxError as error:
        raise RejectError("fetch", "not_a_sitemap", f"{place} is no sitemap.", str(error)) from error
    if not found:
        raise RejectError("fetch", "no_links", f"The sitemap {place} names no address.")
