"""Signing in: by password and code, or by a link; and what comes of it, a session."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from hostward.domain.account import User
from hostward.domain.console_session import LINK_LIFE, MAX_USER_AGENT, MOST_SESSIONS, ConsoleSession
from hostward.domain.credential import Credential, recovery_digest
from hostward.domain.errors import Forbidden
from hostward.domain.ids import AccountId
from hostward.domain.permission import Permission, lacking
from hostward.domain.totp import DIGITS, matched_step
from hostward.usecases.accounts.browser import digest_of
from hostward.usecases.accounts.users import find as find_user
from hostward.usecases.ports import UnitOfWork

_BY_TIME: Final = re.compile(rf"[0-9]{{{DIGITS}}}", re.ASCII)


class Refused(Exception):
    """The try does not sign in. who: the user of that name, None where there is none."""

    def __init__(self, who: User | None = None) -> None:
        super().__init__()
        self.who = who


class CodeNeeded(Refused):
    """The password or the link is right, and a code is needed beside it."""


class WrongCode(Refused):
    """The link is right and stays so, but the code beside it is wrong or was used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """Who wants to sign in, and the names drawn for the session. token: of the cookie. before: of the one it sent."""

    source: str
    user_agent: str
    id: str
    token: str = field(repr=False)
    csrf: str = field(repr=False)
    before: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A user as found by the name given. user None: nobody of this name may sign in; password "": there is none."""

    user: User | None
    credential: Credential


def claim(uow: UnitOfWork, *, account: AccountId, name: str) -> Claim:
    """Who is named. The password is compared with what is found, off the store's threads."""
    user = uow.accounts.user(account, name)
    if user is None:
        return Claim(user=None, credential=Credential())
    return Claim(user=user, credential=uow.credentials.of(user.id))


def by_password(uow: UnitOfWork, *, claimed: Claim, code: str, browser: Browser, now: datetime) -> ConsoleSession:
    """A session for a claim whose password was found right; all else is looked at again, in this transaction.

    Raises Refused when the user is kept out, the password was changed meanwhile or the code is wrong or used, and
    CodeNeeded when one is needed and was not given.
    """
    user = claimed.user and uow.accounts.user(claimed.user.account, claimed.user.name)
    if user is None or not user.is_active:
        raise Refused(user)
    credential = uow.credentials.of(user.id)
    if not credential.password or credential.password != claimed.credential.password:
        raise Refused(user)
    if credential.needs_code:
        if not code.strip():
            raise CodeNeeded(user)
        if not _code_is_used_up(uow, user, credential, code, now):
            raise Refused(user)
    return _opened(uow, user, browser, now)


def by_link(uow: UnitOfWork, *, token: str, browser: Browser, now: datetime, code: str = "") -> ConsoleSession:
    """A session for a link's user, who must set a password then.

    A link stands for the password alone: whoever turned one-time codes on is asked for one here too. Raises Refused
    when the link is unknown or over; CodeNeeded and WrongCode, which leave the link as it was.
    """
    user = uow.credentials.take_link(digest_of(token), now)
    if user is None or not user.is_active:
        raise Refused(user)
    credential = uow.credentials.of(user.id)
    if credential.needs_code:
        if not code.strip():
            raise CodeNeeded(user)
        if not _code_is_used_up(uow, user, credential, code, now):
            raise WrongCode(user)
    return _opened(uow, user, browser, now, must_set_password=True)


def link(uow: UnitOfWork, *, by: User, name: str, token: str, now: datetime) -> datetime:
    """Make a link that signs its user in once, with this token; when it is over.

    Raises Forbidden for a link of another user without the permission user:write, NotFound.
    """
    if name != by.name and lacking(by, Permission.USER_WRITE) is not None:
        raise Forbidden("a login link for another user takes the permission user:write: make one for yourself")
    user = find_user(uow, account=by.account, name=name)
    uow.credentials.add_link(digest_of(token), user, expires=now + LINK_LIFE, now=now)
    return now + LINK_LIFE


def first_link(uow: UnitOfWork, *, user: User, token: str, now: datetime) -> bool:
    """Make a link for an administrator who has no password yet; False when they have one, or are kept out."""
    stored = uow.accounts.user(user.account, user.name)
    if stored is None or not stored.is_active or uow.credentials.of(stored.id).password:
        return False
    uow.credentials.add_link(digest_of(token), stored, expires=now + LINK_LIFE, now=now)
    return True


def try_of(token: str) -> str:
    """What tries with a link are counted by, beside their source: no user has a name with these signs in it."""
    return f"link\n{digest_of(token).hex()[:32]}"


def path_of(token: str) -> str:
    """The page that a link leads to. What follows the # is not sent to any server, so that no log has it."""
    return f"/login#t={token}"


def _code_is_used_up(uow: UnitOfWork, user: User, credential: Credential, code: str, now: datetime) -> bool:
    """Whether the code signs in, which it does once: one by time, or a recovery code."""
    bare = "".join(code.split())
    if not _BY_TIME.fullmatch(bare):
        return uow.credentials.take_recovery(user.id, recovery_digest(code))
    assert credential.totp is not None
    step = matched_step(credential.totp, bare, now, last=credential.totp_step)
    return step is not None and uow.credentials.use_step(user.id, step)


def _opened(
    uow: UnitOfWork, user: User, browser: Browser, now: datetime, *, must_set_password: bool = False
) -> ConsoleSession:
    """A new session, in the place of the one that this browser had; too many of a user end the oldest."""
    before = uow.console_sessions.find(digest_of(browser.before)) if browser.before else None
    if before is not None:
        uow.console_sessions.end(before.id)
    uow.console_sessions.drop_over(user.account, now)
    own = [one for one in uow.console_sessions.of_account(user.account) if one.user.id == user.id]
    for one in own[MOST_SESSIONS - 1 :]:
        uow.console_sessions.end(one.id)
    session = ConsoleSession(
        id=browser.id,
        user=user,
        csrf=browser.csrf,
        created=now,
        last_used=now,
        source=browser.source,
        user_agent=browser.user_agent[:MAX_USER_AGENT],
        must_set_password=must_set_password,
    )
    uow.console_sessions.add(digest_of(browser.token), session)
    return session


def without_must(session: ConsoleSession) -> ConsoleSession:
    """The session once its user has set a password."""
    return replace(session, must_set_password=False)
