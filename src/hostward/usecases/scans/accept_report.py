"""Take a report: rows, ledger, unit and tally move together in one transaction, so that nothing is lost or doubled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hostward.domain.advisory import Match
from hostward.domain.errors import AgentRefused, InvalidValue, StaleLease
from hostward.domain.finding import ScanStats
from hostward.domain.host_scan import WHOLE, FailType, Unit, UnitState
from hostward.domain.ids import LeaseId, MachineId
from hostward.domain.matching import is_selected
from hostward.domain.note import NOTHING, Code, Note, printable
from hostward.domain.options import VulOptions
from hostward.domain.remedy import with_restarts
from hostward.domain.severity import Level
from hostward.domain.task import Task
from hostward.protocol.report import MAX_ITEMS, Answer, Batch, End, Report, item_of
from hostward.usecases.fleet_ports import NO_LEVELS
from hostward.usecases.notifications.finished import tell_finished
from hostward.usecases.notifications.found import tell_new
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import Item, Lease, is_risk
from hostward.usecases.scans.start import CATALOGUE
from hostward.usecases.vulnerabilities.feed_doubts import doubts as doubts_of

REASON_CHARS = 300
"""Longest reason kept of an agent's words."""

REASONS = 5
"""Reasons shown; more are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a report belongs."""

    lease: Lease
    unit: Unit
    task: Task

    @property
    def is_current(self) -> bool:
        """The unit still waits for this lease's results."""
        return self.unit.lease == self.lease.id and self.unit.run == self.lease.run and not self.unit.is_final

    @property
    def is_late(self) -> bool:
        """The unit ended without this lease's results, and nobody else brought any: they are the machine's own."""
        return self.unit.lease == self.lease.id and self.unit.is_final


def accept(uow: UnitOfWork, *, machine: MachineId, report: Report, now: datetime) -> Answer:
    """Store what is new in a report and say what is durable.

    Batches count once, in order; one that comes too early is left for the agent to send again. Raises StaleLease
    when another lease has taken over (nothing is kept), AgentRefused for another machine's lease.
    """
    uow.machines.seen(machine, now)
    if uow.machines.instance(machine) is None:
        raise StaleLease(f"lease {report.lease} is not known any more: its machine was removed")
    place = _place(uow, machine, LeaseId(report.lease))
    if place.lease.ended:
        return Answer(acked=place.lease.acked, ended=True, stop=False)
    lease, risks = _store(uow, place.lease, report.batches)
    grew = lease.acked > place.lease.acked
    place = replace(place, lease=lease)
    if place.is_current:
        place = _advance(uow, place, report, risks if grew else None, now)
    ended = report.end is not None and report.end.batches == lease.acked
    if report.end is not None and ended:
        _end(uow, place, report.end, now)
    stop = not ended and (place.unit.state is UnitState.STOPPING)
    return Answer(acked=lease.acked, ended=ended, stop=stop)


def _place(uow: UnitOfWork, machine: MachineId, number: LeaseId) -> _Place:
    lease = uow.tasks.lease(number, lock=True)
    if lease is None:
        raise StaleLease(f"lease {number} is not known")
    if lease.machine != machine:
        raise AgentRefused(f"lease {number} is not this machine's")
    unit = uow.tasks.unit(lease.task, lease.seq, lock=True)
    task = uow.tasks.get(lease.task)
    if unit is None or task is None:
        raise StaleLease(f"lease {number} is not known")
    place = _Place(lease=lease, unit=unit, task=task)
    if not (place.is_current or place.is_late or lease.ended):
        raise StaleLease(f"lease {number} was replaced")
    return place


def _store(uow: UnitOfWork, lease: Lease, batches: Sequence[Batch]) -> tuple[Lease, int]:
    """The lease after its new batches were stored, and the risks that they hold (vulnerabilities are matches)."""
    acked, risks = lease.acked, 0
    for batch in sorted(batches, key=lambda one: one.seq):
        if batch.seq != acked:
            continue
        if len(batch.rows) > MAX_ITEMS:
            raise InvalidValue(f"a batch holds at most {MAX_ITEMS} rows, this one has {len(batch.rows)}")
        items = _kept(batch)
        uow.results.add(lease.machine, lease.id, batch.seq, items)
        risks += sum(map(is_risk, items))
        acked += 1
    stored = replace(lease, acked=acked)
    if acked != lease.acked:
        uow.tasks.put_lease(stored)
    return stored, risks


def _kept(batch: Batch) -> list[Item]:
    """The batch's results; figures about the scan itself are for whoever runs one by hand."""
    items = (item_of(row) for row in batch.rows)
    return [item for item in items if not isinstance(item, ScanStats)]


def _advance(uow: UnitOfWork, place: _Place, report: Report, more: int | None, now: datetime) -> _Place:
    """The unit after news: further, and with the risks known so far. more: those of new batches, None without any."""
    share = min(max(report.progress, 0.0), 1.0)
    note = Note(code=Code.DOING, values={"what": _words(report.doing), "percent": str(int(share * 100))})
    after = place.unit.progressed(min(int(share * WHOLE), WHOLE - 1), note if report.doing else place.unit.note)
    if more is not None:
        after = after.found(_risks(uow, place, more))
    uow.tasks.change(place.unit, after, now)
    return replace(place, unit=after)


