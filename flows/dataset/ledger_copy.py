"""The ledger as it was at one moment, for those who only read: no lock is held while they look at it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from flows.dataset.ledger import LEDGER_VERSION
from flows.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator

WAIT_SECONDS = 60.0  # a writer's transaction ends long before


class KnownSource(NamedTuple):
    """What the ledger says of one source, as far as the tables must agree with it."""

    source_uri: str
    article_id: str
    fingerprint: str
    content_sha256: str | None
    extractor: str
    state: str
    duplicate_of: str | None
    vanished_run: str | None


class LedgerCopy:
    """A private copy of a ledger file, in a temporary database; closes with the `with` block.

    DatasetError where the file is damaged, or was written by a later version.
    """

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect("")
        try:
            _copy(path, self.connection)
            damage = [row[0] for row in self.connection.execute("PRAGMA quick_check(5)")]
            if damage != ["ok"]:
                raise sqlite3.DatabaseError("; ".join(damage))
            (version,) = self.connection.execute("PRAGMA user_version").fetchone()
            self._tables = {row[0] for row in self.connection.execute("SELECT name FROM sqlite_master")}
            if version <= LEDGER_VERSION and not {"sources", "moves", "open_runs"} <= self._tables:
                raise sqlite3.DatabaseError("tables are missing")
        except sqlite3.DatabaseError as error:
            self.connection.close()
            raise DatasetError(f"{path} is damaged: {error}") from error
        except BaseException:
            self.connection.close()
            raise
        self.is_newer = version > LEDGER_VERSION

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.connection.close()

    def sources(self, part: int) -> list[KnownSource]:
        """The sources whose rows belong in this part."""
        query = f"SELECT {', '.join(KnownSource._fields)} FROM sources WHERE part = ?"  # noqa: S608
        return [KnownSource(*row) for row in self.connection.execute(query, (part,))]

    def part_numbers(self) -> set[int]:
        return {number for (number,) in self.connection.execute("SELECT DISTINCT part FROM sources")}

    def moves(self) -> list[tuple[str, str]]:
        return list(self.connection.execute("SELECT staged, target FROM moves ORDER BY rowid"))

    def open_runs(self) -> list[str]:
        return [run_id for (run_id,) in self.connection.execute("SELECT run_id FROM open_runs ORDER BY started_at")]

    def files(self) -> dict[tuple[str, int], tuple[int, str]] | None:
        """Size and SHA-256 of each part file; None from a ledger that does not have them."""
        if "parts" not in self._tables:
            return None
        rows = self.connection.execute("SELECT table_name, number, bytes, sha256 FROM parts")
        return {(table, number): (size, digest) for table, number, size, digest in rows}


def _copy(path: Path, target: sqlite3.Connection) -> None:
    try:
        _back_up(path, "ro", target)
    except sqlite3.OperationalError:
        journal = path.with_name(path.name + "-journal")
        if not journal.exists():
            raise
        # Its writer was killed inside a transaction. SQLite undoes that by writing: so in a copy of both files.
        with TemporaryDirectory(prefix="figures-check-") as folder:
            for file in (path, journal):
                shutil.copy2(file, folder)
            _back_up(Path(folder) / path.name, "rw", target)


def _back_up(path: Path, mode: str, target: sqlite3.Connection) -> None:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    with closing(sqlite3.connect(uri, uri=True, timeout=WAIT_SECONDS)) as source:
        source.backup(target)
