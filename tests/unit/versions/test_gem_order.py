"""RubyGems' versions, example by example."""

import pytest

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.gem import key

RISING = "0.beta.1 1.0.a.0.b 1.0.a 1.a.0.1 1.0.pre.1 1.0 1.0.0.1 1.0.1 1.2.b1 1.2.rc1 1.2.rc2 1.2 1.10 10"


def test_versions_rise() -> None:
    """Words are pre-releases; zeros before one say nothing, zeros before a number do."""
    keys = [key(version) for version in RISING.split()]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize("same", ["1 1.0 1.0.0", "1.0.a 1.a 1.0.0.a", "1-1 1.0-1 1.pre.1", "1.01 1.1", "2.rc1 2.rc.1"])
def test_versions_are_the_same(same: str) -> None:
    """Spellings of one version."""
    assert len({key(version) for version in same.split()}) == 1


@pytest.mark.parametrize("version", ["", "a", "1..2", "1.2.3-x86_64", ">= 1.0", "1" + ".0" * 300 + ".1"])
def test_what_is_no_version_has_no_place(version: str) -> None:
    """What RubyGems calls malformed, and what no gem has."""
    with pytest.raises(InvalidValue, match=r"is no version as RubyGems|zeros in a row"):
        key(version)
