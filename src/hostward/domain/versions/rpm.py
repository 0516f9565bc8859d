"""RPM's version order as bytes.

Source: rpm-version(7). [epoch:]version[-release]; each part is read as runs of letters and of digits, everything else
only parts them. A tilde sorts before the end, a caret after it and before all else; letters before numbers.
"""

import re

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.number import sized

_EPOCH = re.compile(rb"([0-9]*):")
_TOKEN = re.compile(rb"[0-9]+|[A-Za-z]+|[~^]")
_TILDE, _END, _CARET, _LETTERS, _DIGITS = b"\x01", b"\x02", b"\x03", b"\x04", b"\x05"
_NO_MORE_LETTERS = b"\x00"


def key(version: str) -> bytes:
    """Bytes that sort as rpm does, equal where it calls versions the same ("1.0" and "1_0").

    A missing epoch is 0; a missing release sorts before every release. Raises InvalidValue for an empty version.
    """
    raw = version.strip().encode("utf-8", "surrogateescape")
    if not raw:
        raise InvalidValue("the version is empty; an rpm version such as 1:2.3-4.el9 is expected")
    epoch = _EPOCH.match(raw)
    rest = raw[epoch.end() :] if epoch else raw
    upstream, dash, release = rest.rpartition(b"-")
    if not dash:
        upstream, release = rest, b""
    return sized(epoch[1] if epoch else b"") + _part(upstream) + _part(release)


def _part(text: bytes) -> bytes:
    return b"".join(map(_token, _TOKEN.findall(text))) + _END


def _token(token: bytes) -> bytes:
    if token.isdigit():
        return _DIGITS + sized(token)
    if token == b"~":
        return _TILDE
    return _CARET if token == b"^" else _LETTERS + token + _NO_MORE_LETTERS
