"""DescribeScanVulSetting: when vulnerability scans start by themselves, as ScanVulSetting was told."""

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Final

import msgspec

from hostward.api.actions.scan_vul_setting import DEFAULT_TIME
from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.api.times import whole_seconds
from hostward.domain.module import Module
from hostward.domain.options import VulOptions
from hostward.domain.schedule import EveryDays, Schedule
from hostward.usecases.machines.names import uuids_of
from hostward.usecases.ports import UnitOfWork

ERRORS: Final = codes(
    """InternalError.MainDBFail InvalidParameter InvalidParameter.MissingParameter InvalidParameter.ParsingError
    InvalidParameterValue MissingParameter"""
)


class Request(msgspec.Struct, rename="pascal"):
    """Nothing."""


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The setting; before there is one, what it would have by default, and EnableScan 0.

    ClickTimeout: seconds that one machine may take in a scan that is started by hand and names no other time.
    """

    vul_categories: str
    vul_levels: str
    timer_interval: Uint64 = 1
    timer_time: str = str(DEFAULT_TIME)
    vul_emergency: Uint64 = 0
    start_time: str = ""
    enable_scan: Uint64 = 0
    end_time: str = ""
    click_timeout: Uint64
    uuids: list[str]
    scan_method: Uint64 = 0


async def answer(ctx: Context, request: Request) -> Response:  # noqa: ARG001  # it has no members
    """Read the setting back."""

    def work(uow: UnitOfWork) -> tuple[Schedule | None, Sequence[str]]:
        schedule = uow.schedules.named(ctx.account, Module.VUL)
        return schedule, uuids_of(uow, ctx.account, schedule.setting.quuids) if schedule else ()

    schedule, uuids = await ctx.store.read(work)
    timeout = whole_seconds(ctx.settings.default_timeout)
    if schedule is None:
        options = VulOptions()
        return Response(
            vul_categories=_joined(options.categories),
            vul_levels=_joined(options.levels),
            click_timeout=timeout,
            uuids=[],
        )
    setting = schedule.setting
    assert isinstance(setting.options, VulOptions)
    assert isinstance(setting.cadence, EveryDays)
    return Response(
        vul_categories=_joined(setting.options.categories),
        vul_levels=_joined(setting.options.levels),
        timer_interval=setting.cadence.days,
        timer_time=setting.words.get("TimerTime", str(setting.at)),
        vul_emergency=int(setting.options.emergency),
        start_time=setting.words.get("StartTime", ""),
        enable_scan=int(setting.enabled),
        end_time=setting.words.get("EndTime", ""),
        click_timeout=timeout,
        uuids=list(uuids),
    )


def _joined(numbers: Iterable[IntEnum]) -> str:
    return ",".join(str(number.value) for number in sorted(numbers))
