"""Accounts, users and keys in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from hostward.domain.account import ApiKey, Role, User
from hostward.domain.errors import Conflict
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

    def add_account(self, name: str) -> AccountId:
        """A new account."""
        which = AccountId(self._state.take("account"))
        self._state.accounts[which] = clean(name)
        return which

    def add_user(self, account: AccountId, name: str, role: Role) -> User:
        """A new user. Raises Conflict when the account has one of this name."""
        if (account, clean(name)) in self._state.users:
            raise Conflict(f"there is a user {clean(name)} already: choose another name")
        user = User(id=UserId(self._state.take("user")), account=account, name=clean(name), role=role)
        self._state.users[account, user.name] = user
        return user

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
        """The account's keys, oldest first."""
        own = [self._with_user(key) for key in self._state.keys.values() if key.user.account == account]
        return sorted(own, key=_age)

    def _with_user(self, key: ApiKey) -> ApiKey:
        return replace(key, user=self._state.users[key.user.account, key.user.name])


def _age(key: ApiKey) -> tuple[datetime, str]:
    return key.created, key.secret_id
