"""Messages to other systems: who is told of what, when a message is tried again, and how it is signed."""

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final

from hostward.domain.errors import InvalidValue
from hostward.domain.ids import AccountId, DeliveryId, WebhookId
from hostward.domain.severity import Level

GIVE_UP: Final = timedelta(hours=48)
"""How long a message is tried: over a weekend's outage that somebody looks after, not for ever."""

FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=12)
JITTER: Final = 0.2
"""A wait is up to so much of itself shorter or longer, so that messages that failed together do not return together."""

CLAIM: Final = timedelta(seconds=30)
"""How long a message that is being sent is nobody else's: three times the longest sending takes. A server that was
killed meanwhile sends it again after that.
"""

KEPT: Final = timedelta(days=7)
"""How long a message that was sent or given up is listed."""

GONE: Final = 410
"""The HTTP status by which a receiver says that it is not there any more (RFC 9110, 15.5.11)."""

MAX_NAME: Final = 64
MAX_ERROR: Final = 300
MOST_WEBHOOKS: Final = 50
"""Of one account: each costs every end of a scan one message."""

SIGNATURE_VERSION: Final = "v1"


class Event(StrEnum):
    """What a message is about."""

    SCAN_FINISHED = "scan.finished"
    FINDING_NEW = "finding.new"
    FEED_HEALTH = "feed.health"
    TEST = "test"


LISTENED: Final = (Event.SCAN_FINISHED, Event.FINDING_NEW, Event.FEED_HEALTH)
"""What a webhook can be asked to listen for; the test is sent by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """One receiver. secret: what its messages are signed with, never in a repr. level: the least of a new finding.

    last_status: HTTP status of the last try, 0 for none. last_at: when that was, None before the first.
    off_reason: why Hostward switched it off, "" when it did not.
    """

    id: WebhookId
    account: AccountId
    name: str
    url: str
    events: frozenset[Event]
    level: Level
    created: datetime
    secret: str = field(repr=False)
    enabled: bool = True
    last_status: int = 0
    last_at: datetime | None = None
    off_reason: str = ""

    def __post_init__(self) -> None:
        """Refuse what nothing could be sent for."""
        if not self.name.strip() or len(self.name) > MAX_NAME or not self.name.isprintable():
            raise InvalidValue(f"a webhook's name has 1 to {MAX_NAME} characters that can be shown")
        if not self.events or not self.events <= frozenset(LISTENED):
            raise InvalidValue(f"a webhook listens for one or more of {', '.join(LISTENED)}")

    def listens(self, event: Event) -> bool:
        """Whether messages of this kind are queued for it."""
        return self.enabled and event in self.events

    def answered(self, status: int, now: datetime) -> "Webhook":
        """The webhook after a try; a receiver that is gone is not asked again until somebody switches it on."""
        tried = replace(self, last_status=status, last_at=now)
        if status != GONE:
            return tried
        return replace(tried, enabled=False, off_reason="the receiver answered 410 Gone")

    def switched(self, *, enabled: bool) -> "Webhook":
        """The webhook switched on or off by somebody."""
        return replace(self, enabled=enabled, off_reason="")


class DeliveryState(IntEnum):
    """Where a message stands. The numbers are stored: never renumber."""

    PENDING = 0
    SENT = 1
    GIVEN_UP = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a try gave. status: HTTP's, 0 when there was no answer; error: why, in words. body: its first characters."""

    status: int = 0
    error: str = ""
    body: str = ""
    took: timedelta = timedelta()

    @property
    def is_success(self) -> bool:
        """Whether the receiver took the message: any 2xx. A redirect is none, since it is not followed."""
        return 200 <= self.status < 300

    @property
    def words(self) -> str:
        """Why it was no success, "" for one."""
        if self.is_success:
            return ""
        return (self.error or f"the receiver answered HTTP {self.status}")[:MAX_ERROR]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message to one webhook.

    key: what receivers know it by, the same in every try. body: the JSON text that is sent and signed; "" once it
    was sent or given up. attempts: tries begun. status, error: of the last one that ended. next: when it is tried
    again, None when never.
    """

    id: DeliveryId
    webhook: WebhookId
    account: AccountId
    event: Event
    key: str
    body: str
    created: datetime
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    status: int = 0
    error: str = ""
    next: datetime | None

    def claimed(self, now: datetime) -> "Delivery":
        """The message while it is being sent: nobody else sends it for a while."""
        return replace(self, attempts=self.attempts + 1, next=now + CLAIM)

    def settled(self, outcome: Outcome, now: datetime, jitter: float) -> "Delivery":
        """The message after a try. jitter: 0.0 to 1.0, drawn by the caller."""
        after = replace(self, status=outcome.status, error=outcome.words)
        if outcome.is_success:
            return replace(after, state=DeliveryState.SENT, next=None, body="")
        if outcome.status == GONE or now >= self.created + GIVE_UP:
            return replace(after, state=DeliveryState.GIVEN_UP, next=None, body="")
        wait = wait_after(self.attempts, jitter)
        return replace(after, next=min(now + wait, self.created + GIVE_UP))


def wait_after(attempts: int, jitter: float) -> timedelta:
    """How long after so many tries the next one comes: doubled each time, from a minute to half a day."""
    doubled = FIRST_WAIT * (1 << min(max(attempts, 1) - 1, 10))
    return min(doubled, LONGEST_WAIT) * (1 + JITTER * (2 * jitter - 1))


def delivery_key(webhook: WebhookId, event: Event, about: str, now: datetime) -> str:
    """The name of a message: 32 hex digits. about: what it tells of ("task 7 run 1"); now sets it apart from a message
    of another life of this database, which was restored and gave the same numbers again.
    """
    text = f"{webhook} {event} {about} {now.isoformat()}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What X-Hostward-Signature says: HMAC-SHA256 over the timestamp, a dot and the body, in hex, with its version."""
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"{SIGNATURE_VERSION}={digest}"
