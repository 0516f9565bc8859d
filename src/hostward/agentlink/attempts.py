"""How often one address may come with a token that is no good: a guess costs the store a look each time."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from hostward.agentlink.auth import Busy
from hostward.domain.errors import AgentRefused

MOST = 20
"""Failures that one address has to spare: a roll-out with a stale token, tried from behind one address."""

REGAINED_SECONDS = 10.0
"""After which one of them is regained."""

MAX_ADDRESSES = 10_000
"""Addresses remembered, those heard of longest ago forgotten first."""


class Attempts:
    """Failures of each address. Tokens that are good cost nothing, so that a whole site may enrol at once."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, tuple[float, float]] = OrderedDict()

    @contextmanager
    def of(self, address: str, now: float) -> Iterator[None]:
        """One attempt; an AgentRefused counts. now: monotonic seconds. Raises Busy for one that failed too often."""
        count, since = self._failures.get(address, (0.0, now))
        count = max(0.0, count - (now - since) / REGAINED_SECONDS)
        if count >= MOST:
            raise Busy(
                f"too many enrolments with tokens that are no good from {address}: wait",
                retry_after=int((count - MOST + 1) * REGAINED_SECONDS) + 1,
            )
        try:
            yield
        except AgentRefused:
            self._failures[address] = (count + 1, now)
            self._failures.move_to_end(address)
            while len(self._failures) > MAX_ADDRESSES:
                self._failures.popitem(last=False)
            raise
