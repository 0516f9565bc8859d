"""The four requests over a real uvicorn, from clients that keep to the rules and from those that don't."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hostward.agentlink import endpoints
from hostward.domain.caps import Caps
from hostward.domain.errors import AgentQuarantined, AgentTooOld, Conflict
from hostward.domain.host_scan import UnitState
from hostward.protocol import hello
from hostward.protocol.hello import Enroll, Facts, SessionProof, mac, proof_bytes
from hostward.protocol.job import Poll, Work
from hostward.protocol.report import Answer, Batch, End, MalwareRow, NotScannedRow, Report
from link_lab import Lab, open_lab, until

FACTS = Facts(host_name="client", addresses=["10.0.0.9"], os_name="Debian", agent_version="0.1.0")


@dataclass
class Client:
    """An agent's side of the wire, in a test's own hands."""

    lab: Lab
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    uuid: str = ""
    session: str = ""
    secret: bytes = b""
    nonces: int = 0

    def post(self, path: str, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, dict, dict[str, str]]:
        """One request: status, answer and headers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.lab.server.port, timeout=60)
        connection.request("POST", path, body=body, headers=headers or {})
        response = connection.getresponse()
        data = response.read()
        connection.close()
        return response.status, json.loads(data), {k.lower(): v for k, v in response.getheaders()}

    def enrol(self) -> "Client":
        """Become known."""
        ask = Enroll(token=self.lab.token(), public_key=self.key.public_key().public_bytes_raw(), facts=FACTS)
        status, answer, _ = self.post(hello.ENROLL, msgspec.json.encode(ask))
        assert status == 200
        self.uuid = answer["uuid"]
        return self

    def challenge(self) -> bytes:
        """Ask for a challenge."""
        status, answer, _ = self.post(hello.SESSION, json.dumps({"uuid": self.uuid}).encode())
        assert status == 200
        return msgspec.convert(answer["challenge"], bytes)

    def proof(self, challenge: bytes, **changes: object) -> bytes:
        """The proof for a challenge."""
        values = {
            "uuid": self.uuid, "challenge": challenge, "signature": self.key.sign(proof_bytes(self.uuid, challenge)),
            "protocol": 1, "boot": "b", "instance": "i", "facts": FACTS,
        }  # fmt: skip
        return msgspec.json.encode(SessionProof(**{**values, **changes}))  # type: ignore[arg-type]  # a test's own values

    def open(self, **changes: object) -> "Client":
        """Open a session."""
        status, answer, _ = self.post(hello.SESSION, self.proof(self.challenge(), **changes))
        assert status == 200, answer
        self.session, self.secret = answer["session"], msgspec.convert(answer["secret"], bytes)
        return self

    def headers(self, path: str, body: bytes, *, off: float = 0.0, nonce: str = "") -> dict[str, str]:
        """The headers of an authentic message."""
        self.nonces += 1
        now, nonce = f"{time.time() + off:.3f}", nonce or f"n{self.nonces}"
        return {
            hello.SESSION_HEADER: self.session, hello.TIME_HEADER: now, hello.NONCE_HEADER: nonce,
            hello.MAC_HEADER: mac(self.secret, method="POST", path=path, time=now, nonce=nonce, body=body),
        }  # fmt: skip

    def signed(self, path: str, message: object) -> tuple[int, dict, dict[str, str]]:
        """An authentic message."""
        body = message if isinstance(message, bytes) else msgspec.json.encode(message)
        return self.post(path, body, self.headers(path, body))

    def poll(self, **poll: object) -> Work:
        """Ask for work."""
        poll = {"modules": ["Malware", "Vul", "Baseline"], **poll}
        status, answer, _ = self.signed(hello.POLL, Poll(**poll))  # type: ignore[arg-type]  # a test's own values
        assert status == 200, answer
        return msgspec.convert(answer, Work)

    def report(self, **report: object) -> tuple[int, dict]:
        """Report on a lease."""
        status, answer, _ = self.signed(hello.REPORT, Report(**report))  # type: ignore[arg-type]  # a test's own values
        return status, answer


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A server's agent plane."""
    with open_lab() as opened:
        yield opened


@pytest.fixture
def client(lab: Lab) -> Client:
    """An enrolled agent with a session."""
    return Client(lab).enrol().open()


