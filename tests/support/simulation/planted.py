"""Bugs planted on purpose: a simulation that does not find them proves nothing."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from hostward.agent.events import Trouble
from hostward.agent.lease import Held
from hostward.agent.leases import Leases
from hostward.agent.loop import Loop
from hostward.agent.spool import Spool
from hostward.agentlink import endpoints
from hostward.agentlink.hub import Hub
from hostward.domain.host_scan import Unit
from hostward.domain.tally import Tally
from hostward.protocol.report import Batch, End, Row
from hostward.store.memory.machines import MemoryMachines
from hostward.store.memory.tasks import MemoryTasks
from hostward.usecases.machines import session
from hostward.usecases.scans import accept_report, dispatch, expire
from simulation import database, disk

Patch = pytest.MonkeyPatch


def batches_are_not_told_apart(patch: Patch) -> None:
    """The server takes whatever batch comes as the next one."""

    def store(uow: Any, lease: Any, batches: Sequence[Batch]) -> Any:
        acked = lease.acked
        for batch in batches:
            uow.results.add(lease.machine, lease.id, acked, accept_report._kept(batch))
            acked += 1
        stored = replace(lease, acked=acked)
        uow.tasks.put_lease(stored)
        return stored

    patch.setattr(accept_report, "_store", store)


def answers_come_before_the_commit(patch: Patch) -> None:
    """The server says that it has what its disk has not."""
    kept = database.Database._run

    def run(self: database.Database, group: Any) -> Any:
        done = kept(self, group)
        for future, result, problem in done:
            if problem is None and not future.done():
                future.set_result(result)
        return done

    patch.setattr(database.Database, "_run", run)


def attempts_are_not_counted(patch: Patch) -> None:
    """A machine that loses every lease is given another for ever."""
    leased = Unit.leased
    patch.setattr(Unit, "leased", lambda self, *args: replace(leased(self, *args), attempt=self.attempt))


def an_end_is_believed_though_batches_are_missing(patch: Patch) -> None:
    """The unit is OK before everything is in."""
    accept = accept_report.accept

    def hasty(uow: Any, *, machine: Any, report: Any, now: Any) -> Any:
        if report.end is not None:
            known = uow.tasks.lease(report.lease)
            first = [batch for batch in report.batches if known is None or batch.seq <= known.acked][:1]
            got = (known.acked if known else 0) + sum(known is not None and one.seq == known.acked for one in first)
            report = type(report)(
                lease=report.lease, batches=first, progress=report.progress, doing=report.doing,
                end=type(report.end)(outcome=report.end.outcome, batches=got),
            )  # fmt: skip
        return accept(uow, machine=machine, report=report, now=now)

    patch.setattr(endpoints, "accept", hasty)


def results_of_a_lost_lease_stay(patch: Patch) -> None:
    """A new lease does not replace the rows of the earlier one."""
    patch.setattr(dispatch, "_without_results", lambda uow, unit, earlier: unit)


def what_is_silent_is_waited_for_for_ever(patch: Patch) -> None:
    """The reaper looks and does nothing."""
    patch.setattr(expire, "overdue", lambda unit, task, machine, now: unit.looked_at(now + (task.timeout * 100)))


def progress_may_fall(patch: Patch) -> None:
    """What the agent says last counts, though another attempt said more."""
    progressed = Unit.progressed
    patch.setattr(
        Unit, "progressed", lambda self, share, note: replace(progressed(self, share, note), progress=share)
    )  # fmt: skip


def risks_are_not_in_the_tally(patch: Patch) -> None:
    """One count is forgotten when a unit changes."""
    moved = Tally.moved
    patch.setattr(
        Tally, "moved", lambda self, before, after: replace(moved(self, before, after), risk_events=self.risk_events)
    )


def a_word_does_not_renew_a_lease(patch: Patch) -> None:
    """Agents that work and speak are taken for silent."""
    patch.setattr(MemoryMachines, "seen", lambda self, machine, now: None)


def wake_ups_are_lost(patch: Patch) -> None:
    """An agent learns of a stop when its poll is over."""
    patch.setattr(Hub, "wake", lambda self, machines: None)


def the_agent_takes_any_answer_for_everything(patch: Patch) -> None:
    """It forgets results that the server has not acknowledged."""
    acknowledge = Held.acknowledge
    patch.setattr(Held, "acknowledge", lambda self, acked: acknowledge(self, 1 << 30))


def the_agent_does_not_stop(patch: Patch) -> None:
    """It is told, and goes on."""
    patch.setattr(Leases, "stop", lambda self, lease, now: False)


def final_units_change(patch: Patch) -> None:
    """Results that come after the end move the task."""
    patch.setattr(accept_report._Place, "is_late", property(lambda place: False))
    patch.setattr(
        accept_report._Place, "is_current", property(lambda place: place.unit.lease == place.lease.id)
    )  # fmt: skip
    patch.setattr(Unit, "_must", lambda self, *states: None)


def a_change_is_not_counted(patch: Patch) -> None:
    """A unit's step is stored and its task's tally forgotten."""
    change = MemoryTasks.change

    def forgetful(self: MemoryTasks, before: Unit, after: Unit, now: Any) -> None:
        kept = self._state.tasks[before.task]
        change(self, before, after, now)
        if after.is_final and after.attempt > 1:
            self._state.tasks[before.task] = kept

    patch.setattr(MemoryTasks, "change", forgetful)


def a_replaced_lease_is_listened_to(patch: Patch) -> None:
    """Fencing is ignored: whoever brings results is believed, though another lease took over."""
    patch.setattr(accept_report._Place, "is_late", property(lambda place: not place.is_current))


def two_processes_share_a_lease(patch: Patch) -> None:
    """A new process goes on with the leases of the one before it, and both are listened to."""
    patch.setattr(session, "_end_leases", lambda uow, machine, now, server_started: None)
    patch.setattr(endpoints, "check_newest", lambda uow, session: None)


def the_spool_is_not_synced(patch: Patch) -> None:
    """The agent says that results are on the disk while they are in the kernel's memory."""
    made = disk.SimulatedDisk.__init__

    def make(self: disk.SimulatedDisk, *args: Any) -> None:
        made(self, *args)
        self.syncs = False

    patch.setattr(disk.SimulatedDisk, "__init__", make)


