"""Programs that say which modules they were built from: Go's, and Rust's built with cargo-auditable.

A program is told by its mode, its size and its first bytes; of the file only headers and those lists are read.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass

from hostward.domain.package import Package
from hostward.scanners.vul import cargo, elf, go_build, rust_build
from hostward.scanners.vul.language import Damaged, Item, Unjudged
from hostward.scanners.vul.span import FileSpan, Malformed
from hostward.scanners.vul.walk import Folder

GO = "Go"
STANDARD_LIBRARY = "stdlib"
"""The name under which advisories speak of Go's own packages. Source: Go vulnerability database."""
MIN_BYTES = 256 << 10
"""Smaller programs are not looked into: Go's smallest has some 1 MB, Rust's some 300 KB."""
WITHOUT_MODULES = "Go programs that do not name their modules"
WITHOUT_VERSION = "Go programs that do not name their own version"
FOREIGN = "programs for Windows or macOS"

_FOREIGN_MAGIC = (b"MZ", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe\x00\x00\x00")
_ENDINGS = (
    "a bz2 c cc cfg class conf cpp crt css csv dat db deb egg eot exe gif go gz h hpp htm html ico in info ini jar "
    "java jpeg jpg js json ko la list lock log lua map md mjs mo mp3 mp4 o pdf pem php pl pm png po ps1 pxd py pyc "
    "pyi pyx rb rlib rpm rs rst rtf sh so sql svg tar tcl tex toml ts ttf txt vim war wasm whl woff woff2 xml xsd xz "
    "yaml yml zip zst"
)
_NO_PROGRAMS = frozenset(_ENDINGS.split())
"""Endings of files that are no programs of their own, whatever their mode."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    descriptor: int
    size: int


def look(folder: Folder) -> Iterator[Item]:
    """What the programs in this folder were built from."""
    if folder.path.startswith("/boot"):
        return
    for name in folder.files:
        if _may_be_program(name) and (opened := _opened(folder.descriptor, name)):
            try:
                yield from _items(FileSpan(opened.descriptor, opened.size), os.fsencode(f"{folder.path}/{name}"), name)
            finally:
                os.close(opened.descriptor)


def _may_be_program(name: str) -> bool:
    """By its name: "kubectl", "terraform-provider-aws_v5.0.1_x5", not "libc.so.6"."""
    _, dot, ending = name.rpartition(".")
    return not dot or (ending.lower() not in _NO_PROGRAMS and ".so." not in name)


def _opened(folder: int, name: str) -> _Opened | None:
    """An executable file that is large enough, None for all else, also what can't be opened."""
    try:
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if not stat.S_ISREG(status.st_mode) or not status.st_mode & 0o111 or status.st_size < MIN_BYTES:
            return None
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError:
        return None
    return _Opened(descriptor=descriptor, size=status.st_size)


def _items(span: FileSpan, path: bytes, name: str) -> Iterator[Item]:
    try:
        head = span.at(0, 8)
        if head.startswith(_FOREIGN_MAGIC):
            yield Unjudged(path=path, kind=FOREIGN)
        elif head.startswith(elf.MAGIC):
            yield from _of_program(span, path)
    except Malformed as error:
        yield Damaged(path=path, reason=f"{name}: {error}")


def _of_program(span: FileSpan, path: bytes) -> Iterator[Item]:
    """Raises Malformed for a program that has one of the lists and it is damaged."""
    try:
        program = elf.parse(span)
    except Malformed:
        return  # no system would start it
    build = go_build.read(program)
    if build is not None:
        yield from _of_go(build, path)
    elif any(each.name == go_build.NOTE for each in program.sections):
        yield Unjudged(path=path, kind=WITHOUT_MODULES)
    crates = program.section(rust_build.SECTION)
    if crates is not None:
        yield from (cargo.crate(each, version, path) for each, version in rust_build.parse(crates))


def _of_go(build: go_build.Build, path: bytes) -> Iterator[Item]:
    if build.main is None:
        yield Unjudged(path=path, kind=WITHOUT_MODULES)
    elif build.main.version:
        yield _module(build.main.path, build.main.version, path)
    else:
        yield Unjudged(path=path, kind=WITHOUT_VERSION)
    for module in build.modules:
        yield _module(module.path, module.version, path)
    if build.release:
        yield _module(STANDARD_LIBRARY, build.release, path)


def _module(name: str, version: str, path: bytes) -> Package:
    """Advisories write versions without Go's "v"."""
    bare = version.removeprefix("v")
    return Package(ecosystem=GO, name=name, version=bare, source=name, source_version=bare, path=path)
