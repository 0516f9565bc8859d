"""Programs that say which modules they were built from: Go's, and Rust's built with cargo-auditable.

A program is told by its mode, its size and its first bytes; of the file only headers and those lists are read.
"""

import os
import stat
from collections.abc import Iterator

from hostward.scanners.vul.language import Damaged, Item, Unjudged
from hostward.scanners.vul.walk import Folder

MIN_BYTES = 256 << 10
"""Smaller programs are not looked into: Go's smallest has some 1 MB, Rust's some 300 KB."""
FOREIGN = "programs for Windows or macOS"

_ELF = b"\x7fELF"
_FOREIGN_MAGIC = (b"MZ", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe\x00\x00\x00")
_ENDINGS = (
    "a bz2 c cc cfg class conf cpp crt css csv dat db deb egg eot exe gif go gz h hpp htm html ico in info ini jar "
    "java jpeg jpg js json ko la list lock log lua map md mjs mo mp3 mp4 o pdf pem php pl pm png po ps1 pxd py pyc "
    "pyi pyx rb rlib rpm rs rst rtf sh so sql svg tar tcl tex toml ts ttf txt vim war wasm whl woff woff2 xml xsd xz "
    "yaml yml zip zst"
)
_NO_PROGRAMS = frozenset(_ENDINGS.split())
"""Endings of files that are no programs of their own, whatever their mode."""


def look(folder: Folder) -> Iterator[Item]:
    """What the programs in this folder were built from."""
    if folder.path.startswith("/boot"):
        return
    for name in folder.files:
        if _may_be_program(name) and (descriptor := _opened(folder.descriptor, name)) is not None:
            try:
                yield from _items(descriptor, os.fsencode(f"{folder.path}/{name}"), name)
            finally:
                os.close(descriptor)


def _may_be_program(name: str) -> bool:
    """By its name: "kubectl", "terraform-provider-aws_v5.0.1_x5", not "libc.so.6"."""
    _, dot, ending = name.rpartition(".")
    return not dot or (ending.lower() not in _NO_PROGRAMS and ".so." not in name)


def _opened(folder: int, name: str) -> int | None:
    """An executable file that is large enough, None for all else, also what can't be opened."""
    try:
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if not stat.S_ISREG(status.st_mode) or not status.st_mode & 0o111 or status.st_size < MIN_BYTES:
            return None
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError:
        return None


def _items(descriptor: int, path: bytes, name: str) -> Iterator[Item]:
    try:
        head = os.pread(descriptor, 8, 0)
    except OSError as error:
        yield Damaged(path=path, reason=f"{name}: {error.strerror}")
        return
    if head.startswith(_FOREIGN_MAGIC):
        yield Unjudged(path=path, kind=FOREIGN)
    elif head.startswith(_ELF):
        from hostward.scanners.vul import built  # noqa: PLC0415  # many machines have no program that is looked into

        yield from built.items(descriptor, os.fstat(descriptor).st_size, path, name)
