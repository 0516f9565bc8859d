"""wiring.notifier: messages leave in order, one at a time for each webhook, and come back later when not taken."""

import asyncio
import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta

import pytest

from api_bench import TurnedClock
from hostward.domain.ids import WebhookId
from hostward.domain.webhook import DeliveryState, Outcome
from hostward.store.memory import MemoryStore
from hostward.wiring.notifier import MOST_AT_ONCE, Notifier
from store_samples import NOW
from webhook_samples import DOWN, OK, FakePost, delivery, webhook

URL = "https://example.com/in"


@pytest.fixture
def store() -> MemoryStore:
    """A store with one webhook."""
    made = MemoryStore()
    made.write_now(lambda uow: uow.webhooks.add(webhook()))
    return made


def enqueue(store: MemoryStore, *messages) -> None:
    """Store messages."""
    for each in messages:
        store.write_now(lambda uow, each=each: uow.webhooks.enqueue(each))


def states(store: MemoryStore, which: int = 1) -> list[DeliveryState]:
    """How the webhook's messages stand, oldest first."""
    _, page = store.read_now(lambda uow: uow.webhooks.deliveries(WebhookId(which), limit=99, offset=0))
    return [each.state for each in page[::-1]]


def ticked(store: MemoryStore, post: FakePost, clock: TurnedClock, ticks: int = 1) -> None:
    """So many ticks, each waited for to its end."""

    async def run() -> None:
        notifier = Notifier(store=store, post=post, clock=clock)
        for _ in range(ticks):
            await notifier.tick()
            await notifier.idle()

    asyncio.run(run())


async def seen(so: Callable[[], bool]) -> None:
    """Return once it is so; whoever waits sets a limit."""
    while not so():  # noqa: ASYNC110  # the notifier tells nobody
        await asyncio.sleep(0.001)


