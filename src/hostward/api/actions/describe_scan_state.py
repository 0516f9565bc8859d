"""DescribeScanState: the newest task of a module in one word."""

from collections.abc import Sequence
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.api.filters import MAX_FILTERS, MAX_VALUES, Filters
from hostward.api.times import wire_datetime
from hostward.api.values import count_between, module_of, wrong_value
from hostward.domain.module import Module
from hostward.domain.options import VulOptions
from hostward.domain.progress import percent
from hostward.domain.task import ScanState, Task
from hostward.usecases.scans import describe

ERRORS: Final = codes(
    """AuthFailure InternalError InvalidParameter InvalidParameter.IllegalRequest InvalidParameter.InvalidFormat
    InvalidParameter.MissingParameter InvalidParameterValue MissingParameter ResourceNotFound"""
)

STRATEGY: Final = "StrategyId"
"""The only filter of this action, for Baseline."""


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The module."""

    module_type: str
    filters: list[Filters] = []


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The newest task; ScanState 0 and TaskId 0 when there never was one. VulId: those the task was asked for."""

    scan_state: Uint64 = 0
    schedule: Uint64 = 0
    task_id: Uint64 = 0
    vul_id: list[int] = []
    type: Uint64 = 0
    scan_begin_time: str = ""
    risk_event_count: Uint64 = 0
    scan_end_time: str = ""
    kb_number: list[str] = msgspec.field(name="KBNumber", default_factory=list)


async def answer(ctx: Context, request: Request) -> Response:
    """Describe the newest task."""
    module = module_of(request.module_type)
    _check_filters(module, request.filters)
    task = await ctx.store.read(lambda uow: describe.newest(uow, account=ctx.account, module=module))
    return Response(scan_state=ScanState.NEVER) if task is None else _described(task, ctx)


def _described(task: Task, ctx: Context) -> Response:
    zone = ctx.settings.time_zone
    return Response(
        scan_state=task.state,
        schedule=percent(task.tally),
        task_id=task.id,
        vul_id=list(task.options.vul_ids) if isinstance(task.options, VulOptions) else [],
        type=task.trigger,
        scan_begin_time=wire_datetime(zone, task.begin),
        risk_event_count=task.tally.risk_events,
        scan_end_time=wire_datetime(zone, task.end),
    )


def _check_filters(module: Module, filters: Sequence[Filters]) -> None:
    """There are no strategies yet, so that none can be named."""
    count_between("Filters", filters, 0, MAX_FILTERS)
    for index, one in enumerate(filters):
        if module is not Module.BASELINE or one.name.lower() != STRATEGY.lower():
            accepted = STRATEGY if module is Module.BASELINE else f"no filter for {module}"
            wrong_value(f"Filters.{index}.Name", one.name, accepted)
        count_between(f"Filters.{index}.Values", one.values, 1, MAX_VALUES)
        wrong_value(f"Filters.{index}.Values ({STRATEGY})", one.values[0], "none: there are no strategies here yet")
