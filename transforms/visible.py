"""What a reader sees around the title: headings, byline and date lines, credits, the copyright line."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from transforms.bylines import read_credits
from transforms.dates import find_date_spans, read_date
from transforms.names import clean_names, is_latin_name, read_name_lines
from transforms.observations import Clue, class_words, clue, words_of
from transforms.titles import match_titles
from transforms.visible_lines import observe_lines

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from selectolax.lexbor import LexborNode

    from transforms.page import Page

MAX_ELEMENTS = 600

MAX_NODES = 20_000
NODES_BEFORE, NODES_AFTER = 80, 260  # elements around the title that are looked at for marks
NODES_WITHOUT_TITLE = 800
PLAIN_TAGS = frozenset({"br", "hr", "img", "svg", "path", "b", "em", "i", "input", "option", "tr", "-text"})

_MARKS = re.compile(
    r"author|byline|autor|date|time|publi|source|title|headline|nickname|meta|writer|username|submitted|account|info"
)
_FOREIGN = re.compile(
    r"comment|sidebar|related|recommend|footer|widget|breadcrumb|popular|teaser|aside|promo|newsletter|relat|reply|respond|hot-|rank|latest"
)
_AUTHOR_CLASS = re.compile(r"author|byline|autor|writer|nickname|account|username|submitted")
_AUTHOR_HREF = re.compile(
    r"/(?:authors?|autor(?:in|en|es)?|profiles?|users?|people|staff|contributors?|writers?|reporters?|by)/",
    re.IGNORECASE,
)
_NOT_AUTHOR = re.compile(
    r"avatar|image|img|bio|desc|about|social|date|time|box|info|follow|photo|count|link-list|title|source|comment|section|authority"
)
_PUBLISHED_CLASS = re.compile(
    r"publi|posted|entry-date|dateline|pubdate|post-date|article-date|article__date|created|date-display|erstellt"
)
_MODIFIED_CLASS = re.compile(r"update|modif|changed|aktualis|revis")
_DATE_CLASS = re.compile(r"date|time|publi|datum|posted|meta|info|submitted|created")
_SUBTITLE_CLASS = re.compile(
    r"sub-?title|sub-?head(?:line)?\b|\bdek\b|standfirst|\bkicker-sub|article__subtitle|alternativeheadline"
)


def observe_visible(page: Page, titles: Sequence[str]) -> Iterator[Clue]:
    """Observations of the visible page; `titles` are the title's values seen so far, to find where it stands."""
    body = page.tree.body
    if body is None:
        return
    elements = _elements(page, titles)
    anchor = yield from _headings(elements, titles)
    yield from _marked_elements(elements, anchor)
    yield from observe_lines(body.text(separator="\n"), [anchor[1], *titles] if anchor else list(titles))


def _elements(page: Page, titles: Sequence[str]) -> list[tuple[LexborNode, str]]:
    """Headings, and around the one that is the title all elements whose tag or marks promise metadata."""
    body = page.tree.body
    nodes = list(islice(body.traverse(), MAX_NODES)) if body is not None else []
    tags = [node.tag for node in nodes]
    h1s = [index for index, tag in enumerate(tags) if tag == "h1"]
    at = next((index for index in h1s if match_titles(_text(nodes[index]), titles)), h1s[0] if h1s else None)
    start, stop = (max(0, at - NODES_BEFORE), at + NODES_AFTER) if at is not None else (0, NODES_WITHOUT_TITLE)
    found: list[tuple[LexborNode, str]] = []
    for index, (node, tag) in enumerate(zip(nodes, tags, strict=True)):
        if tag == "h1":
            found.append((node, class_words(node)))
        elif start <= index < stop and tag not in PLAIN_TAGS:
            attributes = node.attributes
            if not attributes and tag not in {"h2", "time"}:
                continue
            words = words_of(attributes)
            if (
                tag in {"h2", "time"}
                or "itemprop" in attributes
                or (words and _is_marked(words))
                or (tag == "a" and _AUTHOR_HREF.search(attributes.get("href") or ""))
            ):
                found.append((node, words))
    # Microdata may open in the head or close the article.
    seen = {node.mem_id for node, _ in found}
    found += ((node, class_words(node)) for node in page.tree.css("[itemprop], time")[:200] if node.mem_id not in seen)
    return found[:MAX_ELEMENTS]


