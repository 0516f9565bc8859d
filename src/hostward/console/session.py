"""Signing in to the console and out again: /console/session, /console/password and /console/totp."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from hostward.console.credential_answers import CredentialAnswers
from hostward.console.doors import Doors
from hostward.console.json_http import Answer, Asked, ClientGone, Problem, Receive, Scope, Send, read, refusal, respond
from hostward.console.session_answers import SessionAnswers
from hostward.domain.errors import HostwardError
from hostward.runtime.logging import get_logger

Work = Callable[[Asked], Awaitable[Answer]]

_log: Final = get_logger(__name__)


class SessionApp:
    """Every path about signing in; what is none of them is 404."""

    def __init__(self, doors: Doors) -> None:
        sessions, credentials = SessionAnswers(doors), CredentialAnswers(doors)
        self._works: Mapping[str, Mapping[str, Work]] = {
            "/console/session": {"POST": sessions.sign_in, "GET": sessions.show, "DELETE": sessions.sign_out},
            "/console/session/link": {"POST": sessions.by_link},
            "/console/password": {"PUT": credentials.change_password},
            "/console/totp": {
                "POST": credentials.draw_totp,
                "PUT": credentials.turn_on_totp,
                "DELETE": credentials.turn_off_totp,
            },
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        try:
            answer = await self._answered(scope, receive)
        except ClientGone:
            return
        await respond(send, answer)

    async def _answered(self, scope: Scope, receive: Receive) -> Answer:
        """An answer whatever happens; a defect is logged whole, and its caller is told no more than that."""
        try:
            return await self._done(await read(scope, receive))
        except Problem as problem:
            return refusal(problem)
        except HostwardError as error:
            _log.exception("console request failed", path=scope["path"])
            return refusal(Problem(500, "Internal", str(error)))
        except ClientGone:
            raise
        except Exception:  # noqa: BLE001  # see above
            _log.exception("console request failed", path=scope["path"])
            return refusal(Problem(500, "Internal", "an internal error occurred: the server's log says which"))

    async def _done(self, asked: Asked) -> Answer:
        works = self._works.get(asked.path)
        if works is None:
            raise Problem(404, "NotFound", "there is nothing here")
        work = works.get(asked.method)
        if work is None:
            allow = ", ".join(works)
            problem = refusal(Problem(405, "MethodNotAllowed", f"this path takes {allow}"))
            return Answer(status=problem.status, content=problem.content, allow=allow)
        if asked.method != "GET":
            asked.must_be_own_page()
        return await work(asked)
