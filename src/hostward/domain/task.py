"""A scan task: what was asked for, of which machines, by when it must be over."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum
from types import MappingProxyType

from hostward.domain.durations import UNKNOWN, Durations
from hostward.domain.host_scan import LEASE, FailType, Unit, UnitState
from hostward.domain.ids import AccountId, MachineId, Seq, TaskId
from hostward.domain.machine import MINIMUM_AGENT, Machine
from hostward.domain.module import Module
from hostward.domain.note import Code, Note
from hostward.domain.options import Options
from hostward.domain.tally import EMPTY, Tally

HEARTBEAT = timedelta(seconds=20)
"""Longest silence of an agent at work."""

DEFAULT_TIMEOUT = timedelta(seconds=3600)
MAX_TIMEOUT = timedelta(seconds=86_400)

MOST_TURNS = timedelta(days=7)
"""How long machines may wait for others of their task to end at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When machines may work: from opens (None: at once) to closes (None: until they are done), starts over ramp.

    at_once: how many may be at work at a time, 0 for all.
    """

    opens: datetime | None = None
    closes: datetime | None = None
    ramp: timedelta = timedelta(0)
    at_once: int = 0

    def paced(self, machines: int, per_minute: int, at_once: int) -> "Hours":
        """The same where so many machines may start a minute, and be at work at a time; 0 for as many as there are.

        The longer ramp counts.
        """
        ramp = timedelta(minutes=1) * machines / per_minute if per_minute else timedelta(0)
        return replace(self, ramp=max(self.ramp, ramp), at_once=at_once)

    def last_start(self, now: datetime) -> datetime:
        """When the last machine of a scan that is asked for now may begin."""
        return (now if self.opens is None else max(now, self.opens)) + self.ramp

    def cut(self, now: datetime, span: timedelta) -> timedelta:
        """So much time from now on, cut off when machines may work no longer."""
        return span if self.closes is None else max(timedelta(0), min(span, self.closes - now))


ALWAYS = Hours()


class Trigger(IntEnum):
    """What started a task; the numbers are the API's Type."""

    ONE_CLICK = 0
    SCHEDULED = 1


