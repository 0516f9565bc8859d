"""ports.Agents: keys that change, processes, quarantine, and machines that are removed."""

from datetime import timedelta

import pytest

from hostward.domain.account import AgentSession
from hostward.domain.errors import Conflict, NotFound
from hostward.domain.ids import LeaseId, MachineId
from hostward.domain.machine import Machine
from hostward.domain.module import Module
from hostward.domain.processes import Process, Processes
from hostward.domain.severity import Level
from hostward.usecases.fleet_ports import FleetStanding
from hostward.usecases.ports import Store
from store_samples import NOW, SECOND, account, facts, fleet

SPOKE = Processes(known=(Process(boot="b\udfff", instance="i"), Process(boot="b2", instance="j")), returned=NOW)


def machines_of(store: Store, count: int = 1) -> list[Machine]:
    """Machines of a new account."""
    return list(fleet(store, account(store), count))


def test_processes_are_kept_with_their_order(store: Store) -> None:
    """What no database holds is made fit; a machine that never spoke has none."""
    one, other = machines_of(store, 2)
    store.write_now(lambda uow: uow.agents.put_processes(one.id, SPOKE))
    found = store.read_now(lambda uow: [uow.agents.processes(each.id) for each in (one, other)])
    assert [process.boot for process in found[0].known] == ["b\ufffd", "b2"]
    assert (found[0].returned, found[1]) == (NOW, Processes())


def test_an_agent_is_kept_out_and_let_in_again(store: Store) -> None:
    """Since when is shown; let in again, its processes are forgotten."""
    (one,) = machines_of(store)
    store.write_now(lambda uow: uow.agents.put_processes(one.id, SPOKE))
    since = []
    for at in (NOW, None):
        store.write_now(lambda uow, at=at: uow.agents.quarantine(one.id, at))
        found = store.read_now(lambda uow: uow.machines.get(one.id))
        since.append(found and found.quarantined)
    assert since == [NOW, None]
    assert store.read_now(lambda uow: uow.agents.processes(one.id)) == Processes()


def test_a_key_follows_another(store: Store) -> None:
    """Until it is turned only the old one finds the machine, then only the new one."""
    (one,) = machines_of(store)
    assert store.read_now(lambda uow: uow.agents.next_key(one.id)) is None
    store.write_now(lambda uow: uow.agents.put_next_key(one.id, b"new"))
    assert store.read_now(lambda uow: (uow.agents.next_key(one.id), uow.machines.by_key(b"new"))) == (b"new", None)
    store.write_now(lambda uow: uow.agents.turn_key(one.id))
    assert store.read_now(lambda uow: uow.machines.by_uuid("uuid-0")) == (one, b"new")
    assert store.read_now(lambda uow: (uow.agents.next_key(one.id), uow.machines.by_key(b"key 0"))) == (None, None)
    store.write_now(lambda uow: uow.agents.turn_key(one.id))
    assert store.read_now(lambda uow: uow.machines.by_key(b"new")) == one


def test_a_key_in_use_can_follow_no_other(store: Store) -> None:
    """Neither when it is announced nor when it was enrolled in between."""
    one, _ = machines_of(store, 2)
    with pytest.raises(Conflict, match="already"):
        store.write_now(lambda uow: uow.agents.put_next_key(one.id, b"key 1"))
    store.write_now(lambda uow: uow.agents.put_next_key(one.id, b"third"))
    store.write_now(lambda uow: uow.machines.enrol(one.account, b"third", facts("x"), quuid="q9", uuid="u9"))
    with pytest.raises(Conflict, match="already"):
        store.write_now(lambda uow: uow.agents.turn_key(one.id))


