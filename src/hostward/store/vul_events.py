"""The fleet's vulnerabilities as they are now, in SQL: spans that meet, read for a machine or for a vulnerability."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import BindParameter, and_, bindparam, or_, select

from hostward.domain.advisory import FixStatus
from hostward.domain.ids import AccountId, EventId, MachineId, VulId
from hostward.domain.module import Module
from hostward.domain.severity import Level
from hostward.domain.vul_event import EventStatus, Span, event_parts
from hostward.store import vul_facts, vul_upgrades
from hostward.store.event_tables import evident, installed, package_match
from hostward.store.package_rows import COLUMNS, package_of
from hostward.store.session import Prepared, Row, Session
from hostward.store.tables import current_result, machine, package_version
from hostward.store.times import EPOCH, time_of, time_or_none
from hostward.store.vul_spans import Advice, Held, SetAside, chosen, events, in_order, level_of, over_machines
from hostward.usecases.records import TaskVul
from hostward.usecases.vul_event_ports import EventPage, FleetVulPage, UpgradePage, VulEvent, VulQuery

_I, _C, _E, _V, _M, _R = installed.c, package_match.c, evident.c, package_version.c, machine.c, current_result.c
_MEET = and_(
    _C.package_id == _I.package_id,
    or_(_C.until.is_(None), _C.until > _I.since),
    or_(_I.until.is_(None), _I.until > _C.since),
)
_SHOWN = (_M.account_id == bindparam("of_account"), _M.quarantined.is_(None))
_MATCHED = (
    select(
        *(_I.machine_id, _I.since, _I.until, *COLUMNS, _I.path),
        *(_C.vul_id, _C.feed, _C.advisory_id, _C.fixed, _C.status, _C.since, _C.until),
    )
    .join_from(installed, package_match, _MEET)
    .join(package_version, _V.package_id == _I.package_id)
    .join(machine, _M.machine_id == _I.machine_id)
    .where(*_SHOWN)
)
_SAID = (
    select(
        *(_E.machine_id, _E.since, _E.until, *COLUMNS, _E.path),
        *(_E.vul_id, _E.said_by, _E.fixed, _E.status),
    )
    .join_from(evident, package_version, _V.package_id == _E.package_id)
    .join(machine, _M.machine_id == _E.machine_id)
    .where(*_SHOWN)
)
_OF_MACHINE: BindParameter[int] = bindparam("of_machine")
_OF_VUL: BindParameter[int] = bindparam("of_vul")
_BY_MACHINE = (
    Prepared(_MATCHED.where(_I.machine_id == _OF_MACHINE)),
    Prepared(_SAID.where(_E.machine_id == _OF_MACHINE)),
)
_BY_VUL = (Prepared(_MATCHED.where(_C.vul_id == _OF_VUL)), Prepared(_SAID.where(_E.vul_id == _OF_VUL)))
_ONE = (
    Prepared(_MATCHED.where(_I.machine_id == _OF_MACHINE, _C.vul_id == _OF_VUL)),
    Prepared(_SAID.where(_E.machine_id == _OF_MACHINE, _E.vul_id == _OF_VUL)),
)
_MACHINES = Prepared(select(_M.machine_id).where(*_SHOWN).order_by(_M.machine_id))
_SEEN = Prepared(
    select(_R.machine_id, _R.at)
    .join_from(current_result, machine, _M.machine_id == _R.machine_id)
    .where(_R.module == Module.VUL.value, *_SHOWN)
)
_SEEN_ONE = Prepared(select(_R.at).where(_R.machine_id == _OF_MACHINE, _R.module == Module.VUL.value))


class SqlVulEvents:
    """ports.VulEvents."""

    def __init__(self, session: Session, aside: SetAside) -> None:
        self._session = session
        self._aside = aside

    def vulnerabilities(self, account: AccountId, wanted: VulQuery, *, limit: int, offset: int) -> FleetVulPage:
        """A page of the account's vulnerabilities. Reads all machines' events."""
        found, known = self._whole(account)
        rows = in_order(over_machines(chosen(found, known, wanted), known), wanted)
        return FleetVulPage(total=len(rows), rows=rows[offset : offset + limit])

    def machines_of(self, account: AccountId, vul: VulId, wanted: VulQuery, *, limit: int, offset: int) -> EventPage:
        """A page of the machines that have or had a vulnerability."""
        known = self._known([vul])
        brought: dict[MachineId, list[Held]] = {}
        for one, what in self._brought(_BY_VUL, of_account=account, of_vul=vul):
            brought.setdefault(one, []).append(what)
        seen = {row[0]: time_of(row[1]) for row in self._session.rows(_SEEN, of_account=account)}
        found = [event for one in sorted(brought) for event in self._events(account, one, brought[one], seen.get(one))]
        rows = chosen(found, known, wanted)
        return EventPage(total=len(rows), rows=rows[offset : offset + limit])

    def of_machine(
        self, account: AccountId, machine: MachineId, wanted: VulQuery, *, limit: int, offset: int
    ) -> EventPage:
        """A page of the vulnerabilities of one machine."""
        brought = [what for _, what in self._brought(_BY_MACHINE, of_account=account, of_machine=machine)]
        known = self._known(sorted({one.advice.vul for one in brought}))
        found = self._events(account, machine, brought, self._seen(machine))
        by_vul = {event.vul: event for event in chosen(found, known, wanted)}
        rows = [by_vul[one.known.id] for one in in_order(over_machines(by_vul.values(), known), wanted)]
        return EventPage(total=len(rows), rows=rows[offset : offset + limit])

    def get(self, account: AccountId, event: EventId) -> VulEvent | None:
        """One event of the account."""
        machine, vul = event_parts(event)
        found = self._brought(_ONE, of_account=account, of_machine=machine, of_vul=vul)
        brought = [what for _, what in found]
        return next(iter(self._events(account, machine, brought, self._seen(machine))), None)

    def levels(self, account: AccountId, machines: frozenset[MachineId] | None = None) -> Mapping[Level, int]:
        """How many distinct vulnerabilities count now, by level."""
        found, known = self._whole(account)
        vuls = {event.vul for event in found if _counts(event, machines)}
        return dict(sorted(Counter(level_of(known[vul]) for vul in vuls).items()))

    def machines_by_number(
        self, account: AccountId, machines: frozenset[MachineId] | None = None, *, limit: int
    ) -> Sequence[tuple[MachineId, int]]:
        """The machines with most vulnerabilities that count."""
        found, _ = self._whole(account)
        numbers = Counter(event.machine for event in found if _counts(event, machines))
        return sorted(numbers.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]

    def upgrades(
        self, account: AccountId, machines: frozenset[MachineId] | None = None, *, limit: int, offset: int
    ) -> UpgradePage:
        """A page of what can be upgraded."""
        found, known = self._whole(account)
        counting = [event for event in found if _counts(event, machines)]
        return vul_upgrades.page(vul_upgrades.of_events(counting, known), limit=limit, offset=offset)

    def _whole(self, account: AccountId) -> tuple[list[VulEvent], dict[VulId, TaskVul]]:
        """All events of the account, and what is known of their vulnerabilities."""
        found: list[VulEvent] = []
        known: dict[VulId, TaskVul] = {}
        seen = {row[0]: time_of(row[1]) for row in self._session.rows(_SEEN, of_account=account)}
        for row in self._session.rows(_MACHINES, of_account=account):
            one = MachineId(row[0])
            brought = [what for _, what in self._brought(_BY_MACHINE, of_account=account, of_machine=one)]
            known |= self._known(sorted({each.advice.vul for each in brought} - known.keys()))
            found += self._events(account, one, brought, seen.get(one))
        return found, known

    def _events(
        self,
        account: AccountId,
        of_machine: MachineId,
        brought: Sequence[Held],
        seen: datetime | None,
    ) -> list[VulEvent]:
        return events(account, of_machine, brought, seen=seen or EPOCH, aside=self._aside)

    def _brought(self, queries: tuple[Prepared, Prepared], **values: int) -> Iterator[tuple[MachineId, Held]]:
        matched, said = queries
        for row in self._session.rows(matched, **values):
            yield MachineId(row[0]), _matched(row)
        for row in self._session.rows(said, **values):
            yield MachineId(row[0]), _evident(row)

    def _known(self, numbers: Sequence[VulId]) -> dict[VulId, TaskVul]:
        return vul_facts.known(self._session, numbers)

    def _seen(self, of_machine: MachineId) -> datetime | None:
        row = self._session.row(_SEEN_ONE, of_machine=of_machine)
        return None if row is None else time_of(row[0])


def _counts(event: VulEvent, machines: frozenset[MachineId] | None) -> bool:
    return (machines is None or event.machine in machines) and event.status is EventStatus.PRESENT and not event.ignored


def _matched(row: Row) -> Held:
    _, since, until, *words, path, vul, feed, advisory, fixed, status, said_since, said_until = row
    return Held(
        package=package_of(words, path),
        span=Span(time_of(since), time_or_none(until)),
        advice=Advice(
            vul=VulId(vul),
            said_by=f"{feed} {advisory}",
            fixed=fixed,
            status=FixStatus(status),
            span=Span(time_of(said_since), time_or_none(said_until)),
        ),
    )


def _evident(row: Row) -> Held:
    _, since, until, *words, path, vul, said_by, fixed, status = row
    return Held(
        package=package_of(words, path),
        span=Span(time_of(since), time_or_none(until)),
        advice=Advice(vul=VulId(vul), said_by=said_by, fixed=fixed, status=FixStatus(status), span=Span(EPOCH)),
    )
