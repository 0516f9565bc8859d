"""ports.Tasks: starts by the tokens of those who asked for them, and usecases.scans.create on them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from hostward.domain.account import Role, User
from hostward.domain.client_token import KEPT, ClientToken
from hostward.domain.errors import InvalidValue
from hostward.domain.ids import TaskId
from hostward.domain.options import VulOptions
from hostward.domain.task import DEFAULT_TIMEOUT
from hostward.usecases.ports import Store
from hostward.usecases.records import ScanRequest, Scope
from hostward.usecases.scans.create import create
from hostward.usecases.scans.start import Started
from store_samples import NOW, SECOND, account, fleet

REQUEST = ScanRequest(
    options=VulOptions(), content=("1",), scope=Scope(everything=True), timeout=DEFAULT_TIMEOUT
)  # fmt: skip


def user(store: Store, name: str = "ann", machines: int = 2) -> User:
    """Somebody of a new account with machines."""
    owner = account(store, name)
    fleet(store, owner, machines, first=100 * owner)
    return store.write_now(lambda uow: uow.accounts.add_user(owner, name, Role.OPERATOR))


def asked(
    store: Store, who: User, token: str = "t", digest: bytes = b"same", now: datetime = NOW
) -> Started:  # fmt: skip
    """A start."""
    return store.write_now(
        lambda uow: create(uow, request=REQUEST, user=who, token=token, digest=digest, now=now)
    )  # fmt: skip


def tasks(store: Store, who: User) -> int:
    """How many tasks the account has."""
    return store.read_now(
        lambda uow: uow.tasks.list(who.account, module=None, states=frozenset(), limit=1, offset=0)
    )[0]  # fmt: skip


def known(who: User, token: str = "t", created: datetime = NOW) -> ClientToken:
    """A start that is remembered."""
    return ClientToken(
        account=who.account, user=who.id, token=token, digest=b"\x00\xff", task=TaskId(7), machines=3, created=created
    )  # fmt: skip


def test_what_is_remembered_comes_back_as_it_was(store: Store) -> None:
    """Every member, and nothing for another token or user."""
    ann, bob = user(store), user(store, "bob")
    store.write_now(lambda uow: uow.tasks.add_client_token(known(ann, " ~!")))
    found = store.read_now(
        lambda uow: [
            uow.tasks.client_token(ann.account, ann.id, " ~!"),
            uow.tasks.client_token(ann.account, ann.id, " ~"),
            uow.tasks.client_token(ann.account, bob.id, " ~!"),
            uow.tasks.client_token(bob.account, ann.id, " ~!"),
        ]
    )
    assert found == [known(ann, " ~!"), None, None, None]


def test_old_ones_are_forgotten_account_by_account(store: Store) -> None:
    """The time itself included."""
    ann, bob = user(store), user(store, "bob")

    def work(uow) -> None:
        for each in (known(ann, "old"), known(ann, "new", NOW + SECOND / 1_000_000), known(bob, "old")):
            uow.tasks.add_client_token(each)
        uow.tasks.forget_client_tokens(ann.account, NOW)

    store.write_now(work)
    left = store.read_now(
        lambda uow: [
            uow.tasks.client_token(who.account, who.id, token) is not None
            for who, token in ((ann, "old"), (ann, "new"), (bob, "old"))
        ]
    )
    assert left == [False, True, True]


def test_the_same_token_answers_the_same_task_and_wakes_nobody(store: Store) -> None:
    """As many machines as then."""
    ann = user(store)
    first = asked(store, ann)
    assert (first.machines, len(first.wake), first.repeated) == (2, 2, False)
    assert asked(store, ann, now=NOW + KEPT - SECOND) == replace(first, wake=(), repeated=True)
    assert tasks(store, ann) == 1


def test_the_same_token_with_other_parameters_is_refused(store: Store) -> None:
    """And says which task it stands for."""
    ann = user(store)
    first = asked(store, ann)
    with pytest.raises(InvalidValue, match=f"task {first.task} with other parameters"):
        asked(store, ann, digest=b"other")
    assert tasks(store, ann) == 1


def test_after_a_day_the_token_starts_another_task(store: Store) -> None:
    """With whatever parameters."""
    ann = user(store)
    first = asked(store, ann)
    second = asked(store, ann, digest=b"other", now=NOW + KEPT)
    assert (second.repeated, second.task > first.task, tasks(store, ann)) == (False, True, 2)


def test_tokens_are_each_user_s_own(store: Store) -> None:
    """Two users of one account may choose the same."""
    ann = user(store)
    bob = store.write_now(lambda uow: uow.accounts.add_user(ann.account, "bob", Role.OPERATOR))
    assert asked(store, ann).task != asked(store, bob).task


def test_no_token_is_no_promise(store: Store) -> None:
    """Each call starts a task."""
    ann = user(store)
    assert asked(store, ann, token="").task != asked(store, ann, token="").task


def test_many_calls_at_once_start_one_task(store: Store) -> None:
    """One starts it, all others answer it."""
    ann = user(store)
    for number in range(5):
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda _, token=f"t{number}": asked(store, ann, token), range(8)))
        assert len({one.task for one in found}) == 1
        assert sorted(one.repeated for one in found) == [False] + [True] * 7
    assert tasks(store, ann) == 5


def test_a_start_that_fails_leaves_no_token(store: Store) -> None:
    """Nor does one whose transaction fails after it: both or nothing."""
    ann = user(store)

    def work(uow) -> None:
        create(uow, request=REQUEST, user=ann, token="t", digest=b"same", now=NOW)
        raise RuntimeError("too late")

    with pytest.raises(RuntimeError):
        store.write_now(work)
    assert tasks(store, ann) == 0
    assert asked(store, ann, now=NOW + timedelta(seconds=1)).repeated is False
