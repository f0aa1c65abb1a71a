"""Where things are inside an output folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class DatasetPaths:
    """Paths below one output folder."""

    root: Path

    @property
    def state(self) -> Path:
        return self.root / "_state"

    @property
    def ledger(self) -> Path:
        return self.state / "ledger.sqlite"

    @property
    def lock(self) -> Path:
        return self.state / "lock"

    @property
    def lock_holder(self) -> Path:
        return self.state / "lock-holder.json"

    @property
    def staging(self) -> Path:
        """Unfinished files; none ends in .parquet, so that no reader's glob finds them."""
        return self.state / "staging"

    def table(self, name: str) -> Path:
        return self.root / name

    def part(self, table: str, number: int) -> Path:
        return self.root / table / f"part-{number:05d}.parquet"

    @staticmethod
    def number(path: Path) -> int:
        """The part number of a file."""
        return int(path.stem.removeprefix("part-"))

    def parts(self, table: str) -> list[Path]:
        """The table's files in order; empty where there are none."""
        return sorted(self.table(table).glob("part-*.parquet"))
