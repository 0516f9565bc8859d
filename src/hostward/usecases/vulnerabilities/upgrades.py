"""Which upgrades close most: of a source package, over the machines that have something of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from hostward.domain.ids import AccountId, MachineId, VulId
from hostward.domain.matching import has_place, level_or_unknown
from hostward.domain.remedy import place_of
from hostward.domain.versions.table import key_for
from hostward.domain.vul_event import VULS, EventStatus
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import TaskVul
from hostward.usecases.vul_event_ports import Bringer, Upgrade, UpgradePage, VulEvent, VulQuery
from hostward.usecases.vulnerabilities.fleet_vuls import on_machines

_COUNTING = VulQuery(status=EventStatus.PRESENT, ignored=False)

Source = tuple[str, str]
"""An ecosystem and a source package."""


@dataclass(slots=True)
class _Sum:
    """What one upgrade closes, as far as it was added up."""

    fixed: str = ""
    machines: set[MachineId] = field(default_factory=set)
    vuls: set[VulId] = field(default_factory=set)
    risks: int = 0


def listing(uow: UnitOfWork, *, account: AccountId, quuids: Sequence[str], limit: int, offset: int) -> UpgradePage:
    """A page of the account's upgrades, by risks that they close; quuids: of these machines alone, () for all."""
    machines = on_machines(uow, account, quuids) if quuids else None
    sums: dict[Source, _Sum] = {}
    for event in _counting(uow, account, machines):
        closing = _closed_by(event)
        if closing is not None:
            source, fixed = closing
            one = sums.setdefault(source, _Sum())
            one.fixed = _higher(source[0], one.fixed, fixed)
            one.machines.add(event.machine)
            one.vuls.add(event.vul)
            one.risks += 1
    ordered = sorted(sums.items(), key=lambda pair: (-pair[1].risks, pair[0]))
    page = ordered[offset : offset + limit]
    known = {vul.id: vul for vul in uow.advisories.vuls(sorted({vul for _, one in page for vul in one.vuls}))}
    rows = [_upgrade(source, one, [known[vul] for vul in one.vuls]) for source, one in page]
    return UpgradePage(total=len(ordered), rows=rows)


def _counting(uow: UnitOfWork, account: AccountId, machines: frozenset[MachineId] | None) -> Iterator[VulEvent]:
    """Everything that counts on these machines."""
    for machine in uow.machines.of_account(account):
        if machines is None or machine.id in machines:
            yield from uow.vul_events.of_machine(account, machine.id, _COUNTING, limit=VULS, offset=0).rows


def _closed_by(event: VulEvent) -> tuple[Source, str] | None:
    """The one upgrade that closes it, and to which version; None where no fix is known or one is not enough.

    What lies in a container is closed by another image.
    """
    if any(place_of(one.package.path) for one in event.packages):
        return None
    sources = {(one.package.ecosystem, one.package.source) for one in event.packages}
    if len(sources) != 1:
        return None
    (source,) = sources
    fixes = {one.package: "" for one in event.packages}
    for one in event.packages:
        fixes[one.package] = _higher(source[0], fixes[one.package], one.fixed)
    if not all(fixes.values()):
        return None
    return source, _highest(source[0], event.packages)


def _highest(ecosystem: str, packages: Iterable[Bringer]) -> str:
    highest = ""
    for one in packages:
        highest = _higher(ecosystem, highest, one.fixed)
    return highest


def _higher(ecosystem: str, one: str, other: str) -> str:
    """The higher of two versions; "" and one that has no order are below all others."""
    if not other or not has_place(ecosystem, other):
        return one or other
    if not one or not has_place(ecosystem, one):
        return other
    return max(one, other, key=lambda version: key_for(ecosystem, version) or b"")


def _upgrade(source: Source, one: _Sum, vuls: Sequence[TaskVul]) -> Upgrade:
    ecosystem, component = source
    return Upgrade(
        ecosystem=ecosystem,
        component=component,
        fixed=one.fixed,
        machines=len(one.machines),
        vulnerabilities=len(one.vuls),
        risks=one.risks,
        level=max(level_or_unknown(vul.level, vul.level_source)[0] for vul in vuls),
        kev=any(vul.kev for vul in vuls),
    )
