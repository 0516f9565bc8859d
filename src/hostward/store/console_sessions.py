"""Sessions of browsers in SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, delete, insert, or_, select, update

from hostward.domain.console_session import IDLE, LONGEST, ConsoleSession
from hostward.domain.ids import AccountId, UserId
from hostward.store.accounts import USER_COLUMNS, user_of
from hostward.store.session import Prepared, Row, Session
from hostward.store.session_tables import console_session
from hostward.store.tables import account_user
from hostward.store.texts import clean
from hostward.store.times import micros, time_of

_S = console_session.c
_COLUMNS = (_S.session_id, _S.csrf, _S.created, _S.last_used, _S.source, _S.user_agent, _S.must_set_password)


def _query() -> Select[Any]:
    return select(*_COLUMNS, *USER_COLUMNS).join_from(
        console_session, account_user, account_user.c.user_id == _S.user_id
    )


_ADD = Prepared(insert(console_session))
_FIND = Prepared(_query().where(_S.digest == bindparam("which")))
_OF_ACCOUNT = Prepared(
    _query().where(_S.account_id == bindparam("of_account")).order_by(_S.created.desc(), _S.session_id)
)
_USED = Prepared(
    update(console_session)
    .where(_S.session_id == bindparam("which"), _S.last_used < bindparam("at"))
    .values(last_used=bindparam("at"))
)
_PASSWORD_SET = Prepared(update(console_session).where(_S.session_id == bindparam("which")).values(must_set_password=0))
_END = Prepared(delete(console_session).where(_S.session_id == bindparam("which")))
_END_OTHERS = Prepared(
    delete(console_session).where(_S.user_id == bindparam("of_user"), _S.session_id != bindparam("kept"))
)
_DROP_OVER = Prepared(
    delete(console_session).where(
        _S.account_id == bindparam("of_account"),
        or_(_S.created <= bindparam("made"), _S.last_used <= bindparam("used")),
    )
)


class SqlConsoleSessions:
    """session_ports.ConsoleSessions."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, digest: bytes, session: ConsoleSession) -> None:
        """Remember a new session."""
        self._session.run(
            _ADD,
            digest=digest,
            session_id=session.id,
            account_id=session.user.account,
            user_id=session.user.id,
            created=micros(session.created),
            last_used=micros(session.last_used),
            must_set_password=int(session.must_set_password),
            csrf=session.csrf,
            source=clean(session.source),
            user_agent=clean(session.user_agent),
        )

    def find(self, digest: bytes) -> ConsoleSession | None:
        """The session with its user as that is now, over or not."""
        row = self._session.row(_FIND, which=digest)
        return None if row is None else _session_of(row)

    def of_account(self, account: AccountId) -> Sequence[ConsoleSession]:
        """The account's sessions, newest first, over or not."""
        return [_session_of(row) for row in self._session.rows(_OF_ACCOUNT, of_account=account)]

    def used(self, session: str, now: datetime) -> None:
        """It was used just now. Earlier times and unknown ids are passed over."""
        self._session.run(_USED, which=clean(session), at=micros(now))

    def password_set(self, session: str) -> None:
        """It need not set a password any more."""
        self._session.run(_PASSWORD_SET, which=clean(session))

    def end(self, session: str) -> None:
        """Remove a session, if it is there."""
        self._session.run(_END, which=clean(session))

    def end_others(self, user: UserId, kept: str) -> None:
        """Remove the user's sessions but this one ("" keeps none)."""
        self._session.run(_END_OTHERS, of_user=user, kept=clean(kept))

    def drop_over(self, account: AccountId, now: datetime) -> None:
        """Remove the account's sessions whose time has passed."""
        self._session.run(_DROP_OVER, of_account=account, made=micros(now - LONGEST), used=micros(now - IDLE))


def _session_of(row: Row) -> ConsoleSession:
    session_id, csrf, created, last_used, source, user_agent, must_set_password = row[:7]
    return ConsoleSession(
        id=session_id,
        user=user_of(row[7:]),
        csrf=csrf,
        created=time_of(created),
        last_used=time_of(last_used),
        source=source,
        user_agent=user_agent,
        must_set_password=bool(must_set_password),
    )
