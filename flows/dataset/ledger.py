"""The SQLite ledger: what each source was when it was last read, where its rows are, what each file must be.

Its transaction is the commit point of the dataset (see `commit`).
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Self

from flows.dataset.storage import make_folder, naming
from flows.errors import DatasetError
from transforms.version import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

LEDGER_VERSION = 2
SCHEMA = """
CREATE TABLE sources (
    source_uri     TEXT PRIMARY KEY,
    article_id     TEXT NOT NULL,
    fingerprint    TEXT NOT NULL,          -- size and modification time, or what else a source offers
    content_sha256 TEXT,
    extractor      TEXT NOT NULL,          -- version and the settings that change what is extracted
    state          TEXT NOT NULL CHECK (state IN ('article', 'reject')),
    part           INTEGER NOT NULL,       -- never changes
    duplicate_key  TEXT,
    duplicate_of   TEXT,
    item           TEXT,                   -- how to read it again; only of those to be tried again
    vanished_run   TEXT                    -- the run that first missed it
) WITHOUT ROWID;
CREATE INDEX sources_by_part ON sources (part);
CREATE INDEX sources_by_duplicate_key ON sources (duplicate_key, source_uri) WHERE duplicate_key IS NOT NULL;
CREATE INDEX sources_vanished ON sources (content_sha256, source_uri) WHERE vanished_run IS NOT NULL;
CREATE TABLE parts (                       -- the files as they are, once all moves are done
    table_name TEXT NOT NULL,
    number     INTEGER NOT NULL,
    bytes      INTEGER NOT NULL,
    sha256     TEXT NOT NULL,
    rows       INTEGER NOT NULL,
    PRIMARY KEY (table_name, number)
) WITHOUT ROWID;
CREATE TABLE moves (                       -- the journal: files of a commit not yet known to be in place
    staged TEXT NOT NULL,
    target TEXT NOT NULL
);
CREATE TABLE open_runs (                   -- runs that have begun and not ended
    run_id      TEXT PRIMARY KEY,
    started_at  TEXT NOT NULL,
    parameters  TEXT NOT NULL,
    versions    TEXT NOT NULL,
    counts      TEXT NOT NULL DEFAULT '{}',
    flow_run_id TEXT                       -- Prefect's name for it
);
CREATE TABLE roots (                       -- which folder a source name was given to
    name TEXT PRIMARY KEY,
    root TEXT NOT NULL
);
CREATE TABLE facts (                       -- schema_version: of all files
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
"""
# What a ledger of version 1 lacks.
FROM_VERSION_1 = """
ALTER TABLE sources ADD COLUMN item TEXT;
ALTER TABLE open_runs ADD COLUMN flow_run_id TEXT;
CREATE INDEX sources_vanished ON sources (content_sha256, source_uri) WHERE vanished_run IS NOT NULL;
CREATE TABLE parts (table_name TEXT NOT NULL, number INTEGER NOT NULL, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL,
    rows INTEGER NOT NULL, PRIMARY KEY (table_name, number)) WITHOUT ROWID;
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO facts VALUES ('schema_version', '0');
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
    duplicate_key: str | None = None
    duplicate_of: str | None = None
    item: str | None = None


@dataclass(frozen=True, slots=True)
class PartFile:
    """What one file of the dataset must be."""

    bytes: int
    sha256: str
    rows: int


STATE_NAMES = tuple(field.name for field in fields(SourceState))
STATES = f"SELECT {', '.join(STATE_NAMES)} FROM sources"


class Ledger:
    """The ledger of one dataset; one connection, used by one thread.

    StorageError where the disk fails, DatasetError where the file is none of ours or of a later version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        make_folder(path.parent)
        with naming(path):
            self.connection = sqlite3.connect(path, isolation_level=None, timeout=60)
        try:
            self._open()
        except sqlite3.DatabaseError as error:
            self.connection.close()
            if isinstance(error, sqlite3.OperationalError):
                with naming(path):
                    raise
            message = f"{path} is damaged ({error}). `figures check {path.parent.parent} --repair` makes it anew."
            raise DatasetError(message) from error
        except BaseException:
            self.connection.close()
            raise

    def _open(self) -> None:
        # EXTRA: with FULL a power cut may bring the rollback journal back, after files were already moved.
        self.connection.execute("PRAGMA synchronous = EXTRA")
        (version,) = self.connection.execute("PRAGMA user_version").fetchone()
        if version > LEDGER_VERSION:
            raise DatasetError(
                f"{self.path} was written by a later version of figures: upgrade it, or use another --output"
            )
        if version < LEDGER_VERSION:
            script = FROM_VERSION_1 if version else SCHEMA
            self.connection.executescript(f"BEGIN; {script} PRAGMA user_version = {LEDGER_VERSION}; COMMIT;")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside, or nothing."""
        self.do("BEGIN IMMEDIATE")
        try:
            yield
            self.do("COMMIT")
        except BaseException:
            # SQLite ends a transaction by itself on some errors.
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise

    def do(self, query: str, values: Any = ()) -> int:
        """Executes a statement; how many rows it changed."""
        with naming(self.path):
            return self.connection.execute(query, values).rowcount

    def do_many(self, query: str, rows: Iterable[Any]) -> None:
        """Executes a statement for each of the rows."""
        with naming(self.path):
            self.connection.executemany(query, rows)

    def all(self, query: str, values: Any = ()) -> list[Any]:
        """All rows that a query gives."""
        with naming(self.path):
            return self.connection.execute(query, values).fetchall()

    def number(self, query: str, values: Any = ()) -> int:
        """The one number that a query gives; 0 for null."""
        ((number,),) = self.all(query, values)
        return int(number or 0)

    # ------------------------------------------------------------ sources

    def states(self, uris: Iterable[str]) -> dict[str, SourceState]:
        """What is known of these sources; the unknown are left out."""
        rows = self.all(f"{STATES} WHERE source_uri IN (SELECT value FROM json_each(?))", (json.dumps(list(uris)),))
        return {row[0]: SourceState(*row) for row in rows}

    def upsert(self, states: Iterable[SourceState]) -> None:
        """Replaces what is known; a source seen again is no longer vanished."""
        marks = ", ".join("?" * len(STATE_NAMES))
        query = f"INSERT OR REPLACE INTO sources ({', '.join(STATE_NAMES)}) VALUES ({marks})"
        self.do_many(query, ([getattr(s, n) for n in STATE_NAMES] for s in states))

    def remove(self, states: Iterable[SourceState]) -> None:
        """Forgets these sources."""
        self.do_many("DELETE FROM sources WHERE source_uri = ?", ((s.source_uri,) for s in states))

    def open_part(self) -> tuple[int, int]:
        """The last part's number and how many sources it holds; (0, 0) at first."""
        rows = self.all("SELECT part, COUNT(*) FROM sources WHERE part = (SELECT MAX(part) FROM sources) GROUP BY part")
        last = self.number("SELECT MAX(number) FROM parts WHERE table_name = 'articles'")
        # The sources of the last part may all have been removed: a number is not given twice.
        return (rows[0][0], rows[0][1]) if rows and rows[0][0] >= last else (last, 0)

    def regroup_duplicates(self, keys: Iterable[str]) -> list[SourceState]:
        """Sets duplicate_of in the groups of these keys; returns the articles for which it changed.

        The first source_uri of a group is the original, whatever the order in which they came.
        """
        query = f"{STATES} WHERE duplicate_key = ? AND state = 'article' ORDER BY source_uri"
        changed = []
        for key in sorted(set(keys)):
            original: str | None = None
            for row in self.all(query, (key,)):
                state = SourceState(*row)
                if state.duplicate_of != original:
                    self.do("UPDATE sources SET duplicate_of = ? WHERE source_uri = ?", (original, state.source_uri))
                    changed.append(replace(state, duplicate_of=original))
                original = original or state.article_id
        return changed

    def vanished(self, scopes: Iterable[str]) -> list[SourceState]:
        """Sources below these prefixes that were missed when they were last looked for."""
        query = f"{STATES} WHERE vanished_run IS NOT NULL AND source_uri >= ? AND source_uri < ? ORDER BY source_uri"
        found = {row[0]: SourceState(*row) for scope in scopes for row in self.all(query, (scope, end_of(scope)))}
        return list(found.values())

    def newly_vanished(self, run_id: str) -> int:
        """How many sources this run was the first to miss."""
        return self.number("SELECT COUNT(*) FROM sources WHERE vanished_run = ?", (run_id,))

    def vanished_with(self, hashes: Iterable[str]) -> list[SourceState]:
        """Vanished sources that held one of these contents, by source_uri."""
        query = f"{STATES} WHERE vanished_run IS NOT NULL AND content_sha256 IN (SELECT value FROM json_each(?))"
        rows = self.all(f"{query} ORDER BY source_uri", (json.dumps(list(hashes)),))
        return [SourceState(*row) for row in rows]

    def part_numbers(self) -> list[int]:
        """The numbers of all parts that hold a source."""
        return [row[0] for row in self.all("SELECT DISTINCT part FROM sources ORDER BY part")]

    def extract_again(self, *, parts: Iterable[int] = (), article_ids: Iterable[str] = ()) -> int:
        """Makes the next run extract the sources of these parts, and those of these articles; returns how many."""
        return self.do(
            "UPDATE sources SET extractor = '' WHERE part IN (SELECT value FROM json_each(?)) "
            "OR article_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(parts)), json.dumps(list(article_ids))),
        )

    def article_count(self) -> int:
        """How many sources have an article."""
        return self.number("SELECT COUNT(*) FROM sources WHERE state = 'article'")

    # ------------------------------------------------------------ files and journal

    def parts(self) -> dict[tuple[str, int], PartFile]:
        """What each file must be, by table and part number."""
        rows = self.all("SELECT table_name, number, bytes, sha256, rows FROM parts ORDER BY table_name, number")
        return {(table, number): PartFile(*rest) for table, number, *rest in rows}

    def save_parts(self, parts: Mapping[tuple[str, int], PartFile]) -> None:
        """Notes what these files must be."""
        query = "INSERT OR REPLACE INTO parts (table_name, number, bytes, sha256, rows) VALUES (?, ?, ?, ?, ?)"
        self.do_many(query, ((*key, part.bytes, part.sha256, part.rows) for key, part in parts.items()))

    def row_counts(self) -> dict[str, int]:
        """Rows of each table that has files."""
        return dict(self.all("SELECT table_name, SUM(rows) FROM parts GROUP BY table_name"))

    def add_moves(self, moves: Iterable[tuple[str, str]]) -> None:
        """Notes files (staged path, target; relative to the dataset) that the commit will put in place."""
        self.do_many("INSERT INTO moves (staged, target) VALUES (?, ?)", moves)

    def moves(self) -> list[tuple[str, str]]:
        """Staged path and target, relative to the dataset, of files not yet known to be in place."""
        return self.all("SELECT staged, target FROM moves ORDER BY rowid")

    def clear_moves(self) -> None:
        """All files are in place."""
        self.do("DELETE FROM moves")

    @property
    def schema_version(self) -> int:
        """The schema version of all files."""
        found = self.all("SELECT value FROM facts WHERE name = 'schema_version'")
        return int(found[0][0]) if found else SCHEMA_VERSION

    @schema_version.setter
    def schema_version(self, version: int) -> None:
        self.do("INSERT OR REPLACE INTO facts (name, value) VALUES ('schema_version', ?)", (str(version),))

    # ------------------------------------------------------------ runs and names

    def begin_run(self, run_id: str, started_at: str, parameters: str, versions: str, flow_run_id: str | None) -> None:
        """Notes a run that has begun."""
        query = "INSERT INTO open_runs (run_id, started_at, parameters, versions, flow_run_id) VALUES (?, ?, ?, ?, ?)"
        self.do(query, (run_id, started_at, parameters, versions, flow_run_id))

    def save_counts(self, run_id: str, counts: dict[str, int]) -> None:
        """What a run has done so far."""
        self.do("UPDATE open_runs SET counts = ? WHERE run_id = ?", (json.dumps(counts), run_id))

    def open_runs(self) -> list[dict[str, Any]]:
        """Runs that began and did not end; under the lock, all but our own were killed."""
        names = ("run_id", "started_at", "parameters", "versions", "flow_run_id", "counts")
        rows = self.all(f"SELECT {', '.join(names)} FROM open_runs ORDER BY started_at")
        return [dict(zip(names, row, strict=True)) | {"counts": json.loads(row[-1])} for row in rows]

    def end_run(self, run_id: str) -> None:
        """Forgets a run that has its row in the runs table."""
        self.do("DELETE FROM open_runs WHERE run_id = ?", (run_id,))

    def roots(self) -> dict[str, str]:
        """The folder each source name was last given to on this machine."""
        return dict(self.all("SELECT name, root FROM roots"))

    def save_root(self, name: str, root: str) -> None:
        """Notes the folder of a source name."""
        self.do("INSERT OR REPLACE INTO roots (name, root) VALUES (?, ?)", (name, root))


def end_of(scope: str) -> str:
    """A text behind all that begin with this prefix."""
    return scope + "\U0010ffff"
