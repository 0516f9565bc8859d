"""Put a message into the queue of a webhook, in the transaction of what it tells of."""

import json
from collections.abc import Mapping
from datetime import datetime

from hostward.domain.webhook import Delivery, Event, Webhook, delivery_key
from hostward.usecases.notifications.message import time_text
from hostward.usecases.ports import UnitOfWork


def queue(
    uow: UnitOfWork, webhook: Webhook, event: Event, *, about: str, body: Mapping[str, object], now: datetime
) -> None:
    """Store the message; whoever delivers finds it once the transaction is durable. about: see delivery_key."""
    store = uow.whole.webhooks
    key = delivery_key(webhook.id, event, about, now)
    store.enqueue(
        Delivery(
            id=store.next_delivery(), webhook=webhook.id, account=webhook.account, event=event, key=key,
            body=text_of(event, key, body, now), created=now, next=now,
        )
    )  # fmt: skip


def text_of(event: Event, key: str, body: Mapping[str, object], now: datetime) -> str:
    """The JSON text of a message: what it is and when it happened stand before what it tells."""
    return json.dumps({"event": event.value, "delivery": key, "time": time_text(now), **body}, separators=(",", ":"))
