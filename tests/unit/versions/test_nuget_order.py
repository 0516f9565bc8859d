"""NuGet's versions, example by example."""

import pytest

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.nuget import key

RISING = "1.0-alpha 1.0-alpha.1 1.0-alpha.2 1.0-alpha.10 1.0-alpha.b 1.0-Beta 1.0 1.0.0.1 1.0.1 1.10 2"


def test_versions_rise() -> None:
    """Labels as in semantic versions, and a fourth number."""
    keys = [key(version) for version in RISING.split()]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize("same", ["1 1.0 1.0.0 1.0.0.0 01.0 1.0+x", "1.0-RC.1 1.0-rc.1"])
def test_versions_are_the_same(same: str) -> None:
    """Missing numbers, case and build metadata make no difference."""
    assert len({key(version) for version in same.split()}) == 1


@pytest.mark.parametrize("version", ["", "1.2.3.4.5", "[1.0,2.0)", "1.*", "1.0-"])
def test_what_is_no_version_has_no_place(version: str) -> None:
    """Ranges and wildcards can't be compared."""
    with pytest.raises(InvalidValue, match="is no version as NuGet has them"):
        key(version)
