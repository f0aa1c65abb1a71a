"""Metric, subject and attribution over whole short articles: what single sentences cannot show."""

from __future__ import annotations

import time
from datetime import date

import pytest

from transforms.claims.extract import TextReader
from transforms.claims.parts_zh import cutter


def _rows(title: str, *texts: str, language: str) -> dict[str, tuple[str | None, str | None, str | None]]:
    reader = TextReader(language=language, published=date(2023, 11, 7))
    reader.prepare([title, *texts])
    claims = [claim for at, text in enumerate(texts) for claim in reader.read(text, block_position=at)]
    return {claim.quote: (claim.metric, claim.subject, claim.attribution) for claim in claims}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("云岭基金会员数", "会员"),
        ("易方达基金规模", "易方达"),
        ("销售收入", "销售收入"),
        ("用户使用时长", "使用时长"),
        ("民众支持率", "支持率"),
    ],
)
def test_break_words_leave_compounds_whole(text: str, kept: str) -> None:
    start = text.index(kept)
    inside = [cut for cut in cutter().cuts(text, 0, len(text)) if cut[0] < start + len(kept) and cut[1] > start]
    assert not inside


def test_company_pronoun_means_the_speaker() -> None:
    rows = _rows(
        "房企公布销售数据",
        "木禾置业股份有限公司公告称，10月公司实现合同销售金额321.5亿元。",
        language="zh",
    )
    assert rows["321.5亿元"][1:] == ("木禾置业股份有限公司", "木禾置业股份有限公司")


def test_product_of_the_title_owns_what_names_nobody() -> None:
    rows = _rows("云雀 Lark 7 标准版发布", "拥有5000mAh电池，重量为200g。", language="zh")
    assert rows["5000mAh"][0] == "电池"
    assert "Lark 7" in str(rows["200g"][1])


def test_parallel_owners_keep_their_metric() -> None:
    rows = _rows("车市", "纯电动汽车销量16.5万辆，插电式混合动力销量13.5万辆。", language="zh")
    assert rows["16.5万辆"][:2] == ("销量", "纯电动汽车")
    assert rows["13.5万辆"][:2] == ("销量", "插电式混合动力")


def test_outlet_that_closes_a_flash_is_credited_throughout() -> None:
    rows = _rows("物流", "蓝鲸物流净利润3.4亿元。", "营收31亿元。（晨江日报）", language="zh")
    assert [row[2] for row in rows.values()] == ["晨江日报", "晨江日报"]


def test_publication_that_opens_a_flash_governs_until_others_speak() -> None:
    first = "木城航运交易所发布的数据显示，运价指数报1733点。"
    rows = _rows("运价", first, "截至收盘，指数期货跌37点。", language="zh")
    assert rows["37点"][2] == "木城航运交易所"
    rows = _rows("运价", first, "船东黎明说，长约还要跌两成。", "截至收盘，指数期货跌37点。", language="zh")
    assert rows["37点"][2] is None


def test_person_without_title_is_the_source_and_speaks_on() -> None:
    rows = _rows("芯片", "青禾科技总经理周岚指出，良率约为九成。她还表示，产能有5万片。", language="zh")
    assert {row[2] for row in rows.values()} == {"周岚"}


def test_survey_measures_what_people_do() -> None:
    rows = _rows("Study", "Researchers found that 64% of adults had high blood pressure.", language="en")
    assert rows["64%"][:2] == ("had high blood pressure", "adults")


def test_appended_figures_measure_the_same() -> None:
    rows = _rows(
        "Larkfield", "Larkfield reported revenue of $89.5 billion, down 1% from a year earlier.", language="en"
    )
    assert rows["1%"][:2] == ("revenue", "Larkfield")


def test_quotation_keeps_its_speaker() -> None:
    text = '"It was a weak year," Whitlock said. "Sales were down 60%, and rents fell."'
    assert _rows("Whitlock", text, language="en")["60%"][2] == "Whitlock"


def test_barrels_per_day_are_no_source() -> None:
    rows = _rows("Oil", "Larkland extended its output cut of 1 million barrels per day.", language="en")
    assert {row[2] for row in rows.values()} == {None}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_reading_grows_no_faster_than_the_text(language: str) -> None:
    piece = "木鱼销量5万台、" if language == "zh" else "Larkfield Sales of 5 units, "

    def seconds(count: int) -> float:
        text = piece * count
        best = 99.0
        for _ in range(2):
            begin = time.process_time()
            reader = TextReader(language=language)
            reader.prepare([text])
            reader.read(text)
            best = min(best, time.process_time() - begin)
        return best

    seconds(400)
    assert seconds(4000) < 14 * max(seconds(400), 0.002)


def test_place_of_the_title_owns_the_figures_of_a_bulletin() -> None:
    rows = _rows(
        "青州市2022年国民经济和社会发展统计公报",
        "青州市统计局发布公报。",
        "第三产业增加值73.5亿元。全年出生率为5.83‰。",
        language="zh",
    )
    assert rows["73.5亿元"][:2] == ("增加值", "第三产业")
    assert rows["5.83‰"][:2] == ("出生率", "青州市")


def test_company_pronoun_means_the_company_named_just_before() -> None:
    rows = _rows("收评", "沪指收涨0.5%，蓝鲸物流领涨。该公司前三季度收入24.7亿元。", language="zh")
    assert rows["24.7亿元"][:2] == ("收入", "蓝鲸物流")


def test_flash_opens_with_its_subject() -> None:
    rows = _rows("快讯", "宝峰股份：拟募资不超过25亿元。", language="zh")
    assert rows["25亿元"][1] == "宝峰股份"
