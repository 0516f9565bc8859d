"""Tars of JSON records, plain or packed with gzip, xz or bzip2, read as a stream with caps.

Only what feeds need is understood: files, and that long names and links are something else. A member's name is never
used for anything but to tell what is no JSON, so that nothing can be written or led anywhere.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from hostward.domain.errors import FeedError
from hostward.feeds.contract import Reading
from hostward.feeds.source import BROKEN, PACKED
from hostward.feeds.zipped import MAX_RECORDS

MAX_RECORD_BYTES = 64 << 20
"""Largest single record taken: Ubuntu's VEX names every package of every kernel for every architecture."""
MAX_TOTAL_BYTES = 64 << 30
"""Most bytes unpacked from one tar: several times Ubuntu's VEX, which is the largest (some 12 GB of repetition)."""

_BLOCK = 512
_MAGIC = b"ustar"
_MAGIC_AT = 257
_CHECK = slice(148, 156)
_FILES = frozenset(b"0\x007")
_NAMES = frozenset(b"LKxg")
"""Types of members that say something of the next one: long names, PAX headers."""
_STEP = 1 << 20


def is_tar(path: Path) -> bool:
    """Is it a tar, packed or not? Looks at the first block only; False for what can't be read."""
    try:
        with _opened(path) as stream:
            return _is_header(stream.read(_BLOCK))
    except (FeedError, *BROKEN):
        return False


def head(path: Path, size: int) -> bytes:
    """The first bytes of the first record; b"" where there is none, or it is no tar."""
    try:
        with _opened(path) as stream:
            first = next(_records(stream, path, size), (0, b""))
    except (FeedError, *BROKEN):
        return b""
    return first[1]


def members(path: Path, reading: Reading) -> Iterator[bytes]:
    """The JSON files of a tar, one at a time. Raises FeedError when it is damaged as a whole or too large."""
    total = 0
    try:
        with _opened(path) as stream:
            for number, (size, data) in enumerate(_records(stream, path, MAX_RECORD_BYTES)):
                total += size
                if number >= MAX_RECORDS:
                    raise FeedError(f"{path}: more than {MAX_RECORDS} records; no feed has so many")
                if total > MAX_TOTAL_BYTES:
                    raise FeedError(f"{path}: unpacks to more than {MAX_TOTAL_BYTES >> 30} GiB")
                if size > MAX_RECORD_BYTES:
                    reading.skipped["records that are too large"] += 1
                    continue
                yield data
    except BROKEN as error:
        raise FeedError(f"{path}: not a whole tar: {error}; fetch it again") from error


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """The unpacked bytes. Raises OSError, FeedError for what is no regular file."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise FeedError(f"{path}: not a regular file")
        first = file.peek(_BLOCK)
        unpack = next((opening for magic, opening in PACKED.items() if first.startswith(magic)), None)
        if unpack is None:
            yield file
            return
        with unpack(file) as unpacked:
            yield unpacked


def _records(stream: IO[bytes], path: Path, most: int) -> Iterator[tuple[int, bytes]]:
    """Size and first bytes of each JSON file. Raises FeedError where a header is none, ValueError, EOFError."""
    is_named = False
    while (block := stream.read(_BLOCK)).strip(b"\0"):
        if not _is_header(block):
            raise FeedError(f"{path}: not a whole tar: there is no header where one must be; fetch it again")
        kind, size = block[156], int(block[124:136].strip(b" \0") or b"0", 8)
        name = block[:100].partition(b"\0")[0]
        is_record = kind in _FILES and size > 0 and (is_named or name.endswith(b".json"))
        data = _read(stream, min(size, most)) if is_record else b""
        _pass(stream, -(-size // _BLOCK) * _BLOCK - len(data))
        is_named = kind in _NAMES
        if is_record:
            yield size, data


def _is_header(block: bytes) -> bool:
    """Does it have a tar header's sign and checksum?"""
    if len(block) < _BLOCK or block[_MAGIC_AT : _MAGIC_AT + 5] != _MAGIC:
        return False
    told = block[_CHECK].strip(b" \0")
    blank = sum(block) - sum(block[_CHECK]) + 8 * ord(" ")
    return told.isdigit() and int(told, 8) == blank


def _read(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError("it is cut short")
    return data


def _pass(stream: IO[bytes], size: int) -> None:
    while size > 0:
        size -= len(_read(stream, min(size, _STEP)))
