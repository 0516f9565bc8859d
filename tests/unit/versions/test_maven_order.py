"""Maven's versions, example by example (each pair was put to Maven 3.9's own comparer)."""

import pytest

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.maven import key

QUALIFIERS = (
    "1-alpha2snapshot 1-alpha2 1-alpha-123 1-beta-2 1-beta123 1-m2 1-m11 1-rc 1-cr2 1-rc123 1-SNAPSHOT 1 1-sp 1-sp2 "
    "1-sp123 1-abc 1-def 1-pom-1 1-1-snapshot 1-1 1-2 1-123"
)
NUMBERS = (
    "2.0 2.0.a 2-1 2.0.2 2.0.123 2.1.0 2.1-a 2.1b 2.1-c 2.1-1 2.1.0.1 2.2 2.123 11.a2 11.a11 11.b2 11.b11 11.m2 11.m11 "
    "11 11.a 11b 11c 11m"
)
BUILDS = "31.1-android 31.1-jre 32.0.0-android 32.0.0-jre 32.0.0-jre8 32.0.0-1 32.0.1"


@pytest.mark.parametrize("rising", [QUALIFIERS, NUMBERS, BUILDS], ids=["qualifiers", "numbers", "builds"])
def test_versions_rise(rising: str) -> None:
    """From the oldest to the newest."""
    keys = [key(version) for version in rising.split()]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize(
    "same",
    ["1 1.0 1.0.0 1-0 1.ga 1.0.0.Final 1.final 1-release 1.RELEASE 1-", "1-cr3 1-rc3 1rc3 1.0-RC3", "1.a1 1-alpha1"],
)
def test_versions_are_the_same(same: str) -> None:
    """What says nothing makes no difference, nor do case and the short names."""
    assert len({key(version) for version in same.split()}) == 1


@pytest.mark.parametrize("version", ["", " ", "${project.version}", "[1.0,2.0)", "1.0, 2.0", "1\0"])
def test_what_is_no_version_has_no_place(version: str) -> None:
    """Ranges and properties stand where poms have a version."""
    with pytest.raises(InvalidValue, match="is no version as Maven has them"):
        key(version)


def test_numbers_have_no_limit() -> None:
    """Dates with times are longer than a machine word."""
    assert key("1." + "9" * 300) < key("1.1" + "0" * 300)
