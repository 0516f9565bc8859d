"""RPM's version order, example by example."""

import pytest

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.rpm import key


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("1.0-1", "1.0-2"),
        ("1.0-9", "1.0-10"),
        ("9-1", "1:0-1"),
        ("1.0~rc1-1", "1.0-1"),
        ("1.0~rc1-1", "1.0~rc2-1"),
        ("1.0~~-1", "1.0~-1"),
        ("1.0-1", "1.0^git1-1"),
        ("1.0^git1-1", "1.0.1-1"),
        ("1.0^-1", "1.0^git1-1"),
        ("1.0^~-1", "1.0^-1"),
        ("1.0a-1", "1.0.1-1"),
        ("a-1", "1-1"),
        ("1.0.a-1", "1.0.b-1"),
        ("1.0-1", "1.0.a-1"),
        ("1.0", "1.0-1"),
        ("1.0-427.el9", "1.0-427.el9_4"),
        ("4.18.0-80.el8", "4.18.0-240.el8"),
        ("1." + "9" * 300, "1.1" + "0" * 300),
    ],
)
def test_older_versions_have_smaller_keys(older: str, newer: str) -> None:
    """Bytes compare as rpm-version(7) has it."""
    assert key(older) < key(newer)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.0-1", "0:1.0-1"),
        ("1.0-1", "1_0-1"),
        ("1.0-1", "1.00-1"),
        ("1.0.-1", "1.0-1"),
        ("1.0-1", "1..0-1"),
        (":1.0-1", "1.0-1"),
        (" 1.0-1\n", "1.0-1"),
        ("1.0é-1", "1.0-1"),
    ],
)
def test_versions_that_rpm_calls_the_same_have_equal_keys(one: str, other: str) -> None:
    """Separators, leading zeros and a missing epoch make no difference."""
    assert key(one) == key(other)


def test_an_epoch_is_digits_alone() -> None:
    """A colon after anything else belongs to the version."""
    assert key("a:1-1") < key("0:1-1")


def test_an_empty_version_is_refused() -> None:
    """There is no place for nothing."""
    with pytest.raises(InvalidValue, match="empty"):
        key(" ")


def test_bytes_that_are_no_text_have_a_place() -> None:
    """Surrogates come from names that are no UTF-8."""
    assert key("1.0\udcff-1") == key("1.0-1")
