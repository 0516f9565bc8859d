"""The counts that are kept beside the units: each step's difference, gathered and written once.

A transaction that moves many units writes each task row and each block row once, however many units it moved.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import BindParameter, bindparam, case, func, update

from hostward.domain.host_scan import FailType, Unit, UnitState
from hostward.domain.ids import TaskId
from hostward.domain.tally import begun_of, is_absent
from hostward.store.classes import AT_RISK, OK_AT_RISK, class_of, is_ok_at_risk
from hostward.store.session import Prepared, Session
from hostward.store.tables import BLOCK, BLOCK_COLUMNS, task, task_block
from hostward.store.times import micros

_PLACES = {
    UnitState.PENDING: "pending",
    UnitState.LEASED: "leased",
    UnitState.RUNNING: "running",
    UnitState.STOPPING: "stopping",
    UnitState.OK: "ok",
    UnitState.STOPPED: "stopped",
}
_FAIL_PLACES = {
    FailType.OFFLINE: "offline",
    FailType.TIMEOUT: "timed_out",
    FailType.FAILED: "failed",
    FailType.TOO_OLD: "too_old",
}
_MOVING = (
    *_PLACES.values(),
    *_FAIL_PLACES.values(),
    "progress",
    "risk_machines",
    "risk_events",
    OK_AT_RISK,
    "absent",
    "begun",
)
_FINAL = ("ok", "offline", "timed_out", "failed", "too_old", "stopped")


def _add(name: str) -> BindParameter[int]:
    return bindparam(f"add_{name}")


_DONE = sum((task.c[name] + _add(name) for name in _FINAL[1:]), start=task.c.ok + _add("ok")) == task.c.machines
_MOVE_TASK = Prepared(
    update(task)
    .where(task.c.task_id == bindparam("which"))
    .values(
        **{name: task.c[name] + _add(name) for name in _MOVING},
        end_at=case((_DONE, func.coalesce(task.c.end_at, bindparam("now"))), else_=None),
    )
)
_MOVE_BLOCK = Prepared(
    update(task_block)
    .where(task_block.c.task_id == bindparam("which"), task_block.c.block == bindparam("number"))
    .values(**{name: task_block.c[name] + _add(name) for name in BLOCK_COLUMNS})
)


@dataclass(slots=True)
class _Moved:
    """What has happened to one task and is not written yet. ends: some unit became final, begins: the reverse."""

    counts: dict[str, int]
    blocks: dict[int, dict[str, int]] = field(default_factory=dict)
    now: int = 0
    ends: bool = False
    begins: bool = False


class KeptCounts:
    """The differences of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._moved: dict[TaskId, _Moved] = {}

    def move(self, before: Unit, after: Unit, now: datetime) -> None:
        """Count a unit's step."""
        moved = self._of(before.task, ends=after.is_final and not before.is_final, begins=_begins(before, after))
        if moved.now == 0 or (after.is_final and not before.is_final):
            moved.now = micros(now)
        counts = moved.counts
        was, becomes = _place(before), _place(after)
        if was != becomes:
            counts[was] -= 1
            counts[becomes] += 1
        counts["progress"] += after.progress - before.progress
        counts["risk_events"] += after.risk_num - before.risk_num
        counts["absent"] += is_absent(after) - is_absent(before)
        counts["begun"] += begun_of(after) - begun_of(before)
        risky = (after.risk_num > 0) - (before.risk_num > 0)
        counts["risk_machines"] += risky
        ok_risky = is_ok_at_risk(after) - is_ok_at_risk(before)
        counts[OK_AT_RISK] += ok_risky
        if (classes := (class_of(before), class_of(after))) and (classes[0] != classes[1] or risky):
            _move_block(moved, before.seq // BLOCK, classes, risky, ok_risky)

    def flush(self) -> None:
        """Write what has been counted, in key order, so that two transactions take their locks alike."""
        if not self._moved:
            return
        for which, moved in sorted(self._moved.items()):
            blocks = [
                {"which": which, "number": number, **{f"add_{name}": value for name, value in block.items()}}
                for number, block in sorted(moved.blocks.items())
            ]
            counts = {f"add_{name}": value for name, value in moved.counts.items()}
            self._session.run(_MOVE_TASK, which=which, now=moved.now, **counts)
            self._session.many(_MOVE_BLOCK, blocks)
        self._moved.clear()

    def _of(self, which: TaskId, *, ends: bool, begins: bool) -> _Moved:
        """The task's differences. A unit that becomes final and one that begins anew are never written together:
        the task's end, set by the one and cleared by the other, would depend on their order.
        """
        moved = self._moved.get(which)
        if moved is not None and ((ends and moved.begins) or (begins and moved.ends)):
            self.flush()
            moved = None
        if moved is None:
            moved = self._moved[which] = _Moved(dict.fromkeys(_MOVING, 0))
        moved.ends |= ends
        moved.begins |= begins
        return moved


def _begins(before: Unit, after: Unit) -> bool:
    return before.is_final and not after.is_final


def _place(unit: Unit) -> str:
    return _FAIL_PLACES[unit.fail] if unit.state is UnitState.FAIL else _PLACES[unit.state]


def _move_block(moved: _Moved, number: int, classes: tuple[str, str], risky: int, ok_risky: int) -> None:
    block = moved.blocks.get(number)
    if block is None:
        block = moved.blocks[number] = dict.fromkeys(BLOCK_COLUMNS, 0)
    block[classes[0]] -= 1
    block[classes[1]] += 1
    block[AT_RISK] += risky
    block[OK_AT_RISK] += ok_risky
