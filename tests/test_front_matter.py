"""Heads of posts: YAML and TOML, whole and broken, and the bodies behind them."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.front_matter import render_markdown, split_front_matter

POST = """
---
title: '他说"好"，然后笑了'
categories:{space}
 - 新媒体
 - 商业
author: 某某网
date: Thu, 16 Jun 2022 00:00:00 GMT
---

<div><p>正文</p></div>
""".replace("{space}", " ")  # editors cut the blank that real posts have


def test_hexo_post_with_an_empty_first_line() -> None:
    head = split_front_matter(POST)
    assert head is not None
    assert head.fields == {
        "title": '他说"好"，然后笑了',
        "categories": ["新媒体", "商业"],
        "author": "某某网",
        "date": "Thu, 16 Jun 2022 00:00:00 GMT",
    }
    assert (head.syntax, head.is_markdown, head.problem) == ("yaml", False, None)
    assert head.body.strip() == "<div><p>正文</p></div>"


def test_toml_head() -> None:
    head = split_front_matter('\ufeff+++\ntitle = "x"\ndate = 2020-01-02\n+++\n# Head\n')
    assert head is not None
    assert head.fields == {"title": "x", "date": date(2020, 1, 2)}
    assert (head.syntax, head.is_markdown) == ("toml", True)


@pytest.mark.parametrize(
    "text", ["<p>x</p>", "", "---\n\nA rule, and prose.\n\n---\n", "---\ntitle: never closed\n", "--- x\ny: 1\n---\n"]
)
def test_texts_without_front_matter(text: str) -> None:
    assert split_front_matter(text) is None


def test_crlf() -> None:
    head = split_front_matter("---\r\ntitle: x\r\n---\r\nbody\r\n")
    assert head is not None
    assert (head.fields, head.body) == ({"title": "x"}, "body\r\n")


@pytest.mark.parametrize(
    "block",
    [
        "title: 一: 二: 三\ntags:\n - a\n - 'b'",
        'title: 一: 二: 三\ntags:\n  - "a"\n  - b\nbad: [',
        "title: '一: 二: 三'\ntags:\n- a\n- b\ndate: 2022-13-45",
    ],
)
def test_broken_yaml_is_read_line_by_line(block: str) -> None:
    head = split_front_matter(f"---\n{block}\n---\nbody")
    assert head is not None
    assert head.fields["title"] == "一: 二: 三"
    assert head.fields["tags"] == ["a", "b"]
    assert head.problem


def test_aliases_are_refused() -> None:
    bomb = "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\ntitle: t"
    head = split_front_matter(f"---\n{bomb}\n---\n")
    assert head is not None
    assert head.fields["title"] == "t"
    assert head.problem is not None and "aliases" in head.problem


def test_no_objects_are_built() -> None:
    head = split_front_matter("---\ntitle: t\nx: !!python/object/apply:os.getcwd []\n---\n")
    assert head is not None
    assert head.problem and head.fields["title"] == "t"


@pytest.mark.parametrize("hostile", ["[" * 60_000, "x: " + "- " * 30_000, "{a: " * 15_000, "? " * 30_000])
def test_hostile_heads_are_quick(hostile: str) -> None:
    start = time.perf_counter()
    split_front_matter(f"---\n{hostile}\n---\n")
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    ("body", "is_markdown"),
    [
        ("# Head\n\ntext", True),
        ("plain words", True),
        ("<div>\n<p>x</p>\n</div>", False),
        ("10月30日前，开业。<br>\n第二行<br>", False),
        ('<img src="a.jpg">\n\n## Head\n\n- one\n- two', True),
        ("text first <b>bold</b>\n\n> quote", True),
    ],
)
def test_markdown_or_html(body: str, is_markdown: bool) -> None:
    head = split_front_matter(f"---\ntitle: x\n---\n{body}")
    assert head is not None and head.is_markdown is is_markdown


def test_markdown_becomes_html() -> None:
    html = render_markdown("## 二级\n\n| 年 | 亿元 |\n|---|---|\n| 2021 | 3.5 |\n\n<b>raw</b>")
    assert "<h2>二级</h2>" in html and "<td>3.5</td>" in html and "<b>raw</b>" in html


@given(st.text(max_size=300))
def test_any_head_returns(text: str) -> None:
    split_front_matter(f"---\n{text}\n---\n")
    split_front_matter(f"+++\n{text}\n+++\n")
