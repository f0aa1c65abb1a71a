"""Markup that would cost the parser more than its length: nesting, attributes, formatting that is never closed."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from transforms.limits import LIMITS, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.limits import Limits

FEW_TAGS = 1_000  # with fewer no page is tangled enough to matter
MANY_TAGS = 8_000  # with fewer no page is deep enough to matter
MAX_DEPTH = 500  # browsers stop at 512
MAX_ATTRIBUTES = 100  # of one tag, or of all html or body tags: each is compared with those before it
LONG_TAG_CHARS = 300  # may hold that many
LARGE_PAGE_CHARS = 2_000_000  # only such a page holds enough tags of that length to matter; else much longer ones do
VERY_LONG_TAG_CHARS = 2_000
MAX_COMPARISONS = 50_000_000  # of attributes; about a fifth of a second
_REACH = 16  # open elements that an end tag may close at once
_SAME_OPEN = 3  # equal formatting elements that the parser reopens (the standard's "Noah's Ark clause")

# Quotes count behind an equals sign only, as the standard has it; possessive, so that no input makes it go back.
_ATTRIBUTE = re.compile(r"""[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>"'][^\s>]*+)?+)?+""")
_INSIDE_TAG = re.compile(rf"(?:[\s/]++|{_ATTRIBUTE.pattern})*+")
_STYLED = re.compile(r"<(/?)(b|big|code|em|font|i|s|small|strike|strong|tt|u)[\s/>]", re.IGNORECASE)
_TOKEN = re.compile(
    rf"(?P<comment><!--(?:-?>)?)|<[!?][^>]*+|<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?:[\s/]++|{_ATTRIBUTE.pattern})*+(?:>|\Z)"
)
_COMMENT_END = re.compile("--!?>")
_RAW_END = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")
}
_FORMATTING = frozenset((
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
))  # fmt: skip
_MARKERS = frozenset(("applet", "marquee", "object", "template"))  # an end tag inside closes no formatting outside
_MARKER = re.compile(rf"<(?:{'|'.join(sorted(_MARKERS))})[\s/>]", re.IGNORECASE)
_FOREIGN = frozenset(("svg", "math"))
_ROOTS = frozenset(("html", "body"))
# Elements that hold nothing.
_EMPTY = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
    "html", "head", "body",
))  # fmt: skip
# No end tag of an inline element reaches beyond one of these.
_BARRIERS = frozenset((
    "address", "applet", "article", "aside", "blockquote", "button", "caption", "center", "details", "div", "dl",
    "fieldset", "figure", "footer", "form", "header", "main", "marquee", "nav", "object", "ol", "section", "select",
    "summary", "table", "template", "ul",
))  # fmt: skip
# No end tag at all.
_WALLS = frozenset(("applet", "caption", "marquee", "object", "table", "template"))
# Those that end when the next of their name begins, and what shields them from it.
_LIST_WALLS = _BARRIERS - {"div", "address"}
_ENDED_BY_NEXT = {
    **dict.fromkeys(("tr", "td", "th", "thead", "tbody", "tfoot"), _WALLS),
    **dict.fromkeys(("li", "dt", "dd"), _LIST_WALLS),
    "p": _WALLS | {"button"},
}


def limit_markup(html: str, limits: Limits = LIMITS) -> str:
    """The page without the tags and attributes that no reader needs and that the parser chokes on.

    The parser's time grows with the square of the depth and of the attributes of a tag: 200,000 would take minutes.
    Raises RejectError (stage "page") `too_many_tags`, or `too_many_copies` where formatting elements that were left
    open would be opened again in so many blocks that they are the page.

    >>> limit_markup("<p " + " ".join(f"a{i}='>'" for i in range(8_000)) + ">x")
    '<p>x'
    """
    tags = html.count("<")
    if tags > limits.tags:
        raise refuse("page", "too_many_tags", "tags", limits.tags)
    is_tangled = tags >= MANY_TAGS or (tags >= FEW_TAGS and tags * _most_open(html) > limits.copies)
    is_tangled = is_tangled or _has_long_tag(html)
    return _Tangle(limits).cut(html) if is_tangled else html


def _most_open(html: str) -> int:
    """How many formatting elements may be open at once: the parser reopens these in every block that follows."""
    styled = _STYLED.findall(html)
    if len(styled) < 2 or _MARKER.search(html):
        return len(styled)
    open_: Counter[str] = Counter()
    now = most = 0
    for slash, name in styled:
        name = name.lower()
        if not slash:
            open_[name] += 1
            now += 1
            most = max(most, now)
        elif open_[name]:
            open_[name] -= 1
            now -= 1
    return most


