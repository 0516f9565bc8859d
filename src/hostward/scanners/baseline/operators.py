"""The comparisons an item may ask for: data in the item, one small function each here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hostward.scanners.baseline.patterns import matches

Expected = str | int | tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """A comparison of one value with what is expected.

    holds: raises ValueError when the value or what is expected has the wrong shape ("a number is expected"), which
    is an error verdict. words: how people read it, with {} for what is expected.
    """

    holds: Callable[[str, Expected], bool]
    words: str


def _exists(_value: str, _expected: Expected) -> bool:
    return True


def _equals(value: str, expected: Expected) -> bool:
    return value == _text(expected)


def _one_of(value: str, expected: Expected) -> bool:
    return value in _texts(expected)


def _at_most(value: str, expected: Expected) -> bool:
    return _number(value) <= _number(expected)


def _at_least(value: str, expected: Expected) -> bool:
    return _number(value) >= _number(expected)


def _between(value: str, expected: Expected) -> bool:
    low, high = map(_number, _pair(expected))
    return low <= _number(value) <= high


def _matches(value: str, expected: Expected) -> bool:
    return matches(_text(expected), value)


def _mode_within(value: str, expected: Expected) -> bool:
    """No permission bit beyond the expected ones, special bits included; both octal."""
    return _mode(value) & ~_mode(_text(expected)) == 0


def _under(value: str, expected: Expected) -> bool:
    """The path lies in one of the folders (or is one)."""
    folders = [folder.rstrip("/") for folder in _texts(expected)]
    return any(value == folder or value.startswith(f"{folder}/") for folder in folders)


def _has_words(value: str, expected: Expected) -> bool:
    """Every expected word is among the value's words (parted by commas or blanks)."""
    return set(_texts(expected)) <= set(value.replace(",", " ").split())


OPERATORS: Mapping[str, Operator] = {
    "exists": Operator(holds=_exists, words="exists"),
    "equals": Operator(holds=_equals, words="is {}"),
    "one_of": Operator(holds=_one_of, words="is one of {}"),
    "at_most": Operator(holds=_at_most, words="is at most {}"),
    "at_least": Operator(holds=_at_least, words="is at least {}"),
    "between": Operator(holds=_between, words="is between {}"),
    "matches": Operator(holds=_matches, words="matches {}"),
    "mode_within": Operator(holds=_mode_within, words="has no permission beyond {}"),
    "under": Operator(holds=_under, words="is in {}"),
    "has_words": Operator(holds=_has_words, words="has {}"),
}


def words_of(name: str, expected: Expected) -> str:
    """What people read: "is one of no, yes". Raises KeyError for an unknown operator."""
    shown = ", ".join(map(str, expected)) if isinstance(expected, tuple) else str(expected)
    return OPERATORS[name].words.replace("{}", shown)


def _text(expected: Expected) -> str:
    if isinstance(expected, tuple):
        raise ValueError(f"one value is expected, not the list {expected}")
    return str(expected)


def _texts(expected: Expected) -> tuple[str, ...]:
    return tuple(map(str, expected)) if isinstance(expected, tuple) else (str(expected),)


def _pair(expected: Expected) -> tuple[str | int, str | int]:
    if not isinstance(expected, tuple) or len(expected) != 2:
        raise ValueError(f"two numbers are expected, not {expected}")
    return expected[0], expected[1]


def _number(value: Expected) -> int:
    try:
        return int(_text(value))
    except ValueError as error:
        raise ValueError(f"{value!r} is not a whole number") from error


def _mode(value: str) -> int:
    try:
        return int(value, 8)
    except ValueError as error:
        raise ValueError(f"{value!r} is not an octal mode") from error
