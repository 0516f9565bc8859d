"""Times and windows of scheduled scans, checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from typing import Final

from hostward.api.schedule_texts import A_TIME, ANOTHER_END, ANOTHER_TIME, BOTH_ENDS, BOTH_TIMES, INSIDE, WITHIN
from hostward.api.texts import Text
from hostward.api.values import between, one_of, unsupported, wrong_value
from hostward.domain.ids import ScheduleId
from hostward.domain.schedule import MAX_DAYS, EveryDays, Window, first_day

_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?")

MAX_SCHEDULE: Final = 2**53 - 1
"""Ids are JSON numbers, which some clients read as doubles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When a scan starts. words: the times as they were sent, to be read back so."""

    at: time
    window: Window | None
    words: Mapping[str, str]


def schedule_of(value: int) -> ScheduleId:
    """ScheduleId."""
    return ScheduleId(between("ScheduleId", value, 1, MAX_SCHEDULE))


def time_of_day(name: str, text: str) -> time:
    """A time of a day: HH:MM or HH:MM:SS."""
    found = _TIME.fullmatch(text)
    if found is None:
        wrong_value(name, text, A_TIME)
    hour, minute, second = (int(part or 0) for part in found.groups())
    return time(hour, minute, second)


def window_of(start: str, end: str) -> Window:
    """StartTime and EndTime: an end before the start is one of the next day."""
    opens, closes = time_of_day("StartTime", start), time_of_day("EndTime", end)
    if opens == closes:
        wrong_value("EndTime", end, ANOTHER_TIME)
    return Window(start=opens, end=closes)


def window_between(names: tuple[str, str, str], at: time, start: str, end: str) -> Window | None:
    """A window that must include a time; None when neither of its ends is given. names: of the time, start and end."""
    timer, opens, closes = names
    said = {"start": opens, "end": closes}
    if bool(start) != bool(end):
        wrong_value(closes if start else opens, "", _with(BOTH_ENDS, said))
    if not start:
        return None
    first, last = time_of_day(opens, start), time_of_day(closes, end)
    if first == last:
        wrong_value(closes, end, _with(ANOTHER_END, said))
    window = Window(start=first, end=last)
    if not window.includes(at):
        wrong_value(timer, str(at), _with(WITHIN, {"start": start, "end": end}))
    return window


def _with(text: Text, said: Mapping[str, str]) -> Text:
    """The text with these names in it, in both languages."""
    return Text(*(each.format_map(said) for each in text))


def timing_of(timer: str, start: str, end: str, *, default: time) -> Timing:
    """TimerTime, StartTime and EndTime, "" for what is not given: without TimerTime the window's start counts."""
    if bool(start) != bool(end):
        wrong_value("EndTime" if start else "StartTime", "", BOTH_TIMES)
    window = window_of(start, end) if start else None
    at = time_of_day("TimerTime", timer) if timer else window.start if window else default
    if window is not None and not window.includes(at):
        wrong_value("TimerTime", timer, Text(*(text.format(start=start, end=end) for text in INSIDE)))
    words = {"TimerTime": timer, "StartTime": start, "EndTime": end}
    return Timing(at=at, window=window, words={name: word for name, word in words.items() if word})


def every_days(name: str, days: int, at: time, zone: tzinfo, now: datetime) -> EveryDays:
    """A cadence of days, counted from the next time the clock shows the time."""
    return EveryDays(days=between(name, days, 1, MAX_DAYS), first=first_day(at, now, zone))


def flag(name: str, value: int) -> bool:
    """0 or 1."""
    return bool(one_of(name, value, (0, 1)))


def must_be_zero(name: str, value: int, reason: Text) -> None:
    """Refuse to switch on what does not exist here."""
    if value:
        unsupported(name, value, reason)
