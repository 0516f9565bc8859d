"""ScanVulSetting: when vulnerability scans start by themselves."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import time
from typing import Final

import msgspec

from hostward.api.actions.scan_vul import PROOF_OF_CONCEPT, WINDOWS
from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.api.schedule_values import every_days, flag, timing_of
from hostward.api.texts import NO_ATTACKS, NO_WINDOWS
from hostward.api.values import count_between, one_of, unsupported
from hostward.domain.ids import ROWS_PER_TASK
from hostward.domain.options import Category, VulOptions
from hostward.domain.schedule import Setting
from hostward.domain.severity import Level
from hostward.usecases.machines.names import quuids_of
from hostward.usecases.schedules.keep import keep

ERRORS: Final = codes(
    """InternalError InvalidParameter InvalidParameter.InvalidFormat InvalidParameter.MissingParameter
    InvalidParameter.ParsingError InvalidParameterValue MissingParameter"""
)

DEFAULT_TIME: Final = time(2)
"""When no time is given: at night, when machines have least to do."""


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The whole setting; what is left out has its default, never its earlier value.

    TimerInterval: days. Empty lists: all categories, levels, machines. Times in the server's zone.
    """

    timer_interval: Uint64
    vul_categories: list[Uint64] = []
    vul_levels: list[Uint64] = []
    timer_time: str = ""
    vul_emergency: Uint64 = 0
    start_time: str = ""
    end_time: str = ""
    enable_scan: Uint64 = 1
    uuids: list[str] = []
    scan_method: Uint64 = 0


class Response(msgspec.Struct, rename="pascal"):
    """Nothing but the RequestId."""


async def answer(ctx: Context, request: Request) -> Response:
    """Keep the setting."""
    setting = _setting(ctx, request)
    uuids = count_between("Uuids", request.uuids, 0, ROWS_PER_TASK)
    zone = ctx.settings.time_zone
    await ctx.store.write(
        lambda uow: keep(
            uow,
            account=ctx.account,
            setting=replace(setting, quuids=quuids_of(uow, ctx.account, uuids)),
            zone=zone,
            now=ctx.now,
        )
    )
    return Response()


def _setting(ctx: Context, request: Request) -> Setting:
    options = _options(request)
    timing = timing_of(request.timer_time, request.start_time, request.end_time, default=DEFAULT_TIME)
    zone = ctx.settings.time_zone
    return Setting(
        options=options,
        content=tuple(str(category.value) for category in sorted(options.categories)),
        cadence=every_days("TimerInterval", request.timer_interval, timing.at, zone, ctx.now),
        at=timing.at,
        window=timing.window,
        enabled=flag("EnableScan", request.enable_scan),
        words=timing.words,
    )


def _options(request: Request) -> VulOptions:
    if request.scan_method == PROOF_OF_CONCEPT:
        unsupported("ScanMethod", request.scan_method, NO_ATTACKS)
    one_of("ScanMethod", request.scan_method, (0,))
    if WINDOWS in request.vul_categories:
        unsupported("VulCategories", WINDOWS, NO_WINDOWS)
    categories = _all_or("VulCategories", request.vul_categories, [category.value for category in Category])
    levels = _all_or("VulLevels", request.vul_levels, [level.value for level in Level])
    return VulOptions(
        levels=frozenset(map(Level, levels)),
        categories=frozenset(map(Category, categories)),
        emergency=flag("VulEmergency", request.vul_emergency),
    )


def _all_or(name: str, given: Sequence[int], known: Sequence[int]) -> Sequence[int]:
    """The codes given, all when there are none."""
    return [one_of(name, code, known) for code in given] or known
