"""Pages of the web: addresses given one by one, in lists, in feeds or in sitemaps."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flows.errors import SourceError
from flows.fetch.answers import HTML, PACKED, XML, Answer, Conditions, check_url
from flows.fetch.fetching import Wanted, open_web
from flows.fetch.kept import open_kept
from flows.progress import listener
from flows.sources import SourceItem, refused
from flows.sources.places import open_place
from transforms.errors import RejectError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from flows.fetch.fetching import Outcome, Web
    from flows.fetch.kept import Kept, KeptPage
    from flows.settings import FetchSettings

MOST_LIST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Link:
    """A page that a list, feed or sitemap names. `mark` changes when the page may have; None: it does not say."""

    url: str
    mark: str | None = None
    html: bytes | None = None  # the page itself, where a feed has all of it
    is_fresh: bool = False  # it was fetched just now
    problem: RejectError | OSError | None = None  # why what it leads to cannot be had


@dataclass(frozen=True, slots=True)
class WebContext:
    """What web sources need of the run."""

    settings: FetchSettings
    limit: int  # bytes of a page
    downloads: Path
    is_settled: Callable[[str, str], bool]  # whether a page of this uri and fingerprint will not be read again


@dataclass(frozen=True, slots=True)
class WebSource:
    """Pages behind an address or a list. `kind` is page, list, feed or sitemap, or None: what it answers tells."""

    name: str
    root: str
    place: str
    kind: str | None
    context: WebContext

    @property
    def scope(self) -> str | None:
        """None: a page that is no longer in a feed or list is not gone."""
        return None

    def discover(self) -> Iterator[SourceItem]:
        """Fetches what is new or may have changed, and gives every page; what cannot be had is refused."""
        context = self.context
        with (
            open_web(context.settings, context.limit) as web,
            open_kept(context.downloads, context.settings.keep_bytes) as kept,
        ):
            try:
                links = self._links(web, kept)
                first = list(islice(links, context.settings.most_pages))
                # To count them all would fetch every sitemap that is left.
                if next(links, None):
                    listener().message(f"{self.place}: pages beyond {len(first):,} are left out (most_pages)")
                yield from self._pages(web, kept, first)
            except RejectError as reason:
                yield refused(self._uri(self.place), reason, url=self.place)
            except OSError as error:
                yield _unfetched(self._uri(self.place), self.place, error)

    def _uri(self, url: str) -> str:
        return f"{self.name}/{url}"

    def _links(self, web: Web, kept: Kept) -> Iterator[Link]:
        """The pages it names; for a single page, that page."""
        from flows.sources.feeds import feed_links, is_feed
        from flows.sources.sitemaps import is_sitemap, sitemap_links

        if self.kind == "page":
            yield Link(self.place)
            return
        if self.kind == "list":
            yield from list_links(self._document(web, (*HTML, "text/plain", *PACKED)), self.place)
            return
        known = kept.page(self.place) if self.kind is None else None
        known = known if known and self._is_there(kept, known) else None
        answer = self._fetched(web, known, (*XML, *HTML, *PACKED))
        if answer.body is None and known:  # a page, as it was
            kept.seen_again(known, answer.conditions, None)
            yield Link(self.place, is_fresh=True)
        elif answer.body is None:
            raise OSError(f"{self.place} answered 304 to a plain request")
        elif self.kind == "sitemap" or (self.kind is None and is_sitemap(answer.body)):
            yield from sitemap_links(
                answer.body, self.place, lambda url: _body(web.fetch_one(Wanted(url, accepts=(*XML, *PACKED))))
            )
        elif self.kind == "feed" or is_feed(answer.body):
            yield from feed_links(answer.body, self.place)
        else:
            kept.add(self.place, answer.url, answer.body, answer.content_type, answer.conditions, None)
            yield Link(self.place, is_fresh=True)

    def _fetched(self, web: Web, known: KeptPage | None, accepts: tuple[str, ...]) -> Answer:
        if "://" not in self.place:
            return Answer(self.place, self._document(web, accepts), "", Conditions())
        return web.fetch_one(Wanted(self.place, known.conditions if known else Conditions(), accepts))

    def _document(self, web: Web, accepts: tuple[str, ...]) -> bytes:
        """What a list or a feed says, from a file or from the web."""
        if self.place.startswith(("http://", "https://")):
            return _body(web.fetch_one(Wanted(self.place, accepts=accepts)))
        with open_place(self.place) as file:
            return file.read(MOST_LIST_BYTES)

    def _pages(self, web: Web, kept: Kept, links: Iterable[Link]) -> Iterator[SourceItem]:
        """The items of these pages, those first for which nothing need be fetched."""
        marks: dict[str, str | None] = {}
        wanted: list[Wanted] = []
        for link in links:
            if link.url in marks:
                continue
            try:
                check_url(link.url)
                if link.problem:
                    raise link.problem
            except RejectError as reason:
                yield refused(self._uri(link.url), reason)
                continue
            except OSError as error:
                yield _unfetched(self._uri(link.url), link.url, error)
                continue
            marks[link.url] = link.mark
            if link.html is not None:
                page = kept.add(link.url, link.url, link.html, "text/html; charset=utf-8", Conditions(), link.mark)
                yield page.item(self._uri(link.url))
                continue
            known = kept.page(link.url)
            if known and not link.is_fresh and not self._is_there(kept, known):
                known = None
            is_same = known is not None and known.mark is not None and known.mark == link.mark
            if known and (is_same or link.is_fresh):
                yield known.item(self._uri(link.url))
            else:
                wanted.append(Wanted(link.url, known.conditions if known else Conditions()))
        for each, outcome in web.fetch(wanted):
            yield self._item(kept, each, outcome, marks[each.url])

    def _is_there(self, kept: Kept, page: KeptPage) -> bool:
        """Whether a known page can be given as it is: it is kept, or will not be read again."""
        return kept.has_body(page) or self.context.is_settled(self._uri(page.url), page.sha256)

    def _item(self, kept: Kept, wanted: Wanted, outcome: Outcome, mark: str | None) -> SourceItem:
        uri = self._uri(wanted.url)
        if isinstance(outcome, RejectError):
            # What was an article stays one: a page that is gone today is no reason to lose its rows.
            return (
                refused(uri, outcome, url=wanted.url)
                if not kept.page(wanted.url)
                else _unfetched(uri, wanted.url, outcome)
            )
        if isinstance(outcome, OSError):
            return _unfetched(uri, wanted.url, outcome)
        if outcome.body is not None:
            page = kept.add(wanted.url, outcome.url, outcome.body, outcome.content_type, outcome.conditions, mark)
            return page.item(uri)
        known = kept.page(wanted.url)
        if known is None:
            return _unfetched(uri, wanted.url, OSError(f"{wanted.url} answered 304 to a plain request"))
        return kept.seen_again(known, outcome.conditions, mark).item(uri)


def raise_unfetched(location: str, _limit: int) -> bytes:
    """Raises why a page could not be fetched this time."""
    raise OSError(location)


def list_links(data: bytes, place: str) -> Iterator[Link]:
    """The addresses of a list: one a line, blank lines and those that begin with # left out."""
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    found = False
    for line in text.splitlines():
        if (url := line.strip()) and not url.startswith("#"):
            found = True
            yield Link(url)
    if not found:
        raise RejectError("fetch", "no_links", f"{place} names no address. Write one a line.")


def _body(answer: Answer) -> bytes:
    return answer.body or b""


def _unfetched(uri: str, url: str, error: Exception) -> SourceItem:
    """An item that is tried again by the next run."""
    return SourceItem(uri, "", "unfetched", str(error), url=url)


def root_of(place: str) -> str:
    """What a source is named after: the host of an address, or the file."""
    parts = urlsplit(place)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.scheme in ("http", "https") else place


def place_of(text: str) -> str:
    """A file's whole path, or the address as it is; SourceError where there is no such file."""
    if "://" in text:
        return text
    path = Path(text).expanduser()
    if not path.is_file():
        raise SourceError(f"{text} does not exist. Give a file or an address.")
    return str(path.resolve())
