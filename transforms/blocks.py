"""Ordered blocks of an article element: the only definition of "the text"."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from transforms.grid import read_table
from transforms.lines import Piece, join_pieces, split_lines
from transforms.records import Block
from transforms.service_lines import MAX_CHARS, cut_tail, is_service_line
from transforms.styles import PLAIN, Style, style_of
from transforms.survey import HEADING_TAGS, INLINE_TAGS

if TYPE_CHECKING:
    from transforms.body import Body
    from transforms.tree import Tree

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
_KEPT_KINDS = frozenset(("code", "list_item"))  # as written, whatever they say
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


def extract_blocks(body: Body) -> tuple[Block, ...]:
    """The blocks of an article, in document order, positions from 1; no block is empty."""
    writer = _Writer(body.tree, body.dropped)
    for lead in body.leads:
        writer.pieces.append(Piece(body.tree.text(lead)))
        writer.flush(_Flow(is_paragraph=True))
    body.tree.walk(body.root, writer)
    return writer.finish()


class _Writer:
    """Walks over an article; collects the pieces of the running block, and the blocks done."""

    def __init__(self, tree: Tree, dropped: list[bool]) -> None:
        self.tree = tree
        self.dropped = dropped
        self.flow = _Flow()
        self.flows: list[tuple[_Flow, bool]] = []  # of the elements around: what is to go on, and whether a block ends
        self.blocks: list[Block] = []
        self.sizes: list[float | None] = []
        self.pieces: list[Piece | None] = []
        self.tables = 0
        self.follows_image = False

    def open(self, i: int) -> bool:
        """An element starts: what follows may be another block, or look otherwise."""
        if self.dropped[i]:
            return False
        name = self.tree.tags[i]
        if name == "br":
            self.pieces.append(None)
            return False
        if name in ("img", "picture"):
            self.follows_image = True
            return False
        if name in _SKIPPED_TAGS:
            return False
        raw = self.tree.raws[i]
        style = style_of(raw) if raw else PLAIN
        if style.is_skipped:
            return False
        flow = self.flow
        if name in INLINE_TAGS:
            if flow.kind == "code" and name == "code":
                self.break_code_line()
            self.flows.append((flow, False))
            self.flow = _inline(flow, name, style)
            return True
        if flow.kind == "code":
            self.pieces.append(None)
            self.flows.append((flow, False))
            return True
        self.flush(flow)
        if name == "hr" or (name == "table" and self.add_table(i)):
            return False
        self.flows.append((flow, True))
        self.flow = self._block(i, name, style)
        return True

    def text(self, text: str) -> None:
        """Text goes on in the running block."""
        self.pieces.append(Piece(text, self.flow.is_bold, self.flow.size))

    def close(self, i: int) -> None:
        """An element ends, and with it the block if it is one."""
        del i
        flow, is_block = self.flows.pop()
        if is_block:
            self.flush(self.flow)
        self.flow = flow

    def _block(self, i: int, name: str, style: Style) -> _Flow:
        flow = self.flow
        kind, level, anchor = flow.kind, flow.level, flow.anchor
        if name in HEADING_TAGS:
            kind, level, anchor = "heading", int(name[1]), _anchor(self.tree, i)
        elif kind != "heading":
            if name == "pre" and _is_prose(self.tree, i):
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
        kind = flow.kind
        if kind not in _KEPT_KINDS and text:
            if len(text) <= MAX_CHARS and is_service_line(text):
                return
            text = cut_tail(text)
        if not text:
            return
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

    def add_table(self, i: int) -> bool:
        """One cell block a cell, after a caption block where the table has one; False where it only lays out."""
        table = read_table(self.tree, i, self.dropped)
        if table is None:
            return False
        cells, caption = table
        if not cells:
            return True
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
        return True

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


def _inline(flow: _Flow, name: str, style: Style) -> _Flow:
    bold = name in _BOLD_TAGS or flow.is_bold
    if style.bold is not None:
        bold = style.bold
    if bold != flow.is_bold or (style.size is not None and style.size != flow.size):
        return flow._replace(is_bold=bold, size=style.size if style.size is not None else flow.size)
    return flow


def _anchor(tree: Tree, heading: int) -> str | None:
    for i in range(heading, min(heading + 5, tree.ends[heading])):
        if tree.raws[i] and (found := tree.attributes(i).get("id") or tree.attributes(i).get("name")):
            return found
    return None


_CJK = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def _is_prose(tree: Tree, pre: int) -> bool:
    """Whether a <pre> holds wrapped prose (bulletins, mails) and no code."""
    if next(tree.find("code", below=pre), None) is not None:
        return False
    text = tree.text(pre)[:2000]
    return 3 * len(_CJK.findall(text)) > len(text.strip()) > 0
