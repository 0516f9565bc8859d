"""Open a session: a new process of an agent ends the leases of the one before it."""

from datetime import datetime

from hostward.domain.account import AgentSession
from hostward.domain.errors import AgentQuarantined, AgentRefused, AgentTooOld
from hostward.domain.ids import MachineId
from hostward.domain.machine import Machine, MachineFacts
from hostward.domain.processes import Process
from hostward.protocol.compat import UPGRADE_COMMAND, is_accepted
from hostward.protocol.hello import Facts, SessionProof
from hostward.usecases.machines.refusals import QUARANTINED
from hostward.usecases.notifications.finished import tell_finished
from hostward.usecases.ports import UnitOfWork

MAX_ID = 64
"""Characters kept of a boot or instance id: both have 36 at most."""


def open_session(
    uow: UnitOfWork,
    *,
    machine: Machine,
    proof: SessionProof,
    session: AgentSession,
    now: datetime,
    server_started: datetime,
) -> bool:
    """Store the session; the caller has checked the signature.

    True unless two machines use the agent's key: then its leases end, no session is stored, and it is kept out until
    somebody decides. Raises AgentTooOld for a protocol that is not spoken here, AgentRefused for a challenge used
    before, AgentQuarantined for an agent that is kept out already.
    """
    if not is_accepted(proof.protocol):
        raise AgentTooOld(f"protocol {proof.protocol} is not spoken by this server: run {UPGRADE_COMMAND}")
    if machine.quarantined is not None:
        raise AgentQuarantined(QUARANTINED)
    process = Process(boot=proof.boot[:MAX_ID], instance=proof.instance[:MAX_ID])
    before = uow.agents.processes(machine.id)
    processes, cloned = before.opened(process, now)
    if cloned:
        _end_leases(uow, machine, now, server_started)
        uow.agents.quarantine(machine.id, now)
        return False
    if not uow.machines.add_session(session, proof.challenge):
        raise AgentRefused("the challenge was used before: ask for another")
    if machine.instance != proof.instance:
        _end_leases(uow, machine, now, server_started)
    uow.machines.put_facts(machine.id, facts_of(proof.facts), boot=proof.boot, instance=proof.instance, now=now)
    if processes != before:
        uow.agents.put_processes(machine.id, processes)
    return True


def check_newest(uow: UnitOfWork, session: AgentSession) -> None:
    """Raise AgentRefused unless the session is of the process that opened the machine's newest one.

    A lease ends when another process of the agent opens a session. Only so it is one process' alone: two machines with
    one key would mix their results, were both still listened to.
    """
    if uow.machines.instance(MachineId(session.machine)) not in (session.instance, None):
        raise AgentRefused("another process of this agent has opened a session since: open a new one")


def facts_of(facts: Facts) -> MachineFacts:
    """Facts off the wire, bounded: what is shown is at most 255 characters a name and 64 addresses."""
    return MachineFacts(
        host_name=facts.host_name[:255],
        addresses=tuple(address[:45] for address in facts.addresses[:64]),
        wan_ip=facts.wan_ip[:45],
        os_name=facts.os_name[:255],
        agent_version=facts.agent_version[:64],
        machine_id=facts.machine_id[:64],
    )


def _end_leases(uow: UnitOfWork, machine: Machine, now: datetime, server_started: datetime) -> None:
    """The process that held them is gone. Leases from before this server's start cost no attempt: it died too."""
    ended = []
    for unit in uow.tasks.open_units(machine.id):
        if not unit.state.holds_lease or unit.lease is None:
            continue
        lease = uow.tasks.lease(unit.lease)
        spends = lease is None or lease.given >= server_started
        after = unit.lease_lost(now, spends_attempt=spends)
        uow.tasks.change(unit, after, now)
        if after.is_final and (task := uow.tasks.get(unit.task)) is not None:
            ended.append(task)
    tell_finished(uow, ended, now)
