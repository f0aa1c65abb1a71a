"""Headings: real ones, and paragraphs that serve as headings."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.builders import blocks_of
from transforms.headings import extract_headings
from transforms.ids import stable_id
from transforms.numbering import read_numbering

if TYPE_CHECKING:
    from transforms.records import Block, Heading

LINE = "这里是正文，足够长的一段正文，逐步展开叙述。<br>"
P = "<p>这是一段正文，说明情况，并且足够长，像一段真正的文字。</p>"


def headings(html: str, title: str | None = None) -> tuple[tuple[Heading, ...], tuple[Block, ...]]:
    return extract_headings(blocks_of(html), article_id="a", title=title)


def found(html: str, title: str | None = None) -> list[tuple[int, str]]:
    return [(heading.level, heading.text) for heading in headings(html, title)[0]]


def test_levels_path_parent_and_blocks_below() -> None:
    rows, blocks = headings(f"{P}<h2 id=x>甲</h2>{P}<h3>乙</h3>{P}<h2>丙</h2>{P}", "题")
    assert [(h.position, h.level, h.path, h.anchor, h.is_styled, h.block_position) for h in rows] == [
        (1, 2, "题 > 甲", "x", False, 2),
        (2, 3, "题 > 甲 > 乙", None, False, 4),
        (3, 2, "题 > 丙", None, False, 6),
    ]
    assert [h.parent_heading_id for h in rows] == [None, rows[0].heading_id, None]
    a, b, c = (h.heading_id for h in rows)
    assert [block.heading_id for block in blocks] == [None, a, a, b, b, c, c]
    assert a == stable_id("a", "heading", "甲", "0")


def test_equal_texts_have_their_own_ids() -> None:
    rows, _ = headings(f"<h2>小结</h2>{P}<h2>小结</h2>{P}")
    assert [h.heading_id for h in rows] == [stable_id("a", "heading", "小结", str(n)) for n in (0, 1)]


def test_title_and_labels_are_no_headings() -> None:
    html = f"<h1>公司去年盈利增长三成</h1>{P}<h2>相关阅读：</h2>{P}<h2>业绩</h2>{P}"
    assert found(html, "公司去年盈利增长三成") == [(2, "业绩")]


def test_path_without_a_title() -> None:
    assert [h.path for h in headings(f"<h2>甲</h2>{P}")[0]] == ["甲"]


@pytest.mark.parametrize(
    "html",
    [
        f"{P}{P}<p><strong>续航难题</strong></p>{P}{P}{P}<p><strong>价格之争</strong></p>{P}{P}",
        f"{P}{P}<p><span class='h3'>续航难题</span></p>{P}{P}{P}<p><span class='h3'>价格之争</span></p>{P}{P}",
        f"<div>{LINE * 3}<strong>续航难题</strong><br>{LINE * 3}<strong>价格之争</strong><br>{LINE}</div>",
    ],
)
def test_bold_lines_that_head_something(html: str) -> None:
    rows, blocks = headings(html)
    assert [(h.text, h.is_styled, h.level) for h in rows] == [("续航难题", True, 2), ("价格之争", True, 2)]
    assert [b.text for b in blocks if b.kind == "heading"] == ["续航难题", "价格之争"]


@pytest.mark.parametrize(
    "html",
    [
        f"<p><strong>这是加粗的导语，交代全文要点，以句号结尾。</strong></p>{P}{P}{P}",
        f"{P}{P}{P}<p><b>作者：张三</b></p>{P}",
        f"{P}{P}{P}<p><b>资料图：工人在车间</b></p>{P}",
        f"{P}{P}{P}<p><b>某报记者 李四 王五</b></p>{P}",
        f"{P}{P}<p><img></p><p align=center><b>装配线上的工人</b></p>{P}{P}",
        f"{P}{P}<p><b>甲地</b></p><p><b>乙地</b></p><p><b>丙地</b></p><p><b>丁地</b></p><p><b>戊地</b></p>{P}",
        f"{P}{P}{P}<p><b>结尾处的加粗文字</b></p>",
        f"<p><b>{'全文都是加粗的文字' * 4}</b></p>" * 5,
    ],
)
def test_bold_lines_that_head_nothing(html: str) -> None:
    assert found(html) == []


def test_a_page_with_real_headings_has_no_styled_ones_without_a_number() -> None:
    html = f"<h2>甲</h2>{P}<p><b>要点</b></p>{P}<h2>乙</h2>{P}{P}{P}"
    assert found(html) == [(2, "甲"), (2, "乙")]


def test_plain_numbered_lines_are_headings_in_a_series() -> None:
    html = f"{P}<p>一、总体情况</p>{P}{P}<p>二、存在问题</p>{P}<p>三、下一步</p>{P}"
    rows = headings(html)[0]
    assert [h.text for h in rows] == ["一、总体情况", "二、存在问题", "三、下一步"]
    assert [h.numbering for h in rows] == ["一、", "二、", "三、"]
    assert found(f"{P}<p>二、存在问题</p>{P}{P}{P}") == []
    assert found(f"{P}<p>一、甲</p><p>二、乙</p><p>三、丙</p>{P}") == []


def test_numbering_sets_the_depth_of_styled_headings() -> None:
    html = "".join(f"<p><b>{t}</b></p>{P}{P}" for t in ("一、概况", "（一）收入", "（二）利润", "二、展望"))
    assert found(html) == [(2, "一、概况"), (3, "（一）收入"), (3, "（二）利润"), (2, "二、展望")]


@pytest.mark.parametrize(
    ("text", "numbering"),
    [
        ("一、概况", "一、"),
        ("十二、附则", "十二、"),
        ("（二）收入", "（二）"),
        ("(3) Costs", "(3)"),
        ("2.3 现金流", "2.3"),
        ("2.3.1 Cash", "2.3.1"),
        ("01 增长", "01"),
        ("01丨增长", "01"),
        ("1. Introduction", "1."),
        ("3、结论", "3、"),
        ("第一章 总则", "第一章"),
        ("Part 3: Results", "Part 3"),
        ("IV. Method", "IV."),
        ("2.3万亿元的市场", None),
        ("2021年的收入", None),
        ("一次合作", None),
        ("5G时代", None),
        ("3.5亿人在看", None),
        ("100家公司", None),
        ("Introduction", None),
        ("", None),
    ],
)
def test_numbering(text: str, numbering: str | None) -> None:
    read = read_numbering(text)
    assert (read.text if read else None) == numbering


def test_long_h_tag_is_a_paragraph() -> None:
    rows, blocks = headings(f"<h3>{'这是被误用标题标签的一段正文，' * 30}</h3>{P}")
    assert rows == () and blocks[0].kind == "paragraph" and blocks[0].level is None


def test_ten_thousand_headings_end_soon() -> None:
    blocks = blocks_of("<h2>一</h2><p><b>二</b></p>" * 10_000)
    start = time.perf_counter()
    rows, _ = extract_headings(blocks, article_id="a", title="题" * 500)
    assert len(rows) >= 10_000 and time.perf_counter() - start < 10


LEAD = "A hole opened on Tanner Street, and finding out why took four months and two retired plumbers."


@pytest.mark.parametrize("summary", ["", LEAD, LEAD[:60] + "…"])
def test_standfirst_under_the_title_is_no_heading(summary: str) -> None:
    blocks = blocks_of(f"<h2>{LEAD}</h2>{P}<h2>What a map is for</h2>{P}")
    rows, out = extract_headings(blocks, article_id="a", title="The Culvert", summaries=[summary] if summary else [])
    assert [row.text for row in rows] == ["What a map is for"]
    assert out[0].kind == "paragraph"


def test_standfirst_without_a_full_stop_is_known_by_the_summary() -> None:
    lead = "Two retired plumbers and a wedding photograph"
    rows, _ = extract_headings(blocks_of(f"<h2>{lead}</h2>{P}"), article_id="a", title="T", summaries=[lead + ". More"])
    assert rows == ()


def test_title_with_the_site_behind_it_is_no_heading_again() -> None:
    assert found(f"<h3>We deleted our team</h3>{P}<h3>After</h3>{P}", "We deleted our team — Slow Ledger") == [
        (3, "After")
    ]


@pytest.mark.parametrize(
    "text",
    ["Figure 1: Trips, millions", "Table 2. Costs", "表1 各地区情况", "Source: Shoreline Survey", "Words: Ann Lee"],
)
def test_captions_and_credits_in_h_tags_are_no_headings(text: str) -> None:
    assert found(f"<h2>Results</h2>{P}<h4>{text}</h4>{P}") == [(2, "Results")]


@pytest.mark.parametrize("text", ["Table manners", "Figure it out", "图书出版", "Sources of error"])
def test_headings_that_only_begin_like_a_caption(text: str) -> None:
    assert found(f"{P}<h2>{text}</h2>{P}") == [(2, text)]


def test_bold_by_a_portals_own_attribute() -> None:
    line = '<p cms-style="font-L strong-Bold"><font cms-style="font-L strong-Bold">租金却在往下走</font></p>'
    assert [text for _, text in found(f"{P}{P}{line}{P}{P}")] == ["租金却在往下走"]
