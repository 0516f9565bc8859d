"""ports.Webhooks: receivers, the messages queued for them, and the vulnerabilities machines were known to have."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hostward.domain.errors import NotFound
from hostward.domain.ids import AccountId, LeaseId, MachineId, VulId, WebhookId
from hostward.domain.severity import Level
from hostward.domain.webhook import Delivery, DeliveryState, Event, Webhook
from hostward.usecases.ports import Store
from store_samples import NOW, SECOND
from webhook_samples import DOWN, OK, delivery, webhook


def add(store: Store, *hooks: Webhook) -> None:
    """Store webhooks."""
    for each in hooks:
        store.write_now(lambda uow, each=each: uow.webhooks.add(each))


def enqueue(store: Store, *messages: Delivery) -> None:
    """Store messages."""
    for each in messages:
        store.write_now(lambda uow, each=each: uow.webhooks.enqueue(each))


def heads(store: Store, now=NOW, limit: int = 9) -> list[int]:
    """The numbers of the messages that are to be sent."""
    return [each.id for each in store.read_now(lambda uow: uow.webhooks.heads(now, limit=limit))]


def move(store: Store, before: Delivery, after: Delivery) -> bool:
    """Store where a message stands."""
    return store.write_now(lambda uow: uow.webhooks.put_delivery(before, after))


def got(store: Store, number: int = 1) -> Webhook | None:
    """A webhook as it is stored."""
    return store.read_now(lambda uow: uow.webhooks.get(WebhookId(number)))


WHOLE = webhook(
    7, account=AccountId(3), name="ä webhook", url="http://example.com:8080/x?y=z", level=Level.CRITICAL,
    events=frozenset({Event.FINDING_NEW}), enabled=False, last_status=410, last_at=NOW + SECOND, off_reason="gone",
)  # fmt: skip


@pytest.mark.parametrize("hook", [webhook(7), WHOLE])
def test_a_webhook_comes_back_as_it_was(store: Store, hook: Webhook) -> None:
    """Its secret in the clear."""
    add(store, hook)
    assert got(store, 7) == hook
    assert store.write_now(lambda uow: uow.webhooks.get(WebhookId(7), lock=True)) == hook
    assert got(store, 8) is None


def test_numbers_are_given_once(store: Store) -> None:
    """To webhooks and to messages, from 1."""
    numbers = [store.write_now(lambda uow: uow.webhooks.next_id()) for _ in range(2)]
    messages = [store.write_now(lambda uow: uow.webhooks.next_delivery()) for _ in range(2)]
    assert (numbers, messages) == ([1, 2], [1, 2])


def test_webhooks_are_listed_by_account_oldest_first(store: Store) -> None:
    """Listening are those that are on and want the event."""
    hooks = [webhook(2), webhook(1, enabled=False), webhook(3, events=frozenset({Event.FINDING_NEW}))]
    add(store, *hooks, webhook(4, account=AccountId(2)))
    listed = store.read_now(lambda uow: uow.webhooks.of_account(AccountId(1)))
    listening = store.read_now(lambda uow: uow.webhooks.listening(AccountId(1), Event.SCAN_FINISHED))
    assert [[each.id for each in found] for found in (listed, listening)] == [[1, 2, 3], [2]]


def test_a_change_leaves_account_creation_and_secret(store: Store) -> None:
    """Everything else is stored."""
    add(store, webhook(7))
    store.write_now(lambda uow: uow.webhooks.put(replace(WHOLE, secret="another", created=NOW + SECOND)))
    assert got(store, 7) == replace(WHOLE, account=AccountId(1), secret="secret 7", created=NOW)
    with pytest.raises(NotFound, match="no webhook 9"):
        store.write_now(lambda uow: uow.webhooks.put(webhook(9)))


def test_a_removed_webhook_takes_its_messages_along(store: Store) -> None:
    """Those of others stay; removing what is not there is nothing."""
    add(store, webhook(1), webhook(2))
    enqueue(store, delivery(1, 1), delivery(2, 2))
    for _ in range(2):
        store.write_now(lambda uow: uow.webhooks.drop(WebhookId(1)))
    assert (got(store, 1), heads(store)) == (None, [2])
    assert store.read_now(lambda uow: uow.webhooks.deliveries(WebhookId(1), limit=9, offset=0)) == (0, [])


def test_a_message_comes_back_as_it_was(store: Store) -> None:
    """Every field, before and after a try."""
    add(store, webhook())
    enqueue(store, delivery())
    claimed = delivery().claimed(NOW)
    for before, after in ((delivery(), claimed), (claimed, claimed.settled(DOWN, NOW, 0.5))):
        assert move(store, before, after)
        assert store.read_now(lambda uow: uow.webhooks.deliveries(WebhookId(1), limit=9, offset=0)) == (1, [after])


def test_the_head_of_each_enabled_webhook_is_due_in_order(store: Store) -> None:
    """The oldest pending one alone, and only once its time has come; longest due first."""
    add(store, webhook(1), webhook(2), webhook(3, enabled=False), webhook(4))
    enqueue(store, delivery(1, 1, next=NOW - SECOND), delivery(2, 1, next=NOW - 9 * SECOND), delivery(3, 3))
    enqueue(store, delivery(4, 2, next=NOW - 2 * SECOND), delivery(5, 4, next=NOW + SECOND), delivery(6, 4))
    assert (heads(store), heads(store, limit=1), heads(store, NOW + SECOND)) == ([4, 1], [4], [4, 1, 5])


def test_the_next_message_follows_when_the_one_before_it_is_done(store: Store) -> None:
    """Sent or given up; a message that is waiting holds up those behind it."""
    add(store, webhook())
    enqueue(store, delivery(1), delivery(2), delivery(3))
    assert move(store, delivery(1), delivery(1).settled(DOWN, NOW, 0.5))
    assert heads(store) == []
    assert move(store, delivery(1), delivery(1).settled(OK, NOW, 0.5))
    assert heads(store) == [2]
    assert move(store, delivery(2), replace(delivery(2), state=DeliveryState.GIVEN_UP, next=None))
    assert heads(store) == [3]


def test_a_message_is_claimed_by_one(store: Store) -> None:
    """Whoever comes second finds other attempts; nobody moves one that is done or gone."""
    add(store, webhook())
    enqueue(store, delivery())
    claimed = delivery().claimed(NOW)
    assert [move(store, delivery(), claimed) for _ in range(2)] == [True, False]
    assert [move(store, claimed, claimed.settled(OK, NOW, 0.5)) for _ in range(2)] == [True, False]
    assert not move(store, delivery(9), delivery(9).claimed(NOW))


def test_what_waits_can_be_hastened(store: Store) -> None:
    """Only of one webhook, and nothing that is done."""
    add(store, webhook(1), webhook(2))
    later = NOW + timedelta(hours=5)
    enqueue(store, delivery(1, 1, next=later), delivery(2, 1, next=later), delivery(3, 2, next=later))
    store.write_now(lambda uow: uow.webhooks.hasten(WebhookId(1), NOW))
    assert heads(store) == [1]
    total, page = store.read_now(lambda uow: uow.webhooks.deliveries(WebhookId(1), limit=9, offset=0))
    assert (total, [each.next for each in page]) == (2, [NOW, NOW])


def test_pending_messages_are_counted(store: Store) -> None:
    """Webhooks without any are left out."""
    add(store, webhook(1), webhook(2))
    enqueue(store, delivery(1, 1), delivery(2, 1), delivery(3, 2, state=DeliveryState.SENT, next=None))
    counted = store.read_now(lambda uow: uow.webhooks.pending([WebhookId(1), WebhookId(2), WebhookId(5)]))
    assert counted == {1: 2}


def test_a_page_of_messages_has_the_newest_first(store: Store) -> None:
    """And says how many there are."""
    add(store, webhook(1), webhook(2))
    enqueue(store, *(delivery(number, 1 + number % 2) for number in range(1, 8)))
    total, page = store.read_now(lambda uow: uow.webhooks.deliveries(WebhookId(2), limit=2, offset=1))
    assert (total, [each.id for each in page]) == (4, [5, 3])


def test_old_messages_are_removed_once_they_are_done(store: Store) -> None:
    """Pending ones stay, however old."""
    add(store, webhook())
    old = NOW - timedelta(days=8)
    done = {"state": DeliveryState.SENT, "next": None}
    enqueue(store, delivery(1, created=old), delivery(2, created=old, **done), delivery(3, **done))
    assert store.write_now(lambda uow: uow.webhooks.trim(NOW - timedelta(days=7))) == 1
    _, page = store.read_now(lambda uow: uow.webhooks.deliveries(WebhookId(1), limit=9, offset=0))
    assert [each.id for each in page] == [3, 1]


def test_known_vulnerabilities_are_kept_by_machine(store: Store) -> None:
    """The last ones, with the lease they came under."""

    def put(lease: int, *numbers: int) -> None:
        vuls = [VulId(number) for number in numbers]
        store.write_now(lambda uow: uow.webhooks.put_known_vuls(AccountId(1), MachineId(1), LeaseId(lease), vuls))

    put(4, 7, 5)
    put(6, 7, 8, 2**31)
    assert store.read_now(lambda uow: uow.webhooks.known_vuls(MachineId(1))) == (6, {7, 8, 2**31})
    put(9)
    assert store.read_now(lambda uow: uow.webhooks.known_vuls(MachineId(1))) == (9, frozenset())
    assert store.read_now(lambda uow: uow.webhooks.known_vuls(MachineId(2))) is None
