"""The fleet's vulnerabilities as they are now, in memory."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hostward.domain.ids import AccountId, EventId, MachineId, VulId
from hostward.domain.matching import hidden_reason, match_evidence
from hostward.domain.module import Module
from hostward.domain.package import Evidence, HostFacts, Package
from hostward.domain.severity import Level
from hostward.domain.vul_event import EventStatus, Span, event_parts
from hostward.store.brought import Parts
from hostward.store.memory.advisories import MemoryAdvisories
from hostward.store.memory.ignored import ignored_on
from hostward.store.memory.package_advice import learn
from hostward.store.memory.state import State
from hostward.store.times import EPOCH
from hostward.store.upgrades import closed_by, ranked
from hostward.store.vul_spans import (
    Advice,
    Held,
    Installed,
    chosen,
    events,
    in_order,
    level_of,
    moved,
    over_machines,
)
from hostward.usecases.records import Item, TaskVul
from hostward.usecases.vul_event_ports import (
    EventPage,
    FleetVulPage,
    UpgradePage,
    VulEvent,
    VulQuery,
)


class MemoryVulEvents:
    """ports.VulEvents."""

    def __init__(self, state: State) -> None:
        self._state = state

    def vulnerabilities(self, account: AccountId, wanted: VulQuery, *, limit: int, offset: int) -> FleetVulPage:
        """A page of the account's vulnerabilities."""
        known = self._known()
        rows = in_order(over_machines(chosen(self._of_account(account), known, wanted), known), wanted)
        return FleetVulPage(total=len(rows), rows=rows[offset : offset + limit])

    def machines_of(self, account: AccountId, vul: VulId, wanted: VulQuery, *, limit: int, offset: int) -> EventPage:
        """A page of the machines that have or had a vulnerability."""
        found = [event for event in self._of_account(account) if event.vul == vul]
        rows = chosen(found, self._known(), wanted)
        return EventPage(total=len(rows), rows=rows[offset : offset + limit])

    def of_machine(
        self, account: AccountId, machine: MachineId, wanted: VulQuery, *, limit: int, offset: int
    ) -> EventPage:
        """A page of the vulnerabilities of one machine."""
        known = self._known()
        found = {event.vul: event for event in chosen(self._of_machine(account, machine), known, wanted)}
        rows = [found[one.known.id] for one in in_order(over_machines(found.values(), known), wanted)]
        return EventPage(total=len(rows), rows=rows[offset : offset + limit])

    def get(self, account: AccountId, event: EventId) -> VulEvent | None:
        """One event of the account."""
        machine, _ = event_parts(event)
        return next((each for each in self._of_machine(account, machine) if each.id == event), None)

    def levels(self, account: AccountId, machines: frozenset[MachineId] | None = None) -> Mapping[Level, int]:
        """How many distinct vulnerabilities count now, by level."""
        known = self._known()
        vuls = {event.vul for event in self._of_account(account) if counts(event, machines)}
        return dict(sorted(Counter(level_of(known[vul]) for vul in vuls).items()))

    def machines_by_number(
        self, account: AccountId, machines: frozenset[MachineId] | None = None, *, limit: int
    ) -> Sequence[tuple[MachineId, int]]:
        """The machines with most vulnerabilities that count."""
        numbers = Counter(event.machine for event in self._of_account(account) if counts(event, machines))
        return sorted(numbers.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]

    def upgrades(
        self, account: AccountId, machines: frozenset[MachineId] | None = None, *, limit: int, offset: int
    ) -> UpgradePage:
        """A page of the upgrades that close most."""
        found = closed_by(event for event in self._of_account(account) if counts(event, machines))
        rows = ranked(found, self._known())
        return UpgradePage(total=len(rows), rows=rows[offset : offset + limit])

    def _of_account(self, account: AccountId) -> list[VulEvent]:
        return [event for machine in sorted(self._state.installed) for event in self._of_machine(account, machine)]

    def _of_machine(self, account: AccountId, machine: MachineId) -> list[VulEvent]:
        known = self._state.machines.get(machine)
        if known is None or known.account != account or known.quarantined is not None:
            return []
        brought = [
            *(
                Held(package=one.package, span=one.span, advice=advice)
                for one in self._state.installed.get(machine, ())
                for advice in self._state.advice[replace(one.package, path=b"")]
            ),
            *self._state.evident.get(machine, ()),
        ]
        current = self._state.current.get((machine, Module.VUL))
        seen = EPOCH if current is None else current[1]
        return events(account, machine, brought, seen=seen, aside=_Rules(self._state))

    def _known(self) -> dict[VulId, TaskVul]:
        return {vul.id: vul for vul in MemoryAdvisories(self._state).vuls(list(self._state.known))}


class _Rules:
    """vul_spans.SetAside."""

    def __init__(self, state: State) -> None:
        self._state = state

    def ignored(self, account: AccountId, machine: MachineId, brought: Parts) -> frozenset[VulId]:
        """Those that rules set aside."""
        return ignored_on(self._state, account, machine, brought)


def counts(event: VulEvent, machines: frozenset[MachineId] | None) -> bool:
    """Is it there, not ignored, and on one of these machines?"""
    return (machines is None or event.machine in machines) and event.status is EventStatus.PRESENT and not event.ignored


def installed(state: State, machine: MachineId, items: Sequence[Item], at: datetime) -> None:
    """This is the machine's inventory now."""
    facts = [item for item in items if isinstance(item, HostFacts)]
    kernel = facts[-1].running_kernel if facts else ""
    packages = [item for item in items if isinstance(item, Package) and not hidden_reason(item, kernel)]
    for package in packages:
        learn(state, replace(package, path=b""))
    now: dict[Hashable, Installed] = {each: Installed(package=each, span=Span(at)) for each in packages}
    state.installed[machine] = moved(state.installed.get(machine, ()), now, _package, at)
    said: dict[Hashable, Held] = {}
    for one in (item for item in items if isinstance(item, Evidence)):
        for package in packages:
            brought = _evident(state, package, one, at)
            if brought is not None:
                said.setdefault(_said(brought), brought)
    state.evident[machine] = moved(state.evident.get(machine, ()), said, _said, at)


def _evident(state: State, package: Package, said: Evidence, at: datetime) -> Held | None:
    found = match_evidence(package, said)
    if found is None:
        return None
    vul = MemoryAdvisories(state).vul_ids([found.key])[found.key]
    advice = Advice(vul=vul, said_by=found.evidence, fixed=found.fixed, status=found.status, span=Span(EPOCH))
    return Held(package=package, span=Span(at), advice=advice)


def _package(one: Installed) -> Package:
    return one.package


def _said(one: Held) -> tuple[Package, VulId]:
    return one.package, one.advice.vul
