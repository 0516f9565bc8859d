"""Numbers of any length as bytes that sort as the numbers do: the piece that all comparers share."""

MAX_SHORT_RUN = 0xFE
"""Digits that one length byte can tell; longer runs (no scheme has a limit) get 0xFF and eight more length bytes."""


_HEADS = tuple(bytes((size,)) for size in range(MAX_SHORT_RUN + 1))


def sized(digits: bytes) -> bytes:
    """ASCII digits as their count and themselves; leading zeros and an empty run (0) make no difference."""
    digits = digits.lstrip(b"0")
    size = len(digits)
    if size <= MAX_SHORT_RUN:
        return _HEADS[size] + digits
    return b"\xff" + size.to_bytes(8, "big") + digits
