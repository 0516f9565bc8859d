"""The job that sends what is queued for webhooks."""

import asyncio
import random
from datetime import datetime, timedelta
from typing import Final

from hostward.domain.ids import WebhookId
from hostward.domain.webhook import KEPT, DeliveryState
from hostward.runtime.clock import Clock
from hostward.runtime.logging import get_logger
from hostward.usecases.notifications.deliver import Claimed, claim, is_due, message, settle
from hostward.usecases.ports import Store
from hostward.usecases.webhook_ports import Post

TICK_SECONDS: Final = 1.0
"""Longest time until a message that is due is seen; a webhook that has just taken one gets its next at once."""

MOST_AT_ONCE: Final = 8
"""Webhooks that are being sent to at a time, one message each: who is slow holds up itself alone."""

TRIM_EVERY: Final = timedelta(hours=1)
_SPREAD: Final = random.SystemRandom()

_log = get_logger(__name__)


class Notifier:
    """Sends for ever. Every server of a database may run one: a message is claimed before it is sent."""

    def __init__(self, *, store: Store, post: Post, clock: Clock) -> None:
        self._store = store
        self._post = post
        self._clock = clock
        self._running: dict[WebhookId, asyncio.Task[None]] = {}
        self._free = asyncio.Event()
        self._trimmed: datetime | None = None

    async def run(self) -> None:
        """Tick until cancelled. A database that fails for a while is waited for: what is queued stays queued."""
        try:
            while True:
                try:
                    await self.tick()
                except Exception:  # noqa: BLE001  # whatever it was, the next tick must come
                    _log.exception("notifier failed")
                await self._pause()
        finally:
            for task in self._running.values():
                task.cancel()

    async def tick(self) -> None:
        """Begin to send what is due, as far as there is room. An idle server only reads."""
        await self._trim()
        self._free.clear()
        busy, room, now = set(self._running), MOST_AT_ONCE - len(self._running), self._clock.now()
        if room <= 0 or not await self._store.read(lambda uow: is_due(uow, busy=busy, now=now, limit=room)):
            return
        for claimed in await self._store.write(lambda uow: claim(uow, busy=busy, now=now, limit=room)):
            which = claimed.webhook.id
            self._running[which] = asyncio.create_task(self._deliver(claimed))

    async def idle(self) -> None:
        """Return when nothing is being sent: for whoever drives the ticks by hand."""
        while self._running:
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _pause(self) -> None:
        """Until the next tick; a message that ended makes room, and may have one behind it."""
        try:
            async with asyncio.timeout(TICK_SECONDS):
                await self._free.wait()
        except TimeoutError:
            return

    async def _deliver(self, claimed: Claimed) -> None:
        """Send one message. One that fails in an unforeseen way is tried again when its claim is over."""
        try:
            await self._sent(claimed)
        except Exception:  # noqa: BLE001  # it is logged; the others go on
            _log.exception("message failed", webhook=claimed.webhook.id, delivery=claimed.delivery.key)
        finally:
            del self._running[claimed.webhook.id]
            self._free.set()

    async def _sent(self, claimed: Claimed) -> None:
        sent = message(claimed.webhook, claimed.delivery, self._clock.now())
        outcome = await self._post.send(sent.url, sent.headers, sent.body)
        now, jitter = self._clock.now(), _SPREAD.random()
        after = await self._store.write(
            lambda uow: settle(uow, claimed=claimed, outcome=outcome, now=now, jitter=jitter)
        )  # fmt: skip
        told = {"webhook": claimed.webhook.id, "delivery": claimed.delivery.key, "status": outcome.status}
        if after is None or after.state is DeliveryState.SENT:
            _log.info("message sent", **told)
        elif after.state is DeliveryState.GIVEN_UP:
            _log.warning("message given up", **told, problem=outcome.words)
        else:
            _log.info("message not taken", **told, problem=outcome.words, again=after.next)

    async def _trim(self) -> None:
        now = self._clock.now()
        if self._trimmed is None or now - self._trimmed >= TRIM_EVERY:
            self._trimmed = now
            await self._store.write(lambda uow: uow.webhooks.trim(now - KEPT))