def batch(seq: int, *numbers: int) -> Batch:
    """A batch of findings."""
    rows = [
        MalwareRow(path=str(n).encode(), rule="r", title="t", engine="e", level=3, size=n, sha256="") for n in numbers
    ]
    return Batch(seq=seq, rows=list(rows))


def test_a_session_tells_the_pace(lab: Lab) -> None:
    """How long polls are held, how often to speak, how long it lives."""
    client = Client(lab).enrol()
    _, answer, _ = client.post(hello.SESSION, client.proof(client.challenge()))
    assert (answer["hold"], answer["heartbeat"], answer["expires_in"]) == (50.0, 20.0, 3600.0)


def test_the_operators_cap_comes_with_every_job() -> None:
    """To whatever machine; one whose first message was lost is told it again."""
    with open_lab(caps=Caps(cpu_percent=25, memory_mib=256, io_mib=5)) as capped:
        client = Client(capped).enrol().open()
        capped.scan("/p")
        jobs = [job for _ in range(2) for job in client.poll().jobs]
        assert [(job.cpu_percent, job.memory_mib, job.io_mib) for job in jobs] == [(25, 256, 5), (25, 256, 5)]


def test_an_agent_works_through_a_whole_lease(lab: Lab, client: Client) -> None:
    """Poll, report, end."""
    task = lab.scan("/p")
    (job,) = client.poll().jobs
    assert client.report(lease=job.lease, batches=[batch(0, 1, 2)]) == (
        200,
        {"acked": 1, "ended": False, "stop": False},
    )
    assert client.report(lease=job.lease, batches=[batch(1, 3)], end=End(outcome="ok", batches=2))[1]["ended"] is True
    assert lab.fleet.unit(task).state is UnitState.OK
    assert lab.found(task) == [b"1", b"2", b"3"]


def test_a_report_that_comes_again_gets_the_same_answer_and_counts_once(lab: Lab, client: Client) -> None:
    """Under a new nonce: the answer had been lost."""
    task = lab.scan("/p")
    (job,) = client.poll().jobs
    answers = [client.report(lease=job.lease, batches=[batch(0, 1)]) for _ in range(3)]
    assert answers == [(200, {"acked": 1, "ended": False, "stop": False})] * 3
    assert lab.found(task) == [b"1"]


def test_a_held_poll_is_answered_when_there_is_work(lab: Lab, client: Client) -> None:
    """At once, not at the end of the hold."""
    works: list[Work] = []
    thread = threading.Thread(target=lambda: works.append(client.poll(wait=50.0)))
    thread.start()
    until(lambda: len(lab.hub) == 1)
    lab.scan("/p")
    thread.join(20)
    assert [len(work.jobs) for work in works] == [1]


def test_a_held_poll_ends_empty_when_its_time_is_over(lab: Lab, client: Client) -> None:
    """The agent's wish or the server's hold, whichever is shorter."""
    work = client.poll(wait=0.1)
    assert (work.jobs, work.stop, work.lost) == ([], [], [])


def test_the_servers_hold_bounds_the_agents_wish() -> None:
    """A client can't occupy a connection for a day."""
    with open_lab(hold=0.1) as lab:
        assert Client(lab).enrol().open().poll(wait=86400.0).jobs == []


def test_the_generation_rises_with_every_wake_up(lab: Lab, client: Client) -> None:
    """So that agents know that something changed."""
    first = client.poll().generation
    lab.hub.wake([lab.machine().id])
    assert client.poll().generation == first + 1


def test_a_second_poll_of_a_machine_ends_the_first(lab: Lab, client: Client) -> None:
    """One is held, however many connections are lost."""
    works: list[Work] = []
    thread = threading.Thread(target=lambda: works.append(client.poll(wait=50.0)))
    thread.start()
    until(lambda: len(lab.hub) == 1)
    client.poll(wait=0.05)
    thread.join(10)
    assert [work.jobs for work in works] == [[]]


def test_an_overtaken_poll_changes_nothing(lab: Lab, client: Client) -> None:
    """An old message that was long under way would take a lease away that is worked on."""
    task = lab.scan("/p")
    (job,) = client.poll().jobs
    client.report(lease=job.lease, progress=0.5, doing="x")
    body = msgspec.json.encode(Poll(modules=["Malware"]))
    status, answer, _ = client.post(hello.POLL, body, client.headers(hello.POLL, body, off=-20.0))
    assert (status, answer["jobs"]) == (200, [])
    assert lab.fleet.unit(task).state is UnitState.RUNNING


