"""Sessions of browsers: who a cookie stands for, which there are, how they end."""

from collections.abc import Sequence
from datetime import datetime

from hostward.domain.account import User
from hostward.domain.console_session import ConsoleSession
from hostward.domain.errors import NotFound
from hostward.domain.permission import Permission, lacking
from hostward.usecases.accounts.browser import digest_of
from hostward.usecases.accounts.users import find as find_user
from hostward.usecases.ports import UnitOfWork


def current(uow: UnitOfWork, *, token: str, now: datetime) -> ConsoleSession | None:
    """The session of a cookie's value, with its user as that is now.

    None when there is none, when its time has passed, and when its user is kept out.
    """
    session = uow.console_sessions.find(digest_of(token)) if token else None
    return session if session is not None and session.is_alive(now) else None


def note_use(uow: UnitOfWork, *, session: ConsoleSession, now: datetime) -> None:
    """Remember that it was used; worth a write only where session.is_use(now)."""
    uow.console_sessions.used(session.id, now)


def listing(uow: UnitOfWork, *, by: User, user: str, now: datetime) -> Sequence[ConsoleSession]:
    """Sessions that are alive, newest first: of this user, or of all that the asker may see when that is "".

    Others than their own see those with the permission user:read. Raises NotFound for a user who is none, or who is
    somebody else to an asker without it.
    """
    sees_all = lacking(by, Permission.USER_READ) is None
    if user and user != by.name and not sees_all:
        raise NotFound(f"there is no user {user[:64]} whose sessions you may see: you see your own")
    owner = find_user(uow, account=by.account, name=user).id if user and sees_all else None
    alive = (one for one in uow.console_sessions.of_account(by.account) if one.is_alive(now))
    if not sees_all:
        return [one for one in alive if one.user.id == by.id]
    return [one for one in alive if owner is None or one.user.id == owner]


def end(uow: UnitOfWork, *, session: str, by: User) -> ConsoleSession:
    """End a session: one's own, or anybody's with the permission user:write.

    Raises NotFound in the same words for one that does not exist and one that is not the asker's to end.
    """
    ends_all = lacking(by, Permission.USER_WRITE) is None
    for one in uow.console_sessions.of_account(by.account):
        if one.id == session and (ends_all or one.user.id == by.id):
            uow.console_sessions.end(session)
            return one
    raise NotFound(f"there is no session {session[:64]} that you may end: ListSessions shows them")
