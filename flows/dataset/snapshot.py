"""All tables as of one moment, for readers of ours, while a run may be committing.

No commit passes while someone reads the ledger: SQLite lets its transaction end only when no reader holds the
database. So the parts are opened inside a read transaction, and only opened: a file that is open stays what it was,
whatever is moved over its name later. Files of a commit whose moves are still under way (or were, when its run was
killed) are decided already; each is read from staging, or from its place where it has been moved.
"""

from __future__ import annotations

import errno
import re
import sqlite3
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Self

import pyarrow as pa
import pyarrow.parquet as pq

from flows.dataset.ledger import LEDGER_VERSION
from flows.errors import DatasetError
from transforms.errors import TableError
from transforms.frames import conform_table
from transforms.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from flows.dataset.paths import DatasetPaths
    from transforms.table_spec import TableSpec

PART_NAME = re.compile(r"part-(\d{5,})\.parquet")
BATCH_ROWS = 4096  # some 40 MB where rows are articles with their texts
LOCK_SECONDS = 60.0  # how long a commit may take to end its transaction
SPARE_FILES = 256  # descriptors the rest of the process may need


@dataclass(frozen=True)
class Part:
    """One part file, opened; `path` is where it was found, which may be the staging folder."""

    table: str
    number: int
    path: Path
    handle: pa.OSFile

    @cached_property
    def file(self) -> pq.ParquetFile:
        """The Parquet reader over the open file; DatasetError where it is none."""
        with reading(self.path):
            return pq.ParquetFile(self.handle)

    @property
    def size(self) -> int:
        """The file's length in bytes."""
        return int(self.handle.size())


@dataclass
class Snapshot:
    """The tables as of one moment; use it in a `with`, which closes its files."""

    parts: dict[str, list[Part]]  # by table, in order of their numbers
    ledger: sqlite3.Connection | None = None  # a copy of the ledger as of the same moment, where asked for
    _stack: ExitStack = field(default_factory=ExitStack, repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stack.close()

    def rows(self, name: str) -> int:
        """How many rows the table has, from the files' footers."""
        return sum(part.file.metadata.num_rows for part in self.parts[name])

    def batches(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The table's rows in the declared schema, some thousand at a time; all columns, or these in this order.

        DatasetError names a file that cannot be read.
        """
        spec = _narrowed(TABLES[name], columns)
        for part in self.parts[name]:
            with reading(part.path):
                present = [column for column in spec.names if column in part.file.schema_arrow.names]
                for batch in part.file.iter_batches(BATCH_ROWS, columns=present):
                    yield from conform_table(pa.table(batch), spec).to_batches()

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """The whole table in memory; else as `batches`."""
        return pa.Table.from_batches(self.batches(name, columns), _narrowed(TABLES[name], columns).schema)


def open_snapshot(
    paths: DatasetPaths, names: Iterable[str] = tuple(TABLES), *, with_ledger: bool = False, trust_ledger: bool = True
) -> Snapshot:
    """The tables `names` as they are now: what has been committed, all of it and nothing else.

    Without a ledger (a copy of the tables alone) the files are taken as they stand; so they are with
    `trust_ledger=False`, for a look at a dataset whose ledger is damaged. Nothing is written, and the folder
    need not be writable. DatasetError where there is no dataset, or its ledger cannot be read.
    """
    with ExitStack() as stack:
        parts: dict[str, list[Part]] = {}
        copy = None
        if trust_ledger and paths.ledger.exists():
            with _read_transaction(paths) as ledger:
                parts = _open_parts(paths, names, _pending_moves(ledger), stack)
                if with_ledger:
                    copy = stack.enter_context(closing(_copy_of(ledger)))
        else:
            parts = _open_parts(paths, names, {}, stack)
        if not any(parts.values()) and not any(paths.parts(name) for name in TABLES):
            raise DatasetError(f"{paths.root} holds no tables yet: figures run SOURCE --output {paths.root}")
        return Snapshot(parts, copy, stack.pop_all())


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Errors of a Parquet reader as a DatasetError that names the file."""
    try:
        yield
    except (pa.ArrowException, OSError, TableError) as error:
        raise DatasetError(f"{path} cannot be read ({error}): figures check OUTPUT tells what is damaged") from error


def _narrowed(spec: TableSpec, columns: Sequence[str] | None) -> TableSpec:
    return spec if columns is None else replace(spec, columns=tuple(map(spec.column, columns)))


# ---------------------------------------------------------------- ledger


@contextmanager
def _read_transaction(paths: DatasetPaths) -> Iterator[sqlite3.Connection]:
    """The ledger inside a transaction that has read: until it ends, no commit does."""
    path = paths.ledger
    try:
        # Not mode=ro: what a killed run left half written SQLite takes back first, where it may write. Where it may
        # not, it opens the file for reading by itself.
        uri = f"{path.resolve().as_uri()}?mode=rw"
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=LOCK_SECONDS)) as ledger:
            (version,) = ledger.execute("PRAGMA user_version").fetchone()
            if version > LEDGER_VERSION:
                raise DatasetError(f"{path} was written by a later version of figures: upgrade to read it")
            ledger.execute("BEGIN")
            ledger.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
            yield ledger
    except sqlite3.Error as error:
        raise DatasetError(_ledger_message(path, error)) from error


