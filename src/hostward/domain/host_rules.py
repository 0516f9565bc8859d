"""What the operator lets scans do to hosts, whoever asks for them: when machines may work, and how they begin."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from hostward.domain.schedule import Window
from hostward.domain.task import Hours
from hostward.domain.wall_time import DAY, instant


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRules:
    """window: hours of the day in which machines may work, None for all. ramp: over how long starts are spread.

    queues: machines that are offline are waited for; False: they fail at once.
    """

    window: Window | None = None
    ramp: timedelta = timedelta(0)
    queues: bool = True

    def hours(self, now: datetime, zone: tzinfo) -> Hours:
        """When machines of a scan that is asked for now may work: in the open window, or the next one."""
        if self.window is None:
            return Hours(ramp=self.ramp)
        opens = None
        closes = self.window.closes(now, zone)
        if closes is None:
            opens = self._opens(self.window, now, zone)
            closes = self.window.closes(opens, zone)
        ramp = self.ramp if closes is None else min(self.ramp, closes - (opens or now))
        return Hours(opens=opens, closes=closes, ramp=ramp)

    def _opens(self, window: Window, now: datetime, zone: tzinfo) -> datetime:
        today = now.astimezone(zone).date()
        days = (today + DAY * number for number in range(3))
        return next(opens for day in days if (opens := instant(day, window.start, zone)) > now)


FREE = HostRules()
"""No rules: at any hour, all at once, and offline machines are waited for."""
