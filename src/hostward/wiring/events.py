"""The stream of events, joined: sessions, what can be followed, and who tells that something was committed."""

from datetime import timedelta
from typing import Final

from hostward.api.context import Context
from hostward.api.texts import DEFAULT_LANGUAGE
from hostward.api.topics import LiveTopics
from hostward.api.vul_info import VulInfo
from hostward.console.events import Events
from hostward.console.feeds import IDLE_TICK, Feeds
from hostward.domain.account import User
from hostward.runtime.clock import Clock
from hostward.settings import Settings
from hostward.store.store import SqlStore
from hostward.usecases.accounts.console_sessions import current
from hostward.usecases.ports import Hub, Store
from hostward.wiring.local_api import api_settings

REPLICAS_TICK: Final = timedelta(milliseconds=250)
"""Between looks at what is worked on, where other processes write too: of their commits no hint comes."""


def open_events(settings: Settings, clock: Clock, store: SqlStore, hub: Hub, owner: User) -> Events:
    """The application of /console/events. owner: stands in for a user until each stream names its own."""
    context = Context(
        account=owner.account,
        user=owner,
        language=DEFAULT_LANGUAGE,
        now=clock.now(),
        request_id="",
        store=store,
        hub=hub,
        settings=api_settings(settings),
        clock=clock,
        vul_info=VulInfo(),
    )
    tick = REPLICAS_TICK if settings.database_url else IDLE_TICK
    feeds = Feeds(store=store, clock=clock, pulse=store.pulse, busy_tick=tick)
    return Events(session_of=Sessions(store, clock).user, topics=LiveTopics(context), feeds=feeds)


class Sessions:
    """Whom cookies stand for."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def user(self, token: str) -> User | None:
        """The user whose browser has this cookie, as they are now.

        None when its session is over, never was, or is of somebody who must set a password first.
        """
        session = await self._store.read(lambda uow: current(uow, token=token, now=self._clock.now()))
        return None if session is None or session.must_set_password else session.user
