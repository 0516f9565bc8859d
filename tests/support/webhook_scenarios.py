"""Webhooks, some of whose messages arrived, and the requests that show and change them."""

import asyncio
from datetime import timedelta

from account_scenarios import staffed
from api_bench import BEGIN, ApiBench
from api_scenarios import Example
from hostward.domain.ids import WebhookId
from hostward.domain.webhook import DeliveryState, Event, Outcome
from hostward.wiring.notifier import Notifier
from webhook_samples import DOWN, FakePost, delivery, webhook

SERVICE = "hostward"
URL = "https://hooks.example.com/hostward"
NEW = {"Name": "on call", "Url": URL, "Events": ["scan.finished", "finding.new"], "Level": 3}


def listening() -> ApiBench:
    """Two webhooks: one that took its first message and not its second, and one that was gone."""
    api = staffed()
    api.gateway._post = FakePost({URL: [Outcome(status=200, took=timedelta(milliseconds=31), body='{"ok":true}')]})

    def work(uow) -> None:
        uow.webhooks.add(webhook(uow.webhooks.next_id(), name="on call", url=URL, created=BEGIN))
        gone = {"enabled": False, "off_reason": "the receiver answered 410 Gone", "last_status": 410, "last_at": BEGIN}
        uow.webhooks.add(webhook(uow.webhooks.next_id(), name="old", created=BEGIN, **gone))
        for event in (Event.SCAN_FINISHED, Event.FINDING_NEW):
            number = uow.webhooks.next_delivery()
            uow.webhooks.enqueue(delivery(number, 1, event=event, created=BEGIN, next=BEGIN))

    api.store.write_now(work)
    asyncio.run(_delivered(api))
    return api


async def _delivered(api: ApiBench) -> None:
    post = FakePost({URL: [Outcome(status=200), DOWN]})
    notifier = Notifier(store=api.store, post=post, clock=api.clock)
    for _ in range(2):
        await notifier.tick()
        await notifier.idle()
    (total, page) = api.store.read_now(lambda uow: uow.webhooks.deliveries(WebhookId(1), limit=9, offset=0))
    assert (total, page[0].state) == (2, DeliveryState.PENDING)
    steady = page[0].settled(DOWN, BEGIN, 0.5)  # the wait without its jitter
    api.store.write_now(lambda uow: uow.webhooks.put_delivery(page[0], steady))


def _example(name: str, action: str, request: dict | None = None, *, language: str = "en-US") -> Example:
    return Example(name, listening, action, request or {}, SERVICE, language)


FIRST = {"WebhookId": 1}
WEBHOOK_EXAMPLES = (
    _example("list_webhooks", "ListWebhooks"),
    _example("create_webhook", "CreateWebhook", NEW),
    _example("create_webhook_inside", "CreateWebhook", NEW | {"Url": "http://169.254.169.254/latest/meta-data"}),
    _example("update_webhook", "UpdateWebhook", {"WebhookId": 2, "Enabled": True, "Level": 4}),
    _example("update_unknown_webhook_zh", "UpdateWebhook", {"WebhookId": 9, "Enabled": True}, language="zh-CN"),
    _example("delete_webhook", "DeleteWebhook", FIRST),
    _example("test_webhook", "TestWebhook", FIRST),
    _example("list_webhook_deliveries", "ListWebhookDeliveries", FIRST),
)
