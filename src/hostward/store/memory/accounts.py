"""Accounts, users and keys in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hostward.domain.account import ApiKey, Role, User
from hostward.domain.errors import Conflict, NotFound
from hostward.domain.ids import AccountId, UserId
from hostward.store.memory.state import State
from hostward.store.texts import clean


class MemoryAccounts:
    """ports.Accounts."""

    def __init__(self, state: State) -> None:
        self._state = state

    def first(self) -> AccountId | None:
        """The oldest account, None in a new store."""
        return min(self._state.accounts, default=None)

    def all(self) -> Sequence[AccountId]:
        """Every account, oldest first."""
        return sorted(self._state.accounts)

    def add_account(self, name: str) -> AccountId:
        """A new account."""
        which = AccountId(self._state.take("account"))
        self._state.accounts[which] = clean(name)
        return which

    def add_user(self, account: AccountId, name: str, role: Role, tags: Sequence[str] = ()) -> User:
        """A new user. Raises Conflict when the account has one of this name."""
        if (account, clean(name)) in self._state.users:
            raise Conflict(f"there is a user {clean(name)} already: choose another name")
        user = User(
            id=UserId(self._state.take("user")),
            account=account,
            name=clean(name),
            role=role,
            tags=tuple(map(clean, tags)),
        )
        self._state.users[account, user.name] = user
        return user

    def user(self, account: AccountId, name: str) -> User | None:
        """The account's user of this name."""
        return self._state.users.get((account, clean(name)))

    def users(self, account: AccountId, *, lock: bool = False) -> Sequence[User]:
        """The account's users, oldest first."""
        return sorted((user for user in self._state.users.values() if user.account == account), key=_number)

    def put_user(self, user: User) -> None:
        """Store role, enabled, locked and tags of a user."""
        kept = self._state.users.get((user.account, user.name))
        if kept is None:
            raise NotFound(f"there is no user {user.name}")
        self._state.users[user.account, user.name] = replace(
            kept, role=user.role, enabled=user.enabled, locked=user.locked, tags=user.tags
        )

    def add_key(self, key: ApiKey) -> None:
        """A new key. Raises Conflict when its id is taken."""
        if key.secret_id in self._state.keys:
            raise Conflict(f"there is a key {key.secret_id} already: make another one")
        self._state.keys[key.secret_id] = key

    def key(self, secret_id: str) -> ApiKey | None:
        """A key with its user, disabled or not."""
        key = self._state.keys.get(secret_id)
        return None if key is None else self._with_user(key)

    def keys(self, account: AccountId) -> Sequence[ApiKey]:
        """The account's keys that are not temporary, oldest first."""
        stored = self._state.keys.values()
        own = [self._with_user(key) for key in stored if key.user.account == account and not key.maker]
        return sorted(own, key=_age)

    def put_key(self, key: ApiKey) -> None:
        """Store enabled and expires of a key; disabled, it takes the temporary ones made with it along."""
        kept = self._state.keys.get(key.secret_id)
        if kept is None:
            raise NotFound(f"there is no key {key.secret_id}")
        self._state.keys[key.secret_id] = replace(kept, enabled=key.enabled, expires=key.expires)
        if not key.enabled:
            self._drop_made(key.secret_id)

    def drop_key(self, secret_id: str) -> None:
        """Remove a key, if it is there, and the temporary ones made with it."""
        self._state.keys.pop(secret_id, None)
        self._drop_made(secret_id)

    def drop_over(self, account: AccountId, now: datetime) -> None:
        """Remove the account's keys whose time has passed, and the temporary ones made with them."""
        for key in list(self._state.keys.values()):
            if key.user.account == account and key.is_over(now):
                self.drop_key(key.secret_id)

    def temporary(self, user: UserId) -> int:
        """How many temporary keys of a user are stored."""
        return sum(1 for key in self._state.keys.values() if key.user.id == user and key.maker)

    def used(self, times: Mapping[str, datetime]) -> None:
        """Remember when keys were last used; unknown ones and earlier times are passed over."""
        for secret_id, at in times.items():
            key = self._state.keys.get(secret_id)
            if key is not None and (key.last_used is None or key.last_used < at):
                self._state.keys[secret_id] = replace(key, last_used=at)

    def _drop_made(self, maker: str) -> None:
        for secret_id in [key.secret_id for key in self._state.keys.values() if key.maker == maker]:
            del self._state.keys[secret_id]

    def _with_user(self, key: ApiKey) -> ApiKey:
        user = self._state.users[key.user.account, key.user.name]
        return replace(key, user=replace(user, bound=key.user.bound))


def _age(key: ApiKey) -> tuple[datetime, str]:
    return key.created, key.secret_id


def _number(user: User) -> UserId:
    return user.id
