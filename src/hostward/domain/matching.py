"""Which advisories an installed package is affected by: the rules, each a pure function.

The server matches in SQL over the same byte keys; `match` here says what that must give (its oracle in tests).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from hostward.domain.advisory import Advisory, Affected, FixStatus, Match
from hostward.domain.errors import InvalidValue
from hostward.domain.options import Category, VulOptions
from hostward.domain.package import Evidence, Package
from hostward.domain.severity import Level
from hostward.domain.versions.table import family_of, key_for, last_key_for

UNKNOWN_LEVEL = Level.MEDIUM
"""What counts where nobody gives a level (API page: a level is always shown); its source is then "unknown"."""
UNKNOWN_SOURCE = "unknown"

KERNEL_HEADERS = "kernel headers and tools"
KERNEL_NOT_RUNNING = "not the running kernel"
KERNEL_UNKNOWN = "the running kernel is not known"

_BINNMU = re.compile(r"\+b[0-9]+$")
_SIGNED = re.compile(r"linux-signed(?:-(?:amd64|arm64|armhf|i386|ppc64el|riscv64|s390x))?(?=-|$)")
_KERNEL_IMAGES = ("linux-image-", "linux-modules-")
_KERNEL_SOURCE = re.compile(
    r"linux(?:-(?:allwinner|aws|azure|bluefield|dell|fips|gcp|gke|gkeop|goldfish|hwe|ibm|intel|iot|kvm|laptop|latest"
    r"|lowlatency|lts|meta|nvidia|oem|oracle|raspi|raspi2|realtime|riscv|snapdragon|starfive|xilinx)(?:-.*)?)?$"
)
"""Debian's kernel source and Ubuntu's flavours of it; "linux-base", "linux-firmware" and the like are none."""
_RPM_KERNEL = re.compile(r"kernel(?:-.*)?$|(?:bpftool|perf|python3-perf|rtla|rv|libperf(?:-devel)?)$")
_RPM_IMAGE = re.compile(
    r"kernel(?:-(?:64k|azure|debug|default|desktop|lt|ml|plus|rt|rt-debug|uek))?"
    r"(?:-(?:base|core|image|modules|modules-core|modules-extra))?$"
)
_APK_KERNEL = re.compile(r"linux-((?:asahi|edge|lts|rpi[0-9]*|stable|virt))(-dev|-doc)?$")
_NO_RELEASE = ""
_WORDS = {
    "emergency": Level.CRITICAL,
    "critical": Level.CRITICAL,
    "important": Level.HIGH,
    "high": Level.HIGH,
    "moderate": Level.MEDIUM,
    "medium": Level.MEDIUM,
    "low": Level.LOW,
    "negligible": Level.LOW,
    "unimportant": Level.LOW,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRange:
    """An Affected as byte keys: introduced <= v, and v < fixed or v <= last where those are not None."""

    introduced: bytes = b""
    fixed: bytes | None = None
    last: bytes | None = None

    def holds(self, version: bytes) -> bool:
        """Is this version key inside?"""
        if version < self.introduced or (self.fixed is not None and version >= self.fixed):
            return False
        return self.last is None or version <= self.last


def strip_binnmu(version: str) -> str:
    """The source version behind a binary one.

    A rebuild without source changes adds +bN (Debian Developer's Reference, "Recompilation or binary-only NMU").
    """
    return _BINNMU.sub("", version)


def advisory_source(source: str, source_version: str, version: str) -> tuple[str, str]:
    """Source package and version as advisories name them.

    Signed kernels are built from a package of their own ("linux-signed-amd64" 6.1.76+1 on Debian, "linux-signed" on
    Ubuntu), whose binaries carry the version of the kernel source that advisories speak of.
    """
    if _SIGNED.match(source):
        return _SIGNED.sub("linux", source), strip_binnmu(version)
    return source, strip_binnmu(source_version)


def level_of_word(word: str) -> Level | None:
    """Level of a severity, urgency or priority word in any case, None for one that says nothing ("not yet assigned").

    Sources: Debian Policy 5.6.17 and the tracker's urgencies (asterisks there are remarks), Ubuntu's priorities,
    Red Hat's and GitHub's severities.
    """
    return _WORDS.get(word.strip().rstrip("*").lower())


def level_or_unknown(level: Level | None, source: str) -> tuple[Level, str]:
    """The level to show and what it was taken from; an unknown one is medium and says so."""
    return (level, source) if level is not None else (UNKNOWN_LEVEL, UNKNOWN_SOURCE)


def category_of(ecosystem: str) -> Category:
    """What a vulnerability of this ecosystem counts as; one that is not in the table counts as an application's."""
    family = family_of(ecosystem)
    return family.category if family is not None else Category.APPLICATION


def hidden_reason(package: Package, running_kernel: str) -> str:
    """Why findings on this package are listed but not counted, "" when they count.

    Of a kernel source's packages only the image (and Ubuntu's modules) of the running kernel count: headers, tools and
    linux-libc-dev carry its version but not its code. running_kernel: uname's release, "" when it is not known.
    """
    release = kernel_release(package)
    if release is None:
        return ""
    if release == _NO_RELEASE:
        return KERNEL_HEADERS
    if not running_kernel:
        return KERNEL_UNKNOWN
    return "" if is_release(release, running_kernel) else KERNEL_NOT_RUNNING


def kernel_release(package: Package) -> str | None:
    """What uname's release is when this package's kernel runs; "" for headers and tools, None for what is no kernel."""
    family = family_of(package.ecosystem)
    match family.scheme if family is not None else "":
        case "dpkg" if _KERNEL_SOURCE.match(package.source):
            return _dpkg_release(package.name)
        case "rpm" if _RPM_KERNEL.match(package.name):
            version = package.version.rpartition(":")[2]
            return f"{version}.{package.arch}" if _RPM_IMAGE.match(package.name) else _NO_RELEASE
        case "apk" if found := _APK_KERNEL.match(package.name):
            version = package.version.replace("-r", "-")
            return _NO_RELEASE if found[2] else f"{version}-{found[1]}"
        case _:
            return None


def is_release(release: str, running: str) -> bool:
    """Is it the running one: the same, or with the flavour that RPM distributions add to uname's words?

    Red Hat's "5.14.0-427.el9.x86_64+rt"; SUSE's "5.14.21-150500.55.7-default" of the package 5.14.21-150500.55.7.1.
    """
    return (
        running == release or running.startswith(f"{release}+") or release.startswith(f"{_without_flavour(running)}.")
    )


def key_range(affected: Affected) -> KeyRange | None:
    """The range as byte keys; None where the ecosystem's versions have no order here yet.

    Raises InvalidValue for a version that the ecosystem forbids.
    """
    introduced = key_for(affected.ecosystem, affected.introduced or "0")
    if introduced is None:
        return None
    return KeyRange(
        introduced=introduced if affected.introduced else b"",
        fixed=key_for(affected.ecosystem, affected.fixed) if affected.fixed else None,
        last=last_key_for(affected.ecosystem, affected.last) if affected.last else None,
    )


def has_place(ecosystem: str, version: str) -> bool:
    """Can this version be compared in its ecosystem? What can't is to be said to be not judged."""
    try:
        return key_for(ecosystem, version) is not None
    except InvalidValue:
        return False


def is_affected(package: Package, affected: Affected) -> bool:
    """Does this range hold the package? False where one of the versions has no place in the order (`has_place`)."""
    if (package.ecosystem, package.source) != (affected.ecosystem, affected.name):
        return False
    try:
        version, keys = key_for(package.ecosystem, package.source_version), key_range(affected)
    except InvalidValue:
        return False
    return version is not None and keys is not None and keys.holds(version)


def match(package: Package, advisories: Iterable[Advisory], running_kernel: str = "") -> list[Match]:
    """What the package is affected by, one match a vulnerability of an advisory (its first range that holds)."""
    hidden = hidden_reason(package, running_kernel)
    found: list[Match] = []
    for advisory in advisories:
        affected = next((each for each in advisory.affected if is_affected(package, each)), None)
        if affected is not None:
            found += vulnerabilities_of(_advisory_match(package, advisory, affected, hidden))
    return found


def vulnerabilities_of(found: Match) -> Iterator[Match]:
    """One match a vulnerability: a distribution's advisory may fix many, which are then among its aliases.

    An advisory that is known by a CVE is about that one, one without any about itself.
    """
    fixes = () if is_cve(found.key) else tuple(filter(is_cve, found.aliases))
    if not fixes:
        yield found
        return
    others = tuple(alias for alias in found.aliases if alias not in fixes)
    for cve in fixes:
        yield replace(found, key=cve, aliases=(found.key, *others))


def is_cve(name: str) -> bool:
    """Is it the id of a CVE?"""
    return name.startswith("CVE-")


def match_evidence(package: Package, evidence: Evidence, running_kernel: str = "") -> Match | None:
    """The host's own evidence as a match of one of its packages; None when it speaks of another source or version."""
    if (package.ecosystem, package.source, package.source_version) != (
        evidence.ecosystem,
        evidence.source,
        evidence.source_version,
    ):
        return None
    level = level_of_word(evidence.urgency)
    return Match(
        key=evidence.cve,
        name=package.name,
        source=package.source,
        version=package.version,
        ecosystem=package.ecosystem,
        path=package.path,
        fixed=evidence.fixed,
        status=FixStatus.FIXED,
        level=level,
        level_source="changelog urgency" if level is not None else "",
        evidence=f"changelog of {evidence.source} {evidence.fixed}",
        hidden=hidden_reason(package, running_kernel),
    )


def is_selected(found: Match, options: VulOptions) -> bool:
    """Does a scan with these options ask for this match, by level and category? (Ids and KEV are the caller's.)"""
    level, _ = level_or_unknown(found.level, found.level_source)
    return level in options.levels and category_of(found.ecosystem) in options.categories


def _dpkg_release(name: str) -> str:
    """The release in the name of an image or of its modules ("linux-image-6.1.0-18-amd64", "linux-image-unsigned-")."""
    prefix = next((each for each in _KERNEL_IMAGES if name.startswith(each)), None)
    if prefix is None:
        return _NO_RELEASE
    return name.removeprefix(prefix).removeprefix("unsigned-").removeprefix("extra-").removesuffix("-unsigned")


def _without_flavour(running: str) -> str:
    return running.removesuffix("-default").removesuffix("-azure").removesuffix("-rt")


def _advisory_match(package: Package, advisory: Advisory, affected: Affected, hidden: str) -> Match:
    return Match(
        key=advisory.key,
        name=package.name,
        source=package.source,
        version=package.version,
        ecosystem=package.ecosystem,
        path=package.path,
        fixed=affected.fixed,
        status=affected.status,
        level=advisory.level,
        level_source=advisory.level_source,
        cvss=advisory.cvss,
        evidence=f"{advisory.feed} {advisory.id}",
        hidden=hidden,
        aliases=advisory.aliases,
    )
