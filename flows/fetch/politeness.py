"""What hosts ask of those who fetch from them: robots.txt, pauses between requests, waits."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from protego import Protego

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import httpx

# A robots.txt may ask for days between requests.
MOST_DELAY_SECONDS = 60.0
# Longer waits are left to the next run.
MOST_WAIT_SECONDS = 300.0
ROBOTS_BYTES = 512 * 1024
AGENT = "headline-figures"


@dataclass(slots=True)
class _Host:
    """When the next request to a host may start."""

    delay: float
    free_at: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Pace:
    """Pauses between requests to one host."""

    def __init__(self, delay: float) -> None:
        self.hosts: dict[str, _Host] = defaultdict(lambda: _Host(delay))

    async def turn(self, host: str) -> None:
        """Returns when a request to the host may start."""
        entry = self.hosts[host]
        async with entry.lock:
            await asyncio.sleep(max(0.0, entry.free_at - time.monotonic()))
            entry.free_at = time.monotonic() + entry.delay

    def ask_less(self, host: str, seconds: float) -> None:
        """Lets the host rest so long, and asks it half as often from then on."""
        entry = self.hosts[host]
        entry.free_at = max(entry.free_at, time.monotonic() + seconds)
        entry.delay = min(MOST_DELAY_SECONDS, max(entry.delay * 2, 0.01))

    def at_least(self, host: str, delay: float) -> None:
        """Keeps to the pause that a robots.txt asks for."""
        entry = self.hosts[host]
        entry.delay = max(entry.delay, min(delay, MOST_DELAY_SECONDS))


class Robots:
    """The robots.txt of each host, asked for once a run.

    `get` fetches an address: status and body, or raises. By RFC 9309 a host without the file allows all, and one
    that cannot be asked, or fails, allows nothing for now.
    """

    def __init__(self, get: Callable[[str], Awaitable[tuple[int, bytes]]], pace: Pace) -> None:
        self.get = get
        self.pace = pace
        self.rules: dict[str, asyncio.Task[Protego | None]] = {}

    async def allows(self, url: str) -> bool | None:
        """Whether an address may be fetched; None where that cannot be known now."""
        parts = urlsplit(url)
        origin = urlunsplit((parts.scheme, parts.netloc, "", "", ""))
        if origin not in self.rules:
            self.rules[origin] = asyncio.create_task(self._read(origin, host_of(url)))
        try:
            rules = await self.rules[origin]
        except Exception:
            self.rules.pop(origin, None)  # the next try asks again
            raise
        return None if rules is None else bool(rules.can_fetch(url, AGENT))

    async def _read(self, origin: str, host: str) -> Protego | None:
        status, body = await self.get(f"{origin}/robots.txt")
        if status >= 500 or status == 429:
            return None
        rules = Protego.parse(body[:ROBOTS_BYTES].decode("utf-8", "replace") if status == 200 else "")
        if delay := rules.crawl_delay(AGENT):
            self.pace.at_least(host, float(delay))
        return rules


def host_of(url: str) -> str:
    """Host and port: what pauses are kept for."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def wait_asked(answer: httpx.Response) -> float | None:
    """Seconds that an answer asks to wait (Retry-After, a number or a date); None where it does not say."""
    said = answer.headers.get("retry-after", "").strip()
    if said.isdigit():
        return float(said)
    try:
        moment = parsedate_to_datetime(said)
    except (ValueError, TypeError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
