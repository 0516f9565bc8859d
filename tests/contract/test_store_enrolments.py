"""ports.Enrolments: tokens by the hash of their word, and machines that wait to be let in."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from hostward.domain.enrolment import EnrolmentToken, Waiting
from hostward.domain.errors import AgentRefused, Conflict
from hostward.domain.ids import AccountId
from hostward.usecases.machines.enrol import Arrival, Offer, allow, enrol, make
from hostward.usecases.ports import Store, UnitOfWork
from store_samples import NOW, SECOND, account, facts

DIGEST = b"d" * 32


def a_token(owner: AccountId, name: str = "et-1", **changes: object) -> EnrolmentToken:
    """A token of an account, good for one machine until NOW."""
    made = EnrolmentToken(
        id=name, account=owner, made_by="änn", created=NOW - timedelta(days=1), expires=NOW, uses=1, uses_left=1
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # a test's own values


def a_waiting(owner: AccountId, name: str = "mw-1", key: bytes = b"k" * 32, **changes: object) -> Waiting:
    """A machine that waits."""
    made = Waiting(
        id=name, account=owner, token="et-1", public_key=key, facts=facts("web"), tags=("env=prod",), quuid=f"q{name}",
        uuid=f"u{name}", since=NOW,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]  # a test's own values


def added(store: Store, digest: bytes, token: EnrolmentToken) -> None:
    """Keep a token."""
    store.write_now(lambda uow: uow.enrolments.add(digest, token))


def taken(store: Store, at=NOW - SECOND, digest: bytes = DIGEST) -> int | None:
    """Uses left after one more; None when it could not be used."""
    found = store.write_now(lambda uow: uow.enrolments.take(digest, at))
    return None if found is None else found.uses_left


def test_a_token_comes_back_as_it_was_made(store: Store) -> None:
    """With its tags and what it demands; by its hash, and among the account's."""
    owner = account(store)
    made = a_token(owner, tags=("a=b", "c=d"), needs_approval=True, for_image=True, uses=9, uses_left=9)
    added(store, DIGEST, made)
    assert store.read_now(lambda uow: uow.enrolments.by_digest(DIGEST)) == made
    assert store.read_now(lambda uow: uow.enrolments.tokens(owner)) == [made]


@pytest.mark.parametrize(("uses", "expected"), [(0, [None]), (1, [0, None]), (2, [1, 0, None])])
def test_a_token_is_good_for_so_many_uses(store: Store, uses: int, expected: list[int | None]) -> None:
    """Each use takes one; then it brings nobody in."""
    added(store, DIGEST, a_token(account(store), uses_left=uses))
    assert [taken(store) for _ in expected] == expected


def test_an_expired_or_revoked_or_unknown_token_is_not_taken(store: Store) -> None:
    """Its last moment is before it expires."""
    owner = account(store)
    assert taken(store) is None
    added(store, DIGEST, a_token(owner, uses=9, uses_left=9))
    assert (taken(store, NOW), taken(store, NOW - SECOND)) == (None, 8)
    assert store.write_now(lambda uow: uow.enrolments.revoke(owner, "et-1", NOW - 2 * SECOND)) is True
    assert taken(store) is None


def test_a_failed_enrolment_gives_its_use_of_the_token_back(store: Store) -> None:
    """The use is part of the transaction."""
    added(store, DIGEST, a_token(account(store)))

    def fails(uow: UnitOfWork) -> None:
        uow.enrolments.take(DIGEST, NOW - SECOND)
        raise Conflict("no")

    with pytest.raises(Conflict):
        store.write_now(fails)
    assert taken(store) == 0


def test_a_token_is_revoked_by_its_account_once(store: Store) -> None:
    """The first time stays; another account can't."""
    owner, other = account(store, "a"), account(store, "b")
    added(store, DIGEST, a_token(owner))

    def revoked(whose: AccountId, at=NOW) -> bool:
        return store.write_now(lambda uow: uow.enrolments.revoke(whose, "et-1", at))

    assert [revoked(other), revoked(owner), revoked(owner, NOW + SECOND)] == [False, True, True]
    (token,) = store.read_now(lambda uow: uow.enrolments.tokens(owner))
    assert token.revoked == NOW


