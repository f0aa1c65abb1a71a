"""The head of a Hexo, Jekyll or Hugo post (YAML or TOML), and its body as HTML."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import TYPE_CHECKING

from transforms.limits import LIMITS, Limits, refuse
from transforms.records import FrontMatter

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

MAX_HEAD_CHARS = 64 * 1024
MAX_FLOW_DEPTH = 50  # brackets in brackets; the parser recurses
SNIFF_CHARS = 20_000

_OPENING = re.compile(r"\ufeff?(?:[ \t\u3000]*\r?\n)*(---|\+\+\+)[ \t]*\r?\n")
_SALVAGE = re.compile(r"([A-Za-z_][\w.-]*)[ \t]*[:=][ \t]*(.*)")
_LIST_ITEM = re.compile(r"[ \t]*-[ \t]+(.*)")
_NESTED_ITEMS = re.compile(r"^[ \t]*(?:[-?][ \t]+){10}", re.MULTILINE)
_ANCHOR_OR_ALIAS = re.compile(r"(?:^|[\s\[{,:-])[&*][^\s&*]", re.MULTILINE)
_HTML_START = re.compile(r"\s*<(?:!--|!doctype|[a-z][a-z0-9-]*[\s/>])", re.IGNORECASE)
_HTML_BLOCK = re.compile(r"</(?:p|div|li|h[1-6]|section|article|table|blockquote|figure|ul|ol)>|<br\b", re.IGNORECASE)
_MARKDOWN_MARK = re.compile(
    r"^(?:\#{1,6}[ ]\S | [ ]{0,3}(?:[-*+]|\d{1,3}\.)[ ]\S | >[ ]?\S | ```|~~~ | \|.*\|[ \t]*$ | (?:=|-){3,}[ \t]*$ )"
    r"| \]\(\S+\) | \*\*\S",
    re.MULTILINE | re.VERBOSE,
)


class _RefusedError(ValueError):
    """Front matter that is read line by line instead of being given to the YAML parser."""


def split_front_matter(text: str) -> FrontMatter | None:
    """The fields and the body of a post, or None when the text does not begin with front matter.

    Broken YAML or TOML gives the `key: value` lines that can still be read, and `problem` says why.
    """
    opening = _OPENING.match(text)
    if opening is None:
        return None
    fence = opening[1]
    closing = re.compile(rf"^(?:{re.escape(fence)}|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.MULTILINE).search(
        text, opening.end(), opening.end() + MAX_HEAD_CHARS
    )
    if closing is None:
        return None
    head = text[opening.end() : closing.start()]
    body = text[closing.end() :]
    syntax = "yaml" if fence == "---" else "toml"
    problem = None
    fields: object
    try:
        fields = _read_yaml(head) if syntax == "yaml" else tomllib.loads(head)
    except (ValueError, RecursionError) as error:
        fields = _salvage(head)
        if not fields:
            return None  # a rule and some prose, not front matter
        problem = f"{syntax} could not be read as a whole: {error}"
    if not isinstance(fields, dict):
        return None
    return FrontMatter({str(key): value for key, value in fields.items()}, body, syntax, _is_markdown(body), problem)


def render_markdown(body: str, *, limits: Limits = LIMITS) -> str:
    """The body as HTML: CommonMark with tables and strikethrough, raw HTML kept.

    Raises RejectError (stage "front_matter", code "too_large") where it is beyond `limits`.
    """
    if len(body) > limits.markdown_chars:
        raise refuse("front_matter", "too_large", "characters of Markdown", limits.markdown_chars)
    if body.count("\n") > limits.markdown_lines:
        raise refuse("front_matter", "too_large", "lines of Markdown", limits.markdown_lines)
    html: str = _markdown().render(body)
    return html


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt  # only Markdown posts pay for the import

    return MarkdownIt("commonmark", {"maxNesting": 20}).enable(["table", "strikethrough"])


def _read_yaml(head: str) -> object:
    """Safe YAML without aliases, so that a few lines cannot unfold into gigabytes."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    if _flow_depth(head) > MAX_FLOW_DEPTH or _NESTED_ITEMS.search(head):
        raise _RefusedError("nested too deeply")
    try:
        if _ANCHOR_OR_ALIAS.search(head) and any(
            isinstance(event, yaml.AliasEvent) for event in yaml.parse(head, loader)
        ):
            raise _RefusedError("aliases are refused")
        return yaml.load(head, loader)  # noqa: S506 - it is the safe loader, the C one where built
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark is not None else ""
        raise ValueError(f"{getattr(error, 'problem', None) or type(error).__name__}{where}") from error


def _flow_depth(head: str) -> int:
    depth = deepest = 0
    for char in re.findall(r"[\[\]{}]", head):
        depth += 1 if char in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _salvage(head: str) -> dict[str, object]:
    """Top-level `key: value` lines and the `- item` lists under them, all as strings."""
    fields: dict[str, object] = {}
    items: list[str] | None = None
    for line in head.splitlines():
        pair = _SALVAGE.match(line)
        item = _LIST_ITEM.match(line)
        if pair:
            key, value = pair[1], _unquote(pair[2])
            items = None if value else []
            fields[key] = value if value else items
        elif item and items is not None and (value := _unquote(item[1])):
            items.append(value)
    return {key: value for key, value in fields.items() if value}


def _unquote(value: str) -> str:
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
        quote = value[0]
        value = value[1:-1].replace(quote * 2, quote) if quote == "'" else value[1:-1].replace('\\"', '"')
    return value.strip()


def _is_markdown(body: str) -> bool:
    """Whether the body is Markdown rather than HTML: by its start, then by which marks are more."""
    sample = body[:SNIFF_CHARS]
    blocks = len(_HTML_BLOCK.findall(sample))
    marks = len(_MARKDOWN_MARK.findall(sample))
    if _HTML_START.match(sample):
        return marks > blocks
    return blocks == 0 or marks > blocks
