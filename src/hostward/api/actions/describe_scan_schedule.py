"""DescribeScanSchedule: how far a task is, whichever module it is of."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.api.values import any_task_of
from hostward.domain.progress import percent
from hostward.usecases.scans import describe

ERRORS: Final = codes(
    """InternalError InvalidParameter InvalidParameter.MissingParameter InvalidParameter.ParsingError
    InvalidParameterValue MissingParameter ResourceNotFound"""
)


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The task."""

    task_id: Uint64


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """ScanProgress of DescribeScanTaskDetails: 0 to 100."""

    schedule: Uint64


async def answer(ctx: Context, request: Request) -> Response:
    """Tell the progress."""
    which = any_task_of(request.task_id)
    task = await ctx.store.read(lambda uow: describe.find_any(uow, account=ctx.account, task=which))
    return Response(schedule=percent(task.tally))
