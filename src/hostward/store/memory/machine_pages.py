"""Pages of an account's machines, each looked at: what every other store must answer alike."""

from collections.abc import Sequence
from datetime import UTC, datetime

from hostward.domain.ids import MachineId
from hostward.domain.machine import Machine
from hostward.domain.machine_filter import AtRisk, Tagged, TextIs
from hostward.domain.module import Module
from hostward.domain.package import HostFacts
from hostward.store.memory.pages import has_tag, says
from hostward.store.memory.results import MemoryResults
from hostward.store.memory.state import State
from hostward.store.texts import fold
from hostward.usecases.records import (
    AddressIs,
    AgentIs,
    EnrolledAfter,
    HeardOf,
    Labelled,
    Listed,
    MachineCondition,
    MachineOrder,
    MachinePage,
    NeverJudged,
    RiskIn,
)

_NEVER = datetime.min.replace(tzinfo=UTC)


def page(
    state: State, machines: Sequence[Machine], conditions: Sequence[MachineCondition], limit: int, offset: int
) -> MachinePage:
    """A page of these machines that meet all the conditions."""
    met = [machine for machine in machines if meets(state, machine, conditions)]
    return MachinePage(total=len(met), rows=[_listed(state, machine) for machine in met[offset : offset + limit]])


def ordered(state: State, machines: Sequence[Machine], order: MachineOrder, *, descending: bool) -> Sequence[Machine]:
    """The machines, which come in the order of enrolment, in another one."""
    match order:
        case MachineOrder.ENROLMENT:
            return machines[::-1] if descending else machines
        case MachineOrder.HOST_NAME:
            return sorted(machines, key=lambda each: each.facts.host_name, reverse=descending)
        case MachineOrder.LAST_SEEN:
            return sorted(machines, key=lambda each: each.last_seen or _NEVER, reverse=descending)
        case MachineOrder.VULNERABILITIES:
            return sorted(machines, key=lambda each: state.risks.get((each.id, Module.VUL), -1), reverse=descending)


def meets(state: State, machine: Machine, conditions: Sequence[MachineCondition]) -> bool:
    """Whether a machine meets all the conditions."""
    return all(_meets(state, machine, each) for each in conditions)


def _meets(state: State, machine: Machine, condition: MachineCondition) -> bool:
    match condition:
        case TextIs():
            return any(says(machine, condition, fold(value)) for value in condition.values)
        case AddressIs():
            return any(_has_address(machine, value, condition.exact) for value in condition.values)
        case HeardOf():
            heard = machine.last_seen is not None and machine.last_seen > condition.after
            return heard is condition.heard
        case AtRisk() | RiskIn():
            modules = condition.modules if isinstance(condition, RiskIn) else Module
            return any(_risks(state, machine.id).get(module) for module in modules)
        case NeverJudged():
            return not _risks(state, machine.id)
        case AgentIs():
            return machine.facts.agent_version in condition.versions
        case EnrolledAfter():
            return machine.id > condition.machine
        case Tagged() | Labelled():
            return _tagged(state, machine, condition)


def _tagged(state: State, machine: Machine, condition: Tagged | Labelled) -> bool:
    if isinstance(condition, Tagged):
        return has_tag(state, machine.id, condition.values)
    labels = state.labels.items()
    called = [name for (whose, name), one in labels if whose == machine.account and one in condition.values]
    return has_tag(state, machine.id, called)


def _has_address(machine: Machine, value: str, exact: bool) -> bool:
    addresses = map(_lower, (*machine.facts.addresses, machine.facts.wan_ip))
    return any(_lower(value) == address if exact else _lower(value) in address for address in addresses)


def _lower(text: str) -> str:
    """ASCII letters in lower case, as both databases do it."""
    return text.encode().lower().decode()


def _listed(state: State, machine: Machine) -> Listed:
    risks, kernel = _risks(state, machine.id), _kernel(state, machine.id)
    ends = {module: state.current[machine.id, module][1] for module in risks}
    return Listed(machine=machine, risks=risks, ends=ends, kernel=kernel)


def _risks(state: State, machine: MachineId) -> dict[Module, int]:
    return {module: state.risks[machine, module] for module in Module if (machine, module) in state.risks}


def _kernel(state: State, machine: MachineId) -> str:
    results = MemoryResults(state)
    current = results.current(machine, Module.VUL)
    items = results.items(machine, current[0]) if current is not None else ()
    return next((item.running_kernel for item in reversed(items) if isinstance(item, HostFacts)), "")
