"""What holds for every input: offsets, spans, numbers written out and read back, hostile strings, any bytes."""

from __future__ import annotations

import time
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.number_words import english, hanzi
from tests.page_cases import read_pages
from transforms import extract, extract_claims
from transforms.errors import RejectError

COLUMN_CHOICES = {
    "kind": {
        *("money", "percent", "percentage_point", "count", "multiple"),
        *("measure", "duration", "rank", "score", "index"),
    },
    "comparator": {"eq", "approx", "gt", "ge", "lt", "le", "range"},
    "role": {"level", "change", "share"},
    "change": {"increase", "decrease", "unchanged", None},
    "basis": {"yoy", "qoq", "mom", "wow", "dod", None},
    "modality": {"actual", "forecast", "target", "hypothetical"},
    "salience": {"key", "minor"},
}
# A slow machine under load is ten times slower than a quiet one; what these tests look for is a thousand times.
SECONDS = 5


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ZH_WORDS = words(
    "一 二 两 三 五 十 百 千 万 亿 零 半 数 几 多 余 来 第 前 上 近 约 超 逾 不 到 至 从 由 和 、 ， 。 （ ） ： ％ % "
    "元 美元 块 角 分 "
    "人 家 个 次 台 辆 年 月 日 天 小时 季度 倍 成 折 点 个百分点 之一 分之 百分之 翻 番 同比 环比 "
    "增长 下降 为 达 收入 利润 公司 "
    "2021 618 5G 3.6 1,250 12 去年 上半年 截至 预计 据 称 表示 了 的 ~ - — / + ± ： ０ ９ ³ ½ ㎏ 〇 壹 贰"
)
EN_WORDS = words(
    "one two twelve twenty hundred thousand million billion half quarter third dozen dozens of a an and in to from per "
    "percent % points $ € £ US$ 1.2 3,400 12 2021 bn m k x Q3 May March rose fell doubled about over nearly revenue "
    "people users km kg - – / . , ; : ( ) ' \" said will not No. top first year years days a.m. GB 5G iPhone"
)


def mixtures(pieces: tuple[str, ...], joiner: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(pieces), max_size=40).map(joiner.join)


ANY_TEXT = st.one_of(
    mixtures(ZH_WORDS, ""),
    mixtures(EN_WORDS, " "),
    mixtures((*ZH_WORDS, *EN_WORDS, " ", "\n", "\N{NO-BREAK SPACE}"), ""),
    st.text(max_size=200),
    st.text(alphabet="0123456789０１２３.,，-%万亿元一二三十 $kmbn\n", max_size=120),
)


def rows_of(text: str, **arguments: Any) -> list[dict[str, Any]]:
    return [claim.to_dict() for claim in extract_claims(text, **arguments)]


def check_rows(text: str, rows: list[dict[str, Any]]) -> None:
    """The promises every list of claims of one text keeps."""
    for row in rows:
        assert 0 <= row["char_start"] < row["char_end"] <= len(text)
        assert text[row["char_start"] : row["char_end"]] == row["quote"]
        assert row["quote"] == row["quote"].strip()
        assert row["quote"] in row["sentence"]
        for column, choices in COLUMN_CHOICES.items():
            assert row[column] in choices, column
        assert row["unit"]
        assert row["rule"]
        assert 0 <= row["confidence"] <= 1
        low, high = row["value_low"], row["value_high"]
        assert row["value"] is not None or low is not None or high is not None
        assert low is None or high is None or low <= high
        start, end = row["period_start"], row["period_end"]
        assert start is None or end is None or start <= end
        for column in ("metric", "subject", "period_text", "attribution"):
            assert row[column] is None or row[column] in text
    spans = sorted((row["char_start"], row["char_end"]) for row in rows)
    for (_, end), (start, _) in pairwise(spans):
        assert end <= start, "claims overlap"


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT)
@example("")
@example("\N{ZERO WIDTH SPACE}3\N{ZERO WIDTH SPACE}万元")
@example("１２３" * 30)
def test_any_text_returns_claims_with_right_offsets(text: str) -> None:
    check_rows(text, rows_of(text, published="2023-05-18"))


@settings(max_examples=60, deadline=None)
@given(ANY_TEXT, st.sampled_from(["zh", "en", None]))
def test_any_language_hint_keeps_the_promises_and_twice_is_equal(text: str, language: str | None) -> None:
    rows = rows_of(text, language=language)
    check_rows(text, rows)
    assert rows == rows_of(text, language=language)


@settings(max_examples=300, deadline=None)
@given(st.integers(min_value=1, max_value=10**12 - 1))
@example(10)
@example(100_000)
@example(10_0000_0000)
@example(2_0000_0002)
def test_chinese_numerals_read_back(number: int) -> None:
    [row] = rows_of(f"大桥的造价为{hanzi(number)}美元。")
    assert row["quote"] == f"{hanzi(number)}美元"
    assert Decimal(row["value_text"]) == number
    assert row["unit"] == "USD"


@settings(max_examples=200, deadline=None)
@given(st.integers(min_value=2, max_value=10**12 - 1), st.booleans())
@example(1_000_000, False)
@example(205, True)
def test_english_words_read_back(number: int, with_and: bool) -> None:
    words = english(number, with_and=with_and)
    [row] = rows_of(f"The bridge cost {words} dollars.")
    assert row["quote"] == f"{words} dollars"
    assert Decimal(row["value_text"]) == number
    assert row["unit"] == "USD"


