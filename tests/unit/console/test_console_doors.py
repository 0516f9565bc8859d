"""What the paths of the console refuse before anything is looked up: foreign pages, forged and hostile requests."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_bench import HOST
from console_bench import PASSWORD, ConsoleBench
from hostward.console.json_http import MAX_BODY
from hostward.console.private import EVENTS_PATH, Private

GOOD = {"user": "ann", "password": PASSWORD}


@pytest.fixture
def bench() -> ConsoleBench:
    """An account with the operator ann."""
    made = ConsoleBench()
    made.user()
    return made


CHANGING = [
    ("DELETE", "/console/session", None),
    ("PUT", "/console/password", {"current": PASSWORD, "password": "another good one"}),
    ("POST", "/console/totp", {}),
    ("PUT", "/console/totp", {"code": "123456"}),
    ("DELETE", "/console/totp", {"password": PASSWORD}),
]


@pytest.mark.parametrize("csrf", ["", "x" * 43, "\u00e9"], ids=["missing", "wrong", "not ascii"])
@pytest.mark.parametrize(("method", "path", "body"), CHANGING)
def test_a_change_without_the_csrf_header_is_refused(bench: ConsoleBench, method, path, body, csrf: str) -> None:
    """The cookie alone is what another site's page could make a browser send."""
    browser = bench.signed_in()
    reply = browser.ask(method, path, body, x_hostward_csrf=csrf)
    assert (reply.status, reply.code) == (403, "CsrfMissing")
    assert browser.ask("GET", "/console/session").status == 200


def test_the_csrf_token_of_another_session_is_none(bench: ConsoleBench) -> None:
    """Nor is that of the same user's other browser."""
    one, other = bench.signed_in(), bench.signed_in()
    assert one.ask("POST", "/console/totp", {}, x_hostward_csrf=other.csrf).code == "CsrfMissing"


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", f"http://{HOST}.evil.example", "http://127.0.0.1:1"]
)
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [*CHANGING, ("POST", "/console/session", GOOD), ("POST", "/console/session/link", {"token": "x"})],
)
def test_a_foreign_page_can_change_nothing(bench: ConsoleBench, method, path, body, origin: str) -> None:
    """Not even sign somebody in as somebody else."""
    browser = bench.signed_in()
    reply = browser.ask(method, path, body, origin=origin)
    assert (reply.status, reply.code) == (403, "ForeignOrigin")


@pytest.mark.parametrize(("method", "path", "body"), [one for one in CHANGING if one[1:] != ("/console/session", None)])
def test_a_change_takes_a_session(bench: ConsoleBench, method, path, body) -> None:
    """Whatever else is sent."""
    assert bench.browser(csrf="x").ask(method, path, body).code == "NotSignedIn"


def test_a_host_that_nobody_named_is_refused(bench: ConsoleBench) -> None:
    """It is a page of somebody else's that points its name here."""
    assert bench.browser(host="evil.example").sign_in().status == 421
    assert bench.browser(host="scan.example:8443").sign_in().status == 200


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b"{}", b'{"user": "ann"}', b'{"user": 1, "password": "x"}',
        b'{"user": null, "password": null}', b'{"user": ["ann"], "password": {"$ne": ""}}', b"[" * 10_000,
        b'{"user": "ann", "password": "x", "code": 123456}',
    ],
    ids=lambda raw: raw[:24].decode("latin-1"),
)  # fmt: skip
def test_a_body_that_is_none_is_told_so(bench: ConsoleBench, raw: bytes) -> None:
    """And costs no try."""
    reply = bench.browser().ask("POST", "/console/session", raw=raw)
    assert (reply.status, reply.code) == (400, "BadRequest")


@given(st.binary(max_size=400))
def test_no_body_makes_the_server_fail(raw: bytes) -> None:
    """Whatever bytes come, nobody is signed in and nothing is a defect."""
    reply = SHARED.browser().ask("POST", "/console/session", raw=raw)
    assert reply.status in (400, 401, 429)


SHARED = ConsoleBench()
SHARED.user()


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_is_json_and_says_so(bench: ConsoleBench, kind: str) -> None:
    """A form of another site can send neither."""
    assert bench.browser().ask("POST", "/console/session", GOOD, content_type=kind).code == "BadRequest"
    good = bench.browser().ask("POST", "/console/session", GOOD, content_type="Application/JSON; charset=utf-8")
    assert good.status == 200


@pytest.mark.parametrize("declared", [True, False])
def test_a_large_body_is_refused_before_it_is_held(bench: ConsoleBench, declared: bool) -> None:
    """By what it says of itself, or once it is over the cap."""
    taken, sent = [], []

    async def receive() -> dict:
        taken.append(1)
        return {"type": "http.request", "body": b"x" * 4096, "more_body": True}

    async def send(message: dict) -> None:
        sent.append(message)

    headers = [(b"host", HOST.encode()), (b"content-type", b"application/json")]
    headers += [(b"content-length", b"99999999999999999999999")] if declared else []
    scope = {"type": "http", "method": "POST", "path": "/console/session", "headers": headers, "query_string": b""}
    asyncio.run(bench.app(scope, receive, send))
    assert sent[0]["status"] == 413
    assert len(taken) <= (0 if declared else MAX_BODY // 4096 + 1)


def test_a_client_that_hangs_up_gets_no_answer(bench: ConsoleBench) -> None:
    """There is nobody to send it to."""
    sent = []

    async def receive() -> dict:
        return {"type": "http.disconnect"}

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/console/session", "headers": [(b"host", HOST.encode())]}
    asyncio.run(bench.app(scope, receive, send))
    assert sent == []


@pytest.mark.parametrize("path", ["/console/", "/console/sessions", "/console/session/", "/console/events"])
def test_what_is_not_there_is_not_found(bench: ConsoleBench, path: str) -> None:
    """In JSON too; the stream of events where there is none."""
    reply = bench.browser().ask("GET", path)
    assert (reply.status, reply.code) == (404, "NotFound")


def test_another_method_is_told_which_there_are(bench: ConsoleBench) -> None:
    """By the header that is made for it."""
    reply = bench.browser().ask("PUT", "/console/session", {})
    assert (reply.status, reply.header("allow")) == (405, "POST, GET, DELETE")


def test_a_defect_is_answered_without_its_cause(bench: ConsoleBench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log has it."""

    async def broken(_work) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(bench.store, "read", broken)
    reply = bench.browser().sign_in()
    assert (reply.status, reply.code, "secret detail" in str(reply.body)) == (500, "Internal", False)


def test_too_many_at_once_are_asked_to_wait(bench: ConsoleBench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory has a bound; the try is not held against anybody."""
    monkeypatch.setattr(bench.passwords, "_waiting", 10_000)
    replies = [bench.browser().sign_in() for _ in range(20)]
    assert {(one.status, one.code) for one in replies} == {(429, "TooManyTries")}
    monkeypatch.setattr(bench.passwords, "_waiting", 0)
    assert bench.browser().sign_in().status == 200


def test_the_stream_of_events_has_a_path_of_its_own() -> None:
    """Everything else is the session's."""
    asked = []

    def part(name: str):
        async def app(_scope, _receive, _send) -> None:
            asked.append(name)

        return app

    private = Private(answers=lambda _host: True, session=part("session"), events=part("events"))
    for path in (EVENTS_PATH, "/console/session", EVENTS_PATH + "/x"):
        asyncio.run(private({"type": "http", "path": path, "headers": []}, None, None))
    assert asked == ["events", "session", "session"]
