"""What notifications need of the store and of the network, as Protocols: a part of usecases/ports.py."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from hostward.domain.ids import AccountId, DeliveryId, LeaseId, MachineId, VulId, WebhookId
from hostward.domain.webhook import Delivery, Event, Outcome, Webhook


class Webhooks(Protocol):
    """Receivers, the messages queued for them, and what is needed to tell new findings from known ones."""

    def next_id(self) -> WebhookId:
        """A webhook id never given before."""
        ...

    def get(self, webhook: WebhookId, *, lock: bool = False) -> Webhook | None:
        """A webhook. lock: nobody else changes it before this transaction ends."""
        ...

    def of_account(self, account: AccountId) -> Sequence[Webhook]:
        """The account's webhooks, oldest first."""
        ...

    def listening(self, account: AccountId, event: Event) -> Sequence[Webhook]:
        """Those of the account's webhooks for which messages of this kind are queued, oldest first."""
        ...

    def add(self, webhook: Webhook) -> None:
        """Store a new webhook; its secret is stored encrypted."""
        ...

    def put(self, webhook: Webhook) -> None:
        """Store everything of a webhook but account, created and secret. Raises NotFound."""
        ...

    def drop(self, webhook: WebhookId) -> None:
        """Remove a webhook and its messages, if it is there."""
        ...

    def next_delivery(self) -> DeliveryId:
        """A message id above every one given before."""
        ...

    def enqueue(self, delivery: Delivery) -> None:
        """Store a new message."""
        ...

    def put_delivery(self, before: Delivery, after: Delivery) -> bool:
        """Store where a message stands; False when it is not as it was (its attempts are compared), or is gone."""
        ...

    def heads(self, now: datetime, *, limit: int) -> Sequence[Delivery]:
        """Of each enabled webhook the oldest pending message, if it is due: longest due first."""
        ...

    def hasten(self, webhook: WebhookId, now: datetime) -> None:
        """Make the webhook's pending messages due now."""
        ...

    def pending(self, webhooks: Collection[WebhookId]) -> Mapping[WebhookId, int]:
        """How many messages wait for each of these webhooks; those without any are left out."""
        ...

    def deliveries(self, webhook: WebhookId, *, limit: int, offset: int) -> tuple[int, Sequence[Delivery]]:
        """How many messages of the webhook are kept, and a page of them, newest first."""
        ...

    def trim(self, before: datetime) -> int:
        """Remove messages that were sent or given up and are older than this; returns how many."""
        ...

    def known_vuls(self, machine: MachineId) -> tuple[LeaseId, frozenset[VulId]] | None:
        """The vulnerabilities that the machine's results of this lease held when they came; None for never kept."""
        ...

    def put_known_vuls(self, account: AccountId, machine: MachineId, lease: LeaseId, vuls: Iterable[VulId]) -> None:
        """Keep that in place of what was kept before."""
        ...


class Post(Protocol):
    """Sends one message to a URL."""

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """Try once; never raises for what the receiver or the network does, and ends within seconds."""
        ...
