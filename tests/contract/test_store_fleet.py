"""ports.Fleet: all machines of an account in a few numbers, kept or counted."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostward.domain.ids import AccountId, LeaseId, MachineId, Seq
from hostward.domain.machine_filter import Tagged
from hostward.domain.module import Module
from hostward.domain.severity import Level
from hostward.usecases.fleet_ports import NO_LEVELS, AgentCount, FleetStanding, ModuleStanding
from hostward.usecases.ports import Store, UnitOfWork
from store_kinds import Fresh
from store_samples import NOW, SECOND, account, enrol, facts, fleet, match, scan

EVERYBODY = "team=all"
LEVELS = st.dictionaries(st.sampled_from(Level), st.integers(0, 3), max_size=2)
RESULTS = st.tuples(st.integers(0, 2), st.sampled_from(Module), LEVELS, st.integers(0, 2))


def current(
    uow: UnitOfWork, machine: MachineId, module: Module, risks: int, levels: Mapping[Level, int] = NO_LEVELS
) -> None:
    """Whole results of a module."""
    uow.results.make_current(machine, module, LeaseId(7), NOW, risks=risks, levels=levels)


def standing(store: Store, owner: AccountId, *tags: str) -> FleetStanding:
    """What the results say over the account's machines."""
    return store.read_now(lambda uow: uow.fleet.standing(owner, tags))


def test_nobody_is_judged_before_the_first_results(store: Store) -> None:
    """Which is not the same as no risk."""
    owner = account(store)
    fleet(store, owner, 2)
    assert standing(store, owner) == FleetStanding(judged=0, modules={})


def test_results_are_summed_up_by_module_and_level(store: Store) -> None:
    """Risks whose level is not known are counted as such; a machine is judged once, whatever was scanned."""
    owner = account(store)
    first, second = fleet(store, owner, 2)

    def work(uow: UnitOfWork) -> None:
        current(uow, first.id, Module.MALWARE, 3, {Level.CRITICAL: 1, Level.LOW: 1})
        current(uow, first.id, Module.VUL, 4)
        current(uow, second.id, Module.MALWARE, 0)

    store.write_now(work)
    assert standing(store, owner) == FleetStanding(
        judged=2,
        modules={
            Module.MALWARE: ModuleStanding(judged=2, at_risk=1, levels={Level.CRITICAL: 1, Level.LOW: 1, None: 1}),
            Module.VUL: ModuleStanding(judged=1, at_risk=1, levels={None: 4}),
        },
    )


def test_new_results_take_the_place_of_those_before(store: Store) -> None:
    """In the sums too."""
    owner = account(store)
    (machine,) = fleet(store, owner, 1)
    store.write_now(lambda uow: current(uow, machine.id, Module.BASELINE, 5, {Level.HIGH: 5}))
    store.write_now(lambda uow: current(uow, machine.id, Module.BASELINE, 0))
    cleared = FleetStanding(judged=1, modules={Module.BASELINE: ModuleStanding(judged=1)})
    assert standing(store, owner) == cleared


def test_sums_are_seen_in_the_transaction_that_moves_them(store: Store) -> None:
    """And are gone with it when it fails."""
    owner = account(store)
    (machine,) = fleet(store, owner, 1)

    def work(uow: UnitOfWork) -> None:
        current(uow, machine.id, Module.MALWARE, 1)
        assert uow.fleet.standing(owner).judged == 1
        raise LookupError("undone")

    with pytest.raises(LookupError):
        store.write_now(work)
    assert standing(store, owner) == FleetStanding(judged=0, modules={})


def test_sums_are_those_of_one_account(store: Store) -> None:
    """Machines of others count for them alone."""
    mine, other = account(store, "a"), account(store, "b")
    (theirs,) = fleet(store, other, 1)
    store.write_now(lambda uow: current(uow, theirs.id, Module.MALWARE, 2))
    assert (standing(store, mine).judged, standing(store, other).judged) == (0, 1)