@lru_cache(maxsize=4_096)
def _is_marked(words: str) -> bool:
    return bool(_MARKS.search(words))


def _text(node: LexborNode, limit: int = 300) -> str:
    return re.sub(r"\s+", " ", node.text()[: limit * 4]).strip()[:limit]


def _is_foreign(node: LexborNode) -> bool:
    """Whether the element stands in comments, a side column, related news or the footer."""
    current: LexborNode | None = node
    for _ in range(8):
        if current is None or current.tag in {"body", "html", "article", "main"}:
            return False
        if current.tag in {"footer", "aside", "nav"} or _FOREIGN.search(class_words(current)):
            return True
        current = current.parent
    return False


def _headings(
    elements: list[tuple[LexborNode, str]], titles: Sequence[str]
) -> Generator[Clue, None, tuple[int, str] | None]:
    """Titles in headings; returns the place and text of the one the article begins with."""
    anchor: tuple[int, str] | None = None
    first_h1: tuple[int, str] | None = None
    for index, (node, words) in enumerate(elements):
        tag = node.tag
        if tag == "h1":
            text = _text(node)
            if not text:
                continue
            rule = "html:h1_article" if _is_article_heading(node, words) else "html:h1"
            yield Clue("title", text.rstrip(" ¶#§"), "html", rule)
            first_h1 = first_h1 or (index, text)
            if anchor is None and match_titles(text, titles):
                anchor = (index, text)
        elif anchor is None and (tag == "h2" or "title" in words or "headline" in words) and tag != "h3":
            text = _text(node)
            if 6 <= len(text) < 300 and match_titles(text, titles, is_whole=True):
                yield Clue("title", text, "html", "html:heading")
                anchor = (index, text)
        if anchor and _SUBTITLE_CLASS.search(words) and 0 < index - anchor[0] < 15 and tag != "h1":
            text = _text(node)
            if len(text) >= 10 and text != anchor[1]:
                yield Clue("subtitle", text, "html", "html:subtitle")
    return anchor or first_h1


def _is_article_heading(node: LexborNode, words: str) -> bool:
    """Whether an h1 is marked as the article's: by its class, or by standing in an article or main element."""
    current: LexborNode | None = node
    for _ in range(8):
        if current is None:
            break
        if current.tag in {"article", "main"}:
            return True
        if current.tag in {"nav", "aside", "footer"} or (
            current.tag == "a" and current.attributes.get("href") in {"/", "./"}
        ):
            return False
        current = current.parent
    return bool(re.search(r"headline|entry-title|post-title|article|news_?title|page-title", words))


def _marked_elements(elements: list[tuple[LexborNode, str]], anchor: tuple[int, str] | None) -> Iterator[Clue]:
    start = max(0, anchor[0] - 12) if anchor else 0
    stop = anchor[0] + 60 if anchor else 120
    dates = 0
    first_of: dict[str, tuple[str, int]] = {}
    for node, words in elements[start:stop]:
        tag = node.tag
        attributes = node.attributes
        is_author = bool(_AUTHOR_CLASS.search(words))
        if (
            tag == "time"
            or (attributes.get("itemprop") and "date" in words)
            or (dates < 4 and _DATE_CLASS.search(words))
        ):
            for found in _date_element(node, tag or "", words, attributes):
                dates += 1
                yield found
        is_author = is_author or (tag == "a" and bool(_AUTHOR_HREF.search(attributes.get("href") or "")))
        if is_author and not _is_foreign(node):
            found_authors = _author_element(node, words, attributes)
            if found_authors:
                rule = found_authors[0].rule
                place = (words, node.parent.mem_id if node.parent is not None else 0)
                # The first of its kind; more only where they stand beside it, as the writers of one article do.
                if first_of.setdefault(rule, place) == place:
                    yield from found_authors
        if "source" in words and tag != "source":
            text = _text(node, 80)
            if text and len(text) <= 40 and not _is_foreign(node):
                for credit in read_credits(text):
                    if credit.field == "source_name":
                        yield Clue("source_name", credit.value, "html", "html:source")
        itemprop = attributes.get("itemprop")
        if itemprop in {"headline", "publisher"}:
            yield from _microdata(node, itemprop)


