"""Lines of service are told from lines of the article."""

from __future__ import annotations

import pytest

from tests.builders import blocks_of
from transforms.service_lines import cut_tail, is_service_line

PROSE = "<p>The ferry was late again, and nobody on the quay, it seemed, had expected otherwise.</p>"


@pytest.mark.parametrize(
    "text",
    [
        "Print this page",
        "E-mail this story to a friend",
        "Back to top ↑",
        "ADVERTISEMENT",
        "Print | Save | Email",
        "Druckversion | Seitenanfang | zurück zur Übersicht",
        "Vorlesen / MP3-Download",
        "La suite après la publicité",
        "Compartir",
        "PUBBLICITA'",
        "Tekst gaat verder onder de advertentie",
        "Dalsza część artykułu pod materiałem wideo",
        "Continua após a publicidade",
        "Версия для печати",
        "ページトップへ戻る",
        "Artikeln fortsätter efter annonsen",
        "【打印】【关闭】",
        "字体：[大 中 小]",
        "分享到：",
        "浏览次数：1732次",
        "发布时间：2019-03-11 16:20 信息来源：市住建局 浏览次数：1732次 字体：[大 中 小] 分享到：",
        "回到頂端",
        "-END-",
        "— Ende —",
        "Seite 2 von 5",
        "Views: 1,204",
        "Last edited by reed_player; 07-15-2008 at 07:58 AM.",
        "投稿邮箱：tougao@example.cn，一经采用，稿酬从优。",
    ],
)
def test_service(text: str) -> None:
    assert is_service_line(text)


@pytest.mark.parametrize(
    "text",
    [
        "Print runs fell by a third",
        "Advertisement spending rose 4%",
        "The End of the Line",
        "End",
        "Next",
        "Home | Away",
        "1 of 3 households",
        "阅读：一件小事",
        "浏览器市场份额变化",
        "点击率：广告主最看重的数字。",
        "字体设计的百年",
        "来源：新华社 作者：李明 责任编辑：王芳",
        "Werbung wirkt nicht mehr",
        "Реклама подорожала",
        "A",
    ],
)
def test_no_service(text: str) -> None:
    assert not is_service_line(text)


def test_service_lines_are_no_blocks_wherever_they_stand() -> None:
    html = f"{PROSE}<p>Advertisement</p>{PROSE}<h4>Print this page</h4>Back to top<br>{PROSE}"
    assert {block.kind for block in blocks_of(html)} == {"paragraph"}
    assert len(blocks_of(html)) == 3


def test_items_of_a_list_stay() -> None:
    assert [block.text for block in blocks_of("<ul><li>Print</li><li>Subscribe</li></ul>")] == ["Print", "Subscribe"]


def test_tail_of_a_portal() -> None:
    assert cut_tail("全文到此结束。返回搜狐，查看更多") == "全文到此结束。"
    assert cut_tail("全文到此结束。") == "全文到此结束。"
