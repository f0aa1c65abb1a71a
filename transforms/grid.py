"""Cells of an HTML table with their place, and whether a table holds data at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

from transforms.lines import clean_text
from transforms.survey import INLINE_TAGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bs4.element import PageElement

    from transforms.tree import Tree

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


def read_table(tree: Tree, i: int, dropped: Sequence[bool]) -> tuple[list[Cell], str] | None:
    """The filled cells of a table in reading order, and its caption ("" if it has none).

    None where the table only lays out what it holds, and relates nothing in rows and columns.
    """
    if not _relates(tree, i):
        return None
    soup = BeautifulSoup(tree.html(i, dropped), "lxml", multi_valued_attributes=None)
    return _read_cells(soup.table) if soup.table is not None else None


def _relates(tree: Tree, table: int) -> bool:
    tags = tree.tags
    if tree.attributes(table).get("role") == "presentation" or not _PROSE_TAGS.isdisjoint(
        tags[table + 1 : tree.ends[table]]
    ):
        return False
    rows = [[cell for cell in tree.children(row) if tags[cell] in _CELL] for row in tree.find("tr", below=table)]
    widest = max(map(len, rows), default=0)
    if widest < 2 or (len(rows) < 2 and all(tags[cell] == "td" for cell in rows[0])):
        return False
    filled = 0
    for cell in (cell for row in rows for cell in row):
        text = tree.text(cell)
        filled += not text.isspace() and text != ""
        if len(text) > _LONG_CELL_CHARS and len(clean_text(text)) > _LONG_CELL_CHARS:
            return False
    return filled >= 3


def _read_cells(table: Tag) -> tuple[list[Cell], str]:
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
