"""The functions that read an item's bytes, by the name a SourceItem carries into a worker."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NoReturn

from flows.sources.local import read_file
from transforms.errors import RejectError

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.sources import SourceItem


def raise_reason(location: str, _limit: int) -> NoReturn:
    """Raises what `flows.sources.refused` noted."""
    raise RejectError(*json.loads(location))


# Called with the location and the most bytes that are wanted; one more says that there is more.
OPENERS: dict[str, Callable[[str, int], bytes]] = {"file": read_file, "refused": raise_reason}


def read_item(item: SourceItem, limit: int) -> bytes:
    """The item's bytes, at most one more than `limit`.

    OSError where they cannot be read now and may be another time, RejectError where they never will.
    """
    return OPENERS[item.opener](item.location, limit)