def _microdata(node: LexborNode, itemprop: str) -> Iterator[Clue]:
    value = node.attributes.get("content") or _text(node)
    if itemprop == "publisher":
        name = node.css_first("[itemprop=name]")
        value = (name.attributes.get("content") or _text(name)) if name else ""
    found = clue("title" if itemprop == "headline" else "site_name", value, f"microdata:{itemprop}")
    if found:
        yield found


def _date_element(node: LexborNode, tag: str, words: str, attributes: dict[str, str | None]) -> Iterator[Clue]:
    itemprop = attributes.get("itemprop") or ""
    value = attributes.get("datetime") or attributes.get("content") or attributes.get("title") or ""
    if not read_date(value):
        text = _text(node, 160)
        spans = list(find_date_spans(text[:120]))
        if not spans or (tag != "time" and len(text) > 110):
            return
        value = text[spans[0][1] : spans[0][2]]
    if _is_foreign(node):
        return
    if itemprop in {"datePublished", "dateCreated"}:
        yield Clue("published_at", value, "microdata", "microdata:datePublished")
    elif itemprop == "dateModified" or _MODIFIED_CLASS.search(words):
        yield Clue(
            "modified_at",
            value,
            "microdata" if itemprop else "html",
            "microdata:dateModified" if itemprop else "html:label_modified",
        )
    elif tag == "time" and ("pubdate" in attributes or _PUBLISHED_CLASS.search(words)):
        yield Clue("published_at", value, "html", "html:time_published")
    elif tag == "time":
        yield Clue("published_at", value, "html", "html:time")
    elif _PUBLISHED_CLASS.search(words) or "date" in words or "time" in words:
        yield Clue("published_at", value, "html", "html:class")


def _author_element(node: LexborNode, words: str, attributes: dict[str, str | None]) -> list[Clue]:
    itemprop = attributes.get("itemprop") or ""
    relation = (attributes.get("rel") or "").lower()
    if itemprop == "author":
        inner = node.css("[itemprop=name]")[:8]
        rule = "microdata:author"
        stated = [part.attributes.get("content") for part in (inner or [node])]
        if any(stated):
            return _author_clues([name for value in stated if value for name in clean_names(value)], rule)
        if len(inner) > 1:
            return _author_clues([name for part in inner for name in clean_names(_text(part, 120))], rule)
    elif "author" in relation.split() and node.tag == "a":
        rule = "html:rel_author"
    elif "byline" in words:
        rule = "html:byline"
    elif node.tag == "a" and not _AUTHOR_CLASS.search(words):
        text = _text(node, 80)
        return _author_clues(list(clean_names(text)), "html:author_link") if is_latin_name(text) else []
    elif _NOT_AUTHOR.search(words) and not re.search(r"author[\w-]*name|name[\w-]*author", words):
        return []
    else:
        rule = "html:author"
    lines = [
        line for raw in node.text(separator="\n")[:1_000].split("\n") if (line := re.sub(r"\s+", " ", raw).strip())
    ]
    if not lines or sum(map(len, lines)) > (400 if rule != "html:author" else 160):
        return []
    found = [item.value for item in read_credits("\n".join(lines[:4])) if item.field == "authors"]
    return _author_clues(found or read_name_lines(lines), rule)


def _author_clues(names: Sequence[str], rule: str) -> list[Clue]:
    return [Clue("authors", name, rule.partition(":")[0], rule) for name in names[:12]]