def test_a_message_is_signed_as_the_documentation_says(store: MemoryStore) -> None:
    """The headers name it, and the signature is over the timestamp of the try and the very bytes sent."""
    enqueue(store, delivery())
    post = FakePost()
    ticked(store, post, TurnedClock(NOW))
    ((url, headers, body),) = post.sent
    timestamp = str(int(NOW.timestamp()))
    mac = hmac.new(b"secret 1", timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert (url, body) == (URL, '{"ä":1}'.encode())
    assert {name: headers[name] for name in headers if name.startswith("X-")} == {
        "X-Hostward-Event": "scan.finished", "X-Hostward-Delivery": f"{1:032x}", "X-Hostward-Timestamp": timestamp,
        "X-Hostward-Signature": f"v1={mac}",
    }  # fmt: skip
    assert headers["Content-Type"] == "application/json"


def test_messages_of_a_webhook_leave_in_order(store: MemoryStore) -> None:
    """One after the other; each tick takes one of each webhook."""
    enqueue(store, *(delivery(number) for number in range(1, 5)))
    post = FakePost()
    ticked(store, post, TurnedClock(NOW), ticks=4)
    assert [headers["X-Hostward-Delivery"] for _, headers, _ in post.sent] == [f"{n:032x}" for n in range(1, 5)]
    assert states(store) == [DeliveryState.SENT] * 4


def test_a_message_that_was_not_taken_comes_again_with_the_same_name(store: MemoryStore) -> None:
    """After about a minute, not before; those behind it wait."""
    enqueue(store, delivery(1), delivery(2))
    post, clock = FakePost({URL: [DOWN, OK, OK]}), TurnedClock(NOW)
    ticked(store, post, clock, ticks=3)
    assert len(post.sent) == 1
    clock.turn(73)
    ticked(store, post, clock, ticks=2)
    assert [headers["X-Hostward-Delivery"] for _, headers, _ in post.sent] == [f"{n:032x}" for n in (1, 1, 2)]
    assert states(store) == [DeliveryState.SENT] * 2


def test_a_server_that_was_killed_while_it_sent_sends_again(store: MemoryStore) -> None:
    """At least once: the claim of the dead runs out."""
    enqueue(store, delivery())
    store.write_now(lambda uow: uow.webhooks.put_delivery(delivery(), delivery().claimed(NOW)))
    post, clock = FakePost(), TurnedClock(NOW)
    ticked(store, post, clock)
    assert post.sent == []
    clock.turn(31)
    ticked(store, post, clock)
    assert (len(post.sent), states(store)) == (1, [DeliveryState.SENT])


def test_a_receiver_that_is_gone_is_asked_no_more(store: MemoryStore) -> None:
    """410 switches the webhook off; what waits behind stays."""
    enqueue(store, delivery(1), delivery(2))
    ticked(store, FakePost({URL: [Outcome(status=410)]}), TurnedClock(NOW), ticks=3)
    hook = store.read_now(lambda uow: uow.webhooks.get(WebhookId(1)))
    assert (hook.enabled, hook.last_status, hook.last_at) == (False, 410, NOW)
    assert states(store) == [DeliveryState.GIVEN_UP, DeliveryState.PENDING]


def test_a_message_of_a_webhook_removed_meanwhile_is_forgotten(store: MemoryStore) -> None:
    """Its answer has nowhere to be written."""
    enqueue(store, delivery())

    class Removing(FakePost):
        async def send(self, url, headers, body):
            store.write_now(lambda uow: uow.webhooks.drop(WebhookId(1)))
            return await super().send(url, headers, body)

    ticked(store, Removing(), TurnedClock(NOW))
    assert states(store) == []


class Held(FakePost):
    """A network on which one URL answers only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.let, self.at_once, self.most = asyncio.Event(), 0, 0

    async def send(self, url, headers, body):
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        if "slow" in url:
            await self.let.wait()
        else:
            await asyncio.sleep(0)
        self.at_once -= 1
        return await super().send(url, headers, body)


def test_a_slow_receiver_holds_up_itself_alone(store: MemoryStore) -> None:
    """Others get all of theirs meanwhile; its next message waits for its first."""
    store.write_now(lambda uow: uow.webhooks.add(webhook(2, url="https://slow.example.com/")))
    enqueue(store, delivery(1, 2), delivery(2, 2), *(delivery(number, 1) for number in range(3, 8)))

    async def run() -> tuple[int, int]:
        post = Held()
        running = asyncio.create_task(Notifier(store=store, post=post, clock=TurnedClock(NOW)).run())
        await seen(lambda: states(store) == [DeliveryState.SENT] * 5)
        before = len(post.sent)
        post.let.set()
        await seen(lambda: DeliveryState.PENDING not in states(store, 2))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return before, len(post.sent)

    assert asyncio.run(asyncio.wait_for(run(), 20)) == (5, 7)


def test_only_so_many_are_sent_to_at_once(store: MemoryStore) -> None:
    """However many webhooks are due."""
    for number in range(2, 22):
        store.write_now(lambda uow, n=number: uow.webhooks.add(webhook(n, url=f"https://slow{n}.example.com/")))
        enqueue(store, delivery(number, number))

    async def run() -> tuple[int, int]:
        post = Held()
        notifier = Notifier(store=store, post=post, clock=TurnedClock(NOW))
        for _ in range(3):
            await notifier.tick()
            await asyncio.sleep(0)
        first = post.most
        post.let.set()
        await notifier.idle()
        while len(post.sent) < 20:
            await notifier.tick()
            await notifier.idle()
        return first, post.most

    assert asyncio.run(asyncio.wait_for(run(), 20)) == (MOST_AT_ONCE, MOST_AT_ONCE)


def test_a_failing_store_is_waited_for(store: MemoryStore, monkeypatch) -> None:
    """What is queued is sent once it works again."""
    enqueue(store, delivery())
    monkeypatch.setattr("hostward.wiring.notifier.TICK_SECONDS", 0.001)
    real, failures = store.read, iter([OSError("no disk"), OSError("no disk")])

    async def flaky(work):
        for problem in failures:
            raise problem
        return await real(work)

    monkeypatch.setattr(store, "read", flaky)

    async def run() -> None:
        running = asyncio.create_task(Notifier(store=store, post=FakePost(), clock=TurnedClock(NOW)).run())
        await seen(lambda: states(store) == [DeliveryState.SENT])
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(asyncio.wait_for(run(), 20))


def test_old_messages_are_swept(store: MemoryStore) -> None:
    """A week after they were made, once they are done."""
    enqueue(store, delivery())
    clock = TurnedClock(NOW)
    ticked(store, FakePost(), clock)
    clock.turn(timedelta(days=8).total_seconds())
    ticked(store, FakePost(), clock)
    assert states(store) == []
