"""Settings in, a server out: store, hub, API, agents' side and console, joined into one application."""

from collections.abc import Container, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from hostward import __version__
from hostward.agentlink.endpoints import AgentLink
from hostward.agentlink.hub import Hub
from hostward.agentlink.installs import InstallPages
from hostward.api.context import PUBLIC_HOSTS
from hostward.api.download import Downloads
from hostward.api.exports import Exports
from hostward.api.gateway import Gateway
from hostward.api.keys import KeyRing
from hostward.api.metrics_page import MetricsPage
from hostward.api.new_keys import new_key
from hostward.api.schema.asgi import Schemas
from hostward.api.session_authenticator import SessionAuthenticator
from hostward.api.signatures import signatures
from hostward.console.events import Events
from hostward.console.routes import Console, answers_to
from hostward.runtime.clock import Clock
from hostward.runtime.metrics import Metrics
from hostward.settings import Settings
from hostward.store.open import open_store
from hostward.store.passwords import Passwords
from hostward.store.store import SqlStore
from hostward.usecases.accounts.first_run import Owner, first_run
from hostward.usecases.ports import Store
from hostward.usecases.webhook_ports import Post
from hostward.wiring.application import Application
from hostward.wiring.bill_process import BillReader
from hostward.wiring.control import Control
from hostward.wiring.events import open_events
from hostward.wiring.exports import open_exports, sweep
from hostward.wiring.feed_desk import VERB as FEEDS
from hostward.wiring.feed_updater import FeedUpdater
from hostward.wiring.figures import Figures
from hostward.wiring.ignoring import follow_rules
from hostward.wiring.installs import Installs
from hostward.wiring.local_api import LocalApi, api_settings, caps_of, rules_of
from hostward.wiring.metrics_token import read_token
from hostward.wiring.notifier import Notifier
from hostward.wiring.private import open_private
from hostward.wiring.reaper import reap
from hostward.wiring.retention import Retention
from hostward.wiring.scheduler import Scheduler
from hostward.wiring.shared_rate import rate_of
from hostward.wiring.vanished import forget_vanished
from hostward.wiring.webhook_post import WebhookPost


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
    events: Events


@contextmanager
def open_server(
    settings: Settings, clock: Clock, *, names: Container[str] = (), ca_file: Path | None = None,
    installs: Installs | None = None,
) -> Iterator[Server]:  # fmt: skip
    """Open what is stored, make the first administrator and key if there is none, and join the parts.

    names: hosts that the page answers to beside loopback. ca_file: the own CA that clients must trust, None for none.
    installs: how agents are installed from here, None for a server that nobody installs from.
    Raises DataDirectoryError when the data directory is in use, newer than this program or not writable.
    """
    store = open_store(settings.data_dir, settings.database_url)
    try:
        exports = open_exports(settings.data_dir, clock)
        try:
            with closing(Passwords()) as passwords, closing(WebhookPost(settings.notifications_allow_private)) as post:
                yield _joined(
                    settings, clock, store, names, ca_file, exports=exports, passwords=passwords, post=post,
                    installs=installs,
                )  # fmt: skip
        finally:
            exports.close()
    finally:
        store.close()


