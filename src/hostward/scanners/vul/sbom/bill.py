"""A bill of materials as the machine it describes: its distribution, its packages, and what can't be judged."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from hostward.domain.package import HostFacts, Package
from hostward.domain.purl import parse
from hostward.scanners.vul.os_release import OsRelease
from hostward.scanners.vul.sbom.component import DISTRIBUTIONS, Component, Unusable, package_of
from hostward.scanners.vul.sbom.release import release_of_distro

_OWN_PLACES = {
    "deb": re.compile(r"/usr/(?:lib/python3/dist-packages|share/(?:java|maven-repo|nodejs|php|rubygems-integration))/"),
    "rpm": re.compile(r"/usr/(?:lib(?:64)?/python3\.[0-9]+/site-packages|share/(?:java|gems|php|ruby))/"),
}
"""Folders in which a distribution's packages alone put language packages (Debian Policy, Fedora's guidelines)."""


@dataclass(slots=True, kw_only=True)
class Bill:
    """What a file says, before it is judged. subject: what it describes, by name; owned: components (by their place in
    the list) that the producer knows to be files of a distribution's package.
    """

    subject: str = ""
    release: OsRelease = field(default_factory=OsRelease)
    kernel: str = ""
    components: list[Component] = field(default_factory=list)
    owned: set[int] = field(default_factory=set)
    nameless: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """The machine of a bill. remarks: what of the bill could not be judged. format: CycloneDX or SPDX."""

    subject: str
    facts: HostFacts
    packages: Sequence[Package]
    remarks: Sequence[str]
    format: str


def describe(bill: Bill, format_: str) -> Described:
    """The machine: a language package that the distribution owns is the distribution's, as on the machine itself."""
    release = bill.release if bill.release.id else _by_components(bill.components)
    packages: dict[Package, None] = {}
    problems: Counter[str] = Counter()
    owned = set(_owned(bill))
    for place, component in enumerate(bill.components):
        if place in owned:
            continue
        try:
            packages[package_of(component, release)] = None
        except Unusable as error:
            problems[str(error)] += 1
    if bill.nameless:
        problems["without a package URL"] += bill.nameless
    remarks = [f"{count} components {problem} are not judged" for problem, count in problems.items()]
    if not release.id:
        remarks.append("the bill names no distribution")
    facts = HostFacts(os_id=release.id, os_version=release.version, os_name=release.name, running_kernel=bill.kernel)
    return Described(
        subject=bill.subject, facts=facts, packages=tuple(packages), remarks=remarks, format=format_
    )  # fmt: skip


def _by_components(components: Sequence[Component]) -> OsRelease:
    """The distribution that most components name."""
    distros = Counter(
        purl.qualifiers["distro"]
        for component in components
        if (purl := parse(component.purl)) is not None and purl.qualifiers.get("distro")
    )
    return release_of_distro(distros.most_common(1)[0][0]) if distros else OsRelease()


def _owned(bill: Bill) -> Iterator[int]:
    """Components that are files of a distribution's package: as the producer says, or by where they lie."""
    yield from bill.owned
    kinds = {component.purl[4:].partition("/")[0] for component in bill.components}
    places = [pattern for kind, pattern in _OWN_PLACES.items() if kind in kinds]
    for place, component in enumerate(bill.components):
        is_distributions = component.purl.startswith(tuple(f"pkg:{kind}/" for kind in DISTRIBUTIONS))
        if not is_distributions and any(pattern.match(component.path) for pattern in places):
            yield place
