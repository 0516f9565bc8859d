"""The feed actions: who may call them, and what they say of a feed."""

import pytest

from account_bench import AccountBench
from feed_scenarios import FakeWork, kept
from hostward.domain.account import Role


def listed(**request: object) -> dict[str, dict]:
    """What ListFeeds says, by feed."""
    answer = kept().call("ListFeeds", request, service="hostward")
    return {one["Name"]: one for one in answer.body["Response"]["Feeds"]}


def test_feeds_say_how_they_stand() -> None:
    """Those that were imported or tried, and the usual ones; all of them only when asked for."""
    feeds = listed()
    assert {name: one["State"] for name, one in feeds.items()} == {
        "alpine:edge:main": "stale", "debian": "current", "kev": "missing", "osv:PyPI": "failing",
    }  # fmt: skip
    failing = feeds["osv:PyPI"]
    assert (failing["Fault"], failing["Failures"], failing["Problem"]) == ("unreachable", 2, "the server answers 503")
    assert (feeds["debian"]["AgeSeconds"], feeds["debian"]["Ecosystems"]) == (3600, ["Debian:12"])
    assert [feeds[name]["NextTime"] for name in ("debian", "osv:PyPI", "kev", "alpine:edge:main")] == [
        "2026-11-24 17:00:00", "2026-11-24 11:30:00", "", "",
    ]  # fmt: skip
    assert set(listed(All=True)) == {*feeds, "cve"}


@pytest.mark.parametrize(("role", "may"), [
    (Role.ADMINISTRATOR, True), (Role.OPERATOR, True), (Role.AUDITOR, False),
])  # fmt: skip
def test_who_may_renew_feeds(role: Role, may: bool) -> None:
    """All may look at them."""
    bench = AccountBench()
    work = bench.api.gateway._feeds = FakeWork()
    client = bench.client(bench.account(), "somebody", role)
    assert client.ok("ListFeeds")["UpdateHours"] == 6
    assert client("UpdateFeeds", {"Names": ["kev"]}).code == ("" if may else "AuthFailure.UnauthorizedOperation")
    assert work.asked == ([["kev"]] if may else [])


def test_somebody_limited_renews_nothing() -> None:
    """Feeds are of all machines."""
    bench = AccountBench()
    bench.api.gateway._feeds = FakeWork()
    client = bench.client(bench.account(), "limited", Role.OPERATOR, ("env=prod",))
    assert client.ok("ListFeeds")["Feeds"]
    assert client("UpdateFeeds", {}).code == "AuthFailure.UnauthorizedOperation"


def test_without_a_server_nothing_is_renewed() -> None:
    """A command is named that does it."""
    bench = AccountBench()
    refused = bench.client(bench.account())("UpdateFeeds", {})
    assert (refused.code, "hostward feed update" in refused.message) == ("FailedOperation", True)
