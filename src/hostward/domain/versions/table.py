"""Which order the versions of an ecosystem have.

An ecosystem is OSV's name with its release where it has any ("Debian:12", "PyPI"); the part before the first colon
is its family. A row without a comparer is known and not judged yet: what is installed there is kept, never matched.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from hostward.domain.options import Category
from hostward.domain.versions import apk, composer, dotted, dpkg, gem, maven, nuget, pep440, php, rpm, semver

Key = Callable[[str], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The ecosystems of one name. key None: not judged yet. category: what its vulnerabilities count as.

    last_key: the key of a closed range's last version where that stands for more than itself.
    """

    name: str
    scheme: str
    category: Category
    key: Key | None = None
    last_key: Key | None = None


OTHER_DPKG = "dpkg"
"""Family of distributions made of Debian packages that no feed speaks of: "dpkg:linuxmint:21.3"."""
OTHER_RPM = "rpm"
"""The same for RPM packages: "rpm:centos:9"."""
OTHER_APK = "apk"
"""The same for Alpine's packages: "apk:postmarketos:23.12"."""

REMEMBERED = 1 << 14
"""Keys of versions that are kept: the packages of one advisory share a version, and each is looked at three times."""

_RED_HAT = re.compile(r"Red Hat:enterprise_linux:([0-9]+)(?:\.[0-9]+)?(?:::.*)?")
_PYTHON_SEPARATORS = re.compile(r"[-_.]+")


def _linux(scheme: str, key: Key | None, *names: str) -> tuple[Family, ...]:
    return tuple(Family(name=name, scheme=scheme, category=Category.LINUX, key=key) for name in names)


def _language(scheme: str, key: Key | None, *names: str) -> tuple[Family, ...]:
    return tuple(Family(name=name, scheme=scheme, category=Category.APPLICATION, key=key) for name in names)


def _cms(*names: str) -> tuple[Family, ...]:
    """Web content management systems with their extensions: "wordpress", "plugin/akismet"."""
    return tuple(Family(name=name, scheme="php", category=Category.WEB_CMS, key=php.key) for name in names)


VERSIONS: tuple[Family, ...] = (
    *_linux("dpkg", dpkg.key, "Debian", "Echo", "Ubuntu", OTHER_DPKG),
    *_linux("apk", apk.key, OTHER_APK, "Alpine", "Alpaquita", "Chainguard", "MinimOS", "Wolfi"),
    *_linux("rpm", rpm.key, OTHER_RPM, "AlmaLinux", "Amazon", "Azure Linux", "BellSoft Hardened Containers", "Fedora"),
    *_linux("rpm", rpm.key, "Mageia", "openEuler", "openSUSE", "Oracle", "Photon OS", "Red Hat", "Rocky Linux", "SUSE"),
    Family(name="PyPI", scheme="pep440", category=Category.APPLICATION, key=pep440.key, last_key=pep440.last_key),
    *_language("semver", semver.key, "Bitnami", "crates.io", "GitHub Actions", "Go", "Hex", "Julia", "npm", "SwiftURL"),
    *_language("pub", semver.pub_key, "Pub"),
    *_language("maven", maven.key, "Maven"),
    *_language("nuget", nuget.key, "NuGet"),
    *_language("composer", composer.key, "Packagist"),
    *_language("gem", gem.key, "RubyGems"),
    *_language("dotted", dotted.key, "CRAN", "Hackage"),
    *_language("conan", None, "ConanCenter"),
    *_cms("WordPress", "Drupal", "Joomla"),
)

_BY_NAME = {family.name: family for family in VERSIONS}


def family_of(ecosystem: str) -> Family | None:
    """The row of an ecosystem, None where it is not in the table."""
    return _BY_NAME.get(ecosystem.partition(":")[0])


@lru_cache(maxsize=REMEMBERED)
def key_for(ecosystem: str, version: str) -> bytes | None:
    """The version as bytes that sort in the ecosystem's order; None where the ecosystem is not judged yet.

    Raises InvalidValue where the ecosystem's rules leave the version no place (an empty one).
    """
    family = family_of(ecosystem)
    return family.key(version) if family is not None and family.key is not None else None


def last_key_for(ecosystem: str, version: str) -> bytes | None:
    """The same for the last version that a range includes. Raises InvalidValue."""
    family = family_of(ecosystem)
    if family is None or family.last_key is None:
        return key_for(ecosystem, version)
    return family.last_key(version)


def not_judged(ecosystem: str) -> str:
    """Why an ecosystem's packages are not matched, in words for people; "" where they are."""
    family = family_of(ecosystem)
    if family is None:
        return f"{ecosystem}: packages of this kind are not judged"
    return "" if family.key is not None else f"{ecosystem}: {family.scheme} versions are not judged yet"


def canonical(ecosystem: str) -> str:
    """The ecosystem as packages carry it: "Ubuntu:22.04:LTS" is "Ubuntu:22.04", all others stay as they are.

    Source: OSV schema, defined ecosystems. "Ubuntu:Pro:18.04" stays apart: those fixes are for subscribers. The
    repositories of one Red Hat release ("...:9::baseos") are one, because an installed package does not say its own;
    extended support ("rhel_eus") stays apart.
    """
    if ecosystem.startswith("Ubuntu:"):
        return ecosystem.removesuffix(":LTS")
    red_hat = _RED_HAT.fullmatch(ecosystem)
    return f"Red Hat:enterprise_linux:{red_hat[1]}" if red_hat else ecosystem


def canonical_name(ecosystem: str, name: str) -> str:
    """A package's name as it is compared. Source: PEP 503 for PyPI ("Zope.Interface" is "zope-interface")."""
    return _PYTHON_SEPARATORS.sub("-", name).lower() if ecosystem == "PyPI" else name
