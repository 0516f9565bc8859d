"""Byte keys against Maven's specification of version order, written a second time as a comparison of padded tokens."""

import re
from contextlib import suppress
from functools import cmp_to_key

from hypothesis import given
from hypothesis import strategies as st

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.maven import key

QUALIFIERS = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"]
PART = st.sampled_from(["0", "1", "2", "10", "alpha", "rc", "cr1", "a1", "b", "m2", "sp", "foo", "jre8", "final", "ga"])
VERSION = st.builds(
    "{}{}".format,
    st.sampled_from(["0", "1", "10"]),
    st.lists(st.builds("{}{}".format, st.sampled_from([".", "-", "."]), PART), max_size=4).map("".join),
)

Token = tuple[str, str]
"""Prefix and text."""


def tokens(version: str) -> list[Token]:
    """Split, with a hyphen at every change between digits and letters; then trimmed at the end and at each hyphen."""
    text = re.sub(r"(?<=[0-9])(?=[a-z])|(?<=[a-z])(?=[0-9])", "!", version.lower())
    found = re.findall(r"(^|[.!-])([^.!-]*)", text)
    read = [(prefix or ".", word_of(word, found[n + 1 : n + 2])) for n, (prefix, word) in enumerate(found)]
    whole = [(as_prefix(prefix, word), word) for prefix, word in read]
    while (silent := next((n for n in range(len(whole)) if says_nothing(whole, n)), None)) is not None:
        del whole[silent]
    return whole


def says_nothing(whole: list[Token], place: int) -> bool:
    """Is it a null value before a hyphen or at the end?"""
    return whole[place][1] in ("0", "") and (place + 1 == len(whole) or whole[place + 1][0] == "-")


def word_of(word: str, after: list[tuple[str, str]]) -> str:
    """The word in full; an empty one is 0."""
    short = {"a": "alpha", "b": "beta", "m": "milestone"}
    followed = bool(after) and after[0][0] == "!"
    return {"cr": "rc", "": "0", "ga": "", "final": "", "release": ""}.get(
        word, short.get(word, word) if followed else word
    )


def as_prefix(prefix: str, word: str) -> str:
    """A qualifier has a hyphen, and so has what follows a change of kind."""
    return "." if prefix == "." and word.isdigit() else "-"


def compare(a: str, b: str) -> int:
    """Token by token, the shorter one padded with what says nothing."""
    one, other = tokens(a), tokens(b)
    for place in range(max(len(one), len(other))):
        x = one[place] if place < len(one) else padding(other[place])
        y = other[place] if place < len(other) else padding(x)
        if rank(x) != rank(y):
            return 1 if rank(x) > rank(y) else -1
    return 0


def padding(token: Token) -> Token:
    """0 after a dot, nothing after a hyphen."""
    return (".", "0") if token[0] == "." else ("-", "")


def rank(token: Token) -> tuple[int, int, str]:
    """Qualifiers, then numbers after a hyphen, then numbers after a dot."""
    prefix, word = token
    if word.isdigit():
        return (2 if prefix == "." else 1), int(word), ""
    return (0, QUALIFIERS.index(word), "") if word in QUALIFIERS else (0, len(QUALIFIERS), word)


def by_key(a: str, b: str) -> int:
    """How the byte keys compare."""
    return (key(a) > key(b)) - (key(a) < key(b))


@given(VERSION, VERSION)
def test_keys_compare_as_the_specification_has_it(a: str, b: str) -> None:
    """Two versions of all kinds of tokens."""
    assert by_key(a, b) == compare(a, b)


@given(st.lists(VERSION, max_size=10))
def test_sorting_by_key_is_sorting_by_the_specification(versions: list[str]) -> None:
    """The order is total, so that SQL may sort by the keys."""
    assert [key(one) for one in sorted(versions, key=key)] == [
        key(one) for one in sorted(versions, key=cmp_to_key(compare))
    ]


@given(st.text("01ab.-_ ${}[", max_size=12))
def test_any_text_has_a_key_or_is_refused(text: str) -> None:
    """Nothing else can happen to what stands in a pom."""
    with suppress(InvalidValue):
        assert key(text)
