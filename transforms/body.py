"""The article element of a page: chosen by names, markup and density of prose, then freed of boilerplate."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import accumulate
from typing import TYPE_CHECKING

from transforms.boilerplate import NAMED_BODY, WEAK_BODY
from transforms.errors import RejectError
from transforms.limits import LIMITS, Limits, refuse
from transforms.pruning import fold_text, mark_boilerplate, mark_inside
from transforms.survey import HEADING_TAGS, INLINE_TAGS, MACHINE_TAGS, Survey, kept_sums, survey
from transforms.tree import Tree, parse_tree

if TYPE_CHECKING:
    from transforms.page import Page

_LEAD_REACH = 80  # elements between the title and the body; beyond that it is another part of the page
_LITTLE_PROSE = 600
_SHORT_BODY = 300
_MAX_TOLD = 60_000  # characters of JSON-LD articleBody worth comparing
_PROBE = 24  # letters that a paragraph and the articleBody must share
_MAX_LEADS = 3
_MIN_LEAD_BYTES = 60
_MIN_ITEM_BYTES = 20
_MAX_LEAD_ITEMS = 8  # of a list of main points
_NOT_A_LEAD = frozenset(("td", "figcaption", "figure", "dd"))
_TABLE_PARTS = frozenset(("tbody", "tr", "td", "th"))
_NOT_AN_ARTICLE = (
    INLINE_TAGS
    | HEADING_TAGS
    | {"p", "li", "td", "th", "tr", "tbody", "blockquote", "pre", "dd", "dt", "ul", "ol", "figure"}
)


@dataclass(frozen=True, slots=True)
class Body:
    """The article: one element of the page without what `dropped` marks, and the standfirst set apart from it."""

    tree: Tree
    root: int
    dropped: list[bool]
    leads: tuple[int, ...]  # elements before the article's
    confidence: float  # 0 to 1: how sure we are that it is the article
    reason: str  # which rule chose it


def take_whole(html: str, *, confidence: float = 1.0, reason: str = "whole") -> Body:
    """A stretch of HTML that is all article."""
    tree = parse_tree(html)
    return Body(tree, 0, list(map(MACHINE_TAGS.__contains__, tree.tags)), (), confidence, reason)


def find_body(page: Page, *, title: str | None = None, is_post: bool = False, limits: Limits = LIMITS) -> Body:
    """The article element of the page, and what of it is no article.

    `is_post`: the page is the fragment of a Hexo or Jekyll post, all of it article but for boxes of boilerplate.
    Raises RejectError (stage "body"): code "no_body" where no usable text is left, "too_many_elements" or
    "too_much_text" where page or article is beyond `limits`.
    """
    tree = page.tree
    root = next(tree.find("body", "frameset"), 0)
    if not tree.tags:
        raise _no_body("the page has no elements")
    sv = survey(tree, root, passes_over=not is_post, most=limits.elements)
    if sv.has_skipped and sum(sv.prose) < _LITTLE_PROSE:
        sv = survey(tree, root, most=limits.elements)  # a name may have misled: look at everything
    dropped = mark_boilerplate(sv, is_post=is_post)
    sums = sv.prose_sums(dropped)
    own = kept_sums(sv.own, dropped)
    if own[-1] == 0:
        raise _no_body("no text outside menus, scripts and forms")
    if is_post:
        chosen, reason = root, "post"
    else:
        chosen, reason = _choose(sv, dropped, sums, page.article_body)
        if chosen == root and reason == "whole page" and page.article_body is None:
            raise _no_body("no prose outside menus and lists of links")
        told = page.article_body or ""
        if len(told) >= _SHORT_BODY and _prose_of(sv, sums, chosen) * 5 < len(told.encode("utf-8", "replace")):
            # The page's own data has the text that its markup lacks (pages filled in by scripts).
            return take_whole(_as_paragraphs(told), confidence=0.6, reason="json-ld text")
    leads = [] if is_post else _find_leads(sv, dropped, chosen, title)
    mark_inside(sv, dropped, chosen, title or "", is_post=is_post)
    kept = own[tree.ends[chosen]] - own[chosen]
    if dropped[chosen : tree.ends[chosen]].count(False) > limits.article_elements:
        raise refuse("body", "too_many_elements", "elements in its article", limits.article_elements)
    if kept > limits.article_bytes:
        raise refuse("body", "too_much_text", "bytes of text in its article", limits.article_bytes)
    if kept < 2:
        raise _no_body("the chosen element holds no text")
    return Body(tree, chosen, dropped, tuple(leads), _confidence(sv, sums, chosen, reason), reason)


def _prose_of(sv: Survey, sums: list[int], i: int) -> int:
    return sums[sv.tree.ends[i]] - sums[i]


def _as_paragraphs(text: str) -> str:
    if "</" in text:
        return f"<div>{text}</div>"
    return "".join(("<div>", *(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip()), "</div>"))


def _no_body(detail: str) -> RejectError:
    return RejectError(
        "body", "no_body", "No article text was found: is this an article page, saved with its text?", detail
    )


def _choose(sv: Survey, dropped: list[bool], sums: list[int], article_body: str | None = None) -> tuple[int, str]:
    """The article's element and the rule that found it."""
    total = sums[-1]
    if article_body and (told := _matching(sv, dropped, article_body)) is not None:
        return told, "json-ld"
    if sv.first_post >= 0 and not dropped[sv.first_post]:
        return sv.first_post, "named"  # of a thread; replies are no article
    dense = _densest(sv, dropped, sums)
    dense_prose = _prose_of(sv, sums, dense)
    named = _named(sv, dropped, sums, NAMED_BODY)
    if named is not None and 2 * (_prose_of(sv, sums, named)) >= dense_prose:
        return named, "named"
    if total == 0:
        return (named, "named") if named is not None else (sv.root, "whole page")
    article = _named(sv, dropped, sums, WEAK_BODY)
    if article is not None and 10 * (_prose_of(sv, sums, article)) >= 7 * dense_prose:
        inside = article <= dense < sv.tree.ends[article]
        if inside and 10 * dense_prose >= 9 * (_prose_of(sv, sums, article)):
            return dense, "density in article"
        return article, "article"
    return dense, "density"


