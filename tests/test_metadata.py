"""Metadata: what pages and posts state about themselves, and which value is chosen."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.bylines import read_by, read_closing, read_credits, read_dateline, read_edited, read_reporters
from transforms.dates import read_date
from transforms.front_matter import split_front_matter
from transforms.json_ld import read_json_ld
from transforms.language import detect_language, primary_subtag
from transforms.metadata import (
    Metadata,
    choose_metadata,
    guess_title,
    observe_blocks,
    observe_front_matter,
    observe_page,
)
from transforms.metadata_lexicon import load_metadata_lexicon
from transforms.names import clean_names
from transforms.observations import unwrap_image
from transforms.page import parse_page
from transforms.records import Block
from transforms.titles import cut_site


def blocks_of(*texts: str) -> tuple[Block, ...]:
    return tuple(Block(position, "paragraph", text) for position, text in enumerate(texts))


def metadata_of(html: str, *texts: str, url: str | None = None, **options: object) -> Metadata:
    page = parse_page(html, url=url)
    blocks = blocks_of(*texts)
    seen = (*observe_page(page, url=url), *observe_blocks(blocks))
    return choose_metadata(seen, blocks=blocks, url=url, **options)


def post_of(head: str, *texts: str) -> Metadata:
    front = split_front_matter(f"---\n{head}\n---\n")
    assert front is not None
    blocks = blocks_of(*texts)
    return choose_metadata((*observe_front_matter(front.fields), *observe_blocks(blocks)), blocks=blocks)


MIRROR = """title: '河边的小店'
categories:
 - 新媒体
 - 某某周刊网
