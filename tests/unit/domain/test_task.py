"""Who takes part in a task, and what the reaper does with whom."""

from datetime import UTC, datetime, timedelta

import pytest

from hostward.domain.host_scan import LEASE, FailType, Unit, UnitState
from hostward.domain.ids import AccountId, LeaseId, MachineId, Seq, TaskId
from hostward.domain.machine import OFFLINE_AFTER, Machine, MachineFacts
from hostward.domain.module import Module
from hostward.domain.note import NOTHING, Code
from hostward.domain.options import MalwareOptions
from hostward.domain.progress import UNKNOWN
from hostward.domain.tally import Tally, recount
from hostward.domain.task import HEARTBEAT, ScanState, Task, Trigger, enter, overdue

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def task(**changes: object) -> Task:
    """A malware task that just began."""
    values = {
        "id": TaskId(1),
        "account": AccountId(1),
        "module": Module.MALWARE,
        "trigger": Trigger.ONE_CLICK,
        "options": MalwareOptions(),
        "content": ("1",),
        "created_by": "admin",
        "begin": NOW,
        "run_begin": NOW,
        **changes,
    }
    return Task(**values)  # type: ignore[arg-type]  # a test's shorthand


def machine(*, seen: datetime | None = NOW, version: str = "0.1.0") -> Machine:
    """A machine heard of at `seen`."""
    facts = MachineFacts(
        host_name="web-1", addresses=("10.0.0.1",), wan_ip="", os_name="Debian GNU/Linux 12", agent_version=version
    )
    return Machine(
        id=MachineId(7), account=AccountId(1), quuid="q", uuid="u", facts=facts, instance="i", last_seen=seen
    )


def only(task_: Task, machine_: Machine) -> Unit:
    """The one unit of a task with one machine."""
    return next(iter(enter(task_, [machine_], NOW)))


def leased(timeout: timedelta = HOUR) -> Unit:
    """A unit leased now."""
    return only(task(), machine()).leased(LeaseId(1), NOW, timeout)


def test_an_online_machine_waits_for_its_agent():
    """Nothing is decided before the agent asks."""
    unit = only(task(), machine())
    assert (unit.state, unit.note.code, unit.due) == (UnitState.PENDING, Code.WAITING, NOW + HOUR)


def test_an_offline_machine_is_queued_and_says_until_when():
    """The reader sees what it waits for."""
    unit = only(task(), machine(seen=None))
    assert (unit.state, unit.note.values) == (UnitState.PENDING, {"until": "13:00 UTC"})


def test_an_offline_machine_fails_at_once_without_a_queue():
    """A task with no queue asks only who is there."""
    unit = only(task(queue=timedelta(0)), machine(seen=None))
    assert (unit.state, unit.fail) == (UnitState.FAIL, FailType.OFFLINE)


def test_an_old_agent_fails_at_once():
    """FailType 8 names both versions and the remedy."""
    unit = only(task(), machine(version="0.0.9"))
    assert (unit.fail, unit.note.values["version"]) == (FailType.TOO_OLD, "0.0.9")


def test_units_are_numbered_in_the_order_of_the_machines():
    """The order is the task's own, and stays."""
    units = list(enter(task(), [machine(), machine(seen=None), machine()], NOW))
    assert [unit.seq for unit in units] == [Seq(0), Seq(1), Seq(2)]


@pytest.mark.parametrize(("seen", "fail"), [(None, FailType.OFFLINE), (NOW + HOUR, FailType.TIMEOUT)])
def test_a_queue_that_ends_fails_offline_or_timed_out(seen: datetime | None, fail: FailType):
    """An online machine that never took its scan did not fail for being offline."""
    assert overdue(only(task(), machine()), task(), machine(seen=seen), NOW + HOUR).fail is fail


def test_a_unit_looked_at_too_early_waits_on():
    """The reaper changes nothing but the time of its next look."""
    unit = only(task(), machine())
    after = overdue(unit, task(), machine(), NOW)
    assert (after.state, after.due, after.rev) == (UnitState.PENDING, NOW + HOUR, unit.rev)


def test_a_lease_lives_as_long_as_its_agent_speaks():
    """Any authenticated word renews it."""
    later = NOW + timedelta(seconds=100)
    after = overdue(leased(), task(), machine(seen=NOW + timedelta(seconds=80)), later)
    assert (after.state, after.due) == (UnitState.LEASED, NOW + timedelta(seconds=80) + LEASE)


def test_a_silent_lease_goes_back_to_waiting():
    """Another attempt, which the description names."""
    after = overdue(leased(), task(), machine(), NOW + LEASE)
    assert (after.state, after.note.values["attempt"]) == (UnitState.PENDING, "2")


def test_a_lease_is_not_silent_while_nobody_listened():
    """A server that was away for longer than a lease lives gives its agents a lease's time to speak."""
    back = NOW + 2 * LEASE
    after = overdue(leased(), task(), machine(), back, listening_since=back)
    assert (after.state, after.due) == (UnitState.LEASED, back + LEASE)
    assert overdue(after, task(), machine(), back + LEASE, listening_since=back).state is UnitState.PENDING


def test_a_lease_that_lasts_too_long_times_out():
    """FailType 4, however lively the agent is."""
    late = NOW + HOUR
    assert overdue(leased(), task(), machine(seen=late), late).fail is FailType.TIMEOUT


