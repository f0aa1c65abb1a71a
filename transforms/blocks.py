"""Ordered blocks of an article element: the only definition of "the text"."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

from transforms.grid import is_data_table, read_cells
from transforms.lines import Piece, join_pieces, split_lines
from transforms.records import Block
from transforms.styles import PLAIN, Style, read_style
from transforms.survey import HEADING_TAGS, INLINE_TAGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bs4.element import PageElement

_SKIPPED_TAGS = frozenset((
    "script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "applet", "canvas", "audio", "video",
    "button", "input", "select", "textarea", "datalist", "head", "title", "rt", "rp", "annotation", "annotation-xml",
    "progress", "map",
))  # fmt: skip
_BOLD_TAGS = frozenset(("b", "strong", "th"))
_KINDS = {
    "li": "list_item",
    "dt": "list_item",
    "dd": "list_item",
    "blockquote": "quote",
    "figcaption": "caption",
    "caption": "caption",
    "pre": "code",
}
_CAPTION_START = re.compile(r"(?:图注|图源|图片来源|图为|图/|图：|图片：|[▲△▼↑]|[(（]图)")
_NUMBERED = re.compile(
    r"(?:[一二三四五六七八九十]+、|第[一二三四五六七八九十]+[章节部篇]|[（(][一二三四五六七八九十\d]+[）)]|\d{1,2}[.、\s])"
)
_CAPTION_CHARS = 90  # a longer centred paragraph after a picture is prose


class _Flow(NamedTuple):
    """What text met now belongs to."""

    kind: str = "paragraph"
    level: int | None = None
    anchor: str | None = None
    is_bold: bool = False
    is_centered: bool = False
    size: float | None = None
    is_paragraph: bool = False  # inside <p>, where raw newlines mean nothing


def extract_blocks(body_html: str) -> tuple[Block, ...]:
    """The blocks of an article element, in document order, positions from 1; no block is empty."""
    soup = BeautifulSoup(body_html, "lxml", multi_valued_attributes=None)
    writer = _Writer()
    _walk(soup, writer)
    return writer.finish()


class _Writer:
    """Collects the pieces of the running block and the blocks done."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.sizes: list[float | None] = []
        self.pieces: list[Piece | None] = []
        self.tables = 0
        self.follows_image = False

    def flush(self, flow: _Flow) -> None:
        """Ends the running block: its pieces become one block, or several where lines are paragraphs."""
        pieces = self.pieces
        if not pieces:
            return
        self.pieces = []
        if flow.kind == "code":
            self._add_code(pieces, flow)
            return
        if flow.kind == "heading":
            text, _ = join_pieces(pieces)
            self._add(text, flow, is_bold=True)
            return
        for line in split_lines(pieces, has_raw_lines=not flow.is_paragraph):
            self._add(line.text, flow, is_bold=line.is_bold, size=line.size)

    def _add(self, text: str, flow: _Flow, *, is_bold: bool, size: float | None = None) -> None:
        if not text:
            return
        kind = flow.kind
        if kind == "paragraph" and self.follows_image and len(text) <= _CAPTION_CHARS:
            is_caption = (flow.is_centered and not _NUMBERED.match(text)) or _CAPTION_START.match(text)
            kind = "caption" if is_caption else kind
        if kind != "caption":
            self.follows_image = False
        self.sizes.append(size)
        self.blocks.append(
            Block(
                block_position=len(self.blocks) + 1,
                kind=kind,
                text=text,
                level=flow.level,
                anchor=flow.anchor,
                is_bold=is_bold,
                is_centered=flow.is_centered,
            )
        )

    def break_code_line(self) -> None:
        """Parts code lines that are elements of their own."""
        if self.pieces and self.pieces[-1] is not None:
            self.pieces.append(None)

    def _add_code(self, pieces: list[Piece | None], flow: _Flow) -> None:
        text = "".join("\n" if piece is None else piece.text for piece in pieces)
        text = "\n".join(line.rstrip() for line in text.replace("\xa0", " ").split("\n")).strip("\n")
        if text.strip():
            self._add(text, flow, is_bold=False)

    def add_table(self, table: Tag) -> None:
        """One cell block a cell, after a caption block where the table has one."""
        cells, caption = read_cells(table)
        if not cells:
            return
        self.tables += 1
        if caption:
            self._add(caption, _Flow(kind="caption"), is_bold=False)
            self.blocks[-1] = replace(self.blocks[-1], table_number=self.tables)
        for cell in cells:
            self.sizes.append(None)
            self.blocks.append(
                Block(
                    block_position=len(self.blocks) + 1,
                    kind="cell",
                    text=cell.text,
                    table_number=self.tables,
                    table_row=cell.row,
                    table_column=cell.column,
                    is_header_cell=cell.is_header,
                    is_bold=cell.is_bold,
                )
            )
        self.follows_image = False

    def finish(self) -> tuple[Block, ...]:
        """All blocks; a paragraph clearly larger than most of the text counts as bold."""
        weights: Counter[float | None] = Counter()
        for block, size in zip(self.blocks, self.sizes, strict=True):
            weights[size] += len(block.text)
        if len(weights) < 2:
            return tuple(self.blocks)
        usual = weights.most_common(1)[0][0] or 16.0
        return tuple(
            replace(block, is_bold=True) if size is not None and size >= 1.15 * usual and not block.is_bold else block
            for block, size in zip(self.blocks, self.sizes, strict=True)
        )