@settings(max_examples=200, deadline=None)
@given(st.decimals(min_value="0.01", max_value="9999.99", places=2), st.sampled_from(["", "万", "亿", "万亿"]))
def test_digits_with_a_scale_are_exact(number: Decimal, scale: str) -> None:
    factor = {"": 1, "万": 10**4, "亿": 10**8, "万亿": 10**12}[scale]
    [row] = rows_of(f"大桥的造价为{number}{scale}元。")
    assert Decimal(row["value_text"]) == number * factor


HOSTILE = {
    "list of ones": "1," * 5000,
    "thousands separators": "1" + ",000" * 2500,
    "hanzi digits": "零一二三四五六七八九" * 1000,
    "hanzi places": "十百千万亿" * 2000,
    "hanzi chain": "一亿二千万三百" * 1400,
    "brackets": "(" * 10_000,
    "full-width brackets": "（" * 10_000,
    "digits": "1234567890" * 1000,
    "decimals": "1.2.3." * 1700,
    "ranges": "1-2-3-4-" * 1250,
    "ranges with units": "3到5万元至" * 1700,
    "percents": "12%" * 3300,
    "dollars": "$" * 10_000,
    "dollar amounts": "$1 " * 3300,
    "number words": "one hundred and " * 625,
    "half of half": "half of " * 1250,
    "spaces": "3" + " " * 10_000 + "km",
    "one word": "a" * 10_000,
    "one hanzi": "的" * 10_000,
    "years": "2021年" * 2000,
    "periods": "去年上半年" * 2000,
    "subjects without an end": "公司收入" * 2500,
    "reports": "据新华社报道，" * 1400,
    "changes": "同比增长" * 2500,
    "fractions": "三分之" * 3300,
    "多 and 余": "十多余几" * 2500,
    "slashes": "1/2/" * 2500,
    "quotes": "“" * 10_000,
    "dashes": "—" * 10_000,
    "combining marks": "3" + "\N{COMBINING ACUTE ACCENT}" * 10_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_strings_finish_fast(text: str) -> None:
    start = time.perf_counter()
    rows = rows_of(text)
    assert time.perf_counter() - start < SECONDS
    check_rows(text, rows)


@pytest.mark.parametrize("text", ["1,", "（", "12%", "去年", "同比增长3%，", "据称", "$5 to "], ids=str)
def test_time_grows_no_faster_than_the_text(text: str) -> None:
    def seconds(size: int) -> float:
        sample = (text * size)[:size]
        best = float("inf")
        for _ in range(3):
            start = time.perf_counter()
            extract_claims(sample)
            best = min(best, time.perf_counter() - start)
        return best

    extract_claims(text)  # loads the lexicons
    # Eight times the text: linear work takes 8 times as long, quadratic 64 times. The floor is noise of the clock.
    assert seconds(16_000) < 24 * max(seconds(2_000), 0.002)


HTML_PIECES = st.lists(
    st.sampled_from(
        (
            *words("<p> </p> <div> </div> <table> <tr> <td> </td> <h1> </h1> <h2> <ul> <li> <span> </span> <br> </a>"),
            *words("<script> <!-- --> <article> </article> &nbsp; &#0; &lt; 收入3亿元，同比增长5%。"),
            *words("一、 作者：周岚 2023-05-16"),
            *("<a href='x'>", "<img alt='5万元'>", "Revenue rose 12%.", "---\ntitle: x\n---\n", "\x00", "\ud7ff"),
        )
    ),
    max_size=60,
).map("".join)
HEADS = st.sampled_from([b"---\n", b"+++\n", b"\n---\n", b"\xef\xbb\xbf", b"\xff\xfe"])


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=400),
        HTML_PIECES.map(lambda text: text.encode("utf-8", "replace")),
        HTML_PIECES.map(lambda text: ("<html><body>" + text * 3).encode("gb18030", "replace")),
        st.tuples(HEADS, st.binary(max_size=200)).map(b"".join),
    )
)
@example(b"")
@example(b"\x00" * 64)
@example(b"---\ntitle: [\n---\n<p>x</p>")
def test_any_bytes_give_a_document_or_a_reject(data: bytes) -> None:
    try:
        document = extract(data).to_dict()
    except RejectError as reject:
        assert reject.stage
        assert reject.code
        assert reject.message
        return
    texts = {block["block_position"]: block["text"] for block in document["blocks"]}
    by_block: dict[int, list[tuple[int, int]]] = {}
    for row in document["claims"]:
        assert texts[row["block_position"]][row["char_start"] : row["char_end"]] == row["quote"]
        by_block.setdefault(row["block_position"], []).append((row["char_start"], row["char_end"]))
    for spans in by_block.values():
        for (_, end), (start, _) in pairwise(sorted(spans)):
            assert end <= start, "claims overlap"
    positions = [heading["block_position"] for heading in document["headings"]]
    assert set(positions) <= set(texts)


@pytest.mark.parametrize("case", [pytest.param(case, id=case.folder.name) for case in read_pages()])
def test_extract_twice_gives_the_same(case: Any) -> None:
    data = case.page.read_bytes()
    assert extract(data, **case.arguments).to_dict() == extract(data, **case.arguments).to_dict()
