"""ports.Machines: machines, enrolment tokens, sessions."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hostward.domain.account import AgentSession
from hostward.domain.errors import Conflict, NotFound
from hostward.domain.ids import MachineId
from hostward.domain.machine import Machine
from hostward.usecases.ports import Store, UnitOfWork
from store_samples import NOW, SECOND, account, enrol, facts, fleet


def a_machine(store: Store) -> Machine:
    """A machine of a new account."""
    owner = account(store)
    return store.write_now(lambda uow: enrol(uow, owner, 1))


def a_session(machine: Machine, name: str = "s1", hours: int = 1) -> AgentSession:
    """A session of its agent."""
    expires = NOW + timedelta(hours=hours)
    return AgentSession(id=name, machine=machine.id, instance="i1", secret=b"\x00secret\xff", expires=expires)


def test_a_new_machine_has_what_its_agent_said(store: Store) -> None:
    """Names, addresses and versions come back, and it was never heard of."""
    owner = account(store)
    said = facts("näme", "10.0.0.9", "fe80::1", wan_ip="192.0.2.1", machine_id="ins-1")
    machine = store.write_now(lambda uow: uow.machines.enrol(owner, b"k", said, quuid="q", uuid="u"))
    assert machine == Machine(id=MachineId(1), account=owner, quuid="q", uuid="u", facts=said)
    assert store.read_now(lambda uow: uow.machines.get(machine.id)) == machine


def test_a_key_is_enrolled_once(store: Store) -> None:
    """The machine that has the key already is answered, with its old names."""
    machine = a_machine(store)

    def again(uow: UnitOfWork) -> Machine:
        return uow.machines.enrol(machine.account, b"key 1", facts("other"), quuid="q2", uuid="u2")

    assert store.write_now(again) == machine
    assert len(store.read_now(lambda uow: uow.machines.of_account(machine.account))) == 1


def test_a_key_of_another_account_is_refused(store: Store) -> None:
    """A token of one account never opens a machine of another."""
    machine = a_machine(store)
    other = account(store, "other")
    with pytest.raises(Conflict, match="another account"):
        store.write_now(lambda uow: uow.machines.enrol(other, b"key 1", machine.facts, quuid="q2", uuid="u2"))


def test_what_hosts_say_is_made_fit_to_be_stored(store: Store) -> None:
    """NUL and lone surrogates, which no database takes, become replacement characters."""
    owner = account(store)
    said = facts("a\0b", "10.\ud8000.1", os_name="\udfff")
    machine = store.write_now(lambda uow: uow.machines.enrol(owner, b"k", said, quuid="q", uuid="u"))
    assert machine.facts == facts("a\ufffdb", "10.\ufffd0.1", os_name="\ufffd")
    assert store.read_now(lambda uow: uow.machines.get(machine.id)) == machine


def test_a_machine_without_addresses_is_possible(store: Store) -> None:
    """Addresses may be none."""
    owner = account(store)
    said = replace(facts(), addresses=())
    machine = store.write_now(lambda uow: uow.machines.enrol(owner, b"k", said, quuid="q", uuid="u"))
    assert store.read_now(lambda uow: uow.machines.get(machine.id)) == machine


def test_an_unknown_machine_is_none(store: Store) -> None:
    """By number and by uuid."""
    assert store.read_now(lambda uow: uow.machines.get(MachineId(9))) is None
    assert store.read_now(lambda uow: uow.machines.by_uuid("nobody")) is None


def test_a_machine_is_found_by_its_agents_uuid_with_its_key(store: Store) -> None:
    """The key is what its agent's words are proved with."""
    machine = a_machine(store)
    assert store.read_now(lambda uow: uow.machines.by_uuid("uuid-1")) == (machine, b"key 1")


def test_machines_of_an_account_come_in_the_order_of_enrolment(store: Store) -> None:
    """Others' machines are not among them."""
    mine, other = account(store, "a"), account(store, "b")
    first = fleet(store, mine, 2)
    fleet(store, other, 1, first=2)
    last = fleet(store, mine, 1, first=3)
    assert store.read_now(lambda uow: uow.machines.of_account(mine)) == [*first, *last]


def test_machines_are_found_by_quuids_of_their_account_only(store: Store) -> None:
    """Unknown quuids, and those of other accounts, are left out."""
    mine, other = account(store, "a"), account(store, "b")
    machines = fleet(store, mine, 3)
    fleet(store, other, 1, first=3)
    quuids = ["quuid-2", "quuid-0", "quuid-3", "nobody", "quuid-0"]
    found = store.read_now(lambda uow: uow.machines.by_quuids(mine, quuids))
    assert found == {"quuid-0": machines[0], "quuid-2": machines[2]}


