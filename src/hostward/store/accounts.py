"""Accounts, users and keys in SQL; a key's secret is sealed."""

from collections.abc import Sequence

from sqlalchemy import Select, bindparam, func, insert, select

from hostward.domain.account import ApiKey, Role, User
from hostward.domain.errors import Conflict
from hostward.domain.ids import AccountId, UserId
from hostward.store import counters
from hostward.store.sealing import Sealer
from hostward.store.session import Prepared, Row, Session
from hostward.store.tables import account, account_user, api_key
from hostward.store.texts import clean
from hostward.store.times import micros, time_of
from hostward.store.upsert import adding

_K, _U = api_key.c, account_user.c


def _query() -> Select[tuple[str, bytes, int, int, int, int, str, str, int]]:
    columns = (_K.secret_id, _K.secret, _K.enabled, _K.created, _U.user_id, _U.account_id, _U.name, _U.role, _U.enabled)
    return select(*columns).join_from(api_key, account_user, _U.user_id == _K.user_id)


_FIRST = Prepared(select(func.min(account.c.account_id)))
_ADD_ACCOUNT = Prepared(insert(account))
_ADD_USER = adding(account_user, key=("account_id", "name"))
_ADD_KEY = adding(api_key, key=("secret_id",))
_KEY = Prepared(_query().where(_K.secret_id == bindparam("which")))
_KEYS = Prepared(_query().where(_K.account_id == bindparam("of_account")).order_by(_K.created, _K.secret_id))


class SqlAccounts:
    """ports.Accounts."""

    def __init__(self, session: Session, sealer: Sealer) -> None:
        self._session = session
        self._sealer = sealer

    def first(self) -> AccountId | None:
        """The oldest account, None in a new database."""
        row = self._session.row(_FIRST)
        return AccountId(row[0]) if row is not None and row[0] is not None else None

    def add_account(self, name: str) -> AccountId:
        """A new account."""
        which = AccountId(counters.take(self._session, "account"))
        self._session.run(_ADD_ACCOUNT, account_id=which, name=clean(name))
        return which

    def add_user(self, account: AccountId, name: str, role: Role) -> User:
        """A new user. Raises Conflict when the account has one of this name."""
        user = User(id=UserId(counters.take(self._session, "user")), account=account, name=clean(name), role=role)
        added = self._session.run(
            _ADD_USER(self._session.dialect.name),
            user_id=user.id,
            account_id=account,
            name=user.name,
            role=role.value,
            enabled=1,
        )
        if not added:
            raise Conflict(f"there is a user {user.name} already: choose another name")
        return user

    def add_key(self, key: ApiKey) -> None:
        """A new key. Raises Conflict when its id is taken."""
        added = self._session.run(
            _ADD_KEY(self._session.dialect.name),
            secret_id=key.secret_id,
            account_id=key.user.account,
            user_id=key.user.id,
            secret=self._sealer.seal(key.secret.encode(), _owner(key.secret_id)),
            enabled=int(key.enabled),
            created=micros(key.created),
        )
        if not added:
            raise Conflict(f"there is a key {key.secret_id} already: make another one")

    def key(self, secret_id: str) -> ApiKey | None:
        """A key with its user, disabled or not."""
        row = self._session.row(_KEY, which=clean(secret_id))
        return None if row is None else self._key_of(row)

    def keys(self, account: AccountId) -> Sequence[ApiKey]:
        """The account's keys, oldest first."""
        return [self._key_of(row) for row in self._session.rows(_KEYS, of_account=account)]

    def _key_of(self, row: Row) -> ApiKey:
        secret_id, secret, enabled, created, user, account_id, name, role, user_enabled = row
        return ApiKey(
            secret_id=secret_id,
            secret=self._sealer.open(secret, _owner(secret_id)).decode(),
            user=User(
                id=UserId(user), account=AccountId(account_id), name=name, role=Role(role), enabled=bool(user_enabled)
            ),
            enabled=bool(enabled),
            created=time_of(created),
        )


def _owner(secret_id: str) -> str:
    return f"api_key:{secret_id}"