def test_the_end_of_a_lease_wakes_a_held_poll(lab: Lab, client: Client) -> None:
    """Its module is free: the poll said otherwise."""
    lab.scan("/p")
    (job,) = client.poll().jobs
    works: list[Work] = []
    thread = threading.Thread(target=lambda: works.append(client.poll(holding=[job.lease], modules=[], wait=50.0)))
    thread.start()
    until(lambda: len(lab.hub) == 1)
    client.report(lease=job.lease, end=End(outcome="ok", batches=0))
    thread.join(20)
    assert len(works) == 1


def test_a_server_that_stops_sends_its_waiting_agents_away(lab: Lab, client: Client) -> None:
    """503, to come again in a second."""
    answers: list[tuple[int, dict, dict[str, str]]] = []
    thread = threading.Thread(target=lambda: answers.append(client.signed(hello.POLL, Poll(wait=50.0))))
    thread.start()
    until(lambda: len(lab.hub) == 1)
    lab.hub.close()
    thread.join(10)
    ((status, answer, headers),) = answers
    assert (status, answer["message"], headers["retry-after"]) == (503, "the server is stopping", "1")


def test_enrolling_with_a_wrong_token_is_refused(lab: Lab) -> None:
    """401, and nothing is stored."""
    ask = Enroll(token="invented", public_key=b"k" * 32, facts=FACTS)
    assert Client(lab).post(hello.ENROLL, msgspec.json.encode(ask))[0] == 401
    assert lab.machines() == []


def test_a_token_is_good_for_as_many_machines_as_it_says(lab: Lab) -> None:
    """The second of one is refused."""
    token = lab.token()
    statuses = []
    for key in (b"a" * 32, b"b" * 32):
        ask = Enroll(token=token, public_key=key, facts=FACTS)
        statuses.append(Client(lab).post(hello.ENROLL, msgspec.json.encode(ask))[0])
    assert statuses == [200, 401]


def test_a_key_that_is_none_is_refused(lab: Lab) -> None:
    """An Ed25519 key has 32 bytes."""
    ask = Enroll(token=lab.token(), public_key=b"short", facts=FACTS)
    assert Client(lab).post(hello.ENROLL, msgspec.json.encode(ask))[0] == 400


def test_enrolling_again_with_the_same_key_gives_the_same_names(lab: Lab) -> None:
    """Under a new token: the machine is known by its key."""
    client = Client(lab).enrol()
    first = client.uuid
    assert client.enrol().uuid == first
    assert len(lab.machines()) == 1


def test_a_challenge_is_good_once(lab: Lab) -> None:
    """A recorded proof opens nothing."""
    client = Client(lab).enrol()
    proof = client.proof(client.challenge())
    assert [client.post(hello.SESSION, proof)[0] for _ in range(2)] == [200, 401]


def test_an_agent_that_is_not_known_gets_a_challenge_but_no_session(lab: Lab) -> None:
    """Who is known is nobody's business."""
    client = Client(lab, uuid="nobody")
    assert client.post(hello.SESSION, client.proof(client.challenge()))[0] == 401


def test_an_agent_can_not_open_anothers_session(lab: Lab) -> None:
    """Its key is another."""
    known, thief = Client(lab).enrol(), Client(lab)
    thief.uuid = known.uuid
    assert thief.post(hello.SESSION, thief.proof(thief.challenge()))[0] == 401


def test_an_agent_that_speaks_another_protocol_is_told_how_to_upgrade(lab: Lab) -> None:
    """426, with the command."""
    client = Client(lab).enrol()
    status, answer, _ = client.post(hello.SESSION, client.proof(client.challenge(), protocol=99))
    assert status == 426
    assert "hostward agent upgrade" in answer["message"]


@pytest.mark.parametrize("path", [hello.POLL, hello.REPORT])
def test_a_message_without_a_session_is_refused(lab: Lab, path: str) -> None:
    """With the server's time, for a clock that is wrong."""
    status, answer, headers = Client(lab).post(path, b"{}")
    assert status == 401
    assert abs(answer["time"] - time.time()) < 60
    assert "date" in headers


