"""Debian's version order as bytes.

Source: Debian Policy 5.6.12 (Version). A version is [epoch:]upstream[-revision]; each part is read as runs of
non-digits and digits in turn. Non-digits compare character by character: a tilde sorts before the end of the run,
the end before letters, letters before everything else. Digit runs compare as numbers, a missing one is 0.
"""

import re

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.number import sized

_PAIR = re.compile(rb"([^0-9]*)0*([0-9]*)")
_TILDE = 1
_END = b"\x02"
_FIRST_LETTER = 3


def key(version: str) -> bytes:
    """Bytes that sort as the version does: a < b exactly where Debian calls a older, equal where it calls them equal.

    Sloppy versions that dpkg itself would refuse to build (no leading digit, odd characters, an epoch that is no
    number) are ordered as apt orders them, since they are found installed. Raises InvalidValue for an empty version.
    """
    raw = version.strip().encode("utf-8", "surrogateescape")
    if not raw:
        raise InvalidValue("the version is empty; a Debian version such as 1:2.3-4 is expected")
    epoch, colon, rest = raw.partition(b":")
    if not colon:
        epoch, rest = b"", raw
    upstream, dash, revision = rest.rpartition(b"-")
    if not dash:
        upstream, revision = rest, b""
    return _part(epoch) + _part(upstream) + _part(revision)


def _part(text: bytes) -> bytes:
    """One part: for each pair the ranked non-digits, the end mark and the number; then the end mark once more.

    The last mark stands where a longer part would go on with a non-digit, and so sorts after a tilde and before all
    others. A part that ends without digits has the number 0 written out, because Policy calls "a" and "a0" equal.
    """
    out = bytearray()
    pairs = _PAIR.findall(text)
    for other, digits in pairs[:-1] or pairs:
        out += other.translate(_RANKS)
        out += _END
        out += sized(digits)
    out += _END
    return bytes(out)


def _ranks() -> bytes:
    """Rank of each byte that is no digit: tilde 1, (end 2), letters from 3 in ASCII order, then the others."""
    letters = [c for c in range(256) if chr(c).isascii() and chr(c).isalpha()]
    others = [c for c in range(256) if c not in letters and c not in b"0123456789~"]
    ranks = bytearray(256)
    ranks[ord("~")] = _TILDE
    for rank, byte in enumerate(letters + others, start=_FIRST_LETTER):
        ranks[byte] = rank
    return bytes(ranks)


_RANKS = _ranks()
