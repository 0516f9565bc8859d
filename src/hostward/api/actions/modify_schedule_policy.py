"""ModifySchedulePolicy (service hostward): starts that meet the task before, come late, or come all at once."""

from datetime import timedelta
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.schedule_values import schedule_of
from hostward.api.times import wire_datetime
from hostward.api.values import between, one_of
from hostward.domain.schedule import MAX_GRACE, MAX_JITTER, Overlap, Policy
from hostward.usecases.schedules.adjust import adjust

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The whole policy.

    OverlapPolicy: skip leaves out a start that finds the schedule's last task at work, queue lets it wait.
    GraceSeconds: how late a start without a window may come (up to 7 days). JitterSeconds: starts of different
    schedules are spread over so much time (up to 12 hours).
    """

    schedule_id: Uint64
    overlap_policy: str
    grace_seconds: Uint64
    jitter_seconds: Uint64


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """When it will scan next, "" while it is switched off."""

    next_fire_time: str


async def answer(ctx: Context, request: Request) -> Response:
    """Give the schedule this policy."""
    which, zone = schedule_of(request.schedule_id), ctx.settings.time_zone
    policy = Policy(
        overlap=Overlap(one_of("OverlapPolicy", request.overlap_policy, [each.value for each in Overlap])),
        grace=_seconds("GraceSeconds", request.grace_seconds, MAX_GRACE),
        jitter=_seconds("JitterSeconds", request.jitter_seconds, MAX_JITTER),
    )
    schedule = await ctx.store.write(
        lambda uow: adjust(uow, account=ctx.account, schedule=which, policy=policy, zone=zone, now=ctx.now)
    )
    return Response(next_fire_time=wire_datetime(zone, schedule.next_fire))


def _seconds(name: str, value: int, longest: timedelta) -> timedelta:
    return timedelta(seconds=between(name, value, 0, int(longest.total_seconds())))
