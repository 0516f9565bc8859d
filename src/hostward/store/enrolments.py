"""Enrolment tokens and waiting machines in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from hostward.domain.enrolment import EnrolmentToken, Waiting
from hostward.domain.ids import AccountId
from hostward.domain.machine import MachineFacts
from hostward.store.codec import words_of, words_text
from hostward.store.enrolment_tables import FACTS, enrolment_token, waiting_machine
from hostward.store.session import Prepared, Row, Session, Value
from hostward.store.texts import clean, cleaned
from hostward.store.times import micros, micros_or_none, time_of, time_or_none

_T, _W = enrolment_token.c, waiting_machine.c
_COLUMNS = (
    *(_T.token_id, _T.account_id, _T.made_by, _T.created, _T.expires, _T.uses, _T.uses_left, _T.tags),
    *(_T.needs_approval, _T.for_image, _T.revoked),
)
_WAITING = (
    *(_W.waiting_id, _W.account_id, _W.token_id, _W.public_key, *(_W[name] for name in FACTS)),
    *(_W.tags, _W.quuid, _W.uuid, _W.since),
)
_ADD = Prepared(insert(enrolment_token))
_BY_DIGEST = Prepared(select(*_COLUMNS).where(_T.digest == bindparam("which")))
_TAKE = Prepared(
    update(enrolment_token)
    .where(_T.digest == bindparam("which"), _T.expires > bindparam("now"), _T.uses_left > 0, _T.revoked.is_(None))
    .values(uses_left=_T.uses_left - 1)
    .returning(*_COLUMNS)
)
_OF_ACCOUNT = Prepared(
    select(*_COLUMNS).where(_T.account_id == bindparam("which")).order_by(_T.created.desc(), _T.token_id)
)
_NAMED = (_T.account_id == bindparam("of_account"), _T.token_id == bindparam("which"))
_KNOWN = Prepared(select(_T.token_id).where(*_NAMED))
_REVOKE = Prepared(update(enrolment_token).where(*_NAMED, _T.revoked.is_(None)).values(revoked=bindparam("now")))
_FORGET = Prepared(delete(enrolment_token).where(_T.expires < bindparam("before")))

_ADD_WAITING = Prepared(insert(waiting_machine))
_BY_KEY = Prepared(select(*_WAITING).where(_W.public_key == bindparam("key_bytes")))
_DROP_KEY = Prepared(delete(waiting_machine).where(_W.public_key == bindparam("key_bytes")))
_WAIT = Prepared(select(*_WAITING).where(_W.account_id == bindparam("which")).order_by(_W.since, _W.waiting_id))
_DROP = Prepared(
    delete(waiting_machine)
    .where(_W.account_id == bindparam("of_account"), _W.waiting_id == bindparam("which"))
    .returning(*_WAITING)
)


class SqlEnrolments:
    """ports.Enrolments."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, digest: bytes, token: EnrolmentToken) -> None:
        """Keep a new token."""
        self._session.run(_ADD, digest=digest, **_token_row(token))

    def by_digest(self, digest: bytes) -> EnrolmentToken | None:
        """A token by the hash of its word."""
        row = self._session.row(_BY_DIGEST, which=digest)
        return None if row is None else _token(row)

    def take(self, digest: bytes, now: datetime) -> EnrolmentToken | None:
        """Use an open token once."""
        row = self._session.row(_TAKE, which=digest, now=micros(now))
        return None if row is None else _token(row)

    def tokens(self, account: AccountId) -> Sequence[EnrolmentToken]:
        """The account's tokens, newest first."""
        return list(map(_token, self._session.rows(_OF_ACCOUNT, which=account)))

    def revoke(self, account: AccountId, token: str, now: datetime) -> bool:
        """Close one of the account's tokens."""
        if self._session.row(_KNOWN, of_account=account, which=clean(token)) is None:
            return False
        self._session.run(_REVOKE, of_account=account, which=clean(token), now=micros(now))
        return True

    def forget(self, before: datetime) -> int:
        """Remove tokens that expired before this time."""
        return self._session.run(_FORGET, before=micros(before))

    def add_waiting(self, waiting: Waiting) -> None:
        """Keep a machine that waits."""
        self._session.run(_DROP_KEY, key_bytes=waiting.public_key)
        self._session.run(_ADD_WAITING, **_waiting_row(waiting))

    def waiting(self, account: AccountId) -> Sequence[Waiting]:
        """The account's machines that wait, oldest first."""
        return list(map(_waiting, self._session.rows(_WAIT, which=account)))

    def waiting_by_key(self, public_key: bytes) -> Waiting | None:
        """The machine with this key that waits."""
        row = self._session.row(_BY_KEY, key_bytes=public_key)
        return None if row is None else _waiting(row)

    def drop_waiting(self, account: AccountId, waiting: str) -> Waiting | None:
        """Let one of the account's machines wait no longer."""
        row = self._session.row(_DROP, of_account=account, which=clean(waiting))
        return None if row is None else _waiting(row)


def _token_row(token: EnrolmentToken) -> dict[str, Value]:
    return {
        "token_id": token.id,
        "account_id": token.account,
        "made_by": clean(token.made_by),
        "created": micros(token.created),
        "expires": micros(token.expires),
        "uses": token.uses,
        "uses_left": token.uses_left,
        "tags": words_text(token.tags),
        "needs_approval": int(token.needs_approval),
        "for_image": int(token.for_image),
        "revoked": micros_or_none(token.revoked),
    }


def _token(row: Row) -> EnrolmentToken:
    which, account, made_by, created, expires, uses, uses_left, tags, needs_approval, for_image, revoked = row
    return EnrolmentToken(
        id=which,
        account=AccountId(account),
        made_by=made_by,
        created=time_of(created),
        expires=time_of(expires),
        uses=uses,
        uses_left=uses_left,
        tags=words_of(tags),
        needs_approval=bool(needs_approval),
        for_image=bool(for_image),
        revoked=time_or_none(revoked),
    )


def _waiting_row(waiting: Waiting) -> dict[str, Value]:
    said = cleaned(waiting.facts)
    return {
        "waiting_id": waiting.id,
        "account_id": waiting.account,
        "token_id": waiting.token,
        "public_key": waiting.public_key,
        "host_name": said.host_name,
        "addresses": words_text(said.addresses),
        "wan_ip": said.wan_ip,
        "os_name": said.os_name,
        "agent_version": said.agent_version,
        "host_id": said.machine_id,
        "tags": words_text(waiting.tags),
        "quuid": waiting.quuid,
        "uuid": waiting.uuid,
        "since": micros(waiting.since),
    }


def _waiting(row: Row) -> Waiting:
    which, account, token, public_key, host_name, addresses, wan_ip, os_name, version, host_id = row[:10]
    tags, quuid, uuid, since = row[10:]
    return Waiting(
        id=which,
        account=AccountId(account),
        token=token,
        public_key=bytes(public_key),
        facts=MachineFacts(
            host_name=host_name,
            addresses=words_of(addresses),
            wan_ip=wan_ip,
            os_name=os_name,
            agent_version=version,
            machine_id=host_id,
        ),
        tags=words_of(tags),
        quuid=quuid,
        uuid=uuid,
        since=time_of(since),
    )
