"""Bytes of a feed's files, with caps against what is too big to be one."""

import gzip
import io
import os
import stat
import zlib
from pathlib import Path

from hostward.domain.errors import FeedError

HEAD_BYTES = 65_536
"""Bytes that sniffing looks at: a Debian tracker's first record and an OSV record's id stand well inside."""

_GZIP_MAGIC = b"\x1f\x8b"


def head(path: Path) -> bytes:
    """The first bytes of a regular file, unpacked if it is gzip; b"" for what can't be read."""
    try:
        with _open(path) as file:
            return _stream(file).read(HEAD_BYTES)
    except (FeedError, OSError, EOFError, zlib.error):
        return b""


def whole(path: Path, max_bytes: int) -> bytes:
    """A regular file whole, unpacked if it is gzip.

    Raises FeedError when it can't be read, is cut short, or holds more than max_bytes once unpacked.
    """
    try:
        with _open(path) as file:
            data = _stream(file).read(max_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FeedError(f"{path}: can't be read: {error}; fetch it again") from error
    if len(data) > max_bytes:
        raise FeedError(f"{path}: holds more than {max_bytes >> 20} MiB, which no feed of this kind does")
    return data


def _open(path: Path) -> io.BufferedReader:
    """Open without waiting on a FIFO, and only what is a regular file."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise FeedError(f"{path}: not a regular file")
    return os.fdopen(descriptor, "rb")


def _stream(file: io.BufferedReader) -> io.BufferedIOBase:
    return gzip.GzipFile(fileobj=file) if file.peek(2)[:2] == _GZIP_MAGIC else file
