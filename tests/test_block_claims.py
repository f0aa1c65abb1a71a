"""Claims of whole pages: tables whose headers span columns, a name and its number in two blocks, other languages."""

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


def test_a_statement_of_income_in_millions() -> None:
    found = claims_of(
        "<p>CONSOLIDATED STATEMENTS OF INCOME (in millions, except per share data)</p><table>"
        "<thead><tr><th></th><th colspan=2>Three Months Ended September 30,</th></tr>"
        "<tr><th></th><th>2024</th><th>2023</th></tr></thead><tbody>"
        "<tr><td>Revenue</td><td>$3,204</td><td>$2,861</td></tr>"
        "<tr><td>Operating income (loss)</td><td>589</td><td>(12)</td></tr>"
        "<tr><td>Operating margin</td><td>18.4%</td><td>(0.4)%</td></tr>"
        "<tr><td>Diluted EPS</td><td>$1.22</td><td>$(0.03)</td></tr></tbody></table>"
    )
    assert [(claim["quote"], float(claim["value"]), claim["unit"]) for claim in found] == [
        ("$3,204", 3.204e9, "USD"), ("$2,861", 2.861e9, "USD"), ("589", 5.89e8, "USD"), ("12", -1.2e7, "USD"),
        ("18.4%", 18.4, "%"), ("(0.4)%", -0.4, "%"), ("$1.22", 1.22, "USD/share"), ("$(0.03)", -0.03, "USD/share"),
    ]  # fmt: skip
    periods = {(str(claim["period_start"]), str(claim["period_end"])) for claim in found}
    assert periods == {("2024-07-01", "2024-09-30"), ("2023-07-01", "2023-09-30")}


def test_rows_that_are_things_own_their_figures() -> None:
    found = claims_of(
        "<table><tr><th>Segment</th><th>Q3 2024</th><th>Q3 2023</th></tr>"
        "<tr><td>Cloud</td><td>$1.9B</td><td>$1.5B</td></tr><tr><td>Devices</td><td>$1.3B</td><td>$1.4B</td></tr></table>"
    )
    assert [(claim["subject"], claim["metric"]) for claim in found] == [("Cloud", None)] * 2 + [("Devices", None)] * 2


def test_headers_in_plain_cells_and_what_they_count() -> None:
    found = claims_of(
        "<table><tr><td rowspan=2>城市</td><td colspan=2>2023年</td></tr>"
        "<tr><td>常住人口</td><td>面积（平方公里）</td></tr>"
        "<tr><td>云川市</td><td>974,447</td><td>320</td></tr><tr><td>松江县</td><td>235,421</td><td>85</td></tr></table>"
    )
    assert [(claim["subject"], claim["metric"], claim["unit"]) for claim in found][:2] == [
        ("云川市", "常住人口", "person"), ("云川市", "面积", "km2"),
    ]  # fmt: skip
    assert {str(claim["period_start"]) for claim in found} == {"2023-01-01"}


def test_years_in_a_column_of_their_own_are_no_figures() -> None:
    found = claims_of(
        "<table><tr><th>专辑</th><th>发行时间</th><th>销量（万张）</th></tr><tr><td>晨光</td><td>2001</td><td>35</td></tr>"
        "<tr><td>暮色</td><td>2004</td><td>41</td></tr></table>"
    )
    assert [claim["quote"] for claim in found] == ["35", "41"]


def test_an_article_in_another_language_has_no_claims() -> None:
    body = (
        "<p>Der Umsatz stieg im vergangenen Jahr um 5,4 % auf 14.000 Euro, wie das Unternehmen am Montag mitteilte.</p>"
        * 3
    )
    page = f"<html lang=de><title>Umsatz steigt</title><article><h1>Umsatz</h1>{body}</article></html>"
    assert extract(page.encode()).to_dict()["claims"] == []
