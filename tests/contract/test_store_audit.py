"""ports.Audit and ports.Requests."""

from dataclasses import replace

import pytest

from hostward.domain.audit import GENESIS, Deed, Head, checked, digest
from hostward.domain.errors import HostwardError
from hostward.domain.ids import AccountId, UserId
from hostward.store import requests as stored_requests
from hostward.store.memory import requests as memory_requests
from hostward.usecases.ports import Store, UnitOfWork
from hostward.usecases.request_records import RequestBatch, RequestRecord
from store_samples import NOW, account


def deed(owner: AccountId, number: int = 1, **others) -> Deed:
    """Something that somebody did."""
    said = {
        "at": NOW, "user_id": UserId(1), "user_name": "ann", "secret_id": "AKID1", "source": "10.0.0.1",
        "service": "hostward", "action": "CreateUser", "request_id": f"request-{number}", "target": "UserName bob",
        "parameters": '{"UserName":"bob"}', "outcome": "", **others,
    }  # fmt: skip
    return Deed(account=owner, **said)


def record(number: int, **others) -> RequestRecord:
    """A request."""
    said = {
        "id": f"00000000-0000-4000-8000-{number:012}", "at": 1_000_000 + number, "took": 7, "account": 1, "user": "ann",
        "secret_id": "AKID1", "source": "10.0.0.1", "service": "cwp", "action": "DescribeMachines",
        "code": "", **others,
    }  # fmt: skip
    return RequestRecord(**said)


def append(store: Store, *deeds: Deed) -> None:
    """Add deeds, each in a transaction of its own."""
    for each in deeds:
        store.write_now(lambda uow, each=each: uow.audit.append(each))


def test_a_log_without_entries_is_whole(store: Store) -> None:
    """Its head is that of no entry."""
    owner = account(store)
    found = store.read_now(lambda uow: (list(uow.audit.entries(owner)), uow.audit.head(owner)))
    assert found == ([], Head(number=0, digest=GENESIS))


def test_entries_follow_one_another(store: Store) -> None:
    """Numbers from 1, each with the hash of the one before, and all of it comes back as it was written."""
    owner = account(store)
    append(store, deed(owner, 1), deed(owner, 2, outcome="FailedOperation", user_name="Zoë", parameters="{}"))
    first, second = store.read_now(lambda uow: list(uow.audit.entries(owner)))
    assert (first.number, first.previous, second.number, second.previous) == (1, GENESIS, 2, first.digest)
    assert second.deed == deed(owner, 2, outcome="FailedOperation", user_name="Zoë", parameters="{}")
    assert second.digest == digest(second.deed, 2, first.digest)


def test_a_written_chain_verifies(store: Store) -> None:
    """More entries than are read at a time."""
    owner = account(store)
    store.write_now(lambda uow: [uow.audit.append(deed(owner, number)) for number in range(1, 1203)])
    found = store.read_now(lambda uow: checked(uow.audit.entries(owner), uow.audit.head(owner)))
    assert (found.entries, found.problem, found.head.number) == (1202, "", 1202)


def test_accounts_have_chains_of_their_own(store: Store) -> None:
    """Each begins at 1."""
    first, second = account(store, "a"), account(store, "b")
    append(store, deed(first, 1), deed(second, 2), deed(first, 3))
    found = store.read_now(lambda uow: [[entry.number for entry in uow.audit.entries(who)] for who in (first, second)])
    assert found == [[1, 2], [1]]


def test_an_entry_goes_with_its_transaction(store: Store) -> None:
    """What was rolled back was not done, and leaves no gap."""
    owner = account(store)

    def fails(uow: UnitOfWork) -> None:
        uow.audit.append(deed(owner, 1))
        raise HostwardError("no")

    with pytest.raises(HostwardError):
        store.write_now(fails)
    append(store, deed(owner, 2))
    (entry,) = store.read_now(lambda uow: list(uow.audit.entries(owner)))
    assert (entry.number, entry.deed.request_id) == (1, "request-2")


def test_the_newest_entries_come_first(store: Store) -> None:
    """A page of them, and how many there are."""
    owner = account(store)
    append(store, *(deed(owner, number) for number in range(1, 6)), deed(account(store, "other"), 9))
    total, page = store.read_now(lambda uow: uow.audit.newest(owner, limit=2, offset=1))
    assert (total, [entry.number for entry in page]) == (5, [4, 3])


