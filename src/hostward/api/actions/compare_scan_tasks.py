"""CompareScanTasks (service hostward): what a task found that another of its module did not, and the reverse."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.api.task_rows import TaskRisk, task_risk
from hostward.api.values import module_of, task_of
from hostward.usecases.scans import views

ERRORS: Final = codes(
    "AuthFailure InternalError InvalidParameter InvalidParameter.IllegalRequest InvalidParameterValue"
)


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The task, and the one to compare it with, mostly the one before."""

    module: str
    task_id: Uint64
    with_task_id: Uint64


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """New: found by the task alone. Fixed: found by the other alone. Truncated: one of them is longer than shown."""

    new: list[TaskRisk]
    fixed: list[TaskRisk]
    same: int
    truncated: bool


async def answer(ctx: Context, request: Request) -> Response:
    """Compare the tasks."""
    module = module_of(request.module, "Module")
    task, other = task_of(request.task_id, module), task_of(request.with_task_id, module, "WithTaskId")
    compared = await ctx.store.read(
        lambda uow: views.compare(uow, account=ctx.account, module=module, task=task, other=other)
    )
    return Response(
        new=list(map(task_risk, compared.new)),
        fixed=list(map(task_risk, compared.fixed)),
        same=compared.same,
        truncated=compared.truncated,
    )
