"""EnableSchedule (service hostward): switch a schedule on or off; what it would scan and when stays."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.schedule_values import schedule_of
from hostward.api.times import wire_datetime
from hostward.usecases.schedules.enable import enable

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The schedule, and whether it is to scan."""

    schedule_id: Uint64
    enabled: bool


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """When it will scan next, "" while it is switched off."""

    next_fire_time: str


async def answer(ctx: Context, request: Request) -> Response:
    """Switch it; a task that runs goes on."""
    which, zone = schedule_of(request.schedule_id), ctx.settings.time_zone
    schedule = await ctx.store.write(
        lambda uow: enable(
            uow, account=ctx.account, schedule=which, enabled=request.enabled, zone=zone, now=ctx.now
        )
    )  # fmt: skip
    return Response(next_fire_time=wire_datetime(zone, schedule.next_fire))
