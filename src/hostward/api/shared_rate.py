"""The rate limit of several processes together: one log of grants a bucket, kept in Valkey (or Redis).

Exact, because a script looks and takes in one step, by the time of the one server that all ask. Losing that server
costs the limit, never a call: what can't be asked is granted, and counted.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from hostward.api.rate_limit import Bucket
from hostward.runtime.logging import get_logger
from hostward.runtime.metrics import Metric

PREFIX: Final = "hostward:rate:"

ASK_SECONDS: Final = 0.1
"""Patience with a server that is there: a hundred times what an answer takes on one network."""

REST_SECONDS: Final = 1.0
"""Without asking, after it could not be reached: calls then wait for nothing."""

SCRIPT: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local newest = tonumber(redis.call('LINDEX', KEYS[1], 0) or 0)
if newest > now then
  if newest - now > 1000000 then redis.call('DEL', KEYS[1]) else now = newest end
end
local oldest = redis.call('LINDEX', KEYS[1], ARGV[1] - 1)
if oldest and now - tonumber(oldest) <= 1000000 then return 0 end
redis.call('LPUSH', KEYS[1], string.format('%.0f', now))
redis.call('LTRIM', KEYS[1], 0, ARGV[1] - 1)
redis.call('PEXPIRE', KEYS[1], 2000)
return 1
"""
"""KEYS[1]: a bucket, ARGV[1]: grants in any closed span of one second. Newest first, microseconds since 1970.

A clock that was set back a little stands still until it has caught up; set back by more, the log begins anew.
"""

Run = Callable[[Sequence[str], Sequence[int]], Awaitable[object]]
"""Run SCRIPT with keys and arguments. Raises RateServerGone when there is no answer."""

_log: Final = get_logger(__name__)


class RateServerGone(Exception):
    """The server that keeps the buckets gave no answer that can be used."""


class SharedRate:
    """rate_limit.Rate on a server. unchecked counts the calls that were granted without asking it."""

    def __init__(self, limit: int, run: Run, *, unchecked: Metric) -> None:
        self.limit = limit
        self._run = run
        self._unchecked = unchecked
        self._rests_until = 0.0
        self._gone = False

    async def take(self, bucket: Bucket, now: float) -> bool:
        """See Rate.take; `now` only says whether it is time to try a server anew that was gone."""
        if now < self._rests_until:
            self._unchecked.add()
            return True
        try:
            async with asyncio.timeout(ASK_SECONDS):
                granted = await self._run([PREFIX + ":".join(map(str, bucket))], [self.limit])
        except (RateServerGone, TimeoutError) as error:
            self._left(now, error)
            return True
        if self._gone:
            self._gone = False
            _log.info("rate limit is shared again")
        return granted == 1

    def _left(self, now: float, error: Exception) -> None:
        """Count, rest, and say so once until it is back."""
        self._unchecked.add()
        self._rests_until = now + REST_SECONDS
        if not self._gone:
            self._gone = True
            _log.warning(
                "rate limit not checked: its server gives no answer; calls pass, see valkey.url",
                reason=str(error) or f"no answer within {ASK_SECONDS} s",
            )
