"""The flat tree says what the parser's own nodes say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from tests.page_cases import read_pages
from transforms.decode import decode
from transforms.tree import NEVER_TEXT, Tree, read_tree

PIECES = [
    "<p>", "</p>", "<div class='a b' id=\"x\">", "</div>", "<a href='?a=1&amp;b=2\"'>", "</a>", "<br>", "<b>", "</i>",
    "<table><tr><td>", "</table>", "<p x\"\" ='' y=>", "<!-- > -- -->", "<!doctype html>", "<?php ?>", "</", "<", ">",
    "&lt;b&gt;", "&nbsp;", "&amp;lt;", "文本", " ", "\n", "<svg viewBox='0 0'><title>t</title>", "</svg>", "<li>",
    "<textarea>", "<title><b></title>", "<noscript><p>", "<o:p>", "<img alt='<p>'>", "<p \u00a0>", "\x00", "<select>",
]  # fmt: skip


def nodes_of(parser: LexborHTMLParser) -> list[tuple[str, dict[str, str], str]]:
    """Name, attributes and text of each element, by the parser."""
    nodes = [node for node in parser.root.traverse() if node.is_element_node] if parser.root is not None else []
    return [(node.tag or "", folded(node.attributes), node.text()) for node in nodes]


def folded(attributes: dict[str, str | None]) -> dict[str, str]:
    """Attributes without what only the serialization has: the name spaces and capitals of drawings."""
    return {key.split(":")[-1].lower(): value or "" for key, value in attributes.items()}


def elements_of(tree: Tree) -> list[tuple[str, dict[str, str], str]]:
    return [(tag, folded(dict(tree.attributes(i))), tree.text(i)) for i, tag in enumerate(tree.tags)]


def assert_same(html: str) -> None:
    parser = LexborHTMLParser(html)
    parser.strip_tags(NEVER_TEXT)
    assert elements_of(read_tree(parser)) == nodes_of(parser)


@pytest.mark.parametrize("case", read_pages(), ids=lambda case: case.folder.name)
def test_pages_read_as_the_parser_reads_them(case: object) -> None:
    assert_same(decode(case.page.read_bytes()).text)  # type: ignore[attr-defined]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=25))
def test_broken_markup_reads_as_the_parser_reads_it(pieces: list[str]) -> None:
    assert_same("".join(pieces))


class Recorder:
    """Writes down what a walk shows, and goes into nothing named `svg`."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.seen: list[str] = []

    def open(self, i: int) -> bool:
        self.seen.append(f"<{self.tree.tags[i]}>")
        return self.tree.tags[i] != "svg"

    def text(self, text: str) -> None:
        self.seen.append(text)

    def close(self, i: int) -> None:
        self.seen.append(f"</{self.tree.tags[i]}>")


def test_walk_shows_texts_and_elements_in_reading_order() -> None:
    tree = read_tree(LexborHTMLParser("<div>a<b>c<i></i>d</b><svg><g>x</g></svg>e<br><p>f</p></div>g"))
    recorder = Recorder(tree)
    tree.walk(next(tree.find("div")), recorder)
    assert "".join(recorder.seen) == "<div>a<b>c<i></i>d</b><svg>e<br></br><p>f</p></div>"
    assert [tree.tags[i] for i in tree.children(next(tree.find("div")))] == ["b", "svg", "br", "p"]


def test_html_leaves_out_what_is_dropped() -> None:
    tree = read_tree(LexborHTMLParser("<table><tr><td a='1&quot;'>1 &lt; 2</td><td>x<br></td></tr></table>"))
    cells = list(tree.find("td"))
    dropped = [i == cells[1] for i in range(len(tree.tags))]
    table = next(tree.find("table"))
    assert tree.html(table, dropped) == '<table><tbody><tr><td a="1&quot;">1 &lt; 2</td></tr></tbody></table>'
