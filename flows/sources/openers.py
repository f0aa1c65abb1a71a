"""The functions that read an item's bytes, by the name a SourceItem carries into a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.sources.local import read_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.sources import SourceItem

# Called with the location and the most bytes that are wanted; one more says that there is more.
OPENERS: dict[str, Callable[[str, int], bytes]] = {"file": read_file}


def read_item(item: SourceItem, limit: int) -> bytes:
    """The item's bytes, at most one more than `limit`; OSError where they cannot be read."""
    return OPENERS[item.opener](item.location, limit)
