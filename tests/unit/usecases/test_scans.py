"""A scan through its use cases: start, dispatch, report, stop, expire, describe."""

from datetime import timedelta

import pytest

from hostward.domain.errors import (
    AgentRefused,
    AgentTooOld,
    InvalidValue,
    NoMachines,
    NotFound,
    StaleLease,
    UnsupportedValue,
)
from hostward.domain.host_scan import FailType, Status, UnitState
from hostward.domain.ids import LeaseId, TaskId, VulId
from hostward.domain.machine_filter import StatusIs
from hostward.domain.module import Module
from hostward.domain.note import render
from hostward.domain.options import VulOptions
from hostward.domain.severity import Level
from hostward.domain.task import ScanState
from hostward.domain.verdict import Outcome, Verdict
from hostward.protocol.report import MAX_ITEMS, End
from hostward.store.memory.results import MemoryResults
from small_fleet import Fleet, finding


def verdict(item: str, outcome: Outcome) -> Verdict:
    """A judged item."""
    return Verdict(policy="p", item=item, title="t", level=Level.HIGH, outcome=outcome)


# start


def test_a_scan_of_everything_enters_every_machine(fleet: Fleet):
    """In the order of enrolment; all their agents are to be woken."""
    machines = [fleet.add("a"), fleet.add("b")]
    started = fleet.started()
    assert (started.machines, started.wake) == (2, tuple(machine.id for machine in machines))


def test_a_scan_of_some_enters_those(fleet: Fleet):
    """Named twice, it enters once."""
    fleet.add("a")
    second = fleet.add("b")
    started = fleet.started(quuids=("q-b", "q-b"))
    assert started.wake == (second.id,)


def test_an_unknown_quuid_is_refused_by_name(fleet: Fleet):
    """And nothing is started."""
    fleet.add("a")
    with pytest.raises(InvalidValue, match="q-zz"):
        fleet.start(quuids=("q-a", "q-zz"))
    assert fleet.store.read_now(lambda uow: uow.tasks.newest(fleet.account, Module.MALWARE)) is None


def test_a_long_list_of_unknown_quuids_is_shortened(fleet: Fleet):
    """Five by name, the rest by number."""
    with pytest.raises(InvalidValue, match="and 3 more"):
        fleet.start(quuids=tuple(f"x{n}" for n in range(8)))


def test_a_scan_of_nothing_is_refused(fleet: Fleet):
    """A task of 0 machines never exists."""
    with pytest.raises(NoMachines):
        fleet.start()


def test_unknown_vul_ids_are_refused(fleet: Fleet):
    """A scan narrowed to nothing would call every machine clean."""
    fleet.add("a")
    with pytest.raises(InvalidValue, match="77"):
        fleet.start(Module.VUL, options=VulOptions(vul_ids=(VulId(77),)))


def test_emergency_without_a_catalogue_is_refused(fleet: Fleet):
    """A setting that has no effect is never stored in silence."""
    fleet.add("a")
    with pytest.raises(UnsupportedValue, match="VulEmergency"):
        fleet.start(Module.VUL, options=VulOptions(emergency=True))


def test_a_new_task_has_begun_and_is_scanning(fleet: Fleet):
    """0 %, one machine waiting, no end."""
    fleet.add("a")
    details = fleet.details(fleet.start())
    assert (details.percent, details.task.state, details.task.end) == (0, ScanState.SCANNING, None)
    assert (details.task.tally.pending, details.left.known) == (1, False)


def test_a_task_of_an_old_agent_ends_at_once(fleet: Fleet):
    """FailType 8 and 100 %: nothing will come."""
    fleet.add("a", version="0.0.1")
    details = fleet.details(fleet.start())
    assert (details.percent, details.task.tally.too_old, details.task.end) == (100, 1, fleet.now)


# dispatch


def test_an_agent_gets_one_job_a_module(fleet: Fleet):
    """Two malware tasks wait for one another; modules don't."""
    machine = fleet.add("a")
    for module in (Module.MALWARE, Module.MALWARE, Module.BASELINE):
        fleet.start(module)
    assert len(fleet.poll(machine).jobs) == 2


