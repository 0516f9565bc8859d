"""Look at what machines have now, between scans too: by vulnerability, by machine, and both ways."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hostward.domain.advisory import FixStatus
from hostward.domain.ids import ROWS_PER_TASK, AccountId, MachineId, VulId
from hostward.domain.machine import Machine
from hostward.domain.machine_filter import Text, TextIs
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import TaskVul
from hostward.usecases.vul_event_ports import FleetVul, UpgradePage, VulEvent, VulQuery
from hostward.usecases.vulnerabilities.visible import visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A page of an account's vulnerabilities. statuses: what can be done about those of the page."""

    total: int
    rows: Sequence[FleetVul]
    statuses: Mapping[VulId, FixStatus]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnMachines:
    """A page of the machines that have or had a vulnerability."""

    total: int
    rows: Sequence[tuple[VulEvent, Machine]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfMachine:
    """A page of the vulnerabilities that a machine has or had, each with what is known of it in general."""

    total: int
    rows: Sequence[tuple[VulEvent, TaskVul]]


def listing(
    uow: UnitOfWork, *, account: AccountId, wanted: VulQuery, quuids: Sequence[str] = (), limit: int, offset: int
) -> Listed:
    """The account's vulnerabilities; quuids: on these machines alone, () for all. Unknown machines have none."""
    if quuids:
        wanted = replace(wanted, machines=on_machines(uow, account, quuids))
    page = uow.vul_events.vulnerabilities(account, wanted, limit=limit, offset=offset)
    statuses = {one.known.id: _fix_status(uow, account, one, wanted) for one in page.rows}
    return Listed(total=page.total, rows=page.rows, statuses=statuses)


def upgrades(
    uow: UnitOfWork, *, account: AccountId, quuids: Sequence[str] = (), limit: int, offset: int
) -> UpgradePage:  # fmt: skip
    """What to upgrade, by the risks that it closes; quuids: on these machines alone, () for all."""
    machines = on_machines(uow, account, quuids) if quuids else None
    return uow.vul_events.upgrades(account, machines, limit=limit, offset=offset)


def on_machines(uow: UnitOfWork, account: AccountId, quuids: Sequence[str]) -> frozenset[MachineId]:
    """Those of the account's machines that have these quuids."""
    return frozenset(machine.id for machine in uow.machines.by_quuids(account, quuids).values())


def machines_of(
    uow: UnitOfWork, *, account: AccountId, vul: VulId, wanted: VulQuery, text: str, limit: int, offset: int
) -> OnMachines | None:
    """The machines with a vulnerability; text: part of a host name, an address or a remark, "" for all.

    None for a vulnerability that the account may not read of.
    """
    if text:
        wanted = replace(wanted, machines=_called(uow, account, text))
    page = uow.vul_events.machines_of(account, vul, wanted, limit=limit, offset=offset)
    if not page.total and vul not in visible(uow, account, [vul]):
        return None
    found = [(event, uow.machines.get(event.machine)) for event in page.rows]
    return OnMachines(total=page.total, rows=[(event, machine) for event, machine in found if machine is not None])


def of_machine(
    uow: UnitOfWork, *, account: AccountId, quuid: str, wanted: VulQuery, limit: int, offset: int
) -> OfMachine | None:
    """A machine's vulnerabilities; None for a machine that is not the account's."""
    machine = uow.machines.by_quuids(account, [quuid]).get(quuid)
    if machine is None:
        return None
    page = uow.vul_events.of_machine(account, machine.id, wanted, limit=limit, offset=offset)
    known = {vul.id: vul for vul in uow.advisories.vuls([event.vul for event in page.rows])}
    return OfMachine(total=page.total, rows=[(event, known[event.vul]) for event in page.rows])


def _called(uow: UnitOfWork, account: AccountId, text: str) -> frozenset[MachineId]:
    """The machines with this in one of their names."""
    condition = TextIs(text=Text.ANY, values=(text,))
    page = uow.machines.page(account, (condition,), limit=ROWS_PER_TASK, offset=0)
    return frozenset(row.machine.id for row in page.rows)


def _fix_status(uow: UnitOfWork, account: AccountId, one: FleetVul, wanted: VulQuery) -> FixStatus:
    """Of the package that is shown. A fixed version says enough; else its machine's event says why there is none."""
    if one.known.fixed:
        return FixStatus.FIXED
    narrowed = replace(wanted, status=one.status, text="")
    page = uow.vul_events.machines_of(account, one.known.id, narrowed, limit=1, offset=0)
    return page.rows[0].packages[0].status
