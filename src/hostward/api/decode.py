"""A request's JSON object or flat parameters turned into its struct, with the code that each mistake deserves.

Whatever the order of members in the body, mistakes are reported in the order of the specification: a member that is
not known, a required one that is missing, a wrong type, a wrong value.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import UnionType
from typing import Annotated, Final, TypeVar, Union, get_args, get_origin

import msgspec

from hostward.api.errors import ApiError, Code
from hostward.api.flat_body import nested
from hostward.api.json_body import Value, parse_object
from hostward.api.texts import GAP, MISSING, UNKNOWN, WRONG_TYPE, WRONG_VALUE, Text, shown


@dataclass(frozen=True, slots=True)
class Whole:
    """An Integer member and the range its type has; also the mark of it in Annotated."""

    minimum: int
    maximum: int


UINT64: Final = Whole(0, 2**64 - 1)
INT64: Final = Whole(-(2**63), 2**63 - 1)
Uint64 = Annotated[int, UINT64]
Int64 = Annotated[int, INT64]

_DECIMAL: Final = re.compile(r"0|-?[1-9][0-9]{0,39}")
"""Whole numbers in text: the API's own examples send Integers so. Nothing else is taken for a number."""

_FLAT_FLAGS: Final[Mapping[str, bool]] = {"true": True, "True": True, "false": False, "False": False}
"""Booleans in flat parameters: Python's clients write True, Node's and Go's true."""

_RANKS: Final = (Code.UNKNOWN_PARAMETER, Code.MISSING_PARAMETER, Code.INVALID_PARAMETER, Code.INVALID_VALUE)