def test_tokens_come_newest_first_and_old_ones_are_forgotten(store: Store) -> None:
    """Those of other accounts are not among them."""
    owner, other = account(store, "a"), account(store, "b")
    for number, whose in enumerate((owner, owner, other)):
        created, expires = NOW + number * SECOND, NOW + timedelta(days=number)
        added(store, bytes([number]) * 32, a_token(whose, f"et-{number}", created=created, expires=expires))
    assert [each.id for each in store.read_now(lambda uow: uow.enrolments.tokens(owner))] == ["et-1", "et-0"]
    assert store.write_now(lambda uow: uow.enrolments.forget(NOW + SECOND)) == 1
    assert [each.id for each in store.read_now(lambda uow: uow.enrolments.tokens(owner))] == ["et-1"]


def test_a_machine_that_waits_is_found_by_its_key_and_its_account(store: Store) -> None:
    """Oldest first; one with the same key takes the place of the first."""
    owner, other = account(store, "a"), account(store, "b")
    late, early = a_waiting(owner, since=NOW + SECOND), a_waiting(owner, "mw-2", b"2" * 32)
    again = replace(late, id="mw-3", quuid="q3", uuid="u3")
    for each in (late, early, a_waiting(other, "mw-9", b"9" * 32), again):
        store.write_now(lambda uow, each=each: uow.enrolments.add_waiting(each))
    assert store.read_now(lambda uow: uow.enrolments.waiting(owner)) == [early, again]
    assert store.read_now(lambda uow: uow.enrolments.waiting_by_key(b"k" * 32)) == again
    assert store.read_now(lambda uow: uow.enrolments.waiting_by_key(b"x" * 32)) is None


def test_a_machine_waits_until_its_account_decides(store: Store) -> None:
    """Decided once."""
    owner, other = account(store, "a"), account(store, "b")
    waiting = a_waiting(owner)
    store.write_now(lambda uow: uow.enrolments.add_waiting(waiting))
    dropped = [store.write_now(lambda uow, who=who: uow.enrolments.drop_waiting(who, "mw-1")) for who in (other, owner)]
    assert dropped == [None, waiting]
    assert store.write_now(lambda uow: uow.enrolments.drop_waiting(owner, "mw-1")) is None


def arrives(store: Store, token: str, key: bytes = b"k" * 32) -> None:
    """A machine's first contact."""
    came = Arrival(source="10.0.0.9", request_id="r-1")
    store.write_now(
        lambda uow: enrol(
            uow, token=token, public_key=key, facts=facts("web"), quuid="q1", uuid="u1", now=NOW, arrival=came
        )
    )


@pytest.mark.parametrize("waits", [False, True])
def test_a_machine_that_came_by_a_token_is_in_the_audit_log(store: Store, *, waits: bool) -> None:
    """Once, however often it asks; whose token it was is told, the token's word is not."""
    owner = account(store)
    offer = Offer(needs_approval=waits)
    token = store.write_now(lambda uow: make(uow, token="the word", account=owner, offer=offer, by="ann", now=NOW))
    arrives(store, "the word")
    arrives(store, "the word")
    entries = store.read_now(lambda uow: list(uow.audit.entries(owner)))
    [deed] = [entry.deed for entry in entries]
    assert (deed.service, deed.action, deed.source, deed.target) == ("agent", "EnrolMachine", "10.0.0.9", "Quuid q1")
    assert json.loads(deed.parameters) == {
        "Enrolment": token.id, "MadeBy": "ann", "HostName": "web", "Waits": waits
    }  # fmt: skip
    assert deed.request_id == "r-1"
    assert "the word" not in repr(deed)


def test_the_servers_own_agent_leaves_no_audit_entry(store: Store) -> None:
    """It comes at each start, by a token that nobody made."""
    owner = account(store)
    store.write_now(lambda uow: allow(uow, token="own", account=owner, uses=1, life=timedelta(minutes=1), now=NOW))
    arrives(store, "own")
    assert store.read_now(lambda uow: list(uow.audit.entries(owner))) == []


def test_a_refused_machine_leaves_no_audit_entry(store: Store) -> None:
    """Nobody knows whose account it would have been."""
    owner = account(store)
    with pytest.raises(AgentRefused):
        arrives(store, "invented")
    assert store.read_now(lambda uow: list(uow.audit.entries(owner))) == []
