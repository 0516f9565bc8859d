"""What a task found, in memory."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from hostward.domain.advisory import Match
from hostward.domain.host_scan import Unit
from hostward.domain.ids import Seq, TaskId, VulId
from hostward.store.found_vuls import Found, badness, by_key
from hostward.store.memory.advisories import MemoryAdvisories, known_of
from hostward.store.memory.state import Counted, State
from hostward.store.vul_facts import task_vul
from hostward.usecases.records import TaskVul


def record(state: State, unit: Unit, matches: Sequence[Match]) -> int:
    """Make these the unit's vulnerabilities; returns how many are distinct."""
    found = _numbered(state, by_key(matches))
    before = state.vul_sets.pop((unit.task, unit.seq), frozenset())
    if found:
        state.vul_sets[unit.task, unit.seq] = frozenset(found)
    was = {key: counted for key, counted in state.task_vuls.items() if key[0] == unit.task}
    for number, one in found.items():
        _enter(state, unit.task, number, one, more=int(number not in before))
    for number in before.difference(found):
        _leave(state, unit.task, number)
    now = {key: counted for key, counted in state.task_vuls.items() if key[0] == unit.task}
    if now != was or before != frozenset(found):
        task = state.tasks[unit.task]
        tally = replace(task.tally, vuls=len(now))
        state.tasks[unit.task] = replace(task, tally=tally, vul_rev=task.vul_rev + 1)
    return len(found)


def worst(state: State, which: TaskId) -> list[TaskVul]:
    """All that the task found, worst first."""
    names = {number: name for name, number in state.vul_numbers.items()}
    vuls = [
        replace(
            task_vul(number, names[number], known_of(state, number)),
            level=counted.found.level,
            level_source=counted.found.level_source,
            cvss=counted.found.cvss,
            component=counted.found.component,
            fixed=counted.found.fixed,
            ecosystem=counted.found.ecosystem,
            place=counted.found.place,
            restart=counted.found.restart,
            category=counted.found.category,
            machines=counted.machines,
        )
        for (task, number), counted in state.task_vuls.items()
        if task == which
    ]
    return sorted(vuls, key=badness)


def counted(state: State, which: TaskId, seqs: Sequence[Seq]) -> Counter[VulId]:
    """Each vulnerability and on how many of these units' machines it was found."""
    return Counter(number for seq in seqs for number in state.vul_sets.get((which, seq), frozenset()))


def _numbered(state: State, found: Mapping[str, Found]) -> dict[VulId, Found]:
    numbers = MemoryAdvisories(state).vul_ids(found)
    numbered = {}
    for key, one in found.items():
        known = known_of(state, numbers[key])
        remembered = state.known[numbers[key]]
        if not remembered.category:
            state.known[numbers[key]] = replace(remembered, category=one.category)
        numbered[numbers[key]] = one.known_as(known.level, known.level_source, known.cvss)
    return numbered


def _enter(state: State, task: TaskId, number: VulId, one: Found, *, more: int) -> None:
    counted = state.task_vuls.get((task, number))
    if counted is None:
        state.task_vuls[task, number] = Counted(found=one, machines=1)
        return
    state.task_vuls[task, number] = Counted(found=counted.found.worse(one), machines=counted.machines + more)


def _leave(state: State, task: TaskId, number: VulId) -> None:
    counted = state.task_vuls.pop((task, number))
    if counted.machines > 1:
        state.task_vuls[task, number] = replace(counted, machines=counted.machines - 1)
