"""The life of agents in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from hostward.domain.errors import Conflict, NotFound
from hostward.domain.ids import AccountId, MachineId
from hostward.domain.machine import Machine
from hostward.domain.processes import Processes
from hostward.store.codec import processes_of, processes_text
from hostward.store.machine_rules import KEY_IN_USE, NOBODY, key_of_removed
from hostward.store.memory.state import State


class MemoryAgents:
    """ports.Agents."""

    def __init__(self, state: State) -> None:
        self._state = state

    def processes(self, machine: MachineId) -> Processes:
        """Which of its processes spoke."""
        return self._state.processes.get(machine, Processes())

    def put_processes(self, machine: MachineId, processes: Processes) -> None:
        """Keep which of its processes spoke."""
        self._state.processes[machine] = processes_of(processes_text(processes))

    def quarantine(self, machine: MachineId, since: datetime | None) -> None:
        """Keep the agent out, or let it in again."""
        self._state.machines[machine] = replace(self._state.machines[machine], quarantined=since)
        self._state.processes.pop(machine, None)

    def next_key(self, machine: MachineId) -> bytes | None:
        """The key that is to follow the machine's present one."""
        return self._state.next_keys.get(machine)

    def put_next_key(self, machine: MachineId, key: bytes) -> None:
        """Let this key speak for the machine beside its present one."""
        if key in self._state.public_keys:
            raise Conflict(KEY_IN_USE)
        self._state.next_keys[machine] = key

    def turn_key(self, machine: MachineId) -> None:
        """The key that is to follow becomes the machine's only one."""
        following = self._state.next_keys.pop(machine, None)
        if following is None:
            return
        if self._state.public_keys.get(following, machine) != machine:
            raise Conflict(KEY_IN_USE)
        self._rekey(machine, following)

    def silent(self, before: datetime, limit: int) -> Sequence[Machine]:
        """Machines that were heard of, but not since this time."""
        heard = [
            (each.last_seen, each.id, each)
            for each in self._state.machines.values()
            if each.account != NOBODY and each.last_seen is not None and each.last_seen < before
        ]
        return [machine for _, _, machine in sorted(heard, key=lambda each: each[:2])][:limit]

    def remove(self, account: AccountId, machine: MachineId) -> None:
        """The account has this machine no more."""
        known = self._state.machines.get(machine)
        if known is None or known.account != account:
            raise NotFound(f"there is no machine {machine}")
        state = self._state
        state.machines[machine] = replace(known, account=NOBODY, quarantined=None)
        self._rekey(machine, key_of_removed(machine))
        for by_machine in (
            *(state.next_keys, state.processes, state.machine_tags, state.known_vuls, state.own_vuls),
            *(state.installed, state.evident),
        ):
            by_machine.pop(machine, None)
        for by_module in (state.current, state.risks, state.risk_levels):
            for key in [key for key in by_module if key[0] == machine]:
                del by_module[key]
        gone = {name for name, session in state.sessions.items() if session.machine == machine}
        for challenge in [challenge for challenge, name in state.challenges.items() if name in gone]:
            del state.challenges[challenge]
        for name in gone:
            del state.sessions[name]

    def _rekey(self, machine: MachineId, key: bytes) -> None:
        present = next(known for known, number in self._state.public_keys.items() if number == machine)
        del self._state.public_keys[present]
        self._state.public_keys[key] = machine
