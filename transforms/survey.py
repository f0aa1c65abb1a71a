"""Where the text of a page is: one walk over the tree, numbers an element at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from transforms.boilerplate import DROP, KEEP, NAMED_BODY, NO_BODY, Role, read_role
from transforms.limits import LIMITS, refuse

if TYPE_CHECKING:
    from transforms.tree import Tree

# Text in these flows on in the block around them.
INLINE_TAGS = frozenset((
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "mark", "math", "nobr", "output", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike",
    "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "br", "img", "o:p",
))  # fmt: skip
# Never text of an article, whatever is inside.
MACHINE_TAGS = frozenset((
    "noscript", "svg", "object", "embed", "applet", "canvas", "audio", "video", "button", "input", "select", "textarea",
    "datalist", "link", "meta", "map", "progress", "nav", "footer",
))  # fmt: skip
HEADING_TAGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BOXES = frozenset(("div", "ul", "ol", "section", "aside", "dl", "header", "figure"))
_SMALL_SHARE = 5  # a box with less than this part of the page's text may be judged by its name alone
_LABEL_WEIGHT = 12  # shorter texts are no sentences
_PLAIN = Role(KEEP, NO_BODY)
_ARTICLE_BODY = Role(KEEP, NAMED_BODY)
# A sentence goes on or ends: what prose has and menus have not.
_STOPS = ("，", "。", "、", "；", "！", "？")
_TELLING = re.compile(r"""\x20(id|class|itemprop|style|hidden)="([^"]*)\"""")


@dataclass(slots=True)
class Survey:
    """Numbers of the tree's elements; the lists run side by side with those of `tree`.

    Weights are UTF-8 bytes without outer white space: a Chinese character says about as much as three letters.
    `text` and `linked` are text set right in an element; summed over a subtree they give its text and link text.
    `blocks` gives the block an element's text flows in, `own` the text that flows right in a block (through inline
    elements), `links` the part of it in links. What is `out` counts nowhere.
    """

    tree: Tree
    root: int
    blocks: list[int]
    text: list[int]
    linked: list[int]
    own: list[int]
    links: list[int]
    stops: list[int]
    roles: list[Role]
    hidden: list[bool]
    prose: list[int]
    out: list[bool]
    has_skipped: bool
    first_post: int = -1  # of a forum's thread

    def read(self, i: int) -> str:
        """The text in element i."""
        tree = self.tree
        first, last = tree.first_texts[i], tree.last_texts[i]
        holders = tree.holders
        return "".join([tree.texts[k] for k in range(first, last) if not self.out[holders[k]]])

    def prose_sums(self, dropped: list[bool] | None = None) -> list[int]:
        """Running sums of prose, so that `sums[end] - sums[start]` is the prose of a subtree."""
        return [0, *accumulate(self.prose)] if dropped is None else kept_sums(self.prose, dropped)


def kept_sums(values: list[int], dropped: list[bool]) -> list[int]:
    """Running sums of one list of a survey without the elements that are dropped."""
    return [0, *accumulate(0 if out else value for value, out in zip(values, dropped, strict=True))]


def survey(tree: Tree, root: int, *, passes_over: bool = False, most: int = LIMITS.elements) -> Survey:
    """Where the text below `root` stands; parts of machinery (buttons, menus, pictures) are out.

    `passes_over`: small boxes of boilerplate are out as well. Raises RejectError (stage "body", code
    "too_many_elements") where more than `most` are left.
    """
    tags, raws, parents, ends = tree.tags, tree.raws, tree.parents, tree.ends
    count = len(tags)
    text, linked, own, links, stops, prose = ([0] * count for _ in range(6))
    blocks = list(range(count))  # the block an element's text flows in: itself, or the nearest block around it
    roles = [_PLAIN] * count
    hidden, in_link, out = [False] * count, [False] * count, [False] * count
    limit, lengths = 0, [0]
    if passes_over:
        lengths += accumulate(map(len, tree.texts))
        limit = (lengths[tree.last_texts[root]] - lengths[tree.first_texts[root]]) // _SMALL_SHARE
    has_skipped = False
    first_post = -1
    i, stop = root + 1, ends[root]
    out[:i] = [True] * i
    out[stop:] = [True] * (count - stop)
    while i < stop:
        tag, raw = tags[i], raws[i]
        if tag in MACHINE_TAGS:
            end = ends[i]
            out[i:end] = [True] * (end - i)
            i = end
            continue
        if raw:
            look = read_look(raw)
            if look is not _PLAIN_LOOK:
                roles[i], hidden[i], is_dropped = look
                if first_post < 0 and look.role.is_post:
                    first_post = i
                if is_dropped and tag in _BOXES and limit:
                    end = ends[i]
                    if lengths[tree.last_texts[i]] - lengths[tree.first_texts[i]] <= limit:
                        out[i:end] = [True] * (end - i)
                        has_skipped = True
                        i = end
                        continue
        at = parents[i]
        if tag in INLINE_TAGS:
            blocks[i] = blocks[at]
        if in_link[at] or tag == "a":
            in_link[i] = True
        i += 1
    out[root] = False
    if stop - root > most and out.count(False) > most:
        raise refuse("body", "too_many_elements", "elements", most)
    first, last = tree.first_texts[root], tree.last_texts[root]
    for string, at in zip(tree.texts[first:last], tree.holders[first:last], strict=True):
        if out[at] or string.isspace():
            continue
        string = string.strip()
        is_ascii = string.isascii()
        weight = len(string) if is_ascii else len(string.encode("utf-8", "replace"))
        block = blocks[at]
        own[block] += weight
        text[at] += weight
        if in_link[at]:
            linked[at] += weight
            links[block] += weight
        elif weight > _LABEL_WEIGHT:
            stops[block] += _count_stops(string, is_ascii=is_ascii)
    for i in range(root, stop):
        if own[i]:
            prose[i] = _prose(tags[i], own[i], links[i], stops[i])
    return Survey(
        tree, root, blocks, text, linked, own, links, stops, roles, hidden, prose, out, has_skipped, first_post
    )


def _count_stops(text: str, *, is_ascii: bool) -> int:
    count = text.count(", ") + text.count(". ")
    if not is_ascii:
        count += sum(map(text.count, _STOPS))
    return count + 1 if text[-1] in ".!?" else count


class _Look(NamedTuple):
    """What an element's own attributes say of it."""

    role: Role
    is_hidden: bool
    is_dropped: bool  # boilerplate or hidden, and no part of the article by any of its names


_PLAIN_LOOK = _Look(_PLAIN, is_hidden=False, is_dropped=False)


@lru_cache(maxsize=16_384)
def read_look(raw: str) -> _Look:
    """What these attributes, as serialized, say of an element."""
    found = dict(_TELLING.findall(raw))
    if not found:
        return _PLAIN_LOOK
    if "articlebody" in found.get("itemprop", "").lower():
        role = _ARTICLE_BODY
    else:
        role = read_role(unescape(found.get("id", "")), unescape(found.get("class", "")))
    style = found.get("style", "")
    is_hidden = "hidden" in found or ("none" in style and "display:none" in style.replace(" ", "").lower())
    return _Look(role, is_hidden, (is_hidden or role.drop == DROP) and not (role.body or role.is_lead))


def _prose(tag: str, own: int, links: int, stops: int) -> int:
    """How much of a block's own text reads as prose: not links, not labels."""
    if not own:
        return 0
    free = own - links
    if links > free or free < 20 or tag in HEADING_TAGS:
        return 0
    if free < 60 and not stops:
        return free // 4
    if not stops:
        return free // 2
    return free - links