@pytest.mark.parametrize("off", [-301.0, 301.0, 86400.0])
def test_a_message_from_another_time_is_refused(lab: Lab, client: Client, off: float) -> None:
    """More than five minutes off."""
    status, answer, _ = client.post(hello.POLL, b"{}", client.headers(hello.POLL, b"{}", off=off))
    assert (status, "time" in answer) == (401, True)


def test_a_message_whose_body_was_changed_is_refused(lab: Lab, client: Client) -> None:
    """Nothing of it is done."""
    body = msgspec.json.encode(Poll(modules=["Malware"]))
    task = lab.scan("/p")
    status, _, _ = client.post(hello.POLL, body + b" ", client.headers(hello.POLL, body))
    assert status == 401
    assert lab.fleet.unit(task).state is UnitState.PENDING


def test_a_message_meant_for_another_path_is_refused(client: Client) -> None:
    """The path is part of the code."""
    assert client.post(hello.REPORT, b"{}", client.headers(hello.POLL, b"{}"))[0] == 401


def test_a_message_that_is_sent_again_as_it_was_is_refused(client: Client) -> None:
    """A replay."""
    headers = client.headers(hello.POLL, b"{}")
    assert [client.post(hello.POLL, b"{}", headers)[0] for _ in range(2)] == [200, 401]


def test_a_report_on_another_machines_lease_is_refused(lab: Lab, client: Client) -> None:
    """409, and nothing of it is kept: who speaks is known from the session alone."""
    task = lab.scan("/p")
    (job,) = client.poll().jobs
    other = Client(lab).enrol().open()
    assert other.report(lease=job.lease, batches=[batch(0, 66)])[0] == 409
    assert lab.found(task) == []


@pytest.mark.parametrize("lease", [0, 12345, 2**53 - 1])
def test_a_report_on_a_lease_nobody_was_given_is_stale(client: Client, lease: int) -> None:
    """409: the agent drops it."""
    assert client.report(lease=lease)[0] == 409


@pytest.mark.parametrize("lease", [-1, 2**53, 2**64, 10**30])
def test_numbers_that_no_lease_has_are_refused(client: Client, lease: int) -> None:
    """Before a database sees them."""
    assert client.signed(hello.REPORT, json.dumps({"lease": lease}).encode())[0] == 400
    assert client.signed(hello.POLL, json.dumps({"holding": [lease]}).encode())[0] == 400


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"lease":"1"}', b'{"lease":1,"extra":2}', b'{"lease":1.5}']
)
def test_a_message_that_can_not_be_understood_is_refused(client: Client, body: bytes) -> None:
    """400, with the reason; unknown fields are none of ours."""
    assert client.signed(hello.REPORT, body)[0] == 400


def test_a_level_nobody_knows_is_refused_and_nothing_of_its_report_is_kept(lab: Lab, client: Client) -> None:
    """The whole message is one transaction."""
    task = lab.scan("/p")
    (job,) = client.poll().jobs
    odd = MalwareRow(path=b"x", rule="r", title="t", engine="e", level=9, size=1, sha256="")
    status, _ = client.report(lease=job.lease, batches=[batch(0, 1), Batch(seq=1, rows=[odd])])
    assert status == 400
    assert lab.found(task) == []


def test_more_rows_than_a_batch_holds_are_refused(lab: Lab, client: Client) -> None:
    """501."""
    lab.scan("/p")
    (job,) = client.poll().jobs
    rows = [NotScannedRow(path=b"x", reason="limit")] * 501
    assert client.report(lease=job.lease, batches=[Batch(seq=0, rows=list(rows))])[0] == 400


@pytest.mark.parametrize(("path", "cap"), [(hello.ENROLL, 65536), (hello.SESSION, 65536), (hello.POLL, 65536)])
def test_a_body_over_its_cap_is_refused(client: Client, path: str, cap: int) -> None:
    """Whoever sends it."""
    assert client.signed(path, b" " * (cap + 1))[0] == 413


