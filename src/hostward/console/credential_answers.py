"""One's own password and one-time codes: changed, turned on and off, by a session with its CSRF header."""

import secrets
from dataclasses import dataclass, field

from hostward.console.doors import Doors, wrong_credentials
from hostward.console.json_http import Answer, Asked, Problem
from hostward.console.session_answers import described
from hostward.domain.console_session import ConsoleSession
from hostward.domain.credential import RECOVERY_BYTES, RECOVERY_CODES, must_be_strong, recovery_text
from hostward.domain.errors import Conflict, InvalidValue
from hostward.domain.totp import SECRET_BYTES, secret_text, uri
from hostward.usecases.accounts import credentials
from hostward.usecases.accounts.sign_in import without_must


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPassword:
    """Body of PUT /console/password. current: may be "" for a session that must set one."""

    password: str = field(repr=False)
    current: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Body of PUT /console/totp."""

    code: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Password:
    """Body of DELETE /console/totp."""

    password: str = field(repr=False)


class CredentialAnswers:
    """The answers of /console/password and /console/totp."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def change_password(self, asked: Asked) -> Answer:
        """Another password; the user's other sessions end."""
        doors, session = self._doors, await self._doors.changing_session(asked)
        wanted, user = asked.decoded(NewPassword), session.user
        try:
            must_be_strong(wanted.password, user.name)
        except InvalidValue as weak:
            raise Problem(400, "WeakPassword", str(weak)) from None
        if not session.must_set_password:
            await self._must_be_password(asked, session, wanted.current, "ChangePassword")
        hashed = await doors.hashed(wanted.password)
        await doors.changed(
            asked,
            "ChangePassword",
            session,
            lambda uow: credentials.set_password(
                uow, account=user.account, name=user.name, hashed=hashed, kept_session=session.id
            ),
        )
        credential = await doors.store.read(lambda uow: credentials.of(uow, user=user))
        return Answer(content=described(doors, asked, without_must(session), credential))

    async def draw_totp(self, asked: Asked) -> Answer:
        """A secret for an authenticator app, which counts once a code of it was given."""
        session = await self._doors.whole_session(asked)
        secret = secrets.token_bytes(SECRET_BYTES)
        try:
            await self._doors.store.write(lambda uow: credentials.draw_totp(uow, user=session.user, secret=secret))
        except Conflict as conflict:
            raise Problem(400, "TotpIsOn", str(conflict)) from None
        return Answer(content={"secret": secret_text(secret), "uri": uri(secret, session.user.name)})

    async def turn_on_totp(self, asked: Asked) -> Answer:
        """Codes are needed from now on; the recovery codes are shown this once."""
        doors, session = self._doors, await self._doors.whole_session(asked)
        wanted = asked.decoded(Code)
        codes = [recovery_text(secrets.token_bytes(RECOVERY_BYTES)) for _ in range(RECOVERY_CODES)]
        try:
            await doors.changed(
                asked,
                "TurnOnTotp",
                session,
                lambda uow: credentials.turn_on_totp(
                    uow, user=session.user, code=wanted.code, recovery_codes=codes, now=doors.now
                ),
            )
        except InvalidValue as wrong:
            raise Problem(400, "WrongCode", str(wrong)) from None
        except Conflict as conflict:
            raise Problem(400, "NoSecret", str(conflict)) from None
        return Answer(content={"recovery_codes": codes})

    async def turn_off_totp(self, asked: Asked) -> Answer:
        """A password alone signs in again."""
        session = await self._doors.whole_session(asked)
        await self._must_be_password(asked, session, asked.decoded(Password).password, "TurnOffTotp")
        await self._doors.changed(
            asked, "TurnOffTotp", session, lambda uow: credentials.turn_off_totp(uow, user=session.user)
        )
        return Answer(status=204)

    async def _must_be_password(self, asked: Asked, session: ConsoleSession, given: str, action: str) -> None:
        """Whoever found an open browser must not guess the password here. Raises Problem."""
        doors, user = self._doors, session.user
        credential = await doors.store.read(lambda uow: credentials.of(uow, user=user))
        doors.heard(user.name, asked.source)
        if not await doors.compared(given, credential.password, user.name, asked.source):
            await doors.failed(doors.deed(asked, action, user, session=session.id, outcome="WrongCredentials"))
            raise wrong_credentials()
        doors.won(user.name, asked.source)
