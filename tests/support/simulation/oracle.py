"""What must be true, looked at after every commit, at every answer and at the end."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from hostward.domain import progress
from hostward.domain.host_scan import MAX_ATTEMPTS, WHOLE, Unit, UnitState
from hostward.domain.ids import LeaseId, MachineId, Seq, TaskId
from hostward.domain.module import Module
from hostward.domain.tally import Tally, begun_of, field_of, is_absent
from hostward.domain.task import HEARTBEAT, Task
from hostward.protocol.report import Answer
from hostward.usecases.records import Item, Lease
from simulation.database import Kept, View
from simulation.server import SimulatedClock

GRACE = timedelta(seconds=15)
"""Beside two heartbeats: a reaper's tick, a commit of a slow database, a server that has just come back."""


class Broken(AssertionError):
    """A promise was not kept."""


@dataclass(slots=True)
class Said:
    """What one process' scanner said on one lease. ended: how its agent closed the lease, "" while it did not."""

    rows: list[str] = field(default_factory=list)
    risks: int = 0
    failure: str | None = None


class Oracle:
    """excused: how many attempts may be given beside MAX_ATTEMPTS, since the server died or its clock was set."""

    def __init__(self, kept: Kept, clock: SimulatedClock, healthy: Callable[[], float]) -> None:
        self._kept = kept
        self._clock = clock
        self._healthy = healthy
        self.said: dict[int, dict[int, Said]] = defaultdict(dict)
        self.excused = 0
        self._workers: dict[int, str] = {}
        self.breaches: list[str] = []
        self.commits = 0
        self.starts = 0
        self._before = View({}, {}, {})
        self._shown: dict[tuple[TaskId, int], int] = {}
        self._given: Counter[tuple[TaskId, Seq, int]] = Counter()

    def committed(self) -> list[tuple[Unit | None, Unit]]:
        """Look at what was just committed; returns the units that changed."""
        self.commits += 1
        self._no_breach()
        now, before = self._kept.view(), self._before
        self._before = now
        changed = []
        if now.units is not before.units and now.units != before.units:
            for key, unit in now.units.items():
                earlier = before.units.get(key)
                if unit is not earlier and unit != earlier:
                    changed.append((earlier, unit))
                    self._step(earlier, unit)
        for number, task in now.tasks.items():
            if task is not before.tasks.get(number) or any(unit.task == number for _, unit in changed):
                self._task(task, [unit for unit in now.units.values() if unit.task == number])
        for number, lease in now.leases.items():
            if number not in before.leases:
                self._lease_given(now, number)
            elif lease is not before.leases[number] and lease != before.leases[number]:
                _require(lease.acked >= before.leases[number].acked, f"lease {number} has fewer batches than before")
                _require(not before.leases[number].ended, f"lease {number} changed after its end")
                self._fenced(before, lease)
        self._in_time(now)
        return changed

    def answered(self, lease: int, answer: Answer) -> None:
        """An answer to a report leaves the server: what it says must be committed."""
        view = self._kept.view()
        kept = view.leases.get(LeaseId(lease))
        if kept is None:
            raise Broken(f"lease {lease} was answered and is not known")
        _require(answer.acked <= kept.acked, f"lease {lease}: {answer.acked} acknowledged, {kept.acked} kept")
        _require(kept.ended or not answer.ended, f"lease {lease}: its end was acknowledged and is not kept")

    def begun(self, lease: int, process: str) -> tuple[int, Said]:
        """A process begins to scan for a lease; returns the number of this begin and where its words are noted.

        One process may begin again what the server never heard of: it gave its own results up, since it could not
        read them.
        """
        first = self._workers.setdefault(lease, process)
        if first != process:
            self.breaches.append(f"lease {lease} is worked on by {first} and by {process}")
        self.starts += 1
        said = self.said[lease][self.starts] = Said()
        return self.starts, said

    def lost(self, lease: int, missing: set[int]) -> None:
        """An agent finds less on its disk than the process before it was told is durable there."""
        self.breaches.append(f"lease {lease}: batches {sorted(missing)} were durable on the agent's disk and are gone")

    def given_up(self, lease: int) -> None:
        """An agent throws whole results away: the server must have them, or have given the lease up itself."""
        view = self._kept.view()
        known = view.leases.get(LeaseId(lease))
        if known is None or known.ended:
            return
        unit = view.units[known.task, known.seq]
        if unit.lease == known.id and (unit.run == known.run or unit.is_final):
            self.breaches.append(f"lease {lease}: its agent threw its whole results away, which the server waits for")

    def settled(self) -> None:
        """At the end: the rows of each lease are its scanner's, once and in order, and no losing lease has any."""
        self._no_breach()
        view = self._kept.view()
        for unit in view.units.values():
            _require(unit.is_final, f"unit {unit.task}/{unit.seq} is {unit.state.name} for ever")
        for lease in view.leases.values():
            unit = view.units[lease.task, lease.seq]
            rows = self._kept.read(lambda uow, lease=lease: uow.results.items(lease.machine, lease.id))
            if unit.lease != lease.id and not lease.ended:
                _require(not rows, f"lease {lease.id} was replaced and has {len(rows)} rows")
            elif rows or (lease.ended and not self._is_outdated(view, lease)):
                self._rows(lease.id, rows, unit)
        self._current(view)

    def _no_breach(self) -> None:
        if self.breaches:
            raise Broken(self.breaches[0])

    def _fenced(self, before: View, lease: Lease) -> None:
        """Only the newest lease of a unit may change: what a replaced one says leaves no trace."""
        newest = before.units[lease.task, lease.seq].lease
        _require(newest == lease.id, f"lease {lease.id} took results after lease {newest} had replaced it")

    def _is_outdated(self, view: View, lease: Lease) -> bool:
        """An inventory is removed when a newer one stands for the machine."""
        module = view.tasks[lease.task].module
        current = self._kept.read(lambda uow: uow.results.current(lease.machine, module))
        return module is Module.VUL and current is not None and current[0] != lease.id

    def _rows(self, lease: LeaseId, rows: Sequence[Item], unit: Unit) -> None:
        """The rows of a lease are a beginning of what one scanner said, all of it for a unit that is OK by it."""
        found = [key_of(row) for row in rows]
        told = list(self.said[lease].values())
        fits = [said for said in told if said.rows[: len(found)] == found]
        _require(bool(fits), f"lease {lease}: {found} is not what a scanner said: {[said.rows for said in told]}")
        if unit.lease == lease and unit.state is UnitState.OK:
            whole = [said for said in fits if said.failure == "" and len(said.rows) == len(found)]
            _require(bool(whole), f"lease {lease} is OK with {len(found)} rows of {[len(s.rows) for s in told]}")
            _require(
                any(said.risks == unit.risk_num for said in whole), f"lease {lease}: {unit.risk_num} risks counted"
            )

    def _current(self, view: View) -> None:
        """A machine's own results are those of a lease that ended well, and are whole."""
        for lease in view.leases.values():
            task = view.tasks[lease.task]
            current = self._kept.read(
                lambda uow, lease=lease, module=task.module: uow.results.current(lease.machine, module)
            )
            if current is not None and current[0] == lease.id:
                _require(lease.ended, f"lease {lease.id} is current and has not ended")

    def _step(self, before: Unit | None, unit: Unit) -> None:
        if before is None or before.run != unit.run:
            return
        name = f"unit {unit.task}/{unit.seq}"
        _require(unit.progress >= before.progress, f"{name}: progress fell from {before.progress} to {unit.progress}")
        _require((unit.lease or 0) >= (before.lease or 0), f"{name}: lease {unit.lease} after {before.lease}")
        if before.is_final:
            _require(
                (unit.state, unit.fail, unit.risk_num, unit.end)
                == (before.state, before.fail, before.risk_num, before.end),
                f"{name} changed after it was final: {before} -> {unit}",
            )
        if unit.is_final:
            _require(unit.progress == WHOLE, f"{name} is final at {unit.progress}")
            _require(unit.due is None, f"{name} is final and due")

    def _task(self, task: Task, units: list[Unit]) -> None:
        name = f"task {task.id}"
        counted = Counter(field_of(unit.state, unit.fail) for unit in units)
        expected = Tally(
            machines=len(units),
            progress=sum(unit.progress for unit in units),
            risk_machines=sum(unit.risk_num > 0 for unit in units),
            risk_events=sum(unit.risk_num for unit in units),
            ok_at_risk=sum(unit.risk_num > 0 and unit.state is UnitState.OK for unit in units),
            vuls=task.tally.vuls,
            absent=sum(is_absent(unit) for unit in units),
            begun=sum(begun_of(unit) for unit in units),
            **counted,
        )
        _require(task.tally == expected, f"{name}: the tally is {task.tally}, counted {expected}")
        shown, is_done = progress.percent(task.tally), all(unit.is_final for unit in units)
        _require((shown == 100) == is_done, f"{name} shows {shown} and {'is' if is_done else 'is not'} done")
        key = (task.id, task.run)
        _require(shown >= self._shown.get(key, 0), f"{name} fell from {self._shown.get(key)} to {shown} percent")
        self._shown[key] = shown
        _require((task.end is not None) == is_done, f"{name}: end is {task.end} though done is {is_done}")
        if task.stop_at is not None:
            _require(task.stopping_all == (not is_done), f"{name}: stopping_all is {task.stopping_all}")

    def _lease_given(self, view: View, number: LeaseId) -> None:
        lease = view.leases[number]
        key = (lease.task, lease.seq, lease.run)
        self._given[key] += 1
        most = MAX_ATTEMPTS + self.excused
        _require(self._given[key] <= most, f"unit {lease.task}/{lease.seq} was leased {self._given[key]} times")

    def _in_time(self, view: View) -> None:
        """Every unit is final by its task's deadline and two heartbeats, by the server's own clock."""
        if self._healthy() < GRACE.total_seconds():
            return
        for unit in view.units.values():
            if unit.is_final:
                continue
            deadline = view.tasks[unit.task].deadline + 2 * HEARTBEAT + GRACE
            late = self._clock.now() - deadline
            _require(
                late <= timedelta(0), f"unit {unit.task}/{unit.seq} is {unit.state.name} {late} after its deadline"
            )


def key_of(item: Item) -> str:
    """What a row can be told by."""
    for name in ("path", "name", "item"):
        value = getattr(item, name, None)
        if value:
            return value.decode() if isinstance(value, bytes) else str(value)
    raise Broken(f"a row that no scanner said: {item}")


def machine_units(view: View, machine: MachineId) -> list[Unit]:
    """The units of a machine."""
    return [unit for unit in view.units.values() if unit.machine == machine]


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Broken(otherwise)
