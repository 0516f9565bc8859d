"""Machines that come in, wait, are copied, are removed or vanish."""

from datetime import timedelta

import pytest

from hostward.domain.enrolment import Waiting
from hostward.domain.errors import AgentQuarantined, AgentRefused, Conflict, InvalidValue, NotFound, StaleLease
from hostward.domain.host_scan import FailType, UnitState
from hostward.domain.machine import Machine, MachineFacts
from hostward.domain.note import render
from hostward.usecases.machines import admission, leave
from hostward.usecases.machines.enrol import Offer, enrol, keeps_token, make
from small_fleet import Fleet, finding

FACTS = MachineFacts(host_name="a", addresses=(), wan_ip="", os_name="Debian", agent_version="0.1.0")


def offered(fleet: Fleet, token: str = "t", **offer: object) -> str:
    """Make a token; its public name."""
    made = Offer(**offer)  # type: ignore[arg-type]  # a test's own values
    return fleet.store.write_now(
        lambda uow: make(uow, token=token, account=fleet.account, offer=made, by="ann", now=fleet.now).id
    )


def came(fleet: Fleet, number: int = 1, token: str = "t") -> Machine | Waiting:
    """A machine's first contact."""
    return fleet.store.write_now(
        lambda uow: enrol(
            uow, token=token, public_key=bytes([number]) * 32, facts=FACTS, quuid=f"q{number}", uuid=f"uuid-{number}",
            now=fleet.now,
        )
    )  # fmt: skip


def removed(fleet: Fleet, machine: Machine) -> None:
    """Somebody removes it."""
    fleet.store.write_now(
        lambda uow: leave.remove(uow, account=fleet.account, quuid=machine.quuid, by="ann", now=fleet.now)
    )


def test_a_machine_gets_the_tags_of_its_token(fleet: Fleet) -> None:
    """At once; its second question changes nothing."""
    offered(fleet, tags=("env=prod", "team=web"))
    machine = came(fleet)
    assert came(fleet) == machine
    tags = fleet.store.read_now(lambda uow: uow.machines.tags([machine.id]))
    assert tags == {machine.id: ("env=prod", "team=web")}


def test_a_machine_waits_until_it_is_let_in(fleet: Fleet) -> None:
    """It is no machine before; let in it has the names it was promised and the token's tags."""
    offered(fleet, needs_approval=True, tags=("env=prod",))
    waiting = came(fleet)
    assert isinstance(waiting, Waiting)
    assert came(fleet) == waiting
    assert fleet.store.read_now(lambda uow: uow.machines.of_account(fleet.account)) == []
    machine = fleet.store.write_now(lambda uow: admission.approve(uow, account=fleet.account, waiting=waiting.id))
    assert (came(fleet), machine.quuid, machine.facts) == (machine, "q1", FACTS)
    assert fleet.store.read_now(lambda uow: admission.waiting(uow, account=fleet.account)) == []
    with pytest.raises(NotFound):
        fleet.store.write_now(lambda uow: admission.approve(uow, account=fleet.account, waiting=waiting.id))


def test_a_rejected_machine_needs_a_token_that_is_still_good(fleet: Fleet) -> None:
    """The use is spent: a token for one machine brings nobody else."""
    offered(fleet, needs_approval=True)
    waiting = came(fleet)
    fleet.store.write_now(lambda uow: admission.reject(uow, account=fleet.account, waiting=waiting.id))
    with pytest.raises(AgentRefused, match="used up"):
        came(fleet)


