"""Schedules: when a scan starts by itself, and what becomes of a start that comes late or meets the one before it."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from hostward.domain.errors import Conflict, InvalidValue
from hostward.domain.ids import AccountId, ScheduleId, TaskId
from hostward.domain.module import Module
from hostward.domain.options import Options, module_of
from hostward.domain.reason import Reason, Value
from hostward.domain.task import Task
from hostward.domain.wall_time import DAY, SECOND, instant

MAX_DAYS = 365
"""Longest time between two scans of a schedule: a scan once a year is the least that any audit asks for."""

MAX_JITTER = timedelta(hours=12)
MAX_GRACE = timedelta(days=7)
DEFAULT_GRACE = timedelta(hours=1)
"""How late a scan without a window may start: an upgrade or a reboot is made good, a night that was missed is not."""


class Overlap(StrEnum):
    """What a start does that finds its schedule's last task still at work: it is left out, or waits for its end."""

    SKIP = "skip"
    QUEUE = "queue"


@dataclass(frozen=True, slots=True, kw_only=True)
class EveryDays:
    """Every so many days, counted from the first one. Raises InvalidValue for days outside 1 to MAX_DAYS."""

    days: int
    first: date

    def __post_init__(self) -> None:
        """Refuse what would never come, or too rarely to be meant."""
        if not 1 <= self.days <= MAX_DAYS:
            raise InvalidValue(f"every {self.days} days is no cadence: use 1 to {MAX_DAYS}")

    def day_from(self, day: date) -> date:
        """The first of its days that is not before this one."""
        passed = (day - self.first).days
        return self.first if passed <= 0 else day + DAY * (-passed % self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekly:
    """On some days of the week, 0 Monday to 6 Sunday. Raises InvalidValue for none, or for other numbers."""

    weekdays: frozenset[int]

    def __post_init__(self) -> None:
        """Refuse what would never come."""
        if not self.weekdays or not self.weekdays <= frozenset(range(7)):
            raise InvalidValue(f"{sorted(self.weekdays)} are no days of the week: use 0 (Monday) to 6 (Sunday)")

    def day_from(self, day: date) -> date:
        """The first of its days that is not before this one."""
        return next(each for each in (day + DAY * n for n in range(7)) if each.weekday() in self.weekdays)


Cadence = EveryDays | Weekly


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The hours of a day in which a scan may start and must end; end before start: of the next day.

    Raises InvalidValue for equal times, which could mean always or never.
    """

    start: time
    end: time

    def __post_init__(self) -> None:
        """Refuse what has two meanings."""
        if self.start == self.end:
            raise InvalidValue(f"a window from {self.start} to {self.end} has no length: give it another end")

    def includes(self, at: time) -> bool:
        """Whether this time of a day is in it."""
        if self.start < self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end

    def left(self, at: time) -> timedelta:
        """By the clock, how long it stays open after this time of day, which is in it."""
        span = datetime.combine(date.min, self.end) - datetime.combine(date.min, at)
        return span if span > timedelta(0) else span + DAY

    def closes(self, now: datetime, zone: tzinfo) -> datetime | None:
        """When the window that is open now ends; None while none is open."""
        today = now.astimezone(zone).date()
        over_night = DAY if self.end < self.start else DAY * 0
        for day in (today, today - DAY):
            ends = instant(day + over_night, self.end, zone)
            if instant(day, self.start, zone) <= now < ends:
                return ends
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What somebody decided: what to scan, and when.

    quuids: the machines, () for all. at: whole seconds of the zone's clock, inside the window where there is one.
    words: times as they were written, so that they are read back so. Raises InvalidValue for a time outside.
    """

    options: Options
    content: tuple[str, ...]
    quuids: tuple[str, ...] = ()
    cadence: Cadence
    at: time
    window: Window | None = None
    enabled: bool = True
    words: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a scan that could never start."""
        if self.window is not None and not self.window.includes(self.at):
            raise InvalidValue(f"{self.at} is not between {self.window.start} and {self.window.end}")

    @property
    def rhythm(self) -> tuple[object, ...]:
        """What decides when it fires, but for the day it is counted from."""
        days = self.cadence.days if isinstance(self.cadence, EveryDays) else self.cadence.weekdays
        return self.enabled, days, self.at, self.window


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What an operator may say besides. grace: how late a start without a window may be.

    jitter: starts of different schedules are spread over so much time, each always by the same part of it.
    Raises InvalidValue for spans that are negative or too long.
    """

    overlap: Overlap = Overlap.SKIP
    grace: timedelta = DEFAULT_GRACE
    jitter: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        """Refuse what would move a start to another day."""
        if not timedelta(0) <= self.grace <= MAX_GRACE:
            raise InvalidValue(f"a grace of {self.grace} is not between 0 and {MAX_GRACE}")
        if not timedelta(0) <= self.jitter <= MAX_JITTER:
            raise InvalidValue(f"a jitter of {self.jitter} is not between 0 and {MAX_JITTER}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """A start that was left out, and why."""

    at: datetime
    reason: Reason
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A schedule and how it went. name: tells apart those of one module ("" the API's setting).

    zone: name of the zone that next_fire was reckoned in. next_fire: None while it is not enabled. last_fire,
    last_task: the fire that last started a task, and the last task that was started for it by whatever means.
    last_skip: lies ahead of now when somebody had a start left out that is still to come.
    """

    id: ScheduleId
    account: AccountId
    name: str = ""
    setting: Setting
    policy: Policy = Policy()
    zone: str
    next_fire: datetime | None = None
    last_fire: datetime | None = None
    last_task: TaskId | None = None
    last_skip: Skip | None = None

    @property
    def module(self) -> Module:
        """What it scans for."""
        return module_of(self.setting.options)

    @property
    def spread(self) -> timedelta:
        """Its own part of the jitter, in whole seconds: always the same. Half of a window stays for the scan."""
        window, jitter = self.setting.window, self.policy.jitter
        if window is not None:
            jitter = min(jitter, window.left(self.setting.at) / 2)
        digest = hashlib.sha256(f"schedule {self.account} {self.id}".encode()).digest()
        return SECOND * (int.from_bytes(digest[:8], "big") * (jitter // SECOND + 1) >> 64)

    def after(self, moment: datetime, zone: tzinfo) -> datetime | None:
        """Its first fire after this moment; None while it is not enabled."""
        return next_fire(self.setting, moment, zone, self.spread) if self.setting.enabled else None

    def fires(self, moment: datetime, zone: tzinfo) -> Iterator[datetime]:
        """Its fires after this moment, for ever."""
        while (fire := self.after(moment, zone)) is not None:
            yield fire
            moment = fire

    def held_until(self, now: datetime) -> datetime:
        """It fires after this moment: now, or the start to come that somebody had left out."""
        return now if self.last_skip is None else max(now, self.last_skip.at)

    def without_next(self, zone: tzinfo, now: datetime, by: str) -> "Schedule":
        """The schedule without its next start, for once. Raises Conflict while it is switched off."""
        if self.next_fire is None:
            raise Conflict.because(Reason.SCHEDULE_OFF, schedule=self.id)
        skip = Skip(at=self.next_fire, reason=Reason.LEFT_OUT, values={"by": by})
        return replace(self, next_fire=self.after(max(now, self.next_fire), zone), last_skip=skip)

    def with_policy(self, policy: Policy, zone: tzinfo, now: datetime) -> "Schedule":
        """The schedule with another policy. What is due stays due; a start that was left out ahead stays left out."""
        changed = replace(self, policy=policy)
        if self.next_fire is None or self.next_fire <= now:
            return changed
        moved = changed.spread - self.spread
        if self.last_skip is not None and self.last_skip.at > now:
            changed = replace(changed, last_skip=replace(self.last_skip, at=self.last_skip.at + moved))
        return replace(changed, next_fire=changed.after(changed.held_until(now), zone))

    def anew(self, zone: tzinfo, now: datetime) -> "Schedule":
        """The schedule after its setting changed: reckoned from now on, whatever had been left out ahead."""
        ahead = self.last_skip is not None and self.last_skip.at > now
        return replace(self, next_fire=self.after(now, zone), last_skip=None if ahead else self.last_skip)

    def in_zone(self, name: str, zone: tzinfo, now: datetime) -> "Schedule":
        """The schedule in a server of another zone. What is due already stays due.

        A start that was left out ahead stays left out in any zone whose clocks are less than half a day away.
        """
        if self.next_fire is None or self.next_fire <= now:
            return replace(self, zone=name)
        held = self.held_until(now)
        return replace(self, zone=name, next_fire=self.after(held if held == now else held + DAY / 2, zone))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of a due schedule: its task starts for fire and ends with ends, or waits, or neither.

    skip: what was left out, if anything; earlier fires may be while the last one starts.
    """

    fire: datetime
    starts: bool = False
    waits: bool = False
    ends: datetime | None = None
    skip: Skip | None = None


def next_fire(setting: Setting, after: datetime, zone: tzinfo, spread: timedelta = timedelta(0)) -> datetime:
    """The setting's first fire after a moment, in UTC; fires are exactly `spread` later than its time of day."""
    day = setting.cadence.day_from((after - spread).astimezone(zone).date() - DAY)
    while (fire := instant(day, setting.at, zone) + spread) <= after:
        day = setting.cadence.day_from(day + DAY)
    return fire


def fires_of(setting: Setting, after: datetime, zone: tzinfo) -> Iterator[datetime]:
    """The setting's fires after a moment, for ever, as a schedule without jitter has them."""
    while True:
        after = next_fire(setting, after, zone)
        yield after


def first_day(at: time, now: datetime, zone: tzinfo) -> date:
    """The day a new cadence is counted from: today while the time is still to come, else tomorrow."""
    today = now.astimezone(zone).date()
    return today if instant(today, at, zone) > now else today + DAY


def decide(schedule: Schedule, due: datetime, previous: Task | None, now: datetime, zone: tzinfo) -> Decision:
    """What becomes of a schedule that has been due since `due`, which is not after now. previous: its last task.

    Of several fires that were missed the last one counts; the others are recorded as skipped.
    """
    fires = [due]
    while (fire := next_fire(schedule.setting, fires[-1], zone, schedule.spread)) <= now:
        fires.append(fire)
    *passed, last = fires
    if previous is not None and not previous.tally.is_done:
        return _overlapping(schedule, last, previous, now, zone)
    late = _too_late(schedule, last, previous, now, zone)
    if late is not None:
        return Decision(fire=last, skip=late)
    before = Skip(at=passed[-1], reason=Reason.FIRES_MISSED, values={"count": len(passed)}) if passed else None
    window = schedule.setting.window
    ends = None if window is None else window.closes(now, zone)
    return Decision(fire=last, starts=True, ends=ends, skip=before)


def _overlapping(schedule: Schedule, fire: datetime, previous: Task, now: datetime, zone: tzinfo) -> Decision:
    if schedule.policy.overlap is Overlap.SKIP:
        return Decision(fire=fire, skip=Skip(at=fire, reason=Reason.STILL_RUNNING, values={"task": previous.id}))
    closed = _closed(schedule.setting.window, fire, now, zone)
    return Decision(fire=fire, waits=closed is None, skip=closed)


def _too_late(schedule: Schedule, fire: datetime, previous: Task | None, now: datetime, zone: tzinfo) -> Skip | None:
    """Why it is too late to start; None while it is not. Waiting for the task before is no lateness."""
    if schedule.setting.window is not None:
        return _closed(schedule.setting.window, fire, now, zone)
    waited = previous is not None and schedule.policy.overlap is Overlap.QUEUE
    ready = max(fire, previous.end or fire) if waited and previous is not None else fire
    if now - ready <= schedule.policy.grace:
        return None
    values = {"late": (now - ready) // SECOND, "grace": schedule.policy.grace // SECOND}
    return Skip(at=fire, reason=Reason.FIRE_TOO_LATE, values=values)


def _closed(window: Window | None, fire: datetime, now: datetime, zone: tzinfo) -> Skip | None:
    """A window that is open now is another one than the fire's, unless both end together."""
    if window is None:
        return None
    ends = window.closes(now, zone)
    if ends is not None and ends == window.closes(fire, zone):
        return None
    return Skip(at=fire, reason=Reason.WINDOW_CLOSED, values={})
