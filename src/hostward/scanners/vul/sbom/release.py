"""Which distribution a bill of materials speaks of, whatever its producer calls it.

Facts: the names that Trivy and Syft write into operating-system components and into purls' "distro".
"""

import re

from hostward.scanners.vul.os_release import OsRelease

_IDS = {
    "alma": "almalinux",
    "amazon": "amzn",
    "amazonlinux": "amzn",
    "cbl-mariner": "mariner",
    "opensuse leap": "opensuse-leap",
    "opensuse.leap": "opensuse-leap",
    "opensuse.tumbleweed": "opensuse-tumbleweed",
    "oracle": "ol",
    "oraclelinux": "ol",
    "redhat": "rhel",
    "red hat": "rhel",
    "suse linux enterprise server": "sles",
    "suse.linux.enterprise.server": "sles",
}
_CODENAMES = {
    "buster": ("debian", "10"),
    "bullseye": ("debian", "11"),
    "bookworm": ("debian", "12"),
    "trixie": ("debian", "13"),
    "forky": ("debian", "14"),
    "bionic": ("ubuntu", "18.04"),
    "focal": ("ubuntu", "20.04"),
    "jammy": ("ubuntu", "22.04"),
    "noble": ("ubuntu", "24.04"),
}
_DISTRO = re.compile(r"(.+?)-v?([0-9].*)")
_WORD = re.compile(r"[^a-z0-9._-]")


def release_of(name: str, version: str) -> OsRelease:
    """A distribution by name and version: Debian's point releases are those of their release ("12.4" is "12")."""
    lower = name.strip().lower()
    identity = _WORD.sub("", _IDS.get(lower, lower))
    number = _WORD.sub("", version.strip().lower())
    if identity == "debian":
        number = number.partition(".")[0]
    elif identity == "ubuntu":
        number = ".".join(number.split(".")[:2])
    return OsRelease(id=identity, version=number, name=_shown(f"{name} {version}"))


def _shown(text: str) -> str:
    return "".join(char for char in text.strip() if char.isprintable())[:255]


def release_of_distro(distro: str) -> OsRelease:
    """A distribution by a purl's "distro": "debian-12.4", "opensuse-leap-15.5", "jammy"."""
    text = distro.strip().lower()
    if text in _CODENAMES:
        return release_of(*_CODENAMES[text])
    found = _DISTRO.fullmatch(text)
    return release_of(found[1], found[2]) if found else release_of(text, "")