def test_the_oldest_task_goes_first(fleet: Fleet):
    """First asked, first scanned."""
    machine = fleet.add("a")
    first, _ = fleet.start(), fleet.start()
    fleet.poll(machine)
    assert fleet.unit(first).state is UnitState.LEASED


def test_only_the_modules_asked_for_are_given(fleet: Fleet):
    """An agent that is busy with one says so."""
    machine = fleet.add("a")
    fleet.start(Module.MALWARE)
    assert fleet.poll(machine, modules=(Module.VUL, "Nonsense")).jobs == []


def test_a_job_whose_message_was_lost_is_sent_again_under_its_lease(fleet: Fleet):
    """The agent polls without holding it: it never heard of it."""
    machine = fleet.add("a")
    fleet.start()
    first = fleet.lease(machine)
    assert [job.lease for job in fleet.poll(machine).jobs] == [first]


def test_a_job_that_is_held_is_not_sent_again(fleet: Fleet):
    """Holding is knowing."""
    machine = fleet.add("a")
    fleet.start()
    assert fleet.poll(machine, fleet.lease(machine)).jobs == []


def test_a_running_job_that_the_agent_lost_is_given_anew(fleet: Fleet):
    """Its disk was wiped: a new lease, a second attempt."""
    machine = fleet.add("a")
    task = fleet.start()
    lease = fleet.lease(machine)
    fleet.report(machine, lease)
    (job,) = fleet.poll(machine).jobs
    assert (job.lease > lease, fleet.unit(task).attempt) == (True, 2)


def test_a_poll_that_was_held_takes_nothing_back(fleet: Fleet):
    """What it says it holds is old news."""
    machine = fleet.add("a")
    task = fleet.start()
    fleet.report(machine, fleet.lease(machine))
    assert fleet.poll(machine, fresh=False).jobs == []
    assert fleet.unit(task).state is UnitState.RUNNING


def test_a_job_says_how_long_it_may_take(fleet: Fleet):
    """From the first lease of the run, whatever came between."""
    machine = fleet.add("a")
    fleet.start(timeout=100)
    fleet.report(machine, fleet.lease(machine))
    fleet.later(30)
    assert fleet.poll(machine).jobs[0].seconds == 70


def test_stopped_leases_are_named(fleet: Fleet):
    """The agent kills what it holds of them."""
    machine = fleet.add("a")
    task = fleet.start()
    lease = fleet.lease(machine)
    fleet.stop(task)
    assert fleet.poll(machine, lease).stop == [lease]


def test_leases_nobody_wants_are_named_lost(fleet: Fleet):
    """An unknown one, and one that another has replaced."""
    machine = fleet.add("a")
    fleet.start()
    lease = fleet.lease(machine)
    fleet.report(machine, lease)
    newer = fleet.lease(machine)
    assert fleet.poll(machine, lease, newer, 999).lost == [lease, 999]


def test_an_agent_that_became_too_old_gets_no_work(fleet: Fleet):
    """It fails with 8 instead of waiting for ever."""
    machine = fleet.add("a", online=False)
    task = fleet.start()
    fleet.session(machine, "second", version="0.0.1")
    assert fleet.poll(machine).jobs == []
    assert fleet.unit(task).fail is FailType.TOO_OLD


# reports


def test_a_whole_scan_is_ok_with_its_findings(fleet: Fleet):
    """Two findings, one machine at risk, 100 %."""
    machine = fleet.add("a")
    task = fleet.start()
    answer = fleet.finish(machine, fleet.lease(machine), finding("/a"), finding("/b"))
    tally = fleet.details(task).task.tally
    assert (answer.acked, answer.ended, tally.ok, tally.risk_events, tally.risk_machines) == (1, True, 1, 2, 1)
    assert fleet.details(task).percent == 100


def test_a_batch_sent_twice_counts_once(fleet: Fleet):
    """The answer is the same."""
    machine = fleet.add("a")
    task = fleet.start()
    lease = fleet.lease(machine)
    answers = [fleet.report(machine, lease, (0, [finding("/a")])) for _ in range(3)]
    assert [answer.acked for answer in answers] == [1, 1, 1]
    assert fleet.unit(task).risk_num == 1


