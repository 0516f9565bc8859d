"""Machines.page in other orders than that of enrolment, chosen by module, with the times of results."""

import pytest

from hostward.domain.ids import AccountId, LeaseId
from hostward.domain.module import Module
from hostward.usecases.ports import Store, UnitOfWork
from hostward.usecases.records import AgentIs, EnrolledAfter, MachineCondition, MachineOrder, NeverJudged, RiskIn
from store_samples import NOW, SECOND, account, enrol, facts

NAMES = ("beta", "Alpha", "beta", "äther", "alpha")
HEARD = (30, None, 10, 30, None)


@pytest.fixture
def owner(store: Store) -> AccountId:
    """An account with five machines: two share a name, two were never heard of, two were heard of together."""
    who = account(store)

    def work(uow: UnitOfWork) -> None:
        for number, (name, ago) in enumerate(zip(NAMES, HEARD, strict=True)):
            machine = enrol(uow, who, number, facts(name))
            if ago is not None:
                uow.machines.seen(machine.id, NOW - ago * SECOND)

    store.write_now(work)
    return who


@pytest.mark.parametrize(
    ("order", "descending", "expected"),
    [
        (MachineOrder.ENROLMENT, False, [0, 1, 2, 3, 4]),
        (MachineOrder.ENROLMENT, True, [4, 3, 2, 1, 0]),
        (MachineOrder.HOST_NAME, False, [1, 4, 0, 2, 3]),
        (MachineOrder.HOST_NAME, True, [3, 0, 2, 4, 1]),
        (MachineOrder.LAST_SEEN, False, [1, 4, 0, 3, 2]),
        (MachineOrder.LAST_SEEN, True, [2, 0, 3, 1, 4]),
    ],
)
def test_pages_have_their_order(
    store: Store, owner: AccountId, order: MachineOrder, descending: bool, expected: list[int]
) -> None:
    """By code point; never heard of comes first; equal ones as they were enrolled. Pages of two leave no gap."""
    found = []
    for offset in range(0, 6, 2):
        page = store.read_now(
            lambda uow, at=offset: uow.machines.page(owner, (), limit=2, offset=at, order=order, descending=descending)
        )
        assert page.total == 5
        found += [int(row.machine.quuid.removeprefix("quuid-")) for row in page.rows]
    assert found == expected


def test_machines_are_sorted_by_their_vulnerabilities(store: Store, owner: AccountId) -> None:
    """Never judged, then none, then more; what other modules found counts for nothing; equal ones as enrolled."""

    def work(uow: UnitOfWork) -> None:
        first, second, third, fourth, _ = uow.machines.of_account(owner)
        for machine, module, risks in (
            (first, Module.VUL, 2), (second, Module.VUL, 0), (third, Module.VUL, 7), (fourth, Module.VUL, 2),
            (second, Module.MALWARE, 9),
        ):  # fmt: skip
            uow.results.make_current(machine.id, module, LeaseId(machine.id), NOW, risks=risks)

    store.write_now(work)

    def listed(*, descending: bool, conditions: tuple[MachineCondition, ...] = ()) -> list[str]:
        page = store.read_now(
            lambda uow: uow.machines.page(
                owner, conditions, limit=9, offset=0, order=MachineOrder.VULNERABILITIES, descending=descending
            )
        )
        return [row.machine.quuid.removeprefix("quuid-") for row in page.rows]

    assert listed(descending=True) == ["2", "0", "3", "1", "4"]
    assert listed(descending=False) == ["4", "1", "0", "3", "2"]
    assert listed(descending=True, conditions=(RiskIn(modules=(Module.VUL,)),)) == ["2", "0", "3"]


def test_machines_are_chosen_by_the_modules_that_found_a_risk(store: Store, owner: AccountId) -> None:
    """In any of those named; the time of the results is on the row."""

    def work(uow: UnitOfWork) -> None:
        first, second, third, *_ = uow.machines.of_account(owner)
        for machine, module, risks in (
            (first, Module.VUL, 2), (second, Module.BASELINE, 1), (third, Module.VUL, 0), (third, Module.MALWARE, 3),
        ):  # fmt: skip
            uow.results.make_current(machine.id, module, LeaseId(machine.id), NOW + SECOND, risks=risks)

    store.write_now(work)

    def chosen(*modules: Module) -> list[str]:
        page = store.read_now(
            lambda uow: uow.machines.page(owner, (RiskIn(modules=modules),), limit=9, offset=0)
        )  # fmt: skip
        assert all(row.ends == dict.fromkeys(row.risks, NOW + SECOND) for row in page.rows)
        return [row.machine.quuid for row in page.rows]

    assert chosen(Module.VUL) == ["quuid-0"]
    assert chosen(Module.VUL, Module.BASELINE) == ["quuid-0", "quuid-1"]
    assert chosen(Module.MALWARE) == ["quuid-2"]


def test_machines_are_chosen_by_their_agents_and_by_having_no_results(store: Store, owner: AccountId) -> None:
    """A version is compared whole; results of any module are results."""
    first, second, *_ = store.read_now(lambda uow: uow.machines.of_account(owner))
    store.write_now(lambda uow: uow.results.make_current(second.id, Module.VUL, LeaseId(1), NOW, risks=0))

    def chosen(condition: MachineCondition) -> list[str]:
        page = store.read_now(lambda uow: uow.machines.page(owner, (condition,), limit=9, offset=0))
        return [row.machine.quuid for row in page.rows]

    everyone = chosen(AgentIs(versions=(first.facts.agent_version,)))
    assert (first.quuid in everyone, chosen(AgentIs(versions=("0.0.0-none",))), chosen(AgentIs(versions=()))) == (
        True,
        [],
        [],
    )
    ids = {row.quuid: row.id for row in store.read_now(lambda uow: uow.machines.of_account(owner))}
    assert chosen(EnrolledAfter(machine=ids[everyone[0]])) == everyone[1:]
    assert chosen(EnrolledAfter(machine=ids[everyone[-1]])) == []
    assert chosen(NeverJudged()) == [quuid for quuid in everyone if quuid != second.quuid]
