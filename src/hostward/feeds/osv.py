"""OSV: the native format. An all.zip as osv.dev serves it, a folder of records and zips, or a single JSON record."""

import io
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from hostward.domain.advisory import Advisory
from hostward.domain.errors import FeedError
from hostward.feeds import source
from hostward.feeds.contract import Reading
from hostward.feeds.osv_record import FEED, advisory_of, decode

MAX_RECORD_BYTES = 16 << 20
"""Largest single record taken, unpacked: hundreds of times the usual one (a few KB to 100 KB)."""
MAX_RECORDS = 500_000
"""Most records in one zip: more than twice what the largest ecosystem of osv.dev holds."""
MAX_TOTAL_BYTES = 16 << 30
"""Most bytes unpacked from one zip, against bombs made of many middling members."""
MAX_FILES = 2_000_000
"""Most files looked at in a folder."""
MAX_DEPTH = 4
"""Levels of folders gone into: osv/ECOSYSTEM/ID.json needs two."""
MAX_DIRECTORY_BYTES = 64 << 20
"""Largest list of members (central directory) read into memory: MAX_RECORDS names of ordinary length."""

_ZIP_MAGIC = b"PK\x03\x04"
_RECORD = re.compile(rb'\s*\{(?=.*"id"\s*:)(?=.*"(?:modified|schema_version)"\s*:)', re.DOTALL)
_ENCRYPTED = 0x1
_TAIL_BYTES = 65_535 + 22 + 20 + 56
"""Longest comment, end record, zip64 locator and zip64 end record."""
_IN_ZIP64 = 0xFFFFFFFF


class _Osv:
    name = FEED

    def sniff(self, path: Path) -> bool:
        """Is it a zip, a folder with a record or a zip in it, or JSON with the two fields every OSV record has?"""
        if path.is_dir():
            return next(_files(path), None) is not None
        first = source.head(path)
        return first.startswith(_ZIP_MAGIC) or _RECORD.match(first) is not None

    def read(self, path: Path) -> Reading:
        """Read it. Raises FeedError when it is damaged as a whole or nothing in it is an OSV record."""
        if path.is_dir():
            return Reading(lambda reading: _whole(path, _folder(path, reading), reading))
        if source.head(path).startswith(_ZIP_MAGIC):
            return Reading(lambda reading: _whole(path, _zip(path, reading), reading))
        return Reading(lambda reading: _whole(path, _single(path, reading), reading))


OSV = _Osv()


def _whole(path: Path, advisories: Iterator[Advisory], reading: Reading) -> Iterator[Advisory]:
    """Pass on what is read, once per id, and refuse a feed in which nothing could be."""
    seen: set[str] = set()
    for advisory in advisories:
        if advisory.id in seen:
            reading.skipped["records with an id that was there before"] += 1
            continue
        seen.add(advisory.id)
        yield advisory
    if not seen and not reading.skipped["withdrawn records"]:
        reasons = ", ".join(f"{count} {reason}" for reason, count in reading.skipped.items() if count) or "it is empty"
        raise FeedError(f"{path}: holds no OSV record that can be read: {reasons}")


def _single(path: Path, reading: Reading) -> Iterator[Advisory]:
    advisory = _record(source.whole(path, MAX_RECORD_BYTES), reading)
    if advisory is not None:
        yield advisory


def _folder(path: Path, reading: Reading) -> Iterator[Advisory]:
    for count, file in enumerate(_files(path)):
        if count >= MAX_FILES:
            raise FeedError(f"{path}: more than {MAX_FILES} files; give a smaller folder or its all.zip")
        if file.suffix == ".zip":
            yield from _zip(file, reading)
            continue
        try:
            data = source.whole(file, MAX_RECORD_BYTES)
        except FeedError:
            reading.skipped["files that can't be read"] += 1
            continue
        advisory = _record(data, reading)
        if advisory is not None:
            yield advisory


def _files(folder: Path, depth: int = 0) -> Iterator[Path]:
    """Records and zips below a folder, by name; symlinks are not followed."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False) and depth < MAX_DEPTH:
            yield from _files(Path(entry.path), depth + 1)
        elif entry.is_file(follow_symlinks=False) and entry.name.endswith((".json", ".zip")):
            yield Path(entry.path)


def _zip(path: Path, reading: Reading) -> Iterator[Advisory]:
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


def _members(archive: zipfile.ZipFile, path: Path, reading: Reading) -> Iterator[Advisory]:
    members = [each for each in archive.infolist() if each.filename.endswith(".json")]
    if len(members) > MAX_RECORDS:
        raise FeedError(f"{path}: more than {MAX_RECORDS} records; no OSV zip has so many")
    total = 0
    for member in members:
        data = _member(archive, member, reading)
        if data is None:
            continue
        total += len(data)
        if total > MAX_TOTAL_BYTES:
            raise FeedError(f"{path}: unpacks to more than {MAX_TOTAL_BYTES >> 30} GiB")
        advisory = _record(data, reading)
        if advisory is not None:
            yield advisory


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


def _record(data: bytes, reading: Reading) -> Advisory | None:
    try:
        return advisory_of(decode(data), reading.skipped)
    except (msgspec.DecodeError, UnicodeDecodeError):
        reading.skipped["records that can't be read"] += 1
        return None