def test_risks_are_added_up_batch_by_batch_and_never_counted_anew(fleet: Fleet, monkeypatch: pytest.MonkeyPatch):
    """A lease of many findings must not cost the square of their number; only its end counts all of them, once."""
    counted: list[LeaseId] = []
    count = MemoryResults.risks
    monkeypatch.setattr(MemoryResults, "risks", lambda self, m, lease: counted.append(lease) or count(self, m, lease))
    machine, task = fleet.add("a"), fleet.start()
    lease = fleet.lease(machine)
    seen = []
    for seq in range(4):
        fleet.report(machine, lease, (seq, [finding(f"{seq}-{n}") for n in range(seq + 1)]))
        fleet.report(machine, lease, (seq, [finding("sent again")]))
        seen.append(fleet.unit(task).risk_num)
    assert (seen, counted) == ([1, 3, 6, 10], [])
    fleet.report(machine, lease, end=End(outcome="ok", batches=4))
    assert (fleet.unit(task).risk_num, counted) == (10, [lease])


def test_a_batch_that_comes_too_early_is_left_for_later(fleet: Fleet):
    """Only a row without gaps is acknowledged."""
    machine = fleet.add("a")
    fleet.start()
    lease = fleet.lease(machine)
    assert fleet.report(machine, lease, (1, [finding("/b")])).acked == 0
    assert fleet.report(machine, lease, (1, [finding("/b")]), (0, [finding("/a")])).acked == 2


def test_an_end_without_all_its_batches_is_not_taken(fleet: Fleet):
    """OK only when every sequence is in."""
    machine = fleet.add("a")
    task = fleet.start()
    answer = fleet.report(machine, fleet.lease(machine), end=End(outcome="ok", batches=1))
    assert (answer.ended, fleet.unit(task).is_final) == (False, False)


def test_an_end_sent_twice_has_the_same_answer(fleet: Fleet):
    """The first answer may have been lost."""
    machine = fleet.add("a")
    fleet.start()
    lease = fleet.lease(machine)
    assert fleet.finish(machine, lease, finding("/a")) == fleet.finish(machine, lease, finding("/a"))


def test_what_could_not_be_judged_is_in_the_description(fleet: Fleet):
    """Ok, but not silent."""
    machine = fleet.add("a")
    task = fleet.start()
    fleet.finish(machine, fleet.lease(machine), reasons=("3 files not fully scanned: encrypted",))
    assert render(fleet.unit(task).note) == "3 files not fully scanned: encrypted"


def test_many_reasons_are_counted(fleet: Fleet):
    """Five in words, the rest as a number."""
    machine = fleet.add("a")
    task = fleet.start()
    fleet.finish(machine, fleet.lease(machine), reasons=tuple(f"r{n}" for n in range(9)))
    assert render(fleet.unit(task).note) == "r0; r1; r2; r3; r4; and 4 more"


def test_words_of_a_host_can_not_drive_a_terminal(fleet: Fleet):
    """Escapes arrive as text."""
    machine = fleet.add("a")
    task = fleet.start()
    fleet.finish(machine, fleet.lease(machine), reasons=("\x1b[2J",))
    assert "\x1b" not in render(fleet.unit(task).note)


def test_a_failed_scan_is_fail_5_with_its_reason(fleet: Fleet):
    """The agent's words."""
    machine = fleet.add("a")
    task = fleet.start()
    fleet.finish(machine, fleet.lease(machine), outcome="failed", reasons=("the scanner crashed",))
    unit = fleet.unit(task)
    assert (unit.fail, render(unit.note)) == (FailType.FAILED, "the scanner crashed")


def test_an_agent_that_stops_by_itself_costs_no_attempt(fleet: Fleet):
    """Its machine is shutting down; the scan waits for its return."""
    machine = fleet.add("a")
    task = fleet.start()
    fleet.finish(machine, fleet.lease(machine), outcome="stopped")
    assert (fleet.unit(task).state, fleet.unit(task).attempt) == (UnitState.PENDING, 0)


def test_progress_is_the_agents_share_and_never_100_before_the_end(fleet: Fleet):
    """Half is 50; all of it is 99 until the end is taken."""
    machine = fleet.add("a")
    task = fleet.start()
    lease = fleet.lease(machine)
    fleet.report(machine, lease, progress=0.5)
    half = fleet.details(task).percent
    fleet.report(machine, lease, progress=1.0)
    assert (half, fleet.details(task).percent) == (50, 99)


