"""`figures check --repair`: mends a dataset part by part, each part in one commit.

Whatever it does can be done twice: after a kill the next repair, or the next run, starts from what was committed.
Rows are never guessed. What is missing is extracted again by the next run, from sources that are marked for it.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from flows.dataset.changes import UNREAD
from flows.dataset.check import check_dataset
from flows.dataset.check_files import LATER_SCHEMA, UNREADABLE, orphans
from flows.dataset.check_ledger import FORGOTTEN
from flows.dataset.commit import Commit, no_step
from flows.dataset.describe import write_descriptions
from flows.dataset.homes import Homes
from flows.dataset.lock import writing
from flows.dataset.mend import mend_documents, mend_rejects
from flows.dataset.merge import set_duplicates
from flows.dataset.paths import PART_TABLES, part_number
from flows.dataset.rebuild import adopt_files
from flows.dataset.run_rows import run_row
from flows.dataset.salvage import open_or_replace, put_aside
from flows.dataset.source_rows import STATE_COLUMNS, is_page, states_of_part
from flows.errors import DatasetError
from transforms.frames import conform_table
from transforms.tables import DOCUMENT_TABLES, RUNS, TABLES
from transforms.validate import find_violations
from transforms.version import EXTRACTOR_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.dataset.findings import Report
    from flows.dataset.ledger import Ledger, SourceState
    from flows.dataset.mend import Tables
    from flows.dataset.paths import DatasetPaths

PART_SIZE = 20_000


@dataclass(slots=True)
class Repair:
    """What a repair found, did, and left for others."""

    before: Report
    after: Report
    mended: Counter[str] = field(default_factory=Counter)
    again: set[str] = field(default_factory=set)  # sources that the next run extracts again
    lost: set[str] = field(default_factory=set)  # sources that have vanished: what was theirs is lost

    def to_dict(self) -> dict[str, Any]:
        """The repair as `figures check --repair --json` prints it."""
        reports = {"before": self.before.to_dict(), "after": self.after.to_dict()}
        return reports | {"mended": dict(self.mended), "again": sorted(self.again), "lost": sorted(self.lost)}


def repair_dataset(
    paths: DatasetPaths, *, wait_seconds: float = 0.0, on_step: Callable[[str], None] | None = None
) -> Repair:
    """Mends what can be mended and checks again. Holds the writer's lock; LockedError where another has it.

    DatasetError where there is no dataset, or a later version wrote it.
    """
    before = check_dataset(paths)
    if any(finding.code == LATER_SCHEMA for finding in before.findings):
        raise DatasetError(f"{paths.root} was written by a later version of figures: upgrade to repair this dataset")
    if not before.findings:
        return Repair(before, before)
    started_at = datetime.now(UTC)
    run_id = f"{started_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    repair = Repair(before, before)
    with writing(paths, run_id=run_id, wait_seconds=wait_seconds):
        ledger, doubtful = open_or_replace(paths, repair.mended)
        with ledger:
            commit = Commit(paths, ledger, run_id, PART_SIZE, on_step=on_step or no_step)
            _Mending(paths, ledger, commit, repair, doubtful | _changed(before)).mend(started_at)
            write_descriptions(paths, ledger.parts())
    repair.after = check_dataset(paths)
    return repair


def _changed(report: Report) -> set[int]:
    """Parts of which a file is not the committed one: nobody knows what in it is right."""
    files = (f.file for f in report.findings if f.code == "changed_file" and f.table != "runs")
    return {int(file.rpartition("part-")[2].split(".")[0]) for file in files if file}


class _Mending:
    """The steps of one repair, under the lock."""

    def __init__(
        self, paths: DatasetPaths, ledger: Ledger, commit: Commit, repair: Repair, doubtful: set[int]
    ) -> None:  # fmt: skip
        self.paths = paths
        self.ledger = ledger
        self.commit = commit
        self.repair = repair
        self.doubtful = doubtful  # parts whose sources are all extracted again
        self.run_ids: dict[str, datetime] = {}  # runs that rows name, and when they began

    def mend(self, started_at: datetime) -> None:
        if not self.ledger.part_numbers():
            self._rebuild()
        self.commit.recover()
        versions = json.dumps({"extractor": EXTRACTOR_VERSION})
        self.ledger.begin_run(self.commit.run_id, started_at.isoformat(), '{"repair": true}', versions, None)
        self._clear_folders()
        homes = Homes(self.paths, self.ledger, self._numbers())
        for number in self._numbers():
            self._mend_part(number, homes)
        self._mend_duplicates()
        self._mend_runs()
        self.commit.recover()
        adopt_files(self.paths, self.ledger)

    def _rebuild(self) -> None:
        """Fills an empty ledger from the tables, all of it or nothing: a ledger in part would disown the rest."""
        strangers = Homes(self.paths, self.ledger, self._numbers()).strangers
        with self.ledger.transaction():
            for number in self._numbers():
                rows = {name: self._columns(name, number, names) for name, names in STATE_COLUMNS.items()}
                kept = [row for row in rows["articles"] if row["article_id"] not in strangers[number]]
                states = states_of_part(number, kept, rows["rejects"]).values()
                is_doubtful = number in self.doubtful
                self.ledger.upsert(replace(s, extractor=FORGOTTEN) if is_doubtful else s for s in states)

    def _columns(self, table: str, number: int, names: list[str]) -> list[dict[str, Any]]:
        """Rows of a part that say what they are of; none of a file that cannot be read."""
        try:
            rows = pq.ParquetFile(self.paths.part(table, number)).read(columns=names)
        except UNREADABLE:
            return []
        if rows.num_columns < len(names):
            return []
        return [row for row in rows.to_pylist() if row["source_uri"] is not None]

    # ------------------------------------------------------------ files

    def _clear_folders(self) -> None:
        """Moves away what is no part, or a part that the ledger knows nothing of."""
        known = set(self.ledger.part_numbers())
        strange = [
            path
            for table in PART_TABLES
            for path in self.paths.parts(table)
            if known and part_number(path) not in known | {0, None}
        ]
        for path in [path for path, _ in orphans(self.paths)] + strange:
            put_aside(self.paths, path)
            self.repair.mended["orphan files moved to _state/damaged"] += 1

    def _numbers(self) -> list[int]:
        files = {part_number(path) for table in PART_TABLES for path in self.paths.parts(table)}
        return sorted({number for number in files if number is not None} | set(self.ledger.part_numbers()))

    def _read(self, table: str, number: int) -> pa.Table | None:
        """A part's rows in the declared schema; None where there are none to be had: then its sources are doubtful."""
        path = self.paths.part(table, number)
        try:
            return conform_table(pq.ParquetFile(path).read(), TABLES[table])
        except FileNotFoundError:
            pass
        except UNREADABLE:
            if table != "runs":
                self.ledger.extract_again(parts=[number])  # before the file goes: a kill in between loses nothing
            put_aside(self.paths, path)
            self.repair.mended[f"unreadable files of {table} moved to _state/damaged"] += 1
        if table != "runs":
            self.doubtful.add(number)
        return None

    # ------------------------------------------------------------ rows

    def _mend_part(self, number: int, homes: Homes) -> None:
        read = {name: self._read(name, number) for name in PART_TABLES}
        old = {name: TABLES[name].schema.empty_table() if t is None else t for name, t in read.items()}
        mended = mend_documents(
            {name: old[name] for name in DOCUMENT_TABLES}, homes.strangers[number], self.commit.run_id
        )
        tables = mended.tables
        known = self._sources(number)
        articles = {row["source_uri"]: row for row in tables["articles"].select(STATE_COLUMNS["articles"]).to_pylist()}
        rejects = mend_rejects(old["rejects"], self._welcome(old["rejects"], articles, known))
        tables["rejects"] = rejects.tables["rejects"]
        broken = rejects.broken | {uri for uri, row in articles.items() if row["article_id"] in mended.broken}
        if any(table is None for table in read.values()):
            broken |= known.keys() | articles.keys()
        self.repair.mended.update(mended.done + rejects.done)
        self._note_runs(tables)
        refused = tables["rejects"].select(STATE_COLUMNS["rejects"]).to_pylist()
        states = states_of_part(number, articles.values(), refused)
        self._commit(number, old, tables, lambda: self._set_ledger(number, homes, states, broken))

    def _sources(self, number: int) -> dict[str, SourceState]:
        uris = self.ledger.all("SELECT source_uri FROM sources WHERE part = ?", (number,))
        return self.ledger.states(uri for (uri,) in uris)

    def _welcome(self, rejects: pa.Table, articles: dict[str, Any], known: dict[str, SourceState]) -> set[str]:
        """Rejects that belong in this part: of its articles' rows, or of pages that gave no article."""
        rows = rejects.select(["reject_id", "source_uri", "table_name"]).to_pylist()
        welcome = set()
        for row in rows:
            uri = row["source_uri"]
            state = known.get(uri)
            if uri in articles:
                is_welcome = not is_page(row) or (state is not None and state.fingerprint == UNREAD)
            else:
                # A refused row does not outlive its article; a page of no source, or of another part's, is no reject.
                is_welcome = is_page(row) and state is not None
            if is_welcome:
                welcome.add(row["reject_id"])
        return welcome

    def _set_ledger(
        self, number: int, homes: Homes, states: dict[str, SourceState], broken: set[str]
    ) -> None:  # fmt: skip
        """Brings the part's sources in line with its rows."""
        known = self._sources(number)
        query = "SELECT source_uri FROM sources WHERE part = ? AND vanished_run IS NOT NULL"
        vanished = {uri for (uri,) in self.ledger.all(query, (number,))}
        changed = []
        for uri, state in states.items():
            before = known.get(uri)
            right = before if before and _agree(before, state) else state
            if (uri in broken or number in self.doubtful) and uri not in vanished:
                right = replace(right, extractor=FORGOTTEN)
                self.repair.again.add(uri)
            if right != before:
                changed.append(right)
                if not before or not _agree(before, state):
                    self.repair.mended["sources of the ledger set right"] += 1
        # Where the article is in another part, the ledger learns of it with that part.
        gone = homes.nowhere_but(number, [state for uri, state in known.items() if uri not in states])
        lost = {state.source_uri for state in gone} & vanished
        again = [state for state in gone if state.source_uri not in lost]
        forgotten: dict[str, Any] = {"extractor": FORGOTTEN, "duplicate_key": None, "duplicate_of": None}
        self.ledger.upsert(changed + [replace(state, state="reject", **forgotten) for state in again])
        self.ledger.remove(state for state in gone if state.source_uri in lost)
        self.repair.again |= {state.source_uri for state in again}
        self.repair.lost |= lost | (broken & vanished)

    # ------------------------------------------------------------ duplicates, runs

    def _mend_duplicates(self) -> None:
        """Groups anew which article is whose duplicate, now that it is known which there are."""
        keys = self.ledger.all(
            "SELECT duplicate_key FROM sources WHERE duplicate_key IS NOT NULL GROUP BY duplicate_key "
            "HAVING COUNT(*) > 1 OR MAX(duplicate_of IS NOT NULL)"
        )
        with self.ledger.transaction():
            self.ledger.regroup_duplicates({key for (key,) in keys})
        for number in self._numbers():
            self._set_duplicates(number)

    def _set_duplicates(self, number: int) -> None:
        path = self.paths.part("articles", number)
        columns = pq.ParquetFile(path).read(columns=["article_id", "duplicate_of"])
        right = {s.article_id: s.duplicate_of for s in self._sources(number).values() if s.state == "article"}
        pairs = zip(columns["article_id"].to_pylist(), columns["duplicate_of"].to_pylist(), strict=True)
        wrong = sum(right.get(key, found) != found for key, found in pairs)
        if wrong:
            old = self._read("articles", number)
            assert old is not None, "it was just read"
            self._commit(number, {"articles": old}, {"articles": set_duplicates(old, right, self.commit.run_id)})
            self.repair.mended["duplicate_of set right in articles"] += wrong

    def _note_runs(self, tables: Tables) -> None:
        for name, stamp in (("articles", "extracted_at"), ("rejects", "first_seen_at")):
            for row in tables[name].group_by("run_id").aggregate([(stamp, "min")]).to_pylist():
                began = row[f"{stamp}_min"]
                self.run_ids[row["run_id"]] = min(began, self.run_ids.get(row["run_id"], began))

    def _mend_runs(self) -> None:
        """Every run that rows name has a row; killed ones, and this repair, get theirs."""
        numbers = range(max((n for p in self.paths.parts("runs") if (n := part_number(p)) is not None), default=-1) + 1)
        old = {number: self._read("runs", number) for number in numbers}
        known: set[str] = set()
        for number, rows in old.items():
            kept = _kept_runs(RUNS.schema.empty_table() if rows is None else rows, known)
            if removed := (rows.num_rows if rows is not None else 0) - kept.num_rows:
                self.repair.mended["rows removed from runs"] += removed
            self._commit(number, {} if rows is None else {"runs": rows}, {"runs": kept})
        open_runs = {run["run_id"]: run for run in self.ledger.open_runs()}
        ours = open_runs.pop(self.commit.run_id)
        killed = [run_row(run, "interrupted", None) for run in open_runs.values()]
        unknown = self.run_ids.keys() - known - open_runs.keys() - {self.commit.run_id}
        for run_id in sorted(unknown):
            stub = {"run_id": run_id, "started_at": self.run_ids[run_id].isoformat(), "counts": {}}
            killed.append(run_row(stub | {"parameters": "{}", "versions": "{}"}, "interrupted", None))
            self.repair.mended["runs noted that only their rows knew"] += 1
        done = run_row(ours, "completed", datetime.now(UTC)) | {"article_count": self.ledger.article_count()}
        self.commit.run_rows([*killed, done])

    # ------------------------------------------------------------ commits

    def _commit(
        self, number: int, old: Tables, new: Tables, change_ledger: Callable[[], None] | None = None
    ) -> None:  # fmt: skip
        """Puts these rows in the place of a part's, in one commit with the change of the ledger."""
        with self.commit.change() as staging:
            for name, rows in new.items():
                if name not in old or not self.commit.is_in_place(name, number, old[name], rows):
                    staging.write(name, number, [rows])
            if change_ledger:
                change_ledger()
        if staging.parts:
            self.repair.mended["files written anew"] += len(staging.parts)


def _agree(known: SourceState, state: SourceState) -> bool:
    """Whether what the ledger knows fits the row; duplicate_of is looked at when all parts are mended."""
    if (known.state, known.article_id) != (state.state, state.article_id):
        return False
    # A page that could not be read has no hash, nor has one that other limits may let pass.
    is_unsure = known.state == "reject" and UNREAD in (
        known.fingerprint,
        known.content_sha256 or "",
        state.content_sha256 or "",
    )
    return is_unsure or known.content_sha256 == state.content_sha256


def _kept_runs(runs: pa.Table, known: set[str]) -> pa.Table:
    """The runs that keep their declaration and are not in `known`; they are then."""
    bad = {violation.row for violation in find_violations(RUNS, runs, {})}
    keep = []
    for row, run_id in enumerate(runs["run_id"].to_pylist()):
        keep.append(row not in bad and run_id not in known)
        if keep[-1]:
            known.add(run_id)
    return runs.filter(pa.array(keep, pa.bool_()))
