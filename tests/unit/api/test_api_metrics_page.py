"""Who may read /metrics, and what they are told otherwise."""

import asyncio

import pytest

from hostward.api.metrics_page import MetricsPage
from hostward.runtime.metrics import CONTENT_TYPE, Metrics

TOKEN = b"a-token-of-the-test-0123"
NEAR = ("127.0.0.1", 4711)
FAR = ("203.0.113.9", 4711)
NAMES = {"127.0.0.1:8420", "localhost", "[::1]:8420", "scan.example"}


def page(token: bytes = b"") -> tuple[MetricsPage, list[str]]:
    """A page of one metric, and what was done for it."""
    metrics, refreshed = Metrics(), []
    agents = metrics.gauge("agents", "Agents connected.")

    async def refresh() -> None:
        refreshed.append("refreshed")
        agents.set(7)

    made = MetricsPage(
        metrics, refresh=refresh, answers_to=NAMES.__contains__, is_loopback=(NAMES - {"scan.example"}).__contains__,
        token=token,
    )  # fmt: skip
    return made, refreshed


def asked(
    token: bytes = b"",
    *,
    client: tuple | None = NEAR,
    method: str = "GET",
    host: str = "127.0.0.1:8420",
    **headers: str,
) -> tuple[int, dict[bytes, bytes], bytes]:
    """One request: status, headers, body. headers: with _ for -."""
    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    pairs = [(b"host", host.encode()), *((k.replace("_", "-").encode(), v.encode()) for k, v in headers.items())]
    scope = {"type": "http", "method": method, "path": "/metrics", "headers": pairs, "client": client}
    made, refreshed = page(token)
    asyncio.run(made(scope, None, send))
    assert bool(refreshed) == (sent[0]["status"] == 200)
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


@pytest.mark.parametrize("client", [NEAR, ("127.9.9.9", 1), ("::1", 1), ("::ffff:127.0.0.1", 1)])
@pytest.mark.parametrize("host", ["127.0.0.1:8420", "localhost", "[::1]:8420"])
def test_this_machine_needs_no_token(client: tuple, host: str) -> None:
    """Whether there is one or not."""
    for token in (b"", TOKEN):
        status, headers, body = asked(token, client=client, host=host)
        assert (status, headers[b"content-type"], b"agents 7\n" in body) == (200, CONTENT_TYPE.encode(), True)


@pytest.mark.parametrize("client", [FAR, ("2001:db8::1", 1), ("a name", 1), None])
def test_other_machines_are_kept_out_as_long_as_there_is_no_token(client: tuple | None) -> None:
    """An answer that names the setting; a token that is sent does not help."""
    for headers in ({}, {"authorization": "Bearer "}, {"authorization": "Bearer x"}):
        status, _, body = asked(client=client, host="scan.example", **headers)
        assert (status, b"metrics.token_file" in body, b"agents" in body) == (403, True, False)


@pytest.mark.parametrize(
    "name", ["x_forwarded_for", "forwarded", "via", "x_real_ip", "x_forwarded_host", "x_forwarded_proto"]
)
def test_who_comes_through_a_proxy_is_not_on_this_machine(name: str) -> None:
    """Although the proxy is."""
    assert asked(**{name: "127.0.0.1"})[0] == 403
    assert asked(TOKEN, **{name: "127.0.0.1"})[0] == 401


def test_a_public_name_is_not_this_machine() -> None:
    """A proxy may pass on the name alone."""
    assert asked(host="scan.example")[0] == 403


def test_other_machines_read_with_the_token() -> None:
    """The scheme's name is in any letters (RFC 9110, 11.1)."""
    for scheme in ("Bearer", "bearer"):
        authorization = f"{scheme} {TOKEN.decode()}"
        assert asked(TOKEN, client=FAR, host="scan.example", authorization=authorization)[0] == 200


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Bearer a-token-of-the-test-012", f"Basic {TOKEN.decode()}", "x", "Bearer \xe9"],
)
def test_a_wrong_token_is_refused(authorization: str) -> None:
    """With the challenge that tells a client how to sign in."""
    status, headers, body = asked(TOKEN, client=FAR, host="scan.example", authorization=authorization)
    assert (status, headers[b"www-authenticate"]) == (401, b'Bearer realm="metrics"')
    assert b"agents" not in body


def test_a_name_nobody_gave_this_server_is_not_answered() -> None:
    """A page of somebody else's that points its name at this machine reads nothing, not even with the token."""
    assert asked(host="evil.example")[0] == 421
    assert asked(TOKEN, host="evil.example", authorization=f"Bearer {TOKEN.decode()}")[0] == 421


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_the_page_is_for_reading(method: str) -> None:
    """Nothing can be sent there."""
    assert asked(method=method)[0] == 405


def test_head_has_the_length_and_no_body() -> None:
    """As of GET."""
    _, headers, body = asked(method="HEAD")
    assert (body, headers[b"content-length"]) == (b"", str(len(asked()[2])).encode())


def test_no_cache_keeps_the_numbers() -> None:
    """They are of the moment."""
    assert asked()[1][b"cache-control"] == b"no-store"
