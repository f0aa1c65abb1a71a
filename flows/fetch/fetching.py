"""Many addresses fetched at once, a few hosts side by side and each host's one after another."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.fetch.answers import HTML, Answer, Conditions, Fetcher, PassingError
from flows.fetch.connecting import open_client
from flows.fetch.politeness import AGENT, host_of
from transforms.errors import RejectError
from transforms.version import EXTRACTOR_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flows.settings import FetchSettings


NONE = Conditions()


@dataclass(frozen=True, slots=True)
class Wanted:
    """An address to fetch."""

    url: str
    conditions: Conditions = NONE
    accepts: tuple[str, ...] = HTML


# What came of an address: an answer, a reason for good, or one for now.
Outcome = Answer | RejectError | PassingError


class Web:
    """The web for the length of a run: one client, and the pace and robots.txt of each host."""

    def __init__(self, settings: FetchSettings, limit: int) -> None:
        self.settings = settings
        self.limit = limit
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="figures-fetch", daemon=True)
        self.thread.start()
        self.fetcher = asyncio.run_coroutine_threadsafe(self._open(), self.loop).result()

    async def _open(self) -> Fetcher:
        contact = f" (+{self.settings.contact})" if self.settings.contact else ""
        return Fetcher(open_client(self.settings, f"{AGENT}/{EXTRACTOR_VERSION}{contact}"), self.settings, self.limit)

    def fetch(self, wanted: Iterable[Wanted]) -> Iterator[tuple[Wanted, Outcome]]:
        """What came of each address, in whatever order they are done."""
        by_host: dict[str, list[Wanted]] = defaultdict(list)
        for each in wanted:
            by_host[host_of(each.url)].append(each)
        # Bodies wait here until they are written: no more of them than hosts that are asked at a time.
        done: queue.Queue[tuple[Wanted, Outcome] | None] = queue.Queue(maxsize=self.settings.hosts)
        stop = threading.Event()
        running = asyncio.run_coroutine_threadsafe(self._fetch_all(by_host, done, stop), self.loop)
        try:
            while (outcome := done.get()) is not None:
                yield outcome
            running.result()
        finally:
            stop.set()
            running.cancel()

    def fetch_one(self, wanted: Wanted) -> Answer:
        """The answer of one address; raises what kept it from coming."""
        ((_, outcome),) = self.fetch([wanted])
        if isinstance(outcome, Answer):
            return outcome
        raise outcome

    def close(self) -> None:
        """Ends all connections."""
        asyncio.run_coroutine_threadsafe(self.fetcher.client.aclose(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        if not self.thread.is_alive():
            self.loop.close()

    async def _fetch_all(
        self, by_host: dict[str, list[Wanted]], done: queue.Queue[tuple[Wanted, Outcome] | None], stop: threading.Event
    ) -> None:
        turn = asyncio.Semaphore(self.settings.hosts)

        async def put(outcome: tuple[Wanted, Outcome] | None) -> None:
            while not stop.is_set():
                try:
                    done.put_nowait(outcome)
                except queue.Full:
                    await asyncio.sleep(0.01)
                else:
                    return

        async def of_host(addresses: list[Wanted]) -> None:
            async with turn:
                for each in addresses:
                    await put((each, await self._outcome(each)))

        try:
            async with asyncio.TaskGroup() as group:
                for addresses in by_host.values():
                    group.create_task(of_host(addresses))
        finally:
            await put(None)

    async def _outcome(self, wanted: Wanted) -> Outcome:
        try:
            return await self.fetcher.fetch(wanted.url, wanted.conditions, wanted.accepts)
        except (RejectError, PassingError) as error:
            return error


@contextmanager
def open_web(settings: FetchSettings, limit: int) -> Iterator[Web]:
    """The web, closed at the end."""
    web = Web(settings, limit)
    try:
        yield web
    finally:
        web.close()
