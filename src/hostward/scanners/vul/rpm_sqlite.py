"""rpm's database in SQLite, rpmdb.sqlite: read from a private copy, so that nothing of the original is ever written.

A hostile file may hold anything under the table's name, a view that never ends for one; SQLite is told to trust no
schema and is stopped after a number of steps.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from hostward.scanners.vul.rpm_header import MAX_BYTES, Damaged

MAX_DATABASE_BYTES = 2 << 30
"""Largest database copied: a full desktop's has 300 MB."""
MAX_STEPS = 200_000_000
"""SQLite's virtual machine steps for reading all: some ten a package are needed."""
MAX_PACKAGES = 500_000
"""Rows read."""

_MAGIC = b"SQLite format 3\0"
_STEPS_AT_ONCE = 1_000_000
_COPY = "rpmdb.sqlite"
_CHUNK = 16 << 20


def is_sqlite(head: bytes) -> bool:
    """Do these first bytes begin a SQLite file?"""
    return head.startswith(_MAGIC)


def blobs(descriptor: int, log: int | None, work: Path) -> Iterator[bytes | None]:
    """Every package's header; None for a row that is none.

    log: the write-ahead log beside it, which holds the newest changes where there is one. Raises Damaged when it is no
    database that can be read, OSError.
    """
    folder = work / "rpm"
    folder.mkdir(mode=0o700, exist_ok=True)
    copies = [folder / _COPY, folder / f"{_COPY}-wal", folder / f"{_COPY}-shm", folder / f"{_COPY}-journal"]
    try:
        _copy(descriptor, copies[0])
        if log is not None:
            _copy(log, copies[1])
        yield from _rows(copies[0])
    except (sqlite3.Error, UnicodeDecodeError) as error:  # the latter where SQLite's own message quotes the file
        raise Damaged(f"SQLite: {error}") from error
    finally:
        for copy in copies:
            copy.unlink(missing_ok=True)
        folder.rmdir()


def _rows(path: Path) -> Iterator[bytes | None]:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA mmap_size = 0")
        connection.text_factory = _no_blob
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_BYTES)
        left = MAX_STEPS // _STEPS_AT_ONCE

        def is_enough() -> bool:
            nonlocal left
            left -= 1
            return left < 0

        connection.set_progress_handler(is_enough, _STEPS_AT_ONCE)
        for number, (blob,) in enumerate(connection.execute("SELECT blob FROM Packages")):
            if number >= MAX_PACKAGES:
                raise Damaged(f"it holds more than {MAX_PACKAGES} packages")
            yield blob if isinstance(blob, bytes) else None


def _no_blob(_: bytes) -> None:
    """Text stands where a header belongs; it may be in no encoding at all."""


def _copy(source: int, target: Path) -> None:
    left = MAX_DATABASE_BYTES
    with target.open("xb") as file:
        while part := os.read(source, min(_CHUNK, left + 1)):
            left -= len(part)
            if left < 0:
                raise Damaged(f"it is larger than {MAX_DATABASE_BYTES >> 20} MiB")
            file.write(part)
