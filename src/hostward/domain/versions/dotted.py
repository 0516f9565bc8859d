"""Versions that are nothing but numbers, as bytes: those of CRAN and Hackage.

Sources: "Writing R Extensions", 1.1.1 (numbers parted by dots or hyphens), and the Haskell Package Versioning Policy.
Both compare number by number, and a version that goes on is newer than one that ends: 1.0 is older than 1.0.0.
"""

import re

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.number import sized

_VERSION = re.compile(r"[0-9]+(?:[.-][0-9]+)*")
_SEPARATOR = re.compile(r"[.-]")
_END, _MORE = b"\x00", b"\x01"


def key(version: str) -> bytes:
    """Bytes that sort as the numbers do. Raises InvalidValue for anything else than numbers with dots or hyphens."""
    text = version.strip()
    if not _VERSION.fullmatch(text):
        raise InvalidValue(f"{version[:80]!r} is no version of numbers and dots; one such as 1.2.3 is expected")
    return b"".join(_MORE + sized(part.encode()) for part in _SEPARATOR.split(text)) + _END