def _risks(uow: UnitOfWork, place: _Place, more: int) -> int:
    """Risks of a lease's results so far; for vulnerabilities the unit's own set is recorded with it.

    Others are added up: a new lease begins at none, and counting them all anew with every report would cost a lease of
    many findings the square of their number.
    """
    options = place.task.options
    if not isinstance(options, VulOptions):
        return place.unit.risk_num + more
    chosen = _chosen(uow, place, options)
    restarts = uow.results.restarts(place.lease.machine, place.lease.id) if chosen else ()
    return uow.tasks.record_vuls(place.unit, with_restarts(chosen, restarts))


def _chosen(uow: UnitOfWork, place: _Place, options: VulOptions) -> Sequence[Match]:
    """The lease's matches that the task was asked for."""
    matches = uow.results.matches(place.lease.machine, place.lease.id)
    counted = [match for match in matches if not match.hidden and is_selected(match, options)]
    if options.emergency:
        exploited = _exploited(uow, counted)
        counted = [match for match in counted if match.key in exploited]
    if not options.vul_ids:
        return counted
    keys = {vul.key for vul in uow.advisories.vuls(options.vul_ids)}
    return [match for match in counted if match.key in keys]


def _exploited(uow: UnitOfWork, matches: Sequence[Match]) -> frozenset[str]:
    """Those of the vulnerabilities that are known to be exploited now."""
    numbers = uow.advisories.vul_ids({match.key: None for match in matches})
    return frozenset(vul.key for vul in uow.advisories.vuls(list(numbers.values())) if vul.kev)


def _end(uow: UnitOfWork, place: _Place, end: End, now: datetime) -> None:
    """The lease is over: its unit becomes final, and whole results become the machine's own."""
    uow.tasks.put_lease(replace(place.lease, ended=True))
    if end.outcome == "ok":
        risks, levels = _own_risks(uow, place)
        tell_new(uow, task=place.task, lease=place.lease, now=now)
        uow.results.make_current(
            place.lease.machine, place.task.module, place.lease.id, now, risks=risks, levels=levels
        )
    if not place.is_current:
        return
    after = _ended_unit(place.unit, end, _doubts(uow, place, end, now), now)
    uow.tasks.change(place.unit, after, now)
    if after.state is UnitState.OK and after.begin is not None:
        uow.tasks.learn(place.task.account, place.task.module, now - after.begin)
    if after.is_final:
        tell_finished(uow, [place.task], now)


def _own_risks(uow: UnitOfWork, place: _Place) -> tuple[int, Mapping[Level, int]]:
    """Risks of the lease's whole results; of vulnerabilities all that count, whichever the task asked for.

    By level too, but for vulnerabilities: their levels are counted with the task that found them.
    """
    options = place.task.options
    if not isinstance(options, VulOptions):
        levels = uow.results.risks(place.lease.machine, place.lease.id)
        return sum(levels.values()), levels
    if place.is_current and options == VulOptions():
        # Judged with the last batch: matching anew would double the cost of a report.
        return uow.ignores.copy_own(place.unit), NO_LEVELS
    matches = uow.results.matches(place.lease.machine, place.lease.id)
    return uow.ignores.record_own(place.lease.machine, [match for match in matches if not match.hidden]), NO_LEVELS


def _doubts(uow: UnitOfWork, place: _Place, end: End, now: datetime) -> Sequence[str]:
    """What advisories that are missing or old leave in doubt, so that no scan passes for more than it is."""
    options = place.task.options
    if end.outcome != "ok" or not isinstance(options, VulOptions):
        return ()
    also = (CATALOGUE,) if options.emergency else ()
    lease = place.lease
    installed = uow.results.ecosystems(lease.machine, lease.id)
    return doubts_of(uow, installed, now=now, also=also, said=end.reasons)


def _ended_unit(unit: Unit, end: End, doubts: Sequence[str], now: datetime) -> Unit:
    if unit.state is UnitState.STOPPING:
        return unit.stopped(now)
    if end.outcome == "ok":
        return unit.judged(now, _note(Code.NOT_JUDGED, [*end.reasons, *doubts]))
    if end.outcome == "stopped":
        return unit.lease_lost(now, spends_attempt=False)
    return unit.failed(FailType.FAILED, now, _note(Code.FAILED, end.reasons or ["the scan failed without a reason"]))


def _note(code: Code, reasons: Sequence[str]) -> Note:
    if not reasons:
        return NOTHING
    shown = [_words(reason) for reason in reasons[:REASONS]]
    more = [f"and {len(reasons) - REASONS} more"] if len(reasons) > REASONS else []
    return Note(code=code, values={"what": "; ".join([*shown, *more])})


def _words(text: str) -> str:
    return printable(text[:REASON_CHARS])
