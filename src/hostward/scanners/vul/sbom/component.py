"""A component of a bill as a package of the machine, and back."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from hostward.domain.matching import advisory_source
from hostward.domain.package import Package
from hostward.domain.purl import LANGUAGES, Purl, language_package, parse
from hostward.domain.versions.table import family_of
from hostward.scanners.vul.ecosystems import apk_ecosystem, rpm_distribution
from hostward.scanners.vul.os_release import OsRelease
from hostward.scanners.vul.sbom.release import release_of_distro

DISTRIBUTIONS = ("apk", "deb", "rpm")
_SCHEMES = {"apk": "apk", "deb": "dpkg", "rpm": "rpm"}
CMS = ("WordPress", "Drupal", "Joomla")

_SOURCE_RPM = re.compile(r"(.+)-([^-]+)-([^-]+?)(?:\.(?:no)?src(?:\.rpm)?)?")
_WORD = re.compile(r"[!-~]{1,255}")
_TYPES = {ecosystem: kind for kind, ecosystem in LANGUAGES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """What a bill says about one thing. source, source_version: of distribution packages, "" where it does not say.

    path: where it lies on the machine; ecosystem: as Hostward's own bills write it.
    """

    purl: str
    source: str = ""
    source_version: str = ""
    path: str = ""
    ecosystem: str = ""


class Unusable(Exception):
    """A component that is no package Hostward can judge; the message says which kind it is."""


def package_of(component: Component, release: OsRelease) -> Package:
    """The package. release: of the whole bill, for components that don't name theirs. Raises Unusable."""
    purl = parse(component.purl)
    if purl is None:
        raise Unusable("without a package URL")
    if not _WORD.fullmatch(purl.version):
        raise Unusable("without a version")
    if not _WORD.fullmatch(purl.name) or (purl.namespace and not _WORD.fullmatch(purl.namespace)):
        raise Unusable("with a name that is none")
    if purl.kind in DISTRIBUTIONS:
        named = release_of_distro(purl.qualifiers["distro"]) if purl.qualifiers.get("distro") else release
        return _placed(_MAKERS[purl.kind](component, purl, named if named.version else release), component, purl)
    path = _bytes(component.path)
    if purl.kind in LANGUAGES:
        name, version = language_package(purl)
        return _plain(LANGUAGES[purl.kind], name, version, path)
    if component.ecosystem in CMS:
        return _plain(component.ecosystem, "/".join(filter(None, (purl.namespace, purl.name))), purl.version, path)
    raise Unusable(f"of type {purl.kind}")


def _placed(package: Package, component: Component, purl: Purl) -> Package:
    """With the ecosystem and the place that a bill of Hostward's gives to what lies in a container."""
    family = family_of(component.ecosystem)
    if family is None or family.scheme != _SCHEMES[purl.kind]:
        return package
    name, given = _upstream(component, purl)
    path = _bytes(component.path)
    source_version = given or package.version
    return replace(
        package, ecosystem=component.ecosystem, source=name or package.name, source_version=source_version, path=path
    )


def purl_of(package: Package, release: OsRelease) -> str:
    """The package's purl, with what is needed to find it again: architecture, distribution, source."""
    family = family_of(package.ecosystem)
    scheme = family.scheme if family is not None else ""
    kind = next((kind for kind, own in _SCHEMES.items() if own == scheme), "")
    if kind:
        return str(_of_distribution(package, release, kind))
    name = package.name
    if package.ecosystem in CMS:
        space, _, last = name.rpartition("/")
        return str(Purl(kind="generic", namespace=space, name=last, version=package.version))
    kind = _TYPES.get(package.ecosystem, "generic")
    space, _, last = name.rpartition(":" if kind == "maven" else "/")
    version = f"v{package.version}" if kind == "golang" and last != "stdlib" else package.version
    return str(Purl(kind=kind, namespace=space, name=last, version=version))


def _of_distribution(package: Package, release: OsRelease, kind: str) -> Purl:
    version, qualifiers = package.version, {"arch": package.arch}
    if release.id:
        qualifiers["distro"] = f"{release.id}-{release.version}" if release.version else release.id
    if kind == "rpm" and ":" in version:
        qualifiers["epoch"], _, version = version.partition(":")
    if (package.source, package.source_version) != (package.name, package.version):
        same = package.source_version == package.version
        qualifiers["upstream"] = package.source if same else f"{package.source}@{package.source_version}"
    return Purl(kind=kind, namespace=release.id or "linux", name=package.name, version=version, qualifiers=qualifiers)


def _plain(ecosystem: str, name: str, version: str, path: bytes) -> Package:
    return Package(ecosystem=ecosystem, name=name, version=version, source=name, source_version=version, path=path)


def _deb(component: Component, purl: Purl, release: OsRelease) -> Package:
    version = _with_epoch(purl.version, purl.qualifiers.get("epoch", ""))
    name, given = _upstream(component, purl)
    source, source_version = advisory_source(name or purl.name, given or version, version)
    return _owned(release.dpkg_ecosystem, purl, version, source, source_version)


def _rpm(component: Component, purl: Purl, release: OsRelease) -> Package:
    """Advisories speak of the source package in some distributions, of the binary one in others."""
    epoch = purl.qualifiers.get("epoch", "").lstrip("0")
    version = _with_epoch(purl.version, epoch)
    distribution = rpm_distribution(release)
    source, source_version = purl.name, version
    if distribution.by_source:
        name, given = _upstream(component, purl)
        found = _SOURCE_RPM.fullmatch(name) if not given else None
        if found is not None and name.endswith((".src.rpm", ".nosrc.rpm", ".src")):
            source, source_version = found[1], _with_epoch(f"{found[2]}-{found[3]}", epoch)
        elif name:
            source, source_version = name, given or version
    return _owned(distribution.ecosystem(release), purl, version, source, source_version)


def _apk(component: Component, purl: Purl, release: OsRelease) -> Package:
    name, _ = _upstream(component, purl)
    return _owned(apk_ecosystem(release), purl, purl.version, name or purl.name, purl.version)


class _Maker(Protocol):
    def __call__(self, component: Component, purl: Purl, release: OsRelease) -> Package: ...


_MAKERS: Mapping[str, _Maker] = {"deb": _deb, "rpm": _rpm, "apk": _apk}


def _upstream(component: Component, purl: Purl) -> tuple[str, str]:
    """Source package and its version: by the purl, else by what the producer says beside it; "" where neither does."""
    name, _, version = purl.qualifiers.get("upstream", "").partition("@")
    return (name, version) if name else (component.source, component.source_version)


def _owned(ecosystem: str, purl: Purl, version: str, source: str, source_version: str) -> Package:
    arch = purl.qualifiers.get("arch", "")
    return Package(
        ecosystem=ecosystem, name=purl.name, version=version, arch=arch if _WORD.fullmatch(arch or "-") else "",
        source=source, source_version=source_version,
    )  # fmt: skip


def _bytes(path: str) -> bytes:
    """A path as the file system has it; what never came from one is kept as far as it is text."""
    try:
        return path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return path.encode("utf-8", "replace")


def _with_epoch(version: str, epoch: str) -> str:
    return f"{epoch}:{version}" if epoch.isdigit() and ":" not in version else version
