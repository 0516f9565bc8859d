"""Scan again for single vulnerabilities on single machines, which their events name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hostward.domain.errors import InvalidValue
from hostward.domain.ids import AccountId, EventId, MachineId, VulId
from hostward.domain.options import VulOptions
from hostward.domain.reason import Reason
from hostward.domain.task import Trigger
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import ScanRequest, Scope
from hostward.usecases.scans.start import Started, start
from hostward.usecases.vul_event_ports import VulEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which events. uuids: only those of them that are on machines with these agents, all for none."""

    events: Sequence[EventId]
    uuids: Sequence[str] = ()


def rescan(
    uow: UnitOfWork, *, chosen: Chosen, content: Callable[[VulOptions], tuple[str, ...]], timeout: timedelta,
    rule: Callable[[ScanRequest], ScanRequest], account: AccountId, by: str, now: datetime,
) -> Started:  # fmt: skip
    """Start a scan of the events' machines that counts the events' vulnerabilities alone.

    rule: the request as the operator's rules for hosts let it be.

    Raises InvalidValue for an event or agent that is not the account's, and for an agent on whose machine no event is;
    NoMachines.
    """
    events = _events(uow, account, chosen.events)
    if chosen.uuids:
        events = _narrowed(uow, account, events, chosen.uuids)
    machines = (uow.machines.get(machine) for machine in _machines(events))
    quuids = tuple(machine.quuid for machine in machines if machine is not None)
    options = VulOptions(vul_ids=_vuls(events))
    scope = Scope(everything=False, quuids=quuids)
    request = ScanRequest(options=options, content=content(options), scope=scope, timeout=timeout)
    return start(uow, request=rule(request), account=account, by=by, trigger=Trigger.ONE_CLICK, now=now)


def _events(uow: UnitOfWork, account: AccountId, wanted: Sequence[EventId]) -> list[VulEvent]:
    found = {event: uow.vul_events.get(account, event) for event in wanted}
    missing = [str(event) for event, known in found.items() if known is None]
    if missing:
        raise InvalidValue.because(Reason.UNKNOWN_EVENTS, names=missing)
    return [event for event in found.values() if event is not None]


def _narrowed(
    uow: UnitOfWork, account: AccountId, events: Sequence[VulEvent], uuids: Sequence[str]
) -> list[VulEvent]:  # fmt: skip
    """The events on these machines: each must have one."""
    agents = {uuid: uow.machines.by_uuid(uuid) for uuid in dict.fromkeys(uuids)}
    known = {uuid: one[0].id for uuid, one in agents.items() if one is not None and one[0].account == account}
    unknown = [uuid for uuid in agents if uuid not in known]
    if unknown:
        raise InvalidValue.because(Reason.UNKNOWN_UUIDS, names=unknown)
    there = set(_machines(events))
    without = [uuid for uuid, machine in known.items() if machine not in there]
    if without:
        raise InvalidValue.because(Reason.UUIDS_WITHOUT_EVENT, names=without)
    return [event for event in events if event.machine in known.values()]


def _machines(events: Sequence[VulEvent]) -> tuple[MachineId, ...]:
    return tuple(dict.fromkeys(event.machine for event in events))


def _vuls(events: Sequence[VulEvent]) -> tuple[VulId, ...]:
    return tuple(dict.fromkeys(event.vul for event in events))
