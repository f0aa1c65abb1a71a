"""Blocks: the text of an article, in order, each with its kind."""

from __future__ import annotations

import time

import pytest

from tests.builders import blocks_of


def kinds(html: str) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in blocks_of(html)]


def texts(html: str) -> list[str]:
    return [block.text for block in blocks_of(html)]


def test_every_kind_in_order() -> None:
    html = """<article><h2 id="a">标题</h2><p>段落。</p><ul><li>一项</li></ul><blockquote><p>引文</p></blockquote>
    <figure><img alt="2021年9%"><figcaption>图一</figcaption></figure><pre><code>x = 1
y = 2</code></pre></article>"""
    assert kinds(html) == [
        ("heading", "标题"),
        ("paragraph", "段落。"),
        ("list_item", "一项"),
        ("quote", "引文"),
        ("caption", "图一"),
        ("code", "x = 1\ny = 2"),
    ]
    blocks = blocks_of(html)
    assert [block.block_position for block in blocks] == [1, 2, 3, 4, 5, 6]
    assert (blocks[0].level, blocks[0].anchor) == (2, "a")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>连接<a href='x'>中国通</a>过<b>了</b>。</p>", ["连接中国通过了。"]),
        ("<p> 多\n 个　　空&nbsp;&nbsp;白\u200b </p>", ["多 个 空 白"]),
        ("<div><div><img></div>散落的文字</div>", ["散落的文字"]),
        ("<p></p><p> &nbsp; </p><p><br></p>", []),
        ("<div>甲。<br><br>乙。<br/>丙。</div>", ["甲。", "乙。", "丙。"]),
        ("<p>The plan will<br>cost $3 million.</p>", ["The plan will cost $3 million."]),
        ("<div>\n第一段结束。\n第二段\n接着说完。\n</div>", ["第一段结束。", "第二段 接着说完。"]),
        ("<p>第一句。\n第二句。</p>", ["第一句。 第二句。"]),
        (
            "<div>One line\nwrapped by hand.\n\nAnother paragraph.</div>",
            ["One line wrapped by hand.", "Another paragraph."],
        ),
        ("<h2>两行<br>标题</h2>", ["两行 标题"]),
        ("<p>a<!-- 注释 9% -->b<script>c</script><style>d</style></p>", ["ab"]),
        ("<p>水<ruby>漢<rt>かん</rt></ruby></p>", ["水漢"]),
        ("<li>外<ul><li>内</li></ul>后</li>", ["外", "内", "后"]),
    ],
)
def test_text_of_blocks(html: str, expected: list[str]) -> None:
    assert texts(html) == expected


def test_data_table_gives_one_block_a_cell() -> None:
    html = """<table><caption>单位：亿元</caption><thead><tr><th rowspan=2>地区</th><th colspan=2>产值</th></tr>
    <tr><th>2020</th><th>2021</th></tr></thead><tbody><tr><td>东部</td><td>10</td><td></td></tr>
    <tr><td><p>西部</p><p>合计</p></td><td>7</td><td>8</td></tr></tbody></table>"""
    blocks = blocks_of(html)
    assert (blocks[0].kind, blocks[0].text, blocks[0].table_number) == ("caption", "单位：亿元", 1)
    cells = [(b.text, b.table_row, b.table_column, b.is_header_cell) for b in blocks[1:]]
    assert cells == [
        ("地区", 1, 1, True),
        ("产值", 1, 2, True),
        ("2020", 2, 2, True),
        ("2021", 2, 3, True),
        ("东部", 3, 1, False),
        ("10", 3, 2, False),
        ("西部 合计", 4, 1, False),
        ("7", 4, 2, False),
        ("8", 4, 3, False),
    ]
    assert {b.kind for b in blocks[1:]} == {"cell"} and {b.table_number for b in blocks} == {1}


