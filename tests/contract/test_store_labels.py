"""ports.Machines: remarks, operating systems and numbered tags; ports.Tasks.rows_from."""

from collections.abc import Sequence

import pytest

from hostward.domain.account import Role, User
from hostward.domain.errors import Forbidden, NotFound
from hostward.domain.host_scan import Status
from hostward.domain.ids import AccountId, MachineId, Seq, TaskId, UserId
from hostward.domain.machine_filter import AtRisk, Condition, StatusIs, Text, TextIs
from hostward.usecases.accounts.limited import LimitedStore
from hostward.usecases.exports.rows import rows
from hostward.usecases.ports import Store, UnitOfWork
from hostward.usecases.records import Label, Labelled, MachineCondition, MachineRow
from store_samples import account, enrol, facts, fleet, found, judged, leased, new_task, scan

WEB = TextIs(text=Text.HOST_NAME, values=("host-1",))


def put_tags(store: Store, machine: MachineId, *tags: str) -> None:
    """Make these the machine's tags."""
    store.write_now(lambda uow: uow.machines.put_tags(machine, tags))


def labels(store: Store, owner: AccountId, *conditions: MachineCondition) -> Sequence[Label]:
    """The account's tags."""
    return store.read_now(lambda uow: uow.machines.labels(owner, conditions))


def chosen(store: Store, owner: AccountId, *conditions: MachineCondition) -> list[str]:
    """Quuids of the account's machines that meet the conditions."""
    page = store.read_now(lambda uow: uow.machines.page(owner, conditions, limit=100, offset=0))
    return [row.machine.quuid for row in page.rows]


def test_a_remark_comes_back_and_is_searched_by(store: Store) -> None:
    """Without regard to case; the machine's other texts are still found."""
    owner = account(store)
    machines = fleet(store, owner, 3)
    store.write_now(lambda uow: uow.machines.put_remark(machines[1].id, "Payroll, until 2027"))
    machine = store.read_now(lambda uow: uow.machines.get(machines[1].id))
    assert machine is not None
    assert machine.remark == "Payroll, until 2027"
    assert chosen(store, owner, TextIs(text=Text.ANY, values=("payroll",))) == ["quuid-1"]
    assert chosen(store, owner, TextIs(text=Text.ANY, values=("host-1",))) == ["quuid-1"]


def test_a_remark_is_found_in_tasks_too(store: Store) -> None:
    """Pages of a task are searched by the same texts; a remark that is removed is found no more."""
    task = scan(store, 3)
    anything = TextIs(text=Text.ANY, values=("payroll",))

    def total() -> int:
        return store.read_now(lambda uow: uow.tasks.page(task.id, [anything], limit=10, offset=0).total)

    store.write_now(lambda uow: uow.machines.put_remark(task.machines[2].id, "payroll"))
    assert total() == 1
    store.write_now(lambda uow: uow.machines.put_remark(task.machines[2].id, ""))
    assert total() == 0


def test_a_remark_outlives_what_a_session_says(store: Store) -> None:
    """New facts of the agent leave it as it is, and searched by."""
    owner = account(store)
    (machine,) = fleet(store, owner, 1)
    assert machine.last_seen is not None
    now = machine.last_seen
    store.write_now(lambda uow: uow.machines.put_remark(machine.id, "payroll"))
    store.write_now(lambda uow: uow.machines.put_facts(machine.id, facts("new"), boot="b", instance="i", now=now))
    assert chosen(store, owner, TextIs(text=Text.ANY, values=("payroll",))) == ["quuid-0"]


def test_a_remark_is_made_fit_to_be_stored(store: Store) -> None:
    """NUL and lone surrogates become replacement characters."""
    owner = account(store)
    (machine,) = fleet(store, owner, 1)
    store.write_now(lambda uow: uow.machines.put_remark(machine.id, "a\0\ud800"))
    known = store.read_now(lambda uow: uow.machines.get(machine.id))
    assert known is not None
    assert known.remark == "a\ufffd\ufffd"


def test_a_machine_that_does_not_exist_has_no_remark(store: Store) -> None:
    """NotFound."""
    with pytest.raises(NotFound):
        store.write_now(lambda uow: uow.machines.put_remark(MachineId(9), "x"))


