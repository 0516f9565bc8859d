"""RubyGems' version order as bytes.

Source: Gem::Version of RubyGems (guides.rubygems.org, "Patterns"). Segments are runs of digits or of letters, a hyphen
starts a pre-release; numbers compare as numbers, words sort before numbers, and what is missing counts as 0. Zeros at
the end say nothing, nor do those before the first word.
"""

import re

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.number import sized

_VERSION = re.compile(r"[0-9]+(?:\.[0-9A-Za-z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?")
_SEGMENT = re.compile(r"[0-9]+|[A-Za-z]+")
MAX_ZEROS = 255
"""Zero segments in a row that have a place; RubyGems has no limit, and nobody comes near it."""

# A missing segment is 0, so the end stands between zeros before a word and zeros before a number.
_WORD, _ZEROS_WORD, _END, _ZEROS_NUMBER, _NUMBER = b"\x01", b"\x02", b"\x03", b"\x04", b"\x05"
_WORD_END = b"\x00"


def key(version: str) -> bytes:
    """Bytes that sort as RubyGems does, equal where it calls versions the same ("1.0" and "1").

    Raises InvalidValue for what RubyGems calls malformed, an empty version included.
    """
    text = version.strip()
    if not _VERSION.fullmatch(text):
        raise InvalidValue(f"{version[:80]!r} is no version as RubyGems has them; one such as 1.2.3.rc1 is expected")
    return _encoded(_canonical(_SEGMENT.findall(text.replace("-", ".pre."))))


def _canonical(segments: list[str]) -> list[bytes]:
    """Digits without leading zeros (b"" is 0) and words; no zeros at the end of the numbers and of the pre-release."""
    first = next((place for place, each in enumerate(segments) if each[0].isalpha()), len(segments))
    kept: list[bytes] = []
    for part in (segments[:first], segments[first:]):
        kept += [each.encode().lstrip(b"0") for each in part]
        while kept and not kept[-1]:
            kept.pop()
    return kept


def _encoded(segments: list[bytes]) -> bytes:
    out, zeros = bytearray(), 0
    for segment in segments:
        if not segment:
            zeros += 1
            continue
        if zeros > MAX_ZEROS:
            raise InvalidValue(f"a version with more than {MAX_ZEROS} zeros in a row; no gem has one")
        is_word = segment[:1].isalpha()
        if zeros:
            out += _ZEROS_WORD + bytes((zeros,)) if is_word else _ZEROS_NUMBER + bytes((MAX_ZEROS - zeros,))
        out += _WORD + segment + _WORD_END if is_word else _NUMBER + sized(segment)
        zeros = 0
    return bytes(out) + _END
