"""ListScanTasks (service hostward): the account's tasks, newest first."""

from collections.abc import Mapping
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.times import left_in, wire_datetime
from hostward.api.values import DEFAULT_LIMIT, limit_of, module_of, offset_of, one_of
from hostward.domain.progress import percent
from hostward.domain.tally import Tally
from hostward.domain.task import ScanState, Task
from hostward.usecases.scans import describe

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})

_STATES: Final[Mapping[str, ScanState]] = {
    state.name.capitalize(): state for state in ScanState if state is not ScanState.NEVER
}
_WORDS: Final[Mapping[ScanState, str]] = {state: word for word, state in _STATES.items()}


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which tasks: of one module or all, in some states (Scanning, Done, Stopping, Stopped) or any."""

    module: str = ""
    states: list[str] = []
    limit: Uint64 = DEFAULT_LIMIT
    offset: Uint64 = 0


class Counts(msgspec.Struct, rename="pascal"):
    """Machines of a task by what became of them; they add up to Machines."""

    pending: int
    leased: int
    running: int
    stopping: int
    ok: int
    offline: int
    timeout: int
    failed: int
    too_old: int
    stopped: int


class ScanTask(msgspec.Struct, rename="pascal", kw_only=True):
    """One task. LeftSeconds is the deadline itself while LeftKnown is false. EndTime "" while it runs."""

    task_id: int
    module: str
    type: int
    state: str
    content: list[str]
    progress: int
    left_seconds: int
    left_known: bool
    begin_time: str
    end_time: str
    created_by: str
    stopped_by: str
    machines: int
    counts: Counts
    risk_machines: int
    risk_events: int
    vul_count: int


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """A page, and how many tasks there are in all."""

    total_count: int
    tasks: list[ScanTask]


async def answer(ctx: Context, request: Request) -> Response:
    """List the tasks."""
    module = module_of(request.module, "Module") if request.module else None
    states = frozenset(_STATES[one_of("States", word, list(_STATES))] for word in request.states)
    limit, offset = limit_of(request.limit), offset_of(request.offset)
    total, tasks = await ctx.store.read(
        lambda uow: describe.listing(uow, account=ctx.account, module=module, states=states, limit=limit, offset=offset)
    )
    return Response(total_count=total, tasks=[_task(task, ctx) for task in tasks])


def _task(task: Task, ctx: Context) -> ScanTask:
    zone, tally, left = ctx.settings.time_zone, task.tally, describe.left(task, ctx.now)
    return ScanTask(
        task_id=task.id,
        module=task.module,
        type=task.trigger,
        state=_WORDS[task.state],
        content=list(task.content),
        progress=percent(tally),
        left_seconds=left_in("seconds", left.left),
        left_known=left.known,
        begin_time=wire_datetime(zone, task.begin),
        end_time=wire_datetime(zone, task.end),
        created_by=task.created_by,
        stopped_by=task.stop_by,
        machines=tally.machines,
        counts=_counts(tally),
        risk_machines=tally.risk_machines,
        risk_events=tally.risk_events,
        vul_count=tally.vuls,
    )


def _counts(tally: Tally) -> Counts:
    return Counts(
        pending=tally.pending,
        leased=tally.leased,
        running=tally.running,
        stopping=tally.stopping,
        ok=tally.ok,
        offline=tally.offline,
        timeout=tally.timeout,
        failed=tally.failed,
        too_old=tally.too_old,
        stopped=tally.stopped,
    )
