"""OSV's names for the packages of a distribution."""

import pytest

from hostward.scanners.vul.ecosystems import apk_ecosystem, rpm_distribution
from hostward.scanners.vul.os_release import OsRelease


@pytest.mark.parametrize(
    ("identity", "version", "name", "expected"),
    [
        ("almalinux", "9.4", "", "AlmaLinux:9"),
        ("rocky", "8.10", "", "Rocky Linux:8"),
        ("rhel", "9.2", "", "Red Hat:enterprise_linux:9"),
        ("ol", "9.4", "", "Oracle:9"),
        ("fedora", "40", "", "Fedora:40"),
        ("amzn", "2023", "", "Amazon:2023"),
        ("mageia", "9", "", "Mageia:9"),
        ("photon", "5.0", "", "Photon OS:5.0"),
        ("azurelinux", "3.0", "", "Azure Linux:3"),
        ("opensuse-leap", "15.5", "", "openSUSE:Leap 15.5"),
        ("opensuse-tumbleweed", "20240101", "", "openSUSE:Tumbleweed"),
        ("sles", "15.5", "", "SUSE:Linux Enterprise Server 15 SP5"),
        ("sles", "15", "", "SUSE:Linux Enterprise Server 15"),
        ("openeuler", "22.03", "openEuler 22.03 (LTS-SP1)", "openEuler:22.03-LTS-SP1"),
        ("openeuler", "23.09", "openEuler 23.09", "openEuler:23.09"),
        ("openeuler", "22.03", "something", "openEuler:22.03"),
        ("centos", "9", "", "rpm:centos:9"),
        ("", "", "", "rpm:unknown:unknown"),
    ],
)
def test_rpm_distributions(identity: str, version: str, name: str, expected: str) -> None:
    """By os-release alone."""
    release = OsRelease(id=identity, version=version, name=name)
    assert rpm_distribution(release).ecosystem(release) == expected


@pytest.mark.parametrize(
    ("identity", "version", "expected"),
    [
        ("alpine", "3.19.1", "Alpine:v3.19"),
        ("alpine", "3.9", "Alpine:v3.9"),
        ("alpine", "3.21.0_alpha20240807", "Alpine:edge"),
        ("alpine", "", "Alpine:unknown"),
        ("alpine", "edge", "Alpine:edge"),
        ("wolfi", "20230201", "Wolfi"),
        ("chainguard", "20230214", "Chainguard"),
        ("postmarketos", "23.12", "apk:postmarketos:23.12"),
        ("", "", "apk:unknown:unknown"),
    ],
)
def test_distributions_of_alpines_packages(identity: str, version: str, expected: str) -> None:
    """Two numbers of Alpine's three, nothing of the rolling ones."""
    assert apk_ecosystem(OsRelease(id=identity, version=version)) == expected


@pytest.mark.parametrize(("identity", "by_source"), [("almalinux", False), ("sles", True), ("centos", True)])
def test_whose_advisories_speak_of_source_packages(identity: str, by_source: bool) -> None:
    """SUSE's do, those of Red Hat's family do not."""
    assert rpm_distribution(OsRelease(id=identity)).by_source is by_source
