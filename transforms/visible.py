"""What a reader sees around the title: headings, byline and date lines, credits, the copyright line."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit

from transforms.bylines import clean_source, read_credits
from transforms.dates import find_date_spans, read_date
from transforms.metadata_lexicon import fold_label, load_metadata_lexicon
from transforms.names import clean_names, has_han, is_latin_name, is_outlet, read_name_lines
from transforms.observations import Clue, clue, words_of
from transforms.titles import match_titles
from transforms.visible_lines import observe_lines

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from transforms.page import Page
    from transforms.tree import Tree

MAX_ELEMENTS = 600
MAX_SITE_NAME = 40

NODES_BEFORE, NODES_AFTER = 80, 260  # elements around the title that are looked at for marks
NODES_WITHOUT_TITLE = 800
PLAIN_TAGS = frozenset({"br", "hr", "img", "svg", "path", "b", "em", "i", "input", "option", "tr"})

_MARKS = re.compile(
    r"author|byline|autor|date|time|publi|source|title|headline|nickname|meta|writer|username|submitted|account|info"
)
_FOREIGN = re.compile(
    r"comment|sidebar|related|recommend|footer|widget|breadcrumb|popular|teaser|aside|promo|newsletter|relat|reply|respond|hot-|rank|latest"
)
_CARDS = re.compile(r"recommend|related|teaser")
_AUTHOR_CLASS = re.compile(r"author|byline|autor|writer|nickname|account|username|submitted")
_AUTHOR_HREF = re.compile(
    r"/(?:@[\w.-]|(?:authors?|auteurs?|signataires?|redakteure?|redaktion|journalistes?|autori|firmas?"
    r"|periodistas?|autor(?:in|en|es)?|profiles?|users?|people|staff|contributors?|writers?|reporters?|by)/)"
)
_NOT_AUTHOR = re.compile(
    r"avatar|image|img|bio|desc|about|social|date|time|box|info|follow|photo|count|link-list|title|source|comment|section|authority"
)
_PUBLISHED_CLASS = re.compile(
    r"publi|posted|entry-date|dateline|pubdate|post-date|article-date|article__date|created|date-display|erstellt"
)
_MODIFIED_CLASS = re.compile(r"update|modif|changed|aktualis|revis")
# The microformat's name for the only date of a post: `post-date updated`, `entry-date published updated`.
_POST_DATE = re.compile(r"(?:post|entry|article)[-_]?date(?:\s+published)?\s+updated\b|published\s+updated\b")
_DATE_CLASS = re.compile(r"date|time|publi|datum|posted|meta|info|submitted|created")
_PICTURE = re.compile(r"foto|photo|bild|image|getty|©", re.IGNORECASE)
_SUBTITLE_CLASS = re.compile(
    r"sub-?title|sub-?head(?:line)?\b|\bdek\b|standfirst|\bkicker-sub|article__subtitle|alternativeheadline"
)


class _Element(NamedTuple):
    """A place in the tree, and the words its names are made of."""

    at: int
    words: str


def observe_visible(page: Page, titles: Sequence[str]) -> Iterator[Clue]:
    """Observations of the visible page; `titles` are the title's values seen so far, to find where it stands."""
    tree = page.tree
    body = next(tree.find("body"), None)
    if body is None:
        return
    elements = _elements(tree, body, titles)
    anchor = yield from _headings(tree, elements, titles, page.url)
    yield from _marked_elements(tree, elements, anchor)
    yield from observe_lines(tree.lines(body), [anchor[1], *titles] if anchor else list(titles))


def _elements(tree: Tree, body: int, titles: Sequence[str]) -> list[_Element]:
    """Headings, and around the one that is the title all elements whose tag or marks promise metadata."""
    tags, raws = tree.tags, tree.raws
    h1s = list(islice(tree.find("h1"), MAX_ELEMENTS))
    at = next((i for i in h1s if match_titles(_text(tree, i), titles)), h1s[0] if h1s else None)
    start, stop = (max(body, at - NODES_BEFORE), at + NODES_AFTER) if at is not None else (body, NODES_WITHOUT_TITLE)
    found: list[_Element] = [_Element(i, words_of(raws[i])) for i in h1s if i < start]
    for i in range(start, min(stop, tree.ends[body])):
        tag, raw = tags[i], raws[i]
        if tag == "h1":
            found.append(_Element(i, words_of(raw)))
        elif tag not in PLAIN_TAGS and (raw or tag in {"h2", "time"}):
            words = words_of(raw)
            if (
                tag in {"h2", "time"}
                or (words and _is_marked(words))
                or "itemprop" in raw
                or (tag == "a" and _AUTHOR_HREF.search(raw.lower()))
            ):
                found.append(_Element(i, words))
    found += (_Element(i, words_of(raws[i])) for i in h1s if i >= stop)
    # Microdata may open in the head or close the article.
    seen = {element.at for element in found}
    far = [i for i, raw in enumerate(raws) if ' itemprop="' in raw]
    if "time" in tags:
        far = sorted({*far, *tree.find("time")})
    found += (_Element(i, words_of(raws[i])) for i in islice((i for i in far if i not in seen), 200))
    return found[:MAX_ELEMENTS]


