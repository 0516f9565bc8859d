"""ListSchedules (service hostward): what scans by itself, when it will, and how it went."""

from itertools import islice
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.schedule_words import cadence_words
from hostward.api.times import wire_datetime
from hostward.api.values import module_of
from hostward.domain.reason import words
from hostward.domain.schedule import Schedule

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})

SHOWN_FIRES: Final = 3


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Of one module or all."""

    module: str = ""


class ScheduleInfo(msgspec.Struct, rename="pascal", kw_only=True):
    """One schedule. Times are in TimeZone. NextFires: none while it is off. QuuidList: none means all machines.

    LastFireTime, LastTaskId: "" and 0 before the first; the task may be one of RunScheduleNow. LastSkipTime: the start
    that was last left out, and why; "" when none was. It may be one to come (SkipScheduleOnce).
    """

    schedule_id: int
    module: str
    enabled: bool
    cadence: str
    time_zone: str
    next_fires: list[str]
    last_fire_time: str
    last_task_id: int
    last_skip_time: str
    last_skip_reason: str
    quuid_list: list[str]
    overlap_policy: str
    grace_seconds: int
    jitter_seconds: int


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The account's schedules, oldest first."""

    total_count: int
    schedules: list[ScheduleInfo]


async def answer(ctx: Context, request: Request) -> Response:
    """List them."""
    module = module_of(request.module, "Module") if request.module else None
    every = await ctx.store.read(lambda uow: uow.schedules.of_account(ctx.account))
    shown = [_shown(each, ctx) for each in every if module in (None, each.module)]
    return Response(total_count=len(shown), schedules=shown)


def _shown(schedule: Schedule, ctx: Context) -> ScheduleInfo:
    setting, policy, skip, zone = schedule.setting, schedule.policy, schedule.last_skip, ctx.settings.time_zone
    fires = schedule.fires(schedule.held_until(ctx.now), zone)
    return ScheduleInfo(
        schedule_id=schedule.id,
        module=schedule.module.value,
        enabled=setting.enabled,
        cadence=cadence_words(setting, zone, ctx.language),
        time_zone=str(zone),
        next_fires=[wire_datetime(zone, fire) for fire in islice(fires, SHOWN_FIRES)],
        last_fire_time=wire_datetime(zone, schedule.last_fire),
        last_task_id=schedule.last_task or 0,
        last_skip_time="" if skip is None else wire_datetime(zone, skip.at),
        last_skip_reason="" if skip is None else words(skip.reason, skip.values, ctx.language),
        quuid_list=list(setting.quuids),
        overlap_policy=policy.overlap.value,
        grace_seconds=int(policy.grace.total_seconds()),
        jitter_seconds=int(policy.jitter.total_seconds()),
    )
