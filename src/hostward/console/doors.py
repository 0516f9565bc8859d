"""What every path about signing in needs: the store, the time, who may try now, and the entries of the audit log."""

import hmac
from collections.abc import Callable
from datetime import datetime
from typing import Final

from hostward.console.json_http import Asked, Problem
from hostward.domain.account import User
from hostward.domain.audit import Deed, shortened
from hostward.domain.console_session import ConsoleSession
from hostward.domain.errors import Conflict
from hostward.domain.ids import AccountId, UserId
from hostward.runtime import ids
from hostward.runtime.clock import Clock
from hostward.runtime.logging import get_logger
from hostward.usecases.accounts.console_sessions import current, note_use
from hostward.usecases.accounts.throttle import Sparing, Throttle
from hostward.usecases.ports import Store, UnitOfWork
from hostward.usecases.session_ports import Passwords

SERVICE: Final = "console"
"""What the audit log has in the place of an API service."""

NOBODY: Final = UserId(0)
BUSY_SECONDS: Final = 5

_log: Final = get_logger(__name__)


class Doors:
    """Shared by all that let people in.

    account: whose users they are. time_zone: the name of the server's own. rate: requests of one action that a user may
    send in a second.
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        passwords: Passwords,
        account: AccountId,
        version: str,
        time_zone: str,
        rate: int,
    ) -> None:
        self.store = store
        self.clock = clock
        self.account = account
        self.version = version
        self.time_zone = time_zone
        self.rate = rate
        self._passwords = passwords
        self._throttle = Throttle()
        self._failures = Sparing()

    async def session_of(self, asked: Asked) -> ConsoleSession | None:
        """The session that a request comes by, None for none; that it is used is remembered."""
        now = self.clock.now()
        session = await self.store.read(lambda uow: current(uow, token=asked.token, now=now))
        if session is not None and session.is_use(now):
            await self.store.write(lambda uow: note_use(uow, session=session, now=now))
        return session

    async def changing_session(self, asked: Asked) -> ConsoleSession:
        """The session of a request that changes something. Raises Problem without one, or without its CSRF header."""
        session = await self.session_of(asked)
        if session is None:
            raise not_signed_in()
        must_have_csrf(asked, session)
        return session

    async def whole_session(self, asked: Asked) -> ConsoleSession:
        """changing_session() of somebody who need not set a password first. Raises Problem PasswordNeeded."""
        session = await self.changing_session(asked)
        if session.must_set_password:
            raise Problem(403, "PasswordNeeded", "you came by a login link: set a password first")
        return session

    def heard(self, user: str, source: str) -> None:
        """Count a try, before anything is looked up for it, as a failure until it is taken back or won.

        Raises Problem TooManyTries.
        """
        wait = self._throttle.take(user, source, self.clock.monotonic())
        if wait:
            raise too_many(wait)

    async def compared(self, password: str, hashed: str, user: str, source: str) -> bool:
        """Whether a password is that of the hash, for a try that was heard. Raises Problem TooManyTries."""
        try:
            return await self._passwords.matches(hashed, password)
        except Conflict:
            self.take_back(user, source)
            raise too_many(BUSY_SECONDS) from None

    def take_back(self, user: str, source: str) -> None:
        """The last try was no failure."""
        self._throttle.take_back(user, source, self.clock.monotonic())

    def won(self, user: str, source: str) -> None:
        """The last try was right."""
        self._throttle.signed_in(user, source, self.clock.monotonic())

    async def hashed(self, password: str) -> str:
        """The hash of a new password. Raises Problem TooManyTries while too many are being hashed."""
        try:
            return await self._passwords.hashed(password)
        except Conflict:
            raise too_many(BUSY_SECONDS) from None

    def deed(self, asked: Asked, action: str, user: User | None, *, session: str = "", outcome: str = "") -> Deed:
        """An entry for the audit log. user None: nobody has the name that was given, which is then not kept.

        It may be anything, a password in the wrong field too.
        """
        return Deed(
            account=self.account,
            at=self.clock.now(),
            user_id=NOBODY if user is None else user.id,
            user_name="" if user is None else shortened(user.name),
            secret_id=f"session:{session}" if session else "",
            source=shortened(asked.source),
            service=SERVICE,
            action=action,
            request_id=ids.request_id(),
            target="an unknown user" if user is None else f"UserName {user.name}",
            parameters="{}",
            outcome=outcome,
        )

    async def failed(self, deed: Deed) -> None:
        """An entry for a failure; a flood of them leaves so many a minute, and a line each in the log."""
        _log.warning("console sign-in failed", action=deed.action, user=deed.user_name, source=deed.source)
        if self._failures.allows(self.clock.monotonic()):
            await self.store.write(lambda uow: uow.audit.append(deed))

    async def changed(
        self, asked: Asked, action: str, session: ConsoleSession, work: Callable[[UnitOfWork], object]
    ) -> None:
        """Do the work, and put its entry into the same transaction."""
        deed = self.deed(asked, action, session.user, session=session.id)

        def both(uow: UnitOfWork) -> None:
            work(uow)
            uow.audit.append(deed)

        await self.store.write(both)

    @property
    def now(self) -> datetime:
        """The time."""
        return self.clock.now()


def must_have_csrf(asked: Asked, session: ConsoleSession) -> None:
    """Raises Problem for a request without the header that only a page of this server can know the value of."""
    if not hmac.compare_digest(asked.csrf, session.csrf.encode()):
        raise Problem(403, "CsrfMissing", "the header X-Hostward-CSRF is missing or not that of this session")


def not_signed_in() -> Problem:
    """The request has no session, or one that is over."""
    return Problem(401, "NotSignedIn", "you are not signed in (any more): sign in again")


def wrong_credentials() -> Problem:
    """The same words whatever of it was wrong."""
    return Problem(401, "WrongCredentials", "user, password or code is wrong")


def code_needed() -> Problem:
    """What was given is right but for the second factor."""
    return Problem(401, "CodeNeeded", "the code of your authenticator app is needed too")


def too_many(wait: int) -> Problem:
    """Nobody is heard so soon. wait: whole seconds."""
    return Problem(429, "TooManyTries", f"too many tries: try again in {wait} seconds", retry_after=wait)
