"""Maven's version order as bytes.

Source: the POM reference's "Version Order Specification" (maven.apache.org/pom.html). A version is a sequence of
tokens, parted by dots, hyphens and every change between digits and letters; trailing tokens that say nothing ("0",
"final") are dropped, at the end and before each hyphen. Qualifiers sort before numbers, "alpha" to "snapshot" before
the end, all others after it, and a number after a hyphen before one after a dot.
"""

import re

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.number import sized

_TOKEN = re.compile(r"[.-]|[0-9]+|[^0-9.-]+")
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f$(){}\[\],]")

# What may stand at one place, from the oldest to the newest.
_PLACES = ("alpha", "beta", "milestone", "rc", "snapshot", "", "sp", "word", "-number", ".number")
_RANK = {name: bytes((rank,)) for rank, name in enumerate(_PLACES, start=1)}
_QUALIFIERS = {
    **{name: _RANK[name] for name in ("alpha", "beta", "milestone", "rc", "snapshot", "sp")},
    "cr": _RANK["rc"],
    **dict.fromkeys(("final", "ga", "release"), _RANK[""]),
}
_SHORT = {"a": "alpha", "b": "beta", "m": "milestone"}
_WORD_END = b"\x00"
_NOTHING = frozenset({_RANK[""], _RANK["-number"] + sized(b"0"), _RANK[".number"] + sized(b"0")})


def key(version: str) -> bytes:
    """Bytes that sort as Maven does, equal where it calls versions the same ("1.0" and "1.0.0.Final").

    Raises InvalidValue for what is none: an empty version, a range, a property that was never filled in.
    """
    text = version.strip().lower()
    if not text or _FORBIDDEN.search(text):
        raise InvalidValue(f"{version[:80]!r} is no version as Maven has them; one such as 1.2.3-rc1 is expected")
    return b"".join(token for _, token in _trimmed(_tokens(text))) + _RANK[""]


def _tokens(text: str) -> list[tuple[bool, bytes]]:
    """The version's tokens with whether a hyphen stands before them; every qualifier counts as having one."""
    found: list[tuple[bool, bytes]] = []
    parts = _TOKEN.findall(text)
    hyphen, is_awaited = False, True
    for place, part in enumerate(parts):
        if part in ".-":
            if is_awaited:
                found.append((hyphen, _number(b"0", hyphen=hyphen)))
            hyphen, is_awaited = part == "-", True
            continue
        hyphen = hyphen or not is_awaited
        if part[0] in "0123456789":
            found.append((hyphen, _number(part.encode(), hyphen=hyphen)))
        else:
            has_number = place + 1 < len(parts) and parts[place + 1][0] in "0123456789"
            found.append((True, _qualifier(part, has_number=has_number)))
        hyphen, is_awaited = False, False
    return found


def _trimmed(tokens: list[tuple[bool, bytes]]) -> list[tuple[bool, bytes]]:
    """Without the tokens that say nothing at the end and before each hyphen."""
    kept: list[tuple[bool, bytes]] = []
    for token in tokens:
        if token[0]:
            _drop_nothing(kept)
        kept.append(token)
    _drop_nothing(kept)
    return kept


def _drop_nothing(tokens: list[tuple[bool, bytes]]) -> None:
    while tokens and tokens[-1][1] in _NOTHING:
        tokens.pop()


def _number(digits: bytes, *, hyphen: bool) -> bytes:
    return _RANK["-number" if hyphen else ".number"] + sized(digits)


def _qualifier(word: str, *, has_number: bool) -> bytes:
    known = _QUALIFIERS.get(_SHORT.get(word, word) if has_number else word)
    return known if known is not None else _RANK["word"] + word.encode("utf-8", "surrogatepass") + _WORD_END
