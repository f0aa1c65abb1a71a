"""The pages that `benchmarks.pages` reads, and what the scorer says of what was found on them."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.scorers import SCORERS, SHARED, scorer
from benchmarks.workers import ROOT
from transforms.front_matter import render_markdown, split_front_matter

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.page_systems import Fields

PAGES = SHARED / "corpus" / "pages"
OWN_PAGES = ROOT / "tests" / "corpus" / "pages"
# Posts full of figures; the first folder that is there.
POSTS = (SHARED / "corpus" / "claims", ROOT / "flows" / "samples")
# The annotated set whose files are posts: no peer reads their front matter, so that their speed says nothing.
POST_SET = "posts"


@dataclass(slots=True)
class PageSet:
    """Pages that are read in one pass: rows as the scorer has them, with id, url, lang and html_bytes."""

    name: str
    pages: list[dict[str, Any]]
    # The sets whose speed is one line; None where it would say nothing.
    group: str | None = None
    # What ours reads in their place.
    ours: list[dict[str, Any]] | None = None

    @property
    def size(self) -> int:
        return sum(len(page["html_bytes"]) for page in self.pages)


def annotated_sets() -> tuple[list[PageSet], str | None]:
    """The annotated pages at hand, and why there are none."""
    for needed in (SCORERS / "html_eval.py", PAGES):
        if not needed.exists():
            return [], f"no quality: it needs the annotated pages and {os.path.relpath(needed, ROOT)} is not there"
    gold = scorer("html_gold")
    return [PageSet(name, gold.load(name), None if name == POST_SET else "full pages") for name in gold.SETS], None


def own_pages() -> PageSet:
    """The pages written for the tests: small ones, and too few to say much."""
    folders = [path.parent for path in sorted(OWN_PAGES.glob("*/page.html"))]
    return PageSet("tests/corpus/pages", [_own_page(folder) for folder in folders], "small pages of tests/corpus")


def _own_page(folder: Path) -> dict[str, Any]:
    article = json.loads((folder / "expected.json").read_text("utf-8"))["article"]
    data = (folder / "page.html").read_bytes()
    return {"id": folder.name, "url": article.get("canonical_url"), "lang": article.get("language"), "html_bytes": data}


def post_sets() -> list[PageSet]:
    """Short posts full of figures, their bodies wrapped in <html>: for everyone, then with ours reading the posts."""
    folder = next(folder for folder in POSTS if folder.is_dir())
    posts, wrapped = [], []
    for path in sorted(folder.glob("*.md")):
        data = path.read_bytes()
        post = split_front_matter(data.decode())
        if post is None:
            continue
        body = render_markdown(post.body) if post.is_markdown else post.body
        page = {"id": path.stem, "url": None, "lang": "en" if path.stem.startswith("en") else "zh"}
        posts.append(page | {"html_bytes": data})
        wrapped.append(page | {"html_bytes": f"<html><body>{body}</body></html>".encode()})
    alike, as_written = "posts full of figures, bodies in <html>", "the same, ours reads the posts themselves"
    return [PageSet(alike, wrapped, alike), PageSet(as_written, wrapped, as_written, ours=posts)]


class Measure(NamedTuple):
    """A line of quality: its label, and where in the scorer's report it stands."""

    label: str
    field: str
    number: str
    digits: int = 3

    @property
    def gives(self) -> str:
        """What a system must look for to be judged here."""
        return "text" if self.field == "segments" else self.field.partition(":")[0]

    def of(self, scores: dict[str, Any]) -> tuple[float | None, int]:
        """The number, and of how many pages."""
        score = scores.get(self.field)
        if score is None:
            return None, 0
        if self.number == "kept":  # pages that have none, and none was given
            pages = score["none"]
            return (1 - score["spurious"] / pages if pages else None), pages
        return score[self.number], score["n"]


MEASURES = (
    Measure("title", "title", "acc"),
    Measure("authors", "authors", "acc"),
    Measure("authors: precision", "authors", "prec"),
    Measure("authors: none where the page has none", "authors", "kept"),
    Measure("editors", "editors", "acc"),
    Measure("source", "source", "acc"),
    Measure("date", "date_published", "acc"),
    Measure("date: none where the page has none", "date_published", "kept"),
    Measure("site", "site_name", "acc"),
    Measure("body F1", "text", "f1"),
    Measure("segments F1", "segments", "f1"),
)
HEADING_MEASURES = (
    Measure("real headings F1", "headings:h", "f1"),
    Measure("pseudo-headings F1", "headings:bold", "f1"),
    Measure("false ones where the page has none", "headings:none", "extra", digits=0),
)


class Scorer:
    """What the systems found, by set and page, and its scores."""

    def __init__(self) -> None:
        self.tools = scorer("html_eval")
        self.heading_pages: list[dict[str, Any]] = self.tools.items_of("headings")
        self.found: dict[str, dict[str, dict[str, Fields]]] = {}

    def add(self, system: str, pages: PageSet, rows: list[Fields]) -> None:
        named = {page["id"]: self._complete(row) for page, row in zip(pages.pages, rows, strict=True)}
        self.found.setdefault(system, {})[pages.name] = named

    def _complete(self, row: Fields) -> Fields:
        """A body given as HTML gets its text and headings."""
        html = row.pop("html", None)
        return row | {"text": self.tools.text_of(html), "headings": self.tools.heads_of(html)} if html else row

    def scores(self, system: str, pages: PageSet) -> dict[str, Any]:
        report: dict[str, Any] = self.tools.score(pages.pages, self.found[system][pages.name])
        return report

    def heading_scores(self, system: str, sets: list[PageSet]) -> dict[str, Any]:
        """Scores on the pages whose headings are annotated, of all sets together."""
        known = {pages.name: {page["id"] for page in pages.pages} for pages in sets}
        items = [item for item in self.heading_pages if item["id"].partition("/")[2] in known.get(item["set"], ())]
        found = {f"{name}/{page}": row for name, rows in self.found[system].items() for page, row in rows.items()}
        report: dict[str, Any] = self.tools.score(items, found)
        return report
