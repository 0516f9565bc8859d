"""ScanTaskAgain: the same task, the next run."""

import pytest

from hostward.domain.errors import Conflict, InvalidValue, NoMachines, StaleLease
from hostward.domain.host_scan import FailType, Status, UnitState
from hostward.domain.ids import LeaseId
from hostward.domain.module import Module
from hostward.domain.task import ScanState
from hostward.protocol.report import End
from small_fleet import Fleet, finding


def mixed(fleet: Fleet) -> int:
    """Three machines: Ok with two risks, failed, stopped."""
    machines = [fleet.add(name) for name in "abc"]
    task = fleet.start()
    leases = [fleet.lease(machine) for machine in machines]
    fleet.finish(machines[0], leases[0], finding("/x"), finding("/y"))
    fleet.finish(machines[1], leases[1], outcome="failed", reasons=("crash",))
    fleet.stop(task, Module.MALWARE, "q-c")
    fleet.report(machines[2], leases[2], end=End(outcome="stopped", batches=0))
    return task


def test_all_that_are_not_ok_scan_again(fleet: Fleet):
    """The Ok one keeps its result."""
    task = mixed(fleet)
    again = fleet.rerun(task)
    assert (again.machines, again.wake) == (2, tuple(machine.id for machine in fleet.machines[1:]))
    assert [fleet.unit(task, seq).status for seq in range(3)] == [Status.OK, Status.SCANNING, Status.SCANNING]


def test_the_first_begin_stays_and_the_end_goes(fleet: Fleet):
    """ScanBeginTime is the task's, ScanTime the run's."""
    task = mixed(fleet)
    began = fleet.task(task).begin
    fleet.later(100)
    fleet.rerun(task)
    after = fleet.task(task)
    assert (after.begin, after.end, after.run, after.run_begin) == (began, None, 2, fleet.now)
    assert fleet.details(task).elapsed.total_seconds() == 0


def test_progress_starts_from_the_share_that_is_final(fleet: Fleet):
    """One of three."""
    task = mixed(fleet)
    fleet.rerun(task)
    assert fleet.details(task).percent == 33


def test_named_machines_scan_again_even_if_they_were_ok(fleet: Fleet):
    """Their earlier risks count no more until they report."""
    task = mixed(fleet)
    fleet.rerun(task, "q-a")
    tally = fleet.task(task).tally
    assert (tally.ok, tally.pending, tally.risk_events) == (0, 1, 0)
    assert tally == fleet.recount(task)


def test_the_machines_own_results_stay_until_newer_ones_are_whole(fleet: Fleet):
    """A rerun that is lost loses nothing."""
    task = mixed(fleet)
    first = fleet.machines[0]
    before = fleet.store.read_now(lambda uow: uow.results.current(first.id, Module.MALWARE))
    fleet.rerun(task, "q-a")
    lease = fleet.lease(first)
    assert fleet.store.read_now(lambda uow: uow.results.current(first.id, Module.MALWARE)) == before
    fleet.finish(first, lease, finding("/z"))
    current = fleet.store.read_now(lambda uow: uow.results.current(first.id, Module.MALWARE))
    assert (current[0], fleet.unit(task).risk_num) == (LeaseId(lease), 1)


def test_the_next_run_ends_like_the_first(fleet: Fleet):
    """Done, with counters that a recount agrees with."""
    task = mixed(fleet)
    fleet.rerun(task)
    for machine in fleet.machines[1:]:
        fleet.finish(machine, fleet.lease(machine))
    after = fleet.task(task)
    assert (after.state, after.tally.ok, after.tally) == (ScanState.DONE, 3, fleet.recount(task))


def test_a_lease_of_an_earlier_run_is_stale(fleet: Fleet):
    """What a machine found then says nothing of now."""
    machine = fleet.add("a")
    task = fleet.start(timeout=60)
    lease = fleet.lease(machine)
    fleet.later(61)
    fleet.expire()
    fleet.rerun(task)
    with pytest.raises(StaleLease):
        fleet.finish(machine, lease, finding("/late"))
    assert fleet.unit(task).state is UnitState.PENDING


def test_a_machine_that_is_not_in_the_task_is_refused(fleet: Fleet):
    """By name; nothing runs again."""
    task = mixed(fleet)
    fleet.add("d")
    with pytest.raises(InvalidValue, match="q-d"):
        fleet.rerun(task, "q-a", "q-d")
    assert fleet.task(task).run == 1


def test_while_machines_are_being_stopped_it_is_refused(fleet: Fleet):
    """And says when to ask again."""
    machine = fleet.add("a")
    task = fleet.start()
    fleet.lease(machine)
    fleet.stop(task)
    with pytest.raises(Conflict, match="StoppingAll"):
        fleet.rerun(task)


def test_a_task_that_is_all_ok_has_nobody_to_scan_again(fleet: Fleet):
    """Unless somebody is named."""
    machine = fleet.add("a")
    task = fleet.start()
    fleet.finish(machine, fleet.lease(machine))
    with pytest.raises(NoMachines):
        fleet.rerun(task)
    assert fleet.rerun(task, "q-a").machines == 1


def test_machines_that_still_scan_go_on(fleet: Fleet):
    """Only those that are final start anew."""
    first, second = fleet.add("a"), fleet.add("b")
    task = fleet.start()
    fleet.report(first, fleet.lease(first), progress=0.5)
    fleet.finish(second, fleet.lease(second), outcome="failed")
    assert fleet.rerun(task).machines == 1
    assert fleet.unit(task, 0).state is UnitState.RUNNING


def test_a_rerun_may_have_a_timeout_of_its_own(fleet: Fleet):
    """Counted from the new lease."""
    machine = fleet.add("a")
    task = fleet.start(timeout=60)
    fleet.lease(machine)
    fleet.later(61)
    fleet.expire()
    fleet.rerun(task, timeout=600)
    assert fleet.poll(machine).jobs[0].seconds == 600


def test_an_agent_that_is_too_old_by_now_fails_again_at_once(fleet: Fleet):
    """The same doorkeeper."""
    machine = fleet.add("a")
    task = fleet.start()
    fleet.finish(machine, fleet.lease(machine), outcome="failed")
    fleet.session(machine, "second", version="0.0.1")
    fleet.rerun(task)
    assert fleet.unit(task).fail is FailType.TOO_OLD


def test_a_stop_of_the_earlier_run_is_forgotten(fleet: Fleet):
    """The state is scanning again, not stopping."""
    fleet.add("a")
    task = fleet.start()
    fleet.stop(task)
    fleet.rerun(task)
    assert (fleet.task(task).state, fleet.task(task).stop_by) == (ScanState.SCANNING, "")
