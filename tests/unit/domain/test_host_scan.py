"""The steps of a unit of work."""

from datetime import UTC, datetime, timedelta

import pytest

from hostward.domain.errors import IllegalTransition
from hostward.domain.host_scan import LEASE, MAX_ATTEMPTS, WHOLE, FailType, Status, Unit, UnitState
from hostward.domain.ids import LeaseId, MachineId, Seq, TaskId
from hostward.domain.note import NOTHING, Code, Note

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def unit(**changes: object) -> Unit:
    """A unit that waits."""
    values = {"task": TaskId(1), "seq": Seq(0), "machine": MachineId(7), "queue_until": NOW + HOUR, **changes}
    return Unit(**values)  # type: ignore[arg-type]  # a test's shorthand


def leased() -> Unit:
    """A unit that was just given to its agent."""
    return unit().leased(LeaseId(5), NOW, HOUR)


def test_a_waiting_unit_is_scanning():
    """PENDING, LEASED and RUNNING are one word for the API."""
    running = leased().progressed(10, NOTHING)
    assert [unit().status, leased().status, running.status] == [Status.SCANNING] * 3


def test_a_lease_sets_begin_timeout_and_due():
    """The timeout counts from the lease; the reaper looks when the lease could be silent."""
    given = leased()
    assert (given.state, given.lease, given.attempt) == (UnitState.LEASED, LeaseId(5), 1)
    assert (given.begin, given.timeout_at, given.due) == (NOW, NOW + HOUR, NOW + LEASE)


def test_the_timeout_is_not_stretched_by_a_second_lease():
    """A retry has what is left of the first lease's time."""
    again = leased().lease_lost(NOW + LEASE, spends_attempt=True).leased(LeaseId(6), NOW + LEASE, HOUR)
    assert (again.timeout_at, again.begin, again.attempt) == (NOW + HOUR, NOW, 2)


def test_only_a_waiting_unit_can_be_leased():
    """A lease on a lease would have two agents work on one unit."""
    with pytest.raises(IllegalTransition, match="LEASED"):
        leased().leased(LeaseId(6), NOW, HOUR)


def test_progress_never_falls():
    """A retry that starts again does not take progress back."""
    assert leased().progressed(700, NOTHING).progressed(300, NOTHING).progress == 700


def test_progress_is_bounded():
    """An agent that claims more than everything has done everything."""
    assert leased().progressed(WHOLE * 3, NOTHING).progress == WHOLE


def test_a_silent_lease_revives_on_its_next_message():
    """Neither leased again nor final: the agent may go on."""
    silent = leased().lease_lost(NOW, spends_attempt=True)
    assert (silent.state, silent.progressed(5, NOTHING).state) == (UnitState.PENDING, UnitState.RUNNING)


def test_a_judged_unit_is_ok_and_whole():
    """What could not be judged stays as its note."""
    note = Note(code=Code.NOT_JUDGED, values={"what": "3 files not fully scanned: encrypted"})
    done = leased().judged(NOW, note)
    assert (done.status, done.progress, done.end, done.note, done.due) == (Status.OK, WHOLE, NOW, note, None)


def test_a_failed_unit_says_why():
    """The fail type is kept beside the words."""
    failed = leased().failed(FailType.TIMEOUT, NOW, Note(code=Code.TIMED_OUT, values={"seconds": "9"}))
    assert (failed.status, failed.fail, failed.is_final) == (Status.FAIL, FailType.TIMEOUT, True)


@pytest.mark.parametrize("step", ["judged", "stopped", "failed", "asked_to_stop", "progressed"])
def test_a_final_unit_takes_no_step(step: str):
    """Final is final within a run."""
    final = leased().judged(NOW, NOTHING)
    steps = {
        "judged": lambda: final.judged(NOW, NOTHING),
        "stopped": lambda: final.stopped(NOW),
        "failed": lambda: final.failed(FailType.FAILED, NOW, NOTHING),
        "asked_to_stop": lambda: final.asked_to_stop(NOW, "admin", "12:00"),
        "progressed": lambda: final.progressed(1, NOTHING),
    }
    with pytest.raises(IllegalTransition):
        steps[step]()


def test_a_waiting_unit_stops_at_once():
    """There is nobody to confirm."""
    stopped = unit().asked_to_stop(NOW, "admin", "12:00")
    assert (stopped.state, stopped.status, stopped.note.values["by"]) == (UnitState.STOPPED, Status.STOP, "admin")


def test_a_leased_unit_shows_stop_before_its_agent_confirms():
    """The API says Stop from the moment it was accepted; the unit is final later."""
    stopping = leased().asked_to_stop(NOW, "admin", "12:00")
    assert (stopping.status, stopping.is_final, stopping.stopped(NOW).is_final) == (Status.STOP, False, True)


def test_progress_of_a_stopping_unit_keeps_it_stopping():
    """A late progress message does not undo a stop."""
    stopping = leased().asked_to_stop(NOW, "admin", "12:00")
    assert stopping.progressed(5000, NOTHING).state is UnitState.STOPPING


def test_a_stopping_unit_whose_lease_is_gone_is_stopped():
    """Its agent can't confirm any more."""
    gone = leased().asked_to_stop(NOW, "admin", "12:00").lease_lost(NOW, spends_attempt=True)
    assert (gone.state, gone.note.code) == (UnitState.STOPPED, Code.STOPPED)


def test_the_last_attempt_that_goes_silent_fails():
    """FAIL 5 after MAX_ATTEMPTS leases."""
    current = unit()
    for number in range(MAX_ATTEMPTS):
        current = current.leased(LeaseId(number + 1), NOW, HOUR).lease_lost(NOW, spends_attempt=True)
    assert (current.fail, current.note.code) == (FailType.FAILED, Code.WENT_SILENT)


def test_a_server_crash_costs_no_attempt():
    """Twenty restarts of the server fail nobody."""
    current = unit()
    for number in range(20):
        current = current.leased(LeaseId(number + 1), NOW, HOUR).lease_lost(NOW, spends_attempt=False)
    assert (current.state, current.attempt) == (UnitState.PENDING, 0)


def test_finding_the_same_changes_nothing():
    """No new revision without news."""
    assert (leased().found(0) is not None, leased().found(3).risk_num) == (True, 3)
    assert leased().found(0) == leased()


def test_every_step_raises_the_revision():
    """The store tells stale writes by it."""
    first = unit()
    second = first.leased(LeaseId(1), NOW, HOUR)
    assert second.rev == first.rev + 1
