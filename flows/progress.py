"""What a run tells whoever watches it; nobody may be watching."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator


class Listener(Protocol):
    """Is told what a run does, as it does it."""

    def phase(self, text: str) -> None:
        """A new step of the run has begun."""

    def message(self, text: str) -> None:
        """Something that whoever watches should know."""

    def pages(self, done: int, total: int) -> None:
        """So many more pages are done, of so many that the run has to read."""


class _All:
    """Tells each of these listeners; of none, nobody is told."""

    def __init__(self, *listeners: Listener) -> None:
        self.listeners = listeners

    def phase(self, text: str) -> None:
        for each in self.listeners:
            each.phase(text)

    def message(self, text: str) -> None:
        for each in self.listeners:
            each.message(text)

    def pages(self, done: int, total: int) -> None:
        for each in self.listeners:
            each.pages(done, total)


# Not a flow parameter: Prefect would store it, and a listener belongs to one process.
_listener: ContextVar[Listener] = ContextVar("listener", default=_All())  # noqa: B039 - it has no state


@contextmanager
def watched_by(listener: Listener) -> Iterator[None]:
    """Runs started inside tell this listener too."""
    token = _listener.set(_All(_listener.get(), listener))
    try:
        yield
    finally:
        _listener.reset(token)


def listener() -> Listener:
    """Who is watching."""
    return _listener.get()