@pytest.mark.parametrize("progress", [float("inf"), -5.0, 1e300])
def test_mad_progress_is_bounded(fleet: Fleet, progress: float):
    """A share is between 0 and 1, whatever an agent says."""
    machine = fleet.add("a")
    task = fleet.start()
    fleet.report(machine, fleet.lease(machine), progress=progress)
    assert 0 <= fleet.details(task).percent <= 99


def test_another_machines_lease_is_refused(fleet: Fleet):
    """Identity comes from the session alone."""
    first, second = fleet.add("a"), fleet.add("b")
    fleet.start()
    lease = fleet.lease(first)
    with pytest.raises(AgentRefused):
        fleet.finish(second, lease, finding("/x"))


def test_an_unknown_lease_is_stale(fleet: Fleet):
    """Nothing is kept of it."""
    machine = fleet.add("a")
    with pytest.raises(StaleLease):
        fleet.finish(machine, 12345)


def test_a_replaced_lease_is_stale_and_leaves_nothing(fleet: Fleet):
    """The newer lease's results are the only ones."""
    machine = fleet.add("a")
    task = fleet.start()
    old = fleet.lease(machine)
    fleet.report(machine, old, (0, [finding("/old")]))
    new = fleet.lease(machine)
    with pytest.raises(StaleLease):
        fleet.report(machine, old, (1, [finding("/older")]))
    fleet.finish(machine, new, finding("/new"))
    assert fleet.unit(task).risk_num == 1
    rows = fleet.store.read_now(lambda uow: uow.results.items(machine.id, LeaseId(old)))
    assert list(rows) == []


def test_a_silent_lease_may_finish_when_nobody_took_over(fleet: Fleet):
    """It revives on its next message."""
    machine = fleet.add("a")
    task = fleet.start()
    lease = fleet.lease(machine)
    fleet.later(200)
    fleet.expire()
    assert fleet.unit(task).state is UnitState.PENDING
    fleet.finish(machine, lease, finding("/a"))
    assert (fleet.unit(task).status, fleet.unit(task).risk_num) == (Status.OK, 1)


def test_results_that_come_after_the_unit_failed_are_the_machines_own(fleet: Fleet):
    """A spool after days offline: the machine's state moves, the task does not."""
    machine = fleet.add("a")
    task = fleet.start(timeout=60)
    lease = fleet.lease(machine)
    fleet.later(61)
    fleet.expire()
    before = fleet.task(task)
    answer = fleet.finish(machine, lease, finding("/late"))
    assert (answer.ended, fleet.task(task)) == (True, before)
    current = fleet.store.read_now(lambda uow: uow.results.current(machine.id, Module.MALWARE))
    assert current == (LeaseId(lease), fleet.now)


def test_a_batch_that_is_too_large_is_refused(fleet: Fleet):
    """One message, 500 rows."""
    machine = fleet.add("a")
    fleet.start()
    lease = fleet.lease(machine)
    with pytest.raises(InvalidValue, match="500"):
        fleet.report(machine, lease, (0, [finding(f"/{n}") for n in range(MAX_ITEMS + 1)]))


def test_failed_items_are_the_risks_of_a_baseline_scan(fleet: Fleet):
    """A pass, an error and what does not apply are none."""
    machine = fleet.add("a")
    task = fleet.start(Module.BASELINE)
    items = [verdict(f"i{n}", outcome) for n, outcome in enumerate(Outcome)]
    fleet.finish(machine, fleet.lease(machine), *items)
    assert fleet.unit(task).risk_num == 1


def test_how_long_scans_take_is_learnt(fleet: Fleet):
    """The next task's time left starts from it."""
    machine = fleet.add("a")
    fleet.start()
    lease = fleet.lease(machine)
    fleet.later(40)
    fleet.finish(machine, lease)
    details = fleet.details(fleet.start())
    assert details.left.known
    assert abs(details.left.left - timedelta(seconds=40)) < timedelta(seconds=8)


# stop


