"""The benchmark of claims without its peers: texts, rows, table."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from benchmarks import claims
from benchmarks.generated import WORST_LINES, Article, articles, worst_line
from benchmarks.systems import JioNLP, Ours, Recognizers, line_starts


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
    (row,) = JioNLP.rows(SimpleNamespace(), Article(["从35到260美元"]), found)  # type: ignore[arg-type]
    assert (row["value"], row["value_low"], row["value_high"], row["unit"]) == (35.0, 35.0, 260.0, "USD")


def test_a_peer_that_is_not_there_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "PEERS_PYTHON", claims.ROOT / "no" / "python")
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
