"""Debian's version order, example by example."""

import pytest

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.dpkg import key


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("1.0~rc1", "1.0"),
        ("1.0~~", "1.0~"),
        ("1.0~~a", "1.0~"),
        ("1.0", "1.0a"),
        ("1.0a", "1.0+"),
        ("1.0Z", "1.0a"),
        ("1.9", "1.10"),
        ("9", "1:0"),
        ("1:9", "2:0"),
        ("1.0-1", "1.0-2"),
        ("1.0", "1.0-1"),
        ("1.0-1~deb12u1", "1.0-1"),
        ("1.0-1", "1.0-1+deb12u1"),
        ("1.0-1+deb12u2", "1.0-1+deb12u10"),
        ("2.38.1-1.1", "2.38.1-5+deb12u1"),
        ("1.0-1-1", "1.0-1-2"),
        ("1-9", "1.0-1"),
        ("1.", "1.1"),
        ("1+", "a"),
        ("1." + "9" * 300, "1.1" + "0" * 300),
        ("1." + "9" * 254, "1.1" + "0" * 254),
    ],
)
def test_older_versions_have_smaller_keys(older: str, newer: str) -> None:
    """Bytes compare as Debian Policy orders the versions."""
    assert key(older) < key(newer)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.0", "0:1.0"),
        ("1.0", "1.0-0"),
        ("1.0", "1.00"),
        ("1.0", "01.0"),
        ("1.", "1.0"),
        ("1.0a", "1.0a0"),
        ("0:0-0", "0"),
        (" 1.0\n", "1.0"),
        ("1.0-", "1.0"),
    ],
)
def test_versions_that_debian_calls_equal_have_equal_keys(one: str, other: str) -> None:
    """Leading zeros, a missing epoch and a missing revision make no difference."""
    assert key(one) == key(other)


@pytest.mark.parametrize("version", ["", " ", "\t\n"])
def test_an_empty_version_is_refused(version: str) -> None:
    """There is no place for nothing, and the message says what is expected."""
    with pytest.raises(InvalidValue, match="empty"):
        key(version)


@pytest.mark.parametrize("version", ["v1.0", "a:1", "1.0_2", "1 2", "1.0-ü", "::1", "-1", "~", "1:", "\udcff1"])
def test_sloppy_versions_have_a_place(version: str) -> None:
    """Versions that dpkg would refuse to build are found installed and must not end a scan."""
    assert isinstance(key(version), bytes)


def test_a_letter_sorts_before_every_other_character() -> None:
    """Letters come first, then the rest in ASCII order."""
    chars = ["~", "", "A", "Z", "a", "z", "!", "+", "-", ".", "_", "é"]
    keys = [key(f"1{char}" if char != "-" else "1--") for char in chars if char != "-"]
    assert keys == sorted(keys)


def test_a_dash_in_the_upstream_part_is_ranked_as_a_character() -> None:
    """Only the last dash splits off the revision."""
    assert key("1-2-3") > key("1+2-3")
    assert key("1-2-3") < key("1.2-3")


def test_a_prefix_ends_before_letters_and_after_a_tilde() -> None:
    """The end of a part has a rank of its own, between the tilde and letters."""
    assert sorted(["1.0a-1", "1.0~a-1", "1.0-1"], key=key) == ["1.0~a-1", "1.0-1", "1.0a-1"]
