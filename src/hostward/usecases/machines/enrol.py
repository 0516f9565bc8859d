"""Enrol a machine: a token is spent once, a key is known for ever."""

import hashlib
from datetime import datetime, timedelta

from hostward.domain.errors import AgentRefused
from hostward.domain.ids import AccountId
from hostward.domain.machine import Machine, MachineFacts
from hostward.usecases.ports import UnitOfWork


def allow(uow: UnitOfWork, *, token: str, account: AccountId, uses: int, life: timedelta, now: datetime) -> None:
    """Let this token enrol that many machines into the account; only its hash is stored."""
    uow.machines.add_token(_digest(token), account, expires=now + life, uses=uses)


def enrol(
    uow: UnitOfWork, *, token: str, public_key: bytes, facts: MachineFacts, quuid: str, uuid: str, now: datetime
) -> Machine:
    """The machine of this key, with the names given if it is new.

    A key that is known gets the same answer whatever became of its token: the first answer may have been lost. Raises
    AgentRefused for a token that is no good.
    """
    if (known := uow.machines.by_key(public_key)) is not None:
        return known
    account = uow.machines.take_token(_digest(token), now)
    if account is None:
        raise AgentRefused("the enrolment token is unknown, expired or used up: make a new one on the server")
    return uow.machines.enrol(account, public_key, facts, quuid=quuid, uuid=uuid)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
