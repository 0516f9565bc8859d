"""Credentials and login links in SQL; the secret of one-time codes is sealed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from hostward.domain.account import User
from hostward.domain.credential import Credential
from hostward.domain.ids import UserId
from hostward.store.accounts import USER_COLUMNS, user_of
from hostward.store.sealing import Sealer
from hostward.store.session import Prepared, Session, Value
from hostward.store.session_tables import credential, login_link, recovery_code
from hostward.store.tables import account_user
from hostward.store.times import micros
from hostward.store.upsert import upserting

_C, _R, _L = credential.c, recovery_code.c, login_link.c
_VALUES = ("password", "totp", "totp_on", "totp_step")

_OF = Prepared(select(*(_C[name] for name in _VALUES)).where(_C.user_id == bindparam("of_user")))
_PUT = upserting(credential, key=("user_id",), change=lambda new: {name: new[name] for name in _VALUES})
_USE_STEP = Prepared(
    update(credential)
    .where(_C.user_id == bindparam("of_user"), _C.totp_step < bindparam("step"))
    .values(totp_step=bindparam("step"))
)
_DROP_RECOVERY = Prepared(delete(recovery_code).where(_R.user_id == bindparam("of_user")))
_ADD_RECOVERY = Prepared(insert(recovery_code))
_TAKE_RECOVERY = Prepared(
    delete(recovery_code).where(_R.user_id == bindparam("of_user"), _R.digest == bindparam("which"))
)
_ADD_LINK = Prepared(insert(login_link))
_OVER_LINKS = Prepared(delete(login_link).where(_L.expires <= bindparam("now")))
_LINK = Prepared(
    select(*USER_COLUMNS)
    .join_from(login_link, account_user, account_user.c.user_id == _L.user_id)
    .where(_L.digest == bindparam("which"), _L.expires > bindparam("now"))
)
_TAKE_LINK = Prepared(delete(login_link).where(_L.digest == bindparam("which")))
_DROP_LINKS = Prepared(delete(login_link).where(_L.user_id == bindparam("of_user")))


class SqlCredentials:
    """session_ports.Credentials."""

    def __init__(self, session: Session, sealer: Sealer) -> None:
        self._session = session
        self._sealer = sealer

    def of(self, user: UserId) -> Credential:
        """What is stored of a user; an empty one when nothing is."""
        row = self._session.row(_OF, of_user=user)
        if row is None:
            return Credential()
        password, totp, totp_on, totp_step = row
        secret = None if totp is None else self._sealer.open(totp, _owner(user))
        return Credential(password=password, totp=secret, totp_on=bool(totp_on), totp_step=totp_step)

    def put(self, user: User, credential: Credential) -> None:
        """Store all of a user's credential."""
        secret = credential.totp
        self._session.run(
            _PUT(self._session.dialect.name),
            user_id=user.id,
            account_id=user.account,
            password=credential.password,
            totp=None if secret is None else self._sealer.seal(secret, _owner(user.id)),
            totp_on=int(credential.totp_on),
            totp_step=credential.totp_step,
        )

    def use_step(self, user: UserId, step: int) -> bool:
        """Use up the codes of this step and those before it; False when that has happened already."""
        return self._session.run(_USE_STEP, of_user=user, step=step) > 0

    def put_recovery(self, user: User, digests: Sequence[bytes]) -> None:
        """Make these the user's recovery codes, in place of all others."""
        self._session.run(_DROP_RECOVERY, of_user=user.id)
        rows: list[dict[str, Value]] = [
            {"user_id": user.id, "digest": digest, "account_id": user.account} for digest in digests
        ]
        self._session.many(_ADD_RECOVERY, rows)

    def take_recovery(self, user: UserId, digest: bytes) -> bool:
        """Use up a recovery code; False when the user has none such (any more)."""
        return self._session.run(_TAKE_RECOVERY, of_user=user, which=digest) > 0

    def add_link(self, digest: bytes, user: User, *, expires: datetime, now: datetime) -> None:
        """Remember a login link by its token's SHA-256; links that are over by now are removed."""
        self._session.run(_OVER_LINKS, now=micros(now))
        self._session.run(_ADD_LINK, digest=digest, account_id=user.account, user_id=user.id, expires=micros(expires))

    def take_link(self, digest: bytes, now: datetime) -> User | None:
        """Use up a login link: its user as that is now, or None when it is unknown, used or over.

        Of two who take it at once, the one whose delete finds the row gets it.
        """
        row = self._session.row(_LINK, which=digest, now=micros(now))
        if row is None or not self._session.run(_TAKE_LINK, which=digest):
            return None
        return user_of(row)

    def drop_links(self, user: UserId) -> None:
        """Remove the user's login links."""
        self._session.run(_DROP_LINKS, of_user=user)


def _owner(user: UserId) -> str:
    return f"totp:{user}"
