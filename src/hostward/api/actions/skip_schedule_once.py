"""SkipScheduleOnce (service hostward): leave out a schedule's next start, and none after it."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.schedule_values import schedule_of
from hostward.api.times import wire_datetime
from hostward.usecases.schedules.skip import skip_once

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The schedule, which must be switched on."""

    schedule_id: Uint64


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """When it scans next after all."""

    next_time: str


async def answer(ctx: Context, request: Request) -> Response:
    """Leave it out; asked again, the one after it is left out too."""
    which, zone = schedule_of(request.schedule_id), ctx.settings.time_zone
    changed = await ctx.store.write(
        lambda uow: skip_once(uow, account=ctx.account, schedule=which, by=ctx.user.name, zone=zone, now=ctx.now)
    )
    return Response(next_time=wire_datetime(zone, changed.next_fire))
