"""Semantic versions, example by example."""

import pytest

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.semver import key, pub_key

RISING = [
    "0.0.0-20200131131040-063a3fb69896",
    "0.0.1",
    "1.0.0-0",
    "1.0.0-2",
    "1.0.0-10",
    "1.0.0--",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.0.1-0",
    "1.2.0",
    "1.10.0",
    "10.0.0",
]


def test_versions_rise_as_the_standard_lists_them() -> None:
    """Section 11: numbers, then pre-releases before their release."""
    keys = [key(version) for version in RISING]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.0.0+build", "1.0.0"),
        ("3.5.1+incompatible", "3.5.1"),
        ("v1.2.3", "1.2.3"),
        ("= v1.2.3", "1.2.3"),
        ("1.2", "1.2.0"),
        ("1", "1.0.0"),
        ("01.2.3", "1.2.3"),
        ("1.2.3beta", "1.2.3-beta"),
        ("1.2.3-RC.1+x.y", "1.2.3-RC.1"),
        (" 1.2.3\n", "1.2.3"),
    ],
)
def test_loose_spellings_are_the_same_version(one: str, other: str) -> None:
    """What npm reads loosely, and build metadata."""
    assert key(one) == key(other)


@pytest.mark.parametrize(
    "version",
    [
        "",
        "latest",
        "*",
        "1.x",
        "1.2.3.4",
        "git+https://example.org/a.git#v1",
        "file:../a",
        "1.2.3-ü",
        "1.2.3-",
        "^1.0.0",
    ],
)
def test_what_is_no_version_has_no_place(version: str) -> None:
    """Ranges, tags and addresses stand where npm has a version, and can't be compared."""
    with pytest.raises(InvalidValue, match="is no semantic version"):
        key(version)


def test_numbers_have_no_limit() -> None:
    """Also in pre-releases."""
    assert key("1.0.0-" + "9" * 300) < key("1.0.0-1" + "0" * 300)


def test_letters_compare_in_ascii_order() -> None:
    """Upper case before lower, a shorter word before a longer one that begins with it."""
    assert sorted(["1.0.0-a", "1.0.0-B", "1.0.0-aa", "1.0.0-a.0"], key=key) == [
        "1.0.0-B",
        "1.0.0-a",
        "1.0.0-a.0",
        "1.0.0-aa",
    ]


def test_builds_count_for_pub_alone() -> None:
    """Dart's packages fix a version with a build of it."""
    rising = ["1.0.0-a", "1.0.0", "1.0.0+1", "1.0.0+2", "1.0.0+10", "1.0.0+a", "1.0.1"]
    keys = [pub_key(version) for version in rising]
    assert keys == sorted(set(keys))
    assert key("1.0.0+1") == key("1.0.0")
