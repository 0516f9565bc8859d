"""Limits that an account sets for its machines, from the start of a scan to its end."""

from datetime import timedelta

from hostward.domain.host_scan import FailType, UnitState
from hostward.domain.limits import Limit, LimitOf, ScanLimits, window_of
from hostward.domain.note import Code
from hostward.domain.task import HEARTBEAT
from hostward.usecases.machines import leave, tags
from small_fleet import Fleet


def put(fleet: Fleet, of: LimitOf, number: int = 0, **limits: object) -> None:
    """Set a limit."""
    limit = Limit(of=of, number=number, limits=ScanLimits(**limits))
    fleet.store.write_now(lambda uow: uow.limits.put(fleet.account, limit))


def test_every_job_has_the_limits_of_its_machine(fleet: Fleet):
    """Also one that is handed out again."""
    one, two = fleet.add("a"), fleet.add("b")
    put(fleet, LimitOf.ACCOUNT, cpu_percent=50, io_mib=9)
    put(fleet, LimitOf.MACHINE, one.id, cpu_percent=5, memory_mib=256)
    fleet.start()
    for _ in range(2):
        (job,) = fleet.poll(one).jobs
        assert (job.cpu_percent, job.memory_mib, job.io_mib) == (5, 256, 9)
    (job,) = fleet.poll(two).jobs
    assert (job.cpu_percent, job.memory_mib, job.io_mib) == (50, 0, 9)


def test_a_machine_waits_for_its_own_hours_while_others_scan(fleet: Fleet):
    """It is woken when they come, and says until then what it waits for."""
    night, day = fleet.add("a"), fleet.add("b")
    put(fleet, LimitOf.MACHINE, night.id, window=window_of("22:00-06:00"))
    task = fleet.start()
    assert len(fleet.poll(day).jobs) == 1
    assert fleet.poll(night).jobs == []
    unit = fleet.unit(task, 0)
    assert (unit.note.code, unit.note.values["until"]) == (Code.WAITING_TURN, "2026-11-24 22:00:00 UTC")
    assert fleet.task(task).deadline == unit.queue_until + timedelta(hours=1) + 2 * HEARTBEAT
    fleet.later(10 * 3600)
    assert night.id in fleet.expire()[1]
    assert len(fleet.poll(night).jobs) == 1


def test_a_scan_is_over_when_its_machines_hours_are(fleet: Fleet):
    """It fails in time, and says that the window closed."""
    machine = fleet.add("a")
    put(fleet, LimitOf.MACHINE, machine.id, window=window_of("12:00-12:20"))
    task = fleet.start()
    (job,) = fleet.poll(machine).jobs
    assert job.seconds == 20 * 60
    fleet.later(20 * 60)
    fleet.session(machine, "first")
    fleet.expire()
    unit = fleet.unit(task, 0)
    assert (unit.fail, unit.note.code) == (FailType.TIMEOUT, Code.WINDOW_CLOSED)


def test_hours_that_are_set_meanwhile_hold_for_what_waits(fleet: Fleet):
    """What is never let in before its queue ends fails and says why; it ends by the deadline."""
    machine = fleet.add("a")
    task = fleet.start()
    put(fleet, LimitOf.ACCOUNT, window=window_of("22:00-06:00"))
    assert fleet.poll(machine).jobs == []
    assert fleet.unit(task, 0).note.code is Code.WAITING_TURN
    fleet.later(3600)
    fleet.session(machine, "first")
    fleet.expire()
    unit = fleet.unit(task, 0)
    assert (unit.state, unit.fail, unit.note.code) == (UnitState.FAIL, FailType.TIMEOUT, Code.WINDOW_CLOSED)
    assert fleet.now <= fleet.task(task).deadline


def test_a_machine_that_scans_again_waits_for_its_hours_too(fleet: Fleet):
    """The run's deadline goes along."""
    machine = fleet.add("a")
    task = fleet.start()
    fleet.finish(machine, fleet.lease(machine), outcome="failed", reasons=("no",))
    put(fleet, LimitOf.MACHINE, machine.id, window=window_of("22:00-06:00"))
    fleet.rerun(task)
    assert fleet.unit(task, 0).note.code is Code.WAITING_TURN
    assert fleet.task(task).deadline > fleet.now + timedelta(hours=10)
    fleet.later(10 * 3600)
    fleet.session(machine, "first")
    assert len(fleet.poll(machine).jobs) == 1


def test_limits_go_with_their_machine_and_their_tag(fleet: Fleet):
    """A number that is free again would bring them back."""
    machine = fleet.add("a")
    number = fleet.store.write_now(
        lambda uow: tags.edit(uow, account=fleet.account, name="t", tag=None, quuids=[machine.quuid])
    )
    put(fleet, LimitOf.TAG, number, cpu_percent=5)
    put(fleet, LimitOf.MACHINE, machine.id, cpu_percent=5)
    fleet.store.write_now(lambda uow: tags.delete(uow, account=fleet.account, tags=[number]))
    fleet.store.write_now(
        lambda uow: leave.remove(uow, account=fleet.account, quuid=machine.quuid, by="ann", now=fleet.now)
    )
    assert fleet.store.read_now(lambda uow: uow.limits.of_account(fleet.account)) == []
