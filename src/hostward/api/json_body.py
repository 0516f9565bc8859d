"""A body as JSON values, read strictly: what two parsers could take differently is refused."""

import json
from collections import Counter
from typing import Final, NoReturn

from hostward.api.errors import ApiError, Code
from hostward.api.texts import DUPLICATE, NOT_JSON, NOT_OBJECT, TOO_DEEP, TOO_MANY, Text, shown

MAX_DEPTH: Final = 32
"""Levels of arrays and objects; the deepest request of the API has 4."""

MAX_MEMBERS: Final = 300_000
"""Members and array elements of one body: more than 10 MB of machine names can hold."""

MAX_DIGITS: Final = 40
"""Digits of a number that are looked at: twice what any Integer of the API has."""

Value = str | int | float | bool | list["Value"] | dict[str, "Value"] | None


def parse_object(body: bytes) -> dict[str, Value]:
    """The object a body holds. Raises ApiError InvalidParameter.IllegalRequest when it holds anything else."""
    brackets = body.count(b"[") + body.count(b"{")
    if body.count(b",") + brackets > MAX_MEMBERS:
        raise _illegal(TOO_MANY, limit=MAX_MEMBERS)
    value = _parse(body)
    if not isinstance(value, dict):
        raise _illegal(NOT_OBJECT)
    if brackets > MAX_DEPTH:
        _check_depth(value)
    return value


def _parse(body: bytes) -> Value:
    try:
        return _DECODER.decode(body.decode("utf-8"))  # type: ignore[no-any-return]  # what the hooks below return
    except RecursionError:
        raise _illegal(TOO_DEEP, limit=MAX_DEPTH) from None
    except ValueError:
        raise _illegal(NOT_JSON) from None


def _illegal(text: Text, **values: object) -> ApiError:
    return ApiError(Code.ILLEGAL_REQUEST, text, **values)


def _check_depth(value: Value) -> None:
    """Raise when value is nested too deep; level by level, so that depth costs no stack."""
    level: list[Value] = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _inside(outer) if isinstance(inner, list | dict)]
        if not level:
            return
    raise _illegal(TOO_DEEP, limit=MAX_DEPTH)


def _inside(value: Value) -> list[Value]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _object(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    members = dict(pairs)
    if len(members) != len(pairs):
        counts = Counter(name for name, _ in pairs)
        raise _illegal(DUPLICATE, name=shown(counts.most_common(1)[0][0]))
    return members


def _whole(digits: str) -> int:
    """A whole number; one with absurdly many digits becomes one that is out of every range all the same."""
    return int(digits[:MAX_DIGITS])


def _no_constant(_name: str) -> NoReturn:
    """Refuse NaN and Infinity, which are not JSON."""
    raise ValueError("not JSON")


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_int=_whole, parse_constant=_no_constant)
