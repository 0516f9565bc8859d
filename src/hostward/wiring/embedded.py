"""Server and agent in one process: what `hostward up` runs."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import hostward
from hostward.agent.driver import Agent, Setup
from hostward.agent.pace import EMBEDDED
from hostward.domain.errors import HostwardError
from hostward.domain.machine import Machine
from hostward.runtime import ids
from hostward.runtime.clock import Clock, SystemClock
from hostward.runtime.logging import get_logger
from hostward.settings import Settings
from hostward.usecases.accounts.first_run import Owner
from hostward.usecases.machines.enrol import allow
from hostward.usecases.ports import Hub, Store
from hostward.wiring.server import Server, open_server
from hostward.wiring.serving import Serving, listen

TOKEN_LIFE = timedelta(minutes=5)
"""The enrolment token is handed over in memory; the agent uses it at once or never."""

ENROL_SECONDS = 20.0

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """A server that answers and an agent that is enrolled. endpoint: HOST:PORT, as clients are given it."""

    server: Server
    serving: Serving
    agent: Agent
    machine: Machine
    endpoint: str

    @property
    def url(self) -> str:
        """Where the page and the API are."""
        return f"http://{self.endpoint}"

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
    listener = listen(settings.listen)
    host, port = listener.getsockname()[:2]
    endpoint = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        with open_server(settings, SystemClock()) as server:
            serving = Serving(server.app, listener)
            serving.start()
            try:
                with _agent(server, f"http://{endpoint}") as (agent, machine):
                    yield Embedded(server=server, serving=serving, agent=agent, machine=machine, endpoint=endpoint)
            finally:
                server.hub.close()
                serving.stop()
    finally:
        listener.close()


@contextmanager
def _agent(server: Server, url: str) -> Iterator[tuple[Agent, Machine]]:
    data = server.settings.data_dir
    setup = Setup(
        url=url, data=data / "agent", token=_token(server), pace=EMBEDDED,
        own_paths=(data, Path(hostward.__file__).parent),
    )  # fmt: skip
    agent = Agent(setup, notice=lambda text: _log.warning("agent says", text=text))
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
