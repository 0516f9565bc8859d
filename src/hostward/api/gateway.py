"""The gateway: one ASGI application that answers every action of every service of the API."""

from collections.abc import Callable, Sequence
from typing import Final

from hostward.api.actions import ACTIONS
from hostward.api.admission import Admission
from hostward.api.authenticator import Authenticator, unrecognised
from hostward.api.call import Call, call_of
from hostward.api.context import ApiSettings, Context
from hostward.api.decode import decode
from hostward.api.envelope import failure, language_of, respond, success
from hostward.api.errors import ApiError, allowed, defect, refusal_of
from hostward.api.http import ClientGone, Head, Receive, Request, Scope, Send, head_of, read_request
from hostward.api.routing import Routes
from hostward.api.vul_info import VulInfo
from hostward.domain.errors import HostwardError
from hostward.runtime.clock import Clock
from hostward.runtime.ids import request_id
from hostward.runtime.logging import context, get_logger
from hostward.usecases.ports import Hub, Store

_log: Final = get_logger(__name__)


class Gateway:
    """Answers requests in this order: size, method, common parameters, who, version, action, role, rate, body.

    authenticators are asked in turn; the first that recognises a request decides. Every answer is HTTP 200 with the
    envelope, whatever happens; only a client that hung up gets none.
    """

    def __init__(
        self,
        *,
        authenticators: Sequence[Authenticator],
        store: Store,
        hub: Hub,
        clock: Clock,
        settings: ApiSettings,
        new_request_id: Callable[[], str] = request_id,
    ) -> None:
        self._authenticators = tuple(authenticators)
        self._store = store
        self._hub = hub
        self._clock = clock
        self._settings = settings
        self._routes = Routes(ACTIONS, settings.host_aliases)
        self._admission = Admission(settings.rate)
        self._new_request_id = new_request_id
        self._vul_info = VulInfo()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request (ASGI)."""
        head = head_of(scope)
        new_id = self._new_request_id()
        with context(request_id=new_id):
            try:
                body = await self._answered(head, receive, new_id)
            except ClientGone:
                return
        await respond(send, head, body)

    async def _answered(self, head: Head, receive: Receive, new_id: str) -> bytes:
        """The envelope, of an answer or of a refusal."""
        try:
            request = await read_request(head, receive)
            call = call_of(request)
        except ApiError as refusal:
            return failure(refusal.code, refusal.message(language_of(head)), new_id)
        try:
            return await self._performed(request, call, new_id)
        except ApiError as refusal:
            return self._refused(refusal, head, call, new_id)
        except HostwardError as error:
            return self._refused(refusal_of(error) or _logged(error, call), head, call, new_id)
        except Exception as error:  # noqa: BLE001  # a caller must get an envelope; the log gets the cause
            return self._refused(_logged(error, call), head, call, new_id)

    async def _performed(self, request: Request, call: Call, new_id: str) -> bytes:
        now = self._clock.now()
        caller = await self._authenticator(request).authenticate(request, call, now)
        action = self._routes.action(request.head, call, caller)
        self._admission.admit(caller, action, self._clock.monotonic())
        ctx = Context(
            account=caller.user.account,
            user=caller.user,
            language=language_of(request.head),
            now=now,
            request_id=new_id,
            store=self._store,
            hub=self._hub,
            settings=self._settings,
            clock=self._clock,
            vul_info=self._vul_info,
        )
        return success(await action.answer(ctx, decode(action.request, request.body)), new_id)

    def _authenticator(self, request: Request) -> Authenticator:
        for authenticator in self._authenticators:
            if authenticator.recognises(request):
                return authenticator
        raise unrecognised(request)

    def _refused(self, refusal: ApiError, head: Head, call: Call, new_id: str) -> bytes:
        """The envelope of a refusal, with a code that the action called may send."""
        code = allowed(refusal.code, self._routes.errors_of(call))
        _log.debug("request refused", action=call.shown, code=code)
        return failure(code, refusal.message(language_of(head)), new_id)


def _logged(error: Exception, call: Call) -> ApiError:
    """The refusal for a defect, which is logged whole; its caller is told nothing but where to look."""
    _log.error("request failed", action=call.shown, exc_info=error)
    return defect()
