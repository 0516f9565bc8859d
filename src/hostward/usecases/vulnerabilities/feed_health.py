"""How well feeds are kept current: the state of each, when it is renewed next, and who is told when that changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from hostward.domain.webhook import Event
from hostward.usecases.notifications.message import time_text
from hostward.usecases.notifications.queue import queue
from hostward.usecases.overview.look import is_stale
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import FeedHealth, FeedStatus

FIRST_RETRY: Final = timedelta(minutes=15)
"""After a failure; doubled with each further one, up to the usual interval."""

_MOST_DOUBLINGS: Final = 16


class FeedState(StrEnum):
    """MISSING: it was never imported. FAILING: its last try failed. STALE: not found current for days."""

    CURRENT = "current"
    STALE = "stale"
    FAILING = "failing"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedView:
    """A feed as it is. status None: nothing of it was ever imported."""

    feed: str
    state: FeedState
    status: FeedStatus | None
    health: FeedHealth


def state_of(status: FeedStatus | None, health: FeedHealth, now: datetime) -> FeedState:
    """The state of a feed."""
    if health.failed is not None:
        return FeedState.FAILING
    if status is None:
        return FeedState.MISSING
    return FeedState.STALE if is_stale(status, now) else FeedState.CURRENT


def due_at(status: FeedStatus | None, health: FeedHealth, every: timedelta) -> datetime | None:
    """When it is to be renewed: after its interval, after a failure sooner; None for at once."""
    if health.failed is not None:
        doublings = min(max(health.failures - 1, 0), _MOST_DOUBLINGS)
        return health.failed + min(every, FIRST_RETRY * (1 << doublings))
    return None if status is None or health.checked is None else health.checked + every


def known(uow: UnitOfWork, now: datetime) -> Mapping[str, FeedView]:
    """Every feed that was imported or tried, by name."""
    status = {one.feed: one for one in uow.advisories.feeds()}
    health = {one.feed: one for one in uow.advisories.health()}
    return {name: _view(name, status.get(name), health.get(name), now) for name in sorted({*status, *health})}


def view_of(name: str, views: Mapping[str, FeedView]) -> FeedView:
    """A feed of these; one of which nothing is known is missing."""
    return views.get(name) or FeedView(
        feed=name, state=FeedState.MISSING, status=None, health=FeedHealth(feed=name)
    )  # fmt: skip


def untold(uow: UnitOfWork, now: datetime) -> Sequence[FeedView]:
    """Feeds whose state is another than the one that was told last."""
    return [view for view in known(uow, now).values() if _told(view.state) != view.health.told]


def tell(uow: UnitOfWork, now: datetime) -> None:
    """Queue a message for whoever listens about each feed that fails, is stale, or is well again, once for each.

    Feeds are the server's, not an account's: the webhooks of all accounts are asked.
    """
    for view in untold(uow, now):
        body = _body(view)
        for account in uow.accounts.all():
            for hook in uow.whole.webhooks.listening(account, Event.FEED_HEALTH):
                queue(uow, hook, Event.FEED_HEALTH, about=f"feed {view.feed} {view.state}", body=body, now=now)
        uow.advisories.put_health(replace(view.health, told=_told(view.state)))


def _view(name: str, status: FeedStatus | None, health: FeedHealth | None, now: datetime) -> FeedView:
    health = health or FeedHealth(feed=name)
    return FeedView(feed=name, state=state_of(status, health, now), status=status, health=health)


def _told(state: FeedState) -> str:
    return state.value if state in (FeedState.FAILING, FeedState.STALE) else ""


def _body(view: FeedView) -> dict[str, object]:
    status, health = view.status, view.health
    return {
        "feed": view.feed,
        "state": view.state.value,
        "fault": health.fault if view.state is FeedState.FAILING else "",
        "problem": health.problem if view.state is FeedState.FAILING else "",
        "failures": health.failures,
        "source": health.source,
        "current_at": time_text(status.imported if status else None),
        "advisories": status.advisories if status else 0,
        "ecosystems": list(status.ecosystems) if status else [],
    }