headimg: 'https://proxy.example/?http://image.example/2022/06/a.jpg'
author: 某某周刊网
date: Thu, 16 Jun 2022 00:00:00 GMT"""


# ---------------------------------------------------------------- posts


def test_byline_in_the_body_of_a_mirrored_post() -> None:
    got = post_of(MIRROR, "河边开了一家小店。", "作者：王小明 青柠，编辑：月半；", "来源公众号：河岸，写河边的事。")
    assert (got.title, got.authors, got.editors) == ("河边的小店", ("王小明", "青柠"), ("月半",))
    assert (got.source_name, got.site_name) == ("河岸", "某某周刊网")
    assert (got.published_date, got.published_precision, got.published_at) == (date(2022, 6, 16), "day", None)
    assert got.published_month == "2022-06"
    assert got.image_url == "http://image.example/2022/06/a.jpg"
    assert any(row.value.startswith("https://proxy.example/?") and row.is_chosen for row in got.observations)
    assert (got.language, got.categories) == ("zh", ("新媒体", "某某周刊网"))


def test_post_without_byline_has_no_author() -> None:
    got = post_of(MIRROR, "店主说，今年的生意比去年好了不少。（证券时报）")
    assert (got.authors, got.source_name, got.site_name) == ((), "证券时报", "某某周刊网")


def test_author_of_a_personal_blog_stays_author() -> None:
    got = post_of("title: x\nauthor: 王小明\ndate: 2021-03-04 05:06:07", "今天写一写河边的小店。")
    assert (got.authors, got.site_name) == (("王小明",), None)
    assert got.published_at == datetime(2021, 3, 3, 21, 6, 7, tzinfo=UTC)
    assert (got.published_date, got.published_precision) == (date(2021, 3, 4), "second")


def test_gmt_stamp_of_a_chinese_post_is_the_next_day_in_china() -> None:
    got = post_of("title: 店\ndate: Sun, 28 Nov 2021 21:09:06 GMT", "品玩 11 月 29 日讯，河边的小店开业了。")
    assert got.published_date == date(2021, 11, 29)
    assert got.published_at == datetime(2021, 11, 28, 21, 9, 6, tzinfo=UTC)
    assert got.source_name == "品玩"


def test_given_date_is_only_a_fallback() -> None:
    assert choose_metadata((), published=date(2020, 2, 3)).published_date == date(2020, 2, 3)
    seen = observe_front_matter({"date": date(2019, 1, 1)})
    assert choose_metadata(seen, published=date(2020, 2, 3)).published_date == date(2019, 1, 1)


# ---------------------------------------------------------------- bylines


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "作者：王小明；编辑：月半；微信公众号：河岸",
            {"authors": ["王小明"], "editors": ["月半"], "source_name": ["河岸"]},
        ),
        (
            "作者：王小明，作者：李青；公众号：河岸（ID：he_an）",
            {"authors": ["王小明", "李青"], "source_name": ["河岸"]},
        ),
        ("本文来自微信公众号“河岸”（ID：he_an），作者：王小明", {"authors": ["王小明"], "source_name": ["河岸"]}),
        ("2019-09-26 12:11 来源：河岸日报网 作者：李青", {"authors": ["李青"], "source_name": ["河岸日报网"]}),
        ("（责任编辑：李青_HA123）", {"editors": ["李青"]}),
        ("文｜王小明  编辑｜月半  图片来源：视觉中国", {"authors": ["王小明"], "editors": ["月半"]}),
        ("摄影/王小明 校对/李青", {}),
        ("来源：\n河岸日报", {"source_name": ["河岸日报"]}),
        ("作者：未知", {}),
        ("（编辑 祝青 校对 王五福）", {"editors": ["祝青"]}),
        ("责任编辑：祁思远 SF116", {"editors": ["祁思远"]}),
        ("责任编辑：柏晓舟 | 版面编辑：吕昕", {"editors": ["柏晓舟"]}),
        ("来源：河岸网－《河岸日报》", {"source_name": ["河岸网－《河岸日报》"]}),
        ("河岸志出品 | 微信公众号ID：hean2020", {}),
        ("转载自 河岸日报", {"source_name": ["河岸日报"]}),
    ],
)
def test_labelled_credits(text: str, expected: dict[str, list[str]]) -> None:
    found: dict[str, list[str]] = {}
    for credit in read_credits(text):
        found.setdefault(credit.field, []).append(credit.value)
    assert found == expected


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("河岸日报讯（记者 王小明 李青）今日", ["王小明", "李青"]),
        ("河岸日报记者 王小明", ["王小明"]),
        ("本报图片记者王小明摄", []),
        ("南岸经济报道记者 贺立冬 实习记者 孟小雨 淮口、绍门报道", ["贺立冬", "孟小雨"]),
        ("□本报记者　闵　琦　通讯员　吴二林　文/图", ["闵琦", "吴二林"]),
        ("河岸网记者 虞成、白露、古丽·买买提", ["虞成", "白露", "古丽·买买提"]),
        ("记者从会议上了解到这件事情", []),
    ],
)
def test_reporters(text: str, names: list[str]) -> None:
    assert [item.value for item in read_reporters(text, is_short_line=True) if item.field == "authors"] == names


def test_brackets_that_close_an_article() -> None:
    outlet, person = read_closing("涨了不少。（河岸日报）"), read_closing("涨了不少。（李青）")
    assert outlet is not None and (outlet.field, outlet.value) == ("source_name", "河岸日报")
    assert person is not None and (person.field, person.value) == ("authors", "李青")
    assert read_closing("涨了不少。（完）") is None and read_closing("营收（单位：亿元）") is None


def test_datelines() -> None:
    assert read_dateline("6月10日晚，河岸市发布消息称") is None
    credit = read_dateline("新浪科技讯 北京时间9月11日消息")
    assert credit is not None and credit.value == "新浪科技"


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Jane Doe and John Roe", ["Jane Doe", "John Roe"]),
        ("Von Peter Müller, Redakteur", ["Peter Müller"]),
        ("Par Anne Dupont | Publié le 3 mai", ["Anne Dupont"]),
        ("By the end of the year, sales had doubled", []),
        ("Prices rose again", []),
        ("Par Soizic Le Garrec (Brest)", ["Soizic Le Garrec"]),
        ("By TOBIAS GRANGER", ["TOBIAS GRANGER"]),
        ("Door: NieuwsNL/Sanne Verhoef", ["Sanne Verhoef"]),
        ("dal nostro inviato ATTILIO BRANCA", ["ATTILIO BRANCA"]),
        ("words: Oona Prewitt", ["Oona Prewitt"]),
        ("Por Nuria Valverde y Joan Prat", ["Nuria Valverde", "Joan Prat"]),
        ("Words Matter More Than Ever", []),
    ],
)
def test_western_bylines(line: str, names: list[str]) -> None:
    assert [credit.value for credit in read_by(line)] == names


@pytest.mark.parametrize(
    "value", ["admin", "https://example.org/u/7", "a@example.org", "2019", "December 19", "By", "  ", "example.org"]
)
def test_what_is_no_name(value: str) -> None:
    assert clean_names(value) == ()


# ---------------------------------------------------------------- pages

NEWS = """<html lang="en"><head><meta charset="gbk"><title>小店开业"第一天"卖出百份_商业_河岸新闻</title>
<meta name="author" content="河岸新闻"><meta property="og:title" content="小店开业"></head>
<body><h1>河岸新闻</h1><div class="head"><h1 class="t">小店开业"第一天"卖出百份</h1>
<div class="info"><span>2019年09月11日 01:53</span><span>来源：<a>山城晚报</a></span><span>作者：李青</span></div></div>
<div id="body"><p>山城的小店今天开业，店主说第一天卖出了一百多份点心，比他想的多。</p><p>（责任编辑：王小明）</p></div>
<ul><li>相关：作者：路人甲</li></ul><div>Copyright © 2010-2019 河岸新闻 版权所有</div></body></html>"""


def test_chinese_news_page() -> None:
    got = metadata_of(NEWS, "山城的小店今天开业，店主说第一天卖出了一百多份点心，比他想的多。")
    assert got.title == '小店开业"第一天"卖出百份'
    assert (got.authors, got.editors, got.source_name, got.site_name) == (
        ("李青",),
        ("王小明",),
        "山城晚报",
        "河岸新闻",
    )
    assert (got.published_date, got.published_precision) == (date(2019, 9, 11), "minute")
    assert got.published_at == datetime(2019, 9, 10, 17, 53, tzinfo=UTC)
    assert got.language == "zh"  # the attribute is wrong


LINKED = """<html><head><title>Rates rise again | Example News</title>
<script type="application/ld+json">/* cms */ {"@context": "https://schema.org", "@graph": [
 {"@type": "WebSite", "name": "Example News"},
 {"@type": ["NewsArticle"], "headline": "Rates rise again", "datePublished": "2021-03-05T02:30:00Z",
  "dateModified": "2021-03-06T10:00:00Z", "author": [{"@type": "Person", "name": "Jane Doe"}, {"name": ["John Roe"]}],
  "publisher": {"@type": "Organization", "name": "Example News"}, "keywords": ["rates", "banks"],
  "image": {"url": "/a.jpg"}, "articleSection": "Business", "articleBody": "Rates rose.",}]}</script>
