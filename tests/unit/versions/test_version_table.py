"""Which ecosystems are judged, and how their names are read."""

import pytest

from hostward.domain.errors import InvalidValue
from hostward.domain.options import Category
from hostward.domain.versions import dpkg
from hostward.domain.versions.table import VERSIONS, canonical, family_of, key_for, not_judged


@pytest.mark.parametrize("ecosystem", ["Debian:12", "Ubuntu:22.04", "dpkg:linuxmint:21.3", "Debian"])
def test_debian_packages_have_keys(ecosystem: str) -> None:
    """Debian, Ubuntu and other distributions of Debian packages share one order."""
    assert key_for(ecosystem, "1.2-3") == dpkg.key("1.2-3")


@pytest.mark.parametrize("ecosystem", ["PyPI", "npm", "Alpine:v3.18", "Red Hat:rhel_eus:8.8::baseos", "Nowhere"])
def test_an_ecosystem_without_a_comparer_has_no_keys(ecosystem: str) -> None:
    """What can't be ordered is not guessed at."""
    assert key_for(ecosystem, "1.0") is None


def test_what_is_not_judged_is_said() -> None:
    """A known family says which order it lacks, an unknown one that it is none, a judged one nothing."""
    assert not_judged("PyPI") == "PyPI: pep440 versions are not judged yet"
    assert not_judged("Nowhere:1") == "Nowhere:1: packages of this kind are not judged"
    assert not_judged("Debian:12") == ""


def test_the_comparers_refusal_is_passed_on() -> None:
    """A version without a place in an ordered ecosystem is an error, not None."""
    with pytest.raises(InvalidValue):
        key_for("Debian:12", "")


def test_names_in_the_table_are_unique() -> None:
    """A family has one row, so that one lookup finds it."""
    names = [family.name for family in VERSIONS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("ecosystem", "category"), [("Debian:12", Category.LINUX), ("Wolfi", Category.LINUX), ("npm", Category.APPLICATION)]
)
def test_a_family_says_what_its_vulnerabilities_count_as(ecosystem: str, category: Category) -> None:
    """Distribution packages count as Linux, language packages as applications."""
    family = family_of(ecosystem)
    assert family is not None
    assert family.category is category


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Ubuntu:22.04:LTS", "Ubuntu:22.04"),
        ("Ubuntu:23.10", "Ubuntu:23.10"),
        ("Ubuntu:Pro:18.04:LTS", "Ubuntu:Pro:18.04"),
        ("openEuler:20.03-LTS", "openEuler:20.03-LTS"),
        ("Debian:12", "Debian:12"),
    ],
)
def test_ubuntus_long_term_mark_is_dropped(given: str, expected: str) -> None:
    """os-release does not have it, so packages can't carry it."""
    assert canonical(given) == expected
