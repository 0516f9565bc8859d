"""The order in which PHP's systems compare versions, as bytes: WordPress, Drupal, Joomla and what is added to them.

Source: php.net, version_compare: "-", "_" and "+" are dots, a dot stands where digits and letters meet, and parts rise
as anything else < dev < alpha < beta < RC < the end < a number < pl. Unlike there "1.0" and "1.0.0" are the same,
because advisories and systems spell one release in both ways.
"""

import re

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.number import sized

PLACES = 6
"""Numbers that every version has at its beginning; those that it does not spell are 0."""

_SHAPE = re.compile(r"[vV]?(?=[0-9])[0-9A-Za-z.+_-]{1,200}", re.ASCII)
_PART = re.compile(r"[0-9]+|[A-Za-z]+", re.ASCII)
_OTHER, _END, _NUMBER = b"\x01", b"\x06", b"\x07"
_WORDS = {
    "dev": b"\x02",
    **dict.fromkeys(("a", "alpha"), b"\x03"),
    **dict.fromkeys(("b", "beta"), b"\x04"),
    **dict.fromkeys(("c", "rc"), b"\x05"),
    **dict.fromkeys(("p", "pl", "patch"), b"\x08"),
}


def key(version: str) -> bytes:
    """Bytes that sort as version_compare does. Raises InvalidValue for what does not begin with a number."""
    text = version.strip()
    if not _SHAPE.fullmatch(text):
        raise InvalidValue(f"{version[:80]!r} is no version as PHP has them; one such as 6.4.2-RC1 is expected")
    parts = _PART.findall(text.lstrip("vV"))
    plain = next((place for place, part in enumerate(parts) if not part.isdigit()), len(parts))
    parts[plain:plain] = ["0"] * (PLACES - plain)
    return b"".join(map(_piece, parts)) + _END


def _piece(part: str) -> bytes:
    if part.isdigit():
        return _NUMBER + sized(part.encode())
    return _WORDS.get(part.lower(), _OTHER)
