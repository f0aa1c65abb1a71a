"""The article element of a page: chosen by names, markup and density of prose, then freed of boilerplate."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING

from transforms.boilerplate import DOUBT, DROP, NAMED_BODY, NO_BODY, WEAK_BODY, is_related_label
from transforms.errors import RejectError
from transforms.records import Body
from transforms.survey import HEADING_TAGS, INLINE_TAGS, Survey, survey

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from transforms.page import Page

# Never text of an article, whatever is inside.
_MACHINE_TAGS = [
    "script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "applet", "canvas", "audio", "video",
    "button", "input", "select", "textarea", "datalist", "link", "meta", "map", "progress", "ins.adsbygoogle",
]  # fmt: skip
_ARTICLES = frozenset(("article", "main", "body"))
_CUT_TAGS = frozenset(("nav", "footer", "aside", "dialog", "menu", "form", "fieldset", "option", "label"))
_LEAD_REACH = 80  # elements between the title and the body; beyond that it is another part of the page
_LISTS = frozenset(("ul", "ol", "dl", "div", "section", "center"))
_NOT_AN_ARTICLE = (
    INLINE_TAGS
    | HEADING_TAGS
    | {"p", "li", "td", "th", "tr", "tbody", "blockquote", "pre", "dd", "dt", "ul", "ol", "figure"}
)


def find_body(page: Page, *, title: str | None = None, is_post: bool = False) -> Body:
    """The article element as pruned HTML. Cuts pieces out of `page.tree`, so nothing may read the tree afterwards.

    `is_post`: the page is the fragment of a Hexo or Jekyll post, all of it article but for boxes of boilerplate.
    Raises RejectError (stage "body", code "no_body") where no usable text is left.
    """
    root = page.tree.body or page.tree.root
    if root is None:
        raise _no_body("the page has no elements")
    root.strip_tags(_MACHINE_TAGS)
    sv = survey(root)
    dropped = _mark_boilerplate(sv, is_post=is_post)
    sums = sv.prose_sums(dropped)
    own = [0, *accumulate(0 if out else value for value, out in zip(sv.own, dropped, strict=True))]
    if own[-1] == 0:
        raise _no_body("no text outside menus, scripts and forms")
    if is_post:
        chosen, reason = 0, "post"
    else:
        chosen, reason = _choose(sv, dropped, sums)
    leads = [] if is_post else _find_leads(sv, dropped, chosen, title)
    _mark_inside(sv, dropped, chosen, title, is_post=is_post)
    _cut(sv, dropped, chosen)
    kept = own[sv.ends[chosen]] - own[chosen]
    if kept < 2:
        raise _no_body("the chosen element holds no text")
    html = sv.nodes[chosen].html or ""
    if leads:
        html = "".join(("<div>", *(sv.nodes[i].html or "" for i in leads), html, "</div>"))
    return Body(html=html, confidence=_confidence(sv, sums, chosen, reason), reason=reason)


def _no_body(detail: str) -> RejectError:
    return RejectError(
        "body", "no_body", "No article text was found: is this an article page, saved with its text?", detail
    )


def _mark_boilerplate(sv: Survey, *, is_post: bool) -> list[bool]:
    """Which elements are boilerplate by tag, name or hiddenness, wherever on the page; all inside is marked too."""
    count = len(sv.nodes)
    dropped = [False] * count
    sums = sv.prose_sums()
    own = [0, *accumulate(sv.own)]
    links = [0, *accumulate(sv.links)]
    total = left = sums[-1]
    groups: dict[str, list[tuple[int, int, int]]] = {}  # of one tag and class: prose, start, end
    i = 1
    while i < count:
        end = sv.ends[i]
        role = sv.roles[i]
        tag = sv.tags[i]
        if tag in HEADING_TAGS:
            i = end  # what is inside a heading is its text; anchors there are named after it
            continue
        if tag in INLINE_TAGS and role.drop and 2 * (own[end] - own[i]) < sv.own[sv.blocks[i]]:
            i += 1  # a few words of a paragraph
            continue
        prose = sums[end] - sums[i]
        out = False
        if role.body != NAMED_BODY and tag not in _ARTICLES:
            if sv.hidden[i] or tag in _CUT_TAGS or (role.drop == DROP and (tag != "p" or prose < 150)):
                out = 2 * prose <= total
            elif (role.drop == DOUBT or tag == "header") and role.body == NO_BODY and not is_post:
                text = own[end] - own[i]
                is_head = tag == "header" or role.is_head
                out = (prose == 0 if is_head else 10 * prose <= total) and (
                    text <= 300 or 5 * (links[end] - links[i]) > 2 * text
                )
        if not out:
            i += 1
            continue
        if prose and not sv.hidden[i]:
            groups.setdefault(f"{tag} {role.words}", []).append((prose, i, end))
        left -= prose
        dropped[i:end] = [True] * (end - i)
        i = end
    if 5 * left < total and groups:
        _restore_group(dropped, groups, left)
    return dropped


def _restore_group(dropped: list[bool], groups: dict[str, list[tuple[int, int, int]]], left: int) -> None:
    """Takes back the largest group of equally named elements: where nearly all prose went, the name misled."""
    members = max(groups.values(), key=lambda group: sum(prose for prose, _, _ in group))
    if sum(prose for prose, _, _ in members) > 4 * left and left < 400:
        for _, start, end in members:
            dropped[start:end] = [False] * (end - start)


def _choose(sv: Survey, dropped: list[bool], sums: list[int]) -> tuple[int, str]:
    """The article's element and the rule that found it."""
    total = sums[-1]
    dense = _densest(sv, dropped, sums)
    dense_prose = sums[sv.ends[dense]] - sums[dense]
    named = _named(sv, dropped, sums, NAMED_BODY)
    if named is not None and 2 * (sums[sv.ends[named]] - sums[named]) >= dense_prose:
        return named, "named"
    if total == 0:
        return (named, "named") if named is not None else (0, "whole page")
    article = _named(sv, dropped, sums, WEAK_BODY)
    if article is not None and 10 * (sums[sv.ends[article]] - sums[article]) >= 7 * dense_prose:
        inside = article <= dense < sv.ends[article]
        if inside and 10 * dense_prose >= 9 * (sums[sv.ends[article]] - sums[article]):
            return dense, "density in article"
        return article, "article"
    return dense, "density"


