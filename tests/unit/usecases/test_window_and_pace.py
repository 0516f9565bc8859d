"""The window and the pace that a request for a scan names, from its start to its end."""

from datetime import UTC, time, timedelta

import pytest

from hostward.domain.errors import InvalidValue
from hostward.domain.host_rules import FREE, HostRules, Wish
from hostward.domain.host_scan import FailType, UnitState
from hostward.domain.ids import TaskId
from hostward.domain.limits import window_of
from hostward.domain.module import Module
from hostward.domain.note import Code
from hostward.domain.options import MalwareOptions
from hostward.domain.schedule import Window
from hostward.domain.task import ALWAYS, HEARTBEAT, Hours, Trigger
from hostward.usecases.records import ScanRequest, Scope
from hostward.usecases.scans.estimate import Forecast, estimate
from hostward.usecases.scans.start import ruled, start
from small_fleet import Fleet

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def begin(fleet: Fleet, rules: HostRules = FREE, **asked: object) -> TaskId:
    """A one-click scan of all machines."""
    everything = Scope(everything=True)
    request = ScanRequest(options=MalwareOptions(), content=("1",), scope=everything, timeout=HOUR, wish=Wish(**asked))
    bound = ruled(request, rules, fleet.now, UTC)
    return fleet.store.write_now(
        lambda uow: start(
            uow, request=bound, account=fleet.account, by="admin", trigger=Trigger.ONE_CLICK, now=fleet.now
        )
    ).task


def forecast(fleet: Fleet, *, hours: Hours = ALWAYS, **asked: object) -> Forecast:
    """What a scan of all machines would come to."""
    return fleet.store.read_now(
        lambda uow: estimate(
            uow, account=fleet.account, module=Module.MALWARE, scope=Scope(everything=True), timeout=HOUR,
            now=fleet.now, hours=hours, wish=Wish(**asked),
        )
    )  # fmt: skip


def test_a_scan_waits_for_the_window_that_was_asked_for(fleet: Fleet):
    """Nobody gets work outside it; until then each machine says so."""
    machine = fleet.add("a")
    task = begin(fleet, window=window_of("13:00-14:00"))
    assert fleet.poll(machine).jobs == []
    note = fleet.unit(task).note
    assert (note.code, note.values) == (Code.WAITING_TURN, {"until": "2026-11-24 13:00:00 UTC"})
    fleet.later(3600)
    (job,) = fleet.poll(machine).jobs
    assert job.seconds == 3600


def test_what_was_not_done_in_its_window_is_final_in_time(fleet: Fleet):
    """Also a machine that never got its turn in it."""
    machines = [fleet.add(name) for name in "abc"]
    task = begin(fleet, window=window_of("12:00-12:02"), per_minute=1)
    fleet.poll(machines[0])
    fleet.later(2 * 60)
    for machine in machines:
        fleet.session(machine, "first")
    fleet.expire()
    units = [fleet.unit(task, seq) for seq in range(3)]
    assert {(unit.state, unit.fail) for unit in units} == {(UnitState.FAIL, FailType.TIMEOUT)}
    assert [units[seq].note.code for seq in (0, 2)] == [Code.WINDOW_CLOSED] * 2
    assert fleet.now <= fleet.task(task).deadline


def test_the_operators_window_must_be_open_too(fleet: Fleet):
    """Machines work only in what both leave, whichever opens first; with nothing left it is refused."""
    fleet.add("a")
    rules = HostRules(window=Window(start=time(22), end=time(4)))
    task = fleet.task(begin(fleet, rules, window=window_of("03:00-05:00")))
    assert task.not_before is not None
    assert task.not_after is not None
    assert (f"{task.not_before:%H:%M}", f"{task.not_after:%H:%M}") == ("03:00", "04:00")
    with pytest.raises(InvalidValue, match="never open at the same time"):
        begin(fleet, rules, window=window_of("04:00-22:00"))


def test_so_many_machines_start_a_minute(fleet: Fleet):
    """In the task's order; the operator's ramp counts where it is longer."""
    for name in "abcde":
        fleet.add(name)
    task = fleet.task(begin(fleet, per_minute=2))
    assert [(task.starts(seq) - fleet.now) / MINUTE for seq in range(5)] == [0, 0.5, 1, 1.5, 2]
    slower = fleet.task(begin(fleet, HostRules(ramp=HOUR), per_minute=2))
    assert slower.starts(4) - fleet.now == HOUR * 4 / 5


def test_so_many_machines_are_at_work_at_a_time(fleet: Fleet):
    """The others say what they wait for, and one takes the place of each that ends."""
    one, two, three = (fleet.add(name) for name in "abc")
    task = begin(fleet, at_once=2)
    leases = [fleet.lease(machine) for machine in (one, two)]
    assert fleet.poll(three).jobs == []
    note = fleet.unit(task, 2).note
    assert (note.code, note.values) == (Code.WAITING_PLACE, {"count": "2"})
    fleet.poll(three)
    assert fleet.unit(task, 2).rev == 1
    fleet.finish(one, leases[0])
    (job,) = fleet.poll(three).jobs
    fleet.finish(three, job.lease)
    fleet.finish(two, leases[1])
    assert fleet.task(task).tally.ok == 3


def test_a_machine_may_wait_for_its_place_as_long_as_those_before_it_may_take(fleet: Fleet):
    """No longer, so that the deadline holds."""
    machines = [fleet.add(name) for name in "abc"]
    task = begin(fleet, at_once=1)
    assert fleet.unit(task, 2).queue_until == fleet.now + 3 * HOUR
    assert fleet.task(task).deadline == fleet.now + 4 * HOUR + 2 * HEARTBEAT
    fleet.lease(machines[0])
    fleet.later(3 * 3600)
    for machine in machines:
        fleet.session(machine, "first")
    fleet.expire()
    assert all(fleet.unit(task, seq).is_final for seq in range(3))


def test_the_estimate_counts_window_and_pace(fleet: Fleet):
    """What is to come is longer by the starts that are spread, and by the rounds that are waited for."""
    for name in "abcd":
        fleet.add(name)
    task = begin(fleet)
    for machine in fleet.machines:
        lease = fleet.lease(machine)
        fleet.later(60)
        fleet.finish(machine, lease)
    assert fleet.task(task).tally.is_done
    plain = forecast(fleet).total
    assert plain.known
    assert forecast(fleet, per_minute=1).total.left - plain.left == 4 * MINUTE
    assert forecast(fleet, at_once=1).total.left >= 3 * plain.left
    hours = FREE.hours(fleet.now, UTC, window_of("20:00-21:00"))
    assert forecast(fleet, hours=hours).total.left >= 7 * HOUR
