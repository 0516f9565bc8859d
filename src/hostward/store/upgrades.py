"""Which upgrades close most: the same for every store, once it knows what each would close."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hostward.domain.ids import VulId
from hostward.domain.severity import Level
from hostward.store.machine_sets import NOBODY
from hostward.store.version_keys import version_key
from hostward.store.vul_spans import level_of
from hostward.usecases.records import TaskVul
from hostward.usecases.vul_event_ports import Upgrade, VulEvent

Component = tuple[str, str]
"""Ecosystem and source package."""


@dataclass(slots=True)
class Closed:
    """What an upgrade of one component closes. machines: a set; fixed: each version that a vulnerability needs."""

    machines: int = NOBODY
    risks: int = 0
    vuls: set[VulId] = field(default_factory=set)
    fixed: set[str] = field(default_factory=set)

    def add(self, vul: VulId, machines: int, fixed: Iterable[str]) -> None:
        """It closes the vulnerability on these machines."""
        self.machines |= machines
        self.risks += machines.bit_count()
        self.vuls.add(vul)
        self.fixed.update(fixed)


def closed_by(events: Iterable[VulEvent]) -> dict[Component, Closed]:
    """What upgrades close of these events, which must be there and count."""
    found: dict[Component, Closed] = {}
    for event in events:
        components = {(each.package.ecosystem, each.package.source) for each in event.packages}
        if len(components) == 1 and all(each.fixed for each in event.packages):
            closed = found.setdefault(components.pop(), Closed())
            closed.add(event.vul, 1 << event.machine, (each.fixed for each in event.packages))
    return found


def ranked(found: Mapping[Component, Closed], known: Mapping[VulId, TaskVul]) -> list[Upgrade]:
    """By risks closed, most first; equal ones by name."""
    return [
        Upgrade(
            ecosystem=ecosystem,
            component=component,
            fixed=_highest(ecosystem, sorted(closed.fixed)),
            machines=closed.machines.bit_count(),
            vulnerabilities=len(closed.vuls),
            risks=closed.risks,
            level=max(map(level_of, (known[vul] for vul in closed.vuls)), default=Level.MEDIUM),
            kev=any(known[vul].kev for vul in closed.vuls),
        )
        for (ecosystem, component), closed in sorted(found.items(), key=lambda one: (-one[1].risks, one[0]))
    ]


def _highest(ecosystem: str, versions: Sequence[str]) -> str:
    """A version that can't be compared is below all that can."""
    return max(versions, key=lambda version: version_key(ecosystem, version) or b"", default="")
