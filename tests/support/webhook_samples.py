"""Webhooks and messages, with as little said as a test needs."""

from dataclasses import dataclass, field
from datetime import timedelta

from hostward.domain.ids import AccountId, DeliveryId, WebhookId
from hostward.domain.severity import Level
from hostward.domain.webhook import LISTENED, Delivery, Event, Outcome, Webhook
from store_samples import NOW

OK = Outcome(status=200, body="ok", took=timedelta(milliseconds=5))
DOWN = Outcome(error="no connection: Connection refused")


def webhook(number: int = 1, **said) -> Webhook:
    """A webhook that listens for everything."""
    values = {
        "id": WebhookId(number), "account": AccountId(1), "name": f"hook {number}", "url": "https://example.com/in",
        "events": frozenset(LISTENED), "level": Level.LOW, "created": NOW, "secret": f"secret {number}",
    }  # fmt: skip
    return Webhook(**{**values, **said})


def delivery(number: int = 1, hook: int = 1, **said) -> Delivery:
    """A message that is due."""
    values = {
        "id": DeliveryId(number), "webhook": WebhookId(hook), "account": AccountId(1), "event": Event.SCAN_FINISHED,
        "key": f"{number:032x}", "body": '{"ä":1}', "created": NOW, "next": NOW,
    }  # fmt: skip
    return Delivery(**{**values, **said})


@dataclass
class FakePost:
    """A network that answers as it is told, and remembers what was sent."""

    answers: dict[str, list[Outcome]] = field(default_factory=dict)
    sent: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    async def send(self, url, headers, body) -> Outcome:
        """The next answer of this URL, or 200."""
        self.sent.append((url, dict(headers), body))
        return self.answers.get(url, [OK]).pop(0) if self.answers.get(url) else OK
