"""The fleet's vulnerabilities as they are now, in SQL.

What is there is chosen and counted by sets of machines (fleet_sets.py). Events are made from spans only for the page
that is shown, and of what is there no more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hostward.domain.ids import AccountId, EventId, MachineId, VulId
from hostward.domain.severity import Level
from hostward.domain.vul_event import EventStatus, event_parts
from hostward.store import vul_facts, vul_lists
from hostward.store.fleet_sets import Fleet, FleetSets
from hostward.store.held_rows import HeldRows
from hostward.store.ignore_rows import KeptRules
from hostward.store.ignored_sets import IgnoredSets
from hostward.store.machine_sets import NOBODY, holds, lowest, members, set_of
from hostward.store.session import Session
from hostward.store.times import EPOCH, time_of
from hostward.store.upgrades import ranked
from hostward.store.vul_lists import Chosen
from hostward.store.vul_spans import Held, chosen, events, rank, shown_by
from hostward.store.vul_times import Times, times
from hostward.usecases.records import TaskVul
from hostward.usecases.vul_event_ports import (
    EventPage,
    FleetVul,
    FleetVulPage,
    UpgradePage,
    VulEvent,
    VulOrder,
    VulQuery,
)

EVERYBODY = ~NOBODY
COUNTING = VulQuery(status=EventStatus.PRESENT, ignored=False)
BY_TIME = (VulOrder.FIRST_SEEN, VulOrder.LAST_SEEN)


class SqlVulEvents:
    """ports.VulEvents."""

    def __init__(self, session: Session, aside: KeptRules, sets: FleetSets) -> None:
        self._session = session
        self._aside = aside
        self._sets = sets
        self._held = HeldRows(session)

    def vulnerabilities(self, account: AccountId, wanted: VulQuery, *, limit: int, offset: int) -> FleetVulPage:
        """A page of the account's vulnerabilities."""
        fleet = self._sets.of(self._session, account)
        there = {one.vul.id: one for one in self._there(account, fleet, wanted, _set(wanted.machines))}
        gone: dict[VulId, list[VulEvent]] = {}
        for event in self._gone(account, fleet, wanted):
            gone.setdefault(event.vul, []).append(event)
        vuls = {which: one.vul for which, one in there.items()} | self._known(sorted(gone.keys() - there.keys()))
        seen = self._times(account, fleet, there) if wanted.order in BY_TIME else {}

        def place(which: VulId) -> object:
            first, last = _span(seen.get(which), gone.get(which, ()))
            return rank(vuls[which], _counting(there.get(which)), first, last, wanted.order)

        # Equal ones stay in the order of their numbers, whichever way the list goes.
        in_order = sorted(sorted(vuls), key=place, reverse=wanted.descending)  # type: ignore[arg-type]  # of one kind
        page = in_order[offset : offset + limit]
        rows = self._listed(account, fleet, page, {which: there[which] for which in page if which in there}, gone)
        return FleetVulPage(total=len(vuls), rows=rows)

    def machines_of(self, account: AccountId, vul: VulId, wanted: VulQuery, *, limit: int, offset: int) -> EventPage:
        """A page of the machines that have or had a vulnerability."""
        fleet = self._sets.of(self._session, account)
        there = next(iter(self._there(account, fleet, wanted, _set(wanted.machines), only=vul)), None)
        gone = {event.machine: event for event in self._gone(account, fleet, wanted, vul=vul)}
        machines = sorted({*(map(MachineId, members(there.machines)) if there else ()), *gone})
        page = machines[offset : offset + limit]
        found = self._of_vul(account, fleet, vul, [each for each in page if each not in gone])
        return EventPage(total=len(machines), rows=[gone.get(each) or found[each] for each in page])

    def of_machine(
        self, account: AccountId, machine: MachineId, wanted: VulQuery, *, limit: int, offset: int
    ) -> EventPage:
        """A page of the vulnerabilities of one machine."""
        fleet = self._sets.of(self._session, account)
        there = {one.vul.id: one for one in self._there(account, fleet, wanted, _set(wanted.machines) & 1 << machine)}
        gone = {event.vul: event for event in self._gone(account, fleet, wanted, machine=machine)}
        vuls = {which: one.vul for which, one in there.items()} | self._known(sorted(gone))
        made = self._of_machine(account, fleet, machine, list(there)) if wanted.order in BY_TIME else {}

        def place(which: VulId) -> object:
            event = gone.get(which) or made.get(which)
            first, last = (EPOCH, EPOCH) if event is None else (event.oldest, event.last_seen)
            return rank(vuls[which], _counting(there.get(which)), first, last, wanted.order)

        in_order = sorted(sorted(vuls), key=place, reverse=wanted.descending)  # type: ignore[arg-type]  # of one kind
        page = in_order[offset : offset + limit]
        found = made or self._of_machine(account, fleet, machine, [each for each in page if each not in gone])
        return EventPage(total=len(vuls), rows=[gone.get(each) or found[each] for each in page])

    def get(self, account: AccountId, event: EventId) -> VulEvent | None:
        """One event of the account."""
        machine, vul = event_parts(event)
        brought = self._held.of_pairs(account, machine, [vul])
        fleet = self._sets.of(self._session, account)
        return next(iter(self._events(account, fleet, machine, brought)), None)

    def levels(self, account: AccountId, machines: frozenset[MachineId] | None = None) -> Mapping[Level, int]:
        """How many distinct vulnerabilities count now, by level."""
        fleet = self._sets.of(self._session, account)
        return vul_lists.levels(self._there(account, fleet, COUNTING, _set(machines)))

    def machines_by_number(
        self, account: AccountId, machines: frozenset[MachineId] | None = None, *, limit: int
    ) -> Sequence[tuple[MachineId, int]]:
        """The machines with most vulnerabilities that count."""
        fleet = self._sets.of(self._session, account)
        numbers = vul_lists.numbers(self._there(account, fleet, COUNTING, _set(machines)))
        most = sorted(numbers.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]
        return [(MachineId(which), number) for which, number in most]

    def upgrades(
        self, account: AccountId, machines: frozenset[MachineId] | None = None, *, limit: int, offset: int
    ) -> UpgradePage:
        """A page of the upgrades that close most."""
        fleet = self._sets.of(self._session, account)
        found = vul_lists.closed(fleet, self._there(account, fleet, COUNTING, _set(machines)))
        rows = ranked(found, fleet.advice.facts)
        return UpgradePage(total=len(rows), rows=rows[offset : offset + limit])

    def _there(
        self, account: AccountId, fleet: Fleet, wanted: VulQuery, among: int, *, only: VulId | None = None
    ) -> Iterable[Chosen]:
        if wanted.status is EventStatus.FIXED:
            return ()
        known = fleet.advice.known(self._session, list(fleet.present))
        aside = IgnoredSets(self._session, self._aside, account, fleet)
        return vul_lists.chosen(fleet, known, aside, wanted, among, only=only)

    def _gone(
        self,
        account: AccountId,
        fleet: Fleet,
        wanted: VulQuery,
        *,
        machine: MachineId | None = None,
        vul: VulId | None = None,
    ) -> list[VulEvent]:
        """What was there once and is no more, as far as it is wanted."""
        if wanted.status is EventStatus.PRESENT:
            return []
        found: list[VulEvent] = []
        for which, brought in self._held.ended(account, machine=machine, vul=vul).items():
            left = [one for one in brought if not holds(fleet.present.get(one.advice.vul, NOBODY), which)]
            found += self._events(account, fleet, which, left)
        return chosen(found, self._known(sorted({event.vul for event in found})), wanted)

    def _listed(
        self,
        account: AccountId,
        fleet: Fleet,
        page: Sequence[VulId],
        there: Mapping[VulId, Chosen],
        gone: Mapping[VulId, Sequence[VulEvent]],
    ) -> list[FleetVul]:
        known, seen = self._known(page), self._times(account, fleet, there)
        firsts: dict[MachineId, list[VulId]] = {}
        for which, one in there.items():
            firsts.setdefault(MachineId(lowest(one.machines)), []).append(which)
        first_of: dict[VulId, VulEvent] = {}
        for machine, vuls in firsts.items():
            first_of |= self._of_machine(account, fleet, machine, vuls)
        rows: list[FleetVul] = []
        for which in page:
            ended = gone.get(which, ())
            shown = first_of.get(which) or min(ended, key=lambda event: event.machine)
            first, last = _span(seen.get(which), ended)
            rows.append(
                FleetVul(
                    known=replace(shown_by(known[which], shown), machines=_counting(there.get(which))),
                    status=shown.status,
                    fixed_machines=len(ended),
                    ignored_machines=there[which].ignored.bit_count() if which in there else 0,
                    first_seen=first,
                    last_seen=last,
                )
            )
        return rows

    def _times(self, account: AccountId, fleet: Fleet, there: Mapping[VulId, Chosen]) -> dict[VulId, Times]:
        return times(self._session, account, fleet, {which: one.machines for which, one in there.items()})

    def _of_machine(
        self, account: AccountId, fleet: Fleet, machine: MachineId, vuls: Sequence[VulId]
    ) -> dict[VulId, VulEvent]:
        brought = self._held.of_pairs(account, machine, vuls)
        return {event.vul: event for event in self._events(account, fleet, machine, brought)}

    def _of_vul(
        self, account: AccountId, fleet: Fleet, vul: VulId, machines: Sequence[MachineId]
    ) -> dict[MachineId, VulEvent]:
        brought = self._held.of_vul(account, vul, machines)
        return {
            event.machine: event
            for which, some in brought.items()
            for event in self._events(account, fleet, which, some)
        }

    def _events(self, account: AccountId, fleet: Fleet, machine: MachineId, brought: Iterable[Held]) -> list[VulEvent]:
        _, at = fleet.machines.get(machine, (0, 0))
        return events(account, machine, brought, seen=time_of(at), aside=self._aside)

    def _known(self, numbers: Sequence[VulId]) -> dict[VulId, TaskVul]:
        return vul_facts.known(self._session, numbers)


def _set(machines: frozenset[MachineId] | None) -> int:
    return EVERYBODY if machines is None else set_of(list(machines))


def _counting(one: Chosen | None) -> int:
    return 0 if one is None else (one.machines & ~one.ignored).bit_count()


def _span(seen: Times | None, ended: Iterable[VulEvent]) -> tuple[datetime, datetime]:
    """From the first time on any machine to the last one; EPOCH where nobody asked."""
    firsts = [event.oldest for event in ended]
    lasts = [event.last_seen for event in ended]
    if seen is not None:
        firsts.append(time_of(seen.first))
        lasts.append(time_of(seen.last))
    return min(firsts, default=EPOCH), max(lasts, default=EPOCH)
