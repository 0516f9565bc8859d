"""Python's version order as bytes.

Source: PEP 440 (packaging.python.org, "Version specifiers"), with its normalisations: case, "v", separators and
spellings such as "alpha", "c", "rev" make no difference.
"""

import re

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.number import sized

_VERSION = re.compile(
    r"v?(?:(?P<epoch>[0-9]+)!)?(?P<release>[0-9]+(?:\.[0-9]+)*)"
    r"(?:[-_.]?(?P<phase>alpha|beta|preview|pre|a|b|c|rc)[-_.]?(?P<pre>[0-9]*))?"
    r"(?P<after>-(?P<bare>[0-9]+)|[-_.]?(?:post|rev|r)[-_.]?(?P<post>[0-9]*))?"
    r"(?P<dev>[-_.]?dev[-_.]?(?P<work>[0-9]*))?"
    r"(?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?",
    re.IGNORECASE | re.ASCII,
)
_LOCAL_SEPARATOR = re.compile(r"[-_.]")

_END = b"\x00"
_MORE = b"\x01"
_DEV_ALONE, _NO_PHASE = b"\x01", b"\x05"
_PHASES = {
    **dict.fromkeys(("a", "alpha"), b"\x02"),
    **dict.fromkeys(("b", "beta"), b"\x03"),
    **dict.fromkeys(("c", "rc", "pre", "preview"), b"\x04"),
}
_NO_POST, _POST = b"\x01", b"\x02"
_DEV, _NO_DEV = b"\x01", b"\x02"
_LOCAL_WORD, _LOCAL_NUMBER, _EVERY_LOCAL = b"\x01", b"\x02", b"\x03"


def key(version: str) -> bytes:
    """Bytes that sort as PEP 440 orders versions, equal where it calls them equal ("1.0" and "1.0.0").

    Raises InvalidValue for what it has no place for: an empty version, and those of times before it ("2004d").
    """
    found = _VERSION.fullmatch(version.strip())
    if found is None:
        raise InvalidValue(f"{version[:80]!r} is no version as PEP 440 has them; one such as 1.2.post3 is expected")
    return b"".join(
        (_number(found["epoch"]), _release(found["release"]), _phase(found), _post(found), _dev(found), _local(found))
    )


def last_key(version: str) -> bytes:
    """The same for the last version of a closed range: local builds of it ("1.13.0+cu117" of "1.13.0") are inside.

    Source: PEP 440, "Version matching": a version without a local part stands for every local build of it.
    """
    whole = key(version)
    return whole if "+" in version else whole.removesuffix(_END) + _EVERY_LOCAL


def _number(digits: str | None) -> bytes:
    return sized((digits or "").encode())


def _release(text: str) -> bytes:
    """The numbers without the zeros at the end; a release that goes on sorts after one that ends."""
    numbers = text.encode().split(b".")
    while numbers and not numbers[-1].strip(b"0"):
        numbers.pop()
    return b"".join(_MORE + sized(number) for number in numbers) + _END


def _phase(found: re.Match[str]) -> bytes:
    """Pre-releases; a development release of the final one sorts before them all."""
    if found["phase"]:
        return _PHASES[found["phase"].lower()] + _number(found["pre"])
    return _DEV_ALONE if found["dev"] and not found["after"] else _NO_PHASE


def _post(found: re.Match[str]) -> bytes:
    return _POST + _number(found["bare"] or found["post"]) if found["after"] else _NO_POST


def _dev(found: re.Match[str]) -> bytes:
    return _DEV + _number(found["work"]) if found["dev"] else _NO_DEV


def _local(found: re.Match[str]) -> bytes:
    """Words sort before numbers, and a version without any of it before both."""
    if not found["local"]:
        return _END
    parts = _LOCAL_SEPARATOR.split(found["local"].lower())
    return b"".join(_local_part(part.encode()) for part in parts) + _END


def _local_part(part: bytes) -> bytes:
    return _LOCAL_NUMBER + sized(part) if part.isdigit() else _LOCAL_WORD + part + _END