def _has_long_tag(html: str) -> bool:
    """Whether tags may have so many attributes that comparing them takes the parser a notable time."""
    long = LONG_TAG_CHARS if len(html) > LARGE_PAGE_CHARS else VERY_LONG_TAG_CHARS
    parts = _long_parts(html, long)
    tags = [found[0] for part in parts if not _is_short_tag(part) and (found := _INSIDE_TAG.match(part))]
    counts = (len(tag.split()) + tag.count("=") + tag.count("/") for tag in tags if len(tag) > long)
    return sum(count**2 for count in counts) > MAX_COMPARISONS


def _long_parts(html: str, length: int) -> Iterator[str]:
    """The stretches between two "<" that are longer; the others are passed over a whole `length` at a time."""
    at = html.find("<")
    while at >= 0:
        following = html.rfind("<", at + 1, at + length + 2)
        if following < 0:
            following = html.find("<", at + length + 2)
            part = html[at + 1 : following if following >= 0 else None]
            if len(part) > length:
                yield part
        at = following


def _is_short_tag(part: str) -> bool:
    start, end, _ = part[:LONG_TAG_CHARS].partition(">")
    return bool(end) and '"' not in start and "'" not in start


def _count_attributes(tag: str) -> int:
    return sum(1 for _ in _ATTRIBUTE.finditer(tag, len(tag.split(None, 1)[0])))


class _Tangle:
    """Follows what is open. Where it must guess, an element stays open: the depth is never less than the parser's."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.open: list[str] = []
        self.formatting: list[tuple[str, str]] = []  # name and whole tag of those the parser reopens
        self.same: Counter[str] = Counter()
        self.copies = 0
        self.roots = 0
        self.foreign = 0  # open svg and math elements

    def cut(self, html: str) -> str:
        """The page without the tags that go too deep, and without the attributes of tags that have too many."""
        kept: list[str] = []
        at = start = 0
        search = _TOKEN.search
        while (match := search(html, at)) is not None:
            at = match.end()
            comment, is_end, name = match.groups()
            if name is None:
                if comment == "<!--":
                    ended = _COMMENT_END.search(html, at)
                    at = ended.end() if ended else len(html)
                continue
            name = name.lower()
            if is_end:
                self._close(name)
                continue
            if not self._opens(name, match[0]):
                kept.append(html[start : match.start()])
                start = at
                continue
            if len(match[0]) > LONG_TAG_CHARS and _count_attributes(match[0]) > MAX_ATTRIBUTES:
                kept.append(f"{html[start : match.end('name')]}>")
                start = at
            if not self.foreign and (raw := _RAW_END.get(name)):
                ended = raw.search(html, at)
                at = ended.start() if ended else len(html)
        return "".join(kept) + html[start:] if kept else html

    def _opens(self, name: str, tag: str) -> bool:
        """Whether a start tag may stay."""
        if name in _FORMATTING:
            if self.same[tag] < _SAME_OPEN and name not in {"a", "nobr"}:
                self.same[tag] += 1
                self.formatting.append((name, tag))
        elif self.formatting and name not in _EMPTY:
            self.copies += len(self.formatting)
            if self.copies > self.limits.copies:
                raise refuse("page", "too_many_copies", "copies of formatting left open", self.limits.copies)
        if name in _EMPTY:
            self.roots += name in _ROOTS
            return name not in _ROOTS or self.roots <= MAX_ATTRIBUTES
        if not self.foreign:
            if name in _RAW_END:
                return True
            if name in _ENDED_BY_NEXT:
                self._close(name, _ENDED_BY_NEXT[name])
        elif tag.endswith("/>"):
            return True
        if len(self.open) >= MAX_DEPTH:
            return False
        self.open.append(name)
        self.foreign += name in _FOREIGN
        return True

    def _close(self, name: str, barriers: frozenset[str] | None = None) -> None:
        open_ = self.open
        if name in _FORMATTING and self.formatting and _MARKERS.isdisjoint(open_):
            self._forget(name)
        if open_ and open_[-1] == name and name not in _FOREIGN:
            open_.pop()
            return
        if barriers is None:
            barriers = _WALLS if name in _BARRIERS or name in _ENDED_BY_NEXT else _BARRIERS
        for index in range(len(open_) - 1, max(-1, len(open_) - 1 - _REACH), -1):
            if open_[index] == name:
                if name in _FORMATTING:
                    del open_[index]
                else:
                    if self.foreign:
                        self.foreign -= sum(inner in _FOREIGN for inner in open_[index:])
                    del open_[index:]
                return
            if open_[index] in barriers:
                return

    def _forget(self, name: str) -> None:
        for index in range(len(self.formatting) - 1, -1, -1):
            if self.formatting[index][0] == name:
                self.same[self.formatting[index][1]] -= 1
                del self.formatting[index]
                return
