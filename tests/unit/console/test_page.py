"""The one read-only page."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from hostward.console.page import View, content_security_policy, render, sdk_lines, tccli_line
from hostward.console.routes import Console
from hostward.domain.module import Module
from small_fleet import Fleet, new_fleet


class Turned:
    """A clock that stands where the fleet's does."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    def now(self):
        """The fleet's time."""
        return self._fleet.now

    def monotonic(self) -> float:
        """Not asked for here."""
        return 0.0


@pytest.fixture
def fleet() -> Fleet:
    """One machine, one task under way."""
    made = new_fleet()
    machine = made.add("a")
    made.start(Module.VUL)
    made.report(machine, made.lease(machine), progress=0.42)
    return made


def view(fleet: Fleet, **changes: object) -> View:
    """What the page shows of the fleet."""
    task = fleet.store.read_now(lambda uow: uow.tasks.newest(fleet.account, Module.VUL))
    plain = View(endpoint="127.0.0.1:8420", secret_id="AKID1", version="0.1.0", tasks=[task], now=fleet.now)
    return replace(plain, **changes)


def get(fleet: Fleet, path: str = "/", *, method: str = "GET", host: bytes = b"127.0.0.1:8420"):
    """Status, headers and body of one request."""
    sent = []

    async def send(message):
        sent.append(message)

    console = Console(store=fleet.store, clock=Turned(fleet), account=fleet.account, secret_id="AKID1", version="0.1.0")
    scope = {"type": "http", "path": path, "method": method, "headers": [(b"host", host)], "query_string": b""}
    asyncio.run(console(scope, None, send))
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"].decode()


def test_the_page_shows_task_state_and_progress(fleet: Fleet):
    """One row, 42 %."""
    page = render(view(fleet))
    assert "<td>scanning</td>" in page
    assert "42 %" in page


def test_the_page_asks_anew_only_while_something_is_scanned(fleet: Fleet):
    """A finished page stands still."""
    before = render(view(fleet))
    fleet.later(1)
    fleet.finish(fleet.machines[0], 1)
    assert ('http-equiv="refresh"' in before, 'http-equiv="refresh"' in render(view(fleet))) == (True, False)


def test_the_title_is_the_progress(fleet: Fleet):
    """As a tab shows it."""
    assert "<title>42% - Hostward</title>" in render(view(fleet))


def test_without_a_task_the_page_says_how_to_start_one(fleet: Fleet):
    """Never an empty table."""
    assert "ScanVul" in render(view(fleet, tasks=[]))


def test_time_left_is_estimating_or_seconds_or_a_dash(fleet: Fleet):
    """Unknown is not zero."""
    fleet.later(60)
    under_way = render(view(fleet))
    fleet.finish(fleet.machines[0], 1)
    assert re.search(r"<td>\d+ s</td>", under_way)
    assert "<td>-</td>" in render(view(fleet))


def test_what_comes_from_outside_is_escaped(fleet: Fleet):
    """The Host header stands in the page."""
    page = render(view(fleet, endpoint='"><script>alert(1)</script>', secret_id="<b>"))
    assert ("<script>" in page, "<b>" in page) == (False, False)


def test_the_policy_allows_the_pages_own_style_and_nothing_else():
    """No script at all."""
    policy = content_security_policy()
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script" not in policy


def test_the_lines_name_the_endpoint():
    """Ready to be pasted."""
    assert 'endpoint="127.0.0.1:1"' in sdk_lines("127.0.0.1:1")
    assert "--endpoint http://127.0.0.1:1 " in tccli_line("127.0.0.1:1")
    compile(sdk_lines("127.0.0.1:1"), "sdk", "exec")


def test_the_page_is_html_with_its_policy(fleet: Fleet):
    """And is never kept by a cache."""
    status, headers, body = get(fleet)
    assert (status, headers[b"content-type"], headers[b"cache-control"]) == (
        200,
        b"text/html; charset=utf-8",
        b"no-store",
    )
    assert headers[b"content-security-policy"].decode() == content_security_policy()
    assert body.startswith("<!doctype html>")


def test_the_secret_is_not_in_the_page(fleet: Fleet):
    """Only the id of the key."""
    assert "AKID1" in get(fleet)[2]


@pytest.mark.parametrize("host", [b"evil.example", b"evil.example:8420", b"127.0.0.1.evil.example", b""])
def test_another_host_name_is_refused(fleet: Fleet, host: bytes):
    """A page of somebody else's that points its name here reads nothing."""
    assert get(fleet, host=host)[0] == 421


@pytest.mark.parametrize("host", [b"127.0.0.1:8420", b"localhost:1", b"[::1]:8420", b"localhost"])
def test_loopback_names_are_answered(fleet: Fleet, host: bytes):
    """With and without port."""
    assert get(fleet, host=host)[0] == 200


def test_head_has_the_headers_and_no_body(fleet: Fleet):
    """As HTTP says."""
    status, headers, body = get(fleet, method="HEAD")
    assert (status, body, int(headers[b"content-length"]) > 0) == (200, "", True)


@pytest.mark.parametrize(
    ("path", "method", "status"), [("/x", "GET", 404), ("/", "POST", 405), ("/healthz", "PUT", 405)]
)
def test_what_is_not_there_is_said(fleet: Fleet, path: str, method: str, status: int):
    """In plain text."""
    assert get(fleet, path, method=method)[0] == status


def test_health_is_one_word(fleet: Fleet):
    """For whatever watches the server."""
    assert get(fleet, "/healthz")[::2] == (200, "ok\n")


def test_only_the_newest_tasks_are_shown(fleet: Fleet):
    """Twenty rows, however many tasks there are."""
    for _ in range(30):
        fleet.later(1)
        fleet.start(Module.MALWARE)
    body = get(fleet)[2]
    assert body.count("<progress") == 20
    assert fleet.now - timedelta(days=1) < fleet.now
