"""Times as the API writes them."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from hostward.api.times import left_in, whole_seconds, wire_datetime, wire_time

SHANGHAI = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        (UTC, "2026-11-24 12:34:56"),
        (SHANGHAI, "2026-11-24 20:34:56"),
        (timezone(timedelta(hours=5, minutes=45)), "2026-11-24 18:19:56"),
        (timezone(timedelta(hours=-12)), "2026-11-24 00:34:56"),
    ],
)
def test_a_time_is_written_in_the_zone(zone, text: str):
    """Whatever its offset."""
    moment = datetime(2026, 11, 24, 12, 34, 56, 999_999, tzinfo=UTC)
    assert wire_datetime(zone, moment) == text
    assert wire_time(zone, int(moment.timestamp())) == text


def test_an_unknown_time_is_empty():
    """Never null."""
    assert (wire_time(UTC, 0), wire_datetime(UTC, None)) == ("", "")


def test_summer_time_ends_between_two_seconds():
    """The remembered minutes are those of the moment, not of the day."""
    try:
        zone = ZoneInfo("Europe/Berlin")
    except KeyError:
        pytest.skip("no zone data on this machine")
    change = int(datetime(2026, 10, 25, 1, tzinfo=UTC).timestamp())
    assert wire_time(zone, change - 1) == "2026-10-25 02:59:59"
    assert wire_time(zone, change) == "2026-10-25 02:00:00"


@pytest.mark.parametrize(("seconds", "whole"), [(0, 0), (0.999, 0), (59.5, 59), (-3, 0)])
def test_elapsed_seconds_are_whole_and_not_negative(seconds: float, whole: int):
    """Rounded down."""
    assert whole_seconds(timedelta(seconds=seconds)) == whole


@pytest.mark.parametrize(
    ("seconds", "left_seconds", "left_minutes"), [(0, 0, 0), (0.2, 1, 1), (1, 1, 1), (60, 60, 1), (60.5, 61, 2)]
)
def test_time_left_is_rounded_up(seconds: float, left_seconds: int, left_minutes: int):
    """So that 0 means done and nothing else."""
    left = timedelta(seconds=seconds)
    assert (left_in("seconds", left), left_in("minutes", left)) == (left_seconds, left_minutes)
