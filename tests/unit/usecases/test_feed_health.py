"""usecases.vulnerabilities.feed_health: what state a feed is in, when it is renewed next, and who is told, once."""

import json
from datetime import timedelta

import pytest

from hostward.domain.errors import Fault
from hostward.domain.ids import WebhookId
from hostward.domain.webhook import Event
from hostward.usecases.records import FeedHealth
from hostward.usecases.vulnerabilities.feed_health import FIRST_RETRY, due_at, tell, untold
from small_fleet import Fleet
from store_samples import advisory, affects
from webhook_samples import webhook

EVERY = timedelta(hours=6)


@pytest.fixture(autouse=True)
def hook(fleet: Fleet) -> None:
    """Somebody listens for feeds, somebody else for scans alone."""
    events = frozenset({Event.FEED_HEALTH})
    fleet.store.write_now(lambda uow: uow.webhooks.add(webhook(account=fleet.account, events=events)))
    scans = frozenset({Event.SCAN_FINISHED})
    fleet.store.write_now(lambda uow: uow.webhooks.add(webhook(WebhookId(2), account=fleet.account, events=scans)))
    told = [advisory("CVE-2026-1", affects(fixed="2"))]
    fleet.store.write_now(
        lambda uow: uow.advisories.replace("debian", told, ecosystems=["Debian:12"], digest="d", now=fleet.now)
    )


def put(fleet: Fleet, **more: object) -> None:
    """What came of a try, as it is written down."""
    told = next((one.told for one in fleet.store.read_now(lambda uow: uow.advisories.health())), "")
    health = FeedHealth(feed="debian", told=told, **more)
    fleet.store.write_now(lambda uow: (uow.advisories.put_health(health), tell(uow, fleet.now)))


def told(fleet: Fleet, which: int = 1) -> list[dict]:
    """The bodies of the messages that are queued, oldest first."""
    _, page = fleet.store.read_now(lambda uow: uow.webhooks.deliveries(WebhookId(which), limit=100, offset=0))
    return [json.loads(each.body) for each in page[::-1]]


def test_a_failure_and_its_end_are_told_once(fleet: Fleet) -> None:
    """Each further failure in a row says nothing new."""
    for failures in (1, 2, 3):
        put(fleet, failed=fleet.now, failures=failures, problem="is cut short", fault=Fault.DAMAGED, source="there")
    [body] = told(fleet)
    assert {name: body[name] for name in ("event", "feed", "state", "fault", "problem", "advisories")} == {
        "event": "feed.health", "feed": "debian", "state": "failing", "fault": "damaged", "problem": "is cut short",
        "advisories": 1,
    }  # fmt: skip
    put(fleet, checked=fleet.now)
    put(fleet, checked=fleet.now)
    assert [each["state"] for each in told(fleet)] == ["failing", "current"]
    assert told(fleet)[1]["problem"] == ""
    assert told(fleet, 2) == []


def test_a_feed_that_gets_old_is_told_of(fleet: Fleet) -> None:
    """Without anybody having tried to renew it."""
    assert fleet.store.read_now(lambda uow: untold(uow, fleet.now)) == []
    fleet.later(4 * 24 * 3600)
    fleet.store.write_now(lambda uow: tell(uow, fleet.now))
    assert [(each["state"], each["fault"]) for each in told(fleet)] == [("stale", "")]
    assert fleet.store.read_now(lambda uow: untold(uow, fleet.now)) == []


def test_when_a_feed_is_renewed_next(fleet: Fleet) -> None:
    """After its interval; after failures sooner, later each time, and at once when it never was."""
    status = fleet.store.read_now(lambda uow: uow.advisories.feeds())[0]
    assert due_at(None, FeedHealth(feed="debian"), EVERY) is None
    assert due_at(status, FeedHealth(feed="debian"), EVERY) is None
    assert due_at(status, FeedHealth(feed="debian", checked=fleet.now), EVERY) == fleet.now + EVERY
    waits = [
        due_at(status, FeedHealth(feed="debian", failed=fleet.now, failures=count), EVERY) for count in (1, 2, 3, 99)
    ]
    assert waits == [fleet.now + each for each in (FIRST_RETRY, FIRST_RETRY * 2, FIRST_RETRY * 4, EVERY)]
