"""ports.Accounts: what users and keys can become, and temporary keys."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hostward.domain.account import ApiKey, Role, User
from hostward.domain.errors import NotFound
from hostward.domain.ids import AccountId, UserId
from hostward.usecases.ports import Store
from store_samples import NOW, SECOND, account


def a_user(store: Store, name: str = "ann", owner: AccountId | None = None, **others) -> User:
    """A stored user."""
    where = owner or account(store)
    role = others.pop("role", Role.OPERATOR)
    return store.write_now(lambda uow: uow.accounts.add_user(where, name, role, **others))


def a_key(store: Store, user: User, name: str, **others) -> ApiKey:
    """A stored key."""
    key = ApiKey(secret_id=name, secret="s", user=user, created=NOW, **others)
    store.write_now(lambda uow: uow.accounts.add_key(key))
    return key


def key_of(store: Store, name: str) -> ApiKey | None:
    """The key as it is stored."""
    return store.read_now(lambda uow: uow.accounts.key(name))


def test_a_new_user_comes_back_with_role_and_tags(store: Store) -> None:
    """And is neither disabled nor locked."""
    user = a_user(store, tags=("env=prod", "team=a"))
    found = store.read_now(lambda uow: uow.accounts.user(user.account, "ann"))
    expected = User(id=user.id, account=user.account, name="ann", role=Role.OPERATOR, tags=("env=prod", "team=a"))
    assert (found, user) == (expected, expected)


def test_users_of_an_account_come_oldest_first(store: Store) -> None:
    """Another account's are not among them."""
    first = a_user(store, "zoe")
    second = a_user(store, "ann", first.account)
    a_user(store, "bob")
    assert store.read_now(lambda uow: uow.accounts.users(first.account)) == [first, second]


def test_a_user_of_another_account_is_not_found_by_name(store: Store) -> None:
    """Names belong to their account."""
    user = a_user(store)
    other = account(store, "other")
    assert store.read_now(lambda uow: uow.accounts.user(other, user.name)) is None


@pytest.mark.parametrize(
    "change",
    [
        {"role": Role.AUDITOR},
        {"enabled": False},
        {"locked": True},
        {"tags": ("env=test",)},
        {"enabled": False, "locked": True, "tags": (), "role": Role.ADMINISTRATOR},
    ],
    ids=str,
)
def test_a_changed_user_is_what_is_stored(store: Store, change: dict) -> None:
    """Role, enabled, locked, tags."""
    user = a_user(store, tags=("env=prod",))
    changed = replace(user, **change)
    store.write_now(lambda uow: uow.accounts.put_user(changed))
    assert store.read_now(lambda uow: uow.accounts.user(user.account, "ann")) == changed


def test_a_change_of_a_user_shows_in_their_keys(store: Store) -> None:
    """Whoever signs next is who the user is now."""
    user = a_user(store)
    key = a_key(store, user, "AKID1")
    locked = replace(user, locked=True, tags=("env=prod",))
    store.write_now(lambda uow: uow.accounts.put_user(locked))
    assert key_of(store, "AKID1") == replace(key, user=locked)


def test_a_user_who_is_not_stored_can_not_be_changed(store: Store) -> None:
    """Nothing is made by changing."""
    ghost = User(id=UserId(99), account=account(store), name="ghost", role=Role.AUDITOR)
    with pytest.raises(NotFound, match="ghost"):
        store.write_now(lambda uow: uow.accounts.put_user(ghost))


def test_all_accounts_are_listed(store: Store) -> None:
    """Oldest first."""
    made = [account(store, name) for name in ("a", "b", "c")]
    assert store.read_now(lambda uow: uow.accounts.all()) == made


@pytest.mark.parametrize("change", [{"enabled": False}, {"expires": NOW + SECOND}, {"enabled": False, "expires": NOW}])
def test_a_changed_key_is_what_is_stored(store: Store, change: dict) -> None:
    """Enabled and expires; the secret stays."""
    key = a_key(store, a_user(store), "AKID1")
    changed = replace(key, **change)
    store.write_now(lambda uow: uow.accounts.put_key(changed))
    assert key_of(store, "AKID1") == changed


def test_a_key_that_is_not_stored_can_not_be_changed(store: Store) -> None:
    """Nothing is made by changing."""
    key = ApiKey(secret_id="AKID9", secret="s", user=a_user(store), created=NOW)
    with pytest.raises(NotFound, match="AKID9"):
        store.write_now(lambda uow: uow.accounts.put_key(key))


