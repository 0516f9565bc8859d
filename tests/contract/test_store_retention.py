"""ports.Retention: what is kept no longer than it must."""

from collections.abc import Sequence
from datetime import timedelta

from hostward.domain.finding import MalwareFinding
from hostward.domain.ids import AccountId, LeaseId, Seq, TaskId
from hostward.domain.machine import Machine
from hostward.domain.module import Module
from hostward.domain.severity import Level
from hostward.domain.task import ScanState
from hostward.domain.verdict import Outcome, Verdict
from hostward.usecases.ports import Store, UnitOfWork
from hostward.usecases.records import Item, Lease
from hostward.usecases.retention import forget, step, unshown, weigh
from store_samples import NOW, SECOND, Scan, account, failed, fleet, found, judged, leased, match, new_task

FINDING = MalwareFinding(path=b"/x", rule="r", title="t", engine="e", level=Level.HIGH, size=1, sha256="ab" * 32)
VERDICT = Verdict(policy="p", item="i", title="t", level=Level.HIGH, outcome=Outcome.FAIL)
LATER = NOW + timedelta(days=100)
KEPT = timedelta(days=90)


def scanned(
    store: Store, owner: AccountId, machines: Sequence[Machine], number: int, item: Item, *, own: bool = True
) -> Scan:
    """A task that ended well on each machine, under leases number, number + 1 ...; own: its results are the newest."""
    module = Module.BASELINE if item is VERDICT else Module.MALWARE
    task = store.write_now(lambda uow: new_task(uow, owner, machines, module))
    scan = Scan(store=store, account=owner, machines=machines, id=task.id)
    for seq, machine in enumerate(machines):
        which = LeaseId(number + seq)
        scan.step(seq, leased(which), found(1), judged())
        store.write_now(lambda uow, m=machine, at=which, s=seq: _reported(uow, scan, m, at, s, item, own=own))
    return scan


def _reported(
    uow: UnitOfWork, scan: Scan, machine: Machine, which: LeaseId, seq: int, item: Item, *, own: bool
) -> None:
    uow.tasks.add_lease(Lease(id=which, machine=machine.id, task=scan.id, seq=Seq(seq), run=1, ended=True, given=NOW))
    uow.results.add(machine.id, which, 0, [item])
    if own:
        module = Module.BASELINE if item is VERDICT else Module.MALWARE
        uow.results.make_current(machine.id, module, which, NOW, risks=1)


def prune(store: Store, now=LATER, kept: timedelta = KEPT) -> tuple[int, int]:
    """Every step there is, then the look at all leases: how many tasks and how many unshown scans went."""
    tasks, scans, last = 0, 0, LeaseId(0)
    while not (done := store.write_now(lambda uow: step(uow, kept=kept, now=now))).is_last:
        tasks += done.tasks
    while True:
        reached, leases = store.read_now(lambda uow, after=last: unshown(uow, after=after, now=now))
        if reached is None:
            return tasks, scans
        last = reached
        scans += store.write_now(lambda uow, some=leases: forget(uow, some))


def weight(store: Store, now=LATER, kept: timedelta = KEPT) -> tuple[int, int, int]:
    """Tasks, machines and leases there are to remove."""
    told = store.read_now(lambda uow: weigh(uow, kept=kept, now=now))
    return told.tasks, told.machines, told.leases


def results(store: Store, machine: Machine, number: int) -> list[Item]:
    """What is stored under a lease."""
    return list(store.read_now(lambda uow: uow.results.items(machine.id, LeaseId(number))))


def leases(store: Store, *numbers: int) -> list[bool]:
    """Whether each of these leases is known."""
    return store.read_now(lambda uow: [uow.tasks.lease(LeaseId(number)) is not None for number in numbers])


def listed(store: Store, owner: AccountId) -> list[TaskId]:
    """The account's tasks."""
    return [
        task.id
        for task in store.read_now(
            lambda uow: uow.tasks.list(owner, module=None, states=frozenset(), limit=99, offset=0)
        )[1]
    ]


