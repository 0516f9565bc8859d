"""The agent as a program of its own: enrol, and run until it is told to stop."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from enum import Enum, auto
from pathlib import Path

import hostward
from hostward import __version__
from hostward.agent import identity as identities
from hostward.agent.config import FOLDER as CONFIG_FOLDER
from hostward.agent.config import Config, read
from hostward.agent.driver import Agent, Setup
from hostward.agent.events import Trouble
from hostward.agent.facts import boot_id, read_facts
from hostward.agent.link import Link, RequestFailed, Speaker
from hostward.agent.status import STATUS_FILE, Reporter, Status, held, is_running
from hostward.domain.errors import HostwardError
from hostward.runtime.clock import SystemClock
from hostward.runtime.memory import give_back

LOOK_SECONDS = 1.0
"""Between two looks whether the agent's own thread still lives."""

SETTLED_LOOKS = 2
"""After so many looks an agent has started: what that took in memory is given back."""

TIDY_LOOKS = 3600
"""From then on memory is given back after so many looks."""

Notice = Callable[[str], None]


class Outcome(Enum):
    """What an enrolment came to."""

    ENROLLED = auto()
    KNOWN = auto()
    """The server knew this agent already."""
    WAITS = auto()
    """Somebody must let the machine in; the agent asks again by itself."""


def enrol(config: Config, token: str) -> tuple[Outcome, str]:
    """Make this machine known to the server: what came of it, and the machine's quuid or what it waits for.

    An agent that runs is left alone: it asks by itself. Raises HostwardError for a refusal or a server that can't be
    reached, OSError.
    """
    if is_running(config.data):
        return Outcome.KNOWN, "an agent runs here, and enrols by itself"
    identity = identities.load(config.data, read_facts().machine_id)
    link = Link(config.server, ca_file=config.ca_file, environ=config.environ(dict(os.environ)))
    try:
        if identity.names is not None and _is_known(link, identity):
            identities.drop_token(config.data)
            return Outcome.KNOWN, identity.names.quuid
        if not token:
            raise HostwardError("there is no token to enrol with: make one on the server (hostward machine enroll)")
        names = link.enroll(token, identity.public_key, read_facts())
    except RequestFailed as failure:
        if failure.trouble is Trouble.BUSY and token:
            return Outcome.WAITS, str(failure)
        raise HostwardError(str(failure)) from failure
    finally:
        link.close()
    identity.enrolled(names)
    if not names.keep_token:
        identities.drop_token(config.data)
    return Outcome.ENROLLED, names.quuid


def run(config: Config, notice: Notice) -> None:
    """Be the agent until SIGTERM or SIGINT: then workers are ended, and what is spooled waits for the next start.

    Raises HostwardError when another agent runs already or this one failed, OSError.
    """
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    with held(config.data):
        clock = SystemClock()
        status = Status(pid=os.getpid(), version=__version__, server=config.server, started=clock.now().timestamp())
        reporter = Reporter(config.data / STATUS_FILE, status, clock)
        agent = Agent(_setup(config), notice=notice, watch=reporter.take)
        agent.start()
        notice(f"agent {__version__} runs for {config.server}")
        try:
            looks = 0
            while not over.wait(LOOK_SECONDS) and agent.is_alive:
                looks += 1
                if looks % TIDY_LOOKS == SETTLED_LOOKS:
                    give_back()
        finally:
            agent.stop()
        if not over.is_set():
            raise HostwardError("the agent failed: what it said before tells why")
        notice("agent stopped; results that the server does not have yet are kept")


def main(folder: str = "") -> int:
    """`hostward agent run`: the exit status. folder: of the configuration, "" for the usual one."""
    try:
        run(read(Path(folder) if folder else CONFIG_FOLDER), say)
    except (HostwardError, OSError) as error:
        say(f"error: {error}")
        return 1
    return 0


def say(text: str) -> None:
    """A line for the log of the service."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _setup(config: Config) -> Setup:
    return Setup(
        url=config.server,
        data=config.data,
        token=identities.read_token(config.data),
        own_paths=(config.data, Path(hostward.__file__).parent),
        ca_file=config.ca_file,
        has_groups=True,
        environ=config.environ(dict(os.environ)),
    )


def _is_known(link: Link, identity: identities.Identity) -> bool:
    """Whether the server still knows this agent. Its processes are told apart by what they are: this one is brief."""
    assert identity.names is not None
    speaker = Speaker(uuid=identity.names.uuid, key=identity.key, boot=boot_id(), instance=os.urandom(16).hex())
    try:
        link.open_session(speaker, read_facts())
    except RequestFailed as failure:
        if failure.trouble is Trouble.UNAUTHORIZED:
            return False
        raise
    return True