def test_a_temporary_key_comes_back_with_token_bound_and_end(store: Store) -> None:
    """All that decides whether it may be used."""
    user = a_user(store)
    maker = a_key(store, user, "AKID1")
    bound = replace(user, bound=Role.AUDITOR)
    key = a_key(store, bound, "AKID2", token="t0ken", maker=maker.secret_id, expires=NOW + SECOND)
    assert key_of(store, "AKID2") == key


def test_temporary_keys_are_not_listed(store: Store) -> None:
    """They come and go by the thousand."""
    user = a_user(store)
    maker = a_key(store, user, "AKID1")
    a_key(store, user, "AKID2", token="t", maker="AKID1", expires=NOW)
    listed = store.read_now(lambda uow: (uow.accounts.keys(user.account), uow.accounts.temporary(user.id)))
    assert listed == ([maker], 1)


@pytest.mark.parametrize("end", ["disable", "drop"])
def test_temporary_keys_end_with_their_maker(store: Store, end: str) -> None:
    """One of another maker stays."""
    user = a_user(store)
    maker, other = a_key(store, user, "AKID1"), a_key(store, user, "AKID2")
    for name, by in (("AKIDa", maker), ("AKIDb", other)):
        a_key(store, user, name, token="t", maker=by.secret_id, expires=NOW)
    if end == "disable":
        store.write_now(lambda uow: uow.accounts.put_key(replace(maker, enabled=False)))
    else:
        store.write_now(lambda uow: uow.accounts.drop_key("AKID1"))
    assert (key_of(store, "AKIDa"), key_of(store, "AKIDb") is None) == (None, False)


def test_enabling_a_key_brings_no_temporary_key_back(store: Store) -> None:
    """What was taken away stays away."""
    user = a_user(store)
    maker = a_key(store, user, "AKID1")
    a_key(store, user, "AKIDa", token="t", maker="AKID1", expires=NOW)
    for enabled in (False, True):
        store.write_now(lambda uow, enabled=enabled: uow.accounts.put_key(replace(maker, enabled=enabled)))
    assert key_of(store, "AKIDa") is None


def test_dropping_an_unknown_key_does_nothing(store: Store) -> None:
    """Odd names too."""
    store.write_now(lambda uow: uow.accounts.drop_key("AKID\0'--"))


def test_keys_that_are_over_are_dropped_with_what_they_made(store: Store) -> None:
    """Of one account, from their last moment on."""
    user, other = a_user(store), a_user(store, "bob")
    a_key(store, user, "AKID1", expires=NOW)
    a_key(store, user, "AKIDa", token="t", maker="AKID1", expires=NOW + SECOND)
    a_key(store, user, "AKID2", expires=NOW + SECOND)
    a_key(store, user, "AKID3")
    a_key(store, other, "AKID4", expires=NOW)
    store.write_now(lambda uow: uow.accounts.drop_over(user.account, NOW))
    left = [name for name in ("AKID1", "AKIDa", "AKID2", "AKID3", "AKID4") if key_of(store, name)]
    assert left == ["AKID2", "AKID3", "AKID4"]


def test_the_last_use_moves_forward_only(store: Store) -> None:
    """A late word of an earlier use changes nothing, an unknown key neither."""
    user = a_user(store)
    a_key(store, user, "AKID1")
    for at in (NOW, NOW - timedelta(hours=1)):
        store.write_now(lambda uow, at=at: uow.accounts.used({"AKID1": at, "AKID?": at, "\ud800": at}))
    key = key_of(store, "AKID1")
    assert key is not None
    assert key.last_used == NOW


def test_locking_users_reads_them_alike(store: Store) -> None:
    """The lock changes nothing of what is read."""
    user = a_user(store)
    assert store.write_now(lambda uow: uow.accounts.users(user.account, lock=True)) == [user]


def test_changes_of_users_and_keys_are_counted(store: Store) -> None:
    """Whoever remembers keys forgets them then; that a key was used, or a change that failed, is none."""
    user = a_user(store)
    steps = [
        lambda uow: uow.accounts.add_key(ApiKey(secret_id="AKID1", secret="s", user=user, created=NOW)),
        lambda uow: uow.accounts.put_key(replace(key_of(store, "AKID1"), enabled=False)),
        lambda uow: uow.accounts.put_user(replace(user, role=Role.AUDITOR)),
        lambda uow: uow.accounts.drop_key("AKID1"),
    ]
    for step in steps:
        before = store.account_changes()
        store.write_now(step)
        assert store.account_changes() == before + 1
    before = store.account_changes()
    store.write_now(lambda uow: uow.accounts.users(user.account))
    with pytest.raises(NotFound):
        store.write_now(lambda uow: uow.accounts.put_user(replace(user, id=UserId(99), name="nobody")))
    assert store.account_changes() == before
