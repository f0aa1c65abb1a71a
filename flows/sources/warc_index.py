"""What was found in a large file, kept so that the next run need not read all of it again."""

from __future__ import annotations

import gzip
import json
from collections import deque
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from flows.dataset.storage import make_folder, naming

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# Another number where entries come to mean something else: indexes of before are made anew.
FORMAT = 1
END = "end"
BROKEN = (OSError, EOFError, ValueError)


def cached(
    folder: Path | None, place: str, mark: str, index: Callable[[str], Iterator[dict[str, Any]]]
) -> Iterator[dict[str, Any]]:
    """The entries of `index(place)`; from `folder` where they are kept there of this very file, else kept for later.

    `mark` changes with the file. An index is taken only whole; one that cannot be read is made anew.
    """
    if folder is None:
        yield from index(place)
        return
    kept = folder / f"{sha256(place.encode()).hexdigest()[:20]}.jsonl.gz"
    head = [FORMAT, place, mark]
    if _is_whole(kept, head):
        with gzip.open(kept, "rt", encoding="utf-8") as lines:
            next(lines)
            for line in lines:
                if (entry := json.loads(line)) != END:
                    yield entry
        return
    unfinished = kept.with_suffix(".writing")
    make_folder(folder)
    with naming(kept):
        with gzip.open(unfinished, "wt", encoding="utf-8", compresslevel=1) as lines:
            print(json.dumps(head), file=lines)
            for entry in index(place):
                print(json.dumps(entry), file=lines)
                yield entry
            print(json.dumps(END), file=lines)
        unfinished.replace(kept)


def _is_whole(kept: Path, head: list[Any]) -> bool:
    """Whether an index is of this file and has its end."""
    try:
        with gzip.open(kept, "rt", encoding="utf-8") as lines:
            if json.loads(next(lines)) != head:
                return False
            (last,) = deque(lines, maxlen=1)
            return last.strip() == json.dumps(END)
    except (*BROKEN, StopIteration):
        return False
