"""ports.Tasks: tasks, units, leases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hostward.domain.durations import UNKNOWN, Durations, counted
from hostward.domain.errors import Conflict, NotFound
from hostward.domain.host_scan import FailType, UnitState
from hostward.domain.ids import AccountId, LeaseId, MachineId, Seq, TaskId
from hostward.domain.module import Module
from hostward.domain.note import Code, Note
from hostward.domain.options import BaselineOptions, Category, MalwareOptions, Options, Pattern, VulOptions
from hostward.domain.severity import Level
from hostward.domain.tally import EMPTY, Tally
from hostward.domain.task import ScanState, Task, Trigger, enter
from hostward.usecases.ports import Store, UnitOfWork
from hostward.usecases.records import Lease
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
    new_task,
    running,
    scan,
    stopped,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def a_lease(number: int, task: Scan, seq: int = 0) -> Lease:
    """A lease for one of the task's units."""
    machine = task.machines[seq].id
    return Lease(id=LeaseId(number), machine=machine, task=task.id, seq=Seq(seq), run=1, given=NOW)


def test_task_ids_rise_and_are_never_given_twice(store: Store) -> None:
    """Ids of several transactions form one rising sequence from 1."""
    given = [store.write_now(lambda uow: uow.tasks.next_id()) for _ in range(3)]
    assert given == [1, 2, 3]


def test_lease_ids_rise_over_all_transactions(store: Store) -> None:
    """A later lease always has the higher id."""

    def two(uow: UnitOfWork) -> list[LeaseId]:
        return [uow.tasks.next_lease(), uow.tasks.next_lease()]

    assert store.write_now(two) + store.write_now(two) == [1, 2, 3, 4]


def test_an_id_taken_in_a_failed_transaction_may_be_given_again_but_never_twice(store: Store) -> None:
    """A transaction that raises leaves the counter as it was or higher, never lower."""
    first = store.write_now(lambda uow: uow.tasks.next_id())

    def fails(uow: UnitOfWork) -> None:
        uow.tasks.next_id()
        raise NotFound("no")

    with pytest.raises(NotFound):
        store.write_now(fails)
    assert store.write_now(lambda uow: uow.tasks.next_id()) > first


@pytest.mark.parametrize(
    "options",
    [
        VulOptions(levels=frozenset({Level.HIGH}), categories=frozenset({Category.LINUX}), emergency=True),
        MalwareOptions(pattern=Pattern.ONLY_PATHS, engine=1, memory=True, paths=("/srv/ü", "/tmp")),
        BaselineOptions(policies=(1, 2), rules=(3,), items=(4,)),
    ],
)
def test_a_task_comes_back_as_it_was_stored(store: Store, options: Options) -> None:
    """Every field of a task survives, microseconds and options of each module among them."""
    module = {VulOptions: Module.VUL, MalwareOptions: Module.MALWARE, BaselineOptions: Module.BASELINE}[type(options)]
    owner = account(store)
    machines = fleet(store, owner, 2)
    task = Task(
        id=TaskId(9),
        account=owner,
        module=module,
        trigger=Trigger.SCHEDULED,
        options=options,
        content=("1", "策略"),
        created_by="Jürgen",
        timeout=timedelta(seconds=61, microseconds=5),
        queue=timedelta(0),
        run=2,
        begin=NOW,
        run_begin=NOW + SECOND,
        stop_at=NOW + 2 * SECOND,
        stop_by="他",
        history=counted([SECOND]),
        settled=1,
        not_before=NOW - SECOND,
        ramp=timedelta(milliseconds=1500),
    )
    units = list(enter(task, machines, NOW))
    created = store.write_now(lambda uow: uow.tasks.create(task, units))
    assert created == replace(task, tally=Tally(machines=2, pending=2))
    assert store.read_now(lambda uow: uow.tasks.get(task.id)) == created


