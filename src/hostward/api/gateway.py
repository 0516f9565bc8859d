"""The gateway: one ASGI application that answers every action of every service of the API."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from hostward.api.actions import ACTIONS
from hostward.api.admission import Admission
from hostward.api.auditing import AuditedStore, Auditor
from hostward.api.authenticator import Authenticator, Caller, unrecognised
from hostward.api.call import Call, call_of
from hostward.api.call_counts import CallCounts
from hostward.api.context import ApiSettings, Context
from hostward.api.envelope import failure, language_of, respond, success
from hostward.api.errors import ApiError, allowed, defect, refusal_of
from hostward.api.exports import Exports
from hostward.api.http import ClientGone, Head, Receive, Request, Scope, Send, head_of, read_request
from hostward.api.parameters import parameters_of
from hostward.api.rate_limit import ProcessRate, Rate
from hostward.api.request_log import RequestLog
from hostward.api.routing import Routes
from hostward.api.trace import Trace
from hostward.api.vul_info import VulInfo
from hostward.domain.errors import HostwardError
from hostward.runtime.clock import Clock
from hostward.runtime.ids import request_id
from hostward.runtime.logging import context, get_logger
from hostward.runtime.metrics import Metrics
from hostward.usecases.accounts.limited import store_for
from hostward.usecases.bill_ports import Bills
from hostward.usecases.feed_ports import FeedWork
from hostward.usecases.install_ports import Installs
from hostward.usecases.ports import Hub, Store
from hostward.usecases.scans.describe import TimesLeft
from hostward.usecases.session_ports import Passwords
from hostward.usecases.webhook_ports import Post

_log: Final = get_logger(__name__)


class Gateway:
    """Answers requests in this order: size, method, common parameters, who, version, action, role, rate, body.

    rate: None for settings.rate, counted by this process. authenticators are asked in turn; the first that recognises
    a request decides. Every answer is HTTP 200 with the envelope, whatever happens; only a client that hung up gets
    none. metrics: where requests are counted, None for metrics that nobody reads.
    """

    def __init__(
        self,
        *,
        authenticators: Sequence[Authenticator],
        store: Store,
        hub: Hub,
        clock: Clock,
        settings: ApiSettings,
        rate: Rate | None = None,
        exports: Exports | None = None,
        metrics: Metrics | None = None,
        passwords: Passwords | None = None,
        post: Post | None = None,
        installs: Installs | None = None,
        feeds: FeedWork | None = None,
        bills: Bills | None = None,
        new_request_id: Callable[[], str] = request_id,
    ) -> None:
        self._authenticators = tuple(authenticators)
        self._store = store
        self._hub = hub
        self._clock = clock
        self._settings = settings
        self._routes = Routes(ACTIONS, settings.host_aliases)
        self._admission = Admission(rate or ProcessRate(settings.rate))
        self._new_request_id = new_request_id
        self._exports = exports
        self._passwords = passwords
        self._post = post
        self._installs = installs
        self._feeds = feeds
        self._bills = bills
        self._vul_info = VulInfo()
        self._times_left = TimesLeft()
        self._auditor = Auditor(store)
        self._counts = CallCounts(metrics or Metrics(), ACTIONS)
        self.request_log = RequestLog(store, clock)
        """What was asked; whoever serves the gateway runs its keep()."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request (ASGI)."""
        head = head_of(scope)
        trace = Trace(id=self._new_request_id(), started=self._clock.monotonic(), source=head.source)
        with context(request_id=trace.id):
            try:
                body = await self._answered(head, receive, trace)
            except ClientGone:
                return
        await respond(send, head, body)
        ended = self._clock.monotonic()
        self.request_log.note(trace, self._clock.now(), ended)
        self._counts.note(trace, ended)

    async def _answered(self, head: Head, receive: Receive, trace: Trace) -> bytes:
        """The envelope, of an answer or of a refusal."""
        try:
            request = await read_request(head, receive)
            call = call_of(request)
        except ApiError as refusal:
            trace.code = refusal.code
            return failure(refusal.code, refusal.message(language_of(head)), trace.id)
        try:
            return await self._performed(request, call, trace)
        except ApiError as refusal:
            body = self._refused(refusal, call, trace)
        except HostwardError as error:
            body = self._refused(refusal_of(error) or _logged(error, call), call, trace)
        except Exception as error:  # noqa: BLE001  # a caller must get an envelope; the log gets the cause
            body = self._refused(_logged(error, call), call, trace)
        await self._auditor.refused(trace, request, call, self._clock.now(), self._clock.monotonic())
        return body

    async def _performed(self, request: Request, call: Call, trace: Trace) -> bytes:
        now = self._clock.now()
        trace.called = call.action
        caller = trace.caller = await self._authenticator(request, call).authenticate(request, call, now)
        action = trace.action = self._routes.action(request.head, call, caller)
        await self._admission.admit(caller, action, self._clock.monotonic())
        parameters = trace.parameters = parameters_of(action.request, request, call)
        store = store_for(self._store, caller.user)
        audited = AuditedStore(store, trace, now) if action.changes else None
        ctx = self._context(caller, call, trace, now, audited or store, head=request.head)
        answer = await action.answer(ctx, parameters)
        if audited is not None and not audited.written:
            await self._auditor.done(trace, now)
        return success(answer, trace.id)

    def _context(self, caller: Caller, call: Call, trace: Trace, now: datetime, store: Store, *, head: Head) -> Context:
        """What the action is given. What is remembered is for users who see all machines."""
        return Context(
            account=caller.user.account,
            user=caller.user,
            language=call.language,
            now=now,
            request_id=trace.id,
            store=store,
            hub=self._hub,
            settings=self._settings,
            clock=self._clock,
            vul_info=VulInfo() if caller.user.is_limited else self._vul_info,
            times_left=TimesLeft() if caller.user.is_limited else self._times_left,
            secret_id=caller.secret_id,
            exports=self._exports,
            head=head,
            session=caller.session,
            passwords=self._passwords,
            post=self._post,
            installs=self._installs,
            feeds=self._feeds,
            bills=self._bills,
        )

    def _authenticator(self, request: Request, call: Call) -> Authenticator:
        for authenticator in self._authenticators:
            if authenticator.recognises(request, call):
                return authenticator
        raise unrecognised()

    def _refused(self, refusal: ApiError, call: Call, trace: Trace) -> bytes:
        """The envelope of a refusal, with a code that the action called may send."""
        code = trace.code = allowed(refusal.code, self._routes.errors_of(call))
        _log.debug("request refused", action=call.shown, code=code)
        return failure(code, refusal.message(call.language), trace.id)


def _logged(error: Exception, call: Call) -> ApiError:
    """The refusal for a defect, which is logged whole; its caller is told nothing but where to look."""
    _log.error("request failed", action=call.shown, exc_info=error)
    return defect()