class ScanState(IntEnum):
    """A task in one word; the numbers are those of DescribeScanState."""

    NEVER = 0
    SCANNING = 1
    DONE = 2
    STOPPING = 3
    STOPPED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task over many machines.

    content: the API's ScanContent. timeout: a machine's, from its lease. queue: how long a machine may wait for
    its lease; zero fails offline machines at once. begin: first begin; run_begin: of the current run. end: when
    the last machine became final. stop_at, stop_by: a stop of the whole task. history: how long such scans had taken
    when the run began. settled: machines that were final when it began. not_before, not_after: the window in which
    machines may work, None without one. ramp: over how long their starts are spread. late: how much later than that the
    last machine may begin because it has hours of its own. at_once: how many may be at work at a time, 0 for all.
    vul_rev rises when the list of vulnerabilities found changes.
    """

    id: TaskId
    account: AccountId
    module: Module
    trigger: Trigger
    options: Options
    content: tuple[str, ...]
    created_by: str
    timeout: timedelta = DEFAULT_TIMEOUT
    queue: timedelta = DEFAULT_TIMEOUT
    run: int = 1
    begin: datetime
    run_begin: datetime
    end: datetime | None = None
    stop_at: datetime | None = None
    stop_by: str = ""
    history: Durations = UNKNOWN
    settled: int = 0
    not_before: datetime | None = None
    ramp: timedelta = timedelta(0)
    not_after: datetime | None = None
    late: timedelta = timedelta(0)
    at_once: int = 0
    vul_rev: int = 0
    tally: Tally = EMPTY

    @property
    def deadline(self) -> datetime:
        """No unit lives longer, even if its agent never returns."""
        latest = self.last_start + self.turns + self.patience + self.timeout + 2 * HEARTBEAT
        return latest if self.not_after is None else min(latest, self.not_after)

    @property
    def patience(self) -> timedelta:
        """How long a machine may wait for its lease once it may begin; one that is online is not failed for queue 0."""
        return self.queue or self.timeout

    @property
    def opens(self) -> datetime:
        """When the first machine may begin."""
        return self.run_begin if self.not_before is None else max(self.run_begin, self.not_before)

    @property
    def last_start(self) -> datetime:
        """When the last machine may begin, if one is free to."""
        return self.opens + self.ramp + self.late

    @property
    def turns(self) -> timedelta:
        """How long machines may wait for others to end before them, where only some may be at work at a time."""
        return turns(self.tally.machines, self.at_once, self.timeout)

    @property
    def is_full(self) -> bool:
        """Whether as many machines are at work as may be at a time."""
        tally = self.tally
        return 0 < self.at_once <= tally.leased + tally.running + tally.stopping

    def starts(self, seq: int) -> datetime:
        """When this machine may begin: their starts are spread evenly over the ramp, in the task's order."""
        return self.opens + self.ramp * seq / max(1, self.tally.machines)

    def starts_within(self, seq: int, own: Hours) -> datetime:
        """The same for a machine that has hours of its own (reckoned from starts())."""
        return self.starts(seq) if own.opens is None else max(self.starts(seq), own.opens)

    def may_begin(self, seq: int, now: datetime) -> bool:
        """Whether this machine's start has come; one that need not wait may begin though the clock was set back."""
        if self.not_before is None and not self.ramp * seq:
            return True
        return self.starts(seq) <= now

    def waits_until(self, seq: int, own: Hours = ALWAYS) -> datetime:
        """How long this machine may wait for its lease. own: its own hours."""
        until = self.starts_within(seq, own) + self.turns + self.patience
        return min([until, *filter(None, (self.not_after, own.closes))])

    def timeout_from(self, now: datetime) -> timedelta:
        """How long a machine that is leased now may take: its timeout, cut off at the end of the window."""
        return self.timeout if self.not_after is None else min(self.timeout, self.not_after - now)

    @property
    def stopping_all(self) -> bool:
        """A stop of the whole task was asked for and some machine is not final yet."""
        return self.stop_at is not None and not self.tally.is_done

    @property
    def state(self) -> ScanState:
        """The task in one word."""
        if self.tally.is_done:
            return ScanState.DONE if self.stop_at is None else ScanState.STOPPED
        return ScanState.SCANNING if self.stop_at is None else ScanState.STOPPING

    def counted(self, tally: Tally, now: datetime) -> "Task":
        """The task with a new tally; its end is set when the last machine became final."""
        return replace(self, tally=tally, end=(self.end or now) if tally.is_done else None)

    def again(
        self, now: datetime, *, timeout: timedelta | None, history: Durations, settled: int, hours: Hours = ALWAYS,
        others: bool = False,
    ) -> "Task":  # fmt: skip
        """The task in its next run: the first begin stays, what was stopped or the end of a window no longer counts.

        timeout: a machine's in this run, the task's own when None; machines may queue as long. history, settled: see
        Task. hours: when machines may work now. others: machines of the earlier run are still at work and may be until
        its deadline, which this run's must not come before: its machines may then queue longer.
        """
        timeout = timeout or self.timeout
        queue = max(timeout, self.deadline - now - timeout - 2 * HEARTBEAT) if others else timeout
        return replace(
            self, run=self.run + 1, run_begin=now, end=None, stop_at=None, stop_by="", timeout=timeout, queue=queue,
            history=history, settled=settled, not_before=hours.opens, not_after=hours.closes, ramp=hours.ramp,
            late=timedelta(0),
        )  # fmt: skip

    def asked_to_stop(self, now: datetime, by: str) -> "Task":
        """A stop of all machines; the first one asked for is the one that is remembered."""
        return self if self.stop_at is not None or self.tally.is_done else replace(self, stop_at=now, stop_by=by)


