"""What a Go program says about itself: the Go release and the modules it was built from.

Source: Go's debug/buildinfo and cmd/link (the block ".go.buildinfo"). Since Go 1.18 the texts follow the block's head,
each behind its length; before, the head points at them. Programs of Go before 1.13 have none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hostward.scanners.vul.elf import Elf
from hostward.scanners.vul.span import Malformed

SECTION = b".go.buildinfo"
NOTE = b".note.go.buildid"
"""Section that every Go program has, also one that does not tell its modules."""
MAX_TEXT_BYTES = 16 << 20
"""Largest list of modules taken: Kubernetes' has some 30 KB."""
MAX_MODULES = 50_000
SEARCHED_BYTES = 1 << 20
"""How far the block is looked for in the data of a program without sections: it stands at its beginning."""

_MAGIC = b"\xff Go buildinf:"
_HEAD = 32
_ALIGNED = 16
_MARK = 16
"""Bytes of the marks around the list of modules."""
_INLINE, _BIG_ENDIAN = 2, 1
_RELEASE = re.compile(r"go(?P<numbers>[0-9]+(?:\.[0-9]+){1,2})(?:(?P<stage>rc|beta)(?P<number>[0-9]+))?(?![0-9.])")
_VERSION = re.compile(r"v[0-9][!-~]{0,199}")
_PATH = re.compile(r"[!-~]{1,300}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One module. version: as Go has it ("v1.2.3"), "" where the program does not know it (built from a checkout)."""

    path: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """release: of Go, as advisories write it ("1.21.5"), "" for one that is none. main: None when there is no list."""

    release: str
    main: Module | None
    modules: tuple[Module, ...]


def read(elf: Elf) -> Build | None:
    """What the program says, None when it says nothing. Raises Malformed."""
    block = _block(elf)
    if block is None:
        return None
    version, listed = _inline(block) if block[15] & _INLINE else _pointed(elf, block)
    return parse(version, listed)


def parse(version: bytes, listed: bytes) -> Build:
    """The two texts. Raises Malformed."""
    main: Module | None = None
    modules: list[Module] = []
    for fields in _lines(listed):
        match fields[0]:
            case "mod" if main is None:
                main = _module(fields)
            case "dep":
                modules.append(_module(fields))
                if len(modules) > MAX_MODULES:
                    raise Malformed(f"more than {MAX_MODULES} modules")
            case "=>" if modules:
                modules[-1] = _module(fields)
            case "=>" if main is not None:
                main = _module(fields)
            case _:
                continue
    kept = tuple(each for each in modules if each.version)
    return Build(release=release(version.decode("utf-8", "replace")), main=main, modules=kept)


def release(text: str) -> str:
    """Go's release as a semantic version ("go1.21rc2 X:foo" is "1.21.0-rc.2"), "" for an unreleased one."""
    found = _RELEASE.match(text)
    if found is None:
        return ""
    numbers = found["numbers"] if found["numbers"].count(".") == 2 else f"{found['numbers']}.0"
    return f"{numbers}-{found['stage']}.{found['number']}" if found["stage"] else numbers


def _lines(listed: bytes) -> Iterator[list[str]]:
    """The fields of each line between the marks."""
    is_marked = len(listed) > 2 * _MARK and listed[-_MARK - 1 : -_MARK] == b"\n"
    text = listed[_MARK:-_MARK] if is_marked else b""
    for line in text.decode("utf-8", "replace").split("\n"):
        yield line.split("\t")


def _module(fields: list[str]) -> Module:
    """Fields: a word, path, version, sum. What a folder took the place of has no version."""
    path = fields[1] if len(fields) > 1 else ""
    version = fields[2] if len(fields) > 2 else ""
    if not _PATH.fullmatch(path):
        raise Malformed("a module without a path")
    is_known = path.partition("/")[0] not in (".", "..", "") and _VERSION.fullmatch(version)
    return Module(path=path, version=version if is_known else "")


def _block(elf: Elf) -> bytes | None:
    """The block from its head on. A program whose sections were taken away has it at the start of its data."""
    data = elf.section(SECTION)
    if data is None and not elf.sections:
        segment = next((each for each in elf.segments if each.is_writable), None)
        data = elf.span.at(segment.offset, min(segment.size, SEARCHED_BYTES)) if segment is not None else None
    if data is None:
        return None
    start = data.find(_MAGIC)
    while start > 0 and start % _ALIGNED:
        start = data.find(_MAGIC, start + 1)
    if start < 0:
        if elf.sections:
            raise Malformed("its build information is damaged")
        return None
    block = data[start:]
    if len(block) < _HEAD:
        raise Malformed("its build information is cut off")
    return block


def _inline(block: bytes) -> tuple[bytes, bytes]:
    version, rest = _text(block[_HEAD:])
    return version, _text(rest)[0]


def _text(data: bytes) -> tuple[bytes, bytes]:
    """A text behind its length (7 bits a byte, the lowest first), and what follows it."""
    size = shift = place = 0
    while True:
        if place >= len(data) or shift > 28:
            raise Malformed("its build information is cut off")
        byte = data[place]
        place += 1
        size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    if size > MAX_TEXT_BYTES or place + size > len(data):
        raise Malformed("its build information is cut off")
    return data[place : place + size], data[place + size :]


def _pointed(elf: Elf, block: bytes) -> tuple[bytes, bytes]:
    """The head names two Go strings (an address and a length each) by their addresses."""
    size, order = block[14], "big" if block[15] & _BIG_ENDIAN else "little"
    if size not in (4, 8):
        raise Malformed("its build information is damaged")

    def number(data: bytes) -> int:
        return int.from_bytes(data, "big" if order == "big" else "little")

    def text(place: int) -> bytes:
        header = number(block[place : place + size])
        if not header:
            return b""
        pair = elf.at_address(header, 2 * size)
        address, length = number(pair[:size]), number(pair[size:])
        if length > MAX_TEXT_BYTES:
            raise Malformed("its build information is damaged")
        return elf.at_address(address, length) if length else b""

    return text(16), text(16 + size)
