"""Settings in, a server out: store, hub, API, agents' side and console, joined into one application."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from hostward import __version__
from hostward.agentlink.endpoints import AgentLink
from hostward.agentlink.hub import Hub
from hostward.api.context import PUBLIC_HOSTS, ApiSettings
from hostward.api.gateway import Gateway
from hostward.api.keys import KeyRing
from hostward.api.signature import SignatureV3
from hostward.console.routes import Console
from hostward.runtime import ids
from hostward.runtime.clock import Clock
from hostward.settings import Settings
from hostward.store.open import open_store
from hostward.usecases.accounts.first_run import Owner, first_run
from hostward.usecases.ports import Store
from hostward.wiring.application import Application
from hostward.wiring.reaper import reap

SECRET_ID_LENGTH = 32
SECRET_ID_PREFIX = "AKID"
"""What clients of this API expect a SecretId to look like."""

SECRET_KEY_LENGTH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server that is ready to be served. started: leases given before were given by a process that is no more."""

    settings: Settings
    clock: Clock
    store: Store
    hub: Hub
    owner: Owner
    app: Application
    started: datetime


@contextmanager
def open_server(settings: Settings, clock: Clock) -> Iterator[Server]:
    """Open what is stored, make the first administrator and key if there is none, and join the parts.

    Raises DataDirectoryError when the data directory is in use, newer than this program or not writable.
    """
    store = open_store(settings.data_dir, settings.database_url)
    try:
        yield _joined(settings, clock, store)
    finally:
        store.close()


def _joined(settings: Settings, clock: Clock, store: Store) -> Server:
    owner = store.write_now(_owner(clock))
    hub, started = Hub(), clock.now()
    console = Console(
        store=store, clock=clock, account=owner.account, secret_id=owner.key.secret_id, version=__version__
    )
    agents = AgentLink(
        store=store,
        hub=hub,
        clock=clock,
        started=started,
        hold=timedelta(seconds=settings.agent_poll_hold_seconds),
        heartbeat=timedelta(seconds=settings.agent_heartbeat_seconds),
    )
    app = Application(
        api=_gateway(settings, clock, store, hub), agents=agents, console=console,
        background=(partial(reap, store, hub, clock),),
    )  # fmt: skip
    return Server(settings=settings, clock=clock, store=store, hub=hub, owner=owner, app=app, started=started)


def _gateway(settings: Settings, clock: Clock, store: Store, hub: Hub) -> Gateway:
    api = ApiSettings(
        time_zone=settings.api_time_zone,
        left_time_unit=settings.api_left_time_unit,
        rate=settings.api_rate_per_second,
        default_timeout=timedelta(seconds=settings.scan_default_timeout_seconds),
    )
    signature = SignatureV3(KeyRing(store, clock), host_aliases=PUBLIC_HOSTS)
    return Gateway(authenticators=(signature,), store=store, hub=hub, clock=clock, settings=api)


def _owner(clock: Clock) -> partial[Owner]:
    secret_id = ids.name(SECRET_ID_LENGTH, prefix=SECRET_ID_PREFIX)
    return partial(first_run, secret_id=secret_id, secret=ids.name(SECRET_KEY_LENGTH), now=clock.now())
