"""Damage done to a dataset is found, each kind by its code and nothing else; what a repair leaves is whole again."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.dataset.check import check_dataset
from flows.dataset.describe import write_descriptions
from flows.dataset.discovery import Discovery
from flows.dataset.ledger import Ledger, PartFile
from flows.dataset.lock import writing
from flows.dataset.paths import PART_TABLES
from flows.dataset.repair import repair_dataset
from flows.dataset.rows import in_order
from flows.dataset.staging import read_batches, write_batch
from flows.errors import DatasetError, LockedError
from tests.builders import NOW, make_rows
from tests.datasets import Crash, Harness
from tests.test_dataset import run_row
from transforms.frames import table_from_rows
from transforms.ids import stable_id
from transforms.tables import DOCUMENT_TABLES, REJECTS, TABLES
from transforms.validate import Violation, reject_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.builders import Rows

EXTRACTOR = "0.1.0"
URL = {"canonical_url": "https://example.com/a/1.html"}
UNDATED = {"published_date": None, "published_month": None, "published_precision": None}


class Dataset(Harness):
    """A dataset whose runs end as those of the flow do: with a row of their own and the descriptions."""

    def finished(self, *documents: Rows, rejects: tuple[tuple[str, str], ...] = (), row_rejects: bool = False) -> None:
        with self.run() as commit:
            batch = self.stage(commit.run_id, documents, rejects)
            if row_rejects:
                refuse_row(batch, documents[0], commit.run_id)
            commit.shard([batch], EXTRACTOR, {})
            self.end(commit)

    def end(self, commit: Any) -> None:
        count = {"article_count": commit.ledger.article_count()}
        commit.run_rows([run_row(commit.run_id) | count | {"started_at": datetime.now(UTC)}])
        commit.recover()
        write_descriptions(self.paths, commit.ledger.parts())

    def next_run(self, documents: list[Rows], refused: tuple[str, ...]) -> None:
        """What a run over these sources does: reads what the ledger does not know as settled."""
        found = {d.article.source_uri: d for d in documents} | dict.fromkeys(refused)
        with self.run() as commit:
            discovery = Discovery(commit.ledger, EXTRACTOR)
            discovery.add((uri, "1-1", uri, "") for uri in found)
            discovery.mark_vanished(["old/"], commit.run_id)
            pending = list(discovery.pending())
            tried: list[Rows] = []
            others: list[tuple[str, str]] = []
            for uri, known in pending:
                document = found[uri]
                if document is None:
                    others.append((uri, "reject"))
                elif document.article.content_sha256 == known:
                    others.append((uri, "unchanged"))
                else:
                    tried.append(document)
            batch = self.stage(commit.run_id, tuple(tried), tuple(others))
            for document in tried:
                if document.article.source_uri == "posts/0.html":
                    refuse_row(batch, document, commit.run_id)
            commit.shard([batch], EXTRACTOR, {})
            self.end(commit)

    def content(self) -> dict[str, list[dict[str, Any]]]:
        """The rows of every part, but for what a run stamps."""
        return {
            f"{name}/{path.name}": [
                {k: v for k, v in row.items() if k not in TABLES[name].volatile}
                for row in pq.read_table(path).to_pylist()
            ]
            for name in PART_TABLES
            for path in self.paths.parts(name)
        }

    def codes(self, severity: str = "error") -> set[str]:
        return {f.code for f in check_dataset(self.paths).findings if f.severity == severity}

    def column(self, table: str, part: int, column: str) -> list[Any]:
        return pq.read_table(self.paths.part(table, part), columns=[column])[column].to_pylist()

    # ------------------------------------------------------------ damage

    def change(self, table: str, part: int, change: Callable[[pa.Table], pa.Table]) -> None:
        """A part as a faulty program might have committed it."""
        path = self.paths.part(table, part)
        rows = change(pq.read_table(path))
        path.unlink()
        pq.write_table(rows, path)
        self.trust(table, part)

    def trust(self, table: str, part: int) -> None:
        """Notes the file as the committed one."""
        path = self.paths.part(table, part)
        with suppress(DatasetError), Ledger(self.paths.ledger) as ledger:
            digest = sha256(path.read_bytes()).hexdigest()
            ledger.save_parts({(table, part): PartFile(path.stat().st_size, digest, pq.read_metadata(path).num_rows)})
            write_descriptions(self.paths, ledger.parts())

    def sql(self, *statements: str) -> None:
        with closing(sqlite3.connect(self.paths.ledger, isolation_level=None)) as ledger:
            for statement in statements:
                ledger.execute(statement)


def refuse_row(batch: Path, document: Rows, run_id: str) -> None:
    """A row of the document's claims was refused."""
    rows = read_batches([batch])
    article = document.article
    violation = Violation("claims", 0, "0" * 24, article.article_id, "bounds", "value_low is above value_high")
    row = reject_row(
        article.source_uri, stage="validate", code=violation.code, message=violation.message, run_id=run_id,
        first_seen_at=NOW, violation=violation,
    )  # fmt: skip
    rows["rejects"] = pa.concat_tables([rows["rejects"], table_from_rows(REJECTS, [row])])
    write_batch(batch, rows)


