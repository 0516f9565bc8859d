"""Python's version order, example by example."""

import pytest

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.pep440 import key, last_key

RISING = [
    "0.9",
    "1.dev0",
    "1.0.dev456",
    "1.0a1",
    "1.0a2.dev456",
    "1.0a2",
    "1.0a12",
    "1.0b1.dev456",
    "1.0b2",
    "1.0b2.post345.dev456",
    "1.0b2.post345",
    "1.0rc1.dev456",
    "1.0rc1",
    "1.0",
    "1.0+abc.5",
    "1.0+abc.7",
    "1.0+5",
    "1.0.post456.dev34",
    "1.0.post456",
    "1.0.15",
    "1.1.dev1",
    "1.1",
    "1!0.1",
]


def test_versions_rise_as_pep_440_lists_them() -> None:
    """Development releases, pre-releases, the final one, local builds, post-releases, then the next number."""
    keys = [key(version) for version in RISING]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.0", "1"),
        ("1.0.0", "1.0"),
        ("0", "0.0.0"),
        ("v1.0", "1.0"),
        ("01.02", "1.2"),
        ("1.0alpha1", "1.0a1"),
        ("1.0-beta-2", "1.0b2"),
        ("1.0C1", "1.0rc1"),
        ("1.0preview", "1.0rc0"),
        ("1.0-1", "1.0.post1"),
        ("1.0rev3", "1.0.post3"),
        ("1.0dev", "1.0.dev0"),
        ("0!1", "1"),
        ("1.0+ABC-1_2", "1.0+abc.1.2"),
        (" 1.0\n", "1.0"),
    ],
)
def test_other_spellings_are_the_same_version(one: str, other: str) -> None:
    """PEP 440's normalisation."""
    assert key(one) == key(other)


@pytest.mark.parametrize(
    "version", ["", " ", "2004d", "1.0-rc1-2x", "latest", "1..2", "1.0+", "1.0+a..b", "1٠", "1.0\0"]
)
def test_versions_of_times_before_have_no_place(version: str) -> None:
    """The error names the version and what is expected."""
    with pytest.raises(InvalidValue, match="is no version as PEP 440 has them"):
        key(version)


def test_numbers_have_no_limit() -> None:
    """Calendar and hash-like numbers of any length compare as numbers."""
    assert key("1." + "9" * 400) < key("1.1" + "0" * 400)


@pytest.mark.parametrize("build", ["1.13.0", "1.13.0+cu117", "1.13+0.local", "1.13.0+zz.9.z"])
def test_a_closed_range_holds_local_builds_of_its_last_version(build: str) -> None:
    """A rebuild of an affected version is affected."""
    assert key(build) <= last_key("1.13.0")


@pytest.mark.parametrize("later", ["1.13.0.post1", "1.13.0.1", "1.13.1.dev0", "1.13.0.post0.dev1"])
def test_a_closed_range_ends_after_its_last_version(later: str) -> None:
    """Whatever is newer is outside."""
    assert key(later) > last_key("1.13.0")


def test_a_closed_range_may_end_at_one_local_build() -> None:
    """A last version with a local part stands for itself alone."""
    assert key("1.0+a") == last_key("1.0+a")
    assert key("1.0+b") > last_key("1.0+a")
