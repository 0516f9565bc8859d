"""session_ports: credentials, login links, sessions of browsers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hostward.domain.account import Role, User
from hostward.domain.console_session import IDLE, LONGEST, ConsoleSession
from hostward.domain.credential import Credential
from hostward.domain.ids import AccountId, UserId
from hostward.usecases.ports import Store
from store_samples import NOW, SECOND, account

FULL = Credential(password="$argon2id$...", totp=b"12345678901234567890", totp_on=True, totp_step=7)


def a_user(store: Store, name: str = "ann", owner: AccountId | None = None) -> User:
    """A stored user."""
    where = owner or account(store)
    return store.write_now(lambda uow: uow.accounts.add_user(where, name, Role.OPERATOR))


def a_session(store: Store, user: User, name: str = "s1", **others) -> ConsoleSession:
    """A stored session, found by its name in bytes."""
    created = others.pop("created", NOW)
    made = ConsoleSession(id=name, user=user, csrf=f"csrf of {name}", created=created, last_used=created, **others)
    store.write_now(lambda uow: uow.console_sessions.add(name.encode(), made))
    return made


def found(store: Store, name: str = "s1") -> ConsoleSession | None:
    """The session as it is stored."""
    return store.read_now(lambda uow: uow.console_sessions.find(name.encode()))


def credential(store: Store, user: User) -> Credential:
    """What is stored of the user."""
    return store.read_now(lambda uow: uow.credentials.of(user.id))


def test_nothing_is_stored_of_a_new_user(store: Store) -> None:
    """No password, no codes."""
    assert credential(store, a_user(store)) == Credential()


@pytest.mark.parametrize("second", [Credential(password="other"), replace(FULL, totp_on=False), Credential()], ids=str)
def test_a_credential_takes_the_place_of_the_one_before(store: Store, second: Credential) -> None:
    """All of it."""
    user = a_user(store)
    for one in (FULL, second):
        store.write_now(lambda uow, one=one: uow.credentials.put(user, one))
        assert credential(store, user) == one


def test_a_step_is_used_once(store: Store) -> None:
    """Nor one before it afterwards; another user's steps are their own."""
    user = a_user(store)
    other = a_user(store, "bob", user.account)
    for one in (user, other):
        store.write_now(lambda uow, one=one: uow.credentials.put(one, FULL))
    used = [store.write_now(lambda uow, step=step: uow.credentials.use_step(user.id, step)) for step in (8, 8, 7, 9)]
    assert used == [True, False, False, True]
    assert (credential(store, user).totp_step, credential(store, other).totp_step) == (9, 7)
    assert store.write_now(lambda uow: uow.credentials.use_step(UserId(999), 1)) is False


def test_a_recovery_code_is_taken_once(store: Store) -> None:
    """And by its own user alone."""
    user = a_user(store)
    other = a_user(store, "bob", user.account)
    store.write_now(lambda uow: uow.credentials.put_recovery(user, [b"one", b"two"]))

    def take(who: User, digest: bytes) -> bool:
        return store.write_now(lambda uow: uow.credentials.take_recovery(who.id, digest))

    assert (take(other, b"one"), take(user, b"one"), take(user, b"one")) == (False, True, False)
    assert (take(user, b"two"), take(user, b"three")) == (True, False)


def test_new_recovery_codes_take_the_place_of_the_old_ones(store: Store) -> None:
    """Those that were printed before are paper."""
    user = a_user(store)
    for digests in ([b"one", b"two"], [b"three"]):
        store.write_now(lambda uow, digests=digests: uow.credentials.put_recovery(user, digests))
    taken = [
        store.write_now(lambda uow, one=one: uow.credentials.take_recovery(user.id, one)) for one in (b"one", b"three")
    ]
    assert taken == [False, True]


def a_link(store: Store, user: User, digest: bytes = b"link", life: timedelta = SECOND) -> None:
    """A login link."""
    store.write_now(lambda uow: uow.credentials.add_link(digest, user, expires=NOW + life, now=NOW))


def taken(store: Store, digest: bytes = b"link", now=NOW) -> User | None:
    """Use a link."""
    return store.write_now(lambda uow: uow.credentials.take_link(digest, now))


def test_a_link_is_its_users_once(store: Store) -> None:
    """As that is now."""
    user = a_user(store)
    a_link(store, user)
    locked = replace(user, locked=True)
    store.write_now(lambda uow: uow.accounts.put_user(locked))
    assert (taken(store), taken(store)) == (locked, None)


