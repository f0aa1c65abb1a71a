"""The systems that read whole pages, each behind one interface, each in a process of its own Python.

    python -m benchmarks.page_systems NAME     # answers requests on standard input, one JSON object a line

`read` is the call that is timed, `fields` turns its answer into what the scorer compares. This module runs in the
peers' environment too: only the standard library at the top.
"""

from __future__ import annotations

import base64
import gc
import sys
import time
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.metadata import version
from typing import Any
from unittest import mock

from benchmarks.workers import serve

# A pass over few pages is repeated for so long; the fastest pass counts.
MIN_TIMED_SECONDS = 0.3
Fields = dict[str, Any]
METADATA = ("title", "authors", "date_published", "site_name")


@dataclass(slots=True)
class Page:
    """What a system is given: bytes, or text where it reads only that; its address and language where known."""

    content: Any
    url: str | None
    language: str | None


class System:
    """One extractor, loaded and ready."""

    version = ""
    # The scorer's names of what it can find; of anything else it is not judged.
    gives: tuple[str, ...] = ()
    reads_text = False

    def read(self, page: Page) -> Any:
        """What it finds, in its own words: the timed part."""
        raise NotImplementedError

    def fields(self, answer: Any) -> Fields:
        raise NotImplementedError


class Ours(System):
    gives: tuple[str, ...] = (*METADATA, "editors", "source", "text", "headings")

    def __init__(self) -> None:
        from transforms import extract
        from transforms.version import EXTRACTOR_VERSION

        self.extract, self.version = extract, EXTRACTOR_VERSION

    def read(self, page: Page) -> Any:
        return self.extract(page.content, url=page.url)

    def fields(self, answer: Any) -> Fields:
        article = answer.article
        return {
            "title": article.title,
            "authors": (article.authors or "").split("; "),
            "editors": (article.editors or "").split("; "),
            "source": article.source_name,
            "date_published": article.published_date and article.published_date.isoformat(),
            "site_name": article.site_name,
            "text": article.text,
            "headings": [{"level": heading.level, "text": heading.text} for heading in answer.headings],
        }


class OursWithoutClaims(Ours):
    """The same function, its stage of claims taken out: everything that the peers look for, and nothing else."""

    gives = ()

    def __init__(self) -> None:
        super().__init__()
        # Fails when the stage is no longer there under this name.
        self.stage = mock.patch("transforms.document.extract_block_claims", new=lambda *_, **__: ())
        self.stage.start()


class Trafilatura(System):
    gives = (*METADATA, "text", "headings")

    def __init__(self) -> None:
        self.version = version("trafilatura")
        self.extract = import_module("trafilatura").bare_extraction

    def read(self, page: Page) -> Any:
        return self.extract(page.content, url=page.url, with_metadata=True, include_comments=False)

    def fields(self, answer: Any) -> Fields:
        if answer is None:
            return {}
        heads = [] if answer.body is None else list(answer.body.iter("head"))
        return {
            "title": answer.title,
            "authors": (answer.author or "").split("; "),
            "date_published": answer.date,
            "site_name": answer.sitename,
            "text": answer.text,
            "headings": [
                {"level": int(rank[1:]) if (rank := head.get("rend") or "")[:1] == "h" else None,
                 "text": "".join(head.itertext())}
                for head in heads
            ],
        }  # fmt: skip


class Htmldate(System):
    gives = ("date_published",)

    def __init__(self) -> None:
        self.version = version("htmldate")
        self.find_date = import_module("htmldate").find_date

    def read(self, page: Page) -> Any:
        return self.find_date(page.content, url=page.url, original_date=True, extensive_search=True)

    def fields(self, answer: Any) -> Fields:
        return {"date_published": answer}


