"""Exports as other programs read them: pandas, openpyxl, DuckDB, Polars."""

from __future__ import annotations

import csv
import errno
import multiprocessing
import re
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from openpyxl.utils.escape import unescape
from typer.testing import CliRunner

from flows.cli import app
from flows.export import csv_folder, database, tables, workbook
from flows.export.csv_folder import _plain_numbers
from flows.export.workbook import CELL_UNITS, WorkbookWriter
from tests.builders import NOW, make_rows
from tests.datasets import Crash, Harness
from tests.test_dataset import run_row
from tests.test_snapshot import write_rounds
from transforms.tables import CLAIMS, TABLES

if TYPE_CHECKING:
    from click.testing import Result

NAMES = {"csv": "csv", "xlsx": "all.xlsx", "duckdb": "all.duckdb"}
# Texts that a program may take for something else.
FORMULAS = (
    "=1+1",
    "+1",
    "-3.2%",
    "@SUM(A1)",
    '=HYPERLINK("https://example.com","x")',
    "https://example.com",
    "007",
    "1e5",
)
CONTROLS = "a\x00b\x01c\x0b_x0001_ d\ufffe"
LINES = ' 两行\r\n"引号", 逗号\t\n '
EMOJI = "😀" * 20_000
LONG = "长" * 40_000
TITLES = (*FORMULAS, CONTROLS, LINES, EMOJI, LONG, "TRUE", "", "人人都是产品经理")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Harness:
    """Odd titles, times with and without a fraction, an old day, nulls; nothing in rejects."""
    harness = Harness(tmp_path_factory.mktemp("data") / "输出 folder")
    odd = {"published_at": NOW, "modified_at": NOW.replace(microsecond=1500), "published_date": date(1899, 12, 31)}
    harness.write(
        *(make_rows(f"posts/{i}.html", title=title) for i, title in enumerate(TITLES)), make_rows("odd", **odd)
    )
    with harness.run() as commit:
        commit.run_rows([run_row(commit.run_id)])
    return harness


def export(dataset: Harness, target: Path, format_: str, *options: str) -> Result:
    command = ["export", str(target), "--format", format_, "--output", str(dataset.paths.root), *options]
    return CliRunner().invoke(app, command, catch_exceptions=False)


