"""Webhooks, the messages queued for them, and the vulnerabilities a machine was known to have."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
KINDS: dict[str, sa.types.TypeEngine[Any]] = {"": NUMBER, "text": WORDS, "bytes": sa.LargeBinary()}
WEBHOOK = (
    "webhook_id account_id name:text url:text events:text level enabled created secret:bytes last_status last_at? "
    "off_reason:text"
)
DELIVERY = (
    "delivery_id webhook_id account_id event:text key:text body:text created state attempts status error:text next_at?"
)
KNOWN = "machine_id account_id lease_id packed:bytes"


def upgrade() -> None:
    """Take the step."""
    _create("webhook", WEBHOOK, key="webhook_id", postgresql_with={"fillfactor": 70})
    op.create_index("webhook_account_id", "webhook", ["account_id"])
    _create("webhook_delivery", DELIVERY, key="delivery_id", postgresql_with={"fillfactor": 70})
    op.create_index("webhook_delivery_webhook_id_delivery_id", "webhook_delivery", ["webhook_id", "delivery_id"])
    op.create_index("webhook_delivery_created", "webhook_delivery", ["created"])
    waiting = sa.text("state = 0")
    op.create_index(
        "webhook_delivery_pending", "webhook_delivery", ["webhook_id", "delivery_id"],
        sqlite_where=waiting, postgresql_where=waiting,
    )  # fmt: skip
    _create("known_vuls", KNOWN, key="machine_id")
    counter = sa.table("counter", sa.column("name"), sa.column("value"))
    op.bulk_insert(counter, [{"name": name, "value": 0} for name in ("webhook", "delivery")])


def _create(name: str, columns: str, *, key: str, **options: Any) -> None:
    made = map(_column, columns.split())
    op.create_table(name, *made, sa.PrimaryKeyConstraint(key, name=f"{name}_key"), sqlite_with_rowid=True, **options)


def _column(words: str) -> sa.Column[Any]:
    name, _, kind = words.removesuffix("?").partition(":")
    return sa.Column(name, KINDS[kind], nullable=words.endswith("?"), autoincrement=False)
