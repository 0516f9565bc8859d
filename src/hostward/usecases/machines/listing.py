"""List an account's machines, and what is known of each."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum

from hostward.domain.ids import AccountId
from hostward.domain.machine import OFFLINE_AFTER
from hostward.domain.module import Module
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import HeardOf, Listed, MachineCondition, MachinePage


class Standing(Enum):
    """A machine in one word. SAFE: every module gave whole results, and none of them holds a risk."""

    RISK = "risk"
    SAFE = "safe"
    UNKNOWN = "unknown"


def listing(
    uow: UnitOfWork, *, account: AccountId, conditions: Sequence[MachineCondition], limit: int, offset: int
) -> MachinePage:
    """A page of the account's machines that meet all the conditions, in the order they were enrolled."""
    return uow.machines.page(account, conditions, limit=limit, offset=offset)


def online(now: datetime, *, wanted: bool) -> HeardOf:
    """The machines that Machine.is_online() says are online, or those that are not."""
    return HeardOf(after=now - OFFLINE_AFTER, heard=wanted)


def standing(listed: Listed) -> Standing:
    """The machine in one word."""
    if any(listed.risks.values()):
        return Standing.RISK
    return Standing.SAFE if listed.risks.keys() >= set(Module) else Standing.UNKNOWN
