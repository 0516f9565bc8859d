"""The machines of a task, all that meet the conditions, without ever holding more than a page of them."""

from collections.abc import Callable, Iterator
from functools import partial

from hostward.domain.ids import Seq, TaskId
from hostward.domain.machine_filter import Conditions
from hostward.usecases.ports import Store, UnitOfWork
from hostward.usecases.records import MachineRow

PAGE = 1_000
"""Rows read in one transaction: a few milliseconds, so that neither writers nor other readers wait."""

FIRST = Seq(0)


def rows(store: Store, task: TaskId, conditions: Conditions, *, goes_on: Callable[[], bool]) -> Iterator[MachineRow]:
    """The rows in the task's own order. goes_on: asked before each page; False ends them early, by Interrupted.

    Each machine comes once, as it was when its page was read: the order never changes while a task runs. Whoever
    calls has made sure that the task is the caller's.
    """
    first = FIRST
    while True:
        if not goes_on():
            raise Interrupted
        page = store.read_now(partial(_page, task=task, conditions=conditions, first=first))
        yield from page
        if len(page) < PAGE:
            return
        first = Seq(page[-1].seq + 1)


class Interrupted(Exception):
    """Nobody waits for the rows any more."""


def _page(uow: UnitOfWork, *, task: TaskId, conditions: Conditions, first: Seq) -> list[MachineRow]:
    return list(uow.tasks.rows_from(task, conditions, first=first, limit=PAGE))