def test_an_old_task_goes_with_what_only_it_shows(store: Store) -> None:
    """Its machines, leases and findings; a newer task of the same machines stays as it is."""
    owner = account(store)
    machines = fleet(store, owner, 3)
    old = scanned(store, owner, machines, 10, FINDING)
    new = scanned(store, owner, machines, 20, FINDING)
    assert weight(store) == (1, 3, 3)
    assert prune(store) == (1, 0)
    assert listed(store, owner) == [new.id]
    assert store.read_now(lambda uow: (uow.tasks.get(old.id), list(uow.tasks.units(old.id)))) == (None, [])
    assert leases(store, 10, 11, 12, 20, 21, 22) == [False] * 3 + [True] * 3
    assert [results(store, machine, 10 + seq) for seq, machine in enumerate(machines)] == [[], [], []]
    assert [results(store, machine, 20 + seq) for seq, machine in enumerate(machines)] == [[FINDING]] * 3
    assert store.read_now(lambda uow: uow.tasks.recount(new.id)) == new.task.tally
    assert (weight(store), prune(store)) == ((0, 0, 0), (0, 0))


def test_a_batch_of_a_removed_lease_could_not_come_twice(store: Store) -> None:
    """Its ledger went with it, and the numbers of tasks and leases are never given again."""
    owner = account(store)
    machines = fleet(store, owner, 1)
    old = scanned(store, owner, machines, 10, FINDING)
    scanned(store, owner, machines, 20, FINDING)
    prune(store)
    store.write_now(lambda uow: uow.results.add(machines[0].id, LeaseId(10), 0, [FINDING]))
    assert store.write_now(lambda uow: uow.tasks.next_id()) > old.id


def test_the_newest_task_of_each_module_and_account_stays(store: Store) -> None:
    """However old it is."""
    first, second = account(store), account(store, "second")
    here, there = fleet(store, first, 1), fleet(store, second, 1, first=10)
    kept = [
        scanned(store, first, here, 10, FINDING).id,
        scanned(store, first, here, 20, VERDICT).id,
        scanned(store, second, there, 30, FINDING).id,
    ]
    assert (weight(store), prune(store)) == ((0, 0, 0), (0, 0))
    assert [*reversed(listed(store, first)), *listed(store, second)] == kept


def test_a_task_that_goes_on_stays_and_one_that_is_not_old(store: Store) -> None:
    """A machine that is not final keeps it, and a task that ended a moment after the time."""
    owner = account(store)
    machines = fleet(store, owner, 2)
    task = store.write_now(lambda uow: new_task(uow, owner, machines, Module.MALWARE))
    going = Scan(store=store, account=owner, machines=machines, id=task.id)
    going.step(0, leased(5), failed())
    young = scanned(store, owner, machines, 10, FINDING)
    newest = scanned(store, owner, machines, 20, FINDING)
    assert prune(store, now=NOW + KEPT) == (0, 0)
    assert going.task.state is ScanState.SCANNING
    assert listed(store, owner) == [newest.id, young.id, going.id]
    assert prune(store, now=NOW + KEPT + SECOND)[0] == 1
    assert listed(store, owner) == [newest.id, going.id]


def test_a_task_that_may_not_go_is_not_removed_by_name(store: Store) -> None:
    """What was looked up in one transaction is judged again in the next: somebody may have run it again."""
    owner = account(store)
    machines = fleet(store, owner, 1)
    old = scanned(store, owner, machines, 10, FINDING)
    newest = scanned(store, owner, machines, 20, FINDING)

    def remove(which: TaskId, before=LATER) -> bool:
        return store.write_now(lambda uow: uow.retention.remove(which, before))

    assert [remove(newest.id), remove(TaskId(99)), remove(old.id, NOW)] == [False] * 3
    assert (remove(old.id), remove(old.id)) == (True, False)


