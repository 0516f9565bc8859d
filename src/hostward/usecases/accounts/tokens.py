"""Temporary keys: for a while, with a token, and never more rights than the key that made them."""

from dataclasses import replace
from datetime import datetime, timedelta

from hostward.domain.account import MAX_TOKEN_LIFE, ApiKey, Role
from hostward.domain.errors import Conflict, InvalidValue
from hostward.domain.ids import AccountId
from hostward.usecases.accounts.keys import NewKey, find
from hostward.usecases.ports import UnitOfWork

MOST_TEMPORARY = 1_000
"""Temporary keys of one user at a time."""


def create(
    uow: UnitOfWork,
    *,
    account: AccountId,
    maker: str,
    new: NewKey,
    token: str,
    role: Role | None,
    life: timedelta,
    now: datetime,
) -> ApiKey:
    """A temporary key made with the key `maker`. role: it may do what both this one and the user's own include.

    It ends with its maker: when that is disabled, removed or over, or its user is kept out. Raises NotFound,
    InvalidValue for a life of no time or more than 12 hours, Conflict when there are MOST_TEMPORARY.
    """
    if not timedelta(0) < life <= MAX_TOKEN_LIFE:
        raise InvalidValue(f"a temporary key lives 1 to {int(MAX_TOKEN_LIFE.total_seconds())} seconds")
    key = find(uow, account=account, secret_id=maker)
    uow.accounts.drop_over(account, now)
    if uow.accounts.temporary(key.user.id) >= MOST_TEMPORARY:
        raise Conflict(f"the user {key.user.name} has {MOST_TEMPORARY} temporary keys: wait until some are over")
    made = ApiKey(
        secret_id=new.secret_id,
        secret=new.secret,
        user=replace(key.user, bound=role or key.user.role),
        created=now,
        expires=min(filter(None, (now + life, key.expires))),
        token=token,
        maker=maker,
    )
    uow.accounts.add_key(made)
    return made
