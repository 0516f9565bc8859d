"""PreviewSchedule (service hostward): when a schedule would scan, before anybody keeps it."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from itertools import islice
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.schedule_texts import NEVER_FITS, ONE_CADENCE, SHORT_WINDOW
from hostward.api.schedule_values import every_days, time_of_day, window_between
from hostward.api.schedule_words import cadence_words
from hostward.api.times import left_in, wire_datetime
from hostward.api.values import between, count_between, module_of, wrong_value
from hostward.domain.module import Module
from hostward.domain.options import plain_options
from hostward.domain.schedule import MAX_DAYS, Cadence, Setting, Weekly, fires_of
from hostward.domain.window_fit import FULL_DISK, Fit, fit, open_after

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})

MAX_COUNT: Final = 20
SHOWN: Final = 5


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """A schedule that is not kept. Either DaysCycle or Weekdays (1 Monday to 7 Sunday); WindowStart with WindowEnd."""

    module: str
    at: str
    days_cycle: Uint64 = 0
    weekdays: list[Uint64] = []
    window_start: str = ""
    window_end: str = ""
    count: Uint64 = SHOWN


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Its next starts in TimeZone, what it says in words, and what is wrong with its window ("" for nothing)."""

    times: list[str]
    time_zone: str
    words: str
    warning: str


async def answer(ctx: Context, request: Request) -> Response:
    """Reckon it as the scheduler would; nothing is kept."""
    module, zone = module_of(request.module, "Module"), ctx.settings.time_zone
    count = between("Count", request.count, 1, MAX_COUNT)
    between("DaysCycle", request.days_cycle, 0, MAX_DAYS)
    setting = _setting(ctx, request, module)
    fires = list(islice(fires_of(setting, ctx.now, zone), count))
    history = await ctx.store.read(lambda uow: uow.tasks.history(ctx.account, module))
    return Response(
        times=[wire_datetime(zone, fire) for fire in fires],
        time_zone=str(zone),
        words=cadence_words(setting, zone, ctx.language),
        warning=_warning(ctx, setting, fires, module, history.middle),
    )


def _setting(ctx: Context, request: Request, module: Module) -> Setting:
    at = time_of_day("At", request.at)
    return Setting(
        options=plain_options(module),
        content=(),
        cadence=_cadence(ctx, request, at),
        at=at,
        window=window_between(("At", "WindowStart", "WindowEnd"), at, request.window_start, request.window_end),
    )


def _cadence(ctx: Context, request: Request, at: time) -> Cadence:
    if bool(request.days_cycle) == bool(request.weekdays):
        wrong_value("DaysCycle", request.days_cycle, ONE_CADENCE)
    if not request.weekdays:
        return every_days("DaysCycle", request.days_cycle, at, ctx.settings.time_zone, ctx.now)
    days = count_between("Weekdays", request.weekdays, 1, 7)
    return Weekly(weekdays=frozenset(between("Weekdays", day, 1, 7) - 1 for day in days))


def _warning(
    ctx: Context, setting: Setting, fires: Sequence[datetime], module: Module, typical: timedelta | None
) -> str:
    zone, window = ctx.settings.time_zone, setting.window
    found = fit(window, fires, zone, module=module, typical=typical)
    if window is None or found is Fit.FITS:
        return ""
    text = NEVER_FITS if found is Fit.NEVER else SHORT_WINDOW
    spans = [open_after(window, fire, zone) for fire in fires]
    values: dict[str, object] = {
        "minutes": (max(spans) if found is Fit.NEVER else min(spans)) // timedelta(minutes=1),
        "usual": left_in("minutes", typical or timedelta(0)),
        "hours": FULL_DISK // timedelta(hours=1),
    }
    return text.said(ctx.language, values)
