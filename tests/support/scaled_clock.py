"""A clock that runs faster than the machine's, and that can be set wrong while it runs."""

import time
from datetime import UTC, datetime, timedelta


class ScaledClock:
    """Time since origin (seconds since 1970 UTC) goes by speed times as fast; off: seconds it is wrong by."""

    def __init__(self, origin: float, speed: float) -> None:
        self._origin = origin
        self._speed = speed
        self.off = 0.0

    def now(self) -> datetime:
        """See Clock.now."""
        passed = (time.time() - self._origin) * self._speed
        return datetime.fromtimestamp(self._origin, UTC) + timedelta(seconds=passed + self.off)

    def monotonic(self) -> float:
        """See Clock.monotonic."""
        return time.monotonic() * self._speed
