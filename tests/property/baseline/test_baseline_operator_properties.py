"""Laws of the operators, the masking and the text functions."""

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostward.scanners.baseline.masking import masked
from hostward.scanners.baseline.operators import OPERATORS, Expected
from hostward.scanners.baseline.text import lines_of, printable

numbers = st.integers(min_value=-(10**12), max_value=10**12)
modes = st.integers(min_value=0, max_value=0o7777)
words = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8)


def _holds(name: str, value: str, expected: Expected) -> bool:
    return OPERATORS[name].holds(value, expected)


@given(numbers, numbers)
def test_at_most_and_at_least_are_the_two_halves(value: int, bound: int) -> None:
    """One of them always holds, both only for equal numbers."""
    most, least = _holds("at_most", str(value), bound), _holds("at_least", str(value), bound)
    assert (most or least, most and least) == (True, value == bound)


@given(numbers, numbers, numbers)
def test_between_is_at_least_and_at_most(value: int, low: int, high: int) -> None:
    """Both ends included; an empty range holds nothing."""
    both = _holds("at_least", str(value), low) and _holds("at_most", str(value), high)
    assert _holds("between", str(value), (low, high)) is both


@given(modes, modes)
def test_mode_within_is_a_subset_of_bits(value: int, allowed: int) -> None:
    """Bit by bit, special bits included."""
    subset = all(allowed >> bit & 1 for bit in range(12) if value >> bit & 1)
    assert _holds("mode_within", f"{value:04o}", f"{allowed:04o}") is subset


@given(words, st.lists(words, min_size=1, max_size=5))
def test_one_of_is_equals_for_any(value: str, expected: list[str]) -> None:
    """A list is an or."""
    assert _holds("one_of", value, tuple(expected)) is any(_holds("equals", value, word) for word in expected)


@given(st.lists(words, max_size=6), st.lists(words, min_size=1, max_size=3))
def test_has_words_is_a_subset_whatever_the_separator(value: list[str], expected: list[str]) -> None:
    """Commas and blanks part words alike."""
    subset = set(expected) <= set(value)
    assert [_holds("has_words", separator.join(value), tuple(expected)) for separator in (",", " ")] == [subset, subset]


@given(st.lists(words, min_size=1, max_size=4), st.integers(min_value=0, max_value=4))
def test_path_is_under_each_of_its_parents(parts: list[str], depth: int) -> None:
    """And under no folder that merely begins alike."""
    path = "/" + "/".join(parts)
    parent = "/" + "/".join(parts[:depth])
    assert _holds("under", path, parent) is True
    assert _holds("under", path, path + "x") is False
    assert _holds("under", path + "x/y", path) is False


@given(st.text(max_size=30), st.text(max_size=30))
def test_escaped_pattern_matches_its_text(text: str, around: str) -> None:
    """RE2 sees the same text as we do, whatever the characters."""
    if "\0" not in text and not any(0xD800 <= ord(char) <= 0xDFFF for char in text + around):
        assert _holds("matches", around + text + around, re.escape(text)) is True


@given(st.sampled_from(sorted(OPERATORS)), st.text(max_size=20), st.text(max_size=20) | st.integers())
def test_operators_answer_or_refuse_with_a_value_error(name: str, value: str, expected: str | int) -> None:
    """Nothing else may come out: it would end the whole scan."""
    with contextlib.suppress(ValueError):
        assert _holds(name, value, expected) in {True, False}


@given(st.text(max_size=300), st.integers(min_value=4, max_value=100))
def test_printable_text_is_short_printable_and_valid(text: str, limit: int) -> None:
    """Whatever comes in."""
    shown = printable(text, limit)
    assert (len(shown) <= limit, shown.isprintable()) == (True, True)
    assert shown.encode("utf-8")[:0] == b""


@given(st.lists(st.binary(max_size=20).filter(lambda line: b"\n" not in line), max_size=10))
def test_lines_are_what_was_joined(lines: list[bytes]) -> None:
    """One line for every newline, none lost."""
    assert len(lines_of(b"".join(line + b"\n" for line in lines))) == len(lines)


@given(
    st.sampled_from(["$6$", "$y$", "$1$", "$2b$", "$5$", "$7$"]),
    st.text("abcdefghijklmnopqrstuvwxyzABCDEF0123456789./", min_size=8, max_size=80),
)
def test_no_hash_survives_masking(prefix: str, secret: str) -> None:
    """Wherever it stands on a line."""
    for line in (f"{prefix}{secret}", f"user:{prefix}{secret}:1:0:::", f"x = {prefix}{secret}"):
        assert secret not in masked(line)


@given(st.text(max_size=200))
def test_masking_is_stable(text: str) -> None:
    """A second pass finds nothing more."""
    assert masked(masked(text)) == masked(text)


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_operator_gives_the_same_answer_twice(name: str) -> None:
    """No state is kept between facts."""
    expected: Expected = (1, 9) if name == "between" else "7"
    assert _holds(name, "7", expected) is _holds(name, "7", expected)
