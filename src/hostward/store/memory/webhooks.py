"""Webhooks and their messages in memory."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hostward.domain.errors import NotFound
from hostward.domain.ids import AccountId, DeliveryId, LeaseId, MachineId, VulId, WebhookId
from hostward.domain.webhook import Delivery, DeliveryState, Event, Webhook
from hostward.store.memory.state import State
from hostward.store.webhook_rows import COLUMNS, DELIVERY_COLUMNS, delivery_of, delivery_row, row_of, webhook_of


class MemoryWebhooks:
    """ports.Webhooks."""

    def __init__(self, state: State) -> None:
        self._state = state

    def next_id(self) -> WebhookId:
        """A webhook id never given before."""
        return WebhookId(self._state.take("webhook"))

    def get(self, webhook: WebhookId, *, lock: bool = False) -> Webhook | None:
        """A webhook; a transaction has everything to itself, locked or not."""
        return self._state.webhooks.get(webhook)

    def of_account(self, account: AccountId) -> Sequence[Webhook]:
        """The account's webhooks, oldest first."""
        return [each for _, each in sorted(self._state.webhooks.items()) if each.account == account]

    def listening(self, account: AccountId, event: Event) -> Sequence[Webhook]:
        """The account's webhooks for which messages of this kind are queued."""
        return [each for each in self.of_account(account) if each.listens(event)]

    def add(self, webhook: Webhook) -> None:
        """Store a new webhook."""
        self._state.webhooks[webhook.id] = _kept(webhook)

    def put(self, webhook: Webhook) -> None:
        """Store what can change of a webhook."""
        kept = self._state.webhooks.get(webhook.id)
        if kept is None:
            raise NotFound(f"there is no webhook {webhook.id}")
        same = replace(webhook, account=kept.account, created=kept.created, secret=kept.secret)
        self._state.webhooks[webhook.id] = _kept(same)

    def drop(self, webhook: WebhookId) -> None:
        """Remove a webhook and its messages."""
        self._state.webhooks.pop(webhook, None)
        for each in self._of(webhook):
            del self._state.deliveries[each.id]

    def next_delivery(self) -> DeliveryId:
        """A message id above every one given before."""
        return DeliveryId(self._state.take("delivery"))

    def enqueue(self, delivery: Delivery) -> None:
        """Store a new message."""
        row = delivery_row(delivery)
        self._state.deliveries[delivery.id] = delivery_of(tuple(row[column.name] for column in DELIVERY_COLUMNS))

    def put_delivery(self, before: Delivery, after: Delivery) -> bool:
        """Store where a message stands, if it is still as it was."""
        kept = self._state.deliveries.get(before.id)
        if kept is None or (kept.attempts, kept.state) != (before.attempts, before.state):
            return False
        self.enqueue(after)
        return True

    def heads(self, now: datetime, *, limit: int) -> Sequence[Delivery]:
        """Of each enabled webhook the oldest pending message, if it is due."""
        enabled = (each.id for each in self._state.webhooks.values() if each.enabled)
        firsts = (next(iter(self._pending(which)), None) for which in enabled)
        due = [(each.next, each.id, each) for each in firsts if each and each.next is not None and each.next <= now]
        return [each for _, _, each in sorted(due)][:limit]

    def hasten(self, webhook: WebhookId, now: datetime) -> None:
        """Make the webhook's pending messages due now."""
        for each in self._pending(webhook):
            if each.next is not None and each.next > now:
                self._state.deliveries[each.id] = replace(each, next=now)

    def pending(self, webhooks: Collection[WebhookId]) -> Mapping[WebhookId, int]:
        """How many messages wait for each."""
        counts = {which: len(self._pending(which)) for which in webhooks}
        return {which: count for which, count in counts.items() if count}

    def deliveries(self, webhook: WebhookId, *, limit: int, offset: int) -> tuple[int, Sequence[Delivery]]:
        """A page of the webhook's messages, newest first."""
        found = self._of(webhook)[::-1]
        return len(found), found[offset : offset + limit]

    def trim(self, before: datetime) -> int:
        """Remove old messages that nothing will happen to."""
        every = self._state.deliveries.values()
        old = [each.id for each in every if each.created < before and each.state is not DeliveryState.PENDING]
        for which in old:
            del self._state.deliveries[which]
        return len(old)

    def known_vuls(self, machine: MachineId) -> tuple[LeaseId, frozenset[VulId]] | None:
        """The vulnerabilities that the machine's results held when they came."""
        return self._state.known_vuls.get(machine)

    def put_known_vuls(self, account: AccountId, machine: MachineId, lease: LeaseId, vuls: Iterable[VulId]) -> None:
        """Keep that."""
        self._state.known_vuls[machine] = lease, frozenset(vuls)

    def _of(self, webhook: WebhookId) -> list[Delivery]:
        return [each for _, each in sorted(self._state.deliveries.items()) if each.webhook == webhook]

    def _pending(self, webhook: WebhookId) -> list[Delivery]:
        return [each for each in self._of(webhook) if each.state is DeliveryState.PENDING]


def _kept(webhook: Webhook) -> Webhook:
    """The webhook as a database would give it back."""
    row = row_of(webhook, b"")
    return webhook_of(tuple(row[column.name] for column in COLUMNS), webhook.secret)
