"""What a task found, in memory: every result looked at, as every other store must answer."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from hostward.domain.finding import MalwareFinding
from hostward.domain.host_scan import Unit
from hostward.domain.module import Module
from hostward.domain.verdict import Outcome, Verdict
from hostward.store import found_risks
from hostward.store.memory.results import MemoryResults
from hostward.store.memory.state import State
from hostward.usecases.records import Item, Risk, RiskQuery, TaskVul


def of_vuls(vuls: Sequence[TaskVul], wanted: RiskQuery) -> list[Risk]:
    """Those of the vulnerabilities (worst first) that are meant."""
    return found_risks.meeting(list(map(found_risks.of_vul, vuls)), wanted)


def of_units(state: State, units: Sequence[Unit], module: Module, wanted: RiskQuery) -> list[Risk]:
    """What the units' leases reported, each risk once, worst first."""
    found: dict[Any, list[tuple[Unit, Any]]] = defaultdict(list)
    for unit in units:
        for item in _items(state, unit):
            if (key := _key(item, module)) is not None:
                found[key].append((unit, item))
    ranked = []
    for key, hits in found.items():
        risk = _RISKS[module](key, [item for _, item in hits], len({unit.machine for unit, _ in hits}))
        ranked.append((-(risk.level or 0), -risk.machines, key, risk))
    return found_risks.meeting([entry[-1] for entry in sorted(ranked, key=lambda entry: entry[:3])], wanted)


def _items(state: State, unit: Unit) -> Iterator[Item]:
    if unit.risk_num > 0 and unit.lease is not None:
        yield from MemoryResults(state).items(unit.machine, unit.lease)


def _key(item: Item, module: Module) -> tuple[Any, ...] | None:
    """What makes two of them the same risk; None for what is no risk of this module."""
    if module is Module.MALWARE and isinstance(item, MalwareFinding):
        return item.path, item.member, item.rule
    if module is Module.BASELINE and isinstance(item, Verdict) and item.outcome is Outcome.FAIL:
        return item.policy, item.item
    return None


def _file(key: tuple[Any, ...], hits: Sequence[MalwareFinding], machines: int) -> Risk:
    path, member, rule = key
    title, level = max(hit.title for hit in hits), max(hit.level for hit in hits)
    return found_risks.of_file((path, member, rule), title, level, machines)


def _item(key: tuple[Any, ...], hits: Sequence[Verdict], machines: int) -> Risk:
    policy, item = key
    title, remediation = max(hit.title for hit in hits), max(hit.remediation for hit in hits)
    return found_risks.of_item((policy, item), title, remediation, max(hit.level for hit in hits), machines)


_RISKS: dict[Module, Callable[[tuple[Any, ...], Any, int], Risk]] = {Module.MALWARE: _file, Module.BASELINE: _item}