<meta property="og:site_name" content="Example News"><link rel="canonical" href="https://example.org/rates">
<meta name="description" content="Banks &amp;amp; rates"><link rel="license" href="https://example.org/cc"></head>
<body><article><h1>Rates rise again</h1><p class="byline">By <a>Jane Doe</a> and <a>John Roe</a></p>
<time datetime="2021-03-04T21:30:00-05:00">March 4, 2021</time>
<p>The bank raised its rates by a quarter point.</p></article>
</body></html>"""


def test_json_ld_page() -> None:
    text = "The bank raised its rates by a quarter point, and it said that this would not be the last time."
    got = metadata_of(LINKED, text, url="https://example.org/rates?x=1")
    assert (got.title, got.authors, got.site_name) == ("Rates rise again", ("Jane Doe", "John Roe"), "Example News")
    assert got.published_at == datetime(2021, 3, 5, 2, 30, tzinfo=UTC)
    assert got.published_date == date(2021, 3, 4)  # the day the page itself shows
    assert got.modified_at == datetime(2021, 3, 6, 10, tzinfo=UTC)
    assert (got.canonical_url, got.image_url) == ("https://example.org/rates", "https://example.org/a.jpg")
    assert (got.tags, got.section, got.page_type) == (("rates", "banks"), "Business", "article")
    assert (got.description, got.rights, got.language) == ("Banks & rates", "https://example.org/cc", "en")
    assert parse_page(LINKED).article_body == "Rates rose."


def test_every_observation_is_kept_in_order() -> None:
    got = metadata_of(LINKED, url="https://example.org/rates")
    titles = [row for row in got.observations if row.field == "title"]
    assert [row.position for row in titles] == list(range(len(titles)))
    assert {row.source for row in titles} >= {"json_ld", "html"}
    assert any(row.is_chosen for row in titles) and not all(row.is_chosen for row in titles)


def test_site_and_placeholders_are_no_authors() -> None:
    page = '<title>Rates rise | Example News</title><meta name="author" content="{}"><h1>Rates rise</h1>'
    for author in ("Example News", "admin", "https://example.org/jane"):
        assert metadata_of(page.format(author), url="https://example-news.org/x").authors == ()


def test_placeholders_and_agencies_are_no_authors() -> None:
    page = '<h1>Rates rise</h1><script type="application/ld+json">{"@type": "NewsArticle", "author": %s}</script>'
    shown = '<p class="author"><span itemprop="author">Noor Field</span></p>'
    assert metadata_of(page % '{"@type": "Person", "name": "Your Name"}' + shown).authors == ("Noor Field",)
    got = metadata_of(page % '{"@type": "Organization", "name": "TT"}')
    assert (got.authors, got.source_name) == ((), "TT")


def test_author_whom_only_the_head_names_must_stand_on_the_page() -> None:
    text = "<p>" + "The bank raised rates again on Tuesday. " * 12 + "</p>"
    head = '<meta name="author" content="{}"><h1>Rates rise</h1>' + text
    assert metadata_of(head.format("Jane Roe")).authors == ()
    assert metadata_of(head.format("Jane Roe") + "<p>Jane Roe lives by the sea.</p>").authors == ("Jane Roe",)
    assert metadata_of(head.format("jroe") + "<p>jroe</p>").authors == ()
    assert metadata_of(head.format("Example Staff")).authors == ("Example Staff",)


def test_the_fuller_list_of_authors() -> None:
    page = """<h1>Rates rise</h1>
    <p class="author">Von <a rel="author" href="/p/1">Maja Petersen</a> und Jo Kern, Holm</p>
    <script type="application/ld+json">{"@type": "NewsArticle", "headline": "Rates rise",
     "author": {"@type": "Person", "name": "Maja Petersen"}}</script>"""
    assert metadata_of(page).authors == ("Maja Petersen", "Jo Kern")


def test_authors_of_a_catalogue_are_turned_round() -> None:
    page = """<meta name="citation_author" content="Berg, Hanne"><meta name="citation_author" content="Abreu, Tom J.">
    <h1>Limpets return to the same scar</h1><p>Hanne Berg, Tom J. Abreu</p>"""
    assert metadata_of(page).authors == ("Hanne Berg", "Tom J. Abreu")


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Edited by: Corvin Hathers", ["Corvin Hathers"]),
        ("(Reporting by Ann Lee; Editing by Jo Roe)", ["Jo Roe"]),
        ("(oprac. Marta Zielna)", ["Marta Zielna"]),
        ("A volume edited by Jo Roe is out in May", []),
    ],
)
def test_editors_in_western_lines(line: str, names: list[str]) -> None:
    assert [credit.value for credit in read_edited(line)] == names


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Den Tarif nennt der Versorger im Mai. (Jens Lohm / rwa)", "Jens Lohm"),
        ("The strike ends on Monday. (AFP)", "AFP"),
        ("The lead was taken by an old hand (Tom Hand)", None),
        ("配当は「おから」の予定だ。（山科真由美）", "山科真由美"),
        ("写真はすべて提供による。（敬称略）", None),
    ],
)
def test_names_in_closing_brackets(text: str, value: str | None) -> None:
    found = read_closing(text)
    assert (found.value if found else None) == value


def test_source_and_editor_of_a_script() -> None:
    page = """<h1>河边的小店开门了</h1><script>var state = {"source":"河西观察","editorName":"卢静"};</script>"""
    got = metadata_of(page)
    assert (got.source_name, got.editors) == ("河西观察", ("卢静",))
    assert metadata_of(page + """<script>x = [{"source":"河东晚报"}]</script>""").source_name is None


def test_comments_and_side_columns_name_no_author() -> None:
    page = """<h1>A long walk by the river</h1><p>We walked.</p>
    <aside><span class="author">Side Column</span></aside>
    <div class="comments"><div class="comment-author">Jo Reader</div><time datetime="2020-01-01">x</time></div>"""
    got = metadata_of(page)
    assert (got.authors, got.published_date) == ((), None)


def test_dates_in_images_and_copyright_lines_are_none() -> None:
    got = metadata_of('<h1>A walk</h1><img src="/2019/05/06/a.jpg"><p>Text.</p><p>© 2021 Example</p>')
    assert got.published_date is None


def test_url_date_is_used_where_nothing_else_is() -> None:
    assert metadata_of("<h1>A walk</h1>", url="https://example.org/2019/05/06/walk").published_date == date(2019, 5, 6)


def test_later_dates_than_the_fetch_are_refused() -> None:
    page = '<meta property="article:published_time" content="2031-01-01"><h1>x</h1>'
    assert metadata_of(page, fetched_at=datetime(2022, 1, 1, tzinfo=UTC)).published_date is None


def test_heading_that_leads_home_is_the_site() -> None:
    url = "https://blog.example/2019/10/small-shops.html"
    for link in ("/", "https://blog.example", "index.html"):
        head = f"<title>Notes » Archive » Small shops</title><body><h1><a href='{link}'>Notes</a></h1>"
        got = metadata_of(f"{head}<h2><a href='{url}'>Small shops</a></h2><p>Text.", url=url)
        assert (got.title, got.site_name) == ("Small shops", "Notes"), link
    own = "<title>Small shops</title><body><h1><a href='small-shops.html'>Small shops</a></h1><p>Text."
    assert metadata_of(own, url=url).title == "Small shops"


def test_address_tells_the_title_from_the_name_of_the_blog() -> None:
    page = "<title>{0}</title><body><h1>Four Years On</h1><p>Text."
    url = "https://blog.example/2019/10/small-shops-of-the-north/"
    for tag in ("Four Years On » Blog Archive » Small Shops of the North", "Small Shops of the North | Four Years On"):
        assert metadata_of(page.format(tag), url=url).title == "Small Shops of the North"
    head = '<meta property="og:title" content="Four Years On"><title>Four Years On</title>'
    assert metadata_of(f"{head}<body><h1>Four Years On</h1><p>Text.", url=url).title == "Four Years On"


def test_kicker_and_date_set_into_a_heading_are_no_title() -> None:
    for heading in ("Retail Small shops of the north close", "12.03.2021Small shops of the north close"):
        title = "Small shops of the north close"
        head = f"<title>{title}</title><meta property='og:title' content='{title}'>"
        assert metadata_of(f"{head}<body><h1>{heading}</h1><p>Text.").title == title


def test_site_stands_before_the_title_too() -> None:
    page = "<title>{0}</title><body><h2>{1}</h2><p>Text."
    got = metadata_of(page.format("河岸新闻网 - 小店第一天卖出百份", "小店第一天卖出百份"))
    assert (got.title, got.site_name) == ("小店第一天卖出百份", "河岸新闻网")
    url = "http://smallshopdiary.blogger.example/2009/03/night.html"
    got = metadata_of(page.format("Small Shop Diary: The night we stayed open", "The night we stayed open"), url=url)
    assert (got.title, got.site_name) == ("The night we stayed open", "Small Shop Diary")
    got = metadata_of(
        page.format("Our reporter in town - The night we stayed open", "The night we stayed open"), url=url
    )
    assert got.site_name != "Our reporter in town"


def test_title_before_the_body_is_known() -> None:
    assert guess_title(observe_page(parse_page(NEWS))) == '小店开业"第一天"卖出百份'


# ---------------------------------------------------------------- dates told from elsewhere

PAGE = "<title>Small shops close</title><body><h1>Small shops close</h1><p>{0}</p><p>The last one shut its doors.</p>"


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("3小时前", "2022-03-01"),
        ("发布于 昨天 12:30", "2022-02-28"),
        ("前天", "2022-02-27"),
        ("2 days ago", "2022-02-27"),
        ("Published an hour ago", "2022-03-01"),
        ("vor 3 Tagen", "2022-02-26"),
        ("il y a 2 jours", "2022-02-27"),
        ("dzisiaj, 07:29", "2022-03-01"),
        ("вчера в 10:05", "2022-02-28"),
        ("3 weeks ago", None),
        ("3 Stunden", None),
        ("Today we have cake", None),
    ],
)
def test_relative_dates_are_read_from_the_day_of_fetching(line: str, day: str | None) -> None:
    fetched = datetime(2022, 3, 1, 12, tzinfo=UTC)
    got = metadata_of(PAGE.format(line), fetched_at=fetched)
    assert got.published_date == (date.fromisoformat(day) if day else None)
    assert metadata_of(PAGE.format(line)).published_date is None


@pytest.mark.parametrize(
    "line", ["Heute ist Montag, der 1. März 2022", "今天是2022年3月1日", "4 May 2022 - 7 May 2022"]
)
def test_day_of_reading_and_days_of_an_event_are_no_publication(line: str) -> None:
    assert metadata_of(PAGE.format(line)).published_date is None


def test_midnight_in_gmt_is_the_next_day_in_the_zone_of_the_language() -> None:
    stamp = "<meta property='article:published_time' content='2022-11-06T23:00:00.000Z'>"
    german = "Die Läden der Stadt sind seit heute geschlossen, und das ist für alle nicht einfach."
    got = metadata_of(stamp + PAGE.format(german), german)
    assert (got.language, got.published_date) == ("de", date(2022, 11, 7))
    assert metadata_of(stamp + PAGE.format("x")).published_date == date(2022, 11, 6)


def test_date_of_the_address_confirms_one_of_several_shown() -> None:
    lines = "5 December 2012</p><p>4 DEC 2012 - 22:41"
    assert metadata_of(PAGE.format(lines)).published_date == date(2012, 12, 5)
    url = "https://news.example/2012/12/04/shops.html"
    assert metadata_of(PAGE.format(lines), url=url).published_date == date(2012, 12, 4)


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/html/2013-11/22/content_1.htm", date(2013, 11, 22)),
        ("/2013/11/22/a", date(2013, 11, 22)),
        ("/2013-11/a", None),
    ],
)
def test_date_in_the_address(path: str, day: date | None) -> None:
    assert metadata_of(PAGE.format("x"), url=f"https://news.example{path}").published_date == day


def test_address_reads_a_date_of_open_order_and_keeps_the_head_s() -> None:
    url = "https://news.example/2008/09/12/shops.html"
    assert metadata_of(PAGE.format("09.12.08, 6:00 PM ET"), url=url).published_date == date(2008, 9, 12)
    head = (
        "<meta property='article:published_time' content='2008-09-12T10:00:00+02:00'>"
        "<meta property='article:modified_time' content='2008-09-14T10:00:00+02:00'>"
    )
    shown = head + PAGE.format("14 September 2008")
    assert metadata_of(shown, url=url).published_date == date(2008, 9, 12)
    # A page published anew under its old address, by all that it shows.
    assert metadata_of(shown, url="https://news.example/shops.html").published_date == date(2008, 9, 14)


def test_words_behind_a_date_and_in_attributes_say_what_it_is() -> None:
    lines = (
        "最新推荐文章于 2024-05-02 11:20:36 发布",
        "已于 2022-03-01 09:12:45 修改",
        "于 2021-11-08 20:15:30 首次发布",
    )
    got = metadata_of("<html lang=zh>" + PAGE.format("</p><p>".join(lines)))
    assert (got.published_date, str(got.modified_at)[:10]) == (date(2021, 11, 8), "2022-03-01")
    own = "<span class='publish-time' title='最后编辑于 2017.09.03 21:10'>2017.08.30 12:44</span>"
    got = metadata_of("<html lang=zh>" + PAGE.format(own))
    assert (got.published_date, str(got.modified_at)[:10]) == (date(2017, 8, 30), "2017-09-03")


def test_dates_of_scripts_are_those_beside_the_own_title() -> None:
    cards = (
        '{"title":"Another shop","publishTime":1622517000000},{"title":"Small shops close","publishTime":1622685134000}'
    )
    page = f"<html lang=zh><script>var data=[{cards}]</script>{PAGE.format('x')}"
    assert metadata_of(page).published_date == date(2021, 6, 3)
    page = f"<html lang=zh><script>var svr_time='1';var ct = \"1660567980\";</script>{PAGE.format('x')}"
    assert metadata_of(page).published_date == date(2022, 8, 15)


@pytest.mark.parametrize(
    ("line", "names", "source"),
    [
        ("記者林曉明／台北報導", ("林曉明",), None),
        ("河岸報 記者林曉明、周美玲／花蓮即時報導", ("林曉明", "周美玲"), "河岸報"),
        ("（中央社記者王小明台北3日電）", ("王小明",), "中央社"),
    ],
)
def test_reporters_of_taiwan(line: str, names: tuple[str, ...], source: str | None) -> None:
    got = metadata_of("<html lang=zh><title>小店關門</title><h1>小店關門</h1>", line, "最後一家小店昨天關門。")
    assert (got.authors, got.source_name) == (names, source)


def test_paper_behind_the_writer_is_no_writer() -> None:
    for author in ("Jane Doe, The Harbor Ledger", "By Jane Doe and John Roe, GNN"):
        got = metadata_of(f"<meta name=author content='{author}'>" + PAGE.format(f"By {author}"))
        assert got.authors in {("Jane Doe",), ("Jane Doe", "John Roe")}


def test_editors_stand_in_the_bracket_that_closes_a_long_paragraph() -> None:
    last = (
        "The last of the shops shut its doors on Friday evening. " * 4 + "(Reporting by Jane Doe; Editing by John Roe)"
    )
    assert metadata_of(PAGE.format("x"), "The shops are gone.", last).editors == ("John Roe",)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ("<meta property='og:type' content='video.other'>", "video"),
        ("<meta property='og:type' content='product'>", "product"),
        ("<meta property='og:type' content='website'>", None),
        ("<meta property='og:type' content='website'><meta name=pubdate content=2020-01-01>", "article"),
        ('<script type=\'application/ld+json\'>{"@type": "DiscussionForumPosting", "headline": "x"}</script>', "forum"),
    ],
)
def test_kind_of_page(head: str, kind: str | None) -> None:
    assert metadata_of(head + PAGE.format("x")).page_type == kind


def test_label_in_brackets_is_no_title() -> None:
    page = "<title>新手第一次夜钓黑鲷 - 钓鱼论坛</title><body><h1>[经验] 新手第一次夜钓黑鲷</h1><p>x"
    assert metadata_of(page).title == "新手第一次夜钓黑鲷"


def test_classes_of_dates() -> None:
    only = "<a class='post-date updated'>2 February 2022</a>"
    assert metadata_of(PAGE.format(only)).published_date == date(2022, 2, 2)
    epoch = "<textarea class='article-time'>1583799000000</textarea>"
    assert metadata_of("<html lang=zh>" + PAGE.format(epoch)).published_date == date(2020, 3, 10)


def test_head_that_was_made_after_the_last_change_gives_way_to_the_date_shown() -> None:
    head = (
        "<meta property='article:published_time' content='2022-11-17T10:33:13Z'>"
        "<meta property='article:modified_time' content='2022-11-17T10:32:18Z'>"
    )
    assert metadata_of(head + PAGE.format("<time datetime='2022-03-09'>9 March</time>")).published_date == date(
        2022, 3, 9
    )


# ---------------------------------------------------------------- pieces


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("Thu, 16 Jun 2022 00:00:00 GMT", "2022-06-16"),
        ("2018年12月28日 19:55", "2018-12-28"),
        ("二〇一九年九月七日", "2019-09-07"),
        ("22. März 2019 um 14:05 Uhr", "2019-03-22"),
        ("5 de marzo de 2021", "2021-03-05"),
        ("le 1er février 2020 à 9h41", "2020-02-01"),
        ("April 28, 2019 at 6:01 am", "2019-04-28"),
        ("20190907", "2019-09-07"),
        ("1567821562", "2019-09-07"),
        ("Mon Aug 03 12:45:00 EDT 2015", "2015-08-03"),
        ("31/12/2020", "2020-12-31"),
        ("12/31/2020", "2020-12-31"),
    ],
)
def test_dates(value: str, day: str) -> None:
    stamp = read_date(value)
    assert stamp is not None and stamp.day.isoformat() == day


@pytest.mark.parametrize(
    "value", ["2019-13-45", "31 February", "version 1.2.3", "99/99/2020", "12:30", "", "1066-10-14"]
)
def test_no_dates(value: str) -> None:
    assert read_date(value) is None


def test_month_first_only_where_the_language_says_so() -> None:
    british, american = read_date("03/04/2021"), read_date("03/04/2021", is_month_first=True)
    assert british is not None and american is not None
    assert (british.day, american.day) == (date(2021, 4, 3), date(2021, 3, 4))


@pytest.mark.parametrize(
    ("script", "types"),
    [
        ('[{"@type":"A"},{"@type":"B"}]', ["A", "B"]),
        ('{"@type":"A","x":"a\nb"}', ["A"]),
        ('<!-- {"@type":"A",} -->', ["A"]),
        ('{"@type":"A","x":"\\d"}', ["A"]),
        ('{"@type":"A"};', ["A"]),
        ("not json", []),
        ("[" * 100_000, []),
        ('{"@graph":' * 5_000 + "{}" + "}" * 5_000, []),
    ],
)
def test_json_ld_repairs_and_limits(script: str, types: list[str]) -> None:
    assert [node["@type"] for node in read_json_ld([script])] == types


def test_image_proxies() -> None:
    assert unwrap_image("https://p.example/?http://i.example/a.jpg?w=1") == "http://i.example/a.jpg?w=1"
    assert unwrap_image("https://p.example/?url=https%3A%2F%2Fi.example%2Fa.jpg") == "https://i.example/a.jpg"
    assert unwrap_image("//i.example/a.jpg") == "https://i.example/a.jpg"
    assert unwrap_image("https://i.example/a.jpg?from=http") == "https://i.example/a.jpg?from=http"


def test_sites_are_cut_from_titles() -> None:
    assert cut_site("小店开业_商业_河岸新闻", ["河岸新闻"]) == "小店开业"
    assert cut_site("Example News | Rates rise", ["Example News"]) == "Rates rise"
    assert cut_site("Rates - a short history", ["Example"]) == "Rates - a short history"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("小店今天开业 first day", "zh"),
        ("お店は今日から始まります。とても楽しいです。", "ja"),
        ("가게는 오늘 문을 열었습니다", "ko"),
        ("Der Laden hat heute geöffnet und es ist schön, dass die Leute kommen.", "de"),
        ("La boutique est ouverte depuis ce matin et les gens sont dans la rue.", "fr"),
        ("Магазин открылся сегодня, и это было не просто так", "ru"),
        ("12 34", None),
    ],
)
def test_languages(text: str, language: str | None) -> None:
    assert detect_language(text) == language


def test_language_tags() -> None:
    assert [primary_subtag(tag) for tag in ("zh-CN", "en_US", "中文", "utf-8", "", None)] == [
        "zh",
        "en",
        "zh",
        None,
        None,
        None,
    ]


# ---------------------------------------------------------------- hostile input


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 90_000 + "x",
        "<div><span>" * 24_000 + "</span></div>" * 24_000,
        "<h1>标题标题</h1>" * 10_000,
        "<meta name=author content=x>" * 20_000,
        "<p class=author>By Jane Doe</p>" * 20_000,
        "<h1>x</h1><p>" + "作者：" * 50_000,
        "<h1>x</h1><p>" + "2019-01-01 " * 50_000,
        "<h1>x</h1>" + "<p>来源：某报</p>" * 20_000,
        "<a " + " ".join(f"a{i}=1" for i in range(30_000)) + ">",
        "<title>" + "a | " * 50_000,
        "<h1>" + "（记者" * 50_000,
    ],
)
def test_hostile_pages_are_quick(html: str) -> None:
    load_metadata_lexicon()
    start = time.perf_counter()
    metadata_of(html, html[:2_000])
    assert time.perf_counter() - start < 5


@given(st.text(max_size=400))
def test_any_text_returns(text: str) -> None:
    metadata_of(f"<h1>{text}</h1><div class=author>{text}</div><p>{text}</p>", text)
    read_date(text)
