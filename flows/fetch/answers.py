"""One address fetched: redirects, retries, conditions, limits."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import httpx

from flows.fetch.decoding import read_body
from flows.fetch.politeness import MOST_WAIT_SECONDS, ROBOTS_BYTES, Pace, Robots, host_of, wait_asked
from transforms.errors import RejectError

if TYPE_CHECKING:
    from flows.settings import FetchSettings

REDIRECTS = frozenset((301, 302, 303, 307, 308))
# Worth another try in a while.
PASSING = frozenset((408, 425, 429, 500, 502, 503, 504))
NOT_MODIFIED, OK, TOO_MANY = 304, 200, 429
HTML = ("text/html", "application/xhtml+xml")
XML = ("application/rss+xml", "application/atom+xml", "application/xml", "text/xml", "application/rdf+xml")
PACKED = ("application/gzip", "application/x-gzip")
# What servers call files they know nothing of.
UNKNOWN = ("", "application/octet-stream", "text/plain")


@dataclass(frozen=True, slots=True)
class Conditions:
    """What an answer said of itself, to ask whether it still holds."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        pairs = {"if-none-match": self.etag, "if-modified-since": self.last_modified}
        return {name: value for name, value in pairs.items() if value}


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address gave; `body` is None where it is as it was (304)."""

    url: str  # after redirects
    body: bytes | None
    content_type: str
    conditions: Conditions


class PassingError(OSError):
    """An address that could not be fetched now and may be another time."""


class Fetcher:
    """Fetches addresses with one client; each method runs in the event loop."""

    def __init__(self, client: httpx.AsyncClient, settings: FetchSettings, limit: int) -> None:
        self.client = client
        self.settings = settings
        self.limit = limit
        self.pace = Pace(settings.delay)
        self.robots = Robots(self._robots_txt, self.pace)

    async def fetch(self, url: str, conditions: Conditions, accepts: tuple[str, ...] = HTML) -> Answer:
        """The answer after redirects and retries; RejectError where there is none to have, PassingError for now."""
        tries = self.settings.retries + 1
        for number in range(tries):
            try:
                return await self._follow(url, conditions, accepts)
            except _AgainError as again:
                if number + 1 == tries or again.seconds > MOST_WAIT_SECONDS:
                    raise PassingError(f"{again}. It is tried again by the next run.") from again
                backoff = self.settings.backoff * 2**number * random.uniform(0.75, 1.25)  # noqa: S311 - no secret
                wait = max(again.seconds, backoff)
                if again.is_crowded:
                    self.pace.ask_less(again.host, wait)
                await asyncio.sleep(wait)
        raise AssertionError("unreachable")

    async def _follow(self, url: str, conditions: Conditions, accepts: tuple[str, ...]) -> Answer:
        asked = url
        for _ in range(self.settings.redirects + 1):
            check_url(asked)
            if self.settings.obey_robots:
                await self._check_robots(asked)
            answer = await self._one(asked, conditions, accepts)
            if isinstance(answer, Answer):
                return answer
            asked, conditions = urljoin(asked, answer), Conditions()
        message = f"{url} leads on more than {self.settings.redirects} times, last to {asked[:200]}."
        raise RejectError("fetch", "too_many_redirects", message)

    async def _one(self, url: str, conditions: Conditions, accepts: tuple[str, ...]) -> Answer | str:
        """One request: the answer, or where it leads to."""
        host = host_of(url)
        await self.pace.turn(host)
        try:
            async with (
                asyncio.timeout(self.settings.seconds),
                self.client.stream("GET", url, headers=conditions.headers()) as response,
            ):
                return await self._read(url, response, accepts)
        except TimeoutError as error:
            message = f"{url} was not done after {self.settings.seconds:g} seconds"
            raise _AgainError(message, host) from error
        except httpx.InvalidURL as error:
            raise RejectError("fetch", "bad_url", f"{url[:200]} is no address: {error}") from error
        except httpx.HTTPError as error:
            raise _AgainError(f"{url} cannot be fetched: {str(error) or type(error).__name__}", host) from error

    async def _read(self, url: str, response: httpx.Response, accepts: tuple[str, ...]) -> Answer | str:
        status = response.status_code
        said = Conditions(response.headers.get("etag"), response.headers.get("last-modified"))
        if status in REDIRECTS and (location := response.headers.get("location")):
            return str(location)
        if status == NOT_MODIFIED:
            return Answer(url, None, "", said)
        if status in PASSING:
            wait = wait_asked(response)
            told = f", asking to wait {wait:.0f} seconds" if wait else ""
            is_crowded = status == TOO_MANY or wait is not None
            raise _AgainError(f"{url} answered {status}{told}", host_of(url), wait or 0.0, is_crowded=is_crowded)
        if status != OK:
            raise RejectError("fetch", f"http_{status}", f"{url} answered {status} {response.reason_phrase}.")
        content_type = response.headers.get("content-type", "")
        kind = content_type.partition(";")[0].strip().lower()
        if kind not in accepts and kind not in UNKNOWN:
            message = f"{url} is {kind}, not {' or '.join(accepts[:2])}."
            raise RejectError("fetch", "not_html" if accepts == HTML else "not_xml", message)
        length = response.headers.get("content-length", "")
        if length.isdigit() and int(length) > self.limit:
            message = f"{url} says that it has {int(length):,} bytes, more than {self.limit:,} (--max-page-bytes)."
            raise RejectError("fetch", "too_large", message)
        encoding = response.headers.get("content-encoding", "")
        body = await read_body(response.aiter_raw(), encoding, self.limit, url)
        return Answer(url, body, content_type, said)

    async def _check_robots(self, url: str) -> None:
        try:
            allowed = await self.robots.allows(url)
        except _AgainError as error:
            raise _AgainError(f"robots.txt: {error}", host_of(url)) from error
        if allowed is None:
            raise _AgainError(
                f"The robots.txt of {host_of(url)} cannot be read, which forbids all for now", host_of(url)
            )
        if not allowed:
            message = f"The robots.txt of {host_of(url)} forbids {url[:200]}."
            raise RejectError("fetch", "robots", message)

    async def _robots_txt(self, url: str) -> tuple[int, bytes]:
        """Status and body of a robots.txt, some redirects on."""
        for _ in range(5):
            check_url(url)
            await self.pace.turn(host_of(url))
            try:
                async with asyncio.timeout(self.settings.seconds), self.client.stream("GET", url) as response:
                    if response.status_code in REDIRECTS and "location" in response.headers:
                        url = urljoin(url, response.headers["location"])
                        continue
                    encoding = response.headers.get("content-encoding", "")
                    return response.status_code, await read_body(response.aiter_raw(), encoding, ROBOTS_BYTES, url)
            except (TimeoutError, httpx.HTTPError) as error:
                raise _AgainError(f"{url}: {str(error) or type(error).__name__}", host_of(url)) from error
        return 404, b""


class _AgainError(Exception):
    """A request that failed in a way that may pass."""

    def __init__(self, message: str, host: str, seconds: float = 0.0, *, is_crowded: bool = False) -> None:
        super().__init__(message)
        self.host = host
        self.seconds = seconds
        self.is_crowded = is_crowded


def check_url(url: str) -> None:
    """RejectError where an address is not one of the web: another scheme, no host, a password in it."""
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
        _ = parts.port  # raises where it is no number
    except ValueError as error:
        raise RejectError("fetch", "bad_url", f"{url[:200]} is no address: {error}") from error
    if not is_web or parts.username is not None or parts.password is not None:
        message = f"{url[:200]} is not fetched: only http and https addresses without a user name are."
        raise RejectError("fetch", "bad_url", message)
