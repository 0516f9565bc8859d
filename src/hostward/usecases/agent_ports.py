"""The life of agents, as a Protocol: keys that change, processes that speak, quarantine, removal."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from hostward.domain.ids import AccountId, MachineId
from hostward.domain.machine import Machine
from hostward.domain.processes import Processes


class Agents(Protocol):
    """What is kept of a machine's agent beside the machine itself."""

    def processes(self, machine: MachineId) -> Processes:
        """Which of its processes spoke; none of a machine that does not exist."""
        ...

    def put_processes(self, machine: MachineId, processes: Processes) -> None:
        """Keep which of its processes spoke."""
        ...

    def quarantine(self, machine: MachineId, since: datetime | None) -> None:
        """Keep the agent out, or (None) let it in again, with nothing remembered of its processes."""
        ...

    def next_key(self, machine: MachineId) -> bytes | None:
        """The key that is to follow the machine's present one; None when no change is under way."""
        ...

    def put_next_key(self, machine: MachineId, key: bytes) -> None:
        """Let this key speak for the machine beside its present one. Raises Conflict for a key that is in use."""
        ...

    def turn_key(self, machine: MachineId) -> None:
        """The key that is to follow becomes the machine's only one."""
        ...

    def silent(self, before: datetime, limit: int) -> Sequence[Machine]:
        """Machines of any account that were heard of, but not since this time, longest silent first."""
        ...

    def remove(self, account: AccountId, machine: MachineId) -> None:
        """The account has this machine no more: neither its agent's sessions and key, nor its tags and results.

        What tasks say of it stays. Its units must be final. Raises NotFound for a machine that is not the account's.
        """
        ...
