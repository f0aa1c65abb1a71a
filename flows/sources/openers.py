"""The functions that read an item's bytes, by the name a SourceItem carries into a worker."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn, cast

from transforms.errors import RejectError

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.sources import SourceItem

# Module and function; loaded when first needed, since some bring large libraries. Called with the location and the
# most bytes that are wanted; one more says that there is more.
OPENERS = {
    "file": ("flows.sources.local", "read_file"),
    "kept": ("flows.fetch.kept", "read_kept"),
    "json_lines": ("flows.sources.json_lines", "read_line"),
    "parquet": ("flows.sources.parquet_rows", "read_row"),
    "refused": ("flows.sources.openers", "raise_reason"),
    "remote": ("flows.sources.remote", "read_remote"),
    "unfetched": ("flows.sources.web", "raise_unfetched"),
    "warc": ("flows.sources.warc", "read_record"),
    "zip": ("flows.sources.archives", "read_member"),
}


def read_item(item: SourceItem, limit: int) -> bytes:
    """The item's bytes, at most one more than `limit`.

    OSError where they cannot be read now and may be another time, RejectError where they never will.
    """
    return _opener(item.opener)(item.location, limit)


@lru_cache
def _opener(name: str) -> Callable[[str, int], bytes]:
    module, function = OPENERS[name]
    return cast("Callable[[str, int], bytes]", getattr(import_module(module), function))


def raise_reason(location: str, _limit: int) -> NoReturn:
    """Raises what `flows.sources.refused` noted."""
    raise RejectError(*json.loads(location))
