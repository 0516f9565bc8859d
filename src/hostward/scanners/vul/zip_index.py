"""What a zip archive holds, by its central directory, and single members of it.

Source: PKWARE, APPNOTE 6.3 (with Zip64). Written for archives that may be hostile: no more is read or inflated than
asked for, whatever their sizes say.
"""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from hostward.scanners.vul.span import Malformed, PartSpan, Span

MAX_DIRECTORY_BYTES = 64 << 20
"""Largest central directory taken: one of 100,000 members has some 10 MB."""
MAX_MEMBERS = 500_000

_END = struct.Struct("<4s4H2LH")
_END_MAGIC = b"PK\x05\x06"
_MAX_COMMENT = 65_535
_NEAR = 512
"""Bytes looked at first for the end of the directory: almost no archive has a comment."""
_LOCATOR = struct.Struct("<4sLQL")
_LOCATOR_MAGIC = b"PK\x06\x07"
_END64 = struct.Struct("<4sQ2H2L4Q")
_END64_MAGIC = b"PK\x06\x06"
_MEMBER = struct.Struct("<4s6H3L5H2L")
_MEMBER_MAGIC = b"PK\x01\x02"
_LOCAL = struct.Struct("<4s5H3L2H")
_LOCAL_MAGIC = b"PK\x03\x04"
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 1
_FULL = 0xFFFFFFFF
_SLACK = 1 << 16
"""What packing can add to bytes that can't be packed: five for each 16 KB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file in the archive. packed: bytes in the archive; size: bytes it says it has."""

    name: bytes
    method: int
    flags: int
    packed: int
    size: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """The wanted members of an archive."""

    span: Span
    members: tuple[Member, ...]

    def read(self, member: Member, max_bytes: int) -> bytes:
        """A member's content. Raises Malformed, also for more than max_bytes."""
        data = self._packed(member)
        if max(member.size, member.packed - _SLACK) > max_bytes:
            raise Malformed(f"a file in it is larger than {max_bytes >> 10} KiB")
        return data.at(0, data.size) if member.method == _STORED else _inflated(data, max_bytes)

    def head(self, member: Member, max_bytes: int) -> bytes:
        """The first bytes of a member's content. Raises Malformed."""
        data = self._packed(member)
        start = data.at(0, min(data.size, max_bytes))
        if member.method == _STORED:
            return start
        try:
            return zlib.decompressobj(-zlib.MAX_WBITS).decompress(start, max_bytes)
        except zlib.error as error:
            raise Malformed("a file in it is damaged") from error

    def stored(self, member: Member) -> Span | None:
        """A member as it lies in the archive, None for a packed one. Raises Malformed."""
        return self._packed(member) if member.method == _STORED else None

    def _packed(self, member: Member) -> PartSpan:
        if member.flags & _ENCRYPTED:
            raise Malformed("a file in it is encrypted")
        if member.method not in (_STORED, _DEFLATED):
            raise Malformed(f"a file in it is packed by a method that is not read ({member.method})")
        head = _LOCAL.unpack(self.span.at(member.offset, _LOCAL.size))
        start = member.offset + _LOCAL.size + head[9] + head[10]
        if head[0] != _LOCAL_MAGIC or start + member.packed > self.span.size:
            raise Malformed("a file in it is damaged")
        return PartSpan(self.span, start, member.packed)


def index(span: Span, wanted: Callable[[bytes], bool]) -> Index:
    """The members whose names are wanted. Raises Malformed for what is no zip archive."""
    try:
        return _index(span, wanted)
    except struct.error as error:
        raise Malformed("its directory is damaged") from error


def _index(span: Span, wanted: Callable[[bytes], bool]) -> Index:
    end = _end(span)
    fields = _END.unpack(span.at(end, _END.size))
    count, size, offset, directory_end = fields[4], fields[5], fields[6], end
    if _FULL in (size, offset) or count == 0xFFFF:
        count, size, offset, directory_end = _end64(span, end) or (count, size, offset, end)
    start = directory_end - size
    before = start - offset
    if start < 0 or before < 0 or size > MAX_DIRECTORY_BYTES or count > MAX_MEMBERS:
        raise Malformed("its directory is damaged or too large")
    return Index(span=span, members=_members(span.at(start, size), before, wanted))


def _end(span: Span) -> int:
    """Where the directory's end record stands."""
    for far in (_NEAR, _END.size + _MAX_COMMENT):
        start = max(0, span.size - far)
        place = span.at(start, span.size - start).rfind(_END_MAGIC)
        if place >= 0:
            return start + place
        if not start:
            break
    raise Malformed("it is no zip archive, or it was cut off")


def _end64(span: Span, end: int) -> tuple[int, int, int, int] | None:
    """Count, size and offset of a directory that is beyond 4 GB or 65,535 members, and where it ends."""
    if end < _LOCATOR.size:
        return None
    magic, _, place, _ = _LOCATOR.unpack(span.at(end - _LOCATOR.size, _LOCATOR.size))
    if magic != _LOCATOR_MAGIC:
        return None
    fields = _END64.unpack(span.at(place, _END64.size))
    if fields[0] != _END64_MAGIC:
        raise Malformed("its directory is damaged")
    return fields[7], fields[8], fields[9], place


def _members(directory: bytes, before: int, wanted: Callable[[bytes], bool]) -> tuple[Member, ...]:
    found, place, total = [], 0, len(directory)
    unpack, size = _MEMBER.unpack_from, _MEMBER.size
    while place + size <= total:
        fields = unpack(directory, place)
        if fields[0] != _MEMBER_MAGIC:
            raise Malformed("its directory is damaged")
        place += size
        name = directory[place : place + fields[10]]
        extra = directory[place + fields[10] : place + fields[10] + fields[11]]
        place += fields[10] + fields[11] + fields[12]
        if wanted(name):
            found.append(_member(name, fields, extra, before))
    if place != total:
        raise Malformed("its directory is cut off")
    return tuple(found)


def _member(name: bytes, fields: tuple[int, ...], extra: bytes, before: int) -> Member:
    packed, size, offset = _wide(fields[8], fields[9], fields[16], extra)
    return Member(name=name, method=fields[4], flags=fields[3], packed=packed, size=size, offset=offset + before)


def _wide(packed: int, size: int, offset: int, extra: bytes) -> tuple[int, int, int]:
    """Sizes and place; those that have no room stand in the extra field 1 (size, packed, offset, in this order)."""
    if _FULL not in (packed, size, offset):
        return packed, size, offset
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, place)
        if kind == 1:
            numbers = iter(struct.unpack(f"<{length // 8}Q", extra[place + 4 : place + 4 + length // 8 * 8]))
            size = next(numbers, size) if size == _FULL else size
            packed = next(numbers, packed) if packed == _FULL else packed
            return packed, size, next(numbers, offset) if offset == _FULL else offset
        place += 4 + length
    return packed, size, offset


def _inflated(data: Span, max_bytes: int) -> bytes:
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        found = unpacking.decompress(data.at(0, data.size), max_bytes + 1)
    except zlib.error as error:
        raise Malformed("a file in it is damaged") from error
    if len(found) > max_bytes:
        raise Malformed(f"a file in it is larger than {max_bytes >> 10} KiB")
    if not unpacking.eof:
        raise Malformed("a file in it is cut off")
    return found
