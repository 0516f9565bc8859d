"""How often somebody may try to sign in: after some free tries each failure doubles the time until the next one.

Kept in memory: a server that starts anew forgets it, which is worth one more round of free tries to an attacker.
"""

import ipaddress
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["user", "source"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """free: tries in a row that cost no time. longest: seconds that a try is waited for at most."""

    free: int
    longest: float


LIMITS: Final[Mapping[Kind, Limit]] = {
    "user": Limit(free=5, longest=900.0),
    "source": Limit(free=20, longest=300.0),
}
"""A source has more tries, since many people may sit behind one proxy."""

FIRST_WAIT: Final = 1.0
"""Seconds after the first try that is not free."""

FORGOTTEN: Final = 3_600.0
"""Seconds without a try after which failures count no longer."""

MOST: Final = 10_000
"""Names and addresses remembered: a flood of invented ones makes the oldest be forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """Failures in a row of one name or address. ready: when the next try is heard, in monotonic seconds."""

    failures: int
    ready: float
    last: float


class Throttle:
    """Counts tries before their outcome is known, so that many at once can't slip through. Used by one thread."""

    def __init__(self) -> None:
        self._tries: dict[tuple[Kind, str], Tries] = {}

    def take(self, user: str, source: str, now: float) -> int:
        """0 when a try is heard, which counts as a failure until it is taken back; else whole seconds to wait.

        user "": counted for the source alone. now: monotonic seconds.
        """
        keys = _keys(user, source)
        wait = max(self._wait(key, now) for key in keys)
        if wait > 0:
            return math.ceil(wait)
        for key in keys:
            self._put(key, self._failures(key, now) + 1, now)
        return 0

    def take_back(self, user: str, source: str, now: float) -> None:
        """The try was no failure, but did not sign in either (the code was missing)."""
        for key in _keys(user, source):
            self._put(key, self._failures(key, now) - 1, now)

    def signed_in(self, user: str, source: str, now: float) -> None:
        """The try signed in: the user begins anew. The source does not, else its own account would clear it."""
        *mine, other = _keys(user, source)
        for key in mine:
            self._tries.pop(key, None)
        self._put(other, self._failures(other, now) - 1, now)

    def __len__(self) -> int:
        """How many names and addresses are remembered."""
        return len(self._tries)

    def _wait(self, key: tuple[Kind, str], now: float) -> float:
        tries = self._tries.get(key)
        return 0.0 if tries is None else tries.ready - now

    def _failures(self, key: tuple[Kind, str], now: float) -> int:
        tries = self._tries.get(key)
        return 0 if tries is None or now - tries.last > FORGOTTEN else tries.failures

    def _put(self, key: tuple[Kind, str], failures: int, now: float) -> None:
        self._tries.pop(key, None)
        if failures <= 0:
            return
        while len(self._tries) >= MOST:
            del self._tries[next(iter(self._tries))]
        self._tries[key] = Tries(failures=failures, ready=now + _pause(failures, LIMITS[key[0]]), last=now)


class Sparing:
    """Lets so many things a minute through: entries that a flood would else fill a disk with. Used by one thread."""

    def __init__(self, most: int = 30, seconds: float = 60.0) -> None:
        self._most = most
        self._seconds = seconds
        self._began = -seconds
        self._count = 0

    def allows(self, now: float) -> bool:
        """Whether one more may pass at `now` (monotonic seconds)."""
        if now - self._began >= self._seconds:
            self._began, self._count = now, 0
        self._count += 1
        return self._count <= self._most


def network_of(source: str) -> str:
    """What counts as one source: an IPv4 address, or the /64 of an IPv6 one, which is what one customer is given."""
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return source[:64]
    if address.version == 4:
        return str(address)
    mapped = address.ipv4_mapped
    return str(mapped) if mapped else str(ipaddress.ip_network((address, 64), strict=False))


def _keys(user: str, source: str) -> Sequence[tuple[Kind, str]]:
    """What a try counts for.

    Without a name (a login link) for its source alone, else one source could use up the tries of all links.
    """
    where: tuple[Kind, str] = ("source", network_of(source))
    return (("user", user[:64].lower()), where) if user else (where,)


def _pause(failures: int, limit: Limit) -> float:
    """Seconds until the try after so many failures."""
    beyond = failures - limit.free
    return 0.0 if beyond < 0 else min(limit.longest, FIRST_WAIT * 2.0 ** min(beyond, 20))