def turns(machines: int, at_once: int, timeout: timedelta) -> timedelta:
    """How long the last of so many machines waits at most, where others must end before it."""
    return min(MOST_TURNS, timeout * max(0, -(-machines // at_once) - 1)) if at_once else timedelta(0)


def reenter(task: Task, unit: Unit, machine: Machine, now: datetime, own: Hours = ALWAYS) -> Unit:
    """A final unit in the run that has just begun: it waits anew, or fails at once for the same reasons as at first.

    own: see enter().
    """
    until = task.waits_until(unit.seq, own)
    return _admitted(unit.again(task.run, until, waiting(task, unit.seq, machine, now, own)), machine, task, now, own)


def of_size(task: Task, machines: int) -> Task:
    """A task that is to have so many machines: when they start depends on it."""
    return replace(task, tally=replace(task.tally, machines=machines))


def enter(
    task: Task, machines: Sequence[Machine], now: datetime, hours: Mapping[MachineId, Hours] = MappingProxyType({})
) -> Iterator[Unit]:
    """The units of a new task, in the order of machines: who waits, and who fails at once.

    hours: of machines that have hours of their own, reckoned from when they may start (Task.starts).
    """
    entering = of_size(task, len(machines))
    for seq, machine in enumerate(machines):
        own = hours.get(machine.id, ALWAYS)
        until = entering.waits_until(seq, own)
        unit = Unit(
            task=task.id,
            seq=Seq(seq),
            machine=machine.id,
            queue_until=until,
            due=until,
            note=waiting(entering, seq, machine, now, own),
        )
        yield _admitted(unit, machine, entering, now, own)


def waiting(task: Task, seq: int, machine: Machine, now: datetime, own: Hours = ALWAYS) -> Note:
    """What a unit without a lease waits for. own: its machine's own hours."""
    starts = task.starts_within(seq, own)
    if not machine.is_online(now):
        until = task.waits_until(seq, own)
        return Note(code=Code.WAITING_OFFLINE, values={"until": until.strftime("%H:%M UTC")})
    if starts > now:
        return Note(code=Code.WAITING_TURN, values={"until": starts.strftime("%Y-%m-%d %H:%M:%S UTC")})
    return Note(code=Code.WAITING)


def ended_waiting(unit: Unit, machine: Machine, now: datetime) -> Unit:
    """A unit whose queue is over: FAIL 3 when its machine is offline, else 4."""
    until = {"until": unit.queue_until.strftime("%Y-%m-%d %H:%M:%S UTC")}
    if unit.note.code is Code.WAITING_TURN and machine.is_online(now):
        return unit.failed(FailType.TIMEOUT, now, Note(code=Code.WINDOW_CLOSED, values=until))
    if machine.is_online(now):
        return unit.failed(FailType.TIMEOUT, now, Note(code=Code.NEVER_STARTED, values=until))
    return unit.failed(FailType.OFFLINE, now, Note(code=Code.OFFLINE, values=until))


def too_old(unit: Unit, machine: Machine, now: datetime) -> Unit:
    """FAIL 8: the agent can't be given this work."""
    minimum = ".".join(map(str, MINIMUM_AGENT))
    values = {"version": machine.facts.agent_version or "?", "minimum": minimum}
    return unit.failed(FailType.TOO_OLD, now, Note(code=Code.TOO_OLD, values=values))


def overdue(
    unit: Unit, task: Task, machine: Machine, now: datetime, *, listening_since: datetime | None = None
) -> Unit:
    """The unit as the reaper leaves it at its due time: timed out, silent, or looked at again later.

    A lease is alive for LEASE after the last word of its machine, whatever that word was about. listening_since: from
    when on a word would have been heard; an agent that spoke to a server that was away was not silent.
    """
    from_lease = unit.timeout_at is not None and now >= unit.timeout_at
    if unit.state is UnitState.PENDING:
        if from_lease:
            return _timed_out(unit, task, now)
        until = unit.waits_until
        return ended_waiting(unit, machine, now) if now >= until else unit.looked_at(until)
    alive_until = _alive_until(unit, machine, listening_since)
    if unit.state is UnitState.STOPPING:
        return unit.stopped(now) if now >= alive_until or from_lease else unit.looked_at(_next_look(unit, alive_until))
    if from_lease:
        return _timed_out(unit, task, now)
    if now >= alive_until:
        return unit.lease_lost(now, spends_attempt=True)
    return unit.looked_at(_next_look(unit, alive_until))


def _admitted(unit: Unit, machine: Machine, task: Task, now: datetime, own: Hours) -> Unit:
    if machine.is_too_old():
        return too_old(unit, machine, now)
    if not task.queue and not machine.is_online(now):
        return unit.failed(FailType.OFFLINE, now, Note(code=Code.OFFLINE_AT_START))
    starts = min(task.starts_within(unit.seq, own), unit.queue_until)
    # Looked at when it may begin, so that its agent, which waits for news, is told to ask then.
    return unit.looked_at(starts) if starts > now else unit


def _timed_out(unit: Unit, task: Task, now: datetime) -> Unit:
    closed = task.not_after if task.not_after is not None and now >= task.not_after else _closed_early(unit, task)
    if closed is not None:
        until = closed.strftime("%Y-%m-%d %H:%M:%S UTC")
        return unit.failed(FailType.TIMEOUT, now, Note(code=Code.WINDOW_CLOSED, values={"until": until}))
    seconds = str(round(task.timeout.total_seconds()))
    return unit.failed(FailType.TIMEOUT, now, Note(code=Code.TIMED_OUT, values={"seconds": seconds}))


def _closed_early(unit: Unit, task: Task) -> datetime | None:
    """When its machine's own hours ended before its timeout would have; None where they did not."""
    if unit.timeout_at is None or unit.begin is None or unit.timeout_at >= unit.begin + task.timeout:
        return None
    return unit.timeout_at


def _alive_until(unit: Unit, machine: Machine, listening_since: datetime | None) -> datetime:
    heard = max(filter(None, (machine.last_seen, unit.begin, listening_since)), default=unit.queue_until)
    return heard + LEASE


def _next_look(unit: Unit, alive_until: datetime) -> datetime:
    return min(alive_until, unit.timeout_at) if unit.timeout_at else alive_until