def _ledger_message(path: Path, error: sqlite3.Error) -> str:
    match getattr(error, "sqlite_errorname", None) or "":
        case "SQLITE_BUSY":
            return f"{path} stayed locked for {LOCK_SECONDS:.0f} seconds: try again when the run that writes has ended"
        case name if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")):
            return (
                f"{path} cannot be opened ({error}). If a run was killed there, one more run, or a reader who may "
                "write to the folder, sets it right; else look at the folder's permissions"
            )
    return f"{path} cannot be read ({error}): figures check OUTPUT tells what is damaged"


def _pending_moves(ledger: sqlite3.Connection) -> dict[str, str]:
    """Staged path by target, of files that are committed and perhaps not in place."""
    if not ledger.execute("SELECT 1 FROM sqlite_master WHERE name = 'moves'").fetchone():
        return {}  # a first run is just about to begin
    return dict(ledger.execute("SELECT target, staged FROM moves ORDER BY rowid").fetchall())


def _copy_of(ledger: sqlite3.Connection) -> sqlite3.Connection:
    """A private copy: small in memory, SQLite spills what is large into a temporary file."""
    copy = sqlite3.connect("")
    ledger.backup(copy)
    return copy


# ---------------------------------------------------------------- parts


def _open_parts(
    paths: DatasetPaths, names: Iterable[str], moves: dict[str, str], stack: ExitStack
) -> dict[str, list[Part]]:
    found = {name: _part_paths(paths, name, moves) for name in names}
    count = sum(map(len, found.values()))
    _allow_files(count + SPARE_FILES)
    return {
        name: [_open_part(paths, name, number, path, moves, stack) for number, path in sorted(numbered.items())]
        for name, numbered in found.items()
    }


def _part_paths(paths: DatasetPaths, name: str, moves: dict[str, str]) -> dict[int, Path]:
    """The table's parts by number, those included that are still to be moved there."""
    pending = (paths.root / target for target in moves)
    candidates = [*paths.parts(name), *(path for path in pending if path.parent == paths.table(name))]
    return {int(match[1]): path for path in candidates if (match := PART_NAME.fullmatch(path.name))}


def _open_part(
    paths: DatasetPaths, table: str, number: int, path: Path, moves: dict[str, str], stack: ExitStack
) -> Part:
    staged = moves.get(path.relative_to(paths.root).as_posix())
    # Staging first: a file that is moved between the two tries is found at its place.
    for place in ([paths.root / staged] if staged else []) + [path]:
        try:
            return Part(table, number, place, stack.enter_context(pa.OSFile(str(place))))
        except FileNotFoundError:
            continue
        except OSError as error:
            raise DatasetError(_open_message(place, error)) from error
    raise DatasetError(f"{path} was committed and is not there: figures check OUTPUT tells what else is missing")


def _open_message(path: Path, error: OSError) -> str:
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return f"{path} cannot be opened: too many files are open. Allow more (ulimit -n 8192), or read fewer tables"
    return f"{path} cannot be opened ({error.strerror or error}): look at its permissions and at the disk"


def _allow_files(count: int) -> None:
    """Raises this process's own limit on open files where it is too low; a million articles are 350 files."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < count:
        allowed = count if hard == resource.RLIM_INFINITY else min(count, hard)
        with suppress(OSError, ValueError):  # where it may not be raised, opening says what is the matter
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, allowed), hard))
