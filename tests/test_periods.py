"""Periods: the corpus of marked sentences, and what must not change a reading."""

from __future__ import annotations

import re
import time
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.claims.calendar import Span, add_months, fiscal_span, quarter, shift, unit_of
from transforms.claims.extract import TextReader
from transforms.claims.period_lexicon import calendars
from transforms.claims.periods import Period, PeriodReader, calendar_spans, choose_period

CORPUS = Path(__file__).parent / "corpus" / "periods"
PUBLISHED = {"zh": "2022-06-16", "en": "2019-11-19"}
MARK = re.compile("⟦(.*?)⟧")
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def load(name: str) -> list[Any]:
    cases = tomllib.loads((CORPUS / f"{name}.toml").read_text(encoding="utf-8"))["case"]
    return [pytest.param(case, id=case["label"]) for case in cases]


def unmark(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """The sentence without its marks, and the marked spans in it."""
    spans = []
    removed = 0
    for match in MARK.finditer(marked):
        spans.append((match.start() - removed, match.end() - removed - 2))
        removed += 2
    return marked.replace("⟦", "").replace("⟧", ""), spans


def dates(period: Period) -> str:
    return f"{period.first}/{period.last}" if period.first else ""


def read_case(case: dict[str, Any], language: str, change: Any = None) -> tuple[list[Period], list[tuple[int, int]]]:
    published = case.get("published", PUBLISHED[language])
    reader = PeriodReader(date.fromisoformat(published) if published else None, language)
    periods: list[Period] = []
    expected: list[tuple[int, int]] = []
    for marked in case["sentences"]:
        text, spans = unmark(marked)
        text = change(text) if change else text
        found = reader.read(text, is_forecast=case.get("is_forecast", False))
        assert all(text[period.start : period.end] == period.text for period in found)
        periods += found
        expected += spans
    return periods, expected


def check(case: dict[str, Any], language: str) -> None:
    periods, expected = read_case(case, language)
    assert [dates(period) for period in periods] == case["periods"], [period.text for period in periods]
    for period, (start, end) in zip(periods, expected, strict=True):
        # as of, since and the like may be taken into the text
        assert period.start <= start, period
        assert period.end >= end or case.get("lax_end"), period
    if "kinds" in case:
        assert [period.kind for period in periods] == case["kinds"]
    if "shifts" in case:
        assert [period.shift or "" for period in periods] == case["shifts"]
    if "ahead" in case:
        assert [f"{p.ahead[0]}/{p.ahead[1]}" if p.ahead else "" for p in periods] == case["ahead"]


@pytest.mark.parametrize("case", load("zh"))
def test_chinese(case: dict[str, Any]) -> None:
    check(case, "zh")


@pytest.mark.parametrize("case", load("en"))
def test_english(case: dict[str, Any]) -> None:
    check(case, "en")


@pytest.mark.parametrize("case", load("zh"))
@pytest.mark.parametrize("change", [lambda text: text.translate(FULL_WIDTH), lambda text: text.replace(" ", "\u00a0")])
def test_width_of_digits_and_spaces_does_not_matter(case: dict[str, Any], change: Any) -> None:
    periods, _ = read_case(case, "zh", change)
    assert [dates(period) for period in periods] == case["periods"]


@pytest.mark.parametrize("case", load("zh"))
def test_spaces_beside_digits_do_not_matter(case: dict[str, Any]) -> None:
    def spaced(text: str) -> str:
        return re.sub(r"(?<=[0-9])(?=[年月日个])|(?<=[年月])(?=[0-9])", " ", text)

    periods, _ = read_case(case, "zh", spaced)
    assert [dates(period) for period in periods] == case["periods"]


@pytest.mark.parametrize("case", load("negative"))
def test_no_period(case: dict[str, Any]) -> None:
    for sentence in case["sentences"]:
        reader = PeriodReader(date(2022, 6, 16), case["language"])
        found = [period.text for period in reader.read(sentence)]
        assert [text for text in found if text not in case.get("lax", [])] == [], sentence


@pytest.mark.parametrize("case", load("calendar"))
def test_calendar_spans(case: dict[str, Any]) -> None:
    for marked in case["sentences"]:
        text, expected = unmark(marked)
        assert [text[start:end] for start, end in calendar_spans(text)] == [text[s:e] for s, e in expected]


# ---------------------------------------------------------------- which period a number has


def chosen(sentence: str, number: str, language: str, published: date = date(2022, 6, 16)) -> str:
    reader = PeriodReader(published, language)
    periods = reader.read(sentence)
    position = sentence.index(number)
    start = max(sentence.rfind(mark, 0, position) for mark in "，,；") + 1
    ends = [end for end in (sentence.find(mark, position) for mark in "，；。") if end >= 0]
    period = choose_period(periods, position, start, min(ends, default=len(sentence)))
    return dates(period) if period else ""


@pytest.mark.parametrize(
    ("sentence", "number", "expected"),
    [
        ("2021年第一季度收入6亿元，较去年同期的5亿元增长20%。", "6亿", "2021-01-01/2021-03-31"),
        ("2021年第一季度收入6亿元，较去年同期的5亿元增长20%。", "5亿", "2020-01-01/2020-03-31"),
        ("2021年第一季度收入6亿元，较去年同期的5亿元增长20%。", "20%", "2021-01-01/2021-03-31"),
        ("2021年第一季度亏损6亿元，去年同期盈利5亿元，现金30亿元。", "5亿", "2020-01-01/2020-03-31"),
        ("2021年第一季度亏损6亿元，去年同期盈利5亿元，现金30亿元。", "30亿", "2021-01-01/2021-03-31"),
        ("2021年招聘7000人，仅为2020年的61%。", "61%", "2021-01-01/2021-12-31"),
        ("10月出口190亿元，1-10月出口1476亿元。", "1476亿", "2021-01-01/2021-10-31"),
    ],
)
def test_choice_in_chinese(sentence: str, number: str, expected: str) -> None:
    assert chosen(sentence, number, "zh") == expected


@pytest.mark.parametrize(
    ("sentence", "number", "expected"),
    [
        ("Spending hit $325 million in 2016 and will grow to $800 million in 2019.", "325", "2016-01-01/2016-12-31"),
        ("Spending hit $325 million in 2016 and will grow to $800 million in 2019.", "800", "2019-01-01/2019-12-31"),
        ("In 2016, 43 million people watched.", "43", "2016-01-01/2016-12-31"),
        ("Sales rose to $6 billion in 2018 from $5 billion a year earlier.", "5 b", "2017-01-01/2017-12-31"),
        ("Sales rose 3% in 2018 from a year earlier.", "3%", "2018-01-01/2018-12-31"),
    ],
)
def test_choice_in_english(sentence: str, number: str, expected: str) -> None:
    assert chosen(sentence, number, "en") == expected


def test_carried_period_comes_last() -> None:
    carried = PeriodReader(None, "zh").read("2020年收入3亿元。")[0]
    assert choose_period((), 5, 0, 10, carried) is carried
    here = PeriodReader(None, "zh").read("2021年收入3亿元。")
    assert choose_period(here, 7, 0, 10, carried) is here[0]


def test_base_moves_offsets() -> None:
    plain = PeriodReader(None, "zh").read("较2020年的3亿元")[0]
    based = PeriodReader(None, "zh").read("较2020年的3亿元", base=100)[0]
    assert (based.start, based.end) == (plain.start + 100, plain.end + 100)
    assert plain.owns and based.owns == (plain.owns[0] + 100, plain.owns[1] + 100)


def test_sentences_of_a_text_read_as_alone() -> None:
    sentences = ["2021年9月收入3亿元，较去年同期的2亿元增长50%。", "第二年5月收入4亿元。", "Ｑ１为５亿元。"]
    text = "".join(sentences)
    alone, within = PeriodReader(date(2022, 6, 16), "zh"), PeriodReader(date(2022, 6, 16), "zh")
    base = 0
    for sentence in sentences:
        expected = alone.read(sentence, base=base)
        assert within.read_within(text, base, base + len(sentence)) == expected
        assert all(text[period.start : period.end] == period.text for period in expected)
        base += len(sentence)


def test_company_named_in_a_text_without_periods() -> None:
    reader = PeriodReader(date(2022, 6, 16), "zh")
    reader.note("微软：云业务再创新高")
    assert dates(reader.read("2022财年第二季度营收517亿美元。")[0]) == "2021-10-01/2021-12-31"


# ---------------------------------------------------------------- which period a figure of an article has


def figures_of(language: str) -> list[Any]:
    return [
        pytest.param(figure, id=f"{param.values[0]['label']}: {figure['text'][:24]}")
        for param in load(f"figures_{language}")
        for figure in param.values[0]["figures"]
    ]


def check_figures(figure: dict[str, Any]) -> None:
    text, spans = unmark(figure["text"])
    published = date.fromisoformat(figure["published"])
    claims = TextReader(published=published).read(text)
    found = []
    for start, end in spans:
        claim = next(claim for claim in claims if claim.char_start < end and claim.char_end > start)
        found.append(f"{claim.period_start}/{claim.period_end}" if claim.period_start else "")
    assert found == figure["periods"]


@pytest.mark.parametrize("figure", figures_of("zh"))
def test_figures_of_chinese_articles(figure: dict[str, Any]) -> None:
    check_figures(figure)


@pytest.mark.parametrize("figure", figures_of("en"))
def test_figures_of_english_articles(figure: dict[str, Any]) -> None:
    check_figures(figure)


def test_lead_in_carries_into_its_list() -> None:
    reader = TextReader(published=date(2023, 5, 18))
    assert not reader.read("2023年第一季度主要经营数据如下：")
    assert [str(claim.period_end) for claim in reader.read("营业收入12亿元；", block_position=1)] == ["2023-03-31"]
    assert [str(claim.period_end) for claim in reader.read("净利润1.1亿元。", block_position=2)] == ["2023-03-31"]
    assert [claim.period_end for claim in reader.read("公司有门店120家。", block_position=3)] == [None]


def test_period_of_the_report_goes_on_in_later_paragraphs() -> None:
    reader = TextReader(published=date(2023, 7, 20))
    lines = [
        "上半年某省外贸增4.2%",
        "今年上半年，全省进出口总值3568.4亿元，同比增长4.2%。",
        "民营企业进出口2604.9亿元，增长6.1%。",
        "“窗口期不长，”他说，“一台机器要卖到30万元。”",
    ]
    reader.prepare(lines)
    read = [reader.read(line, block_position=place) for place, line in enumerate(lines)]
    assert {str(claim.period_end) for claim in read[1] + read[2]} == {"2023-06-30"}
    assert [claim.period_end for claim in read[3]] == [None]


def test_heading_gives_its_year_to_the_paragraphs_under_it() -> None:
    reader = TextReader(language="zh", published=date(2023, 1, 15))
    lines = ["江州市工作报告", "一、2022年回顾", "财政收入增长4.2%。", "二、2023年主要目标", "失业率控制在5.5%以内；"]
    lines += ["三、保障措施", "全市现有干部3200名。"]
    reader.prepare(lines)
    claims = [claim for place, line in enumerate(lines) for claim in reader.read(line, block_position=place)]
    assert [claim.period_start and claim.period_start.year for claim in claims] == [2022, 2023, None]
    assert [claim.modality for claim in claims] == ["actual", "target", "actual"]


def test_title_names_the_year_of_a_bulletin() -> None:
    reader = TextReader(published=date(2023, 6, 20))
    reader.prepare(["某市2022年统计公报", ""])
    assert str(reader.read("全年粮食产量31.5万吨。")[0].period_end) == "2022-12-31"


# ---------------------------------------------------------------- calendar


def test_calendars_are_whole() -> None:
    table = calendars()
    assert table.fiscal["Apple"].end_month == 9
    for event in table.events.values():
        assert event.part or event.weekday or event.years
        assert event.of(2021) is not None, event.names


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(-240, 240))
def test_months_go_there_and_nearly_back(day: date, count: int) -> None:
    moved = add_months(day, count)
    back = add_months(moved, -count) if moved else None
    assert back and back.month == day.month and 0 <= day.day - back.day <= 3