def test_results_that_are_a_machines_own_stay_until_newer_ones_are_whole(store: Store) -> None:
    """The task that brought them goes; they go when another scan's have taken their place."""
    owner = account(store)
    machines = fleet(store, owner, 1)
    scanned(store, owner, machines, 10, FINDING)
    scanned(store, owner, machines, 20, FINDING, own=False)
    assert weight(store) == (1, 1, 0)
    assert prune(store) == (1, 0)
    assert (results(store, machines[0], 10), leases(store, 10)) == ([FINDING], [True])
    store.write_now(
        lambda uow: uow.results.make_current(machines[0].id, Module.MALWARE, LeaseId(20), NOW + SECOND, risks=1)
    )
    assert (weight(store), prune(store)) == ((0, 0, 1), (0, 1))
    assert (results(store, machines[0], 10), leases(store, 10, 20)) == ([], [False, True])
    assert results(store, machines[0], 20) == [FINDING]


def test_results_that_a_later_run_replaced_go_after_a_day(store: Store) -> None:
    """Of a lease that is no machine's in its task any more, and nobody's own."""
    owner = account(store)
    machines = fleet(store, owner, 1)
    scan = scanned(store, owner, machines, 10, FINDING, own=False)
    scan.step(0, lambda unit: unit.again(2, LATER, unit.note), leased(11), judged())
    store.write_now(lambda uow: _reported(uow, scan, machines[0], LeaseId(11), 0, FINDING, own=True))
    assert prune(store, now=NOW + timedelta(hours=23)) == (0, 0)
    assert (weight(store), prune(store)) == ((0, 0, 1), (0, 1))
    assert [results(store, machines[0], number) for number in (10, 11)] == [[], [FINDING]]


def test_tasks_that_are_kept_for_ever_stay(store: Store) -> None:
    """Zero days; what nothing shows goes all the same."""
    owner = account(store)
    machines = fleet(store, owner, 1)
    old = scanned(store, owner, machines, 10, FINDING)
    scanned(store, owner, machines, 20, FINDING)
    assert weight(store, kept=timedelta(0)) == (0, 0, 0)
    assert prune(store, kept=timedelta(0)) == (0, 0)
    assert old.id in listed(store, owner)


def test_vulnerabilities_of_a_removed_task_go_with_it(store: Store) -> None:
    """Sets of machines and the task's own list; those of the newer task stay."""
    owner = account(store)
    machines = fleet(store, owner, 2)
    tasks = [store.write_now(lambda uow: new_task(uow, owner, machines)) for _ in range(2)]
    for number, task in enumerate(tasks):
        scan = Scan(store=store, account=owner, machines=machines, id=task.id)
        store.write_now(lambda uow, s=scan: [uow.tasks.record_vuls(s.unit(seq), [match("CVE-1")]) for seq in (0, 1)])
        for seq in (0, 1):
            scan.step(seq, leased(10 * number + seq + 1), judged())
    assert prune(store) == (1, 0)
    left = store.read_now(lambda uow: [len(uow.tasks.vuls(task.id, limit=9)) for task in tasks])
    assert left == [0, 1]


def test_many_machines_go_in_steps(store: Store) -> None:
    """A step never removes more than some, so that agents are not kept waiting; in the end all are gone."""
    owner = account(store)
    machines = fleet(store, owner, 70)
    old = scanned(store, owner, machines, 100, FINDING)
    scanned(store, owner, machines, 300, FINDING)
    store.write_now(lambda uow: uow.retention.remove(old.id, LATER))
    swept = []
    while many := store.write_now(lambda uow: uow.retention.sweep(20)):
        swept.append(many)
    assert all(many <= 20 * 100 for many in swept)
    assert not any(leases(store, *range(100, 170)))
    assert store.read_now(lambda uow: list(uow.tasks.units(old.id))) == []