def _densest(sv: Survey, dropped: list[bool], sums: list[int]) -> int:
    """Down from the body while one child holds most of the prose."""
    children: dict[int, list[int]] = {}
    for i in range(1, len(sv.nodes)):
        if not dropped[i]:
            children.setdefault(sv.parents[i], []).append(i)
    at = 0
    while True:
        here = sums[sv.ends[at]] - sums[at]
        best, best_prose = -1, 0
        for child in children.get(at, ()):
            prose = sums[sv.ends[child]] - sums[child]
            if prose > best_prose and sv.tags[child] not in _NOT_AN_ARTICLE:
                best, best_prose = child, prose
        if best < 0 or 4 * best_prose < 3 * here:
            return at
        at = best


def _named(sv: Survey, dropped: list[bool], sums: list[int], rank: int) -> int | None:
    """The element with most prose among those named as an article's body; of nested ones the inner, if it has nearly all."""
    best: int | None = None
    best_prose = 0
    for i in range(len(sv.nodes)):
        if dropped[i]:
            continue
        fits = sv.roles[i].body >= rank or (rank == WEAK_BODY and sv.tags[i] in ("article", "main"))
        if not fits:
            continue
        prose = sums[sv.ends[i]] - sums[i]
        if prose > best_prose or (best is not None and i < sv.ends[best] and 10 * prose >= 9 * best_prose and prose):
            best, best_prose = i, max(prose, 1)
    return best


def _find_leads(sv: Survey, dropped: list[bool], chosen: int, title: str | None) -> list[int]:
    """Paragraphs between the title and the chosen element: the standfirst, set apart from the body by many sites."""
    folded = _fold(title or "")
    start = -1
    for i in range(chosen - 1, 0, -1):
        if sv.tags[i] in HEADING_TAGS and (sv.tags[i] == "h1" or (folded and _fold(sv.nodes[i].text()) == folded)):
            start = i
            break
    if start < 0 or chosen - start > _LEAD_REACH:
        return []
    leads: list[int] = []
    total = 0
    for i in range(sv.ends[start], chosen):
        if dropped[i] or sv.ends[i] > chosen or sv.prose[i] < 90 or not sv.stops[i]:
            continue
        if sv.tags[i] in ("li", "td", "figcaption", "figure", "dd") or sv.roles[i].drop:
            continue
        if sv.ends[i] > i + 1 and any(sv.own[j] for j in range(i + 1, sv.ends[i]) if sv.blocks[j] == j):
            continue
        leads.append(i)
        total += sv.own[i]
    return leads if len(leads) <= 3 and total <= 1500 else []


