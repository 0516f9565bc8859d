"""Webhooks and their messages as rows."""

from hostward.domain.ids import AccountId, DeliveryId, WebhookId
from hostward.domain.severity import Level
from hostward.domain.webhook import Delivery, DeliveryState, Event, Webhook
from hostward.store.codec import words_of, words_text
from hostward.store.session import Row, Value
from hostward.store.texts import clean
from hostward.store.times import micros, micros_or_none, time_of, time_or_none
from hostward.store.webhook_tables import webhook, webhook_delivery

COLUMNS = tuple(webhook.c)
DELIVERY_COLUMNS = tuple(webhook_delivery.c)
PUT = ("name", "url", "events", "level", "enabled", "last_status", "last_at", "off_reason")
MOVED = ("state", "attempts", "status", "error", "next_at", "body")


def owner(which: WebhookId) -> str:
    """What a sealed secret is bound to."""
    return f"webhook:{which}"


def row_of(one: Webhook, sealed: bytes) -> dict[str, Value]:
    """A webhook's row."""
    return {
        "webhook_id": one.id,
        "account_id": one.account,
        "name": clean(one.name),
        "url": clean(one.url),
        "events": words_text(sorted(one.events)),
        "level": one.level.value,
        "enabled": int(one.enabled),
        "created": micros(one.created),
        "secret": sealed,
        "last_status": one.last_status,
        "last_at": micros_or_none(one.last_at),
        "off_reason": clean(one.off_reason),
    }


def webhook_of(row: Row, secret: str) -> Webhook:
    """The webhook of a row of COLUMNS, its secret in the clear."""
    which, account, name, url, events, level, enabled, created, _sealed, status, last_at, off_reason = row
    return Webhook(
        id=WebhookId(which),
        account=AccountId(account),
        name=name,
        url=url,
        events=frozenset(map(Event, words_of(events))),
        level=Level(level),
        enabled=bool(enabled),
        created=time_of(created),
        secret=secret,
        last_status=status,
        last_at=time_or_none(last_at),
        off_reason=off_reason,
    )


def delivery_row(one: Delivery) -> dict[str, Value]:
    """A message's row."""
    return {
        "delivery_id": one.id,
        "webhook_id": one.webhook,
        "account_id": one.account,
        "event": one.event.value,
        "key": clean(one.key),
        "body": clean(one.body),
        "created": micros(one.created),
        "state": one.state.value,
        "attempts": one.attempts,
        "status": one.status,
        "error": clean(one.error),
        "next_at": micros_or_none(one.next),
    }


def delivery_of(row: Row) -> Delivery:
    """The message of a row of DELIVERY_COLUMNS."""
    which, hook, account, event, key, body, created, state, attempts, status, error, next_at = row
    return Delivery(
        id=DeliveryId(which),
        webhook=WebhookId(hook),
        account=AccountId(account),
        event=Event(event),
        key=key,
        body=body,
        created=time_of(created),
        state=DeliveryState(state),
        attempts=attempts,
        status=status,
        error=error,
        next=time_or_none(next_at),
    )
