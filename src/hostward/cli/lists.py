"""Lists on the command line: columns on a terminal, tab-separated and whole in a pipe, JSON, JSON lines, CSV.

Cells come from hosts and feeds: nothing in them drives a terminal, and no spreadsheet takes one for a formula.
"""

import csv
import io
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import click

from hostward.domain.note import printable

FORMATS: Final = ("table", "wide", "json", "jsonl", "csv")
FORMAT = click.option("-o", "--output", type=click.Choice(FORMATS), default="table", show_default=True)
NO_HEADER = click.option("--no-header", is_flag=True, help="Leave the line of headings out.")
COLOR = click.option(
    "--color", type=click.Choice(("auto", "always", "never")), default="auto", show_default=True,
    help="NO_COLOR, FORCE_COLOR and TERM=dumb are minded too.",
)  # fmt: skip

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet calculate. Source: OWASP, CSV Injection."""
STYLES: Final[Mapping[str, str]] = {"critical": "bright_red", "high": "red", "medium": "yellow", "low": "cyan"}
LEAST_COLUMN: Final = 12
"""Characters that the last column of a terminal keeps however narrow it is."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column; an empty cell is a "-" for people. wide: left out of the plain table."""

    head: str
    cell: Callable[[Row], str]
    wide: bool = False


def member(head: str, name: str, *, wide: bool = False) -> Column:
    """A column that shows a member as it is."""
    return Column(head, lambda row: str(row[name]), wide)


def write(
    answer: Row, name: str, columns: Sequence[Column], *, output: str, header: bool = True, color: str = "auto"
) -> None:
    """Write the rows of an answer's member in a format. json: the answer as it is; jsonl: a row a line."""
    rows: Sequence[Row] = answer[name]
    if output == "json":
        _out([json.dumps(answer, indent=2, ensure_ascii=False) + "\n"])
    elif output == "jsonl":
        _out(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    else:
        _table(rows, columns, output, header=header, color=color)


def say(text: str) -> None:
    """A line beside the data."""
    click.echo(text, err=True)


def is_colored(color: str) -> bool:
    """Whether standard output gets colours."""
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def _table(rows: Sequence[Row], columns: Sequence[Column], output: str, *, header: bool, color: str) -> None:
    """The columns of the format; on a terminal they stand below each other."""
    if output == "table":
        columns = [column for column in columns if not column.wide]
    heads = [[column.head for column in columns]] if header else []
    cells = [[column.cell(row) for column in columns] for row in rows]
    if output == "csv":
        _out(_csv_row(line) for line in [*heads, *cells])
        return
    lines = heads + [[printable(cell) or "-" for cell in line] for line in cells]
    if sys.stdout.isatty():
        width = shutil.get_terminal_size().columns if output == "table" else 0
        _out(_aligned(lines, width, colored=is_colored(color)))
    else:
        _out("\t".join(line) + "\n" for line in lines)


def _csv_row(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells])
    return out.getvalue()


def _aligned(lines: Sequence[Sequence[str]], width: int, *, colored: bool) -> Iterator[str]:
    """Columns as wide as they need; the last one is cut where the terminal ends (0: it has no end)."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    before = sum(widths[:-1]) + 2 * (len(widths) - 1)
    room = max(width - before, LEAST_COLUMN) if width else 0
    for line in lines:
        cells = list(line)
        if room and len(cells[-1]) > room:
            cells[-1] = cells[-1][: room - 1] + "…"
        shown = [_styled(cell, cell.ljust(size), colored=colored) for cell, size in zip(cells, widths, strict=True)]
        yield "  ".join(shown).rstrip() + "\n"


def _styled(cell: str, shown: str, *, colored: bool) -> str:
    style = STYLES.get(cell) if colored else None
    return click.style(shown, fg=style) if style else shown


def _out(pieces: Iterator[str] | Sequence[str]) -> None:
    """To standard output as UTF-8. A reader that left is no error."""
    try:
        for piece in pieces:
            sys.stdout.buffer.write(piece.encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
