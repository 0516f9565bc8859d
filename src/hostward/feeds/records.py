"""Feeds of one record a file: a folder of records and archives, a zip, a tar, or a single record."""

import os
from collections.abc import Iterator
from pathlib import Path

from hostward.domain.errors import FeedError
from hostward.feeds import source, tarred, zipped
from hostward.feeds.contract import Reading
from hostward.feeds.zipped import MAX_RECORD_BYTES, ZIP_MAGIC

MAX_FILES = 2_000_000
"""Most files looked at in a folder."""
MAX_DEPTH = 4
"""Levels of folders gone into: osv/ECOSYSTEM/ID.json needs two, vex/cve/YEAR/ID.json three."""

_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tar.xz", ".tar.bz2")


def files(folder: Path, depth: int = 0) -> Iterator[Path]:
    """Records and archives below a folder, by name; symlinks are not followed."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False) and depth < MAX_DEPTH:
            yield from files(Path(entry.path), depth + 1)
        elif entry.is_file(follow_symlinks=False) and entry.name.endswith((".json", *_ARCHIVES)):
            yield Path(entry.path)


def start(path: Path) -> bytes:
    """The first bytes of the first record of a tar, of a record itself, or of a zip as it lies."""
    return tarred.head(path, source.HEAD_BYTES) if tarred.is_tar(path) else source.head(path)


def members(path: Path, reading: Reading) -> Iterator[bytes]:
    """Every record as bytes. Raises FeedError for an archive, or a single record, that is damaged as a whole."""
    if not path.is_dir():
        yield from _of_file(path, reading)
        return
    for count, file in enumerate(files(path)):
        if count >= MAX_FILES:
            raise FeedError(f"{path}: more than {MAX_FILES} files; give a smaller folder or its all.zip")
        if file.name.endswith(_ARCHIVES):
            yield from _of_file(file, reading)
            continue
        try:
            yield source.whole(file, MAX_RECORD_BYTES)
        except FeedError:
            reading.skipped["files that can't be read"] += 1


def _of_file(path: Path, reading: Reading) -> Iterator[bytes]:
    if source.head(path).startswith(ZIP_MAGIC):
        yield from zipped.members(path, reading)
    elif tarred.is_tar(path):
        yield from tarred.members(path, reading)
    else:
        yield source.whole(path, MAX_RECORD_BYTES)
