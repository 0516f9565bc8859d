"""Webhooks and their messages in SQL."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, literal_column, select, update

from hostward.domain.errors import NotFound
from hostward.domain.ids import AccountId, DeliveryId, LeaseId, MachineId, VulId, WebhookId
from hostward.domain.webhook import Delivery, DeliveryState, Event, Webhook
from hostward.store import counters, packed
from hostward.store.sealing import Sealer
from hostward.store.session import Prepared, Row, Session
from hostward.store.times import micros
from hostward.store.upsert import upserting
from hostward.store.webhook_rows import (
    COLUMNS,
    DELIVERY_COLUMNS,
    MOVED,
    PUT,
    delivery_of,
    delivery_row,
    owner,
    row_of,
    webhook_of,
)
from hostward.store.webhook_tables import known_vuls, webhook, webhook_delivery

_W, _D, _K = webhook.c, webhook_delivery.c, known_vuls.c
_IS_PENDING = _D.state == literal_column(str(DeliveryState.PENDING.value))
"""Written as the partial index has it, else no planner would use that."""

_GET = select(*COLUMNS).where(_W.webhook_id == bindparam("which"))
_READ, _LOCK = Prepared(_GET), Prepared(_GET.with_for_update())
_OF_ACCOUNT = Prepared(select(*COLUMNS).where(_W.account_id == bindparam("of_account")).order_by(_W.webhook_id))
_ENABLED = Prepared(
    select(*COLUMNS).where(_W.account_id == bindparam("of_account"), _W.enabled == 1).order_by(_W.webhook_id)
)
_ADD = Prepared(insert(webhook))
_PUT = Prepared(
    update(webhook).where(_W.webhook_id == bindparam("which")).values({name: bindparam(f"to_{name}") for name in PUT})
)
_DROP = Prepared(delete(webhook).where(_W.webhook_id == bindparam("which")))
_DROP_DELIVERIES = Prepared(delete(webhook_delivery).where(_D.webhook_id == bindparam("which")))
_ENQUEUE = Prepared(insert(webhook_delivery))
_MOVE = Prepared(
    update(webhook_delivery)
    .where(
        _D.delivery_id == bindparam("which"), _D.attempts == bindparam("before"), _D.state == bindparam("before_state")
    )
    .values({name: bindparam(f"to_{name}") for name in MOVED})
)
_HEAD = (
    select(func.min(_D.delivery_id))
    .where(_D.webhook_id == _W.webhook_id, _IS_PENDING)
    .correlate(webhook)
    .scalar_subquery()
)
_HEADS = Prepared(
    select(*DELIVERY_COLUMNS)
    .join_from(webhook, webhook_delivery, _D.delivery_id == _HEAD)
    .where(_W.enabled == 1, _D.next_at <= bindparam("now"))
    .order_by(_D.next_at, _D.delivery_id)
    .limit(bindparam("many"))
)
_HASTEN = Prepared(
    update(webhook_delivery)
    .where(_D.webhook_id == bindparam("which"), _IS_PENDING, _D.next_at > bindparam("now"))
    .values(next_at=bindparam("now"))
)
_COUNT_PENDING = Prepared(
    select(func.count()).select_from(webhook_delivery).where(_D.webhook_id == bindparam("which"), _IS_PENDING)
)
_COUNT = Prepared(select(func.count()).select_from(webhook_delivery).where(_D.webhook_id == bindparam("which")))
_PAGE = Prepared(
    select(*DELIVERY_COLUMNS)
    .where(_D.webhook_id == bindparam("which"))
    .order_by(_D.delivery_id.desc())
    .limit(bindparam("many"))
    .offset(bindparam("first"))
)
_TRIM = Prepared(
    delete(webhook_delivery).where(_D.created < bindparam("before"), _D.state != DeliveryState.PENDING.value)
)
_KNOWN = Prepared(select(_K.lease_id, _K.packed).where(_K.machine_id == bindparam("which")))
_PUT_KNOWN = upserting(
    known_vuls, key=("machine_id",), change=lambda new: {"lease_id": new.lease_id, "packed": new.packed}
)


class SqlWebhooks:
    """ports.Webhooks."""

    def __init__(self, session: Session, sealer: Sealer) -> None:
        self._session = session
        self._sealer = sealer

    def next_id(self) -> WebhookId:
        """A webhook id never given before."""
        return WebhookId(counters.take(self._session, "webhook"))

    def get(self, webhook: WebhookId, *, lock: bool = False) -> Webhook | None:
        """A webhook."""
        row = self._session.row(_LOCK if lock else _READ, which=webhook)
        return None if row is None else self._opened(row)

    def of_account(self, account: AccountId) -> Sequence[Webhook]:
        """The account's webhooks, oldest first."""
        return [self._opened(row) for row in self._session.rows(_OF_ACCOUNT, of_account=account)]

    def listening(self, account: AccountId, event: Event) -> Sequence[Webhook]:
        """The account's webhooks for which messages of this kind are queued."""
        found = (self._opened(row) for row in self._session.rows(_ENABLED, of_account=account))
        return [each for each in found if each.listens(event)]

    def add(self, webhook: Webhook) -> None:
        """Store a new webhook."""
        sealed = self._sealer.seal(webhook.secret.encode(), owner(webhook.id))
        self._session.run(_ADD, **row_of(webhook, sealed))

    def put(self, webhook: Webhook) -> None:
        """Store what can change of a webhook."""
        row = row_of(webhook, b"")
        if not self._session.run(_PUT, which=webhook.id, **{f"to_{name}": row[name] for name in PUT}):
            raise NotFound(f"there is no webhook {webhook.id}")

    def drop(self, webhook: WebhookId) -> None:
        """Remove a webhook and its messages."""
        self._session.run(_DROP, which=webhook)
        self._session.run(_DROP_DELIVERIES, which=webhook)

    def next_delivery(self) -> DeliveryId:
        """A message id above every one given before."""
        return DeliveryId(counters.take(self._session, "delivery"))

    def enqueue(self, delivery: Delivery) -> None:
        """Store a new message."""
        self._session.run(_ENQUEUE, **delivery_row(delivery))

    def put_delivery(self, before: Delivery, after: Delivery) -> bool:
        """Store where a message stands, if it is still as it was."""
        row = delivery_row(after)
        moved = {f"to_{name}": row[name] for name in MOVED}
        was = {"before": before.attempts, "before_state": before.state.value}
        return self._session.run(_MOVE, which=before.id, **was, **moved) == 1

    def heads(self, now: datetime, *, limit: int) -> Sequence[Delivery]:
        """Of each enabled webhook the oldest pending message, if it is due."""
        return [delivery_of(row) for row in self._session.rows(_HEADS, now=micros(now), many=limit)]

    def hasten(self, webhook: WebhookId, now: datetime) -> None:
        """Make the webhook's pending messages due now."""
        self._session.run(_HASTEN, which=webhook, now=micros(now))

    def pending(self, webhooks: Collection[WebhookId]) -> Mapping[WebhookId, int]:
        """How many messages wait for each."""
        counts = {which: int(self._session.rows(_COUNT_PENDING, which=which)[0][0]) for which in webhooks}
        return {which: count for which, count in counts.items() if count}

    def deliveries(self, webhook: WebhookId, *, limit: int, offset: int) -> tuple[int, Sequence[Delivery]]:
        """A page of the webhook's messages, newest first."""
        total = int(self._session.rows(_COUNT, which=webhook)[0][0])
        rows = self._session.rows(_PAGE, which=webhook, many=limit, first=offset)
        return total, [delivery_of(row) for row in rows]

    def trim(self, before: datetime) -> int:
        """Remove old messages that nothing will happen to."""
        return self._session.run(_TRIM, before=micros(before))

    def known_vuls(self, machine: MachineId) -> tuple[LeaseId, frozenset[VulId]] | None:
        """The vulnerabilities that the machine's results held when they came."""
        row = self._session.row(_KNOWN, which=machine)
        return None if row is None else (LeaseId(row[0]), packed.unpack(row[1]))

    def put_known_vuls(self, account: AccountId, machine: MachineId, lease: LeaseId, vuls: Iterable[VulId]) -> None:
        """Keep that."""
        statement = _PUT_KNOWN(self._session.dialect.name)
        self._session.run(
            statement, machine_id=machine, account_id=account, lease_id=lease, packed=packed.pack(vuls)
        )  # fmt: skip

    def _opened(self, row: Row) -> Webhook:
        secret = self._sealer.open(bytes(row[COLUMNS.index(_W.secret)]), owner(WebhookId(row[0])))
        return webhook_of(row, secret.decode())
