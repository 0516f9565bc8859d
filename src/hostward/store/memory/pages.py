"""Pages of a task's machines, each row looked at: what every other store must answer alike."""

from collections.abc import Sequence
from typing import Any

from hostward.domain.bucket import bucket_of
from hostward.domain.host_scan import Unit
from hostward.domain.ids import MachineId
from hostward.domain.machine import Machine
from hostward.domain.machine_filter import (
    TASK_ORDER,
    AtRisk,
    BucketIs,
    Condition,
    Conditions,
    FailTypeIs,
    Order,
    SortKey,
    StatusIs,
    Tagged,
    TextIs,
)
from hostward.store.codec import values_text
from hostward.store.memory.state import State
from hostward.store.texts import clean, fold, inner_ip, texts_of
from hostward.store.times import micros, seconds_or_zero
from hostward.usecases.records import MachineRow, Page


def page(
    state: State,
    units: Sequence[Unit],
    conditions: Conditions,
    *,
    limit: int,
    offset: int,
    order: Order = TASK_ORDER,
) -> Page:
    """A page of these units that meet all the conditions."""
    met = [unit for unit in units if all(_meets(state, unit, each) for each in conditions)]
    if order.key is not SortKey.TASK:
        met.sort(key=lambda unit: _sorted_by(state, unit, order.key), reverse=order.descending)
    elif order.descending:
        met.reverse()
    rows = [_row(unit, state.machines[unit.machine]) for unit in met[offset : offset + limit]]
    return Page(total=len(met), rows=rows)


def _meets(state: State, unit: Unit, condition: Condition) -> bool:
    match condition:
        case TextIs():
            machine = state.machines[unit.machine]
            return any(says(machine, condition, fold(value)) for value in condition.values)
        case StatusIs():
            return unit.status in condition.values
        case FailTypeIs():
            return unit.fail in condition.values
        case AtRisk():
            return unit.risk_num > 0
        case Tagged():
            return has_tag(state, unit.machine, condition.values)
        case BucketIs():
            return bucket_of(unit.state, unit.fail, unit.risk_num) in condition.values


def _sorted_by(state: State, unit: Unit, key: SortKey) -> Any:
    """What it is sorted by; sort() keeps equal ones in the task's order, reversed or not."""
    if key is SortKey.HOST_NAME:
        return state.machines[unit.machine].facts.host_name
    return unit.risk_num if key is SortKey.RISKS else micros(unit.begin) if unit.begin else 0


def has_tag(state: State, machine: MachineId, tags: Sequence[str]) -> bool:
    """Whether the machine has one of these tags."""
    return not set(state.machine_tags.get(machine, ())).isdisjoint(map(clean, tags))


def says(machine: Machine, condition: TextIs, value: str) -> bool:
    """Whether a folded value is in one of the machine's texts, or the whole of one."""
    texts = map(fold, texts_of(machine, condition.text))
    return any(value == text if condition.exact else value in text for text in texts)


def _row(unit: Unit, machine: Machine) -> MachineRow:
    return MachineRow(
        seq=unit.seq,
        machine=machine.id,
        quuid=machine.quuid,
        uuid=machine.uuid,
        host_name=machine.facts.host_name,
        inner_ip=inner_ip(machine.facts.addresses),
        wan_ip=machine.facts.wan_ip,
        os_name=machine.facts.os_name,
        state=unit.state.value,
        fail=unit.fail.value,
        risk_num=unit.risk_num,
        begin=seconds_or_zero(unit.begin),
        end=seconds_or_zero(unit.end),
        progress=unit.progress,
        note_code=unit.note.code.value,
        note_values=values_text(unit.note),
    )