def test_operating_systems_are_listed_once_each(store: Store) -> None:
    """Sorted by code point, of the account alone, at most so many; "" is none."""
    mine, other = account(store, "a"), account(store, "b")

    def work(uow: UnitOfWork) -> None:
        for number, name in enumerate(["Ubuntu 22.04", "Debian 12", "", "Ubuntu 22.04", "alpine"]):
            enrol(uow, mine, number, facts(os_name=name))
        enrol(uow, other, 9, facts(os_name="Plan 9"))

    store.write_now(work)
    assert store.read_now(lambda uow: uow.machines.os_names(mine, limit=9)) == ["Debian 12", "Ubuntu 22.04", "alpine"]
    assert store.read_now(lambda uow: uow.machines.os_names(mine, limit=1)) == ["Debian 12"]


def test_tags_get_numbers_in_the_order_they_are_made(store: Store) -> None:
    """By hand or with a machine; a name that is there keeps its number."""
    owner = account(store)
    machines = fleet(store, owner, 2)
    put_tags(store, machines[0].id, "env=prod", "web")
    number = store.write_now(lambda uow: uow.machines.add_label(owner, "empty"))
    assert store.write_now(lambda uow: uow.machines.add_label(owner, "empty")) == number
    put_tags(store, machines[1].id, "web")
    found_labels = labels(store, owner)
    assert [(label.name, label.machines) for label in found_labels] == [("env=prod", 1), ("web", 2), ("empty", 0)]
    assert [label.id for label in found_labels] == sorted(label.id for label in found_labels)
    names = store.read_now(lambda uow: uow.machines.label_names(owner))
    assert names == {label.id: label.name for label in found_labels}


def test_tags_of_accounts_are_apart(store: Store) -> None:
    """The same name has another number and other machines in each."""
    mine, other = account(store, "a"), account(store, "b")
    put_tags(store, fleet(store, mine, 1)[0].id, "web")
    put_tags(store, fleet(store, other, 1, first=1)[0].id, "web")
    (first,), (second,) = labels(store, mine), labels(store, other)
    assert first.id != second.id
    store.write_now(lambda uow: uow.machines.rename_label(other, "web", "www"))
    store.write_now(lambda uow: uow.machines.drop_labels(other, ["www"]))
    assert labels(store, mine) == [first]
    assert chosen(store, mine, Labelled(values=(second.id,))) == []


def test_machines_of_tags_are_counted_as_far_as_they_meet_conditions(store: Store) -> None:
    """Tags without such machines have none."""
    owner = account(store)
    machines = fleet(store, owner, 3)
    put_tags(store, machines[0].id, "a")
    put_tags(store, machines[1].id, "a", "b")
    assert [(label.name, label.machines) for label in labels(store, owner, WEB)] == [("a", 1), ("b", 1)]
    assert [(label.name, label.machines) for label in labels(store, owner, AtRisk())] == [("a", 0), ("b", 0)]


def test_machines_are_chosen_by_numbers_of_tags(store: Store) -> None:
    """One of several will do; numbers that are none choose nothing."""
    owner = account(store)
    machines = fleet(store, owner, 3)
    put_tags(store, machines[0].id, "a")
    put_tags(store, machines[2].id, "b")
    first, second = (label.id for label in labels(store, owner))
    assert chosen(store, owner, Labelled(values=(first,))) == ["quuid-0"]
    assert chosen(store, owner, Labelled(values=(second, first, 99))) == ["quuid-0", "quuid-2"]
    assert chosen(store, owner, Labelled(values=(10**17,))) == []


def test_a_tag_that_is_renamed_stays_on_its_machines(store: Store) -> None:
    """With its number."""
    owner = account(store)
    machines = fleet(store, owner, 2)
    put_tags(store, machines[0].id, "web", "zone")
    before = labels(store, owner)
    store.write_now(lambda uow: uow.machines.rename_label(owner, "web", "www"))
    assert [(label.id, label.name) for label in labels(store, owner)] == [(before[0].id, "www"), (before[1].id, "zone")]
    tags = store.read_now(lambda uow: uow.machines.tags([machines[0].id]))
    assert tags == {machines[0].id: ("www", "zone")}


