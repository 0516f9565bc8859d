"""Kinds of packages that are recognised and not judged yet: counted, so that nobody takes silence for safety.

Sources: the ELF specification (section names); Go's and cargo-auditable's section names; RubyGems' "specifications"
folders; Composer's vendor/composer/installed.json; lock files of yarn and pnpm.
"""

import os
import stat
import struct
from collections.abc import Iterator

from hostward.scanners.vul.language import Item, Unjudged
from hostward.scanners.vul.walk import Folder

GO, RUST, JAVA, RUBY, PHP, LOCKS = (
    "Go programs",
    "Rust programs",
    "Java archives",
    "Ruby gems",
    "PHP (Composer) projects",
    "yarn and pnpm lock files",
)
MIN_PROGRAM_BYTES = 256 << 10
"""Smaller programs are not looked into: Go's smallest has some 1 MB, Rust's some 300 KB."""
MAX_TABLE_BYTES = 1 << 20
"""Largest section or name table of a program read: usual ones have some 3 KB."""

_ARCHIVES = (".jar", ".war", ".ear")
_OTHER_LOCKS = ("yarn.lock", "pnpm-lock.yaml")
_SECTIONS = {b".go.buildinfo": GO, b".note.go.buildid": GO, b".dep-v0": RUST}
_ELF64 = struct.Struct("<16sHHIQQQIHHHHHH")
_SECTION64 = struct.Struct("<IIQQQQIIQQ")


def look(folder: Folder) -> Iterator[Item]:
    """What this folder holds of them."""
    for name, kind in _kinds(folder):
        yield Unjudged(path=os.fsencode(f"{folder.path}/{name}"), kind=kind)


def _kinds(folder: Folder) -> Iterator[tuple[str, str]]:
    is_gems = folder.path.endswith(("/specifications", "/specifications/default"))
    may_be_programs = not folder.path.startswith("/boot")
    for name in folder.files:
        if "." not in name:
            if may_be_programs and (kind := _kind_of_program(folder.descriptor, name)):
                yield name, kind
        elif name.endswith(_ARCHIVES):
            yield name, JAVA
        elif is_gems and name.endswith(".gemspec"):
            yield name, RUBY
        elif name == "installed.json" and folder.path.endswith("/composer"):
            yield name, PHP
        elif name in _OTHER_LOCKS and "node_modules" not in folder.folders and "/node_modules/" not in folder.path:
            yield name, LOCKS


def _kind_of_program(folder: int, name: str) -> str:
    """What a program was written in, by the names of its sections; "" for all else, also what can't be read."""
    try:
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if not stat.S_ISREG(status.st_mode) or not status.st_mode & 0o111 or status.st_size < MIN_PROGRAM_BYTES:
            return ""
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError:
        return ""
    try:
        sections = _section_names(descriptor)
    except (OSError, struct.error):
        return ""
    finally:
        os.close(descriptor)
    return next((kind for section, kind in _SECTIONS.items() if section in sections), "")


def _section_names(descriptor: int) -> frozenset[bytes]:
    """Names in the table of section names of a little-endian 64-bit ELF file. Raises struct.error, OSError."""
    fields = _ELF64.unpack(os.pread(descriptor, _ELF64.size, 0))
    ident, table, size, count, names = fields[0], fields[6], fields[11], fields[12], fields[13]
    if not ident.startswith(b"\x7fELF\x02\x01") or size != _SECTION64.size or names >= count:
        return frozenset()
    place = table + names * size
    _, _, _, _, offset, length, *_ = _SECTION64.unpack(os.pread(descriptor, size, place))
    return frozenset(os.pread(descriptor, min(length, MAX_TABLE_BYTES), offset).split(b"\0"))
