"""Wall times and the instants they stand for."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from hostward.domain.wall_time import instant
from schedule_samples import at

BERLIN, NEW_YORK, LORD_HOWE = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")
SHANGHAI, APIA = ZoneInfo("Asia/Shanghai"), ZoneInfo("Pacific/Apia")


@pytest.mark.parametrize(
    ("zone", "day", "clock", "expected"),
    [
        (UTC, "2026-06-01", "02:00", "2026-06-01 02:00"),
        (timezone(timedelta(hours=8)), "2026-06-01", "02:00", "2026-05-31 18:00"),
        (SHANGHAI, "2026-06-01", "02:00", "2026-05-31 18:00"),
        (BERLIN, "2026-06-01", "02:00", "2026-06-01 00:00"),
        (BERLIN, "2026-12-01", "02:00", "2026-12-01 01:00"),
        (BERLIN, "2028-02-29", "02:00", "2028-02-29 01:00"),
    ],
)
def test_a_plain_time_is_that_of_the_zone(zone, day: str, clock: str, expected: str):
    """Summer, winter, leap days."""
    assert instant(date.fromisoformat(day), time.fromisoformat(clock), zone) == at(expected)


@pytest.mark.parametrize("clock", ["02:00:00", "02:00:01", "02:30:00", "02:59:59"])
def test_a_time_that_does_not_exist_is_the_moment_of_the_jump(clock: str):
    """Berlin's clocks go from 02:00 to 03:00 on 2026-03-29, which is 01:00 UTC."""
    assert instant(date(2026, 3, 29), time.fromisoformat(clock), BERLIN) == at("2026-03-29 01:00")


@pytest.mark.parametrize(
    ("clock", "expected"), [("01:59:59", "2026-03-29 00:59:59"), ("03:00:00", "2026-03-29 01:00:00")]
)
def test_times_beside_the_jump_are_themselves(clock: str, expected: str):
    """The last second before, the first after."""
    assert instant(date(2026, 3, 29), time.fromisoformat(clock), BERLIN) == at(expected)


@pytest.mark.parametrize(
    ("zone", "day", "clock", "expected"),
    [
        (NEW_YORK, "2026-03-08", "02:30", "2026-03-08 07:00"),
        (LORD_HOWE, "2026-10-04", "02:15", "2026-10-03 15:30"),
        (APIA, "2011-12-30", "03:00", "2011-12-30 10:00"),
    ],
)
def test_jumps_of_an_hour_half_an_hour_and_a_day(zone, day: str, clock: str, expected: str):
    """Lord Howe jumps half an hour, and Samoa once left out a whole day."""
    assert instant(date.fromisoformat(day), time.fromisoformat(clock), zone) == at(expected)


@pytest.mark.parametrize(
    ("zone", "day", "clock", "expected"),
    [
        (BERLIN, "2026-10-25", "02:30", "2026-10-25 00:30"),
        (NEW_YORK, "2026-11-01", "01:30", "2026-11-01 05:30"),
        (LORD_HOWE, "2026-04-05", "01:45", "2026-04-04 14:45"),
    ],
)
def test_a_time_that_comes_twice_is_the_first_of_the_two(zone, day: str, clock: str, expected: str):
    """The clocks go back once it is over."""
    assert instant(date.fromisoformat(day), time.fromisoformat(clock), zone) == at(expected)


def test_an_instant_is_in_utc():
    """Whatever zone it was reckoned in."""
    assert instant(date(2026, 6, 1), time(2), BERLIN).tzinfo is UTC
    assert isinstance(instant(date(2026, 3, 29), time(2, 30), BERLIN), datetime)
