"""One unit of work: one machine in one task, and the steps it may take.

PENDING -> LEASED -> RUNNING -> OK | FAIL | STOPPED, with STOPPING between a stop asked for and its confirmation,
and back to PENDING when a lease goes silent. Each step is a method that returns the new value; a step that the
state does not have raises IllegalTransition.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum

from hostward.domain.errors import IllegalTransition
from hostward.domain.ids import LeaseId, MachineId, Seq, TaskId
from hostward.domain.note import NOTHING, Code, Note

LEASE = timedelta(seconds=90)
"""How long a lease lives after the last authenticated word of its agent."""

MAX_ATTEMPTS = 2
"""Leases that may go silent before the unit fails."""

WHOLE = 10_000
"""Progress of a finished unit; progress is counted in hundredths of a percent."""


class UnitState(IntEnum):
    """Where a unit stands. The numbers are stored: never renumber."""

    PENDING = 0
    LEASED = 1
    RUNNING = 2
    STOPPING = 3
    OK = 4
    FAIL = 5
    STOPPED = 6

    @property
    def is_final(self) -> bool:
        """True when nothing more will happen to the unit in this run."""
        return self >= UnitState.OK

    @property
    def holds_lease(self) -> bool:
        """True while an agent is entitled to report on the unit."""
        return self in (UnitState.LEASED, UnitState.RUNNING, UnitState.STOPPING)


class Status(IntEnum):
    """The four words of the API."""

    SCANNING = 0
    OK = 1
    FAIL = 2
    STOP = 3

    @property
    def word(self) -> str:
        """As the API spells it: "Scanning"."""
        return self.name.capitalize()


class FailType(IntEnum):
    """Why a unit failed; the numbers are the API's FailType (0: it did not)."""

    NONE = 0
    OFFLINE = 3
    TIMEOUT = 4
    FAILED = 5
    TOO_OLD = 8