def test_a_stop_of_a_waiting_task_is_done_at_once(fleet: Fleet):
    """Nobody has to confirm."""
    fleet.add("a")
    task = fleet.start()
    fleet.stop(task)
    assert (fleet.task(task).state, fleet.details(task).percent) == (ScanState.STOPPED, 100)


def test_a_stop_waits_for_the_agents_that_work(fleet: Fleet):
    """StoppingAll, below 100 %, until the last has confirmed; what came before is kept."""
    machine = fleet.add("a")
    task = fleet.start()
    lease = fleet.lease(machine)
    fleet.report(machine, lease, (0, [finding("/a")]))
    assert fleet.stop(task) == (machine.id,)
    assert (fleet.task(task).stopping_all, fleet.details(task).percent < 100) == (True, True)
    assert fleet.report(machine, lease).stop is True
    fleet.report(machine, lease, end=End(outcome="stopped", batches=1))
    after = fleet.task(task)
    assert (after.state, after.tally.stopped, after.tally.risk_events) == (ScanState.STOPPED, 1, 1)


def test_a_stop_of_one_machine_leaves_the_others(fleet: Fleet):
    """And is not a stop of the task."""
    fleet.add("a")
    fleet.add("b")
    task = fleet.start()
    fleet.stop(task, Module.MALWARE, "q-b")
    assert [fleet.unit(task, seq).status for seq in (0, 1)] == [Status.SCANNING, Status.STOP]
    assert fleet.task(task).stopping_all is False


def test_a_second_stop_changes_nothing(fleet: Fleet):
    """Who asked first is remembered."""
    machine = fleet.add("a")
    task = fleet.start()
    fleet.lease(machine)
    fleet.stop(task)
    assert fleet.stop(task) == ()


def test_stopping_a_finished_task_is_no_error(fleet: Fleet):
    """It stays done."""
    machine = fleet.add("a")
    task = fleet.start()
    fleet.finish(machine, fleet.lease(machine))
    fleet.stop(task)
    assert fleet.task(task).state is ScanState.DONE


def test_stopping_an_unknown_machine_is_refused(fleet: Fleet):
    """By name."""
    fleet.add("a")
    task = fleet.start()
    with pytest.raises(InvalidValue, match="nobody"):
        fleet.stop(task, Module.MALWARE, "nobody")


def test_results_under_a_stopping_unit_do_not_make_it_ok(fleet: Fleet):
    """The stop was accepted first."""
    machine = fleet.add("a")
    task = fleet.start()
    lease = fleet.lease(machine)
    fleet.stop(task)
    fleet.finish(machine, lease, finding("/a"))
    assert (fleet.unit(task).state, fleet.unit(task).risk_num) == (UnitState.STOPPED, 1)


# sessions


def test_a_new_process_of_the_agent_frees_its_leases_at_once(fleet: Fleet):
    """No waiting for the lease to run out."""
    machine = fleet.add("a")
    task = fleet.start()
    fleet.report(machine, fleet.lease(machine))
    fleet.session(machine, "second")
    assert (fleet.unit(task).state, fleet.unit(task).attempt) == (UnitState.PENDING, 1)


def test_a_server_restart_costs_no_attempt(fleet: Fleet):
    """Twenty kills, and the scan still ends."""
    machine = fleet.add("a")
    task = fleet.start()
    for number in range(20):
        fleet.report(machine, fleet.lease(machine))
        fleet.later(1)
        fleet.server_started = fleet.now
        fleet.session(machine, f"after-{number}")
    assert (fleet.unit(task).state, fleet.unit(task).attempt) == (UnitState.PENDING, 0)


def test_the_same_process_keeps_its_leases(fleet: Fleet):
    """A session that only ran out changes nothing."""
    machine = fleet.add("a")
    task = fleet.start()
    fleet.lease(machine)
    fleet.later(10)
    fleet.session(machine, "first")
    assert fleet.unit(task).state is UnitState.LEASED


def test_a_protocol_from_the_future_is_refused_with_the_remedy(fleet: Fleet):
    """The operator reads what to run."""
    machine = fleet.add("a")
    with pytest.raises(AgentTooOld, match="hostward agent upgrade"):
        fleet.session(machine, "x", protocol=99)


