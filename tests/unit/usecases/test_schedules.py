"""Keeping schedules, and starting what is due."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest

from hostward.domain.errors import Conflict, FeedError, InvalidValue, NoMachines, NotFound, UnsupportedValue
from hostward.domain.host_scan import FailType
from hostward.domain.ids import AccountId, ScheduleId, TaskId
from hostward.domain.module import Module
from hostward.domain.note import Code
from hostward.domain.options import MalwareOptions, VulOptions
from hostward.domain.reason import Reason
from hostward.domain.schedule import EveryDays, Overlap, Policy, Schedule, Setting, Skip, Window
from hostward.domain.severity import Level
from hostward.domain.task import MAX_TIMEOUT, Trigger
from hostward.usecases.machines.names import quuids_of, uuids_of
from hostward.usecases.scans import run_due as running
from hostward.usecases.scans.run_due import STARTED_BY, Ran, run_due
from hostward.usecases.schedules.adjust import adjust
from hostward.usecases.schedules.enable import enable
from hostward.usecases.schedules.find import find
from hostward.usecases.schedules.keep import keep
from hostward.usecases.schedules.rezone import rezone
from hostward.usecases.schedules.run_now import run_now
from schedule_samples import HOUR, at, setting
from small_fleet import BEGIN, Fleet

BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
TIMEOUT = timedelta(minutes=10)
NOON = time(12)
EVENING = Window(start=NOON, end=time(18))
MALWARE = MalwareOptions()


def a_setting(**said) -> Setting:
    """A malware scan each day at noon, from tomorrow on (the fleet's clock stands at noon)."""
    return setting(**{"options": MALWARE, "content": ("1",), "at": NOON, "first": date(2026, 11, 25)} | said)


def kept(fleet: Fleet, zone: tzinfo = UTC, **said) -> Schedule:
    """Keep a setting."""
    account = said.pop("account", fleet.account)
    return fleet.store.write_now(
        lambda uow: keep(uow, account=account, setting=a_setting(**said), zone=zone, now=fleet.now)
    )


def stored(fleet: Fleet, number: int = 1) -> Schedule:
    """A schedule as it is now."""
    found = fleet.store.read_now(lambda uow: uow.schedules.get(ScheduleId(number)))
    assert found is not None
    return found


def ran(fleet: Fleet, number: int = 1, zone: tzinfo = UTC) -> Ran:
    """The scheduler looks at it."""
    return fleet.store.write_now(
        lambda uow: run_due(uow, which=ScheduleId(number), now=fleet.now, zone=zone, timeout=TIMEOUT)
    )


def tasks(fleet: Fleet) -> list[TaskId]:
    """All tasks there are, newest first."""
    states: frozenset = frozenset()
    _, found = fleet.store.read_now(
        lambda uow: uow.tasks.list(fleet.account, module=None, states=states, limit=99, offset=0)
    )
    return [task.id for task in found]


def until(fleet: Fleet, moment: str) -> None:
    """Let time pass up to a moment."""
    fleet.now = at(moment)


@pytest.fixture
def due(fleet: Fleet) -> Fleet:
    """One machine, and a schedule that is due just now."""
    fleet.add("a")
    kept(fleet)
    until(fleet, "2026-11-25 12:00:00")
    return fleet


def test_a_new_schedule_knows_when_it_fires(fleet: Fleet):
    """By the clocks of the server's zone, whose name it keeps."""
    made = kept(fleet, BERLIN)
    assert (made.id, made.next_fire, made.zone) == (1, at("2026-11-25 11:00"), "Europe/Berlin")
    assert stored(fleet) == made


def test_a_switched_off_schedule_is_kept_without_a_fire(fleet: Fleet):
    """To be read back and switched on later."""
    assert kept(fleet, enabled=False).next_fire is None


def test_a_module_has_one_setting(fleet: Fleet):
    """Keeping another changes the first; other modules and accounts have their own."""
    kept(fleet)
    changed = kept(fleet, at=time(3), first=date(2026, 11, 25))
    assert (changed.id, changed.next_fire) == (1, at("2026-11-25 03:00"))
    others = kept(fleet, options=VulOptions()), kept(fleet, account=AccountId(fleet.account + 1))
    assert [each.id for each in others] == [2, 3]


def test_what_is_scanned_may_change_without_a_new_count_of_days(fleet: Fleet):
    """Every third day stays every third day."""
    made = kept(fleet, days=3)
    fleet.later(86_400)
    changed = kept(fleet, days=3, first=date(2026, 11, 26), options=MalwareOptions(engine=1))
    assert (changed.next_fire, changed.setting.cadence) == (made.next_fire, made.setting.cadence)
    assert changed.setting.options == MalwareOptions(engine=1)


def test_a_fire_that_is_due_survives_a_change_of_what_is_scanned(due: Fleet):
    """Saving the setting in the second of the fire loses nothing."""
    assert kept(due, options=MalwareOptions(engine=1)).next_fire == due.now
    assert ran(due).task is not None


@pytest.mark.parametrize("change", [{"days": 2}, {"at": time(13)}, {"window": EVENING}])
def test_another_rhythm_is_reckoned_from_now(fleet: Fleet, change: dict):
    """Its days are counted from the day it was given."""
    kept(fleet, days=3)
    changed = kept(fleet, **change, first=date(2026, 12, 1))
    assert changed.setting.cadence == EveryDays(days=change.get("days", 1), first=date(2026, 12, 1))
    assert changed.next_fire.date() == date(2026, 12, 1)


def test_policy_and_history_outlive_another_setting(due: Fleet):
    """They were not part of it."""
    ran(due)
    due.store.write_now(lambda uow: uow.schedules.put(replace(stored(due), policy=Policy(overlap=Overlap.QUEUE))))
    changed = kept(due, at=time(3))
    assert (changed.policy.overlap, changed.last_task, changed.last_fire) == (
        Overlap.QUEUE, 1, at("2026-11-25 12:00"),
    )  # fmt: skip


def test_unknown_machines_are_refused(fleet: Fleet):
    """Those of another account are unknown here; nothing is kept."""
    machine = fleet.add("a")
    with pytest.raises(InvalidValue, match="q-b"):
        kept(fleet, quuids=("q-b", machine.quuid))
    with pytest.raises(InvalidValue, match="q-a"):
        kept(fleet, quuids=("q-a",), account=AccountId(fleet.account + 1))
    assert fleet.store.read_now(lambda uow: uow.schedules.get(ScheduleId(1))) is None


def test_options_that_no_scan_could_start_with_are_refused(fleet: Fleet):
    """When they are kept, not at night."""
    with pytest.raises(UnsupportedValue, match="VulEmergency"):
        kept(fleet, options=VulOptions(emergency=True))


def test_a_due_schedule_starts_its_task(due: Fleet):
    """Of Type 1, over all machines, by the schedule; its agents are woken."""
    due.add("b")
    done = ran(due)
    task = due.task(done.task)
    assert (task.trigger, task.created_by, task.options, task.content) == (
        Trigger.SCHEDULED, STARTED_BY, MALWARE, ("1",),
    )  # fmt: skip
    assert (task.tally.machines, task.timeout, task.queue, task.not_after) == (2, TIMEOUT, TIMEOUT, None)
    assert done == Ran(fire=due.now, task=task.id, wake=tuple(machine.id for machine in due.machines))


def test_a_fire_starts_one_task(due: Fleet):
    """However often it is looked at."""
    ran(due)
    due.later(1)
    assert (ran(due), len(tasks(due))) == (Ran(), 1)
    assert stored(due).next_fire == at("2026-11-26 12:00")
    assert (stored(due).last_fire, stored(due).last_task, stored(due).last_skip) == (at("2026-11-25 12:00"), 1, None)


def test_nothing_starts_before_its_time(due: Fleet):
    """Not even a microsecond."""
    due.now -= timedelta(microseconds=1)
    assert (ran(due), tasks(due)) == (Ran(), [])


def test_an_unknown_or_switched_off_schedule_is_nothing_to_do(due: Fleet):
    """It may have been changed since it was found."""
    due.store.write_now(
        lambda uow: enable(uow, account=due.account, schedule=ScheduleId(1), enabled=False, zone=UTC, now=due.now)
    )
    assert (ran(due), ran(due, 7)) == (Ran(), Ran())


def test_task_and_fire_are_one_transaction(due: Fleet, monkeypatch: pytest.MonkeyPatch):
    """What fails on its way leaves neither."""

    def broken(*_args, **_named):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(running, "replace", broken)
    with pytest.raises(RuntimeError):
        ran(due)
    monkeypatch.undo()
    assert (tasks(due), stored(due).next_fire) == ([], due.now)
    assert ran(due).task == 1


def test_no_machine_to_scan_is_a_skip_on_record(fleet: Fleet):
    """No error that comes back each second: the next day is another one."""
    kept(fleet)
    until(fleet, "2026-11-25 12:00")
    skip = Skip(at=fleet.now, reason=Reason.NO_MACHINES)
    assert ran(fleet) == Ran(fire=fleet.now, skip=skip)
    assert (stored(fleet).last_skip, stored(fleet).next_fire, stored(fleet).last_task) == (
        skip, at("2026-11-26 12:00"), None,
    )  # fmt: skip


def test_named_machines_alone_are_scanned(fleet: Fleet):
    """In the order in which they were named."""
    for name in "abc":
        fleet.add(name)
    kept(fleet, quuids=("q-c", "q-a"))
    until(fleet, "2026-11-25 12:00")
    assert ran(fleet).wake == (fleet.machines[2].id, fleet.machines[0].id)


def test_machines_that_are_gone_are_left_out(fleet: Fleet):
    """Those that are still there are scanned."""
    machine = fleet.add("a")
    made = kept(fleet)
    with_ghost = replace(made, setting=replace(made.setting, quuids=("q-ghost", "q-a")))
    fleet.store.write_now(lambda uow: uow.schedules.put(with_ghost))
    until(fleet, "2026-11-25 12:00")
    assert ran(fleet).wake == (machine.id,)


def test_a_schedule_whose_machines_are_all_gone_is_skipped(fleet: Fleet):
    """It never turns into a scan of everything."""
    fleet.add("a")
    made = kept(fleet)
    ghosts = replace(made, setting=replace(made.setting, quuids=("q-ghost",)))
    fleet.store.write_now(lambda uow: uow.schedules.put(ghosts))
    until(fleet, "2026-11-25 12:00")
    assert (ran(fleet).skip.reason, tasks(fleet)) == (Reason.MACHINES_GONE, [])


def test_a_refusal_without_a_reason_is_kept_in_its_words(due: Fleet, monkeypatch: pytest.MonkeyPatch):
    """Whatever start() may refuse one day."""

    def refuse(*_args, **_named):
        raise FeedError("no data")

    monkeypatch.setattr(running, "start", refuse)
    assert ran(due).skip == Skip(at=due.now, reason=Reason.REFUSED, values={"message": "no data"})


def test_a_fire_that_was_missed_is_made_good_within_the_hour(due: Fleet):
    """And recorded as the fire it was."""
    due.later(3600)
    assert (ran(due).fire, len(tasks(due))) == (at("2026-11-25 12:00"), 1)


def test_a_fire_that_was_missed_longer_ago_is_skipped(due: Fleet):
    """With what it would have taken."""
    due.later(3601)
    skip = Skip(at=at("2026-11-25 12:00"), reason=Reason.FIRE_TOO_LATE, values={"late": 3601, "grace": 3600})
    assert (ran(due).skip, tasks(due)) == (skip, [])
    assert stored(due).next_fire == at("2026-11-26 12:00")


def test_after_days_down_one_task_starts_and_the_rest_is_recorded(due: Fleet):
    """No herd of tasks."""
    until(due, "2026-11-29 12:30")
    done = ran(due)
    assert (done.fire, done.skip) == (
        at("2026-11-29 12:00"), Skip(at=at("2026-11-28 12:00"), reason=Reason.FIRES_MISSED, values={"count": 4}),
    )  # fmt: skip
    assert (len(tasks(due)), stored(due).last_skip, stored(due).next_fire) == (1, done.skip, at("2026-11-30 12:00"))


def test_a_task_before_that_still_runs_skips_the_fire(due: Fleet):
    """Named in the reason."""
    due.now, machine = at("2026-11-25 12:00"), due.machines[0]
    ran(due)
    due.store.write_now(
        lambda uow: uow.tasks.put(replace(uow.tasks.get(TaskId(1)), queue=2 * DAY))
    )  # fmt: skip
    until(due, "2026-11-26 12:00")
    done = ran(due)
    assert (done.skip, done.task) == (Skip(at=due.now, reason=Reason.STILL_RUNNING, values={"task": 1}), None)
    assert (tasks(due), stored(due).next_fire, machine.id) == ([1], at("2026-11-27 12:00"), 1)


def test_a_fire_that_may_wait_starts_once_the_task_before_is_over(due: Fleet):
    """Hours later, and once."""
    due.store.write_now(
        lambda uow: adjust(
            uow, account=due.account, schedule=ScheduleId(1), policy=Policy(overlap=Overlap.QUEUE), zone=UTC,
            now=due.now,
        )
    )  # fmt: skip
    ran(due)
    until(due, "2026-11-26 12:00")
    assert ran(due) == Ran(fire=due.now)
    due.later(7200)
    due.session(due.machines[0], "second")
    due.finish(due.machines[0], due.lease(due.machines[0]))
    due.later(1)
    done = ran(due)
    assert (done.task, done.fire, stored(due).next_fire) == (2, at("2026-11-26 12:00"), at("2026-11-27 12:00"))


def test_a_task_in_a_window_ends_with_it(fleet: Fleet):
    """Its machines may queue and scan as long as it is open, and not a second longer."""
    fleet.add("a")
    kept(fleet, window=EVENING)
    until(fleet, "2026-11-25 12:00:01")
    task = fleet.task(ran(fleet).task)
    assert (task.not_after, task.deadline) == (at("2026-11-25 18:00"), at("2026-11-25 18:00"))
    assert task.queue == task.timeout == at("2026-11-25 18:00") - fleet.now


def test_a_scan_that_is_at_work_when_its_window_closes_fails_with_the_reason(fleet: Fleet):
    """FailType 4."""
    machine = fleet.add("a")
    kept(fleet, window=EVENING)
    until(fleet, "2026-11-25 12:00:01")
    task = ran(fleet).task
    until(fleet, "2026-11-25 17:59:00")
    fleet.session(machine, "first")
    fleet.lease(machine)
    until(fleet, "2026-11-25 18:00:00")
    fleet.expire()
    unit = fleet.unit(task)
    assert (unit.fail, unit.note.code, unit.note.values) == (
        FailType.TIMEOUT, Code.WINDOW_CLOSED, {"until": "2026-11-25 18:00:00 UTC"},
    )  # fmt: skip
    assert fleet.task(task).tally.is_done


def test_a_machine_that_stays_offline_fails_when_the_window_closes(fleet: Fleet):
    """FailType 3, as everywhere."""
    fleet.add("a", online=False)
    kept(fleet, window=EVENING)
    until(fleet, "2026-11-25 12:00:00")
    task = ran(fleet).task
    until(fleet, "2026-11-25 18:00:00")
    fleet.expire()
    assert fleet.unit(task).fail is FailType.OFFLINE


def test_a_rerun_by_a_person_is_not_bound_to_the_window(fleet: Fleet):
    """Whoever asks by day wants it by day."""
    fleet.add("a", online=False)
    kept(fleet, window=EVENING)
    until(fleet, "2026-11-25 12:00:00")
    task = ran(fleet).task
    until(fleet, "2026-11-25 18:00:00")
    fleet.expire()
    fleet.rerun(task, timeout=600)
    assert (fleet.task(task).not_after, fleet.task(task).deadline > fleet.now) == (None, True)


def test_a_window_of_almost_a_day_keeps_the_longest_timeout(fleet: Fleet):
    """24 hours, or what is left."""
    fleet.add("a")
    kept(fleet, window=Window(start=NOON, end=time(11, 59)))
    until(fleet, "2026-11-25 12:00")
    assert fleet.task(ran(fleet).task).timeout == timedelta(hours=23, minutes=59) <= MAX_TIMEOUT


def test_the_window_of_another_day_is_another_window(fleet: Fleet):
    """A weekly scan is not made good a day later."""
    fleet.add("a")
    kept(fleet, days=7, window=EVENING)
    until(fleet, "2026-11-26 12:00")
    assert (ran(fleet).skip.reason, stored(fleet).next_fire) == (Reason.WINDOW_CLOSED, at("2026-12-02 12:00"))


def test_another_zone_moves_every_schedule_once(fleet: Fleet):
    """Switched off ones take the name alone."""
    kept(fleet)
    kept(fleet, options=VulOptions(), enabled=False)
    moved = [fleet.store.write_now(lambda uow: rezone(uow, zone=BERLIN, now=fleet.now)) for _ in range(2)]
    assert (moved, stored(fleet).next_fire, stored(fleet, 2).next_fire) == ([2, 0], at("2026-11-25 11:00"), None)
    assert {stored(fleet, n).zone for n in (1, 2)} == {"Europe/Berlin"}


def switched(fleet: Fleet, enabled: bool) -> Schedule:
    """Switch the schedule."""
    return fleet.store.write_now(
        lambda uow: enable(
            uow, account=fleet.account, schedule=ScheduleId(1), enabled=enabled, zone=UTC, now=fleet.now
        )
    )  # fmt: skip


def test_a_schedule_is_switched_off_and_on(fleet: Fleet):
    """Its days are counted from when it was switched on."""
    kept(fleet, days=5)
    assert switched(fleet, enabled=False).next_fire is None
    until(fleet, "2026-12-24 11:00")
    on = switched(fleet, enabled=True)
    assert (on.next_fire, on.setting.cadence) == (at("2026-12-24 12:00"), EveryDays(days=5, first=date(2026, 12, 24)))


def test_switching_on_what_is_on_changes_nothing(due: Fleet):
    """Not even a fire that is due."""
    before = stored(due)
    assert switched(due, enabled=True) == before == stored(due)


def test_another_policy_moves_the_next_fire_by_its_jitter(fleet: Fleet):
    """A fire that is due stays due."""
    kept(fleet)
    policy = Policy(jitter=6 * HOUR, grace=2 * HOUR)

    def adjusted() -> Schedule:
        return fleet.store.write_now(
            lambda uow: adjust(
                uow, account=fleet.account, schedule=ScheduleId(1), policy=policy, zone=UTC, now=fleet.now
            )
        )  # fmt: skip

    first = adjusted()
    assert first.next_fire == at("2026-11-25 12:00") + first.spread
    fleet.now = first.next_fire
    assert (adjusted().next_fire, stored(fleet).policy) == (first.next_fire, policy)


def by_hand(fleet: Fleet):
    """Somebody starts it at once."""
    return fleet.store.write_now(
        lambda uow: run_now(
            uow, account=fleet.account, schedule=ScheduleId(1), by="ann", timeout=TIMEOUT, now=fleet.now
        )
    )  # fmt: skip


def test_a_schedule_can_be_run_by_hand(fleet: Fleet):
    """A one-click scan of who asked; its own times stay, its window does not count."""
    fleet.add("a")
    made = kept(fleet, enabled=False, window=EVENING, at=time(13))
    task = fleet.task(by_hand(fleet).task)
    assert (task.trigger, task.created_by, task.not_after, task.timeout) == (Trigger.ONE_CLICK, "ann", None, TIMEOUT)
    assert stored(fleet) == replace(made, last_task=task.id)


def test_a_schedule_is_not_run_by_hand_beside_its_own_task(fleet: Fleet):
    """Twice the same would only queue."""
    fleet.add("a")
    kept(fleet)
    by_hand(fleet)
    with pytest.raises(Conflict, match="task 1"):
        by_hand(fleet)


def test_a_run_by_hand_without_machines_is_refused(fleet: Fleet):
    """And leaves no trace in the schedule."""
    made = kept(fleet)
    with pytest.raises(NoMachines):
        by_hand(fleet)
    assert stored(fleet) == made


@pytest.mark.parametrize("which", [1, 2])
def test_schedules_of_others_and_unknown_ones_are_refused_alike(fleet: Fleet, which: int):
    """Nothing leaks."""
    kept(fleet, account=AccountId(fleet.account + 1))
    with pytest.raises(NotFound, match=f"ScheduleId {which} is not a schedule of this account"):
        fleet.store.read_now(lambda uow: find(uow, account=fleet.account, schedule=ScheduleId(which)))


def test_machines_are_named_by_their_agents(fleet: Fleet):
    """In order, each once, and back."""
    for name in "abc":
        fleet.add(name)
    account = fleet.account
    assert fleet.store.read_now(lambda uow: quuids_of(uow, account, ["u-b", "u-a", "u-b"])) == ("q-b", "q-a")
    assert fleet.store.read_now(lambda uow: uuids_of(uow, account, ("q-c", "q-gone", "q-a"))) == ("u-c", "u-a")


def test_agents_of_others_and_unknown_ones_are_refused_alike(fleet: Fleet):
    """Both are named as unknown."""
    fleet.add("a")
    other = AccountId(fleet.account + 1)
    with pytest.raises(InvalidValue, match="agents that do not exist: u-a, u-x"):
        fleet.store.read_now(lambda uow: quuids_of(uow, other, ["u-a", "u-x"]))


def test_levels_are_kept_with_the_setting(fleet: Fleet):
    """The task that starts has the options of the setting as it is then."""
    fleet.add("a")
    options = VulOptions(levels=frozenset({Level.CRITICAL}))
    kept(fleet, options=options, content=("1",))
    until(fleet, "2026-11-25 12:00")
    task = fleet.task(ran(fleet).task)
    assert (task.module, task.options) == (Module.VUL, options)


def test_the_fleets_clock_is_what_these_tests_think():
    """Noon of a Tuesday."""
    assert datetime(2026, 11, 24, 12, tzinfo=UTC) == BEGIN
