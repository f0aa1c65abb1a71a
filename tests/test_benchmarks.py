"""The benchmarks without peers and small: texts, rows, tables."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks import claims, dataset, pages
from benchmarks.generated import WORST_LINES, Article, articles, worst_line
from benchmarks.generated_rows import GeneratedRows
from benchmarks.measured import Measured, measured
from benchmarks.page_sets import MEASURES, PageSet, own_pages, post_sets
from benchmarks.page_systems import Ours as OursOfPages
from benchmarks.page_systems import OursWithoutClaims, Page
from benchmarks.rerun import nothing, rerun
from benchmarks.systems import JioNLP, Ours, Recognizers, line_starts
from benchmarks.workers import ROOT
from tests.builders import NOW
from transforms.tables import TABLES
from transforms.validate import find_violations

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def figures(texts: list[Article]) -> int:
    return sum(len(re.findall(r"\d[\d.,]*", line)) for text in texts for line in text.lines)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_generated_articles_come_from_their_seed(language: str) -> None:
    dense, prose = (articles(language, dense=dense, chars=8_000) for dense in (True, False))
    assert dense == articles(language, dense=True, chars=8_000)
    assert dense != articles(language, dense=True, chars=8_000, seed=1)
    assert all(8_000 <= sum(text.chars for text in texts) < 9_500 for texts in (dense, prose))
    assert figures(dense) > 8 * figures(prose) > 0


@pytest.mark.parametrize("name", WORST_LINES)
def test_worst_lines_are_one_line_of_the_size(name: str) -> None:
    line = worst_line(name, 10_000)
    assert "\n" not in line
    assert len(line.encode()) == pytest.approx(10_000, rel=0.03)


def test_our_rows_point_at_their_quotes() -> None:
    article = Article(["全年收入886.66亿元", "没有数字", "同比增长11%，至2家"], title="收入", published="2022-06-16")
    system = Ours("zh")
    rows = system.rows(article, system.answers(article))
    assert [(article.lines[row["line"]][row["start"] : row["end"]], row["value"], row["unit"]) for row in rows][:2] == [
        ("886.66亿元", 88666000000.0, "CNY"),
        ("11%", 11.0, "%"),
    ]


def test_lines_begin_where_the_joined_text_has_them() -> None:
    article = Article(["ab", "", "c"])
    assert ["\n".join(article.lines)[start:][:1] for start in line_starts(article)] == ["a", "\n", "c"]


@pytest.mark.parametrize(
    ("name", "resolution", "expected"),
    [
        ("currency", {"value": "886", "unit": "Chinese yuan", "isoCurrency": "CNY"}, ("money", 886.0, "CNY")),
        ("currency", {"value": "88", "unit": "Cent", "isoCurrency": None}, ("money", 0.88, "USD")),
        ("percentage", {"value": "11%"}, ("percent", 11.0, "%")),
        ("dimension", {"value": "7", "unit": "Nanometer"}, ("measure", 7.0, "nm")),
        ("number", {"value": "30"}, ("count", 30.0, "item")),
    ],
)
def test_answers_of_recognizers_become_rows(
    name: str, resolution: dict[str, str], expected: tuple[object, ...]
) -> None:
    row = Recognizers._row(name, resolution, (0, 0, 1))
    assert row is not None
    assert (row["kind"], row["value"], row["unit"]) == expected


def test_a_unit_without_a_number_is_no_row() -> None:
    assert Recognizers._row("dimension", {"value": "", "unit": "Byte"}, (0, 0, 1)) is None


def test_a_range_of_jionlp_has_its_bounds() -> None:
    found = [(0, [{"offset": [2, 7], "detail": {"num": ["35.00", "260.00"], "case": "美元"}}])]
    (row,) = JioNLP.rows(SimpleNamespace(), Article(["从35到260美元"]), found)
    assert (row["value"], row["value_low"], row["value_high"], row["unit"]) == (35.0, 35.0, 260.0, "USD")


def test_a_peer_that_is_not_there_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "PEERS_PYTHON", ROOT / "no" / "python")
    comparison = claims.Comparison(["ours", "JioNLP"])
    try:
        comparison.speed("a text", "zh", [Article(["收入3亿元"])], rounds=1)
    finally:
        comparison.close()
    assert "make bench-peers" in comparison.missing["JioNLP"]
    assert list(comparison.lines[0].values) == ["ours"]
    assert "JioNLP left out" in "\n".join(claims.remarks(comparison))


def test_the_table_divides_ours_by_theirs() -> None:
    comparison = claims.Comparison(["ours", "JioNLP"])
    comparison.lines = [
        claims.Line("speed", "prose", {"ours": 3000.0, "JioNLP": 1500.0}),
        claims.Line("speed", "English", {"ours": 3000.0}),
    ]
    assert [line.split() for line in claims.table(comparison).splitlines()] == [
        ["ours", "JioNLP", "ratio"],
        ["speed"],
        ["prose", "3,000", "1,500", "x2.00"],
        ["English", "3,000", "-"],
    ]


POST = "<p>2021年，全年收入886.66亿元，同比增长11%。</p><h2>前景</h2><p>公司预计明年收入再增长一成，达到约975亿元。</p>"


def test_without_claims_the_rest_is_the_same() -> None:
    page = Page(POST.encode(), None, "zh")
    with_claims = OursOfPages()
    full = with_claims.read(page)
    system = OursWithoutClaims()
    try:
        lean = system.read(page)
    finally:
        system.stage.stop()
    assert full.claims
    assert not lean.claims
    assert system.fields(lean) == with_claims.fields(full)
    assert full.claims == with_claims.read(page).claims


def test_pages_and_posts_are_at_hand_without_a_corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.page_sets.POSTS", (ROOT / "flows" / "samples",))
    everyone, as_written = post_sets()
    assert own_pages().pages
    assert all(page["html_bytes"].startswith(b"<html><body>") for page in everyone.pages)
    assert [post["id"] for post in as_written.ours or ()] == [page["id"] for page in everyone.pages]


def test_a_set_is_read_by_those_who_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PEERS_PYTHON", ROOT / "no" / "python")
    texts = PageSet("posts", [{"id": "a", "url": None, "lang": "zh", "html_bytes": POST.encode()}], "short posts")
    comparison = pages.Comparison(["ours", "GNE"])
    try:
        comparison.turn(texts, is_first=True)
        comparison.turn(texts, is_first=False)
    finally:
        comparison.close()
    assert "make bench-pages" in comparison.missing["GNE"]
    assert {line.section for line in pages.speed(comparison, [texts])} == {"speed, short posts: 1 of 0.1 kB"}
    assert [list(line.values) for line in pages.speed(comparison, [texts])] == [["ours"], ["ours"]]
    assert "GNE left out" in "\n".join(pages.remarks(comparison))


def test_speed_of_a_group_is_measured_against_trafilatura() -> None:
    comparison = pages.Comparison(["ours", "trafilatura"])
    sets = [PageSet(name, [{"html_bytes": b"x" * 1_000_000}] * 2, "full pages") for name in ("a", "b")]
    comparison.seconds = {"a": {"ours": 1.0, "trafilatura": 5.0}, "b": {"ours": 1.0, "trafilatura": 3.0}}
    assert [line.split() for line in pages.table(["ours", "trafilatura"], pages.speed(comparison, sets)).splitlines()][
        2:
    ] == [
        ["pages", "a", "second", "2.0", "0.5"],
        ["MB", "a", "second", "2.00", "0.50"],
        ["times", "trafilatura", "4.00", "1.00"],
    ]


def test_measures_say_of_how_many_pages() -> None:
    scores = {"date_published": {"n": 8, "acc": 0.75, "none": 4, "spurious": 1}, "authors": {"none": 0, "spurious": 0}}
    measures = {measure.label: measure for measure in MEASURES}
    assert measures["date"].of(scores) == (0.75, 8)
    assert measures["date: none where the page has none"].of(scores) == (0.75, 4)
    assert measures["authors: none where the page has none"].of(scores) == (None, 0)
    assert measures["site"].of(scores) == (None, 0)
    assert {measure.gives for measure in MEASURES} <= set(OursOfPages.gives)


@pytest.fixture(scope="module")
def rows() -> GeneratedRows:
    return GeneratedRows()


def test_generated_rows_keep_every_constraint(rows: GeneratedRows) -> None:
    tables = rows.tables(range(200), run_id="run-1", extracted_at=NOW)
    assert not [v for name, table in tables.items() for v in find_violations(TABLES[name], table, tables)]
    assert tables == GeneratedRows().tables(range(200), run_id="run-1", extracted_at=NOW)
    sizes = {name: table.num_rows / 200 for name, table in tables.items()}
    assert 35 < sizes["blocks"] < 45
    assert 15 < sizes["claims"] < 30
    assert 20 < sizes["metadata"] < 30
    lengths = [len(text.encode()) for text in tables["articles"]["text"].to_pylist()]
    assert min(lengths) > 2_000
    assert max(lengths) < 12_000


def test_generated_figures_keep_their_values(rows: GeneratedRows) -> None:
    claims = rows.tables(range(200), run_id="run-1", extracted_at=NOW)["claims"].to_pylist()
    plain = [row for row in claims if re.fullmatch(r"\d+(\.\d+)?%", row["quote"]) and row["kind"] == "percent"]
    assert len({row["quote"] for row in plain}) > 100
    assert [row["value"] for row in plain] == [float(row["quote"][:-1]) for row in plain]


def test_an_edit_changes_every_table_but_little_in_it(rows: GeneratedRows) -> None:
    before, after = (rows.tables(range(20), run_id="run-1", extracted_at=NOW, revision=n) for n in (0, 1))
    assert [name for name in before if before[name] == after[name]] == []
    assert not [v for name, table in after.items() for v in find_violations(TABLES[name], table, after)]
    for name in ("blocks", "claims"):
        pairs = zip(before[name].to_pylist(), after[name].to_pylist(), strict=True)
        assert sum(a["heading_id"] != b["heading_id"] for a, b in pairs) == 0
    texts = zip(before["blocks"]["text"].to_pylist(), after["blocks"]["text"].to_pylist(), strict=True)
    assert sum(a != b for a, b in texts) == 20


def test_the_dataset_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def here(function: Callable[..., Any], *arguments: Any) -> Measured:
        return measured(function, *arguments) if function is rerun else Measured(function(*arguments), 1, 1, 1, 1)

    # Processes take seconds to start. A re-run has one of its own even so: it replaces functions.
    monkeypatch.setattr(dataset, "measured", here)
    monkeypatch.setattr(dataset, "RERUNS", 1)
    sizes = ["--articles", "200", "--shard-size", "100", "--part-size", "150"]
    dataset.main([*sizes, "--folder", str(tmp_path / "bench")])
    lines = capsys.readouterr().out.splitlines()
    table = {line[:34].strip(): line[34:].split() for line in lines if line[34:].split()[6:]}
    assert table["one changed article"][0] == "200"
    assert table["one changed article"][5:] == ["1", "0"]
    assert table["one new article"][5:] == ["1", "0"]
    assert table["100 changed articles, all parts"][5:] == ["2", "0"]
    assert "parts rewritten by re-runs: 0, and that of runs" in "\n".join(lines)


def test_a_call_is_measured_in_a_process_of_its_own() -> None:
    done = measured(nothing)
    assert done.result is None
    assert 0 <= done.seconds < 5
    assert done.resident >= done.anonymous >= 0
