"""At most so many requests in any one second, exactly."""

from collections import deque
from typing import Literal, NamedTuple, Protocol

SECOND = 1.0
MOST_BUCKETS = 10_000
"""Buckets before idle ones are dropped (a bucket is a user and an action, so this is far above what is in use)."""


class Bucket(NamedTuple):
    """What is counted together: one user's calls of one action, those of a console session apart from a program's."""

    kind: Literal["key", "session"]
    user: int
    action: str


class Rate(Protocol):
    """How many calls of each bucket are granted in any one second."""

    limit: int

    async def take(self, bucket: Bucket, now: float) -> bool:
        """Whether one more call is granted at `now` (monotonic seconds); a refusal costs the caller nothing."""
        ...


class ProcessRate:
    """Rate of the calls that this process alone gets."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._limit = RateLimit(limit)

    async def take(self, bucket: Bucket, now: float) -> bool:
        """See Rate.take."""
        return self._limit.take(bucket.user, f"{bucket.kind}:{bucket.action}", now)


class RateLimit:
    """Remembers the last `limit` grants of each bucket: no closed span of one second ever holds more of them.

    A token bucket would let twice as many through in the second after a pause.
    """

    def __init__(self, limit: int, *, most_buckets: int = MOST_BUCKETS) -> None:
        self._limit = limit
        self._most = most_buckets
        self._grants: dict[tuple[int, str], deque[float]] = {}

    def take(self, user: int, action: str, now: float) -> bool:
        """Whether one more request is granted at `now` (monotonic seconds); a refusal costs the caller nothing."""
        key = (user, action)
        grants = self._grants.get(key)
        if grants is None:
            grants = self._new_bucket(key, now)
        if len(grants) == self._limit and now - grants[0] <= SECOND:
            return False
        grants.append(now)  # the deque drops the oldest
        return True

    def _new_bucket(self, key: tuple[int, str], now: float) -> deque[float]:
        if len(self._grants) >= self._most:
            self._grants = {name: grants for name, grants in self._grants.items() if now - grants[-1] <= SECOND}
        bucket = self._grants[key] = deque[float](maxlen=self._limit)
        return bucket