def test_a_link_that_is_over_or_unknown_is_nobodys(store: Store) -> None:
    """To the microsecond."""
    a_link(store, a_user(store))
    assert (taken(store, b"other"), taken(store, now=NOW + SECOND)) == (None, None)


def test_links_can_be_dropped(store: Store) -> None:
    """Those of one user."""
    user = a_user(store)
    other = a_user(store, "bob", user.account)
    a_link(store, user, b"one")
    a_link(store, other, b"two")
    store.write_now(lambda uow: uow.credentials.drop_links(user.id))
    assert (taken(store, b"one"), taken(store, b"two")) == (None, other)


def test_a_session_comes_back_as_it_was_stored(store: Store) -> None:
    """With all that was known of the browser."""
    user = a_user(store)
    made = a_session(store, user, source="10.0.0.1", user_agent="Mozilla/5.0", must_set_password=True)
    assert (found(store), found(store, "s2")) == (made, None)


def test_a_session_shows_its_user_as_that_is_now(store: Store) -> None:
    """A role that changed, a user who was locked."""
    user = a_user(store)
    a_session(store, user)
    changed = replace(user, role=Role.AUDITOR, locked=True, tags=("env=prod",))
    store.write_now(lambda uow: uow.accounts.put_user(changed))
    session = found(store)
    assert session is not None
    assert session.user == changed


def test_sessions_of_an_account_come_newest_first(store: Store) -> None:
    """Another account's are not among them."""
    user = a_user(store)
    a_session(store, user, "old", created=NOW - SECOND)
    a_session(store, user, "b")
    a_session(store, user, "a")
    a_session(store, a_user(store, "eve", account(store, "other")), "else")
    names = [one.id for one in store.read_now(lambda uow: uow.console_sessions.of_account(user.account))]
    assert names == ["a", "b", "old"]


def test_the_last_use_only_rises(store: Store) -> None:
    """Two replicas may write in any order."""
    a_session(store, a_user(store))
    for seconds in (60, 30):
        at = NOW + seconds * SECOND
        store.write_now(lambda uow, at=at: uow.console_sessions.used("s1", at))
    store.write_now(lambda uow: uow.console_sessions.used("unknown", NOW))
    session = found(store)
    assert session is not None
    assert session.last_used == NOW + 60 * SECOND


def test_a_session_need_not_set_a_password_twice(store: Store) -> None:
    """The mark goes away; other sessions keep theirs."""
    user = a_user(store)
    for name in ("s1", "s2"):
        a_session(store, user, name, must_set_password=True)
    store.write_now(lambda uow: uow.console_sessions.password_set("s1"))
    marks = [one.must_set_password for name in ("s1", "s2") if (one := found(store, name))]
    assert marks == [False, True]


def test_sessions_end_one_by_one_or_all_but_one(store: Store) -> None:
    """Another user's stay."""
    user = a_user(store)
    other = a_user(store, "bob", user.account)
    for name in ("s1", "s2", "s3"):
        a_session(store, user, name)
    a_session(store, other, "theirs")

    def left() -> set[str]:
        return {one.id for one in store.read_now(lambda uow: uow.console_sessions.of_account(user.account))}

    store.write_now(lambda uow: uow.console_sessions.end("s1"))
    store.write_now(lambda uow: uow.console_sessions.end("s1"))
    assert left() == {"s2", "s3", "theirs"}
    store.write_now(lambda uow: uow.console_sessions.end_others(user.id, "s3"))
    assert left() == {"s3", "theirs"}
    store.write_now(lambda uow: uow.console_sessions.end_others(user.id, ""))
    assert left() == {"theirs"}


def test_sessions_whose_time_has_passed_can_be_dropped(store: Store) -> None:
    """By age and by idleness, to the microsecond."""
    user = a_user(store)
    later = NOW + LONGEST
    for name, created, used in (
        ("aged", later - LONGEST, later),
        ("idle", later - IDLE, later - IDLE),
        ("young", later - LONGEST + SECOND, later - IDLE + SECOND),
    ):
        a_session(store, user, name, created=created)
        store.write_now(lambda uow, name=name, used=used: uow.console_sessions.used(name, used))
    store.write_now(lambda uow: uow.console_sessions.drop_over(user.account, later))
    left = [one.id for one in store.read_now(lambda uow: uow.console_sessions.of_account(user.account))]
    assert left == ["young"]


def test_text_that_no_database_holds_is_cleaned(store: Store) -> None:
    """A browser may call itself anything."""
    a_session(store, a_user(store), user_agent="a\x00b\ud800", source="\x00")
    session = found(store)
    assert session is not None
    assert "\x00" not in session.user_agent + session.source
