"""The view of a limited user has a word for every method there is: passed, narrowed, or forbidden."""

import asyncio
import inspect
from datetime import timedelta

import pytest

from hostward.domain.account import Role, User
from hostward.domain.errors import Forbidden
from hostward.domain.ids import AccountId, MachineId, Seq, TaskId, UserId
from hostward.domain.module import Module
from hostward.usecases.accounts.limited import LimitedStore, LimitedUnitOfWork, store_for
from hostward.usecases.accounts.limited_machines import LimitedMachines, LimitedResults
from hostward.usecases.accounts.limited_tasks import LimitedTasks
from hostward.usecases.ports import Machines, Tasks, UnitOfWork
from hostward.usecases.result_ports import Results
from small_fleet import BEGIN, Fleet

TAGS = ("env=prod",)


def ann(account: AccountId, tags: tuple[str, ...] = TAGS) -> User:
    """A user who is limited to production, unless said otherwise."""
    return User(id=UserId(1), account=account, name="ann", role=Role.OPERATOR, tags=tags)


def public(kind: type) -> set[str]:
    """Names that are not private."""
    return {name for name, _ in inspect.getmembers(kind) if not name.startswith("_")}


@pytest.fixture
def task(fleet: Fleet) -> TaskId:
    """A scan of a production machine and another one."""
    prod, _ = fleet.add("prod"), fleet.add("test")
    fleet.store.write_now(lambda uow: uow.machines.put_tags(prod.id, TAGS))
    return fleet.start()


@pytest.mark.parametrize(
    ("port", "view"),
    [(Tasks, LimitedTasks), (Machines, LimitedMachines), (Results, LimitedResults), (UnitOfWork, LimitedUnitOfWork)],
    ids=lambda kind: kind.__name__,
)
def test_no_method_of_a_port_is_left_out(port: type, view: type) -> None:
    """A new query that nobody thought of would else fail, or worse, be passed on."""
    assert public(port) - public(view) == set()


@pytest.mark.parametrize(
    "call",
    [
        lambda uow, fleet: uow.tasks.due(BEGIN, 1),
        lambda uow, fleet: uow.tasks.next_lease(),
        lambda uow, fleet: uow.tasks.lease(1),
        lambda uow, fleet: uow.tasks.add_lease(None),
        lambda uow, fleet: uow.tasks.put_lease(None),
        lambda uow, fleet: uow.tasks.learn(fleet.account, Module.VUL, timedelta(1)),
        lambda uow, fleet: uow.machines.put_tags(fleet.machines[0].id, ()),
        lambda uow, fleet: uow.machines.seen(fleet.machines[0].id, BEGIN),
        lambda uow, fleet: uow.machines.enrol(fleet.account, b"", None, quuid="", uuid=""),
        lambda uow, fleet: uow.machines.put_facts(fleet.machines[0].id, None, boot="", instance="", now=BEGIN),
        lambda uow, fleet: uow.enrolments.take(b"", BEGIN),
        lambda uow, fleet: uow.agents.remove(fleet.account, fleet.machines[0].id),
        lambda uow, fleet: uow.machines.add_session(None, b""),
        lambda uow, fleet: uow.machines.session(""),
        lambda uow, fleet: uow.results.add(fleet.machines[0].id, 1, 0, ()),
        lambda uow, fleet: uow.results.drop(fleet.machines[0].id, 1),
        lambda uow, fleet: uow.results.make_current(fleet.machines[0].id, Module.VUL, 1, BEGIN, risks=0),
        lambda uow, fleet: uow.advisories.replace("x", (), ecosystems=(), digest="", now=BEGIN),
        lambda uow, fleet: uow.schedules.of_account(fleet.account),
        lambda uow, fleet: uow.schedules.add(None),
    ],
)
def test_what_is_not_a_users_business_is_forbidden(fleet: Fleet, task: TaskId, call) -> None:
    """The agents' side, and all that is of the whole account."""
    store = LimitedStore(fleet.store, ann(fleet.account))
    with pytest.raises(Forbidden):
        store.write_now(lambda uow: call(uow, fleet))