def test_very_many_quuids_can_be_asked_for(store: Store) -> None:
    """A list longer than one statement takes is no matter."""
    owner = account(store)
    machines = fleet(store, owner, 2)
    quuids = [f"nobody-{number}" for number in range(1200)] + ["quuid-1"]
    assert store.read_now(lambda uow: uow.machines.by_quuids(owner, quuids)) == {"quuid-1": machines[1]}


def test_a_word_of_an_agent_is_remembered(store: Store) -> None:
    """Microseconds and all; a word that comes late does not turn time back."""
    machine = a_machine(store)
    seen = []
    for now in (NOW, NOW + SECOND, NOW - SECOND):
        store.write_now(lambda uow, now=now: uow.machines.seen(machine.id, now))
        stored = store.read_now(lambda uow: uow.machines.get(machine.id))
        seen.append(stored and stored.last_seen)
    assert seen == [NOW, NOW + SECOND, NOW + SECOND]


def test_a_word_of_an_unknown_agent_changes_nothing(store: Store) -> None:
    """Nothing is made of it."""
    store.write_now(lambda uow: uow.machines.seen(MachineId(9), NOW))
    assert store.read_now(lambda uow: uow.machines.get(MachineId(9))) is None


def test_a_new_session_says_anew_what_the_machine_is(store: Store) -> None:
    """Facts, instance and time are replaced, names and account stay."""
    machine = a_machine(store)
    said = facts("renamed", "10.9.9.9", agent_version="0.2.0")
    store.write_now(lambda uow: uow.machines.put_facts(machine.id, said, boot="b1", instance="i2", now=NOW))
    expected = replace(machine, facts=said, instance="i2", last_seen=NOW)
    assert store.read_now(lambda uow: uow.machines.get(machine.id)) == expected


def test_the_newest_process_of_an_agent_is_known(store: Store) -> None:
    """Empty before any session; None for a machine that is not there."""
    machine = a_machine(store)
    assert store.read_now(lambda uow: uow.machines.instance(machine.id)) == ""
    store.write_now(lambda uow: uow.machines.put_facts(machine.id, machine.facts, boot="b", instance="i2", now=NOW))
    assert store.read_now(lambda uow: uow.machines.instance(machine.id)) == "i2"
    assert store.read_now(lambda uow: uow.machines.instance(MachineId(99))) is None


def test_facts_of_an_unknown_machine_are_refused(store: Store) -> None:
    """Sessions belong to enrolled machines."""
    with pytest.raises(NotFound):
        store.write_now(lambda uow: uow.machines.put_facts(MachineId(9), facts(), boot="", instance="", now=NOW))


def test_a_session_comes_back_with_its_secret(store: Store) -> None:
    """Bytes of the secret are kept exactly."""
    session = a_session(a_machine(store))
    assert store.write_now(lambda uow: uow.machines.add_session(session, b"c1")) is True
    assert store.read_now(lambda uow: uow.machines.session("s1")) == session


def test_an_unknown_session_is_none(store: Store) -> None:
    """Also for names that no database could hold."""
    assert store.read_now(lambda uow: [uow.machines.session("s9"), uow.machines.session("\0")]) == [None, None]


def test_a_challenge_opens_one_session(store: Store) -> None:
    """Whoever comes second with it is refused, and no session of theirs is stored."""
    machine = a_machine(store)
    first = store.write_now(lambda uow: uow.machines.add_session(a_session(machine, "s1"), b"c"))
    second = store.write_now(lambda uow: uow.machines.add_session(a_session(machine, "s2"), b"c"))
    assert (first, second) == (True, False)
    assert store.read_now(lambda uow: uow.machines.session("s2")) is None


def test_an_expired_session_is_still_known(store: Store) -> None:
    """Whether it is expired is the caller's question."""
    machine = a_machine(store)
    store.write_now(lambda uow: uow.machines.add_session(a_session(machine, "old", hours=1), b"c1"))
    store.write_now(lambda uow: uow.machines.add_session(a_session(machine, "new", hours=3), b"c2"))
    assert store.read_now(lambda uow: uow.machines.session("old")) == a_session(machine, "old", hours=1)


def test_sessions_expired_long_ago_are_forgotten(store: Store) -> None:
    """More than a day before a new one of the same machine."""
    machine = a_machine(store)
    store.write_now(lambda uow: uow.machines.add_session(a_session(machine, "old", hours=1), b"c1"))
    store.write_now(lambda uow: uow.machines.add_session(a_session(machine, "new", hours=26), b"c2"))
    found = store.read_now(lambda uow: [uow.machines.session(name) for name in ("old", "new")])
    assert found == [None, a_session(machine, "new", hours=26)]


def test_a_session_of_an_unknown_machine_is_refused(store: Store) -> None:
    """Sessions belong to enrolled machines."""
    session = replace(a_session(a_machine(store)), machine=99)
    with pytest.raises(NotFound):
        store.write_now(lambda uow: uow.machines.add_session(session, b"c"))
