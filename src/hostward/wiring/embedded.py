"""Server and agent in one process: what `hostward up` runs."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import hostward
from hostward.agent.driver import Agent, Setup
from hostward.agent.pace import EMBEDDED
from hostward.agent.status import held
from hostward.domain.errors import HostwardError
from hostward.domain.machine import Machine
from hostward.runtime import ids
from hostward.runtime.clock import Clock, SystemClock
from hostward.runtime.logging import get_logger
from hostward.settings import Address, Settings
from hostward.usecases.accounts.first_run import Owner
from hostward.usecases.accounts.sign_in import first_link, path_of
from hostward.usecases.machines.enrol import allow
from hostward.usecases.ports import Hub, Store
from hostward.wiring.installs import open_installs
from hostward.wiring.server import Server, open_server
from hostward.wiring.serving import Serving, listen
from hostward.wiring.tls import WILDCARDS, HostNames, Tls, Watch, chosen, shown_host

TOKEN_LIFE = timedelta(minutes=5)
"""The enrolment token is handed over in memory; the agent uses it at once or never."""

ENROL_SECONDS = 20.0

OWN_AGENT = Address(host="127.0.0.1", port=0)
"""Where the agent of this process is answered when the certificate in use may be for other names than loopback."""

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """A server that answers and an agent that is enrolled. endpoint: HOST:PORT, as clients are given it.

    tls: None when it speaks plain HTTP, on loopback.
    """

    server: Server
    serving: Serving
    agent: Agent
    machine: Machine
    endpoint: str
    tls: Tls | None = None

    @property
    def url(self) -> str:
        """Where the page and the API are."""
        return f"{'http' if self.tls is None else 'https'}://{self.endpoint}"

    @property
    def ca_file(self) -> Path | None:
        """The own CA that clients must trust; None without TLS, and with a certificate that was given."""
        return None if self.tls is None else self.tls.ca_file

    def login_url(self) -> str:
        """A new link that signs the administrator in once; "" once they have a password.

        Not to be called from the event loop.
        """
        token, now, user = ids.token(), self.clock.now(), self.owner.key.user
        made = self.store.write_now(lambda uow: first_link(uow, user=user, token=token, now=now))
        return f"{self.url}{path_of(token)}" if made else ""

    @property
    def data_dir(self) -> Path:
        """Where everything is kept."""
        return self.server.settings.data_dir

    @property
    def store(self) -> Store:
        """What is stored."""
        return self.server.store

    @property
    def hub(self) -> Hub:
        """Wakes agents."""
        return self.server.hub

    @property
    def clock(self) -> Clock:
        """The time."""
        return self.server.clock

    @property
    def owner(self) -> Owner:
        """The first account and its key."""
        return self.server.owner

    @property
    def default_timeout(self) -> timedelta:
        """Of one machine's scan."""
        return timedelta(seconds=self.server.settings.scan_default_timeout_seconds)

    @property
    def is_alive(self) -> bool:
        """Both still run."""
        return self.serving.is_alive and self.agent.is_alive


@contextmanager
def open_embedded(settings: Settings) -> Iterator[Embedded]:
    """A running server with its agent; leaving stops both, and every child of theirs. Raises HostwardError."""
    clock = SystemClock()
    tls = chosen(settings, clock)
    with ExitStack() as ends:
        listener = ends.enter_context(listen(settings.listen))
        bound, port = listener.getsockname()[:2]
        host = bound if settings.listen.is_loopback or bound in WILDCARDS else settings.listen.host
        own = ends.enter_context(listen(OWN_AGENT)) if tls is not None and tls.ca_file is None else None
        names = HostNames(settings.server_names, tls)
        ca_file = None if tls is None else tls.ca_file
        installs = open_installs(settings, tls, host, port)
        server = ends.enter_context(open_server(settings, clock, names=names, ca_file=ca_file, installs=installs))
        serving = Serving(server.app, listener, tls=tls.live.context if tls else None, own_agent=own)
        serving.start()
        ends.callback(serving.stop)
        ends.callback(server.hub.close)
        ends.callback(server.events.close)
        if tls is not None:
            watch = Watch(tls)
            watch.start()
            ends.callback(watch.stop)
        agent, machine = ends.enter_context(_agent(server, _agent_url(host, port, tls, own), ca_file))
        endpoint = str(Address(host=shown_host(settings, tls, host), port=port))
        yield Embedded(server=server, serving=serving, agent=agent, machine=machine, endpoint=endpoint, tls=tls)


def _agent_url(host: str, port: int, tls: Tls | None, own: socket.socket | None) -> str:
    """Where the agent of this process reaches the server; it checks an own CA, and is spared a given certificate."""
    if own is not None:
        return f"http://{OWN_AGENT.host}:{own.getsockname()[1]}"
    reached = ("::1" if ":" in host else OWN_AGENT.host) if host in WILDCARDS else host
    return f"{'http' if tls is None else 'https'}://{Address(host=reached, port=port)}"


@contextmanager
def _agent(server: Server, url: str, ca_file: Path | None) -> Iterator[tuple[Agent, Machine]]:
    data = server.settings.data_dir
    setup = Setup(
        url=url, data=data / "agent", token=_token(server), pace=EMBEDDED,
        own_paths=(data, Path(hostward.__file__).parent), ca_file=ca_file,
        has_groups=True,
    )  # fmt: skip
    agent = Agent(setup, notice=lambda text: _log.warning("agent says", text=text))
    with held(setup.data):
        agent.start()
        try:
            yield agent, _enrolled(server, agent)
        finally:
            agent.stop()


def _token(server: Server) -> str:
    token, now = ids.token(), server.clock.now()
    account = server.owner.account
    server.store.write_now(lambda uow: allow(uow, token=token, account=account, uses=1, life=TOKEN_LIFE, now=now))
    return token


def _enrolled(server: Server, agent: Agent) -> Machine:
    """This machine as the server knows it, once its agent has opened a session in this run of the server."""
    for _ in range(int(ENROL_SECONDS * 20)):
        known = server.store.read_now(lambda uow: uow.machines.by_uuid(agent.uuid))
        if known is not None and known[0].last_seen is not None and known[0].last_seen >= server.started:
            return known[0]
        if not agent.is_alive:
            break
        time.sleep(0.05)
    raise HostwardError("this machine's agent did not enrol; the log says why")
