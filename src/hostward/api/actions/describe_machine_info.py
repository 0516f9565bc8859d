"""DescribeMachineInfo: one machine, by its Quuid, its Uuid or both."""

from typing import Final

import msgspec

from hostward.api.actions.describe_machines import OTHER, OTHERS
from hostward.api.context import Context
from hostward.api.decode import Int64, Uint64
from hostward.api.errors import ApiError, Code, codes
from hostward.api.machine_filters import OFFLINE, ONLINE, PRO
from hostward.api.texts import MISSING, NO_MACHINE
from hostward.domain.machine import Machine
from hostward.usecases.machines import overview

ERRORS: Final = codes(
    """InternalError InvalidParameter.InvalidFormat InvalidParameter.MissingParameter InvalidParameter.ParsingError
    InvalidParameterValue ResourceNotFound"""
)


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which machine: at least one of its names."""

    uuid: str = ""
    quuid: str = ""


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The machine. What only a cloud could tell, and the days that nobody keeps, are "" and 0."""

    machine_ip: str
    protect_days: Uint64 = 0
    machine_os: str
    machine_name: str
    machine_status: str
    instance_id: str
    machine_wan_ip: str
    quuid: str
    uuid: str
    is_pro_version: bool = True
    pro_version_open_date: str = ""
    machine_type: str = OTHER
    machine_region: str = OTHERS
    pay_mode: str = ""
    free_malwares_left: Uint64 = 0
    free_vuls_left: Uint64 = 0
    agent_version: str
    pro_version_deadline: str = ""
    has_asset_scan: Int64 = 0
    protect_type: str = PRO


async def answer(ctx: Context, request: Request) -> Response:
    """Describe the machine."""
    if not request.quuid and not request.uuid:
        raise ApiError(Code.MISSING_PARAMETER, MISSING, name="Quuid")
    found = await ctx.store.read(
        lambda uow: overview.find(uow, account=ctx.account, quuid=request.quuid, uuid=request.uuid)
    )
    if found is None:
        raise ApiError(Code.RESOURCE_NOT_FOUND, NO_MACHINE)
    return _response(found, ctx)


def _response(machine: Machine, ctx: Context) -> Response:
    facts = machine.facts
    return Response(
        machine_ip=next(iter(facts.addresses), ""),
        machine_os=facts.os_name,
        machine_name=facts.host_name,
        machine_status=ONLINE if machine.is_online(ctx.now) else OFFLINE,
        instance_id=machine.quuid,
        machine_wan_ip=facts.wan_ip,
        quuid=machine.quuid,
        uuid=machine.uuid,
        agent_version=facts.agent_version,
    )
