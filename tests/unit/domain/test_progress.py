"""Time left, in numbers a reader can check."""

from datetime import timedelta

from hostward.domain.host_scan import WHOLE
from hostward.domain.progress import Estimate, percent, time_left
from hostward.domain.tally import Tally

MINUTE = timedelta(minutes=1)
HALF = Tally(machines=2, running=2, progress=WHOLE)
NONE = Tally(machines=2, pending=2)


def test_half_of_the_work_is_fifty_percent():
    """The mean over machines."""
    assert percent(HALF) == 50


def test_ninety_nine_until_the_last_machine_is_final():
    """Even when all progress is in."""
    assert percent(Tally(machines=1, running=1, progress=WHOLE)) == 99


def test_nothing_known_gives_the_deadline_and_says_so():
    """Estimating."""
    assert time_left(NONE, elapsed=MINUTE, until_deadline=60 * MINUTE, typical=None) == Estimate(
        left=60 * MINUTE, known=False
    )


def test_half_done_in_ten_minutes_leaves_ten():
    """Without history the task's own pace is all there is."""
    assert time_left(HALF, elapsed=10 * MINUTE, until_deadline=60 * MINUTE, typical=None).left == 10 * MINUTE


def test_history_speaks_before_the_task_has_a_pace():
    """A machine usually takes twenty minutes; one has passed."""
    assert time_left(NONE, elapsed=MINUTE, until_deadline=60 * MINUTE, typical=20 * MINUTE).left == 20 * MINUTE


def test_pace_and_history_are_weighed_by_how_far_the_task_is():
    """Half and half at half."""
    left = time_left(HALF, elapsed=10 * MINUTE, until_deadline=60 * MINUTE, typical=40 * MINUTE).left
    assert left == 10 * MINUTE / 2 + 30 * MINUTE / 2


def test_at_least_a_second_before_the_end():
    """0 means done."""
    late = Tally(machines=1, running=1, progress=WHOLE)
    assert time_left(late, elapsed=MINUTE, until_deadline=MINUTE, typical=None).left == timedelta(seconds=1)


def test_done_is_zero():
    """And known."""
    over = Tally(machines=1, ok=1, progress=WHOLE)
    assert time_left(over, elapsed=MINUTE, until_deadline=MINUTE, typical=MINUTE) == Estimate(
        left=timedelta(0), known=True
    )
