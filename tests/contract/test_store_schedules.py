"""ports.Schedules: what is kept of scans that start by themselves."""

from dataclasses import replace
from datetime import UTC, time, timedelta

import pytest

from hostward.domain.errors import Conflict, NotFound
from hostward.domain.ids import AccountId, ScheduleId, TaskId
from hostward.domain.module import Module
from hostward.domain.options import BaselineOptions, MalwareOptions, Pattern, VulOptions
from hostward.domain.reason import Reason
from hostward.domain.schedule import Overlap, Policy, Schedule, Skip, Weekly, Window
from hostward.domain.severity import Level
from hostward.usecases.ports import Store
from schedule_samples import schedule
from store_samples import NOW, SECOND, scan

WINDOW = Window(start=time(22), end=time(6, 0, 1))
WHOLE = schedule(
    NOW,
    account=AccountId(3),
    name="policy 2",
    options=MalwareOptions(pattern=Pattern.ONLY_PATHS, engine=2, memory=True, paths=("/srv", "/ä")),
    content=("2",),
    quuids=("q-1", "q-2"),
    days=30,
    at=time(23, 59, 59),
    window=WINDOW,
    words={"StartTime": "22:00", "EndTime": "06:00:01"},
    policy=Policy(overlap=Overlap.QUEUE, grace=timedelta(minutes=5), jitter=timedelta(seconds=90)),
)
SKIP = Skip(at=NOW, reason=Reason.UNKNOWN_MACHINES, values={"names": ("a", "b"), "count": 2, "message": "x"})
KINDS = {
    "whole": WHOLE,
    "ran": replace(WHOLE, last_fire=NOW, last_task=TaskId(7), last_skip=SKIP),
    "weekly": schedule(NOW, cadence=Weekly(weekdays=frozenset({0, 6}))),
    "off": schedule(NOW, enabled=False),
    "baseline": schedule(NOW, options=BaselineOptions(rules=(101,)), content=("Linux system",)),
    "narrow": schedule(NOW, options=VulOptions(levels=frozenset({Level.HIGH}))),
    "midnight": schedule(NOW, at=time(0), window=Window(start=time(0), end=time(23, 59))),
}


def add(store: Store, *schedules: Schedule) -> None:
    """Store them."""
    for each in schedules:
        store.write_now(lambda uow, each=each: uow.schedules.add(each))


def got(store: Store, number: int = 1) -> Schedule | None:
    """A schedule as it is stored."""
    return store.read_now(lambda uow: uow.schedules.get(ScheduleId(number)))


def numbered(number: int, **said) -> Schedule:
    """A schedule with a name of its own."""
    return schedule(said.pop("now", NOW), id=ScheduleId(number), name=f"n{number}", **said)


@pytest.mark.parametrize("kind", KINDS)
def test_a_schedule_comes_back_as_it_was(store: Store, kind: str) -> None:
    """Every field of it, of every module."""
    add(store, KINDS[kind])
    assert got(store) == KINDS[kind]


def test_an_unknown_schedule_is_none(store: Store) -> None:
    """By number and by name."""
    add(store, WHOLE)
    assert got(store, 2) is None
    names = ((AccountId(3), Module.MALWARE, ""), (AccountId(3), Module.VUL, "policy 2"), (AccountId(1), Module.MALWARE,
             "policy 2"))  # fmt: skip
    assert [store.read_now(lambda uow, each=each: uow.schedules.named(*each)) for each in names] == [None] * 3


@pytest.mark.parametrize("lock", [False, True])
def test_a_schedule_is_found_by_account_module_and_name(store: Store, lock: bool) -> None:
    """Locked or not, it is the same."""
    add(store, WHOLE)
    found = store.write_now(lambda uow: uow.schedules.named(AccountId(3), Module.MALWARE, "policy 2", lock=lock))
    by_number = store.write_now(lambda uow: uow.schedules.get(ScheduleId(1), lock=lock))
    assert found == by_number == WHOLE


