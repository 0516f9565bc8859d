"""The changelog inside a .deb: dpkg-deb unpacks the data archive into a pipe, and nothing else of it is kept.

Formats: deb(5); tar as dpkg writes it (POSIX ustar headers, GNU long names); Debian Policy 12.7 for the places.
"""

import re
import zlib
from pathlib import Path

from hostward.scanners.vul import child

MAX_UNPACKED = 1 << 30
"""Bytes of a data archive read on the way to the changelog."""
MAX_PACKED_CHANGELOG = 8 << 20
"""Largest compressed changelog taken: the kernel's has under 2 MB."""
MAX_CHANGELOG = 32 << 20
"""Largest changelog taken, unpacked."""
SECONDS = 20.0
"""Longest time one .deb may take."""

_BLOCK = 512
_PLACE = re.compile(rb"(?:\./)?usr/share/doc/[^/]+/(changelog(?:\.Debian)?)(\.gz)?")
_OWN = b"changelog.Debian"
_REGULAR = frozenset({b"0", b"\0"})
_LONG_NAME = b"L"
_MAX_NAME = 4096
_OCTAL = re.compile(rb" *([0-7]+)[ \0]*")


class Damaged(Exception):
    """A .deb or its changelog can't be read; the message says why."""


def changelog(deb: Path) -> bytes | None:
    """The text of the Debian changelog, None when the package carries none (a link to another package's folder).

    A package that is Debian's own has it as "changelog"; elsewhere that is the upstream author's, so that the name
    with "Debian" in it wins. Raises Damaged, and OSError when dpkg-deb can't be started.
    """
    argv = ("dpkg-deb", "--fsys-tarfile", str(deb))
    try:
        with child.reading(argv, folder=deb.parent, seconds=SECONDS, max_bytes=MAX_UNPACKED) as archive:
            return _find(archive)
    except child.Stopped as error:
        raise Damaged(str(error)) from error


def unpack(data: bytes) -> bytes:
    """A gzip changelog unpacked. Raises Damaged when it is none, is cut short or unpacks to too much."""
    stream = zlib.decompressobj(wbits=31)
    try:
        text = stream.decompress(data, MAX_CHANGELOG)
    except zlib.error as error:
        raise Damaged(f"its changelog is no gzip file: {error}") from error
    if not stream.eof:
        raise Damaged("its changelog is cut short or too large")
    return text


def _find(archive: child.Output) -> bytes | None:
    """Go through the members; the first changelog.Debian ends it, a plain changelog is kept for the end."""
    second: bytes | None = None
    name = b""
    while len(header := archive.take(_BLOCK)) == _BLOCK and header.strip(b"\0"):
        size, kind = _size(header[124:136]), header[156:157]
        padded = -(-size // _BLOCK) * _BLOCK
        if kind == _LONG_NAME and size <= _MAX_NAME:
            name = archive.take(padded)[:size].rstrip(b"\0")
            continue
        place = _PLACE.fullmatch(name or _name(header))
        name = b""
        if place is None or kind not in _REGULAR or size > MAX_PACKED_CHANGELOG:
            archive.skip(padded)
            continue
        data = archive.take(padded)[:size]
        text = unpack(data) if place[2] else data
        if place[1] == _OWN:
            return text
        second = text
    return second


def _name(header: bytes) -> bytes:
    name = header[:100].partition(b"\0")[0]
    prefix = header[345:500].partition(b"\0")[0] if header[257:263] == b"ustar\0" else b""
    return prefix + b"/" + name if prefix else name


def _size(field: bytes) -> int:
    match = _OCTAL.fullmatch(field)
    if match is None:
        raise Damaged("its data archive has a member without a size")
    return int(match[1], 8)
