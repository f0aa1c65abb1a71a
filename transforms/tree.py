"""A parsed page as flat lists, elements in document order: what every stage after the parser reads.

lexbor parses in a fraction of a millisecond, but each look at one of its nodes from Python costs a call, a new object
and a new dictionary of attributes. Its serialization is well-formed, so one pass over that text gives lists that all
stages share.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape, unescape
from typing import TYPE_CHECKING, Protocol

from selectolax.lexbor import LexborHTMLParser

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

VOID_TAGS = frozenset((
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link",
    "meta", "param", "source", "track", "wbr",
))  # fmt: skip
# No text of a page in any browser; the serialization leaves what stands in the last five unescaped.
NEVER_TEXT = ["script", "style", "template", "iframe", "noembed", "noframes", "xmp", "plaintext"]

# Of a serialization only: values always stand in double quotes, < and > in text are always escaped. Names may hold
# anything else, quotes as well, where a page's own markup is broken.
_TAG = re.compile(
    r"""<(?:!(?:--.*?--|DOCTYPE[^>]*)|\?[^>]*|"""
    r"""(/?[^ \t\n\f\r/>!?][^ \t\n\f\r/>]*)((?:\x20=?[^ \t\n\f\r=/>]*="[^"]*")*))>""",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""\x20(=?[^ \t\n\f\r=/>]*)="([^"]*)\"""")
_NO_ATTRIBUTES: dict[str, str] = {}


@dataclass(slots=True)
class Tree:
    """Elements in document order; lists of one entry an element run side by side.

    `raws` are the attributes as serialized: those written alike share what they mean. `ends` is one past an element's
    last descendant. `texts` are the text nodes in reading order, `holders` the element each stands right in;
    the texts of element i and all in it are those from `first_texts[i]` up to `last_texts[i]`.
    """

    tags: list[str] = field(default_factory=list)
    raws: list[str] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    holders: list[int] = field(default_factory=list)
    first_texts: list[int] = field(default_factory=list)
    last_texts: list[int] = field(default_factory=list)

    def text(self, i: int) -> str:
        """All text in element i."""
        return "".join(self.texts[self.first_texts[i] : self.last_texts[i]])

    def lines(self, i: int) -> str:
        """The text nodes in element i, one a line."""
        return "\n".join(self.texts[self.first_texts[i] : self.last_texts[i]])

    def attributes(self, i: int) -> dict[str, str]:
        """The attributes of element i; read only."""
        return read_attributes(self.raws[i])

    def find(self, *names: str, below: int = -1) -> Iterator[int]:
        """The elements of these names, in the whole tree or below one element."""
        start, stop = (below + 1, self.ends[below]) if below >= 0 else (0, len(self.tags))
        return (i for i in range(start, stop) if self.tags[i] in names)

    def children(self, i: int) -> Iterator[int]:
        """The elements right in element i."""
        child, end = i + 1, self.ends[i]
        while child < end:
            yield child
            child = self.ends[child]

    def html(self, i: int, dropped: Sequence[bool]) -> str:
        """Element i as HTML, without the elements that `dropped` marks."""
        writer = _HtmlWriter(self, dropped)
        self.walk(i, writer)
        return "".join(writer.parts)

    def walk(self, root: int, visitor: Visitor) -> None:
        """Shows the visitor element `root` and all in it, in reading order."""
        if not visitor.open(root):
            return
        ends, first_texts, last_texts = self.ends, self.first_texts, self.last_texts
        at, text, following = root, first_texts[root], root + 1
        while True:
            # Elements that start before the next text, and inside the one that is open.
            while following < ends[at] and first_texts[following] <= text:
                if visitor.open(following):
                    at = following
                    following += 1
                else:
                    text = last_texts[following]
                    following = ends[following]
            if text < last_texts[at] and (following >= ends[at] or text < first_texts[following]):
                visitor.text(self.texts[text])
                text += 1
            else:
                visitor.close(at)
                if at == root:
                    return
                at = self.parents[at]


class Visitor(Protocol):
    """What `Tree.walk` shows a page to."""

    def open(self, i: int) -> bool:
        """Element i starts; whether to go in. What is not gone into is not closed either."""

    def text(self, text: str) -> None:
        """A text node."""

    def close(self, i: int) -> None:
        """Element i ends."""


class _HtmlWriter:
    def __init__(self, tree: Tree, dropped: Sequence[bool]) -> None:
        self.tree = tree
        self.dropped = dropped
        self.parts: list[str] = []

    def open(self, i: int) -> bool:
        if self.dropped[i]:
            return False
        self.parts.append(f"<{self.tree.tags[i]}{self.tree.raws[i]}>")
        return True

    def text(self, text: str) -> None:
        self.parts.append(escape(text, quote=False))

    def close(self, i: int) -> None:
        if self.tree.tags[i] not in VOID_TAGS:
            self.parts.append(f"</{self.tree.tags[i]}>")


@lru_cache(maxsize=8_192)
def read_attributes(raw: str) -> dict[str, str]:
    """The attributes of an element by what `Tree.raws` has of it; read only, since equal ones share the answer."""
    if not raw:
        return _NO_ATTRIBUTES
    return {key: unescape(value) if "&" in value else value for key, value in _ATTRIBUTE.findall(raw)}


def parse_tree(html: str) -> Tree:
    """The tree of a page or of a stretch of HTML."""
    return read_tree(LexborHTMLParser(html))


def read_tree(parser: LexborHTMLParser) -> Tree:
    """The tree of a parsed page. Takes scripts and styles, and what else browsers never show, out of `parser`."""
    parser.strip_tags(NEVER_TEXT)
    return _read(parser.html or "")


def _read(html: str) -> Tree:
    tree = Tree()
    tags, raws, parents, ends = tree.tags, tree.raws, tree.parents, tree.ends
    texts, holders, first_texts, last_texts = tree.texts, tree.holders, tree.first_texts, tree.last_texts
    parts = _TAG.split(html)
    count, at = 0, -1
    for tag, raw, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        if not tag:
            pass  # a comment
        elif tag[0] == "/":
            ends[at] = count
            last_texts[at] = len(texts)
            at = parents[at]
        else:
            tags.append(tag)
            raws.append(raw)
            parents.append(at)
            first_texts.append(len(texts))
            last_texts.append(len(texts))
            if tag not in VOID_TAGS:
                at = count
            count += 1
            ends.append(count)
        if text:
            texts.append(unescape(text) if "&" in text else text)
            holders.append(at)
    return tree
