"""Remove what is older than it is kept: tasks, and results that nothing shows any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from hostward.domain.ids import LeaseId
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.retention_ports import Weight

AT_ONCE: Final = 20
"""Leases removed in one transaction: each may hold some thousand rows."""

LOOKED_AT: Final = 1000
"""Leases looked at in one read."""

SHOWN_NO_MORE: Final = timedelta(days=1)
"""How long results stay that newer ones replaced: an export that runs may still read them."""

NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one step removed; is_last: there is nothing more to remove."""

    tasks: int = 0
    rows: int = 0
    is_last: bool = False


def weigh(uow: UnitOfWork, *, kept: timedelta, now: datetime) -> Weight:
    """What there is to remove now. kept: zero for ever."""
    return uow.retention.weigh(now - kept if kept else NEVER, now - SHOWN_NO_MORE)


def step(uow: UnitOfWork, *, kept: timedelta, now: datetime) -> Step:
    """One small step: what removed tasks left comes first, then the next task that is old enough."""
    if swept := uow.retention.sweep(AT_ONCE):
        return Step(rows=swept)
    before = now - kept
    old = uow.retention.old_tasks(before, 1) if kept else ()
    removed = sum(uow.retention.remove(task, before) for task in old)
    return Step(tasks=removed, is_last=not removed)


def unshown(uow: UnitOfWork, *, after: LeaseId, now: datetime) -> tuple[LeaseId | None, list[LeaseId]]:
    """Where a look at all leases goes on (None: it is at its end), and those that may be forgotten."""
    last, found = uow.retention.unshown(after, now - SHOWN_NO_MORE, LOOKED_AT)
    return last, list(found)


def forget(uow: UnitOfWork, leases: Sequence[LeaseId]) -> int:
    """Remove those of the leases that nothing shows (still). Returns how many."""
    return uow.retention.forget(leases)
