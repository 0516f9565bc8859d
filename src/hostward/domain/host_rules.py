"""What the operator lets scans do to hosts, whoever asks for them: when machines may work, and how they begin."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from hostward.domain.errors import InvalidValue
from hostward.domain.reason import Reason
from hostward.domain.schedule import Window
from hostward.domain.task import Hours
from hostward.domain.wall_time import DAY, instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a request says of when its machines may work, within the operator's rules.

    window: hours of the day. per_minute: how many machines may start in a minute, at_once: be at work; 0 for all.
    """

    window: Window | None = None
    per_minute: int = 0
    at_once: int = 0


NO_WISH = Wish()


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRules:
    """window: hours of the day in which machines may work, None for all. ramp: over how long starts are spread.

    queues: machines that are offline are waited for; False: they fail at once.
    """

    window: Window | None = None
    ramp: timedelta = timedelta(0)
    queues: bool = True

    def hours(self, now: datetime, zone: tzinfo, asked: Window | None = None) -> Hours:
        """When machines of a scan that is asked for now may work: in the open window, or the next one.

        asked: the hours that the request names, which must be open too. Raises InvalidValue for hours that the window
        never meets.
        """
        windows = [window for window in (self.window, asked) if window is not None]
        if not windows:
            return Hours(ramp=self.ramp)
        opens = None
        closes = _close(windows, now, zone)
        if closes is None:
            opens = next((at for at in _openings(windows, now, zone) if _close(windows, at, zone) is not None), None)
            if opens is None:
                raise InvalidValue.because(Reason.WINDOWS_APART)
            closes = _close(windows, opens, zone)
        ramp = self.ramp if closes is None else min(self.ramp, closes - (opens or now))
        return Hours(opens=opens, closes=closes, ramp=ramp)


def _close(windows: Sequence[Window], at: datetime, zone: tzinfo) -> datetime | None:
    """When the first of windows that are all open closes; None when one is not."""
    closes = [window.closes(at, zone) for window in windows]
    return min((at for at in closes if at is not None), default=None) if None not in closes else None


def _openings(windows: Sequence[Window], now: datetime, zone: tzinfo) -> Sequence[datetime]:
    """When any of the windows opens in the next days."""
    today = now.astimezone(zone).date()
    days = [today + DAY * number for number in range(3)]
    return sorted(at for window in windows for day in days if (at := instant(day, window.start, zone)) > now)


FREE = HostRules()
"""No rules: at any hour, all at once, and offline machines are waited for."""
