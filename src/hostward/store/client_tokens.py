"""Starts by their callers' tokens, in SQL."""

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select

from hostward.domain.client_token import ClientToken
from hostward.domain.ids import AccountId, TaskId, UserId
from hostward.store.session import Prepared, Session
from hostward.store.tables import client_token
from hostward.store.times import micros, time_of

_C = client_token.c
_FIND = Prepared(
    select(_C.digest, _C.task_id, _C.machines, _C.created).where(
        _C.account_id == bindparam("of_account"), _C.user_id == bindparam("of_user"), _C.token == bindparam("which")
    )
)
_ADD = Prepared(insert(client_token))
_FORGET = Prepared(
    delete(client_token).where(_C.account_id == bindparam("of_account"), _C.created <= bindparam("before"))
)


def find(session: Session, account: AccountId, user: UserId, token: str) -> ClientToken | None:
    """The user's start with this token."""
    row = session.row(_FIND, of_account=account, of_user=user, which=token)
    if row is None:
        return None
    digest, task, machines, created = row
    return ClientToken(
        account=account,
        user=user,
        token=token,
        digest=bytes(digest),
        task=TaskId(task),
        machines=machines,
        created=time_of(created),
    )


def add(session: Session, known: ClientToken) -> None:
    """Remember a start. PostgreSQL refuses the second of two that meet, which its writer then does anew."""
    session.run(
        _ADD,
        account_id=known.account,
        user_id=known.user,
        token=known.token,
        digest=known.digest,
        task_id=known.task,
        machines=known.machines,
        created=micros(known.created),
    )


def forget(session: Session, account: AccountId, before: datetime) -> None:
    """Remove the account's tokens of starts at this time or earlier."""
    session.run(_FORGET, of_account=account, before=micros(before))
