"""Passwords and one-time codes: set, turned on and off."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from hostward.domain.account import User
from hostward.domain.credential import Credential, recovery_digest
from hostward.domain.errors import Conflict, InvalidValue
from hostward.domain.ids import AccountId
from hostward.domain.totp import NEVER, matched_step
from hostward.usecases.accounts.users import find as find_user
from hostward.usecases.ports import UnitOfWork


def set_password(uow: UnitOfWork, *, account: AccountId, name: str, hashed: str, kept_session: str = "") -> User:
    """Give a user a password, by its hash; their sessions but the kept one end, and so do their login links.

    Raises NotFound. Whether the password is good enough is for domain.credential.must_be_strong to say, before it is
    hashed.
    """
    user = find_user(uow, account=account, name=name)
    uow.credentials.put(user, replace(uow.credentials.of(user.id), password=hashed))
    uow.credentials.drop_links(user.id)
    uow.console_sessions.end_others(user.id, kept_session)
    if kept_session:
        uow.console_sessions.password_set(kept_session)
    return user


def draw_totp(uow: UnitOfWork, *, user: User, secret: bytes) -> None:
    """Remember a secret that counts once a code of it was given. Raises Conflict when codes are on already."""
    credential = uow.credentials.of(user.id)
    if credential.needs_code:
        raise Conflict("one-time codes are on already: turn them off first")
    uow.credentials.put(user, replace(credential, totp=secret, totp_on=False, totp_step=NEVER))


def turn_on_totp(uow: UnitOfWork, *, user: User, code: str, recovery_codes: Sequence[str], now: datetime) -> None:
    """From now on a password needs a code beside it; these are the ways in without the app.

    Raises InvalidValue for a code that is not of the secret drawn before, Conflict when none was or they are on.
    """
    credential = uow.credentials.of(user.id)
    if credential.needs_code or credential.totp is None:
        raise Conflict("there is no new secret to turn on: ask for one first")
    step = matched_step(credential.totp, "".join(code.split()), now)
    if step is None:
        raise InvalidValue("this is not the code of now: check the clock of the device that shows it, and try the next")
    uow.credentials.put(user, replace(credential, totp_on=True, totp_step=step))
    uow.credentials.put_recovery(user, [recovery_digest(one) for one in recovery_codes])


def turn_off_totp(uow: UnitOfWork, *, user: User) -> None:
    """A password alone signs in again."""
    credential = uow.credentials.of(user.id)
    uow.credentials.put(user, replace(credential, totp=None, totp_on=False, totp_step=NEVER))
    uow.credentials.put_recovery(user, ())


def reset_totp(uow: UnitOfWork, *, account: AccountId, name: str) -> User:
    """Turn a user's one-time codes off for them. Raises NotFound."""
    user = find_user(uow, account=account, name=name)
    turn_off_totp(uow, user=user)
    return user


def of(uow: UnitOfWork, *, user: User) -> Credential:
    """What is stored of a user."""
    return uow.credentials.of(user.id)