def undated(uri: str) -> Rows:
    rows = make_rows(uri, "没有日期：收入886.66亿元", **UNDATED)
    return replace(rows, claims=tuple(replace(claim, published_date=None) for claim in rows.claims))


def documents() -> list[Rows]:
    plain = [make_rows(f"posts/{i}.html", f"{i}：收入886.66亿元") for i in (0, 2, 3, 4, 7)]
    copies = [make_rows(f"posts/{i}.html", f"{i}：收入886.66亿元", **URL) for i in (1, 5)]
    return [*plain, *copies, undated("posts/6.html")]


REFUSED = ("posts/bad.html", "posts/worse.html")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Three parts with duplicates, refused rows and pages, an undated article, a vanished and an unreadable source."""
    dataset = Dataset(tmp_path_factory.mktemp("whole") / "output")
    by_uri = {d.article.source_uri: d for d in documents()}
    late = by_uri.pop("posts/7.html")
    before = make_rows("posts/4.html", "以前：收入886.66亿元")
    dataset.finished(
        *(d if uri != "posts/4.html" else before for uri, d in by_uri.items()),
        make_rows("old/gone.html", "消失：收入886.66亿元"),
        rejects=(("posts/bad.html", "reject"),),
        row_rejects=True,
    )
    dataset.finished(late, by_uri["posts/4.html"], rejects=(("posts/worse.html", "reject"), ("posts/3.html", "unread")))
    with Ledger(dataset.paths.ledger) as ledger:
        Discovery(ledger, EXTRACTOR).mark_vanished(["old/"], "run-2")
        assert ledger.newly_vanished("run-2") == 1
    assert len(dataset.paths.parts("articles")) == 4
    return dataset


@pytest.fixture
def dataset(whole: Dataset, tmp_path: Path) -> Dataset:
    shutil.copytree(whole.paths.root, tmp_path / "output")
    copy = Dataset(tmp_path / "output")
    copy.runs = whole.runs
    return copy


# ---------------------------------------------------------------- damage


def put(column: str, value: Any, row: int = 0) -> Callable[[pa.Table], pa.Table]:
    """Another value in one row."""

    def change(table: pa.Table) -> pa.Table:
        index = table.schema.get_field_index(column)
        values = table[column].to_pylist()
        values[row] = value
        kind = table.schema.field(index)
        return table.set_column(index, kind, pa.array(values, kind.type))

    return change


def take(*rows: int) -> Callable[[pa.Table], pa.Table]:
    return lambda table: table.take(list(rows))


def without(row: int) -> Callable[[pa.Table], pa.Table]:
    return lambda table: table.take([i for i in range(table.num_rows) if i != row])


def reverse(table: pa.Table) -> pa.Table:
    return table.take(list(reversed(range(table.num_rows))))


def as_type(column: str, kind: pa.DataType) -> Callable[[pa.Table], pa.Table]:
    def change(table: pa.Table) -> pa.Table:
        index = table.schema.get_field_index(column)
        return table.set_column(index, column, table[column].cast(kind))

    return change


def changed(table: str, change: Callable[[pa.Table], pa.Table], part: int = 0) -> Callable[[Dataset], None]:
    return lambda dataset: dataset.change(table, part, change)


def overwrite(table: str, part: int, data: Callable[[bytes], bytes]) -> Callable[[Dataset], None]:
    def damage(dataset: Dataset) -> None:
        path = dataset.paths.part(table, part)
        path.write_bytes(data(path.read_bytes()))

    return damage


def sql(*statements: str) -> Callable[[Dataset], None]:
    return lambda dataset: dataset.sql(*statements)


def zeros_in_the_data(data: bytes) -> bytes:
    return data[:4] + bytes(400) + data[404:]


def add_file(name: str) -> Callable[[Dataset], None]:
    def damage(dataset: Dataset) -> None:
        target = dataset.paths.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(dataset.paths.part("claims", 0), target)

    return damage


def written_by_another(change: Callable[[pa.Table], pa.Table]) -> Callable[[Dataset], None]:
    """Claims that another program has read, changed and written to the same place."""

    def damage(dataset: Dataset) -> None:
        path = dataset.paths.part("claims", 0)
        pq.write_table(change(pq.read_table(path)), path, compression="gzip")

    return damage


def remove(name: str) -> Callable[[Dataset], None]:
    return lambda dataset: (dataset.paths.root / name).unlink()


def lose_ledger(dataset: Dataset) -> None:
    dataset.paths.ledger.unlink()


def spoil_ledger(dataset: Dataset) -> None:
    dataset.paths.ledger.write_bytes(b"this is no database" * 500)


def cut_ledger(dataset: Dataset) -> None:
    data = dataset.paths.ledger.read_bytes()
    dataset.paths.ledger.write_bytes(data[: len(data) // 2])


def article_in_two_parts(dataset: Dataset) -> None:
    """The articles of part 1 stand in part 0 as well."""
    first, second = ({n: pq.read_table(dataset.paths.part(n, p)) for n in DOCUMENT_TABLES} for p in (0, 1))
    both = {name: pa.concat_tables([first[name], second[name]]) for name in DOCUMENT_TABLES}
    ids = (
        both["articles"]
        .sort_by([("published_date", "ascending"), ("article_id", "ascending")])["article_id"]
        .to_pylist()
    )
    for name, rows in both.items():
        dataset.change(name, 0, lambda _, name=name, rows=rows: in_order(rows, ids, TABLES[name].sort_by))


def lose_article(dataset: Dataset) -> None:
    """An article without its own row: what else it has points nowhere."""
    dataset.change("articles", 0, without(0))


def other_source(dataset: Dataset) -> None:
    dataset.change("articles", 0, put("source_uri", "posts/elsewhere.html"))


def foreign_reject(table: pa.Table) -> pa.Table:
    row = reject_row("posts/none.html", stage="body", code="no_body", message="x", run_id="run-1", first_seen_at=NOW)
    rows = [*table.to_pylist(), row]
    rows.sort(key=lambda r: tuple(r[n] or "" for n in REJECTS.sort_by))
    return table_from_rows(REJECTS, rows)


def bad_part(dataset: Dataset) -> int:
    """The part that holds the reject of a page."""
    for part in range(4):
        if "posts/bad.html" in pq.read_table(dataset.paths.part("rejects", part))["source_uri"].to_pylist():
            return part
    raise AssertionError("not there")


def lose_reject(dataset: Dataset) -> None:
    part = bad_part(dataset)
    dataset.change("rejects", part, lambda t: t.filter(pc.not_equal(t["source_uri"], "posts/bad.html")))


def strange_reject(dataset: Dataset) -> None:
    dataset.change("rejects", bad_part(dataset), foreign_reject)


def leave_staging(dataset: Dataset) -> None:
    folder = dataset.paths.staging / "run-9" / "commit-00001"
    folder.mkdir(parents=True)
    (folder / "claims-00000.staged").write_bytes(b"half a file")


DAY = date(1999, 12, 31)
NOBODY = "f" * 24
HALF = "SELECT source_uri FROM sources WHERE part = 0 AND state = 'article' ORDER BY source_uri LIMIT 1"

# Name → what is done, and the codes it must be found by.
DAMAGES: dict[str, tuple[Callable[[Dataset], None], set[str]]] = {
    "no ledger": (lose_ledger, {"ledger_missing"}),
    "ledger is no database": (spoil_ledger, {"ledger_damaged"}),
    "ledger cut off": (cut_ledger, {"ledger_damaged"}),
    "rows as they were, in other bytes": (written_by_another(lambda t: t), {"changed_file"}),
    "a row taken out by another": (written_by_another(without(1)), {"changed_file", "claim_count"}),
    "copy of a part": (add_file("claims/part-00000 (1).parquet"), {"orphan_file"}),
    "part nobody knows": (add_file("claims/part-00009.parquet"), {"orphan_file"}),
    "temporary file": (add_file("articles/part-00000.parquet.tmp"), {"orphan_file"}),
    "missing claims": (remove("claims/part-00001.parquet"), {"missing_file"}),
    "missing articles": (remove("articles/part-00000.parquet"), {"missing_file"}),
    "missing rejects": (remove("rejects/part-00000.parquet"), {"missing_file"}),
    "no Parquet": (overwrite("articles", 1, lambda _: b"something else"), {"unreadable_file"}),
    "empty file": (overwrite("claims", 0, lambda _: b""), {"unreadable_file"}),
    "cut off": (overwrite("blocks", 0, lambda data: data[: len(data) // 2]), {"unreadable_file"}),
    "zeros in the data": (overwrite("articles", 0, zeros_in_the_data), {"unreadable_file"}),
    "unreadable runs": (overwrite("runs", 0, lambda _: b"PAR1PAR1"), {"unreadable_file"}),
    "column missing": (changed("claims", lambda t: t.drop_columns(["rule"])), {"schema"}),
    "nullable column missing": (changed("articles", lambda t: t.drop_columns(["rights"])), {"schema"}),
    "column too many": (changed("claims", lambda t: t.append_column("x", t["quote"])), {"schema"}),
    "other type": (changed("claims", as_type("char_start", pa.int64())), {"schema"}),
    "type that does not fit": (
        changed("claims", lambda t: t.set_column(2, "published_date", pa.array([[1]] * t.num_rows))),
        {"schema"},
    ),
    "quote off its text": (changed("claims", put("char_start", 0)), {"quote_offsets"}),
    "unknown kind": (changed("claims", put("kind", "mystery")), {"not_allowed"}),
    "null": (changed("blocks", lambda t: as_nullable(put("kind", None)(t))), {"schema", "not_null"}),
    "bounds": (changed("claims", put("value_low", 1e30)), {"bounds"}),
    "dangling block": (changed("claims", put("block_position", 99)), {"unknown_reference"}),
    "dangling heading": (changed("blocks", put("heading_id", NOBODY)), {"unknown_reference"}),
    "dangling parent": (changed("headings", put("parent_heading_id", NOBODY)), {"unknown_reference"}),
    "claim twice": (changed("claims", take(0, 0, 1, 2)), {"duplicate_key", "claim_count"}),
    "block twice": (changed("blocks", take(0, 0, 1, 2, 3, 4, 5)), {"duplicate_key"}),
    "claim lost": (changed("claims", without(1)), {"claim_count"}),
    "heading lost": (changed("headings", without(1)), {"heading_count", "unknown_reference"}),
    "id that is none": (changed("claims", put("claim_id", "X")), {"bad_id"}),
    "other date": (changed("claims", put("published_date", DAY)), {"published_date"}),
    "no date": (changed("claims", put("published_date", None)), {"published_date"}),
    "other count": (changed("articles", put("claim_count", 7)), {"claim_count"}),
    "other month": (changed("articles", put("published_month", "1999-12")), {"published_month"}),
    **{f"order of {name}": (changed(name, reverse), {"row_order"}) for name in DOCUMENT_TABLES},
    "article lost": (lose_article, {"missing_row", "unknown_reference", "article_count"}),
    "article in two parts": (article_in_two_parts, {"duplicate_key", "unknown_row", "article_count"}),
    "other source": (other_source, {"article_id", "missing_row", "unknown_row"}),
    "other content": (changed("articles", put("content_sha256", "0" * 64)), {"ledger_content_sha256"}),
    "other duplicate": (changed("articles", put("duplicate_of", stable_id("posts/4.html"))), {"ledger_duplicate_of"}),
    "dangling duplicate": (
        changed("articles", put("duplicate_of", NOBODY)),
        {"ledger_duplicate_of", "unknown_reference"},
    ),
    "unknown run": (changed("articles", put("run_id", "run-0")), {"unknown_reference"}),
    "reject lost": (lose_reject, {"missing_row"}),
    "reject of no source": (strange_reject, {"unknown_row"}),
    "run out of balance": (changed("runs", put("new_count", 5)), {"balance"}),
    "articles miscounted": (changed("runs", put("article_count", 5, row=1)), {"article_count"}),
    "source not in the ledger": (sql(f"DELETE FROM sources WHERE source_uri = ({HALF})"), {"unknown_row"}),
    "source of another part": (
        sql(f"UPDATE sources SET part = 2 WHERE source_uri = ({HALF})"),
        {"unknown_row", "missing_row"},
    ),
}  # fmt: skip
WARNINGS: dict[str, tuple[Callable[[Dataset], None], set[str]]] = {
    "hidden file": (add_file("articles/.part.tmp"), {"orphan_file"}),
    "other descriptions": (changed("claims", lambda t: t.replace_schema_metadata({"table": "claims"})), {"old_schema"}),
    "no README": (remove("README.md"), {"stale_description"}),
    "old datapackage": (
        lambda dataset: (dataset.paths.root / "datapackage.json").write_text("{}") and None,
        {"stale_description"},
    ),
    "staging": (leave_staging, {"staging_left"}),
    "killed run": (
        sql("INSERT INTO open_runs VALUES ('run-9', '2022-06-17T03:15:02+00:00', '{}', '{}', '{}', NULL)"),
        {"open_run"},
    ),
    "to extract again": (sql(f"UPDATE sources SET extractor = '' WHERE source_uri = ({HALF})"), {"to_extract"}),
}  # fmt: skip


def as_nullable(table: pa.Table) -> pa.Table:
    return table.cast(pa.schema([field.with_nullable(True) for field in table.schema]))


def cases(damages: dict[str, Any]) -> Any:
    return pytest.mark.parametrize("name", list(damages))


def test_a_dataset_in_order_gives_no_finding(dataset: Dataset) -> None:
    before = {str(p): p.read_bytes() for p in dataset.paths.root.rglob("*") if p.is_file()}
    report = check_dataset(dataset.paths)
    assert report.findings == []
    assert report.files == 25
    assert report.rows == sum(len(dataset.read(name)) for name in TABLES)
    assert report.bytes == sum(p.stat().st_size for p in dataset.paths.root.glob("*/part-*.parquet"))
    assert {str(p): p.read_bytes() for p in dataset.paths.root.rglob("*") if p.is_file()} == before
    repair = repair_dataset(dataset.paths)
    assert repair.after.findings == []
    assert {str(p): p.read_bytes() for p in dataset.paths.root.rglob("*") if p.is_file()} == before


@pytest.fixture(scope="module")
def expected(whole: Dataset, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """The tables after one more run, where nothing was damaged."""
    copy = Dataset(tmp_path_factory.mktemp("undamaged") / "output")
    shutil.copytree(whole.paths.root, copy.paths.root)
    copy.runs = whole.runs
    copy.next_run(documents(), REFUSED)
    return copy.content()


@cases(DAMAGES)
def test_damage_is_found_repaired_and_gone_after_the_next_run(
    dataset: Dataset, expected: dict[str, list[dict[str, Any]]], name: str
) -> None:
    damage, codes = DAMAGES[name]
    damage(dataset)
    repair = repair_dataset(dataset.paths)
    assert {f.code for f in repair.before.findings} == codes, repair.before.findings
    assert {f.severity for f in repair.before.findings} == {"error"}
    assert (repair.before.exit_code, repair.after.exit_code) == (1, 0), repair.after.errors
    assert {f.code for f in repair.after.findings} <= {"to_extract"}
    assert not list(dataset.paths.state.rglob("*.parquet"))
    dataset.next_run(documents(), REFUSED)
    assert check_dataset(dataset.paths).findings == []
    assert dataset.content() == expected


@cases(WARNINGS)
def test_what_the_next_run_puts_in_order_is_a_warning(
    dataset: Dataset, expected: dict[str, list[dict[str, Any]]], name: str
) -> None:
    damage, codes = WARNINGS[name]
    damage(dataset)
    repair = repair_dataset(dataset.paths)
    assert {f.code for f in repair.before.findings} == codes
    assert repair.before.exit_code == 0
    assert {f.code for f in repair.after.findings} <= {"to_extract"}
    dataset.next_run(documents(), REFUSED)
    assert check_dataset(dataset.paths).findings == []
    assert dataset.content() == expected


# ---------------------------------------------------------------- while others write, and after a kill


def test_a_check_neither_waits_for_a_writer_nor_keeps_it_waiting(dataset: Dataset) -> None:
    seen = []

    def check(step: str) -> None:
        report = check_dataset(dataset.paths)
        assert report.findings == [], step
        seen.append((step, report.rows))

    with writing(dataset.paths, run_id="run-9"), dataset.run() as commit:
        commit.on_step = check
        batch = dataset.stage(commit.run_id, (make_rows("posts/new.html"), make_rows("posts/newer.html")), ())
        commit.shard([batch], EXTRACTOR, {})
        dataset.end(commit)
    assert {"staged", "committed", "moved", "done"} <= {step for step, _ in seen}
    assert len({rows for _, rows in seen}) > 1


@pytest.mark.parametrize("step", ["staged", "committed", "moved", "done"])
def test_a_killed_commit_gives_warnings_until_the_next_run_or_a_repair(dataset: Dataset, step: str) -> None:
    with pytest.raises(Crash):
        dataset.write(
            make_rows("posts/1.html", "改：收入886.66亿元", **URL), make_rows("posts/new.html"), crash_at=step
        )
    report = check_dataset(dataset.paths)
    assert report.errors == []
    # The descriptions are those of the run before; the commit is in none of them.
    committed = set() if step == "staged" else {"stale_description"}
    moving = {"pending_moves"} if step in ("committed", "moved") else set()
    assert {f.code for f in report.findings} == {"open_run", "staging_left"} | committed | moving
    repair = repair_dataset(dataset.paths)
    assert repair.after.findings == []
    assert ("posts/new.html" in dataset.uris()) == (step != "staged")
    assert [row["status"] for row in dataset.read("runs")][-2:] == ["interrupted", "completed"]
    assert not dataset.paths.staging.exists()


def test_moves_that_a_damaged_ledger_still_names_are_done(dataset: Dataset) -> None:
    with pytest.raises(Crash):
        dataset.write(make_rows("posts/new.html"), crash_at="committed")
    dataset.sql("DROP TABLE open_runs")  # not the ledger of any version, but it can be read
    assert dataset.codes() == {"ledger_damaged"}
    repair = repair_dataset(dataset.paths)
    assert repair.after.errors == []
    assert "posts/new.html" in dataset.uris()
    assert (dataset.paths.state / "ledger.damaged-0").exists()


def test_parts_that_were_staged_when_the_ledger_was_lost_are_extracted_again(dataset: Dataset) -> None:
    with pytest.raises(Crash):
        dataset.write(make_rows("posts/0.html", "改：收入886.66亿元"), crash_at="committed")
    spoil_ledger(dataset)
    repair = repair_dataset(dataset.paths)
    assert repair.after.errors == []
    assert "posts/0.html" in repair.again
    assert len(repair.again) == 3


def many_damages(dataset: Dataset) -> None:
    article_in_two_parts(dataset)
    dataset.change("claims", 1, put("char_start", 0))
    dataset.change("articles", 3, put("duplicate_of", NOBODY))
    overwrite("headings", 1, lambda _: b"no Parquet")(dataset)
    add_file("blocks/part-00000.parquet.tmp")(dataset)
    remove("rejects/part-00003.parquet")(dataset)


@pytest.mark.parametrize("also", [lambda _: None, spoil_ledger], ids=["ledger", "no ledger"])
def test_a_killed_repair_is_finished_by_the_next(
    dataset: Dataset,
    expected: dict[str, list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
    also: Callable[[Dataset], None],
) -> None:
    many_damages(dataset)
    also(dataset)
    rename = Path.rename
    steps = kill_at = 0

    def step(_: object) -> None:
        nonlocal steps
        steps += 1
        if steps == kill_at:
            raise Crash(steps)

    def renamed(path: Path, target: Path) -> Path:
        step(path)
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", renamed)
    # Each repair is killed one step later than the one before, and each goes on where that one stopped.
    repair = None
    while repair is None:
        steps, kill_at = 0, kill_at + 1
        with suppress(Crash):
            repair = repair_dataset(dataset.paths, on_step=step)
    assert kill_at > 5
    assert repair.after.errors == []
    dataset.next_run(documents(), REFUSED)
    assert check_dataset(dataset.paths).findings == []
    assert dataset.content() == expected


# ---------------------------------------------------------------- what a repair keeps, and what is lost


def test_rows_of_a_vanished_source_are_lost_and_said_to_be(dataset: Dataset) -> None:
    gone = stable_id("old/gone.html")
    part = next(n for n in range(4) if gone in dataset.column("articles", n, "article_id"))
    overwrite("articles", part, lambda _: b"no Parquet")(dataset)
    repair = repair_dataset(dataset.paths)
    assert repair.lost == {"old/gone.html"}
    assert len(repair.again) == 2
    assert (dataset.paths.state / "damaged" / f"articles-part-{part:05d}.parquet.0").exists()
    dataset.next_run(documents(), REFUSED)
    assert check_dataset(dataset.paths).findings == []
    assert set(dataset.uris()) == {d.article.source_uri for d in documents()}


def test_of_an_article_in_two_parts_the_later_stays_where_no_ledger_can_say(dataset: Dataset) -> None:
    article_in_two_parts(dataset)
    late = pa.scalar(datetime(2030, 1, 1, tzinfo=UTC), pa.timestamp("us", tz="UTC"))
    wanted = dataset.column("articles", 1, "article_id")

    def extracted_later(table: pa.Table) -> pa.Table:
        index = table.schema.get_field_index("extracted_at")
        return table.set_column(index, table.schema.field(index), pa.repeat(late, table.num_rows))

    dataset.change("articles", 1, extracted_later)
    lose_ledger(dataset)
    assert repair_dataset(dataset.paths).after.errors == []
    assert dataset.column("articles", 1, "article_id") == wanted
    assert not set(wanted) & set(dataset.column("articles", 0, "article_id"))


def test_a_later_version_is_left_alone(dataset: Dataset) -> None:
    dataset.sql("PRAGMA user_version = 99")
    assert dataset.codes() == {"ledger_version"}
    before = dataset.files()
    with pytest.raises(DatasetError, match="later version"):
        repair_dataset(dataset.paths)
    assert dataset.files() == before


def test_files_of_a_later_version_are_left_alone(dataset: Dataset) -> None:
    later = {**TABLES["claims"].schema.metadata, b"schema_version": b"99"}
    dataset.change("claims", 0, lambda t: t.append_column("mood", t["quote"]).replace_schema_metadata(later))
    assert dataset.codes() == {"later_schema"}
    before = dataset.files()
    with pytest.raises(DatasetError, match="later version"):
        repair_dataset(dataset.paths)
    assert dataset.files() == before


@pytest.mark.parametrize("name", ["part-00000 (1).parquet", "part-00009.parquet", "other.parquet"])
def test_a_run_refuses_a_folder_with_a_file_that_readers_would_take_for_a_part(dataset: Dataset, name: str) -> None:
    add_file(f"claims/{name}")(dataset)
    with pytest.raises(DatasetError, match=re.escape(name)):
        dataset.finished(make_rows("posts/new.html"))


def test_repair_waits_for_no_writer(dataset: Dataset) -> None:
    lose_article(dataset)
    with writing(dataset.paths, run_id="run-9"), pytest.raises(LockedError, match="run-9"):
        repair_dataset(dataset.paths)


# ---------------------------------------------------------------- the command


def figures(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments))


def test_the_command_says_one_line_of_a_dataset_in_order(dataset: Dataset) -> None:
    done = figures("check", str(dataset.paths.root))
    assert done.exit_code == 0
    assert re.fullmatch(r".*output is in order: 25 files, 60 rows, \d+ KB in \d+\.\d s\n", done.stdout, re.DOTALL)


def test_the_command_shows_damage_and_repairs_it(dataset: Dataset) -> None:
    output = str(dataset.paths.root)
    dataset.change("claims", 0, without(1))
    done = figures("check", output)
    assert done.exit_code == 1
    assert "claim_count" in done.stdout
    assert f"figures check {output} --repair" in done.stdout.replace("\n", " ")
    found = json.loads(figures("check", output, "--json").stdout)
    assert [(f["code"], f["table"], f["rows"]) for f in found["findings"]] == [("claim_count", "articles", 1)]
    assert len(found["findings"][0]["examples"]) == 1
    done = figures("check", output, "--repair")
    assert done.exit_code == 0
    assert "1 claim_count set right in articles" in done.stdout
    assert "figures run SOURCE" in done.stdout
    repaired = json.loads(figures("check", output, "--repair", "--json").stdout)
    assert repaired["after"]["errors"] == 0


def test_the_command_needs_a_dataset(tmp_path: Path) -> None:
    done = figures("check", str(tmp_path / "nowhere"))
    assert done.exit_code == 2
    assert "figures run SOURCE" in done.stderr
