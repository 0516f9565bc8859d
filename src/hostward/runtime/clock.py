"""The only place that tells the time; everything else is handed a Clock."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Wall time for what people see and what is stored, monotonic time for spans."""

    def now(self) -> datetime:
        """The current time, aware, in UTC. It may jump when the system's clock is set."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; never falls, and is not moved by setting the system's clock."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """See Clock.now."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """See Clock.monotonic."""
        return time.monotonic()