@pytest.fixture(scope="module")
def exported(dataset: Harness, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("exports")
    for format_, name in NAMES.items():
        done = export(dataset, folder / name, format_)
        assert done.exit_code == 0, done.output
        assert re.search(rf"articles +{len(TITLES) + 1}\n", done.stdout)
        assert f"Written to {folder / name}" in done.stdout
    # Nothing else is left behind.
    assert sorted(path.name for path in folder.iterdir()) == sorted(NAMES.values())
    return {format_: folder / name for format_, name in NAMES.items()}


def titles_by_uri(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {row["source_uri"]: row["title"] for row in rows}


EXPECTED = {f"posts/{i}.html": title for i, title in enumerate(TITLES)} | {"odd": "标题"}


# ---------------------------------------------------------------- csv


def test_csv_is_read_by_pandas_as_the_tables_are(dataset: Harness, exported: dict[str, Path]) -> None:
    for name, spec in TABLES.items():
        path = exported["csv"] / f"{name}.csv"
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        texts = {c.name: str for c in spec.columns if c.type == pa.string()}
        found = pd.read_csv(path, dtype=texts, keep_default_na=False, na_values={}, engine="python")
        assert list(found.columns) == list(spec.names)
        assert len(found) == sum(pq.read_metadata(p).num_rows for p in dataset.paths.parts(name))
    claims = pd.read_csv(exported["csv"] / "claims.csv")
    assert claims["value"].tolist() == [88666000000.0] * (len(TITLES) + 1)
    assert "8.8" not in (exported["csv"] / "claims.csv").read_text("utf-8")
    assert claims["is_negated"].tolist() == [row["is_negated"] for row in dataset.read("claims")]


def test_csv_keeps_every_character(dataset: Harness, exported: dict[str, Path]) -> None:
    with (exported["csv"] / "articles.csv").open(encoding="utf-8-sig", newline="") as file:
        csv.field_size_limit(10_000_000)
        rows = list(csv.DictReader(file))
    assert titles_by_uri(rows) == EXPECTED
    odd = next(row for row in rows if row["source_uri"] == "odd")
    assert (odd["published_date"], odd["published_at"]) == ("1899-12-31", "2022-06-17T03:15:02Z")
    assert odd["modified_at"] == "2022-06-17T03:15:02.001500Z"
    assert odd["canonical_url"] == ""
    assert (exported["csv"] / "runs.csv").read_bytes().endswith(b"\r\n")


@pytest.mark.parametrize("reader", ["duckdb", "polars"])
def test_csv_numbers_are_numbers_to_other_readers(exported: dict[str, Path], reader: str) -> None:
    path = exported["csv"] / "claims.csv"
    frame = pl.read_csv(path) if reader == "polars" else duckdb.read_csv(str(path)).pl()
    assert frame["value"].cast(pl.Float64).to_list() == [88666000000.0] * (len(TITLES) + 1)
    assert frame["confidence"].dtype == pl.Float64
    assert frame.columns == list(CLAIMS.names)


def test_numbers_in_csv_have_no_exponent_and_read_back_the_same() -> None:
    values = [88666000000.0, -12.5, 0.0, 1e-7, 1.5e300, 0.1 + 0.2, 123456789012345678.0, -(2.0**53), 5e-324, None]
    text = _plain_numbers(pa.array(values, pa.float64())).to_pylist()
    assert text[:4] == ["88666000000", "-12.5", "0", "0.0000001"]
    assert [None if t is None else float(t) for t in text] == values
    assert not any("e" in t for t in text if t)
    assert _plain_numbers(pa.array([], pa.float64())).to_pylist() == []


# ---------------------------------------------------------------- xlsx


def sheet_rows(path: Path, name: str) -> list[dict[str, Any]]:
    sheet = openpyxl.load_workbook(path)[name]
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_workbook_holds_the_tables_and_what_their_columns_mean(dataset: Harness, exported: dict[str, Path]) -> None:
    sheets = pd.read_excel(exported["xlsx"], sheet_name=None)
    assert list(sheets) == [*TABLES, "columns"]
    for name, spec in TABLES.items():
        assert list(sheets[name].columns) == list(spec.names)
        assert len(sheets[name]) == len(dataset.read(name))
    assert len(sheets["columns"]) == sum(len(spec.columns) for spec in TABLES.values())
    assert sheets["claims"]["value"].tolist() == [88666000000.0] * (len(TITLES) + 1)
    assert sheets["claims"]["period_start"].tolist() == [datetime(2021, 1, 1)] * (len(TITLES) + 1)
    book = openpyxl.load_workbook(exported["xlsx"])
    for name in TABLES:
        assert book[name].freeze_panes == "A2"
        assert book[name].auto_filter.ref.startswith("A1:")


def test_workbook_takes_text_for_text(dataset: Harness, exported: dict[str, Path]) -> None:
    with zipfile.ZipFile(exported["xlsx"]) as archive:
        sheets = [archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
        assert not any("hyperlink" in name for name in archive.namelist())
    assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)
    found = titles_by_uri(sheet_rows(exported["xlsx"], "articles"))
    cut = {EMOJI: "😀" * (CELL_UNITS // 2), LONG: "长" * CELL_UNITS}
    for uri, title in EXPECTED.items():
        if title == CONTROLS:
            assert unescape(found[uri]).replace("_xFFFE_", "\ufffe") == CONTROLS
        elif title == LINES:  # XML has one line ending
            assert unescape(found[uri]).replace("\r\n", "\n") == LINES.replace("\r\n", "\n")
        else:
            assert found[uri] == cut.get(title, title)


def test_workbook_says_what_it_cut_and_keeps_old_days_as_text(dataset: Harness, tmp_path: Path) -> None:
    done = export(dataset, tmp_path / "a.xlsx", "xlsx", "--table", "articles", "--table", "rejects")
    assert "2 texts longer than 32,767 characters cut" in done.stdout
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames == ["articles", "rejects", "columns"]
    rows = sheet_rows(tmp_path / "a.xlsx", "articles")
    (odd,) = (row for row in rows if row["source_uri"] == "odd")
    assert (odd["published_date"], odd["published_at"]) == ("1899-12-31", NOW.replace(tzinfo=None))
    assert rows[1]["published_date"] == datetime(2022, 6, 16)
    assert odd["body_confidence"] == 0.9


def test_workbook_goes_on_in_further_sheets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "SHEET_ROWS", 4)
    with xlsxwriter.Workbook(tmp_path / "a.xlsx", workbook.OPTIONS) as book:
        writer = WorkbookWriter(book)
        kinds = [pa.int32(), pa.float64(), pa.timestamp("us", tz="UTC")]
        times = (datetime(1800 + i, 1, 1, i, tzinfo=UTC) for i in range(7))
        writer.write_table(
            "many", ["number", "odd", "time"], kinds, ((i, float("nan"), t) for i, t in enumerate(times))
        )
        writer.write_table("few", ["number"], kinds[:1], ((i,) for i in range(3)))
        assert writer.notes() == ["many: on several sheets, because Excel's hold 4 rows each"]
    assert [
        [row["number"] for row in sheet_rows(tmp_path / "a.xlsx", name)]
        for name in ("many", "many (2)", "many (3)", "few")
    ] == [
        [0, 1, 2],
        [3, 4, 5],
        [6],
        [0, 1, 2],
    ]
    (last,) = sheet_rows(tmp_path / "a.xlsx", "many (3)")
    assert (last["odd"], last["time"]) == ("nan", "1806-01-01 06:00:00")


# ---------------------------------------------------------------- duckdb


def test_database_holds_the_same_rows(dataset: Harness, exported: dict[str, Path]) -> None:
    with duckdb.connect(str(exported["duckdb"]), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for name, spec in TABLES.items():
            expected = pa.Table.from_pylist(dataset.read(name), spec.schema)
            found = connection.execute(f"SELECT * FROM {name}").to_arrow_table()
            assert found.cast(expected.schema).equals(expected), name


def test_database_has_keys_and_comments(exported: dict[str, Path]) -> None:
    with duckdb.connect(str(exported["duckdb"]), read_only=True) as connection:
        keys = connection.execute(
            "SELECT table_name, constraint_column_names FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY'"
        ).fetchall()
        comments = dict(connection.execute("SELECT table_name, comment FROM duckdb_tables()").fetchall())
        columns = connection.execute(
            "SELECT table_name, column_name, comment, is_nullable FROM duckdb_columns() WHERE NOT internal"
        ).fetchall()
    assert {name: tuple(names) for name, names in keys} == {n: s.primary_key for n, s in TABLES.items()}
    assert comments["claims"].startswith(CLAIMS.meaning)
    assert "article_id → articles (article_id)." in comments["claims"]
    for table, name, comment, is_nullable in columns:
        column = TABLES[table].column(name)
        assert (comment, is_nullable) == (column.description, column.is_nullable)


# ---------------------------------------------------------------- any


@pytest.mark.parametrize("format_", ["csv", "xlsx", "duckdb"])
def test_what_is_there_is_kept_unless_one_says_so(dataset: Harness, tmp_path: Path, format_: str) -> None:
    target = tmp_path / NAMES[format_]
    assert export(dataset, target, format_, "--table", "runs").exit_code == 0
    refused = export(dataset, target, format_)
    assert refused.exit_code == 2
    assert "is there already" in refused.output and "--overwrite" in refused.output
    assert export(dataset, target, format_, "--overwrite").exit_code == 0
    if format_ == "csv":
        assert len(list(target.iterdir())) == len(TABLES)
    assert list(tmp_path.iterdir()) == [target]


def test_mistakes_are_named(dataset: Harness, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").touch()
    (tmp_path / "a.duckdb.wal").touch()
    root = dataset.paths.root
    for target, format_, options, message in (
        (tmp_path / "none" / "x.xlsx", "xlsx", (), "is no folder: make it first"),
        (tmp_path / "full", "csv", ("--overwrite",), "holds thesis.txt, which no export wrote"),
        (tmp_path / "full", "duckdb", ("--overwrite",), "is not a file"),
        (tmp_path / "x.xls", "xlsx", (), "does not end in .xlsx"),
        (tmp_path / "full" / "thesis.txt", "csv", ("--overwrite",), "thesis.txt is a file"),
        (root, "csv", ("--overwrite",), "which no export wrote"),
        (root / "claims" / "x", "csv", (), "inside the dataset"),
        (tmp_path / "a.duckdb", "duckdb", (), "open in another program"),
        (tmp_path / "x", "csv", ("--table", "quotes"), "There is no table 'quotes'"),
        (tmp_path / "x", "csv", ("--output", str(tmp_path / "empty")), "holds no tables yet"),
        (tmp_path / "x", "ods", (), "csv"),
    ):
        done = export(dataset, target, format_, *options)
        assert (done.exit_code, message in " ".join(done.output.split())) == (2, True), done.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.duckdb.wal", "full"]


def broken_off(*_: object) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device", "somewhere")


@pytest.mark.parametrize("format_", ["csv", "xlsx", "duckdb"])
def test_a_failed_export_leaves_the_old_one_and_nothing_else(
    dataset: Harness, tmp_path: Path, format_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / NAMES[format_]
    export(dataset, target, format_, "--table", "runs")
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    with monkeypatch.context() as patch:
        patch.setattr(tables, "sync_path", broken_off)
        done = export(dataset, target, format_, "--overwrite")
    assert done.exit_code == 1
    assert f"{target} cannot be written: No space left on device" in done.output
    # A part that cannot be read is named, whatever wrote meanwhile.
    part = dataset.paths.part("claims", 2)
    whole = part.read_bytes()
    try:
        part.write_bytes(whole[:100] + bytes(len(whole) - 2000) + whole[-1900:])
        done = export(dataset, target, format_, "--overwrite")
    finally:
        part.write_bytes(whole)
    assert done.exit_code == 1
    assert f"{part} cannot be read" in done.output and "figures check" in done.output
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_comes_back_when_the_new_one_cannot_take_its_place(
    dataset: Harness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out"
    export(dataset, target, "csv", "--table", "runs")
    rename = Path.rename

    def fail_once(self: Path, other: Path) -> Path:
        return broken_off() if self.name == "out" and self != target else rename(self, other)

    monkeypatch.setattr(Path, "rename", fail_once)
    assert export(dataset, target, "csv", "--overwrite").exit_code == 1
    assert [path.name for path in target.iterdir()] == ["runs.csv"]


def test_an_export_while_runs_commit_fits_together(tmp_path: Path) -> None:
    dataset = Harness(tmp_path / "output")
    dataset.write(*(make_rows(f"posts/{i}.html") for i in range(7)))
    writer = multiprocessing.get_context("spawn").Process(target=write_rounds, args=(str(dataset.paths.root), 12))
    writer.start()
    try:
        for number in range(6):
            target = tmp_path / f"{number}.duckdb"
            assert export(dataset, target, "duckdb").exit_code == 0
            with duckdb.connect(str(target), read_only=True) as connection:
                apart = "SELECT count(*) FROM claims ANTI JOIN articles USING (article_id)"
                assert connection.execute(apart).fetchall() == [(0,)]
                counts = "SELECT (SELECT count(*) FROM claims) - (SELECT sum(claim_count) FROM articles)"
                assert connection.execute(counts).fetchall() == [(0,)]
    finally:
        writer.join(60)
    assert writer.exitcode == 0


def test_a_killed_commit_is_exported_as_it_will_be(tmp_path: Path) -> None:
    dataset = Harness(tmp_path / "output")
    dataset.write(make_rows("a"))
    with pytest.raises(Crash):
        dataset.write(make_rows("b"), crash_at="committed")
    assert export(dataset, tmp_path / "csv", "csv").exit_code == 0
    assert sorted(pd.read_csv(tmp_path / "csv" / "articles.csv")["source_uri"]) == ["a", "b"]


def test_every_type_of_a_column_has_a_form_in_each_format() -> None:
    for spec in TABLES.values():
        assert "PRIMARY KEY" in database.create_statement(spec)
        assert csv_folder._text_schema(spec.schema).names == list(spec.names)