@lru_cache(maxsize=4_096)
def _is_marked(words: str) -> bool:
    return bool(_MARKS.search(words))


def _text(tree: Tree, i: int, limit: int = 300) -> str:
    return re.sub(r"\s+", " ", tree.text(i)[: limit * 4]).strip()[:limit]


def _is_foreign(tree: Tree, i: int) -> bool:
    """Whether the element stands in comments, a side column, related news or the footer."""
    for _ in range(8):
        if i < 0 or tree.tags[i] in {"body", "html", "main"}:
            return False
        if tree.tags[i] == "article":  # a card among others, or the article
            parent = tree.parents[i]
            return parent >= 0 and bool(_CARDS.search(words_of(tree.raws[parent])))
        if tree.tags[i] in {"footer", "aside", "nav"} or _FOREIGN.search(words_of(tree.raws[i])):
            return True
        i = tree.parents[i]
    return False


def _headings(
    tree: Tree, elements: list[_Element], titles: Sequence[str], url: str | None
) -> Generator[Clue, None, tuple[int, str] | None]:
    """Titles in headings; returns the place and text of the one the article begins with."""
    anchor: tuple[int, str] | None = None
    first_h1: tuple[int, str] | None = None
    for index, (i, words) in enumerate(elements):
        tag = tree.tags[i]
        if tag == "h1":
            text = _text(tree, i)
            if not text:
                continue
            if _leads_home(tree, i, url):
                if len(text) <= MAX_SITE_NAME:
                    yield Clue("site_name", text, "html", "html:home_link")
                continue
            rule = "html:h1_article" if _is_article_heading(tree, i, words) else "html:h1"
            yield Clue("title", text.rstrip(" ¶#§"), "html", rule)
            first_h1 = first_h1 or (index, text)
            if anchor is None and match_titles(text, titles):
                anchor = (index, text)
        elif anchor is None and (tag == "h2" or "title" in words or "headline" in words) and tag != "h3":
            text = _text(tree, i)
            if 6 <= len(text) < 300 and match_titles(text, titles, is_whole=True):
                yield Clue("title", text, "html", "html:heading")
                anchor = (index, text)
        if anchor and _SUBTITLE_CLASS.search(words) and 0 < index - anchor[0] < 15 and tag != "h1":
            text = _text(tree, i)
            if len(text) >= 10 and text != anchor[1]:
                yield Clue("subtitle", text, "html", "html:subtitle")
    return anchor or first_h1


def _leads_home(tree: Tree, i: int, url: str | None) -> bool:
    """Whether a heading is the site's own name: all of it a link to the home page."""
    links = list(tree.find("a", below=i)) or ([tree.parents[i]] if tree.tags[tree.parents[i]] == "a" else [])
    if len(links) != 1 or (links[0] > i and len(tree.text(links[0]).strip()) < len(tree.text(i).strip())):
        return False
    target = (tree.attributes(links[0]).get("href") or "").strip()
    if not target or not url:
        return target in {"/", "./", "/index.html"}
    home = urlsplit(urljoin(url, target))
    here = urlsplit(url)
    is_root = home.path in {"", "/"} or re.fullmatch(r"/(?:[a-z]{2}/)?(?:index\.\w{3,5})?", home.path) is not None
    return is_root and not home.query and home.netloc == here.netloc and here.path not in {"", "/"}


def _is_article_heading(tree: Tree, i: int, words: str) -> bool:
    """Whether an h1 is marked as the article's: by its class, or by standing in an article or main element."""
    for _ in range(8):
        if i < 0:
            break
        tag = tree.tags[i]
        if tag in {"article", "main"}:
            return True
        if tag in {"nav", "aside", "footer"} or (tag == "a" and tree.attributes(i).get("href") in {"/", "./"}):
            return False
        i = tree.parents[i]
    return bool(re.search(r"headline|entry-title|post-title|article|news_?title|page-title", words))


def _marked_elements(tree: Tree, elements: list[_Element], anchor: tuple[int, str] | None) -> Iterator[Clue]:
    start = max(0, anchor[0] - 12) if anchor else 0
    stop = anchor[0] + 60 if anchor else 120
    dates = 0
    first_of: dict[str, tuple[str, int]] = {}
    for i, words in elements[start:stop]:
        tag = tree.tags[i]
        attributes = tree.attributes(i)
        is_author = bool(_AUTHOR_CLASS.search(words))
        if (
            tag == "time"
            or (attributes.get("itemprop") and "date" in words)
            or (dates < 4 and _DATE_CLASS.search(words))
        ):
            for found in _date_element(tree, i, words):
                dates += 1
                yield found
        is_author = is_author or (tag == "a" and bool(_AUTHOR_HREF.search((attributes.get("href") or "").lower())))
        if is_author and not _is_foreign(tree, i):
            found_authors = _author_element(tree, i, words)
            if found_authors:
                rule = found_authors[0].rule
                place = (words, tree.parents[i])
                # The first of its kind; more only where they stand beside it, as the writers of one article do.
                if first_of.setdefault(rule, place) == place:
                    yield from found_authors
        if "source" in words and tag != "source" and (source := _source_element(tree, i)):
            yield Clue("source_name", source, "html", "html:source")
        itemprop = attributes.get("itemprop")
        if itemprop in {"headline", "publisher"}:
            yield from _microdata(tree, i, itemprop)


