"""What a task knows about its machines as a whole, kept by addition and never counted on the read path."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta

from hostward.domain.host_scan import FailType, Unit, UnitState
from hostward.domain.note import Code

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HUNDREDTH = timedelta(milliseconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts over the units of a task; progress is the sum of the units' progress (0 to machines * WHOLE).

    vuls: distinct vulnerabilities found (kept with the task's own list of them, not derived from units). ok_at_risk:
    those of ok that have a risk (risk_machines counts others too, such as one that failed half way). absent: those of
    pending whose machine was offline when they entered. begun: when those that hold a lease began, summed up in
    hundredths of a second since 1970 UTC, so that their mean age is known.
    """

    machines: int = 0
    pending: int = 0
    leased: int = 0
    running: int = 0
    stopping: int = 0
    ok: int = 0
    offline: int = 0
    timeout: int = 0
    failed: int = 0
    too_old: int = 0
    stopped: int = 0
    progress: int = 0
    risk_machines: int = 0
    risk_events: int = 0
    vuls: int = 0
    ok_at_risk: int = 0
    absent: int = 0
    begun: int = 0

    @property
    def scanning(self) -> int:
        """Machines the API shows as Scanning."""
        return self.pending + self.leased + self.running

    @property
    def fail(self) -> int:
        """Machines the API shows as Fail."""
        return self.offline + self.timeout + self.failed + self.too_old

    @property
    def stop(self) -> int:
        """Machines the API shows as Stop."""
        return self.stopping + self.stopped

    @property
    def final(self) -> int:
        """Machines to which nothing more will happen in this run."""
        return self.ok + self.fail + self.stopped

    @property
    def is_done(self) -> bool:
        """True when every machine is final."""
        return self.final == self.machines

    def mean_age(self, now: datetime) -> timedelta:
        """How long ago the machines that hold a lease began, on the whole; 0 without any."""
        holders = self.leased + self.running + self.stopping
        return max((now - _EPOCH) - self.begun * _HUNDREDTH / holders, timedelta(0)) if holders else timedelta(0)

    def plus(self, other: "Tally") -> "Tally":
        """The sum, count by count."""
        return Tally(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(Tally)})

    def minus(self, other: "Tally") -> "Tally":
        """The difference, count by count (counts of a difference may be negative)."""
        return Tally(**{f.name: getattr(self, f.name) - getattr(other, f.name) for f in fields(Tally)})

    def moved(self, before: Unit, after: Unit) -> "Tally":
        """The tally after one unit changed."""
        return self.plus(of_unit(after)).minus(of_unit(before))


EMPTY = Tally()

_FIELD = {
    UnitState.PENDING: "pending",
    UnitState.LEASED: "leased",
    UnitState.RUNNING: "running",
    UnitState.STOPPING: "stopping",
    UnitState.OK: "ok",
    UnitState.STOPPED: "stopped",
}
_FAIL_FIELD = {
    FailType.OFFLINE: "offline",
    FailType.TIMEOUT: "timeout",
    FailType.FAILED: "failed",
    FailType.TOO_OLD: "too_old",
}


def field_of(state: UnitState, fail: FailType) -> str:
    """The count that a unit in this state is in."""
    return _FAIL_FIELD[fail] if state is UnitState.FAIL else _FIELD[state]


def of_unit(unit: Unit) -> Tally:
    """What one unit adds to its task's tally."""
    counts = {field_of(unit.state, unit.fail): 1}
    risky = unit.risk_num > 0
    return Tally(
        machines=1,
        progress=unit.progress,
        risk_machines=int(risky),
        risk_events=unit.risk_num,
        ok_at_risk=int(risky and unit.state is UnitState.OK),
        absent=int(is_absent(unit)),
        begun=begun_of(unit),
        **counts,
    )


def is_absent(unit: Unit) -> bool:
    """Whether it waits for a machine that was offline when it entered."""
    return unit.state is UnitState.PENDING and unit.note.code is Code.WAITING_OFFLINE


def begun_of(unit: Unit) -> int:
    """When it began, in hundredths of a second since 1970 UTC; 0 unless it holds a lease."""
    return (unit.begin - _EPOCH) // _HUNDREDTH if unit.begin and unit.state.holds_lease else 0


def recount(units: Iterable[Unit], *, vuls: int = 0) -> Tally:
    """The tally as the units themselves say it; it must always equal the kept one."""
    total = Tally(vuls=vuls)
    for unit in units:
        total = total.plus(of_unit(unit))
    return total
