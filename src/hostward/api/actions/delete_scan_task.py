"""DeleteScanTask: stop a task or some of its machines; whatever its name says, nothing is deleted."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.api.values import count_between, module_of, task_of
from hostward.domain.ids import ROWS_PER_TASK
from hostward.usecases.scans.stop import stop

ERRORS: Final = codes(
    """AuthFailure FailedOperation FailedOperation.APIServerFail InternalError InvalidParameter
    InvalidParameter.IllegalRequest InvalidParameter.InvalidFormat InvalidParameter.MissingParameter
    InvalidParameterValue MissingParameter ResourceNotFound"""
)


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The task, and those of its machines that are to stop (none named: all)."""

    task_id: Uint64
    module_type: str
    quuid_list: list[str] = []


class Response(msgspec.Struct, rename="pascal"):
    """Nothing but the RequestId."""


async def answer(ctx: Context, request: Request) -> Response:
    """Ask the machines to stop and wake their agents; stopping what is over is no error."""
    module = module_of(request.module_type)
    task = task_of(request.task_id, module)
    quuids = tuple(count_between("QuuidList", request.quuid_list, 0, ROWS_PER_TASK))
    wake = await ctx.store.write(
        lambda uow: stop(
            uow, account=ctx.account, module=module, task=task, quuids=quuids, by=ctx.user.name, now=ctx.now
        )
    )
    ctx.hub.wake(wake)
    return Response()
