"""One HTML page parsed once with lexbor: the tree every whole-page stage reads."""

from __future__ import annotations

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser


@dataclass(slots=True)
class Page:
    """A parsed page; stages read `tree`, only `body` may cut pieces out of it, and it runs last."""

    tree: LexborHTMLParser
    url: str | None
    article_body: str | None = None  # JSON-LD articleBody, evidence for choosing the body


def parse_page(html: str, *, url: str | None = None) -> Page:
    """The page's tree; `url` is where it was fetched, if known."""
    return Page(tree=LexborHTMLParser(html), url=url)