def test_an_unknown_task_is_none(store: Store) -> None:
    """Nothing is raised for an id that was never given."""
    assert store.read_now(lambda uow: uow.tasks.get(TaskId(99))) is None


def test_a_task_can_be_locked_while_it_is_read(store: Store) -> None:
    """Lock changes nothing of what is read."""
    task = scan(store)
    assert store.write_now(lambda uow: uow.tasks.get(task.id, lock=True)) == task.task


def test_units_come_back_as_they_were_created(store: Store) -> None:
    """Units are stored whole and read in seq order."""
    owner = account(store)
    machines = fleet(store, owner, 3)

    def work(uow: UnitOfWork) -> tuple[object, object]:
        task = new_task(uow, owner, machines)
        return list(enter(task, machines, NOW)), list(uow.tasks.units(task.id))

    created, stored = store.write_now(work)
    assert stored == created


def test_more_units_than_one_block_are_all_read(store: Store) -> None:
    """Reading all units of a task goes on past the first thousand."""
    owner = account(store)
    machines = fleet(store, owner, 1100)
    task = store.write_now(lambda uow: new_task(uow, owner, machines))
    seqs = store.read_now(lambda uow: [unit.seq for unit in uow.tasks.units(task.id)])
    assert (seqs, task.tally.machines) == (list(range(1100)), 1100)


def test_a_task_whose_machines_all_fail_at_once_has_ended(store: Store) -> None:
    """A task is done at its creation when no machine could enter."""
    owner = account(store)
    machines = [replace(machine, last_seen=None) for machine in fleet(store, owner, 2)]
    task = Task(
        id=TaskId(1),
        account=owner,
        module=Module.VUL,
        trigger=Trigger.ONE_CLICK,
        options=VulOptions(),
        content=(),
        created_by="",
        queue=timedelta(0),
        begin=NOW,
        run_begin=NOW,
    )
    created = store.write_now(lambda uow: uow.tasks.create(task, enter(task, machines, NOW)))
    assert (created.end, created.tally.offline, created.state) == (NOW, 2, ScanState.DONE)


def test_put_stores_everything_but_what_is_kept_by_counting(store: Store) -> None:
    """A stop is stored; the tally, end and vul_rev of what is put are ignored."""
    task = scan(store)
    changed = replace(
        task.task.asked_to_stop(NOW, "me"), run=2, run_begin=NOW + SECOND, end=NOW, vul_rev=9, tally=EMPTY
    )
    store.write_now(lambda uow: uow.tasks.put(changed))
    assert task.task == replace(changed, end=None, vul_rev=0, tally=Tally(machines=3, pending=3))


def test_putting_an_unknown_task_is_refused(store: Store) -> None:
    """Only tasks that exist can be stored anew."""
    task = replace(scan(store).task, id=TaskId(77))
    with pytest.raises(NotFound, match="77"):
        store.write_now(lambda uow: uow.tasks.put(task))


def test_the_newest_task_is_the_accounts_own_of_that_module(store: Store) -> None:
    """Tasks of other accounts and modules never stand for it."""
    mine, other = account(store, "a"), account(store, "b")
    machines = {owner: fleet(store, owner, 1, first) for first, owner in enumerate((mine, other))}

    def work(uow: UnitOfWork) -> list[Task]:
        old = new_task(uow, mine, machines[mine])
        new = new_task(uow, mine, machines[mine])
        new_task(uow, mine, machines[mine], Module.BASELINE)
        new_task(uow, other, machines[other])
        return [old, new]

    _, newest = store.write_now(work)
    assert store.read_now(lambda uow: uow.tasks.newest(mine, Module.VUL)) == newest
    assert store.read_now(lambda uow: uow.tasks.newest(mine, Module.MALWARE)) is None


