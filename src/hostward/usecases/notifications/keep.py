"""Make, change and remove webhooks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hostward.domain.errors import InvalidValue, NotFound
from hostward.domain.ids import AccountId, WebhookId
from hostward.domain.reason import Reason
from hostward.domain.severity import Level
from hostward.domain.webhook import MOST_WEBHOOKS, Delivery, Event, Webhook
from hostward.domain.webhook_target import Network, checked_target
from hostward.usecases.ports import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a webhook is to be; None leaves a part as it is."""

    name: str | None = None
    url: str | None = None
    events: frozenset[Event] | None = None
    level: Level | None = None
    enabled: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A webhook in a list of them, and how many messages wait for it."""

    webhook: Webhook
    pending: int


def create(
    uow: UnitOfWork,
    *,
    account: AccountId,
    name: str,
    url: str,
    events: frozenset[Event],
    level: Level,
    secret: str,
    allowed: Sequence[Network],
    now: datetime,
) -> Webhook:
    """A new webhook, switched on. Raises InvalidValue for a URL that may not be called, or when there are too many."""
    checked_target(url, allowed)
    if len(uow.webhooks.of_account(account)) >= MOST_WEBHOOKS:
        raise InvalidValue.because(Reason.TOO_MANY_WEBHOOKS, limit=MOST_WEBHOOKS)
    made = Webhook(
        id=uow.webhooks.next_id(), account=account, name=name, url=url, events=events, level=level, created=now,
        secret=secret,
    )  # fmt: skip
    uow.webhooks.add(made)
    return made


def update(
    uow: UnitOfWork,
    *,
    account: AccountId,
    webhook: WebhookId,
    wanted: Wanted,
    allowed: Sequence[Network],
    now: datetime,
) -> Webhook:
    """Change a webhook. One that is switched on or pointed elsewhere gets what waits for it now, not at its next try.

    Raises NotFound for a webhook that is not the account's, InvalidValue for a URL that may not be called.
    """
    before = find(uow, account=account, webhook=webhook, lock=True)
    if wanted.url is not None:
        checked_target(wanted.url, allowed)
    after = replace(
        before,
        name=before.name if wanted.name is None else wanted.name,
        url=before.url if wanted.url is None else wanted.url,
        events=before.events if wanted.events is None else wanted.events,
        level=before.level if wanted.level is None else wanted.level,
    )
    if wanted.enabled is not None:
        after = after.switched(enabled=wanted.enabled)
    uow.webhooks.put(after)
    if after.enabled and (after.url != before.url or not before.enabled):
        uow.webhooks.hasten(webhook, now)
    return after


def delete(uow: UnitOfWork, *, account: AccountId, webhook: WebhookId) -> None:
    """Remove a webhook with all its messages. Raises NotFound for one that is not the account's."""
    find(uow, account=account, webhook=webhook, lock=True)
    uow.webhooks.drop(webhook)


def find(uow: UnitOfWork, *, account: AccountId, webhook: WebhookId, lock: bool = False) -> Webhook:
    """A webhook of the account. Raises NotFound."""
    found = uow.webhooks.get(webhook, lock=lock)
    if found is None or found.account != account:
        raise NotFound.because(Reason.NO_WEBHOOK, webhook=webhook)
    return found


def listing(uow: UnitOfWork, *, account: AccountId) -> Sequence[Listed]:
    """The account's webhooks, oldest first."""
    every = uow.webhooks.of_account(account)
    pending = uow.webhooks.pending([each.id for each in every])
    return [Listed(webhook=each, pending=pending.get(each.id, 0)) for each in every]


def deliveries(
    uow: UnitOfWork, *, account: AccountId, webhook: WebhookId, limit: int, offset: int
) -> tuple[int, Sequence[Delivery]]:
    """How many messages of a webhook are kept, and a page of them, newest first. Raises NotFound."""
    find(uow, account=account, webhook=webhook)
    return uow.webhooks.deliveries(webhook, limit=limit, offset=offset)
