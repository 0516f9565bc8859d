"""Schedules: when they fire, and what becomes of a fire."""

from dataclasses import replace
from datetime import UTC, date, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from hostward.domain.errors import InvalidValue
from hostward.domain.ids import AccountId, ScheduleId, TaskId
from hostward.domain.module import Module
from hostward.domain.options import BaselineOptions, MalwareOptions, VulOptions
from hostward.domain.reason import Reason
from hostward.domain.schedule import (
    MAX_DAYS,
    MAX_GRACE,
    MAX_JITTER,
    Decision,
    EveryDays,
    Overlap,
    Policy,
    Skip,
    Weekly,
    Window,
    decide,
    first_day,
    next_fire,
)
from hostward.domain.tally import Tally
from hostward.domain.task import Task
from schedule_samples import HOUR, at, schedule, setting

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Window(start=time(22), end=time(6))
QUEUE = Policy(overlap=Overlap.QUEUE)


def task(*, done: str | None = None) -> Task:
    """The task before: done at a time, or at work."""
    tally = Tally(machines=1, ok=1) if done else Tally(machines=1, running=1)
    begin = at("2026-11-24 02:00")
    return Task(
        id=TaskId(9), account=AccountId(1), module=Module.VUL, trigger=1, options=VulOptions(), content=(),
        created_by="schedule", begin=begin, run_begin=begin, end=at(done) if done else None, tally=tally,
    )  # fmt: skip


def fires(made, begin: str, count: int, zone=UTC) -> list[str]:
    """The next fires in the zone's own clock."""
    return [f"{fire.astimezone(zone):%m-%d %H:%M}" for fire in islice(made.fires(at(begin), zone), count)]


def test_every_day_fires_at_its_time():
    """The next fire is always after the moment asked for, never at it."""
    assert fires(schedule(), "2026-11-24 02:00", 2) == ["11-25 02:00", "11-26 02:00"]
    assert fires(schedule(), "2026-11-24 01:59", 1) == ["11-24 02:00"]


def test_every_third_day_is_counted_from_the_first():
    """Whenever it is asked."""
    assert fires(schedule(days=3), "2026-11-25 00:00", 3) == ["11-27 02:00", "11-30 02:00", "12-03 02:00"]


def test_nothing_fires_before_the_first_day():
    """However early it is asked."""
    assert fires(schedule(days=7), "2026-01-01 00:00", 2) == ["11-24 02:00", "12-01 02:00"]


def test_weekly_days_fire_each_week():
    """Tuesday and Sunday; 2026-11-24 is a Tuesday."""
    made = schedule(cadence=Weekly(weekdays=frozenset({1, 6})))
    assert fires(made, "2026-11-24 02:00", 3) == ["11-29 02:00", "12-01 02:00", "12-06 02:00"]


def test_the_clock_of_the_zone_counts():
    """02:00 in Berlin is 00:00 UTC in summer and 01:00 in winter."""
    assert next_fire(setting(first=date(2026, 7, 1)), at("2026-07-01 12:00"), BERLIN) == at("2026-07-02 00:00")
    assert next_fire(setting(), at("2026-11-24 12:00"), BERLIN) == at("2026-11-25 01:00")


def test_the_night_of_the_jump_has_one_fire_at_the_jump():
    """02:30 does not exist in Berlin on 2026-03-29."""
    made = schedule(at=time(2, 30), first=date(2026, 3, 1))
    assert fires(made, "2026-03-27 12:00", 3, BERLIN) == ["03-28 02:30", "03-29 03:00", "03-30 02:30"]


def test_the_night_with_an_hour_twice_has_one_fire():
    """02:30 comes twice in Berlin on 2026-10-25."""
    made = schedule(at=time(2, 30), first=date(2026, 3, 1))
    assert fires(made, "2026-10-24 12:00", 2, BERLIN) == ["10-25 02:30", "10-26 02:30"]
    assert made.after(at("2026-10-25 00:30"), BERLIN) == at("2026-10-26 01:30")


def test_a_switched_off_schedule_never_fires():
    """None, and no fires."""
    made = schedule(enabled=False)
    assert (made.after(at("2026-11-24 00:00"), UTC), fires(made, "2026-11-24 00:00", 3)) == (None, [])


@pytest.mark.parametrize("days", [0, -1, MAX_DAYS + 1])
def test_a_cadence_of_too_few_or_many_days_is_refused(days: int):
    """1 to 365."""
    with pytest.raises(InvalidValue, match="365"):
        EveryDays(days=days, first=date(2026, 1, 1))


@pytest.mark.parametrize("days", [set(), {7}, {-1, 3}])
def test_days_that_no_week_has_are_refused(days: set[int]):
    """0 to 6, at least one."""
    with pytest.raises(InvalidValue, match="Monday"):
        Weekly(weekdays=frozenset(days))


def test_a_window_without_length_is_refused():
    """It could mean always or never."""
    with pytest.raises(InvalidValue, match="no length"):
        Window(start=time(2), end=time(2))


