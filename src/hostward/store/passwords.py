"""Passwords by Argon2id: slow on purpose, so it runs in few threads of its own, and never for many at once."""

import asyncio
import base64
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hostward.domain.credential import prepared
from hostward.domain.errors import Conflict

AT_ONCE: Final = 2
"""Hashes computed together: each holds its memory and a core."""

MOST_WAITING: Final = 20
"""Beyond those, a flood of tries is refused: some two seconds of work, and no memory to speak of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one hash costs. The default is the second recommended option of RFC 9106, 4: 64 MiB, 3 passes, 4 lanes."""

    kibibytes: int = 65_536
    passes: int = 3
    lanes: int = 4


class Busy(Conflict):
    """Too many passwords are being checked; the message says when it will do."""


class Passwords:
    """Hashes and compares passwords off the event loop."""

    def __init__(self, cost: Cost = Cost()) -> None:
        self._hasher = PasswordHasher(
            time_cost=cost.passes, memory_cost=cost.kibibytes, parallelism=cost.lanes, hash_len=32, salt_len=16
        )
        settings = f"m={cost.kibibytes},t={cost.passes},p={cost.lanes}"
        self._nobodys = f"$argon2id$v=19${settings}${_zeros(16)}${_zeros(32)}"
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="passwords")
        self._waiting = 0

    async def hashed(self, password: str) -> str:
        """The hash of a password, with its salt and cost. Raises Busy."""
        return await self._run(password, "")

    async def matches(self, hashed: str, password: str) -> bool:
        """Whether the password is that of the hash. "" for a user without one: takes the same time. Raises Busy."""
        found = await self._run(password, hashed or self._nobodys)
        return bool(found) and bool(hashed)

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _run(self, password: str, hashed: str) -> str:
        if self._waiting >= AT_ONCE + MOST_WAITING:
            raise Busy("too many passwords are being checked: try again in some seconds")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._work, password, hashed)
        finally:
            self._waiting -= 1

    def _work(self, password: str, hashed: str) -> str:
        """A new hash where none is given; else that one if the password is its, and "" if not."""
        text = prepared(password).encode("utf-8", "surrogatepass")
        if not hashed:
            return self._hasher.hash(text)
        try:
            return hashed if self._hasher.verify(hashed, text) else ""
        except (VerificationError, InvalidHashError):
            return ""


def _zeros(size: int) -> str:
    """So many bytes of 0 as an encoded hash has them: a hash made up of them is no password's that anybody knows."""
    return base64.b64encode(bytes(size)).decode().rstrip("=")
