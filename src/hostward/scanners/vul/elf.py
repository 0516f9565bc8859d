"""Programs in the ELF format, 32 and 64 bits, either byte order: where their sections and segments lie.

Source: System V ABI, "Object Files". Nothing but the headers and what is asked for is read.
"""

import struct
from dataclasses import dataclass

from hostward.scanners.vul.span import Malformed, Span

MAGIC = b"\x7fELF"
MAX_HEADERS = 20_000
"""Section or segment headers taken: usual programs have some 40, object files with a section a function thousands."""
MAX_NAMES_BYTES = 4 << 20
"""Largest table of section names taken: usual ones have some 300 bytes."""
MAX_READ_BYTES = 64 << 20
"""Most bytes given from one place of a program."""

_LOAD = 1
_WRITABLE = 2
_NO_BITS = 8
_HEADERS = {1: ("HHIIIIIHHHHHH", 16), 2: ("HHIQQQIHHHHHH", 16)}
_SECTION = {1: "IIIIIIIIII", 2: "IIQQQQIIQQ"}
_SEGMENT = {1: "IIIIIIII", 2: "IIQQQQQQ"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A named part of the file."""

    name: bytes
    address: int
    offset: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """What is loaded: size bytes from offset on, at an address."""

    address: int
    offset: int
    size: int
    is_writable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Elf:
    """A program. order: "<" or ">" as struct has it; pointer: bytes of an address."""

    span: Span
    order: str
    pointer: int
    sections: tuple[Section, ...]
    segments: tuple[Segment, ...]

    def section(self, name: bytes) -> bytes | None:
        """A section's content, None when there is none of that name. Raises Malformed."""
        found = next((each for each in self.sections if each.name == name), None)
        return None if found is None else self._read(found.offset, found.size)

    def at_address(self, address: int, size: int) -> bytes:
        """What is loaded at an address. Raises Malformed when it does not come from the file whole."""
        for segment in self.segments:
            if segment.address <= address and address + size <= segment.address + segment.size:
                return self._read(segment.offset + address - segment.address, size)
        raise Malformed("an address points outside of the program")

    def _read(self, offset: int, size: int) -> bytes:
        if size > MAX_READ_BYTES:
            raise Malformed(f"a part of it is larger than {MAX_READ_BYTES >> 20} MiB")
        return self.span.at(offset, size)


def parse(span: Span) -> Elf:
    """The program's layout. Raises Malformed for what is no ELF file or a damaged one."""
    try:
        return _parsed(span)
    except struct.error as error:
        raise Malformed("its headers are damaged") from error


def _parsed(span: Span) -> Elf:
    ident = span.at(0, 16)
    bits, order = ident[4], {1: "<", 2: ">"}.get(ident[5], "")
    if not ident.startswith(MAGIC) or bits not in _HEADERS or not order:
        raise Malformed("it is no ELF program")
    layout, start = _HEADERS[bits]
    fields = struct.unpack(order + layout, span.at(start, struct.calcsize(order + layout)))
    segments_at, sections_at, segments, sections, names = fields[4], fields[5], fields[9], fields[11], fields[12]
    return Elf(
        span=span,
        order=order,
        pointer=4 * bits,
        sections=_sections(_table(span, order + _SECTION[bits], sections_at, sections, fields[10]), names, span),
        segments=_segments(_table(span, order + _SEGMENT[bits], segments_at, segments, fields[8]), bits),
    )


def _table(span: Span, layout: str, offset: int, count: int, size: int) -> list[tuple[int, ...]]:
    """Rows of a table of headers; () where the file has none."""
    if not offset or not count:
        return []
    row = struct.Struct(layout)
    if size != row.size or count > MAX_HEADERS:
        raise Malformed("its table of headers is damaged")
    return list(row.iter_unpack(span.at(offset, size * count)))


def _sections(rows: list[tuple[int, ...]], names: int, span: Span) -> tuple[Section, ...]:
    if names >= len(rows):
        return ()
    offset, size = rows[names][4], rows[names][5]
    if size > MAX_NAMES_BYTES:
        raise Malformed("its table of section names is damaged")
    text = span.at(offset, size)
    return tuple(
        Section(name=text[row[0] : text.find(b"\0", row[0])], address=row[3], offset=row[4], size=row[5])
        for row in rows
        if row[1] != _NO_BITS
    )


def _segments(rows: list[tuple[int, ...]], bits: int) -> tuple[Segment, ...]:
    found = []
    for row in rows:
        kind, flags = row[0], row[6] if bits == 1 else row[1]
        offset, address, size = (row[1], row[2], row[4]) if bits == 1 else (row[2], row[3], row[5])
        if kind == _LOAD:
            found.append(Segment(address=address, offset=offset, size=size, is_writable=bool(flags & _WRITABLE)))
    return tuple(found)
