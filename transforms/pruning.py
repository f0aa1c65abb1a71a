"""What to cut from a page: boilerplate by name anywhere, and what does not belong inside the chosen element."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING

from transforms.boilerplate import (
    DOUBT,
    DROP,
    NAMED_BODY,
    NO_BODY,
    is_back_matter,
    is_comment_label,
    is_ending,
    is_related_label,
)
from transforms.survey import HEADING_TAGS, INLINE_TAGS, kept_sums

if TYPE_CHECKING:
    from transforms.survey import Survey

ARTICLE_TAGS = frozenset(("article", "main", "body"))
_CUT_TAGS = frozenset(("nav", "footer", "aside", "dialog", "menu", "form", "fieldset", "option", "label"))
_TABLE_PARTS = frozenset(("thead", "tbody", "tfoot", "tr", "th", "td", "caption"))
_LABEL_TAGS = frozenset(("b", "strong", "span", "font", "em", "u"))
_LINK_LISTS = frozenset(("ul", "ol", "dl", "div", "section", "center"))
_SECTION_HEADINGS = ("h2", "h3", "h4")
_PROSE_PARAGRAPH = 150  # bytes of prose from which a <p> is text, whatever its class says
_LONG_PAPER_BYTES = 1500
_LONG_TITLE_BYTES = 600
_LONG_NOTICE_BYTES = 2000
_LABEL_BYTES = 60
_FOLD = re.compile(r"[\W_]+")


def fold_text(text: str) -> str:
    """Letters and digits only, in lower case: for comparing a heading with the title."""
    return _FOLD.sub("", text).lower()


def mark_boilerplate(sv: Survey, *, is_post: bool) -> list[bool]:
    """Which elements are boilerplate by tag, name or hiddenness, wherever on the page; all inside is marked too."""
    tree = sv.tree
    dropped = sv.out.copy()
    sums = sv.prose_sums()
    texts = [0, *accumulate(sv.text)]
    links = [0, *accumulate(sv.linked)]
    total = left = sums[-1]
    groups: dict[str, list[tuple[int, int, int]]] = {}  # of one tag and class: prose, start, end
    i = sv.root + 1
    stop = tree.ends[sv.root]
    while i < stop:
        end = tree.ends[i]
        if dropped[i]:
            i = end
            continue
        role = sv.roles[i]
        tag = tree.tags[i]
        if tag in _TABLE_PARTS and not sv.hidden[i] and (tag != "td" or role.drop != DROP):
            i += 1  # a cell taken out would move the others
            continue
        if tag in HEADING_TAGS:
            i = end  # what is inside a heading is its text; anchors there are named after it
            continue
        prose = sums[end] - sums[i]
        text = texts[end] - texts[i]
        if tag in INLINE_TAGS and 2 * text < sv.own[sv.blocks[i]] and not sv.hidden[i]:
            i += 1  # a few words of a paragraph
            continue
        out = False
        if role.body != NAMED_BODY and tag not in ARTICLE_TAGS:
            if sv.hidden[i] or tag in _CUT_TAGS or (role.drop == DROP and (tag != "p" or prose < _PROSE_PARAGRAPH)):
                out = 2 * prose <= total
            elif (role.drop == DOUBT or tag == "header") and role.body == NO_BODY and not is_post:
                # A header may hold the standfirst; other doubtful names go when they are short or links.
                is_head = tag == "header" or role.is_head
                linked = links[end] - links[i]
                out = (prose == 0 if is_head else 10 * prose <= total) and (text <= 300 or 5 * linked > 2 * text)
                if out and tag == "header" and tree.tags[tree.parents[i]] == "section" and not linked:
                    # The heading of a section; the page's and the article's own headers stand elsewhere.
                    out = not any(
                        5 * (texts[tree.ends[j]] - texts[j]) >= 4 * text for j in tree.find(*_SECTION_HEADINGS, below=i)
                    )
        if not out:
            i += 1
            continue
        if prose and not sv.hidden[i]:
            groups.setdefault(f"{tag} {role.kind}", []).append((prose, i, end))
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


def mark_inside(sv: Survey, dropped: list[bool], chosen: int, title: str, *, is_post: bool) -> None:
    """Marks what does not belong inside the chosen element: the title again, lists of links, what a label opens."""
    tree = sv.tree
    end = tree.ends[chosen]
    texts = kept_sums(sv.text, dropped)
    links = kept_sums(sv.linked, dropped)
    sums = sv.prose_sums(dropped)
    is_list_page = 2 * (links[end] - links[chosen]) > texts[end] - texts[chosen]
    i = chosen + 1
    while i < end:
        stop = tree.ends[i]
        text = texts[stop] - texts[i]
        if dropped[i] or text == 0:
            i = stop
            continue
        tag = tree.tags[i]
        # A label in bold type may be all the loose text of its box.
        is_label = text <= _LABEL_BYTES and (sv.own[i] or (tag in _LABEL_TAGS and sv.own[sv.blocks[i]] == text))
        if is_label and is_related_label(label := sv.read(i).strip()):
            i = _mark_label(sv, dropped, i, chosen, (texts, links, sums), to_end=is_comment_label(label))
            continue
        if tag in HEADING_TAGS and sums[i] - sums[chosen] >= _LONG_PAPER_BYTES and is_back_matter(sv.read(i).strip()):
            dropped[i:end] = [True] * (end - i)
            break
        linked = links[stop] - links[i]
        drop = False
        if tag in _LINK_LISTS and not is_list_page and not is_post and sv.roles[i].body == NO_BODY:
            # References are mostly links too, but each has words of its own.
            drop = 3 * linked > 2 * text and sums[stop] == sums[i] and text - linked < 20 * tree.tags[i:stop].count("a")
        elif tag == "p" and 2 * linked > text and text <= 400:
            drop = is_related_label(sv.read(i)[:60].replace("：", ":").partition(":")[0])
        if drop:
            dropped[i:stop] = [True] * (stop - i)
            i = stop
        else:
            i += 1
    _mark_title(sv, dropped, chosen, title)
    _mark_tail(sv, dropped, chosen)


def _mark_label(
    sv: Survey,
    dropped: list[bool],
    i: int,
    chosen: int,
    sums: tuple[list[int], list[int], list[int]],
    *,
    to_end: bool,
) -> int:
    """Marks a label, the box it fills or opens, and what belongs to it; the index to go on from."""
    tree = sv.tree
    texts, links, prose = sums
    while (
        tree.parents[i] > chosen
        and texts[tree.ends[tree.parents[i]]] - texts[tree.parents[i]] == texts[tree.ends[i]] - texts[i]
    ):
        i = tree.parents[i]
    parent = tree.parents[i]
    last = tree.ends[parent]
    if parent > chosen and texts[i] == texts[parent]:
        text = texts[last] - texts[parent]
        if to_end or prose[last] - prose[parent] < 200 or 2 * (links[last] - links[parent]) > text:
            dropped[parent:last] = [True] * (last - parent)
            return last
    end = tree.ends[i]
    dropped[i:end] = [True] * (end - i)
    if to_end and prose[i] - prose[chosen] >= prose[last] - prose[i]:
        dropped[i:last] = [True] * (last - i)
        return last
    at = end
    while at < last:
        stop = tree.ends[at]
        text = texts[stop] - texts[at]
        if tree.tags[at] in HEADING_TAGS or (text and 2 * (links[stop] - links[at]) <= text):
            break
        dropped[at:stop] = [True] * (stop - at)
        at = stop
    return at


def _mark_title(sv: Survey, dropped: list[bool], chosen: int, title: str) -> None:
    """Marks the title where it stands over the text, and all before it: column names, dates, breadcrumbs."""
    tree = sv.tree
    folded = fold_text(title)
    texts = [0, *accumulate(sv.text)]
    last = -1
    for i in range(chosen + 1, tree.ends[chosen]):
        if dropped[i]:
            continue
        if sv.prose[i] >= 100:
            break
        tag = tree.tags[i]
        is_heading = tag in HEADING_TAGS
        if not is_heading and not (sv.own[i] and folded):
            continue
        if (tag != "h1" and not folded) or texts[tree.ends[i]] - texts[i] > _LONG_TITLE_BYTES:
            continue
        text = fold_text(sv.read(i))
        if tag == "h1" or (len(text) >= 2 and text == folded):
            last = i
    if last < 0:
        return
    for i in range(chosen + 1, tree.ends[last]):
        # An element around the title holds the text too: only what ends before the title ends goes.
        if tree.ends[i] <= tree.ends[last]:
            dropped[i] = True


def _mark_tail(sv: Survey, dropped: list[bool], chosen: int) -> None:
    """Marks what trails after the text: headings that head nothing, notices of the site."""
    tree = sv.tree
    for i in range(tree.ends[chosen] - 1, chosen, -1):
        if dropped[i] or not sv.own[i]:
            continue
        if sv.own[i] > _LONG_NOTICE_BYTES:
            return
        if tree.ends[i] > i + 1 and any(sv.own[j] and not dropped[j] for j in range(i + 1, min(tree.ends[i], i + 40))):
            return
        text = sv.read(i).strip()
        if tree.tags[i] not in HEADING_TAGS and not is_ending(text) and not is_related_label(text):
            return
        dropped[i : tree.ends[i]] = [True] * (tree.ends[i] - i)
