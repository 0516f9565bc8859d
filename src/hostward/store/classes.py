"""The classes that a unit is counted in, one a column of task_block, and what filters ask of them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_

from hostward.domain.host_scan import FailType, Status, Unit, UnitState
from hostward.domain.machine_filter import AtRisk, Condition, FailTypeIs, StatusIs
from hostward.store.tables import task_machine

AT_RISK = "at_risk"
OK_AT_RISK = "ok_at_risk"

_CLASS = {
    UnitState.PENDING: "scanning",
    UnitState.LEASED: "scanning",
    UnitState.RUNNING: "scanning",
    UnitState.STOPPING: "stop",
    UnitState.OK: "ok",
    UnitState.STOPPED: "stop",
}
_FAIL_CLASS = {
    FailType.NONE: "failed",
    FailType.OFFLINE: "offline",
    FailType.TIMEOUT: "timed_out",
    FailType.FAILED: "failed",
    FailType.TOO_OLD: "too_old",
}
_OF_STATUS = {
    Status.SCANNING: frozenset({"scanning"}),
    Status.OK: frozenset({"ok"}),
    Status.STOP: frozenset({"stop"}),
    Status.FAIL: frozenset({"offline", "timed_out", "failed", "too_old"}),
}
_OF_FAIL = {
    FailType.NONE: frozenset({"scanning", "ok", "stop"}),
    FailType.OFFLINE: frozenset({"offline"}),
    FailType.TIMEOUT: frozenset({"timed_out"}),
    FailType.FAILED: frozenset({"failed"}),
    FailType.TOO_OLD: frozenset({"too_old"}),
}
ALL = frozenset().union(*_OF_STATUS.values())


def class_of(unit: Unit) -> str:
    """The column of task_block that counts the unit."""
    return _FAIL_CLASS[unit.fail] if unit.state is UnitState.FAIL else _CLASS[unit.state]


def is_ok_at_risk(unit: Unit) -> bool:
    """Whether it ended well and found a risk."""
    return unit.state is UnitState.OK and unit.risk_num > 0


def class_of_numbers(state: int, fail: int) -> str:
    """The same from the numbers that are stored."""
    return _FAIL_CLASS[FailType(fail)] if state == UnitState.FAIL else _CLASS[UnitState(state)]


def wanted(conditions: Sequence[Condition]) -> frozenset[str]:
    """The classes that meet every status and fail type condition; all where there is none."""
    classes: frozenset[str] = ALL
    for condition in conditions:
        if isinstance(condition, StatusIs):
            classes &= frozenset().union(*(_OF_STATUS[status] for status in condition.values))
        elif isinstance(condition, FailTypeIs):
            classes &= frozenset().union(*(_OF_FAIL[fail] for fail in condition.values))
    return classes


def asks_risk(conditions: Sequence[Condition]) -> bool:
    """Is one of the conditions that the machine is at risk?"""
    return any(isinstance(condition, AtRisk) for condition in conditions)


def states_of(classes: frozenset[str]) -> list[UnitState]:
    """The states that the units of these classes are in."""
    states = [state for state, name in _CLASS.items() if name in classes]
    return [*states, UnitState.FAIL] if classes.intersection(_FAIL_CLASS.values()) else states


def in_classes(classes: frozenset[str]) -> ColumnElement[bool]:
    """The rows of task_machine in one of the classes (at least one)."""
    state, fail = task_machine.c.state, task_machine.c.fail
    states = [state == each.value for each, name in _CLASS.items() if name in classes]
    fails = [
        and_(state == UnitState.FAIL.value, fail == each.value) for each, name in _FAIL_CLASS.items() if name in classes
    ]
    return or_(*states, *fails)
