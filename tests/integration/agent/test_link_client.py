"""The agent's side of the wire against servers that behave in every way."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hostward.agent import wire
from hostward.agent.events import Trouble
from hostward.agent.link import Link, RequestFailed, Speaker
from hostward.agent.wire import Wire, target_of
from hostward.protocol.hello import Facts, mac
from hostward.protocol.job import Poll

FACTS = Facts(host_name="h", agent_version="0.1.0")
SESSION = b'{"session":"s1","secret":"c2VjcmV0","expires_in":3600,"hold":50,"heartbeat":20}'
CHALLENGE = b'{"challenge":"YWJj"}'
Answer = Callable[[BaseHTTPRequestHandler, bytes], None]


class Stub:
    """A server that answers as a test says, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.connections: set[tuple[str, int]] = set()
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.release = threading.Event()
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                stub.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                stub.connections.add(self.client_address)
                status, headers, answer = stub.answers.pop(0)
                if status == 0:
                    stub.release.wait(20)
                    status = 200
                if status == 1:
                    self.wfile.write(answer)
                    self.close_connection = True
                    return
                self.send_response(status)
                for name, value in {"content-length": str(len(answer)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Nothing is logged."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def will(self, body: bytes, status: int = 200, **headers: str) -> None:
        """Answer the next request like this."""
        self.answers.append((status, {name.replace("_", "-"): value for name, value in headers.items()}, body))


@pytest.fixture
def stub() -> Iterator[Stub]:
    """A server of the test's own."""
    made = Stub()
    yield made
    made.release.set()
    made.server.shutdown()
    made.server.server_close()


def open_link(stub: Stub) -> Link:
    """A link with a session."""
    link = Link(stub.url)
    stub.will(CHALLENGE)
    stub.will(SESSION)
    link.open_session(Speaker(uuid="u", key=Ed25519PrivateKey.generate(), boot="b", instance="i"), FACTS)
    return link


def failure(link: Link) -> RequestFailed:
    """How a poll fails."""
    with pytest.raises(RequestFailed) as caught:
        link.poll(Poll())
    return caught.value


def test_a_session_is_opened_in_two_steps(stub: Stub) -> None:
    """A challenge, and the proof that the key is there."""
    key = Ed25519PrivateKey.generate()
    link = Link(stub.url)
    stub.will(CHALLENGE)
    stub.will(SESSION)
    session = link.open_session(Speaker(uuid="u", key=key, boot="b", instance="i"), FACTS)
    assert session.session == "s1"
    assert [path for path, _, _ in stub.asked] == ["/agent/v1/session"] * 2
    assert b"signature" in stub.asked[1][2]


def test_messages_carry_the_session_and_its_code(stub: Stub) -> None:
    """The code fits the message, and no nonce comes twice."""
    link = open_link(stub)
    for _ in range(2):
        stub.will(b'{"generation":3}')
        link.poll(Poll(generation=2))
    nonces = set()
    for path, headers, body in stub.asked[2:]:
        nonces.add(headers["x-hostward-nonce"])
        assert headers["x-hostward-session"] == "s1"
        assert headers["x-hostward-mac"] == mac(
            b"secret", method="POST", path=path, time=headers["x-hostward-time"],
            nonce=headers["x-hostward-nonce"], body=body,
        )  # fmt: skip
    assert len(nonces) == 2


def test_connections_are_kept(stub: Stub) -> None:
    """Four requests of a thread, one connection."""
    link = open_link(stub)
    for _ in range(2):
        stub.will(b'{"generation":3}')
        link.poll(Poll())
    assert len(stub.connections) == 1


def test_a_connection_that_the_server_gave_up_is_replaced(stub: Stub) -> None:
    """Without a failure."""
    link = open_link(stub)
    stub.will(b'{"generation":3}', connection="close")
    link.poll(Poll())
    stub.will(b'{"generation":4}')
    assert link.poll(Poll()).generation == 4


def test_without_a_session_nothing_is_sent() -> None:
    """The loop opens one first."""
    assert failure(Link("http://127.0.0.1:1")).trouble is Trouble.UNAUTHORIZED


def test_a_server_that_is_not_there_is_a_trouble_of_the_network(stub: Stub) -> None:
    """The message names it."""
    link = open_link(stub)
    stub.server.shutdown()
    stub.server.server_close()
    stub.answers.clear()
    unreachable = Link("http://127.0.0.1:9")
    with pytest.raises(RequestFailed, match=r"127\.0\.0\.1:9") as caught:
        unreachable.enroll("t", b"k" * 32, FACTS)
    assert caught.value.trouble is Trouble.NETWORK
    link.close()


@pytest.mark.parametrize(
    ("status", "trouble"),
    [
        (400, Trouble.REFUSED),
        (401, Trouble.UNAUTHORIZED),
        (403, Trouble.FORBIDDEN),
        (409, Trouble.STALE),
        (413, Trouble.REFUSED),
        (426, Trouble.TOO_OLD),
        (503, Trouble.BUSY),
        (500, Trouble.NETWORK),
        (404, Trouble.NETWORK),
        (302, Trouble.NETWORK),
    ],
)
def test_a_status_with_the_servers_own_words_is_believed(stub: Stub, status: int, trouble: Trouble) -> None:
    """Each says how to act."""
    link = open_link(stub)
    stub.will(b'{"message":"why","time":1}', status=status)
    assert failure(link).trouble is trouble


@pytest.mark.parametrize("status", [400, 401, 403, 409, 413, 426])
@pytest.mark.parametrize("body", [b"", b"<html>denied</html>", b'{"error":"denied"}'])
def test_a_proxys_refusal_is_no_word_of_the_servers(stub: Stub, status: int, body: bytes) -> None:
    """A captive portal's 403 must not stop scans."""
    link = open_link(stub)
    stub.will(body, status=status)
    assert failure(link).trouble is Trouble.NETWORK


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("99999999", 3600.0), ("soon", None), ("-1", None)])
def test_retry_after_is_taken_in_seconds(stub: Stub, header: str, seconds: float | None) -> None:
    """An hour at most; anything else is nothing."""
    link = open_link(stub)
    stub.will(b"", status=503, retry_after=header)
    assert failure(link).retry_after == seconds


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"not json", b'{"generation":"x"}', b"\xff"])
def test_an_answer_that_is_none_is_a_trouble_of_the_network(stub: Stub, body: bytes) -> None:
    """Whatever a middlebox makes of it."""
    link = open_link(stub)
    stub.will(body)
    assert failure(link).trouble is Trouble.NETWORK


