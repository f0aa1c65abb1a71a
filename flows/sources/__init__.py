"""Sources: where pages come from. Each kind yields SourceItems; none knows HTML."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.errors import RejectError


@dataclass(frozen=True, slots=True)
class SourceItem:
    """One page that can be read; small, and the same after a trip through JSON."""

    uri: str  # source name and path inside the source: the article's identity
    fingerprint: str  # changes when the content may have changed
    opener: str  # name of the function in `openers` that reads it
    location: str  # what that function needs: a path, a URL
    url: str | None = None  # the page's own address, where the source knows it
    charset: str | None = None  # as the transport declared it
    fetched_at: str | None = None  # when a crawl or download fetched it, ISO 8601 in UTC
    byte_offset: int | None = None  # where in its file the page begins, for containers that have such places

    @property
    def fetched(self) -> datetime | None:
        """`fetched_at` as a moment."""
        return datetime.fromisoformat(self.fetched_at) if self.fetched_at else None

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=True)

    @classmethod
    def from_json(cls, text: str) -> SourceItem:
        return cls(**json.loads(text))


def refused(uri: str, reason: RejectError, *, byte_offset: int | None = None, url: str | None = None) -> SourceItem:
    """An item for something that was found and cannot be used: reading it raises the reason, so it is a reject."""
    location = json.dumps([reason.stage, reason.code, reason.message, reason.detail])
    # Another reason is another fingerprint: the reject's row is made anew.
    return SourceItem(uri, f"refused {location}", "refused", location, url=url, byte_offset=byte_offset)


class Source(Protocol):
    """One thing given on the command line."""

    @property
    def name(self) -> str:
        """The first part of all its URIs."""
        ...

    @property
    def root(self) -> str:
        """Where it is: a folder, a file, an address. It is remembered, so that the name stays with it."""
        ...

    @property
    def scope(self) -> str | None:
        """Prefix of all URIs the source can have: those it no longer yields have vanished. None: cannot say."""

    def discover(self) -> Iterator[SourceItem]:
        """Everything there is, cheapest facts only; nothing is read yet."""
        ...
