"""NuGet's version order as bytes.

Source: learn.microsoft.com, "NuGet package versioning": Semantic Versioning 2.0.0 with a fourth number, missing ones
are 0, and pre-release labels that compare without regard to case. Build metadata makes no difference.
"""

import re

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.number import sized
from hostward.domain.versions.semver import FINAL, prerelease

_VERSION = re.compile(
    r"v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:\.([0-9]+))?"
    r"(?:-([0-9a-z-]+(?:\.[0-9a-z-]+)*))?(?:\+[0-9a-z.-]*)?",
    re.IGNORECASE | re.ASCII,
)


def key(version: str) -> bytes:
    """Bytes that sort as NuGet does, equal where it calls versions the same ("1.0" and "1.0.0.0", "1.0-RC", "1.0-rc").

    Raises InvalidValue for what is none: an empty version, a range, five numbers.
    """
    found = _VERSION.fullmatch(version.strip())
    if found is None:
        raise InvalidValue(f"{version[:80]!r} is no version as NuGet has them; one such as 1.2.3-rc.1 is expected")
    numbers = b"".join(sized((part or "").encode()) for part in found.groups()[:4])
    return numbers + (prerelease(found[5].lower().encode()) if found[5] else FINAL)