@pytest.mark.parametrize("answer", [b"", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{"])
def test_what_is_no_http_is_a_trouble_of_the_network(stub: Stub, answer: bytes) -> None:
    """And the next request goes over a new connection."""
    link = open_link(stub)
    stub.will(answer, status=1)
    assert failure(link).trouble is Trouble.NETWORK
    stub.will(b'{"generation":5}')
    assert link.poll(Poll()).generation == 5


def test_an_answer_that_is_too_large_is_not_taken(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not even read whole."""
    monkeypatch.setattr(wire, "MAX_ANSWER", 1000)
    link = open_link(stub)
    stub.will(b'{"generation":3}' + b" " * 2000)
    assert "more than 1000 bytes" in str(failure(link))


def test_the_servers_time_is_taken_from_a_401(stub: Stub) -> None:
    """The next session's messages carry it."""
    link = open_link(stub)
    stub.will(b'{"message":"skew","time":5000000000.0}', status=401)
    failure(link)
    stub.will(CHALLENGE)
    stub.will(SESSION)
    link.open_session(Speaker(uuid="u", key=Ed25519PrivateKey.generate(), boot="b", instance="i"), FACTS)
    stub.will(b'{"generation":3}')
    link.poll(Poll())
    assert abs(float(stub.asked[-1][1]["x-hostward-time"]) - 5000000000.0) < 60


def test_closing_breaks_off_a_request_that_is_held(stub: Stub) -> None:
    """The waiting thread comes back at once, and no request is sent any more."""
    link = open_link(stub)
    stub.will(b'{"generation":3}', status=0)
    failures: list[RequestFailed] = []
    thread = threading.Thread(target=lambda: failures.append(failure(link)))
    thread.start()
    while len(stub.asked) < 3:
        thread.join(0.01)
    link.close()
    thread.join(10)
    assert [one.trouble for one in failures] == [Trouble.NETWORK]
    assert failure(link).trouble is Trouble.NETWORK


def test_threads_have_connections_of_their_own(stub: Stub) -> None:
    """A held poll does not hold up a report."""
    line = Wire(target_of(stub.url, {}))
    stub.will(b"{}")
    stub.will(b"{}")
    line.post("/a", b"{}", {}, seconds=5)
    thread = threading.Thread(target=lambda: line.post("/b", b"{}", {}, seconds=5))
    thread.start()
    thread.join(10)
    assert len(stub.connections) == 2
    line.close()


def test_https_through_a_proxy_asks_it_to_connect(stub: Stub) -> None:
    """The proxy learns the host, and the name and password that it wants."""
    seen: list[str] = []
    handler = stub.server.RequestHandlerClass

    def do_connect(self: BaseHTTPRequestHandler) -> None:
        seen.extend([self.path, self.headers["proxy-authorization"]])
        self.send_response(403)
        self.send_header("content-length", "0")
        self.end_headers()

    handler.do_CONNECT = do_connect  # type: ignore[attr-defined]  # the stub becomes a proxy
    port = stub.server.server_address[1]
    link = Link("https://hostward.example", environ={"HTTPS_PROXY": f"http://me:pw@127.0.0.1:{port}"})
    with pytest.raises(RequestFailed, match="403"):
        link.enroll("t", b"k" * 32, FACTS)
    assert seen == ["hostward.example:443", "Basic bWU6cHc="]
