"""Several servers on one PostgreSQL: each fire is one task, whoever comes first."""

import asyncio
import threading
from contextlib import ExitStack, closing
from datetime import UTC, date, time, timedelta

import pytest

from hostward.runtime.clock import SystemClock
from hostward.store.open import open_postgresql
from hostward.usecases.schedules.keep import keep
from hostward.wiring.scheduler import Scheduler
from schedule_samples import setting
from store_kinds import KEY
from store_samples import account, fleet

REPLICAS = 4
ACCOUNTS = 12

pytestmark = pytest.mark.needs("postgres")


class NoHub:
    """Nobody waits for work here."""

    def wake(self, machines) -> None:
        """Nothing to do."""


def test_replicas_that_look_at_once_start_one_task_a_fire(postgres_database: str):
    """Four servers and twelve accounts that are due at the same moment."""
    clock = SystemClock()
    with ExitStack() as stack:
        stores = [stack.enter_context(closing(open_postgresql(postgres_database, KEY))) for _ in range(REPLICAS)]
        owners = [account(stores[0], f"a{number}") for number in range(ACCOUNTS)]
        wanted = setting(first=date(2020, 1, 1), at=time(0))
        for number, owner in enumerate(owners):
            fleet(stores[0], owner, 2, first=2 * number)
            due = clock.now() - timedelta(days=1)
            stores[0].write_now(
                lambda uow, owner=owner, due=due: keep(uow, account=owner, setting=wanted, zone=UTC, now=due)
            )
        at_once = threading.Barrier(REPLICAS)
        threads = [threading.Thread(target=_look, args=(store, clock, at_once)) for store in stores]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert [_ran(stores[0], owner) for owner in owners] == [1] * ACCOUNTS


def _look(store, clock: SystemClock, at_once: threading.Barrier) -> None:
    """One server's tick, made late enough for a fire of today to be due within any grace."""
    scheduler = Scheduler(store=store, hub=NoHub(), clock=_Midnight(clock), zone=UTC, timeout=timedelta(minutes=10))
    at_once.wait(20)
    for _ in range(3):
        asyncio.run(scheduler.tick())


class _Midnight:
    """A clock that says the first minute of today."""

    def __init__(self, clock: SystemClock) -> None:
        self._now = clock.now().replace(hour=0, minute=0, second=30, microsecond=0)

    def now(self):
        """The moment."""
        return self._now

    def monotonic(self) -> float:
        """Not asked for here."""
        return 0.0


def _ran(store, owner) -> int:
    """How many tasks the account has; each is the one its schedule knows."""
    total, tasks = store.read_now(
        lambda uow: uow.tasks.list(owner, module=None, states=frozenset(), limit=9, offset=0)
    )  # fmt: skip
    (schedule,) = store.read_now(lambda uow: uow.schedules.of_account(owner))
    assert [(task.id, task.trigger) for task in tasks] == [(schedule.last_task, 1)]
    return total