def test_a_body_without_a_stated_length_is_capped_too(lab: Lab) -> None:
    """Chunks are counted as they come."""
    connection = http.client.HTTPConnection("127.0.0.1", lab.server.port, timeout=20)
    chunks = (b" " * 8192 for _ in range(20))
    connection.request("POST", hello.ENROLL, body=chunks, headers={"transfer-encoding": "chunked"}, encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "identity, gzip"])
def test_compressed_bodies_are_not_taken(client: Client, encoding: str) -> None:
    """415: nothing is decompressed for a stranger."""
    body = b"{}"
    headers = {**client.headers(hello.POLL, body), "content-encoding": encoding}
    assert client.post(hello.POLL, body, headers)[0] == 415


@pytest.mark.parametrize("path", ["/agent/v1/other", "/agent/v2/poll", "/agent/", "/agent/v1/poll/"])
def test_other_paths_are_not_served(lab: Lab, path: str) -> None:
    """404."""
    assert Client(lab).post(path, b"{}")[0] == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_agents_post(lab: Lab, method: str) -> None:
    """405, with what is allowed."""
    connection = http.client.HTTPConnection("127.0.0.1", lab.server.port, timeout=20)
    connection.request(method, hello.POLL)
    response = connection.getresponse()
    assert (response.status, response.getheader("allow")) == (405, "POST")
    connection.close()


@pytest.mark.parametrize(
    ("error", "status", "retry"),
    [
        (AgentQuarantined("used twice"), 403, None),
        (AgentTooOld("upgrade"), 426, None),
        (Conflict("changed meanwhile"), 503, "1"),
    ],
)
def test_errors_of_the_rules_have_a_status_each(
    lab: Lab, client: Client, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, retry: str | None
) -> None:
    """And their message is told."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(endpoints, "next_work", fail)
    told, answer, headers = client.signed(hello.POLL, Poll())
    assert (told, answer["message"], headers.get("retry-after")) == (status, str(error), retry)


def test_a_defect_of_the_servers_is_a_500(lab: Lab, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Agents take it for a failure of the network and come again."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(endpoints, "accept", fail)
    connection = http.client.HTTPConnection("127.0.0.1", lab.server.port, timeout=20)
    body = msgspec.json.encode(Report(lease=1))
    connection.request("POST", hello.REPORT, body=body, headers=client.headers(hello.REPORT, body))
    assert connection.getresponse().status == 500
    connection.close()


def test_too_many_at_a_time_are_put_off(lab: Lab, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """503, to come again."""
    monkeypatch.setattr(endpoints, "MAX_HANDLED", 0)
    status, _, headers = client.signed(hello.POLL, Poll())
    assert (status, headers["retry-after"]) == (503, "2")


def test_agents_that_wait_do_not_count_as_being_handled(
    lab: Lab, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten thousand may wait."""
    thread = threading.Thread(target=lambda: client.poll(wait=50.0))
    thread.start()
    until(lambda: len(lab.hub) == 1)
    monkeypatch.setattr(endpoints, "MAX_HANDLED", 1)
    other = Client(lab).enrol().open()
    assert other.poll().jobs == []
    lab.hub.wake(machine.id for machine in lab.machines())
    thread.join(10)


def test_a_session_outlives_the_server_that_opened_it(lab: Lab, client: Client) -> None:
    """It is found in the store."""
    lab.restart()
    assert client.poll().jobs == []


def test_a_client_that_goes_away_in_the_middle_of_a_body_is_no_error(lab: Lab, client: Client) -> None:
    """The server serves on."""
    connection = http.client.HTTPConnection("127.0.0.1", lab.server.port, timeout=20)
    connection.putrequest("POST", hello.ENROLL)
    connection.putheader("content-length", "1000")
    connection.endheaders(b"half")
    connection.close()
    assert client.poll().jobs == []


def test_answers_are_json_and_not_kept_by_proxies(client: Client) -> None:
    """Every one of them."""
    _, _, headers = client.signed(hello.POLL, Poll())
    assert (headers["content-type"], headers["cache-control"]) == ("application/json", "no-store")


def test_an_answer_is_what_the_protocol_says(lab: Lab, client: Client) -> None:
    """Decoded by the agent's own types."""
    lab.scan("/p")
    (job,) = client.poll().jobs
    _, answer = client.report(lease=job.lease, batches=[batch(0, 1)])
    assert msgspec.convert(answer, Answer) == Answer(acked=1, ended=False, stop=False)