def test_too_many_may_not_wait(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts of strangers fill no database."""
    monkeypatch.setattr("hostward.usecases.machines.enrol.MOST_WAITING", 2)
    offered(fleet, needs_approval=True, uses=9)
    for number in (1, 2):
        came(fleet, number)
    with pytest.raises(Conflict, match="decide about them first"):
        came(fleet, 3)


def test_a_revoked_token_lets_nobody_in(fleet: Fleet) -> None:
    """Who came before stays."""
    name = offered(fleet, uses=5)
    machine = came(fleet)
    fleet.store.write_now(lambda uow: admission.revoke(uow, account=fleet.account, token=name, now=fleet.now))
    with pytest.raises(AgentRefused, match="unknown, expired or used up"):
        came(fleet, 2)
    assert came(fleet) == machine
    with pytest.raises(NotFound):
        fleet.store.write_now(lambda uow: admission.revoke(uow, account=fleet.account, token="et-9", now=fleet.now))


@pytest.mark.parametrize(
    "offer", [{"uses": 0}, {"uses": 10**7}, {"life": timedelta(0)}, {"life": timedelta(days=9999)}]
)
def test_an_offer_that_can_not_be_is_refused(fleet: Fleet, offer: dict) -> None:
    """Before anything is stored."""
    with pytest.raises(InvalidValue):
        offered(fleet, **offer)
    assert fleet.store.read_now(lambda uow: uow.enrolments.tokens(fleet.account)) == []


def test_only_a_token_for_images_is_kept_by_machines(fleet: Fleet) -> None:
    """Unknown ones are not."""
    offered(fleet, "one")
    offered(fleet, "image", for_image=True)
    assert fleet.store.read_now(lambda uow: [keeps_token(uow, word) for word in ("one", "image", "x")]) == [
        False, True, False,
    ]  # fmt: skip


def test_the_servers_own_tokens_are_not_listed(fleet: Fleet) -> None:
    """Its agent gets one at each start."""
    fleet.add("embedded")
    offered(fleet)
    found = fleet.store.read_now(lambda uow: admission.tokens(uow, account=fleet.account))
    assert [token.made_by for token in found] == ["ann"]


def test_two_machines_with_one_key_are_kept_out(fleet: Fleet) -> None:
    """Their scan goes on for nobody; let in again the one that is left works as before."""
    machine = fleet.add("a")
    task = fleet.start()
    (job,) = fleet.poll(machine).jobs
    for instance in ("second", "first", "second"):
        fleet.later(1)
        fleet.session(machine, instance)
    found = fleet.store.read_now(lambda uow: uow.machines.get(machine.id))
    assert found is not None
    assert found.quarantined == fleet.now
    fleet.later(1)
    assert not fleet.unit(task).state.holds_lease
    for call in (lambda: fleet.session(machine, "third"), lambda: fleet.poll(machine, job.lease)):
        with pytest.raises(AgentQuarantined, match="hostward machine release"):
            call()
    fleet.store.write_now(lambda uow: leave.release(uow, account=fleet.account, quuid=machine.quuid))
    fleet.later(1)
    fleet.session(machine, "second")
    assert fleet.poll(machine).jobs


def test_a_removed_machine_ends_its_scans_and_is_refused(fleet: Fleet) -> None:
    """Its unit says by whom; a report that comes late is stale; what was found stays in the task."""
    machine, other = fleet.add("a"), fleet.add("b")
    task = fleet.start()
    (job,) = fleet.poll(machine).jobs
    removed(fleet, machine)
    unit = fleet.unit(task)
    assert (unit.state, unit.fail, render(unit.note)) == (
        UnitState.FAIL, FailType.OFFLINE, "the machine was removed by ann",
    )  # fmt: skip
    with pytest.raises(StaleLease, match="removed"):
        fleet.report(machine, job.lease, (0, [finding("x")]))
    with pytest.raises(AgentRefused, match="enrol"):
        fleet.poll(machine)
    assert fleet.store.read_now(lambda uow: uow.tasks.recount(task) == uow.tasks.get(task).tally)
    assert fleet.store.read_now(lambda uow: uow.machines.of_account(fleet.account)) == [
        fleet.store.read_now(lambda uow: uow.machines.get(other.id))
    ]


def test_a_scan_of_a_removed_machine_is_not_run_again(fleet: Fleet) -> None:
    """The others of the task are."""
    machine, _ = fleet.add("a", online=False), fleet.add("b", online=False)
    task = fleet.start(queue=0)
    removed(fleet, machine)
    fleet.rerun(task)
    units = fleet.store.read_now(lambda uow: list(uow.tasks.units(task)))
    assert [unit.run for unit in units] == [1, 2]


def test_machines_that_vanished_are_forgotten(fleet: Fleet) -> None:
    """Those silent for longer than the policy has; never those that were not heard of yet."""
    gone, there = fleet.add("gone"), fleet.add("there")
    fleet.add("new", online=False)
    fleet.later(86_400 * 31)
    fleet.session(there, "first")
    found = fleet.store.write_now(lambda uow: leave.forget(uow, silent_for=timedelta(days=30), now=fleet.now))
    assert [each.quuid for each in found] == [gone.quuid]
    names = [each.facts.host_name for each in fleet.store.read_now(lambda uow: uow.machines.of_account(fleet.account))]
    assert names == ["there", "new"]


def test_a_key_in_use_elsewhere_is_a_conflict(fleet: Fleet) -> None:
    """Another account's token can't take a machine over."""
    machine = fleet.add("a")
    with pytest.raises(Conflict):
        fleet.store.write_now(lambda uow: uow.agents.put_next_key(machine.id, b"a".ljust(32, b".")))