@pytest.mark.parametrize(
    ("clock", "inside"), [("22:00", True), ("23:59", True), ("00:00", True), ("05:59", True), ("06:00", False),
                          ("12:00", False), ("21:59", False)],
)  # fmt: skip
def test_a_window_may_go_over_midnight(clock: str, inside: bool):
    """Its end is no longer in it."""
    assert NIGHT.includes(time.fromisoformat(clock)) == inside


@pytest.mark.parametrize(("clock", "inside"), [("02:00", True), ("05:59", True), ("06:00", False), ("01:59", False)])
def test_a_window_of_one_day(clock: str, inside: bool):
    """From 2 to 6."""
    assert Window(start=time(2), end=time(6)).includes(time.fromisoformat(clock)) == inside


@pytest.mark.parametrize(
    ("now", "closes"),
    [
        ("2026-11-24 21:59", None),
        ("2026-11-24 22:00", "2026-11-25 06:00"),
        ("2026-11-25 05:59", "2026-11-25 06:00"),
        ("2026-11-25 06:00", None),
    ],
)
def test_a_window_knows_when_it_closes(now: str, closes: str | None):
    """None while it is not open."""
    assert NIGHT.closes(at(now), UTC) == (at(closes) if closes else None)


def test_a_window_is_shorter_in_the_night_of_the_jump():
    """From 01:00 to 03:30 there are one and a half hours on 2026-03-29 in Berlin."""
    window = Window(start=time(1), end=time(3, 30))
    assert window.closes(at("2026-03-29 00:00"), BERLIN) == at("2026-03-29 01:30")


def test_a_window_that_ended_is_not_opened_by_the_hour_that_comes_twice():
    """01:00 to 02:30 ends at the first 02:30 of 2026-10-25 in Berlin, at 00:30 UTC."""
    window = Window(start=time(1), end=time(2, 30))
    moments = ("2026-10-25 00:29", "2026-10-25 00:30", "2026-10-25 01:10")
    assert [window.closes(at(moment), BERLIN) for moment in moments] == [at("2026-10-25 00:30"), None, None]


def test_a_time_outside_its_window_is_refused():
    """Such a scan could never start."""
    with pytest.raises(InvalidValue, match="not between"):
        setting(at=time(12), window=NIGHT)


@pytest.mark.parametrize(
    ("options", "module"),
    [(VulOptions(), Module.VUL), (MalwareOptions(), Module.MALWARE), (BaselineOptions(), Module.BASELINE)],
)
def test_the_module_is_that_of_the_options(options, module: Module):
    """There is no other place for it."""
    assert schedule(options=options).module is module


@pytest.mark.parametrize(("now", "expected"), [("2026-11-24 01:59", "24"), ("2026-11-24 02:00", "25")])
def test_a_new_cadence_begins_the_next_time_its_time_comes(now: str, expected: str):
    """Today while it is still to come, else tomorrow."""
    assert first_day(time(2), at(now), UTC) == date(2026, 11, int(expected))


@pytest.mark.parametrize(
    "policy", [{"grace": -HOUR}, {"grace": MAX_GRACE + HOUR}, {"jitter": -HOUR}, {"jitter": MAX_JITTER + HOUR}]
)
def test_a_policy_with_spans_out_of_range_is_refused(policy: dict):
    """Negative ones mean nothing, long ones another day."""
    with pytest.raises(InvalidValue, match="not between"):
        Policy(**policy)


def test_jitter_spreads_schedules_but_never_moves_one():
    """Each has its own part of it, always the same."""
    many = [schedule(id=ScheduleId(number), policy=Policy(jitter=HOUR)) for number in range(300)]
    spreads = [each.spread for each in many]
    assert spreads == [replace(each).spread for each in many]
    assert (min(spreads) < HOUR / 10, max(spreads) > HOUR * 0.9, max(spreads) <= HOUR) == (True, True, True)
    assert many[7].after(at("2026-11-24 00:00"), UTC) == at("2026-11-24 02:00") + spreads[7]


def test_jitter_leaves_half_of_the_window():
    """A start near its end could do nothing."""
    window = Window(start=time(2), end=time(4))
    many = [schedule(id=ScheduleId(number), policy=Policy(jitter=12 * HOUR), window=window) for number in range(200)]
    assert HOUR * 0.8 < max(each.spread for each in many) <= HOUR


def test_without_jitter_nothing_is_spread():
    """To the second."""
    assert {schedule(id=ScheduleId(number)).spread for number in range(50)} == {timedelta(0)}


def decided(now: str, due: str = "2026-11-24 02:00", previous: Task | None = None, **said) -> Decision:
    """What becomes of a fire."""
    return decide(schedule(**said), at(due), previous, at(now), UTC)


def test_a_fire_starts():
    """The plain case."""
    assert decided("2026-11-24 02:00:01") == Decision(fire=at("2026-11-24 02:00"), starts=True)


def test_a_start_in_a_window_ends_with_it():
    """The decision says when."""
    decision = decided("2026-11-24 02:00:01", window=NIGHT)
    assert decision == Decision(fire=at("2026-11-24 02:00"), starts=True, ends=at("2026-11-24 06:00"))


