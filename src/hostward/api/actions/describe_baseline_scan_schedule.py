"""DescribeBaselineScanSchedule: how far a baseline scan is."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.api.values import task_of
from hostward.domain.module import Module
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
    which = task_of(request.task_id, Module.BASELINE)
    task = await ctx.store.read(
        lambda uow: describe.find(uow, account=ctx.account, module=Module.BASELINE, task=which)
    )  # fmt: skip
    return Response(schedule=percent(task.tally))