_STATUS = {
    UnitState.PENDING: Status.SCANNING,
    UnitState.LEASED: Status.SCANNING,
    UnitState.RUNNING: Status.SCANNING,
    UnitState.STOPPING: Status.STOP,
    UnitState.OK: Status.OK,
    UnitState.FAIL: Status.FAIL,
    UnitState.STOPPED: Status.STOP,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One machine in one task.

    queue_until: a lease must be given before. lease: the last one given (kept after it went silent, so that its
    next message can revive it). timeout_at: FAIL 4 from then on, None before the first lease. begin: first lease
    of this run. progress: 0 to WHOLE, never falls within a run. risk_num: risks found so far. due: when the
    reaper must look at the unit again, None when final. rev rises with every change.
    """

    task: TaskId
    seq: Seq
    machine: MachineId
    run: int = 1
    state: UnitState = UnitState.PENDING
    fail: FailType = FailType.NONE
    note: Note = NOTHING
    attempt: int = 0
    lease: LeaseId | None = None
    queue_until: datetime
    timeout_at: datetime | None = None
    begin: datetime | None = None
    end: datetime | None = None
    progress: int = 0
    risk_num: int = 0
    due: datetime | None = None
    rev: int = 0

    @property
    def status(self) -> Status:
        """The word the API shows."""
        return _STATUS[self.state]

    @property
    def is_final(self) -> bool:
        """True when nothing more will happen to the unit in this run."""
        return self.state.is_final

    @property
    def waits_until(self) -> datetime:
        """How long it may wait without a lease: its queue, and its timeout once it had one."""
        return self.timeout_at or self.queue_until

    def waits_for(self, note: Note, due: datetime) -> "Unit":
        """It can't be given to its agent yet, for another reason than before; the reaper looks at due."""
        self._must(UnitState.PENDING)
        return self._next(note=note, due=due)

    def leased(self, lease: LeaseId, now: datetime, timeout: timedelta) -> "Unit":
        """Given to its agent. The timeout counts from the first lease of the run, so that retries can't stretch it."""
        self._must(UnitState.PENDING)
        timeout_at = self.timeout_at or now + timeout
        return self._next(
            state=UnitState.LEASED,
            lease=lease,
            attempt=self.attempt + 1,
            timeout_at=timeout_at,
            begin=self.begin or now,
            note=Note(code=Code.STARTING),
            due=min(now + LEASE, timeout_at),
        )

    def progressed(self, progress: int, note: Note) -> "Unit":
        """The agent reported: RUNNING (also from PENDING, when a silent lease speaks again) and maybe further."""
        self._must(UnitState.PENDING, UnitState.LEASED, UnitState.RUNNING, UnitState.STOPPING)
        further = max(self.progress, min(progress, WHOLE))
        if self.state is UnitState.STOPPING:
            return self._next(progress=further)
        return self._next(state=UnitState.RUNNING, progress=further, note=note)

    def judged(self, now: datetime, note: Note) -> "Unit":
        """The scan ended with a result; note says what could not be judged."""
        self._must(UnitState.PENDING, UnitState.LEASED, UnitState.RUNNING)
        return self._final(UnitState.OK, now, note)

    def failed(self, fail: FailType, now: datetime, note: Note) -> "Unit":
        """The scan ended without a result."""
        self._must(UnitState.PENDING, UnitState.LEASED, UnitState.RUNNING)
        return self._final(UnitState.FAIL, now, note, fail)

    def asked_to_stop(self, now: datetime, by: str, at: str) -> "Unit":
        """A stop was accepted: final at once without a lease, else STOPPING until the agent confirms.

        at: the time in words, for the description.
        """
        self._must(UnitState.PENDING, UnitState.LEASED, UnitState.RUNNING)
        values = {"by": by, "at": at}
        if self.state is UnitState.PENDING:
            return self._final(UnitState.STOPPED, now, Note(code=Code.STOPPED, values=values))
        return self._next(state=UnitState.STOPPING, note=Note(code=Code.STOPPING, values=values))

    def stopped(self, now: datetime) -> "Unit":
        """The stop is confirmed, or its lease is gone."""
        self._must(UnitState.STOPPING)
        return self._final(UnitState.STOPPED, now, Note(code=Code.STOPPED, values=self.note.values))

    def lease_lost(self, now: datetime, *, spends_attempt: bool) -> "Unit":
        """The lease went silent or its agent's process is another: back to PENDING, FAIL 5 after MAX_ATTEMPTS.

        spends_attempt False: it was the server that died, which is no fault of the machine's.
        """
        self._must(UnitState.LEASED, UnitState.RUNNING, UnitState.STOPPING)
        if self.state is UnitState.STOPPING:
            return self.stopped(now)
        attempts = {"attempts": str(MAX_ATTEMPTS)}
        if spends_attempt and self.attempt >= MAX_ATTEMPTS:
            return self._final(UnitState.FAIL, now, Note(code=Code.WENT_SILENT, values=attempts), FailType.FAILED)
        attempt = self.attempt if spends_attempt else max(0, self.attempt - 1)
        note = Note(code=Code.WAITING_AGAIN, values={"attempt": str(attempt + 1), **attempts})
        return self._next(state=UnitState.PENDING, attempt=attempt, note=note, due=self.waits_until)

    def again(self, run: int, queue_until: datetime, note: Note) -> "Unit":
        """Back to waiting in the task's next run. The last lease is kept by name: it is stale from now on."""
        self._must(UnitState.OK, UnitState.FAIL, UnitState.STOPPED)
        return Unit(
            task=self.task,
            seq=self.seq,
            machine=self.machine,
            run=run,
            note=note,
            lease=self.lease,
            queue_until=queue_until,
            due=queue_until,
            rev=self.rev + 1,
        )

    def found(self, risk_num: int) -> "Unit":
        """The number of risks known so far."""
        return self if risk_num == self.risk_num else self._next(risk_num=risk_num)

    def looked_at(self, due: datetime) -> "Unit":
        """The reaper looked and found the lease alive; it looks again at due."""
        return replace(self, due=due)

    def _must(self, *states: UnitState) -> None:
        if self.state not in states:
            raise IllegalTransition(
                f"unit {self.task}/{self.seq} is {self.state.name}: this step is not one of its own"
            )

    def _final(self, state: UnitState, now: datetime, note: Note, fail: FailType = FailType.NONE) -> "Unit":
        return self._next(state=state, fail=fail, end=now, note=note, progress=WHOLE, due=None)

    def _next(self, **changes: object) -> "Unit":
        return replace(self, rev=self.rev + 1, **changes)  # type: ignore[arg-type]  # replace checks names, not types
