"""An agent changes its key: both are good until the first session with the new one."""

from collections.abc import Sequence

from hostward.domain.errors import AgentRefused, InvalidValue
from hostward.domain.ids import MachineId
from hostward.usecases.ports import UnitOfWork

KEY_BYTES = 32
"""Of a raw Ed25519 public key."""


def announce(uow: UnitOfWork, *, machine: MachineId, key: bytes) -> None:
    """Let this key follow the present one; announced again it changes nothing, another one takes its place.

    Raises InvalidValue for what is no key, AgentRefused for a machine that was removed, Conflict for a key in use.
    """
    if len(key) != KEY_BYTES:
        raise InvalidValue(f"public_key has {len(key)} bytes: an Ed25519 key has {KEY_BYTES}")
    if uow.machines.get(machine) is None:
        raise AgentRefused("the agent is not known here any more: enrol it")
    holder = uow.machines.by_key(key)
    if holder is not None and holder.id == machine:
        return
    uow.agents.put_next_key(machine, key)


def keys_of(uow: UnitOfWork, machine: MachineId, present: bytes) -> Sequence[bytes]:
    """The keys that may speak for a machine: its present one first."""
    following = uow.agents.next_key(machine)
    return (present,) if following is None else (present, following)
