"""A start that is left out once, whatever becomes of the schedule before it; and whether scans fit their window."""

from dataclasses import replace
from datetime import UTC, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostward.domain.errors import Conflict
from hostward.domain.module import Module
from hostward.domain.reason import Reason
from hostward.domain.schedule import Policy, Schedule, Skip, Window, fires_of
from hostward.domain.window_fit import FULL_DISK, Fit, fit, open_after
from schedule_samples import at, schedule, setting, time

NOW = at("2026-11-24 12:00")
BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)


def skipped(times: int = 1, **said) -> Schedule:
    """A schedule whose next starts, so many, were left out."""
    made = schedule(NOW, **said)
    for _ in range(times):
        made = made.without_next(UTC, NOW, "ann")
    return made


def test_the_start_after_the_next_one_comes_next():
    """And the one left out is on record, with who asked."""
    made = skipped()
    assert made.next_fire == at("2026-11-26 02:00")
    assert made.last_skip == Skip(at=at("2026-11-25 02:00"), reason=Reason.LEFT_OUT, values={"by": "ann"})


def test_left_out_again_the_one_after_it_goes_too():
    """Nobody is asked how often."""
    assert skipped(3).next_fire == at("2026-11-28 02:00")


def test_the_starts_to_come_begin_after_the_one_left_out():
    """As they are shown."""
    made = skipped()
    fires = list(islice(made.fires(made.held_until(NOW), UTC), 2))
    assert fires == [at("2026-11-26 02:00"), at("2026-11-27 02:00")]


def test_a_schedule_that_is_off_has_no_start_to_leave_out():
    """The message says what to do."""
    off = schedule(enabled=False)
    with pytest.raises(Conflict, match="is switched off"):
        off.without_next(UTC, NOW, "ann")


@given(jitter=st.integers(0, 43_200), other=st.integers(0, 43_200))
def test_another_policy_does_not_bring_it_back(jitter: int, other: int):
    """Though the starts move by another part of the jitter: it is the next day's start that comes."""
    made = skipped(policy=Policy(jitter=timedelta(seconds=jitter)))
    changed = made.with_policy(Policy(jitter=timedelta(seconds=other)), UTC, NOW)
    first = next(fires_of(made.setting, NOW, UTC))
    spare = DAY * ((made.next_fire - made.spread - first) // DAY)
    assert changed.next_fire == first + spare + changed.spread


def test_a_start_that_is_due_is_left_due_by_another_policy():
    """It is the scheduler's by then."""
    due = replace(schedule(NOW), next_fire=NOW)
    assert due.with_policy(Policy(jitter=timedelta(hours=1)), UTC, NOW).next_fire == NOW


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Shanghai", "America/New_York", "America/Los_Angeles"])
def test_another_zone_does_not_bring_it_back(zone: str):
    """The night that was to be quiet is quiet by the new clocks too."""
    moved = skipped().in_zone(zone, ZoneInfo(zone), NOW)
    assert moved.next_fire.astimezone(ZoneInfo(zone)).strftime("%d %H:%M") == "26 02:00"


def test_a_new_setting_is_reckoned_from_now():
    """What was left out belonged to the old one; what was missed before stays on record."""
    made = skipped()
    assert (made.anew(UTC, NOW).next_fire, made.anew(UTC, NOW).last_skip) == (at("2026-11-25 02:00"), None)
    past = replace(made, last_skip=Skip(at=NOW - DAY, reason=Reason.WINDOW_CLOSED))
    assert past.anew(UTC, NOW).last_skip == past.last_skip


NIGHT = Window(start=time(22), end=time(6))
SHORT = Window(start=time(2), end=time(3))


def of(window: Window | None, module: Module, typical: timedelta | None = None, when: str = "2026-11-24 12:00") -> Fit:
    """How scans that start when the window opens fit it."""
    planned = setting(at=window.start if window else time(2), window=window)
    fires = list(islice(fires_of(planned, at(when), BERLIN), 3))
    return fit(window, fires, BERLIN, module=module, typical=typical)


def test_what_has_no_window_or_a_long_one_fits():
    """As far as is known."""
    assert (of(None, Module.MALWARE), of(NIGHT, Module.MALWARE), of(SHORT, Module.VUL)) == (Fit.FITS,) * 3


def test_a_short_window_is_too_short_for_whole_disks():
    """Of malware scans alone."""
    assert (of(SHORT, Module.MALWARE), of(SHORT, Module.BASELINE)) == (Fit.SHORT, Fit.FITS)


def test_a_window_that_no_usual_scan_fits_is_told():
    """By what scans took here; exactly as long fits."""
    hour = timedelta(hours=1)
    assert of(SHORT, Module.VUL, typical=hour + timedelta(seconds=1)) is Fit.NEVER
    assert of(SHORT, Module.VUL, typical=hour) is Fit.FITS


def test_the_night_on_which_clocks_go_forward_is_an_hour_shorter():
    """Measured by time that passes: five hours by the wall, four of which the scan has."""
    window = Window(start=time(0), end=time(5))
    fires = list(islice(fires_of(setting(at=time(0), window=window), at("2027-03-27 12:00"), BERLIN), 2))
    assert [open_after(window, fire, BERLIN) for fire in fires] == [timedelta(hours=4), timedelta(hours=5)]
    four = Window(start=time(1), end=time(5))
    assert of(four, Module.MALWARE, when="2027-03-27 12:00") is Fit.SHORT
    assert timedelta(hours=4) == FULL_DISK


def test_a_window_that_the_clock_jumps_over_leaves_nothing():
    """02:00 to 03:00 does not exist that night."""
    (fire,) = islice(fires_of(setting(at=time(2), window=SHORT), at("2027-03-27 12:00"), BERLIN), 1)
    assert open_after(SHORT, fire, BERLIN) == timedelta(0)
