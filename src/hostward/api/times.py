"""Times as the API writes them."""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final, Literal

_SECONDS: Final = tuple(f"{second:02}" for second in range(60))


@lru_cache(maxsize=4096)
def wire_time(zone: tzinfo, epoch: int) -> str:
    """The time as YYYY-MM-DD HH:MM:SS in the zone; "" for 0, which means unknown. epoch: seconds since 1970 UTC.

    Only minutes are formatted, and both are remembered: a page has 200 times in few minutes, and is asked for again
    and again. (No zone's offset has had seconds in it since 1972.)
    """
    return _minute(zone, epoch // 60) + _SECONDS[epoch % 60] if epoch else ""


def wire_datetime(zone: tzinfo, moment: datetime | None) -> str:
    """A datetime as the API writes it; "" for None."""
    return wire_time(zone, int(moment.timestamp())) if moment else ""


def whole_seconds(span: timedelta) -> int:
    """Seconds of a span, rounded down; never below 0."""
    return max(0, span // timedelta(seconds=1))


def left_in(unit: Literal["seconds", "minutes"], left: timedelta) -> int:
    """Time left in the unit, rounded up: 0 only for nothing left."""
    size = timedelta(minutes=1) if unit == "minutes" else timedelta(seconds=1)
    return max(0, -(-left // size))


@lru_cache(maxsize=2048)
def _minute(zone: tzinfo, minute: int) -> str:
    return datetime.fromtimestamp(minute * 60, UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M:")
