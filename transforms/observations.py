"""Every metadata value a page states in its head, JSON-LD, microdata and address, with the rule that saw it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

from transforms.bylines import clean_source
from transforms.json_ld import is_article, names_of, text_of, types_of
from transforms.metadata_lexicon import load_metadata_lexicon
from transforms.records import Observation
from transforms.tree import read_attributes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.page import Page

MAX_VALUE_CHARS = 2_000
MAX_OBSERVATIONS = 400  # a page; hostile heads repeat a tag a million times
MAX_NODES = 3_000  # looked at in one selection

_CATALOGUES = ("citation_author", "dc.", "dc:", "dcterms.", "bepress_citation_author", "eprints.creators_name")
_HEAD = frozenset(("meta", "title", "link", "html"))

_URL_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d\d)([-/_.]?)(0?[1-9]|1[0-2])(?:\2|(?<=-\d\d)/)(0[1-9]|[12]\d|3[01]|[1-9](?!\d))(?!\d)"
)
_TITLE_DATE = re.compile(
    r"(?<!\d)\d{1,2}\.\d{1,2}\.(?:19|20)\d\d(?!\d)|(?<!\d)(?:19|20)\d\d[-.年]\d{1,2}[-.月]\d{1,2}(?!\d)"
)
_PROXY = re.compile(r"^https?://[^/?#]+/+(?:[^?#]*/)?\?(?:url=)?(https?(?::|%3A)(?://|%2F%2F).+)$", re.IGNORECASE)
_MOBILE_URL = re.compile(r"url\s*=\s*(https?://\S+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Clue(Observation):
    """An observation and the rule that made it, a name in the lexicon's orders of trust."""

    rule: str = ""


def clue(field: str, value: object, rule: str) -> Clue | None:
    """An observation of `field`, its source taken from the rule's name; None for an empty value."""
    text = re.sub(r"\s+", " ", str(value)[: 2 * MAX_VALUE_CHARS]).strip() if value is not None else ""
    if "&" in text:  # escaped twice
        text = unescape(text).strip()
    if not text:
        return None
    return Clue(field, text[:MAX_VALUE_CHARS], rule.partition(":")[0], rule)


def observe_head(page: Page) -> Iterator[Clue]:
    """Observations of meta tags, links, the title and the html element's language."""
    lexicon = load_metadata_lexicon()
    tree = page.tree
    for i in islice((i for i, tag in enumerate(tree.tags) if tag in _HEAD), MAX_NODES):
        attributes = tree.attributes(i)
        tag = tree.tags[i]
        found: Clue | None = None
        if tag == "meta":
            yield from _meta(attributes, lexicon.meta)
        elif tag == "link":
            found = _link(attributes)
        elif tag == "title" and tree.tags[tree.parents[i]] != "svg":
            found = clue("title", tree.text(i), "html:title")
            if found and (dated := _TITLE_DATE.search(found.value)):
                yield Clue("published_at", dated[0], "html", "html:title_date")
        elif tag == "html":
            found = clue("language", attributes.get("lang") or attributes.get("xml:lang"), "html:lang")
        if found:
            yield found


def _meta(attributes: dict[str, str], table: dict[str, tuple[str, str]]) -> Iterator[Clue]:
    content = attributes.get("content") or attributes.get("value")
    for key in ("property", "name", "itemprop", "http-equiv"):
        name = re.sub(r"\s+", " ", attributes.get(key) or "").strip().lower()
        if not name or not content:
            continue
        if key == "itemprop":
            continue  # microdata is read with its element
        known = table.get(name)
        if known:
            if known[1] == "authors" and "," in content:
                content = _in_reading_order(name, content)
            elif known[1] == "source_name":
                content = clean_source(content) or ""
            found = clue(known[1], content, known[0])
            if found:
                yield found
        elif name == "mobile-agent" and (match := _MOBILE_URL.search(content)):
            yield Clue("canonical_url", match[1], "meta", "meta:mobile_agent")


def _in_reading_order(key: str, content: str) -> str:
    """Authors of a catalogue's tag, "Roe, Jane", as they are read: "Jane Roe"."""
    if not key.startswith(_CATALOGUES):
        return content
    turned: list[str] = []
    for name in content.split(";"):
        family, _, given = (part.strip() for part in name.partition(","))
        is_one = bool(given) and "," not in given and not re.search(r"\sand\s|&|\d", name)
        # "Jane Roe, John Doe" is a list; "van der Roe, Jane" and "Roe, Jane M." are one.
        if is_one and (key.startswith("citation_author") or " " not in family or " " not in given):
            name = f"{given} {family}"
        turned.append(name.strip())
    return "; ".join(turned)


def _link(attributes: dict[str, str]) -> Clue | None:
    relations = (attributes.get("rel") or "").lower().split()
    href = attributes.get("href")
    if "canonical" in relations:
        return clue("canonical_url", href, "html:canonical")
    if "image_src" in relations:
        return clue("image_url", href, "html:image_src")
    if "license" in relations:
        return clue("rights", href, "html:license")
    return None


