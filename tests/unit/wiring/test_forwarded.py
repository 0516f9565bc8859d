"""Whom a request comes from behind proxies."""

import asyncio
import ipaddress

import pytest

from hostward.wiring.application import Application
from hostward.wiring.forwarded import MOST_HOPS, with_source

PROXIES = (ipaddress.ip_network("10.0.0.0/24"), ipaddress.ip_network("fd00::/8"), ipaddress.ip_network("127.0.0.1/32"))


def scope_of(client: str | None, *forwarded: str) -> dict:
    """A request of this neighbour, with a header X-Forwarded-For for each of these."""
    headers = [(b"host", b"x"), *((b"x-forwarded-for", one.encode("latin-1")) for one in forwarded)]
    return {
        "type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers,
        "client": None if client is None else (client, 1234),
    }  # fmt: skip


def source(client: str | None, *forwarded: str) -> str | None:
    """The address taken for the source of such a request."""
    found = with_source(scope_of(client, *forwarded), PROXIES)["client"]
    return None if found is None else found[0]


@pytest.mark.parametrize(
    ("client", "forwarded", "expected"),
    [
        ("127.0.0.1", ["203.0.113.7"], "203.0.113.7"),
        ("127.0.0.1", ["198.51.100.1, 203.0.113.7"], "203.0.113.7"),
        ("127.0.0.1", ["198.51.100.1", "203.0.113.7"], "203.0.113.7"),
        ("127.0.0.1", ["203.0.113.7, 10.0.0.9"], "203.0.113.7"),
        ("10.0.0.1", ["10.0.0.7, 10.0.0.9"], "10.0.0.7"),
        ("fd00::1", ["2001:db8::5"], "2001:db8::5"),
        ("::ffff:127.0.0.1", ["203.0.113.7"], "203.0.113.7"),
        ("127.0.0.1", ["::ffff:203.0.113.7"], "203.0.113.7"),
        ("127.0.0.1", ["203.0.113.7:4711"], "203.0.113.7"),
        ("127.0.0.1", ["[2001:db8::5]:4711"], "2001:db8::5"),
    ],
)
def test_the_last_address_that_is_no_proxy_s_is_the_source(client: str, forwarded: list[str], expected: str) -> None:
    """What stands before it was written by whoever sent the request."""
    assert source(client, *forwarded) == expected


@pytest.mark.parametrize("forwarded", [[], [""], ["unknown"], ["203.0.113.7, unknown"], ["\xff\x00"], [",,,"]])
def test_a_proxy_that_says_nothing_is_the_source_itself(forwarded: list[str]) -> None:
    """Hearsay beyond an unreadable entry is not looked at."""
    assert source("127.0.0.1", *forwarded) == "127.0.0.1"


@pytest.mark.parametrize("client", ["203.0.113.9", "10.0.1.1", "", "unix", None])
def test_nobody_else_is_believed(client: str | None) -> None:
    """Anybody can write the header."""
    assert source(client, "198.51.100.1") == client


def test_an_endless_header_costs_little() -> None:
    """So many addresses are looked at, from the last one on."""
    assert source("10.0.0.1", ",".join(["198.51.100.1", *["10.0.0.2"] * MOST_HOPS])) == "10.0.0.2"
    assert source("10.0.0.1", "," * 60_000) == "10.0.0.1"


@pytest.mark.parametrize(("proxies", "expected"), [(PROXIES, "203.0.113.7"), ((), "127.0.0.1")])
def test_every_part_of_the_server_sees_the_source(proxies: tuple, expected: str) -> None:
    """And the neighbour where no proxy is named."""
    seen = []

    async def part(scope, _receive, _send) -> None:
        seen.append(scope["client"][0])

    application = Application(api=part, agents=part, console=part, private=part, proxies=proxies)
    for path in ("/", "/console/session", "/agent/hello"):
        asyncio.run(application(scope_of("127.0.0.1", "203.0.113.7") | {"path": path}, None, None))
    assert seen == [expected] * 3
