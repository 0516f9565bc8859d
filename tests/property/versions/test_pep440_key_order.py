"""Byte keys against PyPA's own comparison, and against one written here from PEP 440."""

import csv
import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import InvalidVersion, Version

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.pep440 import key, last_key

NUMBER = st.integers(min_value=0, max_value=12).map(str)
VERSION = st.builds(
    "{}{}{}{}{}{}".format,
    st.sampled_from(["", "0!", "1!", "v"]),
    st.lists(NUMBER, min_size=1, max_size=4).map(".".join),
    st.sampled_from(["", "a1", "alpha", "b2", "-rc-1", "c10", ".pre3"]),
    st.sampled_from(["", ".post0", "-1", "rev2", ".post10"]),
    st.sampled_from(["", ".dev", ".dev1", "_dev_10"]),
    st.sampled_from(["", "+a", "+1", "+a.1", "+1.a", "+ab", "+10", "+a-b_c"]),
)
SPELLED = st.text("0123.!abcrdevpost-_+v ", max_size=12)


def sign(smaller: bool, greater: bool) -> int:
    """-1, 0 or 1."""
    return greater - smaller


def by_key(a: str, b: str) -> int:
    """How the byte keys compare."""
    return sign(key(a) < key(b), key(a) > key(b))


@given(VERSION, VERSION)
def test_keys_compare_as_packaging_does(a: str, b: str) -> None:
    """Any two versions of all parts."""
    assert by_key(a, b) == sign(Version(a) < Version(b), Version(a) > Version(b))


@given(SPELLED)
def test_what_has_a_key_is_what_packaging_reads(text: str) -> None:
    """The same spellings are accepted, no more and no fewer."""
    try:
        Version(text)
    except InvalidVersion:
        with pytest.raises(InvalidValue):
            key(text)
    else:
        assert key(text) == key(str(Version(text)))


@given(st.lists(st.integers(min_value=0, max_value=30), max_size=5), st.lists(st.integers(0, 30), max_size=5))
def test_releases_compare_number_by_number(a: list[int], b: list[int]) -> None:
    """Missing numbers are zeros."""
    size = max(len(a), len(b))
    one, other = [*a, *[0] * (size - len(a))], [*b, *[0] * (size - len(b))]
    dotted = [".".join(map(str, numbers)) or "0" for numbers in (a, b)]
    assert by_key(*dotted) == sign(one < other, one > other)


@given(VERSION, VERSION)
def test_a_closed_range_holds_what_is_not_newer_without_its_local_part(version: str, last: str) -> None:
    """The range's own words: public version <= last, or the same with a local part given."""
    limit = Version(last)
    installed = Version(version) if limit.local else Version(Version(version).public)
    assert (key(version) <= last_key(last)) is (installed <= limit)


@given(st.text(max_size=30))
def test_any_text_has_a_key_or_is_refused(text: str) -> None:
    """Nothing else can happen to what stands in a metadata file."""
    with suppress(InvalidValue):
        assert key(text)


def test_conformance_pairs() -> None:
    """Every pair of the conformance file agrees, where HOSTWARD_TEST_DATA names the folder that has it."""
    folder = os.environ.get("HOSTWARD_TEST_DATA", "")
    file = Path(folder, "vul", "versions", "pep440.csv")
    if not folder or not file.is_file():
        pytest.skip("HOSTWARD_TEST_DATA names no folder with vul/versions/pep440.csv")
    with file.open(encoding="utf-8") as rows:
        wrong = [row for row in csv.DictReader(rows) if by_key(row["a"], row["b"]) != int(row["cmp"])]
    assert wrong == []
