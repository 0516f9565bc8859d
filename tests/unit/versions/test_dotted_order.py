"""Versions of nothing but numbers, example by example."""

import pytest

from hostward.domain.errors import InvalidValue
from hostward.domain.versions.dotted import key


def test_versions_rise() -> None:
    """Number by number; one that goes on is newer."""
    keys = [key(version) for version in ["0", "0.9", "1", "1.0", "1.0.0", "1.0-1", "1.2", "1.10", "10"]]
    assert keys == sorted(set(keys))


def test_hyphens_are_dots() -> None:
    """As CRAN has it."""
    assert key("1.2-3") == key("1.2.3")


@pytest.mark.parametrize("version", ["", "1.a", "1..2", "-1"])
def test_what_is_no_version_has_no_place(version: str) -> None:
    """Anything else than numbers."""
    with pytest.raises(InvalidValue, match="is no version of numbers and dots"):
        key(version)
