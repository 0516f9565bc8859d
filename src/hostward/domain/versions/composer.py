"""Composer's version order as bytes.

Source: getcomposer.org, "Versions and constraints" (composer/semver: versions are brought to four numbers and a
stability, "1.0RC1" is 1.0.0.0-RC1) and PHP's version_compare for the order: dev < alpha < beta < RC < the release <
patch. What was released by date keeps all its numbers.
"""

import re

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.number import sized

_SUFFIX = (
    r"(?:[._-]?(?P<word>stable|beta|b|rc|alpha|a|patch|pl|p)(?P<count>(?:[.-]?[0-9]+)*))?(?P<dev>[.-]?dev)?"
    r"(?:\+[^\s]*)?(?:@(?:stable|rc|beta|alpha|dev))?"
)
_PLAIN = re.compile(r"v?(?P<numbers>[0-9]{1,5}(?:\.[0-9]+){0,3})" + _SUFFIX, re.IGNORECASE | re.ASCII)
_DATED = re.compile(
    r"v?(?P<numbers>[0-9]{4}(?:[.:-]?[0-9]{2}){1,6}(?:[.:-]?[0-9]{1,3}){0,2})" + _SUFFIX, re.IGNORECASE | re.ASCII
)
_BRANCH = re.compile(r"v?(?P<numbers>[0-9]+(?:\.(?:[0-9]+|[xX*])){0,3})-dev", re.ASCII)
_NUMBER = re.compile(r"[0-9]+")
_BRANCH_NUMBER = "9999999"
"""What Composer puts in the places that a branch ("1.x-dev") leaves open."""

_DEV, _END, _DIGITS, _PATCH = b"\x01", b"\x05", b"\x06", b"\x07"
_WORDS = {
    **dict.fromkeys(("a", "alpha"), b"\x02"),
    **dict.fromkeys(("b", "beta"), b"\x03"),
    "rc": b"\x04",
    **dict.fromkeys(("p", "pl", "patch"), _PATCH),
}


def key(version: str) -> bytes:
    """Bytes that sort as Composer does, equal where it calls versions the same ("1.0" and "v1.0.0").

    Raises InvalidValue for what has no place: an empty version, a named branch ("dev-main").
    """
    text = version.strip()
    if found := _PLAIN.fullmatch(text):
        numbers = _padded(found["numbers"].split("."), "0")
    elif found := _DATED.fullmatch(text):
        numbers = _NUMBER.findall(found["numbers"])
    elif branch := _BRANCH.fullmatch(text):
        numbers = [_BRANCH_NUMBER if part in "xX*" else part for part in branch["numbers"].split(".")]
        return _numbers(_padded(numbers, _BRANCH_NUMBER)) + _DEV + _END
    else:
        raise InvalidValue(f"{version[:80]!r} is no version as Composer has them; one such as 1.2.3-RC1 is expected")
    return _numbers(numbers) + _stability(found) + (_DEV if found["dev"] else b"") + _END


def _padded(numbers: list[str], with_what: str) -> list[str]:
    return numbers + [with_what] * (4 - len(numbers))


def _numbers(parts: list[str]) -> bytes:
    return b"".join(_DIGITS + sized(part.encode()) for part in parts)


def _stability(found: re.Match[str]) -> bytes:
    """The word and the numbers after it; "stable" says nothing."""
    rank = _WORDS.get((found["word"] or "").lower())
    return b"" if rank is None else rank + _numbers(_NUMBER.findall(found["count"]))