def test_a_request_is_found_in_every_account(store: Store) -> None:
    """Whoever asks narrows it."""
    first, second = account(store, "a"), account(store, "b")
    append(store, deed(first, 7), deed(second, 7), deed(first, 8))
    found = store.read_now(lambda uow: uow.audit.of_request("request-7"))
    assert [entry.deed.account for entry in found] == [first, second]


def test_texts_that_no_database_holds_are_cleaned_before_they_are_hashed(store: Store) -> None:
    """Else the chain would break when it is read back."""
    owner = account(store)
    append(store, deed(owner, 1, target="a\0b\ud800"))
    found = store.read_now(lambda uow: checked(uow.audit.entries(owner), uow.audit.head(owner)))
    assert (found.entries, found.problem) == (1, "")


def test_a_request_comes_back(store: Store) -> None:
    """One of the account, or of anybody."""
    mine, other = account(store, "a"), account(store, "b")
    records = [record(number) for number in range(3)]
    store.write_now(
        lambda uow: uow.requests.put(RequestBatch(number=uow.requests.next_batch(), account=mine, records=records))
    )
    found = store.read_now(lambda uow: [uow.requests.find(records[1].id, who) for who in (mine, other, None)])
    assert found == [records[1], None, records[1]]


@pytest.mark.parametrize("wanted", ["", "00000000", "nothing", "\ud800", "a\0"])
def test_an_unknown_request_is_none(store: Store, wanted: str) -> None:
    """Part of an id is none, and any text may be asked for."""
    owner = account(store)
    store.write_now(lambda uow: uow.requests.put(RequestBatch(number=1, account=owner, records=[record(1)])))
    assert store.read_now(lambda uow: uow.requests.find(wanted, owner)) is None


def test_a_batch_takes_its_own_place(store: Store) -> None:
    """It is written again while it fills."""
    owner = account(store)
    for count in (1, 2):
        batch = RequestBatch(number=1, account=owner, records=[record(number) for number in range(count)])
        store.write_now(lambda uow, batch=batch: uow.requests.put(batch))
    assert store.read_now(lambda uow: uow.requests.count(owner)) == 2


def test_numbers_of_batches_rise(store: Store) -> None:
    """Newer batches are told by them."""
    assert store.write_now(lambda uow: [uow.requests.next_batch() for _ in range(3)]) == [1, 2, 3]


def test_the_oldest_requests_go(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of their account alone; the newest batch always stays."""
    for module in (stored_requests, memory_requests):
        monkeypatch.setattr(module, "MOST_REQUESTS", 5)
    mine, other = account(store, "a"), account(store, "b")

    def fill(uow: UnitOfWork) -> None:
        for number, owner in enumerate((mine, other, mine, mine), start=1):
            records = [record(10 * number + each, account=owner) for each in range(3)]
            uow.requests.put(RequestBatch(number=number, account=owner, records=records))
        uow.requests.trim(mine)

    store.write_now(fill)
    assert store.read_now(lambda uow: (uow.requests.count(mine), uow.requests.count(other))) == (3, 3)
    assert store.read_now(lambda uow: uow.requests.find(record(40).id, mine)) == replace_account(record(40), mine)


def test_a_batch_larger_than_the_limit_stays(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was just written is not thrown away."""
    for module in (stored_requests, memory_requests):
        monkeypatch.setattr(module, "MOST_REQUESTS", 2)
    owner = account(store)
    batch = RequestBatch(number=1, account=owner, records=[record(number) for number in range(3)])
    store.write_now(lambda uow: (uow.requests.put(batch), uow.requests.trim(owner)))
    assert store.read_now(lambda uow: uow.requests.count(owner)) == 3


def replace_account(one: RequestRecord, owner: AccountId) -> RequestRecord:
    """The record as one of this account's."""
    return one._replace(account=owner)


def test_edits_of_a_copy_change_nothing_stored(store: Store) -> None:
    """Entries are values."""
    owner = account(store)
    append(store, deed(owner, 1))
    (entry,) = store.read_now(lambda uow: list(uow.audit.entries(owner)))
    replace(entry, digest="x")
    assert store.read_now(lambda uow: list(uow.audit.entries(owner))) == [entry]
