"""Charset: what is declared, what is true, and what is no text at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.decode import decode, find_codec
from transforms.errors import RejectError

CHINESE = (
    "<p>国家统计局今天公布，前三季度居民消费价格同比上涨，其中食品价格的涨幅在百分之二以上，企业的利润也有所回升。</p>"
)
TAIWAN = (
    "<p>主計總處今天公布，前三季消費者物價指數較去年上漲，其中食物類的漲幅在百分之二以上，企業的獲利也有所回升。</p>"
)
JAPANESE = "<p>政府は今日、消費者物価が前の年の同じ月より上がったと発表しました。食料品の値上がりが続いています。</p>"
KOREAN = "<p>정부는 오늘 소비자 물가가 지난해보다 올랐다고 발표했습니다. 식료품 가격은 하반기에도 오를 전망이다.</p>"
RUSSIAN = "<p>Сегодня правительство сообщило, что потребительские цены выросли по сравнению с прошлым годом.</p>"


@pytest.mark.parametrize(
    ("text", "codec", "expected"),
    [
        (CHINESE, "gbk", "gb18030"),
        (TAIWAN, "big5", "big5hkscs"),
        (JAPANESE, "shift_jis", "cp932"),
        (JAPANESE, "euc_jp", "euc-jp"),
        (KOREAN, "euc_kr", "cp949"),
        (RUSSIAN, "cp1251", "cp1251"),
        (RUSSIAN, "koi8_r", "koi8-r"),
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "utf-16", "utf-16-le"),
        (CHINESE, "utf-16-le", "utf-16-le"),
    ],
)
def test_undeclared_charset_is_found(text: str, codec: str, expected: str) -> None:
    decoded = decode(text.encode(codec))
    assert (decoded.text, decoded.charset, decoded.replaced_chars) == (text, expected, 0)


def test_undeclared_latin_letters_survive() -> None:
    text = "<p>Die Prüfung der Größe für Ärzte über die Straße ist schön.</p>"
    assert decode(text.encode("latin-1")).text == text


@pytest.mark.parametrize("label", ["gb2312", "GBK", "x-gbk", "gb18030"])
def test_gb_labels_mean_gb18030(label: str) -> None:
    text = f'<meta http-equiv="Content-Type" content="text/html; charset={label}"><p>镕基㐂数据</p>'
    decoded = decode(text.encode("gb18030"))
    assert (decoded.text, decoded.charset, decoded.source) == (text, "gb18030", "meta")


def test_http_charset_comes_before_meta() -> None:
    text = "<meta charset=big5><p>数据</p>"
    decoded = decode(text.encode("gbk"), charset="GBK")
    assert (decoded.text, decoded.source) == (text, "http")


def test_false_declaration_gives_way_to_valid_utf8() -> None:
    text = '<meta charset="gb2312">' + CHINESE
    decoded = decode(text.encode(), charset="iso-8859-1")
    assert (decoded.text, decoded.charset) == (text, "utf-8")


def test_declared_charset_keeps_a_few_bad_bytes() -> None:
    data = b"<meta charset=gbk>" + CHINESE.encode("gbk") * 5 + b"\xff\xff"
    decoded = decode(data)
    assert (decoded.charset, decoded.source) == ("gb18030", "meta")
    assert decoded.replaced_chars == decoded.text.count("\N{REPLACEMENT CHARACTER}") > 0


def test_replacement_characters_of_the_page_itself_are_not_counted() -> None:
    assert decode("坏\N{REPLACEMENT CHARACTER}字".encode()).replaced_chars == 0


def test_byte_order_mark_is_cut() -> None:
    decoded = decode(b"\xef\xbb\xbf<p>x</p>", charset="gbk")
    assert (decoded.text, decoded.charset, decoded.source) == ("<p>x</p>", "utf-8", "bom")


@pytest.mark.parametrize("data", [b"", b" \r\n\t ", b"\xef\xbb\xbf", b"\xff\xfe \x00"])
def test_empty_input_is_refused(data: bytes) -> None:
    with pytest.raises(RejectError) as caught:
        decode(data)
    assert (caught.value.stage, caught.value.code) == ("decode", "empty_input")


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7 ...",
        b"PK\x03\x04....",
        b"\x89PNG\r\n\x1a\n",
        b"\x1f\x8b\x08\x00",
        b"\xff\xd8\xff\xe0",
        bytes(range(256)) * 9,
    ],
)
def test_binary_input_is_refused(data: bytes) -> None:
    with pytest.raises(RejectError) as caught:
        decode(data)
    assert (caught.value.stage, caught.value.code) == ("decode", "binary_input")


@pytest.mark.parametrize("label", ["utf-7", "rot13", "base64", "no-such", "", "\x00", None])
def test_labels_that_are_no_page_charset(label: str | None) -> None:
    assert find_codec(label) is None


@given(st.binary(max_size=600), st.sampled_from([None, "utf-8", "gb2312", "utf-16", "x-sjis", "rubbish"]))
def test_any_bytes_give_text_or_a_reject(data: bytes, charset: str | None) -> None:
    try:
        assert decode(data, charset=charset).text
    except RejectError as error:
        assert error.code in {"empty_input", "binary_input"}
