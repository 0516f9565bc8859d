"""Numbers of any length as bytes that sort as the numbers do: the piece that all comparers share."""

MAX_SHORT_RUN = 0xFE
"""Digits that one length byte can tell; longer runs (no scheme has a limit) get 0xFF and eight more length bytes."""


def sized(digits: bytes) -> bytes:
    """ASCII digits as their count and themselves; leading zeros and an empty run (0) make no difference."""
    digits = digits.lstrip(b"0")
    size = len(digits)
    head = bytes((size,)) if size <= MAX_SHORT_RUN else b"\xff" + size.to_bytes(8, "big")
    return head + digits
