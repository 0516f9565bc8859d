"""Signing in, by password or by link; which session it is; signing out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import Final

from hostward.console.doors import Doors, code_needed, must_have_csrf, wrong_credentials
from hostward.console.json_http import Answer, Asked, Problem
from hostward.domain.console_session import ConsoleSession
from hostward.domain.credential import Credential
from hostward.domain.permission import Permission, lacking
from hostward.runtime import ids
from hostward.usecases.accounts import sign_in as signing
from hostward.usecases.accounts.browser import COOKIE
from hostward.usecases.accounts.credentials import of as credential_of
from hostward.usecases.ports import UnitOfWork

SESSION_ID_LENGTH: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """Body of POST /console/session. code: by time, or a recovery code; "" for none."""

    user: str
    password: str = field(repr=False)
    code: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ByLink:
    """Body of POST /console/session/link. code: by time, or a recovery code; "" for none."""

    token: str = field(repr=False)
    code: str = field(default="", repr=False)


class SessionAnswers:
    """The answers of /console/session."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def sign_in(self, asked: Asked) -> Answer:
        """A session for user, password and, where it is needed, a code."""
        doors, wanted = self._doors, asked.decoded(SignIn)
        doors.heard(wanted.user, asked.source)
        claimed = await doors.store.read(lambda uow: signing.claim(uow, account=doors.account, name=wanted.user))
        hashed = claimed.credential.password
        if not await doors.compared(wanted.password, hashed, wanted.user, asked.source):
            await doors.failed(doors.deed(asked, "SignIn", claimed.user, outcome="WrongCredentials"))
            raise wrong_credentials()
        browser = _browser(asked)
        try:
            session = await self._opened(
                asked,
                "SignIn",
                lambda uow: signing.by_password(uow, claimed=claimed, code=wanted.code, browser=browser, now=doors.now),
            )
        except signing.CodeNeeded:
            doors.take_back(wanted.user, asked.source)
            raise code_needed() from None
        except signing.Refused as refused:
            await doors.failed(doors.deed(asked, "SignIn", refused.who, outcome="WrongCredentials"))
            raise wrong_credentials() from None
        doors.won(wanted.user, asked.source)
        return await self._welcome(asked, session, browser)

    async def by_link(self, asked: Asked) -> Answer:
        """A session for a login link and, where it is needed, a code; its user is to set a password then."""
        doors, wanted, browser = self._doors, asked.decoded(ByLink), _browser(asked)
        counted = signing.try_of(wanted.token)
        doors.heard(counted, asked.source)
        try:
            session = await self._opened(
                asked,
                "SignInByLink",
                lambda uow: signing.by_link(uow, token=wanted.token, code=wanted.code, browser=browser, now=doors.now),
            )
        except signing.CodeNeeded:
            doors.take_back(counted, asked.source)
            raise code_needed() from None
        except signing.WrongCode as wrong:
            await doors.failed(doors.deed(asked, "SignInByLink", wrong.who, outcome="WrongCredentials"))
            raise wrong_credentials() from None
        except signing.Refused as refused:
            await doors.failed(doors.deed(asked, "SignInByLink", refused.who, outcome="LinkOver"))
            raise Problem(
                401, "LinkOver", "this link is unknown, was used or is over: ask an administrator for another one"
            ) from None
        doors.won(counted, asked.source)
        return await self._welcome(asked, session, browser)

    async def show(self, asked: Asked) -> Answer:
        """The session that asks; nothing for nobody, which is an answer: browsers write refusals to their console."""
        session = await self._doors.session_of(asked)
        if session is None:
            return Answer(status=204)
        return Answer(content=await self.described(asked, session))

    async def sign_out(self, asked: Asked) -> Answer:
        """End the session that asks, if there is one, and take the cookie away."""
        session = await self._doors.session_of(asked)
        if session is not None:
            must_have_csrf(asked, session)
            await self._doors.changed(asked, "SignOut", session, lambda uow: uow.console_sessions.end(session.id))
        return Answer(status=204, cookie=_cookie(asked, "", ends=True))

    async def described(self, asked: Asked, session: ConsoleSession) -> Mapping[str, object]:
        """A session as the console has it."""
        credential = await self._doors.store.read(lambda uow: credential_of(uow, user=session.user))
        return described(self._doors, asked, session, credential)

    async def _opened(self, asked: Asked, action: str, work: Callable[[UnitOfWork], ConsoleSession]) -> ConsoleSession:
        """The session of this work, with its entry in the same transaction."""

        def both(uow: UnitOfWork) -> ConsoleSession:
            session = work(uow)
            uow.audit.append(self._doors.deed(asked, action, session.user, session=session.id))
            return session

        return await self._doors.store.write(both)

    async def _welcome(self, asked: Asked, session: ConsoleSession, browser: signing.Browser) -> Answer:
        content = await self.described(asked, session)
        return Answer(content=content, cookie=_cookie(asked, browser.token))


def described(doors: Doors, asked: Asked, session: ConsoleSession, credential: Credential) -> Mapping[str, object]:
    """A session with all that the console shows of its user and of this server."""
    user = session.user
    return {
        "user": user.name,
        "role": user.role.value,
        "tags": list(user.tags),
        "account": user.account,
        "csrf": session.csrf,
        "expires": session.expires.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "must_set_password": session.must_set_password,
        "totp": credential.needs_code,
        "version": doors.version,
        "endpoint": asked.host,
        "tls": asked.is_tls,
        "permissions": [one.value for one in Permission if lacking(user, one) is None],
        "time_zone": doors.time_zone,
        "rate": doors.rate,
    }


def _browser(asked: Asked) -> signing.Browser:
    """Who wants in, with fresh names for the session: it never has those that a browser brought."""
    return signing.Browser(
        source=asked.source,
        user_agent=asked.text(b"user-agent"),
        id=ids.name(SESSION_ID_LENGTH),
        token=ids.token(),
        csrf=ids.token(),
        before=asked.token,
    )


def _cookie(asked: Asked, value: str, *, ends: bool = False) -> str:
    """The Set-Cookie header: no script reads it, no other site's page sends it, and no network without TLS sees it."""
    end = "; Max-Age=0" if ends else ""
    secure = "; Secure" if asked.is_tls else ""
    return f"{COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{end}"
