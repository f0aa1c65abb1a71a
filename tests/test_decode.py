"""Charset: what is declared, what is true, and what is no text at all."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import transforms
from transforms import extract
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


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Vláda dnes oznámila, že ceny potravin vzrostly oproti loňskému roku a inflace se zrychlila.", "iso8859_2"),
        ("Rząd ogłosił dzisiaj, że ceny żywności wzrosły w porównaniu z ubiegłym rokiem.", "cp1250"),
        ("Національний банк України зберіг облікову ставку на рівні попереднього місяця.", "koi8_u"),
        ("Η κυβέρνηση ανακοίνωσε σήμερα ότι οι τιμές των τροφίμων αυξήθηκαν σε σχέση με πέρυσι.", "cp1253"),
        ("Hükümet bugün gıda fiyatlarının geçen yıla göre arttığını ve enflasyonun hızlandığını açıkladı.", "cp1254"),
        ("הממשלה הודיעה היום כי מחירי המזון עלו לעומת השנה שעברה והאינפלציה הואצה.", "cp1255"),
        ("أعلنت الحكومة اليوم أن أسعار المواد الغذائية ارتفعت مقارنة بالعام الماضي وأن التضخم تسارع.", "cp1256"),
        ("Vyriausybė šiandien paskelbė, kad maisto kainos, palyginti su praėjusiais metais, išaugo.", "cp1257"),
        ("รัฐบาลประกาศวันนี้ว่าราคาอาหารเพิ่มขึ้นเมื่อเทียบกับปีที่แล้ว และอัตราเงินเฟ้อเร่งตัวขึ้น", "cp874"),
    ],
)
@pytest.mark.parametrize("markup", ["", "<div class='menu'><a href='/a/b.html'>Home</a></div>" * 300])
def test_one_byte_charsets_are_found_undeclared(text: str, codec: str, markup: str) -> None:
    page = f"<html><body>{markup}<p>{text}</p></body></html>"
    assert decode(page.encode(codec)).text == page


@pytest.mark.parametrize("label", ["iso-8859-1", "utf-8", "shift_jis", "euc-kr", "utf-16"])
@pytest.mark.parametrize(
    ("text", "codec"),
    [(CHINESE, "gbk"), (CHINESE, "utf-8"), (TAIWAN, "big5"), (JAPANESE, "cp932"), (KOREAN, "cp949")],
)
def test_wrong_declaration_gives_way(text: str, codec: str, label: str) -> None:
    page = f'<meta charset="{label}">{text}'
    assert decode(page.encode(codec)).text == page
    assert decode(text.encode(codec), charset=label).text == text


@pytest.mark.parametrize("codec", ["big5", "utf-8", "cp932"])
def test_gb2312_declared_for_another_charset_gives_way(codec: str) -> None:
    text = '<meta charset="gb2312">' + {"big5": TAIWAN, "utf-8": CHINESE, "cp932": JAPANESE}[codec]
    assert decode(text.encode(codec)).text == text


@pytest.mark.parametrize("charset", [None, "utf-8", "gb2312"])
def test_utf8_with_a_foreign_fragment_stays_utf8(charset: str | None) -> None:
    text = CHINESE * 5
    decoded = decode(text.encode() + "<!-- 统计局的注释 -->".encode("gbk"), charset=charset)
    assert decoded.text.startswith(text) and decoded.charset == "utf-8" and decoded.replaced_chars > 0


@pytest.mark.parametrize("codec", ["gbk", "utf-8"])
def test_text_cut_within_a_character(codec: str) -> None:
    decoded = decode(CHINESE.encode(codec) + "据".encode(codec)[:1])
    assert decoded.text == CHINESE + "\N{REPLACEMENT CHARACTER}" and decoded.replaced_chars == 1


def test_metadata_says_what_was_chosen_and_replaced() -> None:
    data = f"<meta charset=gb2312><title>标题标题</title>{CHINESE * 5}".encode("gbk") + b"\xff\xff"
    rows = {row.field: (row.value, row.source) for row in extract(data).metadata}
    assert rows["charset"] == ("gb18030", "meta")
    assert rows["replaced_chars"][0] == str(decode(data).replaced_chars)


def test_all_labels_of_the_standard_name_a_codec() -> None:
    table = tomllib.loads((Path(transforms.__file__).parent / "lexicons" / "charsets.toml").read_text("utf-8"))
    labels = [label for codec in table["standard"].values() for label in codec]
    assert len(labels) == len(set(labels)) > 200
    assert not [label for label in labels if find_codec(label) is None]


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
