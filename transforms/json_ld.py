"""JSON-LD of a page as a flat list of nodes, repaired where that is safe."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_CHARS = 500_000  # of one script
MAX_NODES = 500
MAX_DEPTH = 12
MAX_VALUE_DEPTH = 5  # of a name or text inside a node

ARTICLE_TYPES = re.compile(
    r"(?:Article|BlogPosting|NewsArticle|Report|Posting|Review|Recipe|HowTo|Episode|CreativeWork)$|^Article"
)

_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_COMMENT_START = re.compile(r"\s*(?:/\*.*?\*/|//\s*<!\[CDATA\[|<!\[CDATA\[|<!--)\s*", re.DOTALL)
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrtu])')


def read_json_ld(scripts: Iterable[str]) -> tuple[dict[str, Any], ...]:
    """Every object with an @type in these scripts, arrays and @graph unfolded, outermost first.

    >>> [node["@type"] for node in read_json_ld(['{"@graph": [{"@type": "NewsArticle", "headline": "x",}]}'])]
    ['NewsArticle']
    """
    nodes: list[dict[str, Any]] = []
    for script in scripts:
        if len(script) > MAX_CHARS:
            continue
        for node in _typed_nodes(_load(script), 0):
            nodes.append(node)
            if len(nodes) >= MAX_NODES:
                return tuple(nodes)
    return tuple(nodes)


def types_of(node: dict[str, Any]) -> tuple[str, ...]:
    """The node's types without their vocabulary's address."""
    types = node.get("@type", node.get("type"))
    values = types if isinstance(types, list) else [types]
    return tuple(value.rsplit("/", 1)[-1] for value in values if isinstance(value, str))


def is_article(node: dict[str, Any]) -> bool:
    """Whether the node describes an article, post, report or review."""
    return any(ARTICLE_TYPES.search(name) for name in types_of(node))


def text_of(value: object, depth: int = 0) -> str | None:
    """A text value: the string, the first of a list, or an object's name, @value or url."""
    if depth > MAX_VALUE_DEPTH:
        return None
    if isinstance(value, list):
        return next((text for item in value[:20] if (text := text_of(item, depth + 1))), None)
    if isinstance(value, dict):
        keys = ("name", "@value", "headline", "@id", "url")
        return next((text for key in keys if (text := text_of(value.get(key), depth + 1))), None)
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return str(value).strip() or None
    return None


def names_of(value: object, depth: int = 0) -> Iterator[str]:
    """The names in a person or organisation value, also in lists and in what its name holds."""
    if depth > MAX_VALUE_DEPTH:
        return
    if isinstance(value, list):
        for item in value[:50]:
            yield from names_of(item, depth + 1)
    elif isinstance(value, dict):
        name = value.get("name")
        if name is None and (value.get("givenName") or value.get("familyName")):
            name = f"{text_of(value.get('givenName')) or ''} {text_of(value.get('familyName')) or ''}"
        if isinstance(name, (str, list, dict)):
            yield from names_of(name, depth + 1)
    elif isinstance(value, str) and value.strip():
        yield value.strip()


def _typed_nodes(value: object, depth: int) -> Iterator[dict[str, Any]]:
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value[:MAX_NODES]:
            yield from _typed_nodes(item, depth + 1)
    elif isinstance(value, dict):
        if "@type" in value or ("type" in value and "@context" in value):
            yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "hasPart"):
            if isinstance(value.get(key), (dict, list)):
                yield from _typed_nodes(value[key], depth + 1)


def _load(script: str) -> object:
    """The parsed script, or None; repairs comments, trailing commas, raw line ends and stray backslashes."""
    text = script.strip().strip("\ufeff;")
    for repair in (_as_is, _without_comments, _repaired):
        try:
            # strict=False: raw line ends inside strings are common and harmless.
            return json.loads(repair(text), strict=False)
        except (ValueError, RecursionError):
            continue
    try:  # several objects one after the other, or one object and rubbish after it
        return json.JSONDecoder(strict=False).raw_decode(_repaired(text).lstrip())[0]
    except (ValueError, RecursionError):
        return None


def _as_is(text: str) -> str:
    return text


def _without_comments(text: str) -> str:
    opening = _COMMENT_START.match(text)
    text = (text[opening.end() :] if opening else text).rstrip().removesuffix(";").rstrip()
    if text.endswith("*/"):
        return text[: max(0, text.rfind("/*"))]
    # Not by an expression: one that begins with white space tries every run of it.
    return text.removesuffix("]]>").removesuffix("-->").rstrip().removesuffix("//")


def _repaired(text: str) -> str:
    text = _TRAILING_COMMA.sub(r"\1", _BAD_ESCAPE.sub(r"\\\\", _without_comments(text)))
    return re.sub(r"\}\s*\{", "},{", text) if text.lstrip().startswith("[") else text