def _walk(root: Tag, writer: _Writer) -> None:
    # A stack of open elements instead of recursion: pages nest deeper than Python may.
    flow = _Flow()
    stack: list[tuple[Iterator[PageElement], _Flow, bool]] = [(iter(root.contents), flow, True)]
    while stack:
        children, flow, is_block = stack[-1]
        for child in children:
            if child.__class__ is NavigableString:
                writer.pieces.append(Piece(str(child), flow.is_bold, flow.size))
                continue
            if not isinstance(child, Tag):
                continue  # comments, doctypes, processing instructions
            name = child.name
            if name == "br":
                writer.pieces.append(None)
                continue
            if name in ("img", "picture"):
                writer.follows_image = True
                continue
            if name in _SKIPPED_TAGS:
                continue
            style = _style_of(child)
            if style.is_skipped:
                continue
            if name in INLINE_TAGS:
                inner = _inline(flow, name, style)
                if flow.kind == "code" and name == "code":
                    writer.break_code_line()
                stack.append((iter(child.contents), inner, False))
                break
            if flow.kind == "code":
                writer.pieces.append(None)
                stack.append((iter(child.contents), flow, False))
                break
            writer.flush(flow)
            if name == "table" and is_data_table(child):
                writer.add_table(child)
                continue
            if name == "hr":
                continue
            stack.append((iter(child.contents), _block(flow, child, name, style), True))
            break
        else:
            stack.pop()
            if is_block:
                writer.flush(flow)


def _style_of(tag: Tag) -> Style:
    attributes = tag.attrs
    if not attributes:
        return PLAIN
    get = attributes.get
    style, classes, align = get("style"), get("class"), get("align")
    size = get("size") if tag.name == "font" else None
    if not (style or classes or align or size):
        return PLAIN
    return read_style(str(style or ""), str(classes or ""), str(align or ""), str(size or ""))


def _inline(flow: _Flow, name: str, style: Style) -> _Flow:
    bold = name in _BOLD_TAGS or flow.is_bold
    if style.bold is not None:
        bold = style.bold
    if bold != flow.is_bold or (style.size is not None and style.size != flow.size):
        return flow._replace(is_bold=bold, size=style.size if style.size is not None else flow.size)
    return flow


def _block(flow: _Flow, tag: Tag, name: str, style: Style) -> _Flow:
    kind, level, anchor = flow.kind, flow.level, flow.anchor
    if name in HEADING_TAGS:
        kind, level, anchor = "heading", int(name[1]), _anchor(tag)
    elif kind != "heading":
        if name == "pre" and _is_prose(tag):
            name = "div"
        kind = _KINDS.get(name, kind)
        if style.is_caption and name not in ("ul", "ol", "article", "section", "body") and kind == "paragraph":
            kind = "caption"
    bold = flow.is_bold or name in _BOLD_TAGS
    if style.bold is not None:
        bold = style.bold
    centered = flow.is_centered or name == "center"
    if style.centered is not None:
        centered = style.centered
    size = style.size if style.size is not None else flow.size
    return _Flow(kind, level, anchor, bold, centered, size, flow.is_paragraph or name == "p")


def _anchor(tag: Tag) -> str | None:
    own = tag.attrs.get("id") or tag.attrs.get("name")
    if own:
        return str(own)
    for inner in tag.find_all(True, limit=4):
        found = inner.attrs.get("id") or inner.attrs.get("name")
        if found:
            return str(found)
    return None


_CJK = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def _is_prose(pre: Tag) -> bool:
    """Whether a <pre> holds wrapped prose (bulletins, mails) and no code."""
    if pre.find("code") is not None:
        return False
    text = pre.get_text()[:2000]
    return 3 * len(_CJK.findall(text)) > len(text.strip()) > 0
