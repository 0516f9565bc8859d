"""Tables of webhooks, of the messages queued for them, and of the vulnerabilities a machine was known to have."""

from sqlalchemy import Index

from hostward.domain.webhook import DeliveryState
from hostward.store.columns import number, partial, raw, table, words

PENDING = f"state = {DeliveryState.PENDING.value}"
"""Messages that wait: few beside those that were sent."""

FILL = 70
"""Per cent of a PostgreSQL page filled at first: each row changes with every try."""

webhook = table(
    "webhook",
    "webhook_id",
    number("webhook_id"),
    number("account_id"),
    *(words(name) for name in ("name", "url", "events")),
    number("level"),
    number("enabled"),
    number("created"),
    raw("secret"),
    number("last_status"),
    number("last_at", null=True),
    words("off_reason"),
    Index(None, "account_id"),
    fill=FILL,
)
webhook_delivery = table(
    "webhook_delivery",
    "delivery_id",
    *(number(name) for name in ("delivery_id", "webhook_id", "account_id")),
    *(words(name) for name in ("event", "key", "body")),
    *(number(name) for name in ("created", "state", "attempts", "status")),
    words("error"),
    number("next_at", null=True),
    Index(None, "webhook_id", "delivery_id"),
    Index(None, "created"),
    partial("webhook_delivery_pending", PENDING, "webhook_id", "delivery_id"),
    fill=FILL,
)
known_vuls = table(
    "known_vuls", "machine_id", *(number(name) for name in ("machine_id", "account_id", "lease_id")), raw("packed")
)
"""One row a machine, never one a machine and vulnerability."""