def _joined(
    settings: Settings, clock: Clock, store: SqlStore, names: Container[str], ca_file: Path | None, *,
    exports: Exports, passwords: Passwords, post: Post, installs: Installs | None,
) -> Server:  # fmt: skip
    owner = store.write_now(_owner(clock))
    hub, started = Hub(), clock.now()
    console = Console(version=__version__, names=names, ca_file=ca_file)
    agents = AgentLink(
        store=store,
        hub=hub,
        clock=clock,
        started=started,
        hold=timedelta(seconds=settings.agent_poll_hold_seconds),
        heartbeat=timedelta(seconds=settings.agent_heartbeat_seconds),
        caps=caps_of(settings),
        zone=settings.api_time_zone,
    )
    metrics = Metrics()
    updater = FeedUpdater(store=store, clock=clock, settings=settings, changed=store.pulse.beat)
    gateway = _gateway(
        settings, clock, store, hub, metrics, exports=exports, passwords=passwords, post=post, installs=installs,
        feeds=updater,
    )  # fmt: skip
    local = LocalApi(
        store=store, hub=hub, clock=clock, settings=settings, passwords=passwords, post=post, installs=installs,
        feeds=updater,
    )  # fmt: skip
    control = Control(local, settings.data_dir, {FEEDS: updater.asked})
    events = open_events(settings, clock, store, hub, owner.key.user)
    app = Application(
        api=gateway, agents=agents, console=console, downloads=Downloads(exports, clock),
        schemas=Schemas(partial(answers_to, names=names)),
        installs=_install_pages(store, clock, installs, names),
        private=open_private(settings, clock, store, passwords, owner.account, names=names, events=events),
        metrics=_metrics_page(settings, clock, store, hub, metrics, names=names),
        proxies=settings.api_trusted_proxies,
        background=(
            partial(reap, store, hub, clock), _scheduler(settings, clock, store, hub).run, gateway.request_log.keep,
            control.serve, partial(forget_vanished, store, clock, settings.agent_forget_after_days),
            partial(sweep, exports, clock), Notifier(store=store, post=post, clock=clock).run,
            updater.run, partial(follow_rules, store, clock), _retention(settings, clock, store).run,
        ),
    )  # fmt: skip
    return Server(
        settings=settings, clock=clock, store=store, hub=hub, owner=owner, app=app, started=started, metrics=metrics,
        events=events,
    )  # fmt: skip


def _retention(settings: Settings, clock: Clock, store: Store) -> Retention:
    return Retention(store=store, clock=clock, kept=timedelta(days=settings.retention_tasks_days))


def _install_pages(
    store: SqlStore, clock: Clock, installs: Installs | None, names: Container[str]
) -> InstallPages | None:
    if installs is None:
        return None
    return InstallPages(store=store, shelf=installs, clock=clock, knows=partial(answers_to, names=names))


def _metrics_page(
    settings: Settings, clock: Clock, store: SqlStore, hub: Hub, metrics: Metrics, *, names: Container[str]
) -> MetricsPage:
    figures = Figures(
        metrics, store=store, clock=clock, waiting_agents=hub.__len__, waiting_writes=lambda: store.waiting_writes
    )
    return MetricsPage(
        metrics, refresh=figures.refresh, answers_to=partial(answers_to, names=names),
        is_loopback=partial(answers_to, names=()), token=read_token(settings.metrics_token_file),
    )  # fmt: skip


def _scheduler(settings: Settings, clock: Clock, store: Store, hub: Hub) -> Scheduler:
    timeout = timedelta(seconds=settings.scan_default_timeout_seconds)
    return Scheduler(
        store=store, hub=hub, clock=clock, zone=settings.api_time_zone, timeout=timeout, rules=rules_of(settings)
    )


def _gateway(
    settings: Settings, clock: Clock, store: SqlStore, hub: Hub, metrics: Metrics, *, exports: Exports,
    passwords: Passwords, post: Post, installs: Installs | None, feeds: FeedUpdater,
) -> Gateway:  # fmt: skip
    keys = KeyRing(store, clock, changes=store.account_changes)
    signed = signatures(keys, host_aliases=PUBLIC_HOSTS + settings.server_names)
    return Gateway(
        authenticators=(*signed, SessionAuthenticator(store)), store=store, hub=hub, clock=clock,
        settings=api_settings(settings), rate=rate_of(settings, metrics), exports=exports,
        metrics=metrics, passwords=passwords, post=post, installs=installs, feeds=feeds,
        bills=BillReader(),
    )  # fmt: skip


def _owner(clock: Clock) -> partial[Owner]:
    new = new_key()
    return partial(first_run, secret_id=new.secret_id, secret=new.secret, now=clock.now())
