"""The ledger as those see it who only read: a copy as of the moment of a snapshot."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from flows.dataset.ledger import LEDGER_VERSION, PartFile
from flows.errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

TABLES = {"sources", "moves", "open_runs"}


class LedgerDamagedError(DatasetError):
    """The ledger is no database, or not one of ours; it can be made anew from the tables."""


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


class LedgerView:
    """What a check asks of a ledger; LedgerDamagedError where its file is damaged."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        try:
            damage = [row[0] for row in connection.execute("PRAGMA quick_check(5)")]
            self._tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        except sqlite3.DatabaseError as error:
            damage = [str(error)]
        if damage != ["ok"]:
            raise LedgerDamagedError("; ".join(damage))
        if not self._tables >= TABLES:
            raise LedgerDamagedError(f"it has no table {', '.join(sorted(TABLES - self._tables))}")

    def sources(self, part: int) -> list[KnownSource]:
        """The sources whose rows belong in this part."""
        query = f"SELECT {', '.join(KnownSource._fields)} FROM sources WHERE part = ?"
        return [KnownSource(*row) for row in self.connection.execute(query, (part,))]

    def part_numbers(self) -> set[int]:
        return {number for (number,) in self.connection.execute("SELECT DISTINCT part FROM sources")}

    def moves(self) -> list[tuple[str, str]]:
        """Staged path and target of files of a commit that are perhaps not in place."""
        return list(self.connection.execute("SELECT staged, target FROM moves ORDER BY rowid"))

    def open_runs(self) -> list[str]:
        return [run_id for (run_id,) in self.connection.execute("SELECT run_id FROM open_runs ORDER BY started_at")]

    def files(self) -> dict[tuple[str, int], PartFile] | None:
        """What each part file must be; None from a ledger that does not say."""
        if "parts" not in self._tables:
            return None
        rows = self.connection.execute("SELECT table_name, number, bytes, sha256, rows FROM parts")
        return {(table, number): PartFile(*rest) for table, number, *rest in rows}


def is_newer(path: Path) -> bool:
    """Whether a later version of figures wrote this ledger; False of a file that is no ledger."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.Error:
        return False
    return bool(version > LEDGER_VERSION)
