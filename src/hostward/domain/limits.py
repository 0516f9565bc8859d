"""Limits that an account sets for its machines' scans: for all, for those with a tag, for one; the most specific wins.

Each of the four (processors, memory, disks, hours) is decided for itself: a machine's own limit, else those of its
tags, else the account's, else the operator's settings. Of several tags the strictest counts: the lowest number, the
shortest hours, and of equally long ones those that begin earlier in the day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import IntEnum

from hostward.domain.caps import LEAST_MEMORY_MIB, MOST_IO_MIB, MOST_MEMORY_MIB, Caps
from hostward.domain.errors import InvalidValue
from hostward.domain.host_rules import HostRules
from hostward.domain.schedule import Window
from hostward.domain.task import ALWAYS, Hours


class LimitOf(IntEnum):
    """Whom a limit is set for, the least specific first. The numbers are stored: never renumber."""

    ACCOUNT = 0
    TAG = 1
    MACHINE = 2


def _between(name: str, value: int, least: int, most: int) -> None:
    if value and not least <= value <= most:
        raise InvalidValue(f"{name} {value} is out of range: use {least} to {most}, or 0 to set none")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanLimits:
    """What is set: see Caps; 0 and None for what is not. Raises InvalidValue for a number that none may have."""

    cpu_percent: int = 0
    memory_mib: int = 0
    io_mib: int = 0
    window: Window | None = None

    def __post_init__(self) -> None:
        """Refuse what no scan could keep to."""
        _between("CpuPercent", self.cpu_percent, 1, 100)
        _between("MemoryMib", self.memory_mib, LEAST_MEMORY_MIB, MOST_MEMORY_MIB)
        _between("IoMib", self.io_mib, 1, MOST_IO_MIB)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is set."""
        return self == NOT_SET


NOT_SET = ScanLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Limits and whom they are for. number: of the tag or the machine, 0 for the account."""

    of: LimitOf
    number: int = 0
    limits: ScanLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What holds for one machine. window: None for any hour."""

    caps: Caps
    window: Window | None = None

    def hours(self, at: datetime, zone: tzinfo) -> Hours:
        """When the machine may work from this time on: now, or when its hours come next."""
        return ALWAYS if self.window is None else HostRules(window=self.window).hours(at, zone)


def effective(limits: Sequence[Limit], caps: Caps) -> Bounds:
    """What holds for a machine whom these limits concern. caps: the operator's."""
    windows = [(limit.of, limit.limits.window) for limit in limits if limit.limits.window is not None]
    most = max((of for of, _ in windows), default=None)
    return Bounds(
        caps=Caps(
            cpu_percent=_decided([(limit.of, limit.limits.cpu_percent) for limit in limits], caps.cpu_percent),
            memory_mib=_decided([(limit.of, limit.limits.memory_mib) for limit in limits], caps.memory_mib),
            io_mib=_decided([(limit.of, limit.limits.io_mib) for limit in limits], caps.io_mib),
        ),
        window=min((window for of, window in windows if of is most), key=_strictness, default=None),
    )


def window_of(text: str) -> Window | None:
    """Hours as people write them: 22:00-06:00; "" is None. Raises InvalidValue."""
    if not text.strip():
        return None
    start, _, end = text.partition("-")
    try:
        return Window(start=_time(start), end=_time(end))
    except ValueError as error:
        raise InvalidValue(f"{text} are no hours of a day: write them as 22:00-06:00") from error


def window_text(window: Window | None) -> str:
    """The same, as window_of() reads it."""
    return "" if window is None else f"{window.start:%H:%M}-{window.end:%H:%M}"


def _time(text: str) -> time:
    hours, colon, minutes = text.strip().partition(":")
    if not (colon and hours.isdecimal() and minutes.isdecimal() and len(hours) <= 2 and len(minutes) == 2):
        raise ValueError(text)
    return time(int(hours), int(minutes))


def _strictness(window: Window) -> tuple[timedelta, time]:
    return window.left(window.start), window.start


def _decided(values: Sequence[tuple[LimitOf, int]], otherwise: int) -> int:
    given = [(of, value) for of, value in values if value]
    most = max((of for of, _ in given), default=None)
    return min((value for of, value in given if of is most), default=otherwise)