def test_a_unit_that_lost_its_lease_waits_for_its_own_timeout():
    """Once leased, the queue no longer counts."""
    unit = leased(timeout=2 * HOUR).lease_lost(NOW + LEASE, spends_attempt=True)
    still = overdue(unit, task(), machine(seen=None), NOW + HOUR)
    assert (still.state, still.due) == (UnitState.PENDING, NOW + 2 * HOUR)
    assert overdue(unit, task(), machine(seen=None), NOW + 2 * HOUR).fail is FailType.TIMEOUT


def test_a_stop_nobody_confirms_ends_with_the_lease():
    """A dead agent can't hold up a stop."""
    stopping = leased().asked_to_stop(NOW, "admin", "12:00")
    assert overdue(stopping, task(), machine(), NOW + LEASE).state is UnitState.STOPPED


def test_a_stop_is_waited_for_while_the_agent_lives():
    """It may still be killing its children."""
    stopping = leased().asked_to_stop(NOW, "admin", "12:00")
    assert overdue(stopping, task(), machine(seen=NOW + LEASE), NOW + LEASE).state is UnitState.STOPPING


def test_every_unit_is_final_by_the_deadline():
    """Begin, queue, timeout and two heartbeats: nothing lives longer, whoever is silent."""
    for unit in (only(task(), machine()), leased(), leased().progressed(5, NOTHING)):
        current, now = unit, NOW
        while not current.is_final:
            assert current.due is not None
            now = max(now, current.due)
            current = overdue(current, task(), machine(), now)
        assert now <= task().deadline


def test_the_deadline_adds_queue_timeout_and_two_heartbeats():
    """As documented for TimeoutPeriod."""
    assert task().deadline == NOW + HOUR + HOUR + 2 * HEARTBEAT


def test_a_task_ends_when_its_last_machine_does():
    """The end is that of the last one, and goes when a machine scans again."""
    done = leased().judged(NOW, NOTHING)
    ended = task().counted(recount([done]), NOW)
    assert (ended.end, ended.state) == (NOW, ScanState.DONE)
    assert ended.counted(recount([leased()]), NOW).end is None


def test_a_stop_of_everything_is_seen_until_the_last_lease_is_gone():
    """StoppingAll is true in between."""
    stopping = leased().asked_to_stop(NOW, "admin", "12:00")
    asked = task().counted(recount([leased()]), NOW).asked_to_stop(NOW, "admin").counted(recount([stopping]), NOW)
    assert (asked.stopping_all, asked.state) == (True, ScanState.STOPPING)
    over = asked.counted(recount([stopping.stopped(NOW)]), NOW)
    assert (over.stopping_all, over.state) == (False, ScanState.STOPPED)


def test_stopping_a_finished_task_changes_nothing():
    """It is not an error, and it does not rewrite what happened."""
    done = task().counted(recount([leased().judged(NOW, NOTHING)]), NOW)
    assert done.asked_to_stop(NOW, "admin") == done


@pytest.mark.parametrize(("silence", "online"), [(timedelta(0), True), (OFFLINE_AFTER, False)])
def test_a_machine_is_offline_after_long_silence(silence: timedelta, online: bool):
    """2.5 times the longest hold."""
    assert machine().is_online(NOW + silence) is online


@pytest.mark.parametrize(
    ("version", "old"),
    [("0.1.0", False), ("0.10", False), ("1", False), ("0.0.99", True), ("", True), ("junk", True), ("²", True)],
)
def test_versions_compare_by_number(version: str, old: bool):
    """0.10 is newer than 0.9; a version nobody can read is too old."""
    assert machine(version=version).is_too_old() is old


def test_a_machine_that_need_not_wait_begins_though_the_clock_was_set_back():
    """A scan started while the server's clock was a day ahead."""
    one = task(begin=NOW + timedelta(hours=24), run_begin=NOW + timedelta(hours=24))
    assert one.may_begin(Seq(0), NOW)


def test_a_machine_waits_for_its_share_of_the_ramp():
    """Only the first begins at once."""
    one = task(ramp=HOUR, tally=Tally(machines=2))
    assert [one.may_begin(Seq(seq), NOW) for seq in (0, 1)] == [True, False]
    assert one.may_begin(Seq(1), NOW + HOUR / 2)


@pytest.mark.parametrize("timeout", [timedelta(minutes=5), 3 * HOUR])
def test_a_rerun_does_not_end_before_those_who_are_still_at_work(timeout: timedelta):
    """They keep the time that they were given."""
    before = task(timeout=HOUR, queue=HOUR)
    later = NOW + timedelta(minutes=10)
    again = before.again(later, timeout=timeout, history=UNKNOWN, settled=0, others=True)
    assert again.deadline >= before.deadline
    assert again.deadline == max(before.deadline, later + 2 * timeout + 2 * HEARTBEAT)


def test_a_rerun_of_all_machines_has_a_deadline_of_its_own():
    """Nobody else is waited for."""
    later = NOW + timedelta(minutes=10)
    again = task(timeout=HOUR).again(later, timeout=timedelta(minutes=5), history=UNKNOWN, settled=0)
    assert again.deadline == later + timedelta(minutes=10) + 2 * HEARTBEAT