S = TypeVar("S", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class String:
    """A String member."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A Boolean member."""


@dataclass(frozen=True, slots=True)
class ListOf:
    """An array member."""

    item: "Shape"


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object. attribute: its name in the struct."""

    name: str
    attribute: str
    shape: "Shape"
    required: bool


@dataclass(frozen=True, slots=True)
class ObjectOf:
    """An object and the struct it becomes."""

    struct: type[msgspec.Struct]
    members: Mapping[str, Member]


Shape = Whole | String | Flag | ListOf | ObjectOf
_SCALARS: Final[Mapping[object, Shape]] = {str: String(), bool: Flag()}


def decode(kind: type[S], body: bytes) -> S:
    """The struct that a body holds.

    Raises ApiError: IllegalRequest for what is no JSON object, then for the first mistake of the lowest rank.
    """
    return _decoded(kind, parse_object(body), _Mistakes(flat=False))


def decode_flat(kind: type[S], parameters: Mapping[str, str]) -> S:
    """The struct that flat parameters hold: every value is text there, and an array is spelled by its indices.

    Raises ApiError as decode does; an index that is missing is a mistake of type.
    """
    return _decoded(kind, nested(parameters), _Mistakes(flat=True))


def check_given(kind: type[msgspec.Struct], value: dict[str, Value]) -> None:
    """Raise ApiError for what is wrong with the parameters that are given; those that are missing are no mistake."""
    mistakes = _Mistakes(flat=False)
    _object(shape_of(kind), value, "", mistakes)
    mistakes.found.pop(Code.MISSING_PARAMETER, None)
    mistakes.raise_worst()


@cache
def shape_of(struct: type[msgspec.Struct]) -> ObjectOf:
    """The shape of a request struct."""
    members = {
        one.encode_name: Member(one.encode_name, one.name, _shape(one.type), one.required)
        for one in msgspec.structs.fields(struct)
    }
    return ObjectOf(struct, members)


@dataclass(slots=True)
class _Mistakes:
    """The first mistake of each rank. flat: whether values are spelled as flat parameters are."""

    flat: bool
    found: dict[Code, ApiError] = field(default_factory=dict)

    def add(self, code: Code, text: Text, **values: object) -> None:
        if code not in self.found:
            self.found[code] = ApiError(code, text, **values)

    def raise_worst(self) -> None:
        for code in _RANKS:
            if code in self.found:
                raise self.found[code]


def _decoded(kind: type[S], value: dict[str, Value], mistakes: _Mistakes) -> S:
    request = _object(shape_of(kind), value, "", mistakes)
    mistakes.raise_worst()
    assert isinstance(request, kind)  # without a mistake it was built
    return request


def without_unset(hint: object) -> object:
    """The type of a member that may be left out to mean "as it is": `bool | UnsetType` is a bool on the wire."""
    given = [one for one in get_args(hint) if one is not msgspec.UnsetType]
    return given[0] if get_origin(hint) in (Union, UnionType) and len(given) == 1 else hint


def _shape(hint: object) -> Shape:
    hint = without_unset(hint)
    if get_origin(hint) is Annotated:
        return next(mark for mark in get_args(hint) if isinstance(mark, Whole))
    if get_origin(hint) is list:
        return ListOf(_shape(get_args(hint)[0]))
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return shape_of(hint)
    return _SCALARS[hint]


def _read(shape: Shape, value: Value, path: str, mistakes: _Mistakes) -> object:
    """The value as its shape has it; None, with a mistake noted, when it has another."""
    match shape:
        case ObjectOf():
            return _object(shape, value, path, mistakes)
        case ListOf():
            return _list(shape, value, path, mistakes)
        case Whole():
            return _whole(shape, value, path, mistakes)
        case String():
            return _text(value, path, mistakes)
        case Flag():
            return _flag(value, path, mistakes)


def _object(shape: ObjectOf, value: Value, path: str, mistakes: _Mistakes) -> object:
    if not isinstance(value, dict):
        mistakes.add(Code.INVALID_PARAMETER, WRONG_TYPE, name=path, type="Object")
        return None
    unknown = next((name for name in value if name not in shape.members), None)
    if unknown is not None:
        known = ", ".join(shape.members)
        mistakes.add(Code.UNKNOWN_PARAMETER, UNKNOWN, name=_joined(path, shown(unknown)), known=known)
    attributes: dict[str, object] = {}
    for name, member in shape.members.items():
        if name in value:
            attributes[member.attribute] = _read(member.shape, value[name], _joined(path, name), mistakes)
        elif member.required:
            mistakes.add(Code.MISSING_PARAMETER, MISSING, name=_joined(path, name))
    return None if mistakes.found else shape.struct(**attributes)


def _list(shape: ListOf, value: Value, path: str, mistakes: _Mistakes) -> object:
    if mistakes.flat and isinstance(value, dict):
        value = _in_order(value, path, mistakes)
    if not isinstance(value, list):
        mistakes.add(Code.INVALID_PARAMETER, WRONG_TYPE, name=path, type="Array")
        return None
    return [_read(shape.item, one, f"{path}.{index}", mistakes) for index, one in enumerate(value)]


def _in_order(indexed: dict[str, Value], path: str, mistakes: _Mistakes) -> list[Value] | None:
    """The elements of a flat array; None, with a mistake noted, unless its indices are 0, 1, 2 and so on.

    So many names can only be right indices if each of the first so many numbers is among them.
    """
    indices = [str(number) for number in range(len(indexed))]
    lacking = next((index for index in indices if index not in indexed), None)
    if lacking is None:
        return [indexed[index] for index in indices]
    known = set(indices)
    found = next(name for name in indexed if name not in known)
    mistakes.add(Code.INVALID_PARAMETER, GAP, name=path, index=lacking, found=_joined(path, shown(found)))
    return None


def _whole(shape: Whole, value: Value, path: str, mistakes: _Mistakes) -> object:
    number = int(value) if isinstance(value, str) and _DECIMAL.fullmatch(value) else value
    if isinstance(number, bool) or not isinstance(number, int):
        mistakes.add(Code.INVALID_PARAMETER, WRONG_TYPE, name=path, type="Integer")
        return None
    if not shape.minimum <= number <= shape.maximum:
        accepted = f"{shape.minimum} - {shape.maximum}"
        mistakes.add(Code.INVALID_VALUE, WRONG_VALUE, name=path, value=number, accepted=accepted)
    return number


def _flag(value: Value, path: str, mistakes: _Mistakes) -> object:
    """A Boolean; in flat parameters one of the spellings that the official clients have for it."""
    flag = _FLAT_FLAGS.get(value, value) if mistakes.flat and isinstance(value, str) else value
    if not isinstance(flag, bool):
        mistakes.add(Code.INVALID_PARAMETER, WRONG_TYPE, name=path, type="Boolean")
    return flag


def _text(value: Value, path: str, mistakes: _Mistakes) -> object:
    if not isinstance(value, str) or not _is_unicode(value):
        mistakes.add(Code.INVALID_PARAMETER, WRONG_TYPE, name=path, type="String")
    elif "\0" in value:
        mistakes.add(Code.INVALID_VALUE, WRONG_VALUE, name=path, value=shown(value), accepted="text without NUL")
    return value


def _is_unicode(text: str) -> bool:
    """False for half a surrogate pair, which JSON can spell and nothing behind the gateway can store."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
