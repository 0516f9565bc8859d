"""What a task knows about its machines as a whole, kept by addition and never counted on the read path."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from hostward.domain.host_scan import FailType, Unit, UnitState


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts over the units of a task; progress is the sum of the units' progress (0 to machines * WHOLE).

    vuls: distinct vulnerabilities found (kept with the task's own list of them, not derived from units). ok_at_risk:
    those of ok that have a risk (risk_machines counts others too, such as one that failed half way).
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
        **counts,
    )


def recount(units: Iterable[Unit], *, vuls: int = 0) -> Tally:
    """The tally as the units themselves say it; it must always equal the kept one."""
    total = Tally(vuls=vuls)
    for unit in units:
        total = total.plus(of_unit(unit))
    return total
