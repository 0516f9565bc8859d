"""ListScanTasks (service hostward): the account's tasks, newest first."""

from datetime import UTC, datetime, tzinfo
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.machine_query import query_text
from hostward.api.task_rows import STATES, ScanTask, scan_task
from hostward.api.values import DEFAULT_LIMIT, count_between, limit_of, module_of, offset_of, one_of, wrong_value
from hostward.domain.task import Trigger
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import TaskFilter
from hostward.usecases.scans import describe

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})

_TIME: Final = "%Y-%m-%d %H:%M:%S"
_TRIGGERS: Final = {trigger.value: trigger for trigger in Trigger}


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which tasks: of one module or all, in some states (Scanning, Done, Stopping, Stopped) or any, begun how and when.

    Query: the number of a task, or part of the name of who began it. BeginAfter, BeginBefore: both included.
    """

    module: str = ""
    states: list[str] = []
    types: list[Uint64] = []
    query: str = ""
    begin_after: str = ""
    begin_before: str = ""
    limit: Uint64 = DEFAULT_LIMIT
    offset: Uint64 = 0


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """A page, and how many tasks there are in all."""

    total_count: int
    tasks: list[ScanTask]


async def answer(ctx: Context, request: Request) -> Response:
    """List the tasks."""
    module = module_of(request.module, "Module") if request.module else None
    states = frozenset(STATES[one_of("States", word, list(STATES))] for word in request.states)
    limit, offset = limit_of(request.limit), offset_of(request.offset)
    narrowed = _narrowed(request, ctx.settings.time_zone)

    def read(uow: UnitOfWork) -> Response:
        total, tasks = describe.listing(
            uow, account=ctx.account, module=module, states=states, limit=limit, offset=offset, narrowed=narrowed
        )
        rows = [scan_task(task, ctx.times_left.of(uow, task, ctx.now), ctx.settings.time_zone) for task in tasks]
        return Response(total_count=total, tasks=rows)

    return await ctx.store.read(read)


def _narrowed(request: Request, zone: tzinfo) -> TaskFilter:
    count_between("Types", request.types, 0, len(_TRIGGERS))
    return TaskFilter(
        triggers=frozenset(_TRIGGERS[one_of("Types", number, list(_TRIGGERS))] for number in request.types),
        query=query_text(request.query).strip(),
        after=_moment("BeginAfter", request.begin_after, zone),
        before=_moment("BeginBefore", request.begin_before, zone, to_the_end=True),
    )


def _moment(name: str, text: str, zone: tzinfo, *, to_the_end: bool = False) -> datetime | None:
    """A time as answers write it, None for "". to_the_end: of its second, since answers show whole seconds."""
    if not text:
        return None
    try:
        moment = datetime.strptime(text, _TIME).replace(tzinfo=zone)
        return moment.replace(microsecond=999_999 if to_the_end else 0).astimezone(UTC)
    except (ValueError, OverflowError):
        wrong_value(name, text, "YYYY-MM-DD hh:mm:ss")
