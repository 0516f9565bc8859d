"""Which ecosystems are judged, and how their names are read."""

from types import ModuleType

import pytest

from hostward.domain.errors import InvalidValue
from hostward.domain.options import Category
from hostward.domain.versions import apk, composer, dotted, dpkg, gem, maven, nuget, pep440, rpm, semver
from hostward.domain.versions.table import (
    VERSIONS,
    canonical,
    canonical_name,
    family_of,
    key_for,
    last_key_for,
    not_judged,
)


@pytest.mark.parametrize("ecosystem", ["Debian:12", "Ubuntu:22.04", "dpkg:linuxmint:21.3", "Debian"])
def test_debian_packages_have_keys(ecosystem: str) -> None:
    """Debian, Ubuntu and other distributions of Debian packages share one order."""
    assert key_for(ecosystem, "1.2-3") == dpkg.key("1.2-3")


@pytest.mark.parametrize(
    ("ecosystem", "comparer"),
    [
        ("PyPI", pep440),
        ("npm", semver),
        ("crates.io", semver),
        ("Go", semver),
        ("Alpine:v3.19", apk),
        ("Wolfi", apk),
        ("apk:postmarketos:23.12", apk),
        ("Red Hat:rhel_eus:8.8::baseos", rpm),
        ("AlmaLinux:9", rpm),
        ("rpm:centos:9", rpm),
        ("Azure Linux:3", rpm),
        ("Maven", maven),
        ("NuGet", nuget),
        ("Packagist", composer),
        ("RubyGems", gem),
        ("CRAN", dotted),
    ],
)
def test_each_family_has_its_own_order(ecosystem: str, comparer: ModuleType) -> None:
    """Whatever its release."""
    assert key_for(ecosystem, "1.2") == comparer.key("1.2")


def test_the_last_version_of_a_closed_range_stands_for_local_builds_in_python_alone() -> None:
    """Elsewhere a version is itself."""
    assert key_for("PyPI", "1.0+a") < last_key_for("PyPI", "1.0")
    assert last_key_for("npm", "1.0.0") == key_for("npm", "1.0.0")
    assert last_key_for("Nowhere", "1.0.0") is None


@pytest.mark.parametrize(
    ("ecosystem", "given", "expected"),
    [
        ("PyPI", "Zope.Interface", "zope-interface"),
        ("PyPI", "a--b__c..d", "a-b-c-d"),
        ("npm", "jQuery", "jQuery"),
        ("npm", "@types/node_x", "@types/node_x"),
        ("Debian:12", "libFoo", "libFoo"),
    ],
)
def test_only_python_names_are_normalised(ecosystem: str, given: str, expected: str) -> None:
    """PEP 503; npm's names differ by case."""
    assert canonical_name(ecosystem, given) == expected


@pytest.mark.parametrize("ecosystem", ["ConanCenter", "Nowhere"])
def test_an_ecosystem_without_a_comparer_has_no_keys(ecosystem: str) -> None:
    """What can't be ordered is not guessed at."""
    assert key_for(ecosystem, "1.0") is None


def test_what_is_not_judged_is_said() -> None:
    """A known family says which order it lacks, an unknown one that it is none, a judged one nothing."""
    assert not_judged("ConanCenter") == "ConanCenter: conan versions are not judged yet"
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
        ("Red Hat:enterprise_linux:9::baseos", "Red Hat:enterprise_linux:9"),
        ("Red Hat:enterprise_linux:9.2::appstream", "Red Hat:enterprise_linux:9"),
        ("Red Hat:enterprise_linux:10.0", "Red Hat:enterprise_linux:10"),
        ("Red Hat:rhel_eus:9.2::appstream", "Red Hat:rhel_eus:9.2::appstream"),
    ],
)
def test_marks_that_a_machine_does_not_know_of_are_dropped(given: str, expected: str) -> None:
    """os-release has neither Ubuntu's long-term mark nor Red Hat's repositories, so packages can't carry them."""
    assert canonical(given) == expected
