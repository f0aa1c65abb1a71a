"""Cells of an HTML table with their place, and whether a table holds data at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bs4.element import NavigableString, Tag

from transforms.lines import clean_text
from transforms.survey import INLINE_TAGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bs4.element import PageElement

_MAX_SPAN = 200  # browsers cap at 1,000 columns; beyond this a span is an accident
_MAX_COLUMNS = 1_000  # of a table; spans beyond are an accident
_LONG_CELL_CHARS = 400
_ROW_PARENTS = frozenset(("tr", "thead", "tbody", "tfoot"))
_ROW = frozenset(("tr",))
_CELL = frozenset(("td", "th"))
_PROSE_TAGS = frozenset(("table", "h1", "h2", "h3", "h4", "blockquote", "pre", "figure", "article", "section"))


class Cell(NamedTuple):
    """A cell's text and place; row and column count from 1."""

    text: str
    row: int
    column: int
    is_header: bool
    is_bold: bool


def is_data_table(table: Tag) -> bool:
    """Whether the table relates cells in rows and columns; else it only lays out what it holds."""
    if table.attrs.get("role") == "presentation" or any(
        inner.__class__ is Tag and inner.name in _PROSE_TAGS for inner in table.descendants
    ):
        return False
    rows = _rows(table)
    if not rows:
        return False
    widths = [len(_children(row, _CELL)) for row in rows]
    if max(widths) < 2 or (len(rows) < 2 and not any(cell.name == "th" for cell in _children(rows[0], _CELL))):
        return False
    filled = 0
    for row in rows:
        for cell in _children(row, _CELL):
            text = cell.get_text()
            if text.strip():
                filled += 1
            if len(text) > _LONG_CELL_CHARS and len(clean_text(text)) > _LONG_CELL_CHARS:
                return False
    return filled >= 3


def read_cells(table: Tag) -> tuple[list[Cell], str]:
    """The filled cells of a table in reading order, and its caption ("" if it has none)."""
    cells: list[Cell] = []
    taken: dict[int, int] = {}  # column → rows below that a cell above still fills
    for number, row in enumerate(_rows(table), 1):
        column = 1
        below: dict[int, int] = {}
        is_head = row.parent is not None and row.parent.name == "thead"
        for cell in _children(row, _CELL):
            while taken.get(column, 0) > 0:
                column += 1
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            text, is_bold = _read_cell(cell)
            if text:
                cells.append(Cell(text, number, column, is_head or cell.name == "th", is_bold))
            if height > 1 and len(taken) + len(below) <= _MAX_COLUMNS:
                below.update(dict.fromkeys(range(column, column + width), height))
            column += width
        taken = {c: left - 1 for c, left in taken.items() if left > 1}
        taken.update({c: height - 1 for c, height in below.items()})
    caption = table.find("caption")
    return cells, clean_text(caption.get_text()) if caption is not None else ""


def _rows(table: Tag) -> list[Tag]:
    rows: list[Tag] = []
    for child in _children(table, _ROW_PARENTS):
        rows.extend((child,) if child.name == "tr" else _children(child, _ROW))
    return rows


def _children(tag: Tag, names: frozenset[str]) -> list[Tag]:
    return [child for child in tag.contents if isinstance(child, Tag) and child.name in names]


def _span(cell: Tag, name: str) -> int:
    value = str(cell.attrs.get(name) or "")
    return min(max(int(value), 1), _MAX_SPAN) if value.isascii() and value.isdigit() else 1


def _read_cell(cell: Tag) -> tuple[str, bool]:
    """Text of a cell and whether all of it is bold; words of neighbouring blocks and lines stay apart."""
    texts: list[str] = []
    is_bold = True
    stack: list[tuple[Iterator[PageElement], bool, bool]] = [(iter(cell.contents), True, False)]
    while stack:
        children, is_block, in_bold = stack[-1]
        for child in children:
            if child.__class__ is NavigableString:
                text = str(child)
                texts.append(text)
                is_bold = is_bold and (in_bold or not text.strip())
            elif isinstance(child, Tag):
                name = child.name
                if name in ("style", "script"):
                    continue
                inner_block = name not in INLINE_TAGS or name == "br"
                if inner_block:
                    texts.append(" ")
                stack.append((iter(child.contents), inner_block, in_bold or name in ("b", "strong")))
                break
        else:
            stack.pop()
            if is_block:
                texts.append(" ")
    return clean_text("".join(texts)), is_bold
