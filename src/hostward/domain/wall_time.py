"""Wall times and the instants they stand for, exact where clocks are put forward or back.

Zones are handed in, so that nothing here reads a file. A wall time that does not exist stands for the moment at which
the clock jumps over it; one that comes twice stands for the first of the two.
"""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta, tzinfo

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def instant(day: date, at: time, zone: tzinfo) -> datetime:
    """When the clocks of the zone show this time of this day, in UTC. at: whole seconds, without a zone."""
    wall = datetime.combine(day, at, zone)
    first = wall.astimezone(UTC)
    # Two times of one zone are compared by what the clock shows.
    return first if first.astimezone(zone) == wall else _jump(wall, first, zone)


def _jump(wall: datetime, late: datetime, zone: tzinfo) -> datetime:
    """The moment of the jump over a wall time: after the time that the later offset makes of it, at late or before."""
    early = wall.replace(fold=1).astimezone(UTC)

    def is_past(seconds: int) -> bool:
        return (early + SECOND * seconds).astimezone(zone) > wall

    return early + SECOND * bisect_left(range((late - early) // SECOND), True, key=is_past)
