"""Composer's versions, example by example."""

import pytest

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.composer import key

RISING = "1.0-dev 1.0-alpha1-dev 1.0-alpha1 1.0a2 1.0-beta 1.0-beta2 1.0RC1 1.0 1.0-p1 1.0.1 1.9 1.x-dev 2.0"


def test_versions_rise() -> None:
    """Stabilities before their release, patches after it, a branch after all that is released of it."""
    keys = [key(version) for version in RISING.split()]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize(
    "same",
    [
        "1.0 v1.0.0 1.0.0.0-stable 1.0+build 1@stable",
        "1.0.0-rc.1 1.0.0RC1 1.0_rc1",
        "1.0-pl1 1.0-p1 1.0-patch1",
        "20100102-203040 20100102.203040 v20100102-203040",
    ],
)
def test_versions_are_the_same(same: str) -> None:
    """Spellings that Composer normalises."""
    assert len({key(version) for version in same.split()}) == 1


@pytest.mark.parametrize("version", ["", "dev-main", "1.0.0.0.0", "^1.0", "1.0-foo", "latest"])
def test_what_is_no_version_has_no_place(version: str) -> None:
    """Named branches and ranges can't be compared."""
    with pytest.raises(InvalidValue, match="is no version as Composer has them"):
        key(version)
