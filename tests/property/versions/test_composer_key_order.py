"""Byte keys against PHP's version_compare over versions as Composer normalises them, written a second time."""

import re
from contextlib import suppress
from functools import cmp_to_key

from hypothesis import given
from hypothesis import strategies as st

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.composer import key

FORMS = ["dev", "alpha", "beta", "RC", "#", "patch"]
NUMBERS = st.lists(st.sampled_from([0, 1, 2, 10]), min_size=4, max_size=4)
WORD = st.sampled_from(["", "", "alpha", "beta", "RC", "patch"])
COUNT = st.lists(st.sampled_from([0, 1, 2, 10]), max_size=2)
DEV = st.sampled_from(["", "", "-dev"])
VERSION = st.builds(
    lambda numbers, word, count, dev: (
        ".".join(map(str, numbers)) + (f"-{word}" + ".".join(map(str, count)) if word else "") + dev
    ),
    NUMBERS,
    WORD,
    COUNT,
    DEV,
)
"""In the form that Composer brings versions to."""


def compare(a: str, b: str) -> int:
    """Part by part: words by their rank, "#" standing for a number and for the end."""
    one, other = parts(a), parts(b)
    for x, y in zip(one, other, strict=False):
        result = compare_parts(x, y)
        if result:
            return result
    if len(one) == len(other):
        return 0
    more = one[len(other)] if len(one) > len(other) else other[len(one)]
    sign = 1 if more.isdigit() or FORMS.index(more) > FORMS.index("#") else -1
    return sign if len(one) > len(other) else -sign


def parts(version: str) -> list[str]:
    """Numbers and words."""
    return re.findall(r"[0-9]+|[A-Za-z]+", version)


def compare_parts(x: str, y: str) -> int:
    """Numbers as numbers, else by rank."""
    if x.isdigit() and y.isdigit():
        return (int(x) > int(y)) - (int(x) < int(y))
    ranks = [FORMS.index("#" if each.isdigit() else each) for each in (x, y)]
    return (ranks[0] > ranks[1]) - (ranks[0] < ranks[1])


@given(VERSION, VERSION)
def test_keys_compare_as_php_does(a: str, b: str) -> None:
    """Two versions with all stabilities."""
    assert (key(a) > key(b)) - (key(a) < key(b)) == compare(a, b)


@given(st.lists(VERSION, max_size=10))
def test_sorting_by_key_is_sorting_by_php(versions: list[str]) -> None:
    """The order is total, so that SQL may sort by the keys."""
    assert [key(one) for one in sorted(versions, key=key)] == [
        key(one) for one in sorted(versions, key=cmp_to_key(compare))
    ]


@given(st.text("01av.-RCdex ", max_size=12))
def test_any_text_has_a_key_or_is_refused(text: str) -> None:
    """Nothing else can happen to what stands in a composer.lock."""
    with suppress(InvalidValue):
        assert key(text)
