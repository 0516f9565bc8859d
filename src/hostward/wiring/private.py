"""What stands under /console/, joined: signing in, and the stream of events beside it."""

from collections.abc import Container
from functools import partial

from hostward import __version__
from hostward.console.doors import Doors
from hostward.console.private import App, Private
from hostward.console.routes import answers_to
from hostward.console.session import SessionApp
from hostward.domain.ids import AccountId
from hostward.runtime.clock import Clock
from hostward.settings import Settings
from hostward.usecases.ports import Store
from hostward.usecases.session_ports import Passwords


def open_private(
    settings: Settings,
    clock: Clock,
    store: Store,
    passwords: Passwords,
    account: AccountId,
    *,
    names: Container[str],
    events: App | None = None,
) -> Private:
    """The application of /console/. account: whose users sign in. names: hosts it answers to beside loopback."""
    doors = Doors(
        store=store,
        clock=clock,
        passwords=passwords,
        account=account,
        version=__version__,
        time_zone=str(settings.api_time_zone),
        rate=settings.api_rate_per_second,
    )
    return Private(answers=partial(answers_to, names=names), session=SessionApp(doors), events=events)
