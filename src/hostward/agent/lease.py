"""One lease as its agent holds it: rows are cut into numbered batches, spooled, sent, and forgotten when acknowledged.

Pure: times are handed in (seconds of a monotonic clock), and nothing here waits.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from hostward.agent.pace import Pace
from hostward.domain.module import Module
from hostward.protocol.job import Job
from hostward.protocol.report import MAX_ITEMS, Batch, End, Row

BATCH_BYTES = 1_000_000
"""Size at which a batch is closed before it has MAX_ITEMS rows."""

MESSAGE_BYTES = 2 * 1024 * 1024
"""Batches sent in one report: half of what a server takes (protocol.report.MAX_BODY)."""

MAX_REASONS = 100
"""Things that could not be judged which an End names; more are counted."""

END_BYTES = 4096
"""What an End counts for until its true size is known."""


class Phase(Enum):
    """Where a lease stands on this agent."""

    QUEUED = auto()
    WORKING = auto()
    KILLING = auto()
    """How it ends is decided; its worker is being killed."""
    ENDED = auto()
    """Nothing more will be found; what is known is on its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """A lease found in the spool after a restart: its batches (first and their sizes), and whether it has its End."""

    lease: int
    first: int
    sizes: Sequence[int]
    ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What there is to report: batches first .. last-1, and the End."""

    first: int
    last: int
    with_end: bool


@dataclass(slots=True, kw_only=True)
class Held:
    """One lease. deadline: when its scan must be over. acked, next_seq: batches acknowledged and cut so far."""

    lease: int
    deadline: float
    phase: Phase
    job: Job | None = None
    module: Module | None = None
    acked: int = 0
    next_seq: int = 0
    done: float = 0.0
    doing: str = ""
    began: float | None = None
    kill_by: float | None = None
    was_refused: bool = False
    is_spooling: bool = False
    is_failing: bool = False
    is_held: bool = False
    spool_again: float | None = None
    _sizes: deque[int] = field(default_factory=deque)
    _to_spool: deque[tuple[Batch | End, int]] = field(default_factory=deque)
    _has_end: bool = False
    _rows: list[Row] = field(default_factory=list)
    _row_bytes: int = 0
    _rows_since: float = 0.0
    _reasons: list[str] = field(default_factory=list)
    _more_reasons: int = 0
    _outcome: str = ""
    _why: str = ""
    _told: tuple[float, str] = (0.0, "")
    _told_at: float | None = None

    @property
    def unsent(self) -> int:
        """Bytes that the server has not acknowledged."""
        return sum(self._sizes) + sum(size for _, size in self._to_spool) + self._row_bytes

    @property
    def ends_by(self) -> float | None:
        """When something must happen though nobody speaks: the scan's deadline, then the patience with a kill."""
        match self.phase:
            case Phase.QUEUED | Phase.WORKING:
                return self.deadline
            case Phase.KILLING:
                return self.kill_by
            case Phase.ENDED:
                return None

    def begin(self, now: float) -> None:
        """Its worker is started."""
        self.phase, self.began = Phase.WORKING, now

    def stepped(self, done: float, doing: str) -> None:
        """The worker got further; a share that falls is not believed."""
        self.done, self.doing = max(self.done, done), doing

    def worker_gone(self, failure: str, now: float) -> None:
        """Its worker and all its children are gone."""
        if self.phase in (Phase.WORKING, Phase.KILLING):
            self.finish(failure, now)

    def found(self, rows: Sequence[Row], size: int, now: float) -> None:
        """Take rows of the worker; what comes after the end was decided is not wanted."""
        if self.phase is not Phase.WORKING:
            return
        if self._row_bytes + size > BATCH_BYTES:
            self.cut()
        if not self._rows:
            self._rows_since = now
        self._rows += rows
        self._row_bytes += size
        while len(self._rows) >= MAX_ITEMS:
            self.cut()

    def doubted(self, reason: str) -> None:
        """Take something that could not be judged; the same words count once."""
        if reason in self._reasons:
            return
        if len(self._reasons) < MAX_REASONS:
            self._reasons.append(reason)
        else:
            self._more_reasons += 1

    def flush_at(self, pace: Pace) -> float | None:
        """When the rows that wait for company go without; None when there are none."""
        return self._rows_since + pace.flush if self._rows else None

    def cut(self) -> None:
        """Close a batch of the rows that are there."""
        if not self._rows:
            return
        rows, rest = self._rows[:MAX_ITEMS], self._rows[MAX_ITEMS:]
        size = self._row_bytes * len(rows) // len(self._rows)
        self._to_spool.append((Batch(seq=self.next_seq, rows=rows), size))
        self.next_seq += 1
        self._rows, self._row_bytes = rest, self._row_bytes - size

    def decide(self, outcome: str, why: str, kill_by: float) -> None:
        """The scan ends as "stopped" or "failed" as soon as its worker is gone; the first decision stands."""
        self._outcome, self._why, self.kill_by = outcome, why, kill_by
        self.phase = Phase.KILLING

    def finish(self, failure: str, now: float) -> None:
        """The worker is gone (or was never started): close the last batch and the lease."""
        while self._rows:
            self.cut()
        outcome = self._outcome or ("failed" if failure else "ok")
        end = End(outcome=outcome, batches=self.next_seq, reasons=self._end_reasons(failure), seconds=self._ran(now))
        self._to_spool.append((end, END_BYTES))
        self.phase = Phase.ENDED

    def start_over(self, why: str) -> None:
        """The server won't take what is here: the lease will end as failed with only what was acknowledged."""
        self._sizes.clear()
        self._to_spool.clear()
        self._rows, self._row_bytes = [], 0
        self.next_seq, self._has_end, self.is_spooling = self.acked, False, False
        self._outcome, self._why, self.was_refused = "failed", why, True

    def next_to_spool(self, now: float) -> Batch | End | None:
        """What is to be put on the disk now, one at a time."""
        if self.spool_again is not None and now >= self.spool_again:
            self.spool_again = None
        if self.is_spooling or self.spool_again is not None or not self._to_spool:
            return None
        self.is_spooling = True
        return self._to_spool[0][0]

    def spooled(self, seq: int | None, size: int) -> None:
        """Batch seq (None: the End) is on the disk; what was given up meanwhile is not waited for any more."""
        self.is_spooling, self.is_failing = False, False
        if not self._to_spool:
            return
        item, _ = self._to_spool[0]
        if isinstance(item, End) and seq is None:
            self._to_spool.popleft()
            self._has_end = True
        elif isinstance(item, Batch) and seq == item.seq:
            self._to_spool.popleft()
            self._sizes.append(size)

    def not_spooled(self, again: float) -> None:
        """The disk did not take it: try again then."""
        self.is_spooling, self.is_failing, self.spool_again = False, True, again

    def message(self) -> Message | None:
        """The batches and End that can be sent now; None when there is nothing new for the server."""
        last, size = self.acked, 0
        for one in self._sizes:
            if last > self.acked and size + one > MESSAGE_BYTES:
                break
            last, size = last + 1, size + one
        with_end = self._has_end and last == self.next_seq
        return Message(first=self.acked, last=last, with_end=with_end) if last > self.acked or with_end else None

    def news_at(self, pace: Pace) -> float | None:
        """When there may be a word on progress; None when nothing changed since the last."""
        if self.phase is not Phase.WORKING or (self.done, self.doing) == self._told:
            return None
        return 0.0 if self._told_at is None else self._told_at + pace.step

    def told(self, now: float) -> None:
        """A report left."""
        self._told, self._told_at = (self.done, self.doing), now

    def untold(self) -> None:
        """The last report did not arrive."""
        self._told = (-1.0, "")

    def acknowledge(self, acked: int) -> bool:
        """The server has the batches below acked; True when that is news."""
        before = self.acked
        while self._sizes and self.acked < acked:
            self._sizes.popleft()
            self.acked += 1
        return self.acked > before

    def _end_reasons(self, failure: str) -> list[str]:
        if self._outcome == "stopped":
            return []
        if self._outcome or failure:
            return [self._why or failure]
        more = [f"and {self._more_reasons} more"] if self._more_reasons else []
        return [*self._reasons, *more]

    def _ran(self, now: float) -> float:
        return 0.0 if self.began is None else max(0.0, now - self.began)


def taken(job: Job, module: Module, now: float) -> Held:
    """A job that was just received."""
    return Held(lease=job.lease, deadline=now + job.seconds, phase=Phase.QUEUED, job=job, module=module)


def never_begun(lease: int, outcome: str, why: str, now: float) -> Held:
    """A lease that ends before it began."""
    held = Held(lease=lease, deadline=now, phase=Phase.QUEUED)
    held.decide(outcome, why, now)
    held.finish("", now)
    return held


def recovered(known: Recovered) -> Held:
    """A lease whose work was done before the agent was started again."""
    last = known.first + len(known.sizes)
    held = Held(lease=known.lease, deadline=0.0, phase=Phase.ENDED, acked=known.first, next_seq=last)
    held._sizes.extend(known.sizes)
    held._has_end = known.ended
    return held
