"""API keys by SecretId, remembered for a moment so that a busy client costs no look-up a request.

What this process changes of users and keys counts from the next request on. What another process changes (a second
server on the same PostgreSQL) counts after REMEMBERED seconds at the latest.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import islice
from typing import NamedTuple

from hostward.domain.account import ApiKey
from hostward.runtime.clock import Clock
from hostward.runtime.logging import get_logger
from hostward.usecases.ports import Store, UnitOfWork

_log = get_logger(__name__)

REMEMBERED = 2.0
"""Seconds a look-up counts: how long a key still works here after another process disabled it."""

MOST_KEYS = 10_000
MOST_UNKNOWN = 1_000
"""Look-ups remembered: keys that exist, and ids that don't (so that a flood of those can't grow memory)."""

RENEWED_BEFORE = 1.0
"""Seconds before a look-up counts no longer, from which on a request that uses it makes the next one begin."""

PAUSE = 0.01
"""Seconds between two look-ups of ids that nobody had before. Those asked meanwhile are looked up together, so that a
flood of invented ids (each another one) costs a small part of a look-up each and leaves the database to the others.
"""

MOST_AT_ONCE = 200
"""Ids of one look-up: some 10 ms of work."""


class Found(NamedTuple):
    """A look-up. until: monotonic seconds. changes: how many this process had made when it began."""

    until: float
    changes: int
    key: ApiKey | None


class KeyRing:
    """The keys of a store. Used from one event loop at a time.

    changes: how often this process has changed users or keys, by now.
    """

    def __init__(self, store: Store, clock: Clock, *, changes: Callable[[], int] = lambda: 0) -> None:
        self._store = store
        self._clock = clock
        self._changes = changes
        self._known: dict[str, Found] = {}
        self._unknown: dict[str, Found] = {}
        self._asked: dict[str, asyncio.Future[ApiKey | None]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._renewals: dict[str, asyncio.Task[ApiKey | None]] = {}

    async def find(self, secret_id: str) -> ApiKey | None:
        """The key with this SecretId, disabled or not; None when there is none."""
        now = self._clock.monotonic()
        remembered = self._known.get(secret_id) or self._unknown.get(secret_id)
        if remembered is not None and now < remembered.until and remembered.changes == self._changes():
            if remembered.key is not None and now > remembered.until - RENEWED_BEFORE:
                self._renew(secret_id)
            return remembered.key
        if secret_id in self._known:  # no client that is known waits behind strangers
            return await self._known_anew(secret_id)
        return await asyncio.shield(self._ask(secret_id))

    @property
    def remembered(self) -> int:
        """How many look-ups are held."""
        return len(self._known) + len(self._unknown)

    def _renew(self, secret_id: str) -> None:
        """Look up again what is remembered still, so that a busy client never waits for it."""
        if secret_id not in self._renewals:
            task = self._renewals[secret_id] = asyncio.ensure_future(self._known_anew(secret_id))
            task.add_done_callback(partial(self._renewed, secret_id))

    def _renewed(self, secret_id: str, task: "asyncio.Task[ApiKey | None]") -> None:
        del self._renewals[secret_id]
        if not task.cancelled() and task.exception() is not None:
            _log.warning("key not looked up anew", reason=str(task.exception()))

    async def _known_anew(self, secret_id: str) -> ApiKey | None:
        changes = self._changes()  # before the read: what changes during it makes it count no longer
        key = await self._store.read(lambda uow: uow.accounts.key(secret_id))
        self._keep(secret_id, key, changes)
        return key

    def _ask(self, secret_id: str) -> "asyncio.Future[ApiKey | None]":
        """The answer to come, of a look-up that several may wait for."""
        asked = self._asked.get(secret_id)
        if asked is None:
            asked = self._asked[secret_id] = asyncio.get_running_loop().create_future()
            if self._looking is None or self._looking.done():
                self._looking = asyncio.ensure_future(self._look())
        return asked

    async def _look(self) -> None:
        """Look up what was asked, at once; then what was asked meanwhile, until nothing was."""
        while self._asked:
            batch, changes = tuple(islice(self._asked, MOST_AT_ONCE)), self._changes()
            try:
                found = await self._store.read(partial(_keys_of, batch))
            except Exception as error:  # noqa: BLE001  # whatever it was, those who asked are told
                self._fail(batch, error)
            else:
                if changes == self._changes():  # else it is looked up again: some asked after the change
                    self._answer(found, changes)
            await asyncio.sleep(PAUSE)

    def _answer(self, found: Mapping[str, ApiKey | None], changes: int) -> None:
        for secret_id, key in found.items():
            self._keep(secret_id, key, changes)
            waiting = self._asked.pop(secret_id)
            if not waiting.done():
                waiting.set_result(key)

    def _fail(self, batch: Iterable[str], error: Exception) -> None:
        for secret_id in batch:
            waiting = self._asked.pop(secret_id)
            if not waiting.done():
                waiting.set_exception(error)

    def _keep(self, secret_id: str, key: ApiKey | None, changes: int) -> None:
        found = Found(self._clock.monotonic() + REMEMBERED, changes, key)
        self._known.pop(secret_id, None)
        self._unknown.pop(secret_id, None)
        if key is None:
            _remember(self._unknown, MOST_UNKNOWN, secret_id, found)
        else:
            _remember(self._known, MOST_KEYS, secret_id, found)


def _keys_of(secret_ids: Iterable[str], uow: UnitOfWork) -> Mapping[str, ApiKey | None]:
    return {secret_id: uow.accounts.key(secret_id) for secret_id in secret_ids}


def _remember(cache: dict[str, Found], most: int, secret_id: str, found: Found) -> None:
    while len(cache) >= most:
        del cache[next(iter(cache))]  # the oldest: every entry lives equally long
    cache[secret_id] = found