def test_a_name_is_given_once_in_a_module_of_an_account(store: Store) -> None:
    """The first stays; another module or account may have it too."""
    add(store, WHOLE)
    with pytest.raises(Conflict, match="Malware"):
        add(store, replace(WHOLE, id=ScheduleId(2)))
    add(store, replace(WHOLE, id=ScheduleId(3), account=AccountId(4)))
    add(store, schedule(NOW, id=ScheduleId(4), account=AccountId(3), name="policy 2"))
    assert [got(store, number) is not None for number in (1, 2, 3, 4)] == [True, False, True, True]


def test_put_changes_everything_but_the_name(store: Store) -> None:
    """Setting, policy and how it went."""
    add(store, WHOLE)
    changed = replace(KINDS["off"], policy=WHOLE.policy, last_fire=NOW, last_task=TaskId(2), last_skip=SKIP, zone="X")
    store.write_now(lambda uow: uow.schedules.put(replace(changed, setting=replace(WHOLE.setting, enabled=False))))
    kept = replace(changed, account=AccountId(3), name="policy 2", setting=replace(WHOLE.setting, enabled=False))
    assert got(store) == kept


def test_putting_an_unknown_schedule_is_told(store: Store) -> None:
    """Nothing is made by it."""
    with pytest.raises(NotFound, match="1"):
        store.write_now(lambda uow: uow.schedules.put(WHOLE))
    assert got(store) is None


def test_numbers_rise(store: Store) -> None:
    """From 1, in transactions of their own or in one."""
    first = store.write_now(lambda uow: (uow.schedules.next_id(), uow.schedules.next_id()))
    assert (first, store.write_now(lambda uow: uow.schedules.next_id())) == ((1, 2), 3)


def test_an_accounts_schedules_come_oldest_first(store: Store) -> None:
    """Those of others are not among them."""
    mine, other = [numbered(number) for number in (9, 2, 5)], numbered(3, account=AccountId(8))
    add(store, *mine, other)
    shown = store.read_now(lambda uow: uow.schedules.of_account(AccountId(1)))
    assert [each.id for each in shown] == [2, 5, 9]


def test_upcoming_are_those_that_fire_before_a_time(store: Store) -> None:
    """Of all accounts, the first one first, to the microsecond; switched off ones never."""
    times = {1: 5, 2: 3, 3: 4, 4: 6}
    made = [replace(numbered(n, account=AccountId(n)), next_fire=NOW + SECOND * after) for n, after in times.items()]
    add(store, *made, numbered(5, enabled=False))
    upcoming = store.read_now(lambda uow: uow.schedules.upcoming(NOW + 6 * SECOND))
    assert upcoming == [(2, NOW + 3 * SECOND), (3, NOW + 4 * SECOND), (1, NOW + 5 * SECOND)]
    later = store.read_now(lambda uow: uow.schedules.upcoming(NOW + 6 * SECOND + timedelta(microseconds=1)))
    assert len(later) == 4


def test_two_that_fire_together_come_by_number(store: Store) -> None:
    """So that both databases and memory say the same."""
    add(store, *(replace(numbered(n), next_fire=NOW) for n in (3, 1, 2)))
    assert [which for which, _ in store.read_now(lambda uow: uow.schedules.upcoming(NOW + SECOND))] == [1, 2, 3]


def test_those_reckoned_elsewhere_are_found(store: Store) -> None:
    """Whose zone is another, switched off ones too."""
    add(store, numbered(1, zone=UTC), replace(numbered(2), zone="Asia/Shanghai"), numbered(3, enabled=False))
    assert store.read_now(lambda uow: uow.schedules.elsewhere("UTC")) == [2]
    assert store.read_now(lambda uow: uow.schedules.elsewhere("Europe/Berlin")) == [1, 2, 3]


def test_what_is_undone_leaves_no_schedule(store: Store) -> None:
    """All or nothing."""

    def work(uow) -> None:
        uow.schedules.add(WHOLE)
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        store.write_now(work)
    assert got(store) is None


def test_a_task_remembers_the_end_of_its_window(store: Store) -> None:
    """And none where there was none."""
    task = scan(store)
    assert task.task.not_after is None
    store.write_now(lambda uow: uow.tasks.put(replace(uow.tasks.get(task.id), not_after=NOW + SECOND)))
    assert task.task.not_after == NOW + SECOND
