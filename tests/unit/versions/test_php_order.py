"""Versions of WordPress, Drupal and Joomla, example by example."""

from itertools import pairwise

import pytest

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.php import key
from hostward.domain.versions.table import key_for

RISING = (
    "6.4-src 6.4-dev 6.4-alpha-56000 6.4-beta1 6.4-beta2 6.4-beta10 6.4-RC1 6.4-RC1-57000 6.4 6.4-pl1 6.4.0.1 6.4.1 "
    "6.4.10 6.10-beta1 6.10 10.0.0-alpha1 10.0.0-rc1 10.0.0 2024.1"
)

SAME = ("5.9 5.9.0 5.9.0.0 v5.9", "4.0.0-rc1 4.0.0-RC-1 4.0.rc.1 4.0_RC1", "1.2.3.4.5 1.2.3.4.5.0", "1.0a2 1.0-alpha2")


def test_versions_rise() -> None:
    """What comes before a release, the release, and what comes after it; numbers as numbers."""
    keys = [key(version) for version in RISING.split()]
    assert all(low < high for low, high in pairwise(keys))


@pytest.mark.parametrize("same", SAME)
def test_versions_are_the_same(same: str) -> None:
    """Zeros at the end and the ways to part a word off make no difference."""
    assert len({key(version) for version in same.split()}) == 1


@pytest.mark.parametrize("ecosystem", ["WordPress", "Drupal", "Joomla"])
def test_the_systems_are_compared_so(ecosystem: str) -> None:
    """Semantic versioning, which none of them follows, calls the first release of "5.9.1-patch" the newer one."""
    older, newer = key_for(ecosystem, "5.9.1"), key_for(ecosystem, "5.9.1-pl2")
    assert older is not None
    assert newer is not None
    assert older < newer


@pytest.mark.parametrize("version", ["", "trunk", "-1.0", "1.0 beta", "1.0/2"])
def test_what_is_no_version_has_no_place(version: str) -> None:
    """Names and sentences can't be compared."""
    with pytest.raises(InvalidValue, match="is no version as PHP has them"):
        key(version)
