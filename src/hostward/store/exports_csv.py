"""Exports as CSV (RFC 4180) in UTF-8, safe to be opened by a spreadsheet."""

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO, Final

from hostward.usecases.exports.shelf import Cell, Row, Table

MARK: Final = "\ufeff"
"""Tells spreadsheets that the text is UTF-8; without it they garble every name that is not ASCII."""

FORMULA: Final = frozenset("=+-@\t\r\n＝＋－＠")
"""First signs that make a spreadsheet calculate, full width too. Source: OWASP, CSV Injection."""


def write_csv(file: BinaryIO, table: Table) -> Iterator[Row]:
    """Write the table; each row is handed on once it is written. The file is whole when they have all been taken."""
    text = io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline="", write_through=False)
    text.write(MARK)
    writer = csv.writer(text)
    writer.writerow(map(safe, table.header))
    for row in table.rows:
        writer.writerow(map(safe, row))
        yield row
    text.flush()
    text.detach()


def safe(cell: Cell) -> Cell:
    """A cell that no spreadsheet takes for a formula, whatever blanks come first: an apostrophe makes it a text."""
    if isinstance(cell, int):
        return cell
    cell = cell.replace("\0", "\ufffd")
    return f"'{cell}" if cell[:1] in FORMULA or cell.lstrip()[:1] in FORMULA else cell
