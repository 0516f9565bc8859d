"""Byte keys against Semantic Versioning 2.0.0, section 11, written a second time."""

import csv
import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.semver import key

NUMBERS = st.tuples(*[st.integers(min_value=0, max_value=20)] * 3)
IDENTIFIER = st.one_of(
    st.integers(min_value=0, max_value=200), st.text("abAB-0", min_size=1, max_size=4).filter(lambda t: not t.isdigit())
)
PRERELEASE = st.lists(IDENTIFIER, max_size=4)
BUILD = st.sampled_from(["", "+1", "+build.5", "+incompatible"])


def compare(a: tuple[tuple[int, ...], list[int | str]], b: tuple[tuple[int, ...], list[int | str]]) -> int:
    """Numbers first; then no pre-release after any; then identifier by identifier."""
    if a[0] != b[0]:
        return 1 if a[0] > b[0] else -1
    if not a[1] or not b[1]:
        return bool(b[1]) - bool(a[1])
    for one, other in zip(a[1], b[1], strict=False):
        if one == other:
            continue
        if isinstance(one, int) and isinstance(other, int):
            return 1 if one > other else -1
        if isinstance(one, int) or isinstance(other, int):
            return -1 if isinstance(one, int) else 1
        return 1 if one.encode() > other.encode() else -1
    return (len(a[1]) > len(b[1])) - (len(a[1]) < len(b[1]))


def spelled(numbers: tuple[int, ...], prerelease: list[int | str], build: str) -> str:
    """The version in words."""
    tail = "-" + ".".join(map(str, prerelease)) if prerelease else ""
    return ".".join(map(str, numbers)) + tail + build


def by_key(a: str, b: str) -> int:
    """How the byte keys compare."""
    return (key(a) > key(b)) - (key(a) < key(b))


@given(NUMBERS, PRERELEASE, BUILD, NUMBERS, PRERELEASE, BUILD)
def test_keys_compare_as_the_standard_has_it(
    a: tuple[int, ...], pre_a: list[int | str], build_a: str, b: tuple[int, ...], pre_b: list[int | str], build_b: str
) -> None:
    """Build metadata has no part in it."""
    assert by_key(spelled(a, pre_a, build_a), spelled(b, pre_b, build_b)) == compare((a, pre_a), (b, pre_b))


@given(NUMBERS, PRERELEASE, PRERELEASE)
def test_pre_releases_of_one_version_compare_as_the_standard_has_it(
    numbers: tuple[int, ...], pre_a: list[int | str], pre_b: list[int | str]
) -> None:
    """The same with equal numbers, which chance alone seldom gives."""
    assert by_key(spelled(numbers, pre_a, ""), spelled(numbers, pre_b, "")) == compare(
        (numbers, pre_a), (numbers, pre_b)
    )


@given(st.text(max_size=30))
def test_any_text_has_a_key_or_is_refused(text: str) -> None:
    """Nothing else can happen to what stands in a package.json."""
    with suppress(InvalidValue):
        assert key(text)


def test_conformance_pairs() -> None:
    """Every pair of the conformance file agrees, where HOSTWARD_TEST_DATA names the folder that has it."""
    folder = os.environ.get("HOSTWARD_TEST_DATA", "")
    file = Path(folder, "vul", "versions", "semver.csv")
    if not folder or not file.is_file():
        pytest.skip("HOSTWARD_TEST_DATA names no folder with vul/versions/semver.csv")
    with file.open(encoding="utf-8") as rows:
        wrong = [row for row in csv.DictReader(rows) if by_key(row["a"], row["b"]) != int(row["cmp"])]
    assert wrong == []
