"""One HTML page parsed once with lexbor: the tree every whole-page stage reads, and what its scripts say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from transforms.json_ld import is_article, read_json_ld, text_of
from transforms.limits import LIMITS, Limits
from transforms.markup_limits import limit_markup
from transforms.tree import Tree, read_tree

MAX_SCRIPT_CHARS = 400_000

# Browsers and crawlers that save a page write its address into a comment at the top.
_SAVED_FROM = re.compile(
    r"<!--\s*(?:saved from url=\(\d+\)|mirrored from)?\s*(https?://[^\s<>]{4,500}?)\s*-->", re.IGNORECASE
)
_SCRIPT_DATE = re.compile(
    r"""["']?\b(?P<key>datePublished|publish(?:ed)?_?(?:date|time|at)|pub_?(?:date|time)|publishDateTime|pagepubtime|create_?time|ptime|firstPublishedDate|publication_?date|displayDate|ct|oriCreateTime)["']?
        \s*[:=]\s*["']?(?P<value>(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d?[^"'<>,;}\n]{0,20}|1[0-9]{9}(?:[0-9]{3})?\b)""",
    re.VERBOSE | re.IGNORECASE,
)


# Who edited it and where it is from, as the state of a Chinese news page's script names them.
_SCRIPT_CREDIT = re.compile(
    r'''"(?P<key>source|sourceName|source_name|mediaName|editorName|editor_name|responEditor)"\s*:\s*"(?P<value>[\u3400-\u9fff][^"\\<>{}]{1,19})"'''
)
_SHORT_DATE = re.compile(r"""\b\w{1,2}\s?=\s*"(20\d\d-[01]\d-[0-3]\d)\"""")
SCRIPT_WORDS = (
    "publish",
    "pubdate",
    "pub_date",
    "pubtime",
    "pub_time",
    "publication",
    "createtime",
    "create_time",
    "ptime",
    "displaydate",
    "var ct",
)
MIN_TITLE_CHARS = 6


@dataclass(slots=True)
class Page:
    """A parsed page. Scripts and styles are not in the tree: what they say is in the fields below."""

    tree: Tree
    url: str | None
    article_body: str | None = None  # JSON-LD articleBody, evidence for choosing the body
    json_ld: tuple[dict[str, Any], ...] = ()
    script_dates: tuple[tuple[str, str], ...] = field(default=())  # (key, value) assigned in scripts
    script_credits: tuple[tuple[str, str], ...] = field(default=())


def parse_page(html: str, *, url: str | None = None, limits: Limits = LIMITS) -> Page:
    """The page's tree; `url` is where it was fetched, if known. RejectError where the markup is beyond `limits`."""
    parser = LexborHTMLParser(limit_markup(html, limits))
    linked: list[str] = []
    dates: list[tuple[str, str]] = []
    credits_: list[tuple[str, str]] = []
    budget = MAX_SCRIPT_CHARS
    head = parser.css_first("title")
    title = re.split(r"[_|-]", head.text().strip())[0].strip()[:20] if head is not None else ""
    for node in parser.css("script"):
        text = node.text()
        if not text or budget <= 0:
            continue
        budget -= len(text)
        if "ld+json" in (node.attributes.get("type") or "").lower():
            linked.append(text)
        elif len(dates) < 20:
            dates += _script_dates(text[:100_000], title)
            if '"source' in text or "ditor" in text:
                credits_ += ((match["key"], match["value"]) for match in _SCRIPT_CREDIT.finditer(text[:100_000]))
    nodes = read_json_ld(linked)
    body = next((stated for item in nodes if is_article(item) and (stated := text_of(item.get("articleBody")))), None)
    saved = None if url else _SAVED_FROM.search(html, 0, 2_000)
    return Page(read_tree(parser), saved[1] if saved else url, body, nodes, tuple(dates), tuple(credits_[:40]))


def _script_dates(text: str, title: str) -> list[tuple[str, str]]:
    """Dates that a script assigns to a name such as publishTime; looks only where such a name stands.

    Where the script holds data of many articles, those around the page's own title come first.
    """
    low = text.lower()
    found: list[tuple[str, str]] = []
    places: list[int] = []
    for word in SCRIPT_WORDS:
        at = low.find(word)
        while at >= 0 and len(found) < 20:
            match = _SCRIPT_DATE.search(text, max(0, at - 16), at + 80)
            if match:
                found.append((match["key"].lower(), match["value"]))
                places.append(match.start())
            at = low.find(word, match.end() if match else at + len(word))
    if len(found) > 1 and len(title) >= MIN_TITLE_CHARS and (place := text.find(title)) >= 0:
        # What stands before a title may belong to the entry before it.
        order = sorted(range(len(found)), key=lambda k: max(places[k] - place, 3 * (place - places[k])))
        return [found[k] for k in order]
    if found or '"20' not in text:
        return found
    return [("day", match[1]) for match in _SHORT_DATE.finditer(text[:20_000])]