def _matching(sv: Survey, dropped: list[bool], article_body: str) -> int | None:
    """The smallest element that holds what the page's JSON-LD says is the article's text."""
    told = fold_text(article_body[:_MAX_TOLD])
    matched = [0] * len(sv.prose)
    for i, prose in enumerate(sv.prose):
        if prose >= 40 and not dropped[i] and fold_text(sv.read(i)[:80])[:_PROBE] in told:
            matched[i] = prose
    sums = [0, *accumulate(matched)]
    if sums[-1] < 400 or 2 * sums[-1] < len(told.encode("utf-8", "replace")):
        return None
    at = i = sv.root
    while i < sv.tree.ends[at]:
        # Down while one child holds nearly all of it: a teaser elsewhere may repeat the first words.
        if _prose_of(sv, sums, i) >= 0.9 * sums[-1] and sv.tree.tags[i] not in _NOT_AN_ARTICLE:
            at = i
        i += 1
    return at


def _densest(sv: Survey, dropped: list[bool], sums: list[int]) -> int:
    """Down from the body while one child holds most of the prose."""
    at = sv.root
    while True:
        here = _prose_of(sv, sums, at)
        best, best_prose = -1, 0
        for child in sv.tree.children(at):
            if dropped[child]:
                continue
            prose = _prose_of(sv, sums, child)
            if prose > best_prose and (
                sv.tree.tags[child] not in _NOT_AN_ARTICLE
                or (sv.tree.tags[child] in _TABLE_PARTS and prose >= _LITTLE_PROSE)
            ):
                best, best_prose = child, prose
        if best < 0 or 4 * best_prose < 3 * here:
            break
        at = best
    # Of a table that lays out the page one cell holds the article; a row is no article by itself.
    while sv.tree.tags[at] in ("tr", "tbody", "thead", "tfoot"):
        at = sv.tree.parents[at]
    return at


def _named(sv: Survey, dropped: list[bool], sums: list[int], rank: int) -> int | None:
    """Of elements named as an article's body that with most prose; of nested ones the inner, if it has nearly all."""
    best: int | None = None
    best_prose = 0
    for i, role in enumerate(sv.roles):
        if dropped[i]:
            continue
        fits = role.body >= rank or (rank == WEAK_BODY and sv.tree.tags[i] in ("article", "main"))
        if not fits:
            continue
        prose = _prose_of(sv, sums, i)
        if prose > best_prose or (
            best is not None and i < sv.tree.ends[best] and 10 * prose >= 9 * best_prose and prose
        ):
            best, best_prose = i, max(prose, 1)
    return best


def _find_leads(sv: Survey, dropped: list[bool], chosen: int, title: str | None) -> list[int]:
    """Paragraphs between the title and the chosen element: the standfirst, set apart from the body by many sites."""
    folded = fold_text(title or "")
    start = -1
    for i in range(chosen - 1, 0, -1):
        if sv.tree.tags[i] in HEADING_TAGS and (
            sv.tree.tags[i] == "h1" or (folded and fold_text(sv.read(i)) == folded)
        ):
            start = i
            break
    if start < 0 or sv.out[start:chosen].count(False) > _LEAD_REACH:
        return []
    leads: list[int] = []
    total = 0
    for i in range(sv.tree.ends[start], chosen):
        is_item = sv.tree.tags[i] == "li"
        if (
            sv.tree.ends[i] > chosen
            or sv.own[i] < (_MIN_ITEM_BYTES if is_item else _MIN_LEAD_BYTES)
            or 2 * sv.links[i] > sv.own[i]
        ):
            continue
        role = sv.roles[i]
        if is_item and not sv.roles[sv.tree.parents[i]].is_lead:
            continue
        is_lead = role.is_lead or sv.roles[sv.tree.parents[i]].is_lead
        if sv.hidden[i] or not (is_lead or (sv.prose[i] >= 90 and sv.stops[i] and not dropped[i] and not role.drop)):
            continue
        if sv.tree.tags[i] in _NOT_A_LEAD or (sv.tree.tags[i] in HEADING_TAGS and not is_lead):
            continue
        if any(sv.own[j] for j in range(i + 1, sv.tree.ends[i]) if sv.blocks[j] == j):
            continue
        leads.append(i)
        total += sv.own[i]
    items = sum(sv.tree.tags[i] == "li" for i in leads)
    return leads if len(leads) - items <= _MAX_LEADS and items <= _MAX_LEAD_ITEMS and total <= 1500 else []


def _confidence(sv: Survey, sums: list[int], chosen: int, reason: str) -> float:
    """Sureness from the rule, the amount of prose and its share of the page's prose."""
    prose = _prose_of(sv, sums, chosen)
    share = prose / sums[-1] if sums[-1] else 0.0
    base = {
        "json-ld": 0.65,
        "named": 0.6,
        "post": 0.7,
        "article": 0.5,
        "density in article": 0.55,
        "density": 0.35,
    }.get(reason, 0.1)
    amount = min(prose / 1500, 1.0)
    return round(min(base + 0.25 * share * amount + 0.15 * amount, 1.0), 2)
