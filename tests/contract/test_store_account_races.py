"""Changes of accounts at the same time: chains stay whole, and an administrator is always left."""

from concurrent.futures import ThreadPoolExecutor

from hostward.domain.account import ApiKey, Role
from hostward.domain.audit import Deed, checked
from hostward.domain.errors import Conflict
from hostward.domain.ids import AccountId, UserId
from hostward.usecases.accounts import keys, users
from hostward.usecases.accounts.keys import NewKey
from hostward.usecases.ports import Store
from store_samples import NOW, account

THREADS = 4


def together(calls: list) -> list:
    """What each call gives when they run at once: its result, or the conflict that it met."""

    def attempt(call) -> object:
        try:
            return call()
        except Conflict as conflict:
            return conflict

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(attempt, calls))


def deed(owner: AccountId, number: int) -> Deed:
    """Something that somebody did."""
    return Deed(
        account=owner, at=NOW, user_id=UserId(1), user_name="ann", secret_id="", source="", service="hostward",
        action="CreateUser", request_id=f"r{number}", target="", parameters="{}", outcome="",
    )  # fmt: skip


def keepers(store: Store, *names: str) -> AccountId:
    """An account whose administrators have a key each."""
    owner = account(store)

    def work(uow) -> None:
        for name in names:
            user = uow.accounts.add_user(owner, name, Role.ADMINISTRATOR)
            uow.accounts.add_key(ApiKey(secret_id=f"AKID{name}", secret="s", user=user, created=NOW))

    store.write_now(work)
    return owner


def test_chains_stay_whole_when_many_append(store: Store) -> None:
    """Each entry after the one that was there when its transaction came to it."""
    first, second = account(store, "a"), account(store, "b")
    deeds = [deed((first, second)[number % 2], number) for number in range(60)]
    together([lambda each=each: store.write_now(lambda uow: uow.audit.append(each)) for each in deeds])
    for owner in (first, second):
        found = store.read_now(lambda uow, owner=owner: checked(uow.audit.entries(owner), uow.audit.head(owner)))
        assert (found.entries, found.problem) == (30, "")


def test_the_last_two_administrators_do_not_disable_one_another(store: Store) -> None:
    """One of two changes at once is refused."""
    for number in range(5):
        owner = keepers(store, f"a{number}", f"b{number}")
        found = together(
            [
                lambda name=name, owner=owner: store.write_now(
                    lambda uow: users.set_enabled(uow, account=owner, name=name, enabled=False)
                )
                for name in (f"a{number}", f"b{number}")
            ]
        )
        assert sum(isinstance(one, Conflict) for one in found) == 1


def test_a_user_gets_no_third_key_by_asking_twice_at_once(store: Store) -> None:
    """The most is the most."""
    owner = keepers(store, "ann")
    found = together(
        [
            lambda number=number: store.write_now(
                lambda uow: keys.create(
                    uow, account=owner, user="ann", new=NewKey(secret_id=f"AKID{number}", secret="s"), now=NOW
                )
            )
            for number in range(4)
        ]
    )
    assert sum(isinstance(one, Conflict) for one in found) == 3
    assert len(store.read_now(lambda uow: uow.accounts.keys(owner))) == 2