@pytest.mark.parametrize(
    "table",
    [
        "<table><tr><td><p>甲。</p><p>乙。</p></td></tr></table>",
        "<table><tr><td>" + "很长的一段正文，" * 60 + "</td><td>侧栏</td></tr><tr><td>一</td><td>二</td></tr></table>",
        "<table role=presentation><tr><td>一</td><td>二</td></tr><tr><td>三</td><td>四</td></tr></table>",
        "<table><tr><td><table><tr><td>内</td></tr></table></td><td>外</td></tr></table>",
    ],
)
def test_layout_table_is_no_data(table: str) -> None:
    blocks = blocks_of(table)
    assert blocks and all(block.kind == "paragraph" and block.table_number is None for block in blocks)


def test_tables_are_numbered() -> None:
    table = "<table><tr><td>a</td><td>1</td></tr><tr><td>b</td><td>2</td></tr></table>"
    assert [b.table_number for b in blocks_of(table * 2)] == [1] * 4 + [2] * 4


@pytest.mark.parametrize(
    ("html", "is_bold"),
    [
        ("<p><strong>小标题</strong></p>", True),
        ("<p><b>小</b><span style='font-weight: 700'>标题</span>：</p>", True),
        ("<p><strong>重点</strong>之后是正文</p>", False),
        ("<p style='font-weight:bold'>小标题</p>", True),
        ("<strong><span style='font-weight:normal'>不粗</span></strong>", False),
        ("<p class='subtitle'>小标题</p>", True),
        ("<p><span class='bjh-h3'>小标题</span></p>", True),
    ],
)
def test_bold_paragraphs_are_hinted(html: str, is_bold: bool) -> None:
    assert [block.is_bold for block in blocks_of(html)] == [is_bold]


def test_larger_type_counts_as_bold_only_against_the_usual_size() -> None:
    body = "<p style='font-size:16px'>正文正文正文正文，正文正文正文。</p>"
    blocks = blocks_of(f"{body}<p><span style='font-size: 20px'>大字</span></p>{body}")
    assert [block.is_bold for block in blocks] == [False, True, False]
    assert not any(block.is_bold for block in blocks_of("<p style='font-size:20px'>都一样大。</p>" * 3))


def test_captions_under_pictures() -> None:
    centred = "<p style='text-align:center'>"
    html = f"<p><img></p>{centred}<b>工人在装配线上。</b></p>{centred}第二张图</p><p>正文。</p>"
    assert [b.kind for b in blocks_of(html)] == ["caption", "caption", "paragraph"]
    block = blocks_of("<p>正文。</p><p align=center><b>小标题</b></p>")[1]
    assert (block.kind, block.is_centered, block.is_bold) == ("paragraph", True, True)


def test_code_keeps_its_lines_and_loses_their_numbers() -> None:
    html = (
        "<table><tr><td class='gutter'><pre>1\n2</pre></td><td class='code'><pre>a = 1\n  b = 2</pre></td></tr></table>"
    )
    assert kinds(html) == [("code", "a = 1\n  b = 2")]


def test_prose_in_pre_is_prose() -> None:
    assert kinds("<pre>关于召开会议的通知。\n各单位：请按时参加。</pre>") == [
        ("paragraph", "关于召开会议的通知。"),
        ("paragraph", "各单位：请按时参加。"),
    ]


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 50_000 + "文",
        "<b>" * 50_000 + "文",
        "<p>" + "文" * 2_000_000,
        "<p>" + "文<br>" * 50_000,
        "<p>x</p>" * 20_000,
        "<table>" + "<tr><td rowspan=9999 colspan=9999>1<td>2" * 200,
        "<div>" + "句。\n" * 50_000 + "</div>",
    ],
)
def test_hostile_input_ends_soon(html: str) -> None:
    start = time.perf_counter()
    assert blocks_of(html)
    assert time.perf_counter() - start < 20


def test_no_empty_block_and_offsets_hold() -> None:
    blocks = blocks_of("<div> <p> a </p> <h3></h3><li> </li><td></td><pre>\n\n</pre>b</div>")
    assert [block.text for block in blocks] == ["a", "b"]
    assert all(block.text == block.text.strip() and block.char_count == len(block.text) for block in blocks)
