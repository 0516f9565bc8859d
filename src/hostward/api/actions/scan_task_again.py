"""ScanTaskAgain: run a task again for some of its machines; it stays the same task."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.api.values import count_between, module_of, own_timeout_of, task_of
from hostward.domain.ids import ROWS_PER_TASK
from hostward.usecases.scans.rerun import rerun

ERRORS: Final = codes(
    """AuthFailure FailedOperation.NoProfessionHost InternalError InvalidParameter InvalidParameter.IllegalRequest
    InvalidParameterValue MissingParameter OperationDenied ResourceNotFound ResourceNotFound.MachineNotFound"""
)


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The task and its machines that are to scan again (none named: all that are not Ok).

    TimeoutPeriod: seconds for each machine in this run; 0 means that of the task.
    """

    module_type: str
    task_id: Uint64
    quuid_list: list[str] = []
    timeout_period: Uint64 = 0


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """SuccessCount: machines that scan again. There is no basic version here that could not."""

    success_count: Uint64
    basic_version_count: Uint64 = 0


async def answer(ctx: Context, request: Request) -> Response:
    """Begin the next run and wake the agents."""
    module = module_of(request.module_type)
    task = task_of(request.task_id, module)
    quuids = tuple(count_between("QuuidList", request.quuid_list, 0, ROWS_PER_TASK))
    timeout = own_timeout_of(request.timeout_period)
    again = await ctx.store.write(
        lambda uow: rerun(
            uow,
            account=ctx.account,
            module=module,
            task=task,
            quuids=quuids,
            timeout=timeout,
            hours=ctx.hours(),
            zone=ctx.settings.time_zone,
            now=ctx.now,
        )
    )
    ctx.hub.wake(again.wake)
    return Response(success_count=again.machines)
