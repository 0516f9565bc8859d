"""Requests of the console: recognised by the cookie of a signed-in browser instead of a signature."""

import hmac
from datetime import datetime
from typing import Final

from hostward.api import texts
from hostward.api.authenticator import Caller
from hostward.api.call import Call
from hostward.api.errors import ApiError, Code
from hostward.api.http import Request
from hostward.domain.console_session import ConsoleSession
from hostward.runtime.logging import get_logger
from hostward.usecases.accounts.browser import CSRF_HEADER, is_own_page, token_in
from hostward.usecases.accounts.console_sessions import current, note_use
from hostward.usecases.ports import Store

_log: Final = get_logger(__name__)


class SessionAuthenticator:
    """Authenticates requests by session and CSRF header.

    Each is one look into the store: so a session that ended, and a user who was kept out, given another role or other
    limits, is what they are now from the next request on, in every process.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def recognises(self, request: Request, call: Call) -> bool:
        """See Authenticator.recognises."""
        return call.is_by_session

    async def authenticate(self, request: Request, call: Call, now: datetime) -> Caller:
        """See Authenticator.authenticate.

        Raises ApiError AuthFailure.InvalidAuthorization; AuthFailure.UnauthorizedOperation for a session that came by
        a login link, until its user has set a password.
        """
        head = request.head
        if not is_own_page(head.text(b"origin"), head.text(b"host")):
            raise ApiError(Code.INVALID_AUTHORIZATION, texts.FOREIGN_PAGE, origin=texts.shown(head.text(b"origin")))
        token = token_in(head.text(b"cookie"))
        session = await self._store.read(lambda uow: current(uow, token=token, now=now))
        if session is None:
            raise ApiError(Code.INVALID_AUTHORIZATION, texts.NOT_SIGNED_IN)
        if not hmac.compare_digest(head.headers.get(CSRF_HEADER, b""), session.csrf.encode()):
            raise ApiError(Code.INVALID_AUTHORIZATION, texts.NO_CSRF)
        if session.must_set_password:
            raise ApiError(Code.UNAUTHORIZED_OPERATION, texts.MUST_SET_PASSWORD, user=session.user.name)
        if session.is_use(now):
            await self._note_use(session, now)
        return Caller(user=session.user, service="", session=session.id)

    async def _note_use(self, session: ConsoleSession, now: datetime) -> None:
        """That it can't be written is logged: a full disk must not keep those out who could make room."""
        try:
            await self._store.write(lambda uow: note_use(uow, session=session, now=now))
        except Exception:  # noqa: BLE001  # see above
            _log.exception("use of a session not written", session=session.id)
