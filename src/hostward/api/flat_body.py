"""A query or a form as parameters, read strictly: what two parsers could take differently is refused.

In a flat request an array or object is spelled by paths: Filters.0.Name=HostName&Filters.0.Values.0=web.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Final
from urllib.parse import unquote_to_bytes

from hostward.api.errors import ApiError, Code
from hostward.api.json_body import MAX_DEPTH, Value
from hostward.api.texts import NESTED_TOO_DEEP, NOT_FLAT, TOO_MANY, TWICE, TWO_SHAPES, shown

MAX_PARAMETERS: Final = 20_000
"""Parameters of one request: as many machine names as a form of 1 MB holds."""

COMMON: Final = frozenset(
    {
        "Action", "Version", "Timestamp", "Nonce", "Region", "SecretId", "Signature", "SignatureMethod", "Token",
        "Language", "RequestClient",
    }
)  # fmt: skip
"""Common parameters of signature version 1, which stand among those of the action ("Signature" page)."""

MAX_COMMON: Final = 8192
"""Bytes of a common parameter's value; the longest, Token, has up to 4,096 ("Common parameters" page)."""

_MARKS: Final = {name: f"&{name}=".encode() for name in sorted(COMMON - {"Nonce", "Region", "RequestClient"})}
"""How each one that has a meaning here begins; any nonce and region will do."""

_BROKEN_ESCAPE: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def common_of(source: bytes) -> dict[str, str]:
    """The common parameters that have a meaning here.

    They are found without reading the rest: nobody is known yet, so this must cost little. The first of a name counts;
    what is too long or can't be decoded is left out. parse_flat refuses what is given twice or can't be decoded.
    """
    found: dict[str, str] = {}
    marked = b"&" + source
    for name, mark in _MARKS.items():
        at = marked.find(mark)
        if at < 0:
            continue
        begin = at + len(mark)
        end = marked.find(b"&", begin)
        value = marked[begin : end if end >= 0 else len(marked)]
        if len(value) <= MAX_COMMON:
            with suppress(ValueError):
                found[name] = _unescaped(value)
    return found


def parse_flat(source: bytes) -> dict[str, str]:
    """Every parameter by its path.

    Raises ApiError InvalidParameter.IllegalRequest: no pairs of name and value, a broken escape, no UTF-8, a name
    given twice, too many.
    """
    if source.count(b"&") >= MAX_PARAMETERS:
        raise _illegal(limit=MAX_PARAMETERS)
    parameters: dict[str, str] = {}
    for part in source.split(b"&"):
        if part:
            name, value = _pair(part)
            if name in parameters:
                raise ApiError(Code.ILLEGAL_REQUEST, TWICE, name=shown(name))
            parameters[name] = value
    return parameters


def nested(parameters: Mapping[str, str]) -> dict[str, Value]:
    """Paths as objects in objects; an array is an object of its indices, so that no index costs more than its name.

    Raises ApiError: IllegalRequest for too many levels, InvalidParameter for a name that is both a value and more.
    """
    root: dict[str, Value] = {}
    for path, value in parameters.items():
        *outer, last = path.split(".", MAX_DEPTH)
        if len(outer) == MAX_DEPTH:
            raise ApiError(Code.ILLEGAL_REQUEST, NESTED_TOO_DEEP, name=shown(path), limit=MAX_DEPTH)
        level = root
        for name in outer:
            inner = level.setdefault(name, {})
            if not isinstance(inner, dict):
                raise ApiError(Code.INVALID_PARAMETER, TWO_SHAPES, name=shown(path))
            level = inner
        if last in level:
            raise ApiError(Code.INVALID_PARAMETER, TWO_SHAPES, name=shown(path))
        level[last] = value
    return root


def _pair(part: bytes) -> tuple[str, str]:
    name, equals, value = part.partition(b"=")
    if not equals:
        raise ApiError(Code.ILLEGAL_REQUEST, NOT_FLAT)
    try:
        return _unescaped(name), _unescaped(value)
    except ValueError:
        raise ApiError(Code.ILLEGAL_REQUEST, NOT_FLAT) from None


def _unescaped(raw: bytes) -> str:
    """Text behind its escapes, "+" being a blank. Raises ValueError for a broken escape and for no UTF-8."""
    plain = raw.replace(b"+", b" ")
    if b"%" in plain:
        if _BROKEN_ESCAPE.search(plain):
            raise ValueError("broken escape")
        plain = unquote_to_bytes(plain)
    return plain.decode("utf-8")


def _illegal(**values: object) -> ApiError:
    return ApiError(Code.ILLEGAL_REQUEST, TOO_MANY, **values)
