"""Semantic versions as bytes.

Source: Semantic Versioning 2.0.0, 11 (precedence). Build metadata makes no difference. What npm reads loosely is read
too, because it is found installed: a leading "v" or "=", missing minor and patch, leading zeros, "1.2.3beta".
"""

import re

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.number import sized

_VERSION = re.compile(
    r"[v=\s]*([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?"
    r"(?:(?:-|(?=[a-z]))([0-9a-z-]+(?:\.[0-9a-z-]+)*))?(?:\+([0-9a-z.-]*))?",
    re.IGNORECASE | re.ASCII,
)
FINAL = b"\x02"
"""What a version without pre-release has after its numbers."""
_PRERELEASE = b"\x01"
_END, _NUMBER, _WORD = b"\x00", b"\x01", b"\x02"


def key(version: str) -> bytes:
    """Bytes that sort by precedence, equal where it is the same ("1.0.0+a" and "1.0.0+b").

    Raises InvalidValue for what has none: an empty version, four numbers, an address of a repository.
    """
    return _precedence(_parsed(version))


def pub_key(version: str) -> bytes:
    """The same for Dart's Pub, where build metadata counts: 1.0.0 is older than 1.0.0+1. Raises InvalidValue.

    Source: pub_semver, "Semantics": a build is a fix of the version it stands after.
    """
    found = _parsed(version)
    return _precedence(found) + (prerelease(found[5].encode()) if found[5] else b"")


def prerelease(text: bytes) -> bytes:
    """Identifiers parted by dots: numbers before words, and one that ends before one that goes on."""
    return _PRERELEASE + b"".join(map(_identifier, text.split(b"."))) + _END


def _parsed(version: str) -> re.Match[str]:
    found = _VERSION.fullmatch(version.strip())
    if found is None:
        raise InvalidValue(f"{version[:80]!r} is no semantic version; one such as 1.2.3-rc.1 is expected")
    return found


def _precedence(found: re.Match[str]) -> bytes:
    numbers = b"".join(sized((part or "").encode()) for part in found.groups()[:3])
    return numbers + (prerelease(found[4].encode()) if found[4] else FINAL)


def _identifier(part: bytes) -> bytes:
    return _NUMBER + sized(part) if part.isdigit() else _WORD + part + _END