def _mark_inside(sv: Survey, dropped: list[bool], chosen: int, title: str | None, *, is_post: bool) -> None:
    """Marks what does not belong inside the chosen element: the title again, lists of links, what a label opens."""
    end = sv.ends[chosen]
    own = [0, *accumulate(0 if out else value for value, out in zip(sv.own, dropped, strict=True))]
    links = [0, *accumulate(0 if out else value for value, out in zip(sv.links, dropped, strict=True))]
    sums = sv.prose_sums(dropped)
    folded_title = _fold(title or "")
    whole_links = links[end] - links[chosen]
    whole = own[end] - own[chosen]
    is_list_page = 2 * whole_links > whole
    i = chosen + 1
    while i < end:
        stop = sv.ends[i]
        tag = sv.tags[i]
        if dropped[i]:
            i = stop
            continue
        text = own[stop] - own[i]
        if text == 0:
            i += 1
            continue
        drop = False
        if tag in HEADING_TAGS and folded_title and _is_title(_fold(sv.nodes[i].text()), folded_title, tag):
            drop = True
        elif tag in _LISTS and not is_list_page and sv.roles[i].body == 0:
            linked = links[stop] - links[i]
            drop = 3 * linked > 2 * text and sums[stop] - sums[i] == 0 and not is_post
        if not drop and text <= 60 and sv.own[i] and is_related_label(sv.nodes[i].text().strip()):
            i = _mark_label(sv, dropped, i, chosen, own, links, sums)
            continue
        if drop:
            dropped[i:stop] = [True] * (stop - i)
            i = stop
        else:
            i += 1


def _mark_label(
    sv: Survey, dropped: list[bool], i: int, chosen: int, own: list[int], links: list[int], sums: list[int]
) -> int:
    """Marks a label, the box it fills or opens, and the links after it; the index to go on from."""
    while sv.parents[i] > chosen and own[sv.ends[sv.parents[i]]] - own[sv.parents[i]] == own[sv.ends[i]] - own[i]:
        i = sv.parents[i]
    parent = sv.parents[i]
    if parent > chosen and own[i] == own[parent]:
        text = own[sv.ends[parent]] - own[parent]
        if sums[sv.ends[parent]] - sums[parent] < 200 or 2 * (links[sv.ends[parent]] - links[parent]) > text:
            dropped[parent : sv.ends[parent]] = [True] * (sv.ends[parent] - parent)
            return sv.ends[parent]
    end = sv.ends[i]
    dropped[i:end] = [True] * (end - i)
    limit = sv.ends[parent]
    at = end
    while at < limit:
        stop = sv.ends[at]
        text = own[stop] - own[at]
        linked = links[stop] - links[at]
        if sv.tags[at] in HEADING_TAGS or (text and 2 * linked <= text):
            break
        dropped[at:stop] = [True] * (stop - at)
        at = stop
    return at


def _cut(sv: Survey, dropped: list[bool], chosen: int) -> None:
    i = chosen + 1
    end = sv.ends[chosen]
    while i < end:
        if dropped[i]:
            sv.nodes[i].decompose()
            i = sv.ends[i]
        else:
            i += 1


_FOLD = re.compile(r"[\W_]+")


def _fold(text: str) -> str:
    return _FOLD.sub("", text).lower()


def _is_title(text: str, title: str, tag: str) -> bool:
    if not text:
        return False
    return text == title or (tag == "h1" and len(text) >= 8 and (title.startswith(text) or text.startswith(title)))


def _confidence(sv: Survey, sums: list[int], chosen: int, reason: str) -> float:
    """Sureness from the rule, the amount of prose and its share of the page's prose."""
    prose = sums[sv.ends[chosen]] - sums[chosen]
    share = prose / sums[-1] if sums[-1] else 0.0
    base = {"named": 0.6, "post": 0.7, "article": 0.5, "density in article": 0.55, "density": 0.35}.get(reason, 0.1)
    amount = min(prose / 1500, 1.0)
    return round(min(base + 0.25 * share * amount + 0.15 * amount, 1.0), 2)
