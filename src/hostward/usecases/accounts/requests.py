"""What a RequestId was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hostward.domain.audit import AuditEntry
from hostward.domain.ids import AccountId
from hostward.usecases.ports import UnitOfWork

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A request. took None: only the audit log knows it. entries: what the audit log says of it, oldest first."""

    request_id: str
    at: datetime
    took: timedelta | None
    user: str
    secret_id: str
    source: str
    service: str
    action: str
    code: str
    entries: Sequence[AuditEntry] = ()


def find(uow: UnitOfWork, *, request_id: str, account: AccountId | None) -> Found | None:
    """A request of the account, or of anybody when that is None; None when it is not known (any more)."""
    entries = [one for one in uow.audit.of_request(request_id) if account in (None, one.deed.account)]
    record = uow.requests.find(request_id, account)
    if record is not None:
        return Found(
            request_id=request_id,
            at=_EPOCH + timedelta(microseconds=record.at),
            took=timedelta(microseconds=record.took),
            user=record.user,
            secret_id=record.secret_id,
            source=record.source,
            service=record.service,
            action=record.action,
            code=record.code,
            entries=entries,
        )
    return _of_entry(entries) if entries else None


def _of_entry(entries: Sequence[AuditEntry]) -> Found:
    deed = entries[-1].deed
    return Found(
        request_id=deed.request_id,
        at=deed.at,
        took=None,
        user=deed.user_name,
        secret_id=deed.secret_id,
        source=deed.source,
        service=deed.service,
        action=deed.action,
        code=deed.outcome,
        entries=entries,
    )
