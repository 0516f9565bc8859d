"""The system's clock."""

from datetime import UTC, datetime, timedelta

import time_machine

from hostward.runtime.clock import SystemClock


def test_now_is_aware_and_in_utc() -> None:
    """A time without a zone can't be compared with one that has it."""
    assert SystemClock().now().tzinfo is UTC


@time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=UTC), tick=False)
def test_now_is_the_time_of_the_system() -> None:
    """Nothing is added to what the system says."""
    assert SystemClock().now() == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_monotonic_does_not_fall_when_the_system_clock_is_set_back() -> None:
    """Spans survive somebody setting the time."""
    clock = SystemClock()
    before = clock.monotonic()
    with time_machine.travel(datetime.now(UTC) - timedelta(days=1), tick=True):
        assert clock.now() < datetime.now(UTC) + timedelta(seconds=1)
    assert clock.monotonic() >= before
