"""The audit log in SQL: entries are added, never changed and never removed."""

from collections.abc import Iterator, Sequence

from sqlalchemy import bindparam, func, insert, select, update

from hostward.domain.audit import GENESIS, AuditEntry, Deed, Head, linked
from hostward.domain.ids import AccountId, UserId
from hostward.store.session import Prepared, Row, Session
from hostward.store.tables import audit_entry, audit_head
from hostward.store.texts import clean, cleaned
from hostward.store.times import micros, time_of
from hostward.store.upsert import adding

CHUNK = 500
"""Entries read at a time when a whole chain is walked."""

_E, _H = audit_entry.c, audit_head.c
_OF = _E.account_id == bindparam("of_account")
_BEGIN = adding(audit_head, key=("account_id",))
_HEAD = select(_H.number, _H.digest).where(_H.account_id == bindparam("of_account"))
_READ_HEAD = Prepared(_HEAD)
_LOCK_HEAD = Prepared(_HEAD.with_for_update())
_MOVE_HEAD = Prepared(
    update(audit_head)
    .where(_H.account_id == bindparam("of_account"))
    .values(number=bindparam("to_number"), digest=bindparam("to_digest"))
)
_ADD = Prepared(insert(audit_entry))
_COLUMNS = (
    *(_E.number, _E.account_id, _E.at, _E.user_id, _E.user_name, _E.secret_id, _E.source, _E.service, _E.action),
    *(_E.request_id, _E.target, _E.parameters, _E.outcome, _E.previous, _E.digest),
)
_AFTER = Prepared(
    select(*_COLUMNS).where(_OF, _E.number > bindparam("after")).order_by(_E.number).limit(bindparam("many"))
)
_COUNT = Prepared(select(func.count()).select_from(audit_entry).where(_OF))
_NEWEST = Prepared(
    select(*_COLUMNS).where(_OF).order_by(_E.number.desc()).limit(bindparam("many")).offset(bindparam("skip"))
)
_FIND = Prepared(select(*_COLUMNS).where(_E.request_id == bindparam("request")).order_by(_E.account_id, _E.number))


class SqlAudit:
    """ports.Audit."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def append(self, deed: Deed) -> AuditEntry:
        """Add a deed to its account's chain. Whoever appends next waits until this transaction has ended."""
        self._session.run(
            _BEGIN(self._session.dialect.name), account_id=deed.account, number=Head().number, digest=GENESIS
        )
        row = self._session.row(_LOCK_HEAD, of_account=deed.account)
        entry = linked(cleaned(deed), _head_of(row))
        self._session.run(_ADD, **_values(entry))
        self._session.run(_MOVE_HEAD, of_account=deed.account, to_number=entry.number, to_digest=entry.digest)
        return entry

    def head(self, account: AccountId) -> Head:
        """The end of the account's chain as it is kept beside it."""
        return _head_of(self._session.row(_READ_HEAD, of_account=account))

    def entries(self, account: AccountId) -> Iterator[AuditEntry]:
        """The account's entries, oldest first (streamed)."""
        after = 0
        while rows := self._session.rows(_AFTER, of_account=account, after=after, many=CHUNK):
            yield from map(_entry_of, rows)
            after = rows[-1][0]

    def newest(self, account: AccountId, *, limit: int, offset: int) -> tuple[int, Sequence[AuditEntry]]:
        """How many entries there are, and a page of them, newest first."""
        counted = self._session.row(_COUNT, of_account=account)
        rows = self._session.rows(_NEWEST, of_account=account, many=limit, skip=offset)
        return 0 if counted is None else int(counted[0]), list(map(_entry_of, rows))

    def of_request(self, request_id: str) -> Sequence[AuditEntry]:
        """What a request did, in every account."""
        return list(map(_entry_of, self._session.rows(_FIND, request=clean(request_id))))


def _head_of(row: Row | None) -> Head:
    return Head() if row is None else Head(number=row[0], digest=row[1])


def _values(entry: AuditEntry) -> dict[str, int | str]:
    deed = entry.deed
    return {
        "account_id": deed.account,
        "number": entry.number,
        "at": micros(deed.at),
        "user_id": deed.user_id,
        "user_name": deed.user_name,
        "secret_id": deed.secret_id,
        "source": deed.source,
        "service": deed.service,
        "action": deed.action,
        "request_id": deed.request_id,
        "target": deed.target,
        "parameters": deed.parameters,
        "outcome": deed.outcome,
        "previous": entry.previous,
        "digest": entry.digest,
    }


def _entry_of(row: Row) -> AuditEntry:
    number, account, at, user_id, user_name, secret_id, source, service, action = row[:9]
    request_id, target, parameters, outcome, previous, digest = row[9:]
    deed = Deed(
        account=AccountId(account),
        at=time_of(at),
        user_id=UserId(user_id),
        user_name=user_name,
        secret_id=secret_id,
        source=source,
        service=service,
        action=action,
        request_id=request_id,
        target=target,
        parameters=parameters,
        outcome=outcome,
    )
    return AuditEntry(number=number, deed=deed, previous=previous, digest=digest)
