"""Where things are inside an output folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.tables import DOCUMENT_TABLES

if TYPE_CHECKING:
    from pathlib import Path

# Each part has a file in each of these; runs are numbered by themselves.
PART_TABLES = (*DOCUMENT_TABLES, "rejects")


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
    def serve_lock(self) -> Path:
        """Held by the one `figures serve` for this folder."""
        return self.state / "serve-lock"

    @property
    def staging(self) -> Path:
        """Unfinished files; none ends in .parquet, so that no reader's glob finds them."""
        return self.state / "staging"

    @property
    def damaged(self) -> Path:
        """Where a repair puts what it takes out of the tables; no name in it ends in .parquet."""
        return self.state / "damaged"

    @property
    def indexes(self) -> Path:
        """What was found in large source files; may be deleted."""
        return self.state / "indexes"

    @property
    def downloads(self) -> Path:
        """What was fetched from the web, and what is known of each address."""
        return self.state / "downloads"

    def table(self, name: str) -> Path:
        return self.root / name

    def part(self, table: str, number: int) -> Path:
        return self.root / table / f"part-{number:05d}.parquet"

    @staticmethod
    def number(path: Path) -> int:
        """The part number of a file."""
        number = part_number(path)
        assert number is not None, path
        return number

    def parts(self, table: str) -> list[Path]:
        """The table's files in order; empty where there are none."""
        return sorted(path for path in self.table(table).glob("part-*.parquet") if part_number(path) is not None)


def part_number(path: Path) -> int | None:
    """The number in a part's file name; None for any other name.

    >>> from pathlib import Path
    >>> part_number(Path("part-00012.parquet")), part_number(Path("part-12.parquet"))
    (12, None)
    """
    digits = path.name.removeprefix("part-").removesuffix(".parquet")
    is_number = digits.isascii() and digits.isdigit()
    return int(digits) if is_number and path.name == f"part-{int(digits):05d}.parquet" else None
