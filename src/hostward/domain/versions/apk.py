"""Alpine's version order as bytes.

Source: apk-package(5) of apk-tools 3. NUMBER{.NUMBER}[LETTER]{_SUFFIX[NUMBER]}[~HASH][-rREVISION]: numbers compare as
numbers, but after the first one those with a leading zero as text, and before all others; the suffixes alpha, beta,
pre and rc sort before the end, cvs, svn, git, hg and p after it.
"""

import re

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.number import sized

_VERSION = re.compile(
    r"([0-9]+)((?:\.[0-9]+)*)([a-z]?)((?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)[0-9]*)*)(~[0-9a-f]+)?(?:-r([0-9]+))?"
)
_SUFFIX = re.compile(r"_([a-z]+)([0-9]*)")

# What may stand at one place of a version, from the oldest to the newest.
_PLACES = ("alpha", "beta", "pre", "rc", "end", "revision", "hash", "number", "cvs", "svn", "git", "hg", "p")
_RANK = {name: bytes((rank,)) for rank, name in enumerate((*_PLACES, "letter", "zero", "digits"), start=1)}
_TEXT_END = b"\x00"


def key(version: str) -> bytes:
    """Bytes that sort as apk does. Raises InvalidValue for what apk calls invalid ("1.0-beta", an empty version)."""
    found = _VERSION.fullmatch(version.strip())
    if found is None:
        raise InvalidValue(f"{version[:80]!r} is no version as apk has them; one such as 1.2.3_rc1-r4 is expected")
    first, more, letter, suffixes, commit, revision = found.groups()
    out = [sized(first.encode()), *(_number(part.encode()) for part in more.split(".")[1:])]
    if letter:
        out.append(_RANK["letter"] + letter.encode())
    for name, number in _SUFFIX.findall(suffixes):
        out.append(_RANK[name] + (_RANK["number"] + sized(number.encode()) if number else b""))
    if commit:
        out.append(_RANK["hash"] + commit[1:].encode() + _TEXT_END)
    if revision:
        out.append(_RANK["revision"] + sized(revision.encode()))
    return b"".join(out) + _RANK["end"]


def _number(digits: bytes) -> bytes:
    if digits.startswith(b"0"):
        return _RANK["zero"] + digits + _TEXT_END
    return _RANK["digits"] + sized(digits)
