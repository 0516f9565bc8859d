"""Since when and until when vulnerabilities were seen on sets of machines: vul_spans' times, without events.

first: the begin of the first stay ever on any of the machines. last: when an inventory or an import last showed it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, func, select

from hostward.domain.ids import AccountId, VulId
from hostward.store.event_tables import evident, installed, package_match
from hostward.store.fleet_sets import Fleet
from hostward.store.machine_sets import holds, members
from hostward.store.session import Session, in_chunks
from hostward.store.tables import machine

_I, _E, _C, _M = installed.c, evident.c, package_match.c, machine.c
FEW = 256
"""Of so many machines each is looked at; of more the newest results of all are, until one is among them."""

Advised = tuple[int, int | None]
"""Since when something was said, and until when."""


@dataclass(slots=True)
class Times:
    """Microseconds since 1970."""

    first: int
    last: int

    def stay(self, since: int, until: int | None) -> None:
        """It was there for this time too."""
        self.first = min(self.first, since)
        self.last = max(self.last, since if until is None else until)


@dataclass(slots=True)
class _Said:
    """What was ever said of the packages of one vulnerability."""

    by_package: dict[int, list[Advised]] = field(default_factory=dict)

    def add(self, package: int, said: Advised) -> None:
        self.by_package.setdefault(package, []).append(said)


def times(session: Session, account: AccountId, fleet: Fleet, wanted: Mapping[VulId, int]) -> dict[VulId, Times]:
    """Of each of these vulnerabilities, on those of the machines that have it now."""
    newest = sorted(((at, which) for which, (_, at) in fleet.machines.items()), reverse=True)
    found = {which: Times(_NEVER, _seen(fleet, newest, machines)) for which, machines in wanted.items()}
    said = _said(session, list(wanted))
    whole = {which for which, machines in wanted.items() if machines == fleet.present[which]}
    # Where every machine counts, and nothing was taken back, the first and the last since of a package are enough.
    rowwise = {
        package
        for which, one in said.items()
        for package, advised in one.by_package.items()
        if which not in whole or any(until is not None for _, until in advised)
    }
    packages = sorted({package for one in said.values() for package in one.by_package})
    outside = _quarantined(session, account)
    ends = _ends(session, account, [each for each in packages if each not in rowwise], outside)
    of_package: dict[int, list[VulId]] = {}
    for which, one in said.items():
        for package, advised in one.by_package.items():
            of_package.setdefault(package, []).append(which)
            if package in ends and package not in rowwise:
                for since, _ in advised:
                    found[which].stay(max(ends[package][0], since), None)
                    found[which].stay(max(ends[package][1], since), None)
    for package, which_machine, since, until in _rows(session, account, packages, rowwise):
        for which in of_package[package]:
            if holds(wanted[which], which_machine):
                for stay in _stays((since, until), said[which].by_package[package]):
                    found[which].stay(*stay)
    for which_vul, which_machine, since, until in _evident(session, account, list(wanted)):
        if holds(wanted[VulId(which_vul)], which_machine):
            found[VulId(which_vul)].stay(since, until)
    return found


_NEVER = 2**63 - 1


def _seen(fleet: Fleet, newest: Sequence[tuple[int, int]], machines: int) -> int:
    if machines.bit_count() <= FEW:
        return max((fleet.machines[which][1] for which in members(machines)), default=0)
    return next((at for at, which in newest if holds(machines, which)), 0)


def _stays(was: Advised, said: Sequence[Advised]) -> Iterator[Advised]:
    for since, until in said:
        begin = max(was[0], since)
        ends = [end for end in (was[1], until) if end is not None]
        end = min(ends) if ends else None
        if end is None or begin < end:
            yield begin, end


def _said(session: Session, vuls: Sequence[VulId]) -> dict[VulId, _Said]:
    found = {which: _Said() for which in vuls}
    for chunk in in_chunks(vuls):
        query = select(_C.vul_id, _C.package_id, _C.since, _C.until).where(_C.vul_id.in_(chunk))
        for which, package, since, until in session.select(query):
            found[VulId(which)].add(package, (since, until))
    return found


def _quarantined(session: Session, account: AccountId) -> list[int]:
    query = select(_M.machine_id).where(_M.account_id == account, _M.quarantined.is_not(None))
    return [row[0] for row in session.select(query)]


def _ends(
    session: Session, account: AccountId, packages: Sequence[int], outside: Sequence[int]
) -> dict[int, tuple[int, int]]:
    """Of packages that are installed now: the first and the last time since when."""
    found: dict[int, tuple[int, int]] = {}
    for chunk in in_chunks(packages):
        where: list[ColumnElement[bool]] = [_I.package_id.in_(chunk), _I.account_id == account, _I.until.is_(None)]
        if outside:
            where.append(_I.machine_id.not_in(outside))
        query = select(_I.package_id, func.min(_I.since), func.max(_I.since)).where(*where).group_by(_I.package_id)
        found.update((row[0], (row[1], row[2])) for row in session.select(query))
    return found


def _rows(
    session: Session, account: AccountId, packages: Sequence[int], rowwise: set[int]
) -> Iterator[tuple[int, int, int, int | None]]:
    """Package, machine, since and until: of these packages every span that ended, of some of them every span."""
    columns = (_I.package_id, _I.machine_id, _I.since, _I.until)
    for some, condition in (
        ([each for each in packages if each not in rowwise], _I.until.is_not(None)),
        (sorted(rowwise), None),
    ):
        for chunk in in_chunks(some):
            query = select(*columns).where(_I.package_id.in_(chunk), _I.account_id == account)
            for row in session.select(query if condition is None else query.where(condition)):
                yield row[0], row[1], row[2], row[3]


def _evident(session: Session, account: AccountId, vuls: Sequence[VulId]) -> Iterator[tuple[int, int, int, int | None]]:
    columns = (_E.vul_id, _E.machine_id, _E.since, _E.until)
    for chunk in in_chunks(vuls):
        for row in session.select(select(*columns).where(_E.vul_id.in_(chunk), _E.account_id == account)):
            yield row[0], row[1], row[2], row[3]
