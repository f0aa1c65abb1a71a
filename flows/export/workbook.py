"""Excel: one workbook with a sheet a table, and a sheet that says what the columns mean.

Text is always text: never a formula, a link or a number. What Excel cannot hold is said or kept otherwise: further
sheets where a table has more rows than a sheet, longer texts cut and counted, days before 1900 as text, times
without their zone (they are UTC).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa
import xlsxwriter
from xlsxwriter.exceptions import XlsxFileError

from flows.errors import ExportError
from transforms.dictionary import COLUMN_HEADINGS, column_cells
from transforms.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from flows.dataset.snapshot import Snapshot

    WriteCell = Callable[[int, int, Any], object]

# Excel's own limits.
SHEET_ROWS = 1_048_576
CELL_UNITS = 32_767  # UTF-16 code units: many emoji count twice
FIRST_TIME = datetime(1900, 3, 1)  # before it Excel counts a 29 February that never was

OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
WIDTHS = {pa.string(): 24, pa.timestamp("us", tz="UTC"): 19}
WIDTH = 12


def write_workbook(snapshot: Snapshot, names: Sequence[str], path: Path) -> list[str]:
    """Writes the tables into a new workbook; what Excel has no room for is in the notes returned."""
    # XlsxWriter keeps each sheet in a temporary file until the end: there, where room is needed anyway.
    with_place = OPTIONS | {"tmpdir": str(path.parent)}
    try:
        with xlsxwriter.Workbook(str(path), with_place) as book:
            writer = WorkbookWriter(book)
            for name in names:
                kinds = TABLES[name].schema.types
                rows = (
                    row
                    for batch in snapshot.batches(name)
                    for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)
                )
                writer.write_table(name, TABLES[name].names, kinds, rows)
            described = ((name, *column_cells(column)) for name in names for column in TABLES[name].columns)
            headings = ("table", *COLUMN_HEADINGS)
            writer.write_table("columns", headings, [pa.string()] * len(headings), described)
    except XlsxFileError as error:
        raise ExportError(f"{path.name} could not be written as a workbook ({error}): try --format csv") from error
    return writer.notes()


@dataclass
class WorkbookWriter:
    """A workbook under way; rows go to it in order and are not kept."""

    book: xlsxwriter.Workbook
    cut_cells: int = 0
    split_tables: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.header = self.book.add_format({"bold": True})
        self.day = self.book.add_format({"num_format": "yyyy-mm-dd"})
        self.time = self.book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})

    def notes(self) -> list[str]:
        """What is otherwise than in the tables."""
        notes = []
        if self.cut_cells:
            cells = "1 text longer" if self.cut_cells == 1 else f"{self.cut_cells:,} texts longer"
            notes.append(f"{cells} than {CELL_UNITS:,} characters cut: Excel's cells hold no more")
        if self.split_tables:
            notes.append(
                f"{', '.join(self.split_tables)}: on several sheets, because Excel's hold {SHEET_ROWS:,} rows each"
            )
        return notes

    def write_table(
        self, name: str, columns: Sequence[str], kinds: Sequence[pa.DataType], rows: Iterable[Sequence[Any]]
    ) -> None:
        """A sheet of these rows; "name (2)" and on where they are more than a sheet holds."""
        sheets, number = 1, 0
        sheet = self._begin(name, columns, kinds)
        cells = self._cells(sheet, kinds)
        for row in rows:
            if number == SHEET_ROWS - 1:
                sheet.autofilter(0, 0, number, len(columns) - 1)
                sheets, number = sheets + 1, 0
                sheet = self._begin(f"{name} ({sheets})", columns, kinds)
                cells = self._cells(sheet, kinds)
            number += 1
            for place, value in enumerate(row):
                if value is not None:
                    cells[place](number, place, value)
        sheet.autofilter(0, 0, number, len(columns) - 1)
        if sheets > 1:
            self.split_tables.append(name)

    def _begin(self, title: str, columns: Sequence[str], kinds: Sequence[pa.DataType]) -> Worksheet:
        sheet = self.book.add_worksheet(title)
        sheet.freeze_panes(1, 0)
        for place, (column, kind) in enumerate(zip(columns, kinds, strict=True)):
            sheet.set_column(place, place, WIDTHS.get(kind, WIDTH))
            sheet.write_string(0, place, column, self.header)
        return sheet

    def _cells(self, sheet: Worksheet, kinds: Sequence[pa.DataType]) -> list[WriteCell]:
        """How a cell of each column is written."""

        def text(row: int, place: int, value: str) -> None:
            # Below half the limit not even surrogate pairs are too many: the usual case, without counting.
            if len(value) > CELL_UNITS // 2 and (cut := _cut(value)) != value:
                self.cut_cells += 1
                value = cut
            sheet.write_string(row, place, value)

        def number(row: int, place: int, value: float) -> None:
            if math.isfinite(value):
                sheet.write_number(row, place, value)
            else:
                sheet.write_string(row, place, str(value))

        def day(row: int, place: int, value: date) -> None:
            _write_time(sheet, row, place, datetime(value.year, value.month, value.day), self.day)

        def time(row: int, place: int, value: datetime) -> None:
            _write_time(sheet, row, place, value.astimezone(UTC).replace(tzinfo=None), self.time)

        def choose(kind: pa.DataType) -> WriteCell:
            if pa.types.is_timestamp(kind):
                return time
            if pa.types.is_date(kind):
                return day
            if pa.types.is_boolean(kind):
                return cast("WriteCell", sheet.write_boolean)
            return text if pa.types.is_string(kind) else number

        return [choose(kind) for kind in kinds]


def _write_time(sheet: Worksheet, row: int, place: int, value: datetime, shown: Format) -> None:
    if value < FIRST_TIME:
        midnight = value.time() == datetime.min.time()
        sheet.write_string(row, place, value.date().isoformat() if midnight else value.isoformat(" "))
    else:
        sheet.write_datetime(row, place, value, shown)


def _cut(text: str) -> str:
    """As much of the text as a cell holds; no character is cut in two."""
    return text.encode("utf-16-le")[: 2 * CELL_UNITS].decode("utf-16-le", "ignore")
