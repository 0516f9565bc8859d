"""Decide about machines that wait to be let in, and tokens that let them."""

from collections.abc import Sequence
from datetime import datetime

from hostward.domain.enrolment import EnrolmentToken, Waiting
from hostward.domain.errors import NotFound
from hostward.domain.ids import AccountId
from hostward.domain.machine import Machine
from hostward.domain.reason import Reason
from hostward.usecases.ports import UnitOfWork


def tokens(uow: UnitOfWork, *, account: AccountId) -> Sequence[EnrolmentToken]:
    """The tokens that people of the account made, newest first; the server's own agent has one at each start."""
    return [token for token in uow.enrolments.tokens(account) if token.made_by]


def revoke(uow: UnitOfWork, *, account: AccountId, token: str, now: datetime) -> None:
    """Let a token bring nobody in any more; machines that came in by it stay. Raises NotFound."""
    if not uow.enrolments.revoke(account, token, now):
        raise NotFound.because(Reason.NO_ENROLMENT_TOKEN, token=token)


def waiting(uow: UnitOfWork, *, account: AccountId) -> Sequence[Waiting]:
    """The machines that wait, longest first."""
    return uow.enrolments.waiting(account)


def approve(uow: UnitOfWork, *, account: AccountId, waiting: str) -> Machine:
    """Let a machine in; its agent learns of it when it asks next. Raises NotFound."""
    known = _taken(uow, account, waiting)
    machine = uow.machines.enrol(account, known.public_key, known.facts, quuid=known.quuid, uuid=known.uuid)
    if known.tags:
        uow.machines.put_tags(machine.id, known.tags)
    return machine


def reject(uow: UnitOfWork, *, account: AccountId, waiting: str) -> Waiting:
    """Send a machine away; its agent may come again with a token that is still good. Raises NotFound."""
    return _taken(uow, account, waiting)


def _taken(uow: UnitOfWork, account: AccountId, waiting: str) -> Waiting:
    known = uow.enrolments.drop_waiting(account, waiting)
    if known is None:
        raise NotFound.because(Reason.NOT_WAITING, waiting=waiting)
    return known