@pytest.mark.parametrize(("now", "starts"), [("2026-11-24 03:00:00", True), ("2026-11-24 03:00:01", False)])
def test_a_late_fire_is_made_good_within_its_grace(now: str, starts: bool):
    """An hour, unless another was said."""
    decision = decided(now)
    assert decision.starts == starts
    late = Skip(at=at("2026-11-24 02:00"), reason=Reason.FIRE_TOO_LATE, values={"late": 3601, "grace": 3600})
    assert decision.skip == (None if starts else late)


def test_the_grace_is_the_policys():
    """Here two hours."""
    assert decided("2026-11-24 04:00", policy=Policy(grace=2 * HOUR)).starts
    assert not decided("2026-11-24 02:00:01", policy=Policy(grace=timedelta(0))).starts


@pytest.mark.parametrize(("now", "starts"), [("2026-11-24 05:59", True), ("2026-11-24 06:00", False)])
def test_a_window_counts_in_place_of_the_grace(now: str, starts: bool):
    """Late inside of it is still in time; the next night is another window."""
    assert decided(now, window=NIGHT).starts == starts


def test_the_window_of_another_night_is_not_that_of_the_fire():
    """The week's scan that was missed is not made good a night later."""
    decision = decided("2026-11-25 02:30", days=7, window=NIGHT)
    assert (decision.starts, decision.skip) == (False, Skip(at=at("2026-11-24 02:00"), reason=Reason.WINDOW_CLOSED))


def test_of_many_missed_fires_the_last_one_is_made_good():
    """The others are recorded."""
    decision = decided("2026-11-28 02:10")
    missed = Skip(at=at("2026-11-27 02:00"), reason=Reason.FIRES_MISSED, values={"count": 4})
    assert decision == Decision(fire=at("2026-11-28 02:00"), starts=True, skip=missed)


def test_of_many_missed_fires_the_last_one_may_be_too_late_as_well():
    """Nothing starts."""
    decision = decided("2026-11-28 12:00")
    assert (decision.starts, decision.skip.at, decision.skip.reason) == (
        False, at("2026-11-28 02:00"), Reason.FIRE_TOO_LATE,
    )  # fmt: skip


def test_a_fire_that_meets_the_task_before_is_skipped():
    """Unless it is told to wait."""
    decision = decided("2026-11-25 02:00", due="2026-11-25 02:00", previous=task())
    skip = Skip(at=at("2026-11-25 02:00"), reason=Reason.STILL_RUNNING, values={"task": 9})
    assert decision == Decision(fire=at("2026-11-25 02:00"), skip=skip)


def test_a_fire_waits_for_the_task_before_if_told_to():
    """As long as it takes."""
    decision = decided("2026-11-25 09:00", due="2026-11-25 02:00", previous=task(), policy=QUEUE)
    assert decision == Decision(fire=at("2026-11-25 02:00"), waits=True)


def test_a_wait_ends_with_the_window():
    """It can't start any more."""
    decision = decided("2026-11-25 06:00", due="2026-11-25 02:00", previous=task(), policy=QUEUE, window=NIGHT)
    assert (decision.waits, decision.skip.reason) == (False, Reason.WINDOW_CLOSED)


def test_waiting_is_no_lateness():
    """The grace counts from the end of the task before."""
    done = task(done="2026-11-25 08:30")
    assert decided("2026-11-25 09:00", due="2026-11-25 02:00", previous=done, policy=QUEUE).starts
    assert not decided("2026-11-25 09:31", due="2026-11-25 02:00", previous=done, policy=QUEUE).starts
    assert not decided("2026-11-25 09:00", due="2026-11-25 02:00", previous=done).starts


def test_a_task_that_is_over_holds_nothing_up():
    """The plain case of the second day."""
    assert decided("2026-11-25 02:00", due="2026-11-25 02:00", previous=task(done="2026-11-24 02:10")).starts


def test_another_zone_moves_the_next_fire():
    """What is due already stays due."""
    made = schedule(at("2026-11-24 12:00"))
    assert made.in_zone("Europe/Berlin", BERLIN, at("2026-11-24 12:00")).next_fire == at("2026-11-25 01:00")
    due = made.in_zone("Europe/Berlin", BERLIN, at("2026-11-25 02:00"))
    assert (due.next_fire, due.zone) == (at("2026-11-25 02:00"), "Europe/Berlin")


def test_another_zone_leaves_a_switched_off_schedule_off():
    """There is no next fire to move."""
    made = schedule(at("2026-11-24 12:00"), enabled=False)
    assert made.in_zone("Europe/Berlin", BERLIN, at("2026-11-24 12:00")).next_fire is None


def test_what_is_scanned_is_no_part_of_the_rhythm():
    """Nor is the day it is counted from, nor what the times were called."""
    plain = setting(days=3)
    same = setting(days=3, first=date(2026, 1, 1), options=MalwareOptions(), quuids=("q",), words={"TimerTime": "2:00"})
    assert same.rhythm == plain.rhythm
    others = (
        setting(days=2),
        setting(days=3, at=time(3)),
        setting(days=3, enabled=False),
        setting(days=3, window=NIGHT),
    )
    assert plain.rhythm not in {each.rhythm for each in others}
