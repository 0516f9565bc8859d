"""A set of vulnerability numbers as bytes: sorted, four bytes each, little end first."""

import struct
from collections.abc import Iterable

from hostward.domain.ids import VulId

NOTHING = b""
_SIZE = 4


def pack(ids: Iterable[VulId]) -> bytes:
    """The numbers (each below 2**32), sorted and once each."""
    numbers = sorted(set(ids))
    return struct.pack(f"<{len(numbers)}I", *numbers)


def unpack(packed: bytes) -> frozenset[VulId]:
    """The numbers of a packed set."""
    return frozenset(map(VulId, struct.unpack(f"<{len(packed) // _SIZE}I", packed)))
