"""RunScheduleNow (service hostward): start a schedule's scan at once; its own times stay as they are."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.schedule_values import schedule_of
from hostward.usecases.schedules.run_now import run_now

ERRORS: Final = frozenset({"AuthFailure", "FailedOperation.NoProfessionHost", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The schedule, switched on or not."""

    schedule_id: Uint64


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The new task, of Type 0, and how many machines entered it."""

    task_id: int
    machines: int


async def answer(ctx: Context, request: Request) -> Response:
    """Start the scan and wake the agents; refused while the schedule's task before is still at work."""
    which, timeout = schedule_of(request.schedule_id), ctx.settings.default_timeout
    started = await ctx.store.write(
        lambda uow: run_now(
            uow, account=ctx.account, schedule=which, by=ctx.user.name, timeout=timeout, now=ctx.now
        )
    )  # fmt: skip
    ctx.hub.wake(started.wake)
    return Response(task_id=started.task, machines=started.machines)