def the_agent_drops_a_report_that_failed(patch: Patch) -> None:
    """It sends once, as if every message arrived."""
    failed = Loop._report_failed

    def forgetful(self: Loop, held: Held, event: Any, now: float) -> bool:
        if event.trouble is Trouble.NETWORK:
            self._leases.drop(held.lease)
        return failed(self, held, event, now)

    patch.setattr(Loop, "_report_failed", forgetful)


def rows_are_dropped_while_the_agents_disk_is_full(patch: Patch) -> None:
    """Scanners are not held while the disk takes nothing, and what they find meanwhile goes nowhere."""
    found = Held.found

    def leaky(self: Held, rows: Sequence[Row], size: int, now: float) -> None:
        if not self.is_failing:
            found(self, rows, size, now)

    patch.setattr(Held, "found", leaky)
    patch.setattr(Leases, "_hold_workers", lambda self: None)


def rows_are_dropped_while_the_spool_is_full(patch: Patch) -> None:
    """As a ring that overflows: what is found while too much lies unsent goes nowhere."""
    receive, found = Leases.take, Held.found

    def take(self: Leases, event: Any, now: float) -> None:
        is_full = self._is_full
        patch.setattr(Held, "found", (lambda *_: None) if is_full else found)
        receive(self, event, now)

    patch.setattr(Leases, "take", take)
    patch.setattr(Leases, "_hold_workers", lambda self: None)


def a_batch_that_the_disk_did_not_take_is_forgotten(patch: Patch) -> None:
    """The next one is given its number, so that nobody sees a gap."""
    not_spooled = Held.not_spooled

    def forgetful(self: Held, again: float) -> None:
        if self._to_spool and isinstance(self._to_spool[0][0], Batch):
            self._to_spool.popleft()
            self.next_seq -= 1
            for number, (item, size) in enumerate(self._to_spool):
                self._to_spool[number] = (_one_less(item), size)
        not_spooled(self, again)

    patch.setattr(Held, "not_spooled", forgetful)


def _one_less(item: Batch | End) -> Batch | End:
    if isinstance(item, Batch):
        return msgspec.structs.replace(item, seq=item.seq - 1)
    return msgspec.structs.replace(item, batches=item.batches - 1)


def the_spool_believes_a_full_disk(patch: Patch) -> None:
    """What could not be written counts as written."""
    add = Spool.add

    def gullible(self: Spool, lease: int, item: Batch | End) -> int:
        with suppress(OSError):
            return add(self, lease, item)
        return len(msgspec.json.encode(item))

    patch.setattr(Spool, "add", gullible)


def progress_is_told_with_the_heartbeat_alone(patch: Patch) -> None:
    """What a scanner says waits until the agent has to speak anyway."""
    patch.setattr(Held, "news_at", lambda self, pace: None)


PLANTED: dict[str, Callable[[Patch], None]] = {
    bug.__name__: bug
    for bug in (
        batches_are_not_told_apart,
        answers_come_before_the_commit,
        attempts_are_not_counted,
        an_end_is_believed_though_batches_are_missing,
        results_of_a_lost_lease_stay,
        what_is_silent_is_waited_for_for_ever,
        progress_may_fall,
        risks_are_not_in_the_tally,
        a_word_does_not_renew_a_lease,
        wake_ups_are_lost,
        the_agent_takes_any_answer_for_everything,
        the_agent_does_not_stop,
        final_units_change,
        a_change_is_not_counted,
        a_replaced_lease_is_listened_to,
        two_processes_share_a_lease,
        the_spool_is_not_synced,
        the_agent_drops_a_report_that_failed,
        rows_are_dropped_while_the_agents_disk_is_full,
        rows_are_dropped_while_the_spool_is_full,
        a_batch_that_the_disk_did_not_take_is_forgotten,
        the_spool_believes_a_full_disk,
        progress_is_told_with_the_heartbeat_alone,
    )
}
