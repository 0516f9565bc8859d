"""When machines may work, whoever asks."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from hostward.domain.host_rules import FREE, HostRules
from hostward.domain.schedule import Window
from hostward.domain.task import Hours

HOUR = timedelta(hours=1)
NIGHT = HostRules(window=Window(start=time(22), end=time(6)))
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_without_rules_everything_may_begin_at_once():
    """And take as long as it takes."""
    assert FREE.hours(NOON, UTC) == Hours()


def test_a_scan_asked_for_by_day_waits_for_the_night():
    """And ends with it."""
    assert NIGHT.hours(NOON, UTC) == Hours(opens=NOON + 10 * HOUR, closes=NOON + 18 * HOUR)


def test_a_scan_asked_for_in_the_window_begins_at_once():
    """And ends with it."""
    assert NIGHT.hours(NOON - 9 * HOUR, UTC) == Hours(closes=NOON - 6 * HOUR)


def test_the_window_is_one_of_the_zone():
    """Ten in the evening in Shanghai is two in the afternoon in UTC."""
    assert NIGHT.hours(NOON, ZoneInfo("Asia/Shanghai")).opens == NOON + 2 * HOUR


@pytest.mark.parametrize(("ramp", "within"), [(HOUR, HOUR), (20 * HOUR, 8 * HOUR)], ids=["short", "long"])
def test_a_ramp_ends_with_the_window_at_the_latest(ramp: timedelta, within: timedelta):
    """The last machine may begin, if only just."""
    assert HostRules(window=NIGHT.window, ramp=ramp).hours(NOON, UTC).ramp == within
