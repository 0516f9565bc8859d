"""Windows, ramps and the fate of offline machines, from the start of a scan to its end."""

from datetime import UTC, time, timedelta

from hostward.domain.host_rules import HostRules
from hostward.domain.host_scan import FailType, UnitState
from hostward.domain.ids import TaskId
from hostward.domain.module import Module
from hostward.domain.note import Code
from hostward.domain.options import MalwareOptions
from hostward.domain.schedule import Window
from hostward.domain.task import Trigger
from hostward.usecases.records import ScanRequest, Scope
from hostward.usecases.scans.start import ruled, start
from small_fleet import Fleet

HOUR = timedelta(hours=1)
NIGHT = Window(start=time(22), end=time(6))


def begin(fleet: Fleet, rules: HostRules) -> TaskId:
    """A one-click scan of all machines under these rules."""
    request = ScanRequest(options=MalwareOptions(), content=("1",), scope=Scope(everything=True), timeout=HOUR)
    bound = ruled(request, rules, fleet.now, UTC)
    return fleet.store.write_now(
        lambda uow: start(
            uow, request=bound, account=fleet.account, by="admin", trigger=Trigger.ONE_CLICK, now=fleet.now
        )
    ).task


def test_a_one_click_scan_waits_for_its_window_and_is_woken_then(fleet: Fleet):
    """Nobody gets work before; the reaper names who is to be woken when it opens."""
    machine = fleet.add("a")
    task = begin(fleet, HostRules(window=NIGHT))
    assert fleet.unit(task).note.code is Code.WAITING_TURN
    assert fleet.poll(machine).jobs == []
    fleet.later(10 * 3600)
    assert fleet.expire() == (1, (machine.id,))
    assert len(fleet.poll(machine).jobs) == 1


def test_what_is_not_done_when_the_window_closes_fails(fleet: Fleet):
    """In time, and saying why."""
    machine = fleet.add("a")
    task = begin(fleet, HostRules(window=Window(start=time(12), end=time(12, 30))))
    fleet.lease(machine)
    fleet.later(1800)
    fleet.session(machine, "first")
    fleet.expire()
    unit = fleet.unit(task)
    assert (unit.fail, unit.note.code) == (FailType.TIMEOUT, Code.WINDOW_CLOSED)


def test_a_machine_that_never_came_in_its_window_fails_at_its_end(fleet: Fleet):
    """Its queue is not longer than the window."""
    fleet.add("a", online=False)
    task = begin(fleet, HostRules(window=Window(start=time(12), end=time(12, 30))))
    fleet.later(1800)
    fleet.expire()
    assert fleet.unit(task).fail is FailType.OFFLINE


def test_starts_are_spread_over_the_ramp(fleet: Fleet):
    """Each machine in its turn, and each woken for it."""
    machines = [fleet.add(name) for name in "abcd"]
    task = begin(fleet, HostRules(ramp=timedelta(seconds=80)))
    begun = []
    for _ in range(5):
        fleet.expire()
        begun.append([len(fleet.poll(machine, modules=("Malware",)).jobs) for machine in machines])
        fleet.later(20)
    assert [sum(row) for row in begun[:4]] == [1, 2, 3, 4]  # those leased before are told again until they answer
    assert fleet.task(task).deadline == fleet.task(task).begin + 2 * HOUR + timedelta(seconds=80 + 40)


def test_offline_machines_fail_at_once_where_the_operator_says_so(fleet: Fleet):
    """Those that are online have the scan's timeout to take it."""
    here = fleet.add("here")
    fleet.add("gone", online=False)
    task = begin(fleet, HostRules(queues=False))
    assert fleet.unit(task, 1).fail is FailType.OFFLINE
    fleet.later(30)
    fleet.expire()
    assert fleet.unit(task).state is UnitState.PENDING
    fleet.finish(here, fleet.lease(here))
    assert fleet.unit(task).state is UnitState.OK


def test_the_time_left_counts_what_a_task_waits_for(fleet: Fleet):
    """The window opens in ten hours, and a scan takes a while."""
    fleet.add("a")
    fleet.store.write_now(
        lambda uow: [uow.tasks.learn(fleet.account, Module.MALWARE, timedelta(seconds=600)) for _ in range(50)]
    )
    left = fleet.details(begin(fleet, HostRules(window=NIGHT))).left
    assert left.known
    assert 10 * HOUR < left.left < 10 * HOUR + timedelta(seconds=1200)
