"""What a commit must keep: judged before anything of it is written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.dataset.storage import free_bytes
from flows.errors import LimitError, StorageError

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

SHOWN_CODES = 3


@dataclass(frozen=True, slots=True)
class CommitLimits:
    """Limits of one run."""

    reject_share: float = 1.0  # of a shard's sources that were tried
    reject_share_from: int = 100  # smaller shards may have any share
    min_free_bytes: int = 0  # to be left on the disk

    def check_rejects(self, outcomes: list[dict[str, Any]], rejects: pa.Table) -> None:
        """LimitError where too many of the shard's sources were refused."""
        tried = [o["source_uri"] for o in outcomes if o["result"] != "gone"]
        refused = {o["source_uri"] for o in outcomes if o["result"] in ("reject", "unread")}
        if len(tried) < self.reject_share_from or len(refused) <= self.reject_share * len(tried):
            return
        rows = [row for row in rejects.select(["source_uri", "code"]).to_pylist() if row["source_uri"] in refused]
        examples = {row["code"]: row["source_uri"] for row in reversed(rows)}
        codes = Counter(row["code"] for row in rows).most_common(SHOWN_CODES)
        reasons = ", ".join(f"{count} {code} (such as {examples[code]})" for code, count in codes)
        raise LimitError(
            f"{len(refused)} of {len(tried)} pages of a shard are rejects, more than {self.reject_share:.0%}: "
            f"{reasons}. "
            "Nothing of this shard was written. Mend the sources, or accept it with --reject-limit 1."
        )

    def check_room(self, root: Path, needed: int) -> None:
        """StorageError where the disk has no room for so many bytes more."""
        free = free_bytes(root)
        if free - needed < self.min_free_bytes:
            raise StorageError(
                f"{root}: the commit needs up to {_size(needed)} of disk and leaves "
                f"{_size(self.min_free_bytes)} (--min-free), but {_size(free)} are free. "
                "Nothing of it was written. Free space and run again."
            )


NO_LIMITS = CommitLimits()


def _size(size: int) -> str:
    return f"{size / 1_000_000:,.0f} MB" if size >= 1_000_000 else f"{size / 1000:,.0f} KB"
