"""ports.Store: one unit of work is one transaction."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from hostward.domain.durations import UNKNOWN
from hostward.domain.errors import NotFound
from hostward.domain.ids import AccountId, Seq
from hostward.domain.module import Module
from hostward.usecases.ports import Store, UnitOfWork
from store_samples import NOW, SECOND, account, failed, fleet, judged, leased, scan

PATIENCE = 30
"""Seconds after which a test that waits has hung."""


def learn(owner: AccountId) -> Callable[[UnitOfWork], None]:
    """A small write."""
    return lambda uow: uow.tasks.learn(owner, Module.VUL, SECOND)


def test_what_is_written_can_be_read(store: Store) -> None:
    """A write that has returned is there for all."""
    owner = account(store)
    assert store.read_now(lambda uow: uow.accounts.first()) == owner


def test_a_unit_of_work_reads_what_it_wrote(store: Store) -> None:
    """Before its transaction has ended."""

    def work(uow: UnitOfWork) -> bool:
        return uow.accounts.add_account("a") == uow.accounts.first()

    assert store.write_now(work) is True


def test_an_exception_leaves_no_trace(store: Store) -> None:
    """Rows, counts and ids of a unit of work that raises are gone."""
    task = scan(store)
    before = task.task

    def work(uow: UnitOfWork) -> None:
        unit = uow.tasks.unit(task.id, Seq(0))
        assert unit is not None
        uow.tasks.change(unit, failed()(unit), NOW)
        uow.accounts.add_account("b")
        uow.tasks.get(task.id)
        raise NotFound("on purpose")

    with pytest.raises(NotFound, match="on purpose"):
        store.write_now(work)
    units = store.read_now(lambda uow: list(uow.tasks.units(task.id)))
    assert (task.task, [unit.rev for unit in units]) == (before, [0, 0, 0])


def test_an_exception_of_one_leaves_the_others_alone(store: Store) -> None:
    """Use cases that share a commit succeed and fail each for itself."""
    task = scan(store, 60)

    def step(seq: int) -> Callable[[UnitOfWork], int]:
        def work(uow: UnitOfWork) -> int:
            unit = uow.tasks.unit(task.id, Seq(seq), lock=True)
            assert unit is not None
            uow.tasks.change(unit, failed()(unit), NOW)
            if seq % 3 == 0:
                raise NotFound(str(seq))
            return seq

        return work

    async def all_at_once() -> list[int | BaseException]:
        return await asyncio.gather(*(store.write(step(seq)) for seq in range(60)), return_exceptions=True)

    answers = [str(answer) if isinstance(answer, NotFound) else answer for answer in asyncio.run(all_at_once())]
    assert answers == [str(seq) if seq % 3 == 0 else seq for seq in range(60)]
    assert (task.task.tally.failed, store.read_now(lambda uow: uow.tasks.recount(task.id))) == (40, task.task.tally)


def test_writes_of_many_threads_all_count(store: Store) -> None:
    """Two hundred steps from eight threads: none is lost, and the end is there."""
    task = scan(store, 100)

    def work(seq: int) -> None:
        task.step(seq, leased(seq + 1))
        task.step(seq, judged())

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(100)))
    assert (task.task.tally.ok, task.task.end) == (100, NOW)
    assert store.read_now(lambda uow: uow.tasks.recount(task.id)) == task.task.tally


def test_a_read_sees_one_moment(store: Store) -> None:
    """What is committed while it runs is not seen, even by its later questions."""
    task = scan(store)
    began, written = threading.Event(), threading.Event()

    def work(uow: UnitOfWork) -> list[int]:
        seen = [uow.tasks.recount(task.id).failed]
        began.set()
        assert written.wait(PATIENCE)
        again = uow.tasks.get(task.id)
        assert again is not None
        return [*seen, again.tally.failed, uow.tasks.recount(task.id).failed]

    with ThreadPoolExecutor(1) as thread:
        reading = thread.submit(store.read_now, work)
        assert began.wait(PATIENCE)
        task.step(0, failed())
        written.set()
        assert reading.result(PATIENCE) == [0, 0, 0]
    assert task.task.tally.failed == 1


def test_reading_and_writing_from_an_event_loop(store: Store) -> None:
    """Results and exceptions come back to who awaits."""

    async def work() -> list[object]:
        owner = await store.write(lambda uow: uow.accounts.add_account("a"))
        first = await store.read(lambda uow: uow.accounts.first())
        with pytest.raises(ZeroDivisionError):
            await store.read(lambda uow: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            await store.write(lambda uow: 1 // 0)
        return [owner, first]

    assert asyncio.run(work()) == [1, 1]


def test_a_closed_store_takes_no_more_writes(store: Store) -> None:
    """Nothing is lost in silence; closing twice is no matter."""
    owner = account(store)
    store.close()
    store.close()
    with pytest.raises(RuntimeError):
        store.write_now(learn(owner))


def test_accounts_do_not_see_each_other(store: Store) -> None:
    """Lists and searches that name an account answer of it alone."""
    mine, other = account(store, "mine"), account(store, "other")
    scan(store, 2, owner=other)

    def work(uow: UnitOfWork) -> list[object]:
        return [
            uow.machines.of_account(mine),
            uow.machines.by_quuids(mine, ["quuid-0"]),
            uow.tasks.newest(mine, Module.VUL),
            uow.tasks.list(mine, module=None, states=frozenset(), limit=9, offset=0),
            uow.tasks.history(mine, Module.VUL),
            uow.accounts.keys(mine),
        ]

    assert store.read_now(work) == [[], {}, None, (0, []), UNKNOWN, []]


def test_two_who_number_the_same_vulnerability_agree(store: Store) -> None:
    """Keys that are new to several transactions at once get one number each."""

    def work(_place: int) -> dict[str, int]:
        return dict(store.write_now(lambda uow: uow.advisories.vul_ids([f"CVE-{key}" for key in range(20)])))

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(work, range(12)))
    assert answers == [answers[0]] * 12
    assert len(set(answers[0].values())) == 20


def test_two_who_enrol_the_same_key_get_one_machine(store: Store) -> None:
    """An agent that asks twice at once is one machine."""
    owner = account(store)

    def work(place: int) -> int:
        facts = machine.facts
        enrolled = store.write_now(
            lambda uow: uow.machines.enrol(owner, b"new", facts, quuid=f"q{place}", uuid=f"u{place}")
        )
        return enrolled.id

    machine = fleet(store, owner, 1)[0]
    with ThreadPoolExecutor(6) as threads:
        assert len(set(threads.map(work, range(6)))) == 1
    assert len(store.read_now(lambda uow: uow.machines.of_account(owner))) == 2
