"""Patterns that come as data: RE2 only, so that no pattern and no file can make a scan run for ever."""

from functools import lru_cache
from typing import Protocol

import re2  # type: ignore[import-untyped]  # google-re2 ships no types

PATTERN_MEMORY = 8 << 20
"""Bytes a compiled pattern may use (RE2's own default)."""


class BrokenPattern(ValueError):
    """The pattern can't be used; the message has the pattern and RE2's reason."""


class _Match(Protocol):
    def group(self, number: int) -> str | None: ...


class _Compiled(Protocol):
    groups: int

    def search(self, text: str) -> _Match | None: ...


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> _Compiled:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = PATTERN_MEMORY
    try:
        compiled: _Compiled = re2.compile(pattern, options)
    except re2.error as error:
        why = error.args[0] if error.args else error
        shown = why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)
        raise BrokenPattern(f"pattern {pattern!r} is broken: {shown}") from error
    return compiled


def matches(pattern: str, text: str) -> bool:
    """True when the pattern is found anywhere in text. Raises BrokenPattern."""
    return _compiled(pattern).search(_encodable(text)) is not None


def selected(pattern: str, text: str) -> str | None:
    """What the pattern's first group caught (the whole match without a group), None without a match.

    Raises BrokenPattern.
    """
    compiled = _compiled(pattern)
    match = compiled.search(_encodable(text))
    if match is None:
        return None
    return match.group(1 if compiled.groups else 0) or ""


def _encodable(text: str) -> str:
    """RE2 works on UTF-8, which has no room for the surrogates that stand for odd bytes in file names."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
