"""Send what is queued: claim what is due, send it outside of any transaction, and write down what came of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hostward import __version__
from hostward.domain.ids import WebhookId
from hostward.domain.webhook import Delivery, Event, Outcome, Webhook, delivery_key, signature
from hostward.usecases.notifications.queue import text_of
from hostward.usecases.ports import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A message that is ours to send for a while."""

    webhook: Webhook
    delivery: Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One request to a receiver."""

    url: str
    headers: Mapping[str, str]
    body: bytes


def is_due(uow: UnitOfWork, *, busy: Collection[WebhookId], now: datetime, limit: int) -> bool:
    """Whether a webhook that is not busy has a message to be sent now."""
    return any(head.webhook not in busy for head in uow.webhooks.heads(now, limit=limit + len(busy)))


def claim(uow: UnitOfWork, *, busy: Collection[WebhookId], now: datetime, limit: int) -> Sequence[Claimed]:
    """The next message of each webhook that is not busy, so many at most; no other server sends them meanwhile."""
    claimed: list[Claimed] = []
    for head in uow.webhooks.heads(now, limit=limit + len(busy)):
        if head.webhook in busy or len(claimed) >= limit:
            continue
        after = head.claimed(now)
        webhook = uow.webhooks.get(head.webhook)
        if webhook is not None and uow.webhooks.put_delivery(head, after):
            claimed.append(Claimed(webhook=webhook, delivery=after))
    return claimed


def settle(uow: UnitOfWork, *, claimed: Claimed, outcome: Outcome, now: datetime, jitter: float) -> Delivery | None:
    """Write down what came of a try; None when the message is no longer ours (removed, or claimed by another)."""
    before = claimed.delivery
    after = before.settled(outcome, now, jitter)
    if not uow.webhooks.put_delivery(before, after):
        return None
    webhook = uow.webhooks.get(before.webhook, lock=True)
    if webhook is not None:
        uow.webhooks.put(webhook.answered(outcome.status, now))
    return after


def message(webhook: Webhook, delivery: Delivery, now: datetime) -> Message:
    """What is sent for a delivery, signed as of now."""
    return _signed(webhook, delivery.event, delivery.key, delivery.body.encode(), now)


def test_message(webhook: Webhook, now: datetime) -> Message:
    """A message that tells nothing; it is sent past the queue, tried once and kept nowhere."""
    key = delivery_key(webhook.id, Event.TEST, "test", now)
    told = {"webhook_id": webhook.id, "name": webhook.name, "message": "This is a test; nothing happened."}
    return _signed(webhook, Event.TEST, key, text_of(Event.TEST, key, told, now).encode(), now)


def tested(uow: UnitOfWork, *, webhook: WebhookId, outcome: Outcome, now: datetime) -> None:
    """Note what a test gave. A receiver that takes it gets what waits for it now; a test switches nothing off."""
    found = uow.webhooks.get(webhook, lock=True)
    if found is None:
        return
    uow.webhooks.put(replace(found, last_status=outcome.status, last_at=now))
    if outcome.is_success:
        uow.webhooks.hasten(webhook, now)


def _signed(webhook: Webhook, event: Event, key: str, body: bytes, now: datetime) -> Message:
    """The timestamp is that of the try, so that receivers can refuse old ones."""
    timestamp = str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"hostward/{__version__}",
        "X-Hostward-Event": event.value,
        "X-Hostward-Delivery": key,
        "X-Hostward-Timestamp": timestamp,
        "X-Hostward-Signature": signature(webhook.secret, timestamp, body),
    }
    return Message(url=webhook.url, headers=headers, body=body)
