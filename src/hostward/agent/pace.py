"""How fast an agent speaks, and how long it waits after a failure."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Times in seconds, sizes in bytes.

    first_wait, longest_wait: back-off after failures; keep_away: wait after a refusal that only people can lift.
    step: shortest time between two words on progress. flush: how long results may wait for company.
    kill_grace: after a kill the lease is ended though its worker won't die. spool: the most that may lie unsent.
    """

    first_wait: float = 1.0
    longest_wait: float = 300.0
    keep_away: float = 300.0
    step: float = 2.0
    flush: float = 2.0
    kill_grace: float = 5.0
    spool: int = 64 * 1024 * 1024
    spool_retry: float = 5.0


NORMAL = Pace()

EMBEDDED = Pace(first_wait=0.2, longest_wait=2.0, keep_away=2.0)
"""For an agent that lives in the server's own process: nobody else is there to be spared."""


class Backoff:
    """Exponential waits with full jitter (each between 0 and the bound), so that a fleet does not come back at once.

    random gives numbers from 0.0 to 1.0. Source of the method: "Exponential Backoff And Jitter", AWS Architecture
    Blog, 2015.
    """

    def __init__(self, pace: Pace, random: Callable[[], float]) -> None:
        self._pace = pace
        self._random = random
        self._failures = 0

    @property
    def failures(self) -> int:
        """Failures in a row."""
        return self._failures

    def failed(self) -> float:
        """Seconds to wait after one more failure: at least a tenth of the first wait, so that nothing spins."""
        bound = min(self._pace.longest_wait, self._pace.first_wait * 2.0 ** min(self._failures, 32))
        self._failures += 1
        return max(self._pace.first_wait / 10, bound * self._random())

    def asked(self, seconds: float) -> float:
        """Seconds to wait when the server named a time: that much and up to half more, within the longest wait."""
        return min(self._pace.longest_wait, max(self._pace.first_wait / 10, seconds) * (1 + self._random() / 2))

    def kept_away(self) -> float:
        """Seconds to wait when only people can change the answer."""
        return self._pace.keep_away * (1 + self._random() / 2)

    def succeeded(self) -> None:
        """The server took a message."""
        self._failures = 0