def test_a_list_of_tasks_is_paged_newest_first(store: Store) -> None:
    """The count is of all, the page begins at its offset."""
    owner = account(store)
    machines = fleet(store, owner, 1)
    ids = store.write_now(lambda uow: [new_task(uow, owner, machines).id for _ in range(5)])

    def work(uow: UnitOfWork) -> tuple[int, list[TaskId]]:
        total, tasks = uow.tasks.list(owner, module=None, states=frozenset(), limit=2, offset=1)
        return total, [task.id for task in tasks]

    assert store.read_now(work) == (5, [ids[3], ids[2]])


def test_a_list_of_tasks_is_of_one_account_and_module(store: Store) -> None:
    """Other accounts' tasks are neither shown nor counted."""
    mine, other = account(store, "a"), account(store, "b")
    machines = {owner: fleet(store, owner, 1, first) for first, owner in enumerate((mine, other))}

    def make(uow: UnitOfWork) -> TaskId:
        new_task(uow, other, machines[other], Module.MALWARE)
        new_task(uow, mine, machines[mine], Module.VUL)
        return new_task(uow, mine, machines[mine], Module.MALWARE).id

    wanted = store.write_now(make)

    def work(uow: UnitOfWork) -> tuple[int, list[TaskId]]:
        total, tasks = uow.tasks.list(mine, module=Module.MALWARE, states=frozenset(), limit=9, offset=0)
        return total, [task.id for task in tasks]

    assert store.read_now(work) == (1, [wanted])


@pytest.mark.parametrize("state", list(ScanState))
def test_a_list_of_tasks_can_be_narrowed_to_states(store: Store, state: ScanState) -> None:
    """Each state finds exactly its task; no task has never been scanned."""
    owner = account(store)
    machines = fleet(store, owner, 1)
    made: dict[ScanState, TaskId] = {}
    for each in (ScanState.SCANNING, ScanState.DONE, ScanState.STOPPING, ScanState.STOPPED):
        task = store.write_now(lambda uow: new_task(uow, owner, machines))
        one = Scan(store=store, account=owner, machines=machines, id=task.id)
        if each in (ScanState.STOPPING, ScanState.STOPPED):
            store.write_now(lambda uow, task=task: uow.tasks.put(task.asked_to_stop(NOW, "me")))
        if each in (ScanState.DONE, ScanState.STOPPED):
            one.step(0, leased(), judged())
        made[each] = task.id

    def work(uow: UnitOfWork) -> tuple[int, list[TaskId]]:
        total, tasks = uow.tasks.list(owner, module=None, states=frozenset({state}), limit=9, offset=0)
        return total, [task.id for task in tasks]

    expected = [made[state]] if state in made else []
    assert store.read_now(work) == (len(expected), expected)


def test_a_step_is_stored_whole(store: Store) -> None:
    """Every field of a unit that a step changes comes back."""
    task = scan(store)
    after = task.step(1, leased(7, NOW + SECOND), running(1234), found(3))
    assert (task.unit(1), after.state, after.rev) == (after, UnitState.RUNNING, 3)


def test_a_note_of_any_words_comes_back(store: Store) -> None:
    """Values of notes are text in any script, quotes and all."""
    task = scan(store)
    values = {"what": '包 "x" %_\\ 👾', "percent": "1"}
    task.step(0, leased(), lambda unit: unit.progressed(1, Note(code=Code.DOING, values=values)))
    assert task.unit(0).note == Note(code=Code.DOING, values=values)


def test_a_step_moves_the_tally(store: Store) -> None:
    """Counts, progress and risks follow each step."""
    task = scan(store)
    task.step(0, leased(), running(2500), found(3))
    task.step(1, leased(), failed(FailType.TIMEOUT))
    begun = (NOW - EPOCH) // timedelta(milliseconds=10)
    expected = Tally(
        machines=3, pending=1, running=1, timeout=1, progress=12_500, risk_machines=1, risk_events=3, begun=begun
    )  # fmt: skip
    assert task.task.tally == expected