def _source_element(tree: Tree, i: int) -> str | None:
    """The outlet in an element whose names say source: behind a label, or a Chinese outlet alone."""
    text = _text(tree, i, 80)
    if not text or len(text) > 40 or _is_foreign(tree, i):
        return None
    for credit in read_credits(text):
        if credit.field == "source_name":
            return credit.value
    label = load_metadata_lexicon().source_label.match(text)
    if label:
        value = text[label.end() :]
        return None if _PICTURE.search(value) else clean_source(value)
    return text if has_han(text) and re.fullmatch(r"\w{2,12}", text) and is_outlet(text) else None


def _microdata(tree: Tree, i: int, itemprop: str) -> Iterator[Clue]:
    if itemprop == "publisher":
        names = _names_in(tree, i)
        value = tree.attributes(names[0]).get("content") or _text(tree, names[0]) if names else ""
    else:
        value = tree.attributes(i).get("content") or _text(tree, i)
    found = clue("title" if itemprop == "headline" else "site_name", value, f"microdata:{itemprop}")
    if found:
        yield found


def _date_element(tree: Tree, i: int, words: str) -> Iterator[Clue]:
    tag, attributes = tree.tags[i], tree.attributes(i)
    itemprop = attributes.get("itemprop") or ""
    value = attributes.get("datetime") or attributes.get("content") or attributes.get("title") or ""
    if not read_date(value):
        text = _text(tree, i, 160)
        spans = list(find_date_spans(text[:120]))
        if not spans and text.isdigit() and read_date(text):
            value = text  # seconds or milliseconds since 1970, filled in by a script
        elif not spans or (tag != "time" and len(text) > 110):
            return
        else:
            value = text[spans[0][1] : spans[0][2]]
    if _is_foreign(tree, i):
        return
    if itemprop in {"datePublished", "dateCreated"}:
        yield Clue("published_at", value, "microdata", "microdata:datePublished")
    elif itemprop == "dateModified" or _is_change(value, words):
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


def _is_change(value: str, words: str) -> bool:
    """Whether a date is that of a change: by its class, or by what it says, `title="最后编辑于 2017.09.03 21:10"`."""
    if _MODIFIED_CLASS.search(words) and not _POST_DATE.search(words):
        return True
    lexicon = load_metadata_lexicon()
    label = lexicon.date_label.match(value)
    return label is not None and lexicon.labels.get(fold_label(label["label"])) == "modified_at"


def _author_element(tree: Tree, i: int, words: str) -> list[Clue]:
    tag, attributes = tree.tags[i], tree.attributes(i)
    itemprop = attributes.get("itemprop") or ""
    relation = (attributes.get("rel") or "").lower()
    if itemprop == "author":
        inner = _names_in(tree, i)[:8]
        rule = "microdata:author"
        stated = [tree.attributes(part).get("content") for part in (inner or [i])]
        if any(stated):
            return _author_clues([name for value in stated if value for name in clean_names(value)], rule)
        if len(inner) > 1:
            return _author_clues([name for part in inner for name in clean_names(_text(tree, part, 120))], rule)
    elif "author" in relation.split() and tag == "a":
        rule = "html:rel_author"
    elif "byline" in words:
        rule = "html:byline"
    elif tag == "a" and not _AUTHOR_CLASS.search(words):
        text = _text(tree, i, 80)
        return _author_clues(list(clean_names(text)), "html:author_link") if is_latin_name(text) else []
    elif _NOT_AUTHOR.search(words) and not re.search(r"author[\w-]*name|name[\w-]*author", words):
        return []
    else:
        rule = "html:author"
    lines = [line for raw in tree.lines(i)[:1_000].split("\n") if (line := re.sub(r"\s+", " ", raw).strip())]
    if not lines or sum(map(len, lines)) > (400 if rule != "html:author" else 160):
        return []
    found = [item.value for item in read_credits("\n".join(lines[:4])) if item.field == "authors"]
    return _author_clues(found or read_name_lines(lines), rule)


def _names_in(tree: Tree, i: int) -> list[int]:
    return [j for j in range(i + 1, tree.ends[i]) if tree.attributes(j).get("itemprop") == "name"]


def _author_clues(names: Sequence[str], rule: str) -> list[Clue]:
    return [Clue("authors", name, rule.partition(":")[0], rule) for name in names[:12]]
