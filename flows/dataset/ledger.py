"""The SQLite ledger: what each source was when it was last read, and where its rows are.

Its transaction is the commit point of the dataset (see `commit`).
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from flows.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

LEDGER_VERSION = 1
SCHEMA = """
CREATE TABLE IF NOT EXISTS sources (
    source_uri     TEXT PRIMARY KEY,
    article_id     TEXT NOT NULL,
    fingerprint    TEXT NOT NULL,          -- size and modification time, or what else a source offers
    content_sha256 TEXT,
    extractor      TEXT NOT NULL,          -- version and the settings that change what is extracted
    state          TEXT NOT NULL CHECK (state IN ('article', 'reject')),
    part           INTEGER NOT NULL,       -- never changes
    duplicate_key  TEXT,
    duplicate_of   TEXT,
    vanished_run   TEXT                    -- the run that first missed it
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sources_by_part ON sources (part);
CREATE INDEX IF NOT EXISTS sources_by_duplicate_key ON sources (duplicate_key, source_uri)
    WHERE duplicate_key IS NOT NULL;
CREATE TABLE IF NOT EXISTS moves (         -- the journal: files of a commit not yet known to be in place
    staged TEXT NOT NULL,
    target TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS open_runs (     -- runs that have begun and not ended
    run_id     TEXT PRIMARY KEY,
    started_at TEXT NOT NULL,
    parameters TEXT NOT NULL,
    versions   TEXT NOT NULL,
    counts     TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE IF NOT EXISTS roots (         -- which folder a source name was given to
    name TEXT PRIMARY KEY,
    root TEXT NOT NULL
);
CREATE TEMP TABLE discovered (             -- what this run found
    source_uri  TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    item        TEXT NOT NULL
) WITHOUT ROWID;
"""

PENDING = """
FROM discovered d LEFT JOIN sources s USING (source_uri)
WHERE s.source_uri IS NULL OR s.fingerprint NOT IN (d.fingerprint, d.fingerprint || :limits)
   OR s.extractor <> :extractor OR :force OR :rehash
"""


@dataclass(frozen=True, slots=True)
class SourceState:
    """A row of the ledger."""

    source_uri: str
    article_id: str
    fingerprint: str
    content_sha256: str | None
    extractor: str
    state: str
    part: int
    duplicate_key: str | None
    duplicate_of: str | None


class Ledger:
    """The ledger of one dataset; one connection, used by one thread."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=60)
        try:
            self.connection.execute("PRAGMA synchronous = FULL")
            (version,) = self.connection.execute("PRAGMA user_version").fetchone()
            if version > LEDGER_VERSION:
                raise DatasetError(
                    f"{path} was written by a later version of figures: upgrade, or use another --output"
                )
            self.connection.executescript(SCHEMA)
            self.connection.execute(f"PRAGMA user_version = {LEDGER_VERSION}")
        except sqlite3.DatabaseError as error:
            self.connection.close()
            raise DatasetError(f"{path} cannot be used ({error}). Remove it and run again with --force.") from error
        except BaseException:
            self.connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside, or nothing."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    # ------------------------------------------------------------ sources

    def states(self, uris: Iterable[str]) -> dict[str, SourceState]:
        """What is known of these sources; the unknown are left out."""
        names = ", ".join(SourceState.__dataclass_fields__)
        query = f"SELECT {names} FROM sources WHERE source_uri IN (SELECT value FROM json_each(?))"  # noqa: S608
        rows = self.connection.execute(query, (json.dumps(list(uris)),))
        return {row[0]: SourceState(*row) for row in rows}

    def upsert(self, states: Iterable[SourceState]) -> None:
        """Replaces what is known; a source seen again is no longer vanished."""
        names = tuple(SourceState.__dataclass_fields__)
        marks = ", ".join("?" * len(names))
        query = f"INSERT OR REPLACE INTO sources ({', '.join(names)}) VALUES ({marks})"  # noqa: S608
        self.connection.executemany(query, ([getattr(s, n) for n in names] for s in states))

    def open_part(self) -> tuple[int, int]:
        """The last part's number and how many sources it holds; (0, 0) at first."""
        row = self.connection.execute(
            "SELECT part, COUNT(*) FROM sources WHERE part = (SELECT MAX(part) FROM sources) GROUP BY part"
        ).fetchone()
        return (row[0], row[1]) if row else (0, 0)

    def regroup_duplicates(self, keys: Iterable[str]) -> list[SourceState]:
        """Sets duplicate_of in the groups of these keys; returns the articles for which it changed.

        The first source_uri of a group is the original, whatever the order in which they came.
        """
        names = ", ".join(SourceState.__dataclass_fields__)
        query = f"SELECT {names} FROM sources WHERE duplicate_key = ? AND state = 'article' ORDER BY source_uri"  # noqa: S608
        changed = []
        for key in sorted(set(keys)):
            original: str | None = None
            for row in self.connection.execute(query, (key,)).fetchall():
                state = SourceState(*row)
                if state.duplicate_of != original:
                    self.connection.execute(
                        "UPDATE sources SET duplicate_of = ? WHERE source_uri = ?", (original, state.source_uri)
                    )
                    changed.append(replace(state, duplicate_of=original))
                original = original or state.article_id
        return changed

    def part_numbers(self) -> list[int]:
        """The numbers of all parts that hold a source."""
        return [row[0] for row in self.connection.execute("SELECT DISTINCT part FROM sources ORDER BY part")]

    def forget_parts(self, parts: Iterable[int]) -> int:
        """Makes the next run extract the sources of these parts again; returns how many."""
        with self.transaction():
            cursor = self.connection.execute(
                "UPDATE sources SET extractor = '' WHERE part IN (SELECT value FROM json_each(?))",
                (json.dumps(list(parts)),),
            )
        return cursor.rowcount

    def article_count(self) -> int:
        """How many sources have an article."""
        return self._number("SELECT COUNT(*) FROM sources WHERE state = 'article'")

    # ------------------------------------------------------------ discovery

    def discover(self, items: Iterable[tuple[str, str, str]]) -> tuple[int, int]:
        """Notes uri, fingerprint and item of everything found; returns how many, and how many were given twice."""
        found = 0

        def counted() -> Iterator[tuple[str, str, str]]:
            nonlocal found
            for item in items:
                found += 1
                yield item

        with self.transaction():
            self.connection.executemany("INSERT OR IGNORE INTO discovered VALUES (?, ?, ?)", counted())
        return found, found - self._number("SELECT COUNT(*) FROM discovered")

    def pending(
        self, extractor: str, *, force: bool, rehash: bool, limits: str = ""
    ) -> Iterator[tuple[str, str | None]]:
        """Items to read, by source_uri: (item, known hash). With a hash, equal bytes need no extraction.

        `limits` marks the fingerprints of pages that limits refused: under the same limits they are known.
        """
        values = {"extractor": extractor, "force": force, "rehash": rehash, "limits": limits}
        known = "CASE WHEN s.extractor = :extractor AND NOT :force THEN s.content_sha256 END"
        yield from self.connection.execute(
            f"SELECT d.item, {known} {PENDING} ORDER BY d.source_uri",
            values,
        )

    def settled(self, extractor: str, *, force: bool, rehash: bool, limits: str = "") -> dict[str, int]:
        """How many of the sources found need no reading, by state (article, reject)."""
        values = {"extractor": extractor, "force": force, "rehash": rehash, "limits": limits}
        states = f"SELECT d.source_uri {PENDING}"
        rows = self.connection.execute(
            "SELECT state, COUNT(*) FROM discovered JOIN sources USING (source_uri) "  # noqa: S608
            f"WHERE source_uri NOT IN ({states}) GROUP BY state",
            values,
        )
        return dict(rows.fetchall())

    def mark_vanished(self, scopes: Iterable[str], run_id: str) -> int:
        """Marks sources below these prefixes that this run did not find; returns how many are newly missed."""
        newly = 0
        with self.transaction():
            self.connection.execute(
                "UPDATE sources SET vanished_run = NULL WHERE vanished_run IS NOT NULL "
                "AND source_uri IN (SELECT source_uri FROM discovered)"
            )
            for scope in scopes:
                newly += self.connection.execute(
                    "UPDATE sources SET vanished_run = ? WHERE vanished_run IS NULL "
                    "AND source_uri >= ? AND source_uri < ? AND source_uri NOT IN (SELECT source_uri FROM discovered)",
                    (run_id, scope, scope + "\U0010ffff"),
                ).rowcount
        return newly

    # ------------------------------------------------------------ journal, runs, names

    def add_moves(self, moves: Iterable[tuple[str, str]]) -> None:
        self.connection.executemany("INSERT INTO moves (staged, target) VALUES (?, ?)", moves)

    def moves(self) -> list[tuple[str, str]]:
        """Staged path and target, relative to the dataset, of files not yet known to be in place."""
        return list(self.connection.execute("SELECT staged, target FROM moves ORDER BY rowid"))

    def clear_moves(self) -> None:
        self.connection.execute("DELETE FROM moves")

    def begin_run(self, run_id: str, started_at: str, parameters: str, versions: str) -> None:
        self.connection.execute(
            "INSERT INTO open_runs (run_id, started_at, parameters, versions) VALUES (?, ?, ?, ?)",
            (run_id, started_at, parameters, versions),
        )

    def save_counts(self, run_id: str, counts: dict[str, int]) -> None:
        self.connection.execute("UPDATE open_runs SET counts = ? WHERE run_id = ?", (json.dumps(counts), run_id))

    def open_runs(self) -> list[dict[str, Any]]:
        """Runs that began and did not end; under the lock, all but our own were killed."""
        names = ("run_id", "started_at", "parameters", "versions", "counts")
        rows = self.connection.execute(f"SELECT {', '.join(names)} FROM open_runs ORDER BY started_at")  # noqa: S608
        return [dict(zip(names, row, strict=True)) | {"counts": json.loads(row[4])} for row in rows]

    def end_run(self, run_id: str) -> None:
        self.connection.execute("DELETE FROM open_runs WHERE run_id = ?", (run_id,))

    def roots(self) -> dict[str, str]:
        """The folder each source name was last given to on this machine."""
        return dict(self.connection.execute("SELECT name, root FROM roots").fetchall())

    def save_root(self, name: str, root: str) -> None:
        self.connection.execute("INSERT OR REPLACE INTO roots (name, root) VALUES (?, ?)", (name, root))

    def _number(self, query: str) -> int:
        (number,) = self.connection.execute(query).fetchone()
        return int(number)