def test_silent_machines_are_those_that_were_once_heard_of(store: Store) -> None:
    """Longest silent first, as many as are asked for; those never heard of, and removed ones, are not among them."""
    machines = machines_of(store, 4)
    for machine, ago in zip(machines, (5, 1, 9, 3), strict=True):
        store.write_now(lambda uow, m=machine, s=ago: uow.machines.seen(m.id, NOW + s * SECOND))
    store.write_now(lambda uow: uow.machines.enrol(machines[0].account, b"x", facts(), quuid="q9", uuid="u9"))
    store.write_now(lambda uow: uow.agents.remove(machines[3].account, machines[3].id))
    found = store.read_now(lambda uow: [uow.agents.silent(NOW + 7 * SECOND, most) for most in (9, 1)])
    assert [[each.quuid for each in some] for some in found] == [["quuid-1", "quuid-0"], ["quuid-1"]]


def test_a_removed_machine_is_gone_for_every_question(store: Store) -> None:
    """By number, names and key, in pages, tags and counts; its sessions are over."""
    one, other = machines_of(store, 2)
    owner = one.account
    session = AgentSession(id="s", machine=one.id, instance="i", secret=b"x", expires=NOW + timedelta(hours=1))
    store.write_now(lambda uow: uow.machines.add_session(session, b"c"))
    store.write_now(lambda uow: uow.machines.put_tags(one.id, ["env=prod"]))
    store.write_now(lambda uow: uow.machines.seen(one.id, NOW))
    store.write_now(lambda uow: uow.agents.remove(owner, one.id))

    def asked(uow):
        page = uow.machines.page(owner, (), limit=9, offset=0)
        return (
            uow.machines.get(one.id), uow.machines.by_uuid("uuid-0"), uow.machines.by_key(b"key 0"),
            uow.machines.by_quuids(owner, ["quuid-0"]), uow.machines.tagged(owner, ["env=prod"]),
            uow.machines.session("s"), [each.machine for each in page.rows], page.total,
            uow.machines.of_account(owner), [(each.name, each.machines) for each in uow.machines.labels(owner, ())],
            uow.totals.count(heard_after=NOW - SECOND).machines,
        )  # fmt: skip

    expected = (None, None, None, {}, frozenset(), None, [other], 1, [other], [("env=prod", 0)], 1)
    assert store.read_now(asked) == expected
    again = store.write_now(lambda uow: uow.machines.enrol(owner, b"key 0", facts("x"), quuid="q9", uuid="u9"))
    assert again.id not in (one.id, other.id)


def test_what_is_kept_of_all_results_no_longer_counts_a_removed_machine(store: Store) -> None:
    """Also when its results came in the same transaction."""
    one, other = machines_of(store, 2)
    for number, machine in enumerate((one, other)):
        store.write_now(
            lambda uow, m=machine, n=number: uow.results.make_current(
                m.id, Module.MALWARE, LeaseId(n + 1), NOW, risks=2, levels={Level.HIGH: 1}
            )
        )
    before = store.read_now(lambda uow: uow.fleet.standing(one.account))
    store.write_now(lambda uow: uow.agents.remove(one.account, one.id))
    after = store.read_now(lambda uow: uow.fleet.standing(one.account))
    assert [(each.judged, each.modules[Module.MALWARE].at_risk) for each in (before, after)] == [(2, 2), (1, 1)]
    store.write_now(lambda uow: uow.agents.remove(one.account, other.id))
    left = store.read_now(lambda uow: uow.fleet.standing(one.account))
    assert (left.judged, [each.judged for each in left.modules.values()] in ([], [0])) == (0, True)
    assert isinstance(left, FleetStanding)


def test_only_its_own_account_removes_a_machine(store: Store) -> None:
    """Another account is told that there is none; so is who comes twice."""
    (one,) = machines_of(store)
    other = account(store, "other")
    for whose, which in ((other, one.id), (one.account, MachineId(99))):
        with pytest.raises(NotFound):
            store.write_now(lambda uow, w=whose, m=which: uow.agents.remove(w, m))
    store.write_now(lambda uow: uow.agents.remove(one.account, one.id))
    with pytest.raises(NotFound):
        store.write_now(lambda uow: uow.agents.remove(one.account, one.id))
