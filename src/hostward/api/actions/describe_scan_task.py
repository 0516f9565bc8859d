"""DescribeScanTask (service hostward): one task as a whole, and how many machines each of its parts has."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.api.task_options import option_texts
from hostward.api.task_rows import ScanTask, scan_task
from hostward.api.times import whole_seconds, wire_datetime
from hostward.api.values import module_of, task_of
from hostward.domain.bucket import sizes
from hostward.usecases.scans import views

ERRORS: Final = codes(
    "AuthFailure InternalError InvalidParameter InvalidParameter.IllegalRequest InvalidParameterValue"
)


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which task."""

    module: str
    task_id: Uint64


class OptionText(msgspec.Struct, rename="pascal"):
    """One option of a scan, in words."""

    name: str
    value: str


class BucketCount(msgspec.Struct, rename="pascal"):
    """One part of a task, and how many machines are in it."""

    bucket: str
    machines: int


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The task. Buckets add up to its machines. PreviousTaskId: of the same module, 0 for none."""

    task: ScanTask
    options: list[OptionText]
    buckets: list[BucketCount]
    previous_task_id: int
    timeout_seconds: int
    deadline_time: str


async def answer(ctx: Context, request: Request) -> Response:
    """Describe the task."""
    module = module_of(request.module, "Module")
    which = task_of(request.task_id, module)
    task, before, left = await ctx.store.read(
        lambda uow: views.described(uow, account=ctx.account, module=module, task=which, now=ctx.now)
    )
    zone = ctx.settings.time_zone
    return Response(
        task=scan_task(task, left, zone),
        options=[OptionText(name, value) for name, value in option_texts(task.options, ctx.language)],
        buckets=[BucketCount(bucket.value, size) for bucket, size in sizes(task.tally).items()],
        previous_task_id=before or 0,
        timeout_seconds=whole_seconds(task.timeout),
        deadline_time=wire_datetime(zone, task.deadline),
    )
