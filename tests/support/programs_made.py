"""Programs in the ELF format, made here: sections, one loaded segment, and what Go and Rust write into them."""

import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from hostward.scanners.vul.programs import MIN_BYTES

ADDRESS = 0x400000
_MARK = bytes(range(16))
_KINDS = {(64, "<"): (2, 1), (64, ">"): (2, 2), (32, "<"): (1, 1), (32, ">"): (1, 2)}


def elf(
    sections: Mapping[bytes, bytes], *, bits: int = 64, order: str = "<", size: int = MIN_BYTES, named: bool = True
) -> bytes:
    """A program with these sections, all in one writable segment. named: with a table of sections."""
    head_size, row, segment = (64, 64, 56) if bits == 64 else (52, 40, 32)
    body, places = b"", []
    for content in sections.values():
        body += b"\0" * (-len(body) % 16)
        places.append((len(body), len(content)))
        body += content
    start = (head_size + segment + 15) // 16 * 16
    names = b"\0" + b"\0".join((*sections, b".shstrtab")) + b"\0"
    names_at = start + len(body)
    table_at = names_at + len(names)
    rows = [bytes(row)]
    for name, (place, length) in zip(sections, places, strict=True):
        rows.append(_section(bits, order, names.index(name), 1, ADDRESS + start + place, start + place, length))
    rows.append(_section(bits, order, names.index(b".shstrtab"), 3, 0, names_at, len(names)))
    table = b"".join(rows) if named else b""
    layout = "HHIQQQIHHHHHH" if bits == 64 else "HHIIIIIHHHHHH"
    counts = (row, len(rows), len(rows) - 1) if named else (row, 0, 0)
    kind = _KINDS[bits, order]
    ident = b"\x7fELF" + bytes((*kind, 1)) + bytes(9)
    fields = (2, 62, 1, ADDRESS, head_size, table_at if named else 0, 0, head_size, segment, 1, *counts)
    head = ident + struct.pack(order + layout, *fields)
    whole = start + len(body)
    if bits == 64:
        load = struct.pack(f"{order}IIQQQQQQ", 1, 6, 0, ADDRESS, ADDRESS, whole, whole, 4096)
    else:
        load = struct.pack(f"{order}IIIIIIII", 1, 0, ADDRESS, ADDRESS, whole, whole, 6, 4096)
    return ((head + load).ljust(start, b"\0") + body + names + table).ljust(size, b"\0")


def _section(bits: int, order: str, name: int, kind: int, address: int, offset: int, size: int) -> bytes:
    layout = "IIQQQQIIQQ" if bits == 64 else "IIIIIIIIII"
    return struct.pack(order + layout, name, kind, 0, address, offset, size, 0, 0, 1, 0)


def modules_text(*lines: Sequence[str]) -> bytes:
    """A list of modules between its marks."""
    return _MARK + "".join("\t".join(line) + "\n" for line in lines).encode() + _MARK


def inline_block(version: str, listed: bytes) -> bytes:
    """The block of Go 1.18 and later."""
    head = b"\xff Go buildinf:" + bytes((8, 2)) + bytes(16)
    return head + b"".join(_length(len(text)) + text for text in (version.encode(), listed))


def _length(size: int) -> bytes:
    found = b""
    while size >= 0x80:
        found += bytes((size & 0x7F | 0x80,))
        size >>= 7
    return found + bytes((size,))


def go_program(version: str, *lines: Sequence[str], bits: int = 64, order: str = "<") -> bytes:
    """A program of Go 1.18 or later."""
    return elf({b".go.buildinfo": inline_block(version, modules_text(*lines))}, bits=bits, order=order)


def old_go_program(version: str, *lines: Sequence[str], bits: int = 64, order: str = "<") -> bytes:
    """A program of Go 1.13 to 1.17: the block points at two strings."""
    size, word = bits // 8, "big" if order == ">" else "little"
    texts = (version.encode(), modules_text(*lines))
    start = ((64 + 56 if bits == 64 else 52 + 32) + 15) // 16 * 16
    headers_at = ADDRESS + start + 32
    text_at = headers_at + 4 * size
    pointers = [headers_at, headers_at + 2 * size]
    head = b"\xff Go buildinf:" + bytes((size, order == ">"))
    block = (head + b"".join(each.to_bytes(size, word) for each in pointers)).ljust(32, b"\0")  # type: ignore[arg-type]  # "big" or "little"
    for text in texts:
        block += text_at.to_bytes(size, word) + len(text).to_bytes(size, word)  # type: ignore[arg-type]  # the same
        text_at += len(text)
    return elf({b".go.buildinfo": block + b"".join(texts)}, bits=bits, order=order)


def rust_program(crates: bytes) -> bytes:
    """A program with a list of crates."""
    return elf({b".text": b"\0" * 16, b".dep-v0": zlib.compress(crates)})


def install(path: Path, data: bytes, mode: int = 0o755) -> Path:
    """A program at this path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(mode)
    return path
