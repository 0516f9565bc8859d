"""What advisories say of package versions over time, in memory, and what becomes of machines' risks with it."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from hostward.domain.advisory import Advisory
from hostward.domain.ids import MachineId, VulId
from hostward.domain.ignoring import Part
from hostward.domain.machine_set import NO_MACHINES, MachineSet, set_of
from hostward.domain.matching import match
from hostward.domain.module import Module
from hostward.domain.package import Package
from hostward.domain.vul_event import Span
from hostward.store.memory.state import State
from hostward.store.times import EPOCH
from hostward.store.version_keys import version_key
from hostward.store.vul_spans import Advice, moved
from hostward.usecases.advisory_ports import Change


def counting(state: State) -> list[tuple[str, Advisory]]:
    """The advisories that count, by feed and id."""
    found = [(one.feed, each) for one in state.editions.values() if one.counts for each in one.advisories.values()]
    return sorted(found, key=lambda pair: (pair[0], pair[1].id))


def learn(state: State, package: Package) -> None:
    """A package version that was never seen: what is said of it now has always been."""
    if package not in state.advice:
        state.advice[package] = tuple(replace(one, span=Span(EPOCH)) for one in _now(state, package).values())


def rematch(state: State, at: datetime) -> Change:
    """Other advisories count from now on: spans follow, and the numbers of risks of machines that it concerns.

    What was set aside when a machine's results came, or since, is not counted; what else is, is judged by the caller.
    """
    before = {machine: present(state, machine) for machine in state.installed}
    parts = {machine: parts_now(state, machine) for machine in state.installed}
    for package, known in state.advice.items():
        state.advice[package] = moved(known, _now(state, package), _key, at)
    brought: dict[VulId, MachineSet] = {}
    having: dict[VulId, MachineSet] = {}
    for machine, vuls in before.items():
        after = present(state, machine)
        now = parts_now(state, machine)
        for vul in after:
            if now[vul] != parts[machine].get(vul):
                having[vul] = having.get(vul, NO_MACHINES) | set_of([machine])
        for vul in after - vuls:
            brought[vul] = brought.get(vul, NO_MACHINES) | set_of([machine])
        aside = state.own_vuls[machine].ignored if machine in state.own_vuls else frozenset()
        if (machine, Module.VUL) in state.risks:
            more = len(after - vuls - aside) - len(vuls - after - aside)
            state.risks[machine, Module.VUL] = max(state.risks[machine, Module.VUL] + more, 0)
    return Change(brought=brought, having=having)


def present(state: State, machine: MachineId) -> frozenset[VulId]:
    """The vulnerabilities that count on a machine now."""
    there = (one.package for one in state.installed.get(machine, ()) if one.span.until is None)
    advised = (each for package in there for each in state.advice[replace(package, path=b"")])
    evident = (one.advice.vul for one in state.evident.get(machine, ()) if one.span.until is None)
    return frozenset([*(each.vul for each in advised if each.span.until is None), *evident])


def parts_now(state: State, machine: MachineId) -> Mapping[VulId, tuple[Part, ...]]:
    """What the machine has now, each with the packages that bring it."""
    there = (one.package for one in state.installed.get(machine, ()) if one.span.until is None)
    advised = (
        (each.vul, package)
        for package in there
        for each in state.advice[replace(package, path=b"")]
        if each.span.until is None
    )
    evident = ((one.advice.vul, one.package) for one in state.evident.get(machine, ()) if one.span.until is None)
    found: dict[VulId, dict[Part, None]] = {}
    for vul, one in (*advised, *evident):
        part = Part(name=one.name, source=one.source, version=one.version, ecosystem=one.ecosystem)
        found.setdefault(vul, {})[part] = None
    return {vul: tuple(parts) for vul, parts in found.items()}


def taken_back(state: State, machine: MachineId, vuls: Iterable[VulId]) -> frozenset[VulId]:
    """Those of a machine's vulnerabilities that an import has taken back since its results came."""
    held = state.installed.get(machine, ())
    advised = {each.vul for one in held for each in state.advice[replace(one.package, path=b"")]}
    said = {one.advice.vul for one in state.evident.get(machine, ())}
    return frozenset(vuls).intersection(advised | said) - present(state, machine)


def _now(state: State, package: Package) -> Mapping[Hashable, Advice]:
    """The first that each feed says of a vulnerability of the package."""
    if version_key(package.ecosystem, package.source_version) is None:
        return {}
    found: dict[Hashable, Advice] = {}
    for feed, advisory in counting(state):
        for each in match(package, [replace(advisory, feed=feed)]):
            vul = state.vul_numbers[each.key]
            advice = Advice(vul=vul, said_by=each.evidence, fixed=each.fixed, status=each.status, span=Span(EPOCH))
            found.setdefault((vul, feed), advice)
    return found


def _key(advice: Advice) -> Hashable:
    return advice.vul, advice.said_by.partition(" ")[0]
