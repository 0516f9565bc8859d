"""rpm databases as rpm writes them, made here: headers, and the two formats that keep them."""

import sqlite3
import struct
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

INT32, STRING, STRING_ARRAY = 4, 6, 8
Value = str | bytes | Sequence[str] | Sequence[int]


def header(tags: Mapping[int, Value]) -> bytes:
    """A header with these tags: a string, a list of strings, or a list of numbers each."""
    index, data = b"", b""
    for tag, value in sorted(tags.items()):
        kind, count, raw = _encoded(value)
        if kind == INT32:
            data += b"\0" * (-len(data) % 4)
        index += struct.pack(">IIII", tag, kind, len(data), count)
        data += raw
    return struct.pack(">II", len(tags), len(data)) + index + data


def package(
    name: str = "bash",
    version: str = "5.1.8",
    release: str = "9.el9",
    *,
    epoch: int | None = None,
    arch: str = "x86_64",
    source: str = "",
    files: Iterable[str] = (),
) -> bytes:
    """An installed package's header. files: absolute paths."""
    tags: dict[int, Value] = {1000: name, 1001: version, 1002: release, 1022: arch}
    if epoch is not None:
        tags[1003] = [epoch]
    tags[1044] = source or f"{name}-{version}-{release}.src.rpm"
    paths = [path.rpartition("/") for path in files]
    if paths:
        folders = sorted({f"{folder}/" for folder, _, _ in paths})
        tags[1116] = [folders.index(f"{folder}/") for folder, _, _ in paths]
        tags[1117] = [base for _, _, base in paths]
        tags[1118] = folders
    return header(tags)


def write_sqlite(path: Path, headers: Iterable[object]) -> None:
    """rpmdb.sqlite with these rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
        connection.executemany("INSERT INTO Packages (blob) VALUES (?)", [(each,) for each in headers])
        connection.commit()


def ndb(headers: Sequence[bytes]) -> bytes:
    """Packages.db with one page of slots and these packages."""
    slots, body, block = b"", b"", 4096 // 16
    for number, blob in enumerate(headers, start=1):
        blocks = -(-(16 + len(blob) + 12) // 16)
        head = struct.pack("<4sIII", b"BlbS", number, 1, len(blob))
        tail = struct.pack("<II4s", 0, len(blob), b"BlbE")
        body += (head + blob).ljust(blocks * 16 - 12, b"\0") + tail
        slots += struct.pack("<4sIII", b"Slot", number, block, blocks)
        block += blocks
    empty = struct.pack("<4sIII", b"Slot", 0, 0, 0)
    page = struct.pack("<4sIIII", b"RpmP", 0, 1, 1, len(headers) + 1).ljust(32, b"\0") + slots
    while len(page) < 4096:
        page += empty
    return page + body


def _encoded(value: Value) -> tuple[int, int, bytes]:
    if isinstance(value, str | bytes):
        return STRING, 1, (value.encode() if isinstance(value, str) else value) + b"\0"
    if value and isinstance(value[0], int):
        return INT32, len(value), struct.pack(f">{len(value)}I", *value)
    return STRING_ARRAY, len(value), b"".join(str(each).encode() + b"\0" for each in value)
