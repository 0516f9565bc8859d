"""ports.Accounts: accounts, users, keys."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hostward.domain.account import ApiKey, Role
from hostward.domain.errors import Conflict
from hostward.usecases.ports import Store
from store_samples import NOW, account


def a_key(store: Store, name: str = "AKID1", user: str = "admin") -> ApiKey:
    """A key, not stored yet, of a new user of a new account."""
    owner = account(store)
    made = store.write_now(lambda uow: uow.accounts.add_user(owner, user, Role.ADMINISTRATOR))
    return ApiKey(secret_id=name, secret="schlüssel", user=made, created=NOW)


def test_a_new_store_has_no_account(store: Store) -> None:
    """The first start is told by this."""
    assert store.read_now(lambda uow: uow.accounts.first()) is None


def test_the_first_account_is_the_oldest(store: Store) -> None:
    """Later ones change nothing."""
    first, second = account(store, "a"), account(store, "b")
    assert (store.read_now(lambda uow: uow.accounts.first()), first < second) == (first, True)


def test_a_key_comes_back_with_its_secret_and_user(store: Store) -> None:
    """The secret is in the clear for who asks by id."""
    key = a_key(store)
    store.write_now(lambda uow: uow.accounts.add_key(key))
    assert store.read_now(lambda uow: uow.accounts.key("AKID1")) == key


def test_a_disabled_key_is_shown_as_such(store: Store) -> None:
    """Whether it may be used is the caller's question."""
    key = replace(a_key(store), enabled=False)
    store.write_now(lambda uow: uow.accounts.add_key(key))
    assert store.read_now(lambda uow: uow.accounts.key("AKID1")) == key


@pytest.mark.parametrize("name", ["", "AKID", "akid1", "AKID1\0", "\ud800", "AKID1' OR 1=1"])
def test_an_unknown_key_is_none(store: Store, name: str) -> None:
    """Ids are exact, and any text may be asked for."""
    key = a_key(store)
    store.write_now(lambda uow: uow.accounts.add_key(key))
    assert store.read_now(lambda uow: uow.accounts.key(name)) is None


def test_an_id_of_a_key_is_given_once(store: Store) -> None:
    """A second key of this id is refused and the first stays."""
    key = a_key(store)
    store.write_now(lambda uow: uow.accounts.add_key(key))
    with pytest.raises(Conflict, match="AKID1"):
        store.write_now(lambda uow: uow.accounts.add_key(replace(key, secret="other")))
    assert store.read_now(lambda uow: uow.accounts.key("AKID1")) == key


def test_keys_of_an_account_come_oldest_first(store: Store) -> None:
    """Other accounts' keys are not among them."""
    mine = a_key(store)
    others = a_key(store, "AKID2")
    older = replace(mine, secret_id="AKID3", created=NOW - timedelta(days=1))
    for key in (mine, others, older):
        store.write_now(lambda uow, key=key: uow.accounts.add_key(key))
    assert store.read_now(lambda uow: uow.accounts.keys(mine.user.account)) == [older, mine]


def test_a_users_name_is_given_once_in_an_account(store: Store) -> None:
    """Another account may use it too."""
    mine, other = account(store, "a"), account(store, "b")
    store.write_now(lambda uow: uow.accounts.add_user(mine, "ann", Role.AUDITOR))
    with pytest.raises(Conflict, match="ann"):
        store.write_now(lambda uow: uow.accounts.add_user(mine, "ann", Role.OPERATOR))
    user = store.write_now(lambda uow: uow.accounts.add_user(other, "ann", Role.OPERATOR))
    assert (user.account, user.role, user.enabled) == (other, Role.OPERATOR, True)
