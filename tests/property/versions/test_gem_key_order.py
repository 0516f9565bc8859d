"""Byte keys against Gem::Version's comparison, written a second time over padded segments."""

import re
from contextlib import suppress
from functools import cmp_to_key

from hypothesis import given
from hypothesis import strategies as st

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.gem import key

SEGMENT = st.sampled_from(["0", "00", "1", "2", "10", "010", "a", "b", "rc1", "Beta"])
VERSION = st.builds(
    "{}{}{}".format,
    st.sampled_from(["0", "1", "10"]),
    st.lists(SEGMENT.map(".{}".format), max_size=5).map("".join),
    st.sampled_from(["", "", "-1", "-a.0.1", "-0"]),
)


def segments(version: str) -> list[int | str]:
    """Numbers and words; a hyphen starts a pre-release; without zeros at the end of either half."""
    found = re.findall(r"[0-9]+|[a-z]+", version.replace("-", ".pre."), re.IGNORECASE)
    read: list[int | str] = [int(each) if each.isdigit() else each for each in found]
    first = next((place for place, each in enumerate(read) if isinstance(each, str)), len(read))
    return [*without_zeros(read[:first]), *without_zeros(read[first:])]


def without_zeros(part: list[int | str]) -> list[int | str]:
    """Up to the last segment that is not 0."""
    while part and part[-1] == 0:
        part = part[:-1]
    return part


def compare(a: str, b: str) -> int:
    """Segment by segment; what is missing is 0, and a word is older than any number."""
    one, other = segments(a), segments(b)
    size = max(len(one), len(other))
    for x, y in zip(one + [0] * (size - len(one)), other + [0] * (size - len(other)), strict=True):
        if x == y:
            continue
        if isinstance(x, str) != isinstance(y, str):
            return -1 if isinstance(x, str) else 1
        return 1 if x > y else -1  # type: ignore[operator]  # both are of one kind here
    return 0


@given(VERSION, VERSION)
def test_keys_compare_as_rubygems_does(a: str, b: str) -> None:
    """Two versions with words, zeros and pre-releases."""
    assert (key(a) > key(b)) - (key(a) < key(b)) == compare(a, b)


@given(st.lists(VERSION, max_size=10))
def test_sorting_by_key_is_sorting_by_rubygems(versions: list[str]) -> None:
    """The order is total, so that SQL may sort by the keys."""
    assert [key(one) for one in sorted(versions, key=key)] == [
        key(one) for one in sorted(versions, key=cmp_to_key(compare))
    ]


@given(st.text("01a.-Z ", max_size=12))
def test_any_text_has_a_key_or_is_refused(text: str) -> None:
    """Nothing else can happen to what stands in a lock file."""
    with suppress(InvalidValue):
        assert key(text)
