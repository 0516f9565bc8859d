"""OSV's names for the packages of distributions that use RPM or Alpine's package manager.

Source: OSV schema, defined ecosystems; the ids are those of os-release(5). What has no row keeps its own name in a
family that no feed speaks of.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hostward.domain.versions.table import OTHER_APK, OTHER_RPM
from hostward.scanners.vul.os_release import OsRelease

_OPEN_EULER = re.compile(r"openEuler ([0-9]{2}\.[0-9]{2})(?: ?[(-]([A-Z0-9-]+)\)?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """How one distribution is called. by_source: its advisories speak of source packages, not of binary ones."""

    ecosystem: Callable[[OsRelease], str]
    by_source: bool = False


def rpm_distribution(release: OsRelease) -> Distribution:
    """The row of a distribution of RPM packages."""
    return _RPM.get(release.id, _OTHER_RPM)


def apk_ecosystem(release: OsRelease) -> str:
    """OSV's name for Alpine's packages of this release: "Alpine:v3.19", "Wolfi", "apk:postmarketos:23.12"."""
    named = _APK.get(release.id)
    return named(release) if named else _other(OTHER_APK)(release)


def _major(name: str) -> Callable[[OsRelease], str]:
    return lambda release: f"{name}:{release.version.partition('.')[0] or 'unknown'}"


def _whole(name: str) -> Callable[[OsRelease], str]:
    return lambda release: f"{name}:{release.version or 'unknown'}"


def _fixed(name: str) -> Callable[[OsRelease], str]:
    return lambda _: name


def _other(family: str) -> Callable[[OsRelease], str]:
    return lambda release: f"{family}:{release.id or 'unknown'}:{release.version or 'unknown'}"


def _alpine(release: OsRelease) -> str:
    """Two numbers of three; "edge" carries the number of the release to come and a date, or "_alpha"."""
    parts = release.version.split(".")
    if len(parts) < 2 or "_" in release.version or not all(part.isdigit() for part in parts[:2]):
        return "Alpine:edge" if release.version else "Alpine:unknown"
    return f"Alpine:v{parts[0]}.{parts[1]}"


def _open_euler(release: OsRelease) -> str:
    """The part after the number ("LTS-SP1") stands in the name alone: "openEuler 22.03 (LTS-SP1)"."""
    found = _OPEN_EULER.match(release.name)
    if found is None:
        return f"openEuler:{release.version or 'unknown'}"
    return f"openEuler:{found[1]}-{found[2]}" if found[2] else f"openEuler:{found[1]}"


def _suse(release: OsRelease) -> str:
    number, _, pack = release.version.partition(".")
    service = f" SP{pack}" if pack and pack != "0" else ""
    return f"SUSE:Linux Enterprise Server {number or 'unknown'}{service}"


_OTHER_RPM = Distribution(ecosystem=_other(OTHER_RPM), by_source=True)
_RPM: Mapping[str, Distribution] = {
    "almalinux": Distribution(ecosystem=_major("AlmaLinux")),
    "amzn": Distribution(ecosystem=_whole("Amazon")),
    "azurelinux": Distribution(ecosystem=_major("Azure Linux"), by_source=True),
    "fedora": Distribution(ecosystem=_major("Fedora"), by_source=True),
    "mageia": Distribution(ecosystem=_major("Mageia"), by_source=True),
    "ol": Distribution(ecosystem=_major("Oracle")),
    "openeuler": Distribution(ecosystem=_open_euler, by_source=True),
    "opensuse-leap": Distribution(ecosystem=lambda release: f"openSUSE:Leap {release.version}", by_source=True),
    "opensuse-tumbleweed": Distribution(ecosystem=_fixed("openSUSE:Tumbleweed"), by_source=True),
    "photon": Distribution(ecosystem=_whole("Photon OS"), by_source=True),
    "rhel": Distribution(ecosystem=_major("Red Hat:enterprise_linux")),
    "rocky": Distribution(ecosystem=_major("Rocky Linux")),
    "sles": Distribution(ecosystem=_suse, by_source=True),
}
_APK: Mapping[str, Callable[[OsRelease], str]] = {
    "alpaquita": _whole("Alpaquita"),
    "alpine": _alpine,
    "chainguard": _fixed("Chainguard"),
    "minimos": _fixed("MinimOS"),
    "wolfi": _fixed("Wolfi"),
}
