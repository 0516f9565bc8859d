"""Where a report goes: standard output, a file, or a terminal that gets the worst of it."""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from hostward.cli.scan import screen
from hostward.cli.scan.formats.choice import FORMATS
from hostward.cli.scan.report import HostReport
from hostward.domain.errors import HostwardError


def write(report: HostReport, name: str, out: Path | None, *, everything: bool) -> None:
    """Write the report in the format of this name. Raises HostwardError when the file can't be written."""
    pieces = FORMATS[name](report)
    if out is not None:
        _to_file(pieces, out)
    elif name == "table" and sys.stdout.isatty():
        screen.findings(report, Console(highlight=False), everything=everything)
    else:
        _to_stdout(pieces)


def _to_stdout(pieces: Iterator[str]) -> None:
    """Bytes as they are: a path that is no UTF-8 goes out as it is on the disk. A reader that left is no error."""
    try:
        for piece in pieces:
            sys.stdout.buffer.write(piece.encode("utf-8", "surrogateescape"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _to_file(pieces: Iterator[str], out: Path) -> None:
    """All at once: a report that is there is whole."""
    try:
        handle, name = tempfile.mkstemp(dir=out.absolute().parent, prefix=f".{out.name}.")
        with os.fdopen(handle, "wb") as file:
            file.writelines(piece.encode("utf-8", "surrogateescape") for piece in pieces)
        Path(name).replace(out)
    except OSError as error:
        raise HostwardError(f"can't write {out}: {error.strerror}; name a file in a folder of your own") from error
