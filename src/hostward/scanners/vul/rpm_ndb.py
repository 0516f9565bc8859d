"""rpm's own database format, Packages.db: SUSE's, also in small images.

Source: rpm, lib/backend/ndb (as its files show it; there is no specification). Numbers are little-endian. Pages of
4 KiB begin the file and hold slots of 16 bytes (the first two are the file's header); a slot names a blob by its first
block of 16 bytes and how many there are; a blob has a head of 16 bytes and a tail of 12.
"""

import os
import struct
from collections.abc import Iterator

from hostward.scanners.vul.rpm_header import MAX_BYTES, Damaged

MAX_PAGES = 4_096
"""Pages of slots: 255 packages each."""

_FILE = struct.Struct("<4sIIII")
_SLOT = struct.Struct("<4sIII")
_BLOB = struct.Struct("<4sIII")
_TAIL = struct.Struct("<II4s")
_PAGE, _BLOCK = 4096, 16
_HEADER_SLOTS = 2


def is_ndb(head: bytes) -> bool:
    """Do these first bytes begin such a file?"""
    return head.startswith(b"RpmP")


def blobs(descriptor: int) -> Iterator[bytes | None]:
    """Every package's header; None for one that is damaged. Raises Damaged when the file as a whole is, OSError."""
    head = os.pread(descriptor, _FILE.size, 0)
    if len(head) < _FILE.size or not is_ndb(head):
        raise Damaged("it is no rpm database")
    _, version, _, pages, _ = _FILE.unpack(head)
    if version != 0 or not 0 < pages <= MAX_PAGES:
        raise Damaged(f"its version ({version}) or size ({pages} pages) is not known")
    for page in range(pages):
        slots = os.pread(descriptor, _PAGE, page * _PAGE)
        if len(slots) < _PAGE:
            raise Damaged("it is cut short")
        skip = _HEADER_SLOTS * _SLOT.size if page == 0 else 0
        for magic, package, block, blocks in _SLOT.iter_unpack(slots[skip:]):
            if magic != b"Slot":
                raise Damaged("its list of packages is damaged")
            if package:
                yield _blob(descriptor, package, block, blocks)


def _blob(descriptor: int, package: int, block: int, blocks: int) -> bytes | None:
    size = blocks * _BLOCK
    if not _BLOB.size + _TAIL.size <= size <= MAX_BYTES:
        return None
    data = os.pread(descriptor, size, block * _BLOCK)
    if len(data) < size:
        return None
    magic, number, _, length = _BLOB.unpack_from(data)
    _, again, end = _TAIL.unpack_from(data, size - _TAIL.size)
    if (magic, number, end, again) != (b"BlbS", package, b"BlbE", length) or length > size - _BLOB.size - _TAIL.size:
        return None
    return data[_BLOB.size : _BLOB.size + length]