@given(st.integers(1950, 2080), st.integers(1, 4), st.integers(1, 12), st.sampled_from(["start", "end"]))
def test_fiscal_quarters_are_three_months(year: int, number: int, end_month: int, named_by: str) -> None:
    span = fiscal_span(year, quarter(number), end_month, named_by)
    assert span and 88 <= (span.last - span.first).days <= 92
    following = fiscal_span(year, quarter(number + 1), end_month, named_by) if number < 4 else None
    assert following is None or (following.first - span.last).days == 1


def test_shifted_month_keeps_its_end() -> None:
    february = Span(date(2020, 2, 1), date(2020, 2, 29))
    moved = shift(february, "year", -1)
    assert moved and unit_of(moved) == "month"


# ---------------------------------------------------------------- any text, any length

PIECES = [
    "2021年", "第三季度", "（", "）", "去年同期", "较", "至", "近三年", "6月14日", "2022财年", "全年", "第二年",
    "，", "的", "3亿元", "2021", "May", "Q3", "９月", "0", "99999年", "2月30日", "13月", "第0季度",
    "FY99", "1/", "—", "前", "末", "公司",
    "third quarter", " of ", "a year earlier", "from ", "fiscal ", "Dec. 9", " to ", "since ", "year ended ", " ",
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), max_size=4), st.sampled_from(["zh", "en"]))
def test_any_mixture_reads(sentences: list[str], language: str) -> None:
    for published in (date(2022, 6, 16), None):
        reader = PeriodReader(published, language)
        for sentence in sentences:
            periods = reader.read(sentence)
            last = 0
            for period in periods:
                assert last <= period.start < period.end <= len(sentence)
                assert sentence[period.start : period.end] == period.text
                assert (period.first is None) == (period.last is None)
                assert period.first is None or period.last is None or period.first <= period.last
                last = period.end
            assert all(0 <= start < end <= len(sentence) for start, end in calendar_spans(sentence))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["zh", "en"]))
def test_any_text_reads(text: str, language: str) -> None:
    PeriodReader(date(2022, 6, 16), language).read(text)
    calendar_spans(text)


@pytest.mark.parametrize(
    "piece",
    [
        "2021年9月至",
        "1",
        "年",
        "近",
        "去年同期的",
        "May ",
        "third quarter of ",
        "2022财年",
        "上",
        "a year earlier from ",
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_long_lines_take_linear_time(piece: str, language: str) -> None:
    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        began = time.perf_counter()
        PeriodReader(date(2022, 6, 16), language).read(text)
        return time.perf_counter() - began

    seconds(2_000)
    small, large = min(seconds(20_000) for _ in range(3)), min(seconds(200_000) for _ in range(2))
    assert large < 25 * small + 0.05
