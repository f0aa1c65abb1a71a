"""Sources: where pages come from. Each kind yields SourceItems; none knows HTML."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class SourceItem:
    """One page that can be read; small, and the same after a trip through JSON."""

    uri: str  # source name and path inside the source: the article's identity
    fingerprint: str  # changes when the content may have changed
    opener: str  # name of the function in `openers` that reads it
    location: str  # what that function needs: a path, a URL
    url: str | None = None  # the page's own address, where the source knows it
    charset: str | None = None  # as the transport declared it

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=True)

    @classmethod
    def from_json(cls, text: str) -> SourceItem:
        return cls(**json.loads(text))


class Source(Protocol):
    """One thing given on the command line."""

    @property
    def scope(self) -> str | None:
        """Prefix of all URIs the source can have: those it no longer yields have vanished. None: cannot say."""

    def discover(self) -> Iterator[SourceItem]:
        """Everything there is, cheapest facts only; nothing is read yet."""
        ...
