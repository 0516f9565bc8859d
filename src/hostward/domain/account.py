"""Who may ask: accounts, their users and the users' API keys."""

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from hostward.domain.errors import InvalidValue
from hostward.domain.ids import AccountId, UserId

MAX_TOKEN_LIFE: Final = timedelta(hours=12)
"""Longest life of a temporary key."""

MOST_KEYS: Final = 2
"""Keys of one user at a time: one in use, one to change over to."""

MOST_TAGS: Final = 50
"""Tags of one machine, and of one user's limit."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_TAG: Final = re.compile(r"[\w.:/-]{1,63}=[\w.:/@+-]{0,128}")


class Role(StrEnum):
    """What a user may do: administrators everything, operators scan and handle, auditors read."""

    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person or a program that acts in one account.

    locked: kept out for now, whatever enabled says. tags: the user sees only machines that have one of these; none
    means all machines. bound: the role of the temporary key that the user came with; what both roles have is allowed.
    """

    id: UserId
    account: AccountId
    name: str
    role: Role
    enabled: bool = True
    locked: bool = False
    tags: tuple[str, ...] = ()
    bound: Role | None = None

    @property
    def is_active(self) -> bool:
        """Whether the user may do anything at all."""
        return self.enabled and not self.locked

    @property
    def is_limited(self) -> bool:
        """Whether there are machines of the account that the user must not see."""
        return bool(self.tags)

    @property
    def is_keeper(self) -> bool:
        """Whether the user can give rights back to everybody: an account is never left without one who can."""
        return self.is_active and not self.is_limited and self.role is Role.ADMINISTRATOR


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key that signs requests for its user. secret is in the clear only in memory and never in a repr.

    last_used: to the minute. expires: of a temporary key, or of one that another has replaced. token, maker: of a
    temporary key what every request must carry, and the SecretId of the key that made it; "" for others.
    """

    secret_id: str
    secret: str = field(repr=False)
    user: User
    enabled: bool = True
    created: datetime
    last_used: datetime | None = None
    expires: datetime | None = None
    token: str = field(default="", repr=False)
    maker: str = ""

    @property
    def is_temporary(self) -> bool:
        """Whether it is of no use without its token."""
        return bool(self.token)

    def is_over(self, now: datetime) -> bool:
        """Whether its time has passed."""
        return self.expires is not None and now >= self.expires

    def is_usable(self, now: datetime) -> bool:
        """Whether it signs for anybody: a key that was replaced counts as disabled once its time has passed.

        A temporary one that is over is refused for its token, by accepts().
        """
        return self.enabled and (self.is_temporary or not self.is_over(now))

    def accepts(self, token: str, now: datetime) -> bool:
        """Whether a request may carry this token ("" for none) with this key now. Takes the same time for any token."""
        same = hmac.compare_digest(token.encode("utf-8", "surrogatepass"), self.token.encode())
        return same and not (self.is_temporary and self.is_over(now))


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSession:
    """An hour in which one process of one agent may speak (its secret keys the MAC of each message)."""

    id: str
    machine: int
    instance: str
    secret: bytes = field(repr=False)
    expires: datetime


def name_of(text: str) -> str:
    """A user's name. Raises InvalidValue for what is none."""
    if not _NAME.fullmatch(text):
        raise InvalidValue(
            f"{text[:64]!r} is no user name: use 1 to 64 letters, digits and . _ @ -, the first a letter or digit"
        )
    return text


def tags_of(texts: Iterable[str]) -> tuple[str, ...]:
    """Tags in their order, each once. Raises InvalidValue for one that is not KEY=VALUE, or too many of them."""
    tags = tuple(sorted(set(texts)))
    odd = next((tag for tag in tags if not _TAG.fullmatch(tag)), None)
    if odd is not None:
        raise InvalidValue(f"{odd[:64]!r} is no tag: write KEY=VALUE with letters, digits and . : / - _ (env=prod)")
    if len(tags) > MOST_TAGS:
        raise InvalidValue(f"{len(tags)} tags are too many: use at most {MOST_TAGS}")
    return tags
