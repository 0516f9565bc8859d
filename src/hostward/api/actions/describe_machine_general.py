"""DescribeMachineGeneral: how many machines there are, protected and at risk."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Int64, Uint64
from hostward.api.errors import codes
from hostward.usecases.machines import overview

ERRORS: Final = codes("InternalError")


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Nothing to say."""


class CloudFromCnt(msgspec.Struct, rename="pascal", kw_only=True):
    """Machines of a cloud; none is told apart here."""

    cloud_from: Uint64
    machine_cnt: Int64


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Counts. Every machine here is protected, by the edition that has all modules (PRO_VERSION).

    RiskMachineCnt: machines whose newest whole results hold a risk. Yesterday's counts are not kept: what is compared
    with them is 0. Nothing expires, and a machine that is offline is never removed by itself: 0.
    """

    machine_cnt: Uint64
    tencent_cloud_machine_cnt: Uint64 = 0
    ali_cloud_machine_cnt: Uint64 = 0
    baidu_cloud_machine_cnt: Uint64 = 0
    idc_machine_cnt: Uint64 = msgspec.field(name="IDCMachineCnt", default=0)
    other_cloud_machine_cnt: Uint64
    protect_machine_cnt: Uint64
    base_machine_cnt: Uint64 = 0
    specialty_machine_cnt: Uint64
    flagship_machine_cnt: Uint64 = 0
    risk_machine_cnt: Uint64
    compare_yesterday_risk_machine_cnt: Int64 = 0
    compare_yesterday_not_protect_machine_cnt: Int64 = 0
    compare_yesterday_deadline_machine_cnt: Int64 = 0
    deadline_machine_cnt: Uint64 = 0
    not_protect_machine_cnt: Uint64 = 0
    lh_general_discount_cnt: Uint64 = msgspec.field(name="LHGeneralDiscountCnt", default=0)
    compare_yesterday_machine_cnt: Int64 = 0
    machine_destroy_after_offline_hours: Uint64 = 0
    cloud_from: list[CloudFromCnt] = []


async def answer(ctx: Context, request: Request) -> Response:  # noqa: ARG001  # it has no members
    """Count the machines."""
    found = await ctx.store.read(lambda uow: overview.counts(uow, account=ctx.account))
    return Response(
        machine_cnt=found.machines,
        other_cloud_machine_cnt=found.machines,
        protect_machine_cnt=found.machines,
        specialty_machine_cnt=found.machines,
        risk_machine_cnt=found.at_risk,
    )
