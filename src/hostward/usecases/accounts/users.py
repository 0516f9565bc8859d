"""Users of an account: made, listed, given another role or limit, kept out and let in again."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from hostward.domain.account import Role, User, name_of, tags_of
from hostward.domain.errors import Conflict, NotFound
from hostward.domain.ids import AccountId
from hostward.usecases.ports import UnitOfWork

MOST_USERS = 1_000
"""Users of one account: far above any team, and few enough to be read at once."""


def add(uow: UnitOfWork, *, account: AccountId, name: str, role: Role, tags: Sequence[str] = ()) -> User:
    """A new user. Raises InvalidValue for a name or tag that is none, Conflict when the name is taken."""
    if len(uow.accounts.users(account, lock=True)) >= MOST_USERS:
        raise Conflict(f"the account has {MOST_USERS} users already")
    return uow.accounts.add_user(account, name_of(name), role, tags_of(tags))


def listing(uow: UnitOfWork, *, account: AccountId) -> Sequence[User]:
    """The account's users, oldest first."""
    return uow.accounts.users(account)


def find(uow: UnitOfWork, *, account: AccountId, name: str) -> User:
    """The account's user of this name. Raises NotFound."""
    user = uow.accounts.user(account, name)
    if user is None:
        raise NotFound(f"there is no user {name[:64]} in this account: hostward user ls shows them")
    return user


def set_role(uow: UnitOfWork, *, account: AccountId, name: str, role: Role) -> User:
    """Give the user another role. Raises NotFound, Conflict when no administrator would be left."""
    return _changed(uow, account, name, lambda user: replace(user, role=role))


def set_tags(uow: UnitOfWork, *, account: AccountId, name: str, tags: Sequence[str]) -> User:
    """Limit the user to machines with one of these tags; none lets them see all. Raises as set_role, InvalidValue."""
    limits = tags_of(tags)
    return _changed(uow, account, name, lambda user: replace(user, tags=limits))


def set_enabled(uow: UnitOfWork, *, account: AccountId, name: str, enabled: bool) -> User:
    """Keep the user out, or let them in again. Raises as set_role."""
    return _changed(uow, account, name, lambda user: replace(user, enabled=enabled))


def set_locked(uow: UnitOfWork, *, account: AccountId, name: str, locked: bool) -> User:
    """Keep the user out for now, whether they are enabled or not, or end that. Raises as set_role."""
    return _changed(uow, account, name, lambda user: replace(user, locked=locked))


def must_keep_one(uow: UnitOfWork, account: AccountId) -> None:
    """Raises Conflict when nobody would be left who can give rights back: an administrator of all with a key."""
    keys = uow.accounts.keys(account)
    if not any(key.user.is_keeper and key.enabled and key.expires is None for key in keys):
        raise Conflict(
            "the account would be left without an administrator who has a key: give another user that role and a key "
            "first"
        )


def _changed(uow: UnitOfWork, account: AccountId, name: str, change: Callable[[User], User]) -> User:
    """All users are locked first, so that two changes at once can't take the last two administrators away."""
    uow.accounts.users(account, lock=True)
    before = find(uow, account=account, name=name)
    after = change(before)
    uow.accounts.put_user(after)
    if before.is_keeper and not after.is_keeper:
        must_keep_one(uow, account)
    return after