def test_a_tag_that_is_dropped_is_taken_off_its_machines(store: Store) -> None:
    """Others stay; one that is made anew has another number."""
    owner = account(store)
    machines = fleet(store, owner, 1)
    put_tags(store, machines[0].id, "a", "b")
    old = labels(store, owner)[0].id
    store.write_now(lambda uow: uow.machines.drop_labels(owner, ["a", "nobody's"]))
    assert store.read_now(lambda uow: uow.machines.tags([machines[0].id])) == {machines[0].id: ("b",)}
    assert store.write_now(lambda uow: uow.machines.add_label(owner, "a")) > old


def limited(store: Store, owner: AccountId) -> LimitedStore:
    """The store as somebody sees it who is limited to env=prod."""
    user = User(id=UserId(1), account=owner, name="op", role=Role.OPERATOR, tags=("env=prod",))
    return LimitedStore(store, user)


def test_a_limited_user_sees_tags_and_systems_of_their_machines(store: Store) -> None:
    """Counted over those; what would change tags is forbidden, and remarks of others."""
    owner = account(store)
    machines = fleet(store, owner, 3)
    put_tags(store, machines[0].id, "env=prod", "web")
    put_tags(store, machines[1].id, "web", "secret project")
    view = limited(store, owner)
    assert [(label.name, label.machines) for label in labels(view, owner)] == [("env=prod", 1), ("web", 1)]
    assert set(view.read_now(lambda uow: uow.machines.label_names(owner)).values()) == {"env=prod", "web"}
    view.write_now(lambda uow: uow.machines.put_remark(machines[0].id, "mine"))
    assert view.read_now(lambda uow: uow.machines.os_names(owner, limit=5)) == [machines[0].facts.os_name]
    for forbidden in (
        lambda uow: uow.machines.put_remark(machines[1].id, "x"),
        lambda uow: uow.machines.add_label(owner, "x"),
        lambda uow: uow.machines.rename_label(owner, "web", "x"),
        lambda uow: uow.machines.drop_labels(owner, ["web"]),
    ):
        with pytest.raises(Forbidden):
            view.write_now(forbidden)


def all_rows(store: Store, task: TaskId, *conditions: Condition) -> list[MachineRow]:
    """Every row, as an export reads them."""
    return list(rows(store, task, conditions, goes_on=lambda: True))


@pytest.mark.parametrize(
    "conditions",
    [
        (),
        (StatusIs(values=frozenset({Status.OK})),),
        (StatusIs(values=frozenset({Status.FAIL})),),
        (AtRisk(),),
        (TextIs(text=Text.HOST_NAME, values=("1", "3")),),
        (TextIs(text=Text.QUUID, values=("quuid-4", "quuid-2", "nobody"), exact=True),),
        (TextIs(text=Text.ANY, values=("host-",)), AtRisk(), StatusIs(values=frozenset({Status.OK}))),
    ],
    ids=str,
)
def test_rows_from_anywhere_are_those_of_the_pages(store: Store, conditions: tuple[Condition, ...]) -> None:
    """From every seq on, in pieces of every size, whatever the filter."""
    task = scan(store, 7)
    for seq in (1, 3, 4):
        task.step(seq, leased(), found(seq), judged())

    def page(uow: UnitOfWork) -> list[MachineRow]:
        return list(uow.tasks.page(task.id, conditions, limit=100, offset=0).rows)

    expected = store.read_now(page)

    def pieces(uow: UnitOfWork) -> None:
        for first in range(8):
            for limit in (1, 3, 100):
                piece = uow.tasks.rows_from(task.id, conditions, first=Seq(first), limit=limit)
                assert list(piece) == [row for row in expected if row.seq >= first][:limit]

    store.read_now(pieces)
    assert all_rows(store, task.id, *conditions) == expected


def test_rows_of_a_limited_user_are_those_of_their_machines(store: Store) -> None:
    """An export holds no others."""
    owner = account(store)
    machines = fleet(store, owner, 4)
    for machine in machines[::2]:
        put_tags(store, machine.id, "env=prod")
    task = store.write_now(lambda uow: new_task(uow, owner, machines))
    assert [row.quuid for row in all_rows(limited(store, owner), task.id)] == ["quuid-0", "quuid-2"]


def test_rows_of_a_task_that_does_not_exist_are_none(store: Store) -> None:
    """Nothing, no error: whoever asks has looked for the task before."""
    assert all_rows(store, TaskId(9)) == []
