"""What upgrades of source packages do for a fleet: the same for every store."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hostward.domain.ids import MachineId, VulId
from hostward.store.version_keys import version_key
from hostward.store.vul_spans import level_of
from hostward.usecases.records import TaskVul
from hostward.usecases.vul_event_ports import Upgrade, UpgradePage, VulEvent


@dataclass(slots=True)
class _Found:
    """The fixed versions of a source package, and the machines that have each vulnerability, by it."""

    fixed: set[str] = field(default_factory=set)
    machines: dict[VulId, set[MachineId]] = field(default_factory=dict)


def of_events(found: Iterable[VulEvent], known: Mapping[VulId, TaskVul]) -> list[Upgrade]:
    """The upgrades that these events, all of which count, ask for."""
    by_source: dict[tuple[str, str], _Found] = {}
    for event in found:
        for each in (one for one in event.packages if one.fixed):
            one = by_source.setdefault((each.package.ecosystem, each.package.source), _Found())
            one.fixed.add(each.fixed)
            one.machines.setdefault(event.vul, set()).add(event.machine)
    return [
        upgrade(
            *source,
            fixed=one.fixed,
            machines=len(set().union(*one.machines.values())),
            vuls=[known[vul] for vul in one.machines],
            risks=sum(map(len, one.machines.values())),
        )
        for source, one in by_source.items()
    ]


def upgrade(
    ecosystem: str, component: str, *, fixed: Collection[str], machines: int, vuls: Sequence[TaskVul], risks: int
) -> Upgrade:
    """An upgrade, of the fixed versions it may be to and of the vulnerabilities it is for."""
    return Upgrade(
        ecosystem=ecosystem,
        component=component,
        fixed=max(fixed, key=lambda version: (version_key(ecosystem, version) or b"", version)),
        machines=machines,
        vulnerabilities=len(vuls),
        risks=risks,
        level=max(map(level_of, vuls)),
        kev=any(vul.kev for vul in vuls),
    )


def page(found: Iterable[Upgrade], *, limit: int, offset: int) -> UpgradePage:
    """A page of these, those that do most first."""
    rows = sorted(found, key=lambda one: (-one.risks, one.ecosystem, one.component))
    return UpgradePage(total=len(rows), rows=rows[offset : offset + limit])
