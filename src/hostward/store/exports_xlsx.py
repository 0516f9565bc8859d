"""Exports as XLSX (ECMA-376). Texts are stored as texts, so that no cell is ever a formula or a link."""

import re
from pathlib import Path
from typing import BinaryIO, Final

import xlsxwriter  # type: ignore[import-untyped]  # it has annotations, but no py.typed
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]  # as above

from hostward.usecases.exports.shelf import Row, Table

ROWS_PER_SHEET: Final = 1_000_000
"""Rows below a header; a sheet can hold 1,048,576 (Excel's specifications and limits). More begin another sheet."""

MAX_CHARS: Final = 32_767
"""Characters of one cell (Excel's specifications and limits)."""

WIDTH: Final = 22
"""Of a column, in characters."""

_UNFIT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 can't hold."""


def write_xlsx(file: BinaryIO, table: Table, drafts: Path) -> int:
    """Write the table and tell how many rows it has. One row is held in memory; drafts: where the others wait."""
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "tmpdir": str(drafts),
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    count = 0
    sheet = _sheet(book, table, 1)
    for row in table.rows:
        if count and count % ROWS_PER_SHEET == 0:
            sheet = _sheet(book, table, count // ROWS_PER_SHEET + 1)
        _write(sheet, count % ROWS_PER_SHEET + 1, row)
        count += 1
    book.close()
    return count


def _sheet(book: xlsxwriter.Workbook, table: Table, number: int) -> Worksheet:
    sheet = book.add_worksheet(table.title if number == 1 else f"{table.title} {number}")
    sheet.set_column(0, len(table.header) - 1, WIDTH)
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for column, cell in enumerate(table.header):
        sheet.write_string(0, column, str(cell), bold)
    return sheet


def _write(sheet: Worksheet, line: int, row: Row) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, int):
            sheet.write_number(line, column, cell)
        elif cell:
            sheet.write_string(line, column, _UNFIT.sub("\ufffd", cell[:MAX_CHARS]))
