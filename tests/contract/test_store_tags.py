"""Tags of machines, and what is seen of tasks through them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hostward.domain.errors import NotFound
from hostward.domain.host_scan import FailType
from hostward.domain.ids import MachineId
from hostward.domain.machine_filter import AtRisk, Status, StatusIs, Tagged, Text, TextIs
from hostward.domain.module import Module
from hostward.domain.tally import recount
from hostward.domain.task import ScanState
from hostward.usecases.ports import Store
from store_samples import (
    NOW,
    SECOND,
    Scan,
    account,
    failed,
    fleet,
    found,
    judged,
    leased,
    machine_ids,
    match,
    new_task,
    running,
    scan,
    stopped,
)

PROD = ("env=prod",)


def tag(store: Store, machine: MachineId, *tags: str) -> None:
    """Give a machine its tags."""
    store.write_now(lambda uow: uow.machines.put_tags(machine, tags))


def tagged_scan(store: Store, size: int = 4) -> Scan:
    """A task over machines of which the first two are production."""
    made = scan(store, size)
    for machine in made.machines[:2]:
        tag(store, machine.id, "env=prod", "team=a")
    tag(store, made.machines[2].id, "env=test")
    return made


def test_tags_come_back_sorted(store: Store) -> None:
    """Each once; a machine without any is left out."""
    first, second = fleet(store, account(store), 2)
    tag(store, first.id, "b=2", "a=1", "b=2")
    assert store.read_now(lambda uow: uow.machines.tags([first.id, second.id])) == {first.id: ("a=1", "b=2")}


def test_tags_take_the_place_of_earlier_ones(store: Store) -> None:
    """None takes all away."""
    (machine,) = fleet(store, account(store), 1)
    for tags in (("a=1",), ("b=2",), ()):
        tag(store, machine.id, *tags)
        expected = {machine.id: tags} if tags else {}
        assert store.read_now(lambda uow: uow.machines.tags([machine.id])) == expected


def test_a_machine_that_is_not_there_can_not_be_tagged(store: Store) -> None:
    """Nothing is made by it."""
    with pytest.raises(NotFound):
        tag(store, MachineId(99), "a=1")


def test_tagged_are_those_with_one_of_the_tags(store: Store) -> None:
    """Of the account alone, and tags are whole words."""
    mine, other = account(store, "a"), account(store, "b")
    one, two, three = fleet(store, mine, 3)
    (theirs,) = fleet(store, other, 1, first=10)
    for machine, name in ((one, "env=prod"), (two, "team=a"), (three, "env=production"), (theirs, "env=prod")):
        tag(store, machine.id, name)
    found = store.read_now(lambda uow: uow.machines.tagged(mine, ["env=prod", "team=a", "none=1"]))
    assert found == {one.id, two.id}


def test_no_tag_is_on_no_machine(store: Store) -> None:
    """An empty list of tags finds none."""
    owner = account(store)
    fleet(store, owner, 1)
    assert store.read_now(lambda uow: uow.machines.tagged(owner, [])) == frozenset()


def test_machines_are_paged_by_tag(store: Store) -> None:
    """Beside other conditions, in the order of enrolment."""
    owner = account(store)
    machines = fleet(store, owner, 4)
    for machine in machines[1:]:
        tag(store, machine.id, "env=prod", "x=1")
    conditions = (Tagged(values=("env=prod", "x=1")),)
    page = store.read_now(lambda uow: uow.machines.page(owner, conditions, limit=2, offset=1))
    assert (page.total, [row.machine.id for row in page.rows]) == (3, machine_ids(machines[2:]))
    named = (*conditions, TextIs(text=Text.HOST_NAME, values=("host-0", "host-3")))
    page = store.read_now(lambda uow: uow.machines.page(owner, named, limit=10, offset=0))
    assert [row.machine.id for row in page.rows] == [machines[3].id]


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ((), [0, 1]),
        ((StatusIs(values=frozenset({Status.OK})),), [1]),
        ((AtRisk(),), [1]),
        ((TextIs(text=Text.QUUID, values=("quuid-0", "quuid-3"), exact=True),), [0]),
        ((TextIs(text=Text.HOST_NAME, values=("host",)),), [0, 1]),
        ((Tagged(values=("env=test",)),), []),
    ],
    ids=["alone", "status", "risk", "identity", "text", "other tag"],
)
def test_rows_of_a_task_are_paged_by_tag(store: Store, others: tuple, expected: list[int]) -> None:
    """Every kind of page, whichever way it takes."""
    made = tagged_scan(store)
    for seq in (1, 3):
        made.step(seq, leased(seq), running(), found(2), judged())
    conditions = (Tagged(values=PROD), *others)
    page = store.read_now(lambda uow: uow.tasks.page(made.id, conditions, limit=10, offset=0))
    assert (page.total, [row.seq for row in page.rows]) == (len(expected), expected)


def test_what_is_seen_is_counted_over_tagged_machines(store: Store) -> None:
    """Every count, in the middle of a run."""
    made = tagged_scan(store)
    made.step(0, leased(1), running(), found(3))
    made.step(1, leased(2), failed(FailType.FAILED, NOW + SECOND))
    made.step(2, leased(3), judged())
    seen = store.read_now(lambda uow: uow.tasks.seen(made.id, PROD))
    assert seen.tally == recount([made.unit(0), made.unit(1)])
    assert seen.end == NOW + SECOND


def test_all_machines_seen_are_the_whole_tally(store: Store) -> None:
    """Counted now or kept: the same figures."""
    made = scan(store, 3)
    for seq, machine in enumerate(made.machines):
        tag(store, machine.id, "env=prod", f"n={seq}")
    made.step(0, leased(1), running(), found(3), judged())
    made.step(1, leased(2), stopped())
    store.write_now(lambda uow: uow.tasks.record_vuls(made.unit(0), [match("CVE-1"), match("CVE-2")]))
    assert store.read_now(lambda uow: uow.tasks.seen(made.id, ("env=prod", "n=0"))).tally == made.task.tally


def test_nothing_is_seen_without_a_machine(store: Store) -> None:
    """Of a task that is there, and of one that is not."""
    made = tagged_scan(store)
    seen = store.read_now(lambda uow: [uow.tasks.seen(task, ("env=none",)) for task in (made.id, made.id + 1)])
    assert [(one.tally.machines, one.end) for one in seen] == [(0, None), (0, None)]


def test_vulnerabilities_are_those_of_tagged_machines(store: Store) -> None:
    """Counted over these, worst first by their own counts."""
    made = tagged_scan(store)
    for seq, keys in ((0, ["CVE-1"]), (1, ["CVE-1", "CVE-2"]), (2, ["CVE-3"]), (3, ["CVE-2", "CVE-3"])):
        store.write_now(
            lambda uow, seq=seq, keys=keys: uow.tasks.record_vuls(made.unit(seq), [match(key) for key in keys])
        )
    vuls = store.read_now(lambda uow: uow.tasks.vuls(made.id, limit=10, tags=PROD))
    assert [(vul.key, vul.machines) for vul in vuls] == [("CVE-1", 2), ("CVE-2", 1)]
    assert store.read_now(lambda uow: uow.tasks.seen(made.id, PROD)).tally.vuls == 2
    assert [vul.key for vul in store.read_now(lambda uow: uow.tasks.vuls(made.id, limit=1, tags=PROD))] == ["CVE-1"]


def test_tasks_are_listed_by_their_tagged_machines(store: Store) -> None:
    """A task with none of them is not there."""
    owner = account(store)
    prod, test = fleet(store, owner, 2)
    tag(store, prod.id, *PROD)
    tasks = [
        store.write_now(lambda uow, machines=machines: new_task(uow, owner, machines))
        for machines in ([prod], [test], [prod, test])
    ]
    total, listed = store.read_now(
        lambda uow: uow.tasks.list(owner, module=Module.VUL, states=frozenset(), limit=10, offset=0, tags=PROD)
    )
    assert (total, [task.id for task in listed]) == (2, [tasks[2].id, tasks[0].id])


@pytest.mark.parametrize(
    ("state", "expected"),
    [(ScanState.SCANNING, False), (ScanState.DONE, True), (ScanState.STOPPING, False), (ScanState.STOPPED, False)],
)
def test_a_task_is_done_for_who_sees_only_machines_that_are(store: Store, state: ScanState, expected: bool) -> None:
    """Whatever others of the task still do."""
    made = tagged_scan(store)
    for seq in (0, 1):
        made.step(seq, leased(seq + 1), judged())
    total, _ = store.read_now(
        lambda uow: uow.tasks.list(made.account, module=None, states=frozenset({state}), limit=10, offset=0, tags=PROD)
    )
    assert total == int(expected)


@pytest.mark.parametrize(("tags", "state"), [(PROD, ScanState.STOPPED), (("env=test",), ScanState.STOPPING)])
def test_a_task_that_is_being_stopped_is_stopped_for_some(store: Store, tags: tuple, state: ScanState) -> None:
    """The same task in two states, by who looks."""
    made = tagged_scan(store)
    for seq in (0, 1):
        made.step(seq, leased(seq + 1), judged())
    store.write_now(lambda uow: uow.tasks.put(replace(made.task, stop_at=NOW, stop_by="ann")))
    for each in (ScanState.SCANNING, ScanState.DONE, ScanState.STOPPING, ScanState.STOPPED):
        total, _ = store.read_now(
            lambda uow, each=each: uow.tasks.list(
                made.account, module=None, states=frozenset({each}), limit=10, offset=0, tags=tags
            )
        )
        assert (each, total) == (each, int(each is state))


def test_the_end_that_is_seen_is_the_last_one(store: Store) -> None:
    """Of the machines with the tags."""
    made = tagged_scan(store)
    for seq in range(4):
        made.step(seq, leased(seq + 1), judged(NOW + timedelta(seconds=seq)))
    seen = store.read_now(lambda uow: uow.tasks.seen(made.id, PROD))
    assert (seen.end, seen.tally.is_done) == (NOW + SECOND, True)
