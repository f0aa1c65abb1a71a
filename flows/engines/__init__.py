"""Engines: where batches are worked on. One interface, `map_batches`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

# What workers import once, before the first batch.
PRELOAD = ("flows.worker",)
B = TypeVar("B")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Done(Generic[B, R]):
    """A batch and what the function returned for it."""

    batch: B
    value: R


@dataclass(frozen=True, slots=True)
class Lost(Generic[B]):
    """A batch whose worker hung (`time_limit`) or died (`worker_died`); nothing came of it."""

    batch: B
    code: str
    detail: str


class Engine(Protocol):
    """Works on batches, in whatever order they are done. The function must be importable by name."""

    def map_batches(
        self, function: Callable[[B], R], batches: Sequence[B], seconds: Callable[[B], float]
    ) -> Iterator[Done[B, R] | Lost[B]]:
        """What came of each batch; `seconds` is how long one may take before its worker is killed."""
        ...


class InlineEngine:
    """In this process: a page or two cost no pool. Nothing can be killed here."""

    def map_batches(
        self, function: Callable[[B], R], batches: Sequence[B], seconds: Callable[[B], float]
    ) -> Iterator[Done[B, R] | Lost[B]]:
        for batch in batches:
            yield Done(batch, function(batch))
