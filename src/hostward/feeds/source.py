"""Bytes of a feed's files, with caps against what is too big to be one."""

import bz2
import gzip
import io
import lzma
import os
import stat
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, cast

from hostward.domain.errors import FeedError

HEAD_BYTES = 65_536
"""Bytes that sniffing looks at: a Debian tracker's first record and an OSV record's id stand well inside."""

PACKED: Mapping[bytes, Callable[[IO[bytes]], IO[bytes]]] = {
    b"\x1f\x8b": lambda file: cast("IO[bytes]", gzip.open(file)),  # noqa: SIM115  # closed where it is used
    b"\xfd7zXZ\x00": lambda file: cast("IO[bytes]", lzma.open(file)),  # noqa: SIM115  # closed where it is used
    b"BZh": lambda file: cast("IO[bytes]", bz2.open(file)),  # noqa: SIM115  # closed where it is used
}
"""How a file is unpacked, by its first bytes."""

BROKEN = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError)
"""What a file that is damaged or cut short raises while it is unpacked."""

_PEEKED = 8


def head(path: Path) -> bytes:
    """The first bytes of a regular file, unpacked if it is gzip, bzip2 or xz; b"" for what can't be read."""
    try:
        with _open(path) as file:
            return _stream(file).read(HEAD_BYTES)
    except (FeedError, *BROKEN):
        return b""


def whole(path: Path, max_bytes: int) -> bytes:
    """A regular file whole, unpacked if it is gzip, bzip2 or xz.

    Raises FeedError when it can't be read, is cut short, or holds more than max_bytes once unpacked.
    """
    try:
        with _open(path) as file:
            data = _stream(file).read(max_bytes + 1)
    except BROKEN as error:
        raise FeedError(f"{path}: can't be read: {error}; fetch it again") from error
    if len(data) > max_bytes:
        raise FeedError(f"{path}: holds more than {max_bytes >> 20} MiB, which no feed of this kind does")
    return data


def chunks(path: Path, max_bytes: int, size: int) -> Iterator[bytes]:
    """A regular file in pieces, unpacked as whole() does. Raises FeedError as that does, as soon as it shows."""
    left = max_bytes
    try:
        with _open(path) as file:
            stream = _stream(file)
            while piece := stream.read(size):
                left -= len(piece)
                if left < 0:
                    raise FeedError(f"{path}: holds more than {max_bytes >> 20} MiB, which no feed of this kind does")
                yield piece
    except BROKEN as error:
        raise FeedError(f"{path}: can't be read: {error}; fetch it again") from error


def _open(path: Path) -> io.BufferedReader:
    """Open without waiting on a FIFO, and only what is a regular file."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise FeedError(f"{path}: not a regular file")
    return os.fdopen(descriptor, "rb")


def _stream(file: io.BufferedReader) -> IO[bytes]:
    first = file.peek(_PEEKED)
    unpack = next((opening for magic, opening in PACKED.items() if first.startswith(magic)), None)
    return file if unpack is None else unpack(file)
