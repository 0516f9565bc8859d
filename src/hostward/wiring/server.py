"""Settings in, a server out: store, hub, API, agents' side and console, joined into one application."""

from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from hostward import __version__
from hostward.agentlink.endpoints import AgentLink
from hostward.agentlink.hub import Hub
from hostward.api.context import PUBLIC_HOSTS
from hostward.api.download import Downloads
from hostward.api.exports import Exports
from hostward.api.gateway import Gateway
from hostward.api.keys import KeyRing
from hostward.api.new_keys import new_key
from hostward.api.schema.asgi import Schemas
from hostward.api.signatures import signatures
from hostward.console.routes import Console, answers_to
from hostward.runtime.clock import Clock
from hostward.runtime.metrics import Metrics
from hostward.settings import Settings
from hostward.store.open import open_store
from hostward.usecases.accounts.first_run import Owner, first_run
from hostward.usecases.ports import Store
from hostward.wiring.application import Application
from hostward.wiring.control import Control
from hostward.wiring.exports import open_exports, sweep
from hostward.wiring.local_api import LocalApi, api_settings
from hostward.wiring.reaper import reap
from hostward.wiring.scheduler import Scheduler
from hostward.wiring.shared_rate import rate_of


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
    metrics: Metrics


@contextmanager
def open_server(
    settings: Settings, clock: Clock, *, names: Container[str] = (), ca_file: Path | None = None
) -> Iterator[Server]:
    """Open what is stored, make the first administrator and key if there is none, and join the parts.

    names: hosts that the page answers to beside loopback. ca_file: the own CA that clients must trust, None for none.
    Raises DataDirectoryError when the data directory is in use, newer than this program or not writable.
    """
    store = open_store(settings.data_dir, settings.database_url)
    try:
        exports = open_exports(settings.data_dir, clock)
        try:
            yield _joined(settings, clock, store, names, ca_file, exports=exports)
        finally:
            exports.close()
    finally:
        store.close()


def _joined(
    settings: Settings, clock: Clock, store: Store, names: Container[str], ca_file: Path | None, *, exports: Exports
) -> Server:
    owner = store.write_now(_owner(clock))
    hub, started = Hub(), clock.now()
    console = Console(
        store=store, clock=clock, account=owner.account, secret_id=owner.key.secret_id, version=__version__,
        names=names, ca_file=ca_file,
    )  # fmt: skip
    agents = AgentLink(
        store=store,
        hub=hub,
        clock=clock,
        started=started,
        hold=timedelta(seconds=settings.agent_poll_hold_seconds),
        heartbeat=timedelta(seconds=settings.agent_heartbeat_seconds),
    )
    metrics = Metrics()
    gateway = _gateway(settings, clock, store, hub, metrics, exports=exports)
    control = Control(LocalApi(store=store, hub=hub, clock=clock, settings=settings), settings.data_dir)
    app = Application(
        api=gateway, agents=agents, console=console, downloads=Downloads(exports, clock),
        schemas=Schemas(partial(answers_to, names=names)),
        background=(
            partial(reap, store, hub, clock), _scheduler(settings, clock, store, hub).run, gateway.request_log.keep,
            control.serve, partial(sweep, exports, clock),
        ),
    )  # fmt: skip
    return Server(
        settings=settings, clock=clock, store=store, hub=hub, owner=owner, app=app, started=started, metrics=metrics
    )


def _scheduler(settings: Settings, clock: Clock, store: Store, hub: Hub) -> Scheduler:
    timeout = timedelta(seconds=settings.scan_default_timeout_seconds)
    return Scheduler(store=store, hub=hub, clock=clock, zone=settings.api_time_zone, timeout=timeout)


def _gateway(
    settings: Settings, clock: Clock, store: Store, hub: Hub, metrics: Metrics, *, exports: Exports
) -> Gateway:
    authenticators = signatures(KeyRing(store, clock), host_aliases=PUBLIC_HOSTS + settings.server_names)
    return Gateway(
        authenticators=authenticators, store=store, hub=hub, clock=clock, settings=api_settings(settings),
        rate=rate_of(settings, metrics), exports=exports,
    )  # fmt: skip


def _owner(clock: Clock) -> partial[Owner]:
    new = new_key()
    return partial(first_run, secret_id=new.secret_id, secret=new.secret, now=clock.now())
