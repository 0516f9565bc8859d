"""Machines.page: an account's machines, chosen, paged, and with what is known of each."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostward.domain.errors import InvalidValue
from hostward.domain.ids import AccountId, LeaseId, MachineId
from hostward.domain.machine import Machine
from hostward.domain.machine_filter import AtRisk, Text, TextIs
from hostward.domain.module import Module
from hostward.domain.package import HostFacts
from hostward.usecases.ports import Store, UnitOfWork
from hostward.usecases.records import AddressIs, HeardOf, Listed, MachineCondition, MachinePage
from store_kinds import Fresh
from store_samples import NOW, SECOND, account, enrol, facts, fleet, package

LEASE = LeaseId(7)


def page(
    store: Store, owner: AccountId, *conditions: MachineCondition, limit: int = 100, offset: int = 0
) -> MachinePage:
    """A page of the account's machines."""
    return store.read_now(lambda uow: uow.machines.page(owner, conditions, limit=limit, offset=offset))


def names(found: MachinePage) -> Sequence[str]:
    """Host names of a page, whose total must be theirs."""
    assert found.total == len(found.rows)
    return [row.machine.facts.host_name for row in found.rows]


def addressed(store: Store, owner: AccountId, *addresses: Sequence[str], wan_ip: str = "") -> None:
    """A machine for each list of addresses."""

    def work(uow: UnitOfWork) -> None:
        for number, each in enumerate(addresses):
            enrol(uow, owner, number, facts(f"m{number}", *each, wan_ip=wan_ip if number == 0 else ""))

    store.write_now(work)


def current(store: Store, machine: Machine, module: Module, risks: int, lease: int = LEASE) -> None:
    """Whole results of a module."""
    store.write_now(lambda uow: uow.results.make_current(machine.id, module, LeaseId(lease), NOW, risks=risks))


def test_an_account_without_machines_has_an_empty_page(store: Store) -> None:
    """Nobody, and none in all."""
    assert page(store, account(store)) == MachinePage(total=0, rows=[])


def test_pages_follow_the_order_of_enrolment_without_gaps(store: Store) -> None:
    """Every machine once, whatever the page's size; past the end is empty, with the true total."""
    owner = account(store)
    machines = fleet(store, owner, 7)
    for size in (1, 3, 7, 100):
        pages = [page(store, owner, limit=size, offset=offset) for offset in range(0, 8, size)]
        assert [row.machine for each in pages for row in each.rows] == list(machines)
        assert {each.total for each in pages} == {7}
    assert page(store, owner, offset=1 << 21) == MachinePage(total=7, rows=[])


def test_a_row_is_the_machine_as_it_is_known(store: Store) -> None:
    """Names, facts, remark, and when it was heard of; without results nothing is said of risks."""
    owner = account(store)
    (machine,) = fleet(store, owner, 1)
    assert page(store, owner).rows == [Listed(machine=machine, risks={}, kernel="")]


def test_machines_of_another_account_are_neither_shown_nor_counted(store: Store) -> None:
    """With and without conditions that only they meet."""
    mine, other = account(store, "a"), account(store, "b")
    (own,) = fleet(store, mine, 1)
    (theirs,) = fleet(store, other, 1, first=1)
    current(store, theirs, Module.MALWARE, 3)
    assert [row.machine for row in page(store, mine).rows] == [own]
    for condition in (
        TextIs(text=Text.QUUID, values=(theirs.quuid,), exact=True),
        TextIs(text=Text.HOST_NAME, values=("host-1",)),
        AtRisk(),
    ):
        assert (page(store, mine, condition).total, page(store, other, condition).total) == (0, 1)


def test_risks_are_those_of_each_modules_current_results(store: Store) -> None:
    """The last ones count; a module that never gave any is left out."""
    owner = account(store)
    first, second = fleet(store, owner, 2)
    current(store, first, Module.VUL, 5)
    current(store, first, Module.VUL, 2, lease=8)
    current(store, first, Module.BASELINE, 0, lease=9)
    current(store, second, Module.MALWARE, 1, lease=10)
    assert [row.risks for row in page(store, owner).rows] == [
        {Module.VUL: 2, Module.BASELINE: 0},
        {Module.MALWARE: 1},
    ]


