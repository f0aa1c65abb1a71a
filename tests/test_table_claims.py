"""Claims of tables whose headers span columns, and of pairs of blocks: a name, then its number."""

from __future__ import annotations

from typing import Any

from transforms import extract

HEAD = "<head><meta charset=utf-8><title>经济运行</title></head>"
PAGE = f"<html>{HEAD}<body><article><h1>全市经济运行</h1>{{}}</article></body></html>"


def claims_of(body: str) -> list[dict[str, Any]]:
    page = PAGE.format(f"<p>前三季度，全市经济运行总体平稳，主要指标持续回升向好。</p>{body}")
    return extract(page.encode(), published="2024-10-25").to_dict()["claims"]


def test_headers_that_span_columns_date_and_name_their_columns() -> None:
    found = claims_of(
        "<p>主要经济指标（单位：亿元、%）</p><table>"
        "<tr><th rowspan=2>指标</th><th colspan=2>9月</th><th colspan=2>1—9月</th></tr>"
        "<tr><th>绝对值</th><th>同比增长</th><th>绝对值</th><th>同比增长</th></tr>"
        "<tr><td>社会消费品零售总额（亿元）</td><td>188.3</td><td>-1.2</td><td>1622.7</td><td>2.4</td></tr></table>"
    )
    assert [claim["unit"] for claim in found] == ["CNY", "%", "CNY", "%"]
    assert {claim["metric"] for claim in found} == {"社会消费品零售总额"}
    assert {claim["subject"] for claim in found} == {None}
    assert [str(claim["period_start"]) for claim in found] == ["2024-09-01", "2024-09-01", "2024-01-01", "2024-01-01"]
    assert [claim["change"] for claim in found] == [None, "decrease", None, "increase"]


def test_a_column_of_changes_is_of_the_measure_before_it() -> None:
    found = claims_of(
        "<table><tr><th>公司</th><th>营收（万元）</th><th>同比</th></tr>"
        "<tr><td>青禾科技</td><td>5,600</td><td>12.5</td></tr><tr><td>松果出行</td><td>4,800</td><td>-3</td></tr></table>"
    )
    assert [(claim["metric"], claim["subject"]) for claim in found] == [
        ("营收", "青禾科技"), ("营收", "青禾科技"), ("营收", "松果出行"), ("营收", "松果出行"),
    ]  # fmt: skip
    assert [claim["basis"] for claim in found] == [None, "yoy", None, "yoy"]


def test_a_name_and_its_number_in_two_blocks() -> None:
    found = claims_of("<dl><dt>总投资</dt><dd>12.6亿元</dd><dt>建设周期：</dt><dd>24个月</dd></dl>")
    assert [(claim["metric"], claim["quote"]) for claim in found] == [("总投资", "12.6亿元"), ("建设周期", "24个月")]


def test_a_sentence_before_a_number_is_no_name_of_it() -> None:
    found = claims_of("<p>这是一句话。</p><p>12.6亿元</p>")
    assert [claim["metric"] for claim in found] == [None]