def test_units_of_other_machines_are_not_there(fleet: Fleet, task: TaskId) -> None:
    """One by one, all of a task, those that are open."""
    store = LimitedStore(fleet.store, ann(fleet.account))
    prod, test = fleet.machines

    def look(uow) -> list:
        return [
            uow.tasks.unit(task, Seq(1)),
            [unit.machine for unit in uow.tasks.units(task)],
            list(uow.tasks.open_units(test.id)),
            [unit.machine for unit in uow.tasks.open_units_of(task)],
            list(uow.tasks.open_units_of(task, frozenset({test.id}))),
            uow.tasks.recount(task).machines,
            uow.tasks.seen(task, ("env=test",)).tally.machines,
        ]

    assert store.read_now(look) == [None, [prod.id], [], [prod.id], [], 1, 1]


def test_other_machines_are_not_there(fleet: Fleet, task: TaskId) -> None:
    """By number, name, key or identity."""
    store = LimitedStore(fleet.store, ann(fleet.account))
    prod, test = fleet.machines

    def look(uow) -> list:
        return [
            [uow.machines.get(each.id) is not None for each in (prod, test)],
            [uow.machines.by_uuid(each.uuid) is not None for each in (prod, test)],
            [uow.machines.by_key(name.ljust(32, b".")) is not None for name in (b"prod", b"test")],
            list(uow.machines.by_quuids(fleet.account, [prod.quuid, test.quuid])),
            [each.id for each in uow.machines.of_account(fleet.account)],
            list(uow.machines.tags([prod.id, test.id])),
            uow.machines.tagged(fleet.account, ("env=prod", "env=test")),
            uow.machines.get(MachineId(99)),
        ]

    expected = [[True, False]] * 3 + [[prod.quuid], [prod.id], [prod.id], {prod.id}, None]
    assert store.read_now(look) == expected


def test_results_of_other_machines_are_none(fleet: Fleet, task: TaskId) -> None:
    """Whatever lease is named."""
    store = LimitedStore(fleet.store, ann(fleet.account))
    _, test = fleet.machines
    lease = fleet.lease(test)
    fleet.finish(test, lease)
    found = store.read_now(
        lambda uow: [
            uow.results.current(test.id, Module.MALWARE), dict(uow.results.risks(test.id, lease)),
            list(uow.results.matches(test.id, lease)), list(uow.results.items(test.id, lease)),
        ]
    )  # fmt: skip
    assert found == [None, {}, [], []]
    assert fleet.store.read_now(lambda uow: uow.results.current(test.id, Module.MALWARE)) is not None


def test_units_of_other_machines_can_not_be_changed(fleet: Fleet, task: TaskId) -> None:
    """Nor entered into a new task, nor given vulnerabilities."""
    store = LimitedStore(fleet.store, ann(fleet.account))
    unit, whole = fleet.unit(task, 1), fleet.task(task)
    for call in (
        lambda uow: uow.tasks.change(unit, unit, BEGIN),
        lambda uow: uow.tasks.record_vuls(unit, ()),
        lambda uow: uow.tasks.create(whole, [unit]),
    ):
        with pytest.raises(Forbidden):
            store.write_now(call)
    assert fleet.unit(task, 1) == unit


def test_a_task_of_another_account_is_not_there(fleet: Fleet, task: TaskId) -> None:
    """Even with the same tag on its machines."""
    other = fleet.store.write_now(lambda uow: uow.accounts.add_account("other"))
    store = LimitedStore(fleet.store, ann(other))
    assert store.read_now(lambda uow: (uow.tasks.get(task), uow.machines.tagged(other, TAGS))) == (None, frozenset())


def test_both_kinds_of_calls_are_narrowed(fleet: Fleet, task: TaskId) -> None:
    """Waiting or not, reading or writing."""
    store = LimitedStore(fleet.store, ann(fleet.account))

    def count(uow) -> int:
        return len(uow.machines.of_account(fleet.account))

    async def both() -> list[int]:
        return [await store.read(count), await store.write(count)]

    assert [store.read_now(count), store.write_now(count), *asyncio.run(both())] == [1, 1, 1, 1]
    store.close()
    assert store.read_now(count) == 1


def test_who_is_not_limited_uses_the_store_itself(fleet: Fleet) -> None:
    """The busiest path pays nothing."""
    assert store_for(fleet.store, ann(fleet.account, ())) is fleet.store
    assert isinstance(store_for(fleet.store, ann(fleet.account)), LimitedStore)
