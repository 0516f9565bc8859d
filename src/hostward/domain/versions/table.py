"""Which order the versions of an ecosystem have.

An ecosystem is OSV's name with its release where it has any ("Debian:12", "PyPI"); the part before the first colon
is its family. A row without a comparer is known and not judged yet: what is installed there is kept, never matched.
"""

from collections.abc import Callable
from dataclasses import dataclass

from hostward.domain.options import Category
from hostward.domain.versions import dpkg

Key = Callable[[str], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The ecosystems of one name. key None: not judged yet. category: what its vulnerabilities count as."""

    name: str
    scheme: str
    category: Category
    key: Key | None = None


OTHER_DPKG = "dpkg"
"""Family of distributions made of Debian packages that no feed speaks of: "dpkg:linuxmint:21.3"."""


def _linux(scheme: str, key: Key | None, *names: str) -> tuple[Family, ...]:
    return tuple(Family(name=name, scheme=scheme, category=Category.LINUX, key=key) for name in names)


def _language(scheme: str, key: Key | None, *names: str) -> tuple[Family, ...]:
    return tuple(Family(name=name, scheme=scheme, category=Category.APPLICATION, key=key) for name in names)


VERSIONS: tuple[Family, ...] = (
    *_linux("dpkg", dpkg.key, "Debian", "Ubuntu", OTHER_DPKG),
    *_linux("apk", None, "Alpine", "Alpaquita", "Chainguard", "MinimOS", "Wolfi"),
    *_linux("rpm", None, "AlmaLinux", "Amazon", "Azure Linux", "BellSoft Hardened Containers", "Fedora", "Mageia"),
    *_linux("rpm", None, "openEuler", "openSUSE", "Oracle", "Photon OS", "Red Hat", "Rocky Linux", "SUSE"),
    *_language("pep440", None, "PyPI"),
    *_language("semver", None, "crates.io", "Go", "Hex", "npm", "Pub", "SwiftURL"),
    *_language("maven", None, "Maven"),
    *_language("nuget", None, "NuGet"),
    *_language("composer", None, "Packagist"),
    *_language("gem", None, "RubyGems"),
)

_BY_NAME = {family.name: family for family in VERSIONS}


def family_of(ecosystem: str) -> Family | None:
    """The row of an ecosystem, None where it is not in the table."""
    return _BY_NAME.get(ecosystem.partition(":")[0])


def key_for(ecosystem: str, version: str) -> bytes | None:
    """The version as bytes that sort in the ecosystem's order; None where the ecosystem is not judged yet.

    Raises InvalidValue where the ecosystem's rules leave the version no place (an empty one).
    """
    family = family_of(ecosystem)
    return family.key(version) if family is not None and family.key is not None else None


def not_judged(ecosystem: str) -> str:
    """Why an ecosystem's packages are not matched, in words for people; "" where they are."""
    family = family_of(ecosystem)
    if family is None:
        return f"{ecosystem}: packages of this kind are not judged"
    return "" if family.key is not None else f"{ecosystem}: {family.scheme} versions are not judged yet"


def canonical(ecosystem: str) -> str:
    """The ecosystem as packages carry it: "Ubuntu:22.04:LTS" is "Ubuntu:22.04", all others stay as they are.

    Source: OSV schema, defined ecosystems. "Ubuntu:Pro:18.04" stays apart: those fixes are for subscribers.
    """
    return ecosystem.removesuffix(":LTS") if ecosystem.startswith("Ubuntu:") else ecosystem
