"""Parameters of the webhook actions, checked."""

from collections.abc import Sequence
from typing import Final

from hostward.api.values import between, count_between, one_of
from hostward.domain.errors import NotFound
from hostward.domain.ids import WebhookId
from hostward.domain.reason import Reason
from hostward.domain.severity import Level
from hostward.domain.webhook import LISTENED, Event

MOST_IDS: Final = 2**53
"""Ids stay below: a JSON number."""


def webhook_of(value: int) -> WebhookId:
    """WebhookId; a number that no webhook can have is refused in the words for one that does not exist."""
    if not 1 <= value < MOST_IDS:
        raise NotFound.because(Reason.NO_WEBHOOK, webhook=value)
    return WebhookId(value)


def events_of(names: Sequence[str]) -> frozenset[Event]:
    """Events: one or more of those that can be listened for."""
    count_between("Events", names, 1, len(LISTENED))
    return frozenset(Event(one_of("Events", name, [event.value for event in LISTENED])) for name in names)


def level_of(value: int) -> Level:
    """Level: 1 to 4."""
    return Level(between("Level", value, Level.LOW, Level.CRITICAL))
