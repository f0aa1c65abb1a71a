"""The article element is found, and what surrounds it is not in it."""

from __future__ import annotations

import time

import pytest

from transforms.blocks import extract_blocks
from transforms.body import find_body
from transforms.boilerplate import DOUBT, DROP, KEEP, NAMED_BODY, is_related_label, load_names, read_role
from transforms.errors import RejectError
from transforms.page import parse_page

PROSE = [
    "本市今年前三季度新增充电桩1.2万个，比上年同期多出三成，居民区占到其中的六成以上。",
    "记者走访多个小区发现，过去排队等候的情况有所缓解，但老旧小区的电力增容仍然缓慢。",
    "市发改委有关负责人表示，明年将安排专项资金4亿元，用于改造200个小区的配电设施。",
    "业内人士认为，运营企业的盈利取决于利用率，目前平均利用率约为8%，仍低于盈亏平衡点。",
]
ENGLISH = [
    "The city added 12,000 charging points in the first nine months, a third more than a year earlier.",
    "Residents said that queues had grown shorter, but older estates still wait for stronger cables.",
    "Officials plan to spend $60 million next year, enough to rebuild the grid of two hundred estates.",
]


def paragraphs(texts: list[str]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def body_texts(html: str, *, title: str | None = None, is_post: bool = False) -> list[str]:
    page = parse_page(html, url=None)
    return [block.text for block in extract_blocks(find_body(page, title=title, is_post=is_post))]


def confidence(html: str) -> float:
    return find_body(parse_page(html, url=None), title=None, is_post=False).confidence


NAV = "<ul>" + "".join(f"<li><a href='/{n}'>频道{n}新闻导航</a></li>" for n in range(12)) + "</ul>"


def test_density_finds_an_unnamed_body_among_lists_of_links() -> None:
    html = f"<body><div>{NAV}</div><div><div>{paragraphs(PROSE)}</div></div><div>{NAV}</div></body>"
    assert body_texts(html) == PROSE


def test_named_body_wins_over_a_longer_sidebar() -> None:
    side = f"<div class='xz'>{paragraphs([*ENGLISH, ENGLISH[0]])}</div>"
    html = f"<body><div id='endText'>{paragraphs(PROSE)}</div>{side}</body>"
    assert body_texts(html) == PROSE


@pytest.mark.parametrize(
    "box",
    [
        "<div class='comments'><p>我去年买了3台，花了9万元，现在只值一半，真是亏大了。</p></div>",
        "<div id='related-posts'><h3>相关阅读</h3><a href='/1'>去年新增9000个充电桩</a></div>",
        "<div class='share-bar'>分享到：微信 微博 1024</div>",
        "<div class='support-author'><p>赞赏</p><p>1人打赏</p></div>",
        "<div style='display: none'>隐藏的文字有99万元，不应当读到，也不应当计数。</div>",
        "<aside><p>Another story: profits rose 45% to $3 million, said the company, on Monday.</p></aside>",
        "<nav><a href='/'>首页</a></nav>",
        "<div class='newsletter'><p>Sign up and join 50,000 readers, every morning, for free.</p></div>",
        "<p><strong>相关阅读：</strong><a href='/2'>充电桩利用率只有8%</a></p>",
        "<script>var views = 123456;</script>",
    ],
)
def test_boilerplate_inside_the_article_goes(box: str) -> None:
    html = f"<body><article>{paragraphs(PROSE)}{box}</article></body>"
    assert body_texts(html) == PROSE


def test_all_after_a_comment_heading_goes() -> None:
    talk = "<h3>3 Comments</h3><div><p>I paid $400 for mine, and it broke, twice, in a week.</p></div>"
    html = f"<body><div class='xq'>{paragraphs(ENGLISH * 2)}{talk}</div></body>"
    assert body_texts(html) == ENGLISH * 2


def test_title_and_what_stands_over_it_go() -> None:
    html = f"<body><article><div>财经 2021-03-04</div><h1>充电桩增三成</h1>{paragraphs(PROSE)}</article></body>"
    assert body_texts(html, title="充电桩增三成") == PROSE


def test_standfirst_between_title_and_body_is_text() -> None:
    lead = "More charging points, shorter queues, and a bill of $60 million."
    html = (
        f"<body><main><h1>Charging up</h1><div class='teaser-text'><p>{lead}</p></div>"
        f"<div class='article-body'>{paragraphs(ENGLISH * 2)}</div></main></body>"
    )
    assert body_texts(html, title="Charging up") == [lead, *ENGLISH, *ENGLISH]


def test_parts_of_one_article_stay_together() -> None:
    parts = "".join(
        f"<div class='part'>{paragraphs(ENGLISH)}</div><div class='ad'>Buy now for $9</div>" for _ in range(3)
    )
    assert body_texts(f"<body><div>{NAV}</div><div>{parts}</div></body>") == ENGLISH * 3


def test_wechat_body_of_sections_and_spans_is_found_though_invisible() -> None:
    spans = "".join(f"<section><section><span>{text}</span></section></section>" for text in PROSE)
    html = f"<body><div>{NAV}</div><div id='js_content' style='visibility: hidden'>{spans}</div></body>"
    assert body_texts(html) == PROSE


def test_breaks_alone_make_a_body() -> None:
    html = f"<body><div>{NAV}</div><td><div>{'<br><br>'.join(PROSE)}</div></td></body>"
    assert body_texts(html) == PROSE


def test_tables_lists_and_references_that_belong_stay() -> None:
    head = "<tr><th class='headerSort'>年份</th><th>数量</th></tr>"
    table = f"<table>{head}<tr><td><a href='/a'>2020</a></td><td>9000</td></tr></table>"
    items = "<ul><li>居民区：7200个</li><li>公共区：4800个</li></ul>"
    assert body_texts(f"<body><article>{paragraphs(PROSE)}{table}{items}</article></body>") == [
        *PROSE, "年份", "数量", "2020", "9000", "居民区：7200个", "公共区：4800个",
    ]  # fmt: skip


def test_article_body_of_json_ld_decides() -> None:
    wrong = f"<div>{paragraphs(PROSE * 2)}</div>"
    page = parse_page(f"<body>{wrong}<div><div>{paragraphs(ENGLISH * 2)}</div></div></body>", url=None)
    page.article_body = " ".join(ENGLISH * 2)
    body = find_body(page, title=None, is_post=False)
    assert body.reason == "json-ld"
    assert [block.text for block in extract_blocks(body)] == ENGLISH * 2


def test_name_that_would_empty_the_page_is_not_believed() -> None:
    html = (
        "<body><main>" + "".join(f"<div class='live-comment'><p>{text}</p></div>" for text in ENGLISH * 2) + "</main>"
    )
    assert body_texts(html) == ENGLISH * 2


def test_anchor_named_after_a_heading_is_no_name_of_a_box() -> None:
    sections = "".join(
        f"<div id='sharing-with-several-people-{n}'><h2>Part {n}</h2>{paragraphs(ENGLISH)}</div>" for n in (1, 2)
    )
    assert len(body_texts(f"<body><article>{sections}</article></body>")) == 8


def test_post_is_article_as_a_whole() -> None:
    html = "<div>\n央行今日净回笼1900亿元。<br>（证券时报）<div class='support-author'>1人打赏</div></div>"
    assert body_texts(html, is_post=True) == ["央行今日净回笼1900亿元。", "（证券时报）"]


@pytest.mark.parametrize(
    "html", ["", "<html></html>", "<body><script>x</script><nav><a>1</a></nav></body>", "<body> \n</body>"]
)
@pytest.mark.parametrize("is_post", [True, False])
def test_no_text_is_a_reject_with_a_stable_code(html: str, is_post: bool) -> None:
    with pytest.raises(RejectError) as caught:
        find_body(parse_page(html, url=None), title=None, is_post=is_post)
    assert (caught.value.stage, caught.value.code) == ("body", "no_body")


def test_confidence_is_higher_for_a_named_body_than_for_scraps() -> None:
    good = confidence(f"<body><div class='article-body'>{paragraphs(PROSE * 3)}</div></body>")
    poor = confidence("<body><div><span>一行没有标点的短文字而已</span></div></body>")
    assert 0 <= poor < 0.4 < 0.8 < good <= 1


@pytest.mark.parametrize("tag", ["div", "span", "li", "table"])
def test_deep_nesting_ends_soon(tag: str) -> None:
    start = time.perf_counter()
    page = parse_page(f"<body>{f'<{tag}>' * 25_000}{PROSE[0]}", url=None)
    body = find_body(page, title=None, is_post=False)
    blocks = extract_blocks(body)
    assert "".join(block.text for block in blocks) == PROSE[0]
    assert time.perf_counter() - start < 20


@pytest.mark.parametrize(
    ("id_", "classes", "drop"),
    [
        ("", "post-comments", DROP),
        ("", "postMeta", DROP),
        ("", "entry-meta", DOUBT),
        ("", "hJpRRP sc-77igqf-0", KEEP),
        ("", "category-social status-publish", KEEP),
        ("sharing-with-several-developers", "", KEEP),
        ("", "header-reading", DOUBT),
        ("", "reading gradient", KEEP),
    ],
)
def test_names_say_what_to_drop(id_: str, classes: str, drop: int) -> None:
    assert read_role(id_, classes).drop == drop


def test_site_names_are_matched_whole_and_in_any_case() -> None:
    assert read_role("endText", "").body == NAMED_BODY
    assert read_role("myendText", "").body != NAMED_BODY
    assert read_role("", "clearfix rich_media_content").body == NAMED_BODY


def test_labels_are_matched_whole() -> None:
    assert is_related_label("相关阅读：") and is_related_label("Related Articles (3)")
    assert not is_related_label("相关阅读显示需求上升") and not is_related_label("")


def test_lexicon_is_complete() -> None:
    names = load_names()
    assert names.drop_words and names.doubt_words and names.related_labels and names.body_ids and names.endings
    assert not names.drop_words & names.doubt_words


def test_the_cell_with_the_prose_is_the_article() -> None:
    cells = "<td>News<br>Sport<br>Shop opening hours: Mon to Fri, 8 to 12, except in August.</td>"
    text = "".join(f"{line}<br><br>" for line in ENGLISH * 3)
    row = f"<tr>{cells}<td>{text}</td><td>Weather: 19, fine</td></tr>"
    html = f"<table><tr><td colspan=3>Today is Monday</td></tr>{row}</table>"
    assert body_texts(f"<body>{html}</body>") == ENGLISH * 3


def test_a_table_of_data_stays_whole() -> None:
    rows = "".join(f"<tr><td>Estate {n}</td><td>{n * 7}</td></tr>" for n in range(1, 4))
    html = f"<body><div>{paragraphs(ENGLISH * 3)}<table>{rows}</table></div></body>"
    assert body_texts(html)[-6:] == ["Estate 1", "7", "Estate 2", "14", "Estate 3", "21"]


def test_the_first_post_of_a_thread_is_the_article() -> None:
    posts = "".join(
        f"<table><tr><td>Member</td><td><div id='post_message_{n}'>{ENGLISH[n]}</div></td></tr></table>"
        for n in range(3)
    )
    assert body_texts(f"<body><div id='posts'>{posts}</div></body>") == ENGLISH[:1]


def test_notes_after_a_paper_are_no_article() -> None:
    notes = "<h2>Author Contributions</h2><p>AB carried the bucket, CD wrote the models.</p><h2>References</h2>"
    notes += "<p>Ash, T., and Pell, D. (1994). Walks. J. Tidal Res. 12, 88.</p>"
    html = f"<body><article>{paragraphs(ENGLISH * 6)}{notes}</article></body>"
    assert body_texts(html) == ENGLISH * 6


def test_a_list_of_main_points_before_the_body_is_kept() -> None:
    items = ["The animal weighs some 700 kilograms", "A decision is due on 1 March"]
    points = f"<ul class='leadBullets'>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
    html = f"<body><h1>A bison waits</h1>{points}<div class='articleBody'>{paragraphs(ENGLISH)}</div></body>"
    assert body_texts(html, title="A bison waits")[:2] == items


def test_a_bold_label_that_is_all_the_loose_text_of_its_box() -> None:
    box = "<div class='k'><b>Articoli correlati</b><ul><li>Ferrovie, il piano estivo <i>(3 luglio)</i></li></ul></div>"
    assert body_texts(f"<body><article>{paragraphs(ENGLISH)}{box}</article></body>") == ENGLISH


def test_headings_in_headers_of_sections_stay() -> None:
    parts = "".join(f"<section><header><h2>Part {n}</h2></header>{paragraphs(ENGLISH)}</section>" for n in (1, 2))
    assert [text for text in body_texts(f"<body><main>{parts}</main></body>") if "Part" in text] == ["Part 1", "Part 2"]