def observe_json_ld(page: Page) -> Iterator[Clue]:
    """Observations of the article nodes, of the site's node, and of page nodes for what articles leave out."""
    articles = [node for node in page.json_ld if is_article(node)]
    others = [node for node in page.json_ld if "WebPage" in types_of(node)]
    for node in articles[:3] or others[:1]:
        yield from _article_node(node, is_page=not articles)
    for node in page.json_ld:
        if "WebSite" in types_of(node):
            found = clue("site_name", text_of(node.get("name")), "json_ld:website")
            if found:
                yield found


_ORGANISATIONS = frozenset({("Organization",), ("NewsMediaOrganization",), ("Corporation",)})
_LD_TEXT = (
    ("headline", "title"),
    ("name", "title"),
    ("alternativeHeadline", "subtitle"),
    ("datePublished", "published_at"),
    ("dateCreated", "published_at"),
    ("dateModified", "modified_at"),
    ("description", "description"),
    ("inLanguage", "language"),
    ("license", "rights"),
    ("url", "canonical_url"),
)


def _article_node(node: dict[str, object], *, is_page: bool) -> Iterator[Clue]:
    for key, field in _LD_TEXT:
        found = clue(field, text_of(node.get(key)), f"json_ld:{key}")
        if found and not (is_page and field in {"title", "canonical_url"}):
            yield found
    for key, field in (("author", "authors"), ("creator", "authors"), ("editor", "editors")):
        value = node.get(key)
        items = value[:50] if isinstance(value, list) else [value]
        is_person = any(isinstance(item, dict) and "Person" in types_of(item) for item in items)
        for name in names_of(value):
            if found := clue(field, name, "json_ld:person" if is_person and key == "author" else f"json_ld:{key}"):
                yield found
        if key == "author":
            yield from _organisations(items)
    image = node.get("image")
    found_image = clue("image_url", _image_url(image) or node.get("thumbnailUrl"), "json_ld:image")
    if found_image:
        yield found_image
    publisher = next(names_of(node.get("publisher")), None)
    if publisher and (found := clue("site_name", publisher, "json_ld:publisher")):
        yield found
    for key, field in (("articleSection", "section"), ("keywords", "tags")):
        value = node.get(key)
        for item in value[:50] if isinstance(value, list) else [value]:
            if isinstance(item, str) and (found := clue(field, item, f"json_ld:{key}")):
                yield found
    if not is_page and (found := clue("page_type", next(iter(types_of(node)), None), "json_ld:type")):
        yield found


def _organisations(authors: list[object]) -> Iterator[Clue]:
    """Authors that say they are no persons: an agency, or the company whose release this is."""
    for item in authors:
        if isinstance(item, dict) and types_of(item)[:1] in _ORGANISATIONS:
            found = clue("source_name", text_of(item.get("name")), "json_ld:organization")
            if found:
                yield found


def _image_url(value: object) -> str | None:
    if isinstance(value, list):
        items = (text_of(item) if isinstance(item, list) else _image_url(item) for item in value[:5])
        return next((url for url in items if url), None)
    if isinstance(value, dict):
        return text_of(value.get("url") or value.get("contentUrl") or value.get("@id"))
    return value if isinstance(value, str) else None


def observe_url(url: str | None) -> Iterator[Clue]:
    """The page's address, and the date and host it states."""
    if not url:
        return
    yield Clue("canonical_url", url, "url", "url:page")
    try:
        parts = urlsplit(url)
    except ValueError:
        return
    match = _URL_DATE.search(unquote(parts.path))
    if match and (match[2] or len(match[3]) == len(match[4]) == 2):
        yield Clue("published_at", f"{match[1]}-{match[3]}-{match[4]}", "url", "url:path")
    host = (parts.hostname or "").lower()
    known = site_of_host(host)
    if known:
        yield Clue("site_name", known, "url", "url:known")
    if "." in host and not host.replace(".", "").isdigit():
        yield Clue("site_name", host.removeprefix("www."), "url", "url:host")


def site_of_host(host: str) -> str | None:
    """The name the lexicon knows a host by; the longest entry that it is, or is under, decides."""
    sites = load_metadata_lexicon().sites
    labels = host.split(".")
    for index in range(len(labels) - 1):
        name = sites.get(".".join(labels[index:]))
        if name is not None:
            return name or None
    return None


def unwrap_image(url: str, base: str | None = None) -> str:
    """The image's own address: out of a proxy's query (`https://proxy/?http://…`), absolute where `base` is known.

    >>> unwrap_image("https://proxy.example/?http://image.example/a.jpg")
    'http://image.example/a.jpg'
    """
    match = _PROXY.match(url.strip())
    if match:
        inner = match[1]
        return unquote(inner) if "%3a" in inner[:12].lower() else inner
    if base:
        try:
            return urljoin(base, url.strip())
        except ValueError:
            return url
    return f"https:{url}" if url.startswith("//") else url


@lru_cache(maxsize=8_192)
def words_of(raw: str) -> str:
    """The classes, id, rel and itemprop among an element's attributes (`Tree.raws`) as one lower-case string."""
    attributes = read_attributes(raw)
    return " ".join([value for key in ("class", "id", "rel", "itemprop") if (value := attributes.get(key))]).lower()
