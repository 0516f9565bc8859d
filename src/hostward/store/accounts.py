"""Accounts, users and keys in SQL; a key's secret and a temporary key's token are sealed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, insert, or_, select, update

from hostward.domain.account import ApiKey, Role, User
from hostward.domain.errors import Conflict, NotFound
from hostward.domain.ids import AccountId, UserId
from hostward.store import counters
from hostward.store.codec import words_of, words_text
from hostward.store.sealing import Sealer
from hostward.store.session import Prepared, Row, Session, Value
from hostward.store.tables import account, account_user, api_key
from hostward.store.texts import clean
from hostward.store.times import micros, micros_or_none, time_of, time_or_none
from hostward.store.upsert import adding

_K, _U = api_key.c, account_user.c
USER_COLUMNS = (_U.user_id, _U.account_id, _U.name, _U.role, _U.enabled, _U.locked, _U.tags)
_KEY_COLUMNS = (_K.secret_id, _K.secret, _K.enabled, _K.created, _K.last_used, _K.expires, _K.token, _K.bound, _K.maker)


def _query() -> Select[Any]:
    return select(*_KEY_COLUMNS, *USER_COLUMNS).join_from(api_key, account_user, _U.user_id == _K.user_id)


_FIRST = Prepared(select(func.min(account.c.account_id)))
_ALL = Prepared(select(account.c.account_id).order_by(account.c.account_id))
_ADD_ACCOUNT = Prepared(insert(account))
_ADD_USER = adding(account_user, key=("account_id", "name"))
_OF_ACCOUNT = select(*USER_COLUMNS).where(_U.account_id == bindparam("of_account"))
_ONE_USER = Prepared(_OF_ACCOUNT.where(_U.name == bindparam("called")))
_USERS = Prepared(_OF_ACCOUNT.order_by(_U.user_id))
_LOCK_USERS = Prepared(_OF_ACCOUNT.order_by(_U.user_id).with_for_update())
_PUT_USER = Prepared(
    update(account_user)
    .where(_U.user_id == bindparam("which"))
    .values({name: bindparam(f"to_{name}") for name in ("role", "enabled", "locked", "tags")})
)
_ADD_KEY = adding(api_key, key=("secret_id",))
_KEY = Prepared(_query().where(_K.secret_id == bindparam("which")))
_KEYS = Prepared(
    _query().where(_K.account_id == bindparam("of_account"), _K.maker == "").order_by(_K.created, _K.secret_id)
)
_PUT_KEY = Prepared(
    update(api_key)
    .where(_K.secret_id == bindparam("which"))
    .values(enabled=bindparam("to_enabled"), expires=bindparam("to_expires"))
)
_DROP_KEY = Prepared(delete(api_key).where(or_(_K.secret_id == bindparam("which"), _K.maker == bindparam("which"))))
_DROP_MADE = Prepared(delete(api_key).where(_K.maker == bindparam("which")))
_DROP_OVER = Prepared(delete(api_key).where(_K.account_id == bindparam("of_account"), _K.expires <= bindparam("now")))
_TEMPORARY = Prepared(select(func.count()).select_from(api_key).where(_K.user_id == bindparam("of"), _K.maker != ""))
_USED = Prepared(
    update(api_key)
    .where(_K.secret_id == bindparam("which"), func.coalesce(_K.last_used, 0) < bindparam("at"))
    .values(last_used=bindparam("at"))
)


class SqlAccounts:
    """ports.Accounts. changed: called when a user or a key is about to be something else than before."""

    def __init__(self, session: Session, sealer: Sealer, changed: Callable[[], None]) -> None:
        self._session = session
        self._sealer = sealer
        self._changed = changed

    def first(self) -> AccountId | None:
        """The oldest account, None in a new database."""
        row = self._session.row(_FIRST)
        return AccountId(row[0]) if row is not None and row[0] is not None else None

    def all(self) -> Sequence[AccountId]:
        """Every account, oldest first."""
        return [AccountId(row[0]) for row in self._session.rows(_ALL)]

    def add_account(self, name: str) -> AccountId:
        """A new account."""
        which = AccountId(counters.take(self._session, "account"))
        self._session.run(_ADD_ACCOUNT, account_id=which, name=clean(name))
        return which

    def add_user(self, account: AccountId, name: str, role: Role, tags: Sequence[str] = ()) -> User:
        """A new user. Raises Conflict when the account has one of this name."""
        user = User(
            id=UserId(counters.take(self._session, "user")),
            account=account,
            name=clean(name),
            role=role,
            tags=tuple(map(clean, tags)),
        )
        added = self._session.run(
            _ADD_USER(self._session.dialect.name),
            user_id=user.id,
            account_id=account,
            name=user.name,
            role=role.value,
            enabled=1,
            locked=0,
            tags=words_text(user.tags),
        )
        if not added:
            raise Conflict(f"there is a user {user.name} already: choose another name")
        return user

    def user(self, account: AccountId, name: str) -> User | None:
        """The account's user of this name."""
        row = self._session.row(_ONE_USER, of_account=account, called=clean(name))
        return None if row is None else user_of(row)

    def users(self, account: AccountId, *, lock: bool = False) -> Sequence[User]:
        """The account's users, oldest first."""
        return list(map(user_of, self._session.rows(_LOCK_USERS if lock else _USERS, of_account=account)))

    def put_user(self, user: User) -> None:
        """Store role, enabled, locked and tags of a user."""
        self._changed()
        changed = self._session.run(
            _PUT_USER,
            which=user.id,
            to_role=user.role.value,
            to_enabled=int(user.enabled),
            to_locked=int(user.locked),
            to_tags=words_text(user.tags),
        )
        if not changed:
            raise NotFound(f"there is no user {user.name}")

    def add_key(self, key: ApiKey) -> None:
        """A new key. Raises Conflict when its id is taken."""
        self._changed()
        token = self._sealer.seal(key.token.encode(), _token_owner(key.secret_id)) if key.token else None
        added = self._session.run(
            _ADD_KEY(self._session.dialect.name),
            secret_id=key.secret_id,
            account_id=key.user.account,
            user_id=key.user.id,
            secret=self._sealer.seal(key.secret.encode(), _owner(key.secret_id)),
            enabled=int(key.enabled),
            created=micros(key.created),
            last_used=micros_or_none(key.last_used),
            expires=micros_or_none(key.expires),
            token=token,
            bound="" if key.user.bound is None else key.user.bound.value,
            maker=key.maker,
        )
        if not added:
            raise Conflict(f"there is a key {key.secret_id} already: make another one")

    def key(self, secret_id: str) -> ApiKey | None:
        """A key with its user, disabled or not."""
        row = self._session.row(_KEY, which=clean(secret_id))
        return None if row is None else self._key_of(row)

    def keys(self, account: AccountId) -> Sequence[ApiKey]:
        """The account's keys that are not temporary, oldest first."""
        return [self._key_of(row) for row in self._session.rows(_KEYS, of_account=account)]

    def put_key(self, key: ApiKey) -> None:
        """Store enabled and expires of a key; disabled, it takes the temporary ones made with it along."""
        self._changed()
        expires = micros_or_none(key.expires)
        changed = self._session.run(_PUT_KEY, which=key.secret_id, to_enabled=int(key.enabled), to_expires=expires)
        if not changed:
            raise NotFound(f"there is no key {key.secret_id}")
        if not key.enabled:
            self._session.run(_DROP_MADE, which=key.secret_id)

    def drop_key(self, secret_id: str) -> None:
        """Remove a key, if it is there, and the temporary ones made with it."""
        self._changed()
        self._session.run(_DROP_KEY, which=clean(secret_id))

    def drop_over(self, account: AccountId, now: datetime) -> None:
        """Remove the account's keys whose time has passed, and the temporary ones made with them."""
        self._changed()
        for key in self.keys(account):
            if key.is_over(now):
                self._session.run(_DROP_MADE, which=key.secret_id)
        self._session.run(_DROP_OVER, of_account=account, now=micros(now))

    def temporary(self, user: UserId) -> int:
        """How many temporary keys of a user are stored."""
        row = self._session.row(_TEMPORARY, of=user)
        return 0 if row is None else int(row[0])

    def used(self, times: Mapping[str, datetime]) -> None:
        """Remember when keys were last used; unknown ones and earlier times are passed over."""
        values: list[dict[str, Value]] = [
            {"which": clean(secret_id), "at": micros(at)} for secret_id, at in sorted(times.items())
        ]
        self._session.many(_USED, values)

    def _key_of(self, row: Row) -> ApiKey:
        secret_id, secret, enabled, created, last_used, expires, token, bound, maker = row[:9]
        return ApiKey(
            secret_id=secret_id,
            secret=self._sealer.open(secret, _owner(secret_id)).decode(),
            user=replace(user_of(row[9:]), bound=Role(bound) if bound else None),
            enabled=bool(enabled),
            created=time_of(created),
            last_used=time_or_none(last_used),
            expires=time_or_none(expires),
            token="" if token is None else self._sealer.open(token, _token_owner(secret_id)).decode(),
            maker=maker,
        )


def user_of(row: Row) -> User:
    """The user of a row of USER_COLUMNS."""
    which, account_id, name, role, enabled, locked, tags = row
    return User(
        id=UserId(which),
        account=AccountId(account_id),
        name=name,
        role=Role(role),
        enabled=bool(enabled),
        locked=bool(locked),
        tags=words_of(tags),
    )


def _owner(secret_id: str) -> str:
    return f"api_key:{secret_id}"


def _token_owner(secret_id: str) -> str:
    return f"api_key_token:{secret_id}"
