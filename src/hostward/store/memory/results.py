"""What scans found, in memory."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hostward.domain.advisory import Match
from hostward.domain.errors import Conflict, NotFound
from hostward.domain.finding import MalwareFinding
from hostward.domain.ids import LeaseId, MachineId
from hostward.domain.matching import match, match_evidence
from hostward.domain.module import Module
from hostward.domain.package import Evidence, HostFacts, Package, Restart
from hostward.domain.severity import Level
from hostward.domain.verdict import Verdict
from hostward.store.memory import vul_events
from hostward.store.memory.package_advice import counting
from hostward.store.memory.state import State
from hostward.store.texts import cleaned
from hostward.store.version_keys import version_key
from hostward.usecases.fleet_ports import NO_LEVELS
from hostward.usecases.records import Item, is_risk


class MemoryResults:
    """ports.Results."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, machine: MachineId, lease: LeaseId, batch: int, items: Sequence[Item]) -> None:
        """Store one batch. Raises Conflict when it is stored already."""
        if machine not in self._state.machines:
            raise NotFound(f"there is no machine {machine}")
        if (machine, lease, batch) in self._state.batches:
            raise Conflict(f"batch {batch} of lease {lease} is stored already: it must not be sent twice")
        self._state.batches[machine, lease, batch] = tuple(map(cleaned, items))

    def drop(self, machine: MachineId, lease: LeaseId) -> None:
        """Remove every row of a lease."""
        for key in self._batches(machine, lease):
            del self._state.batches[key]

    def make_current(
        self,
        machine: MachineId,
        module: Module,
        lease: LeaseId,
        at: datetime,
        *,
        risks: int,
        levels: Mapping[Level, int] = NO_LEVELS,
    ) -> None:
        """These are now the machine's own results; an inventory before them is removed."""
        if machine not in self._state.machines:
            raise NotFound(f"there is no machine {machine}")
        before = self.current(machine, module)
        if before is not None and before[0] != lease and module is Module.VUL:
            self.drop(machine, before[0])
        if module is Module.VUL:
            vul_events.installed(self._state, machine, self.items(machine, lease), at)
        self._state.current[machine, module] = lease, at
        self._state.risks[machine, module] = risks
        self._state.risk_levels[machine, module] = dict(levels)

    def current(self, machine: MachineId, module: Module) -> tuple[LeaseId, datetime] | None:
        """Which lease's results stand for the machine, and since when."""
        return self._state.current.get((machine, module))

    def risks(self, machine: MachineId, lease: LeaseId) -> Mapping[Level, int]:
        """Malware findings and failed baseline items of a lease, by level; levels without any are left out."""
        levels = Counter(filter(None, map(_risk, self.items(machine, lease))))
        return dict(sorted(levels.items()))

    def ecosystems(self, machine: MachineId, lease: LeaseId) -> frozenset[str]:
        """The ecosystems of the lease's packages."""
        return frozenset(item.ecosystem for item in self.items(machine, lease) if isinstance(item, Package))

    def restarts(self, machine: MachineId, lease: LeaseId) -> Sequence[Restart]:
        """What the machine said is to be started again."""
        return [item for item in self.items(machine, lease) if isinstance(item, Restart)]

    def matches(self, machine: MachineId, lease: LeaseId) -> Sequence[Match]:
        """The lease's packages against advisories and its own evidence."""
        return list(self._matches(self.items(machine, lease)))

    def items(self, machine: MachineId, lease: LeaseId) -> Sequence[Item]:
        """The stored rows in order."""
        return [item for key in self._batches(machine, lease) for item in self._state.batches[key]]

    def _batches(self, machine: MachineId, lease: LeaseId) -> list[tuple[MachineId, LeaseId, int]]:
        return sorted(key for key in self._state.batches if key[:2] == (machine, lease))

    def _matches(self, items: Sequence[Item]) -> Iterator[Match]:
        facts = [item for item in items if isinstance(item, HostFacts)]
        kernel = facts[-1].running_kernel if facts else ""
        evidence = [item for item in items if isinstance(item, Evidence)]
        advisories = [replace(advisory, feed=feed) for feed, advisory in counting(self._state)]
        for package in (item for item in items if isinstance(item, Package)):
            if version_key(package.ecosystem, package.source_version) is not None:
                yield from match(package, advisories, kernel)
            said = (match_evidence(package, each, kernel) for each in evidence)
            yield from (each for each in said if each is not None)


def _risk(item: Item) -> Level | None:
    return item.level if is_risk(item) and isinstance(item, MalwareFinding | Verdict) else None
