"""What a task found, in memory."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from hostward.domain.advisory import Match
from hostward.domain.host_scan import Unit
from hostward.domain.ids import Seq, TaskId, VulId
from hostward.store import brought, found_vuls
from hostward.store.brought import Parts
from hostward.store.found_vuls import Found, badness
from hostward.store.memory.advisories import MemoryAdvisories, known_of
from hostward.store.memory.ignored import ignored_on
from hostward.store.memory.state import Counted, OwnVuls, State
from hostward.store.vul_facts import task_vul
from hostward.usecases.records import TaskVul


def record(state: State, unit: Unit, matches: Sequence[Match]) -> int:
    """Make these the unit's vulnerabilities; returns how many distinct ones count."""
    found, by_key = _numbered(state, found_vuls.by_key(matches)), brought.by_key(matches)
    numbers = MemoryAdvisories(state).vul_ids(by_key)
    return _put(state, unit, {numbers[key]: parts for key, parts in by_key.items()}, found)


def rejudge(state: State, unit: Unit) -> int:
    """Judge what the unit found by the rules of today; returns how many count."""
    before = state.unit_vuls.get((unit.task, unit.seq), OwnVuls())
    return _put(state, unit, before.parts, {})


def _put(state: State, unit: Unit, parts: Parts, found: Mapping[VulId, Found]) -> int:
    """found: what is said of each; nothing when it is what was said before."""
    task = state.tasks[unit.task]
    now = OwnVuls(parts=parts, ignored=ignored_on(state, task.account, unit.machine, parts))
    before = state.unit_vuls.pop((unit.task, unit.seq), OwnVuls())
    if parts:
        state.unit_vuls[unit.task, unit.seq] = now
    was = _shown(state, unit.task)
    for number in {**before.parts, **parts}:
        kept = state.task_vuls.pop((unit.task, number), None) or Counted(found=found[number], machines=0, holders=0)
        after = Counted(
            found=kept.found.worse(found[number]) if number in found else kept.found,
            machines=kept.machines + (number in now.counted) - (number in before.counted),
            holders=kept.holders + (number in parts) - (number in before.parts),
        )
        if after.holders:
            state.task_vuls[unit.task, number] = after
    shown = _shown(state, unit.task)
    if shown != was or before.counted != now.counted:
        tally = replace(task.tally, vuls=len(shown))
        state.tasks[unit.task] = replace(task, tally=tally, vul_rev=task.vul_rev + 1)
    return len(now.counted)


def _shown(state: State, which: TaskId) -> dict[VulId, tuple[Found, int]]:
    """Those of a task that count, with what can be seen of them."""
    return {
        number: (counted.found, counted.machines)
        for (task, number), counted in state.task_vuls.items()
        if task == which and counted.machines
    }


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
        if task == which and counted.machines
    ]
    return sorted(vuls, key=badness)


def counted(state: State, which: TaskId, seqs: Sequence[Seq]) -> Counter[VulId]:
    """Each vulnerability and on how many of these units' machines it was found."""
    return Counter(number for seq in seqs for number in counted_of(state, which, seq))


def counted_of(state: State, which: TaskId, seq: Seq) -> frozenset[VulId]:
    """What counts on a unit."""
    return state.unit_vuls.get((which, seq), OwnVuls()).counted


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
