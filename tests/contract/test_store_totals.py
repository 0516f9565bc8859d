"""ports.CountsTotals."""

from hostward.domain.module import Module
from hostward.domain.task import ScanState
from hostward.usecases.ports import Store
from hostward.usecases.total_ports import UNIT_STATES, Totals
from store_samples import NOW, SECOND, Scan, account, enrol, failed, fleet, judged, leased, new_task, running, scan


def totals(store: Store, *, heard_after=NOW - SECOND) -> Totals:
    """What is counted now."""
    return store.read_now(lambda uow: uow.totals.count(heard_after=heard_after))


def kept(found: Totals) -> dict:
    """Units without the states that nobody is in."""
    return {key: count for key, count in found.units.items() if count}


def test_an_empty_store_has_nothing(store: Store) -> None:
    """No machine, no task."""
    found = totals(store)
    assert (found.machines, found.online, dict(found.tasks), kept(found)) == (0, 0, {}, {})


def test_machines_of_all_accounts_are_counted_and_those_heard_of_lately(store: Store) -> None:
    """A machine never heard of is not online, and the moment itself is too long ago."""
    fleet(store, account(store), 2)
    other = account(store, "second")
    store.write_now(lambda uow: enrol(uow, other, 7))
    assert (totals(store).machines, totals(store).online) == (3, 2)
    assert totals(store, heard_after=NOW).online == 0


def test_tasks_are_counted_by_module_and_state(store: Store) -> None:
    """Two that run, one that is done, one whose stop is not confirmed, one that was stopped."""
    scan(store, 1, owner=(owner := account(store)))
    scan(store, 1, module=Module.MALWARE, owner=owner)
    for is_stopped, is_ended in ((False, True), (True, False), (True, True)):
        one = scan(store, 1, owner=owner)
        if is_stopped:
            stopping = one.task.asked_to_stop(NOW, "ann")
            store.write_now(lambda uow, task=stopping: uow.tasks.put(task))
        if is_ended:
            one.step(0, leased(), judged())
    assert dict(totals(store).tasks) == {
        (Module.VUL, ScanState.SCANNING): 1,
        (Module.MALWARE, ScanState.SCANNING): 1,
        (Module.VUL, ScanState.DONE): 1,
        (Module.VUL, ScanState.STOPPING): 1,
        (Module.VUL, ScanState.STOPPED): 1,
    }


def test_units_are_summed_over_the_tasks_of_a_module(store: Store) -> None:
    """Each state by itself, as the tasks' tallies have it."""
    first = scan(store, 4)
    first.step(0, leased(), running())
    first.step(1, leased(), judged())
    first.step(2, leased(), failed())
    other = account(store, "second")
    machines = fleet(store, other, 2, first=10)
    second = store.write_now(lambda uow: new_task(uow, other, machines))
    Scan(store=store, account=other, machines=machines, id=second.id).step(0, leased(), judged())
    assert kept(totals(store)) == {
        (Module.VUL, "pending"): 2,
        (Module.VUL, "running"): 1,
        (Module.VUL, "ok"): 2,
        (Module.VUL, "failed"): 1,
    }
    assert {state for _, state in totals(store).units} == set(UNIT_STATES)
