"""Who may ask: accounts, their users and the users' API keys."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hostward.domain.ids import AccountId, UserId


class Role(StrEnum):
    """What a user may do: administrators everything, operators scan and handle, auditors read."""

    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person or a program that acts in one account."""

    id: UserId
    account: AccountId
    name: str
    role: Role
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key that signs requests for its user. secret is in the clear only in memory and never in a repr."""

    secret_id: str
    secret: str = field(repr=False)
    user: User
    enabled: bool = True
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSession:
    """An hour in which one process of one agent may speak (its secret keys the MAC of each message)."""

    id: str
    machine: int
    instance: str
    secret: bytes = field(repr=False)
    expires: datetime
