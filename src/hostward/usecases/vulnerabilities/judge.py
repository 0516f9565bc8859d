"""Judge an inventory that is stored nowhere: a local scan's packages against the advisories there are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from hostward.domain.advisory import Match
from hostward.domain.errors import InvalidValue
from hostward.domain.ids import VulId
from hostward.domain.matching import hidden_reason, match_evidence, vulnerabilities_of
from hostward.domain.package import Evidence, HostFacts, Package
from hostward.domain.reason import Reason
from hostward.domain.versions.table import key_for
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import Advised, TaskVul


def judge(uow: UnitOfWork, items: Sequence[object], *, most: int | None = None) -> Sequence[Match]:
    """Every match of the packages among items, hidden ones marked; a vulnerability of a package comes once.

    Where an advisory gives no level or score, what is known of the vulnerability in general stands in.
    most: comparisons of a package with a range. Raises InvalidValue for more.
    """
    packages = [item for item in items if isinstance(item, Package)]
    kernel = next((item.running_kernel for item in reversed(items) if isinstance(item, HostFacts)), "")
    evidence = [item for item in items if isinstance(item, Evidence)]
    advised = _advised(uow, packages)
    compared = sum(len(advised.get((one.ecosystem, one.source), ())) for one in packages)
    if most is not None and compared > most:
        raise InvalidValue.because(Reason.BILL_FINDS_TOO_MUCH, count=compared, limit=most)
    known = _known(uow, {one.key: one.vul for each in advised.values() for one in each if _says_little(one)})
    found = [
        _as_known(match, known.get(match.key))
        for package in packages
        for match in _matches(package, advised, evidence, kernel)
    ]
    return list({(match.key, match.name, match.version, match.path): match for match in found}.values())


def _advised(uow: UnitOfWork, packages: Sequence[Package]) -> Mapping[tuple[str, str], list[Advised]]:
    """What there is about each source package, by ecosystem and source."""
    sources: dict[str, set[str]] = {}
    for package in packages:
        sources.setdefault(package.ecosystem, set()).add(package.source)
    known: dict[tuple[str, str], list[Advised]] = {}
    for ecosystem, names in sources.items():
        for one in uow.advisories.about(ecosystem, sorted(names)):
            known.setdefault((ecosystem, one.source), []).append(one)
    return known


def _says_little(one: Advised | Match) -> bool:
    return one.level is None or one.cvss is None


def _known(uow: UnitOfWork, numbers: Mapping[str, VulId]) -> Mapping[str, TaskVul]:
    return {vul.key: vul for vul in uow.advisories.vuls(list(numbers.values()))}


def _as_known(match: Match, known: TaskVul | None) -> Match:
    if known is None or not _says_little(match):
        return match
    if match.level is None:
        match = replace(match, level=known.level, level_source=known.level_source)
    return replace(match, cvss=known.cvss) if match.cvss is None else match


def _matches(
    package: Package, advised: Mapping[tuple[str, str], list[Advised]], evidence: Sequence[Evidence], kernel: str
) -> Iterator[Match]:
    hidden = hidden_reason(package, kernel)
    version = _place(package)
    for one in advised.get((package.ecosystem, package.source), ()):
        if version is not None and one.keys.holds(version):
            yield from vulnerabilities_of(_match(package, one, hidden))
    for said in evidence:
        if (match := match_evidence(package, said, kernel)) is not None:
            yield match


def _place(package: Package) -> bytes | None:
    """None for a version that has no place in its ecosystem's order: it is never matched, and the scanner says so."""
    try:
        return key_for(package.ecosystem, package.source_version)
    except InvalidValue:
        return None


def _match(package: Package, one: Advised, hidden: str) -> Match:
    return Match(
        key=one.key,
        name=package.name,
        source=package.source,
        version=package.version,
        ecosystem=package.ecosystem,
        path=package.path,
        fixed=one.fixed,
        status=one.status,
        level=one.level,
        level_source=one.level_source,
        cvss=one.cvss,
        evidence=f"{one.feed} {one.advisory}",
        hidden=hidden,
        aliases=one.aliases,
    )
