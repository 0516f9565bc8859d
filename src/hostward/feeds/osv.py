"""OSV: the native format. An all.zip as osv.dev serves it, a folder of records and zips, or a single JSON record."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from hostward.domain.advisory import Advisory
from hostward.domain.errors import FeedError
from hostward.feeds import source
from hostward.feeds.contract import Reading
from hostward.feeds.osv_record import FEED, advisory_of, decode
from hostward.feeds.zipped import MAX_RECORD_BYTES, ZIP_MAGIC, members

MAX_FILES = 2_000_000
"""Most files looked at in a folder."""
MAX_DEPTH = 4
"""Levels of folders gone into: osv/ECOSYSTEM/ID.json needs two."""
_RECORD = re.compile(rb'\s*\{(?=.*"id"\s*:)(?=.*"(?:modified|schema_version)"\s*:)', re.DOTALL)


class _Osv:
    name = FEED

    def sniff(self, path: Path) -> bool:
        """Is it a zip, a folder with a record or a zip in it, or JSON with the two fields every OSV record has?"""
        if path.is_dir():
            return next(_files(path), None) is not None
        first = source.head(path)
        return first.startswith(ZIP_MAGIC) or _RECORD.match(first) is not None

    def read(self, path: Path) -> Reading:
        """Read it. Raises FeedError when it is damaged as a whole or nothing in it is an OSV record."""
        if path.is_dir():
            return Reading(lambda reading: _whole(path, _folder(path, reading), reading))
        if source.head(path).startswith(ZIP_MAGIC):
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
    for data in members(path, reading):
        advisory = _record(data, reading)
        if advisory is not None:
            yield advisory


def _record(data: bytes, reading: Reading) -> Advisory | None:
    try:
        return advisory_of(decode(data), reading.skipped)
    except (msgspec.DecodeError, UnicodeDecodeError):
        reading.skipped["records that can't be read"] += 1
        return None
