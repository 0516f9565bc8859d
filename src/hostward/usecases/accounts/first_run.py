"""First run: an account, its administrator and a key, unless there is one already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hostward.domain.account import ApiKey, Role
from hostward.domain.ids import AccountId
from hostward.usecases.ports import UnitOfWork

ADMINISTRATOR = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The account that this server was made for, and its oldest key. new: both were made just now."""

    account: AccountId
    key: ApiKey
    new: bool


def first_run(uow: UnitOfWork, *, secret_id: str, secret: str, now: datetime) -> Owner:
    """The first account with its key; made with the secret given when the database is new."""
    account = uow.accounts.first()
    if account is not None:
        return Owner(account=account, key=_oldest(uow.accounts.keys(account), now), new=False)
    account = uow.accounts.add_account("default")
    user = uow.accounts.add_user(account, ADMINISTRATOR, Role.ADMINISTRATOR)
    key = ApiKey(secret_id=secret_id, secret=secret, user=user, created=now)
    uow.accounts.add_key(key)
    return Owner(account=account, key=key, new=True)


def _oldest(keys: Sequence[ApiKey], now: datetime) -> ApiKey:
    """The oldest key that an administrator of all machines can use; there always is one (users.must_keep_one)."""
    usable = (key for key in keys if key.user.is_keeper and key.is_usable(now))
    return next(usable, keys[0])
