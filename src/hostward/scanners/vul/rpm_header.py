"""One package's header as rpm's databases keep it, with nothing in it believed.

Source: rpm's "RPM file format" (headers): two counts, then 16 bytes an entry (tag, type, offset, count), then the
data; all big-endian.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_ENTRIES = 65_535
"""Entries of one header (rpm's own limit)."""
MAX_BYTES = 256 << 20
"""Bytes of one header (rpm's own limit)."""
MAX_FILES = 1_000_000
"""Files of one package that are looked at: the largest real ones have some 100,000."""

NAME, VERSION, RELEASE, EPOCH, ARCH, SOURCE_RPM = 1000, 1001, 1002, 1003, 1022, 1044
DIR_INDEXES, BASE_NAMES, DIR_NAMES = 1116, 1117, 1118

_COUNTS = struct.Struct(">II")
_ENTRY = struct.Struct(">IIII")
_INT32, _STRING, _STRING_ARRAY, _I18N = 4, 6, 8, 9


class Damaged(Exception):
    """The header does not follow its format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The entries by tag (type, offset, count) and the data they point into."""

    data: memoryview
    entries: dict[int, tuple[int, int, int]] = field(default_factory=dict)

    def text(self, tag: int) -> str:
        """A string, "" when there is none. Raises Damaged when it does not end or is no text."""
        kind, offset, _ = self.entries.get(tag, (_STRING, -1, 0))
        if offset < 0:
            return ""
        if kind not in (_STRING, _I18N):
            raise Damaged(f"tag {tag} is no string")
        return self._strings(offset, 1)[0].decode("utf-8", "replace")

    def number(self, tag: int) -> int | None:
        """The first number, None when there is none. Raises Damaged."""
        numbers = self.numbers(tag, 1)
        return numbers[0] if numbers else None

    def numbers(self, tag: int, most: int) -> tuple[int, ...]:
        """32-bit numbers, at most so many. Raises Damaged."""
        kind, offset, count = self.entries.get(tag, (_INT32, 0, 0))
        count = min(count, most)
        if kind != _INT32 or offset + 4 * count > len(self.data):
            raise Damaged(f"tag {tag} is no list of numbers")
        return struct.unpack_from(f">{count}I", self.data, offset)

    def texts(self, tag: int) -> list[bytes]:
        """A list of strings. Raises Damaged."""
        kind, offset, count = self.entries.get(tag, (_STRING_ARRAY, 0, 0))
        if kind != _STRING_ARRAY or count > MAX_FILES:
            raise Damaged(f"tag {tag} is no list of strings")
        return self._strings(offset, count) if count else []

    def files(self) -> Iterator[bytes]:
        """Absolute paths of the package's files. Raises Damaged."""
        folders, names = self.texts(DIR_NAMES), self.texts(BASE_NAMES)
        for name, index in zip(names, self.numbers(DIR_INDEXES, len(names)), strict=False):
            if index >= len(folders):
                raise Damaged("a file lies in a folder that is not listed")
            yield folders[index] + name

    def _strings(self, offset: int, count: int) -> list[bytes]:
        if offset >= len(self.data):
            raise Damaged("a string lies outside of the header")
        parts = bytes(self.data[offset:]).split(b"\0", count)
        if len(parts) <= count:
            raise Damaged("a string does not end")
        return parts[:count]


def parse(blob: bytes) -> Header:
    """A header out of a database. Raises Damaged when the counts or an entry point outside of it."""
    if len(blob) < _COUNTS.size:
        raise Damaged("the header is cut short")
    count, size = _COUNTS.unpack_from(blob)
    start = _COUNTS.size + count * _ENTRY.size
    if not 0 < count <= MAX_ENTRIES or start + size != len(blob):
        raise Damaged("the header's sizes do not fit")
    entries: dict[int, tuple[int, int, int]] = {}
    for tag, kind, offset, number in _ENTRY.iter_unpack(blob[_COUNTS.size : start]):
        if offset >= 1 << 31:
            continue  # regions of signed headers count their place backwards; nothing that is read here lies there
        entries.setdefault(tag, (kind, offset, number))
    return Header(data=memoryview(blob)[start:], entries=entries)
