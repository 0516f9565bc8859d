"""How machines come in: tokens that enrol so many of them for a while, and machines that wait to be let in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from hostward.domain.errors import InvalidValue
from hostward.domain.ids import AccountId
from hostward.domain.machine import MachineFacts

DEFAULT_LIFE: Final = timedelta(hours=24)
MAX_LIFE: Final = timedelta(days=3653)
"""Of any token: images are kept for years."""

MAX_USES: Final = 1_000_000

MOST_WAITING: Final = 1_000
"""Machines of one account that may wait for a decision at a time."""


class TokenState(StrEnum):
    """What has become of a token."""

    OPEN = "open"
    USED_UP = "used up"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentToken:
    """A token as it is kept: never the word itself, only the hash that it is found by.

    id: its public name. uses: machines it may bring in altogether. tags: what each of them gets. needs_approval: each
    waits until somebody lets it in. for_image: machines keep the word, to enrol anew when they find that they were
    copied. made_by: a user's name.
    """

    id: str
    account: AccountId
    made_by: str
    created: datetime
    expires: datetime
    uses: int
    uses_left: int
    tags: tuple[str, ...] = ()
    needs_approval: bool = False
    for_image: bool = False
    revoked: datetime | None = None

    def state(self, now: datetime) -> TokenState:
        """What it is good for now; a token that is over for two reasons tells the one that people chose."""
        if self.revoked is not None:
            return TokenState.REVOKED
        if now >= self.expires:
            return TokenState.EXPIRED
        return TokenState.OPEN if self.uses_left > 0 else TokenState.USED_UP

    def is_open(self, now: datetime) -> bool:
        """Whether it brings a machine in now."""
        return self.state(now) is TokenState.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A machine that asked to be let in. id: its public name. token: the token's public name.

    quuid, uuid: the names it gets once it is let in.
    """

    id: str
    account: AccountId
    token: str
    public_key: bytes
    facts: MachineFacts
    tags: tuple[str, ...]
    quuid: str
    uuid: str
    since: datetime


def checked_life(life: timedelta) -> timedelta:
    """A token's life. Raises InvalidValue for none or a longer one than MAX_LIFE."""
    if not timedelta(0) < life <= MAX_LIFE:
        raise InvalidValue(f"a token lives from 1 second to {MAX_LIFE.days} days, not {life}")
    return life


def checked_uses(uses: int) -> int:
    """How many machines a token brings in. Raises InvalidValue."""
    if not 1 <= uses <= MAX_USES:
        raise InvalidValue(f"a token is for 1 to {MAX_USES:,} machines, not {uses:,}")
    return uses
