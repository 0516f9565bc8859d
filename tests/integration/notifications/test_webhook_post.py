"""wiring.webhook_post over real sockets: one request, to the address that was checked, for no longer than allowed."""

import asyncio
import socket
import ssl
import time
from contextlib import closing
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from certificates import trusting, write_pair
from hostward.domain.webhook import Outcome
from hostward.wiring.webhook_post import KEPT_CHARS, MAX_ANSWER, WebhookPost
from receivers import OK, receiver

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


def sent(url: str, *, body: bytes = b"{}", allowed=LOOPBACK, **post) -> Outcome:
    """What one try gives."""
    with closing(WebhookPost(allowed, **post)) as made:
        return asyncio.run(made.send(url, {"X-Hostward-Event": "test"}, body))


def test_a_message_arrives_as_one_plain_request() -> None:
    """POST with its headers, its length and the host's name; the answer is told with its time."""
    with receiver(b"HTTP/1.1 202 Accepted\r\nContent-Length: 5\r\n\r\nth\xc3\xa4x"[:-1] + b"x") as there:
        outcome = sent(there.url("/a?b=c"), body=b'{"n":1}')
    head, _, body = there.got[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert (lines[0], body) == ("POST /a?b=c HTTP/1.1", b'{"n":1}')
    assert set(lines[1:]) == {
        f"Host: 127.0.0.1:{there.port}", "Content-Length: 7", "Connection: close", "X-Hostward-Event: test"
    }  # fmt: skip
    assert (outcome.status, outcome.body, outcome.is_success) == (202, "thäx", True)
    assert timedelta() < outcome.took < timedelta(seconds=10)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 410, 500])
def test_redirects_and_refusals_are_no_success(status: int) -> None:
    """A redirect is not followed: the place it names gets nothing."""
    with receiver() as elsewhere:
        reply = f"HTTP/1.1 {status} X\r\nLocation: {elsewhere.url()}\r\nContent-Length: 0\r\n\r\n".encode()
        with receiver(reply) as there:
            outcome = sent(there.url())
    assert (outcome.status, outcome.words, elsewhere.got) == (status, f"the receiver answered HTTP {status}", [])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433", "[::ffff:127.0.0.1]"])
def test_this_machine_is_not_called_unless_allowed(host: str) -> None:
    """However it is written: nothing is even connected to."""
    with receiver() as there:
        outcome = sent(there.url(host=host), allowed=())
    assert there.got == []
    assert "notifications.allow_private" in outcome.error


def test_a_name_is_looked_up_once_and_that_very_address_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that answers otherwise the second time (DNS rebinding) is not asked a second time."""
    asked = []

    def answer(host, port, *_args, **_named):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1" if len(asked) == 1 else "10.0.0.1", port))]

    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *a, **n: answer(host, *a, **n) if host == "hook.test" else real(host, *a, **n),
    )
    with receiver() as there:
        assert sent(there.url(host="hook.test")).is_success
        assert f"Host: hook.test:{there.port}".encode() in there.got[0]
    assert asked == ["hook.test"]


def test_a_name_with_one_forbidden_address_is_not_called_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """All or none: a name that mixes is nobody's honest receiver."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ("127.0.0.1", "169.254.169.254")]
    with receiver() as there:
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        outcome = sent(there.url(host="hook.test"))
    assert (there.got, "169.254.169.254" in outcome.error) == ([], True)


def test_the_next_address_is_tried_when_one_takes_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """As names often have an IPv6 address that leads nowhere."""
    with receiver() as there:
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, there.port)) for ip in ("::1", "127.0.0.1")]
        real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", lambda h, *a, **n: found if h == "hook.test" else real(h, *a, **n))
        assert sent(there.url(host="hook.test")).is_success


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """They would be called instead of the address that was checked."""
    with receiver() as proxy, receiver() as there:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy"):
            monkeypatch.setenv(name, proxy.url("/"))
        assert sent(there.url()).is_success
    assert (len(there.got), proxy.got) == (1, [])


def test_only_so_much_of_an_answer_is_read() -> None:
    """One that never ends is cut; its status counts, and its first characters are kept."""
    stopped = []

    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        total = 0
        try:
            while total < 10_000 * MAX_ANSWER:
                total += connection.send(b"x" * 65_536)
        except OSError:
            stopped.append(total)

    with receiver(endless) as there:
        outcome = sent(there.url())
        for _ in range(200):
            if stopped:
                break
            time.sleep(0.01)
    assert (outcome.status, outcome.body) == (200, "x" * KEPT_CHARS)
    assert stopped


@pytest.mark.parametrize("reply", [
    b"SSH-2.0-OpenSSH_9.2\r\n", b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", b"HTTP/1.1 9999 X\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 70_000, b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
])  # fmt: skip
def test_what_is_no_whole_http_answer_is_no_success(reply: bytes) -> None:
    """And is said in words."""
    with receiver(reply) as there:
        outcome = sent(there.url())
    assert (outcome.is_success, outcome.status) == (False, 0)
    assert "no HTTP" in outcome.words


def test_an_interim_answer_is_waited_past() -> None:
    """100 Continue is not the answer."""
    with receiver(b"HTTP/1.1 100 Continue\r\n\r\n" + OK) as there:
        assert sent(there.url()).status == 200


def test_a_receiver_that_drips_is_cut_off() -> None:
    """The limit is for the whole, however busy the line is."""

    def drip(connection: socket.socket) -> None:
        for _ in range(500):
            connection.sendall(b"H")
            time.sleep(0.02)

    with receiver(drip) as there:
        outcome = sent(there.url(), seconds=0.3)
    assert (outcome.status, "no whole answer" in outcome.words) == (0, True)


def test_nobody_there_is_said() -> None:
    """A port where nothing listens, and a name that does not exist."""
    with receiver() as there:
        pass
    assert "no connection" in sent(there.url()).words
    assert "no-such-name.invalid was not found" in sent("http://no-such-name.invalid/").words


@pytest.fixture
def certified(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's side for the name localhost, and a client's that trusts it."""
    cert, key = write_pair(tmp_path, "localhost")
    side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    side.load_cert_chain(cert, key)
    return side, trusting(cert)


def test_https_receivers_are_known_by_their_name(certified) -> None:
    """The certificate is checked for the name of the URL, though the address is what was connected to."""
    side, trust = certified
    with receiver(tls=side) as there:
        assert sent(there.url(host="localhost", scheme="https"), trust=trust).is_success
        assert "not trusted" in sent(there.url(scheme="https"), trust=trust).words
        assert "not trusted" in sent(there.url(host="localhost", scheme="https")).words
    assert len(there.got) == 1
