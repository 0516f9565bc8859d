"""API keys: made, listed, disabled, changed over with an overlap, removed."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hostward.domain.account import MOST_KEYS, ApiKey, User
from hostward.domain.errors import Conflict, NotFound
from hostward.domain.ids import AccountId
from hostward.domain.permission import Permission, lacking
from hostward.usecases.accounts.users import find as find_user
from hostward.usecases.accounts.users import must_keep_one
from hostward.usecases.ports import UnitOfWork

DEFAULT_OVERLAP = timedelta(days=1)
MAX_OVERLAP = timedelta(days=7)
"""How long a key that was replaced still works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A SecretId and SecretKey that were drawn for a key to be made."""

    secret_id: str
    secret: str = field(repr=False)


def create(uow: UnitOfWork, *, account: AccountId, user: str, new: NewKey, now: datetime) -> ApiKey:
    """A key of this user. Raises NotFound, Conflict when the user has MOST_KEYS already."""
    uow.accounts.users(account, lock=True)
    return _added(uow, find_user(uow, account=account, name=user), new, now)


def listing(uow: UnitOfWork, *, account: AccountId, user: str = "") -> Sequence[ApiKey]:
    """The keys of a user, or all of the account's, oldest first; temporary ones are not among them."""
    owner = find_user(uow, account=account, name=user) if user else None
    return [key for key in uow.accounts.keys(account) if owner is None or key.user.id == owner.id]


def find(uow: UnitOfWork, *, account: AccountId, secret_id: str) -> ApiKey:
    """The account's key. Raises NotFound in the same words for one that is temporary, unknown or another account's."""
    key = uow.accounts.key(secret_id)
    if key is None or key.user.account != account or key.is_temporary:
        raise NotFound(f"there is no key {secret_id[:64]} in this account: hostward key ls shows them")
    return key


def set_enabled(uow: UnitOfWork, *, account: AccountId, secret_id: str, enabled: bool) -> None:
    """Disable a key, with the temporary ones made with it, or enable it. Raises NotFound, Conflict for the last one."""
    uow.accounts.users(account, lock=True)
    key = find(uow, account=account, secret_id=secret_id)
    uow.accounts.put_key(replace(key, enabled=enabled))
    if key.enabled and not enabled and key.user.is_keeper:
        must_keep_one(uow, account)


def rotate(
    uow: UnitOfWork, *, account: AccountId, secret_id: str, by: User, new: NewKey, overlap: timedelta, now: datetime
) -> ApiKey:
    """A new key in the place of this one, which works until the overlap is over.

    Raises NotFound for a key that is not the caller's own, unless they may write keys; Conflict when the key is
    disabled or has been replaced already, or the user has MOST_KEYS.
    """
    uow.accounts.users(account, lock=True)
    key = find(uow, account=account, secret_id=secret_id)
    if key.user.id != by.id and lacking(by, Permission.KEY_WRITE) is not None:
        raise NotFound(f"there is no key {secret_id[:64]} of the user {by.name}")
    if not key.enabled or key.expires is not None:
        state = "disabled" if not key.enabled else "replaced already"
        raise Conflict(f"the key {secret_id} is {state}: create another one instead")
    added = _added(uow, key.user, new, now)
    uow.accounts.put_key(replace(key, expires=now + overlap))
    return added


def remove(uow: UnitOfWork, *, account: AccountId, secret_id: str) -> None:
    """Remove a key and the temporary ones made with it. Raises NotFound, Conflict for the last administrator's."""
    uow.accounts.users(account, lock=True)
    key = find(uow, account=account, secret_id=secret_id)
    uow.accounts.drop_key(secret_id)
    if key.user.is_keeper and key.enabled:
        must_keep_one(uow, account)


def _added(uow: UnitOfWork, user: User, new: NewKey, now: datetime) -> ApiKey:
    uow.accounts.drop_over(user.account, now)
    if len(listing(uow, account=user.account, user=user.name)) >= MOST_KEYS:
        raise Conflict(f"the user {user.name} has {MOST_KEYS} keys already: delete one first (hostward key rm)")
    key = ApiKey(secret_id=new.secret_id, secret=new.secret, user=replace(user, bound=None), created=now)
    uow.accounts.add_key(key)
    return key
