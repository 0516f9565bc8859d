"""Limits of scans: set for an account, a tag or a machine, listed, and what they come to for one machine."""

from collections.abc import Sequence
from dataclasses import dataclass

from hostward.domain.account import User
from hostward.domain.caps import Caps
from hostward.domain.errors import Forbidden, NotFound
from hostward.domain.ids import AccountId, MachineId
from hostward.domain.limits import Bounds, Limit, LimitOf, ScanLimits, effective
from hostward.domain.reason import Reason
from hostward.usecases.ports import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedLimit:
    """A limit and whom it is for, in words. tag, quuid, host_name: "" for what it is not for."""

    limit: Limit
    tag: str = ""
    quuid: str = ""
    host_name: str = ""


def put(uow: UnitOfWork, *, user: User, tag: str, quuid: str, limits: ScanLimits, caps: Caps) -> None:
    """Set the limits of a machine or a tag, or the account's where both are ""; empty ones remove what was set.

    caps: the operator's. Raises NotFound for a machine or a tag that is not there, Forbidden for what a user who is
    limited to tags may not reach, or may not loosen.
    """
    of, number = _whom(uow, user.account, tag, quuid)
    if user.is_limited and not limits.is_empty:
        _check_stricter(_above(uow, user.account, of, number), limits, caps)
    uow.limits.put(user.account, Limit(of=of, number=number, limits=limits))


def listing(uow: UnitOfWork, *, account: AccountId) -> Sequence[NamedLimit]:
    """All limits of the account: its own, its tags', its machines'."""
    return _named(uow, account, uow.limits.of_account(account))


def of_machine(uow: UnitOfWork, *, account: AccountId, quuid: str, caps: Caps) -> tuple[Sequence[NamedLimit], Bounds]:
    """The limits that concern a machine, and what holds for it. Raises NotFound."""
    _, number = _whom(uow, account, "", quuid)
    limits = uow.limits.of_machine(MachineId(number))
    return _named(uow, account, limits), effective(limits, caps)


def _whom(uow: UnitOfWork, account: AccountId, tag: str, quuid: str) -> tuple[LimitOf, int]:
    if quuid:
        machine = uow.machines.by_quuids(account, [quuid]).get(quuid)
        if machine is None:
            raise NotFound.because(Reason.NO_MACHINE)
        return LimitOf.MACHINE, machine.id
    if tag:
        for number, name in uow.machines.label_names(account).items():
            if name == tag:
                return LimitOf.TAG, number
        raise NotFound.because(Reason.NO_TAG, tag=tag)
    return LimitOf.ACCOUNT, 0


def _above(uow: UnitOfWork, account: AccountId, of: LimitOf, number: int) -> Sequence[Limit]:
    """What would hold without the limit."""
    if of is LimitOf.MACHINE:
        return [limit for limit in uow.limits.of_machine(MachineId(number)) if limit.of is not of]
    return [limit for limit in uow.limits.of_account(account) if limit.of is LimitOf.ACCOUNT]


def _check_stricter(above: Sequence[Limit], limits: ScanLimits, caps: Caps) -> None:
    """A user who is limited to tags may spare machines more than others decided, never less."""
    bounds = effective(above, caps)
    numbers = (
        (limits.cpu_percent, bounds.caps.cpu_percent),
        (limits.memory_mib, bounds.caps.memory_mib),
        (limits.io_mib, bounds.caps.io_mib),
    )
    is_looser = any(own > bound > 0 for own, bound in numbers)
    if is_looser or (limits.window is not None and bounds.window not in (None, limits.window)):
        raise Forbidden("these limits are looser than what was set for the tag or the account: choose stricter ones")


def _named(uow: UnitOfWork, account: AccountId, limits: Sequence[Limit]) -> Sequence[NamedLimit]:
    """Those whose tag or machine is still there."""
    tags = {int(number): name for number, name in uow.machines.label_names(account).items()}
    named = []
    for limit in limits:
        match limit.of:
            case LimitOf.ACCOUNT:
                named.append(NamedLimit(limit=limit))
            case LimitOf.TAG:
                if limit.number in tags:
                    named.append(NamedLimit(limit=limit, tag=tags[limit.number]))
            case LimitOf.MACHINE:
                machine = uow.machines.get(MachineId(limit.number))
                if machine is not None:
                    name = machine.facts.host_name
                    named.append(NamedLimit(limit=limit, quuid=machine.quuid, host_name=name))
    return named
