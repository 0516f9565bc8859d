"""DescribeMachines: the machines that are enrolled, with what their newest results say.

Members of the structure that only a cloud could fill are empty, 0 or false; what they then mean is said at each.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Int64, Uint64
from hostward.api.errors import codes
from hostward.api.machine_extra_info import MachineExtraInfo
from hostward.api.machine_filters import ALL, OFFLINE, ONLINE, PRO, Filter, machine_conditions
from hostward.api.texts import A_REGION, NO_APP_IDS, NO_PROJECTS
from hostward.api.values import DEFAULT_LIMIT, limit_of, offset_of, one_of, without_effect, wrong_value
from hostward.domain.module import Module
from hostward.usecases.machines.listing import Standing, Tagging, standing, tagged_listing
from hostward.usecases.records import Listed

ERRORS: Final = codes(
    """InternalError InvalidParameter InvalidParameter.InvalidFormat InvalidParameter.MissingParameter
    InvalidParameter.ParsingError InvalidParameterValue MissingParameter"""
)

OTHER: Final = "Other"
TYPES: Final = ("CVM", "BM", "ECM", "LH", OTHER, ALL)
"""MachineType; machines enrolled here are Other."""

OTHERS: Final = "ap-others"
EVERYWHERE: Final = "all-regions"
_REGION: Final = re.compile(r"[a-z]{2,8}(-[a-z0-9]{1,20}){1,3}")
"""How regions are named ("ap-shanghai-fsi"): there is no list of them to look one up in."""

_STANDINGS: Final[Mapping[Standing, str]] = {
    Standing.RISK: "RISK",
    Standing.SAFE: "SAFE",
    Standing.UNKNOWN: "UNKNOWN",
}


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which machines, which page of them."""

    machine_type: str
    machine_region: str
    limit: Uint64 = DEFAULT_LIMIT
    offset: Uint64 = 0
    filters: list[Filter] = []
    project_ids: list[Uint64] = []
    machine_app_id: Uint64 = 0


class RegionInfo(msgspec.Struct, rename="pascal", kw_only=True):
    """Where a machine stands; the number and code of a region are a cloud's, 0 and "" here."""

    region: str = OTHERS
    region_name: str = "非腾讯云"
    region_id: Uint64 = 0
    region_code: str = ""
    region_name_en: str = "Not Tencent Cloud"


class MachineTag(msgspec.Struct, rename="pascal"):
    """A tag; that a machine has it bears no number of its own: rid 0."""

    rid: Int64
    name: str
    tag_id: Uint64


class Tags(msgspec.Struct, rename="pascal"):
    """A label of a cloud; none here."""

    tag_key: str
    tag_value: str


class Machine(msgspec.Struct, rename="pascal", kw_only=True, gc=False):
    """One machine.

    VulNum, MalwareNum, BaselineNum: risks of its newest whole results, as counted when they arrived (0 before the
    first). SecurityStatus: RISK with any of them, SAFE when all three modules found none, else UNKNOWN.
    Attacks, intrusions and the day of enrolment are not watched: 0. InstanceStatus, PayMode, LicenseStatus and the
    rest of a cloud's: "" and 0.
    """

    machine_name: str
    machine_os: str
    machine_status: str
    agent_status: str
    instance_status: str = ""
    uuid: str
    quuid: str
    vul_num: Int64
    machine_ip: str
    is_pro_version: bool = True
    machine_wan_ip: str
    pay_mode: str = ""
    malware_num: Int64
    tag: list[MachineTag] = []
    baseline_num: Int64
    cyber_attack_num: Int64 = 0
    security_status: str
    invasion_num: Int64 = 0
    region_info: RegionInfo
    instance_state: str = ""
    license_status: Uint64 = 0
    project_id: Int64 = 0
    has_asset_scan: Uint64 = 0
    machine_type: str = OTHER
    kernel_version: str
    protect_type: str = PRO
    cloud_tags: list[Tags] = []
    is_added_on_the_fifteen: Uint64 = 0
    ip_list: str
    vpc_id: str = ""
    machine_extra_info: MachineExtraInfo
    instance_id: str
    remark: str
    agent_version: str
    app_id: Uint64 = 0
    csip_protect_type: str = msgspec.field(name="CSIPProtectType", default="")


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The page in the order of enrolment, and how many machines match in all."""

    machines: list[Machine]
    total_count: Uint64


async def answer(ctx: Context, request: Request) -> Response:
    """List the machines."""
    here = is_here(request.machine_type, request.machine_region)
    if request.project_ids:
        without_effect("ProjectIds", NO_PROJECTS)
    if request.machine_app_id:
        without_effect("MachineAppId", NO_APP_IDS)
    conditions = machine_conditions(request.filters, ctx.now)
    limit, offset = limit_of(request.limit), offset_of(request.offset)
    if not here:
        return Response(machines=[], total_count=0)
    page, tags = await ctx.store.read(
        lambda uow: tagged_listing(uow, account=ctx.account, conditions=conditions, limit=limit, offset=offset)
    )
    rows = [_machine(row, tags.get(row.machine.id, ()), ctx) for row in page.rows]
    return Response(machines=rows, total_count=page.total)


def is_here(kind: str, region: str, *, kind_name: str = "MachineType") -> bool:
    """Whether any machine enrolled here is of the type and region. kind_name: of the parameter with the type."""
    one_of(kind_name, kind, TYPES)
    if _REGION.fullmatch(region) is None:
        wrong_value("MachineRegion", region, A_REGION)
    return kind in (OTHER, ALL) and region in (OTHERS, EVERYWHERE)


def _machine(row: Listed, tags: Sequence[Tagging], ctx: Context) -> Machine:
    machine, facts = row.machine, row.machine.facts
    status, inner = ONLINE if machine.is_online(ctx.now) else OFFLINE, next(iter(facts.addresses), "")
    return Machine(
        machine_name=facts.host_name,
        machine_os=facts.os_name,
        machine_status=status,
        agent_status=status,
        uuid=machine.uuid,
        quuid=machine.quuid,
        vul_num=row.risks.get(Module.VUL, 0),
        machine_ip=inner,
        machine_wan_ip=facts.wan_ip,
        tag=[MachineTag(rid=0, name=one.name, tag_id=one.tag) for one in tags],
        malware_num=row.risks.get(Module.MALWARE, 0),
        baseline_num=row.risks.get(Module.BASELINE, 0),
        security_status=_STANDINGS[standing(row)],
        region_info=RegionInfo(),
        kernel_version=row.kernel,
        ip_list=",".join(dict.fromkeys(filter(None, (*facts.addresses, facts.wan_ip)))),
        machine_extra_info=MachineExtraInfo(facts.wan_ip, inner, 0, "", machine.quuid, facts.host_name),
        instance_id=machine.quuid,
        remark=machine.remark,
        agent_version=facts.agent_version,
    )
