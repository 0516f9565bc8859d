"""A machine's packages against advisories, and against what its own changelogs say.

The comparison is one of bytes, done by the database; everything else is domain.matching's. Evidence speaks only of
packages that were reported under the same lease: a host can say nothing of another.
"""

from collections.abc import Iterator

from sqlalchemy import and_, bindparam, select

from hostward.domain.advisory import FixStatus, Match
from hostward.domain.ids import LeaseId, MachineId
from hostward.domain.matching import hidden_reason, match_evidence, vulnerabilities_of
from hostward.domain.package import Package
from hostward.store.codec import level_of, words_of
from hostward.store.package_matches import HOLDS
from hostward.store.package_rows import COLUMNS, package_of
from hostward.store.result_rows import EVIDENCE, FACTS, PACKAGES, Kind, evidence_of, facts_of
from hostward.store.session import Prepared, Row, Session
from hostward.store.tables import advisory, affected, feed, machine_package, package_version, vul

Place = tuple[int, int]
"""Batch, and place in it."""

_P, _V, _A = machine_package.c, package_version.c, affected.c
_ADVISED = Prepared(
    select(
        *(_P.batch, _P.place, *COLUMNS, _P.path),
        *(feed.c.name.label("feed"), _A.advisory_id, _A.fixed, _A.status),
        *(vul.c.name.label("key"), advisory.c.level, advisory.c.level_source, advisory.c.cvss, advisory.c.aliases),
    )
    .join_from(machine_package, package_version, _V.package_id == _P.package_id)
    .join(affected, HOLDS)
    .join(feed, feed.c.edition == _A.edition)
    .join(advisory, and_(advisory.c.edition == _A.edition, advisory.c.advisory_id == _A.advisory_id))
    .join(vul, vul.c.vul_id == advisory.c.vul_id)
    .where(_P.machine_id == bindparam("of_machine"), _P.lease_id == bindparam("of_lease"))
    .order_by(_P.batch, _P.place, feed.c.name, _A.advisory_id, _A.place)
)


_ECOSYSTEMS = Prepared(
    select(_V.ecosystem)
    .join_from(machine_package, package_version, _V.package_id == _P.package_id)
    .where(_P.machine_id == bindparam("of_machine"), _P.lease_id == bindparam("of_lease"))
    .distinct()
)


def ecosystems(session: Session, machine: MachineId, lease: LeaseId) -> frozenset[str]:
    """The ecosystems of a lease's packages."""
    return frozenset(row[0] for row in session.rows(_ECOSYSTEMS, of_machine=machine, of_lease=lease))


def of_lease(session: Session, machine: MachineId, lease: LeaseId) -> list[Match]:
    """Every match, hidden ones marked: package by package; of one package advisories first, by feed and id."""
    kernel = _running_kernel(session, machine, lease)
    found = [*_advised(session, machine, lease, kernel), *_evident(session, machine, lease, kernel)]
    return [match for _, match in sorted(found, key=_first)]


def _advised(session: Session, machine: MachineId, lease: LeaseId, kernel: str) -> Iterator[tuple[Place, Match]]:
    """One match for a package and an advisory: its first range that holds."""
    last: tuple[object, ...] = ()
    for row in session.rows(_ADVISED, of_machine=machine, of_lease=lease):
        one = (*row[:2], *row[9:11])
        if one != last:
            for match in vulnerabilities_of(_match(row, kernel)):
                yield (row[0], row[1]), match
        last = one


def _match(row: Row, kernel: str) -> Match:
    feed_name, advisory_id, fixed, status, key, level, level_source, cvss, aliases = row[9:]
    package = package_of(row[2:8], row[8])
    return Match(
        key=key,
        name=package.name,
        source=package.source,
        version=package.version,
        ecosystem=package.ecosystem,
        path=package.path,
        fixed=fixed,
        status=FixStatus(status),
        level=level_of(level),
        level_source=level_source,
        cvss=cvss,
        evidence=f"{feed_name} {advisory_id}",
        hidden=hidden_reason(package, kernel),
        aliases=words_of(aliases),
    )


def _evident(session: Session, machine: MachineId, lease: LeaseId, kernel: str) -> Iterator[tuple[Place, Match]]:
    evidence = _rows(session, EVIDENCE, machine, lease)
    if not evidence:
        return
    by_source: dict[tuple[str, str, str], list[tuple[Place, Package]]] = {}
    for row in _rows(session, PACKAGES, machine, lease):
        package = package_of(row[2:8], row[8])
        source = (package.ecosystem, package.source, package.source_version)
        by_source.setdefault(source, []).append(((row[0], row[1]), package))
    for row in evidence:
        said = evidence_of(row[2:])
        for place, package in by_source.get((said.ecosystem, said.source, said.source_version), ()):
            match = match_evidence(package, said, kernel)
            if match is not None:
                yield place, match


def _running_kernel(session: Session, machine: MachineId, lease: LeaseId) -> str:
    """What the host said last of its kernel, "" when it said nothing."""
    facts = _rows(session, FACTS, machine, lease)
    return facts_of(facts[-1][2:]).running_kernel if facts else ""


def _rows(session: Session, kind: Kind, machine: MachineId, lease: LeaseId) -> list[Row]:
    return sorted(session.rows(kind.rows, of_machine=machine, of_lease=lease), key=_place)


def _first(found: tuple[Place, Match]) -> Place:
    return found[0]


def _place(row: Row) -> Place:
    return row[0], row[1]
