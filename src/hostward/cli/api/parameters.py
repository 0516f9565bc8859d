"""`--Name VALUE` on the command line, as the JSON that the action takes.

Texts are taken as they are, numbers and booleans as what they say, structures and arrays as JSON; and what is inside
one can be named: `--Filters.0.Name HostName --Filters.0.Values.0 web`.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import click
import msgspec

from hostward.api.schema.fields import Kind, kind_of

MAX_INDEX: Final = 9_999  # four digits
"""Elements of an array that are named one by one: what is longer comes from --cli-input-json."""

_INDEX: Final = re.compile(r"[0-9]{1,4}", re.ASCII)
_NUMBER: Final = re.compile(r"-?[0-9]{1,30}", re.ASCII)
_BOOLEANS: Final[Mapping[str, bool]] = {"true": True, "True": True, "false": False, "False": False}

Tree = dict[str, Any]


def parameters_of(arguments: Sequence[str], request: type[msgspec.Struct] | None) -> dict[str, Any]:
    """The parameters that these arguments spell.

    request: the action's struct; None for an action that this program does not know, whose values are JSON where they
    can be and text otherwise. Raises click.UsageError.
    """
    tree: Tree = {}
    root = None if request is None else Kind(name="object", struct=request)
    for name, text in _pairs(arguments):
        _set(tree, name, _value(name, text, _kind_at(name, root)))
    return {name: _listed(value, name) for name, value in tree.items()}


def _pairs(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    rest = iter(arguments)
    for one in rest:
        if not one.startswith("--") or len(one) < 3:
            raise click.UsageError(f"expected --Parameter VALUE, found {one!r}")
        name, equals, text = one[2:].partition("=")
        value = text if equals else next(rest, None)
        if value is None:
            raise click.UsageError(f"--{name} needs a value")
        yield name, value


def _kind_at(name: str, root: Kind | None) -> Kind | None:
    """The kind of what a name such as Filters.0.Name stands for."""
    kind = root
    for part in name.split("."):
        kind = None if kind is None else _below(kind, part, name)
    return kind


def _below(kind: Kind, part: str, name: str) -> Kind:
    if kind.item is not None:
        if _INDEX.fullmatch(part) is None:
            raise click.UsageError(f"--{name}: expected a number in the place of {part!r}, counted from 0")
        return kind.item
    if kind.struct is None:
        raise click.UsageError(f"--{name}: {part!r} names something inside a plain value")
    known = {one.encode_name: one.type for one in msgspec.structs.fields(kind.struct)}
    if part not in known:
        raise click.UsageError(f"there is no parameter --{name}; known are {', '.join(known) or 'none'}")
    return kind_of(known[part])


def _value(name: str, text: str, kind: Kind | None) -> object:
    if kind is None:
        return _guessed(text)
    try:
        return _READERS[kind.name](text)
    except (ValueError, RecursionError):
        raise click.UsageError(f"--{name}: expected {_EXPECTED[kind.name]}, found {text!r}") from None


def _guessed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _set(tree: Tree, name: str, value: object) -> None:
    *above, last = name.split(".")
    for part in above:
        below = tree.setdefault(part, {})
        if not isinstance(below, dict):
            raise click.UsageError(f"--{name}: {part} was given as a whole before")
        tree = below
    if last in tree:
        raise click.UsageError(f"--{name} was given twice")
    tree[last] = _Whole(value) if isinstance(value, dict) else value


class _Whole:
    """An object that came as JSON, so that no part of it is mistaken for a named one."""

    def __init__(self, value: object) -> None:
        self.value = value


def _listed(value: object, name: str) -> object:
    """A tree with arrays in the place of objects whose names are 0, 1, 2..."""
    if isinstance(value, _Whole):
        return value.value
    if not isinstance(value, dict):
        return value
    below = {part: _listed(one, f"{name}.{part}") for part, one in value.items()}
    if not all(_INDEX.fullmatch(part) for part in below):
        return below
    if sorted(map(int, below)) != list(range(len(below))):
        raise click.UsageError(f"--{name}: the numbers must be 0, 1, 2 and so on, up to {MAX_INDEX:,}")
    return [below[part] for part in sorted(below, key=int)]


def _whole(text: str) -> int:
    if _NUMBER.fullmatch(text) is None:
        raise ValueError(text)
    return int(text)


def _boolean(text: str) -> bool:
    if text not in _BOOLEANS:
        raise ValueError(text)
    return _BOOLEANS[text]


def _json(kind: type) -> Callable[[str], object]:
    def read(text: str) -> object:
        value = json.loads(text)
        if not isinstance(value, kind):
            raise ValueError(text)
        return value

    return read


_READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "string": str,
    "integer": _whole,
    "number": float,
    "boolean": _boolean,
    "array": _json(list),
    "object": _json(dict),
}
_EXPECTED: Final[Mapping[str, str]] = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": 'a JSON array such as ["a", "b"]',
    "object": "a JSON object",
}