def test_machines_at_risk_have_a_risk_in_their_current_results(store: Store) -> None:
    """Not those that had one before, nor those that were never scanned."""
    owner = account(store)
    machines = fleet(store, owner, 4)
    for machine, figures in zip(machines, ((0, 2), (3, 0), (0, 0)), strict=False):
        for number, (module, risks) in enumerate(zip((Module.VUL, Module.MALWARE), figures, strict=True)):
            current(store, machine, module, 9, lease=100 + 10 * machine.id + number)
            current(store, machine, module, risks, lease=200 + 10 * machine.id + number)
    assert names(page(store, owner, AtRisk())) == ["host-0", "host-1"]


def test_the_kernel_is_that_of_the_current_inventory(store: Store) -> None:
    """What it said last; not what a lease that lost, or another module's results, say."""
    owner = account(store)
    machine, other = fleet(store, owner, 2)

    def said(which: MachineId, lease: int, *kernels: str) -> None:
        items = [HostFacts(os_id="debian", os_version="12", os_name="Debian", running_kernel=each) for each in kernels]
        store.write_now(lambda uow: uow.results.add(which, LeaseId(lease), 0, [package(), *items]))

    said(machine.id, 7, "first", "last")
    said(machine.id, 8, "not current")
    said(other.id, 9, "of another module")
    current(store, machine, Module.VUL, 0)
    current(store, other, Module.MALWARE, 0, lease=9)
    assert [row.kernel for row in page(store, owner).rows] == ["last", ""]


def test_texts_choose_machines(store: Store) -> None:
    """Substrings without regard to case, % and _ are themselves, exact is the whole text."""
    owner = account(store)
    store.write_now(lambda uow: [enrol(uow, owner, n, facts(name)) for n, name in enumerate(["Web_1", "web21", "db%"])])
    chosen = {
        value: names(page(store, owner, TextIs(text=Text.HOST_NAME, values=(value,)))) for value in ("WEB", "_", "%")
    }
    assert chosen == {"WEB": ["Web_1", "web21"], "_": ["Web_1"], "%": ["db%"]}
    exact = TextIs(text=Text.HOST_NAME, values=("web", "WEB21"), exact=True)
    assert names(page(store, owner, exact)) == ["web21"]
    assert names(page(store, owner, TextIs(text=Text.OS_NAME, values=("nothing like it",)))) == []


def test_machines_are_chosen_by_quuid(store: Store) -> None:
    """Several, in the order of enrolment."""
    owner = account(store)
    fleet(store, owner, 4)
    condition = TextIs(text=Text.QUUID, values=("quuid-3", "QUUID-1", "quuid"), exact=True)
    assert names(page(store, owner, condition)) == ["host-1", "host-3"]
    part = TextIs(text=Text.QUUID, values=("uid-2",))
    assert names(page(store, owner, part)) == ["host-2"]


def test_all_conditions_must_hold(store: Store) -> None:
    """And one of the values of each."""
    owner = account(store)
    fleet(store, owner, 3)
    either = TextIs(text=Text.HOST_NAME, values=("host-0", "host-2"))
    both = (either, TextIs(text=Text.QUUID, values=("quuid-2", "quuid-1"), exact=True))
    assert names(page(store, owner, *both)) == ["host-2"]
    assert page(store, owner, either, limit=1, offset=1).total == 2


def test_a_condition_without_values_lets_nobody_through(store: Store) -> None:
    """One of none."""
    owner = account(store)
    fleet(store, owner, 2)
    assert page(store, owner, TextIs(text=Text.ANY, values=())) == MachinePage(total=0, rows=[])
    assert page(store, owner, AddressIs(values=())) == MachinePage(total=0, rows=[])


