"""Entries of the audit log for calls that change something, in the transaction of the change where there is one."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, TypeVar

import msgspec

from hostward.api.call import Call
from hostward.api.decode import shape_of
from hostward.api.errors import ApiError, Code
from hostward.api.flat_body import parse_flat
from hostward.api.http import Request
from hostward.api.json_body import parse_object
from hostward.api.rate_limit import RateLimit
from hostward.api.trace import Trace
from hostward.domain.account import ApiKey, User
from hostward.domain.audit import Deed, Json, parameters_text, shortened
from hostward.runtime.logging import get_logger
from hostward.usecases.ports import Store, UnitOfWork
from hostward.usecases.scans.start import Started

T = TypeVar("T")

DENIED_A_SECOND: Final = 20
"""Entries for calls of one user to one action that were denied: a flood of them fills no disk. All are requests of the
request log; calls beyond the rate are there only.
"""

MAX_READ: Final = 65_536
"""Bytes of a refused call's parameters that are looked at."""

_TARGETS: Final = (
    *("TaskId", "UserName", "SessionId", "AccessKeyId", "QuuidList", "Quuid", "ScheduleId", "WebhookId", "Id"),
    *("RuleId", "Key", "Document", "Tag"),
    "ModuleType",
)
"""Parameters that name what a call is about, the most telling first."""

_log: Final = get_logger(__name__)


class AuditedStore:
    """ports.Store for one call: its first write takes the call's entry along."""

    def __init__(self, store: Store, trace: Trace, now: datetime) -> None:
        self._store = store
        self._trace = trace
        self._now = now
        self.written = False

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run work on a consistent snapshot."""
        return await self._store.read(work)

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run work in a transaction that holds the entry too."""
        result = await self._store.write(self._with_entry(work))
        self.written = True
        return result

    def read_now(self, work: Callable[[UnitOfWork], T]) -> T:
        """read(), for callers that are not on an event loop."""
        return self._store.read_now(work)

    def write_now(self, work: Callable[[UnitOfWork], T]) -> T:
        """write(), for callers that are not on an event loop."""
        result = self._store.write_now(self._with_entry(work))
        self.written = True
        return result

    def close(self) -> None:
        """Not this view's to end."""

    def _with_entry(self, work: Callable[[UnitOfWork], T]) -> Callable[[UnitOfWork], T]:
        if self.written:
            return work

        def both(uow: UnitOfWork) -> T:
            result = work(uow)
            uow.audit.append(_deed(self._trace, self._now, _of(self._trace.parameters), _named(result)))
            return result

        return both


class Auditor:
    """Entries for calls that changed nothing in the store: done without, or refused."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._denials = RateLimit(DENIED_A_SECOND)

    async def done(self, trace: Trace, now: datetime) -> None:
        """An entry for a call that was done without a write."""
        await self._store.write(lambda uow: uow.audit.append(_deed(trace, now, _of(trace.parameters), "")))

    async def refused(self, trace: Trace, request: Request, call: Call, now: datetime, monotonic: float) -> None:
        """An entry for a refused call, if it would have changed something and its caller is known.

        That it can't be written is logged: the refusal stands all the same.
        """
        if trace.caller is None or trace.action is None or not trace.action.changes or trace.code == Code.RATE:
            return
        bucket = f"{trace.action.service}:{trace.action.name}"
        if not self._denials.take(trace.caller.user.id, bucket, monotonic):
            return
        try:
            await self._store.write(lambda uow: uow.audit.append(_deed(trace, now, _sent(trace, request), "")))
        except Exception:  # noqa: BLE001  # see above
            _log.exception("audit entry not written", request_id=trace.id, action=call.shown)


def _deed(trace: Trace, now: datetime, parameters: Mapping[str, Json], named: str) -> Deed:
    assert trace.caller is not None
    assert trace.action is not None
    return Deed(
        account=trace.caller.user.account,
        at=now,
        user_id=trace.caller.user.id,
        user_name=shortened(trace.caller.user.name),
        secret_id=shortened(trace.caller.means),
        source=shortened(trace.source),
        service=trace.action.service,
        action=trace.action.name,
        request_id=trace.id,
        target=shortened(named or _target(parameters)),
        parameters=parameters_text(parameters),
        outcome=trace.code,
    )


def _of(parameters: msgspec.Struct | None) -> Mapping[str, Json]:
    """The parameters of a call as its client names them."""
    if parameters is None:
        return {}
    members: dict[str, Json] = msgspec.to_builtins(parameters)
    return members


def _sent(trace: Trace, request: Request) -> Mapping[str, Json]:
    """The parameters of a refused call: as they were read, else as far as they can be told from what was sent.

    Members that the action has not are named but not kept: nobody knows what is in them.
    """
    if trace.parameters is not None:
        return _of(trace.parameters)
    assert trace.action is not None
    source = request.body if request.flat is None else request.flat
    if len(source) > MAX_READ:
        return {"...": f"{len(source)} bytes"}
    try:
        sent: Mapping[str, Json] = parse_object(source) if request.flat is None else dict(parse_flat(source))
    except ApiError:
        return {"...": "unreadable"}
    kind: type[msgspec.Struct] = trace.action.request
    known = shape_of(kind).members
    return {name: value if name.partition(".")[0] in known else "[unknown]" for name, value in sent.items()}


def _target(parameters: Mapping[str, Json]) -> str:
    for name in _TARGETS:
        value = parameters.get(name)
        if isinstance(value, str | int) and value != "":
            return f"{name} {value}"
        if isinstance(value, list) and value:
            return f"{name} {value[0]}" + (f" and {len(value) - 1} more" if len(value) > 1 else "")
    return ""


def _named(result: object) -> str:
    """What a change made, where it has a name of its own."""
    match result:
        case Started():
            return f"TaskId {result.task}"
        case ApiKey():
            return f"SecretId {result.secret_id}"
        case User():
            return f"UserName {result.name}"
    return ""
