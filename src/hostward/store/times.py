"""Times as they are stored: whole microseconds, exactly."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MICROSECONDS = 1_000_000
"""In a second."""


def micros(time: datetime) -> int:
    """Microseconds since 1970 UTC."""
    return (time - EPOCH) // MICROSECOND


def micros_or_none(time: datetime | None) -> int | None:
    """The same, None where there is no time."""
    return None if time is None else (time - EPOCH) // MICROSECOND


def time_of(value: int) -> datetime:
    """The time of so many microseconds since 1970 UTC."""
    return EPOCH + timedelta(microseconds=value)


def time_or_none(value: int | None) -> datetime | None:
    """The same, None where there is none."""
    return None if value is None else EPOCH + timedelta(microseconds=value)


def seconds_or_zero(time: datetime | None) -> int:
    """Whole seconds since 1970 UTC, 0 where there is no time."""
    return 0 if time is None else (time - EPOCH) // MICROSECOND // MICROSECONDS


def span(value: timedelta) -> int:
    """A span in microseconds."""
    return value // MICROSECOND


def span_of(value: int) -> timedelta:
    """The span of so many microseconds."""
    return timedelta(microseconds=value)