def test_counts_are_seen_in_the_transaction_that_moves_them(store: Store) -> None:
    """A transaction reads its own steps back in task, list, newest, page and recount."""
    task = scan(store)

    def work(uow: UnitOfWork) -> list[object]:
        unit = uow.tasks.unit(task.id, Seq(0))
        assert unit is not None
        uow.tasks.change(unit, leased()(unit), NOW)
        got, newest = uow.tasks.get(task.id), uow.tasks.newest(task.account, Module.VUL)
        _, listed = uow.tasks.list(task.account, module=None, states=frozenset(), limit=1, offset=0)
        assert got is not None
        assert newest is not None
        return [got.tally.leased, newest.tally.leased, listed[0].tally.leased, uow.tasks.recount(task.id).leased]

    assert store.write_now(work) == [1, 1, 1, 1]


def test_a_task_ends_when_its_last_machine_does(store: Store) -> None:
    """The end is the time of the step that made the last machine final."""
    task = scan(store, 2)
    task.step(0, leased(), judged(), now=NOW + SECOND)
    assert task.task.end is None
    task.step(1, leased(), judged(), now=NOW + 2 * SECOND)
    assert task.task.end == NOW + 2 * SECOND


def test_the_end_is_that_of_the_last_final_step_of_its_transaction(store: Store) -> None:
    """Whatever came before and after it in the same transaction, at other times."""
    task = scan(store, 2)

    def work(uow: UnitOfWork) -> None:
        steps = [(0, leased()), (1, leased()), (0, judged()), (1, judged()), (0, found(1))]
        for seconds, (seq, step) in enumerate(steps):
            unit = uow.tasks.unit(task.id, Seq(seq))
            assert unit is not None
            uow.tasks.change(unit, step(unit), NOW + seconds * SECOND)

    store.write_now(work)
    assert task.task.end == NOW + 3 * SECOND


def test_a_step_that_moves_the_due_time_alone_is_stored(store: Store) -> None:
    """With a new revision it is a step like others."""
    task = scan(store)
    after = task.step(0, lambda unit: replace(unit, due=NOW + SECOND, rev=unit.rev + 1))
    assert (task.unit(0), task.unit(0).due) == (after, NOW + SECOND)


def test_a_step_of_a_final_machine_does_not_move_the_end(store: Store) -> None:
    """Risks counted later leave the end where it was."""
    task = scan(store, 1)
    task.step(0, leased(), judged(), now=NOW + SECOND)
    task.step(0, found(4), now=NOW + 9 * SECOND)
    assert (task.task.end, task.task.tally.risk_events) == (NOW + SECOND, 4)


def test_a_machine_that_begins_anew_takes_the_end_away(store: Store) -> None:
    """A rerun clears the end; the next last machine sets it again, in the same transaction too."""
    task = scan(store, 1)
    task.step(0, leased(), judged(), now=NOW + SECOND)
    again = task.step(
        0,
        lambda unit: replace(unit, run=2, state=UnitState.PENDING, end=None, progress=0, due=NOW, rev=unit.rev + 1),
        now=NOW + 2 * SECOND,
    )
    assert (task.task.end, again.run) == (None, 2)
    task.step(0, leased(8), judged(), now=NOW + 3 * SECOND)
    assert task.task.end == NOW + 3 * SECOND


def test_an_end_taken_away_and_reached_again_in_one_transaction_is_the_new_one(store: Store) -> None:
    """The order of steps inside one transaction counts."""
    task = scan(store, 1)
    task.step(0, leased(), judged(), now=NOW + SECOND)
    task.step(
        0,
        lambda unit: replace(unit, run=2, state=UnitState.PENDING, end=None, progress=0, due=NOW, rev=unit.rev + 1),
        leased(8),
        judged(),
        now=NOW + 5 * SECOND,
    )
    assert task.task.end == NOW + 5 * SECOND


