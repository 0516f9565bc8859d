"""How far a task is and how long it takes, in numbers a reader can check."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from hostward.domain.durations import UNKNOWN, Durations, counted
from hostward.domain.host_scan import LEASE, WHOLE
from hostward.domain.progress import AtWork, Clocks, Estimate, percent, time_left
from hostward.domain.tally import Tally

MINUTE = timedelta(minutes=1)
HALF = Tally(machines=2, running=2, progress=WHOLE)
NONE = Tally(machines=2, pending=2)
CLOCKS = Clocks(elapsed=10 * MINUTE, until_deadline=100 * MINUTE, timeout=60 * MINUTE, age=10 * MINUTE)
TWENTY = counted([20 * MINUTE] * 200)


def near(seen: timedelta, wanted: timedelta, share: float = 0.1) -> bool:
    """Within a tenth: lengths are counted in classes of 19 %."""
    return abs(seen - wanted) <= wanted * share


def test_half_of_the_work_is_fifty_percent():
    """The mean over machines."""
    assert percent(HALF) == 50


def test_ninety_nine_until_the_last_machine_is_final():
    """Even when all progress is in."""
    assert percent(Tally(machines=1, running=1, progress=WHOLE)) == 99


def test_nothing_known_gives_the_deadline_and_says_so():
    """Estimating."""
    assert time_left(NONE, CLOCKS) == Estimate(left=100 * MINUTE, known=False)


def test_one_machine_that_is_half_done_in_ten_minutes_has_ten_left():
    """Without history its own pace is all there is."""
    tally = Tally(machines=1, running=1, progress=WHOLE // 2)
    at_work = [AtWork(age=10 * MINUTE, done=0.5)]
    assert near(time_left(tally, CLOCKS, UNKNOWN, at_work).left, 10 * MINUTE)


def test_history_speaks_before_the_task_has_a_pace():
    """Machines usually take twenty minutes."""
    begun = replace(CLOCKS, elapsed=timedelta(0), age=timedelta(0))
    assert near(time_left(NONE, begun, TWENTY).left, 20 * MINUTE, 0.2)


def test_many_machines_take_as_long_as_the_slowest_of_them():
    """One in ten takes forty minutes: of a hundred machines some do, and of one most likely not."""
    history = counted([10 * MINUTE] * 900 + [40 * MINUTE] * 100)
    begun = replace(CLOCKS, elapsed=timedelta(0), age=timedelta(0))
    assert near(time_left(Tally(machines=100, pending=100), begun, history).left, 40 * MINUTE, 0.2)
    assert near(time_left(Tally(machines=1, pending=1), begun, history).left, 10 * MINUTE, 0.2)


def test_a_straggler_is_seen_by_its_own_progress():
    """Ninety-nine are done; the last has done a fifth in ten minutes."""
    tally = Tally(machines=100, ok=99, running=1, progress=99 * WHOLE + WHOLE // 5)
    left = time_left(tally, CLOCKS, counted([9 * MINUTE] * 100), [AtWork(age=10 * MINUTE, done=0.2)]).left
    assert left > 15 * MINUTE


def test_a_task_that_is_slower_than_before_says_so():
    """All machines are at a quarter after ten minutes, though they used to be done after twenty."""
    tally = Tally(machines=4, running=4, progress=WHOLE)
    assert near(time_left(tally, CLOCKS, TWENTY, [AtWork(age=10 * MINUTE, done=0.25)] * 4).left, 30 * MINUTE, 0.15)


def test_no_machine_is_waited_for_beyond_its_timeout():
    """It fails then, and the task goes on without it."""
    slow = AtWork(age=50 * MINUTE, done=0.1)
    clocks = replace(CLOCKS, elapsed=50 * MINUTE, age=50 * MINUTE)
    assert time_left(Tally(machines=1, running=1, progress=WHOLE // 10), clocks, UNKNOWN, [slow]).left == 10 * MINUTE


def test_offline_machines_hold_the_task_open_until_their_queue_ends():
    """However soon the others are done."""
    tally = Tally(machines=10, ok=9, pending=1, absent=1, progress=9 * WHOLE)
    clocks = replace(CLOCKS, until_queue_ends=50 * MINUTE)
    assert time_left(tally, clocks, TWENTY).left == 50 * MINUTE


def test_a_ramp_counts_until_its_last_machine_is_done():
    """Thirty minutes until it begins, and then a scan."""
    clocks = replace(CLOCKS, until_last_start=30 * MINUTE, ramp=40 * MINUTE)
    tally = Tally(machines=40, ok=10, pending=30, progress=10 * WHOLE)
    assert near(time_left(tally, clocks, counted([5 * MINUTE] * 100)).left, 35 * MINUTE, 0.15)


def test_machines_that_were_final_before_the_run_say_nothing_of_its_pace():
    """A rerun of one machine in a hundred, which has done a tenth in ten minutes, has far to go."""
    tally = Tally(machines=100, ok=99, running=1, progress=99 * WHOLE + WHOLE // 10)
    clocks = replace(CLOCKS, settled=99, until_deadline=900 * MINUTE, timeout=800 * MINUTE)
    assert near(time_left(tally, clocks, UNKNOWN, [AtWork(age=10 * MINUTE, done=0.1)]).left, 90 * MINUTE)


def test_a_stop_is_waited_for_no_longer_than_a_lease():
    """Its agent confirms, or the lease ends."""
    assert time_left(Tally(machines=2, stopping=1, ok=1, progress=WHOLE), CLOCKS, TWENTY).left == LEASE


def test_at_least_a_second_before_the_end():
    """0 means done."""
    late = Tally(machines=1, running=1, progress=WHOLE)
    clocks = replace(CLOCKS, until_deadline=timedelta(0))
    assert time_left(late, clocks, UNKNOWN, [AtWork(age=10 * MINUTE, done=1.0)]).left == timedelta(seconds=1)


def test_done_is_zero():
    """And known."""
    over = Tally(machines=1, ok=1, progress=WHOLE)
    assert time_left(over, CLOCKS, TWENTY) == Estimate(left=timedelta(0), known=True)


@pytest.mark.parametrize("machines", [1, 3, 40, 400])
@pytest.mark.parametrize("history", [UNKNOWN, TWENTY], ids=["nothing known", "twenty minutes"])
def test_a_steady_task_never_makes_its_time_left_jump(machines: int, history: Durations):
    """From one half minute to the next the end it names moves by less than a fifth of the task."""
    took = [MINUTE * (15 + 10 * number / machines) for number in range(machines)]
    ends = []
    for half in range(4, 50):
        now = half * MINUTE / 2
        running = [one for one in took if one > now]
        done = len(took) - len(running)
        if not running:
            break
        work = [AtWork(age=now, done=now / one) for one in running]
        tally = Tally(
            machines=machines, ok=done, running=len(running),
            progress=done * WHOLE + sum(int(one.done * WHOLE) for one in work),
        )  # fmt: skip
        clocks = replace(CLOCKS, elapsed=now, age=now, until_deadline=120 * MINUTE - now)
        seen = time_left(tally, clocks, history, work[:: 1 + len(work) // 256])
        ends.append((now + seen.left) / max(took))
    assert max(abs(after - before) for before, after in pairwise(ends)) < 0.2
