"""A server in a thread: one socket with TLS, and one without for its own agent."""

import http.client
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from certificates import write_pair
from hostward.domain.errors import HostwardError
from hostward.settings import Address
from hostward.wiring.serving import Serving, listen
from hostward.wiring.tls_files import Pair, load
from tls_client import get

LOOPBACK = Address(host="127.0.0.1", port=0)


async def application(scope, receive, send) -> None:
    """Says how it was reached."""
    if scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": f"{scope['scheme']} {scope['path']}".encode()})


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[int, int, Path]]:
    """Port with TLS, port of the agent, certificate."""
    cert, key = write_pair(tmp_path, "127.0.0.1")
    listener, own = listen(LOOPBACK), listen(LOOPBACK)
    ports = listener.getsockname()[1], own.getsockname()[1]
    serving = Serving(application, listener, tls=load(Pair(cert=cert, key=key)).context, own_agent=own)
    serving.start()
    yield *ports, cert
    serving.stop()
    own.close()
    assert not serving.is_alive


def plain(port: int, path: str) -> tuple[int, str]:
    """Status and body without TLS."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", path, body=b"{}")
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_the_listener_speaks_tls(served) -> None:
    """For everything."""
    assert get(served[0], served[2], "/any") == (200, "https /any")
    assert get(served[0], served[2], "/agent/1/poll") == (200, "https /agent/1/poll")


@pytest.mark.parametrize("path", ["/", "/healthz", "/agent", "/agents/1", "/x/agent/"])
def test_without_tls_nobody_but_the_agent_is_answered(served, path: str) -> None:
    """The API and the page are not there."""
    assert plain(served[1], path) == (404, "This port is for the agent of this server.\n")


def test_without_tls_the_agent_is_answered(served) -> None:
    """Its messages go on as they came."""
    assert plain(served[1], "/agent/1/poll") == (200, "http /agent/1/poll")


def test_the_agents_port_speaks_no_tls(served) -> None:
    """It is another socket."""
    with pytest.raises((ssl.SSLError, OSError)):
        get(served[1], served[2])


def test_without_tls_everything_is_plain(tmp_path: Path) -> None:
    """As before."""
    listener = listen(LOOPBACK)
    serving = Serving(application, listener)
    serving.start()
    assert plain(listener.getsockname()[1], "/x") == (200, "http /x")
    serving.stop()


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.7", "a" * 64 + ".example"])
def test_an_address_that_is_not_this_machines_is_told_in_words(host: str) -> None:
    """Not as a traceback."""
    with pytest.raises(HostwardError, match="can't listen on"):
        listen(Address(host=host, port=0))