def test_a_step_from_an_outdated_unit_is_refused(store: Store) -> None:
    """The revision is checked, and nothing of the step or the counts stays."""
    task = scan(store)
    old = task.unit(0)
    task.step(0, leased())
    before = task.task
    with pytest.raises(Conflict, match="revision"):
        store.write_now(lambda uow: uow.tasks.change(old, failed()(old), NOW))
    assert (task.task, task.unit(0).state) == (before, UnitState.LEASED)


def test_a_step_of_an_unknown_unit_is_refused(store: Store) -> None:
    """There is nothing to step from."""
    task = scan(store)
    unit = replace(task.unit(0), seq=Seq(99))
    with pytest.raises(Conflict):
        store.write_now(lambda uow: uow.tasks.change(unit, leased()(unit), NOW))


def test_only_the_due_time_is_stored_when_the_revision_stays(store: Store) -> None:
    """A look of the reaper is no step: nothing else of it is stored or counted."""
    task = scan(store)
    unit = task.unit(0)
    looked = replace(unit.looked_at(NOW + SECOND), progress=77)
    store.write_now(lambda uow: uow.tasks.change(unit, looked, NOW))
    assert (task.unit(0), task.task.tally.progress) == (replace(unit, due=NOW + SECOND), 0)


def test_an_unknown_unit_is_none(store: Store) -> None:
    """Seqs past the end have no unit."""
    task = scan(store)
    assert store.read_now(lambda uow: uow.tasks.unit(task.id, Seq(3))) is None


def test_open_units_of_a_machine_come_oldest_task_first(store: Store) -> None:
    """Final ones and those of other machines are left out."""
    owner = account(store)
    machines = fleet(store, owner, 2)
    ids = store.write_now(lambda uow: [new_task(uow, owner, machines).id for _ in range(3)])
    Scan(store=store, account=owner, machines=machines, id=ids[1]).step(0, leased(), judged())
    units = store.read_now(lambda uow: uow.tasks.open_units(machines[0].id))
    assert [(unit.task, unit.machine) for unit in units] == [(ids[0], machines[0].id), (ids[2], machines[0].id)]


def test_open_units_of_a_task_come_in_seq_order(store: Store) -> None:
    """Units that are being stopped are open, final ones are not."""
    task = scan(store, 4)
    task.step(0, leased(), stopped())
    task.step(1, failed())
    task.step(2, stopped())
    units = store.read_now(lambda uow: uow.tasks.open_units_of(task.id))
    assert [unit.seq for unit in units] == [0, 3]


def test_open_units_of_a_task_can_be_narrowed_to_machines(store: Store) -> None:
    """Machines that are not in the task are no matter."""
    task = scan(store, 3)
    wanted = frozenset({task.machines[2].id, task.machines[0].id, MachineId(999)})
    units = store.read_now(lambda uow: uow.tasks.open_units_of(task.id, wanted))
    assert [unit.seq for unit in units] == [0, 2]
    assert store.read_now(lambda uow: uow.tasks.open_units_of(task.id, frozenset())) == []


def test_due_units_come_longest_due_first(store: Store) -> None:
    """Up to the limit, up to now, over all tasks."""
    task = scan(store, 4)
    times = {0: 3, 1: 1, 2: 9, 3: 2}
    for seq, seconds in times.items():
        task.step(seq, lambda unit, due=NOW + seconds * SECOND: unit.looked_at(due))
    due = store.read_now(lambda uow: [unit.seq for unit in uow.tasks.due(NOW + 3 * SECOND, 9)])
    first = store.read_now(lambda uow: [unit.seq for unit in uow.tasks.due(NOW + 3 * SECOND, 2)])
    assert (due, first) == ([1, 3, 0], [1, 3])


def test_final_units_are_never_due(store: Store) -> None:
    """Nothing is left for the reaper once a task is done."""
    task = scan(store, 1)
    task.step(0, leased(), judged())
    assert store.read_now(lambda uow: uow.tasks.due(NOW + timedelta(days=9), 9)) == []