class Newspaper(System):
    gives = (*METADATA, "text")
    reads_text = True

    def __init__(self) -> None:
        self.version = version("newspaper4k")
        self.article = import_module("newspaper").Article
        self.configuration = import_module("newspaper.configuration").Configuration

    def read(self, page: Page) -> Any:
        settings = self.configuration()
        settings.fetch_images = False
        # Chinese it reads only when told; the other languages it tells apart itself.
        if page.language == "zh":
            settings.language = "zh"
        article = self.article(page.url or "http://example.org/article.html", config=settings)
        article.download(input_html=page.content)
        article.parse()
        return article

    def fields(self, answer: Any) -> Fields:
        return {
            "title": answer.title,
            "authors": list(answer.authors),
            "date_published": answer.publish_date and str(answer.publish_date),
            "site_name": answer.meta_site_name,
            "text": answer.text,
        }


class Readability(System):
    """It gives the body back as HTML: whoever scores it makes text and headings of that."""

    gives = ("title", "authors", "text", "headings")
    reads_text = True

    def __init__(self) -> None:
        self.version = version("readability-lxml")
        self.document = import_module("readability").Document

    def read(self, page: Page) -> Any:
        document = self.document(page.content, url=page.url)
        return document.short_title() or document.title(), document.author(), document.summary(html_partial=True)

    def fields(self, answer: Any) -> Fields:
        # What it says when it finds none.
        title, author, html = (None if part in {"[no-title]", "[no-author]"} else part for part in answer)
        return {"title": title, "authors": [author], "html": html}


class Gne(System):
    gives = ("title", "authors", "date_published", "text")
    reads_text = True

    def __init__(self) -> None:
        self.version = version("gne")
        self.extractor = import_module("gne").GeneralNewsExtractor

    def read(self, page: Page) -> Any:
        return self.extractor().extract(page.content, host=page.url or "", with_body_html=False)

    def fields(self, answer: Any) -> Fields:
        return {
            "title": answer.get("title"),
            "authors": [answer.get("author")],
            "date_published": answer.get("publish_time"),
            "text": answer.get("content"),
        }


SYSTEMS: dict[str, type[System]] = {
    "ours": Ours,
    "no claims": OursWithoutClaims,
    "trafilatura": Trafilatura,
    "htmldate": Htmldate,
    "newspaper4k": Newspaper,
    "readability-lxml": Readability,
    "GNE": Gne,
}


class Reader:
    """What the process does: holds sets of pages, reads them and counts its seconds."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sets: dict[str, list[Page]] = {}

    @cached_property
    def system(self) -> System:
        """Made for the first request, so that what is wrong with it is an answer."""
        return SYSTEMS[self.name]()

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """What is said to one request: `hold` or `read`."""
        if request["do"] == "hold":
            self.sets[request["set"]] = [self._page(page) for page in request["pages"]]
            return {"version": self.system.version}
        return self._read(self.sets[request["set"]], wants_fields=request["fields"])

    @staticmethod
    def _page(page: dict[str, Any]) -> Page:
        content = page["text"] if "text" in page else base64.b64decode(page["bytes"])
        return Page(content, page["url"], page["language"])

    def _read(self, pages: list[Page], *, wants_fields: bool) -> dict[str, Any]:
        """Processor seconds of the fastest pass, what was raised, and what was found if that is asked for."""
        found: list[Fields] = []
        failures = Counter[str]()
        best = total = self._pass(pages, failures, found if wants_fields else None)
        while total < MIN_TIMED_SECONDS:
            seconds = self._pass(pages, Counter())
            best, total = min(best, seconds), total + seconds
        return {"seconds": best, "fields": found, "failures": failures}

    def _pass(self, pages: list[Page], failures: Counter[str], found: list[Fields] | None = None) -> float:
        """Seconds of the calls alone."""
        seconds = 0.0
        gc.collect()
        for page in pages:
            answer = None
            start = time.process_time()
            try:
                answer = self.system.read(page)
            except Exception as error:  # noqa: BLE001 - whatever a system raises, the other pages still count
                failures[type(error).__name__] += 1
            seconds += time.process_time() - start
            if found is not None:
                found.append({} if answer is None else self.system.fields(answer))
        return seconds


if __name__ == "__main__":
    serve(Reader(sys.argv[1]).answer)
