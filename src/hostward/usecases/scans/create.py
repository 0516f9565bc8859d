"""Start a scan once, however often it is asked for: by the token that the caller gave the start."""

from datetime import datetime

from hostward.domain.account import User
from hostward.domain.client_token import KEPT, ClientToken
from hostward.domain.errors import InvalidValue
from hostward.domain.reason import Reason
from hostward.domain.task import Trigger
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import ScanRequest
from hostward.usecases.scans.start import Started, start


def create(
    uow: UnitOfWork, *, request: ScanRequest, user: User, token: str = "", digest: bytes = b"", now: datetime
) -> Started:
    """Start a scan, or answer the one that the user started with this token within KEPT; "" for no token.

    digest: of the parameters, which must be the same then. The token is kept in the task's own transaction. Raises
    what start() raises, and InvalidValue for a token that stands for other parameters.
    """
    if not token:
        return _start(uow, request, user, now)
    known = started_before(uow, user=user, token=token, digest=digest, now=now)
    if known is not None:
        return Started(task=known.task, machines=known.machines, wake=(), repeated=True)
    uow.tasks.forget_client_tokens(user.account, now - KEPT)
    started = _start(uow, request, user, now)
    uow.tasks.add_client_token(
        ClientToken(
            account=user.account,
            user=user.id,
            token=token,
            digest=digest,
            task=started.task,
            machines=started.machines,
            created=now,
        )
    )
    return started


def started_before(uow: UnitOfWork, *, user: User, token: str, digest: bytes, now: datetime) -> ClientToken | None:
    """The user's start with this token within KEPT. Raises InvalidValue when its parameters were others."""
    known = uow.tasks.client_token(user.account, user.id, token)
    if known is None or known.created <= now - KEPT:
        return None
    if known.digest != digest:
        raise InvalidValue.because(Reason.OTHER_PARAMETERS, task=known.task)
    return known


def _start(uow: UnitOfWork, request: ScanRequest, user: User, now: datetime) -> Started:
    return start(uow, request=request, account=user.account, by=user.name, trigger=Trigger.ONE_CLICK, now=now)
