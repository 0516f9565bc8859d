"""API keys by SecretId, remembered for a moment so that a busy client costs no look-up a request."""

from hostward.domain.account import ApiKey
from hostward.runtime.clock import Clock
from hostward.usecases.ports import Store

REMEMBERED = 2.0
"""Seconds a look-up counts: how long a key still works after it was disabled."""

MOST_KEYS = 10_000
MOST_UNKNOWN = 1_000
"""Look-ups remembered: keys that exist, and ids that don't (so that a flood of those can't grow memory)."""


class KeyRing:
    """The keys of a store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[str, tuple[float, ApiKey | None]] = {}
        self._unknown: dict[str, tuple[float, ApiKey | None]] = {}

    async def find(self, secret_id: str) -> ApiKey | None:
        """The key with this SecretId, disabled or not; None when there is none."""
        now = self._clock.monotonic()
        remembered = self._known.get(secret_id) or self._unknown.get(secret_id)
        if remembered is not None and now < remembered[0]:
            return remembered[1]
        key = await self._store.read(lambda uow: uow.accounts.key(secret_id))
        self._forget(secret_id)
        if key is None:
            _remember(self._unknown, MOST_UNKNOWN, secret_id, (now + REMEMBERED, None))
        else:
            _remember(self._known, MOST_KEYS, secret_id, (now + REMEMBERED, key))
        return key

    @property
    def remembered(self) -> int:
        """How many look-ups are held."""
        return len(self._known) + len(self._unknown)

    def _forget(self, secret_id: str) -> None:
        self._known.pop(secret_id, None)
        self._unknown.pop(secret_id, None)


def _remember(
    cache: dict[str, tuple[float, ApiKey | None]], most: int, secret_id: str, found: tuple[float, ApiKey | None]
) -> None:
    while len(cache) >= most:
        del cache[next(iter(cache))]  # the oldest: every entry lives equally long
    cache[secret_id] = found
