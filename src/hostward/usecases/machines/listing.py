"""List an account's machines, and what is known of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from hostward.domain.ids import AccountId, MachineId, TagId
from hostward.domain.machine import MINIMUM_AGENT, OFFLINE_AFTER, version_tuple
from hostward.domain.module import Module
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import AgentIs, HeardOf, Listed, MachineCondition, MachineOrder, MachinePage


class Standing(Enum):
    """A machine in one word. SAFE: every module gave whole results, and none of them holds a risk."""

    RISK = "risk"
    SAFE = "safe"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagging:
    """A tag of a machine, with its number."""

    tag: TagId
    name: str


def listing(
    uow: UnitOfWork,
    *,
    account: AccountId,
    conditions: Sequence[MachineCondition],
    limit: int,
    offset: int,
    order: MachineOrder = MachineOrder.ENROLMENT,
    descending: bool = False,
) -> MachinePage:
    """A page of the account's machines that meet all the conditions, in an order: else that of their enrolment."""
    return uow.machines.page(account, conditions, limit=limit, offset=offset, order=order, descending=descending)


def tagged_listing(
    uow: UnitOfWork,
    *,
    account: AccountId,
    conditions: Sequence[MachineCondition],
    limit: int,
    offset: int,
    order: MachineOrder = MachineOrder.ENROLMENT,
    descending: bool = False,
) -> tuple[MachinePage, Mapping[MachineId, Sequence[Tagging]]]:
    """The page, and the tags of its machines."""
    page = listing(
        uow, account=account, conditions=conditions, limit=limit, offset=offset, order=order, descending=descending
    )
    tags = uow.machines.tags([row.machine.id for row in page.rows])
    if not tags:
        return page, {}
    numbers = {name: number for number, name in uow.machines.label_names(account).items()}
    named = {
        machine: [Tagging(tag=numbers[name], name=name) for name in names if name in numbers]
        for machine, names in tags.items()
    }
    return page, named


def online(now: datetime, *, wanted: bool) -> HeardOf:
    """The machines that Machine.is_online() says are online, or those that are not."""
    return HeardOf(after=now - OFFLINE_AFTER, heard=wanted)


def too_old(uow: UnitOfWork, *, account: AccountId, now: datetime) -> AgentIs:
    """The machines that Machine.is_too_old() says are: an account's agents have few versions, which are compared."""
    agents = uow.fleet.agents(account, (), heard_after=now)
    return AgentIs(versions=tuple(one.version for one in agents if version_tuple(one.version) < MINIMUM_AGENT))


def standing(listed: Listed) -> Standing:
    """The machine in one word."""
    if any(listed.risks.values()):
        return Standing.RISK
    return Standing.SAFE if listed.risks.keys() >= set(Module) else Standing.UNKNOWN
