"""Write a remark on a machine: people's own words, which searches find."""

from hostward.domain.errors import InvalidValue, NotFound
from hostward.domain.ids import AccountId
from hostward.domain.reason import Reason
from hostward.usecases.ports import UnitOfWork

MAX_REMARK = 255
"""Characters of a remark."""


def put(uow: UnitOfWork, *, account: AccountId, quuid: str, remark: str) -> None:
    """Make this the machine's remark; "" removes it.

    Raises NotFound for a machine that is not the account's, InvalidValue for a remark that is too long or has signs
    that can't be shown.
    """
    if len(remark) > MAX_REMARK or not remark.isprintable():
        raise InvalidValue.because(Reason.ODD_REMARK, limit=MAX_REMARK)
    machine = uow.machines.by_quuids(account, [quuid]).get(quuid)
    if machine is None:
        raise NotFound.because(Reason.NO_MACHINE)
    uow.machines.put_remark(machine.id, remark)