def test_a_lease_comes_back_as_it_was_given(store: Store) -> None:
    """Unknown leases are None."""
    task = scan(store)
    lease = a_lease(5, task, 1)
    store.write_now(lambda uow: uow.tasks.add_lease(lease))
    assert store.read_now(lambda uow: (uow.tasks.lease(lease.id), uow.tasks.lease(LeaseId(6)))) == (lease, None)


def test_how_far_a_lease_came_is_stored(store: Store) -> None:
    """Acked and ended are stored, nothing else of what is put."""
    task = scan(store)
    lease = a_lease(5, task)
    store.write_now(lambda uow: uow.tasks.add_lease(lease))
    store.write_now(lambda uow: uow.tasks.put_lease(replace(lease, acked=3, ended=True, run=9)))
    stored = store.write_now(lambda uow: uow.tasks.lease(lease.id, lock=True))
    assert stored == replace(lease, acked=3, ended=True)


def test_putting_an_unknown_lease_is_refused(store: Store) -> None:
    """Only leases that were given can go on."""
    task = scan(store)
    with pytest.raises(NotFound, match="8"):
        store.write_now(lambda uow: uow.tasks.put_lease(a_lease(8, task)))


def test_how_long_scans_took_is_counted_by_length(store: Store) -> None:
    """Nothing at first, then each scan in its class."""
    owner = account(store)
    assert store.read_now(lambda uow: uow.tasks.history(owner, Module.VUL)) == UNKNOWN
    took = [SECOND, 100 * SECOND, SECOND]
    for one in took:
        store.write_now(lambda uow, one=one: uow.tasks.learn(owner, Module.VUL, one))
    assert store.read_now(lambda uow: uow.tasks.history(owner, Module.VUL)) == counted(took)


def test_scans_of_long_ago_fade_but_rare_lengths_stay(store: Store) -> None:
    """Forty scans count like ten, and the one slow machine is not forgotten."""
    owner = account(store)
    took = [SECOND] * 39 + [100 * SECOND]
    store.write_now(lambda uow: [uow.tasks.learn(owner, Module.VUL, one) for one in took])
    store.write_now(lambda uow: uow.tasks.fade(owner, Module.VUL, scans=10))
    faded = store.read_now(lambda uow: uow.tasks.history(owner, Module.VUL))
    assert [scans for _, scans in faded.classes] == [10, 1]
    store.write_now(lambda uow: uow.tasks.fade(owner, Module.VUL, scans=50))
    assert store.read_now(lambda uow: uow.tasks.history(owner, Module.VUL)) == faded


def test_how_long_scans_took_is_of_one_account_and_module(store: Store) -> None:
    """What others learnt does not count."""
    owner = account(store)
    store.write_now(lambda uow: uow.tasks.learn(owner, Module.VUL, SECOND))

    def work(uow: UnitOfWork) -> list[Durations]:
        return [uow.tasks.history(owner, Module.MALWARE), uow.tasks.history(AccountId(owner + 1), Module.VUL)]

    assert store.read_now(work) == [UNKNOWN, UNKNOWN]


def test_machines_at_work_are_listed_with_their_begin_and_progress(store: Store) -> None:
    """Those that hold a lease, and no others."""
    task = scan(store, 3)
    task.step(1, leased(), running())
    assert store.read_now(lambda uow: uow.tasks.at_work(task.id)) == [(NOW, 2500)]


def test_a_recount_of_an_untouched_task_is_its_tally(store: Store) -> None:
    """The kept tally and the counted one agree from the start."""
    task = scan(store, 5)
    assert store.read_now(lambda uow: uow.tasks.recount(task.id)) == task.task.tally


def test_machines_of_a_fleet_are_numbered_in_order(store: Store) -> None:
    """Numbers of machines rise in the order of enrolment (seq of a task relies on nothing else)."""
    owner = account(store)
    assert machine_ids(fleet(store, owner, 3)) == [1, 2, 3]