def test_every_address_is_looked_at(store: Store) -> None:
    """The second one and the public one too; without regard to case."""
    owner = account(store)
    addressed(store, owner, ("10.0.0.1", "192.168.7.7"), ("10.0.0.11", "FE80::1%eth0"), ("::1",), wan_ip="203.0.113.9")
    asked = ("10.0.0.1", "192.168.7.7", "168", "fe80::1", "203.0.113.9", "%ETH0", "_")
    found = {value: names(page(store, owner, AddressIs(values=(value,)))) for value in asked}
    assert found == {
        "10.0.0.1": ["m0", "m1"], "192.168.7.7": ["m0"], "168": ["m0"], "fe80::1": ["m1"], "203.0.113.9": ["m0"],
        "%ETH0": ["m1"], "_": [],
    }  # fmt: skip


def test_an_exact_address_is_a_whole_one(store: Store) -> None:
    """Wherever it stands in the list."""
    owner = account(store)
    addressed(
        store, owner, ("10.0.0.1", "192.168.7.7"), ("10.0.0.11", "10.0.0.1"), ("110.0.0.1",), wan_ip="203.0.113.9"
    )
    asked = ("10.0.0.1", "192.168.7.7", "168", "203.0.113.9", "203.0.113.")
    found = {value: names(page(store, owner, AddressIs(values=(value,), exact=True))) for value in asked}
    assert found == {
        "10.0.0.1": ["m0", "m1"], "192.168.7.7": ["m0"], "168": [], "203.0.113.9": ["m0"], "203.0.113.": [],
    }  # fmt: skip


def test_what_hosts_call_an_address_can_not_pass_for_another(store: Store) -> None:
    """Quotation marks, brackets, commas, backslashes, a letter that only Unicode lowers."""
    owner = account(store)
    addressed(
        store, owner,
        ('x"10.0.0.1',), ('["10.0.0.1',), (',"10.0.0.1',), ('"10.0.0.1"',), ('\\"10.0.0.1"',), ("10.0.0.1\\",),
        ("\u212a",),
    )  # fmt: skip
    assert names(page(store, owner, AddressIs(values=("10.0.0.1",), exact=True))) == []
    assert names(page(store, owner, AddressIs(values=("k",)))) == []
    assert len(names(page(store, owner, AddressIs(values=("10.0.0.1",))))) == 6


@pytest.mark.parametrize("value", ["", '"', "10.0.0.1,10", "a b", "é", "[", "10.0.0.1\n", "\\"])
def test_signs_that_no_address_has_are_refused(value: str) -> None:
    """Before any store sees them."""
    with pytest.raises(InvalidValue):
        AddressIs(values=("10.0.0.1", value))


def test_machines_are_chosen_by_when_they_were_heard_of(store: Store) -> None:
    """After the time, to the microsecond; never is not after."""
    owner = account(store)
    machines = fleet(store, owner, 3)
    store.write_now(lambda uow: enrol(uow, owner, 3))
    store.write_now(lambda uow: uow.machines.seen(machines[1].id, NOW + timedelta(microseconds=1)))
    store.write_now(lambda uow: uow.machines.seen(machines[2].id, NOW + SECOND))
    assert names(page(store, owner, HeardOf(after=NOW))) == ["host-1", "host-2"]
    assert names(page(store, owner, HeardOf(after=NOW, heard=False))) == ["host-0", "host-3"]


ADDRESSES = st.lists(st.text('01.:"[],\\aAé ', max_size=4), max_size=3)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fleets=st.lists(st.tuples(ADDRESSES, st.text("01.", max_size=3)), max_size=4),
    value=st.text("01.:aA", min_size=1, max_size=3),
    exact=st.booleans(),
)
def test_databases_choose_by_address_as_memory_does(
    compared: tuple[Fresh, Fresh], fleets: list[tuple[list[str], str]], value: str, exact: bool
) -> None:
    """Whatever hosts say their addresses are."""
    answers = []
    for fresh in compared:
        with fresh() as store:
            owner = account(store)
            for number, (addresses, wan_ip) in enumerate(fleets):
                said = replace(facts(f"m{number}", *addresses, wan_ip=wan_ip), addresses=tuple(addresses))
                store.write_now(lambda uow, n=number, said=said, owner=owner: enrol(uow, owner, n, said))
            answers.append(page(store, owner, AddressIs(values=(value,), exact=exact)))
    assert answers[0] == answers[1]
