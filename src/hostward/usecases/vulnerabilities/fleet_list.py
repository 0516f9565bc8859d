"""The account's vulnerabilities and the machines that have them, in the states that people deal with."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum

from hostward.domain.ids import AccountId, EventId, MachineId, TaskId, VulId
from hostward.domain.vul_event import EventStatus
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import EnrolledAfter, MachineCondition
from hostward.usecases.vul_event_ports import EventPage, FleetVul, VulEvent, VulOrder, VulQuery
from hostward.usecases.vulnerabilities.looked_for import Rechecks, looked_for, newest_tasks, rechecks

EVERY = 2**31 - 1
"""More than any account has."""

READ_AT_ONCE = 1_000
"""Machines read in one query."""

MOST_EVENTS = 100
"""Events that a row of the list names; machines() has all of them."""


class State(IntEnum):
    """How an event stands; the numbers are those of VulInfoList.Status, in whose order a row has its own."""

    PENDING = 0
    IGNORED = 1
    FIXED = 3
    DETECTING = 5


_ORDER = (State.DETECTING, State.PENDING, State.IGNORED, State.FIXED)
_COUNTING = frozenset({State.PENDING, State.DETECTING})
_ALL = frozenset(State)

Also = Callable[[FleetVul], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A vulnerability and its events that are meant.

    states: those that occur among them, the row's own first. hosts: machines in the row's own state; those that are
    looked at anew count with those that wait.
    """

    vul: FleetVul
    states: tuple[State, ...]
    hosts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A row and what more is known of it. events: the first ones. fixed: when it was last fixed on a machine.

    task: the newest one that looked for it, 0 for none of the newest.
    """

    row: Row
    events: Sequence[EventId]
    fixed: datetime | None
    task: TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """total: how many there are without limit and offset. exploited: those of them that are known to be."""

    total: int
    exploited: int
    rows: Sequence[Shown]


@dataclass(frozen=True, slots=True, kw_only=True)
class MachinesPage:
    """total: how many there are without limit and offset."""

    total: int
    rows: Sequence[tuple[VulEvent, State]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which vulnerabilities. query: its status and ignored are left as they are: states says it; empty for all.

    also: what the query can't say; None for nothing more.
    """

    query: VulQuery
    states: frozenset[State] = frozenset()
    also: Also | None = None


def fleet_list(uow: UnitOfWork, account: AccountId, wanted: Wanted, *, limit: int, offset: int) -> Page:
    """A page of the account's vulnerabilities."""
    look = _look(uow, account, wanted)
    if look.is_plain(wanted):
        page = uow.vul_events.vulnerabilities(account, look.query, limit=limit, offset=offset)
        kev = replace(look.query, kev=True)
        exploited = uow.vul_events.vulnerabilities(account, kev, limit=1, offset=0).total
        total, rows = page.total, list(map(look.row, page.rows))
    else:
        found = look.every(wanted.also)
        total, exploited = len(found), sum(row.vul.known.kev for row in found)
        rows = found[offset : offset + limit]
    tasks = newest_tasks(uow, account)
    shown = [
        Shown(
            row=row,
            events=look.events(row.vul.known.id),
            fixed=look.last_fixed(row),
            task=next((task.id for task in tasks if looked_for(task, row.vul.known)), TaskId(0)),
        )
        for row in rows
    ]
    return Page(total=total, exploited=exploited, rows=shown)


def every(uow: UnitOfWork, account: AccountId, wanted: Wanted) -> Sequence[Row]:
    """All of the account's vulnerabilities that are meant, in order."""
    return _look(uow, account, wanted).every(wanted.also)


def machines(
    uow: UnitOfWork, account: AccountId, vul: VulId, wanted: Wanted, *, limit: int, offset: int
) -> MachinesPage:
    """A page of the machines that have or had a vulnerability, by machine."""
    return _look(uow, account, wanted).machines(vul, limit=limit, offset=offset)