def test_with_tags_only_such_machines_are_counted(store: Store) -> None:
    """Each once, though it has two of the tags."""
    owner = account(store)
    first, second = fleet(store, owner, 2)

    def work(uow: UnitOfWork) -> None:
        uow.machines.put_tags(first.id, ["env=prod", "team=web"])
        for machine in (first, second):
            current(uow, machine.id, Module.BASELINE, 2, {Level.MEDIUM: 2})

    store.write_now(work)
    expected = FleetStanding(
        judged=1, modules={Module.BASELINE: ModuleStanding(judged=1, at_risk=1, levels={Level.MEDIUM: 2})}
    )
    assert standing(store, owner, "env=prod", "team=web") == expected
    assert standing(store, owner, "env=test") == FleetStanding(judged=0, modules={})


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=st.lists(st.lists(RESULTS, max_size=3), max_size=5))
def test_what_is_kept_is_what_counting_would_say(
    fresh: Fresh, steps: list[list[tuple[int, Module, dict[Level, int], int]]]
) -> None:
    """Whatever results came in which transactions: every machine has the tag that is counted by."""
    with fresh() as store:
        owner = account(store)
        machines = fleet(store, owner, 3)
        store.write_now(lambda uow: [uow.machines.put_tags(each.id, [EVERYBODY]) for each in machines])
        for step in steps:

            def work(uow: UnitOfWork, step: list[tuple[int, Module, dict[Level, int], int]] = step) -> None:
                for number, module, levels, more in step:
                    current(uow, machines[number].id, module, sum(levels.values()) + more, levels)

            store.write_now(work)
        assert standing(store, owner) == standing(store, owner, EVERYBODY)


def test_agents_are_counted_by_version_and_by_whether_they_were_heard_of(store: Store) -> None:
    """Those never heard of, and those heard of exactly then, are not heard of after it."""
    owner = account(store)

    def work(uow: UnitOfWork) -> None:
        for number, (version, ago) in enumerate((("0.1.0", 0), ("0.1.0", 60), ("0.0.9", 10), ("0.0.9", None))):
            machine = enrol(uow, owner, number, facts(f"m{number}", agent_version=version))
            if ago is not None:
                uow.machines.seen(machine.id, NOW - ago * SECOND)
            uow.machines.put_tags(machine.id, ["env=prod"] if number % 2 else [])

    store.write_now(work)
    after = NOW - timedelta(seconds=60)
    assert store.read_now(lambda uow: uow.fleet.agents(owner, (), heard_after=after)) == [
        AgentCount(version="0.0.9", machines=2, heard=1),
        AgentCount(version="0.1.0", machines=2, heard=1),
    ]
    tagged = (Tagged(values=("env=prod",)),)
    assert store.read_now(lambda uow: uow.fleet.agents(owner, tagged, heard_after=after)) == [
        AgentCount(version="0.0.9", machines=1, heard=0),
        AgentCount(version="0.1.0", machines=1, heard=0),
    ]


def test_vulnerabilities_of_a_task_are_counted_by_level_and_fix(store: Store) -> None:
    """Each once, on however many machines; with tags those of such machines."""
    task = scan(store, 2)
    found = (
        [match("CVE-2026-1", Level.CRITICAL), match("CVE-2026-2", Level.CRITICAL, fixed=""), match("CVE-2026-3", None)],
        [match("CVE-2026-1", Level.CRITICAL)],
    )

    def work(uow: UnitOfWork) -> None:
        uow.machines.put_tags(task.machines[1].id, ["env=prod"])
        for seq, matches in enumerate(found):
            unit = uow.tasks.unit(task.id, Seq(seq), lock=True)
            assert unit is not None
            uow.tasks.record_vuls(unit, matches)

    store.write_now(work)
    assert store.read_now(lambda uow: uow.fleet.vul_levels(task.id)) == {
        (Level.CRITICAL, True): 1, (Level.CRITICAL, False): 1, (None, True): 1,
    }  # fmt: skip
    assert store.read_now(lambda uow: uow.fleet.vul_levels(task.id, ["env=prod"])) == {(Level.CRITICAL, True): 1}
