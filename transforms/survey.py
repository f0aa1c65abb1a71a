"""Where the text of a page is: one walk over the tree, numbers an element at a time."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from transforms.boilerplate import DROP, KEEP, NAMED_BODY, NO_BODY, Role, read_role
from transforms.limits import LIMITS, refuse

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

# Text in these flows on in the block around them.
INLINE_TAGS = frozenset((
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "mark", "math", "nobr", "output", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike",
    "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "br", "img", "o:p",
))  # fmt: skip
HEADING_TAGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BOXES = frozenset(("div", "ul", "ol", "section", "aside", "dl", "header", "figure"))
_SMALL_SHARE = 5  # a box with less than this part of the page's text may be judged by its name alone
_LABEL_WEIGHT = 12  # shorter texts are no sentences
_PLAIN = Role(KEEP, NO_BODY)
_ARTICLE_BODY = Role(KEEP, NAMED_BODY)
# A sentence goes on or ends: what prose has and menus have not.
_STOPS = ("，", "。", "、", "；", "！", "？")
# lexbor numbers the tags it knows; names of tags it does not know get numbers of their own in each page.
_TEXT_ID = 2
_FIRST_FREE_ID = 190
_KNOWN_TAGS: dict[int, str] = {}


@dataclass(slots=True)
class Survey:
    """Elements in document order; the lists run side by side and `end` is one past an element's last descendant.

    Weights are UTF-8 bytes without outer white space: a Chinese character says about as much as three letters.
    `text` and `linked` are text set right in an element; summed over a subtree they give its text and link text.
    `blocks` gives the block an element's text flows in, `own` the text that flows right in a block (through inline
    elements), `links` the part of it in links.
    """

    nodes: list[LexborNode]
    tags: list[str]
    parents: list[int]
    blocks: list[int]
    text: list[int]
    linked: list[int]
    ends: list[int]
    own: list[int]
    links: list[int]
    stops: list[int]
    roles: list[Role]
    hidden: list[bool]
    prose: list[int]
    skipped: list[LexborNode]

    def prose_sums(self, dropped: list[bool] | None = None) -> list[int]:
        """Running sums of prose, so that `sums[end] - sums[start]` is the prose of a subtree."""
        if dropped is None:
            return [0, *accumulate(self.prose)]
        return [0, *accumulate(0 if out else value for value, out in zip(self.prose, dropped, strict=True))]


def survey(root: LexborNode, *, passes_over: bool = False, most: int = LIMITS.elements) -> Survey:
    """The elements below `root` (itself first) and the text in them.

    `passes_over`: small boxes of boilerplate are not walked; they are in `skipped` and in no other list.
    Raises RejectError (stage "body", code "too_many_elements") where there are more than `most`.
    """
    nodes: list[LexborNode] = [root]
    tags = [root.tag or ""]
    parents = [-1]
    texts, linked, own, links, stops = [0], [0], [0], [0], [0]
    blocks = [0]  # the block an element's text flows in: itself, or the nearest block around it
    in_link = [False]
    roles = [_PLAIN]
    hidden = [False]
    skipped: list[LexborNode] = []
    limit = len(root.text()) // _SMALL_SHARE if passes_over else 0
    known = _KNOWN_TAGS
    # By hand and not with node.traverse(): knowing the parent saves a look-up a node, and subtrees can be passed over.
    stack: list[tuple[LexborNode, int]] = []
    at = 0
    node = root.first_child
    while True:
        if node is None:
            if not stack:
                break
            node, at = stack.pop()
            node = node.next
            continue
        tag_id = node.tag_id
        if tag_id == _TEXT_ID:
            if not node.is_empty_text_node and (text := (node.text_content or "").strip()):
                is_ascii = text.isascii()
                weight = len(text) if is_ascii else len(text.encode("utf-8", "replace"))
                block = blocks[at]
                own[block] += weight
                texts[at] += weight
                if in_link[at]:
                    linked[at] += weight
                    links[block] += weight
                elif weight > _LABEL_WEIGHT:
                    stops[block] += _count_stops(text, is_ascii=is_ascii)
            node = node.next
            continue
        tag = known.get(tag_id)
        if tag is None:
            tag = node.tag
            if tag is None or tag[0] in "-!":
                node = node.next
                continue
            if tag_id < _FIRST_FREE_ID:
                known[tag_id] = tag
        role, is_hidden = _PLAIN, False
        attributes = node.attributes
        if attributes:
            role, is_hidden = _role(attributes), _is_hidden(attributes)
            is_box = tag in _BOXES and (is_hidden or role.drop == DROP) and not (role.body or role.is_lead)
            if is_box and limit and len(node.text()) <= limit:
                skipped.append(node)
                node = node.next
                continue
        position = len(nodes)
        if position > most:
            raise refuse("body", "too_many_elements", "elements", most)
        nodes.append(node)
        tags.append(tag)
        parents.append(at)
        texts.append(0)
        linked.append(0)
        own.append(0)
        links.append(0)
        stops.append(0)
        roles.append(role)
        hidden.append(is_hidden)
        blocks.append(blocks[at] if tag in INLINE_TAGS else position)
        in_link.append(tag == "a" or in_link[at])
        child = node.first_child
        if child is None:
            node = node.next
        else:
            stack.append((node, at))
            at = position
            node = child
    ends = _subtree_ends(parents)
    prose = [_prose(*facts) for facts in zip(tags, own, links, stops, strict=True)]
    return Survey(nodes, tags, parents, blocks, texts, linked, ends, own, links, stops, roles, hidden, prose, skipped)


def _count_stops(text: str, *, is_ascii: bool) -> int:
    count = text.count(", ") + text.count(". ")
    if not is_ascii:
        count += sum(map(text.count, _STOPS))
    return count + 1 if text[-1] in ".!?" else count


def _role(attributes: dict[str, str | None]) -> Role:
    prop = attributes.get("itemprop")
    if prop and "articlebody" in prop.lower():
        return _ARTICLE_BODY
    id_ = attributes.get("id") or ""
    classes = attributes.get("class") or ""
    return read_role(id_, classes) if id_ or classes else _PLAIN


def _is_hidden(attributes: dict[str, str | None]) -> bool:
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    if style and "none" in style:
        return "display:none" in style.replace(" ", "").lower()
    return False


def _subtree_ends(parents: list[int]) -> list[int]:
    ends = list(range(1, len(parents) + 1))
    for i in range(len(parents) - 1, 0, -1):
        at = parents[i]
        if ends[i] > ends[at]:
            ends[at] = ends[i]
    return ends


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
