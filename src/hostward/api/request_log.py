"""The request log and the last use of keys: gathered in memory, written together every other second.

A request pays an append to a list; what a batch costs is shared by its 128.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

from hostward.api.texts import shown
from hostward.api.trace import Trace
from hostward.domain.ids import AccountId
from hostward.runtime.clock import Clock
from hostward.runtime.logging import get_logger
from hostward.usecases.ports import Store, UnitOfWork
from hostward.usecases.request_records import RequestBatch, RequestRecord

WRITE_SECONDS: Final = 2.0
"""Between two writes: as long may a request be unknown to `hostward request`."""

BATCH: Final = 128
"""Requests of one row, which is written again until it is full: a quiet server does not fill the table with rows."""

NOBODY: Final = AccountId(0)
"""The account of requests whose sender was not recognised."""

MOST_WAITING: Final = 20_000
MOST_OF_NOBODY: Final = 1_000
"""Requests that wait for a write; of those that nobody signed fewer, so that a flood of them costs little."""

USE_SECONDS: Final = 60.0
"""The last use of a key is known to the minute."""

MOST_KEYS: Final = 10_000

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_log: Final = get_logger(__name__)


class RequestLog:
    """Gathers requests and writes them. All but write() never waits; used from the event loop alone."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._waiting: dict[AccountId, list[RequestRecord]] = {}
        self._count = 0
        self._noted: dict[str, float] = {}
        self._used: dict[str, datetime] = {}
        self._batches: dict[AccountId, RequestBatch] = {}

    def note(self, trace: Trace, now: datetime, ended: float) -> None:
        """Remember a request that has been answered. ended: monotonic seconds."""
        caller, action = trace.caller, trace.action
        account = NOBODY if caller is None else caller.user.account
        waiting = self._waiting.setdefault(account, [])
        if self._count < MOST_WAITING and (account is not NOBODY or len(waiting) < MOST_OF_NOBODY):
            self._count += 1
            waiting.append(
                RequestRecord(
                    trace.id,
                    (now - _EPOCH) // _MICROSECOND,
                    int((ended - trace.started) * 1_000_000),
                    account,
                    "" if caller is None else caller.user.name,
                    "" if caller is None else caller.means,
                    trace.source,
                    "" if action is None else action.service,
                    shown(trace.called) if action is None else action.name,
                    trace.code,
                )
            )
        if caller is not None and caller.secret_id:
            self._note_use(caller.secret_id, now, ended)

    async def keep(self) -> None:
        """Write every other second, for ever, and once more at the end."""
        try:
            while True:
                await asyncio.sleep(WRITE_SECONDS)
                await self.write()
        finally:
            await self.write()

    async def write(self) -> None:
        """Write what waits. What can't be written is lost: the answers it tells of were given long ago."""
        if not self._waiting and not self._used:
            return
        waiting, used, batches = self._waiting, self._used, self._batches
        self._waiting, self._used, self._count = {}, {}, 0
        try:
            self._batches = await self._store.write(lambda uow: _written(uow, waiting, used, batches))
        except Exception:  # noqa: BLE001  # a full disk must not end the log for ever
            _log.exception("request log not written", requests=sum(map(len, waiting.values())))

    def _note_use(self, secret_id: str, now: datetime, ended: float) -> None:
        if ended - self._noted.get(secret_id, -USE_SECONDS) < USE_SECONDS:
            return
        if len(self._noted) >= MOST_KEYS:
            self._noted.clear()
        self._noted[secret_id] = ended
        self._used[secret_id] = now


def _written(
    uow: UnitOfWork,
    waiting: dict[AccountId, list[RequestRecord]],
    used: dict[str, datetime],
    batches: dict[AccountId, RequestBatch],
) -> dict[AccountId, RequestBatch]:
    """Store all of it; returns the newest batch of each account. May run again when the transaction is tried anew."""
    after = dict(batches)
    for account, records in waiting.items():
        for first in _cuts(len(records), batches.get(account)):
            _put(uow, account, records[first[0] : first[1]], after)
    uow.accounts.used(used)
    return after


def _cuts(count: int, batch: RequestBatch | None) -> list[tuple[int, int]]:
    """Where new records are cut: the first piece fills the batch that is open."""
    first = min(count, BATCH - len(batch.records)) if batch is not None else 0
    cuts = [(0, first)] if first else []
    return cuts + [(start, min(start + BATCH, count)) for start in range(first, count, BATCH)]


def _put(
    uow: UnitOfWork, account: AccountId, records: list[RequestRecord], batches: dict[AccountId, RequestBatch]
) -> None:
    batch = batches.get(account)
    if batch is None or len(batch.records) >= BATCH:
        batch = RequestBatch(number=uow.requests.next_batch(), account=account, records=())
        uow.requests.trim(account)
    batches[account] = RequestBatch(number=batch.number, account=account, records=[*batch.records, *records])
    uow.requests.put(batches[account])
