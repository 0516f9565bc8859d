"""A machine's two names: the quuid for ever, the uuid of its agent today."""

from collections.abc import Sequence

from hostward.domain.errors import InvalidValue
from hostward.domain.ids import AccountId
from hostward.domain.reason import Reason
from hostward.usecases.ports import UnitOfWork


def quuids_of(uow: UnitOfWork, account: AccountId, uuids: Sequence[str]) -> tuple[str, ...]:
    """The quuids of the account's machines with these agents, each once. Raises InvalidValue for agents it has not."""
    found = {uuid: uow.machines.by_uuid(uuid) for uuid in uuids}
    missing = [uuid for uuid, known in found.items() if known is None or known[0].account != account]
    if missing:
        raise InvalidValue.because(Reason.UNKNOWN_AGENTS, names=missing)
    return tuple(dict.fromkeys(known[0].quuid for known in found.values() if known is not None))


def uuids_of(uow: UnitOfWork, account: AccountId, quuids: Sequence[str]) -> tuple[str, ...]:
    """The agents of those of the machines that are still there, in their order."""
    known = uow.machines.by_quuids(account, quuids) if quuids else {}
    return tuple(known[quuid].uuid for quuid in quuids if quuid in known)