def _look(uow: UnitOfWork, account: AccountId, wanted: Wanted) -> "_Look":
    states = wanted.states or _ALL
    return _Look(
        uow=uow, account=account, states=states, query=_narrowed(wanted.query, states), again=rechecks(uow, account)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One look at the account's events in some states. query: leaves them, as far as it can tell states apart."""

    uow: UnitOfWork
    account: AccountId
    states: frozenset[State]
    query: VulQuery
    again: Rechecks

    def is_plain(self, wanted: Wanted) -> bool:
        """Whether the store's own page of vulnerabilities is the one that is meant."""
        sorts = self.query.order is not VulOrder.MACHINES or self.states <= _COUNTING
        return sorts and wanted.also is None and self._tells_apart(bool(self.again))

    def every(self, also: Also | None) -> list[Row]:
        """All vulnerabilities, in order."""
        if self.states == {State.DETECTING} and not self.again:
            return []
        page = self.uow.vul_events.vulnerabilities(self.account, self.query, limit=EVERY, offset=0)
        meant = (one for one in page.rows if also is None or also(one))
        rows = [row for row in map(self.row, meant) if row.states]
        if self.query.order is VulOrder.MACHINES:
            rows.sort(key=lambda row: row.vul.known.id)
            rows.sort(key=lambda row: row.hosts, reverse=self.query.descending)
        return rows

    def machines(self, vul: VulId, *, limit: int, offset: int) -> MachinesPage:
        """Machines of a vulnerability."""
        if self._tells_apart(vul in self.again):
            page = self._events(vul, self.query, limit=limit, offset=offset)
            return MachinesPage(total=page.total, rows=[(event, state_of(event, self.again)) for event in page.rows])
        whole = [(event, state_of(event, self.again)) for event in self._events(vul, self.query).rows]
        found = [(event, state) for event, state in whole if state in self.states]
        return MachinesPage(total=len(found), rows=found[offset : offset + limit])

    def events(self, vul: VulId) -> list[EventId]:
        """The first events of a vulnerability."""
        return [event.id for event, _ in self.machines(vul, limit=MOST_EVENTS, offset=0).rows]

    def row(self, vul: FleetVul) -> Row:
        """The row of a vulnerability; without any states when none of its events is meant."""
        detecting = self._detecting(vul)
        counts = {
            State.DETECTING: detecting,
            State.PENDING: vul.known.machines - detecting,
            State.IGNORED: vul.ignored_machines,
            State.FIXED: vul.fixed_machines,
        }
        own = tuple(state for state in _ORDER if state in self.states and counts[state])
        alike = _COUNTING & self.states if own and own[0] in _COUNTING else own[:1]
        return Row(vul=vul, states=own, hosts=sum(counts[state] for state in alike))

    def last_fixed(self, row: Row) -> datetime | None:
        """When it was last fixed on one of the machines that are meant; None when it was on none."""
        if State.FIXED not in row.states:
            return None
        if row.vul.status is EventStatus.FIXED:
            return row.vul.last_seen
        ended = self._events(row.vul.known.id, replace(self.query, status=EventStatus.FIXED)).rows
        return max((event.fixed for event in ended if event.fixed is not None), default=None)

    def _detecting(self, vul: FleetVul) -> int:
        """On how many of its machines it is looked for anew."""
        looked_at = self.again.get(vul.known.id)
        if not looked_at or not vul.known.machines:
            return 0
        of_these = looked_at if self.query.machines is None else looked_at & self.query.machines
        there = replace(self.query, status=EventStatus.PRESENT, ignored=False, machines=of_these)
        return self._events(vul.known.id, there, limit=1).total

    def _events(self, vul: VulId, query: VulQuery, *, limit: int = EVERY, offset: int = 0) -> EventPage:
        return self.uow.vul_events.machines_of(self.account, vul, query, limit=limit, offset=offset)

    def _tells_apart(self, again: bool) -> bool:
        """Whether the query leaves exactly the events in these states. again: some are looked for anew."""
        counting = self.states & _COUNTING
        exact = not counting or counting == _COUNTING or (not again and State.PENDING in counting)
        return exact and self.states != {State.IGNORED, State.FIXED}


def state_of(event: VulEvent, again: Rechecks) -> State:
    """How an event stands."""
    if event.status is EventStatus.FIXED:
        return State.FIXED
    if event.ignored:
        return State.IGNORED
    return State.DETECTING if event.machine in again.get(event.vul, ()) else State.PENDING


def _narrowed(query: VulQuery, states: frozenset[State]) -> VulQuery:
    """The query for events in these states, as far as it can tell them apart."""
    counting, ignored, fixed = bool(states & _COUNTING), State.IGNORED in states, State.FIXED in states
    if fixed and not ignored:
        return replace(query, ignored=False) if counting else replace(query, status=EventStatus.FIXED)
    if fixed:
        return query
    return replace(query, status=EventStatus.PRESENT, ignored=None if counting and ignored else ignored)


def on_machines(uow: UnitOfWork, account: AccountId, uuids: Iterable[str]) -> frozenset[MachineId]:
    """The account's machines with these agents; names that nobody has are none."""
    found = (uow.machines.by_uuid(uuid) for uuid in dict.fromkeys(uuids))
    return frozenset(one[0].id for one in found if one is not None and one[0].account == account)


def meeting(uow: UnitOfWork, account: AccountId, conditions: Sequence[MachineCondition]) -> frozenset[MachineId] | None:
    """The account's machines that meet all the conditions; None for no condition."""
    if not conditions:
        return None
    found: set[MachineId] = set()
    after = MachineId(0)
    while True:
        chosen = (*conditions, EnrolledAfter(machine=after))
        rows = uow.machines.page(account, chosen, limit=READ_AT_ONCE, offset=0).rows
        found.update(row.machine.id for row in rows)
        if len(rows) < READ_AT_ONCE:
            return frozenset(found)
        after = rows[-1].machine.id