def test_a_challenge_is_good_once(fleet: Fleet):
    """A recorded session message opens nothing."""
    machine = fleet.add("a")
    with pytest.raises(AgentRefused):
        fleet.session(machine, "first")


# expire


def test_an_offline_machine_fails_3_at_the_end_of_its_queue(fleet: Fleet):
    """And the task is over."""
    fleet.add("a", online=False)
    task = fleet.start(queue=60)
    fleet.later(61)
    fleet.expire()
    assert (fleet.unit(task).fail, fleet.task(task).state) == (FailType.OFFLINE, ScanState.DONE)


def test_a_lively_agent_that_never_ends_times_out(fleet: Fleet):
    """FailType 4 after TimeoutPeriod from its lease."""
    machine = fleet.add("a")
    task = fleet.start(timeout=60)
    lease = fleet.lease(machine)
    fleet.later(61)
    fleet.poll(machine, lease)
    fleet.expire()
    assert (fleet.unit(task).fail, render(fleet.unit(task).note).split(";")[0]) == (
        FailType.TIMEOUT,
        "timed out after 60 s",
    )


def test_an_agent_that_goes_silent_twice_fails_5(fleet: Fleet):
    """Two attempts, then the reason in words."""
    machine = fleet.add("a")
    task = fleet.start()
    for _ in range(2):
        fleet.lease(machine)
        fleet.later(200)
        fleet.expire()
    assert (fleet.unit(task).fail, "went silent" in render(fleet.unit(task).note)) == (FailType.FAILED, True)


def test_nothing_due_is_nothing_done(fleet: Fleet):
    """An idle reaper."""
    fleet.add("a")
    fleet.start()
    assert fleet.expire() == (0, ())


# describe


def test_an_unknown_task_another_module_and_another_account_read_alike(fleet: Fleet):
    """Nothing leaks about what others have."""
    fleet.add("a")
    task = fleet.start(Module.MALWARE)
    other = fleet.store.write_now(lambda uow: uow.accounts.add_account("other"))
    messages = []
    for account, module, number in ((fleet.account, Module.VUL, task), (other, Module.MALWARE, task)):
        with pytest.raises(NotFound) as caught:
            Fleet(store=fleet.store, account=account, now=fleet.now).details(number, module)
        messages.append(str(caught.value))
    with pytest.raises(NotFound) as caught:
        fleet.details(TaskId(task + 1), Module.MALWARE)
    messages.append(str(caught.value))
    assert messages == [
        f"TaskId {task} is not a Vul task",
        f"TaskId {task} is not a Malware task",
        f"TaskId {task + 1} is not a Malware task",
    ]


def test_a_page_is_filtered_and_the_counts_are_not(fleet: Fleet):
    """ScanMachineCount is everybody, whatever the filters."""
    first = fleet.add("a")
    fleet.add("b")
    task = fleet.start()
    fleet.finish(first, fleet.lease(first))
    details = fleet.details(task, conditions=(StatusIs(values=frozenset({Status.OK})),))
    assert (details.page.total, details.page.rows[0].host_name, details.task.tally.machines) == (1, "a", 2)


def test_elapsed_stands_still_after_the_end(fleet: Fleet):
    """ScanTime is to now, or to the end."""
    machine = fleet.add("a")
    task = fleet.start()
    lease = fleet.lease(machine)
    fleet.later(5)
    fleet.finish(machine, lease)
    fleet.later(500)
    assert fleet.details(task).elapsed == timedelta(seconds=5)


def test_the_tally_is_the_recount_after_everything_above(fleet: Fleet):
    """Four machines, four fates."""
    machines = [fleet.add(name) for name in "abcd"]
    task = fleet.start(timeout=100)
    leases = [fleet.lease(machine) for machine in machines]
    fleet.finish(machines[0], leases[0], finding("/a"))
    fleet.finish(machines[1], leases[1], outcome="failed")
    fleet.stop(task, Module.MALWARE, "q-c")
    fleet.later(101)
    fleet.expire()
    tally = fleet.task(task).tally
    assert tally == fleet.recount(task)
    assert (tally.ok, tally.failed, tally.stopped, tally.timeout) == (1, 1, 1, 1)
