"""Zips of JSON records, with caps against what is too big to be a feed."""

import io
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from hostward.domain.errors import FeedError
from hostward.feeds.contract import Reading

MAX_RECORD_BYTES = 16 << 20
"""Largest single record taken, unpacked: hundreds of times the usual one (a few KB to 100 KB)."""
MAX_RECORDS = 500_000
"""Most records in one zip: more than twice what the largest ecosystem of osv.dev holds."""
MAX_TOTAL_BYTES = 16 << 30
"""Most bytes unpacked from one zip, against bombs made of many middling members."""
MAX_DIRECTORY_BYTES = 64 << 20
"""Largest list of members (central directory) read into memory: MAX_RECORDS names of ordinary length."""

ZIP_MAGIC = b"PK\x03\x04"
_ENCRYPTED = 0x1
_TAIL_BYTES = 65_535 + 22 + 20 + 56
"""Longest comment, end record, zip64 locator and zip64 end record."""
_IN_ZIP64 = 0xFFFFFFFF


def members(path: Path, reading: Reading) -> Iterator[bytes]:
    """The JSON files of a zip, unpacked one at a time. Raises FeedError when it is damaged as a whole or too large."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            _check_directory(file, path)
            with zipfile.ZipFile(file) as archive:
                yield from _members(archive, path, reading)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise FeedError(f"{path}: not a whole zip: {error}; fetch it again") from error


def _check_directory(file: io.BufferedReader, path: Path) -> None:
    """Refuse a list of members that would not fit into memory, before zipfile reads it whole.

    Its size stands in the end record, or in the zip64 one before that (APPNOTE 4.3.14 and 4.3.16).
    """
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        raise FeedError(f"{path}: not a regular file")
    file.seek(max(0, status.st_size - _TAIL_BYTES))
    tail = file.read(_TAIL_BYTES)
    wide, end = tail.rfind(b"PK\x06\x06"), tail.rfind(b"PK\x05\x06")
    sizes = [int.from_bytes(tail[wide + 40 : wide + 48], "little")] if wide >= 0 else []
    short = int.from_bytes(tail[end + 12 : end + 16], "little")
    sizes += [short] if end >= 0 and short != _IN_ZIP64 else []
    if any(size > MAX_DIRECTORY_BYTES for size in sizes):
        raise FeedError(f"{path}: its list of members is larger than {MAX_DIRECTORY_BYTES >> 20} MiB")


def _members(archive: zipfile.ZipFile, path: Path, reading: Reading) -> Iterator[bytes]:
    files = [each for each in archive.infolist() if each.filename.endswith(".json")]
    if len(files) > MAX_RECORDS:
        raise FeedError(f"{path}: more than {MAX_RECORDS} records; no feed has so many")
    total = 0
    for member in files:
        data = _member(archive, member, reading)
        if data is None:
            continue
        total += len(data)
        if total > MAX_TOTAL_BYTES:
            raise FeedError(f"{path}: unpacks to more than {MAX_TOTAL_BYTES >> 30} GiB")
        yield data


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, reading: Reading) -> bytes | None:
    """One member unpacked, None when it is encrypted, damaged or larger than a record (its header may lie)."""
    if member.flag_bits & _ENCRYPTED:
        reading.skipped["encrypted records"] += 1
        return None
    try:
        with archive.open(member) as file:
            data = file.read(MAX_RECORD_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
        reading.skipped["damaged records"] += 1
        return None
    if len(data) > MAX_RECORD_BYTES:
        reading.skipped["records that are too large"] += 1
        return None
    return data
