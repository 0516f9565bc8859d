"""Alpine's version order, example by example."""

import pytest

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.apk import key

RISING = [
    "1.0_alpha",
    "1.0_alpha1",
    "1.0_alpha1_p2",
    "1.0_alpha2",
    "1.0_beta",
    "1.0_pre1",
    "1.0_rc1",
    "1.0_rc1-r3",
    "1.0",
    "1.0-r0",
    "1.0-r1",
    "1.0-r10",
    "1.0_cvs1",
    "1.0_git20240101",
    "1.0_p1",
    "1.0_p1-r1",
    "1.0a",
    "1.0b-r0",
    "1.0.0",
    "1.01",
    "1.02",
    "1.1",
    "1.1.1_rc1",
    "1.1.1",
    "1.1.10",
    "2.0",
    "10.0",
]


def test_versions_rise_as_apk_sorts_them() -> None:
    """Suffixes before and after the release, revisions, letters, further numbers."""
    keys = [key(version) for version in RISING]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize(("one", "other"), [("01.2", "1.2"), ("1.2-r01", "1.2-r1"), (" 1.2-r0\n", "1.2-r0")])
def test_leading_zeros_of_first_number_and_revision_make_no_difference(one: str, other: str) -> None:
    """Only later numbers are read as text when they begin with a zero."""
    assert key(one) == key(other)


def test_a_commit_sorts_after_the_plain_version() -> None:
    """apk-tools 3 allows a hash after a tilde."""
    assert sorted(["1.0~b", "1.0", "1.0~a", "1.0~ab", "1.0~a-r1"], key=key) == [
        "1.0",
        "1.0~a",
        "1.0~a-r1",
        "1.0~ab",
        "1.0~b",
    ]


@pytest.mark.parametrize("version", ["", "a", "1.0-beta", "1.0_gamma", "1.0-1", "1.0-r", "1.0ab", "1..0", "1.0 1"])
def test_what_apk_calls_invalid_has_no_place(version: str) -> None:
    """The error shows the version and the form that is expected."""
    with pytest.raises(InvalidValue, match="is no version as apk has them"):
        key(version)
